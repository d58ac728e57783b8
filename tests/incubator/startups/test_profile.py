"""The profile: set up, edited, verified; in operations and on the founder's pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.accounts.models import Membership, Organisation
from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal, Stale
from incubator.outbox.models import Event
from incubator.startups import operations as startups
from incubator.startups.models import Document, Startup
from incubator.startups.states import Profile
from tests import corpus
from tests.factories.startups import PersonFactory, StartupFactory

PAGE = "/my/startup/"


@pytest.fixture
def startup(startup_organisation: Organisation) -> Startup:
    return StartupFactory(organisation=startup_organisation, name="Lumen Pay", registration_no="12345678", incorporated_on="2025-03-01", abstract="Long.")


@pytest.fixture
def submitted(startup, founder) -> Startup:
    return startups.send_for_verification(startup, by=founder.actor, at=now())


@pytest.fixture
def verified(submitted, officer) -> Startup:
    return startups.verify(submitted, by=officer.actor, at=now())


# ── Operations ──
def test_create_makes_organisation_founder_and_profile(newcomer):
    startup = startups.create(name="Lumen Pay", by=newcomer.actor, at=now(), pitch="Pay by light.")
    assert startup.organisation.kind == "startup"
    assert Membership.objects.get(organisation=startup.organisation).role == "founder"
    assert Event.objects.filter(subject_id=startup.pk, kind="startups.created").exists()


def test_create_twice_by_the_same_name_is_refused(newcomer):
    startups.create(name="Lumen Pay", by=newcomer.actor, at=now())
    with pytest.raises(Invalid) as refused:
        startups.create(name="lumen pay", by=newcomer.actor, at=now())
    assert refused.value.field == "name"
    assert Startup.objects.count() == 1


def test_edit_of_a_newer_profile_is_refused(startup, founder):
    version = startup.version
    startups.edit(startup, changes={"pitch": "Theirs"}, version=version, by=founder.actor, at=now())
    with pytest.raises(Stale):
        startups.edit(startup, changes={"pitch": "Mine"}, version=version, by=founder.actor, at=now())
    startup.refresh_from_db()
    assert startup.pitch == "Theirs"


def test_edit_by_a_stranger_is_refused(startup, stranger):
    with pytest.raises(NotAllowed):
        startups.edit(startup, changes={"pitch": "x"}, version=startup.version, by=stranger.actor, at=now())


def test_edit_takes_only_what_people_type(startup, founder):
    with pytest.raises(ValueError, match="profile"):
        startups.edit(startup, changes={"profile": "verified"}, version=startup.version, by=founder.actor, at=now())


@pytest.mark.parametrize(("field", "value", "again"), [("name", "Lumen Pay Ltd", True), ("registration_no", "9", True), ("pitch", "New", False)])
def test_edit_after_verification_asks_for_a_new_look(verified, founder, officer, field, value, again):
    edited = startups.edit(verified, changes={field: value}, version=verified.version, by=founder.actor, at=now())
    assert edited.reverify_needed is again
    assert edited.profile == Profile.VERIFIED
    if again:
        assert startups.verify(edited, by=officer.actor, at=now()).reverify_needed is False


def test_edit_of_the_name_names_the_organisation(startup, founder):
    startups.edit(startup, changes={"name": "Lumen Pay Ltd"}, version=startup.version, by=founder.actor, at=now())
    assert Organisation.objects.get(pk=startup.organisation_id).name == "Lumen Pay Ltd"


def test_send_for_verification_with_gaps_names_them(founder, startup_organisation):
    startup = StartupFactory(organisation=startup_organisation, registration_no="")
    with pytest.raises(Refusal, match="registration number"):
        startups.send_for_verification(startup, by=founder.actor, at=now())


def test_send_for_verification_tells_staff(submitted):
    event = Event.objects.get(subject_id=submitted.pk, kind="startups.profile_sent")
    assert {one["audience"] for one in event.told} == {"founder", "staff"}


def test_send_for_verification_by_a_member_is_refused(startup, teammate):
    with pytest.raises(NotAllowed):
        startups.send_for_verification(startup, by=teammate.actor, at=now())


def test_request_changes_needs_a_reason_and_tells_it(submitted, officer):
    with pytest.raises(ReasonNeeded):
        startups.request_changes(submitted, reason=" ", by=officer.actor, at=now())
    changed = startups.request_changes(submitted, reason="The number is another company's.", by=officer.actor, at=now())
    assert changed.profile == Profile.CHANGES_REQUESTED
    event = Event.objects.get(subject_id=submitted.pk, kind="startups.changes_requested")
    assert event.told[0]["facts"]["reason"] == "The number is another company's."


def test_suspend_reinstate_archive_by_the_manager(verified, manager, founder):
    suspended = startups.suspend(verified, reason="Complaint", by=manager.actor, at=now())
    with pytest.raises(Refusal, match="suspended"):
        startups.edit(suspended, changes={"pitch": "x"}, version=suspended.version, by=founder.actor, at=now())
    back = startups.reinstate(suspended, reason="Settled", by=manager.actor, at=now())
    assert back.profile == Profile.VERIFIED
    assert startups.archive(back, reason="Gone", by=manager.actor, at=now()).profile == Profile.ARCHIVED


def test_verify_by_a_founder_is_refused(submitted, founder):
    with pytest.raises(NotAllowed):
        startups.verify(submitted, by=founder.actor, at=now())


def test_verify_a_draft_is_refused(startup, officer):
    with pytest.raises(IllegalTransition):
        startups.verify(startup, by=officer.actor, at=now())


# ── Founder's pages ──
def test_newcomer_is_led_to_set_up_and_then_home(newcomer):
    assert newcomer.client.get("/my/").url == f"{reverse('my:startups:create')}?next=%2Fmy%2F"
    response = newcomer.client.post(reverse("my:startups:create"), {"name": "Lumen Pay", "pitch": "Pay by light.", "jurisdiction": "HK"})
    assert response.url == "/my/"
    page = newcomer.client.get("/my/").content.decode()
    assert "Lumen Pay" in page
    assert "Complete your startup" in page


def test_create_without_a_name_says_so(newcomer):
    response = newcomer.client.post(reverse("my:startups:create"), {"name": ""})
    assert response.status_code == 422
    assert not Startup.objects.exists()


def test_profile_shows_all_and_asks_a_constant_number_of_queries(startup, founder, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    PersonFactory(startup=startup)
    founder.client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        founder.client.get(PAGE)
    PersonFactory.create_batch(19, startup=startup)
    with django_assert_num_queries(len(one)):
        assert "Lam Ka Yan" in founder.client.get(PAGE).content.decode()


def test_edit_page_saves(startup, founder):
    address = reverse("my:startups:edit", args=["pitch"])
    response = founder.client.post(address, {"version": startup.version, "pitch": "Pay by light.", "abstract": "Light.", "alias": ""})
    assert response.url == PAGE
    startup.refresh_from_db()
    assert startup.pitch == "Pay by light."


def test_edit_page_two_tabs_second_is_told_and_may_save_again(startup, founder):
    address = reverse("my:startups:edit", args=["pitch"])
    mine = {"version": startup.version, "pitch": "Mine", "abstract": "", "alias": ""}
    founder.client.post(address, {**mine, "pitch": "Theirs"})
    response = founder.client.post(address, mine)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else changed the profile" in page
    assert 'value="Mine"' in page
    startup.refresh_from_db()
    assert startup.pitch == "Theirs"
    assert f'value="{startup.version}"' in page


@pytest.mark.parametrize(
    ("field", "value"), [("name", "a\0b"), ("name", "x" * 161), ("incorporated_on", "2999-01-01"), ("website", "javascript:alert(1)"), ("jurisdiction", "XX")]
)
def test_edit_page_bad_input_is_refused_and_changes_nothing(startup, founder, field, value):
    data = {"version": startup.version, "name": "Lumen Pay", "jurisdiction": "HK", field: value}
    response = founder.client.post(reverse("my:startups:edit", args=["company"]), data)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    startup.refresh_from_db()
    assert startup.name == "Lumen Pay"


def test_unknown_topic_is_404(startup, founder):
    assert founder.client.get(reverse("my:startups:edit", args=["secrets"])).status_code == 404


def test_person_is_added_changed_and_removed(startup, founder, stranger):
    StartupFactory(organisation=stranger.organisation)
    data = {"name": "Lam Ka Yan", "title": "CEO", "equity_percent": "40"}
    founder.client.post(reverse("my:startups:add-person"), data)
    person = startup.people.get()
    address = reverse("my:startups:person", args=[person.pk])
    assert stranger.client.post(address, data).status_code == 404
    assert founder.client.post(address, {**data, "equity_percent": "140"}).status_code == 422
    founder.client.post(address, {**data, "title": "CTO"})
    person.refresh_from_db()
    assert (person.title, person.equity_percent) == ("CTO", 40)
    assert stranger.client.post(reverse("my:startups:remove-person", args=[person.pk])).status_code == 404
    founder.client.post(reverse("my:startups:remove-person", args=[person.pk]))
    assert not startup.people.exists()


def test_document_is_added_fetched_and_removed(startup, founder, stranger, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    StartupFactory(organisation=stranger.organisation)
    data = {"kind": "deck", "title": "Deck", "upload": SimpleUploadedFile("deck.pdf", corpus.pdf(), content_type="application/pdf")}
    founder.client.post(reverse("my:startups:add-document"), data)
    document = Document.objects.get()
    address = reverse("my:startups:document", args=[document.pk])
    download = founder.client.get(address)
    assert download["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content).startswith(b"%PDF-")
    assert stranger.client.get(address).status_code == 404
    founder.client.post(reverse("my:startups:remove-document", args=[document.pk]))
    assert not Document.objects.exists()


def test_document_that_is_none_is_refused_naming_the_remedy(startup, founder, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    data = {"kind": "deck", "title": "Deck", "upload": SimpleUploadedFile("deck.pdf", b"<html>", content_type="application/pdf")}
    response = founder.client.post(reverse("my:startups:add-document"), data)
    assert response.status_code == 422
    assert "This is not a PDF" in response.content.decode()
    assert not Document.objects.exists()


def test_verify_page_asks_then_sends(startup, founder):
    address = reverse("my:startups:verify")
    assert "compares name, number" in founder.client.get(address).content.decode()
    assert founder.client.post(address).url == PAGE
    again = founder.client.post(address)
    assert again.status_code == 409
    startup.refresh_from_db()
    assert startup.profile == Profile.SUBMITTED


# ── Staff pages ──
def test_staff_list_finds_filters_and_asks_a_constant_number_of_queries(startup, officer, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("staff:startups:index")
    officer.client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert "Lumen Pay" in officer.client.get(address).content.decode()
    StartupFactory.create_batch(19)
    with django_assert_num_queries(len(one)):
        officer.client.get(address)
    assert "Harbour Ledger" not in officer.client.get(address, {"q": "Lumen"}).content.decode()
    assert "No startup fits" in officer.client.get(address, {"profile": "verified"}).content.decode()
    assert officer.client.get(address, {"q": "a\0b"}).status_code == 200


def test_staff_verifies_after_a_page_that_says_what_it_does(submitted, officer):
    address = reverse("staff:startups:decide", args=[submitted.pk, "verify"])
    assert "Verify" in officer.client.get(reverse("staff:startups:detail", args=[submitted.pk])).content.decode()
    assert "agree with the register" in officer.client.get(address).content.decode()
    assert officer.client.post(address).status_code == 302
    submitted.refresh_from_db()
    assert submitted.profile == Profile.VERIFIED
    assert officer.client.post(address).status_code == 409


def test_staff_decision_without_a_reason_is_refused(submitted, officer):
    response = officer.client.post(reverse("staff:startups:decide", args=[submitted.pk, "request_changes"]), {"reason": ""})
    assert response.status_code == 422
    submitted.refresh_from_db()
    assert submitted.profile == Profile.SUBMITTED


def test_staff_without_the_role_may_look_and_not_decide(submitted, readonly_officer):
    assert readonly_officer.client.get(reverse("staff:startups:detail", args=[submitted.pk])).status_code == 200
    response = readonly_officer.client.post(reverse("staff:startups:decide", args=[submitted.pk, "verify"]))
    assert response.status_code == 404
    submitted.refresh_from_db()
    assert submitted.profile == Profile.SUBMITTED


@pytest.mark.parametrize("member", ["founder", "reviewer", "partner_person"])
def test_staff_pages_are_404_for_others(startup, member, request):
    client = request.getfixturevalue(member).client
    assert client.get(reverse("staff:startups:detail", args=[startup.pk])).status_code == 404


def test_staff_unknown_decision_is_404(startup, officer):
    assert officer.client.get(reverse("staff:startups:decide", args=[startup.pk, "promote"])).status_code == 404
