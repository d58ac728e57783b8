"""`make run` for real: start, use, stop, kill -9, two copies, the second start."""

import json
import os
import shutil
import signal
import smtplib
import stat
import subprocess
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg2
import pytest

from incubator.embedded.places import ROOT
from tests.databases import copied
from tests.park import Park, clean_environment, copy_of_checkout

pytestmark = pytest.mark.slow_start


@pytest.fixture(scope="module")
def open_folder():
    """A folder that the user who runs Postgres for root may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="incubator test ") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def park(open_folder):
    """One park for this file, in a copy whose path has a space and letters outside ASCII."""
    checkout = copy_of_checkout(open_folder / "Tēhnopark – a copy with spaces")
    park = Park(checkout, checkout / ".data")
    try:
        park.start(patience=400)  # with the demo's two years of history
        park.wait_for_output("The park is open")
        yield park
    finally:
        park.stop()


def keep_a_row(park):
    with psycopg2.connect(park.variables()["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('safe')")
    connection.close()


def kept_rows(park):
    with psycopg2.connect(park.variables()["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        rows = cursor.fetchall()
    connection.close()
    return rows


def test_output_names_address_who_may_sign_in_and_prefixes_every_process(park):
    park.wait_for_output("celery@")
    park.wait_for_output("Sign in as")
    output = park.output()
    assert f"http://localhost:{park.port}/" in output
    for role in ("founder", "officer", "reviewer", "partner", "investor", "admin"):
        assert f"\n  {role} " in output
    for name in ("web", "worker", "beat", "dispatcher"):
        assert f" {name} " in output


def test_run_env_is_private_and_complete(park):
    assert stat.S_IMODE((park.data / "run.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((park.data / "secrets.env").stat().st_mode) == 0o600
    variables = park.variables()
    assert variables["DJANGO_SETTINGS_MODULE"] == "incubator.settings.demo"
    assert variables["BASE_URL"] == f"http://localhost:{park.port}"
    assert {"SECRET_KEY", "FIELD_KEYS", "API_KEY_PEPPERS", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_PORT", "FILES_ROOT"} <= set(variables)


def test_second_terminal_finds_packages_and_park_by_itself(park):
    """With the system's Python, from another folder, without a variable set."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"
    command = [python, str(park.checkout / "manage.py"), "demo", "--json"]
    done = subprocess.run(command, env=clean_environment(), cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    described = json.loads(done.stdout)
    assert described["base_url"] == f"http://localhost:{park.port}"
    assert "officer" in {account["role"] for account in described["accounts"]}


def test_mail_sent_to_the_sink_is_in_the_mailbox(park):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße aus dem Park", "park@example.org", "founder@example.org"
    message.set_content("Read me in the mailbox.")
    with smtplib.SMTP(park.variables()["EMAIL_HOST"], int(park.variables()["EMAIL_PORT"])) as smtp:
        smtp.send_message(message)
    delivered = list((park.data / "mail" / "new").iterdir())
    assert any(b"Read me in the mailbox." in mail.read_bytes() for mail in delivered)


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DATABASE_WORKER_URL"])
def test_roles_of_web_and_worker_write_rows_and_own_nothing(park, variable):
    connection = psycopg2.connect(park.variables()[variable])
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES (%s, '', now())", [variable])
        cursor.execute("DELETE FROM django_session WHERE session_key = %s", [variable])
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE not_mine ()")
    connection.close()


def test_second_run_in_the_same_folder_is_refused_and_named(park):
    second = subprocess.run(["make", "run"], cwd=park.checkout, env=park.environment, capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert f"running already (process {park.supervisor()})" in second.stderr
    assert park.answers()


def test_second_copy_side_by_side_and_taken_port(park, open_folder):
    """Both serve at once; a port that is taken is named with the remedy, and nothing is left running."""
    other = Park(ROOT, open_folder / "other data", DEMO_DATA="no")
    other.environment["PORT"] = str(park.port)
    refused = subprocess.run(["make", "run"], cwd=other.checkout, env=other.environment, capture_output=True, text=True, check=False)
    assert f"Choose another: make run PORT={park.port + 1}" in refused.stderr
    assert other.gone(within=1)

    other.environment["PORT"] = str(other.port)
    try:
        other.start()
        assert park.answers()
        assert other.variables()["DATABASE_URL"] != park.variables()["DATABASE_URL"]
        assert other.variables()["SECRET_KEY"] != park.variables()["SECRET_KEY"]
    finally:
        assert other.stop(signal.SIGINT) == 0, other.output()
    assert other.gone(within=5)
    assert not (other.data / "run.env").exists()


@pytest.mark.django_db
def test_named_servers_are_used_and_nothing_embedded_is_started(open_folder):
    """The servers of this test run stand for real ones. Their schema is migrated, their data are left as they are."""
    with copied("test_named_by_url") as database:
        url = os.environ["DATABASE_OWNER_URL"].rpartition("/")[0] + f"/{database}"
        named = Park(ROOT, open_folder / "named", DATABASE_URL=url, REDIS_URL=os.environ["REDIS_URL"], REDIS_PREFIX="named", DEMO_DATA="no")
        try:
            named.start()
            assert not [process for process in named.processes() if process.name() in {"postgres", "valkey-server"}]
            assert named.variables()["DATABASE_URL"] == url
            assert not list(named.data.glob("pg*"))
        finally:
            named.stop()
        assert "Loading the demo park" not in named.output()


def test_killed_supervisor_leaves_nothing_and_loses_nothing(park):
    keep_a_row(park)
    park.kill()
    park.start()  # at once: it waits for the remains of the last one
    assert kept_rows(park) == [("safe",)]
    assert "Bringing the database up to date" not in park.output()


def test_stopped_park_leaves_no_process_and_second_start_is_quick(park):
    """Under 5 seconds to the first page; on a machine busy with other tests, under 5 times what one `manage.py check` takes on it."""
    keep_a_row(park)
    park.wait_for_output("celery@")
    assert park.stop() == 0, park.output()
    assert park.gone(within=2)
    assert not (park.data / "run.env").exists()
    seconds = park.start()
    began = time.monotonic()
    subprocess.run([str(ROOT / ".venv/bin/python"), "manage.py", "check"], cwd=ROOT, env=clean_environment(), capture_output=True, check=True)
    assert seconds < max(5.0, 5 * (time.monotonic() - began)), park.output()
    assert ("safe",) in kept_rows(park)


def test_server_that_dies_ends_the_park_with_its_name(park):
    postgres = next(process for process in park.processes() if process.name() == "postgres" and process.ppid() == park.supervisor())
    os.kill(postgres.pid, signal.SIGKILL)
    assert park.make.wait(90) != 0
    assert "Postgres has ended by itself" in park.output()
    assert park.gone(within=5)
