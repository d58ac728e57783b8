"""What differs between the pages of API keys and those of OAuth applications. Everything else is `views_credentials`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.accounts import operations as accounts
from incubator.accounts.models import ApiKey, OAuthApplication, Organisation
from incubator.api.forms import ApplicationForm, CredentialForm, KeyForm
from incubator.lib.actor import Actor
from incubator.web.parts import Words

Credential = ApiKey | OAuthApplication


@dataclass(frozen=True, slots=True)
class Pages:
    """One kind of credential: its model and form, where its pages are, and what they say."""

    tab: str
    model: type[ApiKey] | type[OAuthApplication]
    form: type[CredentialForm]
    at_most: int
    template: str
    index: str  # URL names, below "partner:api:"
    create: str
    revoke: str
    # Makes one and gives what is shown of it once; the sealed text of it waits in the session under `once`.
    issue: Callable[..., tuple[str, ...]]
    end: Callable[..., Any]
    once: str
    once_labels: Sequence[tuple[str, Words]]
    words: dict[str, Words]


def _issue_key(organisation: Organisation, *, by: Actor, at: datetime, lives: timedelta, **given: Any) -> tuple[str, ...]:
    _key, text = accounts.issue_key(organisation, expires_at=at + lives, by=by, at=at, **given)
    return (text,)


def _issue_application(organisation: Organisation, *, by: Actor, at: datetime, lives: timedelta, **given: Any) -> tuple[str, ...]:
    application, secret = accounts.issue_application(organisation, expires_at=at + lives, by=by, at=at, **given)
    return application.client_id, secret


def public_part(one: Credential) -> str:
    """What names it on pages and in logs, and is no secret."""
    return one.client_id if isinstance(one, OAuthApplication) else f"{one.start}…"


KEYS = Pages(
    tab="keys",
    model=ApiKey,
    form=KeyForm,
    at_most=accounts.LIVE_KEYS_AT_MOST,
    template="partner/api/index.html",
    index="index",
    create="create",
    revoke="revoke",
    issue=_issue_key,
    end=accounts.revoke_key,
    once="api_key_once",
    once_labels=(("new-key", _("Key")),),
    words={
        "all": _("API keys"),
        "one": _("Key"),
        "new": _("New key"),
        "make": _("Make the key"),
        "made": _("Your new key"),
        "copy": _("Copy the key"),
        "past": _("Past keys"),
        "none": _("No live key"),
        "how": _("Make a key for each system that uses the API, with only the scopes that it needs."),
        "most": _("Two keys are live, which is the most. Revoke one to make another."),
        "second_step": _("Whoever makes keys needs a second sign-in step. Set one up to go on."),
        "revoke": _("Revoke the key"),
        "revoke_it": _("Revoke the key “%(name)s”"),
        "revoked": _("The key “%(name)s” is revoked. It no longer works."),
        "stops": _("It stops working at once, for every system that uses it."),
        "for_good": _("It cannot be brought back; a new key can be made."),
    },
)
APPLICATIONS = Pages(
    tab="applications",
    model=OAuthApplication,
    form=ApplicationForm,
    at_most=accounts.LIVE_APPLICATIONS_AT_MOST,
    template="partner/api/applications.html",
    index="applications",
    create="create-application",
    revoke="revoke-application",
    issue=_issue_application,
    end=accounts.revoke_application,
    once="oauth_secret_once",
    once_labels=(("new-id", _("Client id")), ("new-secret", _("Client secret"))),
    words={
        "all": _("OAuth applications"),
        "one": _("Application"),
        "new": _("New application"),
        "make": _("Make the application"),
        "made": _("Your new application"),
        "copy": _("Copy the secret"),
        "past": _("Past applications"),
        "none": _("No live application"),
        "how": _("Make one for each system that uses the API, with only the scopes that it needs."),
        "most": _("Five applications are live, which is the most. Revoke one to make another."),
        "second_step": _("Whoever makes applications needs a second sign-in step. Set one up to go on."),
        "revoke": _("Revoke the application"),
        "revoke_it": _("Revoke the application “%(name)s”"),
        "revoked": _("The application “%(name)s” is revoked. It and its tokens no longer work."),
        "stops": _("It gets no more tokens, and those it holds stop working at once, in every system that uses them."),
        "for_good": _("It cannot be brought back; a new application can be made."),
    },
)
