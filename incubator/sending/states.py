"""The way of an act that tells many, and of a channel."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges

STEERERS = ("officer", "manager", "admin", "system")


class BroadcastState(TextChoices):
    RUNNING = "running", _("Going out")
    STOPPED = "stopped", _("Stopped")


B = BroadcastState

BROADCAST = Machine(
    BroadcastState,
    edges(B.RUNNING, B.STOPPED, "stop", *STEERERS, needs_reason=True),
    families={B.RUNNING: Family.UNDER_WAY, B.STOPPED: Family.BAD},
)


class SwitchState(TextChoices):
    ON = "on", _("On")
    PAUSED = "paused", _("Paused")


S = SwitchState

SWITCH = Machine(
    SwitchState,
    edges(S.ON, S.PAUSED, "pause", *STEERERS, needs_reason=True),
    edges(S.PAUSED, S.ON, "resume", *STEERERS),
    families={S.ON: Family.GOOD, S.PAUSED: Family.WAITING},
)
