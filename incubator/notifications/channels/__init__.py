"""One module per way to reach somebody. Each sends one delivery and says how it went; none touches a delivery's row."""

from incubator.notifications.channels.contract import Sender
from incubator.notifications.channels.email import EmailSender
from incubator.notifications.channels.webhook import WebhookSender
from incubator.notifications.models import Channel


def sender(channel: str) -> Sender:
    """A sender for one batch, to be used in a `with` statement."""
    return EmailSender() if channel == Channel.EMAIL else WebhookSender()
