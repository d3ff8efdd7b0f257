"""What a self-test looks at: the operation, its things, their pictures. Reader lanes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, or_, select

from desktop.command.equipment.probes import FeedAnswer, store_folder
from desktop.command.equipment.register import Item, current_items
from desktop.command.equipment.self_test import LastTest, last_for
from desktop.errors import UserError
from desktop.rules.equipment_law import load_equipment_law
from desktop.rules.operation_plan import read_plan
from desktop.rules.self_tests import Device
from storage.schema import table

_ENDED: Final = ("finish", "cancel")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that can be tested; `urls` of its pictures; `wanted`: the plan names it, or without
    a plan a person of the team has it."""

    item: Item
    urls: tuple[str, ...]
    wanted: bool


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation that has not ended."""

    id: str
    name: str
    starts_at: str
    team_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """For which operation (None: none), by whom, and when."""

    operation_id: str | None
    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands before the button is pressed. `team_id` None: nobody could file the sheet."""

    operations: tuple[OperationLine, ...]
    operation: OperationLine | None
    team_id: str | None
    candidates: tuple[Candidate, ...]
    folder: Path | None
    last: LastTest | None


def ground(connection: Connection, ask: Ask) -> Ground:
    """Everything a self-test needs to know beforehand; things that a person has come first."""
    open_ = _operations(connection, ask.operation_id)
    chosen = next((one for one in open_ if one.id == ask.operation_id), None)
    team = chosen.team_id if chosen is not None else _team_of(connection, ask)
    named = _named(connection, None if chosen is None else chosen.id)
    pictures = _pictures(connection)
    kinds = load_equipment_law()
    day = ask.now.date()
    found = []
    for one in current_items(connection):
        if one.standing.retired_at is not None and one.id not in named:
            continue
        tested = one.kind_in(kinds, day).tested
        if one.id in named or (tested and one.team_id == team):
            wanted = one.id in named if named else one.standing.lent
            found.append(Candidate(one, pictures.get(one.id, ()), wanted))
    found.sort(key=lambda one: (not one.wanted, not one.item.standing.lent, one.item.asset_no))
    last = None if chosen is None else last_for(connection, chosen.id)
    return Ground(open_, chosen, team, tuple(found), store_folder(connection, None), last)


def _operations(connection: Connection, asked: str | None) -> tuple[OperationLine, ...]:
    """Those that have not ended, the next one first; the one asked for in any state."""
    operation, act = table("operation").c, table("operation_act").c
    ended = select(act.operation_id).where(act.act.in_(_ENDED))
    rows = connection.execute(
        select(operation.id, operation.name, operation.starts_at, operation.team_id)
        .where(or_(operation.id.not_in(ended), operation.id == asked))
        .order_by(operation.starts_at, operation.id)
    )
    return tuple(OperationLine(*row) for row in rows)


def _team_of(connection: Connection, ask: Ask) -> str | None:
    """The tester's team, else one of his court, else the first."""
    member, team, person = table("membership").c, table("team").c, table("person").c
    day = ask.now.date().isoformat()
    own = connection.execute(
        select(member.team_id)
        .where(
            member.person_id == ask.person_id,
            member.from_on <= day,
            or_(member.to_on.is_(None), member.to_on >= day),
        )
        .order_by(member.from_on.desc())
    ).scalar()
    if own is not None:
        return str(own)
    of_court = select(person.court_id).where(person.id == ask.person_id)
    near = select(team.id).where(team.court_id.in_(of_court)).order_by(team.number)
    found = connection.execute(near).scalar()
    if found is None:
        found = connection.execute(select(team.id).order_by(team.number)).scalar()
    return None if found is None else str(found)


def _named(connection: Connection, operation_id: str | None) -> Collection[str]:
    """The things that the plan names; none where it cannot be read."""
    operation = table("operation").c
    text = connection.execute(
        select(operation.plan).where(operation.id == operation_id)
    ).scalar_one_or_none()
    if text is None:
        return ()
    try:
        return {one.equipment_id for one in read_plan(text).gear if one.equipment_id}
    except UserError:
        return ()


def _pictures(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    feed = table("feed").c
    rows = connection.execute(
        select(feed.equipment_id, feed.url)
        .where(feed.equipment_id.is_not(None), feed.retired_on.is_(None))
        .order_by(feed.place, feed.id)
    )
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.equipment_id] += (row.url,)
    return found


def device_of(one: Candidate, answers: Mapping[str, FeedAnswer], battery: int | None) -> Device:
    """What is known of a thing; `answers` by address. Of several pictures all have to answer."""
    standing = one.item.standing
    tickets = standing.open_tickets
    heard = [answers[url] for url in one.urls if url in answers]
    silent = next((said.silent for said in heard if said.ms is None), "")
    slowest = None if silent or not heard else max(said.ms or 0.0 for said in heard)
    return Device(
        one.item.id,
        one.item.name,
        one.item.asset_no,
        fault=tickets[0].body if tickets else "",
        retired=standing.retired_at is not None,
        calibrate_by=standing.calibrate_by,
        uncalibrated=standing.uncalibrated,
        has_feed=bool(one.urls),
        answer_ms=slowest,
        silent=silent,
        battery=battery,
    )
