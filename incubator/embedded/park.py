"""What the park consists of when it runs: its processes, their commands and their environment."""

import base64
import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

QUEUES = "mail,hook,fanout,slow"


def commands(data: Path, *, host: str, port: int) -> dict[str, list[str]]:
    """The four processes by name. Every one may be killed at any time without losing anything."""
    python = sys.executable
    no_lecture = "ignore:You're running the worker with superuser privileges"  # as root in a container it says so at length
    celery = [python, "-W", no_lecture, "-m", "celery", "--quiet", "--app", "incubator.celery"]
    gunicorn = [python, "-m", "gunicorn", "incubator.wsgi", "--bind", f"{host}:{port}", "--no-control-socket", "--log-level", "warning"]
    return {
        # preload: the code is read once, and shared between the workers' memory
        "web": [*gunicorn, "--preload", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "3"],
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--schedule", str(data / "beat-schedule"), "--pidfile", "", "--loglevel", "WARNING"],
        "dispatcher": [python, "manage.py", "dispatch"],
    }


def read_variables(path: Path) -> dict[str, str]:
    """A file of NAME=value lines; empty when there is none."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    return {name: value for name, _, value in (line.partition("=") for line in lines) if name and not name.startswith("#")}


def write_variables(path: Path, variables: Mapping[str, str]) -> None:
    """Readable by this user only; whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in variables.items())
    unfinished.rename(path)


def keep_secrets(data: Path) -> dict[str, str]:
    """The park's secrets: made on first start, the same ever after."""
    path = data / "secrets.env"
    kept = read_variables(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "API_KEY_PEPPERS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    if set(kept) != set(made):
        kept = {**made, **kept}
        write_variables(path, kept)
    return kept


def environment(data: Path, *, servers: Mapping[str, str], mail: Mapping[str, str], port: int, debug: bool = False) -> dict[str, str]:
    """The variables every process of the park is given; what the caller has set in the shell wins."""
    base_url = os.environ.get("BASE_URL") or f"http://localhost:{port}"
    variables = {
        "DJANGO_SETTINGS_MODULE": "incubator.settings.dev" if debug else "incubator.settings.demo",
        **keep_secrets(data),
        **servers,
        **mail,
        "BASE_URL": base_url,
        "FILES_ROOT": str(data / "files"),
        "WEBHOOK_TEST_TARGETS": f"http://127.0.0.1,http://localhost,{base_url}",  # the demo's own receiver is a page of it
        "LOG_FORMAT": "console",
        "INCUBATOR_DATA": str(data),
    }
    return {name: os.environ.get(name) or value for name, value in variables.items()}


def shell(command: list[str], *, after: Path | None = None) -> str:
    """The command for a shell, replacing it; with `after`, once that file is there."""
    wait = f"until [ -e {shlex.quote(str(after))} ]; do sleep 0.1; done; " if after else ""
    return f"{wait}exec {shlex.join(command)}"
