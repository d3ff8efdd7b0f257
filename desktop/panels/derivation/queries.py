"""Derives one node afresh from its facts. Runs on a reader lane; gives frozen records."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.contract.law import Law
from desktop.projection.explaining import explain_node
from desktop.projection.select import state_case
from desktop.rules.derivation import Derivation
from storage.records.states import NodeState
from storage.schema import table


@dataclass(frozen=True, slots=True)
class NodeArgs:
    """A node of a case; `node_code` None picks the case's most urgent open node."""

    law: Law
    case_id: str
    node_code: str | None
    subject: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Clock:
    """Another clock of the same case, to be switched to."""

    node_code: str
    subject: str
    name: str
    due_on: date | None
    certain: bool
    state: NodeState


@dataclass(frozen=True, slots=True)
class Explained:
    """A derivation and the head of the pane."""

    case_id: str
    court: str
    team: str
    handler: str
    derivation: Derivation | None  # None: the case has no such node (any more)
    case_number: str
    others: tuple[Clock, ...]


def explained(connection: Connection, args: NodeArgs) -> Explained | None:
    """The derivation of a node as of a day; None when the case itself is gone."""
    case, court, team = table("case"), table("court"), table("team")
    person = table("person")
    source = case.join(court, court.c.id == case.c.court_id)
    source = source.outerjoin(team, team.c.id == case.c.team_id)
    source = source.outerjoin(person, person.c.id == case.c.handler_id)
    head = connection.execute(
        select(case.c.number, court.c.name, team.c.name, person.c.name)
        .select_from(source)
        .where(case.c.id == args.case_id)
    ).one_or_none()
    if head is None:
        return None
    clocks = _clocks(connection, args)
    code, subject = args.node_code, args.subject
    if code is None and clocks:
        code, subject = clocks[0].node_code, clocks[0].subject
    found = None
    if code is not None:
        found = explain_node(connection, args.law, args.case_id, code, subject, args.as_of)
    return Explained(
        case_id=args.case_id,
        court=head[1],
        team=head[2] or "",
        handler=head[3] or "",
        derivation=found,
        case_number=head[0],
        others=tuple(
            c
            for c in clocks
            if (c.node_code, c.subject) != (code, subject) and c.state not in _FINISHED
        ),
    )


_FINISHED = (NodeState.DONE, NodeState.DONE_LATE)
_URGENCY = (
    NodeState.OVERDUE,
    NodeState.DUE_SOON,
    NodeState.UNKNOWN,
    NodeState.PAUSED,
    NodeState.NORMAL,
    NodeState.DONE_LATE,
    NodeState.DONE,
)


def _clocks(connection: Connection, args: NodeArgs) -> list[Clock]:
    """All clocks of the case that exist on the day, most urgent first."""
    clock = table("node_clock").c
    rows = connection.execute(
        select(
            clock.node_code,
            clock.subject,
            clock.due_on,
            clock.certain,
            state_case(args.as_of).label("state"),
        ).where(clock.case_id == args.case_id, clock.started_on <= args.as_of.isoformat())
    )
    found = []
    for row in rows:
        rule = args.law.node(row.node_code)
        found.append(
            Clock(
                row.node_code,
                row.subject,
                rule.name if rule is not None else row.node_code,
                date.fromisoformat(row.due_on) if row.due_on else None,
                bool(row.certain),
                NodeState(row.state),
            )
        )
    found.sort(key=lambda c: (_URGENCY.index(c.state), c.due_on or date.max, c.node_code))
    return found
