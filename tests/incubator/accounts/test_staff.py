"""People and organisations in the staff site."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incubator.accounts.models import Invitation, Membership, Organisation, User
from incubator.outbox.models import Event
from tests import cast
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def person(user: User) -> str:
    return reverse("staff:accounts_user_change", args=[user.pk])


def house(organisation: Organisation) -> str:
    return reverse("staff:accounts_organisation_change", args=[organisation.pk])


@pytest.mark.parametrize("name", ["user", "organisation"])
def test_lists_cost_the_same_for_one_and_for_twenty(officer, founder, name):
    address = reverse(f"staff:accounts_{name}_changelist")
    assert founder.client.get(address).status_code == 404
    officer.client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert officer.client.get(address).status_code == 200
    for number in range(19):
        cast.join(founder.organisation, "member", name=f"Person Number{number}")
        Organisation.objects.create(kind="partner", name=f"Partner {number}", created_at=founder.user.created_at, updated_at=founder.user.created_at)
    with CaptureQueriesContext(connection) as many:
        assert officer.client.get(address).status_code == 200
    assert len(many) == len(one)


def test_manager_gives_and_takes_back_a_role(manager, park):
    user = UserFactory(name="Wanda Wanted")
    page = manager.client.get(person(user)).content.decode()
    assert "Give a role in the park" in page
    assert "Administrator" not in page, "managers make no administrators"
    response = manager.client.post(reverse("staff:accounts:give_role", args=[user.pk]), {"role": "reviewer"}, follow=True)
    assert "now has the role" in response.content.decode()
    membership = Membership.objects.get(user=user, organisation=park, role="reviewer")
    address = reverse("staff:accounts:remove", args=[membership.pk])
    assert "What will happen" in manager.client.get(address).content.decode()
    assert Membership.objects.filter(pk=membership.pk).exists()
    manager.client.post(address)
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert list(Event.objects.order_by("version").values_list("kind", flat=True)) == ["accounts.joined", "accounts.left"]


def test_manager_cannot_make_an_administrator(manager):
    user = UserFactory()
    assert manager.client.post(reverse("staff:accounts:give_role", args=[user.pk]), {"role": "admin"}).status_code == 404
    assert not Membership.objects.filter(user=user).exists()


@pytest.mark.parametrize("who", ["officer", "readonly_officer", "finance", "partnership_manager"])
def test_others_see_roles_and_change_none(request, who, founder, manager, park):
    member, user = request.getfixturevalue(who), UserFactory()
    page = member.client.get(person(user)).content.decode()
    assert "Give a role in the park" not in page
    held = Membership.objects.get(user=manager.user)
    assert member.client.post(reverse("staff:accounts:give_role", args=[user.pk]), {"role": "reviewer"}).status_code == 404
    assert member.client.post(reverse("staff:accounts:remove", args=[held.pk])).status_code == 404
    assert member.client.post(reverse("staff:accounts:invite", args=[park.pk]), {"email": "a@example.org", "role": "reviewer"}).status_code == 404
    assert not Event.objects.exists()


def test_manager_is_offered_no_button_against_an_administrator(manager, admin_person, officer, park):
    page = manager.client.get(house(park)).content.decode()
    offered = [reverse("staff:accounts:remove", args=[Membership.objects.get(user=member.user).pk]) in page for member in (manager, admin_person, officer)]
    assert offered == [False, False, True]


def test_nobody_takes_their_own_role_here(manager):
    mine = Membership.objects.get(user=manager.user)
    assert manager.client.post(reverse("staff:accounts:remove", args=[mine.pk])).status_code == 404


def test_admin_invites_a_reviewer_and_withdraws(admin_person, park):
    assert "Invite somebody" in admin_person.client.get(house(park)).content.decode()
    address = reverse("staff:accounts:invite", args=[park.pk])
    assert admin_person.client.post(address, {"email": "nonsense", "role": "reviewer"}).status_code == 422
    assert admin_person.client.post(address, {"email": "r@example.org", "role": "reviewer"}).status_code == 302
    page = admin_person.client.get(house(park)).content.decode()
    assert "r@example.org" in page
    again = admin_person.client.post(address, {"email": "r@example.org", "role": "reviewer"})
    assert "open invitation for that role already" in again.content.decode()
    invitation = Invitation.objects.get()
    admin_person.client.post(reverse("staff:accounts:withdraw", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


def test_partnership_manager_invites_people_of_partners(partnership_manager, partner_organisation):
    address = reverse("staff:accounts:invite", args=[partner_organisation.pk])
    assert partnership_manager.client.post(address, {"email": "p@example.org", "role": "partner"}).status_code == 302
    assert Invitation.objects.get().organisation == partner_organisation


def test_people_cannot_be_edited_or_deleted_by_the_form(admin_person):
    user = UserFactory()
    assert admin_person.client.post(person(user), {"email": "hacked@example.org"}).status_code == 403
    assert admin_person.client.post(reverse("staff:accounts_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    user.refresh_from_db()
    assert user.email != "hacked@example.org"
