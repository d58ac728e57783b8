"""Programmes and their intakes, in every state, over two years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Organisation
from incubator.home.demo.form import make_form, make_rubric
from incubator.home.demo.past import Past
from incubator.home.demo.people import Cast
from incubator.home.demo.programmes import PROGRAMMES, REASONS
from incubator.lib.ids import uuid7
from programmes.catalogue.models import Criterion, EligibilityRule, Intake, Programme
from programmes.catalogue.states import IntakeState, ProgrammeState

Op = EligibilityRule.Operator


@dataclass
class Call:
    """An intake with what the history of its applications needs."""

    intake: Intake
    criteria: list[Criterion]
    applications: int


# programme, title, prefix, opens (days from today), closes, hears, state, applications, seats
INTAKES: tuple[tuple[str, str, str, int, int, int, IntakeState, int, int], ...] = (
    ("launch-ideation", "Launch Ideation, autumn 2024", "LI24B", -720, -675, -600, IntakeState.COMPLETED, 36, 12),
    ("blockchain-pilot-fund", "Blockchain Pilot Fund, last call", "BPF24", -700, -655, -600, IntakeState.COMPLETED, 14, 6),
    ("fintech-incubation", "Fintech Incubation, batch 1", "FIN1", -650, -600, -520, IntakeState.COMPLETED, 50, 14),
    ("launch-ideation", "Launch Ideation, spring 2025", "LI25A", -540, -495, -430, IntakeState.COMPLETED, 34, 12),
    ("healthtech-incubation", "HealthTech Incubation 2025", "HTI25", -470, -410, -330, IntakeState.COMPLETED, 36, 8),
    ("fintech-incubation", "Fintech Incubation, batch 2", "FIN2", -380, -330, -250, IntakeState.COMPLETED, 50, 14),
    ("open-technology-innovation", "Open Technology challenges, first round", "OTI25", -300, -265, -225, IntakeState.COMPLETED, 18, 6),
    ("smart-city-acceleration", "Smart City Acceleration 2026", "SCA26", -260, -215, -150, IntakeState.COMPLETED, 36, 10),
    ("cross-border-trade-sandbox", "Cross-border Trade Sandbox, first border", "CTS26", -230, -190, -140, IntakeState.COMPLETED, 16, 6),
    ("payments-wallet-lab", "Payments & Wallet Lab, summer", "PWL26A", -120, -75, -9, IntakeState.RELEASED, 30, 12),
    ("launch-ideation", "Launch Ideation, autumn 2026", "LI26B", -110, -70, 4, IntakeState.DECIDED, 24, 10),
    ("healthtech-incubation", "HealthTech Incubation 2026", "HTI26", -95, -50, 18, IntakeState.DELIBERATION, 20, 8),
    ("fintech-incubation", "Fintech Incubation, batch 3", "FIN3", -70, -24, 35, IntakeState.IN_REVIEW, 28, 14),
    ("robotics-proving-ground", "Robotics Proving Ground, first call", "RPG26", -45, -3, 50, IntakeState.CLOSED, 14, 6),
    ("cross-border-trade-sandbox", "Cross-border Trade Sandbox, second border", "CTS27", -20, 25, 70, IntakeState.CANCELLED, 0, 6),
    ("payments-wallet-lab", "Payments & Wallet Lab, winter", "PWL26B", -30, 19, 60, IntakeState.OPEN, 12, 8),
    ("applied-ai-residency", "Applied AI Residency 2027", "AIR27", -16, 9, 55, IntakeState.OPEN, 7, 6),
    ("launch-ideation", "Launch Ideation, spring 2027", "LI27A", -12, 33, 95, IntakeState.OPEN, 0, 12),
    ("open-technology-innovation", "Open Technology challenges, second round", "OTI27", 11, 53, 95, IntakeState.SCHEDULED, 0, 8),
    ("smart-city-acceleration", "Smart City Acceleration 2027", "SCA27", 21, 66, 130, IntakeState.SCHEDULED, 0, 10),
    ("healthtech-incubation", "HealthTech Incubation 2027", "HTI27", 60, 120, 200, IntakeState.DRAFT, 0, 8),
    ("ageing-well-studio", "Ageing Well Studio, first call", "AWS27", 75, 120, 170, IntakeState.DRAFT, 0, 6),
)  # fmt: skip

RULES: tuple[dict[str, Any], ...] = (
    {"title": "In no other incubation scheme", "question_key": "other-schemes", "operator": Op.EQ, "value": False},
    {"title": "At least one person works full-time", "question_key": "team", "operator": Op.COUNT_GTE, "column": "full_time", "value": 1},
    {"title": "Half of the team is technical", "question_key": "team", "operator": Op.SHARE_GTE, "column": "technical", "value": 0.5, "needs_judgement": True},
)
FINTECH_RULES: tuple[dict[str, Any], ...] = (
    {"title": "Incorporated in Hong Kong", "question_key": "jurisdiction", "operator": Op.EQ, "value": "HK"},
    {"title": "Incorporated for at most 24 months", "question_key": "incorporated-on", "operator": Op.MONTHS_LTE, "value": 24},
    {"title": "The team holds more than half of the shares", "question_key": "team", "operator": Op.SUM_GT, "column": "equity", "value": 50},
)
STATES_IN_ORDER = (
    IntakeState.SCHEDULED, IntakeState.OPEN, IntakeState.CLOSED, IntakeState.IN_REVIEW, IntakeState.DELIBERATION, IntakeState.DECIDED,
    IntakeState.RELEASED, IntakeState.COMPLETED,
)  # fmt: skip
KINDS = {
    IntakeState.SCHEDULED: "catalogue.intake_scheduled",
    IntakeState.OPEN: "catalogue.intake_opened",
    IntakeState.CLOSED: "catalogue.intake_closed",
    IntakeState.IN_REVIEW: "catalogue.review_started",
    IntakeState.DELIBERATION: "catalogue.deliberation_started",
    IntakeState.DECIDED: "catalogue.intake_decided",
    IntakeState.RELEASED: "catalogue.intake_released",
    IntakeState.COMPLETED: "catalogue.intake_completed",
    IntakeState.CANCELLED: "catalogue.intake_cancelled",
}
CALLED_OFF = "The second border operator's test system is not ready; the call is made again in the spring."


def make_calls(past: Past, cast: Cast, partner: Organisation, *, at: datetime) -> list[Call]:
    """Twelve programmes and twenty-two intakes with their history up to their state."""
    founded = at - timedelta(days=760)
    form = make_form(past, "Incubation application", at=founded)
    rubrics = {name: make_rubric(past, name, at=founded) for name in ("Incubation", "Ideation", "Proof of concept")}
    programmes: dict[str, tuple[Programme, str]] = {}
    for fields in PROGRAMMES:
        values = dict(fields)
        rubric, with_partner, state = values.pop("rubric"), values.pop("partner", False), values.pop("state", ProgrammeState.PUBLISHED)
        programme = Programme(partner=partner if with_partner else None, created_at=founded, updated_at=founded, **values)
        past.add(programme)
        _standing(past, cast, programme, state, founded=founded, at=at)
        programmes[programme.slug] = (programme, rubric)
    calls = []
    for slug, title, prefix, opens, closes, hears, state, number, seats in INTAKES:
        programme, rubric_name = programmes[slug]
        rubric, criteria = rubrics[rubric_name]
        opens_at = _at_nine(at + timedelta(days=opens))
        intake = Intake(
            programme=programme, slug=f"{slug}-{prefix.lower()}", title=title, reference_prefix=prefix, opens_at=opens_at,
            closes_at=_at_nine(at + timedelta(days=closes)).replace(hour=9) , decision_on=(at + timedelta(days=hears)).date(), form_version=form,
            rubric=rubric, seats=seats, review_due_on=(at + timedelta(days=closes + 30)).date(), created_at=opens_at - timedelta(days=40),
            updated_at=opens_at - timedelta(days=40),
        )  # fmt: skip
        past.add(intake)
        rules = RULES + (FINTECH_RULES if slug == "fintech-incubation" else ())
        past.add(*(EligibilityRule(intake=intake, position=position, **rule) for position, rule in enumerate(rules)))
        if state != IntakeState.DRAFT:
            _history(past, cast, intake, state, at=at)
        calls.append(Call(intake, criteria, number))
    return calls


def _standing(past: Past, cast: Cast, programme: Programme, state: ProgrammeState, *, founded: datetime, at: datetime) -> None:
    """The programme's way to where it stands today."""
    manager = cast.staff["manager"]
    if state == ProgrammeState.DRAFT:
        return
    past.step(programme, ProgrammeState.PUBLISHED, "catalogue.programme_published", by=manager, at=founded)
    if state == ProgrammeState.PAUSED:
        past.step(programme, state, "catalogue.programme_paused", by=manager, at=at - timedelta(days=28), reason=REASONS[state])
    if state == ProgrammeState.RETIRED:
        past.step(programme, state, "catalogue.programme_retired", by=manager, at=at - timedelta(days=310), reason=REASONS[state])


def _at_nine(instant: datetime) -> datetime:
    """17:00 in Hong Kong on that day."""
    return instant.replace(hour=9, minute=0, second=0, microsecond=0)


def moments(intake: Intake) -> dict[str, datetime]:
    """When the intake reached each state; the applications' histories fit between these."""
    closes, hears = (
        intake.closes_at,
        _at_nine(intake.closes_at.replace(year=intake.decision_on.year, month=intake.decision_on.month, day=intake.decision_on.day)),
    )
    between = hears - closes
    return {
        IntakeState.SCHEDULED: intake.opens_at - timedelta(days=30),
        IntakeState.OPEN: intake.opens_at,
        IntakeState.CLOSED: closes,
        IntakeState.IN_REVIEW: closes + between * 0.2,
        IntakeState.DELIBERATION: closes + between * 0.6,
        IntakeState.DECIDED: closes + between * 0.85,
        IntakeState.RELEASED: hears,
        IntakeState.COMPLETED: hears + timedelta(days=30),
    }


def _history(past: Past, cast: Cast, intake: Intake, state: IntakeState, *, at: datetime) -> None:
    times = moments(intake)
    if state == IntakeState.CANCELLED:
        manager, called_off_at = cast.staff["manager"], intake.opens_at - timedelta(days=8)
        past.step(intake, IntakeState.SCHEDULED, KINDS[IntakeState.SCHEDULED], by=manager, at=times[IntakeState.SCHEDULED])
        past.step(intake, state, KINDS[state], by=manager, at=called_off_at, reason=CALLED_OFF)
        return
    by_system = {IntakeState.OPEN, IntakeState.CLOSED, IntakeState.COMPLETED}
    for step in STATES_IN_ORDER[: STATES_IN_ORDER.index(state) + 1]:
        actor = system_actor() if step in by_system else cast.staff["manager"]
        when = min(times[step], at - timedelta(hours=2))
        if step == IntakeState.RELEASED:
            intake.released_at, intake.release_batch = when, uuid7()
        past.step(intake, step, KINDS[step], by=actor, at=when, batch=intake.release_batch if step == IntakeState.RELEASED else None)
