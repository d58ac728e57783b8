"""Interests in the founder portal: who asks, and the answer."""

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
from incubator.web.confirming import posted
from incubator.web.paging import page
from incubator.web.parts import Crumb, Fact, Next
from incubator.web.refusals import on_form, refusals_shown
from incubator.web.templatetags.web import money
from investments.interests import access
from investments.interests import operations as interests
from investments.interests.contacts import contacts_for
from investments.interests.forms import AnswerForm
from investments.interests.models import Interest, Introduction
from investments.interests.states import INTEREST, InterestState
from investments.investors.models import InvestorProfile


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """Interests in the startup's rounds, the latest first."""
    rows = Interest.objects.visible_to(request.actor).select_related("organisation", "round")
    part = page(rows, order=("-asked_at", "-id"), after=request.GET.get("after") or request.GET.get("before"))
    return render(request, "my/interests/index.html", {"page": part})


@require_safe
@portal("my")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One interest: which organisation, how much, and after the introduction whom to write to."""
    interest = _interest(request, pk)
    may_answer = access.may_answer(request.actor, interest)
    context = {
        "interest": interest,
        "facts": _facts(interest),
        "next": _next(interest, may_answer=may_answer),
        "may_answer": may_answer,
        "introduction": Introduction.objects.filter(interest=interest).first(),
        "entries": timeline(interest.pk, machine=INTEREST, audience="founder", organisation_id=request.actor.organisation_id),
        "crumbs": [
            Crumb(_("Rounds"), reverse("my:rounds:index")),
            Crumb(interest.round.title, reverse("my:rounds:detail", args=[interest.round_id])),
            Crumb(interest.organisation.name),
        ],
    }
    return render(request, "my/interests/detail.html", context)


def _facts(interest: Interest) -> list[Fact]:
    profile = InvestorProfile.objects.filter(organisation=interest.organisation).first()
    return [
        Fact(_("Organisation"), interest.organisation.name),
        Fact(_("Kind of investor"), profile.get_kind_display() if profile else ""),
        Fact(_("From"), money(interest.amount_min, interest.currency)),
        Fact(_("To"), money(interest.amount_max, interest.currency)),
        Fact(_("As"), interest.get_part_display()),
    ]


def _next(interest: Interest, *, may_answer: bool) -> Next | None:
    if interest.status == InterestState.CONSENT_PENDING:
        step = _("Answer: agree to be introduced, or decline")
        return Next(
            step, _("%(organisation)s waits for you") % {"organisation": interest.organisation.name}, interest.answer_due_on, "mine" if may_answer else "others"
        )
    if interest.status == InterestState.INTRODUCED:
        return Next(_("Write to each other; it is usual that the founder writes first"), "", tone="done")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def consent(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Agree, after reading exactly which names and addresses are exchanged."""
    interest = _answerable(request, pk)
    contacts = contacts_for(interest, request.actor)
    what = [
        _("%(organisation)s learns your name and address: %(name)s, %(email)s.")
        % {"organisation": interest.organisation.name, "name": contacts.founder_name, "email": contacts.founder_email},
        _("You learn the name and e-mail address of their contact, %(name)s.") % {"name": contacts.investor_name},
        _("They keep seeing your startup at the level “%(level)s” until you take it back.") % {"level": interest.round.get_level_display()},
    ]
    told = [_("The founders of your startup"), _("The people of %(organisation)s") % {"organisation": interest.organisation.name}]
    return _answer(request, interest, interests.consent, title=_("Agree to the introduction"), what=what, told=told)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def decline(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Decline; nothing is exchanged."""
    interest = _answerable(request, pk)
    what = [_("The interest ends. No name and no address is exchanged.")]
    told = [_("The people of %(organisation)s, with your note if you write one") % {"organisation": interest.organisation.name}]
    return _answer(request, interest, interests.decline, title=_("Decline the interest"), what=what, told=told, danger=True)


def _answer(request: PortalRequest, interest: Interest, take: Any, *, title: str, what: list[str], told: list[str], danger: bool = False) -> HttpResponse:
    form = AnswerForm(posted(request))
    back = reverse("my:interests:detail", args=[interest.pk])
    if request.method == "POST" and form.is_valid():
        try:
            take(interest, note=form.cleaned_data["note"], by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Answered. Both sides are told."))
            return redirect(back)
    context = {
        "layout": "my/base.html",
        "title": title,
        "what": what,
        "told": told,
        "form": form,
        "button": title,
        "danger": danger,
        "cancel_url": back,
        "crumbs": [Crumb(_("Rounds"), reverse("my:rounds:index")), Crumb(interest.organisation.name, back), Crumb(title)],
    }
    return render(request, "partials/confirm.html", context, status=422 if form.errors else 200)


def _interest(request: PortalRequest, pk: UUID) -> Interest:
    rows = Interest.objects.visible_to(request.actor).select_related("organisation", "round__startup")
    return get_object_or_404(rows, pk=pk)


def _answerable(request: PortalRequest, pk: UUID) -> Interest:
    interest = _interest(request, pk)
    if not access.may_answer(request.actor, interest):
        raise Http404
    return interest
