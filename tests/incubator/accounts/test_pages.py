"""Coming in: where one is led, invitations, teams, settings, and for whom one acts."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from incubator.accounts import operations as accounts
from incubator.accounts.models import Invitation, Membership
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from tests import cast
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def invite(member, email="new.person@example.org", role=None) -> tuple[Invitation, str]:
    """An open invitation and its mailed link's token."""
    invitation = accounts.invite(member.organisation, email=email, role=role or next(iter(member.roles)), by=member.actor, at=now())
    facts = Event.objects.get(kind="accounts.invited", subject_id=invitation.pk).told[0]["facts"]
    return invitation, sealing.unseal(facts["token_sealed"], purpose="invitation")


# ── Where one is led ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("officer", "/staff/"),
        ("reviewer", "/review/"),
        ("founder", "/my/"),
        ("newcomer", "/my/"),
        ("partner_person", "/partner/"),
        ("investor_person", "/partner/"),
    ],
)
def test_after_signing_in_each_is_led_to_their_portal(request, who, start):
    response = request.getfixturevalue(who).client.get("/welcome/")
    assert response.status_code == 302
    assert response["Location"].startswith(start)


def test_places_lists_every_portal_of_a_person(officer):
    startup = OrganisationFactory(kind="startup", name="Own Startup")
    MembershipFactory(user=officer.user, organisation=startup, role="founder")
    page = officer.client.get("/welcome/places/").content.decode()
    assert "Own Startup" in page
    assert officer.organisation.name in page


def test_anonymous_is_asked_to_sign_in(client: Client):
    for path in ("/welcome/", "/welcome/places/", "/accounts/settings/", "/my/team/", "/partner/team/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_switching_acts_for_the_other_organisation(founder):
    other = OrganisationFactory(kind="startup", name="AAA first by name")
    MembershipFactory(user=founder.user, organisation=other, role="founder")
    assert "AAA first by name" in founder.client.get("/my/team/").content.decode()
    response = founder.client.post("/accounts/acting-for/my/", {"organisation": founder.organisation.pk})
    assert response.status_code == 302
    assert founder.client.get("/my/team/").context["organisation"] == founder.organisation


def test_switching_to_a_strange_organisation_is_not_found(founder, stranger):
    for organisation in (stranger.organisation.pk, "nonsense"):
        assert founder.client.post("/accounts/acting-for/my/", {"organisation": organisation}).status_code == 404
    assert founder.client.post("/accounts/acting-for/nowhere/", {"organisation": founder.organisation.pk}).status_code == 404
    assert founder.client.get("/accounts/acting-for/my/").status_code == 405


# ── Invitations ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_invitation_is_shown_and_accepted(founder, newcomer):
    _invitation, token = invite(founder, role="member")
    address = reverse("account_invitation", args=[token])
    page = newcomer.client.get(address).content.decode()
    assert founder.organisation.name in page
    assert "Team member" in page
    assert "another address" in page, "the invitation went to another address than the account's"
    response = newcomer.client.post(address)
    assert response.status_code == 302
    assert Membership.objects.filter(user=newcomer.user, organisation=founder.organisation, role="member").exists()
    assert newcomer.client.get("/my/team/").status_code == 200


def test_anonymous_invitee_is_led_to_the_invitation_after_signing_in(client: Client, founder, newcomer):
    _invitation, token = invite(founder, role="member")
    address = reverse("account_invitation", args=[token])
    page = client.get(address).content.decode()
    assert "Create an account" in page
    client.force_login(newcomer.user)
    session = client.session
    session["invitation"] = token
    session.save()
    assert client.get("/welcome/")["Location"] == address


def test_used_invitation_says_so_and_gives_nothing(founder, newcomer, stranger):
    _invitation, token = invite(founder, role="member")
    address = reverse("account_invitation", args=[token])
    newcomer.client.post(address)
    page = stranger.client.get(address)
    assert page.status_code == 410
    assert "It was accepted on" in page.content.decode()
    assert stranger.client.post(address).status_code == 410
    assert not Membership.objects.filter(user=stranger.user, organisation=founder.organisation).exists()


def test_expired_invitation_says_what_to_do(founder, newcomer):
    invitation, token = invite(founder, role="member")
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now() - timedelta(seconds=1))
    page = newcomer.client.get(reverse("account_invitation", args=[token]))
    assert page.status_code == 410
    assert "Ask Fay Founder at Lumen Pay for a new one" in page.content.decode()


def test_withdrawn_invitation_is_dead_at_once(founder, newcomer):
    invitation, token = invite(founder, role="member")
    response = founder.client.post(f"/my/team/invitations/{invitation.pk}/withdrawal/", follow=True)
    assert "its link no longer works" in response.content.decode()
    page = newcomer.client.post(reverse("account_invitation", args=[token]))
    assert page.status_code == 410
    assert not Membership.objects.filter(user=newcomer.user).exists()


def test_unknown_invitation_is_not_found(newcomer):
    assert newcomer.client.get(reverse("account_invitation", args=["no-such-token"])).status_code == 404


def test_invitations_are_limited_by_the_hour(founder):
    for number in range(accounts.INVITATIONS_AN_HOUR):
        invite(founder, email=f"person{number}@example.org", role="member")
    with pytest.raises(Refusal, match="many invitations"):
        invite(founder, email="one.more@example.org", role="member")


# ── Teams ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_founder_invites_by_the_page(founder):
    response = founder.client.post("/my/team/invitations/", {"email": "New@Example.org", "role": "member"}, follow=True)
    assert "new@example.org" in response.content.decode()
    event = Event.objects.get(kind="accounts.invited")
    assert event.told[0]["facts"]["role"] == "Team member"
    assert "token" not in json.dumps(event.facts)


@pytest.mark.parametrize(("email", "role", "words"), [("nonsense", "member", "valid email"), ("a@example.org", "admin", "Select a valid choice")])
def test_bad_invitation_is_shown_at_its_field(founder, email, role, words):
    response = founder.client.post("/my/team/invitations/", {"email": email, "role": role})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Invitation.objects.exists()


def test_second_invitation_of_the_same_person_is_refused_at_the_field(founder):
    invite(founder, email="a@example.org", role="member")
    response = founder.client.post("/my/team/invitations/", {"email": "A@example.org", "role": "member"})
    assert "open invitation for that role already" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_member_sees_the_team_and_changes_nothing(founder, teammate):
    page = teammate.client.get("/my/team/").content.decode()
    assert "Fay Founder" in page
    assert "Invite somebody" not in page
    assert teammate.client.post("/my/team/invitations/", {"email": "a@example.org", "role": "member"}).status_code == 422
    target = Membership.objects.get(user=founder.user)
    teammate.client.post(f"/my/team/{target.pk}/removal/")
    assert Membership.objects.filter(pk=target.pk).exists()
    assert not Event.objects.exists()


def test_member_may_leave(founder, teammate):
    mine = Membership.objects.get(user=teammate.user)
    assert "Leave the team" in teammate.client.get(f"/my/team/{mine.pk}/removal/").content.decode()
    teammate.client.post(f"/my/team/{mine.pk}/removal/")
    assert not Membership.objects.filter(pk=mine.pk).exists()


def test_last_founder_cannot_leave(founder):
    mine = Membership.objects.get(user=founder.user)
    founder.client.post(f"/my/team/{mine.pk}/removal/")
    assert Membership.objects.filter(pk=mine.pk).exists()


def test_team_of_others_is_not_found(founder, stranger):
    target = Membership.objects.get(user=founder.user)
    invitation, _token = invite(founder, role="member")
    assert stranger.client.post(f"/my/team/{target.pk}/removal/").status_code == 404
    assert stranger.client.post(f"/my/team/invitations/{invitation.pk}/withdrawal/").status_code == 404
    assert invitation.is_open()


def test_partner_has_the_same_team_page(partner_person):
    assert "Pia Partner" in partner_person.client.get("/partner/team/").content.decode()
    partner_person.client.post("/partner/team/invitations/", {"email": "b@example.org", "role": "partner"})
    assert Invitation.objects.get().organisation == partner_person.organisation


def test_team_costs_the_same_for_one_and_for_twenty(founder, django_assert_max_num_queries, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    founder.client.get("/my/team/")
    with CaptureQueriesContext(connection) as one:
        founder.client.get("/my/team/")
    for number in range(19):
        cast.join(founder.organisation, "member", name=f"Person Number{number}")
        invite(founder, email=f"c{number}@example.org", role="member")
    with CaptureQueriesContext(connection) as many:
        founder.client.get("/my/team/")
    assert len(many) == len(one)


# ── Who may give which role ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        ("admin_person", "admin", True),
        ("admin_person", "officer", True),
        ("manager", "reviewer", True),
        ("manager", "admin", False),
        ("partnership_manager", "reviewer", False),
        ("officer", "reviewer", False),
        ("readonly_officer", "reviewer", False),
    ],
)
def test_roles_of_the_park_are_given_by_few(request, park, who, role, allowed):
    giver, person = request.getfixturevalue(who), UserFactory()
    if allowed:
        accounts.give_role(person, park, role, by=giver.actor, at=now())
        accounts.invite(park, email="x@example.org", role=role, by=giver.actor, at=now())
    else:
        for attempt in (lambda: accounts.give_role(person, park, role, by=giver.actor, at=now()), lambda: invite(giver, role=role)):
            with pytest.raises(NotAllowed):
                attempt()
        assert not Event.objects.exists()
    assert Membership.objects.filter(user=person, role=role).exists() is allowed


def test_nobody_gives_a_role_to_themselves(manager, park):
    with pytest.raises(NotAllowed):
        accounts.give_role(manager.user, park, "finance", by=manager.actor, at=now())


def test_role_of_another_kind_of_house_is_refused(founder):
    with pytest.raises(Invalid):
        invite(founder, role="officer")


# ── Settings ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_settings_are_saved_and_recorded_without_their_contents(founder):
    response = founder.client.post("/accounts/settings/", {"name": "Fay F. Founder", "phone": "+852 2345 6789", "time_zone": "Europe/Tallinn"}, follow=True)
    assert "Saved." in response.content.decode()
    founder.user.refresh_from_db()
    assert (founder.user.name, founder.user.time_zone) == ("Fay F. Founder", "Europe/Tallinn")
    event = Event.objects.get(kind="accounts.profile_changed")
    assert event.facts == {"fields": ["name", "phone", "time_zone"]}


def test_wrong_settings_change_nothing(founder):
    response = founder.client.post("/accounts/settings/", {"name": "", "phone": "", "time_zone": "Mars/Base"})
    assert response.status_code == 422
    founder.user.refresh_from_db()
    assert founder.user.name == "Fay Founder"
    assert not Event.objects.exists()
