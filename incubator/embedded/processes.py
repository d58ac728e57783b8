"""Starting and stopping child processes so that none is left behind, whichever way we end."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TAG = "INCUBATOR_RUN"  # in the environment of every process of one run; the reaper looks for it
PR_SET_PDEATHSIG = 1
PARENT_GONE = 1


def _before_exec(user: pwd.struct_passwd | None, death_signal: signal.Signals) -> Callable[[], None]:
    """What the child does before it becomes the server: give up root, then ask to be told when we die (Linux)."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        if libc is not None:  # after setuid, which clears it
            libc.prctl(PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:
                os._exit(PARENT_GONE)

    return prepare


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals,
    user: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
    cwd: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """Start a server as our direct child in a session of its own, so that Ctrl-C reaches only us.

    Call it from the main thread: the kernel's death signal follows the thread that forked.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=cwd,
            env=dict(os.environ if env is None else env),
            pass_fds=tuple(keep_open),
            preexec_fn=_before_exec(user, death_signal),
        )


def stop(process: subprocess.Popen[bytes], first: signal.Signals, then: signal.Signals, *, patience: float = 30) -> None:
    """Ask, wait, insist. Returns when the process is gone."""
    for number in (first, then, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


_REAPER = """
import os, pathlib, signal, sys
import psutil
tag, leftover, services = sys.argv[2], sys.argv[3], [int(pid) for pid in sys.argv[4:]]
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.read(int(sys.argv[1]), 1)  # returns when the other end is closed: the supervisor is gone

def ours():
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.pid not in services and process.environ().get("INCUBATOR_RUN") == tag:
                yield process
        except psutil.Error:
            pass

def quietly(call, *arguments):
    try:
        return call(*arguments)
    except psutil.Error:
        return None

if tag:
    rest = list(ours())
    for process in rest:
        quietly(process.terminate)
    psutil.wait_procs(rest, 8)
    for process in ours():  # also what was started meanwhile
        quietly(process.kill)
for pid in services:
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGINT)
        process.wait(15)
    except psutil.Error:
        pass
if leftover:
    pathlib.Path(leftover).unlink(missing_ok=True)
"""


class Reaper:
    """A process that outlives us by a moment: when we are killed with -9 it ends our children and the servers.

    It holds one end of a pipe; the kernel closes ours when we die, whatever the reason. It also holds the folder's lock
    open, so that the next run begins when this one is really gone.
    """

    def __init__(self, services: Sequence[int], *, lock: int, tag: str = "", leftover: Path | None = None) -> None:
        read_end, self._write_end = os.pipe()
        # the reaper must not carry the tag, or it would find itself
        env = {name: value for name, value in os.environ.items() if name != TAG}
        command = [sys.executable, "-c", _REAPER, str(read_end), tag, str(leftover or ""), *map(str, services)]
        self._process = subprocess.Popen(command, pass_fds=(read_end, lock), start_new_session=True, env=env, cwd="/")
        os.close(read_end)
        # children forked without exec would keep the pipe open after us
        os.register_at_fork(after_in_child=self._close)

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._write_end)

    def dismiss(self) -> None:
        """We end in good order; nothing is left to reap."""
        self._process.kill()
        self._process.wait()
        self._close()
