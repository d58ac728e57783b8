"""API keys, OAuth applications with their tokens, and the client that uses one."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import factory
from django.test import Client
from factory.django import DjangoModelFactory
from oauth2_provider.models import AccessToken

from incubator.accounts.models import ApiKey, OAuthApplication, Organisation
from incubator.api.scopes import all_scopes
from incubator.lib import sealing
from incubator.lib.clock import now
from tests.factories.accounts import OrganisationFactory

SECRET = "a-secret-that-nobody-else-knows-0123456789"


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    """A live key with every scope. Its text is `text_of(key)`."""

    class Meta:
        model = ApiKey

    organisation = factory.SubFactory(OrganisationFactory, kind="partner")
    name = "Deal flow import"
    key_id = factory.Sequence(lambda n: f"{n:012x}")
    secret_digest = factory.LazyFunction(lambda: sealing.digest(SECRET))
    scopes = factory.LazyFunction(all_scopes)
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=90))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class OAuthApplicationFactory(DjangoModelFactory[OAuthApplication]):
    """A live application with every scope. Its secret is SECRET."""

    class Meta:
        model = OAuthApplication

    organisation = factory.SubFactory(OrganisationFactory, kind="partner")
    name = "Deal flow import"
    client_id = factory.Sequence(lambda n: f"app_{n:016x}")
    client_secret = factory.LazyFunction(lambda: sealing.digest(SECRET))
    client_type = OAuthApplication.CLIENT_CONFIDENTIAL
    authorization_grant_type = OAuthApplication.GRANT_CLIENT_CREDENTIALS
    scopes = factory.LazyFunction(all_scopes)
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=90))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


def token_of(application: OAuthApplication, *, scopes: Sequence[str] | None = None, minutes: float = 10) -> str:
    """An access token as the token endpoint stores it."""
    text = f"spt_{sealing.new_token()}"
    held = application.scopes if scopes is None else scopes
    AccessToken.objects.create(
        application=application, token_checksum=sealing.fingerprint(text), scope=" ".join(held), expires=now() + timedelta(minutes=minutes)
    )
    return text


def text_of(key: ApiKey) -> str:
    return f"{key.start}.{SECRET}"


class Answer:
    """An answer with its body read as JSON."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        self.raw: bytes = b"".join(response) if response.streaming else response.content
        self.json: Any = json.loads(self.raw) if self.raw and "json" in response.headers.get("Content-Type", "") else None


class ApiClient:
    """What a partner's system does: one key, JSON in and out."""

    def __init__(self, key: ApiKey | str | None, **headers: str) -> None:
        self.token = text_of(key) if isinstance(key, ApiKey) else key
        self.headers = headers
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, raw: bytes | None = None, kind: str = "application/json"
    ) -> Answer:
        sent = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **self.headers, **(headers or {})}
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        url = path if path.startswith("/") else f"/api/v1/{path}"
        return Answer(self.client.generic(method, url, data, content_type=kind, headers=sent))

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Answer:
        return self.call("POST", path, body, headers={"Idempotency-Key": key or str(uuid4()), **headers})

    def pages(self, path: str) -> Sequence[dict[str, Any]]:
        """All rows of a list, page by page."""
        rows: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            answer = self.get(following.removeprefix("http://testserver"))
            assert answer.status == 200, answer.json
            rows += answer.json["data"]
            following = answer.json["next"]
        return rows


def partner_key(organisation: Organisation, **fields: Any) -> ApiKey:
    return ApiKeyFactory(organisation=organisation, **fields)
