"""A line that finds a case by a part of its number or of a party's name. UI thread."""

from functools import partial
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.remote_command.form_queries import case_hits
from desktop.petitions.case_finding import CaseHit

_DELAY_MS: Final = 150


class CaseLine(QLineEdit):
    """`value()` is {"key", "text"}: the chosen case; a number that this desk has not may stand as
    it was typed, since an order may be about a case of another court."""

    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key = ""
        self._hits: dict[str, CaseHit] = {}
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(lambda words: self._take(str(words)))
        self.setCompleter(completer)
        self.setPlaceholderText(self.tr("Number, its last part, or a party"))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_DELAY_MS)
        self._wait.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)

    def value(self) -> dict[str, str]:
        """For forms and drafts."""
        return {"key": self._key, "text": self.text().strip()}

    def set_value(self, value: object) -> None:
        """Shows a choice made before; anything else empties the line."""
        kept = value if isinstance(value, dict) else {}
        self._key = str(kept.get("key", ""))
        self.setText(str(kept.get("text", "")))
        self.changed.emit()

    def _on_edited(self, text: str) -> None:
        self._key = ""
        self.changed.emit()
        if text.strip():
            self._wait.start()

    def _ask(self) -> None:
        text = self.text().strip()
        self._context.read(self, "case_hits", case_hits, text, partial(self._on_hits, text))

    def _on_hits(self, text: str, hits: list[CaseHit]) -> None:
        if text != self.text().strip():
            return
        self._hits = {f"{hit.number}　{hit.parties}".strip(): hit for hit in hits}
        self._words.setStringList(list(self._hits))
        exact = next((hit for hit in hits if hit.number == text), None)
        if exact is not None:
            self._key = exact.case_id
            self.changed.emit()
        elif hits and self.hasFocus():
            self.completer().complete()

    def _take(self, words: str) -> None:
        hit = self._hits.get(words)
        if hit is not None:
            self._key = hit.case_id
            # The completer puts its own words in after this signal.
            QTimer.singleShot(0, self, partial(self._settle, hit))

    def _settle(self, hit: CaseHit) -> None:
        self.setText(hit.number)
        self.changed.emit()
