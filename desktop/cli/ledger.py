"""`edesk ledger`: proves the ledger of a store. No Qt."""

import argparse
import json
from pathlib import Path

from desktop.cli.opening import open_session
from storage.ledger.chain import verify

NAME = "ledger"
HELP = "账目：核对链、余额、收付平衡和已结月份"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    check = parts.add_parser(
        "verify", help="逐笔核对账目", description="逐笔核对账目；有不符时以 1 结束，一条一行"
    )
    check.add_argument("--store", type=Path, required=True, help="数据目录")
    check.add_argument("--format", choices=("json", "text"), default="text")


def run(args: argparse.Namespace) -> int:
    """Tells what was proven; 1 when something does not hold."""
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        report = verify(connection)
    if args.format == "json":
        told = {
            "entries": report.entries,
            "head": report.head,
            "whole": report.whole,
            "findings": [str(finding) for finding in report.findings],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif report.findings:
        print("\n".join(str(finding) for finding in report.findings))
    else:
        part = "" if report.whole else "（本机只有部分团队的账目）"
        print(f"账目一致：{report.entries} 笔分录{part}，链首 {report.head}")
    return 1 if report.findings else 0
