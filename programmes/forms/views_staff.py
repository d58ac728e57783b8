"""A form as applicants will read it, and its next version."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web import staff
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.forms import access
from programmes.forms import operations as forms
from programmes.forms.models import FormVersion


@require_safe
@portal("staff")
def preview(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Every section with its questions, limits, choices and conditions. Two queries."""
    found = get_object_or_404(FormVersion.objects.visible_to(request.actor), pk=pk)
    questions = list(found.questions.order_by("position", "pk"))
    sections = [{**section, "questions": [one for one in questions if one.section == section["key"]]} for section in found.sections]
    back = reverse("staff:forms_formversion_change", args=[pk])
    context = {"title": str(found), "sections": sections, "crumbs": [Crumb(str(found), back), Crumb(_("Preview"))], "back": back}
    return staff.draw(request, "staff/forms/preview.html", context)


@require_POST
@portal("staff")
@refusals_shown
def copy(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Make a version of the form that can be changed."""
    if not access.may_configure(request.actor):
        raise Http404
    found = get_object_or_404(FormVersion.objects.visible_to(request.actor), pk=pk)
    version = forms.copy_version(found, by=request.actor, at=now())
    messages.success(request, _("This is the new version. It can be changed until a call with it is scheduled."))
    return redirect("staff:forms_formversion_change", version.pk)
