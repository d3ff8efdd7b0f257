"""Reads matters, their threads, and what a form offers. Reader lanes.

Row numbers are SQLite's of `matter`, good within one snapshot only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, and_, func, literal_column, or_, select

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.matters.rules import (
    ACT_WORDS,
    ASKED_WORDS,
    KIND_WORDS,
    STATE_WORDS,
    State,
    days_late,
    state_of,
    style_of,
)
from desktop.rules.calendar import WorkCalendar
from storage.schema import table

_matter, _person, _case = table("matter"), table("person"), table("case")
_maker, _owner, _answerer = (_person.alias(name) for name in ("maker", "owner", "answerer"))
_closer = _person.alias("closer")
_row_id: Final = literal_column("matter.rowid", Integer)
# An opinion item without its answer, or a decision that was not carried out: who owes it is late.
_OWED: Final = and_(
    _matter.c.closed_on.is_(None),
    or_(
        and_(_matter.c.kind == "opinion", _matter.c.answered_on.is_(None)),
        and_(_matter.c.kind == "brief", _matter.c.answered_on.is_not(None)),
    ),
)
OPEN_STATES: Final = tuple(state for state in State if state is not State.CLOSED)


@dataclass(frozen=True, slots=True)
class MatterFilter:
    """Which matters: empty tuples restrict nothing."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = tuple(state.value for state in OPEN_STATES)
    late: bool = False
    case_id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the thread."""

    kind: str
    headline: str
    detail: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter with the words its page and its paper show. Days are ISO text."""

    id: str
    kind: str
    state: State
    title: str
    case_id: str | None
    case_number: str
    maker_id: str
    maker: str
    raised_on: str
    source: str
    link: str
    tone: str | None
    heat: int | None
    body: str
    advice: str
    asked_of: str | None
    submitted_on: str | None
    owner_id: str | None
    owner: str
    due_on: str | None
    answer: str
    answered_by: str
    answered_on: str | None
    result: str | None
    closed_by: str
    closed_on: str | None
    thread: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to choose as owner."""

    id: str
    label: str


def overdue_count(connection: Connection, today: date) -> tuple[int, str]:
    """What is owed and late, for the navigator."""
    late = and_(_OWED, _matter.c.due_on < today.isoformat())
    count = connection.execute(select(func.count()).select_from(_matter).where(late)).scalar_one()
    return int(count), "overdue" if count else ""


def matter_where(wanted: MatterFilter, today: date) -> list[ColumnElement[bool]]:
    """The filter as predicates over `matter` joined to its case."""
    parts: list[ColumnElement[bool]] = []
    if wanted.kinds:
        parts.append(_matter.c.kind.in_(wanted.kinds))
    if wanted.states:
        parts.append(or_(*(_in_state(State(state)) for state in wanted.states)))
    if wanted.late:
        parts.append(and_(_OWED, _matter.c.due_on < today.isoformat()))
    if wanted.case_id:
        parts.append(_matter.c.case_id == wanted.case_id)
    if wanted.text:
        columns = (_matter.c.title, _matter.c.body, _matter.c.source, _case.c.number)
        parts.append(or_(*(one.contains(wanted.text, autoescape=True) for one in columns)))
    return parts


def _in_state(state: State) -> ColumnElement[bool]:
    """As rules.state_of; a test holds the two together."""
    m = _matter.c
    if state is State.CLOSED:
        return m.closed_on.is_not(None)
    kind = "opinion" if state in (State.OPEN, State.ANSWERED) else "brief"
    parts = [m.closed_on.is_(None), m.kind == kind]
    answered = state in (State.ANSWERED, State.DECIDED)
    parts.append(m.answered_on.is_not(None) if answered else m.answered_on.is_(None))
    if state in (State.DRAFT, State.SUBMITTED):
        sent = m.submitted_on
        parts.append(sent.is_(None) if state is State.DRAFT else sent.is_not(None))
    return and_(*parts)


def _source() -> Any:
    return (
        _matter.outerjoin(_case, _case.c.id == _matter.c.case_id)
        .join(_maker, _maker.c.id == _matter.c.maker_id)
        .outerjoin(_owner, _owner.c.id == _matter.c.owner_id)
        .outerjoin(_answerer, _answerer.c.id == _matter.c.answered_by)
        .outerjoin(_closer, _closer.c.id == _matter.c.closed_by)
    )


def snapshot(connection: Connection, args: SnapshotArgs[Dated[MatterFilter]]) -> Sequence[int]:
    """Ordered row numbers; what is due first unless asked otherwise."""
    m = _matter.c
    by: dict[str, Any] = {
        "kind": m.kind,
        "title": m.title,
        "due_on": m.due_on,
        "owner": _owner.c.name,
        "heat": m.heat,
        "case_number": _case.c.number,
    }
    if args.sort in by:
        column = by[args.sort]
        order = [(column.desc() if args.descending else column).nulls_last()]
    else:
        order = [m.closed_on.is_not(None), (~_OWED), m.due_on.nulls_last(), m.raised_on.desc()]
    query = (
        select(_row_id)
        .select_from(_source())
        .where(*matter_where(args.filter.filter, args.filter.today))
        .order_by(*order, m.id)
    )
    return connection.execute(query).scalars().all()


def _read(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Any]:
    return connection.execute(
        select(
            _row_id.label("n"),
            _matter,
            _case.c.number.label("case_number"),
            _maker.c.name.label("maker"),
            _owner.c.name.label("owner"),
            _answerer.c.name.label("answerer"),
            _closer.c.name.label("closer"),
        )
        .select_from(_source())
        .where(*where)
    ).all()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def rows(
    calendar: WorkCalendar, connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    found: dict[int, Mapping[str, object]] = {}
    for row in _read(connection, _row_id.in_(ids)):
        state = state_of(row.kind, row.submitted_on, row.answered_on, row.closed_on)
        late = days_late(state, _day(row.due_on), today)
        style = style_of(state, _day(row.due_on), today, calendar)
        where = row.source if row.kind == "opinion" else f"报{ASKED_WORDS[row.asked_of]}"
        found[row.n] = {
            "id": row.id,
            "case_id": row.case_id,
            "case_number": row.case_number,
            "kind": KIND_WORDS[row.kind],
            "title": row.title,
            "where": where,
            "heat": row.heat,
            "owner": row.owner,
            "due_on": _day(row.due_on),
            "state": (style, f"逾期 {late} 日" if late else STATE_WORDS[state]),
        }
    return found


def reader(calendar: WorkCalendar) -> Any:
    """The page query with the calendar its clocks need."""
    return partial(rows, calendar)


def matter(connection: Connection, matter_id: str) -> Matter | None:
    """One matter with its thread; None when it is gone."""
    found = _read(connection, _matter.c.id == matter_id)
    if not found:
        return None
    row = found[0]
    return Matter(
        id=row.id,
        kind=row.kind,
        state=state_of(row.kind, row.submitted_on, row.answered_on, row.closed_on),
        title=row.title,
        case_id=row.case_id,
        case_number=row.case_number or "",
        maker_id=row.maker_id,
        maker=row.maker,
        raised_on=row.raised_on,
        source=row.source or "",
        link=row.link or "",
        tone=row.tone,
        heat=row.heat,
        body=row.body,
        advice=row.advice,
        asked_of=row.asked_of,
        submitted_on=row.submitted_on,
        owner_id=row.owner_id,
        owner=row.owner or "",
        due_on=row.due_on,
        answer=row.answer or "",
        answered_by=row.answerer or "",
        answered_on=row.answered_on,
        result=row.result,
        closed_by=row.closer or "",
        closed_on=row.closed_on,
        thread=_thread(connection, matter_id),
    )


def _thread(connection: Connection, matter_id: str) -> tuple[Line, ...]:
    act = table("matter_act")
    taker = _person.alias("taker")
    found = connection.execute(
        select(act, _person.c.name, taker.c.name.label("taker"))
        .select_from(
            act.outerjoin(_person, _person.c.id == act.c.person_id).outerjoin(
                taker, taker.c.id == act.c.to_person
            )
        )
        .where(act.c.matter_id == matter_id)
        .order_by(act.c.at.desc(), act.c.id.desc())
    )
    return tuple(
        Line(
            row.kind,
            " ".join(
                filter(
                    None,
                    (
                        row.at[:16].replace("T", " "),
                        row.name,
                        ACT_WORDS[row.kind],
                        f"→ {row.taker}" if row.taker else "",
                        f"期限 {row.due_on}" if row.due_on else "",
                    ),
                )
            ),
            row.body,
        )
        for row in found
    )


def owners(connection: Connection, _args: None) -> tuple[Choice, ...]:
    """Everybody at work, the command centre's groups first, then by court and name."""
    court, member, team = table("court"), table("membership"), table("team")
    groups = ("information", "process", "online_control", "petition", "general")
    central = (
        select(member.c.person_id)
        .join(team, team.c.id == member.c.team_id)
        .where(team.c.kind.in_(groups), member.c.to_on.is_(None))
    )
    found = connection.execute(
        select(_person.c.id, _person.c.name, court.c.short_name)
        .join(court, court.c.id == _person.c.court_id)
        .where(_person.c.left_on.is_(None))
        .order_by(_person.c.id.not_in(central), court.c.code, _person.c.name, _person.c.id)
    )
    return tuple(Choice(row.id, f"{row.name}　{row.short_name}") for row in found)


def case_number(connection: Connection, case_id: str) -> str:
    """The number of a case; empty when there is none."""
    found = connection.execute(select(_case.c.number).where(_case.c.id == case_id)).scalar()
    return str(found or "")
