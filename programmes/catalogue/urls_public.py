from django.urls import path

from programmes.catalogue import views_landing
from programmes.catalogue import views_public as views

app_name = "catalogue"
urlpatterns = [
    path("", views_landing.landing, name="landing"),
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/<slug:slug>/", views.programme, name="programme"),
    path("calls/", views.calls, name="calls"),
    path("calls/feed.atom", views.CallsFeed(), name="feed"),
]
