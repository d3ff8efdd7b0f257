"""Loads the facts of cases in bulk, as the records that clocks are derived from. Any thread.

Rows are read with few wide queries and turned into records by position: half a million events
are read at a full rebuild, and a mapping per row would cost more than the derivation itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe, fetched
from storage.ids import CaseId, CourtId, EventId, PersonId, TeamId
from storage.records.cases import (
    CaseFacts,
    CaseRow,
    Extension,
    Hold,
    HolderKind,
    NodeEvent,
    Suspension,
)

VOID_KIND: Final = "voided"
"""Kind of an event whose only meaning is that another one was wrong."""
_IN_MAX: Final = 500
BATCH: Final = 1_000

_CASE: Final = (
    "select id, number, court_id, type_word, filed_on, closed_on, close_mode, team_id, handler_id,"
    ' has_property, non_litigation, claim_fen from "case" where {where} order by id'
)
_EVENTS: Final = (
    'select case_id, id, kind, "on", at, subject, actor_id, document_no, note, voids'
    ' from node_event where {where} order by case_id, "on", id'
)
_SUSPENSIONS: Final = (
    "select case_id, id, node_code, ground, from_on, to_on, document_no"
    " from suspension where {where} order by case_id, from_on, id"
)
_EXTENSIONS: Final = (
    "select case_id, extension.id, node_code, amount, unit, applied_on, approved_on, approver_id,"
    " person.name, document_no from extension join person on person.id = approver_id"
    " where {where} order by case_id, approved_on, extension.id"
)
_HOLDS: Final = (
    "select case_id, node_code, from_on, kind, holder_id, holder_name"
    " from hold where {where} order by case_id, from_on, id"
)

_day = lru_cache(maxsize=20_000)(date.fromisoformat)
_HOLDERS: Final = {kind.value: kind for kind in HolderKind}
Row = Sequence[Any]


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


class _Reader:
    """One slice of cases: the same WHERE is used for every table."""

    def __init__(self, connection: Connection, where: str, values: tuple[object, ...]) -> None:
        self._connection = connection
        self._where = where
        self._values = values

    def rows(self, sql: str, column: str) -> list[Row]:
        text = sql.format(where=self._where.format(column=column))
        cursor = self._connection.exec_driver_sql(text, self._values).cursor
        return list(fetched(cursor))

    def by_case(self, sql: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(sql, "case_id"):
            found[row[0]].append(row)
        return found


def _event(row: Row) -> NodeEvent:
    at = row[4]
    return NodeEvent(
        EventId(row[1]),
        CaseId(row[0]),
        row[2],
        _day(row[3]),
        None if at is None else datetime.fromisoformat(at),
        row[5],
        row[6],
        row[7],
        row[8],
    )


def _case(row: Row) -> CaseRow:
    return CaseRow(
        CaseId(row[0]),
        row[1],
        CourtId(row[2]),
        row[3],
        _day(row[4]),
        _maybe_day(row[5]),
        row[6],
        None if row[7] is None else TeamId(row[7]),
        None if row[8] is None else PersonId(row[8]),
        None if row[9] is None else bool(row[9]),
        bool(row[10]),
        row[11],
    )


def _voided(rows: list[Row]) -> set[str]:
    """Ids of events that a later, itself standing, event declared wrong."""
    voided: set[str] = set()
    for row in sorted(rows, key=lambda found: found[1], reverse=True):
        if row[9] is not None and row[1] not in voided:
            voided.add(row[9])
    return voided


def _events(rows: list[Row], until: str | None) -> tuple[NodeEvent, ...]:
    voided = _voided(rows) if any(row[9] is not None for row in rows) else ()
    if not voided and until is None:
        return tuple(map(_event, rows))
    return tuple(
        _event(row)
        for row in rows
        if row[1] not in voided and row[2] != VOID_KIND and (until is None or row[3] <= until)
    )


def _suspension(row: Row) -> Suspension:
    return Suspension(
        row[1], CaseId(row[0]), row[2], row[3], _day(row[4]), _maybe_day(row[5]), row[6]
    )


def _extension(row: Row) -> Extension:
    return Extension(
        row[1],
        CaseId(row[0]),
        row[2],
        row[3],
        row[4],
        _day(row[5]),
        _day(row[6]),
        PersonId(row[7]),
        row[8],
        row[9],
    )


def _hold(row: Row) -> Hold:
    return Hold(CaseId(row[0]), row[1], _day(row[2]), _HOLDERS[row[3]], row[4], row[5])


def _read(reader: _Reader, known_by: date | None) -> Iterator[CaseFacts]:
    """The facts of one slice; with `known_by`, as they stood at the end of that day."""
    until = None if known_by is None else known_by.isoformat()
    events = reader.by_case(_EVENTS)
    suspensions = reader.by_case(_SUSPENSIONS)
    extensions = reader.by_case(_EXTENSIONS)
    holds = reader.by_case(_HOLDS)
    for row in reader.rows(_CASE, "id"):
        breathe()
        case_id = row[0]
        if until is not None and row[4] > until:
            continue
        closed_later = until is not None and row[5] is not None and row[5] > until
        yield CaseFacts(
            _case((*row[:5], None, None, *row[7:]) if closed_later else row),
            _events(events.get(case_id, []), until),
            tuple(
                _suspension(found)
                for found in suspensions.get(case_id, ())
                if until is None or found[4] <= until
            ),
            tuple(
                _extension(found)
                for found in extensions.get(case_id, ())
                if until is None or found[6] <= until
            ),
            tuple(
                _hold(found)
                for found in holds.get(case_id, ())
                if until is None or found[2] <= until
            ),
        )


def load_facts(
    connection: Connection, case_ids: Iterable[str], *, known_by: date | None = None
) -> dict[str, CaseFacts]:
    """Facts by case id; ids that name no case are left out.

    `known_by`: only what is dated on or before that day counts. A pause that has begun keeps its
    recorded end, as the document that began it usually names it.
    """
    wanted = list(dict.fromkeys(case_ids))
    found: dict[str, CaseFacts] = {}
    for at in range(0, len(wanted), _IN_MAX):
        part = tuple(wanted[at : at + _IN_MAX])
        where = "{column} in (" + ",".join("?" * len(part)) + ")"
        for facts in _read(_Reader(connection, where, part), known_by):
            found[facts.case.id] = facts
    return found


def load_cases(connection: Connection, case_ids: Iterable[str]) -> Iterator[CaseRow]:
    """The case rows alone, in the order of ids within each slice."""
    wanted = list(dict.fromkeys(case_ids))
    for at in range(0, len(wanted), _IN_MAX):
        part = tuple(wanted[at : at + _IN_MAX])
        where = "{column} in (" + ",".join("?" * len(part)) + ")"
        yield from map(_case, _Reader(connection, where, part).rows(_CASE, "id"))


def iter_batches(
    connection: Connection, *, batch: int = BATCH, known_by: date | None = None
) -> Iterator[tuple[str, str, list[CaseFacts]]]:
    """Every case in the order of ids, in slices: first id, last id, facts."""
    last = ""
    while True:
        ids = connection.exec_driver_sql(
            'select id from "case" where id > ? order by id limit ?', (last, batch)
        ).fetchall()
        if not ids:
            return
        first, last = ids[0][0], ids[-1][0]
        reader = _Reader(connection, "{column} between ? and ?", (first, last))
        yield first, last, list(_read(reader, known_by))


def iter_facts(
    connection: Connection, batch: int = BATCH, *, known_by: date | None = None
) -> Iterator[CaseFacts]:
    """Every case, streamed; at most `batch` cases are in memory."""
    for _first, _last, facts in iter_batches(connection, batch=batch, known_by=known_by):
        yield from facts
