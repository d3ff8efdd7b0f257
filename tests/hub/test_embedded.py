"""A PostgreSQL of one's own: started, found again, stopped, killed; with and without TLS."""

import json
import os
import signal
import socket
import subprocess
import sys
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


def _by_another_process(folder: Path, then: str = "") -> "subprocess.Popen[str]":
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom storage.hub import embedded\n"
        f"print(embedded.start(Path(sys.argv[1]), fast=True).port, flush=True)\n{then}\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def folder(server_folder: Path) -> Iterator[Path]:
    """The folder of a cluster without TLS that each test finds running or not, as it comes."""
    made = server_folder / "own"
    embedded.start(made, fast=True)
    yield made
    embedded.stop(made, immediate=True)


def test_it_stops_once_and_keeps_its_data_and_port(folder: Path) -> None:
    first = embedded.start(folder, fast=True)
    with psycopg.connect(first.admin_dsn, autocommit=True) as connection:
        connection.execute("create table lasting as select 57 as n")
    assert embedded.stop(folder) is True
    assert embedded.stop(folder) is False
    again = embedded.start(folder, fast=True)
    assert again == first
    with psycopg.connect(again.admin_dsn) as connection:
        assert connection.execute("select n from lasting").fetchone() == (57,)


def test_it_starts_at_once_after_sigkill(folder: Path) -> None:
    server = embedded.start(folder, fast=True)
    note = (folder / "data" / "postmaster.pid").read_text("utf-8")
    os.kill(int(note.split()[0]), signal.SIGKILL)
    assert embedded.start(folder, fast=True) == server


def test_a_lost_or_torn_card_is_read_from_the_server(folder: Path) -> None:
    server = embedded.start(folder, fast=True)
    (folder / embedded.CARD).unlink()
    assert embedded.running(folder) == server
    (folder / embedded.CARD).write_text('{"po', "utf-8")
    assert embedded.start(folder, fast=True) == server
    assert json.loads((folder / embedded.CARD).read_text("utf-8"))["port"] == server.port


def test_a_number_that_another_program_took_over_is_no_server(folder: Path) -> None:
    embedded.start(folder, fast=True)
    note = folder / "data" / "postmaster.pid"
    lines, owner = note.read_text("utf-8").splitlines(), note.stat()
    embedded.stop(folder)
    user = owner.st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], cwd="/", user=user) as other:
        note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n", "utf-8")
        os.chown(note, owner.st_uid, owner.st_gid)
        try:
            assert embedded.stop(folder) is False
            assert embedded.start(folder, fast=True).port == int(lines[3])
            assert other.poll() is None
        finally:
            other.kill()


def test_a_taken_port_is_named(folder: Path) -> None:
    port = embedded.start(folder, fast=True).port
    embedded.stop(folder)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(embedded.EmbeddedFault, match=f"端口 {port} 已被其他程序占用"):
            embedded.start(folder, fast=True)


def test_a_failed_start_tells_the_log(folder: Path) -> None:
    embedded.stop(folder)
    rules = folder / "data" / "pg_hba.conf"
    kept = rules.read_text("utf-8")
    rules.write_text("nonsense\n", "utf-8")
    with pytest.raises(embedded.EmbeddedFault, match="pg_hba"):
        embedded.start(folder, fast=True)
    rules.write_text(kept, "utf-8")


def test_it_outlives_its_starter_and_leaves_its_output(folder: Path) -> None:
    embedded.stop(folder)
    with _by_another_process(folder) as starter:
        told, _ = starter.communicate(timeout=20)
    server = embedded.running(folder)
    assert server is not None
    assert told.strip() == str(server.port)


def test_an_interrupt_of_its_starter_does_not_reach_it(folder: Path) -> None:
    embedded.stop(folder)
    with _by_another_process(folder, "time.sleep(60)") as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        os.killpg(starter.pid, signal.SIGINT)
        starter.communicate(timeout=20)
    assert embedded.running(folder) is not None


def test_two_processes_that_start_at_once_share_one_server(server_folder: Path) -> None:
    both = server_folder / "both"
    starters = [_by_another_process(both), _by_another_process(both)]
    ports = {starter.communicate(timeout=30)[0].strip() for starter in starters}
    assert ports == {str(json.loads((both / embedded.CARD).read_text("utf-8"))["port"])}
    assert embedded.stop(both, immediate=True) is True


def test_a_making_cut_off_is_made_again_and_trusts_nobody(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = server_folder / "cut"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            embedded.start(cut, fast=True)
    stranger = cut / "diary.txt"
    stranger.write_text("x", "utf-8")
    owner = stranger.owner()
    server = embedded.start(cut, fast=True)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(server.dsn(server.owner))
    assert stranger.owner() == owner
    embedded.stop(cut, immediate=True)


def test_a_long_path_gets_a_short_socket(server_folder: Path) -> None:
    long = server_folder / ("执" * 30)
    server = embedded.start(long, fast=True)
    assert len(os.fsencode(server.socket_folder)) < 90
    assert embedded.stop(long) is True
    assert embedded.start(long, fast=True).socket_folder == server.socket_folder
    embedded.stop(long)
    server.socket_folder.rmdir()


def test_a_folder_that_cannot_be_is_named() -> None:
    with pytest.raises(embedded.EmbeddedFault, match="文件夹不可写"):
        embedded.start(Path("/proc/nowhere"))
