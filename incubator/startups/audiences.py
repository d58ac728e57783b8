"""Startups as an audience: all of them, or those of one focus area."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.accounts.querysets import MembershipQuerySet
from incubator.lib.actor import Actor
from incubator.outbox.audiences import Audience, Words, register
from incubator.startups.models import Area, Startup
from incubator.startups.querysets import HIDDEN_PROFILES


def _people(**conditions: object) -> MembershipQuerySet:
    startups = Startup.objects.filter(**conditions).exclude(profile__in=HIDDEN_PROFILES)
    found: MembershipQuerySet = Membership.objects.filter(organisation__in=startups.values("organisation_id"))
    return found


def _areas(actor: Actor) -> Sequence[tuple[str, Words]]:
    return list(Area.objects.names(Area.Kind.FOCUS).items())


register(
    Audience("startups", _("People of all startups"), lambda choice: _people()),
    Audience("startups.focus", _("People of startups by focus area"), lambda choice: _people(focus_areas__contains=[choice]), choices=_areas),
)
