"""The park's twelve programmes: what each says of itself. Amounts and months are near those of public schemes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from programmes.catalogue.states import ProgrammeState

P = ProgrammeState

# `state` is where the programme stands today; without it, it is published.
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
    {
        "slug": "open-technology-innovation", "title": "Open Technology Innovation Platform", "tagline": "A partner names the problem, you show in six months that it can be solved.",
        "description": "Banks, carriers and hospitals of the park publish what they cannot solve alone. You propose how; the best proposals get a host, a budget and a date on which somebody decides.\n\nEach proof of concept runs three or six months, on the partner's site and with the partner's data.",
        "who_may_apply": "- A product or prototype that fits one of the published challenges\n- A sponsor in the partner's house, whom we help you find\n- Any stage, any size; you keep what you own",
        "what_you_get": "- **HK$100,000 to HK$150,000** for each proof of concept, half from the park, half from the partner\n- A host site, test data and one person who answers\n- A written decision at the end: adopt, go on, or stop",
        "how_it_is_judged": "The partner's engineers and the park score together: fit, feasibility, the sponsor, the way to adoption, and the risks.",
        "focus_areas": ["fintech", "ai", "smart-city"], "duration_months": 6, "grant_amount": Decimal(150_000), "is_exclusive": False, "rubric": "Proof of concept",
    },
    {
        "slug": "applied-ai-residency", "title": "Applied AI Residency", "tagline": "Nine months beside the park's GPU cluster, with a problem worth its power.",
        "description": "For teams whose product stands or falls with a model. You get computing time, two research mentors and a reading group that is honest about what does not work.",
        "who_may_apply": "- Two or more people who have trained and run models before\n- Data that you may use, and can say so in writing\n- A first customer or a research partner",
        "what_you_get": "- **HK$600,000** over three reviews\n- 20,000 GPU hours in the park's laboratory\n- A review of safety and fairness before you launch",
        "how_it_is_judged": "Three reviewers read the plan; the panel asks for one experiment and looks at what you made of it.",
        "focus_areas": ["ai", "healthtech"], "duration_months": 9, "grant_amount": Decimal(600_000), "is_exclusive": True, "rubric": "Incubation",
    },
    {
        "slug": "robotics-proving-ground", "title": "Robotics Proving Ground", "tagline": "Corridors, lifts, rain and people in a hurry: test where it counts.",
        "description": "The park opens its own buildings for service robots: cleaning, delivery, inspection. You bring the machine and a safety case; we bring floors, lifts with an interface, and staff who report what happened.",
        "who_may_apply": "- A robot that has run a hundred hours somewhere\n- Insurance, and a person on site for the first two weeks",
        "what_you_get": "- Up to **HK$1,200,000**, matched\n- The robotics arena and three buildings\n- A report with hours between interventions that you may show to customers",
        "how_it_is_judged": "Scored on the proof-of-concept rubric, after a day of trial in the arena.",
        "focus_areas": ["robotics", "smart-city"], "duration_months": 12, "grant_amount": Decimal(1_200_000), "is_exclusive": False, "rubric": "Proof of concept",
    },
    {
        "slug": "ageing-well-studio", "title": "Ageing Well Studio", "tagline": "Build with three care homes what their residents want to keep.",
        "description": "Fall detection, medication, company in the evening: the studio places teams in three homes and lets residents and nurses decide what stays.",
        "who_may_apply": "- A prototype that is safe to use beside people\n- Somebody who comes to the home every week",
        "what_you_get": "- **HK$400,000** in two tranches\n- Ethics approval prepared with you\n- A panel of forty residents and twelve nurses",
        "how_it_is_judged": "Three reviewers, one of them a head nurse; the homes choose among those who pass.",
        "focus_areas": ["healthtech", "robotics"], "duration_months": 10, "grant_amount": Decimal(400_000), "is_exclusive": False, "rubric": "Ideation", "state": P.DRAFT,
    },
    {
        "slug": "cross-border-trade-sandbox", "title": "Cross-border Trade Sandbox", "tagline": "Trade documents and payments across four borders, under one roof.",
        "description": "Two banks, a port operator and a customs broker run test copies of their systems here. The sandbox rests while its second border joins; what is running goes on.",
        "who_may_apply": "- A product for trade finance, shipping documents or cross-border payment\n- Incorporated in Hong Kong",
        "what_you_get": "- Access to four test systems\n- **HK$300,000** for integration\n- A letter for the supervisor's own sandbox",
        "how_it_is_judged": "The operators score feasibility; the park scores the rest.",
        "focus_areas": ["fintech"], "duration_months": 9, "grant_amount": Decimal(300_000), "is_exclusive": False, "rubric": "Proof of concept", "state": P.PAUSED,
    },
    {
        "slug": "security-clinic", "title": "Data Security Clinic", "tagline": "Six weeks to find your holes before somebody else does.",
        "description": "Engineers of a partner attack what you run, with your consent and your log files open, and sit with you until the findings are closed.",
        "who_may_apply": "- Software in use by at least three customers\n- Somebody who may change the code on the same day",
        "what_you_get": "- A penetration test worth HK$180,000. No cash\n- A retest and a letter for your customers",
        "how_it_is_judged": "By need and readiness; one reviewer of the park, one of the partner.",
        "focus_areas": ["fintech", "ai", "healthtech"], "duration_months": 2, "grant_amount": Decimal(0), "is_exclusive": False, "rubric": "Proof of concept", "state": P.DRAFT,
    },
    {
        "slug": "blockchain-pilot-fund", "title": "Blockchain Pilot Fund", "tagline": "Pilots on distributed ledgers, 2023 to 2025.",
        "description": "The fund paid for twelve pilots on distributed ledgers. Four of them run today; what we learned went into the Open Technology Innovation Platform, which takes its place.",
        "who_may_apply": "- A pilot with two organisations that do not trust one database",
        "what_you_get": "- Up to **HK$250,000**, matched",
        "how_it_is_judged": "Scored on the proof-of-concept rubric.",
        "focus_areas": ["fintech", "smart-city"], "duration_months": 6, "grant_amount": Decimal(250_000), "is_exclusive": False, "rubric": "Proof of concept", "state": P.RETIRED,
    },
)  # fmt: skip

REASONS = {
    P.PAUSED: "The second border operator joins in the spring; calls open again when its test system answers.",
    P.RETIRED: "The Open Technology Innovation Platform takes its place.",
}
