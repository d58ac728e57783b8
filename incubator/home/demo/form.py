"""The park's application form and its rubrics, in the park's own field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incubator.home.demo.past import Past
from incubator.home.demo.people import EXPERTISE, FOCUS
from programmes.catalogue.models import Criterion, Rubric
from programmes.forms.models import FormVersion, Question

SECTIONS = (
    ("company", "Your company", "As it stands in the companies register."),
    ("idea", "The idea", "What you do and for whom, in words a neighbour understands."),
    ("technology", "Technology", "What is new, what may fail, and what you own."),
    ("market", "Market and business", "Who pays, how much, and how you reach them."),
    ("team", "Team and ownership", "Who works on it, and who owns it."),
    ("plan", "Plan and use of the grant", "What you will have done by when."),
    ("park", "Working with the park", "Which help you want from the park and its partners."),
    ("declarations", "Declarations", "Please read each one before you tick it."),
)

Kind = Question.Kind
YES_NO_COLUMN = "yes_no"


def _choices(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in pairs]


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"section": "company", "key": "company-name", "kind": Kind.SHORT_TEXT, "label": "Name of the company", "profile_field": "name", "max_length": 160},
    {"section": "company", "key": "company-name-local", "kind": Kind.SHORT_TEXT, "label": "Name in Chinese", "is_required": False, "profile_field": "name_local", "max_length": 160},
    {"section": "company", "key": "incorporated", "kind": Kind.YES_NO, "label": "Is the company incorporated?", "help_text": "You may apply before; an offer then comes with that condition."},
    {
        "section": "company", "key": "jurisdiction", "kind": Kind.SINGLE_CHOICE, "label": "Where is it incorporated?", "profile_field": "jurisdiction",
        "choices": _choices((("HK", "Hong Kong"), ("CN", "Mainland China"), ("SG", "Singapore"), ("GB", "United Kingdom"), ("XX", "Elsewhere"))),
        "condition": {"question": "incorporated", "is": True},
    },
    {"section": "company", "key": "incorporated-on", "kind": Kind.DATE, "label": "Date of incorporation", "profile_field": "incorporated_on", "condition": {"question": "incorporated", "is": True}},
    {"section": "company", "key": "registration-no", "kind": Kind.SHORT_TEXT, "label": "Business registration number", "profile_field": "registration_no", "max_length": 40, "condition": {"question": "incorporated", "is": True}},
    {"section": "company", "key": "registration-file", "kind": Kind.FILE, "label": "Business registration certificate", "is_required": False, "help_text": "PDF, PNG or JPEG, at most 10 MB."},
    {"section": "company", "key": "website", "kind": Kind.SHORT_TEXT, "label": "Website", "is_required": False, "profile_field": "website", "max_length": 200},
    {"section": "idea", "key": "pitch", "kind": Kind.SHORT_TEXT, "label": "One-line pitch", "max_length": 140, "profile_field": "pitch"},
    {"section": "idea", "key": "abstract", "kind": Kind.LONG_TEXT, "label": "Abstract", "max_length": 1500, "profile_field": "abstract", "help_text": "Three paragraphs: the problem, your answer, where you stand."},
    {"section": "idea", "key": "focus", "kind": Kind.MULTIPLE_CHOICE, "label": "Focus areas", "choices": _choices(FOCUS), "profile_field": "focus_areas"},
    {"section": "idea", "key": "problem", "kind": Kind.LONG_TEXT, "label": "The problem, and who has it", "max_length": 2000},
    {"section": "idea", "key": "product", "kind": Kind.LONG_TEXT, "label": "The product, and why it beats what there is", "max_length": 2000},
    {"section": "idea", "key": "deck", "kind": Kind.FILE, "label": "Pitch deck", "is_required": False, "help_text": "PDF or PPTX, at most 25 MB."},
    {"section": "technology", "key": "technology", "kind": Kind.LONG_TEXT, "label": "The technology, what is new in it, and what may fail", "max_length": 2000},
    {"section": "technology", "key": "trl", "kind": Kind.NUMBER, "label": "Technology readiness level today", "minimum": 1, "maximum": 9, "profile_field": "trl", "help_text": "1 (basic principles) to 9 (proven in operation)."},
    {"section": "technology", "key": "trl-next", "kind": Kind.NUMBER, "label": "Technology readiness level in twelve months", "minimum": 1, "maximum": 9},
    {"section": "technology", "key": "ip", "kind": Kind.LONG_TEXT, "label": "Intellectual property owned or filed", "is_required": False, "max_length": 1000, "profile_field": "intellectual_property"},
    {"section": "market", "key": "market", "kind": Kind.LONG_TEXT, "label": "Target customers, size of the market, way to the first fifty", "max_length": 2000},
    {"section": "market", "key": "business-model", "kind": Kind.LONG_TEXT, "label": "Business model and prices", "max_length": 1500},
    {"section": "market", "key": "traction", "kind": Kind.LONG_TEXT, "label": "Traction so far", "max_length": 1500, "profile_field": "traction", "help_text": "Users, revenue, pilots, letters of intent, with dates."},
    {"section": "market", "key": "revenue", "kind": Kind.MONEY, "label": "Revenue of the last twelve months", "minimum": 0},
    {"section": "market", "key": "regulated", "kind": Kind.YES_NO, "label": "Is any part of the business a regulated activity?"},
    {"section": "market", "key": "licence", "kind": Kind.LONG_TEXT, "label": "Licence or sandbox status", "max_length": 800, "condition": {"question": "regulated", "is": True}},
    {
        "section": "team", "key": "team", "kind": Kind.TABLE, "label": "The team", "help_text": "One row a person.",
        "columns": [
            {"key": "name", "label": "Name", "kind": "text"},
            {"key": "role", "label": "Role", "kind": "text"},
            {"key": "full_time", "label": "Full-time", "kind": YES_NO_COLUMN},
            {"key": "technical", "label": "Technical", "kind": YES_NO_COLUMN},
            {"key": "equity", "label": "Equity in %", "kind": "number"},
        ],
    },
    {"section": "team", "key": "raised", "kind": Kind.MONEY, "label": "Funds raised so far", "minimum": 0, "profile_field": "funding_raised"},
    {"section": "team", "key": "other-schemes", "kind": Kind.YES_NO, "label": "Is the company in another incubation scheme?"},
    {"section": "plan", "key": "use-of-grant", "kind": Kind.LONG_TEXT, "label": "What you would use the grant for", "max_length": 1500},
    {
        "section": "plan", "key": "milestones", "kind": Kind.TABLE, "label": "Proposed milestones", "help_text": "Three to six, each with its evidence.",
        "columns": [
            {"key": "title", "label": "Milestone", "kind": "text"},
            {"key": "due", "label": "By", "kind": "date"},
            {"key": "amount", "label": "Share of the grant", "kind": "money"},
        ],
    },
    {"section": "plan", "key": "benefit", "kind": Kind.LONG_TEXT, "label": "Benefit to the city: jobs, research, partners", "max_length": 1000},
    {"section": "park", "key": "expertise", "kind": Kind.MULTIPLE_CHOICE, "label": "Which help do you want from partners?", "choices": _choices(EXPERTISE), "is_required": False, "profile_field": "expertise_wanted"},
    {"section": "park", "key": "why", "kind": Kind.LONG_TEXT, "label": "Why this programme?", "max_length": 1000},
    {"section": "declarations", "key": "true-and-complete", "kind": Kind.DECLARATION, "label": "Everything stated here is true and complete."},
    {"section": "declarations", "key": "share-with-panel", "kind": Kind.DECLARATION, "label": "The park may show this application to its review panel."},
    {"section": "declarations", "key": "no-conflict", "kind": Kind.DECLARATION, "label": "I have named every tie to the park's staff and reviewers that I know of."},
)  # fmt: skip


def make_form(past: Past, name: str, *, at: datetime) -> FormVersion:
    """The form, frozen, with all its questions."""
    form = FormVersion(
        name=name, number=1, frozen_at=at, created_at=at, updated_at=at,
        sections=[{"key": key, "title": title, "help": words} for key, title, words in SECTIONS],
    )  # fmt: skip
    past.add(form)
    past.add(*(Question(form_version=form, position=position, **question) for position, question in enumerate(QUESTIONS)))
    return form


RUBRICS: dict[str, tuple[tuple[str, int, str, dict[str, str]], ...]] = {
    "Incubation": (
        ("Team", 20, "Has this team what it takes, and does it stay?", {"1": "One founder, part-time, no record in the field.", "3": "Two full-time founders with relevant work behind them.", "5": "A complete team that has built and sold in this field."}),
        ("Technology and innovation", 20, "What is new, and is it defensible?", {"1": "Integration of what can be bought.", "3": "A new combination, shown in a prototype.", "5": "Own invention, proven in use, protected."}),
        ("Market viability", 30, "Who pays, and how many of them are there?", {"1": "No customer has been asked.", "3": "Letters of intent and a reachable market.", "5": "Paying customers with two months of data or more."}),
        ("Business model and time to market", 20, "Does it earn money, and when?", {"1": "No prices.", "3": "Prices tested, break-even shown with assumptions.", "5": "Unit economics measured and positive."}),
        ("Benefit to the city and the park", 10, "Jobs, research, work with partners", {"1": "None named.", "3": "Some jobs and one partner.", "5": "Research jobs here and two partners who wait for it."}),
    ),
    "Ideation": (
        ("Team", 30, "Will they find out fast?", {"1": "One person with an idea.", "3": "Complementary skills, first tests done.", "5": "They have already changed their mind because of a test."}),
        ("Innovativeness", 25, "Is it new where it matters?", {"1": "Exists already.", "3": "New for this market.", "5": "Not seen by anyone on the panel."}),
        ("Feasibility", 25, "Can it be built in a year?", {"1": "Against what is known.", "3": "Hard but planned.", "5": "The hard part works already."}),
        ("Business potential", 20, "Would somebody pay?", {"1": "Nobody is named.", "3": "A group with the problem is named.", "5": "Somebody has offered to pay."}),
    ),
    "Proof of concept": (
        ("Problem fit", 25, "Does it solve the sponsor's problem?", {"1": "Another problem.", "3": "Most of it.", "5": "All of it, measurably."}),
        ("Technical feasibility", 25, "Will it work on site?", {"1": "Untested.", "3": "Shown in the laboratory.", "5": "Shown on a comparable site."}),
        ("Sponsor's commitment", 20, "Will the sponsor do its part?", {"1": "No person named.", "3": "A person and a site.", "5": "A person, a site and a budget."}),
        ("Way to adoption", 20, "What follows a success?", {"1": "Nothing agreed.", "3": "A decision owner and a date.", "5": "A contract is drafted."}),
        ("Risk and safeguards", 10, "What may go wrong?", {"1": "Not considered.", "3": "Listed.", "5": "Listed, owned and insured."}),
    ),
}  # fmt: skip


def make_rubric(past: Past, name: str, *, at: datetime) -> tuple[Rubric, list[Criterion]]:
    rubric = Rubric(name=name, number=1, frozen_at=at, created_at=at, updated_at=at)
    criteria = [
        Criterion(rubric=rubric, position=position, title=title, weight=weight, description=what, anchors=anchors)
        for position, (title, weight, what, anchors) in enumerate(RUBRICS[name])
    ]
    past.add(rubric, *criteria)
    return rubric, criteria
