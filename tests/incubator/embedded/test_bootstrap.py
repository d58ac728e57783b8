"""The environment is made once, and made again when the lock file has changed."""

import json
import subprocess
import sys

import pytest

from incubator.embedded import bootstrap


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    locks = {"run": tmp_path / "requirements.lock", "dev": tmp_path / "requirements-dev.lock"}
    for lock in locks.values():
        lock.write_text("")
    venv = tmp_path / "with space" / ".venv"
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", venv / "installed.json")
    return tmp_path


def stamp(kind):
    bootstrap.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.PYTHON.touch()
    bootstrap.STAMP.write_text(json.dumps({kind: bootstrap.digest(kind)}))


def test_nothing_there_is_not_installed(checkout):
    assert not bootstrap.installed("run")


def test_development_packages_are_enough_to_run_but_not_the_other_way(checkout):
    stamp("dev")
    assert bootstrap.installed("run")
    assert bootstrap.installed("dev")
    bootstrap.LOCKS["dev"].write_text("another")
    stamp("run")
    assert bootstrap.installed("run")
    assert not bootstrap.installed("dev")


def test_changed_lock_is_not_installed(checkout):
    stamp("run")
    bootstrap.LOCKS["run"].write_text("newer==2")
    assert not bootstrap.installed("run")


def test_make_venv_replaces_one_whose_python_is_gone(checkout):
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.symlink_to(checkout / "uninstalled")
    bootstrap.make_venv()
    version = subprocess.run([bootstrap.PYTHON, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.split()[1] == sys.version.split()[0]


def test_old_python_is_refused_with_the_remedy(checkout, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit, match="make run SYSTEM_PYTHON="):
        bootstrap.main("run")


def test_uv_is_told_what_pip_was_told(checkout, monkeypatch, tmp_path):
    """uv ignores pip's configuration; a private index named there must be the one it asks."""
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://packages.example.org/simple\nextra-index-url =\n    https://one.example.org\n    https://two.example.org\n"
    )
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    for name in bootstrap.UV_NAMES.values():
        monkeypatch.delenv(name, raising=False)
    told = bootstrap.uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://packages.example.org/simple"
    assert told["UV_INDEX"] == "https://one.example.org https://two.example.org"
