"""`edesk due`: the last day of a period, with every step of the count. No store, no Qt."""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from desktop.cli.arguments import day
from desktop.errors import UserError
from desktop.rules.calendar import load_calendars
from desktop.rules.catalogue import Unit
from desktop.rules.clock import count
from desktop.rules.periods import Counted, Pause, Period

NAME: Final = "due"
HELP: Final = "计算法定期间的届满日，列出每一步"

_UNITS: Final = {
    "h": Unit.HOUR,
    "d": Unit.DAY,
    "wd": Unit.WORKDAY,
    "m": Unit.MONTH,
    "y": Unit.YEAR,
}
_AMOUNT_MAX: Final[dict[Unit, int]] = {
    Unit.HOUR: 100_000,
    Unit.DAY: 40_000,
    Unit.WORKDAY: 10_000,
    Unit.MONTH: 1_200,
    Unit.YEAR: 100,
}
EXCLUDED_DAYS_MAX: Final = 40_000


@dataclass(frozen=True, slots=True)
class _Start:
    on: date
    at: datetime | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    parser.add_argument(
        "--start",
        required=True,
        type=_start,
        metavar="D",
        help="起算日，当日不计入；时期间可带时刻",
    )
    parser.add_argument(
        "--period", required=True, type=_period, metavar="P", help="期间：6m、1y、30d、10wd、48h"
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        type=_exclusion,
        metavar="A..B",
        help="不计入的期间，首尾两日均不计入，可多次给出",
    )
    parser.add_argument("--no-roll", action="store_true", help="末日为休假日时不顺延")
    parser.add_argument(
        "--calendar", choices=("court", "bank"), default="court", help="法院日历或银行日历"
    )
    parser.add_argument("--format", choices=("json", "text"), default="text", help="输出格式")


def run(args: argparse.Namespace) -> int:
    """Prints the count; 0, or UserError when the period does not fit the start."""
    start, period = args.start, args.period
    if start.at is not None and period.unit is not Unit.HOUR:
        raise UserError("以日、月、年计算的期间从次日起算，--start 只写日期，不写时刻。")
    rolls = not args.no_roll and period.unit is not Unit.HOUR
    pauses = [
        Pause(first, last, f"第 {number} 段扣除期间", "")
        for number, (first, last) in enumerate(args.exclude, start=1)
    ]
    if sum((last - first).days + 1 for first, last in args.exclude) > EXCLUDED_DAYS_MAX:
        raise UserError(f"不计入的期间合计不能超过 {EXCLUDED_DAYS_MAX} 日。")
    counted = count(
        Period(period.amount, period.unit, rolls),
        start.on,
        load_calendars().of(args.calendar),
        start_at=start.at,
        pauses=pauses,
        trace=True,
    )
    if args.format == "json":
        json.dump(_as_json(args, counted), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write("\n".join(_as_text(counted)) + "\n")
    return 0


def _as_json(args: argparse.Namespace, counted: Counted) -> dict[str, object]:
    at = counted.due_at.isoformat(timespec="minutes") if counted.due_at is not None else None
    last = counted.due_on.isoformat()
    return {
        "start": (args.start.at or args.start.on).isoformat(),
        "period": f"{args.period.amount}{_short(args.period.unit)}",
        "calendar": args.calendar,
        "certain": counted.certain,
        # A day that an unpublished notice decides is not named: only its lower bound is known.
        "due": (at if args.start.at is not None else last) if counted.certain else None,
        "not_before": None if counted.certain else last,
        "due_at": at,
        "unpublished_years": list(counted.missing_years),
        "steps": [step.to_json() for step in counted.steps],
    }


def _as_text(counted: Counted) -> list[str]:
    lines = []
    for number, step in enumerate(counted.steps, start=1):
        first, *rest = step.sentences()
        lines += [f"{number}. {first}", *rest]
    if counted.due_at is not None:
        lines.append(f"届满：{counted.due_at:%Y-%m-%d %H:%M}")
    elif counted.certain:
        lines.append(f"届满日：{counted.due_on.isoformat()}")
    else:
        lines.append(f"届满日：未知（不早于 {counted.due_on.isoformat()}）")
    return lines


def _short(unit: Unit) -> str:
    return next(short for short, found in _UNITS.items() if found is unit)


def _start(text: str) -> _Start:
    if len(text) <= len("2017-03-31"):
        return _Start(day(text), None)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        message = f"“{text}”不是日期或时刻，应写作 2017-03-31 或 2017-03-31T10:30"
        raise argparse.ArgumentTypeError(message) from None
    if at.tzinfo is not None:
        raise argparse.ArgumentTypeError("时刻按北京时间书写，不带时区")
    return _Start(day(at.date().isoformat()), at)


def _period(text: str) -> Period:
    found = re.fullmatch(r"([1-9][0-9]{0,6})(h|d|wd|m|y)", text)
    if found is None:
        message = f"“{text}”不是期间，应写作 6m、1y、30d、10wd 或 48h"
        raise argparse.ArgumentTypeError(message)
    unit = _UNITS[found[2]]
    amount = int(found[1])
    if amount > _AMOUNT_MAX[unit]:
        raise argparse.ArgumentTypeError(f"期间过长，“{found[2]}”至多 {_AMOUNT_MAX[unit]}")
    return Period(amount, unit, True)


def _exclusion(text: str) -> tuple[date, date]:
    first, dots, last = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"“{text}”应写作 2017-04-01..2017-04-10")
    span = day(first), day(last)
    if span[1] < span[0]:
        raise argparse.ArgumentTypeError(f"“{text}”的末日早于首日")
    return span
