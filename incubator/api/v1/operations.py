"""Long jobs: an export is asked for here, watched until it is written, and fetched by a link that works once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Expression, F, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from incubator.api import exports
from incubator.api.endpoints import ApiRequest, Item, Rows, Writes
from incubator.api.models import Operation
from incubator.api.serializers import In, Out
from incubator.api.states import OperationState
from incubator.api.v1.documents import Link
from incubator.files.models import DownloadLink, StoredFile
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.lib.statements import JsonObject, Text

LABEL = Operation._meta.label_lower
PROBLEMS = ("", "access_ended", "too_many_rows", "internal")


class OperationOut(Out):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["startups_export"])
    format = serializers.ChoiceField(Operation.Format.values)
    state = serializers.ChoiceField(OperationState.values)
    rows = serializers.IntegerField(allow_null=True, help_text="How many startups it holds, once that is known.")
    rows_written = serializers.IntegerField(help_text="How many of them are written.")
    problem = serializers.ChoiceField(PROBLEMS, help_text="Why it failed. `too_many_rows`: more than 10,000; page through GET /startups.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when it can be fetched, at most.")


class ExportIn(In):
    format = serializers.ChoiceField(Operation.Format.values, default=Operation.Format.CSV)


class Operations(Rows):
    tag = "exports"
    out = OperationOut
    example = {
        "id": "0197e0c2-f555-7c66-a193-6e7f8a9b0c01",
        "kind": "startups_export",
        "format": "csv",
        "state": "succeeded",
        "rows": 61,
        "rows_written": 61,
        "problem": "",
        "created_at": "2026-11-24T03:20:10.654321+00:00",
        "finished_at": "2026-11-24T03:20:14.123456+00:00",
        "expires_at": "2026-11-24T04:20:14.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Operation.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        over = When(state=OperationState.SUCCEEDED, expires_at__lte=now(), then=Value(OperationState.EXPIRED.value))
        return Text(
            JsonObject(
                id=F("id"),
                kind=Value("startups_export", output_field=models.TextField()),
                format=F("format"),
                state=Case(over, default=F("state"), output_field=models.TextField()),
                rows=F("rows"),
                rows_written=F("rows_written"),
                problem=F("problem"),
                created_at=F("created_at"),
                finished_at=F("finished_at"),
                expires_at=F("expires_at"),
            )
        )

    def location(self, pk: UUID) -> str:
        return f"/api/v1/operations/{pk}"


class ExportList(Operations, Writes):
    body = ExportIn
    body_example = {"format": "csv"}
    success = 202

    def post(self, request: ApiRequest) -> HttpResponse:
        """Ask for an export

        All startups that your organisation may see, as in their list and without their documents; 10,000 at most. It
        is written within seconds: watch the operation that Location names until its state is `succeeded`, then ask
        for a link to it. Three may wait at a time.
        """

        def effect(data: dict[str, Any]) -> UUID:
            return exports.request_export(**self.input(data), by=request.actor, at=now()).pk

        return self.once(request, effect)


class OperationItem(Operations, Item):
    """Show an operation

    `pending` and `running` end by themselves. A `succeeded` export expires after an hour, and at once when one of its
    startups shows less to your organisation than stands in it: then ask for a new one.
    """


class OperationCancel(Operations, Writes):
    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Cancel an operation

        While it is `pending` or `running`; what was written of it is thrown away. It takes no If-Match: it stops
        whatever the operation has come to, or answers 409 `illegal_transition` once it has ended.
        """
        operation = get_object_or_404(Operation.objects.visible_to(request.actor), pk=pk)

        def effect(data: dict[str, Any]) -> UUID:
            self.input(data)
            exports.cancel(operation, at=now())
            return pk

        return self.once(request, effect)


class OperationDownload(Link):
    tag = "exports"

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Ask for a link to an export

        The link works once, for a minute, with the same credential only. Whether your organisation may still see
        everything in the export is asked now and again at the fetch. The fetch is recorded for the founders.
        """
        operation = get_object_or_404(Operation.objects.visible_to(request.actor).select_related("file"), pk=pk)
        refusal = self.refusal(operation, request)

        def check() -> None:
            if refusal is not None:
                raise refusal

        return self.link(request, LABEL, pk, check)

    def refusal(self, operation: Operation, request: ApiRequest) -> Refusal | None:
        """Why there is nothing to fetch. Asked before the transaction of the key, which undoes what it did when it refuses."""
        try:
            exports.file_of(operation, by=request.actor, at=now())
        except Refusal as refusal:
            return refusal
        return None


def export_behind(request: ApiRequest, link: DownloadLink) -> tuple[StoredFile, Callable[[], None]]:
    """The file of an export, and what records that it was fetched. Raises Http404."""
    found = get_object_or_404(Operation.objects.visible_to(request.actor).select_related("file"), pk=link.subject_id)
    try:
        file = exports.file_of(found, by=request.actor, at=now())
    except Refusal:
        raise Http404 from None
    return file, lambda: exports.record_fetch(found, by=request.actor, at=now())
