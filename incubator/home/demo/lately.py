"""What happened in the last days, through the real operations: its mail, notices and webhooks are really sent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from incubator.home.demo import answers as writing
from incubator.home.demo.calls import Call
from incubator.home.demo.companies import Company
from incubator.home.demo.partnership import House, _indicate
from incubator.home.demo.people import Cast
from incubator.startups import operations as startups
from investments.rounds.models import Round
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import HIDDEN_UNTIL_RELEASE, LIVE, Status
from programmes.catalogue.models import Intake
from programmes.forms.models import Answer
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment
from programmes.reviews.states import AssignmentState

NEW_ARRIVALS = 6


def happen(cast: Cast, calls: Sequence[Call], companies: Sequence[Company], houses: Sequence[House], round: Round, rng: random.Random, *, at: datetime) -> None:
    """New applications arrive, one is asked a question, reviewers get work, a partner declares interest."""
    ideation = next(call.intake for call in calls if call.intake.reference_prefix == "LI27A")
    lab = next(call.intake for call in calls if call.intake.reference_prefix == "PWL26B")
    arrived = _arrivals(ideation, companies, rng, at=at)
    officer = cast.staff["officer"]
    first, second = arrived[0], arrived[1]
    for application in (first, second):
        applications.start_screening(application, by=officer, at=at - timedelta(hours=5))
    applications.ask_for_information(
        second, asks=["Please say who owns the remaining shares.", "Please attach the certificate of incorporation."],
        due_on=(at + timedelta(days=6)).date(), by=officer, at=at - timedelta(hours=4),
    )  # fmt: skip
    applications.start(Intake.objects.get(pk=lab.pk), companies[0].startup, by=companies[0].actor, at=at - timedelta(hours=8))
    _reviewing(cast, at=at)
    _indicate(Round.objects.select_related("startup").get(pk=round.pk), houses[0], 2, at=at - timedelta(hours=3))
    startups.disclose(
        companies[0].startup, audience="organisation", organisation=houses[1].organisation, level=3, by=companies[0].actor, at=at - timedelta(hours=2)
    )


def _arrivals(intake: Intake, companies: Sequence[Company], rng: random.Random, *, at: datetime) -> list[Application]:
    """Some startups without a place apply to the open call, some today."""
    intake = Intake.objects.select_related("programme", "form_version").get(pk=intake.pk)
    secret = Q(status__in=HIDDEN_UNTIL_RELEASE, intake__released_at__isnull=True)  # to its founder still in review
    busy = set(Application.objects.filter(Q(status__in=[*LIVE, Status.ACCEPTED]) | secret).values_list("startup_id", flat=True))
    free = [one for one in companies[1:] if one.startup.pk not in busy]
    arrived = []
    for number, company in enumerate(free[-NEW_ARRIVALS:]):
        sent_at = at - timedelta(hours=46 - number * 8)
        application = applications.start(intake, company.startup, by=company.actor, at=sent_at - timedelta(hours=2))
        _fill(application, company, intake, rng, at=sent_at - timedelta(hours=1))
        if number < NEW_ARRIVALS - 1:
            arrived.append(applications.submit(application, by=company.actor, at=sent_at))
    return arrived


def _fill(application: Application, company: Company, intake: Intake, rng: random.Random, *, at: datetime) -> None:
    questions = {question.key: question for question in intake.form_version.questions.all()}  # type: ignore[union-attr]
    kept = dict(Answer.objects.filter(answer_set_id=application.answer_set_id).values_list("question__key", "version"))
    for key, value in writing.compose(company, intake, rng).items():
        applications.save_answer(application, questions[key], value, version=kept.get(key, 0), by=company.actor, at=at)


def _reviewing(cast: Cast, *, at: datetime) -> None:
    """An application that waited for reviewers gets them; the demo's reviewer is among them."""
    waiting = Application.objects.filter(status=Status.SCREENING, intake__reference_prefix="FIN3").select_related("intake").order_by("submitted_at")[:2]
    officer = cast.staff["officer"]
    for application in waiting:
        for reviewer in cast.reviewers[:3]:
            reviews.assign(application, reviewer=reviewer, due_on=(at + timedelta(days=9)).date(), by=officer, at=at - timedelta(hours=6))
        reviews.send_to_review(application, by=officer, at=at - timedelta(hours=6))
    mine = Assignment.objects.filter(reviewer=cast.reviewers[0], status=AssignmentState.ASSIGNED, application__intake__reference_prefix="FIN3").first()
    if mine is not None:
        reviews.declare_free(mine, by=cast.reviewer(0), at=at - timedelta(hours=1))
