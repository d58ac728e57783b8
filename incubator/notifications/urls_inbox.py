"""The inbox of one portal; each portal's own file puts it beside what else there is."""

from django.urls import URLPattern, path

from incubator.notifications.views_inbox import in_portal


def inbox_urls(portal: str) -> list[URLPattern]:
    views = in_portal(portal)
    return [
        path("inbox/", views["inbox"], name="inbox"),
        path("inbox/bell/", views["bell"], name="bell"),
        path("inbox/read/", views["read_all"], name="read-all"),
        path("inbox/announcements/<uuid:pk>/", views["announcement"], name="announcement"),
        path("inbox/<uuid:pk>/open/", views["open"], name="open"),
    ]
