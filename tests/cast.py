"""The cast: everybody who may knock at a door, each acting for one organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.test import Client

from incubator.accounts import actors
from incubator.accounts.models import Organisation, User
from incubator.lib.actor import ANONYMOUS, ActingAs
from tests.factories.accounts import MembershipFactory, UserFactory


@dataclass
class Member:
    """One of the cast. `actor` has exactly the roles held; `client` is a signed-in test client."""

    user: User | None
    organisation: Organisation | None
    roles: tuple[str, ...] = ()
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)

    @cached_property
    def actor(self) -> ActingAs:
        if self.user is None:
            return ANONYMOUS
        return actors.acting_for(self.user, self.organisation, frozenset(self.roles))


def join(organisation: Organisation, *roles: str, name: str, user: User | None = None) -> Member:
    """Somebody with these roles in the organisation. People of the park have a second factor, as they must."""
    address = name.lower().replace(" ", ".")
    user = user or UserFactory(name=name, email=f"{address}@example.org", second_factor=organisation.kind == "park")
    for role in roles:
        MembershipFactory(user=user, organisation=organisation, role=role)
    return Member(user, organisation, roles)


def anonymous() -> Member:
    return Member(None, None)
