"""Writes the projection: derives the nodes of cases and keeps them as rows. Writer thread only.

A change of facts re-projects its cases inside the same transaction, so a reader never sees dates
that contradict the facts beside them. A full rebuild streams the store in slices and drops the
secondary indexes first, which are far cheaper to build than to keep while rows pour in.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, cast

import chinese_calendar
from sqlalchemy import Connection, text

import resources
from desktop.contract.courtesy import breathe, fetched, in_slices
from desktop.contract.law import Law, load_law
from desktop.projection import FACT_TABLES
from desktop.projection.facts import iter_batches, load_facts
from desktop.projection.keys import Keys
from desktop.projection.local_days import local_days
from desktop.rules.nodes import derive_nodes
from storage.records.cases import CaseFacts, NodeClock
from storage.records.changes import ALL, IDS_MAX, All, ChangeSet, RowIds
from storage.schema import metadata
from storage.schema.local import node_clock

PROJECTED_ON: Final = "clock_projected_on"
LAW_SEEN: Final = "clock_law"
_SLICE: Final = 500
_STORE: Final = (
    "insert into node_clock (n, case_id, node_code, subject, started_on, due_on, due_at, certain,"
    " warn_on, done_on, pause_from, pause_to, rule_version, case_number, type_word, court_n,"
    " team_n, handler_n) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_UPDATE: Final = (
    "update node_clock set case_id=?, node_code=?, subject=?, started_on=?, due_on=?, due_at=?,"
    " certain=?, warn_on=?, done_on=?, pause_from=?, pause_to=?, rule_version=?, case_number=?,"
    " type_word=?, court_n=?, team_n=?, handler_n=? where n=?"
)
_HELD: Final = (
    "select n, case_id, node_code, subject, started_on, due_on, due_at, certain, warn_on, done_on,"
    " pause_from, pause_to, rule_version, case_number, type_word, court_n, team_n, handler_n"
    " from node_clock where case_id "
)
Values = tuple[object, ...]
Key = tuple[object, object, object]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _values(clock: NodeClock, place: Values) -> Values:
    return (
        clock.case_id,
        clock.node_code,
        clock.subject,
        clock.started_on.isoformat(),
        _iso(clock.due_on),
        None if clock.due_at is None else clock.due_at.isoformat(),
        int(clock.certain),
        _iso(clock.warn_on),
        _iso(clock.done_on),
        _iso(clock.pause_from),
        _iso(clock.pause_to),
        clock.rule_version,
        *place,
    )


class _Deriver:
    """Facts to row values; remembers the interned places."""

    def __init__(self, law: Law, keys: Keys, today: date) -> None:
        self._law = law
        self._keys = keys
        self._today = today

    def rows(self, facts: CaseFacts) -> list[Values]:
        breathe()
        case = facts.case
        place = (
            case.number,
            case.type_word,
            self._keys.number(case.court_id),
            self._keys.maybe(case.team_id),
            self._keys.maybe(case.handler_id),
        )
        catalogue = self._law.catalogue_for(case.type_word)
        table = self._law.tables[catalogue.name]
        clocks = derive_nodes(facts, catalogue, table, self._today)
        return [_values(clock, place) for clock in clocks]


def _held(connection: Connection, where: str, values: Values) -> dict[Key, Values]:
    rows = fetched(connection.exec_driver_sql(_HELD + where, values).cursor)
    return {(row[1], row[2], row[3]): row for row in rows}


class _Merger:
    """Writes only what differs; a node that stays keeps its number. `touched`: numbers written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next_n = _highest(connection)
        self.touched: set[int] = set()

    def merge(self, held: dict[Key, Values], fresh: Iterable[Values]) -> None:
        added: list[Values] = []
        changed: list[Values] = []
        for row in fresh:
            before = held.pop((row[0], row[1], row[2]), None)
            if before is None:
                self._next_n += 1
                added.append((self._next_n, *row))
            elif before[1:] != row:
                changed.append((*row, before[0]))
        gone = [(row[0],) for row in held.values()]
        for sql, rows, n_at in (
            ("delete from node_clock where n = ?", gone, 0),
            (_UPDATE, changed, -1),
            (_STORE, added, 0),
        ):
            if rows:
                for part in in_slices(rows):
                    self._connection.exec_driver_sql(sql, list(part))
                self.touched.update(cast("int", row[n_at]) for row in rows)


def _highest(connection: Connection) -> int:
    found = connection.exec_driver_sql("select coalesce(max(n), 0) from node_clock").scalar_one()
    return int(found)


def _project_some(
    connection: Connection, deriver: _Deriver, ids: list[str], today: date
) -> set[int]:
    merger = _Merger(connection)
    for at in range(0, len(ids), _SLICE):
        part = ids[at : at + _SLICE]
        where = "in (" + ",".join("?" * len(part)) + ")"
        held = _held(connection, where, tuple(part))
        facts = load_facts(connection, part, known_by=today)
        merger.merge(held, (row for found in facts.values() for row in deriver.rows(found)))
    return merger.touched


def _set_aside(connection: Connection) -> None:
    """Empties the projection, but remembers which number every node had."""
    connection.exec_driver_sql("drop table if exists temp.clock_held")
    connection.exec_driver_sql(
        "create temp table clock_held as select case_id, node_code, subject, n from node_clock"
    )
    connection.exec_driver_sql("create index temp.ix_clock_held on clock_held (case_id)")
    connection.exec_driver_sql("delete from node_clock")


def _numbers_of(connection: Connection, first: str, last: str) -> dict[Key, object]:
    held = connection.exec_driver_sql(
        "select case_id, node_code, subject, n from temp.clock_held where case_id between ? and ?",
        (first, last),
    )
    return {(row[0], row[1], row[2]): row[3] for row in fetched(held.cursor)}


def _project_all(connection: Connection, deriver: _Deriver, today: date) -> int:
    """Rebuilds every row; numbers of nodes that stay are kept."""
    indexes = sorted(node_clock.indexes, key=lambda index: str(index.name))
    for index in indexes:
        connection.exec_driver_sql(f"drop index if exists {index.name}")
    next_n = _highest(connection)
    _set_aside(connection)
    written = 0
    for first, last, facts in iter_batches(connection, known_by=today):
        numbers = _numbers_of(connection, first, last)
        batch: list[Values] = []
        for found in facts:
            for row in deriver.rows(found):
                n = numbers.get((row[0], row[1], row[2]))
                if n is None:
                    next_n += 1
                    n = next_n
                batch.append((n, *row))
        for part in in_slices(batch):
            connection.exec_driver_sql(_STORE, list(part))
        written += len(batch)
    connection.exec_driver_sql("drop table temp.clock_held")
    for index in indexes:
        index.create(connection)
    return written


def project_cases(
    connection: Connection, law: Law, case_ids: Iterable[str] | All, today: date
) -> int:
    """Derives the nodes of `case_ids` for the day `today` and keeps them; gives rows written.

    Facts dated after `today` do not count yet, so no kept row is done later than `today`. A case
    that is gone loses its rows. A node that stays keeps its number `n`.
    """
    if isinstance(case_ids, All):
        return _rebuild(connection, law, today)
    return len(_refresh(connection, law, case_ids, today))


def _rebuild(connection: Connection, law: Law, today: date) -> int:
    written = _project_all(connection, _Deriver(law, Keys.sync(connection, law), today), today)
    _remember(connection, PROJECTED_ON, today.isoformat())
    _remember(connection, LAW_SEEN, fingerprint(connection))
    return written


def _refresh(connection: Connection, law: Law, ids: Iterable[str], today: date) -> set[int]:
    deriver = _Deriver(law, Keys.sync(connection, law), today)
    return _project_some(connection, deriver, sorted(set(ids)), today)


def _remember(connection: Connection, key: str, value: str) -> None:
    connection.exec_driver_sql(
        "insert into setting (key, value) values (?, ?)"
        " on conflict (key) do update set value = excluded.value",
        (key, value),
    )


def _setting(connection: Connection, key: str) -> str | None:
    found = connection.exec_driver_sql("select value from setting where key = ?", (key,))
    value = found.scalar_one_or_none()
    return None if value is None else str(value)


def projected_on(connection: Connection) -> date | None:
    """The day the kept rows stand for, or None before the first projection."""
    stored = _setting(connection, PROJECTED_ON)
    return None if stored is None else date.fromisoformat(stored)


def fingerprint(connection: Connection) -> str:
    """Changes whenever a rule file, a shipped calendar or a local day of the store does."""
    digest = hashlib.sha256()
    for folder in ("law", "calendars"):
        for path in sorted(resources.path(folder).glob("*.toml")):
            digest.update(path.name.encode() + path.read_bytes())
    digest.update(repr(local_days(connection)).encode())
    digest.update(chinese_calendar.__version__.encode())
    return digest.hexdigest()[:16]


def _cases_behind(
    connection: Connection, name: str, ids: frozenset[str], *, named: bool
) -> set[str] | All:
    """The cases that rows of one fact table belong to, or belonged to before they were deleted.

    `named`: base data, where a deleted fact has named its case among the changed ones.
    """
    cases: set[str] = set()
    missing = set(ids)
    listed = sorted(ids)
    for at in range(0, len(listed), _SLICE):
        part = tuple(listed[at : at + _SLICE])
        marks = ",".join("?" * len(part))
        for row_id, case_id in connection.exec_driver_sql(
            f"select id, case_id from {name} where id in ({marks})", part
        ):
            cases.add(case_id)
            missing.discard(row_id)
        # A deleted or moved row tells its former case in the operation that did it.
        for row_id, case_id in connection.exec_driver_sql(
            "select row_id, json_extract(old, '$.case_id') from _op where tbl = ?"
            f" and row_id in ({marks}) and json_extract(old, '$.case_id') is not null",
            (metadata.tables[name].info["number"], *part),
        ):
            cases.add(case_id)
            missing.discard(row_id)
    return ALL if missing and not named else cases


def _cases_of(connection: Connection, changes: ChangeSet) -> set[str] | All:
    """The cases whose facts a write changed."""
    found: set[str] = set()
    for name in FACT_TABLES:
        ids = changes.ids(name)
        if isinstance(ids, All):
            return ALL
        if name == "case":
            found |= ids
        elif ids:
            behind = _cases_behind(connection, name, ids, named=changes.origin == "sync")
            if isinstance(behind, All):
                return ALL
            found |= behind
    return found


class Projector:
    """The hook; it reads the law anew when a local calendar day changes."""

    def __init__(self, law: Law, today: Callable[[], date]) -> None:
        self._law = law
        self._today = today

    def __call__(self, connection: Connection, changes: ChangeSet) -> ChangeSet:
        if changes.touches("calendar_day"):
            self._law = load_law(local_days(connection))
            return self._all(connection, changes)
        if not changes.touches(*FACT_TABLES):
            if changes.touches("court", "team", "person"):
                Keys.sync(connection, self._law)
            return ChangeSet({}, changes.origin)
        cases = _cases_of(connection, changes)
        if isinstance(cases, All) or projected_on(connection) is None:
            return self._all(connection, changes)
        touched = _refresh(connection, self._law, cases, self._today())
        rows: RowIds = ALL if len(touched) > IDS_MAX else frozenset(map(str, touched))
        return ChangeSet({"node_clock": rows} if rows else {}, changes.origin)

    def _all(self, connection: Connection, changes: ChangeSet) -> ChangeSet:
        _rebuild(connection, self._law, self._today())
        return ChangeSet({"node_clock": ALL}, changes.origin)


def projector(law: Law, today: Callable[[], date]) -> Projector:
    """A hook for the write session: re-projects what a write touched, in its own transaction.

    Answers which rows of `node_clock` changed, by their number as text.
    """
    return Projector(law, today)


_DATED: Final = (
    'select id from "case" where filed_on > :a and filed_on <= :b',
    'select id from "case" where closed_on > :a and closed_on <= :b',
    'select case_id from node_event where "on" > :a and "on" <= :b',
    "select case_id from suspension where from_on > :a and from_on <= :b",
    "select case_id from suspension where from_on <= :b and (to_on is null or to_on >= :a)",
    "select case_id from extension where approved_on > :a and approved_on <= :b",
)


def refresh_day(connection: Connection, law: Law, today: date) -> int:
    """Brings the rows to a new day: cases with a fact that only now counts, or a pause that
    reaches it. Everything is rebuilt when the rules or calendars changed since, or when the clock
    went back. Gives the number of rows written; nothing is written when all is fresh.
    """
    before = projected_on(connection)
    if (
        before is None
        or today < before
        or _setting(connection, LAW_SEEN) != fingerprint(connection)
    ):
        return _rebuild(connection, law, today)
    if today == before:
        return 0
    span = {"a": before.isoformat(), "b": today.isoformat()}
    cases: set[str] = set()
    for sql in _DATED:
        cases.update(row[0] for row in connection.execute(text(sql), span))
    touched = _refresh(connection, law, cases, today)
    _remember(connection, PROJECTED_ON, today.isoformat())
    return len(touched)
