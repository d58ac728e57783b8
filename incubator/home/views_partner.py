"""A partner's first page: what waits, who is new, where things stand."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.partners.models import Agreement
from incubator.startups import access as startups_access
from incubator.startups import operations as startups
from incubator.startups.models import DisclosureRead, Startup
from incubator.web import waiting
from incubator.web.parts import Action, Next, Stat
from investments.interests.models import Interest
from investments.interests.states import InterestState
from investments.investors.models import InvestorProfile
from investments.rounds.models import Round

SHOWN = 5


@require_safe
@portal("partner")
def index(request: PortalRequest) -> HttpResponse:
    """Figures, the latest startups that show themselves, own interests, the agreement. Whatever there is, the number of queries is the same."""
    actor = request.actor
    latest: list[Any] = list(Startup.objects.disclosed_to(actor).order_by("-updated_at", "-pk")[:SHOWN])
    startups.record_read(DisclosureRead.Kind.LISTED, [one.pk for one in latest], by=actor, at=now())
    interests = list(Interest.objects.visible_to(actor).select_related("round").order_by("-updated_at", "-pk")[:SHOWN])
    agreement = Agreement.objects.visible_to(actor).filter(status="active").first()
    profile = InvestorProfile.objects.visible_to(actor).first()
    tasks, more = waiting.tasks(actor, "partner")
    context = {
        "tasks": tasks,
        "more": more,
        "inbox_url": reverse("partner:notifications:inbox"),
        "startups": [startups_access.profile(one, one.level, in_list=True) for one in latest],
        "interests": interests,
        "agreement": agreement,
        "is_partner": actor.organisation_kind == "partner",
        "next": _next(profile, agreement),
        "stats": _stats(request),
    }
    return render(request, "partner/home/index.html", context)


def _next(profile: InvestorProfile | None, agreement: Agreement | None) -> Next | None:
    if agreement is not None and agreement.is_expiring(today()):
        to_agreement = Action(_("See the agreement"), reverse("partner:partners:agreement"))
        return Next(_("Your agreement ends soon"), _("Write to your contact at the park to renew it"), agreement.ends_on, "mine", action=to_agreement)
    if profile is None or not profile.is_verified(today()):
        to_profile = Action(_("Investor profile"), reverse("partner:investors:profile"))
        return Next(_("Be verified as an investor to see the terms of rounds"), _("The park verifies professional investors"), tone="mine", action=to_profile)
    return None


def _stats(request: PortalRequest) -> list[Stat]:
    """Four figures in three statements, counted to a hundred where a list could be long."""
    actor = request.actor
    mine = Interest.objects.visible_to(actor).aggregate(
        asked=Count("pk", filter=Q(status=InterestState.CONSENT_PENDING)), met=Count("pk", filter=Q(status=InterestState.INTRODUCED))
    )
    shown = Startup.objects.disclosed_to(actor)[:100].count()
    return [
        Stat(_("Startups you may see"), shown if shown < 100 else "99+", reverse("partner:startups:index")),
        Stat(_("Open rounds"), Round.objects.visible_to(actor)[:100].count(), reverse("partner:rounds:index")),
        Stat(_("Founders asked"), mine["asked"], f"{reverse('partner:interests:index')}?state={InterestState.CONSENT_PENDING}"),
        Stat(_("Introductions"), mine["met"], f"{reverse('partner:interests:index')}?state={InterestState.INTRODUCED}"),
    ]
