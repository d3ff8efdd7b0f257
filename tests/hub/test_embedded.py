"""A PostgreSQL of one's own: started, found again, stopped, killed; with and without TLS."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from storage.hub import embedded


@pytest.fixture(scope="module", params=[False, True], ids=["package", "tls"])
def server(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[embedded.Server]:
    """A running server with one login."""
    tls = bool(request.param)
    try:
        embedded.programs(tls=tls)
    except embedded.EmbeddedFault as fault:
        pytest.skip(str(fault))
    made = embedded.start(server_folder / f"tls-{tls}", fast=True, tls=tls)
    with psycopg.connect(made.admin_dsn, autocommit=True) as connection:
        connection.execute("create role clerk login password 'right-password'")
    yield made
    embedded.stop(made.folder, immediate=True)


def test_a_second_start_finds_the_first(server: embedded.Server) -> None:
    assert embedded.start(server.folder) == server
    assert embedded.running(server.folder) == server


def test_a_login_is_encrypted_where_tls_is_on(server: embedded.Server) -> None:
    with psycopg.connect(server.dsn("clerk", "right-password")) as connection:
        row = connection.execute(
            "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
        ).fetchone()
        method = connection.execute("show password_encryption").fetchone()
    assert row == (server.tls,)
    assert method == ("scram-sha-256",)


def test_a_wrong_password_is_refused(server: embedded.Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.dsn("clerk", "wrong-password"))


def test_with_tls_nothing_travels_in_the_clear(server: embedded.Server) -> None:
    if not server.tls:
        pytest.skip("the package's PostgreSQL is built without TLS")
    plain = conninfo.make_conninfo(server.dsn("clerk", "right-password"), sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(plain)


def test_it_comes_back_after_a_kill_with_its_data(server: embedded.Server) -> None:
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (57)")
        connection.execute("checkpoint")
    pid = int((server.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
    os.kill(pid, signal.SIGQUIT)
    embedded.stop(server.folder, immediate=True)
    assert embedded.running(server.folder) is None
    again = embedded.start(server.folder, fast=True)
    with psycopg.connect(again.admin_dsn) as connection:
        assert connection.execute("select n from kept").fetchone() == (57,)


def test_what_does_not_run_cannot_be_stopped(tmp_path: Path) -> None:
    assert embedded.stop(tmp_path / "nothing") is False
    assert embedded.running(tmp_path / "nothing") is None
