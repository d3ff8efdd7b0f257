"""Cells to values: every writing a branch court uses, every refusal with a reason."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.importing.convert import (
    CellError,
    from_serial,
    is_blank,
    to_bool,
    to_case_number,
    to_date,
    to_datetime,
    to_fen,
    to_int,
    to_names,
    to_text,
)


@pytest.mark.parametrize(
    "value",
    [
        "2026-09-01", "2026/9/1", "2026年9月1日", "2026.9.1", "20260901", 20260901, 20260901.0,
        "２０２６年９月１日", " 2026-09-01 ", "2026-09-01 10:30", "2026-09-01T00:00:00Z",
        "2026年9月1日 8时30分", 46266, 46266.75, "46266", date(2026, 9, 1),
        datetime.combine(date(2026, 9, 1), time(17, 5)),
    ],
)  # fmt: skip
def test_dates_in_every_writing(value: object) -> None:
    assert to_date(value) == "2026-09-01"


def test_the_two_excel_calendars() -> None:
    assert to_date(44804, from_1904=True) == "2026-09-01"
    assert from_serial(1, from_1904=False).date() == date(1900, 1, 1)
    assert from_serial(59, from_1904=False).date() == date(1900, 2, 28)
    assert from_serial(61, from_1904=False).date() == date(1900, 3, 1)
    assert from_serial(0, from_1904=True).date() == date(1904, 1, 1)
    with pytest.raises(CellError, match="1900年2月29日"):
        from_serial(60, from_1904=False)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_serial_is_its_day_in_both_calendars(day: date) -> None:
    assert to_date((day - date(1899, 12, 30)).days) == day.isoformat()
    assert to_date((day - date(1904, 1, 1)).days, from_1904=True) == day.isoformat()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2025年2月30日", "没有这一天"),
        ("20251301", "没有这一天"),
        ("明天", "不是日期"),
        ("9月1日", "不是日期"),
        (True, "不是日期"),
        (-5, "不是日期"),
        (5, "不合理"),
        ("0026-09-01", "不合理"),
        ("#REF!", "公式错误"),
    ],
)
def test_dates_refused_with_a_reason(value: object, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        to_date(value)


def test_instants_carry_the_courts_zone() -> None:
    assert to_datetime("2026-09-01 10:30") == "2026-09-01T10:30+08:00"
    assert to_datetime(46266.5) == "2026-09-01T12:00+08:00"


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        ("¥1,234.50", 123_450),
        ("￥1234.5元", 123_450),
        ("1.2万元", 1_200_000),
        ("１．２万元", 1_200_000),
        ("1.2万", 1_200_000),
        ("0.5亿元", 5_000_000_000),
        ("人民币 3,000 元整", 300_000),
        (1234.5, 123_450),
        (0.1 + 0.2, 30),
        (12345.67, 1_234_567),
        (7, 700),
        ("0", 0),
    ],
)
def test_money_to_fen(value: object, fen: int) -> None:
    assert to_fen(value) == fen


def test_a_unit_in_the_cell_wins_over_the_columns_unit() -> None:
    assert to_fen("1.2", fen_per_unit=1_000_000) == 1_200_000
    assert to_fen("12000元", fen_per_unit=1_000_000) == 1_200_000


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("-1", "为负"),
        ("1.234", "精确到分"),
        ("1,23", "不是金额"),
        ("十万", "不是金额"),
        (True, "不是金额"),
        (date(2026, 9, 1), "不是金额"),
        ("99999999999999", "金额过大"),
    ],
)
def test_money_refused_with_a_reason(value: object, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        to_fen(value)


@given(st.integers(0, 10**13))
def test_money_keeps_every_fen(fen: int) -> None:
    assert to_fen(f"{fen // 100:,}.{fen % 100:02d}") == fen


def test_text_keeps_what_a_spreadsheet_would_lose() -> None:
    assert to_text(123.0) == "123"
    assert to_text(" 张　 ") == "张"
    with pytest.raises(CellError, match="15 位"):
        to_text(410305199001011234)


def test_small_words() -> None:
    assert to_int("１,234") == 1234
    assert [to_bool(word) for word in ("是", "有", "√", 1, "否", "无", 0)] == [True] * 4 + [
        False
    ] * 3
    assert to_names("甲、乙；丙,甲\n丁") == ("甲", "乙", "丙", "丁")
    assert to_case_number("(2017)豫0302执１２号") == "（2017）豫0302执12号"
    with pytest.raises(CellError, match="后续文书"):
        to_case_number("（2017）豫0302执12号之一")
    assert is_blank("　 ")
    assert is_blank("NA")
    assert not is_blank(0)
