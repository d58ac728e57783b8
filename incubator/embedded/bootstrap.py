"""Makes `.venv` from a hash-locked requirements file, once: `python3 -I incubator/embedded/bootstrap.py run|dev`.

`… lock` writes the two files anew from pyproject.toml; a version that still fits stays as it is.

Runs before anything is installed, so it uses the standard library only and keeps to words that an old Python can read.
"""

import ast
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "requirements-uv.lock"
# What pip was told in its own configuration, in uv's words.
UV_NAMES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE"}


def digest(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def installed(kind: str) -> bool:
    """Whether what the lock names is there already; the development lock holds everything of the other."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and any(stamp.get(enough) == digest(enough) for enough in {kind, "dev"})


def make_venv() -> None:
    if PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    result = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"{sys.executable} cannot make a virtual environment. On Debian and Ubuntu install python3-venv.\n{result.stdout}{result.stderr}")


def uv_environment() -> "dict[str, str]":
    """uv does not read pip's configuration; without this it would look where the machine's owner did not mean it to."""
    env = dict(os.environ)
    listed = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        uv_name = UV_NAMES.get(name.rpartition(".")[2])
        if uv_name and uv_name not in os.environ:
            env[uv_name] = " ".join(str(ast.literal_eval(value)).split())
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip does; every file is checked by its hash
    return env


def install(lock: Path) -> None:
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--require-hashes", "-r"]
    with_uv = subprocess.run([*pip, str(UV_LOCK)], capture_output=True, check=False).returncode == 0
    # Compiled once and for all: a park is six processes, and where Python may not write its bytecode each would compile anew.
    if with_uv:
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)]
        if subprocess.run(uv, env=uv_environment(), capture_output=True, check=False).returncode == 0:
            return
    if subprocess.run([*pip, str(lock)], check=False).returncode != 0:
        sys.exit(f"The packages of {lock.name} could not be installed; pip says why above. Is a package index within reach?")


def lock() -> None:
    """For every system and Python from 3.11 on, each file by its hash, and nothing of where it was found."""
    uv = [str(VENV / "bin" / "uv"), "pip", "compile", "pyproject.toml", "--extra", "embedded", "--universal", "--python-version", "3.11", "--generate-hashes"]
    for kind, more in (("run", []), ("dev", ["--group", "dev", "--constraints", LOCKS["run"].name])):
        command = [*uv, *more, "--no-header", "--no-emit-index-url", "--quiet", "--output-file", LOCKS[kind].name]
        if subprocess.run(command, cwd=ROOT, env=uv_environment(), check=False).returncode != 0:
            sys.exit(f"{LOCKS[kind].name} is as it was; uv says why above.")


def main(kind: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one may read this file and nothing else
        sys.exit(f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}. Name another: make {kind} SYSTEM_PYTHON=/path/to/python3.11")
    if kind == "lock":
        lock()
        return
    if installed(kind):
        return
    with (ROOT / LOCKS[kind].name).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two commands at once in one checkout: the second waits and finds it done
        if installed(kind):
            return
        print(f"Installing the packages of {LOCKS[kind].name} into .venv, once …", flush=True)
        make_venv()
        install(LOCKS[kind])
        STAMP.write_text(json.dumps({kind: digest(kind)}))


if __name__ == "__main__":
    main(sys.argv[1])
