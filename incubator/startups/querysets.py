"""Which startups and disclosures; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor
from incubator.lib.clock import now

if TYPE_CHECKING:
    from incubator.startups.models import Disclosure, Startup


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def live(self) -> DisclosureQuerySet:
        """Neither taken back nor run out."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now()), status="active")

    def reaching(self, actor: Actor) -> DisclosureQuerySet:
        """The live disclosures whose audience includes the actor's organisation."""
        audience = Q(audience="public")
        if actor.organisation_kind == "partner":
            audience |= Q(audience="partners")
        if actor.organisation_id is not None:
            audience |= Q(audience="organisation", organisation_id=actor.organisation_id)
        return self.live().filter(audience)

    def visible_to(self, actor: Actor) -> DisclosureQuerySet:
        """Staff see all, a startup's people its own; nobody else sees who else may look."""
        if is_staff(actor):
            return self
        return self.filter(startup__organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def locked(self, pk: UUID) -> Disclosure:
        return self.select_for_update(of=("self",)).select_related("startup").get(pk=pk)


class StartupQuerySet(models.QuerySet["Startup"]):
    def visible_to(self, actor: Actor) -> StartupQuerySet:
        """One EXISTS on Disclosure for outsiders; a startup's own people see it; staff see all.

        Reviewers see no startup as such: they read applications. Archived and suspended profiles are the park's.
        """
        if is_staff(actor):
            return self
        disclosures = apps.get_model("startups", "Disclosure")._default_manager
        disclosed = Exists(disclosures.reaching(actor).filter(startup_id=OuterRef("pk")))
        open_to_outsiders = Q(disclosed) & ~Q(profile__in=("suspended", "archived"))
        if actor.organisation_kind == "startup":
            return self.filter(Q(organisation_id=actor.organisation_id) | open_to_outsiders)
        return self.filter(open_to_outsiders)

    def owned_by(self, actor: Actor) -> StartupQuerySet:
        """The startup the actor acts for, if it is one."""
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def with_level(self, actor: Actor) -> StartupQuerySet:
        """Annotates `level`: the highest that reaches the actor (1 teaser, 2 summary, 3 full)."""
        disclosures = apps.get_model("startups", "Disclosure")._default_manager
        highest = disclosures.reaching(actor).filter(startup_id=OuterRef("pk")).order_by().values("startup_id").annotate(highest=Max("level")).values("highest")
        return self.annotate(level=Subquery(highest))

    def locked(self, pk: UUID) -> Startup:
        return self.select_for_update().get(pk=pk)
