"""Documents of startups: which ones are disclosed, a link to each, and the bytes behind a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import models
from django.db.models import Expression, F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from incubator.api import conditional
from incubator.api.endpoints import ApiRequest, Collection, Rows, Writes
from incubator.api.pagination import Sort
from incubator.api.serializers import Nothing, Out
from incubator.files import operations as files
from incubator.files.models import DownloadLink, StoredFile
from incubator.lib import filetypes
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Slot, Text
from incubator.startups import operations as startups
from incubator.startups.models import DisclosureRead, Document, Startup

LABEL = Document._meta.label_lower
TYPES = tuple(filetypes.EXTENSIONS)


class DocumentFileOut(Out):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Document.Kind.values)
    title = serializers.CharField()
    file_name = serializers.CharField()
    content_type = serializers.ChoiceField(TYPES)
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField(help_text="Of the bytes, in hexadecimal.")
    created_at = serializers.DateTimeField()


class Documents(Rows):
    tag = "startups"
    out = DocumentFileOut
    example = {
        "id": "0197e0c2-9c31-7b42-8d5f-3c4d5e6f7a01",
        "kind": "deck",
        "title": "Pitch deck, autumn 2026",
        "file_name": "lumen-pay-deck.pdf",
        "content_type": "application/pdf",
        "size": 2411724,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "created_at": "2026-11-02T10:00:00.000000+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Document.objects.disclosed_to(actor).filter(startup_id=Slot("startup", models.UUIDField()))

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                kind=F("kind"),
                title=F("title"),
                file_name=F("file__name"),
                content_type=F("file__content_type"),
                size=F("file__size"),
                sha256=F("file__sha256"),
                created_at=F("created_at"),
            )
        )

    def values(self, request: ApiRequest) -> dict[str, Any]:
        return {**super().values(request), "startup": self.kwargs["pk"]}


class DocumentList(Documents, Collection):
    """List the documents of a startup

    Those that the startup chose for your organisation, at full level; nothing at the levels below. Recorded for its
    founders.
    """

    sorts = {"-created_at": Sort((("created_at", True), ("id", True)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}

    def get(self, request: ApiRequest, **kwargs: Any) -> HttpResponse:
        get_object_or_404(Startup.objects.disclosed_to(request.actor).only("pk"), pk=kwargs["pk"])
        return super().get(request, **kwargs)

    def record(self, actor: Actor, *, ids: str, opened: bool) -> str:
        return startups.recording(DisclosureRead.Kind.OPENED, by=actor, ids="SELECT %(startup)s::uuid FROM known")


class LinkOut(Out):
    url = serializers.URLField(help_text="Fetch it with the same credential, within a minute, once.")
    expires_at = serializers.DateTimeField()


class Link(Writes):
    """Asking for a link to bytes. A replay gives a new token in place of the unused one: only its hash is kept."""

    out = LinkOut
    body = Nothing
    success = 201
    example = {
        "url": "https://incubator.example.org/api/v1/downloads/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789_",
        "expires_at": "2026-11-24T03:21:10.654321+00:00",
    }

    def link(self, request: ApiRequest, label: str, pk: UUID, check: Callable[[], None] = lambda: None) -> HttpResponse:
        """A link to the thing of this label. `check` raises Refusal if there is nothing to fetch now."""

        def effect(data: dict[str, Any]) -> UUID:
            self.input(data)
            check()
            return files.open_link(label, pk, credential_id=request.credential.id, at=now()).pk

        return self.once(request, effect)

    def one(self, request: ApiRequest, pk: UUID) -> tuple[bytes, str]:
        """The link with a new token."""
        token, link = files.issue(pk, credential_id=request.credential.id, at=now())
        body = orjson.dumps({"url": f"{settings.BASE_URL}/api/v1/downloads/{token}", "expires_at": link.expires_at})
        return body, conditional.body_tag(body)


class DocumentDownload(Link):
    tag = "startups"

    def post(self, request: ApiRequest, startup: UUID, pk: UUID) -> HttpResponse:
        """Ask for a link to a document

        The link works once, for a minute, with the same credential only, and ends at once when the startup takes the
        document back. The same Idempotency-Key gives a new link in place of the unused one. The fetch itself is what
        is recorded for the founders.
        """
        self.document(request)
        return self.link(request, LABEL, pk)

    def document(self, request: ApiRequest) -> Document:
        rows = Document.objects.disclosed_to(request.actor).filter(startup_id=self.kwargs["startup"])
        found: Document = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found


def document_behind(request: ApiRequest, link: DownloadLink) -> tuple[StoredFile, Callable[[], None]]:
    """The file of a disclosed document, and what records that it was fetched. Raises Http404."""
    rows = Document.objects.disclosed_to(request.actor).select_related("file")
    found = get_object_or_404(rows, pk=link.subject_id)
    return found.file, lambda: startups.record_read(DisclosureRead.Kind.FILE, [found.startup_id], by=request.actor, at=now())
