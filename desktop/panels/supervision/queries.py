"""What the supervision panel reads. Runs on reader lanes; gives frozen rows.

Rows of the list are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, or_, select

from desktop.circulars.office import letter_number
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.panels.supervision.ladder import rungs_of
from desktop.panels.supervision.rules import (
    LEVEL_STYLES,
    LEVEL_WORDS,
    OPEN,
    STATE_WORDS,
    WAITING,
    LetterState,
    LetterText,
    Rung,
    days_unanswered,
    state_style,
    typed_number,
)
from desktop.rules.alerts import load_ladder
from storage.schema import table

CHOICES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters: states as stored, levels, unanswered past the reply day, part of a number."""

    states: tuple[str, ...] = tuple(OPEN)
    levels: tuple[str, ...] = ()
    late: bool = False
    case_id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class LetterQuery:
    """A filter and the day on which lateness is judged."""

    filter: LetterFilter
    today: date


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a letter can go to; `label` tells name, post and team."""

    id: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter with everything the page and the printed sheet show."""

    id: str
    number: str
    state: LetterState
    level: str
    case_id: str
    case_number: str
    court: str
    node_code: str
    node_name: str
    subject: str
    addressee_id: str
    addressee: str
    team: str
    issuer_id: str | None
    issuer: str
    issued_on: date | None
    reply_by: date
    text: LetterText
    replied_on: date | None
    reply: str
    reviewed_on: date | None
    review: str
    rungs: tuple[Rung, ...]
    numbering: bool = False  # asked the shared database for its number, and waits


@dataclass(frozen=True, slots=True)
class SeedArgs:
    """A node from which a letter is to be filled."""

    law: Law
    case_id: str
    node_code: str
    subject: str
    today: date


@dataclass(frozen=True, slots=True)
class LetterSeed:
    """A letter filled from the derivation, before anybody typed a word."""

    case_id: str
    case_number: str
    node_code: str
    node_name: str
    subject: str
    text: LetterText
    level: str
    overdue_days: int
    reply_by: date
    addressee_id: str | None
    addressees: tuple[Person, ...]
    open_letter: str  # number of a letter already running on this node, or empty


@dataclass(frozen=True, slots=True)
class LetterArgs:
    """One letter by id; the law names its node."""

    law: Law
    letter_id: str
    today: date


def open_letters(connection: Connection, today: date) -> tuple[int, str]:
    """How many letters still need somebody, and how urgent that is (for the navigator)."""
    letter = table("supervision_letter").c
    late = and_(letter.state.in_(WAITING), letter.reply_by < today.isoformat())
    count, overdue = connection.execute(
        select(func.count(), func.count().filter(late)).where(letter.state.in_(OPEN))
    ).one()
    return int(count), "overdue" if overdue else ("due_soon" if count else "")


def letter_where(query: LetterQuery) -> list[ColumnElement[bool]]:
    """The filter as predicates over supervision_letter joined to its case."""
    letter, case = table("supervision_letter").c, table("case").c
    wanted = query.filter
    parts: list[ColumnElement[bool]] = []
    if wanted.states:
        parts.append(letter.state.in_(wanted.states))
    if wanted.levels:
        parts.append(letter.level.in_(wanted.levels))
    if wanted.late:
        parts.append(
            and_(letter.state.in_(WAITING), letter.reply_by < query.today.isoformat()),
        )
    if wanted.case_id:
        parts.append(letter.case_id == wanted.case_id)
    if wanted.text:
        pieces = [case.number.contains(wanted.text, autoescape=True)]
        year, serial = typed_number(wanted.text)
        if serial is not None:
            same = letter.serial == serial
            pieces.append(same if year is None else and_(same, letter.year == year))
        parts.append(or_(*pieces))
    return parts


NUMBERING: Final = "待编号"


def waiting_for_number(connection: Connection) -> frozenset[str]:
    """Ids of letters that asked the shared database for a number and have no answer yet."""
    asked = table("request").c
    found = connection.execute(
        select(func.json_extract(asked.args, "$.letter_id")).where(
            asked.kind == "number_letter", asked.state == "asked"
        )
    )
    return frozenset(str(row[0]) for row in found)


WHOLE_CASE: Final = "案件办理"
_ROWID: Final[ColumnElement[int]] = literal_column("supervision_letter.rowid")


def _sort(key: str | None, descending: bool) -> list[ColumnElement[Any]]:
    letter, case = table("supervision_letter").c, table("case").c
    named: dict[str, list[ColumnElement[Any]]] = {
        "number": [letter.year, letter.serial],
        "level": [letter.level],
        "case_number": [case.number],
        "node": [letter.node_code],
        "addressee": [table("person").c.name],
        "reply_by": [letter.reply_by],
        "state": [letter.state],
        "issued_on": [letter.issued_on],
    }
    chosen = named.get(key or "", [])
    if not chosen:
        return [letter.reply_by.asc(), _ROWID]
    return [*(part.desc() if descending else part.asc() for part in chosen), _ROWID]


def _joined(*columns: Any) -> Select[Any]:
    letter, case, person = table("supervision_letter"), table("case"), table("person")
    source = letter.join(case, case.c.id == letter.c.case_id)
    source = source.join(person, person.c.id == letter.c.addressee_id)
    return select(*columns).select_from(source)


def letter_ids(connection: Connection, args: SnapshotArgs[LetterQuery]) -> Sequence[int]:
    """Row numbers of all letters of the filter, ordered; soonest reply first by default."""
    chosen = _joined(_ROWID.label("n")).where(*letter_where(args.filter))
    found = connection.execute(chosen.order_by(*_sort(args.sort, args.descending)))
    return array("q", (row[0] for row in found))


def letter_rows(
    connection: Connection, ids: Sequence[int], *, law: Law, today: date
) -> dict[int, dict[str, object]]:
    """List rows by row number; `state` and `level` carry (style key, words)."""
    letter, case, person = table("supervision_letter"), table("case"), table("person")
    rung = table("letter_rung")
    fired = (
        select(func.count()).where(rung.c.letter_id == letter.c.id).correlate(letter)
    ).scalar_subquery()
    columns = (_ROWID.label("n"), letter, case.c.number, person.c.name, fired.label("fired"))
    chosen = _joined(*columns).where(_ROWID.in_(list(ids)))
    rungs = len(load_ladder("supervision").rungs)
    rows: dict[int, dict[str, object]] = {}
    waiting = waiting_for_number(connection)
    for row in connection.execute(chosen):
        state = LetterState(row.state)
        reply_by = date.fromisoformat(row.reply_by)
        late = days_unanswered(state, reply_by, today)
        rows[row.n] = {
            "id": row.id,
            "number": NUMBERING if row.id in waiting else letter_number(row.year, row.serial),
            "level": (LEVEL_STYLES[row.level], LEVEL_WORDS[row.level]),
            "case_id": row.case_id,
            "case_number": row.number,
            "node_code": row.node_code,
            "node": node_name(law, row.node_code),
            "subject": row.subject,
            "addressee": row.name,
            "issued_on": row.issued_on,
            "reply_by": row.reply_by,
            "state": (
                state_style(state, reply_by, today),
                f"逾期 {late} 日" if late else STATE_WORDS[state],
            ),
            "rungs": f"{row.fired}/{rungs}",
        }
    return rows


def node_name(law: Law, code: str) -> str:
    """The Chinese name of a node code; the code itself when no catalogue has it any more.

    A letter about a whole case (code "") is about how the case is handled.
    """
    if not code:
        return WHOLE_CASE
    rule = law.node(code)
    return rule.name if rule is not None else code


def letter(connection: Connection, args: LetterArgs) -> Letter | None:
    """One letter with its ladder, or None when it is gone."""
    letters, case, person = table("supervision_letter"), table("case"), table("person")
    court, team = table("court"), table("team")
    issuer = person.alias("issuer")
    source = letters.join(case, case.c.id == letters.c.case_id)
    source = source.join(person, person.c.id == letters.c.addressee_id)
    source = source.join(court, court.c.id == case.c.court_id)
    source = source.outerjoin(team, team.c.id == case.c.team_id)
    source = source.outerjoin(issuer, issuer.c.id == letters.c.issuer_id)
    row = connection.execute(
        select(
            letters,
            case.c.number.label("case_number"),
            person.c.name.label("addressee"),
            court.c.name.label("court"),
            team.c.name.label("team"),
            issuer.c.name.label("issuer"),
        )
        .select_from(source)
        .where(letters.c.id == args.letter_id)
    ).one_or_none()
    if row is None:
        return None
    numbering = row.id in waiting_for_number(connection)
    return Letter(
        id=row.id,
        number=NUMBERING if numbering else letter_number(row.year, row.serial),
        state=LetterState(row.state),
        level=row.level,
        case_id=row.case_id,
        case_number=row.case_number,
        court=row.court,
        node_code=row.node_code,
        node_name=node_name(args.law, row.node_code),
        subject=row.subject,
        addressee_id=row.addressee_id,
        addressee=row.addressee,
        team=row.team or "",
        issuer_id=row.issuer_id,
        issuer=row.issuer or "",
        issued_on=_day(row.issued_on),
        reply_by=date.fromisoformat(row.reply_by),
        text=LetterText(row.basis, row.facts, row.demand),
        replied_on=_day(row.replied_on),
        reply=row.reply or "",
        reviewed_on=_day(row.reviewed_on),
        review=row.review or "",
        rungs=rungs_of(
            connection, row.id, date.fromisoformat(row.reply_by), args.law.court_calendar
        ),
        numbering=numbering,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
