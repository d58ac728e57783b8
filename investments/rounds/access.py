"""Who may do what with rounds."""

from __future__ import annotations

from incubator.lib.actor import Actor
from incubator.startups.models import Startup
from investments.rounds.models import Round


def may_draft(actor: Actor, startup: Startup) -> bool:
    """Founders raise money; team members may look."""
    return "founder" in startup.roles_of(actor)


def may_edit(actor: Actor, round: Round) -> bool:
    return round.is_draft and "founder" in round.roles_of(actor)
