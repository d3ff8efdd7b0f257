"""One note of a thread, with what can be done about it. UI thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.notes.queries import Mention, NoteLine


class NoteRow(QFrame):
    """`correct_asked(NoteLine)` by its author; `taken(mention id)` by whoever takes over."""

    correct_asked = Signal(object)
    taken = Signal(str)

    def __init__(self, note: NoteLine, me: str | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.note = note
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(_label(self._head_words(), "small"), 1)
        self.correct_button = QPushButton(self.tr("Correct"), self)
        self.correct_button.setObjectName("correct_note")
        self.correct_button.setProperty("kind", "quiet")
        self.correct_button.setVisible(me is not None and note.author_id == me)
        self.correct_button.clicked.connect(lambda _down=False: self.correct_asked.emit(note))
        mine = next((one for one in note.mentions if one.person_id == note.to_id), None)
        self.take_button = QPushButton(self.tr("I take over"), self)
        self.take_button.setObjectName("take_over")
        self.take_button.setVisible(mine is not None and me == note.to_id and not mine.acknowledged)
        if mine is not None:
            self.take_button.clicked.connect(lambda _down=False: self.taken.emit(mine.id))
        head.addWidget(self.take_button)
        head.addWidget(self.correct_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(_label(note.body, ""))
        if note.mentions:
            layout.addWidget(_label(self._readers(), "small"))

    def _head_words(self) -> str:
        note = self.note
        words = [note.author, note.at[:16].replace("T", " ")]
        if note.to_id is not None:
            words.append(self.tr("hand-over to {name}").format(name=note.to_name))
        if note.team_only:
            words.append(self.tr("team only"))
        if note.corrected:
            words.append(self.tr("corrected"))
        return " · ".join(words)

    def _readers(self) -> str:
        return "　".join(f"@{one.name} {self._state(one)}" for one in self.note.mentions)

    def _state(self, one: Mention) -> str:
        if one.person_id == self.note.to_id:
            return self.tr("took over") if one.acknowledged else self.tr("has not taken over")
        return self.tr("read") if one.read else self.tr("unread")


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label
