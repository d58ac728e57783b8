"""For an ASGI server. Without DJANGO_SETTINGS_MODULE it takes the production settings, the strict ones."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.production")

application = get_asgi_application()
