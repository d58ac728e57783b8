"""Rounds in the partner portal: those listed to the organisation; their terms for verified investors only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.startups import access as startups_access
from incubator.startups import operations as startups
from incubator.startups.models import Area, DisclosureRead, Document, Startup
from incubator.web.paging import page
from incubator.web.parts import Crumb, Next, chips
from incubator.web.refusals import on_form, refusals_shown
from investments.interests import operations as interests
from investments.interests.forms import InterestForm
from investments.interests.models import Interest
from investments.interests.round_facts import facts
from investments.interests.states import InterestState
from investments.investors.models import InvestorProfile
from investments.rounds.models import Round


def is_verified(request: PortalRequest) -> bool:
    return InvestorProfile.objects.visible_to(request.actor).verified(today()).exists()


@require_safe
@portal("partner")
def index(request: PortalRequest) -> HttpResponse:
    """Open rounds listed to this organisation, the latest first, each with its own interest. A recorded read."""
    rows = Round.objects.visible_to(request.actor).select_related("startup")
    if request.GET.get("instrument") in Round.Instrument.values:
        rows = rows.filter(instrument=request.GET["instrument"])
    part = page(rows, order=("-listed_at", "-id"), after=request.GET.get("after") or request.GET.get("before"))
    shown = _shown(request, part.rows)
    own = {one.round_id: one for one in Interest.objects.visible_to(request.actor).filter(round__in=part.rows)}
    startups.record_read(DisclosureRead.Kind.LISTED, [one.startup_id for one in part.rows], by=request.actor, at=now())
    context = {
        "page": part,
        "rows": [{"round": one, "startup": shown.get(one.startup_id), "interest": own.get(one.pk)} for one in part.rows],
        "verified": is_verified(request),
        "instruments": chips(request, "instrument", Round.Instrument.choices, label=_("Instrument"), everything=_("All")),
    }
    return render(request, "partner/rounds/index.html", context)


def _shown(request: PortalRequest, rows: Any) -> dict[UUID, dict[str, Any]]:
    """What lists may show of these rounds' startups. Two queries."""
    names = Area.objects.names(Area.Kind.FOCUS)
    found: Any = Startup.objects.disclosed_to(request.actor).filter(pk__in=[one.startup_id for one in rows])
    cards = {one.pk: startups_access.profile(one, one.level, in_list=True) for one in found}
    return {pk: {**card, "focus": [names[code] for code in card["focus_areas"] if code in names]} for pk, card in cards.items()}


@require_safe
@portal("partner")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One round with its startup. Terms and the way to declare interest are for verified investors. A recorded read."""
    return _draw(request, _round(request, pk), InterestForm())


def _draw(request: PortalRequest, round: Round, form: InterestForm, *, status: int = 200) -> HttpResponse:
    startup: Any = get_object_or_404(Startup.objects.disclosed_to(request.actor), pk=round.startup_id)
    is_full = startup.level == startups_access.FULL
    people = startup.people.order_by("-is_founder", "name", "pk")[:50] if is_full else ()
    documents = Document.objects.filter(startup=startup).disclosed_to(request.actor).order_by("title", "pk")[:50] if is_full else ()
    startups.record_read(DisclosureRead.Kind.OPENED, [startup.pk], by=request.actor, at=now())
    interest = Interest.objects.visible_to(request.actor).filter(round=round).first()
    verified = is_verified(request)
    context = {
        "round": round,
        "shown": startups_access.profile(startup, startup.level, people=people, documents=documents),
        "verified": verified,
        "facts": facts(round) if verified else [],
        "interest": interest,
        "may_indicate": verified and (interest is None or interest.status == InterestState.WATCHING),
        "may_watch": verified and (interest is None or (interest.status == InterestState.WITHDRAWN and interest.asked_at is None)),
        "form": form,
        "next": _next(interest, verified=verified, round=round),
        "crumbs": [Crumb(_("Rounds"), reverse("partner:rounds:index")), Crumb(round.title)],
    }
    return render(request, "partner/rounds/detail.html", context, status=status)


def _next(interest: Interest | None, *, verified: bool, round: Round) -> Next | None:
    if not verified:
        return None
    if interest is None or interest.status in (InterestState.WATCHING, InterestState.WITHDRAWN):
        return Next(
            _("Declare your interest, or watch the round for now"), _("It is not binding; the founder decides whether to meet you"), round.closes_on, "mine"
        )
    return None


@require_http_methods(["POST"])
@portal("partner")
@refusals_shown
def indicate(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Declare a non-binding interest; the founder is asked."""
    round = _round(request, pk)
    form = InterestForm(request.POST)
    if form.is_valid():
        try:
            interest = interests.indicate(round, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            if refusal.field not in form.fields:
                raise
            on_form(form, refusal)
        else:
            messages.success(request, _("Sent. The founder is asked and you are told of the answer."))
            return redirect("partner:interests:detail", pk=interest.pk)
    return _draw(request, round, form, status=422)


@require_POST
@portal("partner")
@refusals_shown
def watch(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Keep an eye on the round; the founder does not learn of it."""
    interest = interests.watch(_round(request, pk), by=request.actor, at=now())
    messages.success(request, _("You watch this round. The startup does not learn of it."))
    return redirect("partner:rounds:detail", pk=interest.round_id)


def _round(request: PortalRequest, pk: UUID) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.actor).select_related("startup"), pk=pk)
