"""For gunicorn. Without DJANGO_SETTINGS_MODULE it takes the production settings, the strict ones."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.production")

# Nothing read here is ever garbage. Not looking for it saves a tenth of the start; frozen, it stays shared between
# workers that are forked from this process. For the same reason the addresses are read now, not at each worker's first page.
gc.disable()
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - read for its effect
gc.freeze()
gc.enable()
