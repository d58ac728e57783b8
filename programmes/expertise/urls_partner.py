from django.urls import path

from programmes.expertise import views_partner, views_partner_requests

app_name = "expertise"
urlpatterns = [
    path("offerings/", views_partner.offerings, name="offerings"),
    path("offerings/new/", views_partner.create, name="create"),
    path("offerings/<uuid:pk>/", views_partner.offering, name="offering"),
    path("offerings/<uuid:pk>/edit/", views_partner.edit, name="edit"),
    path("offerings/<uuid:pk>/<slug:step>/", views_partner.offering_step, name="offering-step"),
    path("requests/", views_partner_requests.requests, name="requests"),
    path("requests/<uuid:pk>/", views_partner_requests.detail, name="request"),
    path("requests/<uuid:pk>/sessions/new/", views_partner_requests.schedule, name="schedule"),
    path("requests/<uuid:pk>/<slug:step>/", views_partner_requests.step, name="step"),
    path("sessions/<uuid:pk>/move/", views_partner_requests.move, name="move"),
    path("sessions/<uuid:pk>/<slug:step>/", views_partner_requests.session_step, name="session-step"),
]
