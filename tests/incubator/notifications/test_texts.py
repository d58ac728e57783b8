"""Texts of messages written by staff: who may, what they may use, how they are sent, their versions and the way back."""

import json

import pytest
from django.core import mail

from incubator.accounts.models import User
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed
from incubator.notifications import catalogue, wording
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Notification
from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, IN_APP
from incubator.texts import operations as texts
from incubator.texts.models import MessageText
from tests.cast import Member
from tests.factories.notifications import EventFactory, told
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
KIND = "applications.submitted"
PAGE = f"/staff/delivery/kinds/{KIND}/founder/"
NAMES = ("startup", "reference", "recipient_name", "link", "park_name", "organisation_name")


def write(member: Member, subject: str, body: str, language: str = "en", kind: str = KIND) -> MessageText:
    return texts.write(kind, "founder", language, subject=subject, body=body, names=NAMES, by=member.actor, at=now())


def tell(*members: Member, **facts: object) -> Event:
    """The application arrived; its founders are told, in the inbox and by mail."""
    told_to = told("founder", users=tuple(one.user.pk for one in members if one.user), **facts)
    event = EventFactory(kind=KIND, told=[told_to], subject_label="applications.application")
    from incubator.outbox.models import Pending

    Pending.objects.create(event=event, created_at=now())
    fan_out()
    for channel in ("in_app", "email"):
        deliver(channel, list(Delivery.objects.filter(event=event, channel=channel).values_list("pk", flat=True)))
    return event


def test_messages_use_the_text_of_staff_with_the_facts_put_in_once_and_keep_their_link(manager: Member, founder: Member) -> None:
    write(manager, "{{reference}} of {{startup}}", "Dear {{recipient_name}},\nwelcome.\n\n{{startup}} {% load i18n %} {{reference}}\n\n{{organisation_name}}")
    User.objects.filter(pk=founder.user.pk).update(name="{{reference}} <b>")
    tell(founder, startup="{{secret}} {{reference}} <script>\nBcc: x@y.z", reference="F-1")
    (sent,) = mail.outbox
    assert sent.subject == "F-1 of {{secret}} {{reference}} <script> Bcc: x@y.z"
    assert sent.body.startswith(
        "Dear {{reference}} <b>,\nwelcome.\n\n{{secret}} {{reference}} <script>\nBcc: x@y.z {% load i18n %} F-1\n\nhttp://testserver/my/applications/"
    )
    html = sent.alternatives[0][0]
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    line = Notification.objects.get(user=founder.user)
    assert line.title == sent.subject


def test_each_person_reads_their_language_else_english_and_words_are_made_once_for_each(
    manager: Member, founder: Member, teammate: Member, stranger: Member
) -> None:
    write(manager, "English {{startup}}", "Hello.")
    write(manager, "中文 {{startup}}", "你好。", "zh-hant")
    User.objects.filter(pk=teammate.user.pk).update(language="zh-hant")
    User.objects.filter(pk=stranger.user.pk).update(language="zh-hans")
    tell(founder, teammate, stranger, startup="Lumen", reference="F-1")
    titles = dict(Notification.objects.values_list("user_id", "title"))
    assert titles == {founder.user.pk: "English Lumen", teammate.user.pk: "中文 Lumen", stranger.user.pk: "English Lumen"}


def test_an_unknown_name_is_refused_and_named_and_nobody_else_may_write(manager: Member, officer: Member, founder: Member) -> None:
    answer = manager.client.post(PAGE, {"subject": "Hello {{starup}}", "body": "x", "save": ""})
    assert answer.status_code == 422
    assert "There is no {{starup}} in this message" in answer.content.decode().replace("&#x27;", "'")
    assert not MessageText.objects.exists()
    with pytest.raises(Invalid, match="7\\*7"):
        write(manager, "x", "{{7*7}}")
    with pytest.raises(NotAllowed):
        write(officer, "x", "y")
    for member in (officer, founder):
        assert member.client.get(PAGE).status_code == 404
    assert manager.client.get("/staff/delivery/kinds/accounts.mail_requested/person/").status_code == 200
    assert manager.client.post("/staff/delivery/kinds/accounts.mail_requested/person/", {"subject": "x", "body": "y"}).status_code == 404
    assert manager.client.get(PAGE, {"language": "fr"}).status_code == 404


def test_versions_say_who_and_what_can_be_taken_up_again_and_reset_goes_back(manager: Member, admin_person: Member, founder: Member) -> None:
    manager.client.post(PAGE, {"subject": "First", "body": "Body {{startup}}", "save": ""})
    admin_person.client.post(PAGE, {"subject": "Second", "body": "Body", "save": ""})
    page = manager.client.get(PAGE)
    assert [(one.facts["subject"], one.actor_name) for one in page.context["versions"]] == [("Second", str(admin_person.user)), ("First", str(manager.user))]
    assert ("+", "Second") in page.context["difference"]
    first = page.context["versions"][1]
    assert 'value="First"' in manager.client.get(PAGE, {"version": str(first.pk)}).content.decode()
    assert manager.client.get(PAGE, {"version": "7"}).status_code == 404
    assert "Written here" in manager.client.get("/staff/delivery/kinds/", {"text": "own"}).content.decode()
    assert manager.client.post(f"{PAGE}reset/").status_code == 302
    tell(founder, startup="Lumen", reference="F-1", intake="Call")
    assert mail.outbox[0].subject == "We have your application F-1 to Call"
    assert manager.client.post(f"{PAGE}reset/").status_code == 404
    assert len(manager.client.get(PAGE).context["versions"]) == 3


def test_preview_shows_the_latest_of_its_kind_and_a_trial_goes_to_oneself_only(manager: Member, founder: Member) -> None:
    words = {"subject": "About {{startup}}", "body": "Dear {{recipient_name}}, {{reference}}"}
    assert "with invented facts" in manager.client.post(f"{PAGE}preview/", words).content.decode()
    tell(founder, startup="Aurora <b>", reference="F-9")
    mail.outbox.clear()
    shown = manager.client.post(f"{PAGE}preview/", words).content.decode()
    assert "About Aurora &lt;b&gt;" in shown
    assert "with the latest of its kind" in shown
    assert "{{" not in shown
    assert "There is no {{nothing}}" in manager.client.post(f"{PAGE}preview/", {**words, "body": "{{nothing}}"}).content.decode()
    manager.client.post(PAGE, {**words, "try": ""})
    assert not MessageText.objects.exists()
    fan_out()
    deliver("email", list(Delivery.objects.filter(kind="texts.tried").values_list("pk", flat=True)))
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([manager.user.email], "[Test] About Aurora <b>")
    assert "F-9" in sent.body
    assert Event.objects.filter(kind="texts.tried", facts={}).exists()


def test_every_kind_has_a_text_in_the_notation_of_staff_with_its_own_names() -> None:
    for entry in catalogue.entries():
        if {IN_APP, EMAIL} & set(entry.channels) and not wording.why_not(entry.kind) and ".test_" not in entry.kind.name:
            code = wording.of(entry)
            texts.check(code.subject, code.body, code.names)
            assert "{%" not in code.subject + code.body, entry.kind.name
            json.dumps(dict(wording.example(entry)[0]), default=str)


def test_the_page_of_a_text_costs_the_same_for_one_version_and_for_twenty(manager: Member) -> None:
    write(manager, "0", "Body")
    before = queries_of(manager.client, PAGE)
    for number in range(1, 20):
        write(manager, str(number), "Body")
    assert queries_of(manager.client, PAGE) == before
