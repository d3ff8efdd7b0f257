"""One measure on one page: who, what, evidence, law, clocks, the pages, and what can be done now.

UI thread. Nothing here decides: the commands of desktop.command.measures are asked, and what they
refuse is told as they say it.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from desktop.command.measures.approving import (
    Amend,
    Approve,
    Compared,
    Withdraw,
    amend,
    approve,
    compared,
    withdraw,
)
from desktop.command.measures.carrying import SIGNED, Carry, carry
from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs, send_back, submit
from desktop.documents.pages import rendered
from desktop.panels.coercive.carry_dialog import CarryDialog
from desktop.panels.coercive.page_layout import PageParts
from desktop.panels.coercive.page_queries import MeasurePage, PageArgs, Past, page
from desktop.panels.coercive.rules import clock_style, figure_words
from desktop.panels.coercive.telling import Tell, tell
from desktop.paper.pen import SignDocument, SignedPages, SignPages, pen_of, sign_document
from desktop.rules.coercive import (
    KINDS,
    NEXT_WORDS,
    STAND_STYLES,
    STAND_WORDS,
    WITHDRAW_WITHIN,
    Stand,
    left_words,
)
from widgets.badge import Badge
from widgets.dialogs import ask_text, confirm
from widgets.theme import repolish
from widgets.timeline import Step

_TICK_MS: Final = 1_000
_DIGITS: Final = 16  # of a fingerprint that a person compares


class MeasureView(PageParts):
    """`left()` when the user goes back; `sign_wanted(document_id)`; `looks_wanted(case_id, words)`
    for the list of who read the file."""

    left = Signal()
    sign_wanted = Signal(str)
    looks_wanted = Signal(str, str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._context = context
        self._asked = ""
        self._run = 0
        self._laid = ""
        self._opening = False
        self.found: MeasurePage | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.open_button.clicked.connect(lambda _checked=False: self._open_document())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self.looks_button.clicked.connect(lambda _checked=False: self._want_looks())
        self.withdraw_button.clicked.connect(lambda _checked=False: self._ask_withdraw())
        self.release_button.clicked.connect(lambda _checked=False: self._ask_carry("release"))
        self.decision.amended.connect(self._amend)
        self.decision.approved.connect(self._approve)
        self.decision.returned.connect(self._send_back)
        for name, button in self.act_buttons.items():
            button.clicked.connect(lambda _checked=False, name=name: self._on_act(name))

    # Showing

    def open_measure(self, document_id: str) -> None:
        """Shows one measure from the start; the same once more is one more look at it."""
        self._opening = True
        if self._asked != document_id:
            self._asked, self._laid, self.found = document_id, "", None
            self.decision.clear()
            self.preview.clear()
            self.seen.hide()
        self.refresh()

    def refresh(self) -> None:
        """Reads it again as it stands now."""
        if self._asked:
            args = PageArgs(self._asked, self._context.who.person_id, self._context.now())
            self._context.read(self, "page", page, args, self._on_found, self._on_gone)

    def _on_gone(self, sentence: str) -> None:
        self.found = None
        self.reason.setText(sentence)
        self.reason.show()
        self.foot.hide()

    def _on_found(self, found: MeasurePage) -> None:
        first, self._opening = self._opening, False
        self.found = found
        stand = found.standing
        word = KINDS[found.kind]
        self.title.setText(
            " ".join(filter(None, (word, found.person, figure_words(found.kind, found.figure))))
        )
        self.state.set_state(STAND_STYLES[stand.stand], STAND_WORDS[stand.stand])
        self.violation.set_state(*(("overdue", "违规") if stand.violation else ("", "")))
        self.head.setText(" · ".join(filter(None, (found.case_number, found.number))))
        _say(self.standing_in, found.standing_in)
        _say(self.stuck, found.stuck)
        _say(self.wrong, stand.violation)
        _say(self.fault, found.grounds.limit.fault)
        _say(self.reason, "" if found.decides else found.reason)
        lacking = found.blocks or found.grounds.lacking
        _say(self.lacking, "\n".join(f"· {one}" for one in lacking))
        self.law.setText("\n".join(found.law))
        self.facts.show_facts(found.facts)
        self.show_grounds(found)
        self._show_clocks(found)
        self.course.set_steps([_step(one) for one in found.course])
        self._show_foot(found)
        self._show_pages(found)
        if first and found.case_id:
            # Each time that the paper is opened is a look at the file, and noted as one.
            subject = f"{word}文书（{found.person}）"
            self._context.copied("open", subject, found.case_id)
        if found.stuck:
            args = Tell(found.id, self._context.who.person_id, self._context.now())
            self._context.write(self, "报告值班领导", tell, args, self._on_told, lambda _why: None)

    def _on_told(self, name: str) -> None:
        if name:
            self._context.notify(self.tr("{name}, who leads the duty, was told").format(name=name))

    def _show_clocks(self, found: MeasurePage) -> None:
        _empty(self.clock_grid)
        now = self._context.now()
        for row, one in enumerate(found.clocks):
            name = QLabel(one.word, self)
            name.setProperty("role", "muted")
            badge = Badge(clock_style(one, now), _clock_words(one.done is not None, one.due, now))
            when = QLabel("" if one.due is None else f"{one.due:%Y-%m-%d %H:%M}", self)
            when.setProperty("role", "mono")
            for column, part in enumerate((name, badge, when)):
                self.clock_grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignLeft)
        self.clock_card.setVisible(bool(found.clocks))

    def _show_foot(self, found: MeasurePage) -> None:
        self.foot.show()
        self.decision.setVisible(found.decides)
        if found.decides:
            day = self._context.today()
            self.decision.show_measure(found.kind, found.figure, found.party, day)
            self.decision.set_ready(self._laid == found.content)
        for name, button in self.act_buttons.items():
            shown = name in found.acts
            button.setVisible(shown)
            button.setEnabled(not (name == "submit" and found.blocks))
            button.setToolTip("\n".join(found.blocks) if name == "submit" else "")
        self.violate_button_shows(found)
        self.withdraw_button.setVisible(found.may_withdraw)
        self.release_button.setVisible(found.may_release)
        _say(self.too_late, found.withdraw_fault if found.may_release else "")
        if found.may_withdraw:
            self._on_tick()
            self._tick.start()
        else:
            self._tick.stop()

    def violate_button_shows(self, found: MeasurePage) -> None:
        """Whoever has acted without an approval can still enter what is true."""
        may = found.standing.stand in (Stand.DRAFT, Stand.PENDING) and found.carries
        button = self.act_buttons["execute"]
        if may:
            button.setVisible(True)
            button.setText(self.tr("Enter an execution without approval…"))
        else:
            button.setText(NEXT_WORDS["execute"])

    def _on_tick(self) -> None:
        found = self.found
        if found is None or found.standing.approval is None or not found.may_withdraw:
            self._tick.stop()
            return
        left = WITHDRAW_WITHIN - (self._context.now() - found.standing.approval.at)
        seconds = int(left.total_seconds())
        if seconds < 0:
            self._tick.stop()
            self.refresh()
            return
        self.withdraw_button.setText(
            self.tr("Take the approval back ({seconds} s)").format(seconds=seconds)
        )

    def _show_pages(self, found: MeasurePage) -> None:
        wanted = found.content if found.state not in SIGNED else found.state
        if self._laid == wanted:
            return
        self._run += 1
        if found.state in SIGNED:
            self._laid = wanted
            self.preview.show_document(found.id)
            if "approve" in found.standing.acts:
                seen = partial(self._compare, self._run, found.id)
                self._context.layout(self, rendered, found.copy, seen, lambda _why: None)
            return
        self._context.layout(
            self,
            rendered,
            found.copy,
            partial(self._on_laid, self._run, found.content),
            self._on_error,
        )

    def _on_laid(self, run: int, content: str, pages: bytes) -> None:
        if run != self._run or self.found is None:
            return
        self._laid = content
        self.preview.show_bytes(pages, self.tr("These pages are what is approved."))
        self.decision.set_ready(self.found.content == content)

    def _compare(self, run: int, document_id: str, pages: bytes) -> None:
        """Holds the decision against what was seen when it was approved."""
        if run == self._run:
            args = (document_id, pages)
            told = partial(self._on_compared, run)
            self._context.read(self, "compared", compared, args, told, self._on_no_copy)

    def _on_compared(self, run: int, found: Compared) -> None:
        if run != self._run:
            return
        digits = found.noted[:_DIGITS]
        if found.same:
            words = self.tr("The decision is what was seen when it was approved ({digits}…).")
            self.seen.setText(words.format(digits=digits))
        else:
            words = self.tr("The decision is NOT what was seen when it was approved ({digits}…).")
            self.seen.setText(words.format(digits=digits))
        role = "muted" if found.same else "error"
        if self.seen.property("role") != role:
            self.seen.setProperty("role", role)
            repolish(self.seen)
        self.seen.show()

    def _on_no_copy(self, sentence: str) -> None:
        _say(self.seen, sentence)

    # The decision

    def _amend(self, figure: str, note: str) -> None:
        found = self.found
        if found is not None:
            args = Amend(
                *(found.id, self._context.who.person_id, self._context.now()),
                *(found.content, figure, note),
            )
            self.decision.set_ready(False)
            self._context.write(
                *(self, f"改定{KINDS[found.kind]}数额", amend, args),
                self._on_amended,
                self._on_error,
            )

    def _on_amended(self, _content: str) -> None:
        self._context.notify(self.tr("Changed; look at the new pages, then approve"), level="done")
        self.refresh()

    def _approve(self, pin: str, note: str) -> None:
        found = self.found
        if found is None or not self.preview.data:
            return
        at = self._context.now()
        pages = self.preview.data
        work = SignPages(
            pages=pages,
            pen=pen_of(self._context.setting),
            pin=pin,
            court=found.copy.organ,
            reason="批准",
            at=at,
            seal=False,
        )
        act = ActArgs(found.id, self._context.who.person_id, at, found.content, note)
        self._context.layout(
            self,
            sign_document,
            SignDocument(found.copy, work),
            partial(self._on_signed, act, pages, found.kind),
            self._on_unsigned,
        )

    def _on_signed(self, act: ActArgs, pages: bytes, kind: str, made: SignedPages) -> None:
        args = Approve(act, pages, made.file, made.laid)
        label = f"批准{KINDS[kind]}"
        self._context.write(self, label, approve, args, self._on_done, self._on_error)

    def _on_unsigned(self, sentence: str) -> None:
        """A wrong PIN, say: the pages stay, and it may be tried again."""
        self.decision.say(sentence)
        self.decision.set_ready(True)

    def _send_back(self, note: str) -> None:
        found = self.found
        if found is not None:
            act = self._act(found, note)
            done = self.tr("Sent back")
            self._context.write(
                *(self, f"退回{KINDS[found.kind]}", send_back, act),
                lambda _none: self._on_done(done),
                self._on_error,
            )

    def _act(self, found: MeasurePage, body: str = "") -> ActArgs:
        who, now = self._context.who.person_id, self._context.now()
        return ActArgs(found.id, who, now, found.content, body)

    def _ask_withdraw(self) -> None:
        ask_text(
            self,
            object_name="withdraw_dialog",
            title=self.tr("Take the approval back"),
            label=self.tr("Reason; it is kept in the file"),
            accept_text=self.tr("Take back"),
            on_accept=self._withdraw,
            multiline=True,
        )

    def _withdraw(self, body: str) -> None:
        found = self.found
        if found is not None:
            args = Withdraw(found.id, self._context.who.person_id, self._context.now(), body)
            done = self.tr("The approval was taken back")
            self._context.write(
                *(self, "撤回批准", withdraw, args),
                lambda _none: self._on_done(done),
                self._on_error,
            )

    # What the team does

    def _on_act(self, name: str) -> None:
        found = self.found
        if found is None:
            return
        if name == "submit":
            done = self.tr("Sent to the president")
            self._context.write(
                *(self, f"送审{KINDS[found.kind]}", submit, self._act(found)),
                lambda _none: self._on_done(done),
                self._on_error,
            )
        elif name == "sign":
            self.sign_wanted.emit(found.id)
        elif name == "execute" and found.standing.approval is None:
            confirm(
                self,
                object_name="violation_confirm",
                title=self.tr("There is no approval"),
                text=self.tr(
                    "The president has not approved this measure. An execution is kept as it was,"
                    " marked as a violation, and shown to the supervisors."
                ),
                accept_text=self.tr("Enter it as it was"),
                on_accept=lambda: self._ask_carry("execute"),
                danger=True,
            )
        else:
            self._ask_carry(name)

    def _ask_carry(self, name: str) -> None:
        found = self.found
        if found is None:
            return
        may_serve = name == "execute" and found.state in SIGNED and found.kind != "summons"
        warn = ""
        if name == "execute" and found.standing.approval is None:
            warn = self.tr("Without an approval: the reason is needed.")
        dialog = CarryDialog(
            *(found.kind, name, self._context.now(), self), may_serve=may_serve, warn=warn
        )
        dialog.entered.connect(partial(self._carry, dialog, name))
        dialog.open()

    def _carry(
        self, dialog: CarryDialog, name: str, when: datetime, words: str, ticked: bool
    ) -> None:
        found = self.found
        if found is None:
            return
        args = Carry(
            *(found.id, name, self._context.who.person_id, when, self._context.now()),
            body=words,
            served=ticked and found.kind != "summons",
            grave=ticked and found.kind == "summons",
        )

        def done(said: str) -> None:
            dialog.accept()
            self._on_done(said)

        label = f"{KINDS[found.kind]}：{NEXT_WORDS[name]}"
        self._context.write(self, label, carry, args, done, dialog.refuse)

    # Both

    def _on_done(self, said: Any) -> None:
        self.decision.words.clear()
        self._context.notify(str(said), level="done")
        self.refresh()

    def _on_error(self, sentence: str) -> None:
        """What was typed stays; the page tells how things stand now."""
        self._context.notify(sentence, level="error")
        self.refresh()

    def _open_document(self) -> None:
        if self.found is not None:
            self._context.open("documents", {"document_id": self.found.id})

    def _open_case(self) -> None:
        if self.found is not None and self.found.case_id:
            self._context.open("case_query", {"case_id": self.found.case_id})

    def _want_looks(self) -> None:
        if self.found is not None and self.found.case_id:
            self.looks_wanted.emit(self.found.case_id, self.title.text())


def _clock_words(done: bool, due: datetime | None, now: datetime) -> str:
    if done:
        return "已办"
    return "日历未公布" if due is None else left_words(due, now)


def _step(past: Past) -> Step:
    return Step("note", f"{past.at:%Y-%m-%d %H:%M:%S}　{past.words}", past.body, past.style)


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))


def _empty(grid: QGridLayout | QHBoxLayout) -> None:
    while (old := grid.takeAt(0)) is not None:
        widget = old.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
