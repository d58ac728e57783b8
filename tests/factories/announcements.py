"""Announcements: drafts to everybody unless said otherwise."""

import factory
from factory.django import DjangoModelFactory

from incubator.announcements.models import Announcement
from incubator.lib.clock import now


class AnnouncementFactory(DjangoModelFactory[Announcement]):
    class Meta:
        model = Announcement

    subject = "The park is closed on Monday"
    body = "Dear all,\n\nthe park is closed on Monday."
    audience = "everybody:"
    written_by = "Olga Officer"
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)
