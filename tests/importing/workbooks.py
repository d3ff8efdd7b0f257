"""Workbooks and logs for the import tests; all people are invented."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADERS = (
    "序号", "案号", "立案日期", "承办团队", "承办人", "申请执行人", "被执行人", "申请标的额(元)",
    "案由", "移交网络查控日期", "网络查控反馈日期", "发出执行通知书日期", "结案日期", "结案方式",
)  # fmt: skip
HANDLERS = ("云舒", "陆晚舟", "沈知秋", "温如玉")
ROWS = 312
BAD_ROWS = (17, 88, 240)


def branch_rows(count: int = ROWS, *, court: str = "豫0303") -> list[list[Any]]:
    """`count` sound rows, dates in four writings, amounts in three."""
    rows: list[list[Any]] = []
    start = date(2025, 1, 6)
    for n in range(1, count + 1):
        filed = start + timedelta(days=n % 300)
        notice = filed + timedelta(days=3)
        closed = filed + timedelta(days=120) if n % 3 == 0 else None
        written: Any = (
            datetime.combine(filed, time()),
            f"{filed.year}年{filed.month}月{filed.day}日",
            f"{filed:%Y%m%d}",
            (filed - date(1899, 12, 30)).days,
        )[n % 4]
        amount: Any = (12_345.67 + n, f"¥{n * 1000:,}.50", "１．２万元")[n % 3]
        rows.append([
            n,
            f"({filed.year}){court}执{n}号" if n % 2 else f"（{filed.year}）{court}执{n}号",
            written,
            f"第{'一二三'[n % 3]}执行团队",
            HANDLERS[n % 4],
            f"申请人甲{n}",
            f"被执行人乙{n}、洛水示例{n}有限公司",
            amount,
            "买卖合同纠纷",
            filed + timedelta(days=1),
            filed + timedelta(days=9),
            notice.isoformat(),
            closed,
            "执行完毕" if closed else None,
        ])  # fmt: skip
    return rows


def plant_errors(rows: list[list[Any]]) -> None:
    """Three faults, in the sheet rows 17, 88 and 240 (the header is row 1)."""
    rows[17 - 2][2] = "2025年2月30日"
    rows[88 - 2][1] = "（2025）豫0303执恢恢88号"
    rows[240 - 2][12] = date(2024, 12, 1)
    rows[240 - 2][13] = "执行完毕"


def save(path: Path, rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> Path:
    """A plain workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def branch_workbook(path: Path, *, errors: bool = True) -> Path:
    """The branch court's workbook of 312 rows."""
    rows = branch_rows()
    if errors:
        plant_errors(rows)
    return save(path, rows)
