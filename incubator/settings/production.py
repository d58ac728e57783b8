"""For real data. Every secret and every address comes from the environment; a missing one stops the start and is named."""

import os
import re

from django.core.exceptions import ImproperlyConfigured

from incubator.settings.env import env, numbered_keys

REQUIRED = ("SECRET_KEY", "FIELD_KEYS", "API_KEY_PEPPERS", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST", "FILES_ROOT")

missing = [name for name in REQUIRED if not os.environ.get(name, "").strip()]
if missing:
    raise ImproperlyConfigured(f"Set in the environment: {', '.join(missing)}. docs/operations/running.md says what each is and how to make it.")

from incubator.settings.base import *  # noqa: E402, F403
from incubator.settings.base import ALLOWED_HOSTS, ANYMAIL, BASE_URL, MAIL_PROVIDER  # noqa: E402

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
FIELD_KEYS = numbered_keys("FIELD_KEYS", length=32)
API_KEY_PEPPERS = numbered_keys("API_KEY_PEPPERS", length=32)

if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL: it must begin with https://, links in mail and webhooks are built from it.")

# What the demo may do and a park with real data may not.
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts; * would let anybody's name appear in the links we mail.")
if env.str("WEBHOOK_TEST_TARGETS", ""):
    raise ImproperlyConfigured("WEBHOOK_TEST_TARGETS: only the demo may send webhooks into its own network; unset it.")

if MAIL_PROVIDER:
    secret = env.str("MAIL_WEBHOOK_SECRET", "")
    if not re.fullmatch(r"[^:\s]+:\S{24,}", secret):
        raise ImproperlyConfigured("MAIL_WEBHOOK_SECRET: with MAIL_PROVIDER set it must be name:password, the password of 24 characters or more.")
    ANYMAIL = {"WEBHOOK_SECRET": secret}
    if key := env.str("MAIL_WEBHOOK_SIGNING_KEY", ""):  # Mailgun, Mailjet and others sign, too
        ANYMAIL[f"{MAIL_PROVIDER.upper()}_WEBHOOK_SIGNING_KEY"] = key

SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # the balancer asks from inside, without TLS
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
