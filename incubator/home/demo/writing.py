"""What the park's staff have written themselves: the words of a message, in two languages, and announcements."""

from __future__ import annotations

from datetime import datetime, timedelta

from incubator.announcements import operations as announcements
from incubator.home.demo.people import Cast
from incubator.texts import operations as texts
from programmes.cohorts.models import Cohort

NAMES = ("recipient_name", "startup", "intake", "reference", "sent_at", "sender", "decision_on")
ARRIVED = (
    (
        "en",
        "{{reference}}: we have your application to {{intake}}",
        "Dear {{recipient_name}},\n\nthank you for applying. The application of {{startup}} arrived on {{sent_at}}, sent by {{sender}}.\n\n"
        "We check it within five working days and ask you if anything is missing. You hear from us by {{decision_on}}.\n\n"
        "Questions? The programme team answers at the front desk and by phone, weekdays from nine to six.",
    ),
    (
        "zh-hant",
        "{{reference}}：我們已收到你對「{{intake}}」的申請",
        "{{recipient_name}}：\n\n感謝你的申請。{{startup}} 的申請已於 {{sent_at}} 收到，由 {{sender}} 遞交。\n\n我們會在五個工作天內查核，並於 {{decision_on}} 前回覆。",
    ),
)


def write(cast: Cast, *, at: datetime) -> None:
    """Two versions of the English text, and the Chinese one."""
    manager = cast.staff["manager"]
    first = "Dear {{recipient_name}},\n\nthank you. The application of {{startup}} to {{intake}} has arrived."
    kind = "applications.submitted"
    texts.write(kind, "founder", "en", subject="We have your application", body=first, names=NAMES, by=manager, at=at - timedelta(days=9))
    for language, subject, body in ARRIVED:
        texts.write(kind, "founder", language, subject=subject, body=body, names=NAMES, by=manager, at=at - timedelta(days=2))


def announce(cast: Cast, *, at: datetime) -> None:
    """One that went to the members of the newest cohort, one for next week, a draft, and one thrown away."""
    officer, manager = cast.staff["officer"], cast.staff["manager"]
    cohort = Cohort.objects.filter(memberships__status="active").order_by("-starts_on", "pk").first()
    if cohort is not None:
        body = "Dear members,\n\nthe demo theatre is booked for your rehearsals on Thursday from two to six.\n\nPlease bring the deck that you will show to the investors."
        sent = announcements.draft(
            subject="Rehearsals for the demo day on Thursday", body=body, audience=f"cohort:{cohort.pk}", by=officer, at=at - timedelta(hours=3)
        )
        announcements.send_now(sent, by=officer, at=at - timedelta(hours=2))
    body = "Dear all,\n\nthe loading bay is closed from Monday to Wednesday for works. Deliveries come to the east gate."
    later = announcements.draft(subject="Loading bay closed from Monday", body=body, audience="everybody:", by=manager, at=at - timedelta(hours=2))
    announcements.schedule(later, send_at=at + timedelta(days=4), by=manager, at=at - timedelta(hours=1))
    body = "Dear founders,\n\nthe Open Technology Innovation Platform opens its second round of challenges next month."
    announcements.draft(subject="New challenges next month", body=body, audience="startups:", by=officer, at=at - timedelta(hours=1))
    body = "Dear all,\n\nthe demo day is moved to the twelfth."
    mistaken = announcements.draft(subject="Demo day moved", body=body, audience="everybody:", by=officer, at=at - timedelta(hours=5))
    announcements.discard(mistaken, by=officer, at=at - timedelta(hours=4))
