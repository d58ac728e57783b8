from django.urls import path

from investments.investors import views_staff

app_name = "investors"
urlpatterns = [
    path("", views_staff.index, name="index"),
    path("<uuid:pk>/", views_staff.detail, name="detail"),
    path("<uuid:pk>/<slug:step>/", views_staff.step, name="step"),
]
