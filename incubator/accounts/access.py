"""Who comes in where: the decorator that opens a portal's views, and predicates on accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _

from incubator.accounts import actors, sessions
from incubator.accounts.models import Membership, Organisation, User
from incubator.accounts.roles import ROLES_BY_KIND, Role
from incubator.lib.actor import ActingAs, Actor
from incubator.web.returning import with_next

P = ParamSpec("P")
SANDBOX = "developers:sandbox"  # in the session: the organisation whose console shows its sandbox


class PortalRequest(HttpRequest):
    """A request inside a portal: somebody is signed in and acts for one organisation."""

    user: User
    actor: ActingAs
    portal: str
    organisation: Organisation | None
    memberships: Sequence[Membership]
    organisations: Sequence[Organisation]
    sandbox_of: Organisation | None  # whose sandbox the console shows, while it shows one


def second_factor_missing(user: User, portal: str) -> bool:
    """Staff and reviewers need a second factor, except where the settings let a demo skip it."""
    return bool(settings.MFA_REQUIRED) and portal in {"staff", "review"} and not is_mfa_enabled(user)


def enter(request: HttpRequest, portal: str, *, newcomers: bool = False, without_access: bool = False, console: bool = False) -> HttpResponse | None:
    """Put actor, portal and memberships on the request, or give the answer that keeps the person out.

    Anonymous people are sent to sign in; people without a role here get 404, as if the page did not exist; people of
    an organisation without access are told so; staff without a second factor are sent to set one up. `newcomers`
    lets in people who hold no role yet, `without_access` those whose agreement is not active. In the developers'
    `console` the person acts for the organisation's sandbox while its switch is on Test.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user = request.user
    assert isinstance(user, User)
    actor, memberships = actors.in_portal(request, portal)
    organisation = next((one.organisation for one in memberships if one.organisation_id == actor.organisation_id), None)
    if organisation is None and not newcomers:
        if portal == "my":
            return redirect(with_next(reverse("my:startups:create"), request.get_full_path()))
        raise Http404
    if second_factor_missing(user, portal):
        messages.info(request, _("Your role needs a second sign-in step. Set one up to go on."))
        return redirect("mfa_index")
    request.actor = actor  # type: ignore[attr-defined]
    request.portal = portal  # type: ignore[attr-defined]
    request.organisation = organisation  # type: ignore[attr-defined]
    request.memberships = memberships  # type: ignore[attr-defined]
    # The person's organisations in this portal, for the switch in the menu.
    request.organisations = list({one.organisation_id: one.organisation for one in memberships}.values())  # type: ignore[attr-defined]
    if portal == "staff":
        sessions.limit(request)
    if organisation is not None and not organisation.is_open() and not without_access:
        return render(request, "partner/no_access.html", {"organisation": organisation}, status=403)
    request.sandbox_of = None  # type: ignore[attr-defined]
    if console and organisation is not None and request.session.get(SANDBOX) == str(organisation.pk):
        _act_in_sandbox(request, actor, organisation)
    return None


def _act_in_sandbox(request: HttpRequest, actor: ActingAs, organisation: Organisation) -> None:
    """Let the request be one of the twin. One query."""
    twin = Organisation.objects.twin_of(organisation.pk)
    if twin is not None:
        request.actor = replace(actor, organisation_id=twin.pk, is_sandbox=True)  # type: ignore[attr-defined]
        request.organisation = twin  # type: ignore[attr-defined]
        request.sandbox_of = organisation  # type: ignore[attr-defined]


def portal(
    name: str, *, newcomers: bool = False, without_access: bool = False, console: bool = False
) -> Callable[[Callable[Concatenate[PortalRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Decorate a view of a portal («my», «partner», «review», «staff»). Its answers are never cached."""

    def decorate(
        view: Callable[Concatenate[PortalRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = enter(request, name, newcomers=newcomers, without_access=without_access, console=console) or view(request, *args, **kwargs)  # type: ignore[arg-type]
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
            return response

        return inner  # type: ignore[return-value]

    return decorate


def may_manage_people(actor: Actor, organisation: Organisation) -> bool:
    """Founders and partner representatives manage their own organisation's people, administrators everybody's."""
    if actor.organisation_kind == "park":
        return bool(actor.roles & {"admin", "manager", "partnership"})
    return actor.organisation_id == organisation.pk and bool(actor.roles & {"founder", "partner", "investor"})


def may_give(actor: Actor, organisation: Organisation, role: str) -> bool:
    """Whether the actor may offer, give or take back this role there.

    The park's own roles are for its administrators and managers; only an administrator makes administrators.
    """
    if not may_manage_people(actor, organisation):
        return False
    if organisation.kind == "park":
        return "admin" in actor.roles or ("manager" in actor.roles and role != "admin")
    return True


def roles_to_give(actor: Actor, organisation: Organisation) -> list[str]:
    """The roles of this house that the actor may give, in the order people know them."""
    return [role for role in Role.values if role in ROLES_BY_KIND[organisation.kind] and may_give(actor, organisation, role)]


def may_manage_keys(actor: Actor, organisation: Organisation) -> bool:
    if actor.organisation_kind == "park":
        return bool(actor.roles & {"admin", "partnership"})
    return actor.organisation_id == organisation.pk and bool(actor.roles & {"partner", "investor"}) and actor.kind == "user"
