"""The frame of every chart: title, unit, plot, one sentence of reading. UI thread.

`set_data` of a chart only stores; a 100 ms single-shot timer paints when something changed. A
hidden chart paints nothing and runs no timer; it paints once when shown.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from widgets.busy import begin_work
from widgets.plot.setup import WORD_GAP_PX, PixelItem, PixelMap, PlotView
from widgets.plot.turns import turns
from widgets.theme import Theme, current_theme, theme_notifier

PAINT_INTERVAL_MS: Final = 100
READING_LINES: Final = 2
CROWDED_PX: Final = 150
_PAUSES: Final = re.compile(r"[，；。]|[,;.](?= )")


def cut_at_pause(text: str) -> str:
    """A sentence that breaks off does so at its last pause, or at least not within a figure: half
    a figure is a wrong one."""
    pauses = [match.start() for match in _PAUSES.finditer(text)]
    if pauses and pauses[-1] > len(text) // 2:
        return text[: pauses[-1]]
    return text.rstrip("0123456789.,+-±% ")


class Chart(QWidget):
    """Base of the charts. A subclass fills `_draw_marks`, `_apply_data`, `_csv_rows`."""

    def __init__(
        self,
        title: str,
        note: str = "",
        *,
        axes: dict[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reading_text = ""
        self._painted = 0
        self._dirty = False
        self._told = False
        self._empty_text = self.tr("No data")
        self._title = QLabel(title)
        self._title.setProperty("role", "title")
        self._note = QLabel(note)
        self._note.setProperty("role", "muted")
        self._reading = QLabel()
        self._reading.setProperty("role", "small")
        self._reading.setWordWrap(True)
        self._reading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        # "Nothing overdue" before anything was read would be a lie.
        self._empty = QLabel(self.tr("Reading…"))
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.view = PlotView(self, axes=axes)
        self._item = PixelItem(self._draw_marks, current_theme)
        self.view.addItem(self._item, ignoreBounds=True)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAINT_INTERVAL_MS)
        self._timer.timeout.connect(self._queue)
        self.view.resized.connect(self._on_resized)
        self.view.hovered.connect(self._on_hovered)
        self.view.left.connect(QToolTip.hideText)
        self.view.clicked.connect(self._on_clicked)
        self.setAccessibleName(title)
        theme_notifier().theme_changed.connect(self._on_theme)
        self._on_theme()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._note)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(6)
        self._outer.addLayout(head)
        self._outer.addLayout(self._pages, 1)
        self._outer.addWidget(self._reading)
        self.set_framed(False)
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What the owner asks for -----------------------------------------------------------------

    @property
    def reading(self) -> str:
        """The sentence below the plot."""
        return self._reading_text

    @property
    def paint_count(self) -> int:
        """How often data were brought to the screen; a hidden chart does not count up."""
        return self._painted

    def set_title(self, text: str) -> None:
        """Changes the title; an empty one takes no room."""
        self._title.setText(text)
        self._title.setVisible(bool(text))
        self.setAccessibleName(text)

    def set_note(self, text: str) -> None:
        """Changes the unit note at the right; an empty one takes no room."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_empty_text(self, text: str) -> None:
        """The words shown when there is nothing to draw."""
        self._empty_text = text
        if self._told and not self._dirty:
            self._empty.setText(text)

    def say_instead(self, text: str) -> None:
        """Words in the place of data that have never come, as their reading was refused."""
        if not self._told:
            self._empty.setText(text)

    def set_framed(self, framed: bool) -> None:
        """Margins of its own (True) or none, for a chart inside a card or a dock."""
        margin = 14 if framed else 2
        self._outer.setContentsMargins(margin, 12 if framed else 2, margin, 12 if framed else 4)

    def export_png(self, path: Path) -> None:
        """Saves the chart as it looks. Raises OSError when the file cannot be written."""
        self._paint_now()
        if not self.grab().save(str(path), "PNG"):
            raise OSError(f"cannot write {path}")

    def export_csv(self, path: Path) -> None:
        """Saves the numbers as UTF-8 CSV with a mark that spreadsheets recognise."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(self._csv_rows())

    # What a subclass fills -------------------------------------------------------------------

    def _apply_data(self, theme: Theme) -> None:
        """Sets ranges and ticks for the stored data."""

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        """Paints the marks in pixels."""

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        return ()

    def _has_data(self) -> bool:
        return False

    def _tip_at(self, place: QPointF) -> str:
        """The words for a data place, or nothing."""
        return ""

    def _on_clicked(self, place: QPointF) -> None:
        """A click at a data place."""

    def _run_together(self, words: Sequence[str], theme: Theme) -> bool:
        """Whether words below the plot, evenly spread, would touch."""
        metrics = QFontMetrics(theme.font("small"))
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        room = self.view.getPlotItem().vb.width() / max(1, len(words))
        return bool(widest + WORD_GAP_PX > room)

    # Painting on a timer ---------------------------------------------------------------------

    def _changed(self, reading: str) -> None:
        """Called by `set_data` once the data are stored."""
        self._told = True
        self._reading_text = reading
        self._paint_soon()

    def _paint_soon(self) -> None:
        self._dirty = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(PAINT_INTERVAL_MS)

    def _queue(self) -> None:
        turns().take(self)

    def paint_in_turn(self) -> None:
        """See widgets.plot.turns."""
        if self._dirty and self.isVisible():
            self._paint_now()

    def _paint_now(self) -> None:
        begin_work()
        self._timer.stop()
        self._dirty = False
        self._painted += 1
        self.view.show_anew()
        theme = current_theme()
        self._show_reading()
        self.setAccessibleDescription(self._reading_text)
        if self._has_data():
            self._pages.setCurrentWidget(self.view)
            self.view.apply_theme(theme)
            self._apply_data(theme)
            self._item.prepareGeometryChange()
            self._item.update()
            self.view.viewport().update()
        else:
            # Not before: data that wait to be painted must not be denied meanwhile.
            if self._told:
                self._empty.setText(self._empty_text)
            self._pages.setCurrentWidget(self._empty)

    def _show_reading(self) -> None:
        """At most two lines; the whole sentence is in the tooltip when it was cut."""
        metrics = self._reading.fontMetrics()
        width = max(60, self._reading.width() or self.width() - 8)
        room = QRectF(0, 0, width, 10_000).toRect()
        flags = int(Qt.TextFlag.TextWordWrap)
        line = metrics.lineSpacing()
        text = self._reading_text
        limit = READING_LINES * line + line // 2
        if metrics.boundingRect(room, flags, text).height() > limit:
            while text and metrics.boundingRect(room, flags, text + "…").height() > limit:
                text = text[:-1]
            text = cut_at_pause(text) + "…"
        self._reading.setText(text)
        self._reading.setToolTip(self._reading_text if text != self._reading_text else "")
        # Where there is hardly room for a plot, the sentence is in the tooltip of its place.
        crowded = self.height() < current_theme().px(CROWDED_PX)
        self._reading.setVisible(bool(text) and not crowded)
        self.view.setToolTip(self._reading_text if crowded else "")

    def _on_theme(self) -> None:
        self._reading.setMaximumHeight(16777215)
        self._paint_soon()

    def _on_hovered(self, place: QPointF, pixel: QPointF) -> None:
        text = self._tip_at(place) if self._has_data() else ""
        if text:
            QToolTip.showText(pixel.toPoint(), text, self.view)
            self.view.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            QToolTip.hideText()
            self.view.viewport().unsetCursor()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty or not self._painted:
            self._paint_now()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_resized()

    def _on_resized(self) -> None:
        """Ticks and headroom depend on the size, which the layout has settled a turn later."""
        if self._painted:
            self._dirty = True
            if self.isVisible():
                self._queue()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._painted:
            self._paint_soon()
