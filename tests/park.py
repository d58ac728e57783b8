"""A whole park, started as `make run` starts it, in a data folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from incubator.embedded.park import read_variables
from incubator.embedded.places import ROOT

# What the test run itself works with; a park of its own must not see it.
OURS = ("DATABASE_", "REDIS_", "CELERY_", "DJANGO_", "TIME_SCALE", "LOG_", "INCUBATOR_", "PYTEST_", "EMAIL_", "MAKE", "MFLAGS", "BASE_URL", "PORT")
SOURCES = ("Makefile", "manage.py", "pyproject.toml", "incubator", "programmes", "investments", "templates")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def clean_environment(**more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith(OURS)}, **more}


def copy_of_checkout(folder: Path) -> Path:
    """The sources in another folder, with this checkout's packages."""
    folder.mkdir(parents=True)
    for name in (*SOURCES, *(lock.name for lock in ROOT.glob("requirements*.lock"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, folder / name)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    return folder


class Park:
    """`make run` in `checkout`; its output is in `log`."""

    def __init__(self, checkout: Path, data: Path, **environment: str) -> None:
        self.checkout, self.data, self.port = checkout, data, free_port()
        self.log = data.parent / f"{data.name.strip('.')}.log"
        self.environment = clean_environment(INCUBATOR_DATA=str(data), PORT=str(self.port), **environment)
        self.make: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, patience: float = 240) -> float:
        """Return the seconds until the first page was there. Raises with the output when it does not come."""
        began = time.monotonic()
        self.run()
        while not self.answers():
            assert self.make is not None
            assert self.make.poll() is None, self.output()
            assert time.monotonic() - began < patience, self.output()
            time.sleep(0.05)
        return time.monotonic() - began

    def run(self) -> None:
        with self.log.open("wb") as out:
            self.make = subprocess.Popen(
                ["make", "run"], cwd=self.checkout, env=self.environment, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=10) as response:
                return response.status == 200
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except OSError:
            return False

    def wait_for_output(self, text: str, *, patience: float = 120) -> None:
        deadline = time.monotonic() + patience
        while text not in self.output():
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def supervisor(self) -> int:
        return int((self.data / "lock").read_text())

    def variables(self) -> dict[str, str]:
        return read_variables(self.data / "run.env")

    def processes(self) -> Iterator[psutil.Process]:
        """Everything that works for this park, servers included."""
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if process.environ().get("INCUBATOR_DATA") == str(self.data) or any(str(self.data) in part for part in process.cmdline()):
                    yield process
            except psutil.Error:
                continue

    def gone(self, *, within: float) -> bool:
        deadline = time.monotonic() + within
        while list(self.processes()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask the supervisor to end; return make's exit status."""
        assert self.make is not None
        if self.make.poll() is None and (self.data / "lock").exists():
            os.kill(self.supervisor(), number)
        return self.make.wait(90)

    def kill(self) -> None:
        """-9 for supervisor and make at once, as a machine out of memory would."""
        assert self.make is not None
        os.kill(self.supervisor(), signal.SIGKILL)
        self.make.kill()
        self.make.wait()
