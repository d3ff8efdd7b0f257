"""The form of a new letter or a stored draft: filled, typed over, kept, issued. UI thread.

What is typed is kept as a draft under the node's key within a second, whatever else is being
written, and comes back when the form is opened again for the same node.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.supervision.commands import LetterDraft, Saved, issue, save_draft
from desktop.panels.supervision.issuing import IssueArgs, may_issue
from desktop.panels.supervision.queries import LetterSeed
from desktop.panels.supervision.rules import LEVEL_WORDS, LetterText
from desktop.rules.signing import Decision
from widgets.forms import DateField, FormPane
from widgets.theme import repolish

_TEXT_LINES: Final = {"basis": 2, "facts": 4, "demand": 3}
_WIDTH_MAX: Final = 860


class LetterForm(QWidget):
    """`issued(Saved)` and `stored(Saved)` follow a write; `left()` when the user goes back."""

    issued = Signal(object)
    stored = Signal(object)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("letter_form")
        self._context = context
        self._seed: LetterSeed | None = None
        self._letter_id: str | None = None
        self._filled: dict[str, object] = {}
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self._refusal = ""
        self.refusal = QLabel(self)
        self.refusal.setObjectName("issue_refusal")
        self.refusal.setProperty("role", "error")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.refill_button = QPushButton(self.tr("Fill in afresh"), self)
        self.refill_button.setObjectName("refill")
        self.refill_button.setProperty("kind", "quiet")
        self.store_button = QPushButton(self.tr("Store as draft"), self)
        self.store_button.setObjectName("store_draft")
        self.level = QComboBox(self)
        self.addressee = QComboBox(self)
        self.reply_by = DateField(self, optional=False)
        self.form = FormPane(
            self, submit_text=self.tr("Issue"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("issue")
        self._fill_form()
        self._arrange()
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)
        self.store_button.clicked.connect(lambda _checked=False: self._store())
        self.refill_button.clicked.connect(lambda _checked=False: self._refill())

    def _fill_form(self) -> None:
        for key, word in LEVEL_WORDS.items():
            self.level.addItem(word, key)
        form = self.form
        addressee = form.add_field("addressee", self.tr("Addressee"), self.addressee, required=True)
        level = form.add_field("level", self.tr("Level"), self.level, required=True)
        reply_by = form.add_field(
            "reply_by",
            self.tr("Reply by"),
            self.reply_by,
            required=True,
            hint=self.tr("Counted in working days of the court calendar"),
            check=self._check_reply_day,
        )
        # The three short fields share a line, so that the text is in sight in a low window.
        form.add_line(((addressee, 2), (level, 1), (reply_by, 2)))
        for key, label in (
            ("basis", self.tr("Basis")),
            ("facts", self.tr("Facts")),
            ("demand", self.tr("Demand")),
        ):
            box = QPlainTextEdit(self)
            box.setObjectName(f"letter_{key}")
            box.setTabChangesFocus(True)
            height = box.fontMetrics().lineSpacing()
            box.setFixedHeight(height * (_TEXT_LINES[key] + 1) + 12)
            form.add_field(key, label, box, required=True)

    def _check_reply_day(self, value: object) -> str:
        if isinstance(value, date) and value < self._context.today():
            return self.tr("The reply day cannot lie in the past.")
        return ""

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.refill_button)
        head.addWidget(self.store_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.refusal)
        self.form.setMaximumWidth(_WIDTH_MAX)
        layout.addWidget(self.form, 1)

    # Filling

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept; one per node."""
        assert self._seed is not None
        seed = self._seed
        return f"supervision:{seed.case_id}:{seed.node_code}:{seed.subject}"

    def open_seed(self, seed: LetterSeed, letter_id: str | None = None) -> None:
        """Shows a filled letter; what was typed before and not issued replaces it."""
        self._seed = seed
        self._letter_id = letter_id
        self.title.setText(self.tr("Supervision letter: {case}").format(case=seed.case_number))
        late = self.tr("{days} days late").format(days=seed.overdue_days)
        words = [seed.node_name, late if seed.overdue_days else ""]
        if seed.open_letter:
            words.append(self.tr("already open: {number}").format(number=seed.open_letter))
        self.note.setText(" · ".join(word for word in words if word))
        self.addressee.clear()
        for person in seed.addressees:
            self.addressee.addItem(person.label, person.id)
        self._filled = {
            "addressee": seed.addressee_id,
            "level": seed.level,
            "reply_by": seed.reply_by,
            "basis": seed.text.basis,
            "facts": seed.text.facts,
            "demand": seed.text.demand,
        }
        self.form.set_values(self._filled)
        self.refill_button.hide()
        self._refusal = ""
        self._set_buttons(False)
        self.form.set_waiting(True)
        asked = IssueArgs(letter_id, self._context.who.person_id, self._context.today())
        self._context.read(self, "may_issue", may_issue, asked, self._on_asked)
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _on_asked(self, found: Decision) -> None:
        """Whoever may not issue learns it before he has typed, and who can; he stores a draft."""
        self._refusal = "" if found.allowed else found.reason
        self.refusal.setText(self._refusal)
        self.refusal.setVisible(bool(self._refusal))
        self.form.submit_button.setToolTip(self._refusal)
        self.store_button.setProperty("kind", "primary" if self._refusal else "")
        repolish(self.store_button)
        if self._refusal:
            self.form.set_busy(True)

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self._seed is None or key != self.draft_key:
            return  # another letter is open meanwhile: its own answer is on the way
        self.form.set_waiting(False)
        self._set_buttons(True)
        if not kept:
            return
        values = dict(self._filled)
        values.update({key: kept[key] for key in values if kept.get(key)})
        values["reply_by"] = _day(kept.get("reply_by")) or self._seed.reply_by
        if values == self._filled:
            return
        self.form.set_values(values)
        self.note.setText(self.tr("What you typed before was restored."))
        self.refill_button.show()

    def _refill(self) -> None:
        self._context.discard_draft(self.draft_key)
        self.form.set_values(self._filled)
        self.refill_button.hide()

    # Writing

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._seed is None or dict(values) == self._filled:
            return
        self._context.save_draft(self.draft_key, _as_json(values))

    def _draft(self, values: Mapping[str, object]) -> LetterDraft | None:
        seed, day = self._seed, values["reply_by"]
        if seed is None or not isinstance(day, date):
            return None
        return LetterDraft(
            letter_id=self._letter_id,
            case_id=seed.case_id,
            node_code=seed.node_code,
            subject=seed.subject,
            level=str(values["level"]),
            text=LetterText(str(values["basis"]), str(values["facts"]), str(values["demand"])),
            addressee_id=str(values["addressee"]),
            reply_by=day,
            issuer_id=self._context.who.person_id,
            today=self._context.today(),
        )

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        draft = self._draft(values)
        if draft is not None:
            self._set_buttons(False)
            self._context.write(self, "签发督办单", issue, draft, self._on_issued, self._on_refused)

    def _store(self) -> None:
        if not self.form.validate():
            return
        draft = self._draft(self.form.values())
        if draft is not None:
            self._set_buttons(False)
            self._context.write(
                self, "保存督办单草稿", save_draft, draft, self._on_stored, self._on_refused
            )

    def _on_issued(self, saved: Saved) -> None:
        self._done()
        self.issued.emit(saved)

    def _on_stored(self, saved: Saved) -> None:
        self._done()
        self.stored.emit(saved)

    def _done(self) -> None:
        self._context.discard_draft(self.draft_key)
        self._set_buttons(True)
        self._seed = None

    def _on_refused(self, sentence: str) -> None:
        self._set_buttons(True)
        self.note.setText(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self.left.emit()

    def _set_buttons(self, on: bool) -> None:
        self.form.set_busy(not on or bool(self._refusal))
        self.store_button.setEnabled(on)


def _as_json(values: Mapping[str, object]) -> dict[str, object]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:  # A half typed day is kept as it was; the proposal stands instead.
        return None
