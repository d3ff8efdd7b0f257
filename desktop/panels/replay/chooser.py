"""What is to be played: an operation or a span, and why people's ways are looked at. UI thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from desktop.contract.court_zone import COURT_ZONE
from widgets.flow import FlowLayout
from widgets.theme import current_theme

SPAN: Final = "span"
_FORMS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M")


def moment_of(text: str) -> datetime | None:
    """2026-11-29 08:30 by the court's clock; None for anything else."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=COURT_ZONE)
        except ValueError:
            continue
    return None


class ReplayChooser(QWidget):
    """`asked()` when the film is wanted."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_chooser")
        theme = current_theme()
        self.what = QComboBox(self)
        self.what.setObjectName("replay_what")
        self.what.setMinimumWidth(theme.px(240))
        self.since = QLineEdit(self)
        self.until = QLineEdit(self)
        for field, name, words in (
            (self.since, "replay_since", self.tr("From, e.g. 2026-11-29 08:00")),
            (self.until, "replay_until", self.tr("To")),
        ):
            field.setObjectName(name)
            field.setPlaceholderText(words)
            field.setFixedWidth(theme.px(150))
        self.purpose = QLineEdit(self)
        self.purpose.setObjectName("replay_purpose")
        self.purpose.setPlaceholderText(self.tr("Purpose, to see the ways of persons"))
        self.purpose.setMinimumWidth(theme.px(220))
        self.load_button = QPushButton(self.tr("Load"), self)
        self.load_button.setObjectName("replay_load")
        self.load_button.setProperty("kind", "primary")
        self.export_button = QPushButton(self.tr("Export signed…"), self)
        self.export_button.setObjectName("replay_export")
        self.export_button.setEnabled(False)
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self._low = False
        self._lacks = ""
        self._arrange()
        self.what.currentIndexChanged.connect(lambda _n: self._show_span())
        self.load_button.clicked.connect(lambda _on=False: self.asked.emit())
        for field in (self.since, self.until, self.purpose):
            field.returnPressed.connect(self.asked.emit)
        self._show_span()

    def _arrange(self) -> None:
        boxes = QWidget(self)
        flow = FlowLayout(boxes)
        for part in (self.what, self.since, self.until, self.purpose, self.load_button):
            flow.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(boxes, 1)
        row.addWidget(self.note)
        row.addWidget(self.export_button)

    def offer(self, operations: Sequence[tuple[str, str]]) -> None:
        """The operations that can be played; what was chosen stays chosen."""
        was = self.what.currentData()
        self.what.blockSignals(True)
        self.what.clear()
        for key, words in operations:
            self.what.addItem(words, key)
        self.what.addItem(self.tr("A span of time"), SPAN)
        self.what.setCurrentIndex(max(0, self.what.findData(was)))
        self.what.blockSignals(False)
        self._show_span()

    def choose(self, operation_id: str) -> None:
        """An operation, also one that is not among those offered."""
        at = self.what.findData(operation_id)
        if at < 0:
            self.what.insertItem(0, operation_id, operation_id)
            at = 0
        self.what.setCurrentIndex(at)

    def call(self, operation_id: str, name: str) -> None:
        """The name of an operation that was chosen by its id alone."""
        at = self.what.findData(operation_id)
        if operation_id and at >= 0 and self.what.itemText(at) == operation_id:
            self.what.setItemText(at, name)

    def choose_span(self, since: str, until: str) -> None:
        """A span, as text."""
        self.what.setCurrentIndex(self.what.findData(SPAN))
        self.since.setText(since[:16].replace("T", " "))
        self.until.setText(until[:16].replace("T", " "))

    def tell(self, words: str, *, lacks: bool) -> None:
        """What there is of the film; `lacks`: what a purpose would show besides."""
        self._lacks = words if lacks else ""
        self.note.setText(words)
        self._show_note()

    def set_low(self, low: bool) -> None:
        """One row where there is little height: what lacks is said where it can be mended."""
        self._low = low
        self._show_note()

    def _show_note(self) -> None:
        self.note.setVisible(bool(self.note.text()) and not self._low)
        usual = self.tr("Purpose, to see the ways of persons")
        self.purpose.setPlaceholderText(self._lacks if self._low and self._lacks else usual)
        self.purpose.setToolTip(self.note.text())

    def suggest(self, since: datetime, until: datetime) -> None:
        """A span to begin with."""
        for field, at in ((self.since, since), (self.until, until)):
            field.setText(f"{at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}")

    @property
    def operation_id(self) -> str:
        """The chosen operation; empty for a span."""
        key = str(self.what.currentData() or "")
        return "" if key == SPAN else key

    def _show_span(self) -> None:
        spans = not self.operation_id
        self.since.setVisible(spans)
        self.until.setVisible(spans)
