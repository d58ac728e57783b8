"""Programmes and their intakes, in every state, over two years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Organisation
from incubator.home.demo.form import make_form, make_rubric
from incubator.home.demo.past import Past
from incubator.home.demo.people import Cast
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


PROGRAMMES: tuple[dict[str, Any], ...] = (
    {
        "slug": "launch-ideation", "title": "Launch Ideation", "tagline": "Twelve months to find out whether your idea carries a company.",
        "description": "For people with an idea and the will to test it. You get time, a desk, a small grant and a mentor who asks the hard questions early.\n\nHalf of those who start change their idea in the first three months. That is what the programme is for.",
        "who_may_apply": "- Teams of one to four people, incorporated or not\n- One of you works on it full-time from the start\n- The idea needs technology that does not exist ready-made",
        "what_you_get": "- **HK$100,000** in two tranches\n- A desk in the shared laboratory\n- Twelve hours with a mentor, and more if you use them\n- First look by the park's partners, if you want it",
        "how_it_is_judged": "Three reviewers score each application on the rubric below. The panel meets two weeks later.",
        "focus_areas": ["fintech", "ai", "robotics", "healthtech", "smart-city"], "duration_months": 12, "grant_amount": Decimal(100_000), "is_exclusive": True, "rubric": "Ideation",
    },
    {
        "slug": "fintech-incubation", "title": "Fintech Incubation", "tagline": "Thirty-six months, HK$1 million, and a payment network to test on.",
        "description": "For young companies in payments, wallets, security and regulatory technology. You work beside partners who run payment systems every day and open their test benches to you.\n\nSix reviews over three years decide on the tranches of the grant.",
        "who_may_apply": "- Incorporated in Hong Kong for at most 24 months\n- Two people full-time, half of the team technical\n- Founders hold more than half of the shares\n- In no other incubation scheme",
        "what_you_get": "- Up to **HK$1,000,000** over six reviews\n- Office and laboratory at half rate\n- Advisory hours of the partners in seven areas\n- Introductions to investors, when you agree to them",
        "how_it_is_judged": "Eligibility is checked by rule. Three reviewers score what passes; the panel interviews the shortlist.",
        "focus_areas": ["fintech"], "duration_months": 36, "grant_amount": Decimal(1_000_000), "is_exclusive": True, "rubric": "Incubation",
    },
    {
        "slug": "healthtech-incubation", "title": "HealthTech Incubation", "tagline": "Forty-eight months for companies that have to prove what they do.",
        "description": "Medical technology takes longer. This programme gives the time, the wet laboratory and the clinical partners.",
        "who_may_apply": "- Incorporated for at most 36 months\n- A clinical question, and somebody who has it\n- A plan for the way to registration",
        "what_you_get": "- Up to **HK$4,000,000** by milestones\n- Wet bench with induction\n- Help with ethics and registration",
        "how_it_is_judged": "Three reviewers, at least one of them a clinician.",
        "focus_areas": ["healthtech"], "duration_months": 48, "grant_amount": Decimal(4_000_000), "is_exclusive": True, "rubric": "Incubation",
    },
    {
        "slug": "smart-city-acceleration", "title": "Smart City Acceleration", "tagline": "From the first site to the tenth in twelve months.",
        "description": "For companies with a product that works on one site. The park and its partners are the next nine.",
        "who_may_apply": "- A product in use on at least one site\n- Matching funds from a customer or an investor",
        "what_you_get": "- Up to **HK$2,000,000**, matched\n- Sites in the park, with one contact for all permits",
        "how_it_is_judged": "Scored on the proof-of-concept rubric, with the site owners on the panel.",
        "focus_areas": ["smart-city", "robotics"], "duration_months": 12, "grant_amount": Decimal(2_000_000), "is_exclusive": False, "rubric": "Proof of concept",
    },
    {
        "slug": "payments-wallet-lab", "title": "Payments & Wallet Lab", "tagline": "Twelve weeks on a real wallet, with the people who built it.",
        "description": "Run with Meridian Technologies. You bring a product that touches payments; they bring a sandbox, forty advisory hours and an answer at the end.",
        "who_may_apply": "- A working prototype that touches payments or wallets\n- Somebody of the team here for twelve weeks",
        "what_you_get": "- Forty advisory hours and cloud credits\n- Access to the wallet sandbox\n- A pilot decision at the end. No cash",
        "how_it_is_judged": "The lab's engineers and the park score together.",
        "focus_areas": ["fintech", "ai"], "duration_months": 3, "grant_amount": Decimal(0), "is_exclusive": False, "rubric": "Proof of concept", "partner": True,
    },
)  # fmt: skip

# programme, title, prefix, opens (days from today), closes, hears, state, applications, seats
INTAKES: tuple[tuple[str, str, str, int, int, int, IntakeState, int, int], ...] = (
    ("launch-ideation", "Launch Ideation, autumn 2024", "LI24B", -720, -675, -600, IntakeState.COMPLETED, 44, 12),
    ("fintech-incubation", "Fintech Incubation, batch 1", "FIN1", -650, -600, -520, IntakeState.COMPLETED, 60, 14),
    ("launch-ideation", "Launch Ideation, spring 2025", "LI25A", -540, -495, -430, IntakeState.COMPLETED, 40, 12),
    ("healthtech-incubation", "HealthTech Incubation 2025", "HTI25", -470, -410, -330, IntakeState.COMPLETED, 44, 8),
    ("fintech-incubation", "Fintech Incubation, batch 2", "FIN2", -380, -330, -250, IntakeState.COMPLETED, 60, 14),
    ("smart-city-acceleration", "Smart City Acceleration 2026", "SCA26", -260, -215, -150, IntakeState.COMPLETED, 44, 10),
    ("payments-wallet-lab", "Payments & Wallet Lab, summer", "PWL26A", -160, -125, -95, IntakeState.RELEASED, 26, 8),
    ("launch-ideation", "Launch Ideation, autumn 2026", "LI26B", -110, -70, 4, IntakeState.DECIDED, 24, 10),
    ("healthtech-incubation", "HealthTech Incubation 2026", "HTI26", -95, -50, 18, IntakeState.DELIBERATION, 20, 8),
    ("fintech-incubation", "Fintech Incubation, batch 3", "FIN3", -70, -24, 35, IntakeState.IN_REVIEW, 28, 14),
    ("payments-wallet-lab", "Payments & Wallet Lab, winter", "PWL26B", -30, 19, 60, IntakeState.OPEN, 12, 8),
    ("launch-ideation", "Launch Ideation, spring 2027", "LI27A", -12, 33, 95, IntakeState.OPEN, 0, 12),
    ("smart-city-acceleration", "Smart City Acceleration 2027", "SCA27", 21, 66, 130, IntakeState.SCHEDULED, 0, 10),
    ("healthtech-incubation", "HealthTech Incubation 2027", "HTI27", 60, 120, 200, IntakeState.DRAFT, 0, 8),
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
}


def make_calls(past: Past, cast: Cast, partner: Organisation, *, at: datetime) -> list[Call]:
    """Five programmes and fourteen intakes with their history up to their state."""
    founded = at - timedelta(days=760)
    form = make_form(past, "Incubation application", at=founded)
    rubrics = {name: make_rubric(past, name, at=founded) for name in ("Incubation", "Ideation", "Proof of concept")}
    programmes: dict[str, tuple[Programme, str]] = {}
    for fields in PROGRAMMES:
        values = dict(fields)
        rubric, with_partner = values.pop("rubric"), values.pop("partner", False)
        programme = Programme(partner=partner if with_partner else None, created_at=founded, updated_at=founded, **values)
        past.add(programme)
        past.step(programme, ProgrammeState.PUBLISHED, "catalogue.programme_published", by=cast.staff["manager"], at=founded)
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
    by_system = {IntakeState.OPEN, IntakeState.CLOSED, IntakeState.COMPLETED}
    for step in STATES_IN_ORDER[: STATES_IN_ORDER.index(state) + 1]:
        actor = system_actor() if step in by_system else cast.staff["manager"]
        when = min(times[step], at - timedelta(hours=2))
        if step == IntakeState.RELEASED:
            intake.released_at, intake.release_batch = when, uuid7()
        past.step(intake, step, KINDS[step], by=actor, at=when, batch=intake.release_batch if step == IntakeState.RELEASED else None)
