"""Which texts; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, When

from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from incubator.texts.models import MessageText

WRITERS = frozenset({"manager", "admin"})


class MessageTextQuerySet(models.QuerySet["MessageText"]):
    def visible_to(self, actor: Actor) -> MessageTextQuerySet:
        """Programme managers and administrators of the park."""
        if actor.kind == "system" or (actor.organisation_kind == "park" and actor.roles & WRITERS):
            return self
        return self.none()

    def used(self) -> MessageTextQuerySet:
        return self.filter(is_used=True)

    def for_reader(self, kind: str, audience: str, language: str) -> MessageText | None:
        """The words that a reader of this language gets: in their language, else in English, else none of ours. One query."""
        wanted = self.used().filter(kind=kind, audience=audience, language__in={language, settings.LANGUAGE_CODE})
        return wanted.order_by(Case(When(language=language, then=0), default=1)).first()

    def names(self) -> set[tuple[str, str]]:
        """Of which kinds and audiences they are. One query."""
        return set(self.values_list("kind", "audience"))

    def versions_of(self, kind: str, audience: str, language: str) -> MessageTextQuerySet:
        """The row whose events are the versions of a text; none if nobody ever wrote one."""
        return self.filter(kind=kind, audience=audience, language=language)
