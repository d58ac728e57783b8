"""Programmes and intakes: states, steps, and what outsiders call them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class ProgrammeState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    RETIRED = "retired", _("Retired")


P = ProgrammeState
PROGRAMME = Machine(
    ProgrammeState,
    edges((P.DRAFT, P.PAUSED), P.PUBLISHED, "publish", "manager"),
    edges(P.PUBLISHED, P.PAUSED, "pause", "manager"),
    edges((P.PUBLISHED, P.PAUSED), P.RETIRED, "retire", "manager", needs_reason=True),
    families={P.DRAFT: Family.REST, P.PUBLISHED: Family.GOOD, P.PAUSED: Family.WAITING, P.RETIRED: Family.REST},
)


class IntakeState(TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    IN_REVIEW = "in_review", _("In review")
    DELIBERATION = "deliberation", _("Deliberation")
    DECIDED = "decided", _("Decided")
    RELEASED = "released", _("Released")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


S = IntakeState
INTAKE = Machine(
    IntakeState,
    edges(S.DRAFT, S.SCHEDULED, "schedule", "manager"),
    edges(S.SCHEDULED, S.OPEN, "open", "system"),
    edges(S.OPEN, S.CLOSED, "close", "system", "manager"),
    edges(S.CLOSED, S.OPEN, "reopen", "manager", needs_reason=True),
    edges(S.CLOSED, S.IN_REVIEW, "start_review", "officer", "manager"),
    edges(S.IN_REVIEW, S.DELIBERATION, "deliberate", "chair", "manager"),
    edges(S.DELIBERATION, S.DECIDED, "decide", "manager"),
    edges(S.DECIDED, S.DELIBERATION, "reopen_deliberation", "manager", needs_reason=True),
    edges(S.DECIDED, S.RELEASED, "release", "manager"),
    edges(S.RELEASED, S.COMPLETED, "complete", "system"),
    edges(
        (S.DRAFT, S.SCHEDULED, S.OPEN, S.CLOSED, S.IN_REVIEW, S.DELIBERATION, S.DECIDED),
        S.CANCELLED,
        "cancel",
        "manager",
        needs_reason=True,
    ),
    families={
        S.DRAFT: Family.REST,
        S.SCHEDULED: Family.WAITING,
        S.OPEN: Family.GOOD,
        S.CLOSED: Family.WAITING,
        S.IN_REVIEW: Family.UNDER_WAY,
        S.DELIBERATION: Family.UNDER_WAY,
        S.DECIDED: Family.WAITING,
        S.RELEASED: Family.GOOD,
        S.COMPLETED: Family.REST,
        S.CANCELLED: Family.BAD,
    },
    outside={
        audience: {
            S.SCHEDULED: _("Opens soon"),
            S.CLOSED: _("In review"),
            S.DELIBERATION: _("In review"),
            S.DECIDED: _("In review"),
            S.RELEASED: _("Results are out"),
        }
        for audience in ("founder", "public", "partner")
    },
)
