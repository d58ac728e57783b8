"""What `make test` does about the browser of the journeys."""

import os
import subprocess
import sys

import pytest

from incubator.embedded.places import ROOT
from tests import browser


def ask(tmp_path, **more):
    """`python -m tests.browser` where no program can be found, not even one that installs."""
    env = {name: value for name, value in os.environ.items() if name not in {"CI", "CHROMIUM"}} | {"PATH": str(tmp_path), **more}
    return subprocess.run([sys.executable, "-m", "tests.browser"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_without_a_browser_one_line_says_how_to_get_it(tmp_path):
    done = ask(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"{browser.HOW}\n")


def test_without_a_browser_continuous_integration_fails(tmp_path):
    assert ask(tmp_path, CI="true").returncode == 1


def test_named_browser_is_taken(tmp_path):
    program = tmp_path / "my browser"
    program.touch(mode=0o755)
    assert ask(tmp_path, CHROMIUM=str(program), CI="true").returncode == 0


@pytest.mark.parametrize(("user", "has_sandbox"), [(0, False), (1000, True)])
def test_only_root_gives_up_the_sandbox(monkeypatch, user, has_sandbox):
    monkeypatch.setattr(browser.os, "geteuid", lambda: user)
    assert ("--no-sandbox" not in browser.launch_options()["args"]) is has_sandbox
