"""Alarms of hours that the live picture no longer holds, judged anew once points of them come late:
what they refute is corrected, what they prove is raised, a day after as well as a minute (X21).

Reader lanes, inside LivePicture. It is done by hours and one unit at a time, each time with as much
before it as a live picture begins with, so that both know the same of what lasts.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.command.positions.alarms import key_text, steady
from desktop.command.positions.points import decoded, moment, stamp
from desktop.command.positions.reading import (
    LateRow,
    batches_of,
    fence_of,
    watch_of,
    zones,
)
from desktop.contract.courtesy import breathe
from desktop.errors import UserError
from desktop.rules.fences import Fence
from desktop.rules.track_alarms import AlarmBook, AlarmRecord
from desktop.rules.track_law import FieldLaw
from desktop.rules.track_picture import Picture
from desktop.rules.track_watches import Watch
from desktop.rules.tracks import ZONE

BEFORE: Final = timedelta(hours=6)
BEHIND: Final = timedelta(hours=1)
LEAD: Final = timedelta(minutes=15)  # of which only what is known already is told
AT_ONCE: Final = timedelta(hours=6)
# Rows that reached a desk of the court longer ago are history that a new desk is given.
RECENT: Final = timedelta(days=4)

Spans = dict[str, tuple[datetime, datetime, datetime]]  # by unit: from, to, first of it received


class LateTruth:
    """`told`: the alarms that late rows have changed, by key, until somebody took note of them."""

    def __init__(self, law: FieldLaw) -> None:
        self._law = law
        self._spans: Spans = {}
        self.told: dict[str, AlarmRecord] = {}

    @property
    def left(self) -> int:
        """Units that are still to be looked at."""
        return len(self._spans)

    def note(self, rows: Iterable[LateRow]) -> None:
        """Rows that have come and lie before the live picture."""
        for row in rows:
            since, until, came = map(moment, (row.from_at, row.to_at, row.received_at))
            known = self._spans.get(row.unit_id)
            if known is not None:
                since, until, came = min(since, known[0]), max(until, known[1]), min(came, known[2])
            self._spans[row.unit_id] = (since, until, came)

    def judge(
        self, connection: Connection, names: Mapping[str, str], known: Collection[str]
    ) -> None:
        """Judges some hours of one unit anew. `known`: keys of alarms that were told before."""
        if not self._spans:
            return
        unit_id = min(self._spans)
        since, until, came = self._spans.pop(unit_id)
        if unit_id not in names:
            return
        end = min(until, since + AT_ONCE)
        if end < until:
            self._spans[unit_id] = (end, until, came)
        start = since - BEFORE
        for record in self._records(connection, unit_id, names, start, end + BEHIND):
            first = record.alarm.first
            key = key_text(record.alarm.key)
            if first.device not in names or record.turns[-1].at < came:
                continue
            if first.at >= start + LEAD or key in known:
                self.told[key] = steady(record)

    def _records(
        self,
        connection: Connection,
        unit_id: str,
        names: Mapping[str, str],
        start: datetime,
        end: datetime,
    ) -> list[AlarmRecord]:
        """What that unit's points raise and refute, in the order in which they were received."""
        first, last = stamp(start), stamp(end)
        fences: list[Fence] = []
        watches: list[Watch] = []
        for zone in zones(connection, first):
            if zone.from_at > last:
                continue
            if zone.kind == "fence":
                fence = fence_of(zone)
                fences += [fence] if fence is not None and fence.concerns(unit_id) else []
            else:
                watch = watch_of(zone)
                watches += [watch] if watch is not None and unit_id in watch.devices else []
        if not fences and not watches:
            return []
        book = AlarmBook(Picture(self._law.on(end.astimezone(ZONE).date()), fences, watches))
        devices = {unit_id, *(device for watch in watches for device in watch.devices)}
        rows = [
            row
            for device in sorted(devices & names.keys())
            for row in batches_of(connection, device, first, last)
        ]
        for row in sorted(rows, key=lambda one: (one.received_at, one.id)):
            breathe()
            try:
                points = decoded(row, names[row.unit_id])
            except UserError:
                continue
            book.receive([p for p in points if start <= p.at <= end], moment(row.received_at))
        return book.records
