"""Texts of messages that staff wrote."""

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now
from incubator.texts.models import MessageText


class MessageTextFactory(DjangoModelFactory[MessageText]):
    class Meta:
        model = MessageText

    kind = "applications.submitted"
    audience = "founder"
    language = "en"
    subject = "{{reference}} has arrived"
    body = "Dear {{recipient_name}},\n\nthank you."
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)
