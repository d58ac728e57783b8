"""Which events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):  # type: ignore[name-defined]
    def about(self, *subject_ids: UUID) -> EventQuerySet:
        """The history of one or more aggregates, newest first."""
        return self.filter(subject_id__in=subject_ids).order_by("-at", "-id")

    def about_rows(self, rows: models.QuerySet[Any, Any]) -> EventQuerySet:
        """Events about any of the rows, which the caller found by `visible_to`."""
        return self.filter(subject_id__in=rows.values("pk"))

    def told_to(self, audience: str) -> EventQuerySet:
        """Only what this audience («founder», «partner», …) was told; the rest stays inside the park."""
        return self.filter(told__contains=[{"audience": audience}])
