"""A text field that offers people while "@" and a part of a name are typed. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.notes.rules import MARK, Colleague, offered, typed_name
from widgets.forms.growing import GrowingText
from widgets.theme import current_theme

_LINES_MAX: Final = 8
_WIDTH: Final = 280
_CHOOSE: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MentionInput(GrowingText):
    """`chosen` tells which person a name stands for, where one was picked from the list;
    `submitted` on Ctrl+Enter. The key is the field's own: as a shortcut it would belong to the
    window and send a note while somebody fills in another form."""

    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_LINES_MAX, parent)
        self.chosen: dict[str, str] = {}
        self.people: Sequence[Colleague] = ()
        self.popup = _Offers(self)
        self.popup.list.itemClicked.connect(lambda _item: self._choose())
        self.textChanged.connect(self._offer)
        self.cursorPositionChanged.connect(self._offer)

    def clear_all(self) -> None:
        """Empties the field and forgets who was picked."""
        self.popup.hide()
        self.chosen = {}
        self.clear()

    def _offer(self) -> None:
        typed = typed_name(self.toPlainText(), self.textCursor().position())
        found = [] if typed is None else offered(typed[1], self.people)
        # A name that is typed to its end needs no list, unless it has namesakes.
        whole = typed is not None and [one.name for one in found] == [typed[1]]
        if found and not whole and self.hasFocus():
            self.popup.show_at(found, self.viewport().mapToGlobal(self.cursorRect().bottomLeft()))
        else:
            self.popup.hide()

    def _choose(self) -> None:
        picked = self.popup.current()
        typed = typed_name(self.toPlainText(), self.textCursor().position())
        self.popup.hide()
        if picked is None or typed is None:
            return
        self.chosen[picked.name] = picked.id
        cursor = self.textCursor()
        cursor.setPosition(typed[0])
        cursor.setPosition(typed[0] + 1 + len(typed[1]), cursor.MoveMode.KeepAnchor)
        cursor.insertText(f"{MARK}{picked.name} ")
        self.popup.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """While the list is open its keys are its own."""
        key = Qt.Key(event.key())
        if self.popup.isVisible():
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.popup.move_current(1 if key == Qt.Key.Key_Down else -1)
                return
            if key in _CHOOSE and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._choose()
                return
            if key == Qt.Key.Key_Escape:
                self.popup.hide()
                return
        if key in _CHOOSE and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab takes the current name while the list is open, and else goes on."""
        if following and self.popup.isVisible():
            self._choose()
            return True
        return super().focusNextPrevChild(following)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.popup.hide()


class _Offers(QFrame):
    """People to pick from; never takes the focus, so that typing goes on."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self._field = field
        self.setObjectName("mention_offers")
        self.setProperty("popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._people: Sequence[Colleague] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.list)

    def show_at(self, people: Sequence[Colleague], place: QPoint) -> None:
        """Shows them below `place`, the first one current."""
        self._people = people
        self.list.clear()
        for one in people:
            self.list.addItem(QListWidgetItem(f"{one.name}　{one.place}"))
        self.list.setCurrentRow(0)
        self._field.window().installEventFilter(self)
        height = sum(self.list.sizeHintForRow(n) for n in range(len(people))) + 18
        self.resize(current_theme().px(_WIDTH), height)
        screen = self._field.screen().availableGeometry()
        left = min(place.x(), screen.right() - self.width())
        below = place.y() + 4
        above = below + height > screen.bottom()
        self.move(left, place.y() - height - 24 if above else below)
        self.show()

    def current(self) -> Colleague | None:
        """The one Enter takes."""
        row = self.list.currentRow()
        return self._people[row] if 0 <= row < len(self._people) else None

    def move_current(self, step: int) -> None:
        """To the next one, round the ends."""
        self.list.setCurrentRow((self.list.currentRow() + step) % max(1, self.list.count()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list goes when its window moves, or it would hang in the air."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowDeactivate):
            self.hide()
        return super().eventFilter(watched, event)
