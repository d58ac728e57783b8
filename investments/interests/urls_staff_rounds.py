from django.urls import path

from investments.interests import views_staff

app_name = "rounds"
urlpatterns = [
    path("", views_staff.rounds_index, name="index"),
    path("<uuid:pk>/", views_staff.round_detail, name="detail"),
    path("<uuid:pk>/<slug:step>/", views_staff.round_step, name="step"),
]
