from django.urls import path

from incubator.notifications import views_jobs, views_kinds
from incubator.notifications import views_staff as views
from incubator.notifications.urls_inbox import inbox_urls

app_name = "notifications"
urlpatterns = [
    *inbox_urls("staff"),
    path("delivery/", views.deliveries, name="deliveries"),
    path("delivery/kinds/", views_kinds.kinds, name="kinds"),
    path("delivery/jobs/", views_jobs.index, name="jobs"),
    path("delivery/jobs/<str:name>/run/", views_jobs.run, name="run-job"),
    path("delivery/<uuid:pk>/", views.delivery, name="delivery"),
    path("delivery/<uuid:pk>/again/", views.send_again, name="send-again"),
]
