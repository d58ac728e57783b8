"""Pages about oneself, beside those of allauth. Their names have no namespace, as allauth's have none."""

from django.urls import path

from incubator.accounts import views_account, views_calendar

urlpatterns = [
    path("invitations/<str:token>/", views_account.invitation, name="account_invitation"),
    path("settings/", views_account.settings, name="account_settings"),
    path("calendar/", views_calendar.mine, name="account_calendar"),
    path("calendar/off/", views_calendar.revoke, name="account_calendar_revoke"),
    path("calendar/<str:token>.ics", views_calendar.feed, name="account_calendar_feed"),
    path("acting-for/<slug:portal>/", views_account.switch, name="account_switch"),
]
