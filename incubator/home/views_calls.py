"""Steps of a call that reach into applications and reviews: opening it again, calling it off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web import staff
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import LIVE, Status
from programmes.catalogue.models import Intake
from programmes.reviews import operations as reviews


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ReasonForm):
    closes_at = forms.DateTimeField(
        label=_lazy("New closing time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_lazy("In the park's time."),
    )
    field_order = ("closes_at", "reason")


def _intake(request: PortalRequest, pk: UUID, verb: str) -> Intake:
    intake = get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme"), pk=pk)
    if verb not in intake.verbs_for(request.actor):
        raise Http404
    return intake


@require_http_methods(["GET", "POST"])
@portal("staff")
@refusals_shown
def reopen_call(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask for the new deadline and the reason, then take applications again."""
    intake = _intake(request, pk, "reopen")
    back = reverse("staff:catalogue_intake_change", args=[pk])
    form = ReopenForm(request.POST or None, initial={"closes_at": timezone.localtime(now() + timedelta(days=7))})
    if request.method == "POST" and form.is_valid():
        revived = reviews.reopen_call(intake, **form.cleaned_data, by=request.actor, at=now())
        messages.success(
            request, ngettext("The call is open again; %(n)d draft came back.", "The call is open again; %(n)d drafts came back.", revived) % {"n": revived}
        )
        return redirect(back)
    lapsed = Application.objects.filter(intake=intake, status=Status.LAPSED).count()
    context = {
        "title": _("Open again: %(call)s") % {"call": intake.title},
        "what": [
            _("The call takes applications until the new closing time."),
            ngettext("%(n)d draft that lapsed comes back to its author.", "%(n)d drafts that lapsed come back to their authors.", lapsed) % {"n": lapsed},
        ],
        "told": [_("All programme officers and managers, in the app."), _("Founders whose drafts come back.")],
        "form": form,
        "button": _("Open again"),
        "cancel_url": back,
        "crumbs": [Crumb(intake.title, back), Crumb(_("Open again"))],
    }
    return staff.draw(request, "staff/confirm.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@portal("staff")
@refusals_shown
def call_off(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, which every applicant reads, then call the call off."""
    intake = _intake(request, pk, "cancel")
    back = reverse("staff:catalogue_intake_change", args=[pk])
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("Applicants read this, word for word.")
    if request.method == "POST" and form.is_valid():
        applications.call_off(intake, **form.cleaned_data, by=request.actor, at=now())
        messages.success(request, _("The call is called off."))
        return redirect(back)
    waiting = Application.objects.filter(intake=intake, status__in=LIVE).count()
    context = {
        "title": _("Call off: %(call)s") % {"call": intake.title},
        "what": [_("The call takes no applications and makes no decisions, for good."), _("What was written stays with its authors.")],
        "told": [
            ngettext("%(n)d startup with an application under way.", "%(n)d startups with an application under way.", waiting) % {"n": waiting},
            _("All programme officers and managers, in the app."),
        ],
        "form": form,
        "button": _("Call off"),
        "danger": True,
        "cancel_url": back,
        "crumbs": [Crumb(intake.title, back), Crumb(_("Call off"))],
    }
    return staff.draw(request, "staff/confirm.html", context, status=422 if form.is_bound else 200)
