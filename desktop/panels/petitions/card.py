"""接访登记: the card that is filled while the visitor tells. UI thread.

Enter or Tab goes on, Ctrl+Enter saves, F4 attaches the visit to the earlier petition shown beside,
Alt and a digit writes usual words, Alt+C clears, Esc goes back and keeps what was typed. What is
typed is a draft within a second and comes back after a crash.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.petitions import queries
from desktop.panels.petitions.alike_list import AlikeList
from desktop.panels.petitions.card_fields import COURT, CardFields, errors_of
from desktop.panels.petitions.chooser import Hit, among
from desktop.panels.petitions.commands import Promise, Visit, receive
from desktop.panels.petitions.phrase_list import PhraseList
from desktop.panels.petitions.queries import Alike, Asked, CaseText, Offered
from desktop.petitions.case_finding import CaseHit
from desktop.petitions.commands import By, Received, Reception
from desktop.petitions.duplicates import Person
from desktop.petitions.phrases import phrases

DRAFT_KEY: Final = "petitions:card"
_LOOK_DELAY_MS: Final = 150
_SIDE_WIDTHS: Final = (200, 340)
_SIDE_SHARE: Final = 0.28
_WHO: Final = ("petitioner", "identity_no", "contact", "case")


class ReceptionCard(QWidget):
    """`saved(Received)` after the write; `left()` when the user goes back."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reception_card")
        self._context = context
        self._offered = Offered((), (), "")
        self._cases: dict[str, CaseHit] = {}
        self._attach: tuple[str, str] | None = None
        self._node_code = ""
        self._fill = False
        self._blank: dict[str, object] = {}
        self.title = QLabel(self.tr("Reception card"), self)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.clear_button = QPushButton(self.tr("Clear (Alt+C)"), self)
        self.clear_button.setObjectName("clear_card")
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.banner = QLabel(self)
        self.banner.setObjectName("attach_banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.fields = CardFields(self._provide_cases, self)
        self.form = self.fields.form
        self.alike = AlikeList(self)
        self.phrases = PhraseList(self._words, self)
        for step in ("summary", "demand", "promise"):
            self.phrases.serve(self.fields.texts[step], step)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(_LOOK_DELAY_MS)
        self._look.timeout.connect(self._find_alike)
        self._arrange()
        self._connect()

    # Parts

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.note, 1)
        head.addWidget(self.clear_button)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.banner)
        left.addWidget(self.form, 1)
        side = QWidget(self)
        side.setProperty("plain", True)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(14)
        column.addWidget(self.alike)
        column.addWidget(self.phrases)
        self.checklist = QLabel(side)
        self.checklist.setProperty("role", "small")
        self.checklist.setWordWrap(True)
        column.addWidget(self.checklist)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(side)
        self._side = area
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(left, 1)
        body.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        self.alike.attach_asked.connect(self.attach_to)
        clear = QShortcut(QKeySequence("Alt+C"), self)
        clear.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        clear.activated.connect(self.clear)
        self.fields.case.chosen.connect(self._on_case)
        self.fields.promise_on.changed.connect(self.phrases.refresh)
        for key in _WHO:
            self.form.field(key).changed.connect(self._look.start)

    def set_offered(self, found: Offered) -> None:
        """What there is to choose from."""
        self._offered = found
        self.fields.court.set_provider(among(found.courts))

    # Opening

    def open(self, case_id: str = "", node_code: str = "", *, fill: bool = False) -> None:
        """Shows an empty card, or what was typed and not saved.

        `case_id` is what somebody looks at just now: the case line offers it, and holds it from
        the beginning only where that was asked for (`fill`). A visitor rarely comes about the row
        that happens to be chosen.
        """
        self._node_code = node_code if fill else ""
        self._fill = fill
        self._blank = self.fields.blank()
        self._begin()
        self.form.set_waiting(True)
        self._context.load_draft(DRAFT_KEY, lambda kept: self._on_draft(kept, case_id))

    def _begin(self) -> None:
        self.form.set_errors({})
        self.form.set_values(self._blank)
        self._detach()
        self._cases.clear()
        self.form.field("case").set_hint("")
        self.fields.case.suggest(None)
        self.alike.set_rows(())
        self.note.setText(self.tr("Enter: next   Ctrl+Enter: save   Esc: back, keeps the draft"))
        items = phrases().checklist_for("reception", self._context.today())
        self.checklist.setText("\n".join(f"□ {item}" for item in items))

    def _on_draft(self, kept: Mapping[str, Any] | None, case_id: str) -> None:
        self.form.set_waiting(False)
        self.fields.first.setFocus(Qt.FocusReason.OtherFocusReason)
        if kept:
            values = self.fields.from_draft(kept)
            if values != self._blank:
                self.form.set_values(values)
                self.note.setText(self.tr("What you typed before was restored."))
                self._look.start()
        if case_id:
            self._context.read(self, "case", queries.case_hit, case_id, self._on_case_given)

    def _on_case_given(self, found: CaseHit | None) -> None:
        if found is None:
            return
        self._cases[found.case_id] = found
        if self._fill:
            self.fields.case.set_value({"key": found.case_id, "text": found.number})
            self._on_case(found.case_id)
        elif not self.fields.case.text():
            self.fields.case.suggest(Hit(found.case_id, found.number))
            said = self.tr("Looked at just now: {number} (↓ takes it)")
            self.form.field("case").set_hint(said.format(number=found.number))

    def clear(self) -> None:
        """Forgets what was typed."""
        self._context.discard_draft(DRAFT_KEY)
        self._node_code = ""
        self._begin()
        self.fields.first.setFocus(Qt.FocusReason.OtherFocusReason)

    # While it is filled

    def _provide_cases(self, text: str, done: Callable[[Sequence[Hit]], None]) -> None:
        court = self.fields.court.key or None

        def answer(found: list[CaseHit]) -> None:
            self._cases.update({one.case_id: one for one in found})
            done([Hit(one.case_id, one.number, f"{one.court} {one.parties}") for one in found])
            self._look.start()

        self._context.read(
            self, "cases", queries.cases, CaseText(text, court), answer, lambda _why: done(())
        )

    def _on_case(self, case_id: str) -> None:
        found = self._cases.get(case_id)
        if found is None:
            return
        if not self.fields.court.key:
            self.fields.court.set_value({"key": found.court_id, "text": found.court})
        told = " · ".join(part for part in (found.parties, found.handler) if part)

        def say(history: tuple[int, int]) -> None:
            petitions, visits = history
            counted = self.tr("{petitions} petitions, {visits} visits about this case")
            words = [told, counted.format(petitions=petitions, visits=visits)]
            if self.fields.case.key == case_id:
                self.form.field("case").set_hint(" · ".join(word for word in words if word))

        self._context.read(self, "history", queries.case_history, case_id, say)

    def _find_alike(self) -> None:
        values = self.form.values()
        person = Person(
            "",
            str(values["petitioner"]),
            self.fields.case.guess,
            str(values["identity_no"]),
            str(values["contact"]),
        )
        asked = Asked(person, self._context.today())
        self._context.read(self, "alike", queries.alike, asked, self._on_alike)

    def _on_alike(self, found: tuple[Alike, ...]) -> None:
        self.alike.set_rows(found)

    def _words(self, step: str) -> Sequence[str]:
        day = self.fields.promise_on.value()
        told = f"{day.month}月{day.day}日" if day is not None else "　月　日"
        kept = phrases().answers_for(step, self._context.today())
        return [text.replace("{day}", told) for text in kept]

    # To an earlier petition

    def attach_to(self, petition_id: str, code: str) -> None:
        """The visit will be noted with that petition; asked again it stands alone."""
        if self._attach == (petition_id, code):
            self._detach()
            return
        self._attach = (petition_id, code)
        self.banner.setText(
            self.tr("Will be noted as a further visit of {code}. F4 undoes this.").format(code=code)
        )
        self.banner.show()
        self.form.submit_button.setText(self.tr("Note the visit"))

    def _detach(self) -> None:
        self._attach = None
        self.banner.hide()
        self.form.submit_button.setText(self.tr("Register"))

    @property
    def attached(self) -> str:
        """The code of the petition the visit goes to, or empty."""
        return self._attach[1] if self._attach is not None else ""

    # Room and keys

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least, most = _SIDE_WIDTHS
        self._side.setFixedWidth(max(least, min(most, round(self.width() * _SIDE_SHARE))))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_f4(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_f4(event):
            if self._attach is not None:
                self._detach()
            elif not self.alike.attach_first():
                self.note.setText(self.tr("There is no earlier petition to attach to."))
            return
        super().keyPressEvent(event)

    # Writing

    def _on_edited(self, _values: Mapping[str, object]) -> None:
        kept = self.fields.as_draft()
        if kept != self.fields.draft_of(self._blank):
            self._context.save_draft(DRAFT_KEY, kept)

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self.left.emit()

    def visit(self) -> Visit:
        """The card as it stands."""
        values = self.form.values()
        case_id = self.fields.case.key or None
        number = self._cases[case_id].number if case_id in self._cases else ""
        superior = values["superior_due"]
        promised = values["promise_on"]
        card = Reception(
            petitioner=str(values["petitioner"]),
            court_id=self.fields.court.key,
            summary=str(values["summary"]),
            source=str(values["source"]),
            kind=str(values["class"]),
            channel=str(values["channel"]),
            identity_no=str(values["identity_no"]),
            contact=str(values["contact"]),
            people=int(str(values["people"])),
            urgent=bool(values["urgent"]),
            case_id=case_id,
            case_number=number or self.fields.case.text().strip(),
            demand=str(values["demand"]),
            superior_due=superior if isinstance(superior, date) else None,
            node_code=self._node_code or None,
        )
        promise = Promise(str(values["promise"]), promised if isinstance(promised, date) else None)
        attach = self._attach[0] if self._attach is not None else None
        return Visit(card, self.by(), promise, bool(values["register"]), attach)

    def by(self) -> By:
        """Whoever sits here, on the court's day."""
        at = datetime.combine(self._context.today(), self._context.now().time())
        return By(self._context.who.person_id or "", at.replace(microsecond=0))

    def _on_submitted(self, _values: Mapping[str, object]) -> None:
        self.form.set_busy(True)
        label = "再次来访登记" if self._attach else "接访登记"
        self._context.write(self, label, receive, self.visit(), self._on_saved, self._on_refused)

    def _on_saved(self, found: Received) -> None:
        self.form.set_busy(False)
        self._context.discard_draft(DRAFT_KEY)
        self._begin()
        self.saved.emit(found)

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        at_fields, rest = errors_of(sentence)
        self.form.set_errors(at_fields)
        if rest:
            self.note.setText(rest)
            self._context.notify(rest, level="error")


def _is_f4(event: QEvent) -> bool:
    plain = Qt.KeyboardModifier.NoModifier
    return isinstance(event, QKeyEvent) and (
        event.key() == Qt.Key.Key_F4 and event.modifiers() == plain
    )


__all__ = ["COURT", "DRAFT_KEY", "ReceptionCard"]
