"""What is typed into a line or box is kept like a form, under what it is about. UI thread."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from desktop.contract.context import PanelContext

DELAY_MS: Final = 500  # as forms have it


class KeptText(QObject):
    """Keeps the words of `control` under the key it follows; the words come back with the key."""

    def __init__(self, context: PanelContext, control: QLineEdit | QPlainTextEdit) -> None:
        super().__init__(control)
        self._context = context
        self._control = control
        self._key = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DELAY_MS)
        self._soon.timeout.connect(self._keep)
        control.textChanged.connect(lambda *_text: self._on_changed())

    def follow(self, key: str) -> None:
        """Empties the control and brings back what was typed under `key`; empty: nothing is."""
        if self._soon.isActive():
            self._keep()
        self._key = ""
        self._control.clear()
        self._key = key
        if key:
            self._context.load_draft(key, partial(self._on_kept, key))

    def forget(self) -> None:
        """The words were used: the control is empty, and nothing is kept."""
        self._control.clear()
        self._keep()

    def _text(self) -> str:
        control = self._control
        return control.text() if isinstance(control, QLineEdit) else control.toPlainText()

    def _on_changed(self) -> None:
        # Not restarted by each key: somebody who types without a pause must be saved too.
        if self._key and not self._soon.isActive():
            self._soon.start()

    def _keep(self) -> None:
        self._soon.stop()
        if not self._key:
            return
        words = self._text()
        if words.strip():
            self._context.save_draft(self._key, {"words": words})
        else:
            self._context.discard_draft(self._key)

    def _on_kept(self, key: str, kept: Mapping[str, Any] | None) -> None:
        words = str(kept.get("words", "")) if kept else ""
        if key != self._key or self._text() or not words:
            return
        if isinstance(self._control, QLineEdit):
            self._control.setText(words)
        else:
            self._control.setPlainText(words)
