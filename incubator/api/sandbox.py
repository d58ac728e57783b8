"""The sandbox of a partner: a twin organisation, and a small invented world that only the twin sees.

Everything in it belongs to an organisation with `is_sandbox`. The twin sees what names it, as any partner does; what
is open to all partners or to the public is not for it, and nothing of the sandbox is ever open to all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts import access
from incubator.accounts.actors import acting_for
from incubator.accounts.models import Membership, Organisation, User
from incubator.api import sandbox_documents as documents
from incubator.api import sandbox_partnership as partnership
from incubator.api import sandbox_world as world
from incubator.api.models import IdempotencyKey
from incubator.lib.actor import ActingAs, Actor
from incubator.lib.refusals import NotAllowed
from incubator.startups.models import Disclosure, DisclosureRead, Person, Startup, Tie
from investments.interests import operations as interests
from investments.interests.models import Interest, Introduction
from investments.investors.models import InvestorProfile
from investments.rounds.models import Round
from programmes.catalogue.models import Intake, Programme

ANSWER_AFTER = timedelta(seconds=3)
ANSWERED_AT_ONCE = 200
DECLINES = "decline"  # an interest whose note has this word is declined; every other is answered with an introduction


@transaction.atomic
def open_sandbox(organisation: Organisation, *, by: Actor, at: datetime) -> Organisation:
    """The twin of the organisation, made with its world at the first call. Locks the organisation. Raises NotAllowed."""
    if not access.may_manage_keys(by, organisation) or organisation.is_sandbox:
        raise NotAllowed
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    twin = Organisation.objects.twin_of(organisation.pk)
    if twin is None:
        _make_programme(at)
        twin = _make_twin(organisation, at)
        for invented in world.STARTUPS:
            _make_startup(twin, invented, at)
        documents.fill(twin, at)
    return twin


@transaction.atomic
def reset(twin: Organisation, *, by: Actor, at: datetime) -> None:
    """Put the world back to its first day: no interest, no introduction, no record of reads, promises as they were.

    Ids of startups, documents and rounds stay; keys, endpoints and their deliveries as well. Locks the twin. Raises NotAllowed.
    """
    if not twin.is_sandbox or not access.may_manage_keys(by, twin):
        raise NotAllowed
    Organisation.objects.select_for_update().get(pk=twin.pk)
    mine = Interest.objects.filter(organisation=twin)
    Introduction.objects.filter(interest__in=mine).delete()
    mine.delete()
    Disclosure.objects.filter(organisation=twin).exclude(source=Disclosure.Source.FOUNDER).delete()
    Tie.objects.filter(organisation=twin).delete()
    DisclosureRead.objects.filter(organisation=twin).delete()
    IdempotencyKey.objects.filter(organisation=twin).delete()
    partnership.reset(twin, at)
    documents.fill(twin, at)


def answer(at: datetime) -> int:
    """Let the invented founders and the invented park answer what they were asked a moment ago. Gives the number."""
    return answer_interests(at) + partnership.answer_deliveries(at - ANSWER_AFTER, at)


def answer_interests(at: datetime) -> int:
    """Let the invented founders answer what they were asked a moment ago. Gives the number."""
    asked = Interest.objects.filter(status="consent_pending", asked_at__lte=at - ANSWER_AFTER, organisation__is_sandbox=True)
    return sum(_answer(pk, at) for pk in asked.order_by("asked_at", "pk").values_list("pk", flat=True)[:ANSWERED_AT_ONCE])


@transaction.atomic
def _answer(pk: UUID, at: datetime) -> bool:
    interest = Interest.objects.locked(pk)
    if interest.status != "consent_pending":
        return False
    founder = _founder(interest.round.startup)
    if DECLINES in interest.note.lower():
        interests.decline(interest, by=founder, at=at, note="Declined by the sandbox, as your note asked for.")
    else:
        interests.consent(interest, by=founder, at=at, note="Answered by the sandbox. Nobody reads what you send.")
    return True


def _founder(startup: Startup) -> ActingAs:
    member = Membership.objects.select_related("user", "organisation").get(organisation=startup.organisation_id, role="founder")
    return acting_for(member.user, member.organisation, frozenset({"founder"}))


# ── Making ──────────────────────────────────────────────────────────────────
def _make_twin(organisation: Organisation, at: datetime) -> Organisation:
    """The twin with what makes a partner: an agreement, a verified investor profile, somebody to be introduced."""
    twin = Organisation.objects.create(
        kind=organisation.kind,
        name=str(_("%(name)s (sandbox)") % {"name": organisation.name[:140]}),
        has_access=organisation.has_access,
        access_until=organisation.access_until,
        is_sandbox=True,
        sandbox_of=organisation,
        created_at=at,
        updated_at=at,
    )
    _make_person("Iris Sample", twin, twin.kind, at)
    if twin.kind == "partner":
        partnership.make(twin, at)
    InvestorProfile.objects.create(
        organisation=twin, kind="corporate", ground="assets", status="verified", verified_until=world.FOR_EVER, created_at=at, updated_at=at
    )
    return twin


def _make_person(name: str, organisation: Organisation, role: str, at: datetime) -> User:
    """Somebody who cannot sign in and whose mailbox does not exist."""
    user = User(email=f"{name.split()[0].lower()}.{organisation.pk.hex}@sandbox.invalid", name=name, created_at=at, updated_at=at)
    user.set_unusable_password()
    user.save(force_insert=True)
    Membership.objects.create(user=user, organisation=organisation, role=role, created_at=at)
    return user


def _make_startup(twin: Organisation, invented: world.Invented, at: datetime) -> None:
    house = Organisation.objects.create(kind="startup", name=invented.name, is_sandbox=True, sandbox_of_id=twin.sandbox_of_id, created_at=at, updated_at=at)
    _make_person(invented.founder, house, "founder", at)
    startup = Startup.objects.create(
        organisation=house,
        name=invented.name,
        alias=f"Project {invented.name.split()[0]}" if invented.is_stealth else "",
        is_stealth=invented.is_stealth,
        pitch=invented.pitch,
        abstract=f"{invented.name} is invented: it stands in your sandbox so that you can try the API without real data.",
        website="https://sandbox.example",
        focus_areas=[invented.focus],
        expertise_wanted=[invented.expertise],
        stage=invented.stage,
        trl=invented.trl,
        team_size=2,
        traction="Three customers, all invented.",
        funding_raised=world.MILLION / 2,
        profile="verified",
        created_at=at,
        updated_at=at,
    )
    Person.objects.create(startup=startup, name=invented.founder, title="Founder", is_founder=True)
    Disclosure.objects.create(startup=startup, audience="organisation", organisation=twin, level=invented.level, created_at=at, updated_at=at)
    if invented.target is not None:
        Round.objects.create(
            startup=startup,
            title="Sandbox round",
            instrument=Round.Instrument.SAFE,
            target=invented.target,
            minimum_ticket=world.MILLION / 2,
            valuation_cap=10 * invented.target,
            use_of_funds="Nothing: the round is invented.",
            audience=Round.Audience.INVESTORS,
            level=min(invented.level, Disclosure.Level.SUMMARY),
            closes_on=world.FOR_EVER,
            consented_at=at,
            listed_at=at,
            status="listed",
            created_at=at,
            updated_at=at,
        )


def _make_programme(at: datetime) -> None:
    """The one programme of all sandboxes: partners only read programmes, so that one serves all."""
    programme, created = Programme.objects.get_or_create(
        slug=world.PROGRAMME_SLUG, defaults={**world.PROGRAMME, "status": "published", "is_sandbox": True, "created_at": at, "updated_at": at}
    )
    if created:
        end = datetime(world.FOR_EVER.year, world.FOR_EVER.month, world.FOR_EVER.day, tzinfo=UTC)
        window = {"opens_at": at, "closes_at": end, "decision_on": world.FOR_EVER, "status": "open"}
        Intake.objects.create(programme=programme, slug=f"{world.PROGRAMME_SLUG}-call", **world.INTAKE, **window, created_at=at, updated_at=at)
