"""大屏: figures above, two plots a page, turning by themselves; large text, no controls. UI thread.

A panel that names the wall has a page to itself, which is passed over while its view is `vacant`.

It holds views of its own, made with the same classes as the desk's, so that both may be open. The
age of the data is always on it: a wall nobody refreshes must say so. While an alarm waits it stands
still on that alarm until somebody acknowledges it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.alarms import AlarmKeeper, HeldAlarm
from desktop.contract.context import PanelContext
from desktop.contract.panel import PanelSpec
from desktop.shell.panel_host import BuildQueue, PanelHost
from desktop.shell.registry import Registry
from desktop.shell.translation import panel_title
from desktop.shell.wall_alarm import WallAlarm
from storage.records.changes import ChangeSet

PLOTS_A_PAGE: Final = 2
AGE_MS: Final = 1_000


def wall_specs(registry: Registry) -> tuple[list[PanelSpec], list[list[PanelSpec]]]:
    """(strips, pages): the desk's strip, and its bottom row by twos; then what names the wall."""
    duty, named = registry.shown_in("duty"), registry.shown_in("wall")
    strips = [spec for spec in duty if not spec.framed]
    plots = [one for one in duty if one.framed and one.area == "bottom" and one not in named]
    pages = [plots[at : at + PLOTS_A_PAGE] for at in range(0, len(plots), PLOTS_A_PAGE)]
    return strips, [*pages, *([spec] for spec in named)]


class WallPage(QWidget):
    """Built when it is first entered."""

    left = Signal()

    def __init__(
        self,
        registry: Registry,
        context: PanelContext,
        queue: BuildQueue,
        on_fault: Any,
        page_seconds: int,
        parent: QWidget | None = None,
        keepers: Callable[[], Sequence[AlarmKeeper]] = tuple,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self.setProperty("canvas", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._as_of: datetime = context.now()
        self._age = QLabel()
        self._age.setObjectName("wall_age")
        self._place = QLabel()
        strips, pages = wall_specs(registry)
        self._pages = QStackedWidget()
        self._keepers = keepers
        self.alarm = WallAlarm()
        self.alarm.acknowledged.connect(self._acknowledge)
        self._shown = QStackedWidget()
        self._shown.addWidget(self._pages)
        self._shown.addWidget(self.alarm)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(20)
        box.addLayout(self._head())
        self._strips = [_large(PanelHost(spec, context, queue, on_fault)) for spec in strips]
        for strip in self._strips:
            box.addWidget(strip)
        box.addWidget(self._shown, 1)
        self._on_pages: list[list[PanelHost]] = []
        for specs in pages:
            self._pages.addWidget(self._page(specs, queue, on_fault))
        self._turning = QTimer(self)
        self._turning.setInterval(page_seconds * 1000)
        self._turning.timeout.connect(self.turn)
        self._ageing = QTimer(self)
        self._ageing.setInterval(AGE_MS)
        self._ageing.timeout.connect(self.look)
        context.changed.connect(self._on_changed)

    def start(self) -> None:
        """Begins to turn pages."""
        self._turning.start()
        self._ageing.start()
        self.look()
        self.setFocus()

    def stop(self) -> None:
        """Stands still; the desk is shown again."""
        self._turning.stop()
        self._ageing.stop()

    def turn(self) -> None:
        """The next page that shows something; none while an alarm waits."""
        if self.stopped:
            return
        count, here = self._pages.count(), self._pages.currentIndex()
        for step in range(1, count):
            if not self._vacant((here + step) % count):
                self._pages.setCurrentIndex((here + step) % count)
                return

    def _vacant(self, at: int) -> bool:
        return all(getattr(host.view, "vacant", False) for host in self._on_pages[at])

    @property
    def stopped(self) -> bool:
        """Whether it stands on an alarm."""
        return self._shown.currentWidget() is self.alarm

    def look(self) -> None:
        """Looks at the age of the data and for alarms that wait."""
        self._show_age()
        held = [alarm for keeper in self._keepers() for alarm in keeper.held()]
        held.sort(key=_since)
        self.alarm.show_alarms(held, self._context.now())
        if not held and self._pages.count() and self._vacant(self._pages.currentIndex()):
            self.turn()
        wanted = self.alarm if held else self._pages
        if self._shown.currentWidget() is not wanted:
            self._shown.setCurrentWidget(wanted)
            for strip in self._strips:
                strip.setHidden(bool(held))

    def _acknowledge(self, key: str) -> None:
        for keeper in self._keepers():
            if any(alarm.key == key for alarm in keeper.held()):
                keeper.acknowledge(key)

    def hosts(self) -> list[PanelHost]:
        """The places of all its panels, also of pages not in sight."""
        return self.findChildren(PanelHost)

    def set_place(self, words: str) -> None:
        """Whose desk this is."""
        self._place.setText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.stopped and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.alarm.acknowledge()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Space):
            self.turn()
        else:
            super().keyPressEvent(event)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._place.setProperty("role", "large")
        row.addWidget(self._place)
        row.addStretch(1)
        row.addWidget(self._age)
        return row

    def _page(self, specs: list[PanelSpec], queue: BuildQueue, on_fault: Any) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(40)
        hosts: list[PanelHost] = []
        self._on_pages.append(hosts)
        for spec in specs:
            column = QVBoxLayout()
            head = QHBoxLayout()
            title = QLabel(panel_title(spec.title))
            title.setProperty("role", "title")
            head.addWidget(title)
            head.addStretch(1)
            column.addLayout(head)
            host = _large(PanelHost(spec, self._context, queue, on_fault), head)
            hosts.append(host)
            column.addWidget(host, 1)
            row.addLayout(column, 1)
        return page

    def _on_changed(self, _changes: ChangeSet) -> None:
        self._as_of = self._context.now()

    def _show_age(self) -> None:
        seconds = max(0, int((self._context.now() - self._as_of).total_seconds()))
        if seconds < 60:
            age = self.tr("%1 s ago").replace("%1", str(seconds))
        else:
            age = self.tr("%1 min ago").replace("%1", str(seconds // 60))
        day = self.tr("Data as of %1").replace("%1", f"{self._as_of:%Y-%m-%d %H:%M}")
        self._age.setText(f"{day} · {age}")


def _since(alarm: HeldAlarm) -> datetime:
    return alarm.since


def _large(host: PanelHost, head: QHBoxLayout | None = None) -> PanelHost:
    """Lets a view leave out its controls and enlarge its numbers, if it knows how; its unit goes
    into the line of the title."""

    def enlarge(_panel_id: str) -> None:
        set_large = getattr(host.view, "set_large", None)
        if set_large is not None:
            set_large(True)
        take_note = getattr(host.view, "take_note", None)
        if take_note is not None and head is not None:
            note = take_note()
            head.addWidget(note)
            note.show()

    host.built.connect(enlarge)
    return host
