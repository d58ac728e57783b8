"""Steps of a call that reach into applications and reviews: opening it again, calling it off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web.confirming import ReasonForm, ask_or_act, confirm, must_offer, posted
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import LIVE, Status
from programmes.catalogue.models import Intake
from programmes.reviews import operations as reviews


class ReopenForm(ReasonForm):
    closes_at = forms.DateTimeField(
        label=_lazy("New closing time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_lazy("In the park's time."),
    )
    field_order = ("closes_at", "reason")


class CallOffForm(ReasonForm):
    """The reason, which goes to applicants word for word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Applicants read this, word for word.")


def _intake(request: PortalRequest, pk: UUID, verb: str) -> Intake:
    intake = get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme"), pk=pk)
    must_offer(intake, verb, request, by=request.actor)
    return intake


@ask_or_act
@portal("staff")
@refusals_shown
def reopen_call(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask for the new deadline and the reason, then take applications again."""
    intake = _intake(request, pk, "reopen")
    back = reverse("staff:catalogue_intake_change", args=[pk])
    lapsed = Application.objects.filter(intake=intake, status=Status.LAPSED).count()
    return confirm(
        request,
        title=_("Open again: %(call)s") % {"call": intake.title},
        what=[
            _("The call takes applications until the new closing time."),
            ngettext("%(n)d draft that lapsed comes back to its author.", "%(n)d drafts that lapsed come back to their authors.", lapsed) % {"n": lapsed},
        ],
        told=[_("All programme officers and managers, in the app."), _("Founders whose drafts come back.")],
        form=ReopenForm(posted(request), initial={"closes_at": timezone.localtime(now() + timedelta(days=7))}),
        button=_("Open again"),
        act=lambda data, at: reviews.reopen_call(intake, **data, by=request.actor, at=at),
        done=_("The call is open again."),
        back=back,
        crumbs=[Crumb(intake.title, back), Crumb(_("Open again"))],
    )


@ask_or_act
@portal("staff")
@refusals_shown
def call_off(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, which every applicant reads, then call the call off."""
    intake = _intake(request, pk, "cancel")
    back = reverse("staff:catalogue_intake_change", args=[pk])
    waiting = Application.objects.filter(intake=intake, status__in=LIVE).count()
    return confirm(
        request,
        title=_("Call off: %(call)s") % {"call": intake.title},
        what=[_("The call takes no applications and makes no decisions, for good."), _("What was written stays with its authors.")],
        told=[
            ngettext("%(n)d startup with an application under way.", "%(n)d startups with an application under way.", waiting) % {"n": waiting},
            _("All programme officers and managers, in the app."),
        ],
        form=CallOffForm(posted(request)),
        button=_("Call off"),
        danger=True,
        act=lambda data, at: applications.call_off(intake, **data, by=request.actor, at=at),
        done=_("The call is called off."),
        back=back,
        crumbs=[Crumb(intake.title, back), Crumb(_("Call off"))],
    )
