"""People and organisations in the staff site: looked up here, changed by their own operations."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from incubator.accounts import access
from incubator.accounts.forms import InviteForm, RoleForm
from incubator.accounts.models import Membership, Organisation, User
from incubator.accounts.views_team import team_context
from incubator.lib.actor import Actor
from incubator.outbox.timeline import timeline
from incubator.web.admin import RecordAdmin
from incubator.web.staff import site


class LookedUp(RecordAdmin):
    """Read-only here; what can be done with the row stands below its facts."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        context = {**(extra_context or {}), **(self.around(row, request.actor) if row else {})}  # type: ignore[attr-defined]
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def around(self, row: Any, actor: Actor) -> dict[str, Any]:
        raise NotImplementedError

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(self.fields or ())


class UserAdmin(LookedUp):
    list_display = ("name", "email", "roles_held", "is_active", "last_login")
    list_filter = ("memberships__role",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    fields = ("name", "email", "phone", "time_zone", "is_active", "last_login", "created_at")
    change_form_outer_after_template = "staff/accounts/_roles.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        memberships = Membership.objects.select_related("organisation").order_by("organisation__name", "role", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", queryset=memberships))

    @display(description=_("Roles"))  # type: ignore[untyped-decorator]
    def roles_held(self, user: User) -> str:
        return "; ".join(f"{one.get_role_display()}, {one.organisation.name}" for one in user.memberships.all()[:5])

    def around(self, row: Any, actor: Actor) -> dict[str, Any]:
        park = Organisation.objects.park().get(pk=str(actor.organisation_id))
        roles = access.roles_to_give(actor, park) if row.pk != actor.user_id else []
        memberships = [(one, access.may_give(actor, one.organisation, one.role) and row.pk != actor.user_id) for one in row.memberships.all()]
        return {
            "row": row,
            "held": memberships,
            "role_form": RoleForm(roles=roles) if roles else None,
            "give_url": reverse("staff:accounts:give_role", args=[row.pk]),
            "entries": timeline(row.pk),
        }


class OrganisationAdmin(LookedUp):
    list_display = ("name", "kind", "has_access", "access_until")
    list_filter = ("kind", "has_access")
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ("name", "kind", "has_access", "access_until", "created_at")
    change_form_outer_after_template = "staff/accounts/_team.html"

    def around(self, row: Any, actor: Actor) -> dict[str, Any]:
        context = team_context(row, actor, InviteForm(roles=access.roles_to_give(actor, row)))
        return {**context, "row": row, "invite_url": reverse("staff:accounts:invite", args=[row.pk]), "entries": timeline(row.pk)}


site.register(User, UserAdmin)
site.register(Organisation, OrganisationAdmin)
