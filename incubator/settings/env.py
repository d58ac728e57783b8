"""Reads the environment. Every variable the platform knows is read here or in the settings modules through `env`."""

import base64
import binascii
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = "incubator.settings.production"

# Commands that change the schema; they connect as the role that owns it.
OWNER_COMMANDS = frozenset({"migrate", "makemigrations", "sqlmigrate", "squashmigrations", "createcachetable", "dbshell", "pgtrigger"})

env = Env()


def data_dir() -> Path:
    """Where everything that is not code lives: embedded servers, mail, uploads."""
    return Path(os.environ.get("INCUBATOR_DATA") or ROOT / ".data").absolute()


def load_run_env() -> None:
    """Take the variables of the park that `make run` has started, when this process was given none.

    All or nothing: with DATABASE_URL or REDIS_URL set, or under production settings, the file is not read, so that
    two parks are never mixed.
    """
    chosen = os.environ.get("DJANGO_SETTINGS_MODULE")
    if chosen == PRODUCTION or os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        return
    try:
        lines = (data_dir() / "run.env").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def command_needs_owner() -> bool:
    """Whether this process is a management command that changes the schema."""
    return len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" and sys.argv[1] in OWNER_COMMANDS


def numbered_keys(name: str, *, length: int, default: str | None = None) -> dict[int, bytes]:
    """Parse `1:base64,2:base64`. The highest number is used for new values; the others stay readable.

    Raises ImproperlyConfigured with the name of the variable and the remedy.
    """
    text = env.str(name) if default is None else env.str(name, default)
    keys: dict[int, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        number, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
            keys[int(number)] = key
        except (ValueError, binascii.Error):
            raise ImproperlyConfigured(f"{name}: write it as number:base64, for example 1:q83v…; several separated by commas.") from None
        if len(key) != length:
            raise ImproperlyConfigured(f"{name}: key {number} has {len(key)} bytes, it needs {length}. Make one with: openssl rand -base64 {length}")
    if not keys:
        raise ImproperlyConfigured(f"{name}: give at least one key as number:base64.")
    return keys


load_run_env()
