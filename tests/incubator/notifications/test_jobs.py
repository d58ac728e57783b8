"""The jobs of the clock: every run leaves its result, failures stay, an overdue one shows, and people may ask for a run."""

import contextlib
from datetime import timedelta

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.urls import reverse

from incubator.lib.clock import now
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.notifications import jobs
from incubator.notifications.models import Heartbeat, JobRun
from tests.cast import Member

pytestmark = pytest.mark.django_db
PAGE = "/staff/delivery/jobs/"
DIGESTS = "notifications.digests"


@pytest.fixture(autouse=True, scope="module")
def tasks() -> None:
    """As a worker has them."""
    current_app.loader.import_default_modules()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What the job of digests fails with, while the list holds something."""
    errors: list[Exception] = []

    def make_due(*, at: object) -> int:
        if errors:
            raise errors[0]
        return 3

    monkeypatch.setattr("incubator.notifications.digests.make_due", make_due)
    return errors


def run() -> JobRun:
    task = current_app.tasks[DIGESTS]
    with contextlib.suppress(ValueError, OperationalError, SoftTimeLimitExceeded):
        task()
    return JobRun.objects.get(name=DIGESTS)


def test_every_job_of_the_clock_says_in_words_what_it_does_and_is_recorded() -> None:
    for name in jobs.scheduled():
        task = current_app.tasks[name]
        assert isinstance(task, jobs.Recorded), name
        assert jobs.job(name).what != name
    assert not JobRun.objects.filter(name="notifications.deliver").exists()
    current_app.tasks["notifications.deliver"]("email", [])
    assert not JobRun.objects.filter(name="notifications.deliver").exists()


def test_a_run_leaves_what_it_did_and_a_failure_outlasts_the_next_good_run(failing: list[Exception]) -> None:
    good = run()
    assert (good.is_good, good.done, good.problem, good.failures) == (True, 3, "", [])
    for error, words in (
        (ValueError("no such zone\nand more"), "ValueError: no such zone"),
        (OperationalError("lock"), "The database did not answer, or a lock was held for too long."),
        (SoftTimeLimitExceeded(), "It took too long and was stopped."),
    ):
        failing[:] = [error]
        bad = run()
        assert (bad.is_good, bad.problem, bad.done) == (False, words, None)
    for _ in range(jobs.FAILURES_KEPT):
        run()
    failing.clear()
    mended = run()
    assert (mended.is_good, mended.problem, len(mended.failures)) == (True, "", jobs.FAILURES_KEPT)
    assert mended.failures[0]["problem"] == "It took too long and was stopped."


def test_the_page_flags_what_failed_what_is_overdue_and_what_never_ended(officer: Member, manager: Member, failing: list[Exception]) -> None:
    Heartbeat.objects.create(name="beat", role="beat", started_at=now() - timedelta(days=5), seen_at=now())
    failing.append(ValueError("no such zone"))
    run()
    at = now()
    JobRun.objects.create(name="partners.expire_agreements", started_at=at - timedelta(minutes=90), finished_at=at, done=0)
    JobRun.objects.create(name="investors.expire", started_at=at - timedelta(hours=3), finished_at=at, done=2)
    JobRun.objects.create(name="rounds.close_due", started_at=at - timedelta(minutes=30))
    found = {job.name: job for job in jobs.jobs()}
    assert (found["partners.expire_agreements"].is_overdue, found["investors.expire"].is_overdue) == (False, True)
    assert found["files.sweep"].is_overdue  # never run, though the clock has been going for days
    assert found["rounds.close_due"].is_lost
    page = officer.client.get(PAGE, {"show": "failed"})
    assert {job.name for job, _often in page.context["jobs"]} == {DIGESTS, "rounds.close_due"}
    assert "ValueError: no such zone" in page.content.decode()
    assert "Run it now" not in officer.client.get(PAGE).content.decode()
    assert "ValueError: no such zone" in manager.client.get("/staff/").content.decode()
    assert "ValueError: no such zone" not in officer.client.get("/staff/").content.decode()


def test_a_manager_asks_for_a_run_which_happens_once_and_beside_others_that_fail(manager: Member, officer: Member, failing: list[Exception]) -> None:
    failing.append(ValueError("no such zone"))
    ask = reverse("staff:notifications:run-job", args=[DIGESTS])
    assert "Make the digests" in manager.client.get(ask).content.decode()
    assert not JobRun.objects.exists()
    assert officer.client.post(ask).status_code == 404
    assert manager.client.post(reverse("staff:notifications:run-job", args=["notifications.deliver"])).status_code == 404
    assert manager.client.post(ask).status_code == 302
    assert f"asked for by {manager.user}" in manager.client.get(PAGE).content.decode()
    with pytest.raises(Refusal):
        jobs.want(DIGESTS, by=manager.actor, at=now())
    with pytest.raises(NotAllowed):
        jobs.want("rounds.close_due", by=officer.actor, at=now())
    jobs.want("rounds.close_due", by=manager.actor, at=now())
    assert current_app.tasks["notifications.run_wanted"]() == 2
    assert jobs.run_wanted() == 0
    assert JobRun.objects.get(name=DIGESTS).problem == "ValueError: no such zone"
    assert JobRun.objects.get(name="rounds.close_due").is_good
