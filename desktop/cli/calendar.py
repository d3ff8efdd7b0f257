"""`edesk calendar`: a person's limits, expiries, shifts and operations as a calendar file."""

import argparse
from contextlib import suppress
from datetime import datetime, time
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from desktop.cli.arguments import whole
from desktop.cli.opening import open_session
from desktop.command.calendar_feed import DAYS_MAX, FeedArgs, entries, ics
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import OutsideError, UserError
from storage.schema import table

NAME: Final = "calendar"
HELP: Final = "把某人的到期、值班和行动写成日历文件（ICS）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--person", required=True, metavar="姓名", help="谁的日历")
    parser.add_argument("--court", metavar="法院", help="同名时指明法院（代字或简称）")
    parser.add_argument("--days", type=whole(1, DAYS_MAX), default=60, metavar="N", help="天数")
    parser.add_argument("out", type=Path, metavar="OUT.ics", help="日历文件")


def run(args: argparse.Namespace) -> int:
    """Writes the file."""
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        person_id = _person(connection, args.person, args.court)
        found = entries(connection, FeedArgs(person_id, opened.today, opened.law, args.days))
        # What a subscriber compares is the day the store stands on, not the hour of this run.
        now = datetime.combine(opened.today, time(), COURT_ZONE)
    write(args.out, ics(found, f"{args.person}的执行日历", now))
    print(f"已写入 {args.out}：{len(found)} 项，自 {opened.today.isoformat()} 起 {args.days} 日。")
    return 0


def write(path: Path, made: bytes) -> None:
    """Puts the file in place whole, as somebody may be reading it. OutsideError: it cannot be."""
    near = path.with_name(f"{path.name}.part")
    try:
        near.write_bytes(made)
        near.replace(path)
    except OSError as error:
        with suppress(OSError):
            near.unlink()
        raise OutsideError(f"无法写入文件：{path}（{error.strerror or error}）。") from error


def _person(connection: Connection, name: str, court: str | None) -> str:
    person, of = table("person").c, table("court").c
    query = (
        select(person.id, of.short_name, of.code)
        .join(table("court"), of.id == person.court_id)
        .where(person.name == name.strip(), person.left_on.is_(None))
    )
    rows = [
        row
        for row in connection.execute(query)
        if court is None or court in (row.short_name, row.code)
    ]
    if not rows:
        raise UserError(f"没有在职人员“{name}”。")
    if len(rows) > 1:
        courts = "、".join(row.short_name for row in rows)
        raise UserError(f"“{name}”不止一人（{courts}），请用 --court 指明。")
    return str(rows[0].id)
