"""Takes the snapshot for a circular on overdue nodes and passive enforcement. Reader lanes and the
writer lane; one read.

On the day that the lists stand on, nodes are those of the list of overdue nodes and findings those
of the list of passive enforcement, so that circular and screen never differ. An earlier day is
judged by the facts that are dated up to it (desktop.evidence.past).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from desktop.circulars.names import subject_words
from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.evidence.definitions import UNCHECKED
from desktop.evidence.overdue_snapshot import (
    OverdueRow,
    OverdueSnapshot,
    WithdrawnRow,
    quiet_rule,
)
from desktop.evidence.past import day_then
from desktop.evidence.snapshot import ChainHead
from desktop.evidence.taking import courts_on, where_it_stands
from desktop.projection.activity import PassiveCase, passive_cases
from desktop.projection.places import names
from desktop.projection.project import projected_on
from desktop.projection.select import NodeQuery, node_ids, node_rows
from desktop.rules.attribution import KIND_NAMES, ShareKind
from desktop.rules.passive import Hit
from storage.records.states import NodeState
from storage.schema import table

_IN_MAX: Final = 500
_Row = Mapping[str, Any]
_OVERDUE: Final = NodeFilter(states=(NodeState.OVERDUE.value,))


@dataclass(frozen=True, slots=True)
class TakeOverdue:
    """`day`: the day judged, the one the lists stand on or an earlier one. `named`: key of a row →
    number of the circular that named it within the quiet days. `withdrawn`: what is to be taken
    back."""

    day: date
    taken_at: datetime
    named: Mapping[str, str]
    chain: ChainHead | None = None
    withdrawn: tuple[WithdrawnRow, ...] = ()


def take_overdue(connection: Connection, law: Law, args: TakeOverdue) -> OverdueSnapshot:
    """What is overdue and passive on the day. UserError on a desk with only some teams' rows."""
    history, synced_at = where_it_stands(connection)
    stands_on = projected_on(connection)
    past = stands_on is not None and args.day < stands_on
    listed, passive = _then(connection, law, args.day) if past else _now(connection, law, args.day)
    held = _Holders(connection, args.day, [str(row["case_id"]) for row in listed])
    rows = [_node_row(law, row, held, args.named) for row in listed]
    known = names(connection)
    rows += [row for one in passive for row in _passive_rows(one, known, args.named)]
    shown = {row.court_id for row in rows} | {one.court_id for one in args.withdrawn}
    courts = courts_on(connection, args.day, args.day, shown)
    order = {court.id: place for place, court in enumerate(courts)}
    return OverdueSnapshot(
        day=args.day,
        taken_at=args.taken_at.replace(microsecond=0),
        courts=courts,
        rows=tuple(
            sorted(rows, key=lambda row: (order[row.court_id], row.kind, -row.days, row.key))
        ),
        quiet=quiet_rule(),
        withdrawn=args.withdrawn,
        history=history,
        synced_at=synced_at,
        chain=args.chain,
        past=past,
    )


def _now(
    connection: Connection, law: Law, day: date
) -> tuple[Sequence[_Row], Sequence[PassiveCase]]:
    ids = node_ids(connection, SnapshotArgs(NodeQuery(_OVERDUE, day), None, False))
    return list(node_rows(connection, ids, day).values()), passive_cases(connection, law, day)


def _then(
    connection: Connection, law: Law, day: date
) -> tuple[Sequence[_Row], Sequence[PassiveCase]]:
    found = day_then(connection, law, day)
    return found.nodes, found.passive


def node_key(case_id: str, code: str, subject: str) -> str:
    """The same matter in every circular."""
    return f"{case_id}|{code}|{subject}"


def passive_key(case_id: str, rule: str) -> str:
    """A rule of passive enforcement that a case trips."""
    return f"{case_id}|{rule}"


def _node_row(law: Law, row: _Row, held: "_Holders", named: Mapping[str, str]) -> OverdueRow:
    key = node_key(row["case_id"], row["node_code"], row["subject"])
    basis = _basis(law, row["node_code"], date.fromisoformat(row["started_on"]))
    subject = subject_words(row["subject"])
    started, due = row["started_on"], row["due_on"]
    return OverdueRow(
        key=key,
        kind="node",
        case_id=row["case_id"],
        case_number=row["case_number"],
        court_id=row["court_id"] or "",
        team=row["team"],
        handler=row["handler"],
        code=row["node_code"],
        name=f"{row['node']}{subject}",
        subject=row["subject"],
        since=due,
        days=row["days"],
        basis=basis,
        reason=f"自{started}起算，应于{due}前完成，至今未完成",
        holder=held.of(row["case_id"], row["node_code"]) or row["handler"] or row["team"],
        named_in=named.get(key, ""),
    )


def _basis(law: Law, code: str, started: date) -> str:
    rule = law.node(code)
    limit = None if rule is None else rule.limit_on(started)
    if limit is None:
        return ""
    return limit.article + ("" if limit.confidence == "confirmed" else UNCHECKED)


def _passive_rows(
    one: PassiveCase, known: Mapping[str, str], named: Mapping[str, str]
) -> Iterable[OverdueRow]:
    """One row a rule, with all that was seen under it; the worst hit tells since when."""
    case = one.activity.case
    by_rule: dict[str, list[Hit]] = {}
    for hit in one.hits:
        by_rule.setdefault(hit.rule, []).append(hit)
    for rule, hits in by_rule.items():
        key = passive_key(case.id, rule)
        worst = hits[0]
        handler = known.get(case.handler_id or "", "")
        team = known.get(case.team_id or "", "")
        yield OverdueRow(
            key=key,
            kind="passive",
            case_id=case.id,
            case_number=case.number,
            court_id=case.court_id,
            team=team,
            handler=handler,
            code=rule,
            name=worst.name,
            subject="",
            since=worst.since.isoformat(),
            days=worst.days,
            basis=worst.article + ("" if worst.confidence == "confirmed" else UNCHECKED),
            reason="；".join(dict.fromkeys(hit.evidence for hit in hits)),
            holder=handler or team,
            named_in=named.get(key, ""),
        )


class _Holders:
    """Who last took each matter in hand, by the record of holds."""

    def __init__(self, connection: Connection, day: date, case_ids: list[str]) -> None:
        hold = table("hold").c
        self._found: dict[tuple[str, str | None], str] = {}
        wanted = sorted(set(case_ids))
        for at in range(0, len(wanted), _IN_MAX):
            rows = connection.execute(
                select(hold.case_id, hold.node_code, hold.kind, hold.holder_name)
                .where(hold.case_id.in_(wanted[at : at + _IN_MAX]), hold.from_on <= day.isoformat())
                .order_by(hold.from_on, hold.id)
            )
            for case_id, code, kind, name in rows:
                self._found[(case_id, code)] = f"{KIND_NAMES[ShareKind(kind)]}{name}"

    def of(self, case_id: str, code: str) -> str:
        """The node's own holder, else the case's; empty where none is recorded."""
        return self._found.get((case_id, code)) or self._found.get((case_id, None), "")
