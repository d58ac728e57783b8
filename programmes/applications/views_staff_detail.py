"""One application as staff see it: the answers as they were sent, what the rules say, what has happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.outbox.operations import record
from incubator.outbox.timeline import timeline
from incubator.web import staff, times
from incubator.web.parts import Action, Crumb, Fact
from programmes.applications import events, next_steps_staff
from programmes.applications import operations as applications
from programmes.applications.eligibility import RuleResult, evaluate
from programmes.applications.models import Application
from programmes.applications.states import APPLICATION, Status
from programmes.forms import operations as forms
from programmes.forms.models import Revision
from programmes.forms.operations import Line, Sheet

# Verb of the state table -> (words, URL name, icon, dangerous). Verbs of higher apps link to their pages by name.
STEPS: dict[str, tuple[Any, str, str, bool]] = {
    "start_screening": (gettext_lazy("Start screening"), "staff:applications:start_screening", "player-play", False),
    "send_to_review": (gettext_lazy("Send to review"), "staff:reviews:send_to_review", "send", False),
    "close_review": (gettext_lazy("Close the review"), "staff:reviews:close_review", "lock", False),
    "record_panel": (gettext_lazy("Record the panel"), "staff:reviews:record_panel", "writing", False),
    "reject": (gettext_lazy("Decide"), "staff:cohorts:decide", "gavel", False),
    "ask_for_information": (gettext_lazy("Ask for information"), "staff:applications:ask", "help", False),
    "answer_request": (gettext_lazy("Go on without an answer"), "staff:applications:resume", "player-track-next", False),
    "shortlist": (gettext_lazy("Invite to an interview"), "staff:reviews:shortlist", "users", False),
    "return_to_review": (gettext_lazy("Return to review"), "staff:reviews:return_to_review", "arrow-back-up", False),
    "find_ineligible": (gettext_lazy("Find not eligible"), "staff:applications:find_ineligible", "ban", True),
}


DECIDED = {Status.APPROVED_CONDITIONAL, Status.OFFERED, Status.WAITLISTED, Status.REJECTED, Status.ACCEPTED, Status.DECLINED, Status.OFFER_LAPSED}


@require_safe
@portal("staff")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The application's page. `?revision=2` shows an earlier sending; what it changed against the one before is marked."""
    application = find(request, pk)
    revisions = list(application.answer_set.revisions.select_related("frozen_by").order_by("-number"))
    shown = _chosen(revisions, request.GET.get("revision"))
    requests = list(application.info_requests.select_related("asked_by").order_by("-asked_at"))
    finding = application.findings.filter(closed_at__isnull=True).select_related("rule", "proposed_by").first()
    context = {
        **frame(request, application, here="application"),
        "sections": _sections(application, shown, revisions) if shown else [],
        "revisions": revisions,
        "shown": shown,
        "results": eligibility(application, shown),
        "requests": requests,
        "today": today(),
        "finding": finding,
        "may_decide_finding": bool(finding and "find_ineligible" in application.verbs_for(request.actor)),
        "own_finding": bool(finding and finding.proposed_by_id == request.actor.user_id),
        "next": next_steps_staff.for_staff(application, request.actor, request=next((one for one in requests if one.answered_at is None), None)),
        "facts": _facts(application),
        "entries": timeline(application.pk, machine=APPLICATION),
    }
    return staff.draw(request, "staff/applications/detail.html", context)


def find(request: PortalRequest, pk: UUID) -> Application:
    """The application, if this person may see it; else 404."""
    rows = Application.objects.visible_to(request.actor).select_related("intake__programme", "startup", "revision", "answer_set__form_version")
    return get_object_or_404(rows, pk=pk)


def frame(request: PortalRequest, application: Application, *, here: str) -> dict[str, Any]:
    """Title, tabs and buttons that every page of an application shows."""
    verbs = application.verbs_for(request.actor)
    steps = [_action(application, verb) for verb in STEPS if verb in verbs]
    return {
        "title": application.startup.name,
        "application": application,
        "steps": [step for step in steps if step is not None],
        "here": here,
        "has_decision": application.status in DECIDED,
        "crumbs": [
            Crumb(_("Applications"), reverse("staff:applications:index")),
            Crumb(application.intake.title, f"{reverse('staff:applications:index')}?intake={application.intake.slug}"),
            Crumb(application.reference or ""),
        ],
    }


def _action(application: Application, verb: str) -> Action | None:
    words, name, icon, danger = STEPS[verb]
    try:
        return Action(words, reverse(name, args=[application.pk]), icon=icon, danger=danger)
    except NoReverseMatch:
        return None


def _chosen(revisions: Sequence[Revision], number: str | None) -> Revision | None:
    """The revision asked for, or the newest. Raises Http404 for one there is none of."""
    if not number:
        return revisions[0] if revisions else None
    for one in revisions:
        if str(one.number) == number:
            return one
    raise Http404


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with its answer; `changed` if the revision before said something else, which was `before`."""

    line: Line
    changed: bool
    before: str


def _sections(application: Application, shown: Revision, revisions: Iterable[Revision]) -> list[tuple[Any, list[Shown]]]:
    shown.answer_set = application.answer_set
    sheet = forms.sheet_of_revision(shown)
    earlier = next((one for one in revisions if one.number == shown.number - 1), None)
    before: Sheet | None = None
    if earlier is not None:
        earlier.answer_set = application.answer_set
        before = forms.sheet_of_revision(earlier)
    return [(section, [_compare(line, before) for line in section.lines if line.is_asked]) for section in sheet.sections]


def _compare(line: Line, before: Sheet | None) -> Shown:
    if before is None:
        return Shown(line, changed=False, before="")
    old = before.lines[line.question.key]
    return Shown(line, changed=old.value != line.value, before=old.shown)


def eligibility(application: Application, revision: Revision | None) -> list[RuleResult]:
    """The rules against one revision; ages count to the day of sending in. One query."""
    sent = application.submitted_at or application.created_at
    return evaluate(application.intake.rules.order_by("position", "pk"), revision.answers if revision else {}, times.local_day(sent))


def _facts(application: Application) -> list[Fact]:
    intake = application.intake
    return [
        Fact(_("Call"), intake.title),
        Fact(_("Programme"), intake.programme.title),
        Fact(_("Stage"), application.startup.get_stage_display()),
        Fact(_("Technology readiness"), application.startup.trl),
        Fact(_("Applicants hear by"), times.day(intake.decision_on)),
    ]


@require_safe
@portal("staff")
def file(request: PortalRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """A file of the application. Who fetched it stands in its history."""
    application = find(request, pk)
    stored = applications.file_of(application, file)
    if stored is None:
        raise Http404
    record(events.file_read, application, by=request.actor, at=now(), facts={"file": str(stored.pk), "name": stored.name})
    return files.download(stored)
