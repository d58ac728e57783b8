"""The members of a cohort as an audience."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.accounts.querysets import MembershipQuerySet
from incubator.lib.actor import Actor
from incubator.outbox.audiences import CHOICES_AT_MOST, Audience, Words, register
from programmes.cohorts.models import Cohort, CohortMembership
from programmes.cohorts.states import MembershipState

PRESENT = (MembershipState.ONBOARDING, MembershipState.ACTIVE, MembershipState.DEFERRED)


def _people(choice: str) -> MembershipQuerySet:
    none: MembershipQuerySet = Membership.objects.none()
    try:
        members = CohortMembership.objects.filter(cohort=UUID(choice), status__in=PRESENT)
    except ValueError:
        return none
    found: MembershipQuerySet = Membership.objects.filter(organisation__in=members.values("startup__organisation_id"))
    return found


def _cohorts(actor: Actor) -> Sequence[tuple[str, Words]]:
    return [(str(pk), title) for pk, title in Cohort.objects.order_by("-starts_on", "pk").values_list("pk", "title")[:CHOICES_AT_MOST]]


register(Audience("cohort", _("Members of a cohort"), _people, choices=_cohorts))
