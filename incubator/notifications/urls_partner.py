from django.urls import path

from incubator.notifications import views_partner as views
from incubator.notifications.urls_inbox import inbox_urls

app_name = "notifications"
urlpatterns = [
    *inbox_urls("partner"),
    path("webhooks/", views.endpoints, name="endpoints"),
    path("webhooks/new/", views.create, name="create"),
    path("webhooks/<uuid:pk>/", views.endpoint, name="endpoint"),
    path("webhooks/<uuid:pk>/change/", views.change, name="change"),
    path("webhooks/<uuid:pk>/secret/", views.rotate, name="rotate"),
    path("webhooks/<uuid:pk>/remove/", views.remove, name="remove"),
    path("webhooks/<uuid:pk>/again/", views.redeliver_range, name="redeliver-range"),
    path("webhooks/<uuid:pk>/again/<uuid:delivery_pk>/", views.redeliver, name="redeliver"),
    path("webhooks/<uuid:pk>/<slug:verb>/", views.step, name="step"),
]
