from django.urls import path

from investments.interests import views_partner

app_name = "interests"
urlpatterns = [
    path("interests/", views_partner.index, name="index"),
    path("interests/<uuid:pk>/", views_partner.detail, name="detail"),
    path("interests/<uuid:pk>/withdraw/", views_partner.withdraw, name="withdraw"),
    path("interests/<uuid:pk>/pass/", views_partner.pass_on, name="pass"),
]
