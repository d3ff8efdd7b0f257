"""What the panel of equipment reads. Reader lanes; any thread."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from desktop.command.equipment.register import (
    ROW,
    TABLES,
    Item,
    Names,
    current_items,
    item,
    items,
    names_of,
    refused_words,
)
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import as_params, many
from desktop.panels.equipment.rules import FLAG_STYLES, flag_words, until_words
from desktop.rules.equipment import FLAG_WORDS, Custody, Flag, loudest
from desktop.rules.equipment_law import EquipmentLaw, load_equipment_law
from desktop.rules.sounds import readings
from storage.schema import table

__all__ = ["TABLES"]
_ORDER: Final = tuple(FLAG_STYLES)
_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class EquipmentFilter:
    """All parts are joined by AND. `flags`: any of these is true; `kinds`: codes of kinds;
    `teams`, `holders`: ids; `text`: in name, numbers or the holder's name. Without `flags`
    retired things are left out."""

    flags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    text: str = ""

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self) | {"list": "1"}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "EquipmentFilter":
        """What `to_params` wrote."""
        parts = {name: many(params, name) for name in ("flags", "kinds", "teams", "holders")}
        return cls(**parts, text=params.get("text", ""))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose by its name; `sounds`: its pinyin, which is searched too."""

    id: str
    label: str
    sounds: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """Who and what can be chosen."""

    people: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    holders: tuple[Choice, ...]


def offered(connection: Connection, today: date) -> Offered:
    """People in office, teams, kinds of the day, and who has anything now."""
    person, team, court = table("person").c, table("team").c, table("court").c
    people = connection.execute(
        select(person.id, person.name, court.short_name)
        .select_from(table("person").join(table("court"), court.id == person.court_id))
        .where(or_(person.left_on.is_(None), person.left_on > today.isoformat()))
        .order_by(court.code, person.name, person.id)
    ).all()
    teams = connection.execute(select(team.id, team.name).order_by(team.number))
    kinds = load_equipment_law().kinds_on(today).values()
    names = {row.id: row.name for row in people}
    having = {
        one.standing.now_with.holder_id for one in current_items(connection) if one.standing.lent
    } - {None}
    return Offered(
        tuple(Choice(row.id, f"{row.name}　{row.short_name}", _sounds(row.name)) for row in people),
        tuple(Choice(row.id, row.name, _sounds(row.name)) for row in teams),
        tuple(Choice(kind.code, kind.name, _sounds(kind.name)) for kind in kinds),
        tuple(
            Choice(key, names.get(key, "（未知人员）"), _sounds(names.get(key, "")))
            for key in sorted(having, key=lambda one: names.get(str(one), ""))
            if key is not None
        ),
    )


def _sounds(name: str) -> str:
    return " ".join(
        word for one in readings(name) for word in ("".join(part[:1] for part in one), "".join(one))
    )


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """Things that are late, broken or out of calibration."""
    now = datetime.combine(today, datetime.now(COURT_ZONE).time(), COURT_ZONE)
    law = load_equipment_law()
    bad = {Flag.OVERDUE, Flag.FAULTY, Flag.CALIBRATE_DUE}
    count = sum(bool(one.flags(now, law) & bad) for one in current_items(connection))
    return count, "overdue" if count else ""


# The list


Clock = Callable[[], datetime]


def snapshot(
    connection: Connection, args: SnapshotArgs[Dated[EquipmentFilter]], now: Clock
) -> "array[int]":
    """Row numbers; what presses most first unless sorted."""
    moment, law = now(), load_equipment_law()
    names = names_of(connection)
    found = [
        one
        for one in current_items(connection)
        if _fits(one, args.filter.filter, moment, law, names)
    ]
    if args.sort is None:
        found.sort(key=lambda one: (_ORDER.index(loudest(one.flags(moment, law))), one.asset_no))
    else:
        found = _sorted(found, args.sort, args.descending, moment, law, names)
    return array("q", (one.row for one in found))


def _fits(
    one: Item, asked: EquipmentFilter, now: datetime, law: EquipmentLaw, names: Names
) -> bool:
    flags = one.flags(now, law)
    if asked.flags and not flags & {Flag(key) for key in asked.flags if key in _KEYS}:
        return False
    if not asked.flags and Flag.RETIRED in flags:
        return False
    holder = one.standing.now_with.holder_id if one.standing.lent else None
    if asked.kinds and one.kind not in asked.kinds:
        return False
    if asked.teams and one.team_id not in asked.teams:
        return False
    if asked.holders and holder not in asked.holders:
        return False
    words = " ".join((one.name, one.asset_no, one.serial_no, one.model, names.person(holder)))
    return all(part in words.casefold() for part in asked.text.casefold().split())


_KEYS: Final = frozenset(flag.value for flag in Flag)


def _sorted(
    found: Sequence[Item],
    key: str,
    descending: bool,
    now: datetime,
    law: EquipmentLaw,
    names: Names,
) -> list[Item]:
    """By a column; empty values come last in either direction."""
    values = {one.row: _value(_row(one, now, law, names).get(key)) for one in found}
    known = [one for one in found if values[one.row] not in (None, "")]
    known.sort(key=lambda one: values[one.row], reverse=descending)
    return [*known, *(one for one in found if values[one.row] in (None, ""))]


def _value(value: object) -> Any:
    return value[1] if isinstance(value, tuple) else value


def rows(
    connection: Connection, ids: Sequence[int], _today: date, now: Clock
) -> dict[int, dict[str, object]]:
    """List rows by row number; badges carry (style key, words)."""
    moment, law, names = now(), load_equipment_law(), names_of(connection)
    found: dict[int, dict[str, object]] = {}
    for first in range(0, len(ids), _SLICE):
        some = ROW.in_(list(ids[first : first + _SLICE]))
        found |= {one.row: _row(one, moment, law, names) for one in current_items(connection, some)}
    return found


def _row(one: Item, now: datetime, law: EquipmentLaw, names: Names) -> dict[str, object]:
    flags, standing = one.flags(now, law), one.standing
    loud, last = loudest(flags), standing.now_with
    tickets = standing.open_tickets
    lent = standing.lent
    return {
        "id": one.id,
        "asset_no": one.asset_no,
        "name": one.name,
        "kind": one.kind_in(law, now.date()).name,
        "model": one.model,
        "serial_no": one.serial_no,
        "team": names.teams.get(one.team_id, ""),
        "state": (FLAG_STYLES[loud], FLAG_WORDS[loud]),
        "all_words": flag_words(list(flags)),
        "holder": names.person(last.holder_id) if lent else "",
        "since": "" if last.since is None else f"{last.since:%Y-%m-%d %H:%M}",
        "due_at": f"{last.due_at:%m-%d %H:%M}" if lent and last.due_at is not None else "",
        "due_words": until_words(last.due_at, now) if lent else "",
        "calibrate_by": None
        if standing.calibrate_by is None
        else standing.calibrate_by.isoformat(),
        "fault": tickets[0].body if tickets else "",
        "keeper": names.person(one.keeper_id),
        "note": one.note,
        "refused": bool(one.refused),
    }


# One thing


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page of one thing, as of `now`."""

    item: Item
    flags: frozenset[Flag]
    kind: str
    names: Names
    now: datetime
    refused: tuple[str, ...]
    basis: str

    @property
    def where(self) -> Custody:
        """Who has it."""
        return self.item.standing.now_with


@dataclass(frozen=True, slots=True)
class PageArgs:
    """Which thing, and when."""

    equipment_id: str
    now: datetime


def page(connection: Connection, args: PageArgs) -> Page | None:
    """One thing; None where it is not here."""
    found = item(connection, args.equipment_id)
    if found is None:
        return None
    law, names = load_equipment_law(), names_of(connection)
    kind = found.kind_in(law, args.now.date())
    mark = "" if kind.confidence == "confirmed" else "〔未核实〕"
    return Page(
        found,
        found.flags(args.now, law),
        kind.name,
        names,
        args.now,
        tuple(refused_words(one, found, names) for one in found.refused),
        f"修复服务时限 {kind.repair_hours} 小时：{kind.basis}{mark}",
    )


def things(connection: Connection, ids: Sequence[str]) -> list[Item]:
    """Those of these ids that are here, in the register's order."""
    return items(connection, table("equipment").c.id.in_(ids))
