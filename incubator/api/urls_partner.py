"""The developers page of the partner portal."""

from django.urls import path

from incubator.accounts.access import portal
from incubator.api import views_credentials, views_requests, views_sandbox
from incubator.api.credential_pages import APPLICATIONS, KEYS

app_name = "api"
enter = portal("partner", console=True)
urlpatterns = [
    path("", enter(views_credentials.index), {"of": KEYS}, name="index"),
    path("keys/new/", enter(views_credentials.create), {"of": KEYS}, name="create"),
    path("keys/<uuid:pk>/revocation/", enter(views_credentials.revoke), {"of": KEYS}, name="revoke"),
    path("requests/", enter(views_requests.log), name="requests"),
    path("requests/<uuid:pk>/", enter(views_requests.detail), name="request"),
    path("usage/", enter(views_requests.usage), name="usage"),
    path("mode/<slug:to>/", enter(views_sandbox.mode), name="mode"),
    path("sandbox/reset/", enter(views_sandbox.reset), name="reset"),
    path("applications/", enter(views_credentials.index), {"of": APPLICATIONS}, name="applications"),
    path("applications/new/", enter(views_credentials.create), {"of": APPLICATIONS}, name="create-application"),
    path("applications/<uuid:pk>/revocation/", enter(views_credentials.revoke), {"of": APPLICATIONS}, name="revoke-application"),
]
