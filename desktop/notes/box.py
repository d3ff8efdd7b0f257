"""The notes on one object, for any panel that shows one: thread above, field below. UI thread."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.notes.commands import NoteText, Reading, mark_read, take_over, write_note
from desktop.notes.input import MentionInput
from desktop.notes.line import NoteRow
from desktop.notes.queries import NoteLine, Thread, ThreadArgs, thread
from desktop.notes.rules import About
from storage.records.changes import ChangeSet
from widgets.badge import Badge
from widgets.parts import scrolled
from widgets.theme import current_theme

TABLES: Final = ("note", "note_mention", "hold", "person", "membership")
_KEEP_MS: Final = 500
_WIDE: Final = 560  # pixels at 100 %, from which on the field stands beside the thread


class NotesBox(QWidget):
    """`show_object(About(...))` shows the notes on it; `counted(n)` follows with their number.

    What is typed is kept under the object, and comes back with it.
    """

    counted = Signal(int)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notes_box")
        self._context = context
        self._about: About | None = None
        self._correcting: NoteLine | None = None
        self.shown: Thread | None = None
        self.change = QLabel(self)
        self.change.setObjectName("change_of_hands")
        self._change_badge = Badge("due_soon", self.tr("Hand-over due"), self)
        self.change.setWordWrap(True)
        self.rows: list[NoteRow] = []
        self._body = QWidget()
        self._body.setProperty("plain", True)
        self._list = QVBoxLayout()
        self.field = MentionInput(self)
        self.field.setObjectName("note_text")
        self.team_only = QCheckBox(self.tr("My team only"), self)
        self.team_only.setObjectName("team_only")
        self.to = QComboBox(self)
        self.to.setObjectName("hand_over_to")
        self.to.addItem(self.tr("Plain note"), None)
        self.send = QPushButton(self.tr("Add note"), self)
        self.send.setObjectName("send_note")
        self.send.setProperty("kind", "primary")
        self.send.setToolTip(self.tr("Ctrl+Enter"))
        self.drop = QPushButton(self.tr("Do not correct"), self)
        self.drop.setObjectName("drop_correction")
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self._arrange()
        self._connect()

    # What a panel calls

    def show_object(self, about: About | None) -> None:
        """Shows the notes on another object, or none."""
        if about != self._about:
            self._keep_now()
            self._about = about
            self._correct(None)
            self.field.clear_all()
            self.to.setCurrentIndex(0)
            self.team_only.setChecked(False)
            self._fill(())
            if about is not None:
                self._context.load_draft(self._key(about), partial(self._on_draft, about))
        self.setEnabled(about is not None)
        self._read()

    @property
    def about(self) -> About | None:
        """What is shown."""
        return self._about

    # Parts

    def _arrange(self) -> None:
        area = scrolled(self._body, self)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self._change_badge, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self.change, 1)
        thread = QVBoxLayout(self._body)
        thread.setContentsMargins(0, 0, 6, 0)
        thread.setSpacing(12)
        thread.addLayout(told)
        thread.addLayout(self._list)
        thread.addStretch(1)
        self._list.setSpacing(12)
        self.change.hide()
        self._change_badge.hide()
        self.field.setPlaceholderText(self.tr("Write a note; @ mentions somebody"))
        self.to.setMinimumContentsLength(8)
        self.to.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.drop.hide()
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.team_only)
        acts.addWidget(self.to, 1)
        acts.addWidget(self.drop)
        acts.addWidget(self.send)
        writing = QVBoxLayout()
        writing.setSpacing(8)
        writing.addWidget(self.field)
        writing.addLayout(acts)
        writing.addStretch(1)
        # Beside each other where there is width, as a tab of a page has little height.
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 8, 0, 0)
        self._layout.setSpacing(12)
        self._layout.addWidget(area, 3)
        self._layout.addLayout(writing, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= current_theme().px(_WIDE)
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._layout.setStretch(1, 2 if wide else 0)

    def _connect(self) -> None:
        self.send.clicked.connect(lambda _checked=False: self._send())
        self.field.submitted.connect(self._send)
        self.drop.clicked.connect(lambda _checked=False: self._correct(None))
        self.to.currentIndexChanged.connect(lambda _index: self._allow())
        self.team_only.toggled.connect(lambda _on: self._allow())
        self.field.textChanged.connect(self._on_typed)
        self._keep.timeout.connect(self._keep_now)
        self._context.changed.connect(self._on_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """What mentions whoever sits here counts as read once it is in sight."""
        super().showEvent(event)
        self._mark_read()

    # Reading

    def _read(self) -> None:
        if self._about is not None:
            args = ThreadArgs(self._about, self._context.who.person_id, self._context.today())
            self._context.read(self, "notes", thread, args, self._on_thread)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES):
            self._read()

    def _on_thread(self, found: Thread) -> None:
        if found.about != self._about:
            return
        self.shown = found
        self.field.people = found.people
        self._offer_takers()
        change = found.change
        for part in (self.change, self._change_badge):
            part.setVisible(change is not None)
        if change is not None:
            words = self.tr("{from_} handed this case to {to} on {day}; no hand-over note yet.")
            self.change.setText(
                words.format(from_=change.from_name, to=change.to_name, day=change.on)
            )
        self._fill(found.notes)
        self.counted.emit(len(found.notes))
        self._mark_read()

    def _offer_takers(self) -> None:
        """Whoever has the case now first, then those nearby."""
        assert self.shown is not None
        people = self.shown.people
        new = None if self.shown.change is None else self.shown.change.to_id
        ordered = sorted(people, key=lambda one: (one.id != new, not one.near))
        wanted = self.to.currentData()
        was = self.to.blockSignals(True)
        self.to.clear()
        self.to.addItem(self.tr("Plain note"), None)
        for one in ordered:
            self.to.addItem(self.tr("Hand over to {name}").format(name=one.name), one.id)
            self.to.setItemData(self.to.count() - 1, one.place, Qt.ItemDataRole.ToolTipRole)
        self.to.setCurrentIndex(max(0, self.to.findData(wanted)) if wanted else 0)
        self.to.blockSignals(was)
        self._allow()

    def _fill(self, notes: Sequence[NoteLine]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        me = self._context.who.person_id
        self.rows = [NoteRow(one, me, self._body) for one in notes]
        for row in self.rows:
            row.correct_asked.connect(self._correct)
            row.taken.connect(self._take_over)
            self._list.addWidget(row)
        if not notes:
            empty = QLabel(self.tr("No notes yet."), self._body)
            empty.setProperty("role", "muted")
            self._list.addWidget(empty)

    def _mark_read(self) -> None:
        me = self._context.who.person_id
        if not self.isVisible() or self.shown is None or me is None:
            return
        ids = [
            one.id
            for note in self.shown.notes
            for one in note.mentions
            if one.person_id == me and not one.read
        ]
        if ids:
            reading = Reading(ids, me, self._context.now())
            self._context.write(self, "阅读备注", mark_read, reading, lambda _count: None)

    # Writing

    def _send(self) -> None:
        if self._about is None or not self.send.isEnabled():
            return
        correcting = self._correcting
        note = NoteText(
            about=self._about,
            body=self.field.toPlainText(),
            author_id=self._context.who.person_id,
            at=self._context.now(),
            team_only=self.team_only.isChecked(),
            chosen=dict(self.field.chosen),
            voids=None if correcting is None else correcting.id,
            to_id=self.to.currentData(),
        )
        self.send.setEnabled(False)
        done = partial(self._on_sent, self._about)
        self._context.write(self, "写备注", write_note, note, done, self._on_refused)

    def _on_sent(self, about: About, _note_id: str) -> None:
        self.send.setEnabled(True)
        self._context.discard_draft(self._key(about))
        if about == self._about:
            self.field.clear_all()
            self._keep.stop()
            self.to.setCurrentIndex(0)
            self._correct(None)
            self._read()

    def _on_refused(self, sentence: str) -> None:
        self.send.setEnabled(True)
        self._context.notify(sentence, level="error")

    def _correct(self, note: NoteLine | None) -> None:
        """A correction says what the note should have said, to the same readers."""
        self._correcting = note
        self.drop.setVisible(note is not None)
        self.send.setText(self.tr("Add note") if note is None else self.tr("Correct"))
        if note is not None:
            self.team_only.setChecked(note.team_only)
            self.to.setCurrentIndex(max(0, self.to.findData(note.to_id)) if note.to_id else 0)
            self.field.chosen = {one.name: one.person_id for one in note.mentions}
            self.field.setPlainText(note.body)
            self.field.setFocus()
        self._allow()

    def _take_over(self, mention_id: str) -> None:
        reading = Reading((mention_id,), self._context.who.person_id, self._context.now())
        self._context.write(self, "接收交接", take_over, reading, lambda _done: None)

    def _allow(self) -> None:
        """A hand-over is never for the team alone, and a correction has the same readers."""
        free = self._correcting is None
        self.team_only.setEnabled(free and self.to.currentData() is None)
        self.to.setEnabled(free and not self.team_only.isChecked())

    # What is typed

    def _key(self, about: About) -> str:
        return f"note:{about.kind}:{about.id}"

    def _on_typed(self) -> None:
        if not self._keep.isActive():
            self._keep.start()

    def _keep_now(self) -> None:
        self._keep.stop()
        words = self.field.toPlainText()
        if self._about is not None and words.strip() and self._correcting is None:
            kept = {"body": words, "chosen": dict(self.field.chosen)}
            self._context.save_draft(self._key(self._about), kept)

    def _on_draft(self, about: About, kept: Any) -> None:
        if about == self._about and kept and not self.field.toPlainText():
            self.field.chosen = dict(kept.get("chosen") or {})
            self.field.setPlainText(str(kept.get("body") or ""))
