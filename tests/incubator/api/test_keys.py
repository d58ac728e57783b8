"""What an API key is held to, beside what the developers page shows: its end, its peppers, its wrong secrets."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from incubator.accounts import operations as accounts
from incubator.accounts.models import ApiKey
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed
from tests.cast import Member
from tests.factories.api import ApiClient
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


def issue(person: Member, days: int = 30) -> tuple[ApiKey, str]:
    at = now()
    assert person.organisation is not None
    return accounts.issue_key(person.organisation, name="CRM", scopes=["startups:read"], expires_at=at + timedelta(days=days), by=person.actor, at=at)


def test_a_key_lives_at_most_180_days(partner_person: Member) -> None:
    issue(partner_person, days=180)
    for days in (181, 0, -1):
        with pytest.raises(Invalid):
            issue(partner_person, days=days)
    assert ApiKey.objects.count() == 1


def test_people_of_another_house_make_no_key(partner_person: Member, other_partner: Member) -> None:
    at = now()
    assert partner_person.organisation is not None
    with pytest.raises(NotAllowed):
        accounts.issue_key(partner_person.organisation, name="x", scopes=[], expires_at=at + timedelta(days=1), by=other_partner.actor, at=at)


def test_peppers_are_numbered_so_that_a_new_one_leaves_old_keys_working(partner_person: Member) -> None:
    number = max(settings.API_KEY_PEPPERS)
    old, old_text = issue(partner_person)
    assert old.secret_digest.startswith(f"{number}:")
    more = {**settings.API_KEY_PEPPERS, number + 1: b"another pepper of thirty-two byte"}
    with override_settings(API_KEY_PEPPERS=more):
        new, new_text = issue(partner_person)
        assert new.secret_digest.startswith(f"{number + 1}:")
        assert ApiClient(old_text).get("me").status == ApiClient(new_text).get("me").status == 200
    assert_problem(ApiClient(new_text).get("me"), 401, "credential_invalid")  # its pepper is gone
    assert ApiClient(old_text).get("me").status == 200


def test_the_secret_of_one_key_opens_no_other(partner_person: Member) -> None:
    _first, first_text = issue(partner_person)
    second, _second_text = issue(partner_person)
    mixed = f"spk_{second.key_id}.{first_text.partition('.')[2]}"
    assert_problem(ApiClient(mixed).get("me"), 401, "credential_invalid")
