from django.urls import path

from investments.interests import views_partner_rounds

app_name = "rounds"
urlpatterns = [
    path("rounds/", views_partner_rounds.index, name="index"),
    path("rounds/<uuid:pk>/", views_partner_rounds.detail, name="detail"),
    path("rounds/<uuid:pk>/interest/", views_partner_rounds.indicate, name="indicate"),
    path("rounds/<uuid:pk>/watch/", views_partner_rounds.watch, name="watch"),
]
