"""Rounds and interests in the staff site, for the park's investment people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.outbox.timeline import timeline
from incubator.web import staff, times
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import refusals_shown
from incubator.web.templatetags.web import money
from investments.interests import access
from investments.interests.models import Interest, Introduction
from investments.interests.round_facts import facts
from investments.interests.states import INTEREST, InterestState
from investments.rounds import operations as rounds
from investments.rounds.models import Round
from investments.rounds.states import ROUND, RoundState

FOUNDERS = _lazy("The founders of the startup")
STEPS = {
    "list": Step(
        "list_round",
        _lazy("List the round"),
        (_lazy("The audience sees the startup at the level the founder agreed to, and verified investors see the round, until it closes."),),
        rounds.list_round,
        (FOUNDERS, _lazy("Verified investors of the audience")),
    ),
    "return": Step(
        "return_to_founder",
        _lazy("Give it back"),
        (_lazy("The round is a draft again; the founder changes it, agrees anew and sends it again."),),
        rounds.return_to_founder,
        (FOUNDERS,),
        ReasonForm,
    ),
    "pause": Step(
        "pause", _lazy("Pause the round"), (_lazy("Nobody outside the park sees the round until the founder lists it again."),), rounds.pause, (FOUNDERS,)
    ),
}


@require_safe
@portal("staff")
def rounds_index(request: PortalRequest) -> HttpResponse:
    """All rounds that left the founder's desk, the latest first, with their interests counted."""
    _looking(request)
    rows = Round.objects.visible_to(request.actor).exclude(status=RoundState.DRAFT).select_related("startup")
    if request.GET.get("state") in RoundState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.filter(Q(startup__name__icontains=text) | Q(title__icontains=text))
    asked, introduced = Q(interests__asked_at__isnull=False), Q(interests__status=InterestState.INTRODUCED)
    rows = rows.annotate(asked=Count("interests", filter=asked), introduced=Count("interests", filter=introduced))
    states = [(one.value, one.label) for one in RoundState if one != RoundState.DRAFT]
    context = {
        "title": _("Rounds"),
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/rounds/index.html", context)


@require_safe
@portal("staff")
def round_detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One round: terms, consent, interests, history."""
    round = _round(request, pk)
    verbs = round.verbs_for(request.actor)
    context = {
        "title": round.title,
        "round": round,
        "facts": [
            Fact(_("Startup"), round.startup.name),
            *facts(round),
            Fact(_("Audience"), round.get_audience_display()),
            Fact(_("Level"), round.get_level_display()),
            Fact(_("Founder consented"), times.moment(round.consented_at) if round.consented_at else ""),
        ],
        "next": Next(_("Read the round; list it or give it back"), _("The founder waits for the park"), tone="mine")
        if round.status == RoundState.UNDER_REVIEW
        else None,
        "actions": [Action(one.title, reverse("staff:rounds:step", args=[pk, name])) for name, one in STEPS.items() if one.verb in verbs],
        "interests": Interest.objects.visible_to(request.actor).filter(round=round).select_related("organisation").order_by("-created_at", "-pk")[:100],
        "entries": timeline(round.pk, machine=ROUND),
        "crumbs": [Crumb(_("Rounds"), reverse("staff:rounds:index")), Crumb(round.title)],
    }
    return staff.draw(request, "staff/rounds/detail.html", context)


@ask_or_act
@portal("staff")
@refusals_shown
def round_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """List, give back or pause, confirmed."""
    round, one = _round(request, pk), STEPS.get(step)
    if one is None or one.verb not in round.verbs_for(request.actor):
        raise Http404
    back = reverse("staff:rounds:detail", args=[pk])
    crumbs = [Crumb(_("Rounds"), reverse("staff:rounds:index")), Crumb(round.title, back)]
    return ask_step(request, one, round, by=request.actor, back=back, crumbs=crumbs)


@require_safe
@portal("staff")
def interests_index(request: PortalRequest) -> HttpResponse:
    """All interests, the latest first."""
    _looking(request)
    rows = Interest.objects.visible_to(request.actor).select_related("organisation", "round__startup")
    if request.GET.get("state") in InterestState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.filter(Q(organisation__name__icontains=text) | Q(round__startup__name__icontains=text))
    context = {
        "title": _("Interests"),
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "states": chips(request, "state", InterestState.choices, label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/interests/index.html", context)


@require_safe
@portal("staff")
def interest_detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One interest with its history; whom it introduced."""
    _looking(request)
    row = get_object_or_404(Interest.objects.visible_to(request.actor).select_related("organisation", "round__startup", "declared_by"), pk=pk)
    introduction = Introduction.objects.filter(interest=row).first()
    context = {
        "title": _("%(organisation)s in %(startup)s") % {"organisation": row.organisation.name, "startup": row.round.startup.name},
        "interest": row,
        "introduction": introduction,
        "facts": [
            Fact(_("Round"), row.round.title),
            Fact(_("From"), money(row.amount_min, row.currency)),
            Fact(_("To"), money(row.amount_max, row.currency)),
            Fact(_("As"), row.get_part_display()),
            Fact(_("Declared by"), row.declared_by.name if row.declared_by else _("Their system")),
            Fact(_("Answer due"), times.day(row.answer_due_on) if row.answer_due_on else ""),
        ],
        "entries": timeline(row.pk, machine=INTEREST),
        "crumbs": [Crumb(_("Interests"), reverse("staff:interests:index")), Crumb(row.organisation.name)],
    }
    return staff.draw(request, "staff/interests/detail.html", context)


def _looking(request: PortalRequest) -> None:
    if not access.may_look(request.actor):
        raise Http404


def _round(request: PortalRequest, pk: UUID) -> Round:
    _looking(request)
    rows = Round.objects.visible_to(request.actor).exclude(status=RoundState.DRAFT)
    return get_object_or_404(rows.select_related("startup"), pk=pk)
