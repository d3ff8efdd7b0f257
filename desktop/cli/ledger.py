"""`edesk ledger`: proves the ledger of a store, and holds it against the bank. No Qt."""

import argparse
import json
import re
from pathlib import Path

from desktop.circulars.wide import SignedBy, WideSheet
from desktop.cli.arguments import day
from desktop.cli.opening import open_session
from desktop.funds.closing import STATE_WORDS, MonthArgs, court_name, month_state, sheet_of
from desktop.funds.month_sheet import day_sheet
from desktop.funds.reconcile import last_day, reconcile
from desktop.funds.reconcile_words import as_json, as_text, month_json, month_text
from desktop.funds.wide_book import write_wide_book
from storage.ledger.chain import sees_all, verify

NAME = "ledger"
HELP = "账目：核对链、余额、收付平衡、支付单和已结月份；与银行对账"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    check = parts.add_parser(
        "verify", help="逐笔核对账目", description="逐笔核对账目；有不符时以 1 结束，一条一行"
    )
    check.add_argument("--store", type=Path, required=True, help="数据目录")
    check.add_argument("--format", choices=("json", "text"), default="text")
    against = parts.add_parser(
        "reconcile",
        help="银行、账目、案件三方对账",
        description="一日或一月的三方对账；尚有未说明的差异时以 1 结束",
    )
    against.add_argument("--store", type=Path, required=True, help="数据目录")
    when = against.add_mutually_exclusive_group(required=True)
    when.add_argument("--day", type=day, metavar="D", help="某日日终，如 2026-10-31")
    when.add_argument("--month", type=_month, metavar="M", help="某月，如 2026-10")
    against.add_argument("--json", action="store_true", help="以 JSON 给出，金额为小数文本")
    against.add_argument("--sheet", type=Path, metavar="OUT.pdf", help="余额调节表或对账台账")
    against.add_argument("--xlsx", type=Path, metavar="OUT.xlsx", help="同一内容的工作簿")


def _month(text: str) -> str:
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) is None:
        raise argparse.ArgumentTypeError(f"“{text[:20]}”不是月份，应写作 2026-10")
    return text


def run(args: argparse.Namespace) -> int:
    """Tells what was found; 1 when something does not hold."""
    return _verify(args) if args.act == "verify" else _reconcile(args)


def _reconcile(args: argparse.Namespace) -> int:
    signatures: tuple[SignedBy, ...] = ()
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        if args.month is None or not sees_all(connection):
            state = reconcile(connection, str(args.day or last_day(args.month)))
            told, lines = as_json(state), as_text(state)
            sheet = day_sheet(state, court_name(connection)) if args.sheet or args.xlsx else None
        else:
            book, sheet = sheet_of(connection, args.month)
            state, told = book.reconciliation, month_json(book, sheet)
            found = month_state(connection, MonthArgs(args.month, opened.today))
            signatures = found.signatures()
            told["state"] = found.state
            lines = month_text(book, sheet, STATE_WORDS[found.state])
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))
    _keep(args, sheet, signatures)
    return 1 if state.unexplained else 0


def _keep(
    args: argparse.Namespace, sheet: WideSheet | None, signatures: tuple[SignedBy, ...]
) -> None:
    if sheet is not None and args.sheet is not None:
        # Loads the PDF library, which the other commands have no need of.
        from desktop.circulars.wide_sheet import write_wide_sheet  # noqa: PLC0415

        write_wide_sheet(sheet, args.sheet, signatures)
    if sheet is not None and args.xlsx is not None:
        write_wide_book(sheet, args.xlsx)


def _verify(args: argparse.Namespace) -> int:
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        report = verify(connection)
    if args.format == "json":
        told = {
            "entries": report.entries,
            "orders": report.orders,
            "head": report.head,
            "whole": report.whole,
            "findings": [str(finding) for finding in report.findings],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif report.findings:
        print("\n".join(str(finding) for finding in report.findings))
    else:
        part = "" if report.whole else "（本机只有部分团队的账目）"
        print(
            f"账目一致：{report.entries} 笔分录、{report.orders} 份支付单{part}，链首 {report.head}"
        )
    return 1 if report.findings else 0
