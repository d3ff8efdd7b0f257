"""行动记事: everything that happened, the newest first, and a line to type the next into.

Enter adds; nothing is changed or taken out, a correction is a line of its own. UI thread.
"""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.command.operations.acts import LOG_MOST
from desktop.command.operations.chronicle import Entry
from desktop.command.operations.records import LOG_WORDS, LogLine
from desktop.contract.short_list import Listing
from desktop.panels.operations.columns import log_columns
from widgets.dialogs import ask_text
from widgets.parts import named_button, words_label
from widgets.table.columns import Cell


class LogPane(QWidget):
    """`added(kind, words)`, `corrected(LogLine, words)`, `opened(Entry)` for what leads elsewhere,
    `all_asked()` when everything or the log alone is to be shown."""

    added = Signal(str, str)
    corrected = Signal(object, str)
    opened = Signal(object)
    all_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log_pane")
        self.person_id: str | None = None
        self.kind = QComboBox(self)
        self.kind.setObjectName("log_kind")
        for key, word in LOG_WORDS.items():
            self.kind.addItem(word, key)
        self.kind.setToolTip(self.tr("Up and Down in the line choose the kind"))
        self.line = _Line(self.kind, self)
        self.line.setObjectName("log_line")
        self.line.setMaxLength(LOG_MOST)
        self.line.setPlaceholderText(self.tr("What happened? Enter writes it down"))
        self.add_button = named_button(self, "log_add", self.tr("Write down"))
        self.checkins = QCheckBox(self.tr("with check-ins"), self)
        self.checkins.setObjectName("log_checkins")
        self.listing: Listing[Entry] = Listing(log_columns(), self)
        self.listing.table.set_empty_text(
            self.tr("Nothing yet"), self.tr("Type the first line above and press Enter.")
        )
        self.whole = words_label(self, "")
        self.whole.hide()
        self.correct_button = named_button(self, "log_correct", self.tr("Correct…"))
        self.correct_button.hide()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        entry = QHBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(self.kind)
        entry.addWidget(self.line, 1)
        entry.addWidget(self.add_button)
        entry.addWidget(self.checkins)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.whole, 1)
        foot.addWidget(self.correct_button, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(entry)
        box.addWidget(self.listing.table, 1)
        box.addLayout(foot)

    def _connect(self) -> None:
        self.line.returnPressed.connect(self._add)
        self.add_button.clicked.connect(lambda _checked=False: self._add())
        self.correct_button.clicked.connect(lambda _checked=False: self._ask_correction())
        self.checkins.toggled.connect(lambda _on: self.all_asked.emit())
        table = self.listing.table
        table.current_id_changed.connect(lambda _id: self._on_current())
        table.row_activated.connect(lambda _id: self._on_activated())
        table.context_menu_requested.connect(self._show_menu)

    # Showing

    def show_entries(self, entries: Sequence[Entry], *, open_: bool) -> None:
        """Everything, the newest first. `open_`: lines can be added."""
        for part in (self.kind, self.line, self.add_button):
            part.setVisible(open_)
        newest = entries[-1].at.date() if entries else None
        rows = [(one.key, one, _row(one, newest)) for one in reversed(entries)]
        self.listing.show(rows)
        self._on_current()

    def _on_current(self) -> None:
        one = self.listing.current()
        self.whole.setText("" if one is None else f"{one.at:%m-%d %H:%M:%S}　{one.words}")
        self.whole.setVisible(one is not None)
        self.correct_button.setVisible(one is not None and self._mine(one))

    def _mine(self, one: Entry) -> bool:
        line = one.line
        return line is not None and line.person_id == self.person_id and line.voided_by is None

    # Acts

    def _add(self) -> None:
        words = self.line.text().strip()
        if words:
            self.added.emit(str(self.kind.currentData()), words)

    def _on_activated(self) -> None:
        one = self.listing.current()
        if one is None:
            return
        if one.order_id or one.picture_id:
            self.opened.emit(one)
        elif self._mine(one):
            self._ask_correction()

    def _ask_correction(self) -> None:
        one = self.listing.current()
        if one is None or one.line is None or not self._mine(one):
            return
        line: LogLine = one.line
        ask_text(
            self,
            object_name="correct_line",
            title=self.tr("Correct a line"),
            label=self.tr("The line of {time} stays and is marked; the right words:").format(
                time=f"{line.at:%H:%M:%S}"
            ),
            accept_text=self.tr("Write down"),
            on_accept=lambda words: self.corrected.emit(line, words),
            multiline=True,
            text=line.body,
        )

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int):
            self.listing.table.select_id(row_id)
        one = self.listing.current()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if one is not None and self._mine(one):
            menu.addAction(self.tr("Correct…"), self._ask_correction)
        if one is not None and one.order_id:
            menu.addAction(self.tr("Open order"), lambda: self.opened.emit(one))
        if one is not None and one.picture_id:
            menu.addAction(self.tr("Open picture"), lambda: self.opened.emit(one))
        menu.addAction(self.tr("Copy"), self.listing.table.copy_selection)
        menu.popup(at)


class _Line(QLineEdit):
    """The line to type into; Up and Down choose the kind without leaving it."""

    def __init__(self, kind: QComboBox, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = kind

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        count = self._kind.count()
        self._kind.setCurrentIndex((self._kind.currentIndex() + step) % count)


def _row(one: Entry, newest: date | None) -> dict[str, object]:
    """`newest`: the day of the last entry; one of another day bears its own."""
    words = one.words
    if one.struck:
        words = f"〔已更正〕{words}"
    return {
        "at": f"{one.at:%H:%M:%S}" if one.at.date() == newest else f"{one.at:%m-%d %H:%M}",
        "what": Cell(one.what, one.style),
        "who": one.who or None,
        "words": Cell(words, "unknown" if one.struck else ""),
    }
