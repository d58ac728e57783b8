"""The jobs of the clock: every run leaves its result, and people may ask for one.

The wrapper is a base class of Celery's tasks, so that no job can be scheduled without leaving a trace. One row per job;
its last failures stay when the next run goes well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from celery import Task, current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.machine import Words
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.notifications import access
from incubator.notifications.models import Heartbeat, JobRun

log = structlog.get_logger(__name__)

FAILURES_KEPT = 10
SLACK = timedelta(minutes=1)
TAKES_TOO_LONG = timedelta(minutes=5)  # well beyond the hard limit of a task


class Recorded(Task):  # type: ignore[type-arg]
    """A task; each run of one that the clock rings for leaves its result. What it returns, if a number, is how many things it did."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.name not in scheduled():
            return self.run(*args, **kwargs)
        began, clock = now(), monotonic()
        JobRun.objects.update_or_create(name=self.name, defaults={"started_at": began, "finished_at": None})
        try:
            result = self.run(*args, **kwargs)
        except Exception as error:
            _ended(self.name, began, clock, problem=in_words(error))
            raise
        _ended(self.name, began, clock, done=int(result) if isinstance(result, int) else None)
        return result


@transaction.atomic
def _ended(name: str, began: datetime, clock: float, *, done: int | None = None, problem: str = "") -> None:
    run = JobRun.objects.select_for_update().get(name=name)
    run.finished_at, run.milliseconds = now(), int((monotonic() - clock) * 1_000)
    run.done, run.problem, run.is_good = done, problem, not problem
    if problem:
        run.failures = [{"at": began.isoformat(), "problem": problem}, *run.failures][:FAILURES_KEPT]
    run.save(update_fields=["finished_at", "milliseconds", "done", "problem", "is_good", "failures"])


def in_words(error: Exception) -> str:
    """What went wrong, for people who read no tracebacks; those are in the log."""
    if isinstance(error, SoftTimeLimitExceeded):
        return str(_("It took too long and was stopped."))
    if isinstance(error, OperationalError):
        return str(_("The database did not answer, or a lock was held for too long."))
    if isinstance(error, Refusal):
        return str(error.message)[:300]
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"[:300]


def scheduled() -> dict[str, timedelta]:
    """The tasks that the clock rings for, and how often."""
    return {one["task"]: timedelta(seconds=one["schedule"]) for one in current_app.conf.beat_schedule.values()}


# ── For the staff page ──────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Job:
    """A job of the clock with its last run, if there was one."""

    name: str
    what: Words
    every: timedelta
    run: JobRun | None
    clock_since: datetime | None

    @property
    def next_at(self) -> datetime | None:
        last = (self.run.started_at if self.run else None) or self.clock_since
        return last + self.every if last else None

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.started_at is not None and self.run.finished_at is None and not self.is_lost

    @property
    def is_lost(self) -> bool:
        """It began and never ended: its worker was killed."""
        began = self.run.started_at if self.run and self.run.finished_at is None else None
        return began is not None and now() - began > TAKES_TOO_LONG

    @property
    def is_overdue(self) -> bool:
        """Once more than it should have been left out; also if it never ran although the clock goes."""
        return self.next_at is not None and now() > self.next_at + self.every + SLACK

    @property
    def failures(self) -> list[tuple[datetime, str]]:
        """Its last failures with their instants, the newest first."""
        return [(datetime.fromisoformat(one["at"]), one["problem"]) for one in (self.run.failures if self.run else ())]

    @property
    def has_failed(self) -> bool:
        return self.is_lost or (self.run is not None and bool(self.run.problem))


def jobs() -> Sequence[Job]:
    """All jobs of the clock: those that need somebody first, then by name. Two queries."""
    since = Heartbeat.objects.filter(role="beat").values_list("started_at", flat=True).first()
    runs = JobRun.objects.in_bulk(list(scheduled()))
    words: dict[str, Words] = current_app.conf.what_jobs_do
    found = [Job(name, words.get(name, name), every, runs.get(name), since) for name, every in scheduled().items()]
    return sorted(found, key=lambda job: (not job.has_failed, not job.is_overdue, job.name))


def job(name: str) -> Job | None:
    return next((one for one in jobs() if one.name == name), None)


def failed() -> list[JobRun]:
    """The jobs whose last run failed."""
    return list(JobRun.objects.filter(name__in=scheduled(), is_good=False).exclude(problem="").order_by("name"))


# ── Asking for a run ────────────────────────────────────────────────────────
@transaction.atomic
def want(name: str, *, by: Actor, at: datetime) -> None:
    """Ask for a run now. A page never talks to the broker: the row says so, and the clock looks every few seconds.

    Raises NotAllowed; Refusal while an earlier wish waits.
    """
    if not access.may_run_jobs(by):
        raise NotAllowed
    JobRun.objects.get_or_create(name=name, defaults={"started_at": None})
    run = JobRun.objects.select_for_update().get(name=name)
    if run.wanted_at is not None:
        raise Refusal(_("Somebody has asked for it already; it runs within seconds. Reload the page to see its result."), code="already_wanted")
    run.wanted_at, run.wanted_by = at, str(by.name)[:200]
    run.save(update_fields=["wanted_at", "wanted_by"])
    log.info("job_wanted", job=name, user_id=str(by.user_id))


def run_wanted() -> int:
    """Run the jobs that somebody asked for, each once. Its own failure stops no other."""
    done = 0
    for name in list(JobRun.objects.filter(wanted_at__isnull=False, name__in=scheduled()).order_by("wanted_at").values_list("name", flat=True)):
        if JobRun.objects.filter(name=name, wanted_at__isnull=False).update(wanted_at=None):
            try:
                current_app.tasks[name]()
            except Exception:
                log.exception("wanted_job_failed", job=name)
            done += 1
    return done
