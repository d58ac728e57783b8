"""Announcements in the staff portal: written, tried, sent or scheduled, stopped, and what became of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.announcements import access
from incubator.announcements import operations as announcements
from incubator.announcements.models import Announcement
from incubator.announcements.states import AnnouncementState
from incubator.lib.clock import now
from incubator.notifications import announcing
from incubator.notifications.forms_announcements import AnnouncementForm, ScheduleForm
from incubator.outbox.timeline import timeline
from incubator.web import staff
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, must_offer, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, chips
from incubator.web.refusals import refusals_shown
from incubator.web.times import moment

HERE = "staff:notifications:announcements"
ONE = "staff:notifications:announcement-edit"
STEPS = {
    "send": Step(
        "send",
        _l("Send this announcement now?"),
        (
            _l(
                "“%(subject)s”, as it was last saved, goes to %(people)s people of %(organisations)s organisations, in the inbox and by e-mail, as each of them chose."
            ),
            _l("What is sent cannot be taken back."),
        ),
        announcements.send_now,
        button=_l("Send it now"),
        done=_l("It is being sent. How far it is stands here."),
    ),
    "schedule": Step(
        "schedule",
        _l("Send this announcement later"),
        (_l("Whoever belongs to the audience then gets it; at present that is %(people)s people."), _l("Until then you can take it back.")),
        announcements.schedule,
        form=ScheduleForm,
        button=_l("Schedule it"),
        done=_l("It is scheduled."),
    ),
    "unschedule": Step(
        "unschedule",
        _l("Take it back into the drafts?"),
        (_l("It is not sent until you schedule or send it again."),),
        announcements.unschedule,
        button=_l("Take it back"),
        done=_l("It is a draft again."),
    ),
    "discard": Step(
        "discard",
        _l("Discard this draft?"),
        (_l("It leaves the list."),),
        announcements.discard,
        button=_l("Discard the draft"),
        danger=True,
        done=_l("The draft is gone."),
    ),
    "stop": Step(
        "stop",
        _l("Stop sending?"),
        (_l("What is sent stays sent; nobody else gets it. This cannot be undone."),),
        announcing.stop,
        form=ReasonForm,
        danger=True,
        button=_l("Stop sending"),
        done=_l("Stopped. What was not sent yet is not sent any more."),
    ),
}


@portal("staff")
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """All announcements, newest first, by state."""
    _must_announce(request)
    rows = Announcement.objects.visible_to(request.actor).kept()
    if (state := request.GET.get("state", "")) in AnnouncementState.values:
        rows = rows.filter(status=state)
    found, labels = page(rows, order=("-created_at", "-id"), after=request.GET.get("after")), announcing.labels(request.actor)
    states = [one for one in AnnouncementState.choices if one[0] != AnnouncementState.DISCARDED]
    context = {
        "title": _("Announcements"),
        "crumbs": [Crumb(_("Announcements"))],
        "page": found,
        "entries": [(one, labels.get(one.audience, one.audience)) for one in found.rows],
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
        "new": Action(_("Write an announcement"), reverse("staff:notifications:announcement-new"), icon="plus"),
    }
    return staff.draw(request, "staff/notifications/announcements.html", context)


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def create(request: PortalRequest) -> HttpResponse:
    """A new draft."""
    _must_announce(request)
    form = AnnouncementForm(posted(request), actor=request.actor)
    if form.is_bound and form.is_valid():
        row = announcements.draft(**form.cleaned_data, by=request.actor, at=now())
        messages.success(request, _("The draft is saved. Look at who gets it, then send or schedule it."))
        return redirect(ONE, row.pk)
    context = {"title": _("New announcement"), "crumbs": [Crumb(_("Announcements"), reverse(HERE)), Crumb(_("New"))], "form": form}
    return staff.draw(request, "staff/notifications/announcement_new.html", context, status=422 if form.errors else 200)


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def one(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A draft to change, with who would get it; or how far its sending is, and who has read it."""
    row = _found(request, pk)
    is_draft = row.status == AnnouncementState.DRAFT
    initial = {"subject": row.subject, "body": row.body, "audience": row.audience}
    form = AnnouncementForm(posted(request), initial=initial, actor=request.actor) if is_draft else None
    if request.method == "POST":
        if "try" in request.POST:
            announcements.send_to_self(row, by=request.actor, at=now())
            messages.success(request, _("It is on its way to you. Nobody else gets it."))
            return redirect(ONE, pk)
        if form is not None and form.is_valid():
            announcements.edit(row, **form.cleaned_data, by=request.actor, at=now())
            messages.success(request, _("Saved."))
            return redirect(ONE, pk)
    status = 422 if form is not None and form.errors else 200
    return staff.draw(request, "staff/notifications/announcement.html", {**_context(request, row), "form": form}, status=status)


@portal("staff")
@ask_or_act
@refusals_shown
def step(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Send, schedule, take back, discard or stop, after asking."""
    row = _found(request, pk)
    if verb not in STEPS:
        raise Http404
    must_offer(row, verb, request, by=request.actor)
    here = reverse(ONE, args=[pk])
    reached = announcing.reached(row.audience, by=request.actor)
    told = [announcing.labels(request.actor).get(row.audience, row.audience)] if verb in ("send", "schedule") else []
    crumbs = [Crumb(_("Announcements"), reverse(HERE)), Crumb(row.subject, here)]
    names = {"subject": row.subject, "people": reached.people, "organisations": reached.organisations}
    back = reverse(HERE) if verb == "discard" else here
    return ask_step(request, STEPS[verb], row, by=request.actor, back=back, crumbs=crumbs, names=names, told=told)


# ── Parts ───────────────────────────────────────────────────────────────────
def _must_announce(request: PortalRequest) -> None:
    if not access.may_announce(request.actor):
        raise Http404


def _found(request: PortalRequest, pk: UUID) -> Announcement:
    _must_announce(request)
    row: Announcement | None = Announcement.objects.visible_to(request.actor).kept().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _context(request: PortalRequest, row: Announcement) -> dict[str, Any]:
    act = announcements.act_of(row) if row.sent_at else None
    verbs = [verb for verb in STEPS if verb in row.verbs_for(request.actor)]
    actions = {verb: Action(STEPS[verb].button or STEPS[verb].title, reverse("staff:notifications:announcement-step", args=[row.pk, verb])) for verb in verbs}
    facts = [Fact(_("Who gets it"), announcing.labels(request.actor).get(row.audience, row.audience)), Fact(_("Written by"), row.written_by)]
    if row.send_at:
        facts.append(Fact(_("Scheduled for"), moment(row.send_at)))
    if row.sent_at:
        facts.append(Fact(_("Sent"), moment(row.sent_at)))
    return {
        "title": row.subject,
        "crumbs": [Crumb(_("Announcements"), reverse(HERE)), Crumb(row.subject)],
        "announcement": row,
        "facts": facts,
        "actions": actions,
        "reached": announcing.reached(row.audience, by=request.actor) if row.sent_at is None else None,
        "channels": announcing.by_channel(act) if act else [],
        "act_url": reverse("staff:notifications:broadcast", args=[act]) if act else "",
        "timeline": timeline(row.pk, machine=row.machine),
    }
