"""Requests that the park has put to a partner, and their sessions, in the partner portal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.startups.access import shown_name
from incubator.startups.models import Startup
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, confirm, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, chips
from incubator.web.refusals import refusals_shown
from programmes.expertise import access, next_steps, pages
from programmes.expertise import operations as expertise
from programmes.expertise.forms import DeliverForm, IssueForm, LogForm, NoteForm, SessionForm
from programmes.expertise.models import Session, SupportRequest
from programmes.expertise.states import REQUEST, RequestState, SessionState

STARTUP = _lazy("The people of the startup")
STEPS = {
    "accept": Step(
        "accept",
        _lazy("Accept"),
        (
            _lazy("%(amount)s of this month's capacity are taken."),
            _lazy("You see the startup as far as its founder has chosen, until the request ends or the founder takes that back."),
        ),
        expertise.accept,
        (STARTUP,),
        done=_lazy("Accepted. The startup is told."),
    ),
    "decline": Step(
        "turn_down",
        _lazy("Decline"),
        (_lazy("The request ends for you. The founder and the park read your reason."),),
        expertise.turn_down,
        (STARTUP, _lazy("The park's officers and partnership managers")),
        ReasonForm,
        danger=True,
    ),
    "issue": Step(
        "issue",
        _lazy("Give the code"),
        (_lazy("It is kept encrypted. Founders of the startup have it shown on a page of its own; each time is written down. You cannot change it."),),
        expertise.issue,
        (STARTUP,),
        IssueForm,
        done=_lazy("Given. The founder is told where it is shown."),
    ),
    "deliver": Step(
        "deliver",
        _lazy("Say that it is delivered"),
        (_lazy("The startup confirms and rates it; after 14 days the system closes it. Hours count then."),),
        expertise.deliver,
        (STARTUP,),
        DeliverForm,
    ),
}
SESSION_STEPS = {
    "log": Step("log", _lazy("Log the hours"), (_lazy("The session counts as held. This is not changed any more."),), expertise.log, (STARTUP,), LogForm),
    "no-show": Step("no_show", _lazy("Nobody came"), (_lazy("No hours count. You may plan another session."),), expertise.no_show, (STARTUP,), NoteForm),
    "cancel": Step("cancel", _lazy("Call it off"), (_lazy("The session does not take place."),), expertise.cancel_session, (STARTUP,), NoteForm, danger=True),
}


def startup_names(request: PortalRequest, rows: Sequence[SupportRequest]) -> dict[UUID, str]:
    """By request, the names of the startups whose requests were accepted and that show themselves now. One query."""
    named = [one for one in rows if one.is_named]
    found: Any = Startup.objects.disclosed_to(request.actor).filter(pk__in=[one.startup_id for one in named])
    names = {one.pk: shown_name(one, one.level) for one in found}
    return {one.pk: names.get(one.startup_id, "") for one in named}


@require_safe
@portal("partner")
def requests(request: PortalRequest) -> HttpResponse:
    """What was put to this organisation, the latest first."""
    if request.actor.organisation_kind != "partner":
        raise Http404
    rows = SupportRequest.objects.visible_to(request.actor).for_pages()
    if request.GET.get("state") in RequestState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.about(text)
    part = page(rows, order=("-offered_at", "-id"), after=request.GET.get("after") or request.GET.get("before"))
    names = startup_names(request, part.rows)
    seen = [one for one in RequestState if one not in (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.TRIAGED, RequestState.DECLINED)]
    context = {
        "page": part,
        "rows": [(one, names.get(one.pk, "")) for one in part.rows],
        "is_filtered": bool(request.GET.get("q") or request.GET.get("state")),
        "states": chips(request, "state", [(one.value, REQUEST.label(one.value, "partner")) for one in seen], label=_("State"), everything=_("All")),
    }
    return render(request, "partner/expertise/requests.html", context)


@require_safe
@portal("partner")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One request: the need in the park's words, who asks once one has agreed, its sessions, what can be done."""
    asked = _request(request, pk)
    steps = access.steps_of(request.actor, asked)
    sessions = pages.sessions_of(asked)
    context = {
        "asked": asked,
        "startup_name": startup_names(request, [asked]).get(pk, ""),
        "facts": pages.request_facts(asked),
        "next": next_steps.for_partner(asked, steps),
        "main": _main(asked, steps),
        "actions": [
            Action(one.title, reverse("partner:expertise:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if one.verb in steps
        ],
        "sessions": [(one, _session_actions(request, one)) for one in sessions],
        "code": getattr(asked, "code", None),
        "entries": pages.history(asked, sessions, audience="partner", own=request.actor.organisation_id),
        "crumbs": [Crumb(_("Requests"), reverse("partner:expertise:requests")), Crumb(asked.offering.title)],
    }
    return render(request, "partner/expertise/request.html", context)


def _main(asked: SupportRequest, steps: tuple[str, ...]) -> Action | None:
    if "schedule" in steps:
        return Action(_("Plan a session"), reverse("partner:expertise:schedule", args=[asked.pk]), icon="calendar-plus")
    return None


def _session_actions(request: PortalRequest, session: Session) -> list[Action]:
    verbs = session.verbs_for(request.actor)
    found = [
        Action(one.title, reverse("partner:expertise:session-step", args=[session.pk, name]), danger=one.danger)
        for name, one in SESSION_STEPS.items()
        if one.verb in verbs
    ]
    if found:
        found.insert(1, Action(_("Move it"), reverse("partner:expertise:move", args=[session.pk])))
    return found


@ask_or_act
@portal("partner")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Accept, decline, give the code or deliver, confirmed."""
    asked, one = _request(request, pk), STEPS.get(step)
    if one is None or one.verb not in access.steps_of(request.actor, asked):
        raise Http404
    back = reverse("partner:expertise:request", args=[pk])
    names = {"amount": asked.amount_in_words}
    return ask_step(request, one, asked, by=request.actor, back=back, crumbs=_crumbs(asked), names=names, layout="partner/base.html")


@ask_or_act
@portal("partner")
@refusals_shown
def schedule(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Plan a session."""
    asked = _request(request, pk)
    if "schedule" not in access.steps_of(request.actor, asked):
        raise Http404
    return confirm(
        request,
        title=_("Plan a session"),
        what=[_("The startup learns when, where and with whom you meet. Both sides are reminded the day before.")],
        told=[STARTUP],
        button=_("Plan the session"),
        form=SessionForm(posted(request)),
        act=lambda data, at: expertise.schedule(asked, **data, by=request.actor, at=at),
        done=_("Planned. The startup is told."),
        back=reverse("partner:expertise:request", args=[pk]),
        crumbs=[*_crumbs(asked), Crumb(_("Plan a session"))],
        layout="partner/base.html",
    )


@ask_or_act
@portal("partner")
@refusals_shown
def move(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Another time, place or person for a planned session."""
    session = _session(request, pk)
    if session.status != SessionState.PLANNED or "log" not in session.verbs_for(request.actor):
        raise Http404
    return confirm(
        request,
        title=_("Move the session"),
        what=[_("It takes place as you say now.")],
        told=[STARTUP],
        button=_("Move the session"),
        form=SessionForm(posted(request), initial={name: getattr(session, name) for name in ("starts_at", "minutes", "place", "people")}),
        act=lambda data, at: expertise.move_session(session, **data, by=request.actor, at=at),
        done=_("Moved. The startup is told."),
        back=reverse("partner:expertise:request", args=[session.request_id]),
        crumbs=[*_crumbs(session.request), Crumb(_("Move the session"))],
        layout="partner/base.html",
    )


@ask_or_act
@portal("partner")
@refusals_shown
def session_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Log the hours, say that nobody came, or call it off, confirmed."""
    session, one = _session(request, pk), SESSION_STEPS.get(step)
    if one is None or one.verb not in session.verbs_for(request.actor):
        raise Http404
    back = reverse("partner:expertise:request", args=[session.request_id])
    return ask_step(request, one, session, by=request.actor, back=back, crumbs=_crumbs(session.request), layout="partner/base.html")


def _request(request: PortalRequest, pk: UUID) -> SupportRequest:
    return get_object_or_404(SupportRequest.objects.visible_to(request.actor).for_pages().select_related("code"), pk=pk)


def _session(request: PortalRequest, pk: UUID) -> Session:
    rows = Session.objects.visible_to(request.actor).select_related("request__offering__organisation", "request__startup")
    return get_object_or_404(rows, pk=pk)


def _crumbs(asked: SupportRequest) -> list[Crumb]:
    return [Crumb(_("Requests"), reverse("partner:expertise:requests")), Crumb(asked.offering.title, reverse("partner:expertise:request", args=[asked.pk]))]
