"""What waits around expertise: approvals and triage for the park, answers and logs for partners, a word of the startup."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.web.waiting import Item, Work, register
from programmes.expertise.models import Offering, Session, SupportRequest
from programmes.expertise.operations.clockwork import CLOSE_AFTER
from programmes.expertise.states import OFFERING, REQUEST, OfferingState, RequestState, SessionState

PARTNERS = frozenset({"partner"})


def _requests(actor: Actor, *states: str) -> QuerySet[SupportRequest]:
    return SupportRequest.objects.visible_to(actor).filter(status__in=states).select_related("offering", "startup")


def _planned(actor: Actor) -> QuerySet[Session]:
    return Session.objects.visible_to(actor).filter(status=SessionState.PLANNED).select_related("request__offering").order_by("starts_at", "pk")


def _session(portal: str, row: Session) -> Item:
    title = row.request.offering.title
    return Item(title, reverse(f"{portal}:expertise:request", args=[row.request_id]), row.place, since=row.created_at, due=row.starts_at, plain=title)


def _partners(row: SupportRequest) -> Item:
    title = row.offering.title
    return Item(title, reverse("partner:expertise:request", args=[row.pk]), row.amount_in_words, row.offered_at, row.answer_due_on, plain=title)


def _parks(row: SupportRequest) -> Item:
    url = reverse("staff:expertise:request", args=[row.pk])
    return Item(row.startup.name, url, row.offering.title, since=row.sent_at, due=row.answer_due_on or row.triage_due_on, plain=row.offering.title)


def _founders(row: SupportRequest) -> Item:
    due = row.delivered_at + CLOSE_AFTER if row.delivered_at else None
    title = row.offering.title
    return Item(title, reverse("my:expertise:request", args=[row.pk]), title, since=row.delivered_at, due=due, plain=title)


register(
    Work(
        "expertise.approve",
        "staff",
        _("Offerings to approve"),
        lambda actor: (
            Offering.objects.visible_to(actor).filter(status=OfferingState.PENDING_APPROVAL).select_related("organisation").order_by("updated_at", "pk")
        ),
        lambda row: Item(row.title, reverse("staff:expertise:offering", args=[row.pk]), row.organisation.name, since=row.updated_at),
        roles=OFFERING.roles_for("publish"),
        badge="offerings",
        all_page="staff:expertise:offerings",
        query=f"?state={OfferingState.PENDING_APPROVAL}",
    ),
    Work(
        "expertise.triage",
        "staff",
        _("Support requests to put to partners"),
        lambda actor: _requests(actor, RequestState.SUBMITTED, RequestState.TRIAGED).order_by("triage_due_on", "pk"),
        _parks,
        roles=REQUEST.roles_for("triage"),
        badge="support",
        all_page="staff:expertise:requests",
    ),
    Work(
        "expertise.unanswered",
        "staff",
        _("Requests that a partner has not answered in time"),
        lambda actor: _requests(actor, RequestState.OFFERED).filter(escalated_at__isnull=False).order_by("answer_due_on", "pk"),
        _parks,
        roles=frozenset({"partnership"}),
        badge="support",
        all_page="staff:expertise:requests",
        query=f"?state={RequestState.OFFERED}",
        is_late=True,
    ),
    Work(
        "expertise.answer",
        "partner",
        _("A startup asks for your help: answer"),
        lambda actor: _requests(actor, RequestState.OFFERED).order_by("answer_due_on", "pk"),
        _partners,
        roles=PARTNERS,
        icon="message-circle-question",
        badge="support",
        all_page="partner:expertise:requests",
    ),
    Work(
        "expertise.begin",
        "partner",
        _("Begin what you accepted"),
        lambda actor: _requests(actor, RequestState.ACCEPTED).order_by("updated_at", "pk"),
        lambda row: Item(row.offering.title, reverse("partner:expertise:request", args=[row.pk]), row.amount_in_words, since=row.updated_at),
        roles=PARTNERS,
        icon="calendar-plus",
        badge="support",
        all_page="partner:expertise:requests",
    ),
    Work(
        "expertise.log",
        "partner",
        _("Log the hours of a session"),
        lambda actor: _planned(actor).filter(starts_at__lte=now()),
        lambda row: _session("partner", row),
        roles=PARTNERS,
        icon="clock",
        badge="support",
        in_calendar=False,
    ),
    Work(
        "expertise.sessions",
        "partner",
        _("Session with a startup"),
        _planned,
        lambda row: _session("partner", row),
        roles=PARTNERS,
        to_do=False,
    ),
    Work(
        "expertise.confirm",
        "my",
        _("Confirm what a partner delivered, and rate it"),
        lambda actor: _requests(actor, RequestState.DELIVERED).order_by("delivered_at", "pk"),
        _founders,
        icon="star",
        badge="expertise",
        all_page="my:expertise:requests",
    ),
    Work("expertise.sessions", "my", _("Session with a partner"), _planned, lambda row: _session("my", row), to_do=False),
)
