"""`edesk backup`, `restore` and `doctor` as a script uses them."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from desktop.cli import backup, doctor, restore
from desktop.errors import UserError
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE
from tests.storage.rows import add, court


@pytest.fixture
def store(
    tmp_path: Path, make_store: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A closed store with one court, its passphrase in the environment."""
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    folder = make_store(tmp_path / "store")
    with (
        Replica.open(folder, PASSPHRASE) as replica,
        Session(replica, actor="甲").write("建院") as write,
    ):
        add(write.connection, "court", court())
    return folder


def _run(command: ModuleType, *words: object) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return int(command.run(parser.parse_args([str(word) for word in words])))


def test_backup_and_restore(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "b.db"
    assert _run(backup, "--store", store, target) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["court"] == 1
    with pytest.raises(UserError, match="不会覆盖"):
        _run(backup, "--store", store, target)
    assert _run(restore, "--store", tmp_path / "new", target) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["court"] == 1
    assert _run(backup, "--store", tmp_path / "new") == 0
    assert list((tmp_path / "new" / "backups").glob("manual-*.db"))


def test_refusals_are_sentences(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="不存在"):
        _run(backup, "--store", tmp_path / "none")
    with pytest.raises(UserError, match="备份文件不存在"):
        _run(restore, "--store", store, tmp_path / "none.db")
    monkeypatch.setenv("EDESK_PASSPHRASE", "错")
    with pytest.raises(UserError, match="口令不正确"):
        _run(doctor, "--store", store)
    monkeypatch.delenv("EDESK_PASSPHRASE")
    with pytest.raises(UserError, match="EDESK_PASSPHRASE"):
        _run(doctor, "--store", store)


def test_doctor(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(doctor, "--store", store, "--format", "json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["sound"] is True
    assert found["rows"]["court"] == 1
    assert found["pending"]["ops"] == 1
    assert _run(doctor, "--store", store) == 0
    printed = capsys.readouterr().out
    assert "完整性      完好" in printed
    assert "待发操作    1 组 1 条" in printed
