"""The tests' settings, for processes of their own: mail leaves by SMTP."""

from incubator.settings.test import *  # noqa: F403 - as every settings module here

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
