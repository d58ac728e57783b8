"""Where the mail provider tells of bounces and complaints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

# The provider's name in the setting MAIL_PROVIDER, and what reads its webhooks.
PROVIDERS = {
    "amazon_ses": "AmazonSESTrackingWebhookView",
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}


@csrf_exempt  # the provider's password says who asks; it has no cookies
@never_cache
def mail_events(request: HttpRequest) -> HttpResponse:
    """The webhook of the provider that the settings name; without one there is no such page. 400 without its password."""
    if settings.MAIL_PROVIDER not in PROVIDERS:
        raise Http404
    view: Any = import_string(f"anymail.webhooks.{settings.MAIL_PROVIDER}.{PROVIDERS[settings.MAIL_PROVIDER]}")
    answer: HttpResponse = view.as_view()(request)
    return answer
