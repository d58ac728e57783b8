"""What stands in every sandbox: eight startups, two of them with a round. The same words in the same order each time."""

from __future__ import annotations

from dataclasses import dataclass
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
