"""The staff portal's one admin site: who comes in, what its sidebar shows, how its own pages are drawn."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from incubator.lib.actor import Actor
from incubator.web import navigation

View = Callable[..., HttpResponse]

# What Django's admin would add beside ours: its own sign-in, passwords, and a redirect for any content type.
NOT_OURS = frozenset({"login", "password_change", "password_change_done", "view_on_site"})


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    """The admin site at /staff/. Apps register their records here, and `urls.py` adds their own pages as `routes`."""

    index_title = _("Today")
    enable_nav_sidebar = True
    routes: list[URLPattern | URLResolver]

    def __init__(self) -> None:
        super().__init__(name="staff")
        self.routes = []

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the gate has let this request in for the park."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.organisation_kind == "park" and bool(actor.roles)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Every page of the site asks the same gate as the portals: sign-in, role, second factor."""
        inner: View = super().admin_view(view, cacheable)

        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            enter = import_string(settings.PORTAL_GATE)
            return enter(request, "staff") or inner(request, *args, **kwargs)

        return gated

    def get_urls(self) -> list[URLPattern | URLResolver]:
        ours = [one for one in super().get_urls() if getattr(one, "name", "") not in NOT_OURS]
        return [*self.routes, *ours]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        raise Http404

    def _search_apps(self, app_list: list[dict[str, Any]], search_term: str) -> list[SearchResult]:
        """Nothing by app and model: `search` below finds pages by what the sidebar calls them."""
        return []

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out, by POST only, and go to the public site."""
        return _sign_out(request)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is no page per app; the sidebar follows the work."""
        return redirect("staff:index")


@require_POST
def _sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")


site = StaffSite()


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """What the command palette finds: the pages of the sidebar. No query; `term` comes in lower case."""
    return [
        SearchResult(title=item["title"], description=group["title"], link=item["link"], icon=item["icon"])
        for group in sidebar(request)
        for item in group["items"]
        if term in f"{group['title']} {item['title']}".lower()
    ]


def draw(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a page of our own inside the site; the template extends `staff/base.html`.

    The view is one of `accounts.access.portal("staff")`, so that the request has its actor.
    """
    request.current_app = site.name
    return render(request, template, {**site.each_context(request), **context}, status=status)


def fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Draw a part of such a page, for htmx: without the frame and what it costs."""
    request.current_app = site.name
    return render(request, template, context)


def site_title(request: HttpRequest) -> str:
    return str(settings.PARK_NAME)


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """The user's menu: as in the other portals."""
    lines = [(_("All your places"), "home:places"), (_("Your account"), "account_settings"), (_("Security"), "mfa_index")]
    return [{"title": str(title), "link": reverse(name)} for title, name in lines]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of navigation.STAFF with the lines that exist and that this actor may follow."""
    groups = []
    for title, places in navigation.STAFF:
        lines = navigation.drawn(request, "staff", places)
        items = [
            {"title": str(line.label), "link": line.url, "icon": line.icon, "active": bool(line.here), "badge": line.count, "badge_variant": "warning"}
            for line in lines
        ]
        if items:
            groups.append({"title": str(title) if len(items) > 1 or str(title) else "", "items": items})
    return groups
