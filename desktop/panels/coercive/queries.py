"""Reads coercive measures. Reader lanes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, or_, select

from desktop.command.measures.approving import figure_of
from desktop.command.measures.carrying import carries
from desktop.command.measures.clocks import clocks
from desktop.command.measures.facts import standings, told
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.reading import Act
from desktop.documents.course import ActArgs, Day, ask
from desktop.errors import UserError
from desktop.panels.coercive.rules import Line, newest_first
from desktop.panels.coercive.telling import nobody_approves, told_today
from desktop.rules.coercive import KINDS, Clock, Standing, left_words, next_acts
from desktop.rules.signing_matrix import Stage
from storage.records.people import Post
from storage.schema import table

TABLES: Final = (
    *("document", "document_act", "document_version", "measure_act", "delegation"),
    *("signing_rule", "absence", "membership", "person", "node_clock", "case"),
)
_SOON: Final = timedelta(hours=2)
# The party's window for a review: nobody of the court has to do anything before its end.
_WINDOW: Final = "D708"


@dataclass(frozen=True, slots=True)
class ListArgs:
    """For whom, and when it is asked."""

    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """All measures, the newest fact first. `president`: the person decides about them by his
    office; `untold`: papers of his own of which the duty leader has to be told."""

    lines: tuple[Line, ...]
    president: bool = False
    untold: tuple[str, ...] = ()


def waiting_count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """How many wait for whoever sits here; without any, how many violations he may see."""
    now = datetime(today.year, today.month, today.day, 12, tzinfo=COURT_ZONE)
    found = lines(connection, ListArgs(person_id, now)).lines
    mine = sum(1 for one in found if one.mine)
    if mine:
        return mine, "due_soon"
    wrong = sum(1 for one in found if one.violation)
    return wrong, "overdue" if wrong else ""


def lines(connection: Connection, args: ListArgs) -> Lines:
    """Every fine, summons and detention that this device holds."""
    document, case = table("document"), table("case").c
    court, person = table("court").c, table("person").c
    rows = connection.execute(
        select(
            document,
            case.number.label("case_number"),
            case.sealed,
            court.short_name.label("court"),
            person.name.label("handler"),
        )
        .join_from(document, table("case"), case.id == document.c.case_id)
        .join(table("court"), court.id == case.court_id)
        .outerjoin(table("person"), person.id == case.handler_id)
        .where(document.c.kind.in_(tuple(KINDS)))
    ).all()
    stands = standings(connection, rows, args.now)
    running = clocks(connection, rows, stands)
    facts = _newest(connection, [row.id for row in rows])
    me = connection.execute(
        select(person.post, person.court_id).where(person.id == args.person_id)
    ).first()
    asking = _Asking(connection, args, Day.of(connection, args.now.date()), {})
    made = [_line(row, stands[row.id], running[row.id], facts, asking) for row in rows]
    # Told from one desk and not from every one: that of whoever made the paper.
    own = {row.id for row in rows if row.maker_id is not None and row.maker_id == args.person_id}
    untold = tuple(
        one.id
        for one in made
        if one.stuck and one.id in own and not told_today(connection, one.id, args.now)
    )
    president = me is not None and me.post == Post.PRESIDENT
    return Lines(tuple(newest_first(made)), president, untold)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What the questions about one list share."""

    connection: Connection
    args: ListArgs
    day: Day
    courts: dict[str, str | None]

    def mine(self, row: Row[Any]) -> bool:
        """Whether it waits for the approval of the person at the desk."""
        me = self.args.person_id
        if me is None or row.state != "checking":
            return False
        act = ActArgs(row.id, me, self.args.now, row.content_sha256)
        try:
            said = ask(self.connection, row, Stage.APPROVE, act, self.day)
        except UserError:  # of another court
            return False
        return said.decision.allowed

    def stuck(self, row: Row[Any]) -> str:
        """Why nobody at all can approve it."""
        return nobody_approves(self.connection, row, self.args.now, self.day)


def _line(
    row: Row[Any],
    stand: Standing,
    running: tuple[Clock, ...],
    facts: Mapping[str, str],
    asking: _Asking,
) -> Line:
    pending = stand.approval is None and row.state == "checking"
    mine = pending and asking.mine(row)
    return Line(
        id=row.id,
        kind=row.kind,
        person=str(told(row).get("person", "")).strip(),
        figure=figure_of(row),
        case_id=row.case_id,
        case_number=row.case_number,
        court=row.court,
        handler=row.handler or "",
        sealed=bool(row.sealed),
        stand=stand.stand,
        next=next_acts(row.kind, row.state, stand),
        clocks=running,
        violation=stand.violation,
        newest=facts.get(row.id, ""),
        mine=mine,
        stuck=asking.stuck(row) if pending and not mine else "",
    )


def _newest(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The instant of the newest fact of each document."""
    found: dict[str, str] = {}
    for name in ("document_version", "document_act", "measure_act"):
        column = table(name).c
        for row in connection.execute(
            select(column.document_id, func.max(column.at))
            .where(column.document_id.in_(ids))
            .group_by(column.document_id)
        ):
            found[row[0]] = max(found.get(row[0], ""), row[1])
    return found


@dataclass(frozen=True, slots=True)
class Pressing:
    """A clock of a measure of one's own team that ends soon or has ended; `key` tells it from
    every other."""

    key: str
    words: str
    late: bool


def pressing(connection: Connection, args: ListArgs) -> tuple[Pressing, ...]:
    """What presses those who carry the case out: freedom ends by the minute, not by the day."""
    document = table("document")
    rows = connection.execute(
        select(document).where(
            document.c.kind.in_(tuple(KINDS)),
            document.c.id.in_(
                select(table("measure_act").c.document_id).where(
                    table("measure_act").c.act == "execute"
                )
            ),
        )
    ).all()
    rows = [row for row in rows if carries(connection, row, args.person_id, args.now.date())]
    stands = standings(connection, rows, args.now)
    running = clocks(connection, rows, stands)
    return tuple(
        Pressing(
            f"{row.id}:{one.code}:{one.due < args.now}",
            f"{KINDS[row.kind]}（{str(told(row).get('person', '')).strip()}）"
            f"{one.word}{left_words(one.due, args.now)}",
            one.due < args.now,
        )
        for row in rows
        for one in running[row.id]
        if one.running and one.due is not None and one.code != _WINDOW
        if one.due - args.now <= _SOON
    )


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody opened, printed or exported the papers; `act` is a key of contract.reading."""

    at: str
    who: str
    act: Act
    object: str
    purpose: str


def looks(connection: Connection, case_id: str) -> tuple[Look, ...]:
    """Everybody who looked at the file of the case, printed of it or exported, newest first."""
    log, person = table("read_log").c, table("person").c
    rows = connection.execute(
        select(table("read_log"), person.name)
        .outerjoin(table("person"), person.id == log.person_id)
        .where(log.case_id == case_id)
        .order_by(log.at.desc(), log.id.desc())
    ).all()
    return tuple(
        Look(row.at, row.name or row.changed_by or "", row.act, row.object, row.purpose or "")
        for row in rows
    )


def document_of(connection: Connection, args: tuple[str, str]) -> str:
    """Id of the newest measure of a case whose id or whose own id is given; empty for none."""
    document_id, case_id = args
    document = table("document").c
    found = connection.execute(
        select(document.id)
        .where(
            document.kind.in_(tuple(KINDS)),
            or_(document.id == document_id, document.case_id == case_id),
        )
        .order_by((document.id == document_id).desc(), document.id.desc())
    ).scalar()
    return str(found or "")
