"""What panels do on a new day: once after the start, again when the day turns, told when it was
something, and never allowed to hide a failure of one from the others."""

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.background.chores import Chores, DailyTask
from desktop.contract.law import load_law
from desktop.contract.panel import DailyArgs


class Context(QObject):
    """Runs writes at once and remembers what was told."""

    idle = Signal()
    day_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.law = load_law()
        self.day = date(2026, 9, 1)
        self.told: list[str] = []
        self.stale = False

    def today(self) -> date:
        return self.day

    def read(self, _owner: Any, _channel: str, _query: Any, _args: Any, on_result: Any) -> None:
        on_result(self.stale)

    def layout(self, *_args: Any) -> None:
        """No sweep, no backup here."""

    def write(self, _owner: Any, label: str, command: Any, args: Any, on_done: Any) -> None:
        on_done(0 if label == "换日" else command(None, args))

    def announce(self, _changes: Any) -> None:
        """Nobody listens."""

    def notify(self, text: str, *, level: str = "info") -> None:
        self.told.append(text)


def make(context: Context, counts: list[int]) -> tuple[Chores, list[date]]:
    days: list[date] = []

    def command(_connection: Any, args: DailyArgs) -> int:
        days.append(args.today)
        return counts.pop(0)

    task = DailyTask("督办", lambda: command, "{count} 项已升级")
    chores = Chores(context, None, None, context, daily_tasks=[task])  # type: ignore[arg-type]
    return chores, days


def test_runs_once_after_the_start_and_tells_what_it_did(qtbot: object) -> None:
    context = Context()
    _chores, days = make(context, [3])
    context.idle.emit()
    context.idle.emit()
    assert days == [date(2026, 9, 1)]
    assert context.told == ["3 项已升级"]


def test_runs_on_each_new_day_and_is_silent_about_nothing(qtbot: object) -> None:
    context = Context()
    _chores, days = make(context, [0, 0, 2])
    context.idle.emit()
    for _ in range(2):
        context.day += timedelta(days=1)
        context.day_changed.emit(context.day)
    assert days == [date(2026, 9, n) for n in (1, 2, 3)]
    assert context.told == ["2 项已升级"]


def test_an_unpublished_year_is_told_a_month_ahead(qtbot: object) -> None:
    context = Context()
    published = max(y for y in range(2020, 2100) if context.law.court_calendar.published(y))
    context.day = date(published, 11, 29)
    make(context, [0, 0])
    context.idle.emit()
    assert context.told == []
    context.day = date(published, 12, 2)
    context.day_changed.emit(context.day)
    assert len(context.told) == 1
    assert str(published + 1) in context.told[0]
