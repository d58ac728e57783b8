"""Four hundred applications in every state, with reviews, determinations, offers and cohorts."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from incubator.accounts.actors import system_actor
from incubator.home.demo import answers as writing
from incubator.home.demo.calls import Call, moments
from incubator.home.demo.companies import Company
from incubator.home.demo.past import Past
from incubator.home.demo.people import Cast
from incubator.home.demo.texts import FEEDBACK, STRENGTHS, WEAKNESSES
from incubator.lib.actor import ActingAs
from incubator.outbox.operations import Tell
from incubator.startups.states import PARK_STAGE, ParkStage
from programmes.applications.eligibility import evaluate
from programmes.applications.models import Application, InfoRequest, Reader
from programmes.applications.states import LIVE, Status
from programmes.catalogue.models import EligibilityRule, Intake
from programmes.catalogue.states import IntakeState
from programmes.cohorts import operations as cohorts
from programmes.cohorts.models import Cohort, CohortMembership, Offer
from programmes.cohorts.states import MembershipState, OfferState
from programmes.forms.models import Question
from programmes.reviews.models import Assignment, Determination, Review, Score
from programmes.reviews.states import AssignmentState

Outcome = Determination.Outcome
REVIEWS = 3
TERMS = "1. The park admits the company for the duration of the programme.\n\n2. The grant is paid in tranches as milestones are achieved."
LETTERS = {
    Outcome.ACCEPTED: "Your place in {programme}",
    Outcome.CONDITIONAL: "A conditional place in {programme}",
    Outcome.WAITLIST: "You are on the waiting list for {programme}",
    Outcome.REJECTED: "Your application to {programme}",
}
# How far the history of an intake's applications goes, by the intake's state.
DEPTH = {
    IntakeState.OPEN: 1,
    IntakeState.CLOSED: 2,
    IntakeState.IN_REVIEW: 3,
    IntakeState.DELIBERATION: 4,
    IntakeState.DECIDED: 5,
    IntakeState.RELEASED: 6,
    IntakeState.COMPLETED: 6,
}


@dataclass
class Story:
    """One application on its way, with the clock of its own history."""

    past: Past
    cast: Cast
    rng: random.Random
    call: Call
    company: Company
    application: Application
    answers: dict[str, Any]
    now: datetime
    quality: float

    @property
    def intake(self) -> Intake:
        return self.call.intake

    def at(self, state: str, *, hours: float) -> datetime:
        """That many hours after the intake reached the state, never in the future."""
        return min(moments(self.intake)[state] + timedelta(hours=hours), self.now - timedelta(minutes=self.rng.randint(5, 300)))

    def tell_founder(self, **more: Any) -> Tell:
        facts = {
            "application_id": self.application.pk, "reference": self.application.reference, "startup": self.company.startup.name,
            "programme": self.intake.programme.title, "intake": self.intake.title, **more,
        }  # fmt: skip
        return Tell("founder", facts, organisation=self.company.startup.organisation_id, roles=("founder", "member"))

    def step(
        self, to: str, kind: str, *, by: ActingAs, at: datetime, reason: str = "", facts: Mapping[str, Any] | None = None, tell: bool = False, **more: Any
    ) -> None:
        told = [self.tell_founder(**more)] if tell else []
        batch = self.intake.release_batch if kind == "cohorts.decision_released" else None
        self.past.step(self.application, to, kind, by=by, at=at, reason=reason, facts=facts, tell=told, batch=batch)


class Admissions:
    """Writes the applications of all calls."""

    def __init__(self, past: Past, cast: Cast, rng: random.Random, *, at: datetime) -> None:
        self.past, self.cast, self.rng, self.at = past, cast, rng, at
        self.questions: dict[str, Question] = {one.key: one for one in past.of(Question)}
        self.rules: dict[Any, list[EligibilityRule]] = {}
        for rule in past.of(EligibilityRule):
            self.rules.setdefault(rule.intake_id, []).append(rule)
        self.taken: set[Any] = set()  # startups that an exclusive programme keeps from others today

    def write(self, calls: Sequence[Call], companies: Sequence[Company]) -> None:
        for call in calls:
            if call.applications:
                self._call(call, companies)

    def _call(self, call: Call, companies: Sequence[Company]) -> None:
        intake = call.intake
        free = [one for one in companies[1:] if one.joined_at < intake.closes_at and one.startup.pk not in self.taken]
        self.rng.shuffle(free)
        focus = set(intake.programme.focus_areas)
        free.sort(key=lambda one: not focus & set(one.startup.focus_areas))
        chosen = free[: call.applications]
        if intake.reference_prefix == "FIN2":
            chosen.insert(0, companies[0])
        stories = [self._story(call, company, first=company is companies[0]) for company in chosen]
        depth = DEPTH[IntakeState(intake.status)]
        sent = [story for story in stories if story.application.status != Status.DRAFT and story.application.status != Status.LAPSED]
        if depth >= 2:
            taken_up = sent[: len(sent) * 2 // 3] if depth == 2 else sent
            self._screen(taken_up, to_review=depth >= 3)
        reviewed = [story for story in sent if story.application.status == Status.IN_REVIEW]
        if depth >= 3:
            self._review(reviewed, done=depth >= 4)
        if depth >= 5:
            self._decide(reviewed, intake)
        elif depth == 4:
            self._decide(reviewed[: len(reviewed) // 3], intake)
        if depth >= 6:
            self._release(reviewed, intake)
        elif intake.programme.is_exclusive:
            self.taken |= {story.company.startup.pk for story in stories if story.application.status in LIVE}

    # ── From the first draft to the sending ──
    def _story(self, call: Call, company: Company, *, first: bool) -> Story:
        intake, rng = call.intake, self.rng
        window = (intake.closes_at - intake.opens_at).total_seconds() / 3600
        elapsed = (min(intake.closes_at, self.at) - intake.opens_at).total_seconds() / 3600
        started = intake.opens_at + timedelta(hours=rng.uniform(5, max(elapsed * 0.6, 6)))
        started = min(max(started, company.joined_at + timedelta(hours=3)), self.at - timedelta(hours=30))
        ineligible = not first and rng.random() < 0.1
        given = writing.compose(company, intake, rng, ineligible=ineligible)
        sheet = writing.store(self.past, company, intake.form_version, self.questions, given, at=started)  # type: ignore[arg-type]
        application = Application(intake=intake, startup=company.startup, answer_set=sheet, created_by=company.founder, created_at=started, updated_at=started)
        self.past.add(application)
        self.past.event(application, "applications.started", by=company.actor, at=started, to_state=Status.DRAFT)
        story = Story(self.past, self.cast, rng, call, company, application, given, self.at, quality=0.95 if first else rng.betavariate(3, 2.4))
        unsent = not first and rng.random() < (0.35 if intake.status == IntakeState.OPEN else 0.2)
        if unsent:
            if intake.status != IntakeState.OPEN:
                story.step(Status.LAPSED, "applications.lapsed", by=system_actor(), at=intake.closes_at + timedelta(minutes=3), tell=True)
            return story
        sent_at = min(started + timedelta(hours=rng.uniform(20, max(window * 0.35, 21))), intake.closes_at - timedelta(hours=1), self.at - timedelta(hours=3))
        intake.last_reference += 1
        application.reference = f"{intake.reference_prefix}-{intake.last_reference:04}"
        application.submitted_at = sent_at
        application.revision = writing.freeze(self.past, company, sheet, given, number=1, at=sent_at)
        results = evaluate(self.rules.get(intake.pk, []), given, sent_at.date())
        application.eligibility = [one.as_json() for one in results]
        story.step(Status.SUBMITTED, "applications.submitted", by=company.actor, at=sent_at, facts={"reference": application.reference}, tell=True)
        startup = company.startup
        if startup.park_stage == ParkStage.PROSPECT:
            self.past.step(startup, ParkStage.APPLICANT, "startups.park_stage_changed", by=system_actor(), at=sent_at, machine=PARK_STAGE)
        return story

    # ── Screening ──
    def _screen(self, stories: Sequence[Story], *, to_review: bool) -> None:
        officer = self.cast.staff["officer"]
        for number, story in enumerate(stories):
            application = story.application
            at = story.at(IntakeState.CLOSED, hours=10 + number)
            application.screening_started_at = at
            story.step(Status.SCREENING, "applications.screening_started", by=officer, at=at)
            failed = [one for one in application.eligibility if one["passed"] is False]
            if story.rng.random() < 0.15:
                at = self._ask(story, at)
                if application.status == Status.INFO_REQUESTED:
                    continue
            if failed:
                reason = f"Fails the rule «{failed[0]['title']}»."
                story.step(
                    Status.INELIGIBLE,
                    "applications.found_ineligible",
                    by=officer,
                    at=at + timedelta(hours=2),
                    reason=reason,
                    tell=True,
                    rules=[failed[0]["title"]],
                )
            elif to_review and not (story.intake.status == IntakeState.IN_REVIEW and number % 8 == 7):
                self._assign(story, at + timedelta(hours=3))

    def _ask(self, story: Story, at: datetime) -> datetime:
        """Ask for information; most answer within three days."""
        officer, application = self.cast.staff["officer"], story.application
        ask = "Please attach the current register of shareholders."
        asked = InfoRequest(application=application, asks=[ask], due_on=(at + timedelta(days=7)).date(), asked_by_id=officer.user_id, asked_at=at)
        self.past.add(asked)
        story.step(Status.INFO_REQUESTED, "applications.information_requested", by=officer, at=at, tell=True, asks=[ask])
        if story.intake.status == IntakeState.IN_REVIEW and story.rng.random() < 0.5:
            return at
        answered = min(at + timedelta(days=2), self.at - timedelta(minutes=30))
        asked.answered_at, asked.answer_note = answered, "The register is in the attached extract."
        application.waited_on_applicant = answered - at
        application.revision = writing.freeze(self.past, story.company, application.answer_set, story.answers, number=2, at=answered)
        story.step(Status.SCREENING, "applications.request_answered", by=story.company.actor, at=answered, tell=True)
        return answered

    # ── Review ──
    def _assign(self, story: Story, at: datetime) -> None:
        officer, application = self.cast.staff["officer"], story.application
        first = story.rng.randrange(len(self.cast.reviewers))
        for offset in range(REVIEWS):
            reviewer = self.cast.reviewers[(first + offset * 5) % len(self.cast.reviewers)]
            assignment = Assignment(
                application=application, reviewer=reviewer, due_on=story.intake.review_due_on or at.date(), assigned_by_id=officer.user_id,
                created_at=at, updated_at=at,
            )  # fmt: skip
            self.past.add(assignment, Reader(application=application, user=reviewer))
            self.past.event(assignment, "reviews.assigned", by=officer, at=at, to_state=AssignmentState.ASSIGNED)
        story.step(Status.IN_REVIEW, "reviews.sent_to_review", by=officer, at=at + timedelta(hours=1), tell=True)

    def _review(self, stories: Sequence[Story], *, done: bool) -> None:
        by_application: dict[Any, list[Assignment]] = {}
        for assignment in self.past.of(Assignment):
            by_application.setdefault(assignment.application_id, []).append(assignment)
        for story in stories:
            for number, assignment in enumerate(by_application.get(story.application.pk, [])):
                if done and number == 2 and story.rng.random() < 0.06:
                    self._expire(story, assignment)
                elif done or story.rng.random() < 0.55:
                    self._score(story, assignment, story.at(IntakeState.IN_REVIEW, hours=20 + 30 * number + story.rng.uniform(0, 60)), lock=done)
            if done:
                at = story.at(IntakeState.DELIBERATION, hours=2)
                story.step(Status.PENDING_DETERMINATION, "reviews.review_closed", by=self.cast.staff["officer"], at=at)

    def _expire(self, story: Story, assignment: Assignment) -> None:
        """A review that was never sent: the clock ended it, and the reviewer reads no more."""
        self.past.rows[Reader] = [
            one for one in self.past.of(Reader) if (one.application_id, one.user_id) != (assignment.application_id, assignment.reviewer_id)
        ]
        self.past.step(assignment, AssignmentState.EXPIRED, "reviews.expired", by=system_actor(), at=story.at(IntakeState.DELIBERATION, hours=0))

    def _score(self, story: Story, assignment: Assignment, at: datetime, *, lock: bool) -> None:
        index = next(number for number, one in enumerate(self.cast.reviewers) if one.pk == assignment.reviewer_id)
        reviewer, rng = self.cast.reviewer(index), story.rng
        assignment.declared_free_at = at
        self.past.step(assignment, AssignmentState.IN_PROGRESS, "reviews.started", by=reviewer, at=at)
        at += timedelta(hours=1)
        values = [min(5, max(1, round(1.2 + 3.8 * story.quality + rng.gauss(0, 0.7)))) for _criterion in story.call.criteria]
        weights = [criterion.weight for criterion in story.call.criteria]
        mean = Decimal(sum(value * weight for value, weight in zip(values, weights, strict=True))) / sum(weights)
        review = Review(
            assignment=assignment, recommendation="yes" if mean >= Decimal("3.6") else "maybe" if mean >= Decimal("2.8") else "no",
            strengths=rng.choice(STRENGTHS), weaknesses=rng.choice(WEAKNESSES), score=mean.quantize(Decimal("0.01"), ROUND_HALF_UP),
            version=3, saved_at=at, submitted_at=at,
        )  # fmt: skip
        self.past.add(review)
        self.past.add(*(Score(review=review, criterion=criterion, value=value) for criterion, value in zip(story.call.criteria, values, strict=True)))
        self.past.step(assignment, AssignmentState.SUBMITTED, "reviews.submitted", by=reviewer, at=at)
        if lock:
            locked_at = max(at, story.at(IntakeState.DELIBERATION, hours=1))
            self.past.step(assignment, AssignmentState.LOCKED, "reviews.locked", by=system_actor(), at=locked_at)
        story.quality = story.quality * 0.7 + float(mean - 1) / 4 * 0.3

    # ── Decisions ──
    def _decide(self, stories: Sequence[Story], intake: Intake) -> None:
        ranked = sorted(stories, key=lambda story: -story.quality)
        seats = intake.seats if intake.status != IntakeState.DELIBERATION else max(len(stories) // 3, 1)
        cohort = Cohort(
            intake=intake, title=intake.title, seats=intake.seats, starts_on=intake.decision_on + timedelta(days=30),
            created_at=moments(intake)[IntakeState.DELIBERATION], updated_at=moments(intake)[IntakeState.DELIBERATION],
        )  # fmt: skip
        self.past.add(cohort)
        for place, story in enumerate(ranked):
            at = story.at(IntakeState.DELIBERATION, hours=20 + place)
            if place < seats:
                self._determine(story, Outcome.ACCEPTED, Status.OFFERED, at)
            elif place < seats + 3:
                self._determine(story, Outcome.WAITLIST, Status.WAITLISTED, at, rank=place - seats + 1)
            else:
                self._determine(story, Outcome.REJECTED, Status.REJECTED, at)

    def _determine(self, story: Story, outcome: Outcome, status: str, at: datetime, rank: int | None = None) -> None:
        manager, application = self.cast.staff["manager"], story.application
        application.intake = story.intake
        letter = cohorts.draft_letter(application, outcome, feedback=story.rng.choice(FEEDBACK) if outcome == Outcome.REJECTED else "")
        determination = Determination(
            application=application, outcome=outcome, reason_code=story.rng.choice(Determination.ReasonCode.values),
            reasons=f"Scores and discussion agree. {story.rng.choice(STRENGTHS)} {story.rng.choice(WEAKNESSES)}",
            feedback=story.rng.choice(FEEDBACK) if outcome == Outcome.REJECTED else "", rank=rank, letter_subject=letter.subject, letter_body=letter.body,
            score_snapshot={"mean": round(1 + 4 * story.quality, 2), "spread": 1.0, "count": REVIEWS, "reviews": []}, author_id=manager.user_id,
            decided_at=at, created_at=at, updated_at=at,
        )  # fmt: skip
        self.past.add(determination)
        story.step(status, "cohorts.determined", by=manager, at=at, reason=determination.reasons, facts={"outcome": outcome})
        if outcome == Outcome.ACCEPTED:
            offer = Offer(application=application, terms=TERMS, terms_sha256=hashlib.sha256(TERMS.encode()).hexdigest(), created_at=at, updated_at=at)
            self.past.add(offer)
            self.past.event(offer, "cohorts.offer_prepared", by=manager, at=at, to_state=OfferState.PREPARED)

    def _release(self, stories: Sequence[Story], intake: Intake) -> None:
        offers = {offer.application_id: offer for offer in self.past.of(Offer)}
        letters = {one.application_id: one for one in self.past.of(Determination)}
        cohort = next(one for one in self.past.of(Cohort) if one.intake_id == intake.pk)
        released_at = intake.released_at or self.at
        manager = self.cast.staff["manager"]
        for story in stories:
            determination = letters[story.application.pk]
            determination.released_at = released_at
            self.past.event(
                story.application, "cohorts.decision_released", by=manager, at=released_at, facts={"outcome": determination.outcome},
                tell=[story.tell_founder(letter_subject=determination.letter_subject, letter_body=determination.letter_body)],
                batch=intake.release_batch,
            )  # fmt: skip
            offer = offers.get(story.application.pk)
            if offer is not None:
                self._answer(story, offer, cohort, released_at)
            elif story.application.status == Status.WAITLISTED and intake.status == IntakeState.COMPLETED:
                story.step(Status.REJECTED, "cohorts.application_decided", by=manager, at=released_at + timedelta(days=25), reason="No seat became free.")

    def _answer(self, story: Story, offer: Offer, cohort: Cohort, released_at: datetime) -> None:
        manager, founder = self.cast.staff["manager"], story.company.actor
        self.past.step(offer, OfferState.OPEN, "cohorts.offer_opened", by=manager, at=released_at)
        offer.expires_at = released_at + timedelta(days=story.intake.offer_valid_days)
        at = released_at + timedelta(days=story.rng.randint(1, 9), hours=story.rng.randint(1, 8))
        if story.intake.status == IntakeState.RELEASED and at > self.at - timedelta(days=1, hours=6):
            return
        fate = "accepted" if story.company.startup.name == "Lumen Pay" else story.rng.choices(("accepted", "declined", "lapsed"), (88, 8, 4))[0]
        if fate == "lapsed":
            self.past.step(offer, OfferState.LAPSED, "cohorts.offer_lapsed", by=system_actor(), at=offer.expires_at, tell=[story.tell_founder()])
            story.step(Status.OFFER_LAPSED, "cohorts.application_decided", by=system_actor(), at=offer.expires_at)
            return
        offer.answered_at = at
        if fate == "declined":
            offer.decline_reason = "We have accepted a place elsewhere."
            self.past.step(offer, OfferState.DECLINED, "cohorts.offer_declined", by=founder, at=at, reason=offer.decline_reason)
            story.step(Status.DECLINED, "cohorts.application_decided", by=founder, at=at)
            return
        offer.signed_name, offer.signed_by = story.company.founder.name, story.company.founder
        self.past.step(offer, OfferState.ACCEPTED, "cohorts.offer_accepted", by=founder, at=at, tell=[story.tell_founder()])
        story.step(Status.ACCEPTED, "cohorts.application_decided", by=founder, at=at)
        self._join(story, cohort, at)

    def _join(self, story: Story, cohort: Cohort, at: datetime) -> None:
        startup, officer = story.company.startup, self.cast.staff["officer"]
        membership = CohortMembership(
            cohort=cohort, startup=startup, application=story.application, starts_on=cohort.starts_on,
            ends_on=cohort.starts_on + timedelta(days=30 * story.intake.programme.duration_months), created_at=at, updated_at=at,
        )  # fmt: skip
        self.past.add(membership)
        self.past.event(membership, "cohorts.membership_started", by=story.company.actor, at=at, to_state=MembershipState.ONBOARDING)
        if startup.park_stage in (ParkStage.PROSPECT, ParkStage.APPLICANT):
            self.past.step(startup, ParkStage.INCUBATEE, "startups.park_stage_changed", by=system_actor(), at=at, machine=PARK_STAGE)
        if story.intake.programme.is_exclusive and membership.ends_on > self.at.date():
            self.taken.add(startup.pk)
        if story.intake.status == IntakeState.COMPLETED:
            done = min(at + timedelta(days=20), self.at - timedelta(hours=1))
            membership.agreement_signed_on = membership.identity_checked_on = membership.induction_on = membership.bank_details_on = done.date()
            told = [Tell("founder", {"startup": startup.name, "cohort": cohort.title}, organisation=startup.organisation_id, roles=("founder", "member"))]
            self.past.step(membership, MembershipState.ACTIVE, "cohorts.membership_activated", by=officer, at=done, tell=told)
