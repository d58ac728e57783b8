"""Schemathesis against our own WSGI application, in the world of the tests.

Every request runs in a savepoint that is rolled back, so that each finds the world as it was and a run is the same
each time. Only the stateful phase keeps what it does until its end.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections, transaction
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.run import PhaseName
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.transport.wsgi import WSGITransport

from incubator.files.models import DownloadLink
from incubator.lib.clock import now
from tests.factories.api import ApiClient
from tests.incubator.api.schemas import plain
from tests.incubator.api.world import ENDPOINTS, PATHS, World

# What every answer to a well-formed request may be. 412 and 422 are beside schemathesis' own list: which version is the
# present one and which amounts fit a round stand in no schema.
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422"]
SEED = 20261201
ROUTES = {re.sub(r"{\w+}", "{}", path): route for route, path in PATHS.items()}


@dataclass
class Report:
    """What came of a run: the failures in words, and how often each operation answered with which status."""

    failures: list[str] = field(default_factory=list)
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def reached(self) -> set[str]:
        return {label for label, statuses in self.answers.items() if any(200 <= status < 300 for status in statuses)}


def configured(token: str, phases: Iterable[str], examples: int, accepted: Iterable[str]) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": [*ACCEPTED, *accepted]},
                "missing_required_header": {"expected-statuses": ["400", "401", "403", "428"]},
            },
            "phases": {
                **{name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
                "stateful": {"enabled": "stateful" in phases, "max-steps": 6},
            },
        }
    )


class Fuzz:
    """One run with one credential."""

    def __init__(self, world: World, token: str, phases: Iterable[str], accepted: Iterable[str] = (), *, fewer: int = 1) -> None:
        self.world = world
        owner, own = world.client("partner", ("me", "GET")), ApiClient(token)
        self.places = {route: [str(value) for value in world.names(route, own).values()] for route in ENDPOINTS}
        DownloadLink.objects.update(expires_at=now() + timedelta(days=1))
        self.tags = {route: world.tag(route, owner) for route, endpoint in ENDPOINTS.items() if endpoint.needs_match}
        self.keeps = False
        self.report = Report()
        self.schema = schemathesis.openapi.from_dict(plain(), config=configured(token, phases, examples() // fewer, accepted))
        self.schema.app = self.application(WSGIHandler())

    def application(self, handler: WSGIHandler) -> Callable[..., Iterable[bytes]]:
        """Ours, on the connection of the test, whichever thread asks."""
        shared = connections["default"]
        shared.inc_thread_sharing()

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            connections["default"] = shared
            with transaction.atomic():
                response = handler(environ, start_response)
                body = b"".join(response)
                response.close()
                transaction.set_rollback(not self.keeps)
            return [body]

        return answer

    def aim(self, case: Case) -> None:
        """Where a generated part is to be valid, put what exists: ids, tags and cursors are in no schema."""
        route = ROUTES[re.sub(r"{\w+}", "{}", case.path)]
        wrong = {place for place, part in case.meta.components.items() if part.mode is GenerationMode.NEGATIVE} if case.meta else set()
        if case.path_parameters and ParameterLocation.PATH not in wrong and not self.keeps:  # step by step it is a link that names the thing
            case.path_parameters = dict(zip(re.findall(r"{(\w+)}", case.path), self.places[route], strict=True))
        if "If-Match" in case.headers and ParameterLocation.HEADER not in wrong and not self.keeps:
            case.headers["If-Match"] = self.tags[route]
        if ParameterLocation.QUERY not in wrong:
            case.query = {name: value for name, value in case.query.items() if name != "cursor"}
        if isinstance(case.body, dict) and ParameterLocation.BODY not in wrong:
            known = {name: value for name, value in (self.world.body(route) or {}).items() if is_id(value)}
            case.body = {name: known.get(name, value) for name, value in case.body.items()}

    def run(self) -> Report:
        aim = schemathesis.hook("before_call")(lambda context, case, kwargs: self.aim(case))
        signals = (request_started, request_finished)  # at which Django closes a connection that is in a transaction
        for signal in signals:
            signal.disconnect(close_old_connections)
        try:
            with patch.object(WSGITransport, "send", send):
                return self.listen(from_schema(self.schema).execute())
        finally:
            schemathesis.hooks.unregister(aim)
            for signal in signals:
                signal.connect(close_old_connections)

    def listen(self, stream: Iterable[events.EngineEvent]) -> Report:
        for event in stream:
            if isinstance(event, events.PhaseStarted):
                self.keeps = event.phase.name is PhaseName.STATEFUL_TESTING
            elif isinstance(event, events.ScenarioFinished):
                self.note(event)
            elif isinstance(event, events.NonFatalError):
                self.report.failures.append(f"{event.label}: {event.info.format()}")
            elif isinstance(event, events.FatalError):
                raise event.exception
        return self.report

    def note(self, event: events.ScenarioFinished) -> None:
        for case_id, node in event.recorder.cases.items():
            interaction = event.recorder.interactions.get(case_id)
            if interaction is not None and interaction.response is not None:
                self.report.answers[node.value.operation.label][interaction.response.status_code] += 1
        for case_id, checks in event.recorder.checks.items():
            for check in checks:
                if check.status is Status.FAILURE and check.failure_info is not None:
                    label = event.recorder.cases[case_id].value.operation.label
                    self.report.failures.append(f"{label}: {check.name}: {check.failure_info.failure}\n  {check.failure_info.code_sample}")


_send = WSGITransport.send
NETWORK = frozenset({"max_redirects", "verify", "cert", "proxies"})


def send(transport: WSGITransport, case: Case, **kwargs: Any) -> Any:
    """Schemathesis' own; when it asks without a key it hands an application what is meant for the network (4.32.5)."""
    return _send(transport, case, **{name: value for name, value in kwargs.items() if name not in NETWORK})


def is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def examples() -> int:
    """How many for each operation: 50, or what API_FUZZ_EXAMPLES says for the long run."""
    return int(os.environ.get("API_FUZZ_EXAMPLES", "50"))
