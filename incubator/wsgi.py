"""For gunicorn. Without DJANGO_SETTINGS_MODULE it takes the production settings, the strict ones."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.production")

application = get_wsgi_application()
