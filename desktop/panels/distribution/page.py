"""One plan: shares with articles, limits, objections, orders, what can be done. UI thread."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.calculation_text import as_html
from desktop.circulars.calculation_words import distribution_sheet
from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.funds.distribution_paper import TITLE, PlanPrint, fill_plan, print_plan
from desktop.funds.distributions import (
    Plan,
    ReopenPlan,
    ServePlan,
    SettlePlan,
    reopen,
    serve,
    settle,
)
from desktop.panels.distribution.acts import may
from desktop.panels.distribution.dialogs import DecideDialog, ObjectDialog, ServeDialog
from desktop.panels.distribution.rules import (
    ORDER_WORDS,
    stand_of,
    style_of,
    total_words,
    words_of,
)
from desktop.panels.distribution.side import ObjectionTable, OrderTable
from desktop.rules.distribution_wait import Wait
from desktop.rules.money import grouped
from widgets.badge import Badge
from widgets.dialogs import ask_text, confirm
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.theme import current_theme, theme_notifier

_PRIMARY: Final = ("serve", "settle", "orders")


class PlanPage(QWidget):
    """`left()` when the user goes back; `change_asked(Plan)` and `orders_asked(Plan)` lead on."""

    left = Signal()
    change_asked = Signal(object)
    orders_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_page")
        self._context = context
        self.plan: Plan | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.state = Badge(parent=self)
        self.head = words_label(self, "muted")
        self.warnings = words_label(self, "")
        self.text = QTextBrowser(self)
        self.text.setObjectName("plan_text")
        self.limits = words_label(self, "small")
        self.limits.setObjectName("plan_limits")
        self.objections = ObjectionTable(self)
        self.orders = OrderTable(self)
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.buttons = {
            key: named_button(self, f"plan_{key}", words)
            for key, words in (
                ("change", self.tr("Change")),
                ("serve", self.tr("Served…")),
                ("object", self.tr("Objection…")),
                ("decide", self.tr("Decide objection…")),
                ("reopen", self.tr("Back to draft…")),
                ("settle", self.tr("Settle")),
                ("orders", self.tr("Payment orders…")),
                ("print", self.tr("Print plan")),
                ("case", self.tr("Go to case")),
            )
        }
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.title, self.state):
            top.addWidget(part)
        top.addStretch(1)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for key, button in self.buttons.items():
            if key in _PRIMARY:
                button.setProperty("kind", "primary")
            if key == "print":
                acts.addStretch(1)
            acts.addWidget(button)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.objections, self.tr("Objections"))
        self.tabs.addTab(self.orders, self.tr("Payment orders"))
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.limits)
        column.addWidget(self.tabs, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.text)
        splitter.addWidget(side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([600, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.head)
        layout.addWidget(self.warnings)
        layout.addWidget(splitter, 1)
        layout.addLayout(acts)

    def _connect(self) -> None:
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        acts: dict[str, Callable[[Plan], None]] = {
            "change": self.change_asked.emit,
            "serve": self._serve,
            "object": self._object,
            "decide": self._decide,
            "reopen": self._reopen,
            "settle": self._settle,
            "orders": self.orders_asked.emit,
            "print": self.print,
            "case": lambda plan: self._context.open("case_query", {"case_id": plan.case_id}),
        }
        for key, act in acts.items():
            self.buttons[key].clicked.connect(partial(self._do, act))
        self.orders.opened.connect(
            lambda order_id: self._context.open("disbursement", {"order_id": order_id})
        )
        self.objections.opened.connect(lambda _id: self._do(self._decide))
        theme_notifier().theme_changed.connect(self._paint)

    # What the view calls

    def show_plan(self, plan: Plan) -> None:
        """The plan as it stands now."""
        self.plan = plan
        today = self._context.today()
        stand = stand_of(plan.state, plan.wait_until, plan.open_objections, today)
        self.title.setText(f"{plan.title}　{plan.case_number}")
        self.state.set_state(style_of(stand), words_of(stand, plan.wait_until))
        self.head.setText(self._head_words(plan))
        warnings = list(plan.result.warnings)
        if plan.note:
            warnings.append(plan.note)
        self.warnings.setText("\n".join(f"▲ {words}" for words in warnings))
        self.warnings.setVisible(bool(warnings))
        self.limits.setText("\n".join(limit_words(one) for one in plan.waits))
        self.objections.show_objections(plan.objections)
        self.orders.show_orders(plan.orders, ORDER_WORDS)
        self._paint()
        for key, allowed in may(plan, today).items():
            self.buttons[key].setVisible(not allowed.hidden)
            self.buttons[key].setEnabled(not allowed.why_not)
            self.buttons[key].setToolTip(allowed.why_not)

    def print(self, plan: Plan) -> None:
        """The plan as PDF in the folder for documents, shown for printing."""
        moment = f"{self._context.now():%Y%m%d-%H%M%S}"
        path = self._context.documents_folder() / file_name(plan.case_number, TITLE, moment)
        self.buttons["print"].setEnabled(False)
        args = PlanPrint(fill_plan(plan, self._context.now()), path)
        done = partial(self._on_printed, plan.case_id)
        self._context.layout(self, print_plan, args, done, self._on_print_failed)

    # Acts

    def _do(self, act: Callable[[Plan], Any], _checked: bool = False) -> None:
        if self.plan is not None:
            act(self.plan)

    def _serve(self, plan: Plan) -> None:
        dialog = ServeDialog(plan, self._context, self)

        def send(on: date) -> None:
            given = ServePlan(plan.id, on, self._context.today(), self._context.law)
            self._context.write(
                self, "送达分配方案", serve, given, lambda _day: dialog.accept(), dialog.refuse
            )

        dialog.chosen.connect(send)
        dialog.show()

    def _object(self, plan: Plan) -> None:
        ObjectDialog(plan, self._context, self).show()

    def _decide(self, plan: Plan) -> None:
        wanted = self.objections.current()
        still = [one for one in plan.objections if not one.decided_on]
        found = next((one for one in still if one.id == wanted), still[0] if still else None)
        if found is None:
            self._context.notify(self.tr("No objection is open."))
            return
        DecideDialog(found, self._context, self).show()

    def _reopen(self, plan: Plan) -> None:
        def go(reason: str) -> None:
            self._context.write(
                self, "撤回分配方案", reopen, ReopenPlan(plan.id, reason), lambda _none: None
            )

        ask_text(
            self,
            object_name="reopen_plan",
            title=self.tr("Back to draft"),
            label=self.tr("Why; the plan has to be served again"),
            accept_text=self.tr("Back to draft"),
            on_accept=go,
            multiline=True,
        )

    def _settle(self, plan: Plan) -> None:
        given = SettlePlan(
            plan.id, self._context.today(), self._context.law, self._context.who.person_id
        )

        def go() -> None:
            self._context.write(self, "确定分配方案", settle, given, lambda _none: None)

        confirm(
            self,
            object_name="settle_plan",
            title=self.tr("Settle the plan?"),
            text=total_words(plan.result),
            detail=self.tr("A settled plan can no longer be changed."),
            accept_text=self.tr("Settle"),
            on_accept=go,
        )

    # Inside

    def _head_words(self, plan: Plan) -> str:
        words = [
            total_words(plan.result),
            self.tr("available on the account {amount} yuan").format(
                amount=grouped(plan.available_fen)
            ),
            self.tr("made by {name}").format(name=plan.maker or "—"),
        ]
        if plan.served_on:
            words.append(self.tr("served {day}").format(day=plan.served_on))
        if plan.settled_on:
            words.append(
                self.tr("settled {day} by {name}").format(
                    day=plan.settled_on, name=plan.settled_by or "—"
                )
            )
        return " · ".join(words)

    def _paint(self) -> None:
        if self.plan is None:
            return
        theme, plan = current_theme(), self.plan
        sheet = distribution_sheet(
            plan.result.distribution, plan.waits, printed_at=self._context.now()
        )
        at = self.text.verticalScrollBar().value()
        self.text.setHtml(as_html(sheet, theme.colors, theme.scale) + _doubled_html(plan))
        self.text.verticalScrollBar().setValue(at)

    def _on_printed(self, case_id: str, path: Path) -> None:
        self.buttons["print"].setEnabled(True)
        self._context.copied("print", TITLE, case_id)
        preview = PdfPreview(path, self.tr("Plan of distribution"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    def _on_print_failed(self, sentence: str) -> None:
        self.buttons["print"].setEnabled(True)
        self._context.notify(sentence, level="error")


def limit_words(wait: Wait) -> str:
    """分配方案异议：15 日，至 2026-12-08（民诉法解释第509条）."""
    last = ""
    if wait.last_on is not None:
        last = f"，至 {wait.last_on}" if wait.certain else f"，不早于 {wait.last_on}"
    return f"{wait.name}：{wait.limit.text()}{last}（{wait.limit.article}）"


def _doubled_html(plan: Plan) -> str:
    if not plan.result.doubled:
        return ""
    lines = "".join(
        f"<br>{one.id}　{grouped(one.claim_fen)} → {grouped(one.got_fen)}"
        for one in plan.result.doubled
    )
    return f"<p><b>加倍部分债务利息（从剩余款中按比例受偿）</b>{lines}</p>"
