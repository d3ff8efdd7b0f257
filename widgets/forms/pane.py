"""A form: Enter goes on, Ctrl+Enter saves, Esc closes and keeps the draft. UI thread."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets.forms.field import Field

AUTOSAVE_DELAY_MS: Final = 500
Check = Callable[[object], str]


class FormPane(QWidget):
    """Fields by key. `submitted` comes only when every field is right; `edited` comes at the
    latest 500 ms after a change, also while somebody types without a pause; `refused` when a field
    was wrong at the sending, for what else is to be said at once."""

    submitted = Signal(dict)
    refused = Signal()
    edited = Signal(dict)
    closed = Signal(dict)

    def __init__(
        self, parent: QWidget | None = None, *, submit_text: str = "", cancel_text: str = ""
    ) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._checks: dict[str, Check] = {}
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_DELAY_MS)
        self._autosave.timeout.connect(lambda: self.edited.emit(self.values()))
        body = QWidget()
        body.setProperty("plain", True)
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(2, 2, 6, 2)
        self._rows.setSpacing(12)
        self._rows.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.submit_button = QPushButton(submit_text or self.tr("Save"))
        self.submit_button.setProperty("kind", "primary")
        self.submit_button.setToolTip(self.tr("Ctrl+Enter"))
        self.submit_button.setAutoDefault(False)
        self.submit_button.clicked.connect(self.submit)
        self.cancel_button = QPushButton(cancel_text or self.tr("Close"))
        self.cancel_button.setToolTip(self.tr("Esc: closes and keeps the draft"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.close_keeping_draft)
        self._area = area
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(area, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.submit_button)
        outer.addLayout(buttons)

    # Building --------------------------------------------------------------------------------

    def add_field(
        self,
        key: str,
        label: str,
        control: QWidget,
        *,
        required: bool = False,
        hint: str = "",
        check: Check | None = None,
    ) -> Field:
        """Adds a field; `check` gives a sentence for a wrong value and nothing for a right one."""
        if key in self._fields:
            raise ValueError(f"the form has a field {key} already")
        field = Field(label, control, required=required, hint=hint)
        control.setObjectName(control.objectName() or key)
        self._fields[key] = field
        if check is not None:
            self._checks[key] = check
        field.changed.connect(self._autosave_soon)
        control.installEventFilter(self)
        self.add_widget(field)
        return field

    def _autosave_soon(self) -> None:
        # Not restarted by each key: somebody who types without a pause must be saved too.
        if not self._autosave.isActive():
            self._autosave.start()

    def add_section(self, title: str) -> None:
        """A heading between fields."""
        label = QLabel(title)
        label.setProperty("role", "title")
        self.add_widget(label)

    def add_widget(self, widget: QWidget) -> None:
        """Any other widget between fields."""
        self._rows.insertWidget(self._rows.count() - 1, widget)

    def add_line(self, fields: Iterable[tuple[Field, int]]) -> None:
        """Puts fields that were added side by side, each with its share of the width."""
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for field, share in fields:
            row.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        self.add_widget(line)

    # Values ----------------------------------------------------------------------------------

    def field(self, key: str) -> Field:
        """The field of that key. Raises KeyError."""
        return self._fields[key]

    def values(self) -> dict[str, object]:
        """What all fields hold, right or wrong."""
        return {key: field.value() for key, field in self._fields.items()}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Fills fields, e.g. from a draft; keys without a field are skipped. Saves nothing."""
        for key, value in values.items():
            if key in self._fields:
                self._fields[key].set_value(value)
                self._fields[key].set_error("")
        self._autosave.stop()

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Shows sentences beneath fields and goes to the first of them."""
        for key, field in self._fields.items():
            field.set_error(errors.get(key, ""))
        first = next((self._fields[key] for key in self._fields if errors.get(key)), None)
        if first is not None:
            first.control.setFocus()
            self._area.ensureWidgetVisible(first)

    def validate(self) -> bool:
        """Checks every field, shows what is wrong, and tells whether all is right."""
        errors: dict[str, str] = {}
        for key, field in self._fields.items():
            sentence = field.own_problem()
            if not sentence and key in self._checks:
                sentence = self._checks[key](field.value())
            if sentence:
                errors[key] = sentence
        self.set_errors(errors)
        return not errors

    # Acts ------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Ctrl+Enter."""
        if not self.submit_button.isEnabled():
            return
        if not self.validate():
            self.refused.emit()
            return
        self._autosave.stop()
        self.submitted.emit(self.values())

    def close_keeping_draft(self) -> None:
        """Esc: the draft goes with `closed`, so nothing typed is lost."""
        self._autosave.stop()
        self.closed.emit(self.values())

    def set_busy(self, busy: bool) -> None:
        """While a command runs the form cannot be sent twice."""
        self.submit_button.setEnabled(not busy)

    def set_waiting(self, waiting: bool) -> None:
        """Until what was kept is read nothing can be typed: the answer would replace it."""
        self._area.setEnabled(not waiting)
        self.set_busy(waiting)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._buttons_after_fields()

    def _buttons_after_fields(self) -> None:
        """Tab goes from the last field to the buttons: they were made before any field. The chain
        of the whole window is not walked for it: that kept the window's widgets alive."""
        for at in reversed(range(self._rows.count())):
            item = self._rows.itemAt(at)
            row = item.widget() if item is not None else None
            if row is None:
                continue
            takes = [
                one
                for one in (row, *row.findChildren(QWidget))
                if one.focusPolicy() != Qt.FocusPolicy.NoFocus and one.window() is self.window()
            ]
            if takes:
                self.setTabOrder(takes[-1], self.cancel_button)
                self.setTabOrder(self.cancel_button, self.submit_button)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._handle_key(event, self.focusWidget()):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        control = watched if isinstance(watched, QWidget) else None
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._handle_key(event, control)
        if event.type() == QEvent.Type.FocusIn and control is not None:
            # Tab scrolls by itself; Enter, a click elsewhere and the program do not.
            self._area.ensureWidgetVisible(control)
        return super().eventFilter(watched, event)

    def _handle_key(self, event: QKeyEvent, control: QWidget | None) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close_keeping_draft()
            return True
        # In a text of several lines Enter is a new line; on a button it presses the button.
        if enter and not isinstance(control, QPlainTextEdit | QPushButton):
            self.focusNextChild()
            return True
        return False
