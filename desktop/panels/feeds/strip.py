"""The pictures that were taken, side by side, the newest first. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.command.feeds.snapshots import Snapshot, Whole
from desktop.contract.context import PanelContext
from desktop.panels.feeds.pictures import Small, smalls
from desktop.panels.feeds.queries import bodies
from widgets.parts import named_button
from widgets.theme import current_theme

_WIDTH: Final = 148
_HEIGHT: Final = 84
_TEXT: Final = 44
_AT_ONCE: Final = 8  # bodies are large; so many are read and made small at a time
_ID: Final = Qt.ItemDataRole.UserRole


class SnapshotStrip(QWidget):
    """`chosen(id)`: one was clicked. `prove_asked`: hold all of them against their hashes."""

    chosen = Signal(str)
    prove_asked = Signal()
    made_small = Signal()

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._lines: dict[str, Snapshot] = {}
        self._smalls: dict[str, Small] = {}
        self._reading = False
        theme = current_theme()
        self.title = QLabel(self)
        self.title.setProperty("role", "group")
        self.prove_button = named_button(self, "prove_all", self.tr("Check all hashes"))
        self.prove_button.setProperty("kind", "caption")
        self.prove_button.clicked.connect(lambda _checked=False: self.prove_asked.emit())
        self.list = QListWidget(self)
        self.list.setObjectName("snapshot_strip")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(False)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(theme.px(_WIDTH), theme.px(_HEIGHT)))
        self.list.setGridSize(QSize(theme.px(_WIDTH + 16), theme.px(_HEIGHT + _TEXT)))
        self.list.setFixedHeight(theme.px(_HEIGHT + _TEXT + 6))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.itemActivated.connect(self._on_clicked)
        self.empty = QLabel(
            self.tr("No pictures yet: the camera of a feed takes one, with time and hash."),
            self,
        )
        self.empty.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.prove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.list)
        layout.addWidget(self.empty)
        self.show_lines((), 0)

    def show_lines(self, lines: Sequence[Snapshot], total: int) -> None:
        """Lists these; pictures that are not here yet are read and made small elsewhere."""
        self._lines = {line.id: line for line in lines}
        self._smalls = {key: one for key, one in self._smalls.items() if key in self._lines}
        self.title.setText(
            self.tr("Pictures taken: {n}").format(n=f"{total:,}")
            if total == len(lines)
            else self.tr("Pictures taken: {n}, the newest {shown} shown").format(
                n=f"{total:,}", shown=len(lines)
            )
        )
        self.list.setVisible(bool(lines))
        self.prove_button.setVisible(bool(total))
        self.empty.setVisible(not lines)
        shown = [self.list.item(n).data(_ID) for n in range(self.list.count())]
        if shown != list(self._lines):
            self._fill()
        self._read_more()

    def mark(self, snapshot_id: str) -> None:
        """Makes one the current one."""
        for n in range(self.list.count()):
            if self.list.item(n).data(_ID) == snapshot_id:
                self.list.setCurrentRow(n)

    def forget(self, snapshot_id: str) -> None:
        """Has one read again: its bytes were found to be other than before."""
        self._smalls.pop(snapshot_id, None)
        self._read_more()

    # Inside

    def _fill(self) -> None:
        self.list.clear()
        for line in self._lines.values():
            item = QListWidgetItem()
            item.setData(_ID, line.id)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.list.addItem(item)
            self._dress(item, line)

    def _dress(self, item: QListWidgetItem, line: Snapshot) -> None:
        small = self._smalls.get(line.id)
        theme = current_theme()
        words = f"{line.feed}\n{line.at:%m-%d %H:%M:%S}"
        if small is not None and not small.whole:
            words = f"{self.tr('Altered!')} {words}"
            item.setForeground(theme.color("overdue_text"))
        item.setText(words)
        item.setToolTip(
            self.tr("{feed}, {time}, taken by {person}").format(
                feed=line.feed, time=f"{line.at:%Y-%m-%d %H:%M:%S}", person=line.person
            )
        )
        item.setIcon(QIcon(self._framed(small)))

    def _framed(self, small: Small | None) -> QPixmap:
        """All pictures on cards of one size, so that they stand in line."""
        theme = current_theme()
        made = QPixmap(theme.px(_WIDTH), theme.px(_HEIGHT))
        made.fill(QColor("#070B12") if small else theme.color("skeleton"))
        if small is not None and not small.image.isNull():
            painter = QPainter(made)
            left = (made.width() - small.image.width()) // 2
            painter.drawImage(left, (made.height() - small.image.height()) // 2, small.image)
            painter.end()
        return made

    def _read_more(self) -> None:
        wanted = [key for key in self._lines if key not in self._smalls][:_AT_ONCE]
        if self._reading or not wanted:
            return
        self._reading = True
        self._context.read(self, "bodies", bodies, tuple(wanted), self._on_bodies, self._on_error)

    def _on_bodies(self, found: tuple[Whole, ...]) -> None:
        theme = current_theme()
        size = QSize(theme.px(_WIDTH), theme.px(_HEIGHT))
        self._context.layout(self, smalls, (found, size), self._on_smalls, self._on_error)

    def _on_smalls(self, made: tuple[Small, ...]) -> None:
        self._reading = False
        self._smalls |= {one.id: one for one in made if one.id in self._lines}
        for n in range(self.list.count()):
            item = self.list.item(n)
            line = self._lines.get(item.data(_ID))
            if line is not None and line.id in {one.id for one in made}:
                self._dress(item, line)
        self.made_small.emit()
        if made:
            self._read_more()

    def _on_error(self, _sentence: str) -> None:
        self._reading = False

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(_ID)))
