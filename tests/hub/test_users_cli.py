"""`edesk hub user` and `edesk hub device` against a hub, and on a system without POSIX."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desktop.__main__ import main
from desktop.contract.court_zone import COURT_ZONE
from storage.session import Session
from storage.sync import engine
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town
from tests.passphrase import PASSPHRASE
from tests.stores import new_store

# A system where `pwd` and `fcntl` do not exist still keeps users.
_WITHOUT_POSIX = """
import sys
sys.modules["pwd"] = sys.modules["fcntl"] = None
from desktop.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["hub", *words]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_users_are_added_listed_changed_and_locked(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = town.server.admin_dsn
    monkeypatch.setenv("EDESK_USER_PASSWORD", "first-password")
    said(capsys, "user", "add", dsn, "typed", "--role", "handler", "--scope", "1")
    said(capsys, "user", "role", dsn, "typed", "--role", "judge")
    said(capsys, "user", "scope", dsn, "typed", "--scope", "2")
    monkeypatch.setenv("EDESK_USER_PASSWORD", "other-password")
    said(capsys, "user", "password", dsn, "typed")
    psycopg.connect(town.server.dsn("typed", "other-password")).close()
    said(capsys, "user", "lock", dsn, "typed")
    found = said(capsys, "user", "list", dsn)["users"]
    typed = next(one for one in found if one["who"] == "typed")
    assert (typed["roles"], typed["scopes"]) == (["judge"], [2])
    assert typed["locked_at"] is not None


def test_devices_are_listed_and_revoked(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    dsn = town.server.admin_dsn
    device = town.second.device
    said(capsys, "device", "revoke", dsn, device)
    found = said(capsys, "device", "list", dsn)["devices"]
    assert next(one for one in found if one["id"] == device)["revoked_at"] is not None
    assert main(["hub", "device", "revoke", dsn]) != 0
    assert "设备标识" in capsys.readouterr().err
    assert main(["hub", "user", "lock", dsn]) != 0
    assert "登录名" in capsys.readouterr().err


def test_users_are_kept_on_a_system_without_posix(town: Town) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_POSIX, "hub", "user", "list", town.server.admin_dsn],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "centre" in done.stdout


def test_the_days_a_desk_may_be_without_its_hub(
    town: Town,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the administrator sets reaches a desk with its next contact, and its commands obey."""
    dsn = town.server.admin_dsn
    assert main(["hub", "offline", dsn, "9999"]) != 0
    assert "3650" in capsys.readouterr().err
    assert said(capsys, "offline", dsn, "2") == {"offline_days": 2}
    assert said(capsys, "health", dsn)["offline_days"] == 2
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    with new_store(tmp_path / "store") as replica:
        session = Session(replica, actor="first")
        remote = PostgresRemote(town.server.dsn("first", PASSWORD))
        engine.round_trip(session, remote)
        remote.close()
        long_ago = (datetime.now(COURT_ZONE) - timedelta(days=3)).isoformat()
        with session.apply() as write:
            write.connection.exec_driver_sql(
                "update _sync set value = ? where key = 'synced_at'", (long_ago,)
            )
    assert main(["nodes", "--store", str(tmp_path / "store")]) == 1
    assert "超过规定的 2 天" in capsys.readouterr().err
    assert main(["doctor", "--store", str(tmp_path / "store")]) == 0
    capsys.readouterr()
    assert said(capsys, "offline", dsn, "30") == {"offline_days": 30}
