"""Which programmes and intakes; who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from incubator.accounts.roles import is_staff
from incubator.lib.actor import ANONYMOUS, Actor

if TYPE_CHECKING:
    from programmes.catalogue.models import Intake, Programme

LISTED = ("published", "paused")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, actor: Actor) -> ProgrammeQuerySet:
        """Everybody sees what is published; staff see all. The invented one is for sandboxes, which see no other."""
        if is_staff(actor):
            return self if actor.kind == "system" else self.filter(is_sandbox=False)
        return self.filter(status__in=LISTED, is_sandbox=actor.is_sandbox)

    def open_now(self, at: datetime) -> ProgrammeQuerySet:
        """Those with a call that takes applications."""
        return self.filter(Exists(_intakes().accepting(at).filter(programme_id=OuterRef("pk"))))

    def matching(self, words: str) -> ProgrammeQuerySet:
        """Those that have every word in their title, line or description."""
        for word in words.split()[:6]:
            self = self.filter(Q(title__icontains=word) | Q(tagline__icontains=word) | Q(description__icontains=word))
        return self

    def for_public_list(self) -> ProgrammeQuerySet:
        """By title, each with its partner and its calls that the public may know, newest first. Two queries."""
        calls = _intakes().visible_to(ANONYMOUS).order_by("-opens_at", "-pk")
        return self.select_related("partner").prefetch_related(Prefetch("intakes", queryset=calls, to_attr="calls")).order_by("title", "pk")

    def locked(self, pk: UUID) -> Programme:
        return self.select_for_update().get(pk=pk)


def _intakes() -> IntakeQuerySet:
    found: IntakeQuerySet = apps.get_model("catalogue", "Intake")._default_manager.all()
    return found


class RubricQuerySet(models.QuerySet["Rubric"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> RubricQuerySet:
        """The park's own; the public reads a rubric on its programme's page."""
        return self if is_staff(actor) else self.none()


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, actor: Actor) -> IntakeQuerySet:
        """Everybody sees the calls of published programmes from the day they are scheduled; staff see all."""
        if is_staff(actor):
            return self if actor.kind == "system" else self.filter(programme__is_sandbox=False)
        return self.filter(programme__status__in=LISTED, programme__is_sandbox=actor.is_sandbox).exclude(status__in=("draft", "cancelled"))

    def accepting(self, at: datetime) -> IntakeQuerySet:
        """Those that take applications now, by date."""
        return self.filter(status__in=("scheduled", "open"), opens_at__lte=at, closes_at__gt=at, programme__status="published")

    def upcoming(self, at: datetime) -> IntakeQuerySet:
        """Announced calls that open later."""
        return self.filter(status="scheduled", opens_at__gt=at, programme__status="published")

    def for_calls(self) -> IntakeQuerySet:
        return self.select_related("programme__partner")

    def due_to_open(self, at: datetime) -> IntakeQuerySet:
        return self.filter(status="scheduled", opens_at__lte=at).order_by("opens_at", "pk")

    def due_to_close(self, at: datetime) -> IntakeQuerySet:
        return self.filter(status="open", closes_at__lte=at).order_by("closes_at", "pk")

    def by_deadline(self) -> IntakeQuerySet:
        return self.order_by("closes_at", "pk")

    def locked(self, pk: UUID) -> Intake:
        return self.select_for_update(of=("self",)).select_related("programme").get(pk=pk)
