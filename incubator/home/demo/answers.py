"""What a company wrote in its application: an answer for each question of the demo's form."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import date, datetime, timedelta
from typing import Any

from incubator.home.demo.companies import Company
from incubator.home.demo.past import Past
from programmes.catalogue.models import Intake
from programmes.forms.models import Answer, AnswerSet, FormVersion, Question, Revision

FINANCIAL_FOCUS = "fintech"


def compose(company: Company, intake: Intake, rng: random.Random, *, ineligible: bool = False) -> dict[str, Any]:
    """Answers by question key, complete but for optional files."""
    startup, concept = company.startup, company.concept
    amount = intake.programme.grant_amount
    start = intake.decision_on + timedelta(days=30)
    incorporated_on = min(startup.incorporated_on or date(2025, 1, 1), (intake.opens_at - timedelta(days=30)).date())
    incorporated_on = max(incorporated_on, (intake.closes_at - timedelta(days=690)).date())
    answers: dict[str, Any] = {
        "company-name": startup.name,
        "incorporated": True,
        "jurisdiction": "HK",
        "incorporated-on": incorporated_on.isoformat(),
        "registration-no": startup.registration_no,
        "website": startup.website,
        "pitch": startup.pitch,
        "abstract": startup.abstract,
        "focus": startup.focus_areas,
        "problem": f"{concept.problem} We spoke with {rng.randint(20, 60)} {company.for_whom}; most lose hours to it every week.",
        "product": f"{concept.product} It takes less than a day to introduce, and it pays for itself within {rng.randint(3, 11)} months.",
        "technology": f"{concept.technology} The largest risk is accuracy in the field; we retire it first, with a test on two sites.",
        "trl": str(startup.trl),
        "trl-next": str(min(startup.trl + 2, 9)),
        "market": f"We start with {company.for_whom} in the city, about {rng.randint(8, 60) * 100} of them, and reach them through their associations.",
        "business-model": f"A monthly fee of HK${rng.randint(4, 40) * 100} a site, installation at cost, and a share of the savings where they can be measured.",
        "traction": startup.traction,
        "revenue": {"amount": str(rng.choice((0, 80_000, 240_000, 900_000))), "currency": "HKD"},
        "regulated": concept.focus == FINANCIAL_FOCUS,
        "team": [
            {"name": one.name, "role": one.title, "full_time": one.is_full_time, "technical": one.is_technical, "equity": str(one.equity_percent)}
            for one in company.people
        ],
        "raised": {"amount": str(startup.funding_raised), "currency": "HKD"},
        "other-schemes": ineligible,
        "use-of-grant": "Two engineers for twelve months, certification, and the installation on three sites.",
        "milestones": [
            {"title": title, "due": (start + timedelta(days=days)).isoformat(), "amount": str(amount / 4)}
            for title, days in (("Second prototype tested", 90), ("First paying site", 180), ("Ten sites", 330))
        ],
        "benefit": f"Four research jobs here within a year, and a product that {company.for_whom} can buy from a company of this city.",
        "expertise": startup.expertise_wanted,
        "why": "The partners of the park run what we want to connect to. Nobody else can let us test on it.",
        "true-and-complete": True,
        "share-with-panel": True,
        "no-conflict": True,
    }
    if concept.focus == FINANCIAL_FOCUS:
        answers["licence"] = "No licence needed for the pilot; we have asked for a place in the supervisory sandbox."
    return answers


def store(past: Past, company: Company, form: FormVersion, questions: dict[str, Question], answers: dict[str, Any], *, at: datetime) -> AnswerSet:
    """The answers as they are being written."""
    sheet = AnswerSet(form_version=form, organisation=company.startup.organisation, created_at=at)
    past.add(sheet)
    past.add(
        *(
            Answer(answer_set=sheet, question=questions[key], value=value, version=1, updated_at=at, updated_by=company.founder)
            for key, value in answers.items()
        )
    )
    return sheet


def freeze(past: Past, company: Company, sheet: AnswerSet, answers: dict[str, Any], *, number: int, at: datetime) -> Revision:
    """The answers as they were sent in."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    revision = Revision(
        answer_set=sheet, number=number, answers=answers, sha256=hashlib.sha256(text.encode()).hexdigest(), frozen_at=at, frozen_by=company.founder
    )
    past.add(revision)
    return revision
