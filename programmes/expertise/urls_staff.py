from django.urls import path

from programmes.expertise import views_staff

app_name = "expertise"
urlpatterns = [
    path("offerings/", views_staff.offerings, name="offerings"),
    path("offerings/<uuid:pk>/", views_staff.offering, name="offering"),
    path("offerings/<uuid:pk>/<slug:step>/", views_staff.offering_step, name="offering-step"),
    path("support-requests/", views_staff.requests, name="requests"),
    path("support-requests/<uuid:pk>/", views_staff.detail, name="request"),
    path("support-requests/<uuid:pk>/<slug:step>/", views_staff.step, name="step"),
]
