"""Alarms as a desk that commands writes them down: each turn of one once, when it is first seen, so
that it waits until somebody takes note, whoever looks and however long ago its points came (C27).

An alarm's key follows from its points; what several desks wrote of it is one course of turns.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, get_args

from sqlalchemy import Connection, insert, select

from desktop.command.positions.changing import Doer, scope_of
from desktop.command.positions.points import DEGREE, moment, stamp
from desktop.command.positions.reading import Note
from desktop.contract.courtesy import in_slices
from desktop.rules.track_alarms import Acknowledged, AlarmRecord, Turn
from desktop.rules.track_picture import Alarm, AlarmKey, AlarmKind
from desktop.rules.tracks import Point
from storage.ids import new_id
from storage.schema import table

WRITE_LABEL: Final = "记录地图告警"
RAISE: Final = "raise"
CORRECT: Final = "correct"
CORRECTED: Final = "corrected"  # the turn that a row calls so
_KINDS: Final = frozenset(get_args(AlarmKind))
_LATER: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class AlarmNow:
    """An alarm with its course and who took note of it. `unwritten`: what nobody wrote down yet."""

    key: str
    record: AlarmRecord
    unit_id: str
    team_id: str
    noted: tuple[Note, ...]
    unwritten: tuple[Turn, ...] = field(default=(), compare=False)

    @property
    def open(self) -> bool:
        """Whether somebody must still take note."""
        return self.record.open

    @property
    def corrected(self) -> bool:
        """Whether what is known now refutes it."""
        return self.record.corrected


@dataclass(frozen=True, slots=True)
class Written:
    """A turn of an alarm as its row tells it, without its facts."""

    id: str
    alarm: str
    act: str
    at: str
    team_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a row's facts tell: the alarm, and which turn by which point."""

    alarm: Alarm
    turn: Turn


@dataclass(frozen=True, slots=True)
class Writing:
    """What a desk saw of alarms and nobody has written down."""

    doer: Doer
    alarms: tuple[AlarmNow, ...]


def key_text(key: AlarmKey) -> str:
    """An alarm's key as a row of alarm_note holds it."""
    kind, subject, device, at = key
    return "|".join((kind, subject, device, stamp(at)))


# The course of an alarm


def steady(record: AlarmRecord) -> AlarmRecord:
    """The record with each turn later than the one before: a row that was received earlier than
    the one that raised an alarm, and came here after it, corrects it nevertheless."""
    made: list[Turn] = []
    for turn in record.turns:
        least = made[-1].at + _LATER if made else turn.at
        made.append(replace(turn, at=max(turn.at, least)))
    return replace(record, turns=tuple(made))


def course(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Turns of one alarm, wherever they were seen, in order of time, without those that say what
    was so already. Empty where nothing raised it."""
    made: list[Turn] = []
    for turn in sorted(turns, key=lambda one: one.at):
        refutes = turn.kind == CORRECTED
        if refutes != (not made or made[-1].kind == CORRECTED):
            kind = turn.kind if refutes else ("reinstated" if made else "raised")
            made.append(replace(turn, kind=kind))
    return tuple(made)


def acknowledged(record: AlarmRecord, marks: Sequence[Note]) -> AlarmRecord:
    """The record with its notes: of each, after how many turns of the alarm it was made."""
    made = []
    for mark in marks:
        at = moment(mark.at)
        turns = sum(turn.at <= at for turn in record.turns)
        made.append(Acknowledged(mark.person, at, max(turns, 1)))
    return replace(record, acknowledged=tuple(made))


def act_of(turn: Turn) -> str:
    """What a row calls it."""
    return CORRECT if turn.kind == CORRECTED else RAISE


def waits(rows: Iterable[Written], marks: Sequence[Note]) -> bool:
    """Whether the rows of an alarm tell that somebody must still take note."""
    holds, last = False, marks[-1].at if marks else ""
    since = ""
    for row in sorted(rows, key=lambda one: one.at):
        if (row.act == RAISE) != holds:
            holds = not holds
            since = row.at if holds else since
    return since > last


# Rows


def written(connection: Connection) -> dict[str, list[Written]]:
    """The turns that were written down, by the alarm's key, in order of time."""
    row = table("alarm_note").c
    query = (
        select(row.id, row.alarm, row.act, row.at, row.team_id)
        .where(row.act != "note")
        .order_by(row.at, row.id)
    )
    found: dict[str, list[Written]] = {}
    for one in connection.execute(query):
        found.setdefault(one.alarm, []).append(Written(*one))
    return found


def seen(connection: Connection, rows: Collection[Written]) -> dict[str, Seen]:
    """What those rows tell, by their ids; a row that tells nothing of its alarm is left out."""
    row = table("alarm_note").c
    by_id = {one.id: one for one in rows}
    found: dict[str, Seen] = {}
    for part in in_slices(sorted(by_id)):
        for one in connection.execute(select(row.id, row.facts).where(row.id.in_(part))):
            told = read_facts(by_id[one.id], one.facts)
            if told is not None:
                found[one.id] = told
    return found


def write_down(connection: Connection, given: Writing) -> int:
    """Writes down what nobody has written yet and gives how many turns that were. Writer lane.
    UserError: nobody sits at this desk."""
    row = table("alarm_note").c
    count = 0
    for alarm in given.alarms:
        there = {
            (act, at)
            for act, at in connection.execute(select(row.act, row.at).where(row.alarm == alarm.key))
        }
        for turn in alarm.unwritten:
            act, at = act_of(turn), stamp(turn.at)
            if (act, at) in there:
                continue
            connection.execute(
                insert(table("alarm_note")).values(
                    id=new_id(),
                    alarm=alarm.key,
                    team_id=alarm.team_id,
                    person_id=given.doer.person,
                    at=at,
                    act=act,
                    facts=facts_of(alarm.record.alarm, turn),
                    scope=scope_of(connection, alarm.team_id),
                )
            )
            count += 1
    return count


def facts_of(alarm: Alarm, turn: Turn) -> str:
    """The alarm and the point that raised or refuted it, as a row holds them."""
    told = {
        "kind": alarm.kind,
        "subject": alarm.subject,
        "unit": alarm.first.unit,
        "name": alarm.name,
        "certain": alarm.certain,
        "first": _told(alarm.first),
        "confirmed": _told(alarm.confirmed),
        "by": _told(turn.by),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def read_facts(row: Written, facts: str) -> Seen | None:
    """What a row tells; None where it is unreadable or of another alarm than it says."""
    try:
        told = json.loads(facts)
        kind, unit = told["kind"], str(told["unit"])
        first, confirmed, by = (_point(told[name], unit) for name in ("first", "confirmed", "by"))
        alarm = Alarm(
            *(kind, str(told["subject"]), str(told["name"]), first, confirmed),
            certain=bool(told["certain"]),
        )
        turn = Turn("raised" if row.act == RAISE else "corrected", moment(row.at), by)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    sound = kind in _KINDS and turn.at.tzinfo is not None and key_text(alarm.key) == row.alarm
    return Seen(alarm, turn) if sound else None


def _told(point: Point) -> dict[str, Any]:
    return {
        "device": point.device,
        "at": stamp(point.at),
        "lat_e7": round(point.lat * DEGREE),
        "lon_e7": round(point.lon * DEGREE),
        "source": point.source,
        "received_at": stamp(point.received_at),
    }


def _point(told: Mapping[str, Any], unit: str) -> Point:
    return Point(
        *(str(told["device"]), unit, moment(told["at"])),
        *(told["lat_e7"] / DEGREE, told["lon_e7"] / DEGREE),
        *(None, None, None),
        str(told["source"]),
        moment(told["received_at"]),
    )
