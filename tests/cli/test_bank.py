"""`edesk bank import` as a script uses it: counts, one sentence for what is wrong, nothing half."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from desktop.__main__ import main
from storage.replica import Replica
from storage.session import Session
from tests.funds.bank_files import ACCOUNT, FILES, OPENING, WRITERS, camt
from tests.funds.town import founded, lines
from tests.passphrase import PASSPHRASE
from tests.stores import new_store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the town in it."""
    folder = tmp_path_factory.mktemp("town") / "store"
    with new_store(folder) as replica:
        founded(Session(replica, actor="甲"))
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test."""
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    return Path(shutil.copytree(made, tmp_path / "store"))


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, Any, str]:
    code = main(["bank", "import", *line])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.startswith("{") else out, err


def count(store: Path, table: str) -> int:
    with Replica.open(store, PASSPHRASE) as replica, Session(replica, actor="甲").read() as reading:
        return int(reading.exec_driver_sql(f"select count(*) from {table}").scalar_one())


def test_lines_are_imported_booked_and_counted_once(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(camt(lines(), ACCOUNT, OPENING))
    line = ("--store", str(store), "--profile", "camt053", "--person", "秦账", str(file))
    code, told, err = run(capsys, *line)
    assert (code, err) == (0, "")
    assert {key: told[key] for key in ("account", "lines", "new", "known")} == {
        "account": ACCOUNT,
        "lines": 8,
        "new": 8,
        "known": 0,
    }
    assert (told["matched"], told["proposed"], told["unknown"]) == (4, 2, 2)
    assert (told["booked"], told["refused"], told["gaps"]) == ({"cases": 4, "unknown": 2}, {}, [])
    code, again, _ = run(capsys, *line)
    assert (code, again["new"], again["known"], again["booked"]) == (
        0,
        0,
        8,
        {"cases": 0, "unknown": 0},
    )
    assert count(store, "bank_line") == 8
    assert count(store, "fund_entry") == 6
    assert main(["ledger", "verify", "--store", str(store)]) == 0


@pytest.mark.parametrize("name", WRITERS)
def test_every_sample_file_is_imported(
    store: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = str(FILES / WRITERS[name][0])
    code, told, err = run(
        capsys, "--store", str(store), "--profile", name, "--account", ACCOUNT, file
    )
    assert (code, told["new"], told["booked"]) == (0, 8, {"cases": 0, "unknown": 0})
    assert "未指明经办人" in err


def test_the_layouts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = run(capsys, "--list")
    assert code == 0
    names = [line.split("\t")[0] for line in told.splitlines()]
    assert {"icbc", "abc", "ccb", "boc", "bocom", "generic", "camt053", "mt940"} <= set(names)
    assert "〔未核实〕" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((), "--store"),
        (("--store", "S"), "--profile"),
        (("--store", "S", "--profile", "icbc"), "FILE"),
        (("--store", "S", "--profile", "nix", "F"), "没有银行对账单方案“nix”"),
        (("--store", "S", "--profile", "boc", "F"), "交易日期"),
        (("--store", "S", "--profile", "icbc", "nix.csv"), "没有文件"),
        (("--store", "S", "--profile", "icbc", "--account", "999900001111", "F"), "账号"),
        (("--store", "S", "--profile", "icbc", "--person", "无此人", "F"), "--person"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_names_the_field(
    store: Path, capsys: pytest.CaptureFixture[str], line: tuple[str, ...], words: str
) -> None:
    given = {"S": str(store), "F": str(FILES / "icbc.csv")}
    code, out, err = run(capsys, *(given.get(part, part) for part in line))
    assert (code, out) == (1, "")
    assert words in err
    assert err.strip().count("\n") == 0
    assert "Traceback" not in err
    assert count(store, "bank_line") == 0


def test_a_file_with_one_bad_row_leaves_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (FILES / "icbc.csv").read_bytes().decode("gbk").replace("0.99", "0.99x")
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "--store", str(store), "--profile", "icbc", str(tmp_path / "a.csv"))
    assert code == 1
    assert "第 11 行“贷方金额”" in err
    assert count(store, "bank_line") == count(store, "bank_balance") == 0


def test_another_account_than_the_first_is_refused(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take = ("--store", str(store), "--profile")
    assert run(capsys, *take, "icbc", str(FILES / "icbc.csv"))[0] == 0
    (tmp_path / "a.xml").write_bytes(camt(lines(), "999900001111", OPENING))
    code, _, err = run(capsys, *take, "camt053", str(tmp_path / "a.xml"))
    assert (code, "999900001111" in err, ACCOUNT in err) == (1, True, True)
    code, _, err = run(
        capsys, *take, "camt053", "--account", "999900001111", str(tmp_path / "a.xml")
    )
    assert (code, "--account" in err) == (1, True)
    assert count(store, "bank_line") == 8
