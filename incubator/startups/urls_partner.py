from django.urls import path

from incubator.startups import views_partner

app_name = "startups"
urlpatterns = [
    path("startups/", views_partner.index, name="index"),
    path("startups/<uuid:pk>/", views_partner.detail, name="detail"),
    path("startups/<uuid:pk>/documents/<uuid:document_pk>/", views_partner.document, name="document"),
]
