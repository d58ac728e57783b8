"""Who belongs where, as the park's administrators and managers arrange it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incubator.accounts import access
from incubator.accounts import operations as accounts
from incubator.accounts.access import PortalRequest, portal
from incubator.accounts.forms import InviteForm, RoleForm
from incubator.accounts.models import Invitation, Membership, Organisation, User
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.web import staff
from incubator.web.parts import Crumb
from incubator.web.refusals import on_form, refusals_shown


def _organisation(organisation_id: UUID) -> str:
    return reverse("staff:accounts_organisation_change", args=[organisation_id])


@require_http_methods(["GET", "POST"])
@portal("staff")
def invite(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Invite somebody into an organisation with one of the roles this person may give there."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.actor), pk=pk)
    roles = access.roles_to_give(request.actor, organisation)
    if not roles:
        raise Http404
    form = InviteForm(request.POST or None, roles=roles)
    if form.is_valid():
        try:
            invitation = accounts.invite(organisation, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
            return redirect(_organisation(pk))
    context = {
        "title": _("Invite somebody to %(organisation)s") % {"organisation": organisation.name},
        "what": [_("They get a mail with a link that works once, for 14 days."), _("Accepting it gives them the role.")],
        "told": [_("The person with this address, by mail.")],
        "form": form,
        "button": _("Send the invitation"),
        "cancel_url": _organisation(pk),
        "crumbs": [Crumb(organisation.name, _organisation(pk)), Crumb(_("Invite"))],
    }
    return staff.draw(request, "staff/confirm.html", context, status=422 if form.is_bound else 200)


@require_POST
@portal("staff")
@refusals_shown
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Make an invitation's link worthless."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
    if not access.may_give(request.actor, invitation.organisation, invitation.role):
        raise Http404
    accounts.revoke_invitation(invitation, by=request.actor, at=now())
    messages.success(request, _("The invitation of %(email)s is withdrawn; its link no longer works.") % {"email": invitation.email})
    return redirect(_organisation(invitation.organisation_id))


@require_POST
@portal("staff")
@refusals_shown
def give_role(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Give somebody who has an account a role in the park."""
    user = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    park = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    form = RoleForm(request.POST, roles=access.roles_to_give(request.actor, park))
    if not form.is_valid():
        raise Http404
    membership = accounts.give_role(user, park, form.cleaned_data["role"], by=request.actor, at=now())
    messages.success(request, _("%(name)s now has the role “%(role)s”.") % {"name": user.name, "role": membership.get_role_display()})
    return redirect("staff:accounts_user_change", pk)


@require_http_methods(["GET", "POST"])
@portal("staff")
@refusals_shown
def remove(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take a role back: first says what will happen."""
    membership = get_object_or_404(Membership.objects.visible_to(request.actor).select_related("user", "organisation"), pk=pk)
    if not access.may_give(request.actor, membership.organisation, membership.role) or membership.user_id == request.actor.user_id:
        raise Http404
    back = reverse("staff:accounts_user_change", args=[membership.user_id])
    if request.method == "POST":
        accounts.leave(membership, by=request.actor, at=now())
        messages.success(request, _("Done: %(name)s no longer has that role.") % {"name": membership.user.name})
        return redirect(back)
    facts = {"name": membership.user.name, "role": membership.get_role_display(), "organisation": membership.organisation.name}
    context = {
        "title": _("Take a role back from %(name)s") % facts,
        "what": [_("%(name)s no longer has the role “%(role)s” at %(organisation)s.") % facts, _("What the person wrote or decided stays in the history.")],
        "told": [],
        "button": _("Take the role back"),
        "danger": True,
        "cancel_url": back,
        "crumbs": [Crumb(membership.user.name, back), Crumb(_("Take a role back"))],
    }
    return staff.draw(request, "staff/confirm.html", context)
