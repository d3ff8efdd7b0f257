"""Alarms as people see them: raised once, corrected by the point that refutes them, never deleted,
and ended by acknowledgement alone (C27). Pure; any thread, one at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from desktop.errors import UserError
from desktop.rules.freshness import age_words
from desktop.rules.track_picture import Alarm, AlarmKey, Picture
from desktop.rules.tracks import ZONE, Point, order


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of an alarm: at `at` (when we learnt it) `by` that point."""

    kind: Literal["raised", "corrected", "reinstated"]
    at: datetime
    by: Point


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who took note of it, when, and after how many turns of it."""

    person: str
    at: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An alarm with its course, which only grows."""

    alarm: Alarm
    turns: tuple[Turn, ...]
    acknowledged: tuple[Acknowledged, ...] = ()

    @property
    def corrected(self) -> bool:
        """Whether what is known now refutes it."""
        return self.turns[-1].kind == "corrected"

    @property
    def open(self) -> bool:
        """Whether somebody must still take note: of it, or of its having come back. That it was
        refuted after it was noted needs no second note."""
        noted = self.acknowledged[-1].turns if self.acknowledged else 0
        return any(turn.kind != "corrected" for turn in self.turns[noted:])

    def sentence(self, now: datetime | None = None) -> str:
        """The alarm, and what refuted it; with its day where `now` is of another."""
        told = self.alarm.sentence(now)
        if not self.corrected:
            return told
        by = self.turns[-1].by
        late = age_words(int((self.turns[-1].at - by.at).total_seconds()))
        at = f"{by.at.astimezone(ZONE):%m-%d %H:%M:%S}"
        return f"{told}（已更正：{at} 的定位迟到 {late}，与此不符）"


class AlarmBook:
    """Takes points into a picture and keeps the alarms that were ever raised from it."""

    def __init__(self, picture: Picture, records: Iterable[AlarmRecord] = ()) -> None:
        self._picture = picture
        self._records = {record.alarm.key: record for record in records}

    @property
    def records(self) -> list[AlarmRecord]:
        """All of them, by when they began."""
        return sorted(self._records.values(), key=lambda one: (one.alarm.first.at, one.alarm.key))

    @property
    def open(self) -> list[AlarmRecord]:
        """Those that wait for somebody."""
        return [record for record in self.records if record.open]

    def receive(self, points: Iterable[Point], now: datetime) -> list[AlarmRecord]:
        """Takes points in, and gives the records that this raised or changed."""
        batch = sorted(points, key=lambda one: (order(one), one.content))
        lost, found = self._picture.change(batch)
        gone = {alarm.key: alarm for alarm in lost}
        come = {alarm.key: alarm for alarm in found}
        changed = []
        for key in gone.keys() - come.keys():
            turn = Turn("corrected", now, self._refuter(batch, key))
            changed.append(self._turn(gone[key], turn))
        for key, alarm in come.items():
            known = self._records.get(key)
            if known is not None and not known.corrected:
                self._records[key] = replace(known, alarm=alarm)  # better known, still the same
                continue
            kind: Literal["raised", "reinstated"] = "raised" if known is None else "reinstated"
            changed.append(self._turn(alarm, Turn(kind, now, alarm.confirmed)))
        return sorted(changed, key=lambda one: (one.alarm.first.at, one.alarm.key))

    def acknowledge(self, key: AlarmKey, person: str, now: datetime) -> AlarmRecord:
        """Ends an alarm. UserError: there is none, or it was ended already."""
        record = self._records.get(key)
        if record is None or not record.open:
            raise UserError("没有这条待确认的告警。")
        noted = Acknowledged(person, now, len(record.turns))
        done = replace(record, acknowledged=(*record.acknowledged, noted))
        self._records[key] = done
        return done

    def _turn(self, alarm: Alarm, turn: Turn) -> AlarmRecord:
        known = self._records.get(alarm.key) or AlarmRecord(alarm, ())
        made = replace(known, alarm=alarm, turns=(*known.turns, turn))
        self._records[alarm.key] = made
        return made

    def _refuter(self, batch: list[Point], key: AlarmKey) -> Point:
        """The point of the batch with which, in event order, the alarm ceased to hold: found by
        taking halves out again. With some of them (`holds`) it held, with one more it did not."""
        holds, fails = 0, len(batch)
        there = fails
        while fails - holds > 1:
            middle = (holds + fails) // 2
            if middle < there:
                self._picture.change((), batch[middle:there])
            else:
                self._picture.change(batch[there:middle])
            there = middle
            if any(alarm.key == key for alarm in self._picture.alarms()):
                holds = middle
            else:
                fails = middle
        self._picture.change(batch[there:])
        return batch[fails - 1]
