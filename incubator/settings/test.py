"""For the tests: production's behaviour on fixed secrets, a tenth of every wait, and quick password hashes."""

import os

os.environ.setdefault("TIME_SCALE", "0.1")
# xdist's workers share Redis: each has its own prefix for cache and queues
# A worker inherits the main process's environment; processes that a test starts keep the prefix they are given.
if os.environ.get("REDIS_PREFIX", "test-main") == "test-main":
    os.environ["REDIS_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ.setdefault("LOG_FORMAT", "console")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from incubator.settings.base import *
from incubator.settings.base import DATABASE_OWNER_URL, database
from incubator.settings.env import numbered_keys

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

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the rest of sign-in is as in production
DATABASES = {"default": database(DATABASE_OWNER_URL, statement_timeout="60s", CONN_MAX_AGE=0)}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
