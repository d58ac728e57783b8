"""What the invented startups do: a concept gives the pitch and the answers; the segment makes each one different."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One line of business. `{for_whom}` is filled with one of `segments`."""

    focus: str
    areas: tuple[str, ...]
    pitch: str
    problem: str
    product: str
    technology: str
    segments: tuple[str, ...]


CONCEPTS: tuple[Concept, ...] = (
    Concept(
        "fintech",
        ("payment-systems", "electronic-wallets"),
        "One settlement account for every wallet that {for_whom} accept",
        "Takings from six wallets arrive on six days in six formats, and are matched by hand at the end of the month.",
        "A single ledger that matches each wallet payment to its receipt within a minute and forecasts tomorrow's cash.",
        "Streaming reconciliation with a rules engine and a small model that learns each merchant's exceptions.",
        ("market stalls", "clinics", "small hotels", "school canteens"),
    ),
    Concept(
        "fintech",
        ("payment-systems", "data-security"),
        "Fraud scores for QR payments before {for_whom} lose the goods",
        "Static QR codes are pasted over and refunds abused; losses show up weeks later in the statement.",
        "A score in 80 milliseconds from device, place and history, with a reason that the cashier can act on.",
        "Graph features over merchants and devices, trained without raw personal data leaving the wallet.",
        ("street retailers", "petrol stations", "ticket offices", "online florists"),
    ),
    Concept(
        "fintech",
        ("blockchain", "cloud"),
        "Trade documents that {for_whom} can finance on the day of shipment",
        "A bill of lading travels by courier for nine days while the supplier waits for payment.",
        "Electronic bills of lading with a title registry that three banks already read.",
        "A permissioned ledger with legal title under the model law on transferable records.",
        ("garment exporters", "seafood importers", "electronics traders", "toy makers"),
    ),
    Concept(
        "fintech",
        ("ai", "cloud"),
        "Credit memory for {for_whom} without a credit history",
        "Good borrowers are refused because their income never shows in a payslip.",
        "A consented view of cash flow over twelve months, with a limit that grows with each repayment.",
        "Transaction categorisation in three languages and a scorecard that a regulator can read.",
        ("delivery riders", "domestic helpers", "freelance designers", "taxi drivers"),
    ),
    Concept(
        "fintech",
        ("electronic-wallets", "data-security"),
        "Consented identity checks that {for_whom} finish in two minutes",
        "Opening an account takes four days and three copies of the same proof of address.",
        "A reusable identity wallet: the person shows what is needed, the bank keeps the proof and not the papers.",
        "Verifiable credentials with selective disclosure and a liveness check on the phone.",
        ("new arrivals", "small companies", "students", "pensioners"),
    ),
    Concept(
        "fintech",
        ("ai", "data-security"),
        "Regulatory reports that write themselves for {for_whom}",
        "Four people spend the first week of each month copying figures between systems and forms.",
        "Rules as code, traced from each field of the report to the booking behind it.",
        "A typed rule language with a proof trail, and a language model that only drafts the comments.",
        ("insurers", "payment institutions", "brokers", "family offices"),
    ),
    Concept(
        "ai",
        ("ai", "cloud"),
        "Cantonese call notes that {for_whom} can trust",
        "Staff type notes during calls and miss half of what was said; nobody can search them afterwards.",
        "Notes, promises and follow-ups from each call, in the house's own words, with the sound beside each line.",
        "A speech model tuned on code-switched Cantonese and English, run inside the customer's own cloud.",
        ("insurance agents", "clinic receptions", "property managers", "bank branches"),
    ),
    Concept(
        "ai",
        ("ai", "iot"),
        "Visual inspection that learns a new part in ten pictures for {for_whom}",
        "Retraining an inspection line takes weeks, so small series are still checked by eye.",
        "A camera kit that learns from ten good parts and explains each reject with a heat map.",
        "Few-shot anomaly detection on an edge board, with drift alarms.",
        ("connector makers", "watch makers", "bakeries", "circuit board shops"),
    ),
    Concept(
        "ai",
        ("ai",),
        "Contract review that shows its sources to {for_whom}",
        "Junior lawyers read four hundred leases to find the twelve that matter.",
        "Every clause found, compared with the house's position, each remark with the paragraph it rests on.",
        "Retrieval with citation checks; an answer without a source is not shown.",
        ("property funds", "shipping lines", "trading houses", "universities"),
    ),
    Concept(
        "ai",
        ("ai", "cloud"),
        "Demand forecasts that {for_whom} understand and correct",
        "Buyers distrust the forecast and order by feeling; a third of fresh goods is thrown away.",
        "A forecast with its reasons, which the buyer corrects in words and which learns from it.",
        "Hierarchical forecasting with human overrides as first-class data.",
        ("bakeries", "pharmacies", "school kitchens", "florists"),
    ),
    Concept(
        "ai",
        ("ai", "data-security"),
        "Synthetic data sets that let {for_whom} share without exposing anyone",
        "Data stays locked because one leaked row would end the project.",
        "Synthetic twins of tables with a measured privacy budget and a report for the data protection officer.",
        "Differentially private generative models with utility tests per column.",
        ("hospitals", "telecom operators", "insurers", "transport agencies"),
    ),
    Concept(
        "robotics",
        ("ai", "iot"),
        "Delivery robots that take the lift with {for_whom}",
        "Couriers wait eleven minutes per tower for lifts and doors.",
        "A robot that calls the lift, opens doors by agreement with the building and hands over on the floor.",
        "Lift integration across four makers, mapping without beacons, remote help from one desk for thirty robots.",
        ("office towers", "hospitals", "hotels", "housing estates"),
    ),
    Concept(
        "robotics",
        ("iot", "cloud"),
        "Façade inspection by tethered drones for {for_whom}",
        "Scaffolding for a look at loose tiles costs more than the repair.",
        "A tethered drone flies the façade in a day; defects are listed with size, place and urgency.",
        "Photogrammetry to 0.3 mm, a tether that keeps flying legal in dense streets.",
        ("building owners", "bridge operators", "port terminals", "heritage trusts"),
    ),
    Concept(
        "robotics",
        ("ai",),
        "A gripper that handles soft goods for {for_whom}",
        "Bags, fruit and garments are still packed by hand because grippers crush or drop them.",
        "A soft gripper with touch sensing that packs 900 mixed pieces an hour.",
        "Pneumatic fingers with embedded optical fibres, and a policy trained in simulation.",
        ("laundries", "food packers", "parcel depots", "garment factories"),
    ),
    Concept(
        "robotics",
        ("iot", "ai"),
        "Cleaning robots that {for_whom} can rent by the square metre",
        "Night cleaning lacks people, and robots are bought and then parked.",
        "Robots as a service with a price per clean square metre, measured by the robot itself.",
        "Fleet planning around people, dirt maps and battery health.",
        ("malls", "stations", "schools", "airports"),
    ),
    Concept(
        "robotics",
        ("iot",),
        "Pipe crawlers that find leaks for {for_whom} without digging",
        "A fifth of treated water is lost, and nobody knows where until the street is wet.",
        "A crawler the size of a fist swims with the water and hears leaks at a distance of two metres.",
        "Acoustic arrays, inertial positioning, and launch through an ordinary hydrant.",
        ("water utilities", "district cooling plants", "campuses", "industrial estates"),
    ),
    Concept(
        "healthtech",
        ("ai", "iot"),
        "Fall detection without cameras for {for_whom}",
        "One fall in three at night is found in the morning; nobody wants a camera in the bedroom.",
        "A radar the size of a smoke detector that calls within thirty seconds and shows no picture to anyone.",
        "60 GHz radar, on-device classification, a false alarm less than once a month.",
        ("care homes", "hospital wards", "people living alone", "rehabilitation centres"),
    ),
    Concept(
        "healthtech",
        ("ai", "data-security"),
        "Retina screening at the optician for {for_whom}",
        "Half of those with diabetes miss their yearly eye check.",
        "A reading in five minutes at the optician's camera, with a referral only when it is needed.",
        "A reading model validated on 41,000 local images, with a human reader for doubtful cases.",
        ("people with diabetes", "company health plans", "rural clinics", "chain opticians"),
    ),
    Concept(
        "healthtech",
        ("iot", "cloud"),
        "A wound dressing that tells {for_whom} when to change it",
        "Dressings are changed by the calendar: too early costs nurses, too late costs healing.",
        "A printed sensor in the dressing reports moisture and acidity to the nurse's phone.",
        "Screen-printed electrodes, a reader without battery, a trend that nurses helped to design.",
        ("home care nurses", "burn units", "diabetic foot clinics", "hospices"),
    ),
    Concept(
        "healthtech",
        ("ai",),
        "Rehabilitation at home that {for_whom} keep doing",
        "After four weeks fewer than one in three patients still does the exercises.",
        "The phone's camera counts, corrects and encourages; the therapist sees progress and pain.",
        "Pose estimation on the phone, exercises as data, plans that adapt to pain scores.",
        ("stroke patients", "knee patients", "back pain patients", "athletes"),
    ),
    Concept(
        "healthtech",
        ("cloud", "data-security"),
        "Trial matching that respects {for_whom}",
        "Trials close for lack of patients who live two stations away.",
        "Patients decide who may look; matches are found on encrypted records and shown to the patient first.",
        "Secure matching on encrypted criteria, consent that can be taken back at once.",
        ("cancer patients", "people with rare diseases", "volunteers over 60", "families of patients"),
    ),
    Concept(
        "smart-city",
        ("iot", "cloud"),
        "Air quality by the street for {for_whom}",
        "Stations are kilometres apart; the bad corner is between them.",
        "Sensors on lamp posts, calibrated against the official stations every night.",
        "Low-cost sensors with drift correction and a map at ten metres.",
        ("schools", "construction sites", "bus operators", "hospitals"),
    ),
    Concept(
        "smart-city",
        ("iot", "ai"),
        "Cooling that follows people, not the clock, for {for_whom}",
        "Empty floors are cooled until ten at night because nobody knows that they are empty.",
        "Occupancy from existing sensors and a controller that saves a fifth of the energy without complaints.",
        "Model predictive control with comfort votes, no new wiring.",
        ("office towers", "universities", "data halls", "shopping arcades"),
    ),
    Concept(
        "smart-city",
        ("payment-systems", "iot"),
        "Kerb space by the minute for {for_whom}",
        "Lorries circle for twenty minutes and then park in the second row.",
        "Book a loading bay from the dashboard, pay by the minute, free it when done.",
        "Kerb sensors, number plate hashing on the device, settlement per minute.",
        ("delivery fleets", "city districts", "wholesale markets", "building managers"),
    ),
    Concept(
        "smart-city",
        ("electronic-wallets", "cloud"),
        "One deposit for every reusable cup that {for_whom} hand out",
        "Each shop has its own cup and its own app, so cups are thrown away.",
        "A shared deposit in any wallet, returned at any machine.",
        "Printed codes that survive 300 washes, clearing between shops every night.",
        ("coffee chains", "festivals", "canteens", "universities"),
    ),
    Concept(
        "smart-city",
        ("iot", "data-security"),
        "Lift health that {for_whom} can read",
        "Lifts fail without notice, and owners cannot check what maintenance was done.",
        "A sensor box on the car's roof, a health score, and a maintenance log nobody can edit afterwards.",
        "Vibration analysis across makers with signed logs.",
        ("owners' committees", "hospitals", "hotels", "public housing"),
    ),
)

NAME_BEGINNINGS = (
    "Lumen", "Harbour", "Jade", "Kite", "Tern", "Quay", "Ember", "Cobalt", "Willow", "Orchid", "Banyan", "Pagoda", "Sable", "Cinder",
    "Mosaic", "Nimbus", "Petrel", "Sampan", "Tally", "Vermilion", "Anchor", "Bamboo", "Crane", "Drift", "Fathom", "Granite", "Heron",
    "Indigo", "Junco", "Lantern",
)  # fmt: skip
NAME_ENDINGS: dict[str, tuple[str, ...]] = {
    "fintech": ("Pay", "Ledger", "Credit", "Settle"),
    "ai": ("Mind", "Logic", "Signal", "Insight"),
    "robotics": ("Robotics", "Motion", "Works", "Dynamics"),
    "healthtech": ("Care", "Health", "Bio", "Medical"),
    "smart-city": ("Grid", "Metro", "Urban", "Sense"),
}
GIVEN_NAMES = (
    "Ka Yan", "Wing Sze", "Chi Ho", "Mei Ling", "Tsz Kit", "Hoi Yan", "Siu Fung", "Lok Yi", "Wai Man", "Yuen Ting", "Jasper", "Priya", "Oliver",
    "Amara", "Daniel", "Sofia", "Kenji", "Nadia", "Marcus", "Elena", "Tomas", "Grace", "Farid", "Ingrid", "Rohan", "Beatrice", "Samuel", "Leila",
)  # fmt: skip
FAMILY_NAMES = (
    "Lam", "Chan", "Wong", "Ho", "Cheung", "Leung", "Ng", "Lau", "Yip", "Tsang", "Fong", "Kwok", "Sharma", "Meyer", "Okafor", "Rossi", "Tanaka",
    "Haddad", "Novak", "Andersen", "Iyer", "Costa", "Dubois", "Park",
)  # fmt: skip
TITLES = ("Chief executive", "Chief technology officer", "Head of product", "Head of sales", "Hardware lead", "Data scientist")
STRENGTHS = (
    "The founders have shipped in this field before and know who signs the order.",
    "Working prototype, shown live, with logs of three weeks.",
    "Two letters of intent with a price in them.",
    "Clear view of the technical risk and a plan to retire it first.",
    "Pilot customer pays from the first month.",
)
WEAKNESSES = (
    "The market is described from the top; the first fifty customers are not named.",
    "Depends on one integration partner without a contract.",
    "Unit economics leave out installation.",
    "Regulatory path is assumed rather than checked.",
    "The team lacks somebody who sells.",
)
FEEDBACK = (
    "The panel liked the demonstration. Come back with paying customers and a named route to the next ten.",
    "Strong research; the panel missed a plan for the way from the laboratory to the first installation.",
    "Please describe how the figures change when installation and support are included.",
)
DECLINE_NOTES = ("We have closed the round with our present investors.", "The ticket does not fit our round.", "We focus on customers this quarter.")
INVESTOR_NOTES = (
    "We could open our merchant network for a pilot alongside the investment.",
    "Our wallet team would like to meet before the next committee.",
    "We invest in infrastructure we would use ourselves.",
)
