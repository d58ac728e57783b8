"""Which startups and disclosures; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from incubator.accounts.querysets import for_staff
from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.outbox.models import Edition

if TYPE_CHECKING:
    from incubator.startups.models import Disclosure, Startup

SUMMARY, FULL = 2, 3
HIDDEN_PROFILES = ("suspended", "archived")
TOPIC = "startups"  # everything of which outsiders are shown something
# Another text after every change of what is shown to anybody, and after every disclosure that has run out. Value: `_now`.
EDITION = f"""({Edition.sql(TOPIC)})::text
    || coalesce((SELECT max(expires_at) FROM startups_disclosure WHERE status = 'active' AND expires_at <= %(_now)s)::text, '')"""  # noqa: S608 - names of ours


class AreaQuerySet(models.QuerySet["Area"]):  # type: ignore[name-defined]
    def names(self, kind: str = "") -> dict[str, str]:
        """The words for the codes of one taxonomy, or of both. One query; the taxonomies are short."""
        rows = self.filter(kind=kind) if kind else self
        return dict(rows.order_by("position", "pk").values_list("slug", "name"))

    def visible_to(self, actor: Actor) -> AreaQuerySet:
        """The taxonomies are no secret."""
        return self


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def live(self) -> DisclosureQuerySet:
        """Neither taken back nor run out."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now()), status="active")

    def reaching(self, actor: Actor) -> DisclosureQuerySet:
        """The live disclosures whose audience includes the actor's organisation. Those to all are not for sandboxes."""
        if actor.is_sandbox and actor.organisation_id is not None:
            return self.live().filter(audience="organisation", organisation_id=actor.organisation_id)
        audience = Q(audience="public")
        if actor.organisation_kind == "partner":
            audience |= Q(audience="partners")
        if actor.organisation_kind == "investor":
            audience |= Q(audience="investors")
        if actor.organisation_id is not None:
            audience |= Q(audience="organisation", organisation_id=actor.organisation_id)
        return self.live().filter(audience)

    def visible_to(self, actor: Actor) -> DisclosureQuerySet:
        """Staff see all, a startup's people its own; nobody else sees who else may look."""
        if is_staff(actor):
            return for_staff(self, actor, "startup__organisation")
        return self.filter(startup__organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def switches(self, startup: Startup) -> DisclosureQuerySet:
        """The open row that the startup's visibility switch stands for: one at most."""
        return self.filter(startup=startup, status="active", source="founder", audience__in=("partners", "public"))

    def locked(self, pk: UUID) -> Disclosure:
        return self.select_for_update(of=("self",)).select_related("startup").get(pk=pk)


class StartupQuerySet(models.QuerySet["Startup"]):
    def visible_to(self, actor: Actor) -> StartupQuerySet:
        """One EXISTS on Disclosure for outsiders; a startup's own people see it; staff see all.

        Reviewers see no startup as such: they read applications. Archived and suspended profiles are the park's.
        """
        if is_staff(actor):
            return for_staff(self, actor)
        disclosures = apps.get_model("startups", "Disclosure")._default_manager
        disclosed = Exists(disclosures.reaching(actor).filter(startup_id=OuterRef("pk")))
        open_to_outsiders = Q(disclosed) & ~Q(profile__in=HIDDEN_PROFILES)
        if actor.organisation_kind == "startup":
            return self.filter(Q(organisation_id=actor.organisation_id) | open_to_outsiders)
        return self.filter(open_to_outsiders)

    def in_the_park(self) -> StartupQuerySet:
        """Those that exist: neither put away nor invented."""
        return self.exclude(profile="archived").filter(organisation__is_sandbox=False)

    def owned_by(self, actor: Actor) -> StartupQuerySet:
        """The startup the actor acts for, if it is one."""
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def with_level(self, actor: Actor) -> StartupQuerySet:
        """Annotates `level`: the highest that reaches the actor (1 teaser, 2 summary, 3 full)."""
        disclosures = apps.get_model("startups", "Disclosure")._default_manager
        highest = disclosures.reaching(actor).filter(startup_id=OuterRef("pk")).order_by().values("startup_id").annotate(highest=Max("level")).values("highest")
        return self.annotate(level=Subquery(highest))

    def disclosed_to(self, actor: Actor) -> StartupQuerySet:
        """What others disclosed to the actor's organisation, each with its `level`. Never more than `visible_to`."""
        disclosures = apps.get_model("startups", "Disclosure")._default_manager
        # Asked for as well as shown: so Postgres may begin with the disclosures, where few of many startups are shown.
        disclosed = Exists(disclosures.reaching(actor).filter(startup_id=OuterRef("pk")))
        return self.with_level(actor).filter(Q(disclosed)).exclude(profile__in=HIDDEN_PROFILES)

    def matching(self, text: str) -> StartupQuerySet:
        """Of `disclosed_to`, those whose shown words match: nothing hidden can be found by searching for it.

        Every word has to be there, so a match in the pitch is one in `search` too, and the index narrows first.
        """
        words = Q(search=SearchQuery(text, config="english")) | Q(search=SearchQuery(text, config="simple"))
        shown = Q(level__gte=SUMMARY, is_stealth=False) | Q(pitch_words=SearchQuery(text, config="english"))
        return self.alias(pitch_words=SearchVector("pitch", config="english")).filter(words).filter(shown)

    def wanting(self, expertise: str) -> StartupQuerySet:
        """Of `disclosed_to`, those that show that they want this expertise."""
        return self.filter(Q(level__gte=SUMMARY), expertise_wanted__contains=[expertise])

    def with_focus(self, focus: str) -> StartupQuerySet:
        return self.filter(focus_areas__contains=[focus])

    def locked(self, pk: UUID) -> Startup:
        return self.select_for_update().get(pk=pk)


class DocumentQuerySet(models.QuerySet["Document"]):  # type: ignore[name-defined]
    def disclosed_to(self, actor: Actor) -> DocumentQuerySet:
        """Documents chosen in a live full disclosure that reaches the actor, of startups open to outsiders."""
        chosen = apps.get_model("startups", "Disclosure").documents.through._default_manager
        live = apps.get_model("startups", "Disclosure")._default_manager.reaching(actor).filter(level=FULL)
        reaching = Exists(chosen.filter(document_id=OuterRef("pk"), disclosure_id__in=live.values("pk")))
        return self.filter(reaching).exclude(startup__profile__in=HIDDEN_PROFILES)


class DisclosureReadQuerySet(models.QuerySet["DisclosureRead"]):  # type: ignore[name-defined]
    def of(self, startup_id: UUID) -> DisclosureReadQuerySet:
        return self.filter(startup_ids__contains=[startup_id])

    def by_day(self, *, limit: int = 200) -> list[dict[str, Any]]:
        """Per day, organisation, kind and person how often, newest day first. People are named unless they only listed."""
        person = Case(When(kind="listed", then=Value("")), default=Coalesce("user__name", Value("")))
        lines = (
            self.annotate(day=TruncDate("at"), person=person)
            .values("day", "organisation_id", "organisation__name", "kind", "person")
            .annotate(times=Count("pk"), last_at=Max("at"))
            .order_by("-day", "organisation__name", "organisation_id", "kind", "person")
        )
        return list(lines[:limit])
