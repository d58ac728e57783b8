"""What waits for a member of staff, and since when. Each kind of work is one bounded query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.lib.machine import Words
from incubator.notifications.models import Delivery
from incubator.notifications.states import RESENDABLE
from incubator.startups.models import Startup
from incubator.web.navigation import MOST
from programmes.applications.models import Application, Finding, InfoRequest
from programmes.cohorts.models import CohortMembership
from programmes.reviews.models import Assignment

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: what, of which kind, where to do it, and since when."""

    label: str
    note: str
    url: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: who does it, which rows wait, the longest waiting first, and how one is shown.

    `badge` is the line of the sidebar it counts for. `is_late` marks kinds whose time has passed already.
    """

    title: Words
    roles: frozenset[str]
    rows: Callable[[Actor], QuerySet[Any]]
    show: Callable[[Any], Waiting]
    all_page: str
    badge: str = ""
    query: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits of one kind: the first few, and how many in all (counted to a hundred)."""

    work: Work
    shown: Sequence[Waiting]
    count: str
    url: str


def _page(name: str, *args: object) -> str:
    """The address of a page, or nothing while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _morning(on: date) -> datetime:
    """The beginning of a day in the park's time zone."""
    return timezone.make_aware(datetime.combine(on, time.min))


def _application(application: Application, since: datetime | None, page: str = "staff:applications:detail") -> Waiting:
    note = f"{application.reference} · {application.intake.title}"
    return Waiting(application.startup.name, note, _page(page, application.pk), since)


def _in(actor: Actor, *statuses: str) -> QuerySet[Application]:
    return Application.objects.visible_to(actor).filter(status__in=statuses).select_related("startup", "intake")


def _of_visible(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(application__in=Application.objects.visible_to(actor)).select_related("application__startup", "application__intake")


def _reviewed(actor: Actor) -> QuerySet[Application]:
    """In review with as many reviews as the call wants."""
    counted = Q(assignments__status__in=("submitted", "locked"))
    return (
        _in(actor, "in_review")
        .annotate(sent=Count("assignments", filter=counted), last=Max("assignments__review__submitted_at", filter=counted))
        .filter(sent__gte=F("intake__reviews_per_application"))
        .order_by("last", "pk")
    )


def _assignment(assignment: Assignment, since: datetime | None) -> Waiting:
    application = assignment.application
    note = f"{application.reference} · {application.startup.name}"
    return Waiting(assignment.reviewer.name, note, _page("staff:reviews:application", application.pk), since)


OFFICERS = frozenset({"officer", "manager"})
DECIDERS = frozenset({"manager", "chair"})
KEEPERS = frozenset({"officer", "manager", "admin"})

WORK: tuple[Work, ...] = (
    Work(
        _("New applications to screen"),
        OFFICERS,
        lambda actor: _in(actor, "submitted").order_by("submitted_at", "pk"),
        lambda row: _application(row, row.submitted_at),
        "staff:applications:queue",
        badge="screening",
        query="?state=screening&sort=longest",
    ),
    Work(
        _("Answers to read"),
        OFFICERS,
        lambda actor: _of_visible(actor, InfoRequest.objects.filter(answered_at__isnull=False, application__status="screening")).order_by("answered_at", "pk"),
        lambda row: _application(row.application, row.answered_at),
        "staff:applications:queue",
        badge="screening",
        query="?state=screening",
    ),
    Work(
        _("Questions without an answer, overdue"),
        OFFICERS,
        lambda actor: _of_visible(actor, InfoRequest.objects.filter(answered_at__isnull=True, due_on__lt=today())).order_by("due_on", "pk"),
        lambda row: _application(row.application, _morning(row.due_on)),
        "staff:applications:queue",
        badge="screening",
        query="?state=asked",
        is_late=True,
    ),
    Work(
        _("Proposals that need a second officer"),
        OFFICERS,
        lambda actor: _of_visible(actor, Finding.objects.filter(closed_at__isnull=True).exclude(proposed_by=actor.user_id)).order_by("proposed_at", "pk"),
        lambda row: _application(row.application, row.proposed_at),
        "staff:applications:queue",
        badge="screening",
    ),
    Work(
        _("Conflicts declared: recuse and ask somebody else"),
        OFFICERS,
        lambda actor: _of_visible(actor, Assignment.objects.filter(status="coi_declared")).select_related("reviewer").order_by("updated_at", "pk"),
        lambda row: _assignment(row, row.updated_at),
        "staff:reviews:allocation",
        badge="allocation",
    ),
    Work(
        _("Overdue reviews"),
        OFFICERS,
        lambda actor: _of_visible(actor, Assignment.objects.open().filter(due_on__lt=today())).select_related("reviewer").order_by("due_on", "pk"),
        lambda row: _assignment(row, _morning(row.due_on)),
        "staff:reviews:allocation",
        badge="allocation",
        is_late=True,
    ),
    Work(
        _("Reviews complete: close them"),
        OFFICERS,
        _reviewed,
        lambda row: _application(row, row.last, "staff:reviews:application"),
        "staff:reviews:allocation",
        badge="allocation",
    ),
    Work(
        _("Interviews to record"),
        DECIDERS,
        lambda actor: _in(actor, "shortlisted").order_by("updated_at", "pk"),
        lambda row: _application(row, row.updated_at, "staff:reviews:application"),
        "staff:reviews:allocation",
        badge="deliberation",
    ),
    Work(
        _("Waiting for a decision"),
        DECIDERS,
        lambda actor: _in(actor, "pending_determination").order_by("updated_at", "pk"),
        lambda row: _application(row, row.updated_at, "staff:cohorts:decide"),
        "staff:cohorts:index",
        badge="deliberation",
    ),
    Work(
        _("Members to onboard"),
        OFFICERS,
        lambda actor: CohortMembership.objects.filter(status="onboarding").select_related("startup").order_by("created_at", "pk"),
        lambda row: Waiting(row.startup.name, "", _page("staff:cohorts:membership", row.pk), row.created_at),
        "staff:cohorts:index",
        badge="cohorts",
    ),
    Work(
        _("Profiles to verify"),
        OFFICERS,
        lambda actor: Startup.objects.visible_to(actor).filter(profile="submitted").order_by("updated_at", "pk"),
        lambda row: Waiting(row.name, "", _page("staff:startups:detail", row.pk), row.updated_at),
        "staff:startups:index",
        badge="startups",
    ),
    Work(
        _("Messages that could not be delivered"),
        KEEPERS,
        lambda actor: Delivery.objects.visible_to(actor).filter(state__in=RESENDABLE).select_related("user").order_by("-created_at", "-pk"),
        lambda row: Waiting(str(row.user or row.get_channel_display()), row.note or row.kind, _page("staff:notifications:deliveries"), row.created_at),
        "staff:notifications:deliveries",
        badge="deliveries",
        is_late=True,
    ),
)


def mine(actor: Actor) -> list[Work]:
    """The kinds of work this person does."""
    return [one for one in WORK if one.roles & actor.roles]


def piles(actor: Actor) -> list[Pile]:
    """What waits for this person, kind by kind; kinds with nothing are left out. One query per kind, each bounded."""
    found = []
    for work in mine(actor):
        rows = list(work.rows(actor)[: MOST + 1])
        if rows:
            count = str(len(rows)) if len(rows) <= MOST else f"{MOST}+"
            found.append(Pile(work, [work.show(row) for row in rows[:SHOWN]], count, _page(work.all_page) + work.query))
    return found


def badges(request: HttpRequest) -> dict[str, int]:
    """The numbers of the sidebar: all kinds in one statement, each counted to a hundred."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    counts = _counted(actor, [one for one in mine(actor) if one.badge])
    return {**counts, "today": sum(counts.values())}


def _counted(actor: Actor, work: Iterable[Work]) -> Counter[str]:
    parts = [one.rows(actor).order_by().annotate(badge_key=Value(one.badge)).values_list("badge_key", flat=True)[: MOST + 1] for one in work]
    if not parts:
        return Counter()
    first, *others = parts
    return Counter(first.union(*others, all=True) if others else first)
