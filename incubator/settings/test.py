"""For the tests: production's behaviour on fixed secrets, a tenth of every wait, and quick password hashes."""

from incubator.settings.base import *
from incubator.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASE_OWNER_URL, REDIS_PREFIX, database, logging_config
from incubator.settings.env import env, numbered_keys

SECRET_KEY = "for-tests-only-and-nothing-else-0123456789-abcdefghijklmnop"
FIELD_KEYS = numbered_keys("FIELD_KEYS", length=32, default="1:" + "A" * 43 + "=")
API_KEY_PEPPERS = numbered_keys("API_KEY_PEPPERS", length=32, default="1:" + "B" * 42 + "A=")

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
BASE_URL = "http://testserver"
SESSION_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "csrf"
LANGUAGE_COOKIE_SECURE = False

STATIC_ROOT = None  # served from where they lie, found when asked for
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

TIME_SCALE = 0.1
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the rest of sign-in is as in production
DATABASES = {"default": database(DATABASE_OWNER_URL, statement_timeout="60s", CONN_MAX_AGE=0)}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

import structlog

LOGGING = logging_config(structlog.dev.ConsoleRenderer(colors=False), env.str("LOG_LEVEL", "WARNING"))
__all__ = ["CELERY_BROKER_TRANSPORT_OPTIONS", "REDIS_PREFIX"]
