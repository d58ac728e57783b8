"""What waits about applications: for applicants to finish and answer, for officers to screen."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import now, today
from incubator.web.waiting import Item, Work, register
from programmes.applications.models import Application, Finding, InfoRequest
from programmes.applications.states import Status

OFFICERS = frozenset({"officer", "manager"})
QUEUE = "staff:applications:queue"


def _drafts(actor: Actor) -> QuerySet[Application]:
    """Those that can still be sent, the nearest deadline first."""
    at = now()
    in_time = Q(intake__status__in=("scheduled", "open"), intake__closes_at__gt=at) | Q(extended_until__gt=at)
    rows = Application.objects.visible_to(actor).filter(in_time, status=Status.DRAFT, intake__opens_at__lte=at)
    return rows.select_related("intake").order_by("intake__closes_at", "pk")


def _asked(actor: Actor) -> QuerySet[InfoRequest]:
    own = Application.objects.visible_to(actor).filter(status=Status.INFO_REQUESTED)
    rows = InfoRequest.objects.filter(application__in=own, answered_at__isnull=True)
    return rows.select_related("application__intake").order_by("due_on", "pk")


def _in(actor: Actor, *statuses: str) -> QuerySet[Application]:
    return Application.objects.visible_to(actor).filter(status__in=statuses).select_related("startup", "intake")


def _of_visible(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(application__in=Application.objects.visible_to(actor)).select_related("application__startup", "application__intake")


def _application(application: Application, since: datetime | None) -> Item:
    note = f"{application.reference} · {application.intake.title}"
    return Item(application.startup.name, reverse("staff:applications:detail", args=[application.pk]), note, since=since)


register(
    Work(
        "applications.answer",
        "my",
        _("Answer what the park asks"),
        _asked,
        lambda row: Item(
            row.application.intake.title,
            reverse("my:applications:detail", args=[row.application_id]),
            since=row.asked_at,
            due=row.due_on,
            plain=row.application.intake.title,
            version=row.application.version,
        ),
        subject="application_id",
        icon="message-circle-question",
        badge="applications",
    ),
    Work(
        "applications.finish",
        "my",
        _("Finish and send your application"),
        _drafts,
        lambda row: Item(
            row.intake.title,
            reverse("my:applications:form", args=[row.pk]),
            since=row.created_at,
            due=row.closes_at(),
            plain=row.intake.title,
            version=row.version + row.intake.version,
        ),
        icon="edit",
        badge="applications",
    ),
    Work(
        "applications.screen",
        "staff",
        _("New applications to screen"),
        lambda actor: _in(actor, "submitted").order_by("submitted_at", "pk"),
        lambda row: _application(row, row.submitted_at),
        roles=OFFICERS,
        icon="inbox",
        all_page=QUEUE,
        query="?state=screening&sort=longest",
        badge="screening",
    ),
    Work(
        "applications.read_answers",
        "staff",
        _("Answers to read"),
        lambda actor: _of_visible(actor, InfoRequest.objects.filter(answered_at__isnull=False, application__status="screening")).order_by("answered_at", "pk"),
        lambda row: _application(row.application, row.answered_at),
        roles=OFFICERS,
        icon="message-circle-check",
        all_page=QUEUE,
        query="?state=screening",
        badge="screening",
    ),
    Work(
        "applications.unanswered",
        "staff",
        _("Questions without an answer, overdue"),
        lambda actor: _of_visible(actor, InfoRequest.objects.filter(answered_at__isnull=True, due_on__lt=today())).order_by("due_on", "pk"),
        lambda row: _application(row.application, timezone.make_aware(datetime.combine(row.due_on, time.min))),
        roles=OFFICERS,
        icon="message-circle-x",
        all_page=QUEUE,
        query="?state=asked",
        badge="screening",
        is_late=True,
    ),
    Work(
        "applications.second",
        "staff",
        _("Proposals that need a second officer"),
        lambda actor: _of_visible(actor, Finding.objects.filter(closed_at__isnull=True).exclude(proposed_by=actor.user_id)).order_by("proposed_at", "pk"),
        lambda row: _application(row.application, row.proposed_at),
        roles=OFFICERS,
        icon="users",
        all_page=QUEUE,
        badge="screening",
    ),
)
