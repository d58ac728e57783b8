"""The startup confirms and rates, or two weeks do it; the hours that were held count. And the code is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incubator.lib import sealing
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import record, transition
from incubator.partners import operations as partners
from programmes.expertise import access, events
from programmes.expertise.models import AccessCode, SupportRequest
from programmes.expertise.operations.disclosing import end_for
from programmes.expertise.operations.serving import purpose_of
from programmes.expertise.operations.telling import to_founder, to_partner, to_staff
from programmes.expertise.states import REQUEST, RequestState, SessionState


@transaction.atomic
def close(asked: SupportRequest, *, rating: int | None, words: str, by: Actor, at: datetime) -> SupportRequest:
    """Confirm what was delivered, with a rating from 1 to 5; the system, after two weeks, without one.

    Each session that was held counts to the partner's commitment on its own day, once. What the partner saw because of
    the request is taken back. Raises Invalid.
    """
    asked = SupportRequest.objects.locked(asked.pk)
    REQUEST.edge(asked.status, RequestState.CLOSED)
    if by.kind != "system" and rating not in (1, 2, 3, 4, 5):
        raise Invalid(_("Rate from 1 to 5."), field="rating")
    changes = {"rating": rating, "rating_words": words.strip(), "closed_at": at}
    said: dict[str, Any] = {"rating": rating or "", "words": words.strip()}
    tell = [to_founder(asked, **said), to_partner(asked, **said), to_staff(asked, "partnership", **said)]
    transition(asked, RequestState.CLOSED, by=by, at=at, event=events.request_closed, changes=changes, tell=tell)
    _count(asked, by=by, at=at)
    end_for(asked, at=at)
    return asked


def _count(asked: SupportRequest, *, by: Actor, at: datetime) -> None:
    for session in asked.sessions.filter(status=SessionState.HELD).order_by("starts_at", "pk"):
        assert session.hours is not None
        words = f"{asked.offering.title}: {asked.startup.listed_name}"
        partners.credit(
            asked.offering.organisation_id,
            kind="expertise",
            unit="hours",
            evidence=session,
            words=words,
            amount=session.hours,
            on=timezone.localdate(session.starts_at),
            by=by,
            at=at,
        )


@transaction.atomic
def show_code(asked: SupportRequest, *, by: Actor, at: datetime) -> str:
    """The code in clear, for a founder of the startup. Each showing is written down. Raises NotAllowed, Refusal `no_code`."""
    asked = SupportRequest.objects.locked(asked.pk)
    if not access.may_see_code(by, asked):
        raise NotAllowed
    code = AccessCode.objects.filter(request=asked).first()
    if code is None:
        raise Refusal(_("No code was given for this request."), code="no_code")
    text = sealing.unseal(code.sealed, purpose=purpose_of(asked))
    record(events.code_shown, asked, by=by, at=at, tell=[to_founder(asked)])
    return text
