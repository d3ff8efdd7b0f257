"""Reads bundles and the card of a held one. Reader lanes."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, text

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import as_params, many
from desktop.panels.sync_review.consequence import Effect, effects
from desktop.panels.sync_review.words import (
    STATE_STYLES,
    STATE_WORDS,
    merged_words,
    moment,
    verdict_words,
)
from storage.schema import table
from storage.sync import memory, merged, tray
from storage.sync.counts import READ_LOG
from storage.sync.tray import STATE_SQL, Held

_SORTS: Final[Mapping[str, str]] = {
    "state": "state",
    "label": "b.label",
    "made_at": "b.made_at",
    "actor": "b.actor",
}
_FROM: Final = "from _bundle b left join _settled s on s.bundle_id = b.id"
# Looks at files travel as bundles, too; they have a panel of their own and are no work that waits.
_NO_LOOK: Final = f"not exists (select 1 from _op o where o.bundle_n = b.n and o.tbl = {READ_LOG})"
# Before the first login a bundle carries the person at this desk.
_PERSON: Final = "left join person p on p.id = b.actor"
_MERGED: Final = f"left join _sync m on m.key = '{merged.KEY}' || b.id"


@dataclass(frozen=True, slots=True)
class SyncFilter:
    """Which bundles: by state (storage.sync.tray.STATES); empty for all."""

    states: tuple[str, ...] = ()

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "SyncFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(states=many(params, "states"))


@dataclass(frozen=True, slots=True)
class CardArgs:
    """A bundle, and the law and day by which consequences are counted."""

    bundle_id: str
    law: Law
    today: date


@dataclass(frozen=True, slots=True)
class Card:
    """A held bundle with the names of what it speaks of. `names`: id -> name; `effects`: what
    choosing mine or theirs does to dates, empty for none."""

    held: Held
    case_number: str
    names: Mapping[str, str]
    effects: tuple[Effect, ...]

    def name(self, _column: str, value: str) -> str:
        """The name of a court, team, person or case; the id itself when nobody here has it."""
        return self.names.get(value, value)


def snapshot(connection: Connection, args: SnapshotArgs[Dated[SyncFilter]]) -> Sequence[int]:
    """Numbers of bundles, newest first unless asked otherwise."""
    states = args.filter.filter.states
    marks = ", ".join(f":s{n}" for n in range(len(states)))
    where = f"where {_NO_LOOK}" + (f" and {STATE_SQL} in ({marks})" if states else "")
    sort = _SORTS.get(args.sort or "", "b.n")
    direction = "asc" if args.sort and not args.descending else "desc"
    query = f"select b.n, {STATE_SQL} state {_FROM} {where} order by {sort} {direction}, b.n desc"
    found = connection.execute(text(query), {f"s{n}": state for n, state in enumerate(states)})
    return array("q", (row[0] for row in found))


def rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    marks = ", ".join(str(int(n)) for n in ids)
    query = (
        f"select b.n, b.id, b.label, b.made_at, coalesce(p.name, b.actor) actor, b.verdict,"
        f" {STATE_SQL} state, s.how, s.reason, m.value merged"
        f" {_FROM} {_MERGED} {_PERSON} where b.n in ({marks})"
    )
    found: dict[int, Mapping[str, object]] = {}
    for row in connection.execute(text(query)):
        words = "" if row.state == "waiting" else verdict_words(row.verdict)
        if row.how:
            words += "，已重新提交" if row.how == "resubmitted" else "，已采用对方"
        met = merged_words(merged.rows_of(memory.parsed(row.merged)))
        found[row.n] = {
            "id": row.id,
            "state": (STATE_STYLES[row.state], STATE_WORDS[row.state]),
            "held": row.state == "held",
            "label": row.label,
            "made_at": moment(row.made_at),
            "actor": row.actor,
            "verdict": met or words,
            "reason": row.reason or met,
        }
    return found


def card(connection: Connection, args: CardArgs) -> Card | None:
    """The card of a held bundle; None when it is not held (any more)."""
    held = tray.held(connection, args.bundle_id)
    if held is None:
        return None
    case_id = case_of(connection, held)
    names = _names(connection, held, case_id)
    return Card(
        held=held,
        case_number=names.get(case_id or "", ""),
        names=names,
        effects=effects(connection, held, case_id, args.law, args.today) if case_id else (),
    )


def case_of(connection: Connection, held: Held) -> str | None:
    """The case a held bundle speaks of, None for none."""
    for op in held.ops:
        if op.table == "case":
            return op.row_id
        found = op.mine.get("case_id") or op.theirs.get("case_id")
        if found is None and "case_id" in table(op.table).columns:
            found = connection.execute(
                text(f'select case_id from "{op.table}" where id = :id'), {"id": op.row_id}
            ).scalar()
        if found is not None:
            return str(found)
    return None


def _names(connection: Connection, held: Held, case_id: str | None) -> dict[str, str]:
    wanted: dict[str, set[str]] = {"case": {case_id} if case_id else set()}
    for op in held.ops:
        for field in op.fields:
            if not field.column.endswith("_id"):
                continue
            values = {v for v in (field.base, field.mine, field.theirs) if isinstance(v, str)}
            wanted.setdefault(_table_of(field.column), set()).update(values)
    found: dict[str, str] = {}
    for name, ids in wanted.items():
        rows_of = table(name)
        label = rows_of.c.number if name == "case" else rows_of.c.name
        query = rows_of.select().with_only_columns(rows_of.c.id, label)
        for row_id, words in connection.execute(query.where(rows_of.c.id.in_(sorted(ids)))):
            found[row_id] = str(words)
    return found


def _table_of(column: str) -> str:
    known: dict[str, str] = {
        "case_id": "case",
        "court_id": "court",
        "superior_id": "court",
        "team_id": "team",
    }
    return known.get(column, "person")


def export(connection: Connection, bundle_id: str) -> dict[str, Any] | None:
    """The content of the file of a held bundle."""
    return tray.exported(connection, bundle_id)


def to_settle(connection: Connection, _today: date) -> tuple[int, str]:
    """How many bundles wait for a person (for the navigator)."""
    query = f"select count(*) {_FROM} where {STATE_SQL} = 'held'"
    count = int(connection.execute(text(query)).scalar_one())
    return count, "overdue" if count else ""
