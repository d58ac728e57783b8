from django.urls import path

from incubator.accounts import views_staff as views

app_name = "accounts"
urlpatterns = [
    path("organisations/<uuid:pk>/invitation/", views.invite, name="invite"),
    path("invitations/<uuid:pk>/withdrawal/", views.withdraw, name="withdraw"),
    path("people/<uuid:pk>/role/", views.give_role, name="give_role"),
    path("memberships/<uuid:pk>/removal/", views.remove, name="remove"),
]
