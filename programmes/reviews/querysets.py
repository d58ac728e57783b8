"""Which assignments; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from incubator.lib.actor import Actor
from programmes.applications import access
from programmes.reviews import states

if TYPE_CHECKING:
    from programmes.reviews.models import Assignment


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, actor: Actor) -> AssignmentQuerySet:
        """Who works on applications sees all but those of startups they are tied to; a reviewer their own, likewise."""
        if actor.kind == "system":
            return self
        if actor.organisation_kind != "park":
            return self.none()
        from programmes.applications.models import Application

        rows = self.filter(application__in=Application.objects.all().without_conflict(actor))
        if access.reads_applications(actor) or access.decides(actor):
            return rows
        return rows.filter(reviewer_id=actor.user_id)

    def asked_of(self, actor: Actor) -> AssignmentQuerySet:
        """The reviews this person was asked for and may read for: sent to review, not given back, no conflict."""
        return (
            self.visible_to(actor)
            .filter(reviewer_id=actor.user_id, status__in=states.ACTIVE)
            .exclude(application__status__in=("submitted", "screening", "info_requested", "ineligible"))
        )

    def open(self) -> AssignmentQuerySet:
        """Those still to be done, of applications that wait for reviews."""
        return self.filter(status__in=states.OPEN, application__status="in_review")

    def counted(self) -> AssignmentQuerySet:
        """Those whose review counts."""
        return self.filter(status__in=states.COUNTED)

    def for_queue(self) -> AssignmentQuerySet:
        """With what a line of the reviewer's queue shows: the application, and how many criteria are scored of how many."""
        done = Q(review__scores__value__isnull=False) | Q(review__scores__is_not_applicable=True)
        return self.select_related("application__intake", "application__startup", "review").annotate(
            scored=Count("review__scores", filter=done, distinct=True),
            criteria=Count("application__intake__rubric__criteria", distinct=True),
        )

    def locked(self, pk: UUID) -> Assignment:
        return self.select_for_update(of=("self",)).select_related("application__intake", "application__startup", "reviewer").get(pk=pk)
