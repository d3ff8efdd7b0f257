"""Right of reply (X12): the draft goes to the courts, their objections come back. UI thread.

Accepting one changes the figures, and both are written down; rejecting needs a reason, too.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.replies import Answer, AskReplies, answer, ask_replies
from desktop.documents.reply_time import OPEN_STATES
from desktop.panels.weekly.changes import CorrectionWords
from desktop.panels.weekly.columns import objection_columns
from desktop.panels.weekly.queries import Circular, ObjectionLine, proof_file
from desktop.panels.weekly.step_page import StepPage, button, text_label
from desktop.paper.proof import FileOut, written
from widgets.dialogs import ask_text
from widgets.forms import DateField
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.timeline import Step, StepList

_REPLY_DAYS: Final = 1  # 24 hours, as a day: the reply day counts to its end
_LOOKS: Final = {None: "due_soon", "accepted": "normal", "rejected": "unknown"}


class RepliesStep(StepPage):
    """`proof_written(path)` follows a proof that was opened."""

    proof_written = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("replies_step")
        self.opens_files = True
        self.status = text_label(self)
        self.status.setObjectName("reply_status")
        self.reply_by = DateField(self, optional=False)
        self.reply_by.setObjectName("reply_by")
        self.by_label = QLabel(self.tr("Replies until"), self)
        self.ask_button = button(
            self, "ask_replies", self.tr("Send to the courts"), self._ask, kind="primary"
        )
        self.source = StaticSource()
        self.model = PagedTableModel(objection_columns(), self.source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(self.tr("No objection so far"), "")
        self.detail = text_label(self)
        self.detail.setObjectName("objection_detail")
        self.proof_button = button(self, "open_proof", self.tr("Open the proof"), self._open_proof)
        self.accept_button = button(
            self, "accept_objection", self.tr("Accept"), partial(self._decide, True), kind="primary"
        )
        self.reject_button = button(
            self, "reject_objection", self.tr("Reject"), partial(self._decide, False)
        )
        self.log_title = QLabel(self.tr("Corrections, was → now"), self)
        self.log_title.setProperty("role", "group")
        self.log = StepList(self)
        self._arrange()
        self.table.current_id_changed.connect(lambda _id: self._show_detail())
        self.model.page_arrived.connect(self._show_detail)

    def _arrange(self) -> None:
        ask = QHBoxLayout()
        ask.setSpacing(8)
        ask.addWidget(self.status, 1)
        for part in (self.by_label, self.reply_by, self.ask_button):
            ask.addWidget(part)
        decide = QHBoxLayout()
        decide.setSpacing(8)
        for one in (self.accept_button, self.reject_button, self.proof_button):
            decide.addWidget(one)
        decide.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(ask)
        layout.addWidget(self.error)
        layout.addWidget(self.table, 2)
        layout.addWidget(self.detail)
        layout.addLayout(decide)
        layout.addWidget(self.log_title)
        layout.addWidget(self.log, 1)

    def fill(self, found: Circular) -> None:
        """Shows who was asked, what they said, and what was changed."""
        may_ask = found.sends and found.state in ("draft", "replying")
        for part in (self.by_label, self.reply_by, self.ask_button):
            part.setVisible(may_ask)
        if found.reply_by is not None:
            self.reply_by.set_value(found.reply_by)
        elif self.reply_by.value() is None:
            self.reply_by.set_value(self.context.today() + timedelta(days=_REPLY_DAYS))
        self.status.setText(self._status_words(found))
        shown = [
            one for one in found.objections if found.own or one.state.court_id == found.own_court
        ]
        self.source.set_rows([self._line(n, one) for n, one in enumerate(shown)])
        self._shown = shown
        self.model.refresh()
        if shown and self.table.current_id() is None:
            self.table.select_id(0)
        self._show_detail()
        self._show_log(found.corrections)

    _shown: Sequence[ObjectionLine] = ()

    def _status_words(self, found: Circular) -> str:
        if not found.asked:
            return self.tr("The draft was not sent to the courts yet.")
        words = self.tr("{count} courts were asked until {day}; {answered} have answered.").format(
            count=len(found.asked),
            day="" if found.reply_by is None else found.reply_by.isoformat(),
            answered=len(found.answered),
        )
        if found.free_from is not None and found.state not in ("signed", "issued", "recalled"):
            words += " " + self.tr("It may be signed from {at} on.").format(
                at=f"{found.free_from:%Y-%m-%d %H:%M}"
            )
        waiting = found.standing.waiting
        if waiting:
            words += " " + self.tr("{count} objections wait for a decision.").format(count=waiting)
        return words

    @staticmethod
    def _line(number: int, one: ObjectionLine) -> dict[str, object]:
        return {
            "id": number,
            "court": one.state.court,
            "about": one.state.about(),
            "body": one.state.body,
            "proof": one.proof_name,
            "decision": (_LOOKS[one.state.decision], one.state.decided()),
        }

    def _show_log(self, corrections: Sequence[CorrectionWords]) -> None:
        steps = []
        for one in corrections:
            headline = (
                f"{one.when}　{one.court}　{one.petition}　{one.field}：{one.was} → {one.now}"
            )
            figures = "；".join(f"{c.where}{c.name} {c.was} → {c.now}" for c in one.figures)
            steps.append(Step("note", headline, f"{one.reason}\n{figures}".strip()))
        self.log.set_steps(steps)
        self.log_title.setVisible(bool(steps))
        self.log.setVisible(bool(steps))

    # One objection

    def current(self) -> ObjectionLine | None:
        """The objection that is chosen."""
        at = self.table.current_id()
        return self._shown[at] if at is not None and 0 <= at < len(self._shown) else None

    def _show_detail(self) -> None:
        one, found = self.current(), self.found
        self.detail.setVisible(one is not None)
        decidable = (
            one is not None
            and one.state.decision is None
            and found is not None
            and found.sends
            and found.state in OPEN_STATES
        )
        self.accept_button.setVisible(decidable)
        self.reject_button.setVisible(decidable)
        self.proof_button.setVisible(one is not None and one.proof_id is not None)
        if one is None:
            return
        state = one.state
        words = [f"{state.court} {one.by}　{state.at[:16].replace('T', ' ')}", state.about()]
        words.append(state.body)
        if state.decision is not None:
            words.append(f"{state.decided()}：{state.reason}")
        self.detail.setText("\n".join(words))

    def _decide(self, accepted: bool) -> None:
        one = self.current()
        if one is None:
            return
        word = self.tr("Accept") if accepted else self.tr("Reject")
        ask_text(
            self,
            object_name="decide_objection",
            title=f"{word}　{one.state.court}",
            label=self.tr("Reason, printed in the circular"),
            accept_text=word,
            on_accept=lambda reason: self.decide(one, accepted, reason),
            multiline=True,
        )

    def decide(self, one: ObjectionLine, accepted: bool, reason: str) -> None:
        """Answers an objection with its reason."""
        who, at = self.context.who.person_id, self.context.now()
        self.write(
            "采纳异议" if accepted else "不采纳异议",
            answer,
            Answer(one.state.id, accepted, reason, who, at),
            lambda _nothing: (
                self.tr("Accepted; the figures were counted anew.")
                if accepted
                else self.tr("Rejected; the reason is printed.")
            ),
        )

    def _open_proof(self) -> None:
        one = self.current()
        if one is None or one.proof_id is None:
            return
        self.context.read(self, "proof", proof_file, one.proof_id, self._on_proof, self.refuse)

    def _on_proof(self, found: tuple[str, bytes]) -> None:
        out = FileOut(*found, self.context.documents_folder())
        self.context.layout(self, written, out, self._on_written, self.refuse)

    def _on_written(self, path: Path) -> None:
        self.context.copied("export", f"异议佐证 {path.name}")
        self.proof_written.emit(path)
        if self.opens_files:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    # Asking

    def _ask(self) -> None:
        found, day = self.found, self.reply_by.value()
        if found is None:
            return
        if day is None:
            self.refuse(self.tr("Say until which day courts may reply."))
            return
        courts = tuple(court_id for court_id, _name in found.recipients)
        self.write(
            "征求意见",
            ask_replies,
            AskReplies(self.act(), courts, day),
            lambda count: self.tr("Sent to {count} courts.").format(count=count),
        )
