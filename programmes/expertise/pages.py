"""What the pages of three portals show alike: the facts of an offering, a request and its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from incubator.outbox.timeline import Entry, timeline
from incubator.startups.models import Area, Startup
from incubator.web import times
from incubator.web.parts import Chips, Fact, chips
from programmes.expertise.capacity import free_in_words
from programmes.expertise.models import Offering, Session, SupportRequest
from programmes.expertise.states import REQUEST
from programmes.expertise.suggesting import rating_in_words

Names = dict[str, str]


def names() -> Names:
    """The words for the codes of both taxonomies. One query."""
    return Area.objects.names()


def offering_facts(offering: Any, words: Names) -> list[Fact]:
    """The offering comes from `with_free` and `with_rating`."""
    stages = dict(Startup.Stage.choices)
    return [
        Fact(_("Area"), words.get(offering.area, offering.area)),
        Fact(_("What"), offering.get_kind_display()),
        Fact(_("For"), offering.get_serves_display()),
        Fact(_("Focus"), ", ".join(words.get(one, one) for one in offering.focus_areas) or _("All")),
        Fact(_("Stage"), ", ".join(str(stages[one]) for one in offering.stages) or _("All")),
        Fact(_("Capacity a month"), offering.capacity_in_words, note=free_in_words(offering.free, offering.capacity, coded=offering.is_coded)),
        Fact(_("Lead time"), _("%(n)d days") % {"n": offering.lead_days}),
        Fact(_("Rating"), rating_in_words(offering.rating, offering.rated) if offering.rated else _("None yet")),
    ]


def request_facts(asked: SupportRequest) -> list[Fact]:
    wished = [times.day(one) if one else "…" for one in (asked.wished_from, asked.wished_until)]
    return [
        Fact(_("Asked for"), asked.amount_in_words),
        Fact(_("Wished between"), " – ".join(wished) if asked.wished_from or asked.wished_until else _("Any time")),
        Fact(_("Confidentiality"), asked.get_confidentiality_display()),
        Fact(_("Shown to the partner"), asked.get_level_display(), note=_("From its yes to the end of the request")),
    ]


def sessions_of(asked: SupportRequest) -> Sequence[Session]:
    """In order of time; a request has few. One query."""
    found = list(Session.objects.of(asked).order_by("starts_at", "pk")[:100])
    for one in found:
        one.request = asked  # so that whose it is needs no look
    return found


def history(asked: SupportRequest, sessions: Sequence[Session], *, audience: str, own: UUID | None) -> Sequence[Entry]:
    """What has happened to a request and its sessions, as one of its two sides reads it."""
    names = {asked.offering.organisation_id: asked.offering.organisation.name, asked.startup.organisation_id: _("The startup")}
    subjects = (asked.pk, *(one.pk for one in sessions))
    return timeline(*subjects, machine=REQUEST, audience=audience, organisation_id=own, names=names, others=_("The park"))


def offering_chips(request: HttpRequest, words: dict[str, Names]) -> list[Chips]:
    """Area and type."""
    return [
        chips(request, "area", list(words["expertise"].items()), label=_("Area"), everything=_("All")),
        chips(request, "type", Offering.Kind.choices, label=_("What"), everything=_("All")),
    ]
