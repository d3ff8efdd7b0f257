"""`edesk verify --receipt`: from the paper to the store, without a network."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.command.seizures.commands import sign
from storage.hub.chain_verifier import FORMAT
from storage.replica import Replica
from storage.session import Session
from storage.sync import heads, memory
from tests.command.seizure_office import filled, furnish, photographed
from tests.passphrase import PASSPHRASE


@pytest.fixture
def signed(
    tmp_path: Path, make_store: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str]:
    """A store with a signed list, closed again, and the code of its papers."""
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    store = make_store(tmp_path / "store")
    with Replica.open(store, PASSPHRASE) as replica:
        session = Session(replica, actor="程远帆")
        with session.write("备") as write:
            furnish(write.connection)
            photographed(write.connection, filled())
        with session.apply() as write:
            facts = {"seq": 3, "link": "ab" * 32, "at": "2026-11-30T10:00:00+08:00"}
            memory.keep(write.connection, heads.KEY, facts)
        with session.write("签名") as write:
            return store, sign(write.connection, filled()).code


def test_a_code_is_proven_from_the_store(
    signed: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    store, code = signed
    assert main(["verify", "--store", str(store), "--receipt", code]) == 0
    assert "相符：查封、扣押清单和笔录由程远帆签名，是本设备第 1 号回执" in capsys.readouterr().out


def test_what_was_altered_ends_with_one(
    signed: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    store, code = signed
    with Replica.open(store, PASSPHRASE) as replica, Session(replica, actor="某").apply() as write:
        write.connection.exec_driver_sql("update seizure set keeper = '别处'")
    words = ["verify", "--store", str(store), "--receipt", code, "--format", "json"]
    assert main(words) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["sound"]
    assert "内容在签名之后被改动" in "".join(told["sentences"])


def test_a_code_with_a_slip_of_the_pen_is_refused_in_words(
    signed: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    store, code = signed
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert main(["verify", "--store", str(store), "--receipt", wrong]) != 0
    assert "校验位不符" in capsys.readouterr().err


def test_the_head_a_device_knew_is_held_against_the_audit_chain(
    signed: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A chain that has no third link with that hash refutes the bound, and the receipt with it."""
    store, code = signed
    file = tmp_path / "chain.jsonl"
    lines = ({"format": FORMAT}, {"end": 0})
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    words = ["verify", "--store", str(store), "--receipt", code, "--chain", str(file)]
    assert main(words) == 1
    assert "时间下限不成立" in capsys.readouterr().out
