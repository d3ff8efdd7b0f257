"""The register of equipment with how each thing stands. Reader lanes; any thread.

A court has some hundreds of things: all are read and folded at once, which is quicker than asking
one by one; lists leave the loans out that are over. Rows that the hub has refused and nobody has
settled yet are told apart (`refused`), since they did not happen.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, or_, select

from desktop.rules.equipment import Act, Flag, Standing, Thing, fold
from desktop.rules.equipment_law import EquipmentLaw, Kind
from storage.schema import table

TABLES = ("equipment", "equipment_act", "person", "team")
_MOVES = ("lend", "hand_over", "give_back", "check")
ROW: ColumnElement[int] = literal_column("equipment.rowid")
_REFUSED = """
select o.new from _op o join _bundle b on b.n = o.bundle_n
 left join _settled s on s.bundle_id = b.id
 where o.tbl = ? and o.kind = 'I' and b.state = 'decided' and b.verdict <> 'applied'
 and s.bundle_id is null"""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing of the register. `row`: its number in lists, stable within one snapshot; `refused`:
    acts of this desk that the hub decided against."""

    row: int
    id: str
    team_id: str
    asset_no: str
    name: str
    kind: str
    model: str
    serial_no: str
    bought_on: date | None
    calibrate_days: int | None
    keeper_id: str | None
    note: str
    acts: tuple[Act, ...]
    standing: Standing
    refused: tuple[Act, ...] = ()

    @property
    def title(self) -> str:
        """Name and number, as people call it."""
        return f"{self.name}（{self.asset_no}）"

    def flags(self, now: datetime, law: EquipmentLaw) -> frozenset[Flag]:
        """What is true of it now."""
        return self.standing.flags(
            now,
            calibrate_soon=law.amount("calibrate_soon", now.date()),
            loan_soon=law.amount("loan_soon", now.date()),
        )

    def kind_in(self, law: EquipmentLaw, day: date) -> Kind:
        """Its kind, with what the law of the day says of it."""
        return law.kind(self.kind, day)


def items(connection: Connection, where: ColumnElement[bool] | None = None) -> list[Item]:
    """Every thing, or those of `where` (over the table `equipment`), by asset number, with its
    whole story."""
    return _items(connection, where, over=True)


def current_items(connection: Connection, where: ColumnElement[bool] | None = None) -> list[Item]:
    """As `items`, for lists: without loans that are over. Where a thing is, faults and repairs,
    calibration and end are the same; chain and oddities are not."""
    return _items(connection, where, over=False)


def _items(connection: Connection, where: ColumnElement[bool] | None, *, over: bool) -> list[Item]:
    thing = table("equipment")
    asked = select(ROW.label("row"), thing).order_by(thing.c.asset_no)
    if where is not None:
        asked = asked.where(where)
    rows = connection.execute(asked).mappings().all()
    acts = _acts(connection, None if where is None else [row["id"] for row in rows], over=over)
    void = _refused(connection)
    return [
        _item(row, acts.get(row["id"], ()), void.get(row["id"], ()), whole=over) for row in rows
    ]


def item(connection: Connection, equipment_id: str) -> Item | None:
    """One thing; None where it is not here."""
    found = items(connection, table("equipment").c.id == equipment_id)
    return found[0] if found else None


def _acts(
    connection: Connection, ids: Sequence[str] | None, *, over: bool
) -> Mapping[str, list[Act]]:
    act = table("equipment_act")
    asked = select(act)
    if ids is not None:
        asked = asked.where(act.c.equipment_id.in_(ids))
    if not over:
        back = act.alias("back")
        last = (
            select(back.c.equipment_id, func.max(back.c.at).label("at"))
            .where(back.c.act == "give_back")
            .group_by(back.c.equipment_id)
            .subquery()
        )
        # A hand-over keeps the day of its loan, so the whole of the present loan is needed.
        asked = asked.outerjoin(last, last.c.equipment_id == act.c.equipment_id).where(
            or_(act.c.act.not_in(_MOVES), last.c.at.is_(None), act.c.at >= last.c.at)
        )
    return _by_thing(connection.execute(asked).mappings())


def _refused(connection: Connection) -> Mapping[str, list[Act]]:
    """What stands in no table: the hub decided against it, and nobody has settled it yet."""
    number = table("equipment_act").info["number"]
    rows = connection.exec_driver_sql(_REFUSED, (number,))
    return _by_thing(json.loads(row[0]) for row in rows)


def _by_thing(rows: Iterable[Mapping[Any, Any]]) -> Mapping[str, list[Act]]:
    found: dict[str, list[Act]] = defaultdict(list)
    for row in rows:
        due = row.get("due_at")
        found[row["equipment_id"]].append(
            Act(
                row["id"],
                row["act"],
                datetime.fromisoformat(row["at"]),
                row["person_id"],
                row.get("to_id"),
                None if due is None else datetime.fromisoformat(due),
                row.get("ticket"),
                row.get("document_no") or "",
                row.get("body") or "",
            )
        )
    return found


def _item(
    row: Mapping[Any, Any], acts: Iterable[Act], refused: Iterable[Act], *, whole: bool
) -> Item:
    bought = None if row["bought_on"] is None else date.fromisoformat(row["bought_on"])
    thing = Thing(row["id"], row["calibrate_days"], bought)
    void = tuple(sorted(refused, key=lambda one: one.order))
    gone = {one.id for one in void}
    held = sorted((one for one in acts if one.id not in gone), key=lambda one: one.order)
    return Item(
        row["row"],
        row["id"],
        row["team_id"],
        row["asset_no"],
        row["name"],
        row["kind"],
        row["model"],
        row["serial_no"],
        bought,
        row["calibrate_days"],
        row["keeper_id"],
        row["note"],
        tuple(held),
        fold(thing, held, whole=whole),
        void,
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Words for ids of people and teams."""

    people: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)

    def person(self, person_id: str | None) -> str:
        """A name; empty for nobody."""
        return "" if not person_id else self.people.get(person_id, "（未知人员）")


def names_of(connection: Connection) -> Names:
    """Names of all people and teams."""
    person, team = table("person").c, table("team").c
    return Names(
        {row.id: row.name for row in connection.execute(select(person.id, person.name))},
        {row.id: row.name for row in connection.execute(select(team.id, team.name))},
    )


def refused_words(one: Act, thing: Item, names: Names) -> str:
    """What became of an act that the hub did not take, by whom and when it was forestalled."""
    what = {"lend": "借出", "give_back": "归还", "hand_over": "移交"}.get(one.act, "登记")
    last = thing.standing.now_with
    told = f"您 {one.at:%m-%d %H:%M} 的{what}未被共享库采纳"
    if last.holder_id is not None and last.since is not None:
        return (
            f"{told}：{thing.title} 已由 {names.person(last.by_id)} 于 {last.since:%m-%d %H:%M}"
            f" 借给 {names.person(last.holder_id)}。"
        )
    if thing.standing.retired_at is not None:
        return f"{told}：{thing.title} 已于 {thing.standing.retired_at:%m-%d %H:%M} 报废。"
    if thing.standing.open_tickets:
        ticket = thing.standing.open_tickets[0]
        return (
            f"{told}：{thing.title} 已由 {names.person(ticket.by_id)} 于"
            f" {ticket.at:%m-%d %H:%M} 报修（{ticket.body}）。"
        )
    return f"{told}，请到“待裁”处理。"


def refusals(connection: Connection, _nothing: None = None) -> tuple[tuple[str, str], ...]:
    """(id of the act, what became of it) for all that the hub refused and nobody has settled."""
    void = _refused(connection)
    if not void:
        return ()
    names = names_of(connection)
    found = items(connection, table("equipment").c.id.in_(list(void)))
    return tuple(
        (one.id, refused_words(one, thing, names)) for thing in found for one in thing.refused
    )
