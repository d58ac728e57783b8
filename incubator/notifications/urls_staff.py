from django.urls import path

from incubator.notifications import views_announcements, views_channels, views_jobs, views_kinds, views_progress, views_resend, views_texts
from incubator.notifications import views_staff as views
from incubator.notifications.urls_inbox import inbox_urls

app_name = "notifications"
urlpatterns = [
    *inbox_urls("staff"),
    path("delivery/", views.deliveries, name="deliveries"),
    path("delivery/kinds/", views_kinds.kinds, name="kinds"),
    path("delivery/kinds/<str:kind>/<slug:audience>/", views_texts.text, name="text"),
    path("delivery/kinds/<str:kind>/<slug:audience>/preview/", views_texts.preview, name="preview-text"),
    path("delivery/kinds/<str:kind>/<slug:audience>/reset/", views_texts.reset, name="reset-text"),
    path("announcements/", views_announcements.index, name="announcements"),
    path("announcements/new/", views_announcements.create, name="announcement-new"),
    path("announcements/<uuid:pk>/", views_announcements.one, name="announcement-edit"),
    path("announcements/<uuid:pk>/<slug:verb>/", views_announcements.step, name="announcement-step"),
    path("delivery/jobs/", views_jobs.index, name="jobs"),
    path("delivery/jobs/<str:name>/run/", views_jobs.run, name="run-job"),
    path("delivery/again/", views_resend.send_many_again, name="send-many-again"),
    path("delivery/again/<uuid:pk>/", views_resend.resending_progress, name="resending"),
    path("delivery/channels/<slug:channel>/pause/", views_channels.pause, name="pause-channel"),
    path("delivery/channels/<slug:channel>/resume/", views_channels.resume, name="resume-channel"),
    path("delivery/acts/<uuid:pk>/", views_progress.broadcast, name="broadcast"),
    path("delivery/acts/<uuid:pk>/stop/", views_progress.stop, name="stop"),
    path("delivery/<uuid:pk>/", views.delivery, name="delivery"),
    path("delivery/<uuid:pk>/again/", views.send_again, name="send-again"),
]
