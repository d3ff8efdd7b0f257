"""`edesk nodes`: the nodes of a store as they stood on a day, streamed. No Qt.

On the day the projection stands for, its rows are listed. On any other day the engine derives
every case afresh from the facts dated on or before that day. While an unpublished calendar year
decides a due day, `due_on` is empty and `not_before` tells the earliest day it can be.
"""

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from desktop.cli.arguments import day
from desktop.cli.opening import open_session
from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.errors import UserError
from desktop.projection.explaining import nodes_as_of
from desktop.projection.project import projected_on
from desktop.projection.select import NodeQuery, node_ids, node_rows
from desktop.rules.clock import overdue_days
from storage.records.states import NodeState

NAME = "nodes"
HELP = "列出某日的节点及其状态"
COLUMNS = (
    *("case_number", "node_code", "node", "subject", "court", "team", "handler", "started_on"),
    *("due_on", "not_before", "done_on", "certain", "state", "days"),
)
_PAGE = 2_000
Row = Mapping[str, object]


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--as-of", type=day, default=None, help="截至日期，默认今日")
    parser.add_argument("--state", action="append", default=[], help="状态，如 超期（可重复）")
    parser.add_argument("--court", action="append", default=[], help="法院代字或名称（可重复）")
    parser.add_argument("--node", action="append", default=[], help="节点代码（可重复）")
    parser.add_argument("--format", choices=("json", "csv"), default="json")


def run(args: argparse.Namespace) -> int:
    """Writes the list to standard output."""
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        as_of = args.as_of or opened.today
        filter_ = NodeFilter(
            courts=_courts(connection, args.court),
            nodes=_codes(opened.law, args.node),
            states=_states(args.state),
        )
        rows = _rows(connection, opened.law, as_of, filter_)
        write = _write_csv if args.format == "csv" else _write_json
        write(rows, sys.stdout)
    return 0


def _rows(connection: Connection, law: Law, as_of: date, filter_: NodeFilter) -> Iterator[Row]:
    if projected_on(connection) == as_of:
        return _projected(connection, as_of, filter_)
    return _derived(connection, law, as_of, filter_)


def _projected(connection: Connection, as_of: date, filter_: NodeFilter) -> Iterator[Row]:
    query = NodeQuery(filter_, as_of)
    ids = node_ids(connection, SnapshotArgs(query, None, False))
    for at in range(0, len(ids), _PAGE):
        page = ids[at : at + _PAGE]
        found = node_rows(connection, page, as_of)
        for n in page:
            row = dict(found[n])
            certain = row["certain"] = bool(row["certain"])
            row["not_before"] = None if certain else row["due_on"]
            row["due_on"] = row["due_on"] if certain else None
            yield {column: row[column] for column in COLUMNS}


def _derived(connection: Connection, law: Law, as_of: date, filter_: NodeFilter) -> Iterator[Row]:
    labels = {
        row[0]: row[1] for row in connection.exec_driver_sql("select id, label from clock_key")
    }
    for facts, clock, state in nodes_as_of(connection, law, as_of, filter_):
        rule = law.node(clock.node_code)
        case = facts.case
        yield {
            "case_number": case.number,
            "node_code": clock.node_code,
            "node": clock.node_code if rule is None else rule.name,
            "subject": clock.subject,
            "court": labels.get(case.court_id, ""),
            "team": labels.get(case.team_id or "", ""),
            "handler": labels.get(case.handler_id or "", ""),
            "started_on": _iso(clock.started_on),
            "due_on": _iso(clock.due_on) if clock.certain else None,
            "not_before": None if clock.certain else _iso(clock.due_on),
            "done_on": _iso(clock.done_on),
            "certain": clock.certain,
            "state": state.value,
            "days": overdue_days(clock, as_of),
        }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _write_json(rows: Iterator[Row], out: TextIO) -> None:
    """One object a line inside an array, so that it streams and is still one JSON value."""
    lead = "[\n"
    for row in rows:
        out.write(lead + json.dumps(row, ensure_ascii=False))
        lead = ",\n"
    out.write("[]\n" if lead == "[\n" else "\n]\n")


def _write_csv(rows: Iterator[Row], out: TextIO) -> None:
    """With a byte-order mark, so that spreadsheets read the Chinese."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8-sig", newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)


def _states(asked: list[str]) -> tuple[str, ...]:
    known = [state.value for state in NodeState]
    for state in asked:
        if state not in known:
            raise UserError(f"没有状态“{state}”。可用：{'、'.join(known)}。")
    return tuple(asked)


def _codes(law: Law, asked: list[str]) -> tuple[str, ...]:
    for code in asked:
        if law.node(code) is None:
            raise UserError(f"规则中没有节点代码“{code}”。")
    return tuple(asked)


def _courts(connection: Connection, asked: list[str]) -> tuple[str, ...]:
    found = []
    for court in asked:
        ids = connection.exec_driver_sql(
            "select id from court where code = ? or name = ? or short_name = ? or id = ?",
            (court,) * 4,
        ).fetchall()
        if not ids:
            raise UserError(f"没有法院“{court}”。可写法院代字（如 豫0302）或名称。")
        found += [row[0] for row in ids]
    return tuple(found)
