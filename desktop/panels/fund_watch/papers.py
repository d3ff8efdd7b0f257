"""The list of money that waits, and of money nobody fetches, on paper and as a sheet. No Qt."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.official import Column
from desktop.circulars.wide import WideSheet, WideTable
from desktop.contract.law import Law
from desktop.contract.sheets import Exported, SheetColumn, write_sheet
from desktop.funds.standings import Standing, Unclaimed
from desktop.panels.fund_watch.queries import UnclaimedFilter, listed, lying, shown
from desktop.panels.fund_watch.rules import LIGHT_WORDS, WatchFilter, ground_words, lying_row
from desktop.rules.fund_law import load_fund_law
from desktop.rules.money import grouped, yuan_text

_WATCH: Final = (
    Column("序", 4, "right"),
    Column("案号", 18),
    Column("到账单号", 12),
    Column("付款人", 11),
    Column("到账日", 9),
    Column("未发放（元）", 11, "right"),
    Column("已存", 7.5),
    Column("时钟、应止", 10),
    Column("期限与依据", 26),
    Column("环节、自何日", 10.5),
    Column("经办", 12),
)
_LYING: Final = (
    Column("序", 4, "right"),
    Column("案号", 17),
    Column("到账单号", 12),
    Column("到账日", 9),
    Column("日数", 6, "right"),
    Column("金额（元）", 12, "right"),
    Column("未到领取人", 18),
    Column("原因", 14),
    Column("已通知", 8, "right"),
    Column("末次通知", 9),
    Column("承办人", 9),
)


@dataclass(frozen=True, slots=True)
class ListArgs:
    """Which list, for whom, and where it goes. `columns`: of the sheet."""

    filter: WatchFilter
    today: date
    law: Law
    columns: tuple[SheetColumn, ...]
    printed_at: datetime
    printed_by: str
    path: Path


@dataclass(frozen=True, slots=True)
class LyingArgs:
    """As ListArgs, of money nobody fetches."""

    filter: UnclaimedFilter
    today: date
    law: Law
    columns: tuple[SheetColumn, ...]
    printed_at: datetime
    printed_by: str
    path: Path


@dataclass(frozen=True, slots=True)
class Paper:
    """A filled sheet and where its PDF goes."""

    sheet: WideSheet
    path: Path


def print_sheet(paper: Paper) -> Path:
    """Lays the sheet out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.wide_sheet import write_wide_sheet  # noqa: PLC0415

    return write_wide_sheet(paper.sheet, paper.path)


def watch_paper(connection: Connection, args: ListArgs) -> Paper:
    """The list as it is printed, red ones first."""
    found = listed(connection, args.filter, args.today, args.law)
    sheet = WideSheet(
        title="案款监督清单",
        facts=(
            ("截至", args.today.isoformat()),
            ("笔数", f"{len(found):,}"),
            ("未发放金额", f"{grouped(sum(one.left_fen for one in found))} 元"),
            *_by_light(found),
        ),
        tables=(
            WideTable(
                "一、未发放案款（按时钟排序）",
                _WATCH,
                tuple(_watch_row(n, one, args.today) for n, one in enumerate(found, start=1)),
            ),
        ),
        closing=(
            "颜色按到账之日起的日数：满 5 日蓝、满 10 日黄、满 15 日橙、满 30 日红；"
            "期限后标〔未核实〕的，所依文本尚未与正式文本核对。",
            f"打印：{args.printed_by}　{args.printed_at:%Y-%m-%d %H:%M}",
        ),
        author=args.printed_by,
    )
    return Paper(sheet, args.path)


def _by_light(found: Sequence[Standing]) -> list[tuple[str, str]]:
    counts = Counter(one.light for one in found)
    return [(word, f"{counts[key]:,} 笔") for key, word in LIGHT_WORDS.items() if counts[key]]


def _watch_row(number: int, one: Standing, today: date) -> tuple[str, ...]:
    row = shown(one, today)
    limit = "" if one.due_on is None else f"{one.clock_name}，{one.article}"
    if one.delay_ground:
        limit = ground_words(one.delay_ground)
    return (
        str(number),
        str(row["case_number"]),
        one.number,
        one.payer,
        one.arrived_on.isoformat(),
        grouped(one.left_fen),
        _word(row["held"]),
        _word(row["clock"]) + ("" if one.due_on is None else f"\n{one.due_on.isoformat()}"),
        limit,
        f"{one.step_name}\n{one.step_since.isoformat()}",
        one.holder_name,
    )


def _word(badge: object) -> str:
    return str(badge[1]) if isinstance(badge, tuple) else str(badge or "")


def export_watch(connection: Connection, args: ListArgs) -> Exported:
    """Writes exactly the rows of the list. Raises as write_sheet does."""
    found = listed(connection, args.filter, args.today, args.law)
    rows = ({**shown(one, args.today), "left_yuan": yuan_text(one.left_fen)} for one in found)
    return _export(args.path, "案款监督清单", args.columns, rows, len(found))


def export_lying(connection: Connection, args: LyingArgs) -> Exported:
    """As export_watch, of money nobody fetches."""
    found = lying(connection, args.filter, args.today, args.law)
    rows = ({**lying_row(one), "left_yuan": yuan_text(one.left_fen)} for one in found)
    return _export(args.path, "未领案款清单", args.columns, rows, len(found))


def _export(
    path: Path,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[dict[str, object]],
    count: int,
) -> Exported:
    cells = ([_plain(row.get(column.key)) for column in columns] for row in rows)
    return write_sheet(path, title, columns, cells, count)


def _plain(value: object) -> object:
    """The words of a badge."""
    return value[1] if isinstance(value, tuple) else value


def lying_paper(connection: Connection, args: LyingArgs) -> Paper:
    """Money nobody fetches, by bands of age."""
    found = lying(connection, args.filter, args.today, args.law)
    tables = []
    for band in load_fund_law().bands:
        some = [one for one in found if one.band == band]
        if some:
            total = grouped(sum(one.left_fen for one in some))
            tables.append(
                WideTable(
                    f"{band.name}：{len(some):,} 笔，{total} 元",
                    _LYING,
                    tuple(_lying_row(n, one) for n, one in enumerate(some, start=1)),
                )
            )
    sheet = WideSheet(
        title="未领案款清单",
        facts=(
            ("截至", args.today.isoformat()),
            ("笔数", f"{len(found):,}"),
            ("金额", f"{grouped(sum(one.left_fen for one in found))} 元"),
        ),
        tables=tuple(tables),
        closing=(f"打印：{args.printed_by}　{args.printed_at:%Y-%m-%d %H:%M}",),
        author=args.printed_by,
    )
    return Paper(sheet, args.path)


def _lying_row(number: int, one: Unclaimed) -> tuple[str, ...]:
    return (
        str(number),
        one.case_number,
        one.number,
        one.since.isoformat(),
        str(one.days),
        grouped(one.left_fen),
        one.who,
        one.why,
        f"{one.told} 次",
        "" if one.last_told is None else one.last_told.isoformat(),
        one.handler,
    )
