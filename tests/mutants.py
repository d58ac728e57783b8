"""`make mutants`: takes each guard of delivery out in turn and asks of one named test to notice.

The source is changed on its way into the interpreter of a process of its own; no file is touched. A guard whose text is
not found any more fails too: name it anew.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from types import CodeType, ModuleType

NOTIFICATIONS = "incubator.notifications"
TESTS = "tests/incubator/notifications"


@dataclass(frozen=True, slots=True)
class Mutant:
    """`module` with `guard` replaced; `test` has to fail."""

    name: str
    module: str
    guard: str
    instead: str
    test: str


MUTANTS = (
    Mutant(
        "token in FINISH",
        f"{NOTIFICATIONS}.claims",
        "WHERE id = ANY(%(ids)s::uuid[]) AND token = %(token)s AND state = 'sending'",
        "WHERE id = ANY(%(ids)s::uuid[]) AND %(token)s IS NOT NULL AND state = 'sending'",
        f"{TESTS}/test_delivering.py::test_finish_with_a_stale_token_changes_nothing",
    ),
    Mutant(
        "lease in CLAIM",
        f"{NOTIFICATIONS}.claims",
        "(state = 'sending' AND lease_until < statement_timestamp())",
        "(state = 'sending')",
        f"{TESTS}/test_delivering.py::test_deliver_what_another_worker_holds_does_nothing",
    ),
    Mutant(
        "five claims",
        f"{NOTIFICATIONS}.claims",
        "CLAIMS_AT_MOST = 5",
        "CLAIMS_AT_MOST = 5_000",
        f"{TESTS}/test_delivering.py::test_claim_takes_a_suspicious_row_only_alone_and_buries_it_after_five",
    ),
    Mutant(
        "unique key at fan-out",
        f"{NOTIFICATIONS}.fanout",
        "ignore_conflicts=True",
        "ignore_conflicts=False",
        f"{TESTS}/test_fanout.py::test_fan_out_twice_writes_each_delivery_once",
    ),
    Mutant(
        "unique key in chunks",
        f"{NOTIFICATIONS}.broadcasting",
        "ON CONFLICT (event_id, channel, recipient) DO NOTHING",
        "",
        f"{TESTS}/test_broadcasting.py::test_chunk_that_is_killed_is_done_again_and_repeats_nothing",
    ),
    Mutant(
        "consent before sending",
        f"{NOTIFICATIONS}.delivering",
        "if not kind.still_allowed(row.event, recipient):",
        "if False:",
        f"{TESTS}/test_delivering.py::test_deliver_what_was_taken_back_meanwhile_is_suppressed",
    ),
    Mutant(
        "consent at fan-out",
        f"{NOTIFICATIONS}.fanout",
        "elif not kind.still_allowed(event, recipient):",
        "elif False:",
        f"{TESTS}/test_fanout.py::test_fan_out_of_what_may_no_longer_be_told_is_suppressed",
    ),
    Mutant(
        "access of the organisation",
        f"{NOTIFICATIONS}.delivering",
        "if row.organisation is not None and not row.organisation.is_open()",
        "if row.organisation is None and False",
        f"{TESTS}/test_delivering.py::test_deliver_to_organisation_that_lost_access_is_suppressed",
    ),
    Mutant(
        "time to live",
        f"{NOTIFICATIONS}.delivering",
        "if row.expires_at <= now():",
        "if False:",
        f"{TESTS}/test_delivering.py::test_deliver_after_its_time_expires_instead",
    ),
    Mutant(
        "stop of an act",
        f"{NOTIFICATIONS}.delivering",
        "if stop := asked.stop(row):",
        "if stop := '':",
        f"{TESTS}/test_broadcasting.py::test_stop_sends_nothing_more_whether_written_or_not",
    ),
    Mutant(
        "pause of a channel",
        f"{NOTIFICATIONS}.claims",
        "AND NOT {IS_PAUSED}",
        "AND NOT (%s = '')",
        f"{TESTS}/test_staff.py::test_paused_channel_keeps_what_is_due_and_says_who_paused_it_and_why",
    ),
    Mutant(
        "breaker",
        f"{NOTIFICATIONS}.channels.webhook",
        "self._stopped = failures >= settings.WEBHOOK_BREAK_AFTER or outcome.code == GONE",
        "self._stopped = False",
        f"{TESTS}/test_webhook.py::test_webhook_four_failures_in_a_row_pause_the_endpoint_and_give_the_rest_back",
    ),
    Mutant(
        "two batches for an endpoint",
        f"{NOTIFICATIONS}.claims",
        'under_way.values("token").distinct().count() < IN_FLIGHT_PER_ENDPOINT',
        "True",
        f"{TESTS}/test_webhook.py::test_webhook_of_one_endpoint_has_two_batches_out_at_most",
    ),
    Mutant(
        "check of addresses",
        "incubator.lib.ssrf",
        "if not is_public(address):",
        "if False:",
        "tests/incubator/lib/test_ssrf.py::test_host_that_leads_inside_is_never_connected_to",
    ),
)


def run(mutant: Mutant | None, test: str) -> bool:
    """Whether the test passes with this guard taken out."""
    environment = {**os.environ, "MUTANT": json.dumps(asdict(mutant)) if mutant else ""}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.mutants", "--no-header", "--tb=line", test]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if "the guard is not there" in ended.stdout + ended.stderr:
        raise SystemExit(f"{mutant}: the guard is not in the module any more")
    return ended.returncode == 0


def main(names: Sequence[str]) -> int:
    wanted = [one for one in MUTANTS if not names or any(name in one.name for name in names)]
    alive = 0
    for mutant in wanted:
        survived = run(mutant, mutant.test)
        alive += survived
        print(f"{mutant.name:30} {'ALIVE' if survived else 'caught'}   {mutant.test.rpartition('::')[2]}", flush=True)
    print(f"{len(wanted) - alive} of {len(wanted)} caught")
    return 1 if alive else 0


# ── In the process of the test: pytest loads this file as a plugin ──────────
class Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Loads one module from its changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert found is not None
        assert found.origin is not None
        self.name, self.path = fullname, found.origin
        found.loader = self
        return found

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_data(self.path).decode()
        if self.mutant.guard not in source:
            raise SystemExit("the guard is not there")
        return compile(source.replace(self.mutant.guard, self.mutant.instead), self.path, "exec")


if told := os.environ.get("MUTANT"):
    sys.meta_path.insert(0, Changed(Mutant(**json.loads(told))))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
