"""What people read about the API in a browser: the schema, the collection, the interactive documentation, the guide."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import orjson
import yaml
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView

from incubator.api import guide
from incubator.api.authentication import authenticate
from incubator.api.collection import collection
from incubator.api.problems import Problem
from incubator.lib.ids import uuid7


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document. Made once per process."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(public=True)
    return found


@cache
def yaml_document() -> str:
    """The document as YAML. Made once per process: the dumper in Python alone would take ten seconds for it each time."""
    plain = orjson.loads(orjson.dumps(document()))
    return yaml.dump(plain, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True, width=120)


def readers_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For a signed-in person or a credential of any scope."""

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            request_id = str(uuid7())
            try:
                authenticate(request, request_id)
            except Problem as problem:
                return problem.response(request_id)
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response

    return require_safe(asked)


@readers_only
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document: JSON, or YAML for who accepts that or asks for `?format=yaml`."""
    if request.GET.get("format") == "yaml" or "yaml" in request.headers.get("Accept", ""):
        return HttpResponse(yaml_document(), content_type="application/yaml")
    return HttpResponse(orjson.dumps(document(), option=orjson.OPT_INDENT_2), content_type="application/json")


@readers_only
def collection_file(request: HttpRequest) -> HttpResponse:
    """Every request ready to send, for Postman, Bruno and what else reads their format."""
    body = orjson.dumps(collection(document(), settings.BASE_URL), option=orjson.OPT_INDENT_2)
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": 'attachment; filename="park-api.postman_collection.json"'})


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI with the reader's own key. The page's one inline style is allowed by its hash, nothing else is."""

    permission_classes = []
    authentication_classes = []
    url_name = "api:schema"


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The interactive documentation, for people who are signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    response: HttpResponse = Docs.as_view()(request)
    response._csp_update = {"style-src": [f"'sha256-{style_hash()}'"]}  # type: ignore[attr-defined]
    return response


@cache
def style_hash() -> str:
    """The hash of the one inline style in Swagger's page, taken from the page itself."""
    page = render_to_string("drf_spectacular/swagger_ui.html", {"script_url": "/"})
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1
    return base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of the guide; open to everybody, like the texts in the repository."""
    if name not in guide.NAMES:
        raise Http404
    title, html = guide.page(name)
    pages = [(one, guide.page(one)[0]) for one in guide.NAMES]
    return render(request, "api/guide.html", {"title": title, "html": html, "pages": pages, "name": name})
