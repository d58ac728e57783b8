"""What each side may know of an offering, a request and a session, as the facts of messages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from incubator.outbox.operations import Tell
from incubator.startups.access import shown_name
from programmes.expertise.models import Offering, Session, SupportRequest
from programmes.expertise.states import LINKED, RequestState


def offering_to_partner(offering: Offering, **more: Any) -> Tell:
    return Tell("partner", {"title": offering.title, **more}, organisation=offering.organisation_id, roles=("partner",))


def offering_to_staff(offering: Offering) -> Tell:
    facts = {"title": offering.title, "partner": offering.organisation.name}
    return Tell("staff", facts, organisation_kind="park", roles=("partnership",))


def to_founder(asked: SupportRequest, **more: Any) -> Tell:
    return Tell("founder", {**_facts(asked), **more}, organisation=asked.startup.organisation_id, roles=("founder", "member"))


def to_partner(asked: SupportRequest, *, named: bool = False, **more: Any) -> Tell:
    """Who the startup is, it learns with its acceptance (`named`): from then on by the name of the level that the founder chose."""
    known = named or asked.status in (*LINKED, RequestState.CLOSED)
    name = shown_name(asked.startup, asked.level) if known else _("A startup of the park")
    return Tell("partner", {**_facts(asked), "startup": name, **more}, organisation=asked.offering.organisation_id, roles=("partner",))


def to_staff(asked: SupportRequest, *roles: str, **more: Any) -> Tell:
    return Tell("staff", {**_facts(asked), "startup": asked.startup.name, **more}, organisation_kind="park", roles=roles)


def both_sides(session: Session, **more: Any) -> list[Tell]:
    """The startup and the partner of a session: when, where and with whom."""
    facts = {
        "request": str(session.request_id),
        "starts_at": session.starts_at.isoformat(),
        "minutes": session.minutes,
        "place": session.place,
        "people": session.people,
        **more,
    }
    return [to_founder(session.request, **facts), to_partner(session.request, **facts)]


def _facts(asked: SupportRequest) -> dict[str, Any]:
    return {
        "title": asked.offering.title,
        "partner": asked.offering.organisation.name,
        "amount": asked.amount_in_words,
        "answer_due_on": asked.answer_due_on.isoformat() if asked.answer_due_on else "",
        "triage_due_on": asked.triage_due_on.isoformat() if asked.triage_due_on else "",
    }
