"""The partners' page, and what crawlers ask for."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from incubator.lib.actor import ANONYMOUS
from incubator.partners.models import Partner
from incubator.startups.models import Area, Startup
from programmes.catalogue.models import Programme

MOST_PARTNERS = 200
MOST_IN_SITEMAP = 5_000


@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """The partners the park works with now, by name, and what each brings. Two queries."""
    names = dict(Area.objects.values_list("slug", "name"))
    found = [(one, [names[slug] for slug in one.expertise_areas if slug in names]) for one in Partner.objects.active()[:MOST_PARTNERS]]
    return render(request, "public/partners/index.html", {"partners": found})


@require_safe
@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read what is public and nothing else."""
    closed = ("accounts", "api", "my", "partner", "review", "staff", "welcome")
    lines = ["User-agent: *", *(f"Disallow: /{path}/" for path in closed), f"Sitemap: {settings.BASE_URL}{reverse('home:sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600, public=True)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, with the day of its last change where there is one. Two queries."""
    entries = "".join(
        f"<url><loc>{escape(settings.BASE_URL + address)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>" for address, changed in _pages()
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return HttpResponse(text, content_type="application/xml")


def _pages() -> Iterator[tuple[str, str]]:
    for name in ("public:catalogue:landing", "public:catalogue:programmes", "public:catalogue:calls", "public:startups:portfolio", "home:partners"):
        yield reverse(name), ""
    for slug, changed in Programme.objects.visible_to(ANONYMOUS).order_by("slug").values_list("slug", "updated_at")[:MOST_IN_SITEMAP]:
        yield reverse("public:catalogue:programme", args=[slug]), changed.date().isoformat()
    for pk, changed in Startup.objects.visible_to(ANONYMOUS).order_by("-updated_at", "-pk").values_list("pk", "updated_at")[:MOST_IN_SITEMAP]:
        yield reverse("public:startups:startup", args=[pk]), changed.date().isoformat()
