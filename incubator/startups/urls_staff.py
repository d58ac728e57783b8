from django.urls import path

from incubator.startups import views_staff

app_name = "startups"
urlpatterns = [
    path("", views_staff.index, name="index"),
    path("<uuid:pk>/", views_staff.detail, name="detail"),
    path("<uuid:pk>/documents/<uuid:document_pk>/", views_staff.document, name="document"),
    path("<uuid:pk>/<slug:verb>/", views_staff.decide, name="decide"),
]
