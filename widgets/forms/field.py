"""A label above, a control, and the error beneath in words. UI thread."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from widgets.theme import repolish


class Field(QWidget):
    """One entry of a form. The control may be any widget with value(), set_value(), changed."""

    changed = Signal()

    def __init__(
        self,
        label: str,
        control: QWidget,
        *,
        required: bool = False,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self.required = required
        self._label_text = label
        self._hint = hint
        self._label = QLabel(f"{label} *" if required else label)
        self._label.setProperty("role", "small")
        self._label.setBuddy(control)
        self._below = QLabel(hint)
        self._below.setWordWrap(True)
        self._below.setProperty("role", "group")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        if not isinstance(control, QCheckBox):
            layout.addWidget(self._label)
        layout.addWidget(control)
        layout.addWidget(self._below)
        self._error = ""
        self._below.setHidden(not hint)
        control.setAccessibleName(label)
        if isinstance(control, QComboBox):
            # Qt's own delegate of a list does not ask the style sheet how high a row is.
            control.setItemDelegate(QStyledItemDelegate(control))
        self._connect()

    def _connect(self) -> None:
        """Joins the control's own signal of change to ours."""
        control: Any = self.control
        for name in ("changed", "currentIndexChanged", "toggled", "valueChanged", "textChanged"):
            signal = getattr(control, name, None)
            if signal is not None and hasattr(signal, "connect"):
                signal.connect(self._on_changed)
                return

    def _on_changed(self, *_args: object) -> None:
        self.set_error("")
        self.changed.emit()

    def value(self) -> object:
        """What the control holds; text without surrounding blanks."""
        control: Any = self.control
        if hasattr(control, "set_value"):
            return control.value()
        if isinstance(control, QLineEdit):
            return control.text().strip()
        if isinstance(control, QPlainTextEdit):
            return control.toPlainText().strip()
        if isinstance(control, QComboBox):
            return control.currentData()
        if isinstance(control, QCheckBox):
            return control.isChecked()
        return control.value()

    def set_value(self, value: object) -> None:
        """Puts a value in. Raises TypeError when the control cannot hold its kind."""
        control: Any = self.control
        if hasattr(control, "set_value"):
            control.set_value(value)
        elif isinstance(control, QLineEdit):
            control.setText("" if value is None else str(value))
        elif isinstance(control, QPlainTextEdit):
            control.setPlainText("" if value is None else str(value))
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(max(control.findData(value), 0 if value is None else -1))
        elif isinstance(control, QCheckBox):
            control.setChecked(bool(value))
        elif isinstance(control, QSpinBox) and isinstance(value, int):
            control.setValue(value)
        else:
            raise TypeError(f"{type(control).__name__} cannot hold {value!r}")

    def own_problem(self) -> str:
        """A sentence when the control itself finds its text wrong, or nothing is entered."""
        problem = getattr(self.control, "problem", None)
        if callable(problem) and (sentence := str(problem())):
            return sentence
        if self.required and self.value() in (None, "", ()):
            return self.tr("Fill in “{label}”.").replace("{label}", self._label_text)
        return ""

    def set_hint(self, text: str) -> None:
        """Replaces the words beneath the control; an error stays until it is cleared."""
        self._hint = text
        if not self._error:
            self._below.setText(text)
            self._below.setHidden(not text)
            self.control.setAccessibleDescription(text)

    def error(self) -> str:
        """The sentence beneath the control."""
        return self._error

    def set_error(self, text: str) -> None:
        """Shows a sentence beneath the control; an empty one brings the hint back."""
        if text == self._error:
            return
        self._error = text
        self._below.setText(text or self._hint)
        self._below.setProperty("role", "error" if text else "group")
        self._below.setHidden(not (text or self._hint))
        self.control.setProperty("problem", bool(text))
        self.control.setAccessibleDescription(text or self._hint)
        repolish(self._below)
        repolish(self.control)
