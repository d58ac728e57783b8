"""The form as founders fill it in: one page per section, every answer saved by itself, a review, and the sending."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, Refusal
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.forms import operations as forms
from programmes.forms.operations import Field, Line, Section, Sheet


def own(request: PortalRequest, pk: UUID) -> Application:
    """An application of the startup the reader acts for, with all its pages need; 404 for any other."""
    rows = Application.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("intake__programme", "startup", "answer_set__form_version", "revision"), pk=pk)


def files_at(application: Application) -> str:
    """The address that a file's id completes."""
    return reverse("my:applications:detail", args=[application.pk]) + "files/"


def crumbs(application: Application, *more: Crumb) -> list[Crumb]:
    detail = reverse("my:applications:detail", args=[application.pk])
    here = Crumb(application.intake.title, detail if more else "")
    return [Crumb(_("Applications"), reverse("my:applications:index")), here, *more]


@require_safe
@portal("my")
def form(request: PortalRequest, pk: UUID) -> HttpResponse:
    """To the first section that is not complete, or to the review."""
    application = own(request, pk)
    sheet = forms.sheet(application.answer_set)
    first = next((section for section in sheet.sections if section.gaps), None)
    return redirect("my:applications:section", pk, first.key) if first else redirect("my:applications:review", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def section(request: PortalRequest, pk: UUID, key: str) -> HttpResponseBase:
    """One section: read, and saved as a whole by a plain post."""
    application = own(request, pk)
    if not application.is_editable(now()):
        messages.info(request, _("This application can no longer be changed. Here it is as it stands."))
        return redirect("my:applications:detail", pk)
    sheet = forms.sheet(application.answer_set)
    here = _section_of(sheet, key)
    fields: Iterable[Field] = (forms.Field(line, blank_rows=2 if line.question.key == request.GET.get("rows") else 1) for line in here.lines)
    status = 200
    if request.method == "POST":
        fields = _save_all(request, application, here)
        faulty = [field for field in fields if field.error or field.theirs]
        if not faulty:
            return _onward(request, application, sheet, key)
        sheet, status = forms.sheet(application.answer_set), 422
    context = {
        "application": application,
        "sheet": sheet,
        "section": here,
        "fields": list(fields),
        "faulty": [field for field in fields if field.error or field.theirs] if status == 422 else [],
        "before": sheet.before(key),
        "after": sheet.after(key),
        "crumbs": crumbs(application, Crumb(here.title)),
        **_file_context(application),
    }
    return render(request, "my/applications/section.html", context, status=status)


def _section_of(sheet: Sheet, key: str) -> Section:
    found = sheet.section(key)
    if found is None:
        raise Http404
    return found


def _file_context(application: Application) -> dict[str, Any]:
    each, together = files.megabytes(settings.FILE_MAX_BYTES), files.megabytes(settings.APPLICATION_FILES_MAX_BYTES)
    return {
        "files_at": files_at(application),
        "limits": {
            "bytes": settings.FILE_MAX_BYTES,
            "accept": files.ACCEPTED[files.ANY],
            "too_large": files.too_large(),
            "words": _("PDF, Word, Excel, PowerPoint, PNG or JPEG, up to %(each)s; all files together up to %(together)s.")
            % {"each": each, "together": together},
        },
    }


def _onward(request: HttpRequest, application: Application, sheet: Sheet, key: str) -> HttpResponse:
    """Where the button that was pressed leads."""
    this = reverse("my:applications:section", args=[application.pk, key])
    added = request.POST.get("add", "")
    if added in sheet.lines:
        return redirect(f"{this}?rows={added}#q-{added}")
    if request.POST.get("then") != "next":
        messages.success(request, _("Saved %(time)s.") % {"time": _time()})
        return redirect(this)
    after = sheet.after(key)
    return redirect("my:applications:section", application.pk, after.key) if after else redirect("my:applications:review", application.pk)


def _time() -> str:
    return timezone.localtime(now()).strftime("%H:%M")


def _save_all(request: PortalRequest, application: Application, section: Section) -> list[Field]:
    """Save each answer of the section that was touched; gives the fields back, with what went wrong and what was typed."""
    fields = []
    for line in section.lines:
        if request.POST.get("take") == line.question.key:
            fields.append(forms.Field(line))
            continue
        try:
            _save_one(request, application, line)
            fields.append(forms.Field(line, typed=forms.typed(line, request.POST)))
        except forms.StaleAnswer as stale:
            fields.append(forms.Field(line, typed=stale.mine, theirs=stale.theirs))
        except Invalid as invalid:
            fields.append(forms.Field(line, error=str(invalid), typed=forms.typed(line, request.POST)))
    return fields


def _save_one(request: PortalRequest, application: Application, line: Line) -> None:
    """Save one answer if the page had it and it was touched there. Raises as the operations do."""
    question = line.question
    if not forms.was_on_page(question, request.POST):
        return
    version, seen = forms.read_state(question, request.POST)
    if question.kind == question.Kind.FILE:
        _save_file(request, application, line, version)
        return
    value = forms.parse(question, forms.raw(question, request.POST))
    if forms.mark(value) != seen:
        applications.save_answer(application, question, value, version=version, by=request.actor, at=now())


def _save_file(request: PortalRequest, application: Application, line: Line, version: int) -> None:
    question, name = line.question, forms.name_of(line.question)
    if name in files.dropped(request):
        raise files.TooLarge(files.too_large(), field=question.key)
    upload = request.FILES.get(name)
    if upload is not None:
        applications.attach(application, question, upload, version=version, by=request.actor, at=now())
    elif request.POST.get("remove-file") == question.key:
        applications.save_answer(application, question, None, version=version, by=request.actor, at=now())


@require_POST
@portal("my")
def answer(request: PortalRequest, pk: UUID, key: str) -> HttpResponse:
    """One answer, saved by the page's script. The reply says in headers what is stored now, in its body what to show.

    200 saved; 409 somebody else was faster, or nothing may be changed any more; 413 and 422 not acceptable.
    """
    application = own(request, pk)
    line = forms.sheet(application.answer_set).lines.get(key)
    if line is None:
        raise Http404
    field, status = forms.Field(line), 200
    try:
        _save_one(request, application, line)
    except forms.StaleAnswer as stale:
        field, status = forms.Field(line, typed=stale.mine, theirs=stale.theirs), stale.status
    except Refusal as refusal:
        field, status = forms.Field(line, error=str(refusal)), refusal.status
    sheet = forms.sheet(application.answer_set)
    if status == 200:
        field = forms.Field(sheet.lines[key])
    context = {"application": application, "sheet": sheet, "field": field, "here": line.question.section, **_file_context(application)}
    response = HttpResponse(render_to_string("my/applications/saved.html", context, request), status=status)
    response["X-Answer-State"] = field.state
    response["X-Answer-Saved"] = _time() if status == 200 else ""
    response["X-Asked"] = ",".join(one.question.key for one in _section_of(sheet, line.question.section).asked)
    return response


@require_safe
@portal("my")
def file(request: PortalRequest, pk: UUID, file_id: UUID) -> HttpResponseBase:
    """A file of the application, as a download."""
    stored = applications.file_of(own(request, pk), file_id)
    if stored is None:
        raise Http404
    return files.download(stored)


@require_safe
@portal("my")
def review(request: PortalRequest, pk: UUID) -> HttpResponse:
    """All answers, what is missing, the rules of the call, and the button that sends."""
    application = own(request, pk)
    if not application.is_editable(now()):
        return redirect("my:applications:detail", pk)
    sheet = forms.sheet(application.answer_set)
    results = applications.self_check(application, sheet, now())
    failed = [result for result in results if result.passed is False]
    asked = application.info_requests.filter(answered_at=None).first()
    context = {
        "application": application,
        "sheet": sheet,
        "results": results,
        "blocked": bool(sheet.gaps) or any(not result.needs_judgement for result in failed),
        "request_open": asked,
        "crumbs": crumbs(application, Crumb(_("Review"))),
        "files_at": files_at(application),
    }
    return render(request, "my/applications/review.html", context)


@require_POST
@portal("my")
@refusals_shown
def send(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Send the application in, or for a request for information the answer to it."""
    application = own(request, pk)
    if application.status == "info_requested":
        applications.answer_request(application, note=request.POST.get("note", ""), by=request.actor, at=now())
        messages.success(request, _("Your answer was sent. The park goes on with your application."))
        return redirect("my:applications:detail", pk)
    applications.submit(application, by=request.actor, at=now())
    return redirect("my:applications:receipt", pk)
