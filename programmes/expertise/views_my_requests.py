"""One request in the founder portal: from the draft to the rating."""

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
from incubator.web.confirming import Step, ask_or_act, ask_step, confirm, posted
from incubator.web.parts import Action, Crumb
from incubator.web.refusals import on_form, refusals_shown
from programmes.expertise import access, next_steps, pages
from programmes.expertise import operations as expertise
from programmes.expertise.forms import CloseForm, RequestForm, SendForm
from programmes.expertise.models import SupportRequest
from programmes.expertise.views_my import draw_form

STEPS = {
    "close": Step(
        "close",
        _lazy("Confirm and rate"),
        (
            _lazy("The request is closed, and the hours that were held count to what %(partner)s promised the park."),
            _lazy("What %(partner)s sees of your startup because of this request is taken back."),
        ),
        expertise.close,
        (_lazy("The people of %(partner)s, with your rating and words"), _lazy("The park's partnership managers")),
        CloseForm,
        done=_lazy("Closed. Thank you for saying how it went."),
    ),
    "withdraw": Step(
        "withdraw",
        _lazy("Take the request back"),
        (_lazy("The request ends, and nobody outside the park reads your need any more. You may ask anew."),),
        expertise.withdraw,
        (_lazy("The people of %(partner)s, if they were asked already"),),
        danger=True,
        done=_lazy("Taken back."),
    ),
}


@require_safe
@portal("my")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One request: what was asked, where it stands, its sessions, its code, its history."""
    asked = _request(request, pk)
    steps = access.steps_of(request.actor, asked)
    sessions = pages.sessions_of(asked)
    context = {
        "asked": asked,
        "facts": pages.request_facts(asked),
        "next": next_steps.for_founder(asked, steps),
        "edit": Action(_("Edit"), reverse("my:expertise:edit", args=[pk]), icon="pencil") if access.may_edit_request(request.actor, asked) else None,
        "actions": [Action(one.title, reverse("my:expertise:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if one.verb in steps],
        "sessions": sessions,
        "code": getattr(asked, "code", None),
        "may_see_code": access.may_see_code(request.actor, asked),
        "entries": pages.history(asked, sessions, audience="founder", own=request.actor.organisation_id),
        "crumbs": [*_crumbs(asked)[:-1], Crumb(asked.offering.title)],
    }
    return render(request, "my/expertise/request.html", context)


@ask_or_act
@portal("my")
@refusals_shown
def edit(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Change a draft."""
    asked = _request(request, pk)
    if not access.may_edit_request(request.actor, asked):
        raise Http404
    form = RequestForm(posted(request), instance=asked, offering=asked.offering)
    if request.method == "POST" and form.is_valid():
        try:
            expertise.edit_request(asked, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("my:expertise:request", pk=pk)
    crumbs = [*_crumbs(asked), Crumb(_("Edit"))]
    return draw_form(request, form, asked.offering, title=_("Edit the request"), back=reverse("my:expertise:request", args=[pk]), crumbs=crumbs)


@ask_or_act
@portal("my")
@refusals_shown
def send(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Agree to what the partner will see, and send the request to the park."""
    asked = _request(request, pk)
    if "send" not in access.steps_of(request.actor, asked):
        raise Http404
    names = {"partner": asked.offering.organisation.name, "level": asked.get_level_display()}
    return confirm(
        request,
        title=_("Send the request"),
        what=[
            _("The park reads it within three working days, words it for the partner, and puts it to %(partner)s.") % names,
            _("%(partner)s reads the park's words, without your name, and answers within five working days.") % names,
            _("When it agrees, it sees your startup at the level “%(level)s” until the request ends or you take that back.") % names,
        ],
        told=[_("The park's officers and partnership managers"), _("You and your team, with a copy")],
        button=_("Send the request"),
        form=SendForm(posted(request), words=_("%(partner)s may see my startup at the level “%(level)s” once it agrees to help.") % names),
        act=lambda data, at: expertise.send(asked, **data, by=request.actor, at=at),
        done=_("Sent. The park reads it within three working days."),
        back=reverse("my:expertise:request", args=[pk]),
        crumbs=[*_crumbs(asked), Crumb(_("Send the request"))],
        layout="my/base.html",
    )


@ask_or_act
@portal("my")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Confirm and rate, or take the request back."""
    asked, one = _request(request, pk), STEPS.get(step)
    if one is None or one.verb not in access.steps_of(request.actor, asked):
        raise Http404
    names = {"partner": asked.offering.organisation.name}
    back = reverse("my:expertise:request", args=[pk])
    return ask_step(request, one, asked, by=request.actor, back=back, crumbs=_crumbs(asked), names=names, layout="my/base.html")


@ask_or_act
@portal("my")
@refusals_shown
def code(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Have the code shown: asked for by a click each time, because each time is written down."""
    asked = _request(request, pk)
    given = getattr(asked, "code", None)
    if given is None or not access.may_see_code(request.actor, asked):
        raise Http404
    shown = expertise.show_code(asked, by=request.actor, at=now()) if request.method == "POST" else ""
    context = {"asked": asked, "given": given, "shown": shown, "crumbs": [*_crumbs(asked), Crumb(_("Your code"))]}
    return render(request, "my/expertise/code.html", context)


def _request(request: PortalRequest, pk: UUID) -> SupportRequest:
    return get_object_or_404(SupportRequest.objects.visible_to(request.actor).for_pages().select_related("code"), pk=pk)


def _crumbs(asked: SupportRequest) -> list[Crumb]:
    return [
        Crumb(_("Expertise"), reverse("my:expertise:index")),
        Crumb(_("Your requests"), reverse("my:expertise:requests")),
        Crumb(asked.offering.title, reverse("my:expertise:request", args=[asked.pk])),
    ]
