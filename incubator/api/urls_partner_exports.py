"""Exports in the partner portal, below its startups. They show what is real, whatever the developers' console shows."""

from django.urls import path

from incubator.accounts.access import portal
from incubator.api import views_exports

app_name = "exports"
enter = portal("partner")
urlpatterns = [
    path("", enter(views_exports.index), name="index"),
    path("new/", enter(views_exports.create), name="create"),
    path("<uuid:pk>/cancellation/", enter(views_exports.cancel), name="cancel"),
    path("<uuid:pk>/file/", enter(views_exports.file), name="file"),
]
