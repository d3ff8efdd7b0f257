"""Slips are read again from their pages: amounts in figures and capitals, at the right places."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from sqlalchemy import Connection

from desktop.circulars.slip import Slip
from desktop.errors import OutsideError, UserError
from desktop.funds.account import end_of
from desktop.funds.slips import (
    DaySlipArgs,
    SlipPrint,
    day_slip,
    fill_day_slip,
    fill_voucher,
    print_slip,
    voucher,
)
from desktop.rules.capitals import capitals
from desktop.rules.money import grouped
from storage.ids import new_id
from storage.ledger.balance import balance_at
from storage.ledger.post import ZONE
from storage.session import Session
from tests.funds.books import FIRST, Books, fill, new_books
from tests.ledger.offices import Steps, alone
from tests.storage.rows import add

NOW = datetime(2026, 11, 29, 9, 30, tzinfo=ZONE)
_A4 = (595.28, 841.89)
_MARGIN = 20 / 25.4 * 72


@pytest.fixture
def books(session: Session) -> Books:
    return fill(new_books(session), 90)


def fund_of(connection: Connection, case_id: str) -> str:
    return str(
        connection.exec_driver_sql(
            "select id from fund where case_id = ? and kind = 'case'", (case_id,)
        ).scalar_one()
    )


def printed(slip: Slip, folder: Path, name: str = "slip.pdf") -> Path:
    return print_slip(SlipPrint(slip, folder / name))


def lines(path: Path) -> list[str]:
    with pdfplumber.open(path) as pdf:
        return [line for page in pdf.pages for line in (page.extract_text() or "").splitlines()]


def fen(text: str) -> int:
    return round(float(text.replace(",", "")) * 100)


def test_the_balance_of_the_31st_of_march_is_that_of_its_printed_slip(
    books: Books, tmp_path: Path
) -> None:
    """Printed at the end of that day, and printed again months later."""
    on = date(2026, 3, 31)
    with books.session.read() as connection:
        fund = fund_of(connection, books.cases[0])
        later = day_slip(connection, DaySlipArgs(fund, on, NOW))
        that_day = day_slip(connection, DaySlipArgs(fund, on, end_of(on)))
        balance = balance_at(connection, fund, end_of(on))
    assert later == that_day
    path = printed(fill_day_slip(later, NOW, "周书言"), tmp_path)
    words = lines(path)
    amount = next(line for line in words if line.startswith("账户余额 "))
    assert amount == f"账户余额 {capitals(balance.balance_fen)} ¥{grouped(balance.balance_fen)}"
    assert balance.balance_fen > 0
    assert f"可用余额 {grouped(balance.balance_fen - balance.held_fen)} 元" in words
    assert "日期 2026-03-31 日终" in [line.replace("　", " ") for line in words]


def test_a_slip_recounts_from_the_day_before(books: Books, tmp_path: Path) -> None:
    last: int | None = None
    busy = 0
    with books.session.read() as connection:
        fund = fund_of(connection, books.cases[1])
        for offset in range(92):
            found = day_slip(connection, DaySlipArgs(fund, FIRST + timedelta(days=offset), NOW))
            assert found.before_fen + found.in_fen - found.out_fen == found.head.balance_fen
            assert last is None or found.before_fen == last
            last = found.head.balance_fen
            if len(found.rows) < 2:
                continue
            busy += 1
            words = lines(printed(fill_day_slip(found, NOW, "周书言"), tmp_path))
            table = [line for line in words if re.match(r"[收批付退转冲]\d{4}-\d{6} ", line)]
            assert len(table) == len(found.rows)
            assert fen(table[-1].split(" ")[-1]) == found.head.balance_fen
    assert busy > 3


def test_a_running_day_says_until_when(books: Books) -> None:
    with books.session.read() as connection:
        fund = fund_of(connection, books.cases[0])
        moment = books.at + timedelta(hours=2)
        slip = fill_day_slip(
            day_slip(connection, DaySlipArgs(fund, moment.date(), moment)), moment, "周书言"
        )
        assert f"截至 {moment:%Y-%m-%d %H:%M:%S}" in dict(slip.facts)["日期"]
        with pytest.raises(UserError, match="尚未到来"):
            day_slip(connection, DaySlipArgs(fund, moment.date() + timedelta(days=1), moment))
        with pytest.raises(UserError, match="不存在"):
            day_slip(connection, DaySlipArgs("none", moment.date(), moment))


def test_a_receipt_has_two_copies_that_say_the_same(books: Books, tmp_path: Path) -> None:
    entry = books.receive(books.cases[2], 1_234_567_89, "云杉商贸有限公司")
    with books.session.read() as connection:
        slip = fill_voucher(voucher(connection, entry), NOW, "周书言")
    assert slip.amount == (
        "金额",
        "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
        "¥1,234,567.89",
    )
    path = printed(slip, tmp_path)
    with pdfplumber.open(path) as pdf:
        assert len(pdf.pages) == 1
        page = pdf.pages[0]
        assert (float(page.width), float(page.height)) == pytest.approx(_A4, abs=0.1)
        words = page.extract_words(keep_blank_chars=True)
        for word in words:
            assert word["x0"] >= _MARGIN - 1
            assert word["x1"] <= float(page.width) - _MARGIN + 1
        titles = [word for word in words if word["text"] == "案款收款收据"]
        assert len(titles) == 2
        for word in titles:
            middle = (word["x0"] + word["x1"]) / 2
            assert middle == pytest.approx(float(page.width) / 2, abs=1)
        # The amount in figures ends at the right margin, in line with the one in capitals.
        figures = [word for word in words if word["text"] == "¥1,234,567.89"]
        in_capitals = [word for word in words if word["text"] == slip.amount[1]]
        assert len(figures) == len(in_capitals) == 2
        for left, right in zip(in_capitals, figures, strict=True):
            assert left["top"] == pytest.approx(right["top"], abs=1)
            assert right["x1"] == pytest.approx(float(page.width) - _MARGIN - 4, abs=1)
    read = lines(path)
    assert read.count("交款人 云杉商贸有限公司") == 2
    assert sum("第一联" in line for line in read) == sum("第二联" in line for line in read) == 1
    for font in _fonts(path):
        assert "/FontDescriptor" in font or "/DescendantFonts" in font


def _fonts(path: Path) -> list[dict[str, object]]:
    found = []
    for page in pypdf.PdfReader(path).pages:
        resources = page["/Resources"]
        found += [font.get_object() for font in resources["/Font"].values()]  # type: ignore[index]
    return found


def test_a_payment_names_who_asked_and_who_paid(books: Books, tmp_path: Path) -> None:
    books.receive(books.cases[3], 50_000)
    granted = books.hold(books.cases[3], 50_000, "申请人乙")
    paid = books.pay(granted)
    with books.session.read() as connection:
        found = voucher(connection, paid)
        slip = fill_voucher(found, NOW, "周书言")
    facts = dict(slip.facts)
    assert facts["领款人"] == "申请人乙"
    assert facts["批准号"].endswith("申请人 甲")
    assert facts["经手"] == "乙"
    read = lines(printed(slip, tmp_path))
    assert "金额 伍佰元整 ¥500.00" in read
    assert not any("作废" in line for line in read)
    books.reverse(paid, "账号有误被银行退回", second=False)
    with books.session.read() as connection:
        void = fill_voucher(voucher(connection, paid), NOW, "周书言")
        with pytest.raises(UserError, match="只有收款和付款"):
            voucher(connection, granted)
        with pytest.raises(UserError, match="不存在"):
            voucher(connection, "none")
    read = lines(printed(void, tmp_path))
    assert any("单据作废，原因：账号有误被银行退回" in line for line in read)


def test_a_payment_by_order_bears_its_whole_chain(tmp_path: Path) -> None:
    with alone(tmp_path / "office") as office:
        assert office.ask("keeper", "receive", case_id=office.case, amount_fen=900).accepted
        order = Steps(office).sent(700)
        assert office.ask("teller", "answer_order", order_id=order, outcome="paid").accepted
        with office.session.read() as connection:
            entry = connection.exec_driver_sql(
                "select id from fund_entry where kind = 'payment'"
            ).scalar_one()
            slip = fill_voucher(voucher(connection, entry), NOW, "周书言")
    facts = dict(slip.facts)
    assert facts["收款账户"] == "某银行 6222-1"
    assert facts["批准号"].endswith("申请人 officer")
    words = [part.split(" ")[1] for part in facts["审批"].split("；")]
    assert words == ["keeper", "chief", "teller"]
    read = "".join(lines(printed(slip, tmp_path)))
    assert "某银行 6222-1" in read
    assert "发送银行 teller" in read


def test_a_login_is_told_by_name_where_an_order_says_whose_it_is(books: Books) -> None:
    books.makers = ("u_hand", "u_cash")
    books.receive(books.cases[3], 50_000)
    paid = books.pay(books.hold(books.cases[3], 50_000))
    person, order = new_id(), new_id()
    with books.session.write("补") as write:
        run = write.connection.exec_driver_sql
        house = run("select court_id from person union select id from court").scalar()
        add(
            write.connection,
            "person",
            {"id": person, "court_id": house, "name": "顾长风", "post": "quota_judge"},
        )
        for name in ("payment_order", "payment_act"):
            for (trigger,) in run(
                "select name from sqlite_master where type = 'trigger' and tbl_name = ?", (name,)
            ).all():
                run(f'drop trigger "{trigger}"')
        add(
            write.connection,
            "payment_order",
            {
                "id": order,
                "number": "批0",
                "purpose": "payment",
                "source": "case",
                "case_id": books.cases[3],
                "amount_fen": 1,
                "payee": "甲",
                "tier_id": order,
                "stages": "fund_keeper",
                "maker": "u_hand",
                "maker_id": person,
                "made_at": "2026-01-01",
                "content_sha256": "0" * 64,
            },
        )
    with books.session.read() as connection:
        found = voucher(connection, paid)
    assert found.granted_by == "顾长风"
    assert found.row["maker"] == "u_cash"


def test_equal_slips_are_equal_bytes_and_no_half_file_is_left(books: Books, tmp_path: Path) -> None:
    entry = books.receive(books.cases[2], 77)
    with books.session.read() as connection:
        slip = fill_voucher(voucher(connection, entry), NOW, "周书言")
    first, second = printed(slip, tmp_path, "a.pdf"), printed(slip, tmp_path, "b.pdf")
    assert first.read_bytes() == second.read_bytes()
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutsideError):
        printed(slip, tmp_path / "file")
    assert sorted(one.name for one in tmp_path.glob("*.pdf")) == ["a.pdf", "b.pdf"]


def test_a_long_day_goes_over_several_pages(books: Books, tmp_path: Path) -> None:
    for n in range(70):
        books.receive(books.cases[0], 1_000 + n)
    with books.session.read() as connection:
        fund = fund_of(connection, books.cases[0])
        found = day_slip(connection, DaySlipArgs(fund, books.at.date(), NOW))
    path = printed(fill_day_slip(found, NOW, "周书言"), tmp_path)
    with pdfplumber.open(path) as pdf:
        assert len(pdf.pages) > 1
        heads = [page.extract_text().count("余额（元）") for page in pdf.pages]
    assert all(heads[:-1])
    rows = [line for line in lines(path) if re.match(r"收\d{4}-\d{6} ", line)]
    assert len(rows) >= 70
