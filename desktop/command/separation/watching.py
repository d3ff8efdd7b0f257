"""Conflicts of 审执分离 found from rows: all of them, or what a change brought. Reader lanes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from desktop.documents.separation.facts import facts_of
from desktop.documents.separation.links import REVIEWS, components, parts, rows, spread, words_of
from desktop.rules.separation import ConflictBook, Graph, News
from desktop.rules.separation_facts import Conflict, RowKey
from storage.records.changes import All, ChangeSet
from storage.schema.documents import BENCH

TABLES: Final = (
    *("case", "party", "hold", "membership", "team", "execution_log", "node_event", "seizure"),
    *("document", "document_act", "case_kin"),
)
CASES_MAX: Final = 400  # more are told by counting everything anew
# Of a row of that table: which cases it is about.
_ABOUT: Final[Mapping[str, str]] = {
    "case": 'select id from "case" where id in :ids',
    **{
        name: f"select case_id from {name} where id in :ids"
        for name in ("party", "hold", "execution_log", "node_event", "seizure")
    },
    "document": "select case_id from document where id in :ids and case_id is not null",
    "document_act": "select d.case_id from document_act a join document d on d.id = a.document_id"
    " where a.id in :ids and d.case_id is not null",
    # A row that declares a bond wrong speaks of the same two cases.
    "case_kin": "select case_id from case_kin where id in :ids"
    " union select other_id from case_kin where id in :ids"
    " union select w.case_id from case_kin v join case_kin w on w.id = v.voids where v.id in :ids"
    " union select w.other_id from case_kin v join case_kin w on w.id = v.voids"
    " where v.id in :ids",
    "membership": 'select c.id from "case" c join membership m on m.team_id = c.team_id'
    " where m.id in :ids union select h.case_id from hold h join membership m"
    " on m.team_id = h.holder_id where h.kind = 'team' and m.id in :ids",
    "team": 'select id from "case" where team_id in :ids',
}
_JUDGED: Final = (
    "select d.case_id from document d where d.kind in :kinds and d.case_id is not null"
    " and d.state <> 'recalled'"
)
_REVIEWS: Final = 'select id from "case" where type_word in :words'


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood around the cases `around`; None: everywhere."""

    around: frozenset[str] | None
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What stood before, and what has changed since; `changes` None: count everything."""

    known: tuple[Conflict, ...] = ()
    changes: ChangeSet | None = None


def recount(connection: Connection) -> tuple[Conflict, ...]:
    """Every conflict of the store."""
    judged = {one for (one,) in rows(connection, _JUDGED, kinds=BENCH)}
    reviews = {one for (one,) in rows(connection, _REVIEWS, words=words_of(REVIEWS))}
    near = set(judged)
    for members in components(connection):
        # A review that hangs with nothing has nobody who carried something out.
        if members & judged or members & reviews:
            near |= members
    return tuple(Graph(facts_of(connection, near)).conflicts().values())


def look(connection: Connection, args: Look) -> Seen:
    """What stands after a change, where it can have changed."""
    touched = None if args.changes is None else _touched(connection, args.changes)
    if touched is None or args.changes is None:
        return Seen(None, recount(connection))
    asked = ConflictBook(args.known).asked(touched, _row_keys(args.changes))
    if not asked:
        return Seen(frozenset(), ())
    around = spread(connection, asked)
    if not _is_judged(connection, around):
        return Seen(around, ())
    graph = Graph(facts_of(connection, around))
    return Seen(around, tuple(graph.conflicts().values()))


def settle(book: ConflictBook, seen: Seen) -> News:
    """Brings the book to what was seen."""
    if seen.around is not None:
        return book.settle(seen.around, seen.conflicts)
    everywhere = {one.case_id for one in (*book.conflicts.values(), *seen.conflicts)}
    return book.settle(frozenset(everywhere), seen.conflicts)


def _touched(connection: Connection, changes: ChangeSet) -> frozenset[str] | None:
    """The cases that changed rows are about; None when it is quicker to count everything."""
    found: set[str] = set()
    for name in TABLES:
        ids = changes.ids(name)
        if isinstance(ids, All) or len(ids) > CASES_MAX:
            return None
        for part in parts(ids):
            found.update(one for (one,) in rows(connection, _ABOUT[name], ids=part))
        if len(found) > CASES_MAX:
            return None
    return frozenset(found)


def _row_keys(changes: ChangeSet) -> frozenset[RowKey]:
    keys = set()
    for name in TABLES:
        ids = changes.ids(name)
        if not isinstance(ids, All):
            keys |= {RowKey(name, one) for one in ids}
    return frozenset(keys)


def _is_judged(connection: Connection, case_ids: Collection[str]) -> bool:
    reviews, kinds = words_of(REVIEWS), BENCH
    return any(
        rows(connection, f"{_REVIEWS} and id in :ids limit 1", words=reviews, ids=part)
        or rows(connection, f"{_JUDGED} and d.case_id in :ids limit 1", kinds=kinds, ids=part)
        for part in parts(case_ids)
    )
