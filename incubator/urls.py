"""Which portal answers which path. Each portal's own pages are in its apps' `urls_<portal>.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include("incubator.home.urls_health")),
    path("accounts/", include("allauth.urls")),
]
