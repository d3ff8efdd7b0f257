"""`edesk circular`: circulars made from frozen figures, as PDF. No Qt.

Without a number it is a preview of what the store holds, which the page and the command say; with
one it is the numbered document, printed from what it keeps.
"""

import argparse
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.official import Official
from desktop.circulars.pages import write_official
from desktop.cli.opening import Opened, open_session
from desktop.cli.reaching import reach
from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.course import row_of
from desktop.documents.figures_draft import OVERDUE, WEEKLY, snapshot_of
from desktop.documents.figures_issued import named_before, withdrawn_before
from desktop.documents.kinds import kinds
from desktop.documents.pages import court_copy, document_numbered, official
from desktop.errors import OutsideError, UserError
from desktop.evidence.anchor import head_of_hub
from desktop.evidence.figures import CITY
from desktop.evidence.overdue import overdue
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.printing import Printed
from desktop.evidence.snapshot import ChainHead, Court
from desktop.evidence.taking import last_change, take
from desktop.evidence.week import Week, parse_week, proposed
from desktop.evidence.weekly import weekly
from storage.sync.port import SyncFault

NAME: Final = "circular"
HELP: Final = "由数据生成通报（PDF）：执行信访周通报，超期、消极执行通报"
_PREVIEW: Final = "预览，未编号、未签发，不具效力"
_KINDS: Final = {"weekly": WEEKLY, "overdue": OVERDUE}


@dataclass(frozen=True, slots=True)
class _Made:
    """The document and what it was counted from."""

    document: Official
    sha256: str
    label: str
    payload: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("kind", choices=tuple(_KINDS), help="weekly 周通报，overdue 超期通报")
    parser.add_argument("out", type=Path, metavar="OUT.pdf", help="写到哪个文件")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument(
        "--week",
        metavar="2026-W40",
        help="周次：周通报默认最近一个整周；超期通报按该周周日认定，不给出即按当日",
    )
    parser.add_argument("--court", metavar="C", help="只出一个法院的核对稿：代码、简称或全称")
    parser.add_argument("--number", help="已编号通报的发文字号；不给出即为预览")
    parser.add_argument(
        "--hub", metavar="DSN", help="共享库的连接串，用以在页脚印上审计链链头；不给出即不印"
    )
    parser.add_argument("--format", choices=("json", "text"), default="text", help="输出格式")


def run(args: argparse.Namespace) -> int:
    """Writes the file and tells what it is. UserError for an unknown week, court or number."""
    if args.number and (args.week or args.hub):
        raise UserError("已编号的通报按其所存数据重印，不能另给周次或链头。")
    with open_session(args.store, shows=True) as opened:
        chain = _chain(opened, args.hub)
        with opened.session.read() as connection:
            if args.number:
                made = _numbered(connection, args)
            else:
                made = _preview(connection, opened, args, chain)
    try:
        write_official(made.document, args.out)
    except OSError as error:
        raise OutsideError(f"无法写入文件：{args.out}。") from error
    _tell(args, made)
    return 0


def _chain(opened: Opened, hub: str | None) -> ChainHead | None:
    if hub is None:
        return None
    remote = reach(opened.session, hub)
    try:
        return head_of_hub(remote)
    except SyncFault as fault:
        raise UserError(fault.sentence) from fault
    finally:
        remote.close()


def _numbered(connection: Connection, args: argparse.Namespace) -> _Made:
    document_id = document_numbered(connection, args.number)
    row = row_of(connection, document_id)
    if row.kind != _KINDS[args.kind]:
        raise UserError(f"{args.number}不是{kinds().kind(_KINDS[args.kind]).name}。")
    snapshot = snapshot_of(connection, document_id)
    if args.court is None:
        made = official(connection, document_id)
    else:
        court = _court(snapshot.courts, args.court)
        made = court_copy(connection, document_id, court.id)
    return _Made(made, snapshot.sha256, args.number, _payload(made))


def _preview(
    connection: Connection, opened: Opened, args: argparse.Namespace, chain: ChainHead | None
) -> _Made:
    printed = Printed(
        mark=kinds().kind(_KINDS[args.kind]).mark,
        organ=kinds().organ,
        centre=kinds().centre,
        note=_PREVIEW,
    )
    if args.kind == "weekly":
        week = proposed(opened.today) if args.week is None else _over(args.week, opened.today)
        at = _as_of(connection, opened, week.last + timedelta(days=1))
        frozen = take(connection, opened.law, week, at, chain)
        only = CITY if args.court is None else _court(frozen.courts, args.court).id
        made = weekly(frozen, (), (), printed, only)
        return _Made(made, frozen.sha256, week.words, _payload(made))
    frozen_day = _overdue(connection, opened, args.week, chain)
    only = CITY if args.court is None else _court(frozen_day.courts, args.court).id
    made = overdue(frozen_day, (), (), printed, only)
    label = frozen_day.day.isoformat()
    if args.week is not None:
        label = f"{parse_week(args.week).words}，截至{label}"
    return _Made(made, frozen_day.sha256, label, _payload(made))


def _over(text: str, today: date) -> Week:
    """A week that is over; UserError for any other."""
    week = parse_week(text)
    if week.last >= today:
        raise UserError(f"{week.words}尚未结束，不能固定数据。")
    return week


def _as_of(connection: Connection, opened: Opened, first: date) -> datetime:
    """The last change of the store, not before `first`: what was made of the same rows is the same
    file, whenever it is made."""
    floor = datetime.combine(first, time(), COURT_ZONE)
    changed = last_change(connection)
    if changed is None:
        return floor
    changed = changed.astimezone(COURT_ZONE)
    # A demonstration may hold an earlier day still.
    day = min(changed.date(), opened.today)
    return max(datetime.combine(day, changed.time(), COURT_ZONE), floor)


def _overdue(
    connection: Connection, opened: Opened, text: str | None, chain: ChainHead | None
) -> OverdueSnapshot:
    """Of the day the store stands on, or of the last day of a week that is over."""
    day = opened.today if text is None else _over(text, opened.today).last
    at = _as_of(connection, opened, day)
    named = named_before(connection, day)
    back = withdrawn_before(connection, opened.law, day)
    return take_overdue(connection, opened.law, TakeOverdue(day, at, named, chain, back))


def _payload(made: Official) -> str:
    return "" if made.anchor is None else made.anchor.payload


def _court(courts: tuple[Court, ...], text: str) -> Court:
    for court in courts:
        if text.strip() in (court.code, court.short, court.name, court.id):
            return court
    names = "、".join(court.short for court in courts)
    raise UserError(f"没有法院“{text}”，可取：{names}。")


def _tell(args: argparse.Namespace, made: _Made) -> None:
    preview = args.number is None
    if args.format == "json":
        told = {
            "file": str(args.out),
            "preview": preview,
            "of": made.label,
            "snapshot_sha256": made.sha256,
            "anchor": made.payload,
        }
        print(json.dumps(told, ensure_ascii=False))
        return
    what = f"{_PREVIEW}：{made.label}" if preview else made.label
    print(f"{what}\n数据快照 SHA-256：{made.sha256}\n页脚编码：{made.payload}\n已写入 {args.out}")
