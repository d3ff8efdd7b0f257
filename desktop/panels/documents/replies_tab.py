"""Courts that were asked, their objections, and the answers to them. UI thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.panels.documents.page_queries import DocumentPage, Objected
from desktop.panels.documents.possible import Possible
from widgets.badge import Badge


class RepliesTab(QWidget):
    """`answer_asked(objection id, accepted)` for an objection that waits."""

    answer_asked = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked = QLabel(self)
        self.asked.setWordWrap(True)
        self.asked.setProperty("role", "muted")
        self._body = QWidget(self)
        self._body.setProperty("plain", True)
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(8)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.asked)
        layout.addWidget(area, 1)

    def show_page(self, page: DocumentPage) -> None:
        """Shows who was asked and what they said."""
        if page.asked:
            said = self.tr("Asked: {courts}; until {day}.")
            self.asked.setText(said.format(courts="、".join(page.asked), day=page.reply_by))
        elif page.shared:
            self.asked.setText(self.tr("No court was asked yet; that is done while it is a draft."))
        else:
            self.asked.setText(self.tr("Such a document is not sent to courts for their reply."))
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in page.objections:
            self._rows.addWidget(self._card(one, page.answers))
        if page.asked and not page.objections:
            none = QLabel(self.tr("No objection so far."), self._body)
            none.setProperty("role", "muted")
            self._rows.addWidget(none)
        self._rows.addStretch(1)

    def _card(self, one: Objected, answers: Possible) -> QWidget:
        card = QFrame(self._body)
        card.setProperty("card", True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(QLabel(f"{one.court}　{one.by}　{one.at:%Y-%m-%d %H:%M}", card), 1)
        state, word = ("due_soon", self.tr("waits for an answer"))
        if one.decision == "accepted":
            state, word = "normal", self.tr("accepted")
        elif one.decision:
            state, word = "paused", self.tr("not accepted")
        head.addWidget(Badge(state, word, card))
        inner.addLayout(head)
        proof = self.tr("Proof: {name}").format(name=one.proof) if one.proof else ""
        for text, role in ((one.body, ""), (one.about, "muted"), (proof, "muted")):
            if text:
                inner.addWidget(_label(card, text, role))
        if one.decision:
            inner.addWidget(_label(card, f"{one.decided}：{one.reason}", "muted"))
        else:
            inner.addLayout(self._buttons(card, one, answers))
        return card

    def _buttons(self, card: QWidget, one: Objected, answers: Possible) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for name, text, accepted in (
            ("reject", self.tr("Do not accept…"), False),
            ("accept", self.tr("Accept…"), True),
        ):
            button = QPushButton(text, card)
            button.setObjectName(f"{name}_{one.id}")
            button.setEnabled(answers.allowed)
            button.setToolTip(answers.why)
            button.clicked.connect(
                lambda _checked=False, yes=accepted: self.answer_asked.emit(one.id, yes)
            )
            row.addWidget(button)
        return row


def _label(parent: QWidget, text: str, role: str) -> QLabel:
    made = QLabel(text, parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made
