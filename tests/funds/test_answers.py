"""Status files of the bank: each line by its key, every doubt told by row, twice is once."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from desktop.errors import UserError
from desktop.funds.answers import StatusFile, Verdict, read, weigh
from desktop.funds.payment_profiles import shipped_profiles
from tests.panels.disbursement.rows import put_order
from tests.panels.real_city import RealCity, real_city

CSV, XLSX, TEXT, XML = (
    shipped_profiles()[name] for name in ("common_csv", "common_xlsx", "text_gb18030", "iso20022")
)
HEAD = ("企业流水号", "交易状态", "金额", "失败原因", "银行流水号")


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def status_csv(folder: Path, *rows: Sequence[str], encoding: str = "utf-8-sig") -> Path:
    path = folder / "回盘.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("某银行批量付款结果",), HEAD, *rows])
    return path


def line(order_id: str, word: str, amount: str = "24,800.00", why: str = "") -> tuple[str, ...]:
    return (order_id.replace("-", ""), word, amount, why, "YH1")


def told(city: RealCity, file: StatusFile) -> list[tuple[int, Verdict, str]]:
    with city.context.engine.connect() as connection:
        return [(one.line.row, one.verdict, one.words) for one in weigh(connection, file).lines]


def test_every_doubt_is_told_with_its_row_and_changes_nothing(
    city: RealCity, tmp_path: Path
) -> None:
    sent, unknown, odd = (put_order(city, state) for state in ("sent", "unknown", "sent"))
    twice, paid, failed = (put_order(city, state) for state in ("sent", "paid", "failed"))
    early, inside = put_order(city, "approved"), put_order(city, "sent")
    gone = "99999999-0000-7000-8000-000000000000"
    file = read(
        status_csv(
            tmp_path,
            line(sent, "成功"),
            line(unknown, "失败", why="户名不符"),
            line(odd, "成功", "24,800.01"),
            line(twice, "成功"),
            line(twice, "失败"),
            line(paid, "交易成功"),
            line(failed, "退票"),
            line(early, "成功"),
            line(inside, "处理中"),
            line(gone, "成功"),
            line("12345", "成功"),
            line(sent, "成功"),
            line(sent, "成功了"),
            line(unknown, "失败", "十元"),
        ),
        CSV,
    )
    assert [(row, verdict) for row, verdict, _words in told(city, file)] == [
        (3, Verdict.NEW),
        (4, Verdict.NEW),
        (5, Verdict.REFUSED),
        (6, Verdict.REFUSED),
        (7, Verdict.REFUSED),
        (8, Verdict.DONE),
        (9, Verdict.DONE),
        (10, Verdict.REFUSED),
        (11, Verdict.NEW),
        (12, Verdict.REFUSED),
        (13, Verdict.REFUSED),
        (14, Verdict.DONE),
        (15, Verdict.REFUSED),
        (16, Verdict.REFUSED),
    ]
    words = {row: said for row, _verdict, said in told(city, file)}
    assert words[4] == "未付成：户名不符"
    assert words[5] == "金额不符：银行 24,800.01，支付单 24,800.00"
    assert words[6] == words[7] == "同一笔付款在本文件中有不同的结果"
    assert "没有送出" in words[10]
    assert "没有这笔付款" in words[12]
    assert "“12345”不是本院付款的流水号" in words[13]
    assert words[14] == "与第 3 行相同"
    assert "“成功了”" in words[15]
    assert "金额" in words[16]


@pytest.mark.parametrize(
    ("state", "word", "verdict", "words"),
    [
        ("paid", "失败", Verdict.REFUSED, "冲正"),
        ("failed", "成功", Verdict.REFUSED, "立即核对"),
        ("unknown", "可疑", Verdict.DONE, "相同"),
        ("sent", "可疑", Verdict.NEW, "结果未知"),
        ("returned", "成功", Verdict.REFUSED, "没有送出"),
        ("withdrawn", "失败", Verdict.REFUSED, "没有送出"),
    ],
)
def test_what_contradicts_the_books_is_for_a_person(
    city: RealCity, tmp_path: Path, state: str, word: str, verdict: Verdict, words: str
) -> None:
    file = read(status_csv(tmp_path, line(put_order(city, state), word)), CSV)
    ((_row, found, said),) = told(city, file)
    assert (found, words in said) == (verdict, True)


def test_the_same_order_reads_alike_in_every_layout(city: RealCity, tmp_path: Path) -> None:
    order_id = put_order(city, "sent")
    files: list[tuple[Any, Path]] = [
        (CSV, status_csv(tmp_path, line(order_id, "成功"))),
        (CSV, tmp_path / "gb.csv"),
        (XLSX, tmp_path / "回盘.xlsx"),
        (TEXT, tmp_path / "回盘.txt"),
        (XML, tmp_path / "回盘.xml"),
    ]
    files[1][1].write_bytes(files[0][1].read_text("utf-8-sig").encode("gb18030"))
    book = Workbook()
    book.active.append(HEAD)
    book.active.append((order_id, "成功", 24800.0, None, "YH1"))
    book.save(files[2][1])
    files[3][1].write_text(
        f"流水号|状态|金额|原因|银行流水号\n{order_id}|0000|24800.00||YH1\n", "gb18030"
    )
    files[4][1].write_text(
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        "<CstmrPmtStsRpt><OrgnlPmtInfAndSts><TxInfAndSts>"
        f"<OrgnlEndToEndId>{order_id.replace('-', '')}</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
        "<AcctSvcrRef>YH1</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy='CNY'>24800.00</InstdAmt>"
        "</Amt></OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
    for profile, path in files:
        (found,) = read(path, profile).lines
        assert (found.order_id, found.outcome, found.amount_fen, found.bank_ref) == (
            order_id,
            "paid",
            2_480_000,
            "YH1",
        ), path.name
        ((_row, verdict, _words),) = told(city, read(path, profile))
        assert verdict is Verdict.NEW


@pytest.mark.parametrize(
    ("profile", "content", "words"),
    [
        (CSV, b"a,b\n1,2\n", "缺少列 “企业流水号”、“交易状态”"),
        (CSV, b"\xff\xfe\x00", "UTF-8"),
        (CSV, b'"' + b"x" * 200_000 + b'"', "表格文本"),
        (CSV, b"PK\x03\x04broken", "工作簿"),
        (XML, b"<a>", "XML"),
        (XML, b"<a/>", "TxInfAndSts"),
        (XML, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "拒绝"),
    ],
)
def test_a_file_of_another_kind_says_why(
    tmp_path: Path, profile: Any, content: bytes, words: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        read(path, profile)
    with pytest.raises(UserError, match="没有文件"):
        read(tmp_path / "nowhere", profile)
