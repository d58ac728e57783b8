"""The developers page of the partner portal."""

from django.urls import path

from incubator.accounts.access import portal
from incubator.api import views_applications, views_partner, views_requests, views_sandbox

app_name = "api"
enter = portal("partner", console=True)
urlpatterns = [
    path("", enter(views_partner.index), name="index"),
    path("keys/new/", enter(views_partner.create), name="create"),
    path("keys/<uuid:pk>/revocation/", enter(views_partner.revoke), name="revoke"),
    path("requests/", enter(views_requests.log), name="requests"),
    path("requests/<uuid:pk>/", enter(views_requests.detail), name="request"),
    path("usage/", enter(views_requests.usage), name="usage"),
    path("mode/<slug:to>/", enter(views_sandbox.mode), name="mode"),
    path("sandbox/reset/", enter(views_sandbox.reset), name="reset"),
    path("applications/", enter(views_applications.index), name="applications"),
    path("applications/new/", enter(views_applications.create), name="create-application"),
    path("applications/<uuid:pk>/revocation/", enter(views_applications.revoke), name="revoke-application"),
]
