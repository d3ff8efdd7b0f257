"""The 对账台账 on paper: what is printed is what bare SQL counts; equal words are equal bytes."""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pytest
from sqlalchemy import Connection

from desktop.circulars.official import Column
from desktop.circulars.wide import SignedBy, WideSheet, WideTable
from desktop.circulars.wide_sheet import wide_pages, write_wide_sheet
from desktop.errors import UserError
from desktop.funds.closing import sheet_of
from desktop.funds.month_book import MonthBook
from desktop.funds.month_sheet import day_sheet
from desktop.funds.reconcile import reconcile
from desktop.funds.sheet_law import sheet_law
from desktop.funds.wide_book import write_wide_book
from desktop.rules.rule_files import RuleFileError
from storage.schema.funds import BANK
from storage.session import Session
from tests.funds.books import Books, fill, new_books

MONTH, LAST = "2026-02", "2026-02-28"
MONEY = re.compile(r"-?\d{1,3}(,\d{3})*\.\d\d")
HEADS = ("收款金额（元）", "发放金额（元）", "结余（元）")
Printed = dict[str, tuple[int, int, int]]  # case number -> in, out, left


@pytest.fixture
def books(session: Session) -> Books:
    with session.write("只验台账") as write:
        write.connection.exec_driver_sql("drop trigger if exists trg_fund_entry_by_order_insert")
    made = fill(new_books(session, 30), 45)
    for whose in made.cases[:3]:  # a receipt and a payment that are booked back, in the month
        made.reverse(made.receive(whose, 700))
        for n in range(15 if whose == made.cases[0] else 0):  # more than stays on one page
            made.receive(whose, 100 + n)
        made.receive(whose, 60_000)
        made.reverse(made.pay(made.hold(whose, 50_000)), second=False)
    assert made.at.isoformat().startswith(MONTH)
    return fill(made, 30)


def by_bare_sql(connection: Connection) -> Printed:
    """Counted from the entries alone, in other words than those under test."""
    found: Printed = {}
    owned: dict[str, list[str]] = defaultdict(list)
    for number, fund in connection.exec_driver_sql(
        'select c.number, f.id from fund f join "case" c on c.id = f.case_id'
    ):
        owned[number].append(fund)
    for number, funds in owned.items():
        mine = ", ".join(f"'{one}'" for one in funds)

        def total(where: str, mine: str = mine) -> int:
            query = f"select coalesce(sum(amount_fen), 0) from fund_entry e where {where}"
            return int(connection.exec_driver_sql(query.replace("MINE", mine)).scalar_one())

        in_month = f"booked_on like '{MONTH}-%' and kind not in ('hold', 'release')"
        until = f"booked_on <= '{LAST}' and kind not in ('hold', 'release')"
        into = "credit_id in (MINE) and debit_id not in (MINE)"
        away = "debit_id in (MINE) and credit_id not in (MINE)"
        received = total(f"{in_month} and {into} and kind <> 'reversal'")
        received -= total(f"{in_month} and {away} and kind = 'reversal'")
        paid = total(f"{in_month} and {away} and kind <> 'reversal'")
        paid -= total(f"{in_month} and {into} and kind = 'reversal'")
        left = total(f"{until} and credit_id in (MINE)") - total(f"{until} and debit_id in (MINE)")
        moved = connection.exec_driver_sql(
            f"select 1 from fund_entry where {in_month} and (debit_id in ({mine}) or credit_id"
            f" in ({mine})) limit 1"
        ).first()
        if left or moved:
            found[number] = (received, paid, left)
    return found


def fen(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def read_again(pages: bytes) -> tuple[Printed, Printed, list[str]]:
    """What a reader of the paper sums: by case, the rows of sums, and the text of each page."""
    cases: dict[str, list[int]] = {}
    sums: dict[str, list[int]] = {}
    texts = []
    with pdfplumber.open(BytesIO(pages)) as document:
        for page in document.pages:
            assert page.width > page.height
            texts.append(page.extract_text())
            words = page.extract_words(keep_blank_chars=True, x_tolerance=2)
            heads = [next((w for w in words if w["text"] == head), None) for head in HEADS]
            if None in heads:
                continue
            edges = [head["x1"] for head in heads if head is not None]
            below = [w for w in words if w["top"] > heads[0]["bottom"]]  # type: ignore[index]
            _read_rows(below, edges, cases, sums)
    return (
        {name: (one[0], one[1], one[2]) for name, one in cases.items()},
        {name: (one[0], one[1], one[2]) for name, one in sums.items()},
        texts,
    )


def _read_rows(
    words: list[dict[str, Any]],
    edges: list[float],
    cases: dict[str, list[int]],
    sums: dict[str, list[int]],
) -> None:
    left = min(w["x0"] for w in words)
    here: list[int] | None = None
    for word in sorted(words, key=lambda w: (round(w["top"]), w["x0"])):
        if abs(word["x0"] - left) < 5:
            if word["text"].startswith("内容校验值") or word["text"].startswith("试算"):
                return
            into = cases if word["text"].startswith("（") else sums
            here = into.setdefault(word["text"].removesuffix("（续）"), [0, 0, 0])
        if not MONEY.fullmatch(word["text"]):
            continue
        for place, edge in enumerate(edges):
            if abs(word["x1"] - edge) < 2:
                assert here is not None, word
                here[place] += fen(word["text"])


def laid(books: Books) -> tuple[MonthBook, WideSheet, bytes]:
    with books.session.read() as connection:
        book, sheet = sheet_of(connection, MONTH)
    return book, sheet, wide_pages(sheet)


def test_the_printed_numbers_are_those_of_bare_sql(books: Books) -> None:
    book, sheet, pages = laid(books)
    cases, sums, texts = read_again(pages)
    with books.session.read() as connection:
        expected = by_bare_sql(connection)
        ledger = connection.exec_driver_sql(
            "select coalesce(sum(case debit_id when ? then amount_fen else -amount_fen end), 0)"
            " from fund_entry where ? in (debit_id, credit_id) and booked_on <= ?"
            " and kind not in ('hold', 'release')",
            (BANK, BANK, LAST),
        ).scalar_one()
    assert len(texts) > 3
    assert len(expected) > 20
    assert cases == expected
    columns = list(zip(*expected.values(), strict=True))
    assert sums[f"案件合计 {len(expected)} 件"] == tuple(map(sum, columns))
    assert sums["全部账户合计"][2] == book.left_fen == ledger
    assert all(sheet.sha256() in text for text in texts)
    ends = next(n for n, text in enumerate(texts) if "全部账户合计" in text)
    assert ends > 0
    assert all("收款日期" in text for text in texts[: ends + 1])  # heads on every page
    assert "〔未核实〕" in texts[-1]
    # carried over + in − out = left, for every case and for every common account
    for one in (*book.cases, *book.common):
        assert one.opening_fen + one.in_fen - one.out_fen == one.left_fen, one.name


def test_two_months_join_without_a_seam(books: Books) -> None:
    with books.session.read() as connection:
        first, second = (sheet_of(connection, month)[0] for month in (MONTH, "2026-03"))
    left = {one.name: one.left_fen for one in (*first.cases, *first.common)}
    opening = {one.name: one.opening_fen for one in (*second.cases, *second.common)}
    assert {name: fen for name, fen in left.items() if fen} == {
        name: fen for name, fen in opening.items() if fen
    }


def test_the_trial_balance_and_what_the_bank_moved(books: Books) -> None:
    book, sheet, _pages = laid(books)
    trial = sheet.tables[1]
    assert trial.rows[-1][-1] == "0.00"
    with books.session.read() as connection:
        moved = dict(
            connection.exec_driver_sql(
                "select kind, sum(amount_fen) from fund_entry where booked_on like ? and"
                " kind in ('receipt', 'payment') group by 1",
                (f"{MONTH}-%",),
            ).all()
        )
        back = dict(
            connection.exec_driver_sql(
                "select o.kind, sum(r.amount_fen) from fund_entry r join fund_entry o on"
                " o.id = r.reverses where r.booked_on like ? group by 1",
                (f"{MONTH}-%",),
            ).all()
        )
    assert book.received_fen == moved["receipt"] - back.get("receipt", 0)
    assert book.paid_fen == moved["payment"] - back.get("payment", 0)


def test_equal_words_are_equal_bytes_and_names_leave_the_fingerprint_alone(
    books: Books, tmp_path: Path
) -> None:
    _book, sheet, pages = laid(books)
    _again, other, same = laid(books)
    assert (other.sha256(), same) == (sheet.sha256(), pages)
    signed = (SignedBy("财务部门", "林会计", "2026-03-02 09:10"), SignedBy("执行局", "局长丁"))
    path = write_wide_sheet(sheet, tmp_path / "台账.pdf", signed)
    with pdfplumber.open(path) as document:
        last = document.pages[-1].extract_text()
    assert "林会计" in last
    assert "局长丁" in last
    assert sheet.sha256() in last
    changed = replace(sheet, closing=(*sheet.closing, "多一句"))
    assert changed.sha256() != sheet.sha256()


def test_a_later_entry_leaves_the_month_as_it_was_and_a_back_dated_one_changes_it(
    books: Books,
) -> None:
    _book, sheet, _pages = laid(books)
    books.go(date(2026, 3, 25))
    books.receive(books.cases[0], 5_000)
    assert laid(books)[1].sha256() == sheet.sha256()
    with books.session.write("补记") as write:
        write.connection.exec_driver_sql(
            "insert into bank_line (id, account, booked_on, direction, amount_fen, fingerprint,"
            " file_sha256) values ('l1', '1', '2026-02-27', 'in', 9, 'x', 'y')"
        )
    assert laid(books)[1].sha256() != sheet.sha256()


def test_the_workbook_has_the_numbers_as_numbers(books: Books, tmp_path: Path) -> None:
    book, sheet, _pages = laid(books)
    path = write_wide_book(sheet, tmp_path / "台账.xlsx")
    read = openpyxl.load_workbook(path)
    assert read.sheetnames[0] == "案款收发台账"
    rows = list(read.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == tuple(column.head for column in sheet.tables[0].columns)
    total = next(row for row in rows if row[0] == "全部账户合计")
    assert round(total[8] * 100) == book.left_fen
    assert sheet.sha256() in str(list(read["说明"].iter_rows(values_only=True))[-1][0])


def test_what_somebody_typed_is_never_a_formula(books: Books, tmp_path: Path) -> None:
    _book, sheet, _pages = laid(books)
    table = sheet.tables[0]
    rows = (("=1+1", *table.rows[0][1:]), *table.rows[1:])
    sheet = replace(sheet, tables=(replace(table, rows=rows), *sheet.tables[1:]))
    cell = openpyxl.load_workbook(write_wide_book(sheet, tmp_path / "a.xlsx")).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_day_on_one_page(books: Books) -> None:
    with books.session.read() as connection:
        state = reconcile(connection, LAST)
    sheet = day_sheet(state, "示范市法院")
    with pdfplumber.open(BytesIO(wide_pages(sheet))) as document:
        text = document.pages[0].extract_text()
    assert "银行存款余额调节表" in text
    assert f"差异 {len(state.differences)} 笔" in "".join(sheet.closing)
    with pytest.raises(UserError, match="部分团队"):
        day_sheet(replace(state, whole=False), "示范市法院")


def test_mistakes_of_the_form_are_all_named(tmp_path: Path) -> None:
    file = tmp_path / "form.toml"
    file.write_text(
        '[[sheet]]\ncode = "a"\ntitle = "t"\nversion = "1"\nvalid_from = 2020-01-01\n'
        'article = "x"\nsource = "y"\nconfidence = "sure"\ndays_apart = -1\n'
        'column = [{ key = "payer", head = "付款人", share = 0 }]\n',
        encoding="utf-8",
    )
    with pytest.raises(RuleFileError) as refused:
        sheet_law(date(2026, 1, 1), file)
    for word in ("confidence", "days_apart", "share", "须有案号和结余"):
        assert word in str(refused.value)
    with pytest.raises(UserError, match="没有 2016-01-01 适用"):
        sheet_law(date(2016, 1, 1))


@pytest.mark.parametrize("length", [8, 60, 1_500])
def test_long_names_go_on_over_pages_and_lose_no_character(length: int) -> None:
    names = [f"起{n}" + "长名有限公司" * (length // 6) + f"止{n}" for n in range(12)]
    table = WideTable(
        "表",
        (Column("案号", 40), Column("付款人", 26), Column("备注", 200)),
        tuple((f"（{n}）", name, "") for n, name in enumerate(names)),
        joined=tuple(n for n in range(12) if n % 6),
    )
    pages = wide_pages(WideSheet("题", (("甲", "乙"),), (table,), (), "丙"))
    with pdfplumber.open(BytesIO(pages)) as document:
        text = "".join(page.extract_text() for page in document.pages).replace("\n", "")
    for n in range(12):
        assert f"起{n}" in text
        assert f"止{n}" in text
