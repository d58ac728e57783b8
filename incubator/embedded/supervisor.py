"""`make run`: servers, then migrations and demo data, then the park's processes; and all of it stopped again."""

import contextlib
import ctypes
import os
import shlex
import signal
import socket
import subprocess
import sys
import uuid
from types import FrameType

from honcho.manager import Manager

from incubator.embedded import park
from incubator.embedded.mail import MailSink
from incubator.embedded.places import ROOT, CannotStart, Lock, data_dir
from incubator.embedded.processes import PR_SET_PDEATHSIG, TAG, Reaper
from incubator.embedded.servers import Servers
from incubator.embedded.state import Marks, migrations_digest

PATIENCE_WITH_THE_LAST = 40.0  # what a killed run may need until everything of it is gone


class Stopped(Exception):
    """A signal asked us to end before everything was up."""


def check_port(host: str, port: int) -> None:
    """Raise CannotStart with the remedy when something else listens there."""
    try:
        socket.create_server((host, port)).close()
    except OSError as problem:
        raise CannotStart(f"Port {port} of {host} cannot be used ({problem.strerror}). Choose another: make run PORT={port + 1}") from None


def follow_make() -> None:
    """If make is killed with -9 it tells nobody; have the kernel tell us (Linux)."""
    if "MAKELEVEL" in os.environ and sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """One run over one data folder. `debug` is `make dev`."""

    def __init__(self, *, debug: bool) -> None:
        self.debug = debug
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = int(os.environ.get("PORT") or 8000)
        self.data = data_dir()
        self.pid = os.getpid()
        self.tag = uuid.uuid4().hex
        self.ready = self.data / "ready"
        self.run_env = self.data / "run.env"
        self.manager = Manager()
        self.broken = ""

    def run(self) -> int:
        """Return the exit status when everything has stopped. Raises CannotStart."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_early)
        follow_make()
        self.data.mkdir(parents=True, exist_ok=True)
        lock = Lock(self.data)
        if not lock.take_after(PATIENCE_WITH_THE_LAST):
            raise CannotStart(
                f"The park in {self.data} is running already (process {lock.holder()}). Stop it first: Ctrl-C in its terminal, or kill {lock.holder()}"
            )
        check_port(self.host, self.port)
        self.servers = Servers(self.data)
        self.mail = MailSink(self.data) if not os.environ.get("EMAIL_HOST") else None
        reaper: Reaper | None = None
        try:
            self.servers.start()
            if self.mail:
                self.mail.start()
            reaper = Reaper(self._pids(), lock=lock.fileno(), tag=self.tag, leftover=self.run_env)
            self._open_park()
            return self._keep_open()
        except Stopped:
            return 0
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN if number != signal.SIGCHLD else signal.SIG_DFL)  # the end is not to be interrupted
            self.run_env.unlink(missing_ok=True)
            self.ready.unlink(missing_ok=True)
            if self.mail:
                self.mail.stop()
            self.servers.stop()
            if reaper:
                reaper.dismiss()

    def _stop_early(self, number: int, frame: FrameType | None) -> None:
        raise Stopped

    def _pids(self) -> list[int]:
        mail = [self.mail.process.pid] if self.mail and self.mail.process else []
        return [*mail, *self.servers.pids()]

    def _open_park(self) -> None:
        """Everything before the first page: environment, schema, demo data."""
        mail = self.mail.environment() if self.mail else {}
        variables = park.environment(self.data, servers=self.servers.environment(), mail=mail, port=self.port, debug=self.debug)
        park.write_variables(self.run_env, variables)
        self.env = {**os.environ, **variables, TAG: self.tag, "PYTHONUNBUFFERED": "1"}
        marks = Marks(variables["DATABASE_OWNER_URL"])
        try:
            if marks.database_is_empty() and os.environ.get("DEMO_DATA") != "no":
                marks.set("demo", "due")
            if marks.get("migrations") != migrations_digest():
                self._manage("migrate", "--verbosity", "0", saying="Bringing the database up to date …")
                marks.set("migrations", migrations_digest())
            if marks.get("demo") == "due":
                self._manage("demo", "--load", saying="Loading the demo park, once …")
                marks.set("demo", "loaded")
        finally:
            marks.close()

    def _manage(self, *arguments: str, saying: str) -> None:
        print(saying, flush=True)
        if subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, check=False).returncode != 0:
            raise CannotStart(f"`manage.py {shlex.join(arguments)}` has failed; its message is above. Nothing is running.")

    def _keep_open(self) -> int:
        """Start the processes and stay until a signal comes or one of them ends."""
        self.ready.unlink(missing_ok=True)
        commands = park.commands(self.data, host=self.host, port=self.port)
        workers_env = {**self.env, "DATABASE_URL": self.env["DATABASE_WORKER_URL"]}
        for name, command in commands.items():
            if self.debug:
                command = [sys.executable, "-m", "incubator.embedded.reload", *command]
            # the site comes first: it has the machine to itself until it answers
            line = park.shell(command, after=None if name == "web" else self.ready)
            self.manager.add_process(name, line, env=self.env if name == "web" else workers_env, cwd=str(ROOT))
        local = f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"  # noqa: S104 - compared, not bound
        announcing = [sys.executable, "-m", "incubator.embedded.announce", self.env["BASE_URL"], local, str(self.ready)]
        announcer = subprocess.Popen(announcing, cwd=ROOT, env=self.env, start_new_session=True)
        signal.signal(signal.SIGCHLD, self._check_servers)
        signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))  # the terminal was closed
        try:
            self.manager.loop()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(announcer.pid, signal.SIGKILL)  # with the command it may be asking for the accounts
            announcer.wait()
        if self.broken:
            raise CannotStart(self.broken)
        asked = self.manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
        return 0 if asked else self.manager.returncode or 1

    def _check_servers(self, number: int, frame: FrameType | None) -> None:
        """A child has ended; if it is a server, the park cannot go on."""
        if os.getpid() != self.pid:
            return  # one of honcho's forks, which has inherited the handler and has other children
        for server in (self.servers.postgres, self.servers.valkey, self.mail):
            if server and server.process and server.process.poll() is not None and not self.broken:
                self.broken = f"{type(server).__name__} has ended by itself; {server.log} says why. Everything was stopped."
                self.manager.terminate()


def run(*, debug: bool) -> int:
    return Supervisor(debug=debug).run()
