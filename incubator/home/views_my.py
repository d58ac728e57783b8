"""The founder's home: the next things to do, the applications, and how complete the profile is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.startups import completeness
from incubator.startups.models import Startup
from incubator.startups.states import Profile
from incubator.web import times
from incubator.web.parts import Action
from investments.interests.models import Interest
from programmes.applications.models import Application
from programmes.catalogue.models import Intake
from programmes.cohorts.models import Offer

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the founder, by when, and where it is done."""

    title: str
    note: str
    due: datetime | date | None
    url: str
    icon: str

    @property
    def order(self) -> tuple[bool, date]:
        """The nearest date first; what has none comes last."""
        day = times.local_day(self.due) if isinstance(self.due, datetime) else self.due
        return day is None, day or date.max


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """The first page after signing in. Eleven statements at most, however much there is."""
    startup = Startup.objects.owned_by(request.actor).select_related("organisation").first()
    if startup is None:
        return redirect("my:startups:create")
    at = now()
    applications = list(Application.objects.visible_to(request.actor).select_related("intake__programme").order_by("-created_at", "-pk")[:5])
    profile = completeness.of(startup, people=startup.people.count())
    tasks = sorted(
        [*_offers(request.actor, at), *_questions(request.actor), *_drafts(request.actor, at), *_consents(request.actor)], key=lambda task: task.order
    )
    tasks += _profile_task(startup, profile)
    context = {
        "startup": startup,
        "tasks": tasks[:SHOWN],
        "more": max(0, len(tasks) - SHOWN),
        "applications": applications,
        "completeness": profile,
        "calls": []
        if applications
        else list(Intake.objects.visible_to(request.actor).accepting(at).select_related("programme").order_by("closes_at", "pk")[:3]),
        "browse": Action(_("See open calls"), reverse("public:catalogue:programmes"), icon="search"),
    }
    return render(request, "my/home/index.html", context)


def _offers(actor: Actor, at: datetime) -> Iterable[Task]:
    offers = Offer.objects.visible_to(actor).filter(status="open", expires_at__gt=at).select_related("application__intake")
    for offer in offers.order_by("expires_at", "pk")[: SHOWN + 1]:
        url = reverse("my:cohorts:letter", args=[offer.application_id])
        yield Task(_("Answer the offer"), offer.application.intake.title, offer.expires_at, url, "award")


def _questions(actor: Actor) -> Iterable[Task]:
    asked = Application.objects.visible_to(actor).filter(status="info_requested").select_related("intake").prefetch_related("info_requests")
    for application in asked.order_by("pk")[: SHOWN + 1]:
        due = next((one.due_on for one in application.info_requests.all() if one.answered_at is None), None)
        url = reverse("my:applications:detail", args=[application.pk])
        yield Task(_("Answer what the park asks"), application.intake.title, due, url, "message-circle-question")


def _drafts(actor: Actor, at: datetime) -> Iterable[Task]:
    drafts = Application.objects.visible_to(actor).filter(status="draft").select_related("intake")
    for application in drafts.order_by("intake__closes_at", "pk")[: SHOWN + 1]:
        if application.is_editable(at):
            url = reverse("my:applications:form", args=[application.pk])
            yield Task(_("Finish and send your application"), application.intake.title, application.closes_at(), url, "edit")


def _consents(actor: Actor) -> Iterable[Task]:
    asking = Interest.objects.visible_to(actor).filter(status="consent_pending").select_related("round")
    for interest in asking.order_by("answer_due_on", "pk")[: SHOWN + 1]:
        url = reverse("my:interests:detail", args=[interest.pk])
        yield Task(_("An investor would like to meet you: answer"), interest.round.title, interest.answer_due_on, url, "heart-handshake")


def _profile_task(startup: Startup, profile: completeness.Completeness) -> list[Task]:
    url = reverse("my:startups:profile")
    if startup.profile == Profile.CHANGES_REQUESTED:
        return [Task(_("Change your profile as the park asked"), startup.name, None, url, "building")]
    if startup.profile == Profile.DRAFT:
        note = _("Complete it and send it for verification") if not profile.is_complete else _("Send it for verification")
        return [Task(_("Complete your startup's profile"), note, None, url, "building")]
    return []
