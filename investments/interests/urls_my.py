from django.urls import path

from investments.interests import views_my

app_name = "interests"
urlpatterns = [
    path("interests/", views_my.index, name="index"),
    path("interests/<uuid:pk>/", views_my.detail, name="detail"),
    path("interests/<uuid:pk>/consent/", views_my.consent, name="consent"),
    path("interests/<uuid:pk>/decline/", views_my.decline, name="decline"),
]
