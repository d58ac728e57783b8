from django.urls import path

from investments.interests import views_my_rounds

app_name = "rounds"
urlpatterns = [
    path("rounds/", views_my_rounds.index, name="index"),
    path("rounds/new/", views_my_rounds.create, name="create"),
    path("rounds/<uuid:pk>/", views_my_rounds.detail, name="detail"),
    path("rounds/<uuid:pk>/edit/", views_my_rounds.edit, name="edit"),
    path("rounds/<uuid:pk>/send/", views_my_rounds.send, name="send"),
    path("rounds/<uuid:pk>/<slug:step>/", views_my_rounds.step, name="step"),
]
