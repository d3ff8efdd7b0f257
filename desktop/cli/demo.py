"""`edesk demo`: writes an invented city into a store, or seats one of its people. No Qt."""

import argparse
import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Final

from desktop.cli.arguments import day, whole
from desktop.cli.opening import open_session
from desktop.contract.court_zone import COURT_ZONE, court_today
from desktop.demo.city import FIRST_DAY, generate
from desktop.demo.seat import take_seat

NAME = "demo"
HELP = "写入一座虚构城市的演示数据（人物均为虚构）"
CASES_MAX: Final = 1_000_000
SEED_MAX: Final = 2**31 - 1
YEAR_LAST: Final = 2100


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录（不存在则新建）")
    parser.add_argument(
        "--cases", type=whole(1, CASES_MAX), default=50_000, help="案件数，默认 50000"
    )
    parser.add_argument("--seed", type=whole(0, SEED_MAX), default=1, help="随机种子，同种子同结果")
    parser.add_argument("--today", type=demo_day, default=None, help="演示的当日")
    parser.add_argument(
        "--person",
        default="",
        help="不写入数据，只在已有的演示数据中换人在座：姓名或职务，如“执行局局长”",
    )


def demo_day(text: str) -> date:
    """A day on which the invented city, which begins in 2024, has a past to show."""
    found = day(text)
    if not FIRST_DAY.replace(year=FIRST_DAY.year + 1) <= found <= date(YEAR_LAST, 12, 31):
        raise argparse.ArgumentTypeError(
            f"演示的当日应在 {FIRST_DAY.year + 1} 年至 {YEAR_LAST} 年之间：{text}"
        )
    return found


def run(args: argparse.Namespace) -> int:
    """Generates and prints counts and seconds as JSON; with a person, who sits there now."""
    if args.person:
        return _seat(args.store, args.person)
    today = args.today or court_today()
    began = time.perf_counter()
    with open_session(args.store, create=True, today=lambda: today) as opened:
        report = generate(
            opened.session,
            opened.law,
            cases=args.cases,
            seed=args.seed,
            today=today,
            now=None if args.today else datetime.now(COURT_ZONE),
            progress=_progress if sys.stderr.isatty() else None,
        )
    seconds = round(time.perf_counter() - began, 2)
    shown = {"seed": args.seed, "today": today.isoformat(), **report.counts, "seconds": seconds}
    print(json.dumps(shown, ensure_ascii=False))
    return 0


def _seat(store: Path, whom: str) -> int:
    with open_session(store) as opened, opened.session.apply(origin="demo") as write:
        name, post = take_seat(write.connection, whom)
    print(json.dumps({"person": name, "post": post}, ensure_ascii=False))
    return 0


def _progress(done: int, total: int) -> bool:
    print(f"\r{done:,} / {total:,}", end="" if done < total else "\n", file=sys.stderr, flush=True)
    return True
