"""The tests' settings, for processes of their own: mail leaves by SMTP."""

import os
from pathlib import Path

from incubator.settings.test import *  # noqa: F403 - as every settings module here
from incubator.settings.test import TEMPLATES

TEMPLATES[0]["DIRS"].append(Path(__file__).parents[1] / "incubator/notifications/templates")
WEBHOOK_TEST_TARGETS = [one for one in [os.environ.get("WEBHOOK_TEST_TARGET")] if one]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
