"""The reviewer's page: the application on one side, the rubric on the other; drafts that save themselves; sending."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.refusals import Invalid, Refusal
from incubator.outbox.operations import record
from incubator.web.parts import Action, Crumb, Next
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.catalogue.models import Criterion
from programmes.forms import operations as forms
from programmes.forms.operations import Sheet
from programmes.reviews import drafts, events, overview, states
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment, Review
from programmes.reviews.operations import ReviewText, StaleDraft
from programmes.reviews.scoring import weighted_mean
from programmes.reviews.views_review_queue import time_left


def own(request: PortalRequest, pk: UUID) -> Assignment:
    """The reviewer's own assignment while it is theirs and free of conflict; else 404, as if it did not exist."""
    rows = Assignment.objects.asked_of(request.actor).select_related(
        "application__intake__programme",
        "application__intake__rubric",
        "application__startup",
        "application__answer_set__form_version",
        "application__revision",
    )
    return get_object_or_404(rows, pk=pk)


def _declared(request: PortalRequest, pk: UUID) -> Assignment:
    """The same, once they have declared to have no conflict; before that nothing of it may be read or written."""
    assignment = own(request, pk)
    if assignment.declared_free_at is None:
        raise Http404
    return assignment


def criteria_of(assignment: Assignment) -> list[Criterion]:
    rubric = assignment.application.intake.rubric
    return list(rubric.criteria.order_by("position", "pk")) if rubric else []


@require_safe
@portal("review")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """First the declaration; then the application beside the rubric, or beside the review that was sent."""
    assignment = own(request, pk)
    if assignment.declared_free_at is None:
        return render(request, "review/reviews/declare.html", {"assignment": assignment, "application": assignment.application, "crumbs": _crumbs(assignment)})
    review = drafts.saved_review(assignment)
    return _split(request, assignment, drafts.saved_text(review), version=review.version if review else 0, review=review)


def _crumbs(assignment: Assignment, *more: Crumb) -> list[Crumb]:
    here = reverse("review:reviews:detail", args=[assignment.pk]) if more else ""
    return [Crumb(_("My reviews"), reverse("review:reviews:index")), Crumb(assignment.application.reference or "", here), *more]


def _split(
    request: PortalRequest, assignment: Assignment, text: ReviewText, *, version: int, review: Review | None, saved: ReviewText | None = None, status: int = 200
) -> HttpResponse:
    """Both sides. `saved` is what another window saved, shown beside what was typed here."""
    application = assignment.application
    may_write = assignment.status in states.OPEN and application.status == "in_review"
    context = {
        "assignment": assignment,
        "application": application,
        "sheet": sheet_for(assignment),
        "files_at": reverse("review:reviews:detail", args=[assignment.pk]) + "files/",
        "lines": drafts.lines(criteria_of(assignment), text, saved=saved),
        "text": text,
        "saved": saved,
        "version": version,
        "review": review,
        "may_write": may_write,
        "recommendations": Review.Recommendation.choices,
        "others": overview.others(assignment),
        "next": _next(assignment, may_write=may_write),
        "exits": _exits(assignment) if may_write else [],
        "crumbs": _crumbs(assignment),
    }
    return render(request, "review/reviews/detail.html", context, status=status)


def sheet_for(assignment: Assignment) -> Sheet | None:
    """The answers as they were sent; in a blind call without the questions that name people."""
    application = assignment.application
    revision = application.revision
    if revision is None:
        return None
    revision.answer_set = application.answer_set
    sheet = forms.sheet_of_revision(revision)
    if not application.intake.is_blind:
        return sheet
    kept = (replace(one, lines=tuple(line for line in one.lines if not line.question.names_people)) for one in sheet.sections)
    return Sheet(tuple(section for section in kept if section.lines))


def _next(assignment: Assignment, *, may_write: bool) -> Next:
    if may_write:
        return Next(_("Read, score each criterion, then send your review."), who=time_left(assignment.due_on), expected=assignment.due_on, tone="mine")
    if assignment.status in states.COUNTED:
        return Next(_("Your review was sent. The panel reads it with the others."), tone="done")
    return Next(_("The review of this application is closed."), tone="rest")


def _exits(assignment: Assignment) -> list[Action]:
    exits = [("declare_conflict", _("Declare a conflict of interest"), "shield-half"), ("abstain", _("Abstain"), "hand-stop"), ("decline", _("Decline"), "x")]
    verbs = {edge.verb for edge in assignment.machine.leaving(assignment.status)}
    return [Action(words, reverse(f"review:reviews:{verb}", args=[assignment.pk]), icon=icon) for verb, words, icon in exits if verb in verbs]


@require_POST
@portal("review")
@refusals_shown
def draft(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Save the draft: for the page's script with a short answer, for a plain post with the page or the way on."""
    assignment = _declared(request, pk)
    by_script = request.headers.get("Accept") == "application/json"
    text = drafts.posted_text(request.POST, criteria_of(assignment))
    try:
        review = reviews.save_draft(assignment, text, version=drafts.posted_version(request.POST), by=request.actor, at=now())
    except StaleDraft as stale:
        if by_script:
            return JsonResponse({"message": str(stale.message), "stale": True}, status=409)
        saved = stale.saved
        messages.warning(request, str(stale.message))
        return _split(request, assignment, text, version=saved.version, review=saved, saved=drafts.saved_text(saved), status=409)
    except Refusal as refusal:
        if not by_script:
            raise
        return JsonResponse({"message": str(refusal.message)}, status=refusal.status)
    time = timezone.localtime(review.saved_at).strftime("%H:%M")
    if by_script:
        return JsonResponse({"version": review.version, "message": _("Saved %(time)s") % {"time": time}})
    if request.POST.get("then") == "send":
        return redirect("review:reviews:submit", pk=pk)
    messages.success(request, _("Saved %(time)s.") % {"time": time})
    return redirect("review:reviews:detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("review")
@refusals_shown
def submit(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The review once more, with what is missing; then send it."""
    assignment = _declared(request, pk)
    review = drafts.saved_review(assignment)
    if review is None or assignment.status not in states.OPEN:
        return redirect("review:reviews:detail", pk=pk)
    review.assignment = assignment
    status = 200
    if request.method == "POST":
        try:
            reviews.submit(assignment, version=drafts.posted_version(request.POST), by=request.actor, at=now())
        except Invalid:
            status = 422
        except StaleDraft as stale:
            messages.warning(request, _("The review was changed in another window. Read it once more, then send it."))
            review, status = stale.saved, 409
        else:
            messages.success(request, _("Your review was sent. Thank you."))
            return redirect("review:reviews:detail", pk=pk)
    text = drafts.saved_text(review)
    context: dict[str, Any] = {
        "assignment": assignment,
        "application": assignment.application,
        "review": review,
        "lines": drafts.lines(criteria_of(assignment), text),
        "score": weighted_mean((one.weight, text.scores[one.pk].value) for one in criteria_of(assignment) if one.pk in text.scores),
        "lacking": reviews.missing(review),
        "late": assignment.due_on < today(),
        "crumbs": _crumbs(assignment, Crumb(_("Send"))),
    }
    return render(request, "review/reviews/submit.html", context, status=status)


@require_safe
@portal("review")
def file(request: PortalRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """A file of the application, if it is among the answers this reviewer may see. Who fetched it is recorded."""
    assignment = _declared(request, pk)
    sheet = sheet_for(assignment)
    shown = {line.value.get("file") for line in sheet.lines.values() if isinstance(line.value, dict)} if sheet else set()
    stored = applications.file_of(assignment.application, file) if str(file) in shown else None
    if stored is None:
        raise Http404
    record(events.file_read, assignment, by=request.actor, at=now(), facts={"file": str(stored.pk), "name": stored.name})
    return files.download(stored)
