"""The team's pages, once for each portal that has them."""

from django.urls import URLPattern, path

from incubator.accounts import views_team
from incubator.accounts.access import portal


def team_urls(name: str) -> list[URLPattern]:
    """The pages of the portal `my` or `partner`, behind its gate."""
    enter = portal(name)
    return [
        path("team/", enter(views_team.team), name="team"),
        path("team/invitations/", enter(views_team.invite), name="invite"),
        path("team/invitations/<uuid:pk>/withdrawal/", enter(views_team.withdraw), name="withdraw"),
        path("team/<uuid:pk>/removal/", enter(views_team.remove), name="remove"),
    ]
