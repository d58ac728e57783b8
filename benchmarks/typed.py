"""The first answers, by the typed client that `make client` generates: that they are what the schema says. The load itself is a bare loop."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from benchmarks.servers import ROOT


class Client:
    """The generated package, in a folder of its own."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        place = folder / "client"
        environment = {**os.environ, **secrets, "DJANGO_SETTINGS_MODULE": "incubator.settings.demo"}
        subprocess.run([sys.executable, "manage.py", "api_client", str(place), "--verbosity", "0"], check=True, cwd=ROOT, env=environment)
        sys.path.insert(0, str(place))

    def check(self, port: int, seed: dict[str, Any]) -> None:
        """List, show, declare and read back. Takes one of the seed's rounds. Raises SystemExit with what was not as it should be."""
        startup = UUID(seed["startup"])
        with _module("").AuthenticatedClient(base_url=f"http://127.0.0.1:{port}", token=seed["key"]) as partner:
            listed = _module("api.startups.list_startups").sync(client=partner, page_size=50)
            shown = _module("api.startups.get_startup").sync(client=partner, id=startup)
            models = _module("models")
            body = models.InterestInRequest(
                round_=UUID(seed["rounds"].pop()), amount_min="1000000", amount_max="2000000", role=models.InterestInRequestRole.FOLLOW, note="Typed."
            )
            made = _module("api.investing.create_interest").sync(client=partner, body=body, idempotency_key=str(uuid4()))
            read = _module("api.investing.get_interest").sync(client=partner, id=getattr(made, "id", uuid4()))
        _must(len(getattr(listed, "data", ())) == 50, "the list", listed)
        _must(getattr(shown, "id", None) == startup, "the detail", shown)
        _must(getattr(made, "state", None) == "consent_pending", "the interest", made)
        _must(read == made, "the interest that was read back", read)


def _module(name: str) -> Any:
    return importlib.import_module(f"park_client.{name}".rstrip("."))


def _must(holds: bool, what: str, answer: object) -> None:
    if not holds:
        raise SystemExit(f"{what} is not what the schema promises: {str(answer)[:500]}")
