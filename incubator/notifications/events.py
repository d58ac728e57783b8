"""What is told about webhook endpoints."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, IN_APP, SECURITY, WEBHOOK, Notice, Recipient, register


def _still_something_to_tell(event: Event, recipient: Recipient) -> bool:
    from incubator.notifications import digests  # it records this kind

    return bool(digests.items(event.pk))


def _nothing(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


digest_made = register(
    "notifications.digest_made",
    _("sent the digest"),
    audiences={"person": Notice(page="home:after_login", page_args=_nothing, channels=(EMAIL,))},
    still_allowed=_still_something_to_tell,
)
address_bounced = register(
    "notifications.address_bounced",
    _("noted that the e-mail address refuses mail"),
    audiences={"person": Notice(page="notices:mine", page_args=_nothing, channels=(IN_APP,)).bound(SECURITY)},
)
complained = register(
    "notifications.complained",
    _("switched mails off, since one was called spam"),
    audiences={"person": Notice(page="notices:mine", page_args=_nothing, channels=(IN_APP,)).bound(SECURITY)},
)
address_works = register("notifications.address_works", _("said that the e-mail address works again"))
preferences_changed = register("notifications.preferences_changed", _("chose what to be told"))
unsubscribed = register("notifications.unsubscribed", _("switched mails off by a link"))
resubscribed = register("notifications.resubscribed", _("switched mails on again"))
broadcast_stopped = register("notifications.broadcast_stopped", _("stopped the sending"))
channel_paused = register("notifications.channel_paused", _("paused the channel"))
channel_resumed = register("notifications.channel_resumed", _("resumed the channel"))
endpoint_created = register("notifications.endpoint_created", _("set up the webhook endpoint"))
endpoint_changed = register("notifications.endpoint_changed", _("changed the webhook endpoint"))
endpoint_paused = register("notifications.endpoint_paused", _("paused the webhook endpoint"))
endpoint_resumed = register("notifications.endpoint_resumed", _("switched the webhook endpoint on"))
endpoint_removed = register("notifications.endpoint_removed", _("removed the webhook endpoint"))
endpoint_secret_rotated = register("notifications.endpoint_secret_rotated", _("exchanged the secret of the webhook endpoint"))
endpoint_redelivered = register("notifications.endpoint_redelivered", _("asked for a span of time to be sent again"))
endpoint_disabled = register(
    "notifications.endpoint_disabled",
    _("switched the webhook endpoint off"),
    audiences={
        "partner": Notice(page="partner:notifications:endpoint", channels=(IN_APP, EMAIL)),
        "staff": Notice(page="staff:notifications:deliveries", page_args=_nothing, channels=(IN_APP,)),
    },
)
endpoint_pinged = register(
    "notifications.endpoint_pinged",
    _("sent a test message to the webhook endpoint"),
    audiences={"partner": Notice(page="partner:notifications:endpoint", channels=(WEBHOOK,), resource="/api/v1/webhook-endpoints/{id}")},
)
