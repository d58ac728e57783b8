from django.urls import path

from programmes.expertise import views_partner, views_partner_requests

app_name = "expertise"
urlpatterns = [
    path("expertise/offerings/", views_partner.offerings, name="offerings"),
    path("expertise/offerings/new/", views_partner.create, name="create"),
    path("expertise/offerings/<uuid:pk>/", views_partner.offering, name="offering"),
    path("expertise/offerings/<uuid:pk>/edit/", views_partner.edit, name="edit"),
    path("expertise/offerings/<uuid:pk>/<slug:step>/", views_partner.offering_step, name="offering-step"),
    path("expertise/", views_partner_requests.requests, name="requests"),
    path("expertise/requests/<uuid:pk>/", views_partner_requests.detail, name="request"),
    path("expertise/requests/<uuid:pk>/sessions/new/", views_partner_requests.schedule, name="schedule"),
    path("expertise/requests/<uuid:pk>/<slug:step>/", views_partner_requests.step, name="step"),
    path("expertise/sessions/<uuid:pk>/move/", views_partner_requests.move, name="move"),
    path("expertise/sessions/<uuid:pk>/<slug:step>/", views_partner_requests.session_step, name="session-step"),
]
