"""Which forms and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from programmes.forms.models import AnswerSet


class AnswerSetQuerySet(models.QuerySet["AnswerSet"]):
    def locked(self, pk: UUID) -> AnswerSet:
        """The set with its form version; nobody else saves or freezes its answers until the transaction ends."""
        return self.select_for_update(of=("self",)).select_related("form_version").get(pk=pk)


class FormVersionQuerySet(models.QuerySet["FormVersion"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> FormVersionQuerySet:
        """The park's own; applicants read a form through their application, the public on the programme's page."""
        return self if is_staff(actor) else self.none()
