"""Exports of the startups that an organisation may see: asked for, written by the worker's sweep, given out while it may see them.

Nothing is published by the request: the row is due until a sweep has written it, whoever dies in between. Who may see
what is asked when the export is written, and again whenever it is fetched: once one of its startups shows less to the
organisation than stands in it, the whole export expires.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.api import exported
from incubator.api.models import Operation
from incubator.api.states import OperationState
from incubator.files import operations as files
from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.refusals import IllegalTransition, Refusal
from incubator.startups import access
from incubator.startups import operations as startups
from incubator.startups.models import DisclosureRead

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)  # above the hard limit of a task
LIVES = timedelta(hours=1)
REMEMBERED = timedelta(days=7)
CLAIMS_AT_MOST = 3
OPEN_AT_MOST = 3
STARTS_FOR = 3.0  # seconds in which a sweep begins exports; the last has the rest of the task's time
ENDED_AT_ONCE = 500
ROWS_AT_MOST = 10_000
READS_AT_ONCE = 1_000
IN_MEMORY, CHUNK = 1024 * 1024, 64 * 1024


@transaction.atomic
def request_export(*, format: str, by: Actor, at: datetime) -> Operation:
    """A due row. Raises Refusal `too_many_exports` while three of the organisation's wait. Locks the organisation."""
    assert by.organisation_id is not None
    Organisation.objects.select_for_update().only("pk").get(pk=by.organisation_id)
    if Operation.objects.visible_to(by).unfinished().count() >= OPEN_AT_MOST:
        raise Refusal(_("Three exports are being written for you already. Fetch these first."), code="too_many_exports")
    return Operation.objects.create(organisation_id=by.organisation_id, user_id=by.user_id, format=format, created_at=at)


def cancel(operation: Operation, *, at: datetime) -> None:
    """Stop an export that is not written yet. Its writer notices. Raises IllegalTransition once it has ended."""
    ended = {"finished_at": at, "token": None, "lease_until": None}
    if not Operation.objects.unfinished().filter(pk=operation.pk).update(state=OperationState.CANCELLED, **ended):
        raise IllegalTransition(_("This export has ended already."))


def write_due(at: datetime) -> int:
    """Write what is due, one after another; a sweep at the same time takes others. Gives the number."""
    Operation.objects.worn_out(at, CLAIMS_AT_MOST).update(state=OperationState.FAILED, problem="internal", finished_at=at, token=None, lease_until=None)
    written, began = 0, monotonic()
    while monotonic() - began < STARTS_FOR and (operation := claim(at)):
        try:
            write(operation, at)
        except Exception:  # the lease runs out and another sweep tries; after three it has failed
            logger.exception("export_failed", extra={"operation": str(operation.pk)})
        written += 1
    return written


@transaction.atomic
def claim(at: datetime) -> Operation | None:
    """The oldest due export, taken for the time of a lease."""
    found = Operation.objects.due(at, CLAIMS_AT_MOST).order_by("created_at", "pk").select_for_update(skip_locked=True).first()
    if found is not None:
        found.token = uuid4()
        taken = {"token": found.token, "lease_until": at + LEASE, "claims": F("claims") + 1, "rows_written": 0}
        Operation.objects.filter(pk=found.pk).update(state=OperationState.RUNNING, **taken)
    return found


def write(operation: Operation, at: datetime) -> None:
    """Write the file of an export that was claimed, as of now. Whoever has lost it, by lease or cancellation, changes nothing."""
    organisation = Organisation.objects.get(pk=operation.organisation_id)
    actor = access.outsider(organisation)
    mine = Operation.objects.filter(pk=operation.pk, token=operation.token, state=OperationState.RUNNING)
    ended: dict[str, Any] = {"finished_at": at, "token": None, "lease_until": None}
    if not Organisation.objects.with_access().filter(pk=organisation.pk).exists():
        mine.update(state=OperationState.FAILED, problem="access_ended", **ended)
        return
    wanted = exported.ids(actor, ROWS_AT_MOST + 1)
    if len(wanted) > ROWS_AT_MOST:
        mine.update(state=OperationState.FAILED, problem="too_many_rows", **ended)
        return
    mine.update(rows=len(wanted))
    shown: exported.Shown = {}
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spooled:
        file = cast(BinaryIO, spooled)
        for part in exported.write(file, operation.format, wanted, actor):
            shown |= part
            if not mine.update(rows_written=len(shown)):
                return
        file.seek(0)
        with transaction.atomic():
            made = files.keep(iter(lambda: file.read(CHUNK), b""), name=name(operation), content_type=exported.FORMATS[operation.format][0], at=at)
            counts = {"rows": len(shown), "rows_written": len(shown)}
            if not mine.update(state=OperationState.SUCCEEDED, file=made, shown=shown, expires_at=at + LIVES, **counts, **ended):
                files.discard(made)


def name(operation: Operation) -> str:
    return f"startups-{operation.created_at:%Y-%m-%d}.{operation.format}"


def file_of(operation: Operation, *, by: Actor, at: datetime) -> StoredFile:
    """The file of a written export that may be given out now. One that shows too much has expired from now on.

    Raises Refusal `nothing_to_fetch`.
    """
    if operation.state_at(at) == OperationState.SUCCEEDED and operation.file is not None:
        if exported.still_shown(operation.shown, by):
            return operation.file
        expire(operation)
    raise Refusal(_("There is nothing to fetch: the export is not written yet, has failed, or has expired. Ask for a new one."), code="nothing_to_fetch")


@transaction.atomic
def expire(operation: Operation) -> None:
    """End a written export: nobody gets it any more, and its bytes go."""
    found = Operation.objects.select_for_update(of=("self",)).select_related("file").get(pk=operation.pk)
    if found.state == OperationState.SUCCEEDED:
        Operation.objects.filter(pk=found.pk).update(state=OperationState.EXPIRED, file=None, shown={})
        if found.file is not None:
            files.discard(found.file)


def end_due(at: datetime) -> int:
    """End the exports whose hour is over, and forget those of last week. Gives the number ended."""
    due = list(Operation.objects.past_their_time(at).order_by("expires_at").only("pk")[:ENDED_AT_ONCE])
    for operation in due:
        expire(operation)
    Operation.objects.ended_before(at - REMEMBERED).delete()
    return len(due)


def record_fetch(operation: Operation, *, by: Actor, at: datetime) -> None:
    """The founders of everything in it see who took it."""
    ids = list(operation.shown)
    for start in range(0, len(ids), READS_AT_ONCE):
        startups.record_read(DisclosureRead.Kind.EXPORTED, ids[start : start + READS_AT_ONCE], by=by, at=at)
