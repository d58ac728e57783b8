"""The people of an organisation: the same page for startups and for partners."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts import access
from incubator.accounts import operations as accounts
from incubator.accounts.access import PortalRequest
from incubator.accounts.forms import InviteForm
from incubator.accounts.models import Invitation, Membership, Organisation, User
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

MOST = 200  # people and open invitations shown; a bigger house asks the park


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the team: a person and the memberships they hold here."""

    user: User
    memberships: list[Membership] = field(default_factory=list)


def people(organisation: Organisation) -> list[Person]:
    """The organisation's people with their roles, by name. One query."""
    found: dict[UUID, Person] = {}
    for membership in Membership.objects.filter(organisation=organisation).for_team()[:MOST]:
        found.setdefault(membership.user_id, Person(membership.user)).memberships.append(membership)
    return list(found.values())


def open_invitations(organisation: Organisation) -> list[Invitation]:
    """What was offered and not yet answered, newest first. One query."""
    return list(Invitation.objects.filter(organisation=organisation).open().select_related("invited_by").order_by("-created_at", "-pk")[:MOST])


def team_context(organisation: Organisation, actor: Actor, form: InviteForm | None = None) -> dict[str, object]:
    """What the list of people and the form below it need. Two queries."""
    roles = access.roles_to_give(actor, organisation)
    found = people(organisation)
    return {
        "organisation": organisation,
        "people": found,
        "removable": {one.pk for person in found for one in person.memberships if one.role in roles and person.user.pk != actor.user_id},
        "invitations": open_invitations(organisation),
        "may_manage": bool(roles),
        "form": form or InviteForm(roles=roles),
        "reader": actor.user_id,
    }


def own(request: PortalRequest) -> Organisation:
    """The organisation acted for; the portal's gate lets nobody in without one."""
    assert request.organisation is not None
    return request.organisation


@require_safe
def team(request: PortalRequest) -> HttpResponse:
    return _page(request)


@require_POST
@refusals_shown
def invite(request: PortalRequest) -> HttpResponse:
    """Send an invitation; what is wrong with it is shown at the form."""
    organisation = own(request)
    form = InviteForm(request.POST, roles=access.roles_to_give(request.actor, organisation))
    if not form.is_valid():
        return _page(request, form)
    try:
        invitation = accounts.invite(organisation, **form.cleaned_data, by=request.actor, at=now())
    except Invalid as refusal:
        form.add_error(refusal.field, str(refusal.message))
        return _page(request, form)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect(f"{request.portal}:accounts:team")


@require_POST
@refusals_shown
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Make an invitation's link worthless."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
    accounts.revoke_invitation(invitation, by=request.actor, at=now())
    messages.success(request, _("The invitation of %(email)s is withdrawn; its link no longer works.") % {"email": invitation.email})
    return redirect(f"{request.portal}:accounts:team")


@require_http_methods(["GET", "POST"])
@refusals_shown
def remove(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take a role back, or lay one's own down: first says what will happen."""
    memberships = Membership.objects.visible_to(request.actor).select_related("user", "organisation")
    membership = get_object_or_404(memberships, pk=pk)
    back = f"{request.portal}:accounts:team"
    leaving = membership.user_id == request.actor.user_id
    if request.method == "POST":
        accounts.leave(membership, by=request.actor, at=now())
        messages.success(request, _("Done: %(name)s no longer has that role.") % {"name": membership.user.name})
        return redirect("home:after_login" if leaving else back)
    facts = {"name": membership.user.name, "role": membership.get_role_display(), "organisation": membership.organisation.name}
    context = {
        "layout": f"{request.portal}/base.html",
        "title": _("Leave the team") if leaving else _("Remove %(name)s") % facts,
        "what": [
            _("%(name)s no longer has the role “%(role)s” at %(organisation)s.") % facts,
            _("What was written stays; with another invitation the person can come back."),
        ],
        "told": [],
        "button": _("Leave the team") if leaving else _("Remove from the team"),
        "danger": True,
        "cancel_url": reverse(back),
        "crumbs": [Crumb(_("Team"), reverse(back)), Crumb(_("Remove"))],
    }
    return render(request, "partials/confirm.html", context)


def _page(request: PortalRequest, form: InviteForm | None = None) -> HttpResponse:
    context = team_context(own(request), request.actor, form)
    return render(request, "accounts/team.html", {**context, "layout": f"{request.portal}/base.html"}, status=422 if form is not None else 200)
