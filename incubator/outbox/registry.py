"""The kinds of events there are. Each app's `events.py` registers its own; the catalogue of notifications is this.

A kind says, per audience, on which page the thing can be seen and through which channels it is told. The words stand
in `templates/messages/<app>/<event>/<audience>.txt`: the first line is the subject, the rest the text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from incubator.outbox.models import Event

Words = str | Promise
Facts = Mapping[str, Any]

IN_APP, EMAIL, WEBHOOK = "in_app", "email", "webhook"
# Why a person may not switch a notice off or have it later.
DECISION, DEADLINE, SECURITY = "decision", "deadline", "security"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or endpoint about to be told, as `still_allowed` sees it."""

    audience: str
    user_id: UUID | None = None
    organisation_id: UUID | None = None
    facts: Facts = field(default_factory=dict)


def _its_own_page(event: "Event", facts: Facts) -> Mapping[str, Any]:
    return {"pk": event.subject_id}


@dataclass(frozen=True, slots=True)
class Notice:
    """How one audience is told.

    `page` is a URL name; it is reversed with `page_args(event, facts)`, by default `{"pk": event.subject_id}`.
    `resource` is the API path of the thing for webhooks, with `{id}` for the subject's id; without it the audience
    gets no webhook. People of an organisation whose access has ended are told nothing, except by a notice with
    `despite_no_access`: that it has ended. `always` says why nobody may switch it off; empty, everybody may.

    `people` is for audiences too large or too special for a list: from the event and the entry's facts it gives a
    queryset of memberships. It is asked when a `Tell` of this audience names nobody, and narrowed to active people of
    real organisations with access. More than some hundred are written by workers in chunks (docs/delivery.md).
    """

    page: str
    channels: tuple[str, ...] = (IN_APP, EMAIL)
    page_args: Callable[["Event", Facts], Mapping[str, Any]] = _its_own_page
    resource: str = ""
    despite_no_access: bool = False
    always: str = ""
    people: Callable[["Event", Facts], Any] | None = None

    def bound(self, why: str) -> "Notice":
        """The same notice, which nobody may switch off: it tells of a decision, asks by a deadline, or keeps an account safe."""
        return replace(self, always=why)


def anybody(event: "Event", recipient: Recipient) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event. `sentence` is its line in timelines («sent the application in»), after the actor's name.

    `still_allowed` is asked at fan-out and again just before each sending; a «no» suppresses the delivery.
    `time_to_live` ends a delivery that could not be made in time. `secret` kinds carry one-time links: they never
    show in histories or in «the message as sent».
    """

    name: str
    sentence: Words
    audiences: Mapping[str, Notice] = field(default_factory=dict)
    still_allowed: Callable[["Event", Recipient], bool] = anybody
    time_to_live: timedelta = timedelta(days=7)
    secret: bool = False

    @property
    def app(self) -> str:
        return self.name.partition(".")[0]

    @property
    def event(self) -> str:
        return self.name.partition(".")[2]

    def message_template(self, audience: str) -> str:
        return f"messages/{self.app}/{self.event}/{audience}.txt"


class Unregistered(LookupError):
    """An event of a kind that no app registers (any more)."""


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    sentence: Words,
    *,
    audiences: Mapping[str, Notice] | None = None,
    still_allowed: Callable[["Event", Recipient], bool] = anybody,
    time_to_live: timedelta = timedelta(days=7),
    secret: bool = False,
) -> Kind:
    """Register a kind under `<app>.<past tense>` and give it back. Raises ValueError if the name is taken."""
    if name in _kinds:
        raise ValueError(f"event kind {name} is registered twice")
    kind = Kind(name, sentence, audiences or {}, still_allowed, time_to_live, secret)
    _kinds[name] = kind
    return kind


def get(name: str) -> Kind:
    """The kind of that name. Raises Unregistered."""
    try:
        return _kinds[name]
    except KeyError:
        raise Unregistered(name) from None


def kinds() -> tuple[Kind, ...]:
    """All kinds, by name: the catalogue."""
    return tuple(_kinds[name] for name in sorted(_kinds))
