"""The applicants of a call as audiences, by what they themselves may know of their application.

Before the decisions of a call are released, those in a hidden state are one group: an announcement must not tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.accounts.querysets import MembershipQuerySet
from incubator.lib.actor import Actor
from incubator.outbox.audiences import CHOICES_AT_MOST, Audience, Words, register
from programmes.applications import access
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import HIDDEN_UNTIL_RELEASE, Status
from programmes.catalogue.models import Intake

GROUPS: Mapping[str, tuple[Words, frozenset[str]]] = {
    "draft": (_("draft not sent yet"), frozenset({Status.DRAFT})),
    "received": (_("received, being checked"), frozenset({Status.SUBMITTED, Status.SCREENING})),
    "asked": (_("asked for information"), frozenset({Status.INFO_REQUESTED})),
    "in_review": (_("in review"), frozenset({*HIDDEN_UNTIL_RELEASE, Status.SHORTLISTED})),
}
RELEASED: Mapping[str, tuple[Words, frozenset[str]]] = {
    "offered": (_("offered a place"), frozenset({Status.OFFERED, Status.APPROVED_CONDITIONAL})),
    "waitlisted": (_("on the waiting list"), frozenset({Status.WAITLISTED})),
    "accepted": (_("admitted"), frozenset({Status.ACCEPTED})),
    "rejected": (_("not selected"), frozenset({Status.REJECTED})),
}
OUT_OF_SIGHT = ("draft", "cancelled", "completed")


def _people(choice: str) -> MembershipQuerySet:
    return _of(choice, Application.objects.all())


def _named(choice: str, actor: Actor) -> MembershipQuerySet:
    """Nobody learns by writing what they may not see: no names of startups that one is tied to."""
    return _of(choice, Application.objects.all().without_conflict(actor) if access.reads_applications(actor) else Application.objects.none())


def _of(choice: str, applications: ApplicationQuerySet) -> MembershipQuerySet:
    none: MembershipQuerySet = Membership.objects.none()
    call, _dot, group = choice.partition(".")
    try:
        intake = Intake.objects.filter(pk=UUID(call)).first()
    except ValueError:
        return none
    groups = _groups(intake) if intake else {}
    if group not in groups:
        return none
    rows = applications.filter(intake=intake, status__in=groups[group][1])
    found: MembershipQuerySet = Membership.objects.filter(organisation__in=rows.values("startup__organisation_id"))
    return found


def _groups(intake: Intake) -> Mapping[str, tuple[Words, frozenset[str]]]:
    return {**{name: one for name, one in GROUPS.items() if name != "in_review"}, **RELEASED} if intake.is_released else GROUPS


def _calls(actor: Actor) -> Sequence[tuple[str, Words]]:
    if not access.reads_applications(actor):
        return []
    rows = Intake.objects.visible_to(actor).exclude(status__in=OUT_OF_SIGHT).order_by("-closes_at", "pk")[: CHOICES_AT_MOST // 8]
    return [(f"{row.pk}.{name}", f"{row.title}: {words}") for row in rows for name, (words, _states) in _groups(row).items()]


register(Audience("applicants", _("Applicants of a call"), _people, choices=_calls, named=_named))
