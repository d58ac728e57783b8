"""Nothing is left behind when we are killed."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from incubator.embedded.places import ROOT

# Starts a server and a tagged grandchild, hands both to a reaper, says their ids, and waits to be killed.
PARENT = """
import os, signal, subprocess, sys, time
from pathlib import Path
from incubator.embedded.places import Lock
from incubator.embedded.processes import TAG, Reaper, spawn
folder = Path(sys.argv[1])
lock = Lock(folder); lock.take()
server = spawn(["sleep", "300"], log=folder / "log", death_signal=signal.SIGINT)
worker = subprocess.Popen(["sh", "-c", "sleep 300 & echo $! && wait"], env={**os.environ, TAG: "this-run"}, stdout=subprocess.PIPE, text=True, start_new_session=True)
grandchild = int(worker.stdout.readline())
(folder / "leftover").touch()
Reaper([server.pid], lock=lock.fileno(), tag="this-run", leftover=folder / "leftover")
print(server.pid, worker.pid, grandchild, flush=True)
time.sleep(300)
"""


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_reaper_ends_server_worker_and_grandchild_of_a_killed_parent(tmp_path, number):
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert all(map(alive, pids))
        os.kill(parent.pid, number)
    deadline = time.monotonic() + 20
    while any(map(alive, pids)) or (tmp_path / "leftover").exists():
        assert time.monotonic() < deadline, [pid for pid in pids if alive(pid)]
        time.sleep(0.05)
