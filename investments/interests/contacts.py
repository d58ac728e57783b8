"""Who is introduced to whom: the names and addresses that an introduction exchanges."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership, User
from incubator.lib.actor import Actor
from incubator.lib.refusals import Refusal
from investments.interests.models import Interest


@dataclass(frozen=True, slots=True)
class Contacts:
    """Exactly what both sides learn of each other."""

    founder_name: str
    founder_email: str
    investor_name: str
    investor_email: str


def contacts_for(interest: Interest, founder: Actor) -> Contacts:
    """The founder who answers, and who declared the interest if still a representative, else the longest-serving one.

    Two queries. Raises Refusal `no_contact` when the organisation has nobody left.
    """
    people = User.objects.filter(pk=founder.user_id).first() if founder.user_id else None
    representatives = (
        Membership.objects.filter(organisation_id=interest.organisation_id, role__in=("partner", "investor"), user__is_active=True)
        .select_related("user")
        .order_by("created_at", "id")
    )
    found = {one.user_id: one.user for one in representatives[:100]}
    investor = found.get(interest.declared_by_id) if interest.declared_by_id else None
    investor = investor or next(iter(found.values()), None)
    if people is None or investor is None:
        raise Refusal(_("The organisation has nobody left who could be introduced. Write to the park."), code="no_contact")
    return Contacts(people.name, people.email, investor.name, investor.email)
