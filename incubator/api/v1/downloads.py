"""The bytes behind a link, whatever it leads to."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase

from incubator.api import conditional, exported
from incubator.api.endpoints import ApiRequest, Endpoint
from incubator.api.problems import Problem
from incubator.api.v1 import documents, operations
from incubator.files import operations as files
from incubator.lib.clock import now

# What a link may lead to, by its label.
BEHIND = {documents.LABEL: documents.document_behind, operations.LABEL: operations.export_behind}


class Download(Endpoint):
    tag = "downloads"
    bucket = "file"
    media = (*documents.TYPES, *(media for media, _writer in exported.FORMATS.values()))
    out = documents.LinkOut
    example = {}

    def get(self, request: ApiRequest, token: str) -> HttpResponseBase:
        """Fetch what a link leads to

        The bytes, as an attachment. The link is used up by it, unless If-None-Match says that you have them already.
        What may no longer be seen, another credential's link, a used one and one that has run out all answer 404.
        """
        if request.method == "HEAD":  # would use the link up without giving anything
            raise Problem("method_not_allowed", headers={"Allow": "GET"})
        link = files.find(token, credential_id=request.credential.id, at=now())
        if link is None:
            raise Http404
        file, note = BEHIND[link.subject_label](request, link)
        etag = f'"{file.sha256[:32]}"'
        if conditional.unchanged(request, etag):
            return conditional.not_modified(etag)
        with transaction.atomic():
            if not files.spend(link, at=now()):
                raise Http404
            response = files.download(file)
            note()
        response["ETag"] = etag
        return response
