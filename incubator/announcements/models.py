"""Announcement."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.announcements import states
from incubator.announcements.querysets import AnnouncementQuerySet
from incubator.outbox.models import Aggregate, state_trigger


class Announcement(Aggregate):
    """Something that staff tell a chosen audience. Whom it reaches is decided when it is sent."""

    machine = states.ANNOUNCEMENT

    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=6000)
    audience = models.CharField(_("who gets it"), max_length=120, help_text="name:choice, as outbox.audiences has it")
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    written_by = models.CharField(_("written by"), max_length=200, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=states.AnnouncementState.choices, default=states.AnnouncementState.DRAFT, editable=False)

    objects: ClassVar[AnnouncementQuerySet] = AnnouncementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("announcement")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="scheduled") | models.Q(send_at__isnull=False),
                name="announcements_announcement_when",
                violation_error_message=_("Say when it is to be sent."),
            )
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="announcements_newest"),
            models.Index(fields=["send_at"], name="announcements_due", condition=models.Q(status="scheduled")),
            models.Index(fields=["id"], name="announcements_sending", condition=models.Q(status="sending")),
        ]
        triggers = [state_trigger(states.ANNOUNCEMENT)]

    def __str__(self) -> str:
        return self.subject

    def paragraphs(self) -> list[str]:
        return [one.strip() for one in self.body.replace("\r\n", "\n").split("\n\n") if one.strip()]
