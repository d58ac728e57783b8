"""What waits about reviews: for reviewers to write, for officers to chase and close, for the chair to record."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.web.waiting import Item, Work, register
from programmes.applications.models import Application
from programmes.reviews.models import Assignment

OFFICERS = frozenset({"officer", "manager"})
ALLOCATION = "staff:reviews:allocation"


def _of_visible(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    visible = rows.filter(application__in=Application.objects.visible_to(actor))
    return visible.select_related("application__startup", "application__intake", "reviewer")


def _assignment(row: Assignment, since: datetime) -> Item:
    note = f"{row.application.reference} · {row.application.startup.name}"
    return Item(row.reviewer.name, reverse("staff:reviews:application", args=[row.application_id]), note, since=since)


def _application(row: Application, since: datetime) -> Item:
    note = f"{row.reference} · {row.intake.title}"
    return Item(row.startup.name, reverse("staff:reviews:application", args=[row.pk]), note, since=since)


def _reviewed(actor: Actor) -> QuerySet[Application]:
    """In review with as many reviews as the call wants."""
    counted = Q(assignments__status__in=("submitted", "locked"))
    rows = Application.objects.visible_to(actor).filter(status="in_review").select_related("startup", "intake")
    sent = rows.annotate(sent=Count("assignments", filter=counted), last=Max("assignments__review__submitted_at", filter=counted))
    return sent.filter(sent__gte=F("intake__reviews_per_application")).order_by("last", "pk")


register(
    Work(
        "reviews.write",
        "review",
        _("Reviews to write"),
        lambda actor: Assignment.objects.asked_of(actor).open().select_related("application__intake", "application__startup").order_by("due_on", "pk"),
        lambda row: Item(
            row.application.startup.name,
            reverse("review:reviews:detail", args=[row.pk]),
            row.application.reference,
            since=row.created_at,
            due=row.due_on,
            plain=row.application.reference,
        ),
        icon="clipboard-list",
        all_page="review:reviews:index",
        badge="reviews",
    ),
    Work(
        "reviews.conflicts",
        "staff",
        _("Conflicts declared: recuse and ask somebody else"),
        lambda actor: _of_visible(actor, Assignment.objects.filter(status="coi_declared")).order_by("updated_at", "pk"),
        lambda row: _assignment(row, row.updated_at),
        roles=OFFICERS,
        icon="shield-half",
        all_page=ALLOCATION,
        badge="allocation",
    ),
    Work(
        "reviews.overdue",
        "staff",
        _("Overdue reviews"),
        lambda actor: _of_visible(actor, Assignment.objects.open().filter(due_on__lt=today())).order_by("due_on", "pk"),
        lambda row: _assignment(row, timezone.make_aware(datetime.combine(row.due_on, time.min))),
        roles=OFFICERS,
        icon="clock-exclamation",
        all_page=ALLOCATION,
        badge="allocation",
        is_late=True,
    ),
    Work(
        "reviews.close",
        "staff",
        _("Reviews complete: close them"),
        _reviewed,
        lambda row: _application(row, row.last),
        roles=OFFICERS,
        icon="clipboard-check",
        all_page=ALLOCATION,
        badge="allocation",
    ),
    Work(
        "reviews.interviews",
        "staff",
        _("Interviews to record"),
        lambda actor: Application.objects.visible_to(actor).filter(status="shortlisted").select_related("startup", "intake").order_by("updated_at", "pk"),
        lambda row: _application(row, row.updated_at),
        roles=frozenset({"manager", "chair"}),
        icon="users-group",
        all_page=ALLOCATION,
        badge="deliberation",
    ),
)
