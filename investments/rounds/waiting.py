"""What waits about rounds: to be looked at by the park; and the day on which a founder's own round closes."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.web.waiting import Item, Work, register
from investments.rounds.models import Round
from investments.rounds.states import RoundState

register(
    Work(
        "rounds.review",
        "staff",
        _("Rounds to look at"),
        lambda actor: Round.objects.visible_to(actor).filter(status=RoundState.UNDER_REVIEW).select_related("startup").order_by("updated_at", "pk"),
        lambda row: Item(row.title, reverse("staff:rounds:detail", args=[row.pk]), row.startup.name, since=row.updated_at),
        roles=frozenset({"invest"}),
        icon="coins",
        all_page="staff:rounds:index",
        badge="rounds",
    ),
    Work(
        "rounds.closes",
        "my",
        _("Your round closes"),
        lambda actor: Round.objects.visible_to(actor).filter(status__in=(RoundState.LISTED, RoundState.PAUSED)).order_by("closes_on", "pk"),
        lambda row: Item(row.title, reverse("my:rounds:detail", args=[row.pk]), due=row.closes_on, plain=row.title),
        to_do=False,
    ),
)
