"""Password and certificate, both: a real server with TLS, set up as the README says."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from desktop.cli import certificate as command
from desktop.errors import UserError
from storage.hub import embedded, health
from storage.hub.authority import CERTIFICATE, REVOKED, Authority, AuthorityFault
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine, identity
from storage.sync.port import LoginRefused
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.passphrase import PASSPHRASE
from tests.stores import new_store

SECRET, OPENING = "authority-secret", "opening-word"
RELOAD_S = 20.0


@dataclass
class Guarded:
    """A hub that asks for both, its authority, and a laptop."""

    town: Town
    authority: Authority
    folder: Path
    session: Session

    def certificate(self, who: str, *, days: int = 30, by: Authority | None = None) -> Path:
        """A fresh file for a login."""
        _, bundle = (by or self.authority).issue(who, OPENING, days=days)
        file = self.folder / f"{who}-{time.monotonic_ns()}.p12"
        file.write_bytes(bundle)
        return file

    def reach(self, held: Path | None, who: str = "first", password: str = PASSWORD) -> str:
        """Says hello as `who`; the login that the hub answers with."""
        shown = None if held is None else identity.read(held, OPENING)
        remote = PostgresRemote(self.town.server.dsn(who, password), identity=shown)
        try:
            return engine.hello(self.session, remote).who
        finally:
            remote.close()

    def reload(self) -> None:
        """The server reads its files again; a new session tells when its parent had done so."""
        (was,) = self._loaded()
        self.town.admin.execute("select pg_reload_conf()")
        until = time.monotonic() + RELOAD_S
        while self._loaded() == (was,):
            assert time.monotonic() < until, "the server did not read its files"

    def _loaded(self) -> tuple[object, ...]:
        with psycopg.connect(self.town.server.admin_dsn) as fresh:
            found = fresh.execute("select pg_conf_load_time()").fetchone()
        assert found is not None
        return tuple(found)


@pytest.fixture(scope="module")
def guarded(server_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    try:
        embedded.programs(tls=True)
    except embedded.EmbeddedFault as fault:
        pytest.skip(str(fault))
    folder = server_folder / "authority"
    authority = Authority.make(folder, SECRET, name="甲院执行证书机构")
    with built_town(server_folder / "second-factor", tls=True) as town:
        rules = town.server.folder / "data" / "pg_hba.conf"
        rules.write_text(
            rules.read_text("utf-8").replace(
                "scram-sha-256", "scram-sha-256 clientcert=verify-full"
            ),
            "utf-8",
        )
        for name, file in (("ssl_ca_file", CERTIFICATE), ("ssl_crl_file", REVOKED)):
            town.admin.execute(f"alter system set {name} = '{folder / file}'")
        store = tmp_path_factory.mktemp("laptop")
        with new_store(store) as replica:
            made = Guarded(town, authority, folder, Session(replica, actor="first"))
            made.reload()
            yield made


def test_both_together_open_the_hub(guarded: Guarded) -> None:
    assert guarded.reach(guarded.certificate("first")) == "first"


def test_neither_alone_does(guarded: Guarded) -> None:
    with pytest.raises(LoginRefused, match="还要求本设备的证书") as refusal:
        guarded.reach(None)
    assert refusal.value.kind == "identity"
    with pytest.raises(LoginRefused, match="不接受这个口令") as refusal:
        guarded.reach(guarded.certificate("first"), password="wrong-password")
    assert refusal.value.kind == "password"


def test_a_certificate_opens_its_own_login_only(guarded: Guarded) -> None:
    with pytest.raises(LoginRefused, match="发给 second 的，与用户名 first 不符") as refusal:
        guarded.reach(guarded.certificate("second"))
    assert refusal.value.kind == "identity"


def test_a_foreign_authority_is_not_trusted(guarded: Guarded, tmp_path: Path) -> None:
    foreign = Authority.make(tmp_path / "foreign", SECRET, name="甲院执行证书机构")
    with pytest.raises(LoginRefused, match="不接受本设备的证书"):
        guarded.reach(guarded.certificate("first", by=foreign))


def test_a_lost_certificate_is_shut_out_and_the_others_stay(guarded: Guarded) -> None:
    lost, kept = guarded.certificate("second"), guarded.certificate("first")
    assert guarded.reach(lost, "second") == "second"
    revoked = guarded.authority.revoke("second")
    assert revoked
    assert all(one.revoked_on for one in guarded.authority.issued() if one.who == "second")
    guarded.reload()
    with pytest.raises(LoginRefused, match="不接受本设备的证书"):
        guarded.reach(lost, "second")
    assert guarded.reach(kept) == "first"
    assert guarded.reach(guarded.certificate("second"), "second") == "second"
    with pytest.raises(AuthorityFault, match="没有可注销"):
        guarded.authority.revoke("nobody")


def test_the_check_of_the_hub_tells_whether_it_asks_for_both(guarded: Guarded) -> None:
    assert health.examine(guarded.town.admin)["two_factor"] is True
    rules = guarded.town.server.folder / "data" / "pg_hba.conf"
    was = rules.read_text("utf-8")
    rules.write_text(was + "hostssl all all 10.0.0.0/8 scram-sha-256\n", "utf-8")
    try:
        assert health.examine(guarded.town.admin)["two_factor"] is False
    finally:
        rules.write_text(was, "utf-8")
    with psycopg.connect(guarded.town.server.admin_dsn, autocommit=True) as lesser:
        lesser.execute("set role edesk_owner")
        assert health.examine(lesser)["two_factor"] is None


def test_the_key_lies_in_the_replica_and_nowhere_else(
    guarded: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with guarded.session.write("安装设备证书") as write:
        identity.take(write.connection, guarded.certificate("first"), OPENING)
    held = identity.recall(guarded.session)
    assert held is not None
    with held.files() as shown:
        key = Path(shown["sslkey"])
        assert key.stat().st_mode & 0o077 == 0
        assert b"ENCRYPTED" in key.read_bytes()
    assert list(tmp_path.iterdir()) == []
    secret = held.key.splitlines()[1].encode()
    for file in guarded.session.replica.folder.rglob("*"):
        assert not file.is_file() or secret not in file.read_bytes()
    remote = PostgresRemote(guarded.town.server.dsn("first", PASSWORD), identity=held)
    assert engine.hello(guarded.session, remote).who == "first"
    remote.close()


# Files that are none


@pytest.mark.parametrize(
    ("body", "password", "words"),
    [
        (None, OPENING, "无法读取"),
        (b"no certificate", OPENING, "口令不对，或文件不是"),
        ("issued", "wrong", "口令不对，或文件不是"),
        ("without key", OPENING, "没有私钥"),
    ],
)
def test_a_file_that_is_none_is_told_why(
    tmp_path: Path, body: bytes | str | None, password: str, words: str
) -> None:
    file = tmp_path / "device.p12"
    authority = Authority.make(tmp_path / "authority", SECRET, name="甲院")
    _, bundle = authority.issue("first", OPENING, days=1)
    if body == "issued":
        file.write_bytes(bundle)
    elif body == "without key":
        _, certificate, _ = pkcs12.load_key_and_certificates(bundle, OPENING.encode())
        locked = pkcs12.serialize_key_and_certificates(
            b"x", None, certificate, None, _sealing(OPENING)
        )
        file.write_bytes(locked)
    elif isinstance(body, bytes):
        file.write_bytes(body)
    with pytest.raises(identity.IdentityFault, match=words):
        identity.read(file, password)


def _sealing(password: str) -> serialization.KeySerializationEncryption:
    return serialization.BestAvailableEncryption(password.encode())


def test_a_certificate_that_is_over_is_not_taken(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path / "authority", SECRET, name="甲院")
    _, bundle = authority.issue("first", OPENING, days=1)
    file = tmp_path / "device.p12"
    file.write_bytes(bundle)
    later = datetime.now(UTC) + timedelta(days=2)
    with pytest.raises(identity.IdentityFault, match="到期"):
        identity.read(file, OPENING, now=later)


# The command line


def edesk(*words: str, refused: bool = False) -> dict[str, object]:
    """A process of its own, as an administrator types it."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "certificate", *words],
        env={
            **os.environ,
            "EDESK_PASSPHRASE": PASSPHRASE,
            "EDESK_AUTHORITY_PASSPHRASE": SECRET,
            "EDESK_CERTIFICATE_PASSWORD": OPENING,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if refused else 0), done.stderr
    if refused:
        assert "Traceback" not in done.stderr
        return {"said": done.stderr}
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_command_line_from_the_authority_to_the_device(tmp_path: Path) -> None:
    folder, file, store = tmp_path / "authority", tmp_path / "chen.p12", tmp_path / "store"
    at = ("--authority", str(folder))
    assert set(edesk("found", "--name", "甲院", *at)) == {"ssl_ca_file", "ssl_crl_file"}
    assert "已有证书机构" in str(edesk("found", "--name", "甲院", *at, refused=True))
    issued = edesk("issue", "chen", "--out", str(file), "--days", "90", *at)
    assert issued["who"] == "chen"
    assert "文件已存在" in str(edesk("issue", "chen", "--out", str(file), *at, refused=True))
    new_store(store).close()
    assert edesk("take", str(file), "--store", str(store))["who"] == "chen"
    with Replica.open(store, PASSPHRASE) as replica:
        held = identity.recall(Session(replica, actor="chen"))
        assert held is not None
        assert held.until.date().isoformat() == issued["until"]
    (gone,) = edesk("revoke", "chen", *at)["revoked"]  # type: ignore[misc]
    (listed,) = edesk("list", *at)["certificates"]  # type: ignore[misc]
    assert gone == listed
    assert listed["revoked_on"]
    assert list(folder.glob("*.part")) == []
    assert (folder / "authority.key").stat().st_mode & 0o077 == 0


def test_a_wrong_passphrase_of_the_authority_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authority.make(tmp_path / "authority", SECRET, name="甲院")
    monkeypatch.setenv("EDESK_AUTHORITY_PASSPHRASE", "wrong")
    parser = argparse.ArgumentParser()
    command.configure(parser)
    args = parser.parse_args(["list", "--authority", str(tmp_path / "authority")])
    with pytest.raises(UserError, match="口令不对"):
        command.run(args)


@pytest.mark.parametrize(
    ("who", "password", "days"), [("", "x", 1), ("a" * 64, "x", 1), ("a", "", 1), ("a", "x", 0)]
)
def test_nothing_half_is_issued(tmp_path: Path, who: str, password: str, days: int) -> None:
    authority = Authority.make(tmp_path / "authority", SECRET, name="甲院")
    with pytest.raises(AuthorityFault):
        authority.issue(who, password, days=days)
    assert authority.issued() == []
