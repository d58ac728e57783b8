from django.urls import path

from investments.interests import views_staff

app_name = "interests"
urlpatterns = [
    path("", views_staff.interests_index, name="index"),
    path("<uuid:pk>/", views_staff.interest_detail, name="detail"),
]
