"""What waits for a startup's people about its profile, and for officers who verify it."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.startups.models import Startup
from incubator.startups.states import Profile
from incubator.web.waiting import Item, Work, register


def _own(profile: Profile) -> Callable[[Actor], QuerySet[Startup]]:
    return lambda actor: Startup.objects.owned_by(actor).filter(profile=profile).order_by("pk")


def _profile(row: Startup) -> Item:
    return Item(row.name, reverse("my:startups:profile"))


register(
    Work("startups.change", "my", _("Change your profile as the park asked"), _own(Profile.CHANGES_REQUESTED), _profile, icon="building"),
    Work("startups.complete", "my", _("Complete your startup's profile and send it for verification"), _own(Profile.DRAFT), _profile, icon="building"),
    Work(
        "startups.verify",
        "staff",
        _("Profiles to verify"),
        lambda actor: Startup.objects.visible_to(actor).filter(profile="submitted").order_by("updated_at", "pk"),
        lambda row: Item(row.name, reverse("staff:startups:detail", args=[row.pk]), since=row.updated_at),
        roles=frozenset({"officer", "manager"}),
        icon="building",
        all_page="staff:startups:index",
        badge="startups",
    ),
)
