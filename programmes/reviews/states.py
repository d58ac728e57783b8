"""A reviewer's assignment to an application, step by step."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class AssignmentState(TextChoices):
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    LOCKED = "locked", _("Locked")
    REOPENED = "reopened", _("Reopened")
    COI_DECLARED = "coi_declared", _("Conflict declared")
    RECUSED = "recused", _("Recused")
    ABSTAINED = "abstained", _("Abstained")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    UNASSIGNED = "unassigned", _("Taken back")


S = AssignmentState
OPEN = frozenset({S.ASSIGNED, S.IN_PROGRESS, S.REOPENED})
COUNTED = frozenset({S.SUBMITTED, S.LOCKED})
ACTIVE = OPEN | COUNTED
# Somebody who may be asked once more: nothing stands in the way but that it did not come to a review.
MAY_BE_ASKED_AGAIN = frozenset({S.UNASSIGNED, S.DECLINED, S.EXPIRED})

ASSIGNMENT = Machine(
    AssignmentState,
    edges(S.ASSIGNED, S.IN_PROGRESS, "save_draft", "reviewer"),
    edges((S.ASSIGNED, S.IN_PROGRESS, S.REOPENED), S.SUBMITTED, "submit", "reviewer"),
    edges(S.SUBMITTED, S.LOCKED, "lock", "system", "officer", "manager"),
    edges((S.ASSIGNED, S.IN_PROGRESS), S.COI_DECLARED, "declare_conflict", "reviewer", needs_reason=True),
    edges(
        (S.COI_DECLARED, S.ASSIGNED, S.IN_PROGRESS, S.SUBMITTED, S.REOPENED),
        S.RECUSED,
        "recuse",
        "officer",
        "manager",
        needs_reason=True,
    ),
    edges((S.ASSIGNED, S.IN_PROGRESS), S.ABSTAINED, "abstain", "reviewer", needs_reason=True),
    edges(S.ASSIGNED, S.DECLINED, "decline", "reviewer", needs_reason=True),
    edges((S.ASSIGNED, S.IN_PROGRESS, S.REOPENED), S.EXPIRED, "expire", "system"),
    edges((S.ASSIGNED, S.IN_PROGRESS, S.REOPENED), S.UNASSIGNED, "unassign", "officer", "manager", needs_reason=True),
    edges((S.UNASSIGNED, S.DECLINED, S.EXPIRED), S.ASSIGNED, "assign", "officer", "manager"),
    edges(S.SUBMITTED, S.REOPENED, "reopen", "officer", "manager", needs_reason=True),
    families={
        S.ASSIGNED: Family.WAITING,
        S.IN_PROGRESS: Family.UNDER_WAY,
        S.SUBMITTED: Family.GOOD,
        S.LOCKED: Family.GOOD,
        S.REOPENED: Family.WAITING,
        S.COI_DECLARED: Family.WAITING,
        S.RECUSED: Family.REST,
        S.ABSTAINED: Family.REST,
        S.DECLINED: Family.REST,
        S.EXPIRED: Family.BAD,
        S.UNASSIGNED: Family.REST,
    },
)
