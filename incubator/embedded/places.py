"""Where things lie: the data folder, the short folder for sockets, and the lock that keeps a folder to one run."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
SOCKET_PATH_LIMIT = 107  # bytes the kernel keeps for the address of a socket
LONGEST_SOCKET = "/pg/.s.PGSQL.5432"


class CannotStart(Exception):
    """Something outside the program is in the way; the message says what, and what to do."""


def data_dir() -> Path:
    """`.data` in the checkout, or INCUBATOR_DATA."""
    return Path(os.environ.get("INCUBATOR_DATA") or ROOT / ".data").absolute()


def service_user() -> pwd.struct_passwd | None:
    """Who runs Postgres when we are root, which it refuses to be; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("Postgres does not run as root, and there is no user `postgres` or `nobody` to run it. Start as an ordinary user.")


def reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether `user` may enter (a folder) or run (a file) `path`, given the modes of all folders above it."""
    if user is None:
        return os.access(path, os.X_OK)
    test = subprocess.run(["test", "-x", str(path)], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False)
    return test.returncode == 0


def fingerprint(path: Path) -> str:
    """A short name for a path, so that two checkouts never meet."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def own_folder(path: Path, mode: int) -> Path:
    """Make `path` ours alone. Refuses a folder or link that somebody else put there first."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStart(f"{path} exists and is not a folder of this user. Remove it and start again.")
    path.chmod(mode)
    return path


class Sockets:
    """The folder of one run's sockets, outside the data folder because a socket's address must be short."""

    def __init__(self, data: Path) -> None:
        self.user = service_user()
        name = f"incubator-{os.geteuid()}-{fingerprint(data)}"
        self.folder = own_folder(self._base(name) / name, 0o711 if self.user else 0o700)
        self.postgres = own_folder(self.folder / "pg", 0o700) if self.user is None else self._postgres_of(self.user)
        self.redis = self.folder / "redis.sock"

    def _base(self, name: str) -> Path:
        candidates = [os.environ.get("XDG_RUNTIME_DIR") or "", tempfile.gettempdir(), "/tmp"]  # noqa: S108 - owner is checked
        for base in (Path(c) for c in candidates if c):
            fits = len(os.fsencode(base / name)) + len(LONGEST_SOCKET) <= SOCKET_PATH_LIMIT
            if fits and base.is_dir() and os.access(base, os.W_OK) and reachable(base, self.user):
                return base
        raise CannotStart("No folder for sockets: set TMPDIR to a folder with a short path that this user may write to.")

    def _postgres_of(self, user: pwd.struct_passwd) -> Path:
        folder = self.folder / "pg"
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
        return folder

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class Lock:
    """One run per data folder. The kernel lets go of it however we end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "lock"
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Whether we have it now. The file then holds our process id, for the message to the other one."""
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def take_after(self, patience: float) -> bool:
        """The same, but if its holder was killed, wait until what it left running has been ended."""
        deadline = time.monotonic() + patience
        while not self.take():
            if self._holder_lives() or time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def fileno(self) -> int:
        """For the reaper: while it holds this open, nobody else can take the lock."""
        assert self._file is not None, "take the lock first"
        return self._file.fileno()

    def _holder_lives(self) -> bool:
        try:
            return bool(psutil.Process(int(self.holder())).status() != psutil.STATUS_ZOMBIE)  # killed, but nobody has noticed yet
        except (ValueError, psutil.NoSuchProcess):
            return False

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def holder(self) -> str:
        """Process id of who has it, as text; empty when not known."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""
