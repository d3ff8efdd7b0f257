"""Dialogs of a plan: when it was served, an objection, what became of it. UI thread."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.distributions import (
    DECISIONS,
    Decide,
    Objection,
    ObjectTo,
    Plan,
    decide,
    object_to,
    plan_waits,
)
from widgets.forms import DateField, FormDialog

_WIDTH: Final = 520


class ServeDialog(FormDialog):
    """The day on which the last one got the plan; the end of the period is shown as one types.
    `chosen(date)` asks for the write; the owner calls `accept` or `refuse`."""

    chosen = Signal(object)

    def __init__(self, plan: Plan, context: PanelContext, parent: QWidget) -> None:
        super().__init__("", parent, submit_text="", width=_WIDTH)
        self.setObjectName("serve_plan")
        self.setWindowTitle(self.tr("Plan served"))
        self._plan, self._context = plan, context
        self.on = DateField(self, optional=False)
        self.form.submit_button.setText(self.tr("Record service"))
        self.form.add_field(
            "on", self.tr("The last one got it on"), self.on, required=True, check=self._check
        )
        self.form.field("on").changed.connect(self._explain)
        self.on.set_value(context.today())
        self._explain()
        self.form.submitted.connect(lambda values: self.chosen.emit(values["on"]))

    def refuse(self, sentence: str) -> None:
        """Shows why it was not taken."""
        self.form.set_errors({"on": sentence})

    def _check(self, value: object) -> str:
        if isinstance(value, date) and value > self._context.today():
            return self.tr("The day of service cannot lie in the future.")
        return ""

    def _explain(self) -> None:
        day = self.on.value()
        if day is None:
            return
        found = plan_waits(self._plan.content, self._context.law, (day,))
        if not found or found[0].last_on is None:
            return
        wait = found[0]
        words = self.tr("Objections until {day}: {period} from service, {article}")
        if not wait.certain:
            words = self.tr("Objections until {day} or later: {period} from service, {article}")
        self.form.field("on").set_hint(
            words.format(day=wait.last_on, period=wait.limit.text(), article=wait.limit.article)
        )


class ObjectDialog(FormDialog):
    """A new objection."""

    def __init__(self, plan: Plan, context: PanelContext, parent: QWidget) -> None:
        super().__init__("", parent, width=_WIDTH)
        self.setObjectName("object_to_plan")
        self.setWindowTitle(self.tr("Objection to the plan"))
        self._plan, self._context = plan, context
        self.claim = QComboBox(self)
        self.claim.addItem(self.tr("The whole plan"), "")
        for name in plan.content.claims:
            self.claim.addItem(name, name)
        self.by_name = QLineEdit(self)
        self.body = QPlainTextEdit(self)
        self.body.setTabChangesFocus(True)
        self.raised_on = DateField(self, optional=False)
        self.raised_on.set_value(context.today())
        form = self.form
        form.submit_button.setText(self.tr("Record objection"))
        form.add_field("by_name", self.tr("Who objects"), self.by_name, required=True)
        form.add_field("claim_id", self.tr("Against the claim of"), self.claim)
        form.add_field("raised_on", self.tr("Raised on"), self.raised_on, required=True)
        form.add_field("body", self.tr("Objection"), self.body, required=True)
        form.submitted.connect(self._send)

    def _send(self, values: Mapping[str, Any]) -> None:
        given = ObjectTo(
            self._plan.id,
            str(values["claim_id"] or ""),
            str(values["by_name"]),
            str(values["body"]),
            values["raised_on"],
            self._context.today(),
        )
        self.form.set_busy(True)
        self._context.write(
            self, "登记分配方案异议", object_to, given, lambda _id: self.accept(), self._refused
        )

    def _refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.form.set_errors({"body": sentence})


class DecideDialog(FormDialog):
    """What became of an objection."""

    def __init__(self, found: Objection, context: PanelContext, parent: QWidget) -> None:
        super().__init__("", parent, width=_WIDTH)
        self.setObjectName("decide_objection")
        self.setWindowTitle(self.tr("Objection of {name}").format(name=found.by_name))
        self._found, self._context = found, context
        self.decision = QComboBox(self)
        for key, words in DECISIONS.items():
            self.decision.addItem(words, key)
        self.reason = QPlainTextEdit(self)
        self.reason.setTabChangesFocus(True)
        form = self.form
        form.submit_button.setText(self.tr("Record decision"))
        form.add_field(
            "decision",
            self.tr("Outcome (interpretation, article 510)"),
            self.decision,
            hint=found.body,
        )
        form.add_field("reason", self.tr("Reasons and papers"), self.reason, required=True)
        form.submitted.connect(self._send)

    def _send(self, values: Mapping[str, Any]) -> None:
        given = Decide(
            self._found.id,
            str(values["decision"]),
            str(values["reason"]),
            self._context.today(),
            self._context.who.person_id,
        )
        self.form.set_busy(True)
        self._context.write(
            self, "处理分配方案异议", decide, given, lambda _none: self.accept(), self._refused
        )

    def _refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.form.set_errors({"reason": sentence})
