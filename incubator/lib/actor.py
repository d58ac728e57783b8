"""Who acts. Every read and every operation takes one actor, for exactly one organisation."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from django.utils.functional import Promise

ActorKind = Literal["user", "credential", "system", "anonymous"]
OrganisationKind = Literal["park", "startup", "partner", "investor"]


@runtime_checkable
class Actor(Protocol):
    """A user, a credential, the system or nobody, acting for one organisation with the roles it gives."""

    @property
    def kind(self) -> ActorKind: ...
    @property
    def name(self) -> str | Promise: ...
    @property
    def user_id(self) -> UUID | None: ...
    @property
    def credential_id(self) -> UUID | None: ...
    @property
    def organisation_id(self) -> UUID | None: ...
    @property
    def organisation_kind(self) -> OrganisationKind | None: ...
    @property
    def roles(self) -> AbstractSet[str]: ...
    @property
    def scopes(self) -> AbstractSet[str]: ...
    @property
    def request_id(self) -> str: ...
    @property
    def is_sandbox(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ActingAs:
    """The one implementation of Actor; `accounts.actors` builds it from users, keys and requests."""

    kind: ActorKind
    name: str | Promise = ""
    user_id: UUID | None = None
    credential_id: UUID | None = None
    organisation_id: UUID | None = None
    organisation_kind: OrganisationKind | None = None
    roles: AbstractSet[str] = field(default_factory=frozenset)
    scopes: AbstractSet[str] = field(default_factory=frozenset)
    request_id: str = ""
    is_sandbox: bool = False  # acts for an organisation of the invented world, and sees nothing else


ANONYMOUS = ActingAs(kind="anonymous")


def is_park(actor: Actor) -> bool:
    """Whether the actor works for the park (any role) or is the system itself."""
    return actor.kind == "system" or actor.organisation_kind == "park"
