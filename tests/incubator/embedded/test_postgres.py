"""The embedded Postgres where its user may not go, and after a killed start."""

import os

import psycopg2
import pytest

from incubator.embedded.places import Sockets
from incubator.embedded.postgres import OWNER, Postgres


@pytest.fixture
def server(tmp_path):
    """A server over pytest's own folder, whose mode is 0700."""
    sockets = Sockets(tmp_path)
    server = Postgres(tmp_path, sockets, durable=False)
    yield server
    server.stop()
    sockets.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root is Postgres run by somebody else")
def test_home_of_root_that_others_may_not_enter_is_no_obstacle(server, tmp_path):
    """The database lies elsewhere; a throw-away one is gone afterwards."""
    server.start()
    elsewhere = server.cluster.parent
    assert elsewhere != tmp_path
    psycopg2.connect(server.url(OWNER)).close()
    server.stop()
    assert not elsewhere.exists()


def test_half_made_cluster_of_a_killed_start_is_made_anew(server):
    unfinished = server.cluster.with_suffix(".tmp")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("half")
    server.start()
    assert server.cluster.is_dir()
    assert not unfinished.exists()


def test_server_whose_last_one_was_killed_starts_again(server):
    """The killed one's lock file and its last backends are in the way for a moment."""
    server.start()
    server.process.kill()
    server.process.wait()
    server.start()
    psycopg2.connect(server.url(OWNER)).close()


def test_owner_may_make_databases_and_is_no_superuser(server):
    server.start()
    connection = psycopg2.connect(server.url(OWNER))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (True, False)
    connection.close()
