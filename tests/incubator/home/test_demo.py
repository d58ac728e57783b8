"""The demo park: loads quickly, tells a story that the product's own rules allow, and every page of its tour opens."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from incubator.accounts.models import User
from incubator.home.demo import describe
from incubator.home.demo.load import load
from incubator.lib.clock import now
from incubator.lib.machine import Machine
from incubator.outbox.models import Aggregate, Event, Pending
from programmes.applications.models import Application

SECONDS = 20


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[float]:
    """The loaded demo, rolled back after the module; gives the seconds of work it took, which other load does not stretch."""
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "DATA_DIR", tmp_path_factory.mktemp("data"))
    patch.setattr(settings, "WEBHOOK_TEST_TARGETS", [settings.BASE_URL])
    patch.setattr(settings, "DEMO", True)
    patch.setattr(settings, "MFA_REQUIRED", False)
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            began = time.process_time()
            load(at=now())
            seconds = time.process_time() - began
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield seconds
            transaction.set_rollback(True)
    finally:
        patch.undo()


@pytest.mark.django_db
def test_load_is_quick_and_of_the_promised_size(demo: float) -> None:
    assert demo < SECONDS
    assert Application.objects.count() >= 380
    assert apps.get_model("startups", "Startup").objects.count() == 120
    assert apps.get_model("catalogue", "Programme").objects.count() == 12


# States that nothing in the product leads to yet, that a row only passes through within one transaction, or that belong
# to the machinery of delivery, which the worker of the running demo fills.
NOT_SHOWN = {
    "startups.startup.park_stage": {"graduate", "park_company", "alumni", "departed", "ceased"},
    "interests.interest.status": {"indicated"},
    "notifications.webhookendpoint.status": {"paused", "disabled", "removed"},
    "announcements.announcement.status": {"sent", "stopped"},
    "sending.broadcast.status": {"running", "stopped"},
    "sending.channelswitch.status": {"on", "paused"},
}


@pytest.mark.django_db
def test_every_state_of_every_machine_can_be_seen(demo: float) -> None:
    """Whoever looks at the demo finds an example of each state: programme, intake, application, offer, agreement, round …"""
    seen = 0
    for model in apps.get_models():
        if not issubclass(model, Aggregate) or not hasattr(model, "machine"):
            continue
        for machine in _machines(model):
            if not {field.name for field in model._meta.fields} >= {machine.field}:
                continue
            if set(machine.states) != set(model._meta.get_field(machine.field).choices and dict(model._meta.get_field(machine.field).flatchoices)):
                continue  # a machine of another model of the same app
            standing = set(model._base_manager.values_list(machine.field, flat=True).distinct())
            expected = {str(state) for state in machine.states} - NOT_SHOWN.get(f"{model._meta.label_lower}.{machine.field}", set())
            assert expected <= standing, f"{model._meta.label_lower}.{machine.field}: {expected - standing}"
            seen += 1
    assert seen >= 14


def _machines(model: type[Aggregate]) -> list[Machine]:
    states = import_module(f"{model.__module__.rpartition('.')[0]}.states")
    return [value for value in vars(states).values() if isinstance(value, Machine)]


@pytest.mark.django_db
def test_every_past_step_is_one_that_the_tables_allow(demo: float) -> None:
    """Replay: each change of state in the events is an edge of its machine, each history ends where its row stands."""
    machines: dict[str, list[Machine]] = {}
    for model in apps.get_models():
        if issubclass(model, Aggregate):
            machines[model._meta.label_lower] = _machines(model) if hasattr(model, "machine") else []
    last: dict[Any, str] = {}
    for event in Event.objects.filter(from_state__gt="").order_by("at", "version"):
        pairs = {pair for machine in machines[event.subject_label] for pair in machine.pairs()}
        assert (event.from_state, event.to_state) in pairs, event
        if event.subject_label == "applications.application":
            last[event.subject_id] = event.to_state
    standing = dict(Application.objects.values_list("pk", "status"))
    assert {pk: standing[pk] for pk in last} == last


@pytest.mark.django_db
def test_versions_of_each_history_have_no_gap(demo: float) -> None:
    counts = Counter(Event.objects.values_list("subject_id", flat=True))
    for application in Application.objects.all():
        assert application.version == counts[application.pk], application


@pytest.mark.django_db
def test_nobody_is_mailed_about_the_past(demo: float) -> None:
    waiting = Pending.objects.select_related("event")
    assert waiting
    assert min(one.event.at for one in waiting) > now() - timedelta(days=3)


@pytest.mark.django_db
def test_json_names_accounts_that_can_sign_in(demo: float) -> None:
    out = StringIO()
    call_command("demo", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert {"founder", "teammate", "officer", "manager", "reviewer", "partner", "investor", "admin"} <= {one["role"] for one in told["accounts"]}
    assert told["api_key"].startswith("spk_")
    assert told["webhook_secret"].startswith("whsec_")
    account = told["accounts"][0]
    assert User.objects.get(email=account["email"]).check_password(account["password"])


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(describe.TOURED))
def test_every_page_of_the_tour_opens(demo: float, role: str) -> None:
    client = Client()
    address = next((one["email"] for one in describe.describe()["accounts"] if one["role"] == role), None)
    if address:
        client.force_login(User.objects.get(email=address))
    paths = describe.tour()[role]
    assert paths
    for path in paths:
        assert client.get(path).status_code == 200, path


@pytest.mark.django_db
def test_loading_twice_is_refused(demo: float) -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo", "--load")


@pytest.mark.django_db
def test_production_settings_refuse_the_command(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="not available"):
        call_command("demo", "--json")
