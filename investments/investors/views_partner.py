"""The organisation's own investor profile."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.web.confirming import posted
from incubator.web.parts import Next
from incubator.web.refusals import on_form, refusals_shown
from investments.investors import operations as investors
from investments.investors.forms import ProfileForm
from investments.investors.models import InvestorProfile
from investments.investors.states import InvestorState


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner")
@refusals_shown
def profile(request: PortalRequest) -> HttpResponse:
    """Say who one is as an investor, and see whether the park has verified it."""
    row = InvestorProfile.objects.visible_to(request.actor).first()
    form = ProfileForm(posted(request), instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, row, form)
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. The park looks at it and tells you."))
            return redirect("partner:investors:profile")
    saved = InvestorProfile.objects.visible_to(request.actor).first()
    context = {"profile": saved, "form": form, "next": _next(saved)}
    return render(request, "partner/investors/profile.html", context, status=422 if form.errors else 200)


def _save(request: PortalRequest, row: InvestorProfile | None, form: ProfileForm) -> None:
    assert request.organisation is not None
    if row is None:
        investors.register(request.organisation, **form.cleaned_data, by=request.actor, at=now())
    else:
        investors.edit(row, **form.cleaned_data, by=request.actor, at=now())


def _next(profile: InvestorProfile | None) -> Next:
    if profile is None:
        return Next(_("Tell the park what kind of investor you are"), _("The park verifies investors before offers are shown to them"), tone="mine")
    if profile.is_verified(today()):
        return Next(_("Verified: rounds that are listed to you are open"), "", profile.verified_until, tone="done")
    if profile.status == InvestorState.SUSPENDED:
        return Next(_("Suspended: write to your contact at the park"), "", tone="rest")
    if profile.status == InvestorState.PENDING:
        return Next(_("The park asks for your evidence and verifies the profile"), _("You wait for the park"))
    return Next(_("Send fresh evidence to the park, which verifies you for another year"), _("The park waits for you"), tone="mine")
