"""Folders, sockets and the lock."""

import os
import subprocess
import sys

import pytest

from incubator.embedded.places import SOCKET_PATH_LIMIT, CannotStart, Lock, Sockets, own_folder

HOLD = "import sys; from incubator.embedded.places import Lock; from pathlib import Path; lock = Lock(Path(sys.argv[1])); print(lock.take(), flush=True); sys.stdin.read()"


@pytest.fixture
def other_holder(tmp_path):
    """Another process that has the lock of `tmp_path`."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().strip() == "True"
        yield process
        process.kill()


def test_sockets_of_a_deep_folder_still_have_short_addresses(tmp_path):
    sockets = Sockets(tmp_path / ("deep and long " * 12))
    try:
        assert len(os.fsencode(sockets.postgres / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
        assert sockets.folder.stat().st_mode & 0o066 == 0
    finally:
        sockets.remove()
    assert not sockets.folder.exists()


def test_sockets_of_two_folders_never_meet(tmp_path):
    one, two = Sockets(tmp_path / "one"), Sockets(tmp_path / "two")
    try:
        assert one.folder != two.folder
    finally:
        one.remove()
        two.remove()


def test_own_folder_refuses_a_link_that_somebody_else_put_there(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(CannotStart, match="Remove it and start again"):
        own_folder(tmp_path / "link", 0o700)


def test_lock_held_by_a_living_process_is_refused_at_once_and_names_it(tmp_path, other_holder):
    lock = Lock(tmp_path)
    assert not lock.take_after(30)
    assert lock.holder() == str(other_holder.pid)


def test_lock_is_free_when_its_holder_was_killed(tmp_path, other_holder):
    other_holder.kill()
    other_holder.wait()
    lock = Lock(tmp_path)
    assert lock.take_after(5)
    lock.release()


def test_lock_whose_killed_holder_still_stands_in_the_process_table_is_waited_for(tmp_path, other_holder):
    """Something of the killed run, here a child, holds the lock open a moment longer; it is not refused as running."""
    lock = Lock(tmp_path)
    other_holder.kill()  # not waited for: it is a zombie now
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("lock.take()", "lock.take_after(30)"), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline().strip() == "True"
    (tmp_path / "lock").write_text(f"{other_holder.pid}\n")
    assert not lock.take()
    child.stdin.close()
    assert lock.take_after(20)
    lock.release()
    child.wait()
    child.stdout.close()


def test_lock_released_can_be_taken_again(tmp_path):
    lock = Lock(tmp_path)
    assert lock.take()
    assert not Lock(tmp_path).take()
    lock.release()
    again = Lock(tmp_path)
    assert again.take()
    again.release()
