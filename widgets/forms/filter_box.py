"""A filter: a button that says what is chosen and a list with search and ticks. UI thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from widgets.icon import icon
from widgets.states import STATES, state_pixmap
from widgets.theme import current_theme

_SEARCH_FROM: Final = 8
_SHOWN_MAX: Final = 12
_KEY_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. hint: words also searched, e.g. pinyin. state: a style key for its shape."""

    key: object
    label: str
    hint: str = ""
    state: str = ""


Matcher = Callable[[Option, str], bool]


def matches(option: Option, typed: str) -> bool:
    """The usual search: every typed word stands in the label or in the hint."""
    words = f"{option.label} {option.hint}".casefold()
    return all(word in words for word in typed.casefold().split())


class FilterBox(QPushButton):
    """Nothing chosen means everything. `name` stands before the chosen words, if there is one."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        *,
        all_text: str,
        multiple: bool = True,
        matcher: Matcher | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._all_text = all_text
        self._multiple = multiple
        self._matcher = matcher or matches
        self._options: tuple[Option, ...] = ()
        self._chosen: tuple[object, ...] = ()
        self._popup: _OptionPopup | None = None
        self.setProperty("popup", True)
        self.setAutoDefault(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_popup)
        self._show_chosen()

    # Values ----------------------------------------------------------------------------------

    def set_options(self, options: Sequence[Option]) -> None:
        """Replaces the choices; chosen ones that are gone are dropped, with `changed`."""
        self._options = tuple(options)
        present = {option.key for option in options}
        kept = tuple(key for key in self._chosen if key in present)
        if kept != self._chosen:
            self._chosen = kept
            self._show_chosen()
            self.changed.emit()
        self._show_chosen()

    def options(self) -> tuple[Option, ...]:
        """All choices."""
        return self._options

    def selected(self) -> tuple[object, ...]:
        """The chosen keys in the order of the options; empty means all."""
        return self._chosen

    def set_selected(self, keys: Sequence[object]) -> None:
        """Chooses those keys; unknown ones are skipped; tells `changed` when it differs."""
        wanted = tuple(option.key for option in self._options if option.key in keys)
        if not self._multiple:
            wanted = wanted[:1]
        if wanted != self._chosen:
            self._chosen = wanted
            self._show_chosen()
            self.changed.emit()

    def value(self) -> tuple[object, ...]:
        """The same as `selected`, for forms."""
        return self._chosen

    def set_value(self, value: object) -> None:
        """The same as `set_selected`, for forms; None is nothing chosen."""
        self.set_selected(tuple(value) if isinstance(value, list | tuple) else ())

    def _show_chosen(self) -> None:
        labels = [option.label for option in self._options if option.key in self._chosen]
        words = "、".join(labels)
        text = (f"{self._name}：{words}" if self._name else words) if labels else self._all_text
        self.setToolTip(text if len(labels) > 1 else "")
        self.setText(text)
        self.setAccessibleDescription(text)
        self.updateGeometry()

    # Look ------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        theme = current_theme()
        words = self.fontMetrics().horizontalAdvance(self.text())
        caption = self.property("kind") == "caption"
        beside, least = (36, 48) if caption else (42, 96)
        width = min(max(words + theme.px(beside), theme.px(least)), theme.px(240))
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(72), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        caption = self.property("kind") == "caption"
        room = self.width() - current_theme().px(24 if caption else 40)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        size = current_theme().px(14)
        right = self.width() - size - current_theme().px(4 if caption else 8)
        place = QRect(right, (self.height() - size) // 2, size, size)
        icon("ri.arrow-down-s-line").paint(painter, place)
        painter.end()

    # The list --------------------------------------------------------------------------------

    def open_popup(self) -> None:
        """Opens the list beneath the button."""
        popup = _OptionPopup(self, self._options, self._chosen, self._multiple, self._matcher)
        popup.all_chosen.connect(lambda: self.set_selected(()))
        popup.chosen.connect(self.set_selected)
        popup.open_below(self)
        self._popup = popup

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Space):
            self.open_popup()
            return
        super().keyPressEvent(event)


class _OptionPopup(QFrame):
    """Search above, choices below."""

    chosen = Signal(list)
    all_chosen = Signal()

    def __init__(
        self,
        box: FilterBox,
        options: tuple[Option, ...],
        chosen: tuple[object, ...],
        multiple: bool,
        matcher: Matcher,
    ) -> None:
        super().__init__(box, Qt.WindowType.Popup)
        self._options = options
        self._picked = list(chosen)
        self._multiple = multiple
        self._matcher = matcher
        self._filling = False
        self.setObjectName("filter_popup")
        self.setProperty("popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Type to search"))
        self.search.setClearButtonEnabled(False)
        self.search.setVisible(len(options) >= _SEARCH_FROM)
        self.search.textChanged.connect(lambda _text: self._fill())
        self.search.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setUniformItemSizes(True)
        self.list.itemChanged.connect(self._on_ticked)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.installEventFilter(self)
        self.clear = QPushButton(self.tr("All"), self)
        self.clear.setProperty("kind", "quiet")
        self.clear.clicked.connect(self._on_clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        layout.addWidget(self.clear)
        self._fill()

    def open_below(self, box: QWidget) -> None:
        """Shows the list under `box`, as wide as its words need."""
        theme = current_theme()
        rows = min(max(1, len(self._options)), _SHOWN_MAX)
        widest = max(
            (self.fontMetrics().horizontalAdvance(o.label) for o in self._options), default=0
        )
        self.list.setFixedHeight(rows * theme.px(30) + 4)
        self.setMinimumWidth(max(box.width(), min(widest + theme.px(72), theme.px(420))))
        place = box.mapToGlobal(QPoint(0, box.height() + 2))
        screen = box.screen().availableGeometry()
        size = self.sizeHint()
        if place.y() + size.height() > screen.bottom():
            place.setY(max(screen.top(), box.mapToGlobal(QPoint(0, 0)).y() - size.height() - 2))
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.minimumWidth())))
        self.move(place)
        self.show()
        (self.search if not self.search.isHidden() else self.list).setFocus()

    def _fill(self) -> None:
        typed = self.search.text().strip()
        self._filling = True
        self.list.clear()
        for option in self._options:
            if typed and not self._matcher(option, typed):
                continue
            item = QListWidgetItem(option.label)
            item.setData(_KEY_ROLE, self._options.index(option))
            if option.state in STATES:
                shape = state_pixmap(option.state, 16)
                picture = QIcon(shape)
                # The style would tint the shape of a selected row, and colour means something.
                picture.addPixmap(shape, QIcon.Mode.Selected)
                item.setIcon(picture)
            if self._multiple:
                ticked = option.key in self._picked
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        self._filling = False

    def _option_of(self, item: QListWidgetItem) -> Option:
        return self._options[int(item.data(_KEY_ROLE))]

    def _on_ticked(self, item: QListWidgetItem) -> None:
        if self._filling or not self._multiple:
            return
        key = self._option_of(item).key
        ticked = item.checkState() == Qt.CheckState.Checked
        if ticked and key not in self._picked:
            self._picked.append(key)
        elif not ticked and key in self._picked:
            self._picked.remove(key)
        self.chosen.emit(list(self._picked))

    def _on_clicked(self, item: QListWidgetItem) -> None:
        """A click on the words ticks too; a click on the box has done so already."""
        if not self._multiple:
            self.chosen.emit([self._option_of(item).key])
            self.close()
            return
        mouse = self.list.viewport().mapFromGlobal(self.list.cursor().pos())
        if mouse.x() > self.list.visualItemRect(item).left() + current_theme().px(26):
            _toggle(item)

    def _on_clear(self) -> None:
        self._picked = []
        self.all_chosen.emit()
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        item = self.list.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            if self._multiple:
                _toggle(item)
            else:
                self.chosen.emit([self._option_of(item).key])
                self.close()
            return True
        if watched is self.search and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            rows = max(1, self.list.count())
            self.list.setCurrentRow((self.list.currentRow() + step) % rows)
            return True
        return False


def _toggle(item: QListWidgetItem) -> None:
    ticked = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)
