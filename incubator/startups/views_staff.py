"""The park's pages of startups: the list, one startup, and the decisions on its profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.outbox.timeline import timeline
from incubator.startups import operations as startups
from incubator.startups import states
from incubator.startups.forms_profile import COUNTRIES
from incubator.startups.models import Document, Startup
from incubator.startups.states import ParkStage, Profile
from incubator.web import staff, times
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, chips
from incubator.web.refusals import refusals_shown
from incubator.web.templatetags.web import money


class ToldForm(ReasonForm):
    """The reason, which goes to the founder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The founder reads this.")


FOUNDERS = (_lazy("The founders of %(name)s"),)
STEPS = {
    "verify": Step(
        "verify",
        _lazy("Verify this profile"),
        (
            _lazy("You confirm that name, number and date of incorporation agree with the register."),
            _lazy("The founder may show the profile to the public from now on."),
        ),
        startups.verify,
        FOUNDERS,
        button=_lazy("Verify"),
        icon="rosette-discount-check",
    ),
    "request_changes": Step(
        "request_changes",
        _lazy("Ask for changes"),
        (_lazy("The founder reads your reason, changes the profile and sends it again."),),
        startups.request_changes,
        FOUNDERS,
        ToldForm,
        icon="message-circle",
    ),
    "suspend": Step(
        "suspend",
        _lazy("Suspend this profile"),
        (_lazy("Nobody outside the park sees the startup any more, and it can start no application."), _lazy("A manager can end the suspension.")),
        startups.suspend,
        FOUNDERS,
        ToldForm,
        danger=True,
        button=_lazy("Suspend"),
        icon="ban",
    ),
    "reinstate": Step(
        "reinstate",
        _lazy("End the suspension"),
        (_lazy("The startup is shown again to those it chose."),),
        startups.reinstate,
        FOUNDERS,
        ToldForm,
        icon="player-play",
    ),
    "archive": Step(
        "archive",
        _lazy("Archive this profile"),
        (_lazy("The profile is closed for good; its history stays. This cannot be undone."),),
        startups.archive,
        FOUNDERS,
        ToldForm,
        danger=True,
        button=_lazy("Archive"),
        icon="archive",
    ),
}


@require_safe
@portal("staff")
def index(request: PortalRequest) -> HttpResponse:
    """All startups, the latest changed first; found by name and text, filtered by profile and stage."""
    rows = Startup.objects.visible_to(request.actor)
    part = page(_filtered(rows, request), order=("-updated_at", "-id"), after=request.GET.get("after"))
    context = {
        "title": _("Startups"),
        "page": part,
        "profiles": chips(request, "profile", [("again", _("Changed since verified")), *Profile.choices], label=_("Profile"), everything=_("All")),
        "stages": chips(request, "stage", ParkStage.choices, label=_("Stage in the park"), everything=_("All")),
    }
    return staff.draw(request, "staff/startups/index.html", context)


def _filtered(rows: QuerySet[Startup], request: PortalRequest) -> QuerySet[Startup]:
    profile, stage, words = request.GET.get("profile", ""), request.GET.get("stage", ""), request.GET.get("q", "").replace("\0", "").strip()[:100]
    if profile == "again":
        rows = rows.filter(profile=Profile.VERIFIED, reverify_needed=True)
    elif profile in Profile.values:
        rows = rows.filter(profile=profile)
    if stage in ParkStage.values:
        rows = rows.filter(park_stage=stage)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(registration_no__istartswith=words) | Q(search=SearchQuery(words, config="english")))
    return rows


def _one(request: PortalRequest, pk: UUID) -> Startup:
    return get_object_or_404(Startup.objects.visible_to(request.actor).select_related("organisation"), pk=pk)


def _open(startup: Startup, request: PortalRequest) -> list[Step]:
    """The steps that this person may take on the profile as it stands."""
    verbs = list(startup.verbs_for(request.actor))
    if startup.profile == Profile.VERIFIED and startup.reverify_needed and request.actor.roles & {"officer", "manager"}:
        verbs.insert(0, "verify")
    return [STEPS[verb] for verb in verbs if verb in STEPS]


@require_safe
@portal("staff")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One startup with all it says about itself, and its history."""
    startup = _one(request, pk)
    actions = [
        Action(one.button or one.title, reverse("staff:startups:decide", args=[pk, one.verb]), icon=one.icon, danger=one.danger)
        for one in _open(startup, request)
    ]
    context = {
        "title": startup.name,
        "crumbs": [Crumb(_("Startups"), reverse("staff:startups:index")), Crumb(startup.name)],
        "startup": startup,
        "main_action": actions[0] if actions and not actions[0].danger else None,
        "other_actions": actions[1:] if actions and not actions[0].danger else actions,
        "register": _register_facts(startup),
        "facts": _facts(startup),
        "people": startup.people.order_by("pk")[:50],
        "documents": startup.documents.select_related("file").order_by("-created_at", "-pk")[:50],
        "entries": timeline(pk, machine=states.PROFILE),
    }
    return staff.draw(request, "staff/startups/detail.html", context)


def _register_facts(startup: Startup) -> list[Fact]:
    return [
        Fact(_("Name"), startup.name),
        Fact(_("Name in Chinese"), startup.name_local),
        Fact(_("Incorporated in"), dict(COUNTRIES).get(startup.jurisdiction, startup.jurisdiction) if startup.jurisdiction else ""),
        Fact(_("Registration number"), startup.registration_no),
        Fact(_("Incorporated on"), times.day(startup.incorporated_on) if startup.incorporated_on else ""),
        Fact(_("Address"), startup.address),
        Fact(_("Website"), startup.website),
    ]


def _facts(startup: Startup) -> list[Fact]:
    return [
        Fact(_("Pitch"), startup.pitch),
        Fact(_("Focus areas"), ", ".join(startup.focus_areas)),
        Fact(_("Stage"), startup.get_stage_display()),
        Fact(_("Technology readiness level"), startup.trl),
        Fact(_("Team size"), startup.team_size),
        Fact(_("Funds raised"), money(startup.funding_raised, startup.currency)),
        Fact(_("Visible to"), startup.get_visibility_display()),
        Fact(_("Stage in the park"), startup.get_park_stage_display()),
    ]


@ask_or_act
@portal("staff")
@refusals_shown
def decide(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """A page that says what a decision does and who is told, and the post that takes it."""
    startup, one = _one(request, pk), STEPS.get(verb)
    if one is None or not startup.may_ever(request.actor, verb):
        raise Http404
    back = reverse("staff:startups:detail", args=[pk])
    if request.method != "POST" and one not in _open(startup, request):
        messages.error(request, _("This is not possible for the profile as it stands, or needs another role."))
        return redirect(back)
    crumbs = [Crumb(_("Startups"), reverse("staff:startups:index")), Crumb(startup.name, back)]
    return ask_step(request, one, startup, by=request.actor, back=back, crumbs=crumbs, names={"name": startup.name})


@require_safe
@portal("staff")
def document(request: PortalRequest, pk: UUID, document_pk: UUID) -> HttpResponseBase:
    """A document of a startup, as a download."""
    row = get_object_or_404(Document.objects.filter(startup=_one(request, pk)).select_related("file"), pk=document_pk)
    return files.download(row.file)
