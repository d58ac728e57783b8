"""The words of the demo's offerings and requests."""

from __future__ import annotations

from typing import NamedTuple


class Offered(NamedTuple):
    """An offering: whose, what, for whom, how much, since how many days, and where it stands."""

    house: int
    title: str
    area: str
    kind: str
    serves: str
    capacity: int
    lead_days: int
    focus: tuple[str, ...]
    since: int
    state: str
    description: str


OFFERINGS = (
    Offered(0, "Payment settlement clinic", "payment-systems", "advisory_hours", "both", 24, 5, ("fintech",), 690, "published",
        "Two engineers of our settlement team read your flows with you: reconciliation, chargebacks, cut-off times.\n\nBring a diagram and one week of anonymous records."),
    Offered(0, "Threat modelling, half a day", "data-security", "security_review", "both", 20, 10, (), 680, "published",
        "We draw your data flows, name what can go wrong, and leave a list in order of risk.\n\nBring whoever wrote the code."),
    Offered(0, "Cloud architecture review", "cloud", "advisory_hours", "both", 24, 7, (), 660, "published",
        "An architect looks at what you run, what it costs and what breaks first. You get a page with five things to change."),
    Offered(0, "Wallet certification office hours", "electronic-wallets", "advisory_hours", "incubatees", 16, 3, ("fintech",), 600, "published",
        "Thursday mornings with the people who certify wallets: what to prepare, which tests fail, how long each step takes."),
    Offered(0, "Cloud credits, HK$40,000", "cloud", "credits", "incubatees", 6, 2, (), 500, "published",
        "Credits for our public cloud, valid for twelve months. One code for each startup."),
    Offered(0, "Payments sandbox with live-like data", "payment-systems", "sandbox_access", "both", 8, 2, ("fintech",), 420, "published",
        "An account in our sandbox: three wallets, eleven currencies, merchants that pay, refund and dispute."),
    Offered(1, "Radio planning for sensors", "iot", "advisory_hours", "both", 16, 7, (), 410, "published",
        "We plan coverage with you on the campus model, and measure one afternoon on site."),
    Offered(1, "Machine learning at the edge", "ai-expertise", "training", "both", 20, 14, (), 400, "published",
        "A training day for four people: from a notebook to a model that runs on a board for a year."),
    Offered(1, "Model review", "ai-expertise", "advisory_hours", "incubatees", 12, 7, ("ai", "healthtech"), 300, "paused",
        "Two researchers read your evaluation and try to break your model. You get their notes."),
    Offered(1, "Device cloud trial", "cloud", "sandbox_access", "both", 5, 3, (), 30, "pending_approval",
        "A hundred devices in our device cloud for three months, with the dashboards that our city customers use."),
    Offered(2, "Key management review", "data-security", "security_review", "both", 12, 10, ("fintech",), 370, "published",
        "How keys are made, kept, used and changed: we check it against what banks will ask you."),
    Offered(2, "Distributed ledger design hours", "blockchain", "advisory_hours", "both", 10, 7, (), 360, "published",
        "Do you need a ledger, which one, and what stays off it? Three of us have run them for banks."),
    Offered(2, "Penetration test, small", "data-security", "security_review", "park_companies", 10, 21, (), 350, "retired",
        "Two days against a test environment of yours, with a report."),
    Offered(2, "Secure coding day", "data-security", "training", "both", 16, 14, (), 5, "draft",
        "A day with your developers on the mistakes that we find most."),
)  # fmt: skip

# What the founder writes, what should come of it, and what the park makes of it for the partner.
NEEDS: dict[str, tuple[str, str, str]] = {
    "payment-systems": ("Our settlement file and the bank's differ by a few dollars every week, and nobody here has built one before.", "We know why, and what to change.",
        "A startup reconciles card and wallet payments. Its daily totals differ from the bank's; it needs somebody who knows cut-offs and fees."),
    "data-security": ("We keep card tokens in our own database. Our first bank customer asks for a threat model and we have none.", "A threat model that a bank accepts.",
        "A startup keeps tokens of cards itself and needs a threat model before its first bank customer signs."),
    "cloud": ("Our cloud bill tripled with twice the traffic. We run everything on machines that we chose in a hurry.", "A bill that grows slower than our traffic.",
        "A startup's cloud costs grow faster than its traffic. It wants an architecture that scales with a team of three."),
    "electronic-wallets": ("The certification of our wallet came back with eleven findings and we do not understand four of them.", "All findings are closed before the second round.",
        "A startup has failed the first round of wallet certification and needs help with four findings on key storage."),
    "iot": ("Half of our sensors lose contact when the trams pass. We have tried two antennas.", "Contact all day on the whole street.",
        "A startup's roadside sensors lose contact at rush hour; it needs a measurement and a plan for its radio."),
    "ai-expertise": ("Our model works on our laptops and takes nine seconds on the device.", "Under one second on the device that we sell.",
        "A startup needs its vision model to run on a small board in under a second."),
    "blockchain": ("We plan to put trade documents on a chain because a customer said so. We are not sure.", "A decision that we can explain.",
        "A startup wants to know whether its trade documents belong on a ledger at all, and on which."),
}  # fmt: skip
RESULTS = (
    "A list of nine findings in order of risk, with what to do about each, and a second look at the three worst.",
    "The cause is found: two cut-off times and a fee in another currency. The job that mends it runs since Monday.",
    "A plan in three steps; the first is done and saves a third of the bill.",
    "Notes of both sessions and a checklist for the second round.",
)  # fmt: skip
RATINGS = (
    (5, "They read our code before they came. Worth more than a month of our own trying."),
    (4, "Clear and quick; we would have liked one more session."),
    (5, ""),
    (4, "Helped with the worst of it."),
    (3, "Good people, but the problem turned out to be another one."),
    (5, "We passed the certification a week later."),
)  # fmt: skip
