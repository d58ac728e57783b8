"""Reading the environment: the running park's file, numbered keys, who connects as the owner."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from incubator.settings import env as environment


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INCUBATOR_DATA", str(tmp_path))
    (tmp_path / "run.env").write_text("BASE_URL=http://localhost:8123\nDATABASE_URL=postgres://web@%2Fs/incubator\nSECRET_KEY=a=b=c\n")
    return tmp_path


def test_run_env_fills_what_is_unset(data, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "mine")
    environment.load_run_env()
    assert environment.os.environ["BASE_URL"] == "http://localhost:8123"
    assert environment.os.environ["SECRET_KEY"] == "mine"


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "postgres:///other"), ("REDIS_URL", "redis://other"), ("DJANGO_SETTINGS_MODULE", environment.PRODUCTION)]
)
def test_run_env_is_not_mixed_with_servers_of_ones_own_nor_with_production(data, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    environment.load_run_env()
    assert "BASE_URL" not in environment.os.environ


def test_run_env_missing_changes_nothing(data):
    (data / "run.env").unlink()
    environment.load_run_env()
    assert "BASE_URL" not in environment.os.environ


def test_numbered_keys_reads_several(monkeypatch):
    old, new = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    monkeypatch.setenv("SOME_KEYS", f"1:{old}, 2:{new}")
    assert environment.numbered_keys("SOME_KEYS", length=32) == {1: b"\x01" * 32, 2: b"\x02" * 32}


def test_numbered_keys_empty_is_refused(monkeypatch):
    monkeypatch.setenv("SOME_KEYS", " ")
    with pytest.raises(ImproperlyConfigured, match="SOME_KEYS: give at least one key"):
        environment.numbered_keys("SOME_KEYS", length=32)


@pytest.mark.parametrize(
    ("arguments", "owner"), [(["manage.py", "migrate"], True), (["manage.py", "shell"], False), (["gunicorn"], False), (["celery", "migrate"], False)]
)
def test_only_commands_that_change_the_schema_connect_as_its_owner(monkeypatch, arguments, owner):
    monkeypatch.setattr(environment.sys, "argv", arguments)
    assert environment.command_needs_owner() is owner
