"""The demo in one JSON object: where it is, who signs in, and which pages are worth seeing in each role."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse

from incubator.accounts.models import Organisation, User
from incubator.announcements.models import Announcement
from incubator.home.demo import people
from incubator.home.demo.load import secrets_file
from incubator.partners.models import Agreement, Commitment
from incubator.startups.models import Startup
from investments.interests.models import Interest
from investments.rounds.models import Round
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake, Programme
from programmes.cohorts.models import CohortMembership
from programmes.expertise.models import Offering, SupportRequest
from programmes.reviews.models import Assignment, Determination

# Role, address, and the key of its tour. The order is the order of the sign-in table.
ACCOUNTS = (
    ("founder", "founder"),
    ("teammate", "teammate"),
    ("officer", "officer"),
    ("manager", "manager"),
    ("chair", "chair"),
    ("reviewer", "reviewer"),
    ("partner", "partner"),
    ("investor", "investor"),
    ("partnership", "partnership"),
    ("invest", "invest"),
    ("finance", "finance"),
    ("readonly", "readonly"),
    ("admin", "admin"),
)
TOURED = ("public", *(role for role, _key in ACCOUNTS))


def describe() -> dict[str, Any]:
    """Base address, accounts with passwords, the demo partner's secrets, and the tour of each role."""
    path = secrets_file()
    secrets = json.loads(path.read_text()) if path.exists() else {}
    known = set(User.objects.filter(email__endswith=f"@{people.DOMAIN}").values_list("email", flat=True))
    return {
        "base_url": settings.BASE_URL,
        "accounts": [
            {"role": role, "email": f"{key}@{people.DOMAIN}", "password": people.PASSWORD} for role, key in ACCOUNTS if f"{key}@{people.DOMAIN}" in known
        ],
        "api_key": secrets.get("api_key", ""),
        "webhook_secret": secrets.get("webhook_secret", ""),
        "tour": tour(),
    }


def tour() -> dict[str, list[str]]:
    """The paths worth seeing, by role; «public» for everybody. Only pages that exist."""
    lumen = Organisation.objects.filter(name="Lumen Pay", kind="startup").first()
    house = {"startup__organisation": lumen}
    open_call = _first(Intake.objects.filter(status="open").order_by("closes_at"))
    deliberating = _first(Intake.objects.filter(status="deliberation"))
    decided = _first(Intake.objects.filter(status="decided"))
    completed = _first(Intake.objects.filter(reference_prefix="FIN2"))
    draft = _first(Application.objects.filter(status=Status.DRAFT, **house))
    admitted = _first(Application.objects.filter(status=Status.ACCEPTED, **house))
    arrival = _first(Application.objects.filter(status=Status.SCREENING).order_by("-submitted_at"))
    undecided = _first(Application.objects.filter(status=Status.PENDING_DETERMINATION, intake=deliberating))
    letter = _first(Determination.objects.filter(released_at__isnull=True).order_by("pk"))
    member = _first(CohortMembership.objects.filter(cohort__intake__status="released"))
    review = _first(
        Assignment.objects.filter(reviewer__email=f"reviewer@{people.DOMAIN}", declared_free_at__isnull=False, status__in=("assigned", "in_progress"))
    )
    asked = _first(Interest.objects.filter(status="consent_pending", round__startup__organisation=lumen))
    own = _first(Interest.objects.filter(organisation__name="Meridian Technologies").order_by("pk"))
    round = _first(Round.objects.filter(status="listed", **house))
    promise = _first(Commitment.objects.filter(title__startswith="Advisory hours over", status="in_progress").select_related("workstream__agreement"))
    clinic = _first(Offering.objects.filter(status="published", organisation__name="Meridian Technologies").order_by("created_at"))
    unread = _first(Offering.objects.filter(status="pending_approval"))
    to_rate = _first(SupportRequest.objects.filter(status="delivered", **house))
    to_meet = _first(SupportRequest.objects.filter(status="scheduled", **house))
    coded = _first(SupportRequest.objects.filter(code__isnull=False, **house))
    to_answer = _first(SupportRequest.objects.filter(status="offered_to_partner", offering=clinic).order_by("-offered_at"))
    to_triage = _first(SupportRequest.objects.filter(status="submitted").order_by("sent_at"))
    startup = _first(Startup.objects.filter(organisation=lumen))
    public = _first(Startup.objects.filter(visibility="public", is_stealth=False).order_by("pk"))
    programme = Programme.objects.filter(slug="fintech-incubation").first()
    paused = _first(Programme.objects.filter(status="paused"))
    closed = _first(Intake.objects.filter(status="closed"))
    cancelled = _first(Intake.objects.filter(status="cancelled"))
    announced = _first(Announcement.objects.filter(status__in=("sending", "sent")))
    signing = _first(Agreement.objects.filter(status="pending_signature").select_related("partner"))
    return {
        "public": _paths(
            "public:catalogue:landing",
            "public:catalogue:programmes",
            ("public:catalogue:programme", programme and programme.slug),
            ("public:catalogue:programme", paused and paused.slug),
            "public:catalogue:calls",
            "public:startups:portfolio",
            ("public:startups:startup", public),
            "home:partners",
            "account_login",
            "account_signup",
        ),
        "founder": _paths(
            "my:home:index",
            "my:applications:index",
            ("my:applications:detail", draft),
            ("my:applications:review", draft),
            ("my:applications:detail", admitted),
            ("my:cohorts:letter", admitted),
            "my:cohorts:index",
            "my:startups:profile",
            "my:startups:disclosures",
            "my:rounds:index",
            ("my:rounds:detail", round),
            "my:interests:index",
            ("my:interests:detail", asked),
            "my:expertise:index",
            ("my:expertise:offering", clinic),
            ("my:expertise:ask", clinic),
            "my:expertise:requests",
            ("my:expertise:request", to_rate),
            ("my:expertise:request", to_meet),
            ("my:expertise:code", coded),
            "my:accounts:team",
            "notices:mine",
            "account_calendar",
        ),
        "teammate": _paths("my:home:index", ("my:applications:detail", draft)),
        "officer": _paths(
            "staff:index",
            "staff:applications:index",
            ("staff:applications:detail", arrival),
            "staff:startups:index",
            ("staff:startups:detail", startup),
            "staff:expertise:requests",
            ("staff:expertise:request", to_triage),
            ("staff:cohorts:cohort", completed),
        ),
        "manager": _paths(
            "staff:index",
            "staff:catalogue_programme_changelist",
            "staff:catalogue_intake_changelist",
            "staff:cohorts:index",
            ("staff:cohorts:deliberation", deliberating),
            ("staff:cohorts:decide", undecided),
            ("staff:cohorts:letter", letter and letter.application_id),
            ("staff:cohorts:release", decided),
            ("staff:cohorts:cohort", completed),
            ("staff:cohorts:membership", member),
            "staff:notifications:deliveries",
            "staff:notifications:kinds",
            "staff:notifications:jobs",
            "staff:notifications:announcements",
            ("staff:notifications:announcement-edit", announced),
            ("staff:notifications:text", "applications.submitted", "founder"),
            ("staff:catalogue_intake_change", open_call),
            ("staff:catalogue_intake_change", closed),
            ("staff:catalogue_intake_change", cancelled),
            ("staff:catalogue_programme_change", paused),
        ),
        "chair": _paths("staff:index", ("staff:cohorts:deliberation", deliberating)),
        "reviewer": _paths("review:reviews:index", ("review:reviews:detail", review), "review:reviews:conflicts"),
        "partner": _paths(
            "partner:home:index",
            "partner:startups:index",
            ("partner:startups:detail", startup),
            "partner:exports:index",
            "partner:rounds:index",
            ("partner:rounds:detail", round),
            "partner:interests:index",
            ("partner:interests:detail", own),
            "partner:expertise:offerings",
            ("partner:expertise:offering", clinic),
            "partner:expertise:create",
            "partner:expertise:requests",
            ("partner:expertise:request", to_answer),
            "partner:partners:commitments",
            ("partner:partners:commitment", promise),
            "partner:partners:agreement",
            "partner:accounts:team",
            "partner:api:index",
            "partner:api:requests",
            "partner:api:usage",
            "partner:api:applications",
            "partner:notifications:endpoints",
        ),
        "investor": _paths("partner:home:index", "partner:rounds:index", "partner:interests:index"),
        "partnership": _paths(
            "staff:index",
            "staff:partners:index",
            ("staff:partners:detail", signing and signing.partner),
            "staff:partners:agreements",
            ("staff:partners:agreement", signing),
            ("staff:partners:agreement", promise and promise.agreement),
            ("staff:partners:commitment", promise),
            "staff:expertise:offerings",
            ("staff:expertise:offering", unread),
        ),
        "invest": _paths("staff:index", "staff:rounds:index", "staff:interests:index", "staff:investors:index"),
        "finance": _paths("staff:index"),
        "readonly": _paths("staff:index", "staff:applications:index"),
        "admin": _paths("staff:index", "staff:accounts_user_changelist", "staff:accounts_organisation_changelist"),
    }


def _first(rows: QuerySet[Any]) -> Any:
    return rows.first()


def _paths(*pages: str | tuple[Any, ...]) -> list[str]:
    """The addresses of these pages; a page of an object that the demo does not have is left out."""
    found = []
    for page in pages:
        name, *targets = page if isinstance(page, tuple) else (page,)
        if None in targets:
            continue
        arguments = [target.pk if isinstance(target, Model) else target for target in targets]
        try:
            found.append(reverse(name, args=arguments))
        except NoReverseMatch:
            continue
    return list(dict.fromkeys(found))
