"""What the list of documents reads. Runs on reader lanes; gives frozen rows.

Rows are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select

from desktop.contract.listing import Dated, ListQueries
from desktop.contract.paging import Row, SnapshotArgs
from desktop.documents.course import settled
from desktop.documents.kinds import kinds
from desktop.documents.numbering import number_words
from desktop.panels.documents.rules import OPEN, names_words, state_cell
from desktop.panels.documents.waiting import Waiting, waiting_of, waits_for_me
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Stage
from storage.schema import table

TABLES: Final = (
    *("document", "document_version", "document_act", "document_recipient", "objection"),
    *("request", "case", "person", "absence", "delegation", "signing_rule"),
)
CASES_MAX: Final = 20
_ROWID: Final[ColumnElement[int]] = literal_column("document.rowid")


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents: kinds and states as stored, those of a case, made by `person_id`, waiting
    for him, words of title, number or case number."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    mine: bool = False
    waits: bool = False
    person_id: str | None = None
    case_id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case that a document may be made for."""

    id: str
    number: str
    parties: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A court or a person by name; `hint` is where the person sits."""

    id: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceArgs:
    """Who chooses, and the day."""

    today: date
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom a document may go to; `own` is the court of whoever chooses."""

    own: str
    courts: tuple[Choice, ...]
    persons: tuple[Choice, ...]


def open_documents(connection: Connection, _today: date) -> tuple[int, str]:
    """How many documents are on their way, for the navigator."""
    document = table("document").c
    count = connection.execute(
        select(func.count()).where(document.state.in_(OPEN[:-1]))
    ).scalar_one()
    # Of what nobody signs some is done: it waits for nobody, though no later state tells so.
    checking = select(table("document")).where(
        document.state == "checking", document.kind.in_(_unsigned())
    )
    done = sum(1 for row in connection.execute(checking).all() if settled(connection, row))
    count = int(count) - done
    return count, "due_soon" if count else ""


@cache
def _unsigned() -> tuple[str, ...]:
    """Kinds that some version of the shipped matrix ends without a signature."""
    ends = {one.code for one in load_signing().versions if one.steps[-1].stage is not Stage.SIGN}
    return tuple(sorted(ends))


def _said_on() -> ColumnElement[Any]:
    """The day that a list shows: of issue, else of signature, else of the last words."""
    document, version = table("document"), table("document_version")
    written = (
        select(func.max(func.substr(version.c.at, 1, 10)))
        .where(version.c.document_id == document.c.id)
        .correlate(document)
        .scalar_subquery()
    )
    return func.coalesce(func.substr(document.c.issued_at, 1, 10), document.c.made_on, written)


def _where(
    connection: Connection, wanted: DocumentFilter, today: date
) -> list[ColumnElement[bool]]:
    document, case = table("document").c, table("case").c
    parts: list[ColumnElement[bool]] = []
    if wanted.kinds:
        parts.append(document.kind.in_(wanted.kinds))
    if wanted.states:
        parts.append(document.state.in_(wanted.states))
    if wanted.mine:
        parts.append(document.maker_id == wanted.person_id)
    if wanted.waits:
        ids = waits_for_me(connection, wanted.person_id or "", today)
        parts.append(document.id.in_(ids))
    if wanted.case_id:
        parts.append(document.case_id == wanted.case_id)
    if wanted.text:
        number = func.printf("%s〔%d〕%d号", document.series, document.year, document.serial)
        parts.append(
            or_(
                document.title.contains(wanted.text, autoescape=True),
                case.number.contains(wanted.text, autoescape=True),
                and_(document.serial.is_not(None), number.contains(wanted.text, autoescape=True)),
            )
        )
    return parts


def _sort(key: str | None, descending: bool) -> list[ColumnElement[Any]]:
    document = table("document").c
    named: dict[str, list[ColumnElement[Any]]] = {
        "number": [document.series, document.year, document.serial],
        "kind": [document.kind],
        "title": [document.title],
        "case_number": [table("case").c.number],
        "maker": [table("person").c.name],
        "state": [document.state],
        "on": [_said_on()],
    }
    chosen = named.get(key or "", [])
    if not chosen:
        return [_said_on().desc(), document.id.desc()]
    return [*(part.desc() if descending else part.asc() for part in chosen), document.id.desc()]


def _joined(*columns: Any) -> Any:
    document, case, person = table("document"), table("case"), table("person")
    source = document.outerjoin(case, case.c.id == document.c.case_id)
    source = source.outerjoin(person, person.c.id == document.c.maker_id)
    return select(*columns).select_from(source)


def document_ids(
    connection: Connection, args: SnapshotArgs[Dated[DocumentFilter]]
) -> Sequence[int]:
    """Row numbers of the documents of a filter; the newest first by default."""
    chosen = _joined(_ROWID.label("n")).where(
        *_where(connection, args.filter.filter, args.filter.today)
    )
    found = connection.execute(chosen.order_by(*_sort(args.sort, args.descending)))
    return array("q", (row[0] for row in found))


def document_rows(connection: Connection, ids: Sequence[int], today: date) -> Mapping[int, Row]:
    """List rows by row number; `state` carries (style key, words)."""
    document, case, person = table("document"), table("case"), table("person")
    columns = (_ROWID.label("n"), document, case.c.number, person.c.name.label("maker"))
    chosen = _joined(*columns, _said_on().label("said_on")).where(_ROWID.in_(list(ids)))
    rows = connection.execute(chosen).all()
    read = _read_counts(connection, [row.id for row in rows])
    waiting = waiting_of(connection, rows, today)
    later = superseded(connection, [row.id for row in rows])
    asked = _objections(connection, [row.id for row in rows if row.state == "replying"])
    made: dict[int, Row] = {}
    for row in rows:
        opened, sent = read.get(row.id, (0, 0))
        done = "" if row.id in waiting else settled(connection, row)
        made[row.n] = {
            "id": row.id,
            "number": number_words(row.series, row.year, row.serial),
            "kind": kinds().kind(row.kind).name,
            "title": row.title.replace("\n", ""),
            "case_id": row.case_id,
            "case_number": row.number,
            "maker": row.maker,
            "state": state_cell(row.state, row.id in later, done),
            "waits": _waits(row, waiting.get(row.id), sent - opened, asked.get(row.id, 0)),
            "on": row.said_on,
            "receipts": f"{opened}/{sent}" if sent else "",
        }
    return made


def _waits(row: Any, waiting: Waiting | None, unread: int, objections: int) -> str:
    """Whom or what the document waits for, in a few words; empty when for nothing."""
    if waiting is not None:
        return f"{waiting.word}：{names_words(waiting.names) or '现无人可办'}"
    if row.state == "draft":
        return f"送审：{row.maker}" if row.maker else "送审"
    if row.state == "replying":
        return f"异议 {objections} 件待处理" if objections else f"反馈至 {row.reply_by}"
    if row.state == "signed":
        return "印发"
    return f"未阅 {unread}" if row.state == "issued" and unread else ""


def _read_counts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    recipient = table("document_recipient").c
    rows = connection.execute(
        select(recipient.document_id, func.count(recipient.opened_at), func.count())
        .where(recipient.document_id.in_(ids))
        .group_by(recipient.document_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _objections(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    objection = table("objection").c
    rows = connection.execute(
        select(objection.document_id, func.count())
        .where(objection.document_id.in_(ids), objection.decision.is_(None))
        .group_by(objection.document_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def superseded(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Of those documents, by id, the id of the issued one that took its place."""
    document = table("document").c
    rows = connection.execute(
        select(document.supersedes, document.id).where(
            document.supersedes.in_(ids), document.state == "issued"
        )
    )
    return {row[0]: row[1] for row in rows}


DOCUMENT_LIST: Final = ListQueries(document_ids, document_rows, TABLES)


@dataclass(frozen=True, slots=True)
class RowsArgs:
    """Row numbers in their order, and the day."""

    ids: tuple[int, ...]
    today: date


def chosen_rows(connection: Connection, args: RowsArgs) -> tuple[Row, ...]:
    """The rows of a selection, in its order."""
    found = document_rows(connection, args.ids, args.today)
    return tuple(found[one] for one in args.ids if one in found)


def cases_like(connection: Connection, typed: str) -> tuple[CaseChoice, ...]:
    """Cases whose number or party has the typed words, or that very id; the newest first."""
    case, party = table("case"), table("party")
    named = select(party.c.case_id).where(party.c.name.contains(typed, autoescape=True))
    rows = connection.execute(
        select(case.c.id, case.c.number)
        .where(
            or_(
                case.c.id == typed,
                case.c.number.contains(typed, autoescape=True),
                case.c.id.in_(named),
            )
        )
        .order_by(case.c.filed_on.desc(), case.c.id)
        .limit(CASES_MAX)
    ).all()
    names = connection.execute(
        select(party.c.case_id, party.c.name)
        .where(party.c.case_id.in_([row.id for row in rows]))
        .order_by(party.c.role, party.c.name)
    )
    told: dict[str, list[str]] = {}
    for row in names:
        told.setdefault(row.case_id, []).append(row.name)
    return tuple(CaseChoice(row.id, row.number, names_words(told.get(row.id, []))) for row in rows)


def choices(connection: Connection, args: ChoiceArgs) -> Choices:
    """Courts of the day by code, and everybody who serves, by court and name."""
    court, person = table("court"), table("person")
    on = args.today.isoformat()
    courts = connection.execute(
        select(court.c.id, court.c.short_name, court.c.name)
        .where(
            or_(court.c.valid_from.is_(None), court.c.valid_from <= on),
            or_(court.c.valid_to.is_(None), court.c.valid_to >= on),
        )
        .order_by(court.c.code)
    ).all()
    rows = connection.execute(
        select(person.c.id, person.c.name, court.c.short_name)
        .join_from(person, court, court.c.id == person.c.court_id)
        .where(or_(person.c.left_on.is_(None), person.c.left_on > on))
        .order_by(court.c.code, person.c.name, person.c.id)
    ).all()
    return Choices(
        court_of_person(connection, args.person_id or ""),
        tuple(Choice(row.id, row.short_name or row.name) for row in courts),
        tuple(Choice(row.id, row.name, row.short_name) for row in rows),
    )


def court_of_person(connection: Connection, person_id: str) -> str:
    """Id of his court; empty for nobody."""
    person = table("person").c
    found = connection.execute(select(person.court_id).where(person.id == person_id)).scalar()
    return str(found or "")


def sealed_case(connection: Connection, document_id: str) -> str:
    """Id of the document's case where that is sealed; else empty."""
    document, case = table("document"), table("case")
    found = connection.execute(
        select(case.c.id)
        .join_from(document, case, case.c.id == document.c.case_id)
        .where(document.c.id == document_id, case.c.sealed == 1)
    ).scalar()
    return str(found or "")


def is_sealed(connection: Connection, case_id: str) -> bool:
    """Whether that case is opened with a purpose only."""
    case = table("case").c
    return bool(connection.execute(select(case.sealed).where(case.id == case_id)).scalar())
