"""`edesk ledger reconcile` as an auditor's script uses it: decimals as text, honest exit codes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pytest
from sqlalchemy import text

from desktop.__main__ import main
from desktop.funds.closing import Wish, report, sheet_of, sign
from desktop.funds.differences import Explanation, explain
from storage.ledger import post
from storage.ledger.moments import ZONE, written_at
from storage.ledger.post import Slip
from storage.replica import Replica
from storage.session import Session
from tests.funds.purse import purse_of
from tests.passphrase import PASSPHRASE
from tests.stores import new_store

OCTOBER = datetime(2026, 10, 12, 9, tzinfo=ZONE)
NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=ZONE)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one receipt in October that the bank does not show."""
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    with new_store(tmp_path / "s") as replica:
        purse = purse_of(Session(replica, actor="甲"))
        case_id = purse.case()
        with written_at(OCTOBER), purse.session.write("收款") as write:
            assert post.receive(write.connection, case_id, 123_456_789, Slip("甲")).accepted
    return tmp_path / "s"


def edesk(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["ledger", "reconcile", "--store", "s", *line.split()])
    out, err = capsys.readouterr()
    return code, out, err


def told(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code, out, err = edesk(f"{line} --json", capsys)
    assert err == ""
    return code, json.loads(out)


def test_a_day_with_decimals_as_text(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = told("--day 2026-10-31", capsys)
    assert code == 1
    assert found["bank"] == {"balance": "0.00", "accounts": []}
    assert found["ledger"]["balance"] == found["cases"]["balance"] == "1234567.89"
    assert found["adjusted"]["bank"] == found["adjusted"]["ledger"] == "1234567.89"
    (one,) = found["differences"]
    assert (one["kind"], one["amount"], one["age"]) == ("entry_without_line", "-1234567.89", 19)
    assert (one["explained"], one["note"], found["open"]) == (False, None, 1)
    assert one["key"] == f"entry_without_line:{one['key'].partition(':')[2]}"
    code, found = told("--day 2026-10-11", capsys)  # the day before
    assert (code, found["differences"], found["open"]) == (0, [], 0)


def test_words_for_people(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = edesk("--day 2026-10-31", capsys)
    assert code == 1
    assert "账面余额 1,234,567.89" in out
    assert "账上已收、银行未收" in out
    assert out.rstrip().endswith("待查")
    code, out, _err = edesk("--day 2026-10-11", capsys)
    assert (code, out.splitlines()[-1]) == (0, "没有差异")


def test_a_month_with_its_sheet_and_its_check_value(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = told("--month 2026-10 --sheet a.pdf --xlsx a.xlsx", capsys)
    assert (code, found["state"], found["received"], found["paid"]) == (
        *(1, "open", "1234567.89", "0.00"),
    )
    assert sum(round(float(one["balance"]) * 100) for one in found["trial"]) == 0
    with pdfplumber.open(tmp_path / "a.pdf") as document:
        printed = document.pages[0].extract_text()
    assert found["sheet_sha256"] in printed
    assert "1,234,567.89" in printed
    assert "案款收发台账" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    said = edesk("--month 2026-10", capsys)[1].splitlines()
    assert said[0].startswith("2026年10月　待报结　从银行收款 1,234,567.89　向外付款 0.00")
    assert said[1] == f"对账台账校验值 {found['sheet_sha256']}"
    again = told("--month 2026-10 --sheet b.pdf", capsys)[1]
    assert again["sheet_sha256"] == found["sheet_sha256"]
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_what_is_explained_and_closed_ends_with_nought(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Replica.open(store, PASSPHRASE) as replica:
        session = Session(replica, actor="甲")
        _close(session)
    code, found = told("--month 2026-10 --sheet a.pdf", capsys)
    assert (code, found["state"], found["open"]) == (0, "closed", 0)
    (one,) = found["differences"]
    assert (one["explained"], one["note"]["by"], one["note"]["amount"]) == (
        *(True, "财务乙", "-1234567.89"),
    )
    with pdfplumber.open(tmp_path / "a.pdf") as document:
        last = document.pages[-1].extract_text()
    assert "财务乙" in last
    assert "局长丁" in last


def _close(session: Session) -> None:
    with session.read() as connection:
        people = dict(connection.execute(text("select name, id from person")).all())  # type: ignore[arg-type]
        book, _sheet = sheet_of(connection, "2026-10")
    (one,) = book.reconciliation.differences
    with written_at(NOVEMBER), session.write("结") as write:
        by = people["财务乙"]
        explain(
            write.connection,
            Explanation(one.kind, one.about_id, one.fen, "次月入账", by, NOVEMBER),
        )
        sha256 = sheet_of(write.connection, "2026-10")[1].sha256()
        for act, who in ((report, "财务乙"), (sign, "局长丁")):
            answer = act(write.connection, Wish("2026-10", sha256, people[who])).answer
            assert answer is not None
            assert answer.accepted, answer


def test_a_desk_with_a_part_says_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        Replica.open(store, PASSPHRASE) as replica,
        Session(replica, actor="甲").write("并网") as write,
    ):
        write.connection.execute(text("update _ctl set hub_id = 'h', scopes = '[4]'"))
    code, found = told("--month 2026-10", capsys)
    assert (code, found) == (0, {"day": "2026-10-31", "whole": False})
    code, _out, err = edesk("--month 2026-10 --sheet a.pdf", capsys)
    assert code == 1
    assert "部分团队" in err
    assert not (store.parent / "a.pdf").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--day 2026-13-01", "不是日期"),
        ("--month 2026-13", "不是月份"),
        ("--month 202610", "不是月份"),
        ("", "--day"),
        ("--day 2026-10-31 --month 2026-10", "--month"),
        ("--day 2016-01-01", "没有 2016-01-01 适用"),
    ],
)
def test_what_cannot_be_asked(
    store: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    code, out, err = edesk(line, capsys)
    assert code in (1, 2)
    assert out == ""
    assert said in err
    assert "Traceback" not in err
