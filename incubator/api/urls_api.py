"""Addresses of the partner API, below /api/v1/. No trailing slash. The names are the keys of the table of scopes."""

from django.urls import path

from incubator.api import views_documents
from incubator.api.v1 import me, programmes, startups

app_name = "api"

documents = [
    path("schema", views_documents.schema, name="schema"),
    path("docs", views_documents.docs, name="docs"),
    path("docs/<slug:name>", views_documents.page, name="guide"),
]

urlpatterns = [
    path("me", me.Me.as_view(), name="me"),
    path("programmes", programmes.ProgrammeList.as_view(), name="programmes"),
    path("programmes/<uuid:pk>", programmes.ProgrammeItem.as_view(), name="programme"),
    path("intakes", programmes.IntakeList.as_view(), name="intakes"),
    path("intakes/<uuid:pk>", programmes.IntakeItem.as_view(), name="intake"),
    path("startups", startups.StartupList.as_view(), name="startups"),
    path("startups/<uuid:pk>", startups.StartupItem.as_view(), name="startup"),
    *documents,
]
