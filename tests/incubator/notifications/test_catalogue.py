"""The catalogue of what people are told: every kind in it has words, and each person sees what is theirs."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import reverse

from incubator.notifications import catalogue
from incubator.outbox import registry
from incubator.outbox.registry import DEADLINE, DECISION, EMAIL, IN_APP, SECURITY
from tests.cast import Member
from tests.queries import queries_of

STAFF = "/staff/delivery/kinds/"


def test_every_kind_that_is_told_has_words_for_people_and_for_the_catalogue() -> None:
    """Its text, and in the catalogue a label, who gets it, why, and its subject."""
    found = list(catalogue.entries())
    assert len(found) > 80
    for one in found:
        if {IN_APP, EMAIL} & set(one.channels):
            get_template(one.kind.message_template(one.audience))
        assert all((one.label[0].isupper(), str(one.who), str(one.why), one.ways)), one.kind.name
        assert one.notice.always in ("", DECISION, DEADLINE, SECURITY)


def test_every_subject_of_the_catalogue_has_kinds_and_they_stay_together() -> None:
    subjects = [subject for subject, _entries in catalogue.by_subject(catalogue.entries())]
    assert subjects == list(catalogue.SUBJECTS.values())


def test_every_app_that_tells_people_something_is_a_subject() -> None:
    installed = {one.label for one in apps.get_app_configs()}
    assert {kind.app for kind in registry.kinds() if kind.audiences} & installed <= set(catalogue.SUBJECTS)


@pytest.mark.parametrize(
    ("name", "audience", "why"),
    [
        ("cohorts.decision_released", "founder", DECISION),
        ("applications.found_ineligible", "founder", DECISION),
        ("applications.information_requested", "founder", DEADLINE),
        ("cohorts.offer_made", "founder", DEADLINE),
        ("reviews.review_requested", "reviewer", DEADLINE),
        ("accounts.mail_requested", "person", SECURITY),
        ("accounts.key_issued", "partner", SECURITY),
        ("applications.submitted", "founder", ""),
        ("applications.submitted", "staff", ""),
    ],
)
def test_decisions_deadlines_and_security_may_not_be_switched_off(name: str, audience: str, why: str) -> None:
    found = {(one.kind.name, one.audience): one for one in catalogue.entries()}
    assert found[name, audience].notice.always == why
    assert bool(found[name, audience].always) == bool(why)


@pytest.mark.django_db
def test_a_person_sees_what_their_roles_bring_and_nothing_else(founder: Member, reviewer: Member) -> None:
    mine, theirs = ({one.kind.name for _subject, group in _groups(member) for one in group} for member in (founder, reviewer))
    assert "cohorts.offer_made" in mine
    assert "reviews.review_requested" not in mine
    assert "reviews.review_requested" in theirs
    assert "cohorts.offer_made" not in theirs
    assert "accounts.mail_requested" in mine & theirs
    assert "applications.started" not in mine  # told to nobody


def _groups(member: Member) -> list[tuple[str, list[catalogue.Entry]]]:
    groups: list[tuple[str, list[catalogue.Entry]]] = member.client.get(reverse("notices:mine")).context["form"].groups
    return groups


@pytest.mark.django_db
def test_the_page_says_why_and_what_may_not_be_switched_off(founder: Member) -> None:
    page = founder.client.get(reverse("notices:mine")).content.decode()
    assert "You belong to the startup that it is about." in page
    assert "Always told: it is a decision." in page
    assert f'href="{reverse("notices:mine")}" aria-current="page"' in page
    assert queries_of(founder.client, reverse("notices:mine")) <= 7  # one of them asks whether mail reaches the person


@pytest.mark.django_db
def test_staff_see_all_kinds_or_those_of_one_audience(officer: Member, finance: Member) -> None:
    page = officer.client.get(STAFF)
    assert {one.audience for _subject, group in page.context["groups"] for one, _own in group} == set(catalogue.WHO)
    page = officer.client.get(STAFF, {"audience": "reviewer"})
    assert {one.audience for _subject, group in page.context["groups"] for one, _own in group} == {"reviewer"}
    assert officer.client.get(STAFF, {"audience": "nobody"}).context["groups"] == []
    assert finance.client.get(STAFF).status_code == 404


def test_what_may_come_in_a_weekly_digest_is_of_use_for_a_week() -> None:
    assert not [one.kind.name for one in catalogue.entries() if not one.always and one.kind.time_to_live < timedelta(days=7)]
