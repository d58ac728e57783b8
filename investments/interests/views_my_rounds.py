"""Rounds in the founder portal: draft, agree, send, and see who is interested."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.startups.models import Startup
from incubator.web import times
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, confirm, posted
from incubator.web.parts import Action, Crumb, Next
from incubator.web.refusals import on_form, refusals_shown
from investments.interests.forms import ConsentForm, RoundForm
from investments.interests.models import Interest
from investments.interests.round_facts import consent_words, facts
from investments.rounds import access
from investments.rounds import operations as rounds
from investments.rounds.models import Round
from investments.rounds.states import ROUND, RoundState

STEPS = {
    "pause": Step(
        "pause",
        _lazy("Pause the round"),
        (_lazy("Nobody outside the park sees the round, until you list it again. Interests declared so far go on."),),
        rounds.pause,
    ),
    "resume": Step("resume", _lazy("List it again"), (_lazy("The round is open again to the same audience, at the level you agreed to."),), rounds.resume),
    "close": Step(
        "close",
        _lazy("Close the round"),
        (_lazy("Nobody can declare an interest any more. Introductions made so far go on. This cannot be undone."),),
        rounds.close,
    ),
    "cancel": Step(
        "cancel",
        _lazy("Cancel the round"),
        (_lazy("The round is called off, and interests that wait for your answer end. This cannot be undone."),),
        rounds.cancel,
        (_lazy("The park's investment manager; investors who wait for an answer"),),
        ReasonForm,
        danger=True,
    ),
}


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """The startup's rounds, the latest first."""
    startup = _startup(request)
    rows = Round.objects.visible_to(request.actor).order_by("-created_at", "-pk")[:50]
    create = Action(_("Draft a round"), reverse("my:rounds:create"), icon="plus") if access.may_draft(request.actor, startup) else None
    return render(request, "my/rounds/index.html", {"rows": rows, "create": create})


@require_safe
@portal("my")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One round: its terms, who is interested, what can be done."""
    round = _round(request, pk)
    verbs = round.verbs_for(request.actor)
    context = {
        "round": round,
        "facts": facts(round),
        "next": _next(round, verbs),
        "main": _main(round, request),
        "actions": [Action(one.title, reverse("my:rounds:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if name in verbs],
        "interests": Interest.objects.visible_to(request.actor).filter(round=round).select_related("organisation").order_by("-asked_at", "-pk")[:100],
        "entries": timeline(round.pk, machine=ROUND, audience="founder", organisation_id=request.actor.organisation_id),
        "crumbs": [Crumb(_("Rounds"), reverse("my:rounds:index")), Crumb(round.title)],
    }
    return render(request, "my/rounds/detail.html", context)


def _main(round: Round, request: PortalRequest) -> Action | None:
    if access.may_edit(request.actor, round):
        return Action(_("Edit"), reverse("my:rounds:edit", args=[round.pk]), icon="pencil")
    return None


def _next(round: Round, verbs: tuple[str, ...]) -> Next | None:
    if round.status == RoundState.DRAFT:
        send = Action(_("Send to the park"), reverse("my:rounds:send", args=[round.pk])) if "send_for_review" in verbs else None
        return Next(_("Read the round once more and send it to the park"), _("Only you see it until then"), tone="mine", action=send)
    if round.status == RoundState.UNDER_REVIEW:
        return Next(_("The park looks at the round and lists it"), _("You wait for the park's investment manager"))
    if round.status == RoundState.LISTED:
        return Next(_("Verified investors may declare interest; you answer each"), _("You are told of every one"), round.closes_on)
    if round.status == RoundState.PAUSED:
        return Next(_("List the round again, or close it"), _("Nobody outside the park sees it"), round.closes_on, tone="mine")
    return None


@ask_or_act
@portal("my")
@refusals_shown
def create(request: PortalRequest) -> HttpResponse:
    """Draft a round."""
    startup = _startup(request)
    if not access.may_draft(request.actor, startup):
        raise Http404
    form = RoundForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            round = rounds.draft(startup, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            return redirect("my:rounds:detail", pk=round.pk)
    return _draw_form(request, form, title=_("Draft a round"), back=reverse("my:rounds:index"))


@ask_or_act
@portal("my")
@refusals_shown
def edit(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Change a draft."""
    round = _round(request, pk)
    if not access.may_edit(request.actor, round):
        raise Http404
    form = RoundForm(posted(request), instance=round)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.edit(round, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("my:rounds:detail", pk=pk)
    return _draw_form(request, form, title=_("Edit the round"), back=reverse("my:rounds:detail", args=[pk]))


def _draw_form(request: PortalRequest, form: RoundForm, *, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "crumbs": [Crumb(_("Rounds"), reverse("my:rounds:index")), Crumb(title)]}
    return render(request, "my/rounds/form.html", context, status=422 if form.errors else 200)


@ask_or_act
@portal("my")
@refusals_shown
def send(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Agree to audience and level, and send the round to the park."""
    round = _round(request, pk)
    if "send_for_review" not in round.verbs_for(request.actor):
        raise Http404
    return confirm(
        request,
        title=_("Send the round to the park"),
        what=[
            _("The park's investment manager reads the round; you cannot change it meanwhile."),
            _("Once listed, the startup and the round are shown until the end of %(day)s.") % {"day": times.day(round.closes_on)},
            _("Nobody learns a name or an address before you agree to each introduction."),
        ],
        told=[_("The park's investment manager")],
        button=_("Send the round to the park"),
        form=ConsentForm(posted(request), words=consent_words(round)),
        act=lambda data, at: rounds.send_for_review(round, **data, by=request.actor, at=at),
        done=_("Sent. The park looks at it and lists it, or gives it back with what to change."),
        back=reverse("my:rounds:detail", args=[pk]),
        crumbs=[*_crumbs(round), Crumb(_("Send the round to the park"))],
        layout="my/base.html",
    )


@ask_or_act
@portal("my")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Pause, list again, close or cancel, confirmed."""
    round, one = _round(request, pk), STEPS.get(step)
    if one is None or step not in round.verbs_for(request.actor):
        raise Http404
    back = reverse("my:rounds:detail", args=[pk])
    return ask_step(request, one, round, by=request.actor, back=back, crumbs=_crumbs(round), layout="my/base.html")


def _crumbs(round: Round) -> list[Crumb]:
    return [Crumb(_("Rounds"), reverse("my:rounds:index")), Crumb(round.title, reverse("my:rounds:detail", args=[round.pk]))]


def _startup(request: PortalRequest) -> Startup:
    return get_object_or_404(Startup.objects.owned_by(request.actor))


def _round(request: PortalRequest, pk: UUID) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.actor).select_related("startup"), pk=pk)
