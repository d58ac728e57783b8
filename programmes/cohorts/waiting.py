"""What waits about decisions and cohorts: offers to answer, applications to decide, members to onboard."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.clock import now
from incubator.web.waiting import Item, Work, register
from programmes.applications.models import Application
from programmes.cohorts.models import CohortMembership, Offer
from programmes.cohorts.states import OFFER, MembershipState, OfferState

INDEX = "staff:cohorts:index"

register(
    Work(
        "cohorts.answer_offer",
        "my",
        _("Answer the offer"),
        lambda actor: (
            Offer.objects.visible_to(actor)
            .filter(status=OfferState.OPEN, expires_at__gt=now())
            .select_related("application__intake")
            .order_by("expires_at", "pk")
        ),
        lambda row: Item(
            row.application.intake.title,
            reverse("my:cohorts:letter", args=[row.application_id]),
            since=row.updated_at,
            due=row.expires_at,
            plain=row.application.intake.title,
        ),
        roles=OFFER.roles_for("accept"),
        icon="award",
        badge="applications",
    ),
    Work(
        "cohorts.decide",
        "staff",
        _("Waiting for a decision"),
        lambda actor: (
            Application.objects.visible_to(actor).filter(status="pending_determination").select_related("startup", "intake").order_by("updated_at", "pk")
        ),
        lambda row: Item(row.startup.name, reverse("staff:cohorts:decide", args=[row.pk]), f"{row.reference} · {row.intake.title}", since=row.updated_at),
        roles=frozenset({"manager", "chair"}),
        icon="gavel",
        all_page=INDEX,
        badge="deliberation",
    ),
    Work(
        "cohorts.onboard",
        "staff",
        _("Members to onboard"),
        lambda actor: (
            CohortMembership.objects.visible_to(actor).filter(status=MembershipState.ONBOARDING).select_related("startup").order_by("created_at", "pk")
        ),
        lambda row: Item(row.startup.name, reverse("staff:cohorts:membership", args=[row.pk]), since=row.created_at),
        roles=frozenset({"officer", "manager"}),
        icon="user-plus",
        all_page=INDEX,
        badge="cohorts",
    ),
    Work(
        "cohorts.ends",
        "my",
        _("Your place in the cohort ends"),
        lambda actor: CohortMembership.objects.visible_to(actor).filter(status=MembershipState.ACTIVE).select_related("cohort").order_by("ends_on", "pk"),
        lambda row: Item(row.cohort.title, reverse("my:cohorts:index"), due=row.ends_on, plain=row.cohort.title),
        to_do=False,
    ),
)
