"""What stands in every sandbox: eight startups, two of them with a round, and five promises. The same words in the same order each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Invented:
    """One startup, the level it shows, and what it raises, if anything."""

    name: str
    founder: str
    level: int
    pitch: str
    focus: str
    expertise: str
    stage: str
    trl: int
    target: Decimal | None = None
    is_stealth: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment of the sandbox agreement, in the state in which it waits for a step; `done` stands in its ledger."""

    workstream: str
    side: str
    title: str
    kind: str
    target: int
    unit: str
    status: str
    evidence: str = ""
    done: int = 0


FOR_EVER = date(2099, 12, 31)  # nothing in a sandbox closes or runs out by itself
MILLION = Decimal(1_000_000)

STARTUPS = (
    Invented("Testbed Payments", "Ada Sample", 3, "Settles invented payments in no time at all.", "fintech", "payment-systems", "revenue", 8, 8 * MILLION),
    Invented("Sample Robotics", "Ben Sample", 2, "Robots that deliver parcels that do not exist.", "robotics", "iot", "pilot", 6, 4 * MILLION),
    Invented("Placeholder Health", "Cleo Sample", 3, "Reads scans of patients nobody has met.", "healthtech", "ai-expertise", "pilot", 7),
    Invented("Dummy Ledger", "Dan Sample", 2, "A ledger for transactions that never were.", "fintech", "blockchain", "prototype", 5),
    Invented("Fixture Energy", "Eve Sample", 2, "Balances a grid made of numbers.", "smart-city", "cloud", "prototype", 4),
    Invented("Mock Mobility", "Finn Sample", 1, "Routes buses through a town on paper.", "smart-city", "iot", "idea", 2),
    Invented("Stub Security", "Gia Sample", 1, "Finds the holes in systems that have none.", "ai", "data-security", "revenue", 9),
    Invented("Hidden Example", "Hal Sample", 2, "Still a secret, even in the sandbox.", "ai", "ai-expertise", "pilot", 6, is_stealth=True),
)

SAMPLES = "https://sandbox.example/samples"
PROMISES = (
    Promise("Expertise", "partner", "Invented advisory hours", "expertise", 40, "hours", "agreed"),
    Promise("Expertise", "partner", "Two samples of a proof of concept", "expertise", 2, "proofs_of_concept", "in_progress"),
    Promise("Events", "partner", "An open evening that nobody attended", "event", 1, "events", "disputed", f"The list of guests is at {SAMPLES}."),
    Promise("Events", "park", "Three evenings with invented founders", "event", 3, "events", "delivered", f"The programme of each is at {SAMPLES}."),
    Promise("Cases", "park", "Four case studies of nothing", "case_study", 4, "case_studies", "in_progress", done=1),
)

# Of each startup at full level.
DOCUMENTS = (("deck", "Sample deck"), ("certificate", "Certificate of nothing"))

PROGRAMME_SLUG = "sandbox-programme"
PROGRAMME = {
    "title": "Sandbox accelerator",
    "tagline": "An invented programme for trying out the API.",
    "description": "Nobody can apply to it. It stands here so that your integration has a programme with an open call to read.",
    "who_may_apply": "Nobody: it is invented.",
    "what_you_get": "A programme and an intake to read.",
    "focus_areas": ["fintech", "ai"],
    "duration_months": 12,
    "grant_amount": Decimal(500_000),
}
INTAKE = {"title": "Sandbox call", "reference_prefix": "TEST"}
