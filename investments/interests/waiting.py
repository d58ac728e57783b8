"""What waits about interests: a founder's answer; and the day on which a round of interest closes."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.web.waiting import Item, Work, register
from investments.interests.models import Interest
from investments.interests.states import INTEREST, InterestState
from investments.rounds.models import Round

register(
    Work(
        "interests.answer",
        "my",
        _("An investor would like to meet you: answer"),
        lambda actor: Interest.objects.visible_to(actor).filter(status=InterestState.CONSENT_PENDING).select_related("round").order_by("answer_due_on", "pk"),
        lambda row: Item(
            row.round.title, reverse("my:interests:detail", args=[row.pk]), row.round.title, since=row.asked_at, due=row.answer_due_on, plain=row.round.title
        ),
        roles=INTEREST.roles_for("consent"),
        icon="heart-handshake",
        badge="rounds",
    ),
    Work(
        "interests.round_closes",
        "partner",
        _("A round that interests you closes"),
        lambda actor: (
            Interest.objects.visible_to(actor)
            .filter(status__in=(InterestState.WATCHING, InterestState.INDICATED, InterestState.CONSENT_PENDING), round__in=Round.objects.visible_to(actor))
            .select_related("round")
            .order_by("round__closes_on", "pk")
        ),
        lambda row: Item(
            row.round.title,
            reverse("partner:rounds:detail", args=[row.round_id]),
            due=row.round.closes_on,
            plain=row.round.title,
            version=row.version + row.round.version,
        ),
        to_do=False,
    ),
)
