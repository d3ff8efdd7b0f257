"""`edesk bank`: statements of the bank into a store. No Qt."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from desktop.cli.opening import open_session
from desktop.errors import UserError
from desktop.funds.importing import Imported, import_statement
from desktop.funds.statements import own_account, profile, profiles, read
from desktop.funds.statements.cells import account as plain
from desktop.funds.statements.reading import same_account
from desktop.rules.money import yuan_text

NAME: Final = "bank"
HELP: Final = "银行对账单：导入流水，认领到案件"
LABEL: Final = "导入对账单"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    take = parts.add_parser(
        "import",
        help="导入一份对账单",
        description="导入一份对账单：同一行只存一次；有一处错误则一行也不导入",
    )
    take.add_argument("--list", action="store_true", help="列出自带的对账单方案")
    take.add_argument("--store", type=Path, metavar="DIR", help="数据目录")
    take.add_argument("--profile", metavar="P", help="自带方案的名称或方案文件（.toml）")
    take.add_argument("--account", default="", metavar="A", help="执行款专户账号，首次导入时指明")
    take.add_argument("--person", default="", metavar="N", help="经办人姓名，缺省为本机值班人员")
    take.add_argument("file", nargs="?", type=Path, metavar="FILE", help="CSV、XLSX、XML 或 MT940")


def run(args: argparse.Namespace) -> int:
    """Imports and prints the counts as JSON; what cannot be taken is UserError."""
    if args.list:
        for one in profiles():
            print(f"{one.name}\t{one.label}")
        return 0
    for name, value in (("--store", args.store), ("--profile", args.profile), ("FILE", args.file)):
        if value is None:
            raise UserError(f"缺少 {name}。")
    layout = profile(args.profile)
    with open_session(args.store) as opened:
        with opened.session.read() as connection:
            known = own_account(connection)
            by = _person(connection, args.person)
        if args.account and known and not same_account(plain(args.account), plain(known)):
            raise UserError(f"--account：本库的执行款专户是 {known}，不是 {args.account}。")
        statement = read(args.file, layout, account=known or args.account)
        with opened.session.write(f"{LABEL} {args.file.name}", origin="import") as write:
            done = import_statement(write.connection, statement, by)
    print(json.dumps(_told(done, statement.account), ensure_ascii=False, indent=2))
    if by is None and done.stored.new_ids:
        print("未指明经办人：流水已存，未入账。", file=sys.stderr)
    return 0


def _person(connection: Connection, name: str) -> str | None:
    if not name:
        row = connection.exec_driver_sql(
            "select p.id from setting s join person p on p.id = s.value where s.key = 'person_id'"
        ).first()
        return None if row is None else str(row.id)
    rows = connection.exec_driver_sql("select id from person where name = ?", (name,)).all()
    if len(rows) != 1:
        found = "没有" if not rows else f"有 {len(rows)} 位"
        raise UserError(f"--person：{found}名叫“{name}”的人员。")
    return str(rows[0].id)


def _told(done: Imported, account: str) -> dict[str, Any]:
    return {
        "account": account,
        "lines": len(done.stored.line_ids),
        "new": len(done.stored.new_ids),
        "known": done.stored.known,
        "matched": done.sure,
        "proposed": done.proposed,
        "unknown": done.unknown,
        "outgoing_open": done.outgoing_open,
        "booked": {"cases": done.booked.cases, "unknown": done.booked.unknown},
        "waiting": done.booked.waiting,
        "refused": dict(Counter(code for _, code in done.booked.refused)),
        "gaps": [
            {"day": gap.day, "due": yuan_text(gap.due_fen), "said": yuan_text(gap.said_fen)}
            for gap in done.stored.gaps
        ],
    }
