"""Drafts at their deadline: reminded, lapsed, revived."""

from datetime import timedelta

import pytest

from incubator.lib.clock import now
from incubator.outbox.models import Event
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from tests.factories.applications import ApplicationFactory


def reminders(application: Application) -> list[int]:
    events = Event.objects.filter(subject_id=application.pk, kind="applications.deadline_approaching").order_by("version")
    return [event.facts["days"] for event in events]


@pytest.fixture
def closes(draft):
    return draft.intake.closes_at


@pytest.mark.parametrize(("before", "done"), [(timedelta(seconds=1), 0), (timedelta(0), 1), (-timedelta(days=1), 1)])
def test_lapse_drafts_follows_the_deadline(draft, closes, system, before, done):
    assert applications.lapse_drafts(by=system, at=closes - before) == done
    draft.refresh_from_db()
    assert draft.status == (Status.LAPSED if done else Status.DRAFT)


def test_lapse_drafts_twice_lapses_once(draft, closes, system):
    assert applications.lapse_drafts(by=system, at=closes) == 1
    assert applications.lapse_drafts(by=system, at=closes) == 0


def test_lapse_drafts_respects_an_extension(draft, closes, system):
    Application.objects.filter(pk=draft.pk).update(extended_until=closes + timedelta(days=2))
    assert applications.lapse_drafts(by=system, at=closes + timedelta(days=1)) == 0
    assert applications.lapse_drafts(by=system, at=closes + timedelta(days=2)) == 1


def test_lapse_drafts_leaves_what_was_sent(sent, system):
    assert applications.lapse_drafts(by=system, at=sent.intake.closes_at) == 0


def test_remind_tells_once_for_each_distance(draft, closes, system):
    for days in (8, 7, 6.5, 3, 2, 1, 0.5):
        applications.remind(by=system, at=closes - timedelta(days=days))
    assert reminders(draft) == [7, 3, 1]


def test_remind_late_sends_only_the_nearest(draft, closes, system):
    assert applications.remind(by=system, at=closes - timedelta(hours=20)) == 1
    assert reminders(draft) == [1]


def test_remind_again_when_the_deadline_moves(draft, closes, system):
    applications.remind(by=system, at=closes - timedelta(days=1))
    Application.objects.filter(pk=draft.pk).update(extended_until=closes + timedelta(days=5))
    assert applications.remind(by=system, at=closes - timedelta(days=1)) == 1
    assert reminders(draft) == [1, 7]


def test_remind_after_the_deadline_says_nothing(draft, closes, system):
    assert applications.remind(by=system, at=closes + timedelta(minutes=1)) == 0


def test_revive_drafts_brings_back_what_lapsed(draft, closes, system):
    applications.lapse_drafts(by=system, at=closes)
    withdrawn = ApplicationFactory(intake=draft.intake, status=Status.WITHDRAWN)
    Intake.objects.filter(pk=draft.intake_id).update(closes_at=closes + timedelta(days=7))
    assert applications.revive_drafts(draft.intake, by=system, at=now()) == 1
    draft.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (draft.status, withdrawn.status) == (Status.DRAFT, Status.WITHDRAWN)
