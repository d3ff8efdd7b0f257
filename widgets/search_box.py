"""A search line with a list of results beneath it, grouped, for mouse and keys. UI thread.

The provider may answer late; only the answer to the newest question is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets.icon import icon
from widgets.states import STATES, state_pixmap
from widgets.theme import current_theme, theme_notifier

ASK_DELAY_MS: Final = 150
RESULTS_MAX: Final = 60
_SHOWN_MAX: Final = 14


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One hit; `group` is the heading it stands under."""

    key: object
    title: str
    detail: str = ""
    group: str = ""
    state: str = ""
    icon: str = ""


Provider = Callable[[str, Callable[[Sequence[SearchResult]], None]], None]


class SearchBox(QLineEdit):
    """Asks `provider(text, done)` 150 ms after the last key."""

    result_chosen = Signal(object)

    def __init__(
        self,
        provider: Provider,
        *,
        placeholder: str = "",
        shortcut_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._provider = provider
        self._question = 0
        self._no_match = self.tr("No match")
        self._results: Sequence[SearchResult] = ()
        hint = f"{placeholder}    {shortcut_text}" if shortcut_text else placeholder
        self.setPlaceholderText(hint)
        self.setAccessibleName(placeholder)
        self._action = self.addAction(
            icon("ri.search-line"), QLineEdit.ActionPosition.LeadingPosition
        )
        theme_notifier().theme_changed.connect(self._on_theme)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(ASK_DELAY_MS)
        self._wait.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)
        self.popup = _ResultList(self)
        self.popup.chosen.connect(self._choose)

    def set_no_match_text(self, text: str) -> None:
        """The words when nothing was found."""
        self._no_match = text

    def focus_search(self) -> None:
        """Goes to the line and marks its words, so that typing starts afresh."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def results(self) -> Sequence[SearchResult]:
        """What the list shows."""
        return self._results

    def _on_theme(self) -> None:
        self._action.setIcon(icon("ri.search-line"))

    def _on_edited(self, text: str) -> None:
        self._question += 1
        if text.strip():
            self._wait.start()
        else:
            self._wait.stop()
            self.popup.hide()

    def _ask(self) -> None:
        self._question += 1
        self._provider(self.text().strip(), partial(self._on_results, self._question))

    def _on_results(self, question: int, results: Sequence[SearchResult]) -> None:
        if question != self._question:
            return
        self._results = list(results)[:RESULTS_MAX]
        self.popup.fill(self._results, self._no_match)
        if self.isVisible():
            self.popup.show_below(self)

    def _choose(self, key: object) -> None:
        self.popup.hide()
        self._wait.stop()
        self._question += 1
        self.clear()
        self.result_chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        open_ = self.popup.isVisible()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and open_:
            self.popup.move_current(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if open_:
                self.popup.choose_current()
            elif self.text().strip():
                self._wait.stop()
                self._ask()
        elif event.key() == Qt.Key.Key_Escape:
            if open_:
                self.popup.hide()
            else:
                self.clear()
                self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.popup.hide()


class _ResultList(QFrame):
    """A list that never takes the focus, so that typing goes on."""

    chosen = Signal(object)

    def __init__(self, box: QLineEdit) -> None:
        super().__init__(box, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("search_results")
        self.setProperty("popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.itemClicked.connect(self._on_clicked)
        self._keys: list[object] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.list)

    def fill(self, results: Sequence[SearchResult], no_match: str) -> None:
        """Shows the results under their headings; the first one is current."""
        self.list.clear()
        self._keys = [result.key for result in results]
        group = ""
        for number, result in enumerate(results):
            if result.group and result.group != group:
                group = result.group
                self._add_quiet(group)
            self._add_result(number, result)
        if not results:
            self._add_quiet(no_match)
        self.move_current(1)

    def _add_quiet(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(current_theme().font("small"))
        self.list.addItem(item)

    def _add_result(self, number: int, result: SearchResult) -> None:
        theme = current_theme()
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, number)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{result.title} {result.detail}".strip())
        item.setSizeHint(QSize(0, theme.px(theme.row)))
        self.list.addItem(item)
        line = QWidget()
        line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(line)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        picture = QLabel()
        picture.setFixedWidth(theme.px(16))
        if result.state in STATES:
            picture.setPixmap(state_pixmap(result.state, theme.px(14)))
        elif result.icon:
            picture.setPixmap(QIcon(icon(result.icon)).pixmap(theme.px(16)))
        title = QLabel(result.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        detail = QLabel(result.detail)
        detail.setTextFormat(Qt.TextFormat.PlainText)
        detail.setProperty("role", "small")
        row.addWidget(picture)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(detail)
        self.list.setItemWidget(item, line)

    def show_below(self, box: QLineEdit) -> None:
        """Shows the list under the line."""
        box.window().installEventFilter(self)
        rows = min(self.list.count(), _SHOWN_MAX)
        height = sum(self.list.sizeHintForRow(n) for n in range(rows)) + 18
        width = max(box.width(), current_theme().px(480))
        self.resize(width, height)
        place = box.mapToGlobal(QPoint((box.width() - width) // 2, box.height() + 4))
        screen = box.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() - width)))
        self.move(place)
        self.show()
        self.raise_()

    def move_current(self, step: int) -> None:
        """Goes to the next result, past headings, round the ends."""
        count = self.list.count()
        row = self.list.currentRow()
        for _ in range(count):
            row = (row + step) % count
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) is not None:
                self.list.setCurrentRow(row)
                return

    def choose_current(self) -> None:
        """Enter."""
        item = self.list.currentItem()
        if item is not None:
            self._on_clicked(item)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        number = item.data(Qt.ItemDataRole.UserRole)
        if number is not None:
            self.chosen.emit(self._keys[number])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list goes when its window moves, or it would hang in the air."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowDeactivate):
            self.hide()
        return super().eventFilter(watched, event)
