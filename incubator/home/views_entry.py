"""Where one goes after signing in, and between the portals."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incubator.accounts.models import Membership, Organisation, User
from incubator.accounts.roles import PORTALS
from incubator.web.parts import Words
from incubator.web.returning import safe_next

INVITATION_KEY = "invitation"

# In the order in which a person with several is led: work that waits for others comes first.
PORTAL_NAMES: dict[str, Words] = {
    "staff": _("Staff"),
    "review": _("Reviews"),
    "my": _("Your startup"),
    "partner": _("Partner pages"),
}
HOMES = {
    "staff": ("staff:index",),
    "review": ("review:reviews:index",),
    "my": ("my:home:index", "my:applications:index", "my:accounts:team"),
    "partner": ("partner:home:index", "partner:startups:index", "partner:accounts:team"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation in one portal that a person may go to."""

    portal: str
    name: Words
    organisation: Organisation


def places(user: User) -> list[Place]:
    """Where this person may work, in the order of PORTAL_NAMES. One query."""
    memberships = list(Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name", "organisation_id"))
    found: dict[tuple[str, object], Place] = {}
    for portal, name in PORTAL_NAMES.items():
        kinds, roles = PORTALS[portal]
        for membership in memberships:
            if membership.organisation.kind in kinds and membership.role in roles:
                found.setdefault((portal, membership.organisation_id), Place(portal, name, membership.organisation))
    return list(found.values())


def home_of(portal: str) -> str:
    """The address of a portal's first page."""
    for name in HOMES[portal]:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    raise NoReverseMatch(portal)


@never_cache
@login_required
@require_safe
def after_login(request: HttpRequest) -> HttpResponse:
    """To an invitation that waits in the session, to what one came for, else to the first of one's places.

    A newcomer founds a startup.
    """
    user = request.user
    assert isinstance(user, User)
    if token := request.session.get(INVITATION_KEY):
        return redirect("account_invitation", token)
    if back := safe_next(request):
        return redirect(back)
    found = places(user)
    return redirect(home_of(found[0].portal) if found else reverse("my:startups:create"))


@never_cache
@login_required
@require_safe
def all_places(request: HttpRequest) -> HttpResponse:
    """Every portal and organisation one may work in."""
    user = request.user
    assert isinstance(user, User)
    return render(request, "home/places.html", {"places": places(user)})


@login_required
@require_safe
def to_portal(request: HttpRequest, portal: str) -> HttpResponse:
    """To the first page of a portal."""
    if portal not in HOMES:
        raise Http404
    return redirect(home_of(portal))
