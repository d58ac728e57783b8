"""Who sees what of a startup: the switch, named organisations, levels, taking back."""

from datetime import timedelta

import pytest
import time_machine

from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from incubator.startups import access
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, DisclosureRead, Document, Startup
from tests.factories.startups import DisclosureFactory, DocumentFactory, StartupFactory

pytestmark = pytest.mark.django_db
Level, Audience = Disclosure.Level, Disclosure.Audience


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, profile="verified", name="Lumen Pay", alias="Project Lamp")


def level_of(startup, member):
    return Startup.objects.disclosed_to(member.actor).filter(pk=startup.pk).values_list("level", flat=True).first()


def test_disclose_to_one_organisation_shows_it_to_that_one_only_and_tells_it(startup, founder, partner_person, other_partner):
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, by=founder.actor, at=now())
    assert level_of(startup, partner_person) == Level.FULL
    assert level_of(startup, other_partner) is None
    assert startup not in Startup.objects.visible_to(other_partner.actor)
    (told,) = Event.objects.get(kind="startups.disclosed").told
    assert (told["audience"], told["organisation"]) == ("partner", str(partner_person.organisation.pk))


def test_disclose_twice_changes_the_one_row(startup, founder, partner_person):
    first = startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, by=founder.actor, at=now())
    second = startups.disclose(startup, organisation=partner_person.organisation, level=Level.TEASER, by=founder.actor, at=now())
    assert first.pk == second.pk
    assert level_of(startup, partner_person) == Level.TEASER


@pytest.mark.parametrize("who", ["teammate", "stranger", "partner_person", "manager", "officer"])
def test_disclose_by_anybody_but_a_founder_is_refused_and_leaves_no_trace(startup, who, request, other_partner):
    member = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        startups.disclose(startup, organisation=other_partner.organisation, level=Level.FULL, by=member.actor, at=now())
    with pytest.raises(NotAllowed):
        startups.set_visibility(startup, "partners", by=member.actor, at=now())
    assert not Disclosure.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"organisation": None}, "organisation"),
        ({"audience": Audience.PARTNERS}, "organisation"),
        ({"level": 9}, "level"),
        ({"organisation": None, "audience": Audience.PUBLIC}, "level"),
        ({"expires_at": now() - timedelta(days=1)}, "expires_on"),
    ],
)
def test_disclose_with_bad_input_names_the_field(startup, founder, partner_person, change, field):
    values = {"organisation": partner_person.organisation, "level": Level.FULL, **change}
    with pytest.raises(Invalid) as refusal:
        startups.disclose(startup, **values, by=founder.actor, at=now())
    assert refusal.value.field == field
    assert not Disclosure.objects.exists()


def test_disclose_a_document_of_another_startup_is_refused(startup, founder, partner_person):
    with pytest.raises(Invalid):
        startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, documents=[DocumentFactory()], by=founder.actor, at=now())


def test_disclose_to_the_park_or_a_startup_is_refused(startup, founder, stranger, park):
    for organisation in (stranger.organisation, park):
        with pytest.raises(Invalid):
            startups.disclose(startup, organisation=organisation, level=Level.TEASER, by=founder.actor, at=now())


def test_revoke_ends_it_at_once_for_rows_and_documents(startup, founder, partner_person):
    document = DocumentFactory(startup=startup)
    row = startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, documents=[document], by=founder.actor, at=now())
    assert list(Document.objects.disclosed_to(partner_person.actor)) == [document]
    startups.revoke(row, by=founder.actor, at=now())
    startups.revoke(row, by=founder.actor, at=now())
    assert level_of(startup, partner_person) is None
    assert not Startup.objects.visible_to(partner_person.actor).exists()
    assert not Document.objects.disclosed_to(partner_person.actor).exists()
    assert Event.objects.filter(kind="startups.disclosure_revoked").count() == 1


def test_expired_disclosure_shows_nothing(startup, founder, partner_person):
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, expires_at=now() + timedelta(days=1), by=founder.actor, at=now())
    assert level_of(startup, partner_person) == Level.FULL
    with time_machine.travel(now() + timedelta(days=2)):
        assert level_of(startup, partner_person) is None


@pytest.mark.parametrize(("first", "second"), [("partners", "public"), ("public", "partners"), ("partners", "private"), ("public", "private")])
def test_switch_keeps_exactly_the_row_it_stands_for(startup, founder, partner_person, first, second):
    for visibility in (first, second):
        startups.set_visibility(startup, visibility, by=founder.actor, at=now(), level=Level.TEASER)
        startup.refresh_from_db()
        rows = list(Disclosure.objects.switches(startup).values_list("audience", flat=True))
        assert startup.visibility == visibility
        assert rows == ([] if visibility == "private" else [visibility])


def test_switch_to_public_needs_a_verified_profile(founder, startup_organisation):
    startup = StartupFactory(organisation=startup_organisation)
    with pytest.raises(Refusal, match="verified") as refusal:
        startups.set_visibility(startup, "public", by=founder.actor, at=now())
    assert refusal.value.code == "not_verified"
    startup.refresh_from_db()
    assert startup.visibility == "private"
    assert not Event.objects.exists()


def test_revoking_the_row_of_the_switch_turns_it_to_private(startup, founder):
    startups.set_visibility(startup, "partners", by=founder.actor, at=now())
    startups.revoke(Disclosure.objects.get(), by=founder.actor, at=now())
    startup.refresh_from_db()
    assert startup.visibility == "private"


def test_suspended_startup_is_hidden_from_all_outsiders(startup, founder, partner_person):
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.FULL, by=founder.actor, at=now())
    Startup.objects.filter(pk=startup.pk).update(profile="suspended")
    assert level_of(startup, partner_person) is None


def test_investor_sees_no_disclosure_meant_for_partners(startup, founder, investor_person, partner_person):
    startups.set_visibility(startup, "partners", by=founder.actor, at=now())
    assert level_of(startup, partner_person) == Level.SUMMARY
    assert level_of(startup, investor_person) is None


def test_each_level_shows_what_is_agreed_and_never_contact_data(startup):
    startup.is_stealth = True
    teaser, summary, full = (access.profile(startup, level) for level in Level.values)
    assert set(teaser) == {"id", "level", "name", "focus_areas", "stage", "pitch"}
    assert teaser["name"] == "Project Lamp"
    assert summary["name"] == "Lumen Pay"
    assert access.profile(startup, Level.SUMMARY, in_list=True)["name"] == "Project Lamp"
    assert "traction" not in summary
    assert "traction" in full
    assert not {"address", "registration_no", "email", "phone"} & set(full)


@pytest.mark.parametrize(("text", "found"), [("Lumen", False), ("Reconciles", True), ("settlements", False)])
def test_search_at_teaser_finds_only_by_the_words_it_shows(startup, founder, partner_person, text, found):
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.TEASER, by=founder.actor, at=now())
    assert Startup.objects.disclosed_to(partner_person.actor).matching(text).exists() is found


@pytest.mark.parametrize("text", ["Lumen", "settlements", "Reconciles"])
def test_search_at_summary_finds_by_name_and_abstract(startup, founder, partner_person, text):
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.SUMMARY, by=founder.actor, at=now())
    assert Startup.objects.disclosed_to(partner_person.actor).matching(text).exists()


def test_reads_of_outsiders_are_recorded_and_those_of_others_are_not(startup, founder, officer, partner_person):
    for member in (founder, officer, partner_person):
        startups.record_read("opened", [startup.pk], by=member.actor, at=now())
    read = DisclosureRead.objects.get()
    assert (read.organisation, read.user, read.startup_ids) == (partner_person.organisation, partner_person.user, [startup.pk])
    (line,) = DisclosureRead.objects.of(startup.pk).by_day()
    assert (line["organisation__name"], line["person"], line["times"]) == ("Meridian Technologies", "Pia Partner", 1)


def test_unsent_word_of_a_disclosure_is_dropped_when_it_is_taken_back_or_lowered(startup, founder, partner_person):
    from incubator.outbox.registry import Recipient, get

    row = startups.disclose(startup, organisation=partner_person.organisation, level=Level.SUMMARY, by=founder.actor, at=now())
    event = Event.objects.get(kind="startups.disclosed")
    to = Recipient("partner", partner_person.user.pk, partner_person.organisation.pk, event.told[0]["facts"])
    allowed = get("startups.disclosed").still_allowed
    assert allowed(event, to)
    startups.disclose(startup, organisation=partner_person.organisation, level=Level.TEASER, by=founder.actor, at=now())
    assert not allowed(event, to)
    startups.revoke(row, by=founder.actor, at=now())
    assert not allowed(event, to)


def test_ties_open_end_and_open_again(startup, partner_person):
    for _ in range(2):
        startups.tie(startup, organisation=partner_person.organisation, kind="interest", at=now())
    assert startups.untie(startup, organisation=partner_person.organisation, kind="interest", at=now()) == 1
    assert startups.tie(startup, organisation=partner_person.organisation, kind="interest", at=now()).until_on is None


def test_park_stage_is_the_systems_and_the_same_again_is_nothing(startup, founder, system):
    startups.set_park_stage(startup, "applicant", by=system, at=now())
    startups.set_park_stage(startup, "applicant", by=system, at=now())
    assert Event.objects.filter(kind="startups.park_stage_changed").count() == 1
    with pytest.raises(NotAllowed):
        startups.set_park_stage(startup, "incubatee", by=founder.actor, at=now())


def test_level_is_a_constant_number_of_queries(partner_person, django_assert_num_queries):
    DisclosureFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert len(Startup.objects.disclosed_to(partner_person.actor)) == 3
