"""What every address of the API does in the same way: a resource adds its rows, its shape and its verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Expression, F
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.views import APIView

from incubator.api import conditional, editions, idempotency, pagination, selection, throttling, versions
from incubator.api.authentication import Credential, authenticate, known, pinned
from incubator.api.filters import Filter
from incubator.api.problems import Problem, error
from incubator.api.schema import ApiSchema
from incubator.api.scopes import TABLE
from incubator.api.serializers import In, Nothing, Out, checked, read_body
from incubator.api.whole import CredentialChanged, Shown, show
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.statements import Slot, Statement, Text, any_credential, statement

VERBS = ("get", "post", "patch", "delete")
ACCEPTED = ("*/*", "application/*", "application/json")


class ApiRequest(HttpRequest):
    """A request after the gate and the checks that every endpoint makes."""

    request_id: str
    api_headers: dict[str, str]
    credential: Credential
    actor: Actor
    given: dict[str, list[str]]
    slot: throttling.Slot | None
    taken: tuple[UUID, throttling.State] | None
    confirmed: bool
    version: str


class Endpoint(APIView):
    """One address. Order of the checks: method, credential, limit, scope, version, Accept; then the resource's own.

    Exceptions are left to the gate, which makes them problem documents.
    """

    schema = ApiSchema()
    # What it is for people: its group in the documentation, its representation, and an example of it.
    tag: ClassVar[str]
    out: ClassVar[type[Out]]
    example: ClassVar[Mapping[str, Any]]
    # What it takes.
    filters: ClassVar[tuple[Filter, ...]] = ()
    sorts: ClassVar[Mapping[str, pagination.Sort]] = {}
    body: ClassVar[type[In]] = Nothing
    body_example: ClassVar[Mapping[str, Any]] = {}
    # What a write answers, where that differs from what a read shows.
    written_out: ClassVar[type[Out] | None] = None
    written_example: ClassVar[Mapping[str, Any]] = {}
    needs_match: ClassVar[bool] = False
    # The limit it counts against; empty for that of reading or writing.
    bucket: ClassVar[str] = ""
    # The media types of its answer, other than JSON.
    media: ClassVar[tuple[str, ...]] = ()
    success: ClassVar[int] = 200
    # Whether its readings confirm the credential in the statement that answers, so that it need not be read before.
    confirms: ClassVar[bool] = False

    @classmethod
    def methods(cls) -> list[str]:
        return [verb.upper() for verb in VERBS if hasattr(cls, verb)]

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """The query parameters it knows."""
        return (*(one.name for one in cls.filters), *(("sort", "page_size", "cursor") if cls.sorts else ()))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the credential as this process knows it, if the answer confirms it; else read it first.

        Of the first way only what was confirmed counts. All else, refusals too, is found out anew.
        """
        asked: ApiRequest = request  # type: ignore[assignment]
        self.request, asked.taken = asked, None  # type: ignore[assignment]
        self.only_known_methods(asked)
        if self.confirms and request.method in throttling.SAFE_METHODS and (credential := known(request, asked.request_id)):
            asked.confirmed = False
            try:
                response = self.answered(asked, credential, *args, **kwargs)
            except (Problem, Http404, CredentialChanged):
                if asked.confirmed:
                    raise
            else:
                if asked.confirmed:
                    return response
            del asked.credential
        asked.api_headers = {versions.HEADER: versions.CURRENT}
        credential, asked.confirmed = authenticate(request, asked.request_id), True
        return self.answered(asked, credential, *args, **kwargs)

    def only_known_methods(self, request: ApiRequest) -> None:
        if verb(request) not in self.methods():
            raise Problem("method_not_allowed", headers={"Allow": ", ".join(self.methods())})

    def answered(self, request: ApiRequest, credential: Credential, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.admit(request, credential)
        handler: Callable[..., HttpResponseBase] = getattr(self, verb(request).lower())
        response = handler(request, *args, **kwargs)
        if request.version != versions.CURRENT:
            return versions.answered(response, request.version, route(request))
        return response

    def admit(self, request: ApiRequest, credential: Credential) -> None:
        """Let the request in or raise Problem. One call of Redis."""
        request.api_headers = {versions.HEADER: versions.CURRENT}
        request.credential, request.actor = credential, credential.actor
        state = self.take(request)
        request.api_headers.update(state.headers())
        if not state.allowed:
            raise throttling.refuse(state)
        scope = TABLE[(route(request), verb(request))]
        if scope is not None and scope not in credential.scopes:
            raise Problem("scope_missing", f"This needs a key with the scope {scope}.", required_scope=scope)
        request.version = versions.chosen(request.headers.get(versions.HEADER), credential.pinned)
        request.api_headers |= versions.headers(request.version)
        request.credential = pinned(request, credential)
        check_accept(request, self.media)
        request.given = self.query(request)

    def take(self, request: ApiRequest) -> throttling.State:
        """A place among the requests under way; the same one if the request is looked at again."""
        if request.taken is None or request.taken[0] != request.credential.id:
            state = throttling.enter(request.credential.id, self.bucket or ("read" if request.method in throttling.SAFE_METHODS else "write"))
            request.taken, request.slot = (request.credential.id, state), state.slot
        return request.taken[1]

    def query(self, request: HttpRequest) -> dict[str, list[str]]:
        """The query parameters. Raises Problem for one that this address does not know."""
        given = dict(request.GET.lists())
        known_names = self.parameters() if request.method in throttling.SAFE_METHODS else ()
        if unknown := [name for name in given if name not in known_names]:
            known = f"Known here: {', '.join(known_names)}." if known_names else "This request takes no parameters."
            raise Problem("unknown_parameter", errors=[error(name[:100], "unknown_parameter", known) for name in unknown])
        return given


def verb(request: HttpRequest) -> str:
    return "GET" if request.method == "HEAD" else str(request.method)


def route(request: HttpRequest) -> str:
    """The name of the address, as it stands in the table of scopes."""
    assert request.resolver_match is not None
    return str(request.resolver_match.url_name)


def check_accept(request: HttpRequest, media: Sequence[str] = ()) -> None:
    accept = request.headers.get("Accept")
    if accept and not any(part.split(";")[0].strip().lower() in (*ACCEPTED, *media) for part in accept.split(",")):
        raise Problem("not_acceptable")


def answer(body: bytes, *, status: int = 200, etag: str = "", headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer, with its strong ETag."""
    response = HttpResponse(body, status=status, content_type="application/json", headers=dict(headers or {}))
    if etag:
        response["ETag"] = etag
    return response


class Rows(Endpoint):
    """What lists and single representations of a resource share: which rows, and how Postgres shows one.

    `version_column` names the column that changes with every change of the row; without it the tag is a hash of
    the body.
    """

    version_column: ClassVar[str] = ""
    # Members that `expand` may show whole, each with the route that lists what stands there.
    expands: ClassVar[Mapping[str, str]] = {}
    # SQL for a text that is another one whenever anything that is shown may be: see `editions`.
    edition: ClassVar[str] = ""

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        return (*super().parameters(), "fields", *(("expand",) if cls.expands else ()))

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """The rows this actor may see. The actor's organisation may be a slot."""
        raise NotImplementedError

    def shape(self, actor: Actor) -> Expression:
        """The representation of one row, as JSON text."""
        raise NotImplementedError

    def values(self, request: ApiRequest) -> dict[str, Any]:
        """What fills the slots of `rows` and `shape`."""
        return {"organisation": request.credential.organisation_id}

    def record(self, actor: Actor, *, ids: str, opened: bool) -> str:
        """SQL that records, within the statement of the answer, that the rows whose `ids` it selects are shown; for resources that do."""
        return ""

    def shown(self, request: ApiRequest, ids: Sequence[UUID]) -> None:
        """Called with the ids of what is shown inside something else."""

    def one(self, request: ApiRequest, pk: UUID) -> tuple[bytes, str]:
        """The representation of one row and its tag. Raises Http404. One statement, the record of the read included."""
        values = {**self.values(request), "pk": pk}
        version = [self.version_column] if self.version_column else []

        def build() -> models.QuerySet[Any, Any]:
            actor = any_credential(request.actor)
            return self.rows(actor).filter(pk=Slot("pk", models.UUIDField())).values_list(self.shape(actor), *version)

        shape = (type(self).rows, type(self).shape, "one", request.actor.organisation_kind, request.actor.is_sandbox)
        compiled = statement(shape, build)
        if self.edition and (etag := editions.confirmed(request, compiled, self.edition)):
            return b"", etag
        record = self.record(request.actor, ids="SELECT %(pk)s::uuid FROM shown", opened=True)
        found = self.show(request, compiled, values, limit=1, columns=len(version), record=record)
        if not found.number:
            raise Http404
        body = found.texts.encode()
        if version:
            return body, conditional.version_tag(found.last[0], request.credential)
        return body, self.etag(request, compiled, found, body)

    def etag(self, request: ApiRequest, statement: Statement, found: Shown, body: bytes) -> str:
        return editions.tag(body, editions.mark(found.edition, request, statement)) if self.edition else conditional.body_tag(body)

    def show(self, request: ApiRequest, statement: Statement, values: Mapping[str, Any], **options: Any) -> Shown:
        """What the statement gives, once the credential is confirmed by it."""
        reading = {"read_id": uuid7(), "reader": request.actor.credential_id}
        proof = None if request.confirmed else request.credential.proof
        found = show(statement, {**values, **reading}, proof=proof, edition=self.edition, **options)
        request.confirmed = True
        return found


class Item(Rows):
    """One thing: GET, with If-None-Match."""

    confirms = True

    def get(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        selected = selection.selected(request, type(self))
        body, etag = self.one(request, pk)
        if selected is not None:
            (body,) = selection.applied(request, type(self), selected, body)
            etag = conditional.body_tag(body)
        if conditional.unchanged(request, etag):
            return conditional.not_modified(etag)
        return answer(body, etag=etag)


class Collection(Rows):
    """A list: GET with filters, an order, and pages by cursor."""

    confirms = True

    def get(self, request: ApiRequest, **kwargs: Any) -> HttpResponse:
        given = request.given
        selected = selection.selected(request, type(self))
        for name in ("sort", "page_size", "cursor"):
            if len(given.get(name, ())) > 1:
                raise Problem("invalid_parameter", errors=[error(name, "invalid", "Give this parameter once.")])
        sort, order = self.order(given)
        size = pagination.page_size(given["page_size"][0] if "page_size" in given else None)
        asked = {one.name: given[one.name] for one in self.filters if one.name in given}
        values = self.values(request)
        values |= {one.name: one.read(asked[one.name]) for one in self.filters if one.name in asked}
        columns = [name for name, _ in order.columns]
        if "cursor" in given:
            values |= pagination.unseal(given["cursor"][0], request.credential.id, request.path, sort, asked, columns)
        page = self.page(request, sort, order, frozenset(asked), "cursor" in given)
        record = self.record(request.actor, ids=f"SELECT c{len(columns):d}::uuid FROM shown", opened=False)  # noqa: S608 - a number
        if self.edition and selected is None and (etag := editions.confirmed(request, page, self.edition)):
            return conditional.not_modified(etag)
        found = self.show(request, page, values, limit=size, columns=len(columns), record=record)
        link = self.link(request, found.last, sort, asked, given) if found.more else None
        texts = found.texts.encode()
        if selected is not None:
            texts = b",".join(selection.applied(request, type(self), selected, texts))
        body = b'{"data":[%b],"next":%b}' % (texts, b'"%b"' % link.encode() if link else b"null")
        etag = conditional.body_tag(body) if selected is not None else self.etag(request, page, found, body)
        headers = {"Link": f'<{link}>; rel="next"'} if link else {}
        return conditional.not_modified(etag, headers) if conditional.unchanged(request, etag) else answer(body, etag=etag, headers=headers)

    def prepared(self, request: ApiRequest, filters: frozenset[str]) -> bool:
        """Whether one plan is right for every value that the statement may be given."""
        return not filters

    def order(self, given: Mapping[str, Sequence[str]]) -> tuple[str, pagination.Sort]:
        sort = given["sort"][0] if "sort" in given else next(iter(self.sorts))
        if sort not in self.sorts:
            raise Problem("invalid_parameter", errors=[error("sort", "invalid", f"Choose from {', '.join(self.sorts)}.")])
        return sort, self.sorts[sort]

    def page(self, request: ApiRequest, sort: str, order: pagination.Sort, filters: frozenset[str], after: bool) -> Statement:
        """The compiled statement of this list in this order with these filters. Its last column is the row's id."""

        def build() -> models.QuerySet[Any, Any]:
            actor = any_credential(request.actor)
            rows = self.rows(actor)
            for one in self.filters:
                if one.name in filters:
                    rows = one.narrow(rows, one.slot())
            if after:
                rows = rows.filter(order.after())
            # As text: they go into the cursor, and to make fifty UUIDs of them costs as much as the rest of the page.
            return rows.order_by(*order.order_by()).values_list(self.shape(actor), *(Text(F(name)) for name, _ in order.columns))

        shape = (type(self), request.actor.organisation_kind, request.actor.is_sandbox, sort, filters, after)
        return statement(shape, build, prepared=self.prepared(request, filters))

    def link(self, request: ApiRequest, after: Sequence[Any], sort: str, asked: Mapping[str, Sequence[str]], given: Mapping[str, Sequence[str]]) -> str:
        """The address of the next page."""
        cursor = pagination.seal(after, request.credential.id, request.path, sort, asked)
        query = [(name, value) for name, values in given.items() if name != "cursor" for value in values]
        return f"{settings.BASE_URL}{request.path}?{urlencode([*query, ('cursor', cursor)])}"


class Writes(Rows):
    """For verbs that change something: once per Idempotency-Key, in one transaction with their effect."""

    def once(self, request: ApiRequest, effect: Callable[[dict[str, Any]], UUID]) -> HttpResponse:
        """Run `effect` with the body, unless this key has done so before; then show what it made.

        A replay runs no effect. It shows the resource as it is now, if it may still be seen. `effect` raises
        Refusal or Problem to leave nothing behind, the key included.
        """
        key = idempotency.key_of(request)
        data = versions.understood(read_body(request), request.version, route(request))
        with transaction.atomic():
            claim = idempotency.claim(request, key, data)
            if claim.resource_id is None:
                resource_id = effect(data)
                idempotency.keep(claim, resource_id)
            else:
                resource_id = claim.resource_id
        body, etag = self.written(request, resource_id)
        headers = {"Idempotency-Replayed": "true"} if claim.resource_id is not None else {}
        if self.success in (201, 202) and (location := self.location(resource_id)):
            headers["Location"] = location
        return answer(body, status=self.success, etag=etag, headers=headers)

    def written(self, request: ApiRequest, pk: UUID) -> tuple[bytes, str]:
        """The answer to a write and to its replays, with its tag. Raises Http404 if it may no longer be seen."""
        return self.one(request, pk)

    def location(self, pk: UUID) -> str:
        """The address of what was made or will be; empty if it has none of its own."""
        return ""

    def input(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return checked(self.body, data)
