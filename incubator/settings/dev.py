"""For work on the code: reload, debug pages, fixed secrets that protect nothing."""

import os

os.environ.setdefault("LOG_FORMAT", "console")

from incubator.settings.base import *
from incubator.settings.base import TEMPLATES
from incubator.settings.env import env, numbered_keys

DEBUG = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = env.str("SECRET_KEY", "for-development-only-and-nothing-else-0123456789-abcdefghijkl")
FIELD_KEYS = numbered_keys("FIELD_KEYS", length=32, default="1:" + "A" * 43 + "=")
API_KEY_PEPPERS = numbered_keys("API_KEY_PEPPERS", length=32, default="1:" + "B" * 42 + "A=")

SESSION_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "csrf"
LANGUAGE_COOKIE_SECURE = False
MFA_REQUIRED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # browsers take a passkey on http://localhost
STATIC_ROOT = None  # served from where they lie, found when asked for
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
WEBHOOK_TEST_TARGETS = env.list("WEBHOOK_TEST_TARGETS", [])

# Read again at every request.
TEMPLATES[0]["APP_DIRS"] = False
TEMPLATES[0]["OPTIONS"]["loaders"] = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
