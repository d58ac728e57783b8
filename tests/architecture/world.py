"""The world of the authorisation matrix: one of each thing, owned by the founder, each field with a canary.

A canary is a word that stands in one place only. Whoever's page shows it has seen that place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from incubator.accounts import person_calendar
from incubator.accounts.actors import acting_for
from incubator.accounts.models import Invitation, Membership, Organisation, User
from incubator.api.models import Operation, RequestRecord
from incubator.api.sandbox import answer_interests, open_sandbox
from incubator.api.sandbox_world import MILLION
from incubator.files.operations import path_of
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.notifications import choosing
from incubator.notifications.models import Reach
from incubator.partners.models import Agreement
from incubator.sending.models import Resending
from incubator.startups.models import Startup
from investments.interests.operations import indicate
from investments.rounds.models import Round
from programmes.applications.models import Finding
from programmes.applications.states import Status
from programmes.catalogue.models import Intake, Programme
from programmes.expertise import operations as expertise
from programmes.forms.models import Answer, Question
from programmes.reviews.models import Determination
from tests.cast import Member
from tests.factories.accounts import UserFactory
from tests.factories.announcements import AnnouncementFactory
from tests.factories.api import ApiKeyFactory, OAuthApplicationFactory
from tests.factories.applications import ApplicationFactory, InfoRequestFactory, ReaderFactory
from tests.factories.catalogue import EligibilityRuleFactory, IntakeFactory
from tests.factories.cohorts import CohortMembershipFactory, OfferFactory
from tests.factories.expertise import OfferingFactory, SessionFactory, SupportRequestFactory
from tests.factories.files import StoredFileFactory
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, NotificationFactory, WebhookEndpointFactory, told
from tests.factories.partners import AgreementFactory, CommitmentFactory, ContributionFactory, PartnerFactory, WorkstreamFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import AreaFactory, DisclosureFactory, DocumentFactory, PersonFactory, StartupFactory, TieFactory
from tests.factories.texts import MessageTextFactory

# The cast of the matrix, in the order of its file.
CAST = (
    "anonymous", "newcomer", "founder", "teammate", "stranger", "officer", "readonly_officer", "manager", "chair", "finance",
    "facility_manager", "partnership_manager", "investment_manager", "admin_person", "reviewer", "reviewer_unassigned", "reviewer_recused",
    "partner_person", "other_partner", "ended_partner", "investor_person",
)  # fmt: skip

STAFF = frozenset(
    {
        "officer", "readonly_officer", "manager", "chair", "finance", "facility_manager", "partnership_manager", "investment_manager",
        "admin_person",
    }
)  # fmt: skip
OWNERS = frozenset({"founder", "teammate"})
# The park's people who work with what partners offer.
LOOKING = frozenset({"officer", "readonly_officer", "manager", "partnership_manager", "admin_person"})

# Which of the cast may ever hold a canary. Everything else is a leak, on whichever page.
CANARIES: dict[str, frozenset[str]] = {
    "canary-startup-traction": OWNERS | STAFF | {"reviewer", "partner_person"},
    "canary-person-of-team": OWNERS | STAFF | {"reviewer", "partner_person"},
    "canary-application-answer": OWNERS | STAFF | {"reviewer"},
    "canary-review-strengths": STAFF | {"reviewer"},
    "canary-review-private-note": STAFF | {"reviewer"},
    "canary-determination-reasons": STAFF,
    "canary-unreleased-letter": STAFF,
    "canary-released-letter": OWNERS | STAFF,
    "canary-interest-note": OWNERS | {"partner_person", "investment_manager", "manager", "admin_person", "partnership_manager"},
    "canary-offering-draft": LOOKING | {"partner_person"},
    "canary-support-need": OWNERS | LOOKING,
    "canary-support-brief": OWNERS | LOOKING | {"partner_person"},
    "canary-support-unsent": OWNERS,
    "canary-code": frozenset({"founder"}),
    "canary-agreement-summary": STAFF | {"partner_person"},
    "canary-commitment": STAFF | {"partner_person"},
    "canary-endpoint": STAFF | {"partner_person"},
    "canary-announcement": frozenset({"officer", "manager", "admin_person"}),
    "canary-announced": frozenset({"officer", "manager", "admin_person", "founder"}),
    "canary-text": frozenset({"manager", "admin_person"}),
    "canary-private-startup": STAFF | {"stranger"},
    "canary-sandbox": frozenset(),
    "canary-sent-again": frozenset({"officer", "manager", "admin_person"}),
    "canary-request": frozenset({"partner_person"}),
    "canary-export": frozenset({"partner_person"}) | STAFF,
}


@dataclass
class World:
    """One of each, by name. `kwargs[route]` fills the addresses of detail pages."""

    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None


def build(get: Callable[[str], Member]) -> World:
    """Everything the pages need to answer 200 to somebody."""
    founder, stranger, reviewer, recused, partner, investor = (
        get(name) for name in ("founder", "stranger", "reviewer", "reviewer_recused", "partner_person", "investor_person")
    )
    for name in CAST:
        get(name)
    startup = StartupFactory(organisation=founder.organisation, name="Lumen Pay", profile="verified", visibility="partners", traction="canary-startup-traction")
    person = PersonFactory(startup=startup, name="canary-person-of-team")
    StartupFactory(organisation=stranger.organisation, name="canary-private-startup")
    disclosure = DisclosureFactory(startup=startup, audience="organisation", organisation=partner.organisation, level=3)
    TieFactory(startup=startup, user=recused.user)
    made = PartnerFactory(organisation=partner.organisation)
    agreement = AgreementFactory(partner=made, status="active", summary="canary-agreement-summary")
    draft_agreement = AgreementFactory(status="draft")
    things: dict[str, Any] = {
        "area": AreaFactory(),
        "person": person,
        "document": DocumentFactory(startup=startup),
        "public_startup": StartupFactory(profile="verified", visibility="public"),
        "startup": startup,
        "disclosure": disclosure,
        "partner": made,
        "agreement": agreement,
        "draft_agreement": draft_agreement,
        "agreement_to_sign": AgreementFactory(partner=made, status="pending_signature"),
        "founder_user": founder.user,
        "officer_user": get("officer").user,
        "closed_intake": IntakeFactory(closed=True),
        "endpoint": WebhookEndpointFactory(organisation=partner.organisation, name="canary-endpoint"),
        "announcement": AnnouncementFactory(subject="canary-announcement"),
        "text": MessageTextFactory(subject="canary-text"),
        "profile": InvestorProfileFactory(organisation=partner.organisation, verified=True),
        "pending_profile": InvestorProfileFactory(organisation=investor.organisation),
    }
    disclosure.documents.add(things["document"])
    DisclosureFactory(startup=things["public_startup"], audience="public", level=2)
    _applications(things, startup, reviewer, recused, get("officer").user)
    round = RoundFactory(startup=startup, listed=True, level=2)
    things["round"] = round
    things["open_round"] = RoundFactory(listed=True)
    things["reviewed_round"] = RoundFactory(status="under_review")
    things["draft_round"] = RoundFactory(startup=startup)
    things["interest"] = InterestFactory(round=round, organisation=partner.organisation, note="canary-interest-note", asked=True)
    _commitments(things)
    _expertise(things, startup, partner)
    _messages(things, founder, partner)
    _sandbox(partner)
    return World(things)


def _sandbox(partner: Member) -> None:
    """The partner's sandbox in full use, each word in it a canary: no page but its own console ever shows one."""
    twin = open_sandbox(partner.organisation, by=acting_for(partner.user, partner.organisation, frozenset({"partner"})), at=now())
    by = acting_for(partner.user, twin, frozenset({"partner"}))
    for round in Round.objects.filter(startup__organisation__is_sandbox=True):
        indicate(round, amount_min=MILLION, amount_max=MILLION, by=by, at=now(), note="canary-sandbox")
    answer_interests(now() + timedelta(minutes=1))
    endpoint = WebhookEndpointFactory(organisation=twin, name="canary-sandbox-endpoint")
    DeliveryFactory(webhook=True, endpoint=endpoint, state="dead", event=EventFactory(told=[told("partner", organisation=twin.pk)]))
    ApiKeyFactory(organisation=twin, name="canary-sandbox-key")
    Organisation.objects.filter(is_sandbox=True).update(name="canary-sandbox-organisation")
    words = dict.fromkeys(("name", "alias", "pitch", "abstract", "traction"), "canary-sandbox-startup")
    Startup.objects.filter(organisation__is_sandbox=True).update(**words)
    Round.objects.filter(startup__organisation__is_sandbox=True).update(title="canary-sandbox-round", use_of_funds="canary-sandbox-round")
    User.objects.get_queryset().filter(memberships__organisation__is_sandbox=True).update(name="canary-sandbox-person")
    Agreement.objects.filter(partner__organisation=twin).update(title="canary-sandbox-agreement", summary="canary-sandbox-agreement")
    Programme.objects.filter(is_sandbox=True).update(title="canary-sandbox-programme", tagline="canary-sandbox-programme")
    Intake.objects.filter(programme__is_sandbox=True).update(title="canary-sandbox-intake")


def _commitments(things: dict[str, Any]) -> None:
    """One that the partner may deliver, with its ledger, and one that the park has proposed."""
    workstream = WorkstreamFactory(agreement=things["agreement"])
    file = StoredFileFactory()
    words: dict[str, Any] = {"workstream": workstream, "title": "canary-commitment", "evidence": "canary-commitment", "evidence_file": file}
    things["commitment"] = CommitmentFactory(**words, status="in_progress")
    things["park_commitment"] = CommitmentFactory(**words, side="park", status="in_progress")
    things["proposal"] = CommitmentFactory(**words)
    things["contribution"] = ContributionFactory(commitment=things["commitment"], words="canary-commitment", file=file)


def _expertise(things: dict[str, Any], startup: Startup, partner: Member) -> None:
    """Offerings and requests in the states that some page is about."""
    startup.park_stage = "incubatee"
    startup.save(update_fields=["park_stage"])
    house = partner.organisation
    things["offering"] = OfferingFactory(organisation=house)
    things["draft_offering"] = OfferingFactory(organisation=house, status="draft", published_at=None, description="canary-offering-draft")
    things["sent_offering"] = OfferingFactory(organisation=house, status="pending_approval", published_at=None, description="canary-offering-draft")
    words: dict[str, Any] = {"startup": startup, "offering": things["offering"], "need": "canary-support-need"}
    unsent = {**words, "need": "canary-support-unsent", "sent_at": None, "triage_due_on": None}
    brief = {"brief": "canary-support-brief", "level": 1}
    things["draft_request"] = SupportRequestFactory(**unsent, status="draft")
    things["new_request"] = SupportRequestFactory(**words)
    things["offered_request"] = SupportRequestFactory(**words, **brief, offered=True)
    things["accepted_request"] = SupportRequestFactory(**words, **brief, accepted=True)
    things["delivered_request"] = SupportRequestFactory(**words, **brief, delivered=True)
    things["session"] = SessionFactory(request=SupportRequestFactory(**words, **brief, accepted=True, status="scheduled"), starts_at=now() - timedelta(hours=1))
    coded = OfferingFactory(organisation=house, kind="credits")
    with_code = SupportRequestFactory(**{**words, "offering": coded}, **brief, accepted=True, amount=1)
    by = acting_for(partner.user, house, frozenset({"partner"}))  # type: ignore[arg-type]
    things["coded_request"] = expertise.issue(with_code, code="canary-code", by=by, at=now())


def _messages(things: dict[str, Any], founder: Member, partner: Member) -> None:
    """An invitation, a key, deliveries and a line of the founder's inbox."""
    token = sealing.new_token()
    things["invitation_token"] = token
    things["calendar_token"] = person_calendar.make(founder.user, by=founder.actor, at=now())
    Reach.objects.create(user=founder.user, refused_address="old@example.org", refused_said="550 no such mailbox", refused_at=now())
    things["off_token"] = choosing.link_token(founder.user.pk, "applications.submitted")
    things["invitation"] = Invitation.objects.create(
        organisation=founder.organisation, email="guest@example.org", role="member", token_hash=sealing.fingerprint(token),
        expires_at=now() + timedelta(days=9), created_at=now(), updated_at=now(),
    )  # fmt: skip
    things["teammate_membership"] = Membership.objects.get(organisation=founder.organisation, role="member")
    event = EventFactory(kind="accounts.key_issued", told=[told("partner", name="Key")])
    things["key"] = ApiKeyFactory(organisation=partner.organisation)
    things["oauth_application"] = OAuthApplicationFactory(organisation=partner.organisation)
    line = {"method": "GET", "status": 200, "milliseconds": 3, "at": now()}
    things["request"] = RequestRecord.objects.create(
        organisation=partner.organisation, key_id="canary-request-key", path="/api/v1/canary-request", request_id="canary-request-id", **line
    )
    _exports(things, partner)
    things["announced"] = AnnouncementFactory(subject="canary-announced", status="sent", sent_at=now())
    announcing = EventFactory(kind="announcements.sent", subject_id=things["announced"].pk, told=[told("founder")])
    DeliveryFactory(event=announcing, user=things["founder_user"], state="sent")
    things["hook"] = DeliveryFactory(webhook=True, endpoint=things["endpoint"], state="dead", event=event)
    things["mail"] = DeliveryFactory(user=founder.user, state="dead", event=event)
    things["resending"] = Resending.objects.create(deliveries=[things["mail"].pk], begun_by="canary-sent-again", begun_at=now())
    things["notice"] = NotificationFactory(delivery__user=founder.user, delivery__event=event, organisation=founder.organisation, portal="my", path="/my/")


def _exports(things: dict[str, Any], partner: Member) -> None:
    """One that is written and one that waits, asked for by somebody who has left."""
    asked = {"organisation": partner.organisation, "format": "csv", "created_at": now(), "user": UserFactory(name="canary-export")}
    written = {"state": "succeeded", "file": StoredFileFactory(), "rows": 0, "expires_at": now() + timedelta(hours=1)}
    things["export"] = Operation.objects.create(**asked, **written)
    things["waiting_export"] = Operation.objects.create(**asked)


def _applications(things: dict[str, Any], startup: Any, reviewer: Member, recused: Member, proposer: User | None) -> None:
    """The founder's applications: one in each state that some page is about."""

    def sent(status: str, **intake: Any) -> Any:
        application = ApplicationFactory(sent=True, startup=startup, status=status, intake=IntakeFactory(**intake))
        application.revision.answers = {**application.revision.answers, "pitch": "canary-application-answer"}
        application.revision.save(update_fields=["answers"])
        EligibilityRuleFactory(intake=application.intake)
        return application

    things["draft"] = ApplicationFactory(startup=startup)
    _attach(things["draft"], things)
    things["submitted"] = sent(Status.SUBMITTED)
    things["screening"] = sent(Status.SCREENING)
    things["asked"] = sent(Status.INFO_REQUESTED)
    InfoRequestFactory(application=things["asked"])
    things["in_review"] = sent(Status.IN_REVIEW, in_review=True)
    _attach(things["in_review"], things)
    assignment = AssignmentFactory(application=things["in_review"], reviewer=reviewer.user, declared=True)
    things["assignment"] = assignment
    ReaderFactory(application=things["in_review"], user=recused.user)
    others = ReviewFactory(assignment__application=things["in_review"], strengths="canary-review-strengths", private_note="canary-review-private-note")
    things["undeclared"] = AssignmentFactory(application=sent(Status.IN_REVIEW, in_review=True), reviewer=reviewer.user)
    things["finding"] = Finding.objects.create(
        application=things["screening"], rule=things["screening"].intake.rules.get(), reason="Too old.", proposed_by=proposer, proposed_at=now()
    )
    things["shortlisted"] = sent(Status.SHORTLISTED, in_review=True)
    things["other_assignment"] = others.assignment
    things["pending"] = sent(Status.PENDING_DETERMINATION, deliberation=True)
    things["decided"] = sent(Status.REJECTED, decided=True)
    things["conditional"] = sent(Status.APPROVED_CONDITIONAL, decided=True)
    for name in ("decided", "conditional"):
        Determination.objects.create(
            application=things[name],
            outcome="rejected" if name == "decided" else "conditional",
            reason_code="team",
            reasons="canary-determination-reasons",
            letter_subject="Your application",
            letter_body="canary-unreleased-letter",
            decided_at=now(),
            created_at=now(),
            updated_at=now(),
        )
    offer = OfferFactory(application=sent(Status.OFFERED, released=True, seats=5), expires_at=now() + timedelta(days=9))
    Determination.objects.filter(application=offer.application).update(letter_body="canary-released-letter", reasons="canary-determination-reasons")
    things["offer"] = offer
    things["membership"] = CohortMembershipFactory(application=sent(Status.ACCEPTED, released=True), startup=startup)


def _attach(application: Any, things: dict[str, Any]) -> None:
    """A question for a file and one for a text, answered; the file is the startup's document."""
    form, sheet = application.intake.form_version, application.answer_set
    file = things["document"].file
    answers = {
        "pitch": "canary-application-answer",
        "certificate": {"file": str(file.pk), "name": file.name, "size": file.size, "content_type": file.content_type},
    }
    for key, kind in (("pitch", Question.Kind.SHORT_TEXT), ("certificate", Question.Kind.FILE)):
        question = Question.objects.create(form_version=form, section=form.sections[0]["key"], key=key, kind=kind, label=key, is_required=False, position=90)
        Answer.objects.create(answer_set=sheet, question=question, value=answers[key], updated_at=now())
    if application.revision is not None:
        application.revision.answers = {**application.revision.answers, **answers}
        application.revision.save(update_fields=["answers"])


def events() -> int:
    """How many events there are: a refused call leaves this as it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_event")
        return int(cursor.fetchone()[0])


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None, settings: Any, tmp_path: Path) -> World:
    settings.FILES_ROOT = tmp_path
    made = build(request.getfixturevalue)
    for file in (made.document.file, made.commitment.evidence_file, made.export.file):
        path = path_of(file.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.7")
    return made
