"""Bank files out: equal orders give equal bytes, every line bears its key, nothing is shortened."""

import csv
import io
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from desktop.errors import OutsideError, UserError
from desktop.funds.outgoing import (
    Batch,
    Payment,
    bank_file,
    batch_day,
    batch_name,
    order_of,
    put,
    reference_of,
)
from desktop.funds.outgoing_slip import write_slip
from desktop.funds.payment_profiles import load_profile, shipped_profiles
from resources import path as resource_path

DAY = date(2026, 11, 26)
FORMATS = ("common_csv", "common_xlsx", "text_gb18030", "iso20022")


def payment(n: int, **changes: object) -> Payment:
    made = Payment(
        order_id=str(UUID(int=n + (7 << 76) + (1 << 100))),
        number=f"批2026-{n:06d}",
        amount_fen=100_00 + n,
        payee=f"申请人{n}",
        bank="示范银行东城支行",
        account_no=f"6222 0000-{n:08d}",
        purpose="案款发放",
        memo=f"（2026）豫0381执{n}号案款",
        case_number=f"（2026）豫0381执{n}号",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def batch(*payments: Payment) -> Batch:
    name = batch_name(DAY, [one.order_id for one in payments])
    return Batch(name, DAY, "1001 2345 6789", "示范市东城区人民法院执行款专户", payments)


def cells(name: str, content: bytes) -> list[list[str]]:
    """The file as another program reads it, heads first."""
    if name == "common_xlsx":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        return [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    if name == "text_gb18030":
        return [line.split("|") for line in content.decode("gb18030").split("\r\n")[:-1]]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_orders_in_any_order_give_the_same_bytes(name: str) -> None:
    profile = shipped_profiles()[name]
    payments = [payment(n) for n in range(1, 40)]
    first = bank_file(batch(*payments), profile)
    random.Random(5).shuffle(payments)
    assert bank_file(batch(*payments), profile) == first
    assert (first.count, first.total_fen) == (39, sum(one.amount_fen for one in payments))
    other = bank_file(batch(*payments[1:]), profile)
    assert (other.sha256, other.name) != (first.sha256, first.name)


def test_a_workbook_does_not_say_when_it_was_made() -> None:
    made = bank_file(batch(payment(1)), shipped_profiles()["common_xlsx"])
    with ZipFile(io.BytesIO(made.content)) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        core = parts.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT", core) == ["2000-01-01T", "2000-01-01T"]


@pytest.mark.parametrize("name", ["common_csv", "common_xlsx", "text_gb18030"])
def test_every_line_bears_the_key_of_its_order_and_its_amount(name: str) -> None:
    profile = shipped_profiles()[name]
    payments = [payment(n) for n in range(1, 7)]
    made = bank_file(batch(*payments), profile)
    head, *rows = cells(name, made.content)
    values = [column.value for column in profile.out.columns]
    assert head == [column.head for column in profile.out.columns]
    found = {
        order_of(row[values.index("reference")]): (
            row[values.index("amount")],
            row[values.index("account_no")],
            row[values.index("payee")],
        )
        for row in rows
    }
    assert found == {
        one.order_id: (
            f"{one.amount_fen / 100:.2f}",
            one.account_no.replace(" ", "").replace("-", ""),
            one.payee,
        )
        for one in payments
    }


def test_pain_001_counts_and_sums_its_lines() -> None:
    payments = [payment(n) for n in range(1, 4)]
    made = bank_file(batch(*payments), shipped_profiles()["iso20022"])
    root = ET.fromstring(made.content)
    of = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", "", of) == "3"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", "", of) == "300.06"
    keys = [one.text or "" for one in root.iterfind(".//p:EndToEndId", of)]
    assert [order_of(key) for key in keys] == [one.order_id for one in payments]
    amounts = [one.text for one in root.iterfind(".//p:InstdAmt", of)]
    assert amounts == ["100.01", "100.02", "100.03"]


def test_a_name_that_begins_like_a_formula_stays_a_name() -> None:
    made = bank_file(batch(payment(1, payee="=1+1")), shipped_profiles()["common_xlsx"])
    sheet = load_workbook(io.BytesIO(made.content)).worksheets[0]
    assert [cell.value for row in sheet.iter_rows(min_row=2) for cell in row].count("=1+1") == 1
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("common_csv", {"payee": " "}, "批2026-000001 缺少户名"),
        ("common_csv", {"account_no": ""}, "缺少账号"),
        ("common_csv", {"account_no": "账号不详"}, "不是银行账号"),
        ("common_csv", {"amount_fen": 0}, "大于零"),
        ("common_csv", {"payee": "甲\x07"}, "不能打印"),
        ("common_csv", {"payee": "名" * 61}, "183 字节，银行至多收 180"),
        ("text_gb18030", {"payee": "甲|乙"}, "含有分隔符"),
        ("text_gb18030", {"payee": "名" * 31}, "62 字节，银行至多收 60"),
    ],
)
def test_what_the_bank_cannot_take_is_refused_by_name(
    name: str, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        bank_file(batch(payment(1, **changes)), shipped_profiles()[name])


def test_only_the_memo_is_cut_and_never_within_a_character() -> None:
    made = bank_file(batch(payment(1, memo="案" * 50)), shipped_profiles()["text_gb18030"])
    assert cells("text_gb18030", made.content)[1][-1] == "案" * 20


def test_without_our_account_or_without_payments_nothing_is_made() -> None:
    profile = shipped_profiles()["common_csv"]
    with pytest.raises(UserError, match="没有付款"):
        bank_file(batch(), profile)
    with pytest.raises(UserError, match="专户"):
        bank_file(replace(batch(payment(1)), our_account=""), profile)


@given(st.uuids())
def test_a_key_comes_back_from_either_writing(key: UUID) -> None:
    for profile in shipped_profiles().values():
        assert order_of(reference_of(str(key), profile.out)) == str(key)
    assert order_of(str(key).upper()) == str(key)


@pytest.mark.parametrize("text", ["", "12345", "付20261126-0a1b2c3d", "g" * 32, "0" * 33])
def test_what_is_no_key_of_ours_is_none(text: str) -> None:
    assert order_of(text) is None


def test_a_batch_is_named_by_its_orders_and_its_day() -> None:
    ids = [payment(n).order_id for n in (1, 2, 3)]
    assert batch_name(DAY, ids) == batch_name(DAY, ids[::-1])
    assert batch_name(DAY, ids) != batch_name(DAY, ids[1:])
    assert batch_day(batch_name(DAY, ids)) == DAY
    assert batch_day("别的名称") is None


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    made = bank_file(batch(payment(1)), shipped_profiles()["common_csv"])
    path = put(made, tmp_path / "付款")
    assert path.read_bytes() == made.content
    assert [one.name for one in path.parent.iterdir()] == [made.name]
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutsideError, match="无法写入"):
        put(made, tmp_path / "file")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('format = "csv"', 'format = "doc"'), "format"),
        (('value = "amount"', 'value = "sum"'), "sum"),
        (('value = "amount"', 'value = "day"'), "金额"),
        (('reference = "hex"', 'reference = "x"'), "id 或 hex"),
        (('encoding = "utf-8-sig"', 'encoding = "utf-99"'), "utf-99"),
        (('unknown = ["处理中"', 'unknown = ["成功"'), "两种含义"),
        (("title = ", "name = "), "title"),
        (("[out]", "[out"), "无法读取"),
    ],
)
def test_a_profile_says_what_is_wrong_with_it(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    text = resource_path("profiles/payments/common_csv.toml").read_text("utf-8")
    assert change[0] in text
    file = tmp_path / "own.toml"
    file.write_text(text.replace(*change), "utf-8")
    with pytest.raises(UserError, match=words):
        load_profile(file)


def test_the_slip_counts_sums_and_bears_the_files_fingerprint(tmp_path: Path) -> None:
    whole = batch(*(payment(n) for n in range(1, 40)))
    made = bank_file(whole, shipped_profiles()["common_csv"])
    first = write_slip(whole, made, tmp_path / "a.pdf").read_bytes()
    assert write_slip(whole, made, tmp_path / "b.pdf").read_bytes() == first
    pages = PdfReader(tmp_path / "a.pdf").pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert len(pages) == 2
    for words in (made.sha256, "39 笔", "3,907.80 元", made.name, "申请人39", "6222000000000039"):
        assert words in text, words
    assert sum(text.count(one.number) for one in whole.payments) == 39
