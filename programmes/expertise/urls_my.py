from django.urls import path

from programmes.expertise import views_my, views_my_requests

app_name = "expertise"
urlpatterns = [
    path("expertise/", views_my.index, name="index"),
    path("expertise/requests/", views_my.requests, name="requests"),
    path("expertise/requests/<uuid:pk>/", views_my_requests.detail, name="request"),
    path("expertise/requests/<uuid:pk>/edit/", views_my_requests.edit, name="edit"),
    path("expertise/requests/<uuid:pk>/send/", views_my_requests.send, name="send"),
    path("expertise/requests/<uuid:pk>/code/", views_my_requests.code, name="code"),
    path("expertise/requests/<uuid:pk>/<slug:step>/", views_my_requests.step, name="step"),
    path("expertise/<uuid:pk>/", views_my.offering, name="offering"),
    path("expertise/<uuid:pk>/ask/", views_my.ask, name="ask"),
]
