"""What the process monitor reads. Runs on reader lanes; gives frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.circulars.names import subject_words
from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.projection.select import (
    Choices,
    NodeQuery,
    choices,
    count_nodes,
    node_ids,
    node_rows,
    state_case,
)
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table


@dataclass(frozen=True, slots=True)
class CaseArgs:
    """A case and the day on which its nodes are judged."""

    law: Law
    case_id: str
    today: date


@dataclass(frozen=True, slots=True)
class NodeSpan:
    """A node from its start to its end: done, or due, or still running (`end` None)."""

    code: str
    subject: str
    name: str
    start: date
    due_on: date | None
    certain: bool
    done_on: date | None
    state: NodeState

    @property
    def style(self) -> str:
        """The style key of the state."""
        return STYLE_KEY[self.state]


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch not counted; `to_on` None while it lasts."""

    ground: str
    from_on: date
    to_on: date | None
    document_no: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A control measure from its start to the printed day of expiry, or until it was lifted."""

    id: str
    asset: str
    institution: str
    rank: int
    started_on: date
    expires_on: date
    lifted_on: date | None
    document_no: str


@dataclass(frozen=True, slots=True)
class CaseTimeline:
    """Everything of one case that has dates."""

    case_id: str
    case_number: str
    filed_on: date
    closed_on: date | None
    nodes: tuple[NodeSpan, ...]
    pauses: tuple[Pause, ...]
    measures: tuple[Measure, ...]


def overdue_count(connection: Connection, today: date) -> tuple[int, str]:
    """Overdue nodes for the navigator: the same number as the list of the state 超期."""
    count = count_nodes(connection, NodeFilter(states=(NodeState.OVERDUE.value,)), today)
    return count, "overdue" if count else ""


def list_ids(connection: Connection, args: SnapshotArgs[NodeQuery]) -> Sequence[int]:
    """The ordered node numbers of the list."""
    return node_ids(connection, args)


def list_rows(
    connection: Connection, ids: Sequence[int], *, today: date
) -> dict[int, dict[str, object]]:
    """Rows of the list; the state becomes (style key, words) for its badge."""
    rows = node_rows(connection, ids, today)
    for row in rows.values():
        whose = subject_words(str(row["subject"] or ""))
        row["node_tip"] = f"{row['node']}（{row['node_code']}）{whose}"
        row["team_tip"] = f"{row['court']} {row['team']}"
        row["badge"] = (row["state_key"], row["state"])
        if not row["certain"]:
            row["due_note"] = "有年份的放假通知尚未公布，应止日不早于所示日期"
    return rows


def choices_of(connection: Connection, _today: date) -> Choices:
    """What the filter boxes offer: courts, teams, handlers, nodes, type words."""
    return choices(connection)


def timeline(connection: Connection, args: CaseArgs) -> CaseTimeline | None:
    """The dated facts of one case; None when the case is gone."""
    case = table("case").c
    head = connection.execute(
        select(case.number, case.filed_on, case.closed_on).where(case.id == args.case_id)
    ).one_or_none()
    if head is None:
        return None
    return CaseTimeline(
        case_id=args.case_id,
        case_number=head.number,
        filed_on=date.fromisoformat(head.filed_on),
        closed_on=_day(head.closed_on),
        nodes=_nodes(connection, args),
        pauses=_pauses(connection, args),
        measures=_measures(connection, args.case_id),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _nodes(connection: Connection, args: CaseArgs) -> tuple[NodeSpan, ...]:
    clock = table("node_clock").c
    rows = connection.execute(
        select(
            clock.node_code,
            clock.subject,
            clock.started_on,
            clock.due_on,
            clock.certain,
            clock.done_on,
            state_case(args.today).label("state"),
        )
        .where(clock.case_id == args.case_id, clock.started_on <= args.today.isoformat())
        .order_by(clock.started_on, clock.node_code, clock.subject)
    )
    made = []
    for row in rows:
        rule = args.law.node(row.node_code)
        made.append(
            NodeSpan(
                row.node_code,
                row.subject,
                rule.name if rule is not None else row.node_code,
                date.fromisoformat(row.started_on),
                _day(row.due_on),
                bool(row.certain),
                _day(row.done_on),
                NodeState(row.state),
            )
        )
    return tuple(made)


def _pauses(connection: Connection, args: CaseArgs) -> tuple[Pause, ...]:
    suspension, case = table("suspension"), table("case").c
    type_word = connection.execute(
        select(case.type_word).where(case.id == args.case_id)
    ).scalar_one()
    grounds = args.law.catalogue_for(type_word).grounds
    rows = connection.execute(
        select(suspension)
        .where(suspension.c.case_id == args.case_id)
        .order_by(suspension.c.from_on)
    )
    return tuple(
        Pause(
            grounds[row.ground].name if row.ground in grounds else row.ground,
            date.fromisoformat(row.from_on),
            _day(row.to_on),
            row.document_no,
        )
        for row in rows
    )


def _measures(connection: Connection, case_id: str) -> tuple[Measure, ...]:
    measure = table("control_measure")
    rows = connection.execute(
        select(measure)
        .where(measure.c.case_id == case_id)
        .order_by(measure.c.started_on, measure.c.id)
    )
    return tuple(
        Measure(
            row.id,
            row.asset,
            row.institution,
            row.rank,
            date.fromisoformat(row.started_on),
            date.fromisoformat(row.expires_on),
            _day(row.lifted_on),
            row.document_no,
        )
        for row in rows
    )
