"""Delivery in the staff portal: who sees it, what it shows and never shows, sending again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from incubator.accounts import events as account_events
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.ids import first_at
from incubator.notifications import delivering, health, pausing, resending, ringing
from incubator.notifications.channels.email import EmailSender
from incubator.notifications.claims import Outcome
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Delivery
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from incubator.sending.models import Resending
from tests.cast import Member
from tests.factories.accounts import OrganisationFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told

pytestmark = pytest.mark.django_db
LIST = "/staff/delivery/"


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("manager", 200), ("admin_person", 200), ("finance", 404), ("readonly_officer", 404), ("founder", 404)]
)
def test_deliveries_are_for_those_who_run_programmes(who: str, status: int, request: pytest.FixtureRequest) -> None:
    member: Member = request.getfixturevalue(who)
    row = DeliveryFactory(state="failed")
    for page in (LIST, f"{LIST}{row.pk}/", f"{LIST}{row.pk}/again/"):
        assert member.client.get(page).status_code == status


def test_deliveries_are_filtered_by_state_channel_and_person(officer: Member) -> None:
    wanted = DeliveryFactory(state="failed", user__email="wanted@example.org")
    DeliveryFactory(state="sent", user__email="sent@example.org")
    DeliveryFactory(state="failed", in_app=True)
    DeliveryFactory(state="failed", user__email="other@example.net")
    page = officer.client.get(LIST, {"state": "failed", "channel": "email", "q": "WANTED"})
    assert [row.pk for row in page.context["page"].rows] == [wanted.pk]


def test_deliveries_take_as_many_queries_for_20_as_for_one(officer: Member) -> None:
    DeliveryFactory()
    before = queries(officer.client, LIST)
    for _ in range(19):
        DeliveryFactory()
    DeliveryFactory(webhook=True)
    assert queries(officer.client, LIST) == before


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_delivery_shows_the_message_and_its_tries(officer: Member) -> None:
    row = DeliveryFactory(user__name="Ann Other")
    deliver("email", [row.pk])
    page = officer.client.get(f"{LIST}{row.pk}/").content.decode()
    assert "Something new: The thing" in page
    assert "Dear Ann Other" in page


def test_delivery_of_a_secret_kind_never_shows_its_text(officer: Member) -> None:
    sealed = sealing.seal('{"password_reset_url": "http://testserver/reset/abc"}', purpose="account-mail")
    entry = told("person", address="ann@example.org", template="account/email/password_reset_key", sealed=sealed)
    row = DeliveryFactory(event=EventFactory(kind=account_events.account_mail.name, told=[entry]))
    page = officer.client.get(f"{LIST}{row.pk}/").content.decode()
    assert "reset/abc" not in page
    assert sealed not in page
    assert "one-time link" in page


@pytest.mark.parametrize("state", ["failed", "bounced", "dead"])
def test_send_again_makes_what_failed_due(officer: Member, state: str) -> None:
    row = DeliveryFactory(state=state, tries=6, claims=5)
    officer.client.post(f"{LIST}{row.pk}/again/")
    row.refresh_from_db()
    assert (row.state, row.tries, row.claims) == (DeliveryState.PENDING, 0, 0)


@pytest.mark.parametrize("fields", [{"state": "sent"}, {"state": "suppressed"}, {"state": "failed", "expires_at": now() - timedelta(days=1)}])
def test_send_again_what_may_not_is_refused_and_changes_nothing(officer: Member, fields: dict[str, object]) -> None:
    row = DeliveryFactory(**fields)
    assert officer.client.post(f"{LIST}{row.pk}/again/").status_code == 409
    row.refresh_from_db()
    assert row.state == fields["state"]


def test_send_again_by_somebody_else_is_not_found(finance: Member) -> None:
    row = DeliveryFactory(state="failed")
    assert finance.client.post(f"{LIST}{row.pk}/again/").status_code == 404
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_reconcile_counts_what_waits_too_long(officer: Member) -> None:
    late = now() - timedelta(hours=1)
    Pending.objects.create(event=EventFactory(), created_at=late)
    DeliveryFactory(due_at=late)
    DeliveryFactory(state="sending", lease_until=late)
    DeliveryFactory(state="dead")
    DeliveryFactory()  # due just now
    DeliveryFactory(webhook=True, endpoint__broken_until=now() + timedelta(hours=1), due_at=late)  # waits on purpose
    found = health.reconcile()
    assert {name: found[name] for name in ("unfanned", "untouched", "left_behind", "dead")} == {"unfanned": 1, "untouched": 1, "left_behind": 1, "dead": 1}
    page = officer.client.get(LIST).content.decode()
    assert "Events waiting for more than a minute" in page


def test_pulses_tell_silent_processes_from_those_at_work() -> None:
    health.beat("worker", "a worker of a test")
    silent = {role: is_silent for role, _, is_silent in health.pulses()}
    assert silent == {"dispatcher": True, "worker": False, "beat": True}


def test_readyz_with_events_nobody_passes_on_is_degraded(client: Client) -> None:
    Pending.objects.create(event=EventFactory(), created_at=now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})


def test_metrics_show_the_figures_to_the_bearer_of_the_token(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    DeliveryFactory(state="dead")
    health.reconcile()
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "a token of the tests"
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer a token of the tests"})
    assert "incubator_delivery_dead 1.0" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("partnership_manager", 200), ("admin_person", 200), ("officer", 403)])
def test_endpoints_are_shown_to_those_who_keep_partners(who: str, status: int, request: pytest.FixtureRequest) -> None:
    endpoint = WebhookEndpointFactory()
    member: Member = request.getfixturevalue(who)
    for page in ("", f"{endpoint.pk}/change/"):
        answer = member.client.get(f"/staff/notifications/webhookendpoint/{page}")
        assert answer.status_code == status
        assert endpoint.secret_sealed not in answer.content.decode()


def test_deliveries_are_filtered_by_kind_endpoint_and_time(officer: Member) -> None:
    hook = DeliveryFactory(webhook=True)
    DeliveryFactory(webhook=True)
    old = DeliveryFactory(pk=first_at(now() - timedelta(days=3)), event__kind="notifications.test_bound")
    day = "%Y-%m-%dT%H:%M"
    span = {"since": (localtime() - timedelta(days=4)).strftime(day), "until": (localtime() - timedelta(days=2)).strftime(day)}

    def found(**chosen: object) -> list[object]:
        return [row.pk for row in officer.client.get(LIST, chosen).context["page"].rows]

    assert found(endpoint=hook.endpoint_id) == [hook.pk]
    assert found(**span) == [old.pk]
    assert found(kind="notifications.test_bound") == [old.pk]
    assert len(found(kind="of.nothing", since="yesterday")) == 3  # what is no choice is left out


def test_figures_leave_out_sandboxes_and_show_them_apart(officer: Member) -> None:
    invented = OrganisationFactory(kind="partner", is_sandbox=True, sandbox_of=OrganisationFactory(kind="partner"))
    DeliveryFactory(webhook=True, endpoint__organisation=invented, state="dead")
    DeliveryFactory(state="dead")
    assert {stat.value for stat in officer.client.get(LIST, {"state": "dead"}).context["stats"] if stat.value} == {1}
    figures = health.measure()
    assert (figures["dead"], figures["sandbox_unsent"]) == (1, 1)


def test_paused_channel_keeps_what_is_due_and_says_who_paused_it_and_why(
    officer: Member, finance: Member, mailoutbox: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, line = DeliveryFactory(due_at=now() - timedelta(hours=1)), DeliveryFactory(in_app=True)
    rung: list[str] = []
    monkeypatch.setattr("incubator.notifications.tasks.deliver.apply_async", lambda args, **more: rung.append(args[0]))
    pause = f"{LIST}channels/email/pause/"
    assert finance.client.post(pause, {"reason": "x"}).status_code == 404
    assert officer.client.post(f"{LIST}channels/in_app/pause/", {"reason": "x"}).status_code == 404
    assert "required" in officer.client.post(pause, {"reason": " "}).content.decode()
    officer.client.post(pause, {"reason": "Wrong sender address."})
    assert officer.client.post(pause, {"reason": "again"}).status_code == 409
    ringing.ring()
    assert rung == ["in_app"]
    assert deliver("email", [mail.pk]) == 0
    assert deliver("in_app", [line.pk]) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.claims, mailoutbox) == (DeliveryState.PENDING, 0, [])
    assert health.measure()["untouched"] == 0
    page = officer.client.get(LIST).content.decode()
    assert "E-mail is paused" in page
    assert "Olga Officer" in page
    assert "Wrong sender address." in page
    officer.client.post(f"{LIST}channels/email/resume/")
    ringing.ring()
    assert rung == ["in_app", "email"]
    assert deliver("email", [mail.pk]) == 1
    assert list(Event.objects.filter(subject_label="sending.channelswitch").order_by("version").values_list("kind", "reason", "actor_name")) == [
        ("notifications.channel_paused", "Wrong sender address.", "Olga Officer"),
        ("notifications.channel_resumed", "", "Olga Officer"),
    ]


def test_pause_in_the_middle_of_a_batch_gives_the_rest_back(officer: Member, mailoutbox: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [DeliveryFactory() for _ in range(3)]
    monkeypatch.setattr(delivering, "ASKED_EVERY", 0)
    sent = EmailSender.send

    def send_and_pause(sender: EmailSender, delivery: Delivery) -> Outcome:
        pausing.pause("email", reason="Now.", by=officer.actor, at=now())
        return sent(sender, delivery)

    monkeypatch.setattr(EmailSender, "send", send_and_pause)
    deliver("email", [row.pk for row in rows])
    assert sorted(Delivery.objects.values_list("state", "claims")) == [("pending", 0), ("pending", 0), ("sent", 0)]


def test_send_many_again_takes_those_of_the_filter_that_can_be_and_says_how_many(officer: Member, finance: Member) -> None:
    failed = [DeliveryFactory(state="failed", tries=6, user__name="Ann Other") for _ in range(2)]
    for row in (
        DeliveryFactory(state="sent"),
        DeliveryFactory(in_app=True, state="failed"),
        DeliveryFactory(state="failed", expires_at=now() - timedelta(days=1)),
    ):
        assert row.pk
    address = f"{LIST}again/?channel=email"
    page = officer.client.get(address).content.decode()
    assert "2 messages are sent again" in page
    assert "Ann Other" in page
    assert finance.client.post(address).status_code == 404
    officer.client.post(address)
    assert set(Delivery.objects.filter(state="pending").values_list("pk", "tries")) == {(row.pk, 0) for row in failed}
    ticked = f"{LIST}again/?id={Delivery.objects.get(channel='in_app').pk}&id={failed[0].pk}"
    assert "1 message is sent again" in officer.client.get(ticked).content.decode()
    officer.client.post(ticked)
    assert Delivery.objects.filter(state="pending").count() == 3
    assert "Nothing here can be sent again" in officer.client.get(ticked).content.decode()


def test_send_more_again_than_a_request_may_is_done_by_a_worker_that_may_be_killed(officer: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resending, "AT_ONCE", 2)
    monkeypatch.setattr(resending, "CHUNK", 2)
    rung: list[str] = []
    monkeypatch.setattr("incubator.notifications.tasks.resend.apply_async", lambda args, **more: rung.append(args[0]))
    for _ in range(5):
        DeliveryFactory(state="bounced")
    answer = officer.client.post(f"{LIST}again/?state=bounced")
    row = Resending.objects.get()
    assert answer["Location"] == f"{LIST}again/{row.pk}/"
    assert "0 of 5" in officer.client.get(answer["Location"]).content.decode()
    resending.ring()
    assert rung == [str(row.pk)]
    restart = resending.restart
    monkeypatch.setattr(resending, "restart", lambda ids: restart(ids) and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        resending.go_on(row.pk)
    assert not Delivery.objects.filter(state="pending").exists()
    monkeypatch.setattr(resending, "restart", restart)
    resending.go_on(row.pk)
    row.refresh_from_db()
    assert (row.done, row.restarted, row.finished_at is not None) == (5, 5, True)
    assert Delivery.objects.filter(state="pending").count() == 5
