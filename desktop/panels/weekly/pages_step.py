"""The circular as it will be printed: its course, its number, its pages. UI thread."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.course import send_back, submit
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.panels.weekly.commands import pass_open_stage
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.rules import may_submit
from desktop.panels.weekly.step_page import StepPage, button, text_label
from desktop.paper.preview import PagesPreview
from desktop.rules.signing_matrix import STAGE_NAMES, Stage
from widgets.dialogs import ask_text
from widgets.theme import current_theme
from widgets.timeline import Step, StepList


class PagesStep(StepPage):
    """Pages at the left; at the right what was done, and what can be done now."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("pages_step")
        self.preview = PagesPreview(context, self)
        self.number = text_label(self, "title")
        self.number.setObjectName("reserved_number")
        self.waits = text_label(self, "muted")
        self.waits.setObjectName("waits_for")
        self.submit_button = button(
            self, "submit", self.tr("Send to be checked"), self._submit, kind="primary"
        )
        self.pass_button = button(self, "pass_stage", "", self._pass, kind="primary")
        self.return_button = button(self, "send_back", self.tr("Send back"), self._ask_return)
        self.number_button = button(
            self, "reserve_number", self.tr("Reserve the number"), self._number, kind="primary"
        )
        self.course = StepList(self)
        self._shown_for: tuple[str, str, str, str] | None = None
        self._arrange()

    def _arrange(self) -> None:
        side = QFrame(self)
        side.setProperty("card", True)
        side.setFixedWidth(current_theme().px(300))
        title = QLabel(self.tr("Course"), side)
        title.setProperty("role", "group")
        scroll = QScrollArea(side)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.course.setProperty("plain", True)
        scroll.setWidget(self.course)
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for part in (self.number, self.waits, self.error):
            column.addWidget(part)
        for one in (self.submit_button, self.pass_button, self.number_button, self.return_button):
            column.addWidget(one)
        column.addWidget(title)
        column.addWidget(scroll, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(side)

    def fill(self, found: Circular) -> None:
        """Shows pages and course; the pages are laid out anew only where they changed."""
        self.number.setText(found.number or self.tr("Not numbered yet"))
        refusal = may_submit(found.standing)
        drafting = found.state in ("draft", "replying")
        self.submit_button.setVisible(found.sends and drafting)
        self.submit_button.setEnabled(not refusal)
        before = found.stage is not None and found.stage is not Stage.SIGN
        self.pass_button.setVisible(before and found.may_pass)
        self.pass_button.setText(
            "" if found.stage is None else self.tr("Pass: {stage}").format(stage=found.stage_words)
        )
        self.return_button.setVisible(found.stage is not None and found.may_pass)
        self.number_button.setVisible(found.sends and found.state == "signing" and not found.number)
        self.waits.setText(
            self._draft_words(found, refusal) if drafting else self._waits_words(found)
        )
        self.waits.setVisible(bool(self.waits.text()))
        self.course.set_steps(
            [Step("done", f"{one.at}　{one.who}", one.what) for one in found.course]
        )
        wanted = (found.id, found.content, found.state, found.number)
        if wanted != self._shown_for:
            self._shown_for = wanted
            self.preview.show_document(found.id)

    def _draft_words(self, found: Circular, refusal: str) -> str:
        if refusal or found.asked:
            return refusal
        return self.tr(
            "The courts were not asked yet: nothing is signed before they had their time."
        )

    def _waits_words(self, found: Circular) -> str:
        if found.stage is None:
            return ""
        if found.may_pass:
            return self.tr("Waits for you: {stage}").format(stage=found.stage_words)
        return found.who_can

    def _submit(self) -> None:
        self.write("周通报送审", submit, self.act(), lambda _n: self.tr("Sent to be checked."))

    def _pass(self) -> None:
        self.write(
            "通报审核",
            pass_open_stage,
            self.act(),
            lambda stage: self.tr("Done: {stage}").format(stage=STAGE_NAMES[stage]),
        )

    def _ask_return(self) -> None:
        ask_text(
            self,
            object_name="return_circular",
            title=self.tr("Send back"),
            label=self.tr("Why is it sent back?"),
            accept_text=self.tr("Send back"),
            on_accept=partial(self._return),
            multiline=True,
        )

    def _return(self, reason: str) -> None:
        self.write("退回通报", send_back, self.act(reason), lambda _n: self.tr("Sent back."))

    def _number(self) -> None:
        if self.found is None:
            return
        args = NumberArgs(self.found.id, self.context.today())
        self.write("通报编号", ask_number, args, self._number_words)

    def _number_words(self, number: Any) -> str:
        if number:
            return self.tr("Reserved: {number}").format(number=number)
        return self.tr("The shared database has been asked for a number.")
