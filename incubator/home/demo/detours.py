"""What does not go the straight way: conflicts, second thoughts, offers nobody answered in time. Made by the real operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q

from incubator.home.demo.companies import Company
from incubator.home.demo.people import Cast
from incubator.lib.actor import ActingAs
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure
from incubator.startups.states import ParkStage, Profile
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import Status
from programmes.cohorts import operations as cohorts
from programmes.cohorts.models import CohortMembership
from programmes.cohorts.states import MembershipState
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment, Determination
from programmes.reviews.states import AssignmentState

A, Outcome, Reason = AssignmentState, Determination.Outcome, Determination.ReasonCode
CONDITIONS = ("Incorporate in Hong Kong before the start.", "Leave the other incubation scheme.")


def wander(cast: Cast, companies: Sequence[Company], *, at: datetime) -> None:
    """The detours of the last two days, each from the rows that the straight story left behind."""
    _reviewers(cast, at=at - timedelta(hours=40))
    _interviews(cast, at=at - timedelta(hours=30))
    _decisions(cast, at=at - timedelta(hours=26))
    _members(cast, at=at - timedelta(hours=24))
    _founders(companies, at=at - timedelta(hours=22))
    _profiles(cast, companies, at=at - timedelta(hours=20))


def _of_call(prefix: str, status: str, at: datetime) -> ApplicationQuerySet:
    """Applications of a call in a state, whose last step was before `at`: nobody acts before the past is over."""
    rows = Application.objects.filter(intake__reference_prefix=prefix, status=status, updated_at__lt=at)
    return rows.select_related("intake__programme", "startup").order_by("reference")


def _reviewers(cast: Cast, *, at: datetime) -> None:
    """In the call under review: a conflict and what the officer makes of it, and the other ways out of a review."""
    officer = cast.staff["officer"]
    by = {user.pk: cast.reviewer(number) for number, user in enumerate(cast.reviewers)}
    mine = cast.reviewers[0].pk
    rows = Assignment.objects.filter(application__intake__reference_prefix="FIN3", application__status=Status.IN_REVIEW, updated_at__lt=at)
    rows = rows.exclude(reviewer=mine).select_related("application__intake", "application__startup", "reviewer").order_by("application__reference", "pk")
    asked = list(rows.filter(status=A.ASSIGNED)[:7])
    for one, reason in zip(asked[:2], ("My brother works there.", "I advised the founders last year."), strict=True):
        reviews.declare_conflict(one, reason=reason, by=by[one.reviewer_id], at=at)
    reviews.recuse(asked[1], reason="Advised the founders; another reviewer is asked.", by=officer, at=at + timedelta(hours=2))
    for one in asked[2:4]:
        reviews.declare_free(one, by=by[one.reviewer_id], at=at)
    begun = reviews.ReviewText(strengths="The founders know their first customers by name.", weaknesses="To ask: who else sells to them?")
    reviews.save_draft(asked[3], begun, version=0, by=by[asked[3].reviewer_id], at=at + timedelta(hours=1))
    reviews.abstain(asked[2], reason="Too far from my field to be fair.", by=by[asked[2].reviewer_id], at=at + timedelta(hours=1))
    reviews.decline(asked[4], reason="Travelling until the end of the month.", by=by[asked[4].reviewer_id], at=at)
    reviews.unassign(asked[5], reason="Somebody closer to the subject has time.", by=officer, at=at)
    sent = rows.filter(status=A.SUBMITTED).first()
    if sent is not None:
        reviews.reopen(sent, due_on=(at + timedelta(days=8)).date(), reason="The score for the team is missing its reason.", by=officer, at=at)


def _interviews(cast: Cast, *, at: datetime) -> None:
    """The two that the reviewers agree on are invited before all reviews are in."""
    manager = cast.staff["manager"]
    in_hand = Count("assignments", filter=Q(assignments__status=A.SUBMITTED))
    ready = _of_call("FIN3", Status.IN_REVIEW, at).annotate(in_hand=in_hand).filter(in_hand__gte=2)[:2]
    for number, application in enumerate(ready):
        reviews.shortlist(
            application, interview_at=at + timedelta(days=9, hours=number), place="Boardroom, Tower A", by=manager, at=at,
            reason="Two strong reviews; the third reviewer is away.",
        )  # fmt: skip


def _decisions(cast: Cast, *, at: datetime) -> None:
    """In the call before its panel: two approvals with conditions, and an offer taken back before anybody knew."""
    manager = cast.staff["manager"]
    for application, condition in zip(_of_call("HTI26", Status.PENDING_DETERMINATION, at)[:2], CONDITIONS, strict=False):
        cohorts.determine(
            application, outcome=Outcome.CONDITIONAL, reason_code=Reason.TEAM, reasons="Strong team and plan; one thing to settle first.",
            conditions=[condition], by=manager, at=at,
        )  # fmt: skip
    offered = _of_call("HTI26", Status.OFFERED, at).last()
    if offered is not None:
        cohorts.revert_decision(offered, reason="The panel asks for the clinical data first.", by=manager, at=at + timedelta(hours=1))


def _members(cast: Cast, *, at: datetime) -> None:
    """Three who were just admitted: one starts later, one gives the place back, one had not told the truth."""
    manager = cast.staff["manager"]
    rows = CohortMembership.objects.filter(status=MembershipState.ONBOARDING, updated_at__lt=at).select_related("application__intake", "startup", "cohort")
    untrue, later, back = rows.order_by("startup__name")[:3]
    cohorts.defer(later, reason="The second founder finishes her degree first.", by=manager, at=at)
    cohorts.cancel_membership(back, reason="The founders have moved abroad.", by=manager, at=at)
    cohorts.rescind(untrue.application, reason="The company had taken part in another scheme and did not say so.", by=manager, at=at)


def _founders(companies: Sequence[Company], *, at: datetime) -> None:
    """Three take their application back, at three stages."""
    for prefix, status, reason in (
        ("PWL26B", Status.SUBMITTED, "We apply again when the prototype is ready."),
        ("FIN3", Status.IN_REVIEW, "We have found an investor who wants us elsewhere."),
        ("HTI26", Status.OFFERED, "Our company was bought last week."),
    ):
        application = _of_call(prefix, status, at).last()
        if application is not None:
            applications.withdraw(application, by=_founder(companies, application), at=at, reason=reason)


def _founder(companies: Sequence[Company], application: Application) -> ActingAs:
    return next(one.actor for one in companies if one.startup.pk == application.startup_id)


def _profiles(cast: Cast, companies: Sequence[Company], *, at: datetime) -> None:
    """One profile is suspended, one archived, and one founder shows less than before."""
    manager = cast.staff["manager"]
    quiet = [one for one in companies[1:] if one.startup.park_stage == ParkStage.APPLICANT and one.startup.profile == Profile.VERIFIED]
    startups.suspend(quiet[0].startup, reason="Two addresses of the company do not exist; the founders are asked.", by=manager, at=at)
    startups.archive(quiet[1].startup, reason="The founders have closed the company.", by=manager, at=at)
    shown = Disclosure.objects.filter(status="active", startup__in=[one.startup.pk for one in quiet[2:]]).select_related("startup").order_by("pk").first()
    if shown is not None:
        owner = next(one for one in quiet if one.startup.pk == shown.startup_id)
        startups.revoke(shown, by=owner.actor, at=at)
