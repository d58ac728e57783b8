"""The organisation's own interests in the partner portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.startups.access import shown_name
from incubator.startups.models import Startup
from incubator.web.confirming import posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import on_form, refusals_shown
from incubator.web.templatetags.web import money
from investments.interests import operations as interests
from investments.interests.forms import PassForm
from investments.interests.models import Interest, Introduction
from investments.interests.states import INTEREST, InterestState
from investments.rounds.models import Round


def startup_names(request: PortalRequest, startup_ids: list[UUID]) -> dict[UUID, str]:
    """The names of the startups that still show themselves to this organisation. One query."""
    found: Any = Startup.objects.disclosed_to(request.actor).filter(pk__in=startup_ids)
    return {one.pk: shown_name(one, one.level) for one in found}


@require_safe
@portal("partner")
def index(request: PortalRequest) -> HttpResponse:
    """Own interests, the latest first."""
    rows = Interest.objects.visible_to(request.actor).select_related("round")
    if request.GET.get("state") in InterestState.values:
        rows = rows.filter(status=request.GET["state"])
    part = page(rows, after=request.GET.get("after") or request.GET.get("before"))
    names = startup_names(request, [one.round.startup_id for one in part.rows])
    states = [(one.value, INTEREST.label(one.value, "partner")) for one in InterestState if one != InterestState.INDICATED]
    context = {
        "page": part,
        "rows": [(one, names.get(one.round.startup_id, "")) for one in part.rows],
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
    }
    return render(request, "partner/interests/index.html", context)


@require_safe
@portal("partner")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One interest: where it stands, its history, and after the founder's consent whom to write to."""
    interest = _interest(request, pk)
    introduction = Introduction.objects.filter(interest=interest).first()
    name = startup_names(request, [interest.round.startup_id]).get(interest.round.startup_id, "")
    verbs = interest.verbs_for(request.actor)
    context = {
        "interest": interest,
        "introduction": introduction,
        "startup_name": name,
        "round_open": Round.objects.visible_to(request.actor).filter(pk=interest.round_id).exists(),
        "facts": _facts(interest, name),
        "next": _next(interest),
        "actions": _actions(interest, verbs),
        "entries": timeline(interest.pk, machine=INTEREST, audience="partner", organisation_id=request.actor.organisation_id),
        "crumbs": [Crumb(_("Interests"), reverse("partner:interests:index")), Crumb(interest.round.title)],
    }
    return render(request, "partner/interests/detail.html", context)


def _facts(interest: Interest, name: str) -> list[Fact]:
    lines = [Fact(_("Startup"), name or _("No longer shown to you"))]
    if interest.amount_min is not None:
        lines += [
            Fact(_("From"), money(interest.amount_min, interest.currency)),
            Fact(_("To"), money(interest.amount_max, interest.currency)),
            Fact(_("As"), interest.get_part_display()),
        ]
    return lines


def _actions(interest: Interest, verbs: tuple[str, ...]) -> list[Action]:
    is_watching = interest.status == InterestState.WATCHING
    found = []
    if "withdraw" in verbs:
        label = _("Stop watching") if is_watching else _("Withdraw the interest")
        found.append(Action(label, reverse("partner:interests:withdraw", args=[interest.pk])))
    if "pass_on" in verbs and not is_watching:
        found.append(Action(_("Pass"), reverse("partner:interests:pass", args=[interest.pk])))
    return found


def _next(interest: Interest) -> Next | None:
    if interest.status == InterestState.CONSENT_PENDING:
        return Next(_("The founder answers"), _("You wait for the startup; the park reminds it"), interest.answer_due_on)
    if interest.status == InterestState.WATCHING:
        to_round = Action(_("Open the round"), reverse("partner:rounds:detail", args=[interest.round_id]))
        return Next(_("Declare your interest while the round is open"), "", interest.round.closes_on, tone="mine", action=to_round)
    if interest.status == InterestState.INTRODUCED:
        return Next(_("Write to each other directly"), "", tone="done")
    if interest.status == InterestState.DECLINED_BY_STARTUP:
        return Next(_("The startup declined"), "", tone="rest", note=interest.answer_note)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner")
@refusals_shown
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take the interest back before the introduction."""
    interest = _able(request, pk, "withdraw")
    if request.method == "POST":
        interests.withdraw(interest, by=request.actor, at=now())
        messages.success(request, _("Done."))
        return redirect("partner:interests:detail", pk=pk)
    was_asked = interest.asked_at is not None
    title = _("Withdraw the interest") if was_asked else _("Stop watching")
    what = (
        [_("The founder need not answer any more. You cannot declare another interest in this round.")]
        if was_asked
        else [_("You may watch the round again while it is open.")]
    )
    told = [_("The founders of the startup")] if was_asked else []
    return _confirm(request, interest, title=title, what=what, told=told, form=None)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner")
@refusals_shown
def pass_on(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Say no, with the reason."""
    interest = _able(request, pk, "pass_on")
    form = PassForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            interests.pass_on(interest, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Done."))
            return redirect("partner:interests:detail", pk=pk)
    what = [_("The interest ends, and with it what the startup showed you because of it. This cannot be undone.")]
    told = [_("The founders of the startup, with your reason")] if interest.asked_at else []
    return _confirm(request, interest, title=_("Pass"), what=what, told=told, form=form)


def _confirm(request: PortalRequest, interest: Interest, *, title: str, what: list[str], told: list[str], form: Any) -> HttpResponse:
    back = reverse("partner:interests:detail", args=[interest.pk])
    context = {
        "layout": "partner/base.html",
        "title": title,
        "what": what,
        "told": told,
        "form": form,
        "button": title,
        "cancel_url": back,
        "crumbs": [Crumb(_("Interests"), reverse("partner:interests:index")), Crumb(interest.round.title, back), Crumb(title)],
    }
    return render(request, "partials/confirm.html", context, status=422 if form is not None and form.errors else 200)


def _interest(request: PortalRequest, pk: UUID) -> Interest:
    return get_object_or_404(Interest.objects.visible_to(request.actor).select_related("round__startup", "organisation"), pk=pk)


def _able(request: PortalRequest, pk: UUID, verb: str) -> Interest:
    interest = _interest(request, pk)
    if verb not in interest.verbs_for(request.actor):
        raise Http404
    return interest
