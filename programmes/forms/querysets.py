"""Which answers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from programmes.forms.models import AnswerSet


class AnswerSetQuerySet(models.QuerySet["AnswerSet"]):
    def locked(self, pk: UUID) -> AnswerSet:
        """The set with its form version; nobody else saves or freezes its answers until the transaction ends."""
        return self.select_for_update(of=("self",)).select_related("form_version").get(pk=pk)
