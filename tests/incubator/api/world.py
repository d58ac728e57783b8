"""One startup shared with one partner, everything else a secret: the world in which the whole API is tried.

A new resource adds its rows here, its `subject` and `body`; every test that walks the address table then takes it in.
"""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models

from incubator.accounts.models import ApiKey
from incubator.api import scopes
from incubator.api.endpoints import Endpoint
from incubator.api.models import Operation
from incubator.api.urls_api import urlpatterns
from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.notifications.models import Attempt, Delivery
from incubator.partners.models import Commitment, Partner, Workstream
from incubator.startups.models import Startup
from investments.interests.models import Interest, Introduction
from tests.cast import join
from tests.factories.accounts import OrganisationFactory
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.expertise import OfferingFactory, SessionFactory, SupportRequestFactory
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told
from tests.factories.partners import AgreementFactory, CommitmentFactory, PartnerFactory, WorkstreamFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, PersonFactory, StartupFactory

OPERATIONS = sorted(scopes.TABLE)
PATHS = {str(one.name): "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern)) for one in urlpatterns}
ENDPOINTS: dict[str, type[Endpoint]] = {str(one.name): one.callback.cls for one in urlpatterns if hasattr(one.callback, "cls")}


def address(route: str, pk: Any = None) -> str:
    """The path of a route, with an id that exists for nobody if none is given."""
    return PATHS[route].format(pk=pk or uuid4(), startup=uuid4(), token="t" * 43)


class World:
    """One startup shared with one partner, others shared with others or nobody; every word of theirs is a canary."""

    def __init__(self) -> None:
        self.partner = self.house("partner", "Meridian")
        self.without = self.house("partner", "Without")
        self.revoked = self.house("partner", "Revoked")
        self.ended = self.house("partner", "Ended", access_until=now() - timedelta(days=1))
        self.investor = self.house("investor", "Tidewater")
        other = self.house("partner", "Other")
        self.shared = self.startup("SHARED")
        disclosure = DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.partner, level=3)
        self.document = self.shared.documents.get()
        disclosure.documents.add(self.document, DocumentFactory(startup=self.shared, title="CANARY-SHARED"))
        DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.revoked, level=3, status="revoked")
        DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.ended, level=3)
        self.foreign = self.startup("FOREIGN")
        DisclosureFactory(startup=self.foreign, audience="organisation", organisation=other, level=3)
        private = self.startup("PRIVATE")
        self.round = self.list_round(self.shared, "SHARED")
        for startup, mark in ((self.foreign, "FOREIGN"), (private, "PRIVATE")):
            round_ = self.list_round(startup, mark)
            interest = InterestFactory(round=round_, organisation=other, asked=True, note=f"CANARY-{mark}-NOTE", membership=None)
            self.introduce(interest, mark)
        self.watching = InterestFactory(round=self.round, organisation=self.partner)
        for _ in range(2):
            round_ = self.list_round(self.startup("MET"), "MET")
            self.introduction = self.introduce(InterestFactory(round=round_, organisation=self.partner, asked=True, membership=None), "MET")
        self.fresh = self.startup("SHARED")
        DisclosureFactory(startup=self.fresh, audience="organisation", organisation=self.partner, level=3)
        self.fresh_round = self.list_round(self.fresh, "SHARED")
        IntakeFactory()
        self.intake = IntakeFactory()
        at = now()
        partner = Partner.objects.create(organisation=self.partner, webhook_domains=["example.com"], status="active", created_at=at, updated_at=at)
        self.strand = self.agreed(partner, "SHARED", "active")
        AgreementFactory(partner=partner, status="expired")
        self.agreed(partner, "PRIVATE", "draft")
        self.agreed(PartnerFactory(organisation=other), "FOREIGN", "active")
        owed = {"deliver": ("partner", "in_progress"), "start": ("partner", "agreed"), "resume": ("partner", "disputed"), "accept": ("park", "delivered")}
        self.owed = {verb: self.promised(self.strand, "SHARED", side, status).pk for verb, (side, status) in owed.items()}
        self.offered(other)
        self.delivery = self.sent(self.partner, "SHARED")
        hour = {"created_at": at, "finished_at": at, "expires_at": at + timedelta(hours=1)}
        shown = {str(self.shared.pk): [3, 0]}
        self.export = Operation.objects.create(organisation=self.partner, format="csv", state="succeeded", file=self.document.file, rows=1, shown=shown, **hour)
        self.waiting = Operation.objects.create(organisation=self.partner, format="csv", created_at=at)
        DeliveryFactory(webhook=True, endpoint=self.delivery.endpoint, event=EventFactory(kind="notifications.endpoint_pinged"), state="failed")
        self.paused = WebhookEndpointFactory(organisation=self.partner, status="paused")
        self.sent(other, "FOREIGN")
        for position in (1, 2):
            self.tell("interests.introduced", self.introduction.interest, position)

    def house(self, kind: str, name: str, **fields: Any) -> Any:
        found = OrganisationFactory(kind=kind, name=name, **fields)
        InvestorProfileFactory(organisation=found, verified=True)
        return found

    def startup(self, mark: str) -> Startup:
        words = {
            field.name: f"CANARY-{mark}"
            for field in Startup._meta.fields
            if isinstance(field, (models.CharField, models.TextField)) and not field.choices and field.name not in ("currency", "jurisdiction")
        }
        startup: Startup = StartupFactory(**words, profile="verified")
        PersonFactory(startup=startup, name=f"CANARY-{mark}", title=f"CANARY-{mark}")
        DocumentFactory(startup=startup, title=f"CANARY-{mark}")
        join(startup.organisation, "founder", name=f"CANARY-CONTACT-{mark}-{uuid4().hex[:6]}")
        return startup

    def list_round(self, startup: Startup, mark: str) -> Any:
        return RoundFactory(startup=startup, listed=True, disclosure=False, title=f"CANARY-{mark}", use_of_funds=f"CANARY-{mark}")

    def introduce(self, interest: Interest, mark: str) -> Introduction:
        Interest.objects.filter(pk=interest.pk).update(status="introduced")
        contact = {"founder_name": f"CANARY-{mark}-CONTACT", "founder_email": f"CANARY-{mark}@x.example"}
        return Introduction.objects.create(interest=interest, **contact, investor_name="I", investor_email="i@x.example", introduced_at=now())

    def sent(self, house: Any, mark: str) -> Delivery:
        """A delivery to an endpoint of the house, with its try."""
        endpoint = WebhookEndpointFactory(organisation=house, name=f"CANARY-{mark}", url=f"https://hooks.example.com/CANARY-{mark}")
        event = EventFactory(kind="notifications.endpoint_pinged")
        found: Delivery = DeliveryFactory(webhook=True, endpoint=endpoint, event=event, state="failed", note=f"CANARY-{mark}")
        seen = {"request_body": f"CANARY-{mark}", "response_excerpt": f"CANARY-{mark}", "request_headers": {"x": f"CANARY-{mark}"}}
        Attempt.objects.create(delivery=found, number=1, started_at=now(), milliseconds=1, outcome="failed", **seen)
        return found

    def tell(self, kind: str, about: models.Model, position: int) -> None:
        """An event in the partner's feed."""
        audience = [told("partner", organisation=self.partner.pk)]
        EventFactory(kind=kind, subject_label=about._meta.label_lower, subject_id=about.pk, told=audience, version=position, position=position)

    def agreed(self, partner: Partner, mark: str, status: str) -> Workstream:
        """A workstream of an agreement, with a promise under it."""
        agreement = AgreementFactory(partner=partner, status=status, title=f"CANARY-{mark}", summary=f"CANARY-{mark}", reference=f"CANARY-{mark}")
        strand: Workstream = WorkstreamFactory(agreement=agreement, name=f"CANARY-{mark}")
        self.promised(strand, mark, "partner", "in_progress")
        return strand

    def promised(self, strand: Workstream, mark: str, side: str, status: str) -> Commitment:
        found: Commitment = CommitmentFactory(workstream=strand, title=f"CANARY-{mark}", evidence=f"CANARY-{mark}", side=side, status=status)
        return found

    def offered(self, other: Any) -> None:
        """What each side of expertise has: own offerings, requests put to the partner and not yet, sessions; and another's."""
        states = {"submit": "draft", "pause": "published", "resume": "paused", "retire": "published"}
        words = {"title": "CANARY-SHARED", "description": "CANARY-SHARED, at some length", "capacity": 1000}
        self.offerings = {verb: OfferingFactory(organisation=self.partner, status=state, **words) for verb, state in states.items()}
        coded = OfferingFactory(organisation=self.partner, kind="credits", **words)
        ours = {"offering": self.offerings["pause"], "need": "CANARY-PRIVATE", "brief": "CANARY-SHARED", "outcome": "CANARY-SHARED"}
        SupportRequestFactory(**{**ours, "brief": "CANARY-PRIVATE", "outcome": "CANARY-PRIVATE"}, startup=self.startup("PRIVATE"), status="triaged")
        met, unnamed = self.startup("MET"), self.startup("PRIVATE")
        requests = {
            "accept": {"offered": True, "startup": met},
            "decline": {"offered": True, "startup": unnamed},
            "schedule": {"accepted": True, "startup": self.shared},
            "issue": {"accepted": True, "startup": self.shared, "offering": coded, "amount": 1},
            "deliver": {"under_way": True, "startup": self.shared},
        }
        self.requests = {verb: SupportRequestFactory(**{**ours, **fields}).pk for verb, fields in requests.items()}
        SupportRequestFactory(**ours, startup=self.startup("PRIVATE"), accepted=True, status="closed")  # showed itself, and does no more
        begun = {"starts_at": now() - timedelta(hours=1), "place": "CANARY-SHARED", "people": "CANARY-SHARED"}
        planned = SupportRequestFactory(**ours, startup=self.shared, accepted=True, status="scheduled")
        self.sessions = {verb: SessionFactory(request=planned, **begun).pk for verb in ("log", "no-show", "cancel")}
        theirs = OfferingFactory(organisation=other, title="CANARY-FOREIGN", description="CANARY-FOREIGN")
        foreign = SupportRequestFactory(offering=theirs, brief="CANARY-FOREIGN", outcome="CANARY-FOREIGN", startup=self.foreign, accepted=True)
        SessionFactory(request=foreign, place="CANARY-FOREIGN", people="CANARY-FOREIGN")

    def may_read(self, actor: str, mark: str) -> bool:
        return actor in ("partner", "key_without_scope") and mark in ("SHARED", "MET")

    def client(self, actor: str, operation: tuple[str, str]) -> ApiClient:
        if actor == "anonymous":
            return ApiClient(None)
        if actor == "signed_in_partner":
            client = ApiClient(None)
            client.client = join(self.partner, "partner", name="Pia Partner").client
            client.client.raise_request_exception = False
            return client
        houses = {"partner_without_disclosure": self.without, "partner_revoked": self.revoked, "partner_ended": self.ended, "investor": self.investor}
        fields: dict[str, Any] = {
            "key_without_scope": {"scopes": [one for one in scopes.all_scopes() if one != scopes.TABLE[operation]]},
            "key_revoked": {"revoked_at": now()},
            "key_expired": {"expires_at": now()},
        }.get(actor, {})
        return ApiClient(ApiKeyFactory(organisation=houses.get(actor, self.partner), **fields))

    def subject(self, route: str) -> Any:
        """The thing of an address with an id: the partner may see it, and every step there succeeds."""
        return {
            "programme": self.intake.programme_id,
            "intake": self.intake.pk,
            "startup": self.shared.pk,
            "round": self.round.pk,
            "round-watch": self.fresh_round.pk,
            "interest": self.watching.pk,
            "interest-indicate": self.watching.pk,
            "interest-withdraw": self.watching.pk,
            "interest-pass": self.watching.pk,
            "introduction": self.introduction.pk,
            "documents": self.shared.pk,
            "document-download": self.document.pk,
            "download": self.document.pk,
            "operation": self.export.pk,
            "operation-download": self.export.pk,
            "operation-cancel": self.waiting.pk,
            "agreement": self.strand.agreement_id,
            "commitment": self.owed["deliver"],
            "commitment-dispute": self.owed["accept"],
            **{f"commitment-{verb}": pk for verb, pk in self.owed.items()},
            "offering": self.offerings["submit"].pk,
            **{f"offering-{verb}": row.pk for verb, row in self.offerings.items()},
            "support-request": self.requests["deliver"],
            **{f"support-request-{verb}": pk for verb, pk in self.requests.items()},
            "session": self.sessions["log"],
            **{f"session-{verb}": pk for verb, pk in self.sessions.items()},
            "delivery": self.delivery.pk,
            "delivery-redeliver": self.delivery.pk,
            "webhook-endpoint-resume": self.paused.pk,
            **{name: self.delivery.endpoint_id for name in ENDPOINTS if name.startswith("webhook-endpoint") and name != "webhook-endpoint-resume"},
        }[route]

    def body(self, route: str) -> Any:
        """A body with which writing there succeeds; nothing for a step that takes none."""
        amounts = {"amount_min": "1000000", "amount_max": "2000000"}
        span = {"since": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z"}
        hook = {"name": "CANARY-SHARED", "url": "https://hooks.example.com/new"}
        hooks = {"webhook-endpoints": hook, "webhook-endpoint": {"name": "CANARY-SHARED"}, "webhook-endpoint-redeliver": span}
        offering = {
            "title": "Key review",
            "area": "data-security",
            "kind": "security_review",
            "capacity": 8,
            "description": "We look at how you keep your keys.",
        }
        when = (now() + timedelta(days=3)).isoformat()
        expertise = {
            "offerings": offering,
            "offering": {"capacity": 24},
            "support-request-decline": {"reason": "Not this month."},
            "support-request-schedule": {"starts_at": when, "minutes": 60, "place": "Room 4", "people": "Mira"},
            "support-request-issue": {"code": "CLOUD-1234"},
            "support-request-deliver": {"result": "All that was asked for."},
            "session-log": {"hours": "1.5"},
        }
        steps = {"commitment-deliver": {"evidence": "All of it is done."}, "commitment-dispute": {"reason": "Half of it is missing."}}
        return {
            **hooks,
            **expertise,
            **steps,
            "interests": {"round": str(self.fresh_round.pk), **amounts},
            "interest-indicate": amounts,
            "interest-pass": {"reason": "stage"},
        }.get(route)

    def ask(self, route: str, method: str, client: ApiClient, pk: Any = None, path: str = "") -> Answer:
        """Call the address as its documentation says, for this thing or for the one of the world."""
        path = path or self.path(route, client, pk)
        headers = {"X-Request-ID": "the-same-request", **self.demanded(route, method, path, client)}
        return client.call(method, path, self.body(route) if method in ("POST", "PATCH") else None, headers=headers)

    def path(self, route: str, client: ApiClient, pk: Any = None) -> str:
        """The address of the world's thing, or of another one in its place."""
        return PATHS[route].format(**self.names(route, client, pk))

    def names(self, route: str, client: ApiClient, pk: Any = None) -> dict[str, Any]:
        """What stands for each name in the address, in the order of the address."""
        if "{" not in PATHS[route]:
            return {}
        thing = self.subject(route) if pk is None else pk
        known = {"pk": lambda: thing, "startup": lambda: self.shared.pk, "token": lambda: self.link(client, thing)}
        return {name: known[name]() for name in re.findall(r"{(\w+)}", PATHS[route])}

    def link(self, client: ApiClient, pk: Any) -> str:
        """The token of a live link to a document that is this caller's own: whether it leads anywhere is asked again."""
        key = ApiKey.objects.filter(key_id=(client.token or "").removeprefix("spk_").partition(".")[0]).first()
        if key is None:
            return "t" * 43
        path = files.path_of(self.document.file.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"CANARY-SHARED")
        link = files.open_link("startups.document", pk, credential_id=key.pk, at=now())
        return files.issue(link.pk, credential_id=key.pk, at=now())[0]

    def demanded(self, route: str, method: str, path: str, client: ApiClient) -> dict[str, str]:
        """The headers without which the operation refuses: a new key, the tag of the thing as this client reads it."""
        if method == "GET":
            return {}
        tag = tag_of(route, path, client) if ENDPOINTS[route].needs_match else ""
        return {"Idempotency-Key": f"key-{uuid4()}", **({"If-Match": tag} if tag else {})}

    def tag(self, route: str, client: ApiClient) -> str:
        return tag_of(route, self.path(route, client), client)


def tag_of(route: str, path: str, client: ApiClient) -> str:
    """The ETag to send in If-Match: that of the thing itself, or of the thing whose step this is."""
    thing = path if hasattr(ENDPOINTS[route], "get") else path.rpartition("/")[0]
    return str(client.get(thing).headers.get("ETag", ""))
