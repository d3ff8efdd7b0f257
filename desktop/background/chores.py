"""What a desk does by itself: sweep, turn of the day with what panels do on it, daily backup,
live demo events. UI thread.

The work runs on lanes; this object only says when.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from sqlalchemy import Connection

from desktop.background.context import DeskContext
from desktop.contract.law import Law
from desktop.contract.panel import DailyArgs
from desktop.projection.project import projected_on, refresh_day
from storage.backup import BackupReport, daily
from storage.records.changes import ALL, ChangeSet
from storage.replica import Replica
from storage.session import Session

LIVE_MS: Final = 4_000
# The State Council publishes a year's notice in the autumn before; a month leaves time to enter it.
CALENDAR_AHEAD: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class DailyTask:
    """What one panel does on a new day. `load` gives the command; `text` tells how much it did."""

    label: str
    load: Callable[[], Callable[[Connection, DailyArgs], int]]
    text: str


class Chores(QObject):
    """Begins when the window is quiet for the first time, so that a start stays quick."""

    played = Signal(str)  # the sentence of an invented event

    def __init__(
        self,
        context: DeskContext,
        session: Session,
        replica: Replica,
        parent: QObject | None = None,
        *,
        daily_tasks: Sequence[DailyTask] = (),
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._daily_tasks = tuple(daily_tasks)
        self._session = session
        self._replica = replica
        self._started = False
        self._seed = random.randrange(1, 1 << 30)
        self._live = QTimer(self)
        self._live.setInterval(LIVE_MS)
        self._live.timeout.connect(self._play)
        self._playing = False
        context.idle.connect(self._start)
        context.day_changed.connect(self._on_day)

    @property
    def live(self) -> bool:
        """Whether invented events are being played."""
        return self._live.isActive()

    def set_live(self, on: bool) -> None:
        """Plays invented events into a demo store, or stops."""
        if on:
            self._live.start()
            self._play()
        else:
            self._live.stop()

    def _start(self) -> None:
        if self._started:
            return
        self._started = True
        self._context.read(self, "projected", _needs_day, self._context.today(), self._on_need)
        self._context.layout(self, lambda _none: self._session.sweep(), None, lambda _count: None)
        self._context.layout(
            self, self._backup, self._context.today(), lambda _report: None, self._on_no_backup
        )

    def _backup(self, today: date) -> BackupReport | None:
        return daily(self._replica, today)

    def _on_no_backup(self, sentence: str) -> None:
        words = QCoreApplication.translate("Chores", "Today's backup failed:")
        self._context.notify(f"{words}{sentence}", level="warning")

    def _on_need(self, needed: bool) -> None:
        if needed:
            self._on_day(self._context.today())
        else:
            self._run_daily(self._context.today())

    def _on_day(self, today: date) -> None:
        self._context.write(
            self, "换日", _refresh_day, (self._context.law, today), self._on_refreshed
        )

    def _on_refreshed(self, _rows: int) -> None:
        self._context.announce(ChangeSet({"node_clock": ALL}))
        self._run_daily(self._context.today())

    def _run_daily(self, today: date) -> None:
        """After the clocks stand on the new day. A command must be harmless when run again."""
        self._warn_of_calendar(today)
        args = DailyArgs(today, self._context.law)
        for task in self._daily_tasks:
            self._context.write(
                self, task.label, partial(_perform, task), args, partial(self._tell, task.text)
            )

    def _warn_of_calendar(self, today: date) -> None:
        calendar = self._context.law.court_calendar
        for year in calendar.missing_years(today + CALENDAR_AHEAD, today):
            text = QCoreApplication.translate(
                "Chores", "The holidays of {year} are not entered; limits ending then are unknown."
            )
            self._context.notify(text.format(year=year), level="warning")

    def _tell(self, text: str, count: int) -> None:
        if count:
            self._context.notify(text.format(count=count), level="warning")

    def _play(self) -> None:
        if self._playing:
            return
        from desktop.demo import live  # noqa: PLC0415  Only a demonstration needs it.

        self._playing = True
        self._seed += 1
        args = live.LiveArgs(seed=self._seed, today=self._context.today())
        self._context.write(self, live.LABEL, live.play, args, self._on_played, self._on_unplayed)

    def _on_played(self, sentence: Any) -> None:
        self._playing = False
        self.played.emit(str(sentence))

    def _on_unplayed(self, _sentence: str) -> None:
        self._playing = False


def _perform(task: DailyTask, connection: Connection, args: DailyArgs) -> int:
    return task.load()(connection, args)


def _needs_day(connection: Connection, today: date) -> bool:
    return projected_on(connection) != today


def _refresh_day(connection: Connection, args: tuple[Law, date]) -> int:
    return refresh_day(connection, *args)
