"""Which deliveries, notices and endpoints."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, Expression, OuterRef, Q, Subquery, Value, When

from incubator.accounts.querysets import for_staff
from incubator.lib.actor import Actor

DELIVERY_READERS = frozenset({"officer", "manager", "admin"})
ENDPOINT_KEEPERS = frozenset({"partnership", "admin"})


class DeliveryQuerySet(models.QuerySet["Delivery"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> DeliveryQuerySet:
        """Officers, managers and administrators of the park see all; an organisation what went to its own endpoints."""
        if actor.kind == "system" or (actor.organisation_kind == "park" and actor.roles & DELIVERY_READERS):
            return self if actor.kind == "system" else self.filter(Q(endpoint__isnull=True) | Q(endpoint__organisation__is_sandbox=False))
        if actor.organisation_kind in ("partner", "investor") and actor.organisation_id:
            return self.to_endpoints_of(actor.organisation_id)
        return self.none()

    def to_endpoints_of(self, organisation: UUID | Expression) -> DeliveryQuerySet:
        """What went to the endpoints of an organisation; of its people's mails nothing."""
        return self.filter(organisation_id=organisation, endpoint__isnull=False)


class AttemptQuerySet(models.QuerySet["Attempt"]):  # type: ignore[name-defined]
    """Tries have no reader of their own: whoever may see a delivery may see its tries."""

    def of(self, *deliveries: UUID) -> AttemptQuerySet:
        """The tries of deliveries that were found by `visible_to`, each delivery's last first."""
        return self.filter(delivery__in=deliveries).order_by("delivery_id", "-number")

    def of_the_outer(self) -> AttemptQuerySet:
        """In a subquery of deliveries: the tries of each, the last first."""
        return self.filter(delivery=OuterRef("pk")).order_by("-number")

    def last_answers(self, *deliveries: UUID) -> dict[UUID, int | None]:
        """The answer to the last try of each delivery. One query."""
        return dict(self.of(*deliveries).distinct("delivery_id").values_list("delivery_id", "response_code"))


class NotificationQuerySet(models.QuerySet["Notification"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> NotificationQuerySet:
        """A person's own, nobody else's."""
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def in_portal(self, portal: str) -> NotificationQuerySet:
        """Those whose page is in the portal, and those whose page is in none."""
        return self.filter(portal__in=("", portal))

    def apps(self) -> set[str]:
        """Whose kinds they are of. One query."""
        return {kind.partition(".")[0] for kind in self.order_by().values_list("kind", flat=True).distinct()}

    def about(self, app: str) -> NotificationQuerySet:
        """Those of one app's kinds."""
        return self.filter(kind__startswith=f"{app}.")

    def threads(self) -> NotificationQuerySet:
        """The newest line of each thing among these, with `lines` (how many it has) and `is_unread` (whether any is).

        Starts from one person's notices; a thread is found by the index on person and thing.
        """
        same = self.order_by().filter(subject_id=OuterRef("subject_id"))
        newest = self.filter(~Exists(same.filter(pk__gt=OuterRef("pk"))))
        lines = same.values("subject_id").annotate(lines=Count("pk")).values("lines")
        found: NotificationQuerySet = newest.annotate(is_unread=Exists(same.unread()), lines=Subquery(lines))
        return found

    def lines(self) -> NotificationQuerySet:
        """Each on its own, with `is_unread`."""
        unread = Case(When(read_at__isnull=True, then=Value(True)), default=Value(False), output_field=models.BooleanField())
        found: NotificationQuerySet = self.annotate(is_unread=unread)
        return found

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def read(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=False)


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> WebhookEndpointQuerySet:
        """An organisation's own; for the park its partnership managers and administrators see all."""
        return self.ever_visible_to(actor).kept()

    def ever_visible_to(self, actor: Actor) -> WebhookEndpointQuerySet:
        """The same with those that were removed: for the answer to the step that removes."""
        if actor.kind == "system" or (actor.organisation_kind == "park" and actor.roles & ENDPOINT_KEEPERS):
            return for_staff(self, actor)
        if actor.organisation_kind in ("partner", "investor") and actor.organisation_id:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def kept(self) -> WebhookEndpointQuerySet:
        return self.exclude(status="removed")

    def ready(self) -> WebhookEndpointQuerySet:
        """Switched on, and not held back by the breaker (by Postgres' clock)."""
        return self.filter(Q(broken_until__isnull=True) | Q(broken_until__lte=models.functions.Now()), status="active")
