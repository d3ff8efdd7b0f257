"""Conflicts that are no more because somebody decided so: who, when, in which words. Reader lanes.

A conflict is asked of the facts and stored nowhere; what settled it is a fact as well, and the two
together tell it again: a seat that a later version of the document gave to another, a document that
was recalled, a bond that was declared wrong. So none is gone without a name beside it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from desktop.command.separation.words import Told, told
from desktop.documents.bench import PANEL_WORDS
from desktop.documents.separation.facts import facts_of
from desktop.documents.separation.links import rows, spread
from desktop.rules.separation import Graph
from desktop.rules.separation_facts import Bench, Bond, BondKind, Conflict, Judging, RowKey
from storage.schema.documents import BENCH, SEPARATE

UNSEATED: Final = "更换合议庭成员"
RECALLED: Final = "撤销文书"
VOIDED: Final = "作废关联登记"
_VERSIONS: Final = (
    "select v.document_id, v.id, v.at, v.author_id, v.note, v.fields, d.case_id, d.kind, d.title,"
    " d.state from document_version v join document d on d.id = v.document_id"
    " where d.kind in :kinds and d.case_id is not null order by v.document_id, v.at, v.n, v.id"
)
_RECALLS: Final = (
    "select a.document_id, a.id, a.at, a.person_id, a.body from document_act a"
    " join document d on d.id = a.document_id where d.kind in :kinds and a.act = 'recall'"
)
_VOIDED: Final = (
    "select k.id, k.case_id, k.other_id, k.other_number, k.kind, substr(k.at, 1, 10), k.body,"
    " v.id, v.at, v.person_id, v.body from case_kin k join case_kin v on v.voids = k.id"
)
_NAMES: Final = "select id, name from person where id in :ids"


@dataclass(frozen=True, slots=True)
class Decided:
    """What settled it. `row`: where that is kept."""

    how: str
    person_id: str | None
    at: str
    words: str
    row: RowKey


@dataclass(frozen=True, slots=True)
class Settled:
    """A conflict that stood, and what ended it; `by`: a name."""

    told: Told
    decided: Decided
    by: str


def settled(connection: Connection, _args: object = None) -> list[Settled]:
    """All of them, the newest decision first."""
    seats = list(_left_seats(connection))
    bonds = [_voided(row) for row in rows(connection, _VOIDED)]
    near = spread(
        connection,
        {one.case_id for one, _decided in seats} | {c for one, _d in bonds for c in one.cases},
    )
    facts = facts_of(connection, near)
    stands = set(Graph(facts).conflicts())
    past = Graph([*facts, *(one for one, _d in bonds), *(one for one, _d in seats)]).conflicts()
    by_seat = {(one.person_id, one.subject): decided for one, decided in seats}
    by_bond = {one.key: decided for one, decided in bonds}
    found = [
        (one, decided)
        for key, one in past.items()
        if key not in stands and (decided := _decision(one, by_seat, by_bond)) is not None
    ]
    found.sort(key=lambda one: (one[1].at, one[1].row), reverse=True)
    names = dict(rows(connection, _NAMES, ids=sorted({d.person_id or "" for _c, d in found})))
    return [
        Settled(words, decided, names.get(decided.person_id or "", "未登记人员"))
        for words, (_one, decided) in zip(
            told(connection, (one for one, _d in found)), found, strict=True
        )
    ]


def _decision(
    one: Conflict,
    by_seat: dict[tuple[str, str], Decided],
    by_bond: dict[RowKey, Decided],
) -> Decided | None:
    seat = by_seat.get((one.person_id, one.subject))
    if seat is not None:
        return seat
    return next((by_bond[key] for key in sorted(one.rows) if key in by_bond), None)


def _voided(row: Sequence[Any]) -> tuple[Bond, Decided]:
    key, case_id, other, number, kind, on, words, void, at, person, why = row
    bond = Bond(
        *(RowKey("case_kin", key), case_id, other, number, BondKind(kind)),
        *(date.fromisoformat(on), words),
    )
    return bond, Decided(VOIDED, person, at, why, RowKey("case_kin", void))


def _left_seats(connection: Connection) -> Iterator[tuple[Judging, Decided]]:
    """Seats that somebody had in a version of a document and has no more."""
    versions: dict[str, list[Any]] = defaultdict(list)
    for row in rows(connection, _VERSIONS, kinds=BENCH):
        versions[row[0]].append(row)
    recalls = {row[0]: row[1:] for row in rows(connection, _RECALLS, kinds=BENCH)}
    for document_id, saved in versions.items():
        panels = [json.loads(row[5]).get(PANEL_WORDS, "").split(",") for row in saved]
        for person in sorted({one for panel in panels for one in panel if one}):
            last = max(n for n, panel in enumerate(panels) if person in panel)
            if last + 1 < len(saved):
                _doc, key, at, author, note, *_rest = saved[last + 1]
                yield (
                    _seat(saved[last], person, at),
                    Decided(UNSEATED, author, at, note, RowKey("document_version", key)),
                )
            elif saved[last][9] == "recalled" and document_id in recalls:
                key, at, who, why = recalls[document_id]
                yield (
                    _seat(saved[last], person, at),
                    Decided(RECALLED, who, at, why, RowKey("document_act", key)),
                )


def _seat(row: Sequence[Any], person: str, until: str) -> Judging:
    document_id, key, at, _author, _note, _fields, case_id, kind, title, _state = row
    return Judging(
        *(RowKey("document_version", key), case_id, person, Bench.NAMED),
        *(date.fromisoformat(at[:10]), date.fromisoformat(until[:10])),
        *(str(document_id), str(title)),
        by_law=kind in SEPARATE,
    )
