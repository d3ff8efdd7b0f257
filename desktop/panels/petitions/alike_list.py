"""Earlier petitions that may be the same, with the reasons, while a card is filled. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.panels.petitions.queries import Alike
from widgets.badge import Badge
from widgets.flow import FlowLayout


class AlikeList(QWidget):
    """`attach_asked(id, code)`: this visit belongs to that petition."""

    attach_asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Alike, ...] = ()
        self.title = QLabel(self)
        self.title.setProperty("role", "group")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.title)
        self._cards: list[QWidget] = []
        self.set_rows(())

    def set_rows(self, rows: Sequence[Alike]) -> None:
        """Shows them, most alike first."""
        if tuple(rows) == self.rows and self._cards:
            return
        self.rows = tuple(rows)
        for old in self._cards:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._cards = [self._card(row, first=not n) for n, row in enumerate(self.rows)]
        for card in self._cards:
            self._layout.addWidget(card)
        self.title.setText(
            self.tr("May be the same ({count})").format(count=len(self.rows))
            if self.rows
            else self.tr("No earlier petition like this one")
        )

    def attach_first(self) -> bool:
        """Attaches to the one most alike; false where there is none."""
        if not self.rows:
            return False
        self.attach_asked.emit(self.rows[0].id, self.rows[0].code)
        return True

    def _card(self, row: Alike, *, first: bool) -> QWidget:
        card = QFrame(self)
        card.setProperty("card", True)
        body = QVBoxLayout(card)
        body.setContentsMargins(10, 8, 10, 8)
        body.setSpacing(4)
        head = QLabel(f"{row.petitioner}　{row.case_number or self.tr('no case number')}", card)
        head.setWordWrap(True)
        body.addWidget(head)
        marks = QWidget(card)
        flow = FlowLayout(marks, spacing=6)
        for reason in row.reasons:
            flow.addWidget(Badge("due_soon", reason, marks))
        if row.closed:
            flow.addWidget(Badge("done", self.tr("closed"), marks))
        body.addWidget(marks)
        told = [
            row.code,
            self.tr("received {day}").format(day=row.received_on),
            self.tr("{count} visits").format(count=row.visits),
        ]
        if row.promise:
            told.append(self.tr("promised by {day}").format(day=row.promise))
        facts = QLabel(" · ".join(told), card)
        facts.setProperty("role", "small")
        facts.setWordWrap(True)
        body.addWidget(facts)
        words = self.tr("Attach the visit to this one")
        attach = QPushButton(f"{words} (F4)" if first else words, card)
        attach.setObjectName(f"attach_{row.code}")
        attach.clicked.connect(lambda _checked=False: self.attach_asked.emit(row.id, row.code))
        body.addWidget(attach)
        return card
