"""Records at /staff/: closed until opened, every edit an event, nothing with a state made or removed by hand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.outbox.models import Event
from programmes.catalogue.models import Programme, Rubric
from tests.cast import Member
from tests.factories.catalogue import ProgrammeFactory, RubricFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.incubator.web.staff_urls")]
RUBRICS = "/staff/catalogue/rubric/"
PROGRAMMES = "/staff/catalogue/programme/"
NO_ROWS = {f"criteria-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}


def test_edit_is_saved_and_recorded_once(officer: Member):
    rubric = RubricFactory(name="Old")
    response = officer.client.post(f"{RUBRICS}{rubric.pk}/change/", {"name": "New", "number": 1, **NO_ROWS})
    assert response.status_code == 302
    rubric.refresh_from_db()
    event = Event.objects.get(subject_id=rubric.pk)
    assert (rubric.name, rubric.version) == ("New", 1)
    assert (event.kind, event.actor_name, event.facts) == ("catalogue.edited", "Olga Officer", {"fields": ["name"], "added": False})


def test_record_added_is_recorded(officer: Member):
    response = officer.client.post(f"{RUBRICS}add/", {"name": "Deep tech", "number": 1, **NO_ROWS})
    assert response.status_code == 302
    rubric = Rubric.objects.get()
    assert Event.objects.get(subject_id=rubric.pk).facts["added"] is True


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_reader_changes_nothing(readonly_officer: Member, path: str):
    rubric = RubricFactory(name="Old")
    response = readonly_officer.client.post(RUBRICS + path.format(pk=rubric.pk), {"name": "New", "number": 2, "post": "yes", **NO_ROWS})
    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()
    assert Rubric.objects.get().name == "Old"
    assert not Event.objects.exists()


def test_reader_sees_list_and_record(readonly_officer: Member):
    rubric = RubricFactory(name="Deep tech")
    assert "Deep tech" in readonly_officer.client.get(RUBRICS).content.decode()
    assert readonly_officer.client.get(f"{RUBRICS}{rubric.pk}/change/").status_code == 200


@pytest.mark.parametrize("path", ["", "add/", "{pk}/change/", "{pk}/delete/", "{pk}/history/"])
def test_outsider_meets_nothing(founder: Member, path: str):
    rubric = RubricFactory()
    assert founder.client.get(RUBRICS + path.format(pk=rubric.pk)).status_code == 404


def test_nothing_with_a_state_is_added_removed_or_moved_by_hand(officer: Member):
    programme = ProgrammeFactory(title="Old", tagline="x", status="draft")
    assert officer.client.post(f"{PROGRAMMES}add/", {"title": "T", "tagline": "x"}).status_code == 403
    assert officer.client.post(f"{PROGRAMMES}{programme.pk}/delete/", {"post": "yes"}).status_code == 403
    assert officer.client.post(f"{PROGRAMMES}{programme.pk}/change/", {"title": "New", "tagline": "x", "status": "published"}).status_code == 302
    programme.refresh_from_db()
    assert (programme.title, programme.status) == ("New", "draft")
    officer.client.post(PROGRAMMES, {"action": "delete_selected", "_selected_action": str(programme.pk), "post": "yes"})
    assert Programme.objects.count() == 1


def test_list_costs_the_same_at_1_and_at_20_rows(officer: Member):
    officer.client.get(RUBRICS)  # fills the process's caches
    costs = []
    for rows in (1, 19):
        RubricFactory.create_batch(rows)
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(RUBRICS).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_djangos_own_history_is_not_there(officer: Member):
    rubric = RubricFactory()
    assert officer.client.get(f"{RUBRICS}{rubric.pk}/history/").status_code == 404
