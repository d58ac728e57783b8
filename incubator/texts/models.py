"""MessageText."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Aggregate
from incubator.texts.querysets import MessageTextQuerySet


class MessageText(Aggregate):
    """What one audience of one kind of message reads in one language, instead of what the code ships.

    Its versions are its events, which hold the words. A text that was reset is kept, so that its versions are too.
    """

    kind = models.CharField(_("kind"), max_length=80)
    audience = models.CharField(_("audience"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=6000)
    is_used = models.BooleanField(_("used"), default=True, help_text=_("Off after a reset: then the words of the code are."))

    objects: ClassVar[MessageTextQuerySet] = MessageTextQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("text of a message")
        constraints = [models.UniqueConstraint(fields=["kind", "audience", "language"], name="texts_message_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.audience} {self.language}"
