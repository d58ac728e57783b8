"""The navigation of each portal, in one table.

An app adds its line here when its page lands. A line shows only if its URL exists and the actor has one of its
roles. Numbers behind the labels come from one function per portal, named in settings.NAVIGATION_BADGES.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from incubator.web.parts import Words

BADGE_SECONDS = 10
MOST = 99


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a portal's navigation. `badge` is the key of its number; no `roles` means everybody."""

    label: Words
    url_name: str
    icon: str
    badge: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Link:
    """A line as drawn. `here` is what aria-current says: "page", "true" for a page below it, or nothing."""

    label: Words
    url: str
    icon: str
    here: str
    count: str


PLACES: dict[str, tuple[Place, ...]] = {
    "public": (
        Place(_("Programmes"), "public:catalogue:programmes", "rocket"),
        Place(_("Calls"), "public:catalogue:calls", "calendar"),
        Place(_("Startups"), "public:startups:portfolio", "building-community"),
        Place(_("Partners"), "home:partners", "heart-handshake"),
    ),
    "my": (
        Place(_("Home"), "my:home:index", "home"),
        Place(_("Applications"), "my:applications:index", "file-text", badge="applications"),
        Place(_("Startup"), "my:startups:profile", "building"),
        Place(_("Cohort"), "my:cohorts:index", "school"),
        Place(_("Expertise"), "my:expertise:index", "bulb", badge="expertise"),
        Place(_("Rounds"), "my:rounds:index", "coins", badge="rounds"),
        Place(_("Who sees what"), "my:startups:disclosures", "eye"),
        Place(_("Team"), "my:accounts:team", "users"),
    ),
    "partner": (
        Place(_("Home"), "partner:home:index", "home"),
        Place(_("Startups"), "partner:startups:index", "building-community"),
        Place(_("Expertise"), "partner:expertise:requests", "bulb", badge="support", roles=frozenset({"partner"})),
        Place(_("Rounds"), "partner:rounds:index", "coins"),
        Place(
            _("Interests"),
            "partner:interests:index",
            "heart-handshake",
        ),
        Place(_("Commitments"), "partner:partners:commitments", "list-check", badge="commitments"),
        Place(_("Agreement"), "partner:partners:agreement", "file-certificate", badge="agreements"),
        Place(_("People"), "partner:accounts:team", "users"),
        Place(_("Developers"), "partner:api:index", "code"),
    ),
    "review": (
        Place(_("My reviews"), "review:reviews:index", "clipboard-list", badge="reviews"),
        Place(_("Conflicts of interest"), "review:reviews:conflicts", "shield-half"),
    ),
}


# Who works with what partners offer to startups.
EXPERTISE = frozenset({"officer", "readonly", "manager", "partnership", "admin"})

# The sidebar of the staff portal follows the work. Icons are Material Symbols, which the admin theme carries.
STAFF: tuple[tuple[Words, tuple[Place, ...]], ...] = (
    ("", (Place(_("Today"), "staff:index", "today", badge="today"),)),
    (
        _("Programmes"),
        (
            Place(_("Programmes"), "staff:catalogue_programme_changelist", "rocket_launch"),
            Place(_("Intakes"), "staff:catalogue_intake_changelist", "event_upcoming"),
            Place(_("Forms"), "staff:forms_formversion_changelist", "fact_check"),
            Place(_("Rubrics"), "staff:catalogue_rubric_changelist", "balance"),
            Place(_("Areas"), "staff:startups_area_changelist", "category"),
        ),
    ),
    (
        _("Applications"),
        (
            Place(_("Screening"), "staff:applications:queue", "inbox", badge="screening"),
            Place(_("All applications"), "staff:applications:index", "description"),
        ),
    ),
    (
        _("Review"),
        (Place(_("Allocation"), "staff:reviews:allocation", "assignment_ind", badge="allocation"),),
    ),
    (
        _("Cohorts"),
        (Place(_("Decisions and cohorts"), "staff:cohorts:index", "groups", badge="deliberation"),),
    ),
    (
        _("Partners"),
        (
            Place(_("Partners"), "staff:partners:index", "domain"),
            Place(_("Agreements"), "staff:partners:agreements", "contract", badge="agreements"),
            Place(_("Offerings"), "staff:expertise:offerings", "lightbulb", badge="offerings", roles=EXPERTISE),
            Place(_("Support requests"), "staff:expertise:requests", "support", badge="support", roles=EXPERTISE),
        ),
    ),
    (
        _("Investment"),
        (
            Place(_("Rounds"), "staff:rounds:index", "trending_up", badge="rounds"),
            Place(_("Interests"), "staff:interests:index", "volunteer_activism", badge="interests"),
            Place(_("Investors"), "staff:investors:index", "account_balance", badge="investors"),
        ),
    ),
    (
        _("People"),
        (
            Place(_("Startups"), "staff:startups:index", "apartment", badge="startups"),
            Place(_("Organisations"), "staff:accounts_organisation_changelist", "corporate_fare"),
            Place(_("People"), "staff:accounts_user_changelist", "group"),
        ),
    ),
    (
        _("Delivery"),
        (
            Place(_("Messages and webhooks"), "staff:notifications:deliveries", "send", badge="deliveries", roles=frozenset({"officer", "manager", "admin"})),
            Place(_("What is told to whom"), "staff:notifications:kinds", "menu_book", roles=frozenset({"officer", "manager", "admin"})),
            Place(_("Announcements"), "staff:notifications:announcements", "campaign", roles=frozenset({"officer", "manager", "admin"})),
            Place(_("Jobs of the clock"), "staff:notifications:jobs", "schedule", badge="jobs", roles=frozenset({"officer", "manager", "admin"})),
        ),
    ),
    (
        _("Settings"),
        (Place(_("Webhook endpoints"), "staff:notifications_webhookendpoint_changelist", "webhook", roles=frozenset({"partnership", "admin"})),),
    ),
)


def links(request: HttpRequest, portal: str) -> list[Link]:
    """The portal's lines that exist and that this actor may see."""
    return drawn(request, portal, PLACES[portal])


def drawn(request: HttpRequest, portal: str, places: Iterable[Place]) -> list[Link]:
    """Those of `places` that exist and that this actor may see. One cached call for the numbers, if any is shown."""
    roles: frozenset[str] = getattr(getattr(request, "actor", None), "roles", frozenset())
    found = []
    for place in places:
        if place.roles and not place.roles & roles:
            continue
        try:
            url = reverse(place.url_name)
        except NoReverseMatch:
            continue
        count = counted(badges(request, portal).get(place.badge, 0)) if place.badge else ""
        found.append(Link(place.label, url, place.icon, "", count))
    return _mark_current(found, request.path)


def _mark_current(found: list[Link], path: str) -> list[Link]:
    """Mark the line with the longest address that the path starts with: the page itself, or one below it."""
    inside = [link for link in found if (path.startswith(link.url) and link.url.count("/") > 2) or path == link.url]
    if not inside:
        return found
    best = max(inside, key=lambda link: len(link.url))
    here = "page" if best.url == path else "true"
    return [Link(one.label, one.url, one.icon, here if one is best else "", one.count) for one in found]


def counted(number: int) -> str:
    """A badge's text: nothing for none, "99+" for more than one wants to know."""
    return "" if number <= 0 else str(number) if number <= MOST else f"{MOST}+"


def badges(request: HttpRequest, portal: str) -> Mapping[str, int]:
    """What waits for this actor in the portal, by badge key: one statement, kept 10 seconds per person and organisation."""
    source = settings.NAVIGATION_BADGES.get(portal)
    actor = getattr(request, "actor", None)
    if source is None or actor is None or actor.user_id is None:
        return {}
    held: dict[str, Mapping[str, int]] = request.__dict__.setdefault("_badges", {})
    if portal not in held:
        key = f"badges:{portal}:{actor.user_id}:{actor.organisation_id}"
        held[portal] = cache.get_or_set(key, lambda: import_string(source)(request), BADGE_SECONDS) or {}
    return held[portal]
