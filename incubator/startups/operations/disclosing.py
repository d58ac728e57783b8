"""Letting others see a startup, taking that back, and writing down who looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record, transition
from incubator.startups import access, events
from incubator.startups.models import Disclosure, DisclosureRead, Document, Startup
from incubator.startups.states import VISIBILITY, DisclosureState, Profile, Visibility

Audience, Level, Source = Disclosure.Audience, Disclosure.Level, Disclosure.Source


@transaction.atomic
def disclose(
    startup: Startup,
    *,
    level: int,
    by: Actor,
    at: datetime,
    organisation: Organisation | None = None,
    audience: str = Audience.ORGANISATION,
    documents: Sequence[Document] = (),
    expires_at: datetime | None = None,
    source: str = Source.FOUNDER,
) -> Disclosure:
    """Let an audience see the startup at a level; changes the disclosure there is for the same audience and source.

    Locks the startup. Raises NotAllowed for anybody but its founders (and the system), Invalid for a wrong audience,
    an expiry in the past or a document of another startup. A partner or investor that is named is told.
    """
    startup = Startup.objects.locked(startup.pk)
    if not (access.may_decide_disclosure(by, startup) or by.kind == "system"):
        raise NotAllowed
    _check(startup, audience, organisation, level, documents, expires_at, at)
    values = {"level": level, "expires_at": expires_at, "updated_at": at}
    disclosure, created = Disclosure.objects.get_or_create(
        startup=startup,
        audience=audience,
        organisation=organisation,
        source=source,
        status=DisclosureState.ACTIVE,
        defaults={**values, "created_at": at},
    )
    if not created:
        Disclosure.objects.filter(pk=disclosure.pk).update(**values)
        disclosure.level, disclosure.expires_at = level, expires_at
    disclosure.documents.set(documents if level == Level.FULL else [])
    disclosure.startup = startup
    record(
        events.disclosed,
        startup,
        by=by,
        at=at,
        facts={"disclosure": disclosure.pk, "audience": audience, "organisation": organisation.name if organisation else "", "level": level, "source": source},
        tell=_told_of(startup, disclosure, organisation),
    )
    return disclosure


def _check(
    startup: Startup,
    audience: str,
    organisation: Organisation | None,
    level: int,
    documents: Iterable[Document],
    expires_at: datetime | None,
    at: datetime,
) -> None:
    if (audience == Audience.ORGANISATION) != (organisation is not None):
        raise Invalid(_("Name the organisation, or choose all partners or the public."), field="organisation")
    if organisation is not None and organisation.kind not in ("partner", "investor"):
        raise Invalid(_("Only a partner or an investor can be shown a startup. Choose one of the list."), field="organisation")
    if level not in Level.values:
        raise Invalid(_("Choose teaser, summary or full."), field="level")
    if audience == Audience.PUBLIC and level == Level.FULL:
        raise Invalid(_("The public sees the summary at most. Show funding, team and documents to organisations you name."), field="level")
    if expires_at is not None and expires_at <= at:
        raise Invalid(_("This day is over. Choose a later one, or none."), field="expires_on")
    if any(document.startup_id != startup.pk for document in documents):
        raise Invalid(_("Choose documents of this startup only."), field="documents")


def _told_of(startup: Startup, disclosure: Disclosure, organisation: Organisation | None) -> list[Tell]:
    if organisation is None:
        return []
    facts = _partner_facts(startup, disclosure.level)
    return [Tell("partner", facts, organisation=organisation.pk, roles=("partner", "investor"))]


def _partner_facts(startup: Startup, level: int) -> dict[str, object]:
    return {"startup": access.shown_name(startup, level), "pitch": startup.pitch, "level": int(level), "level_label": str(Level(level).label)}


@transaction.atomic
def revoke(disclosure: Disclosure, *, by: Actor, at: datetime, reason: str = "") -> Disclosure:
    """Take a disclosure back; it ends at once everywhere. A second call changes nothing.

    Locks the startup, then the disclosure. Taking back what the visibility switch wrote puts the switch to private.
    """
    startup = Startup.objects.locked(disclosure.startup_id)
    disclosure = Disclosure.objects.locked(disclosure.pk)
    if disclosure.status == DisclosureState.REVOKED:
        return disclosure
    disclosure = _end(disclosure, by=by, at=at, reason=reason)
    if disclosure.is_switch and startup.visibility != Visibility.PRIVATE:
        transition(startup, Visibility.PRIVATE, by=by, at=at, event=events.visibility_changed, reason=reason, machine=VISIBILITY)
    return disclosure


def _end(disclosure: Disclosure, *, by: Actor, at: datetime, reason: str = "") -> Disclosure:
    """The one place where a disclosure ends. Systems of a named organisation hear of it, so that they forget the startup."""
    tell = []
    if disclosure.organisation_id is not None:
        facts = {"startup_id": disclosure.startup_id}
        tell = [Tell("partner", facts, organisation=disclosure.organisation_id, roles=("partner", "investor"))]
    return transition(
        disclosure,
        DisclosureState.REVOKED,
        by=by,
        at=at,
        event=events.disclosure_revoked,
        reason=reason,
        facts={"startup_id": disclosure.startup_id},
        changes={"revoked_at": at},
        tell=tell,
    )


@transaction.atomic
def set_visibility(startup: Startup, visibility: str, *, by: Actor, at: datetime, level: int = Level.SUMMARY, documents: Sequence[Document] = ()) -> Startup:
    """Turn the switch: private, partners or public, at a level. Writes or takes back the one row that it stands for.

    Locks the startup. Raises Refusal `not_verified` for public before verification, NotAllowed, Invalid.
    """
    startup = Startup.objects.locked(startup.pk)
    if not access.may_decide_disclosure(by, startup):
        raise NotAllowed
    if visibility not in Visibility.values:
        raise Invalid(_("Choose private, partners or public."), field="visibility")
    if visibility == Visibility.PUBLIC and startup.profile != Profile.VERIFIED:
        raise Refusal(_("Only a verified profile can be public. Send the profile for verification first."), code="not_verified", field="visibility")
    wanted = {Visibility.PARTNERS: Audience.PARTNERS, Visibility.PUBLIC: Audience.PUBLIC}.get(Visibility(visibility))
    for row in Disclosure.objects.switches(startup).select_for_update(of=("self",)).select_related("startup"):
        if row.audience != wanted:
            _end(row, by=by, at=at)
    if wanted is not None:
        disclose(startup, audience=wanted, level=level, documents=documents, by=by, at=at)
        startup = Startup.objects.locked(startup.pk)
    if startup.visibility != visibility:
        tell = [Tell("partner", _partner_facts(startup, level), organisation_kind="partner", roles=("partner",))] if wanted else []
        transition(startup, visibility, by=by, at=at, event=events.visibility_changed, facts={"level": level}, tell=tell, machine=VISIBILITY)
    return startup


# Written with every answer to a partner, so spelt out: composing it anew would cost as much as the answer.
RECORD_READ = """
INSERT INTO startups_disclosureread (id, organisation_id, kind, startup_ids, user_id, credential_id, at) VALUES (%s, %s, %s, %s::uuid[], %s, %s, %s)
"""


def record_read(kind: str, startup_ids: Iterable[UUID | str], *, by: Actor, at: datetime) -> None:
    """Write down that one answer showed these startups to a partner or investor. One row; nothing for anybody else."""
    ids = sorted({str(one) for one in startup_ids})
    if ids and by.organisation_id is not None and access.is_outsider(by):
        with connection.cursor() as cursor:
            cursor.execute(RECORD_READ, [uuid7(), by.organisation_id, kind, ids, by.user_id, by.credential_id, at])


def recording(kind: str, *, by: Actor, ids: str) -> str:
    """SQL that does the same within the statement that shows them; empty for whose reads are not recorded.

    `ids` selects the startups' ids. Values: `read_id`, `organisation`, `reader` (the credential) and `_now`.
    """
    if not access.is_outsider(by):
        return ""
    return f"""INSERT INTO startups_disclosureread (id, organisation_id, kind, startup_ids, user_id, credential_id, at)
        SELECT %(read_id)s, %(organisation)s, '{DisclosureRead.Kind(kind)}', startup_ids, NULL, %(reader)s, %(_now)s
        FROM (SELECT ARRAY({ids}) startup_ids) seen WHERE startup_ids <> '{{}}'"""  # noqa: S608 - `ids` is ours
