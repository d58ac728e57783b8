"""Which offerings, requests and sessions; who may see them; what is free this month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from incubator.accounts.models import Organisation
from incubator.accounts.querysets import for_staff
from incubator.lib.actor import Actor
from programmes.expertise.states import OPEN

if TYPE_CHECKING:
    from incubator.startups.models import Startup
    from programmes.expertise.models import Offering, Session, SupportRequest

# The park's people who work with partners' expertise. Programmes, money and rooms have others.
LOOKING = frozenset({"officer", "readonly", "manager", "partnership", "admin"})
# Which startups an offering may be for, by where they stand in the park.
POPULATIONS = {"incubatee": "incubatees", "park_company": "park_companies"}


def looks(actor: Actor) -> bool:
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & LOOKING))


class OfferingQuerySet(models.QuerySet["Offering"]):
    def visible_to(self, actor: Actor) -> OfferingQuerySet:
        """The park sees all; a partner its own; startups what is published by partners with access."""
        if looks(actor):
            return for_staff(self, actor)
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind in ("partner", "investor"):  # an investor has none
            return self.filter(organisation_id=actor.organisation_id)
        return self.on_offer() if actor.organisation_kind == "startup" else self.none()

    def on_offer(self) -> OfferingQuerySet:
        """Published, by a real partner whose agreement gives access."""
        return self.filter(status="published", organisation__in=Organisation.objects.with_access().filter(is_sandbox=False))

    def with_free(self, month: date) -> OfferingQuerySet:
        """Annotates `taken` and `free`: of the capacity of this month. Nothing of it is stored."""
        requests = apps.get_model("expertise", "SupportRequest")._default_manager
        total = requests.filter(offering=OuterRef("pk"), counts_in=month).order_by().values("offering").annotate(total=Sum("amount")).values("total")
        number = models.IntegerField()
        rows = self.annotate(taken=Coalesce(Subquery(total, output_field=number), Value(0), output_field=number))
        return rows.annotate(free=models.ExpressionWrapper(F("capacity") - F("taken"), output_field=number))

    def with_room(self) -> OfferingQuerySet:
        """Of `with_free`, those that have something left."""
        return self.filter(Q(free__gt=0))

    def with_rating(self) -> OfferingQuerySet:
        """Annotates `rating` (none without any) and `rated`: how many startups gave one."""
        requests = apps.get_model("expertise", "SupportRequest")._default_manager
        rated = requests.filter(offering=OuterRef("pk"), rating__isnull=False).order_by().values("offering")
        return self.annotate(
            rating=Subquery(rated.annotate(mean=Avg("rating")).values("mean"), output_field=models.FloatField()),
            rated=Coalesce(Subquery(rated.annotate(number=Count("pk")).values("number"), output_field=models.IntegerField()), Value(0)),
        )

    def serving(self, startup: Startup) -> OfferingQuerySet:
        """Those that this startup may ask for. `eligibility.why_not` says the same in words."""
        population = POPULATIONS.get(startup.park_stage)
        if population is None:
            return self.none()
        rows = self.filter(Q(focus_areas=[]) | Q(focus_areas__overlap=list(startup.focus_areas)), serves__in=("both", population))
        return rows.filter(Q(stages=[]) | Q(stages__contains=[startup.stage]))

    def suggested_to(self, startup: Startup, month: date) -> OfferingQuerySet:
        """What fits the help that the startup wants, has room, and is not asked for already; the best rated first."""
        requests = apps.get_model("expertise", "SupportRequest")._default_manager
        asked = requests.filter(offering=OuterRef("pk"), startup=startup, status__in=("draft", *OPEN))
        rows = self.on_offer().serving(startup).with_free(month).with_rating().with_room().filter(~Exists(asked), area__in=list(startup.expertise_wanted))
        return rows.select_related("organisation").order_by(F("rating").desc(nulls_last=True), F("free").desc(), "pk")

    def chosen(self, area: str, kind: str) -> OfferingQuerySet:
        """Narrowed by the chips of a list; an empty one leaves all."""
        rows = self.filter(area=area) if area else self
        return rows.filter(kind=kind) if kind else rows

    def by_partner(self, text: str) -> OfferingQuerySet:
        """Of one partner, by its id; of none for what is no id."""
        try:
            return self.filter(organisation_id=UUID(text))
        except ValueError:
            return self.none()

    def partner_names(self) -> list[tuple[str, str]]:
        """Id and name of whoever offers, for a filter. One query."""
        pairs = self.order_by("organisation__name", "organisation_id").values_list("organisation_id", "organisation__name").distinct()[:30]
        return [(str(pk), name) for pk, name in pairs]

    def matching(self, text: str) -> OfferingQuerySet:
        return self.filter(Q(title__icontains=text) | Q(description__icontains=text) | Q(organisation__name__icontains=text))

    def locked(self, pk: UUID) -> Offering:
        return self.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    def visible_to(self, actor: Actor) -> SupportRequestQuerySet:
        """The park sees what was sent; a startup its own; a partner what was offered to it."""
        if looks(actor):
            return for_staff(self.filter(sent_at__isnull=False), actor, "startup__organisation")
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind == "startup":
            return self.filter(startup__organisation_id=actor.organisation_id)
        if actor.organisation_kind in ("partner", "investor"):
            return self.filter(offering__organisation_id=actor.organisation_id, offered_at__isnull=False)
        return self.none()

    def for_pages(self) -> SupportRequestQuerySet:
        return self.select_related("offering__organisation", "startup__organisation")

    def about(self, text: str) -> SupportRequestQuerySet:
        """Of a partner's: by what it offers and what it was told."""
        return self.filter(Q(offering__title__icontains=text) | Q(brief__icontains=text) & ~Q(status__in=("withdrawn", "expired")))

    def open(self) -> SupportRequestQuerySet:
        return self.filter(status__in=OPEN)

    def to_follow_up(self, at: datetime, today: date, *, quiet: timedelta, closing: timedelta) -> SupportRequestQuerySet:
        """Those the clock has to look at: a term is over, or a startup has not confirmed what was delivered."""
        late = Q(status="submitted", triage_due_on__lt=today, late_at__isnull=True)
        unanswered = Q(status="offered_to_partner", answer_due_on__lt=today)
        unconfirmed = Q(status="delivered", delivered_at__lte=at - quiet, reminded_at__isnull=True) | Q(status="delivered", delivered_at__lte=at - closing)
        return self.filter(late | unanswered | unconfirmed).order_by("updated_at", "pk")

    def locked(self, pk: UUID) -> SupportRequest:
        return self.select_for_update(of=("self",)).for_pages().get(pk=pk)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: Actor) -> SessionQuerySet:
        """Those of the requests one may see."""
        requests: Any = apps.get_model("expertise", "SupportRequest")._default_manager
        return self.filter(request__in=requests.visible_to(actor))

    def of(self, asked: SupportRequest) -> SessionQuerySet:
        """Those of one request, which the caller may see."""
        return self.filter(request=asked)

    def to_remind_of(self, at: datetime, *, ahead: timedelta, after: timedelta) -> SessionQuerySet:
        """Planned ones that begin soon, and those that are long over and were not logged."""
        soon = Q(reminded_at__isnull=True, starts_at__gt=at, starts_at__lte=at + ahead)
        unlogged = Q(missed_at__isnull=True, starts_at__lte=at - after)
        return self.filter(soon | unlogged, status="planned").order_by("starts_at", "pk")

    def locked(self, pk: UUID) -> Session:
        return self.select_for_update(of=("self",)).select_related("request__offering__organisation", "request__startup__organisation").get(pk=pk)
