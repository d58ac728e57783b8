"""Pages about oneself, beside those of allauth. Their names have no namespace, as allauth's have none."""

from django.urls import path

from incubator.accounts import views_account

urlpatterns = [
    path("invitations/<str:token>/", views_account.invitation, name="account_invitation"),
    path("settings/", views_account.settings, name="account_settings"),
    path("acting-for/<slug:portal>/", views_account.switch, name="account_switch"),
]
