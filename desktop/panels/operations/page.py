"""One operation: how it stands, what can be done now, its groups, log, orders and plan. UI thread.

The clocks of the groups go once a second while the page is seen, from what is in memory.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.command.operations import acts
from desktop.command.operations.acts import ActArgs, By, CheckinArgs, LogArgs
from desktop.command.operations.chronicle import chronicle
from desktop.command.operations.records import Board, LogLine, Operation
from desktop.command.operations.report import Filled, ReportPrint, fill, print_report
from desktop.contract.context import PanelContext
from desktop.contract.kept_text import KeptText
from desktop.errors import UserError
from desktop.panels.operations.course import CourseTab
from desktop.panels.operations.duty_area import DutyArea
from desktop.panels.operations.group_board import GroupBoard
from desktop.panels.operations.group_form import GroupForm
from desktop.panels.operations.leads import Leads
from desktop.panels.operations.log_pane import LogPane
from desktop.panels.operations.orders_tab import OrdersTab
from desktop.panels.operations.plan_page import PlanPage
from desktop.panels.operations.queries import Offered, offered
from desktop.panels.operations.rules import span_words
from desktop.rules.operation_law import OperationLimits, load_operation_law
from desktop.rules.operations import (
    ACT_WORDS,
    STATE_STYLES,
    STATE_WORDS,
    Standing,
    State,
    may,
    next_step,
)
from widgets.badge import Badge
from widgets.dialogs import ask_text, confirm
from widgets.parts import named_button
from widgets.pdf_preview import PdfPreview
from widgets.theme import current_theme

TICK_MS: Final = 1_000
_NARROW: Final = 620
_PRIMARY: Final = ("submit", "approve", "start", "finish", "report")
_REASONED: Final = ("return", "override", "cancel")
_BEGUN: Final = (State.RUNNING, State.FINISHED, State.REPORTED)


class OperationPage(QWidget):
    """`left()` when the user goes back; `edit_asked(Board)` to change its plan;
    `changed()` after an act of this page, whatever told it first."""

    left = Signal()
    edit_asked = Signal(object)
    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("operation_page")
        self._context = context
        self.board: Board | None = None
        self._limits: OperationLimits = load_operation_law().on(context.today())
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.title = QLabel(self)
        self.title.setProperty("role", "large")
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.state = Badge(parent=self)
        self.head = QLabel(self)
        self.head.setProperty("role", "muted")
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        # It gives way to the page: what does not fit is in its tooltip.
        self.head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.next = QLabel(self)
        self.next.setTextFormat(Qt.TextFormat.PlainText)
        self.act_buttons = {
            key: named_button(self, f"act_{key}", text)
            for key, text in (
                ("edit", self.tr("Change plan")),
                ("submit", self.tr("Submit for approval")),
                ("approve", self.tr("Approve")),
                ("return", self.tr("Send back")),
                ("override", self.tr("Sign in spite of test")),
                ("start", self.tr("Start operation")),
                ("finish", self.tr("End operation")),
                ("report", self.tr("Make report")),
                ("cancel", self.tr("Cancel operation")),
            )
        }
        self.group_button = named_button(self, "add_group", self.tr("Another group"))
        self.test_button = named_button(self, "self_test", self.tr("Self-test"))
        self.police_button = named_button(self, "ask_police", self.tr("Ask for police"))
        self.map_button = named_button(self, "show_map", self.tr("Map"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.more_button = QToolButton(self)
        self.more_button.setObjectName("leads")
        self.more_button.setText("…")
        self.more_button.setToolTip(self.tr("Where it leads"))
        self.groups = GroupBoard(self)
        self.log = LogPane(self)
        self._kept = KeptText(context, self.log.line)
        self.orders = OrdersTab(self)
        self.plan = PlanPage(context, self)
        self.course = CourseTab(self)
        self.tabs = QTabWidget(self)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self.tick)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        for part in (self.case_button, self.map_button, self.police_button, self.test_button):
            top.addWidget(part)
        top.addWidget(self.more_button)
        told = QHBoxLayout()
        told.setSpacing(16)
        told.addWidget(self.next)
        told.addWidget(self.head, 1)
        doings = QWidget(self)
        acts_row = QHBoxLayout(doings)
        acts_row.setContentsMargins(0, 0, 0, 4)
        acts_row.setSpacing(8)
        acts_row.addWidget(self.group_button)
        for key, button in self.act_buttons.items():
            if key in _PRIMARY:
                button.setProperty("kind", "primary")
            acts_row.addWidget(button)
        self.tabs.setCornerWidget(doings)
        duty = self.duty = DutyArea(self.groups, self.log, self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(duty, self.tr("On duty"))
        self.tabs.addTab(self.plan, self.tr("Plan"))
        self.tabs.addTab(self.orders, self.tr("Orders"))
        self.tabs.addTab(self.course, self.tr("Course"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(told)
        layout.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        leads = Leads(self._context)
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        for button, lead in (
            (self.test_button, leads.self_test),
            (self.police_button, leads.police),
            (self.map_button, leads.map),
            (self.case_button, leads.case),
        ):
            button.clicked.connect(lambda _checked=False, lead=lead: self._lead(lead))
        self.group_button.clicked.connect(lambda _checked=False: self._ask_group())
        self.more_button.clicked.connect(lambda _checked=False: self._open_leads())
        for key, button in self.act_buttons.items():
            button.clicked.connect(lambda _checked=False, key=key: self._ask(key))
        self.groups.reported.connect(self._check_in)
        self.groups.acknowledged.connect(self._acknowledge)
        self.groups.order_asked.connect(
            lambda group: self._lead(lambda one: leads.new_order(one, group))
        )
        self.groups.map_asked.connect(leads.group_on_map)
        self.log.added.connect(self._add_line)
        self.log.corrected.connect(self._correct)
        self.log.opened.connect(leads.entry)
        self.log.all_asked.connect(self._show_log)
        self.orders.opened.connect(leads.order)
        self.orders.new_asked.connect(lambda: self._lead(leads.new_order))

    def _lead_buttons(self) -> dict[QPushButton, bool]:
        """Buttons that lead elsewhere, and whether each leads anywhere now."""
        state = self.board.operation.standing().state if self.board else State.DRAFT
        over = state in (State.FINISHED, State.REPORTED, State.CANCELLED)
        return {
            self.case_button: self.board is not None and self.board.operation.case_id is not None,
            self.map_button: True,
            self.police_button: not over,
            self.test_button: state is State.APPROVED,
        }

    def _fit_leads(self) -> None:
        """In a narrow pane the leads stand in a menu."""
        narrow = self.width() < current_theme().px(_NARROW)
        self.more_button.setVisible(narrow)
        for button, leads in self._lead_buttons().items():
            button.setVisible(leads and not narrow)

    def _open_leads(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button, leads in self._lead_buttons().items():
            if leads:
                menu.addAction(button.text(), button.click)
        menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_leads()

    def _lead(self, lead: Callable[[Operation], object]) -> None:
        if self.board is not None:
            lead(self.board.operation)

    # Showing

    def show_board(self, board: Board) -> None:
        """An operation as it is known now."""
        another = self.board is None or self.board.operation.id != board.operation.id
        before = self.tabs.isTabVisible(self.tabs.indexOf(self.duty))
        self.board = board
        if another:
            self._kept.follow(f"operation-log:{board.operation.id}")
        operation, standing = board.operation, board.operation.standing()
        self._limits = load_operation_law().on(self._context.today())
        self.title.setText(operation.name)
        self.title.setToolTip(operation.name)
        self.state.set_state(STATE_STYLES[standing.state], STATE_WORDS[standing.state])
        self.head.setText(self._head_words(board))
        self.head.setToolTip(self.head.text())
        self._show_next(board, standing)
        self._show_buttons(board, standing)
        self.plan.show_plan(board, self._context.now())
        self.orders.show_orders(board.orders)
        self.course.show_course(board)
        begun = standing.state in _BEGUN
        self.tabs.setTabVisible(self.tabs.indexOf(self.duty), begun)
        self.tabs.setTabText(
            self.tabs.indexOf(self.orders), f"{self.tr('Orders')} {len(board.orders)}"
        )
        # Once it has begun, its groups are what is looked at.
        if another or begun != before:
            self.tabs.setCurrentWidget(self.duty if begun else self.plan)
        self.log.person_id = self._context.who.person_id
        self.groups.show_groups(board.groups, self._limits, self._context.now())
        self._show_log()

    def _head_words(self, board: Board) -> str:
        operation = board.operation
        parts = (
            span_words(operation.starts_at, operation.ends_at),
            operation.place,
            self.tr("commander {name}").format(name=operation.commander),
            operation.team,
            operation.case_number,
            self.tr("drawn up by {name}").format(name=operation.maker),
        )
        return " · ".join(part for part in parts if part)

    def _show_next(self, board: Board, standing: Standing) -> None:
        words = next_step(standing, board.tested)
        if not board.operation.whole:
            words = self.tr("The words do not bear their fingerprint; submit them anew.")
        elif standing.state is State.RETURNED and standing.returned is not None:
            words = f"{words}：{standing.returned.body}"
        elif standing.state is State.APPROVED and board.test is not None:
            words = f"{words}　（{board.test.at:%m-%d %H:%M} {board.test.words}）"
        self.next.setText(f"▸ {words}" if words else "")

    def _show_buttons(self, board: Board, standing: Standing) -> None:
        for key, button in self.act_buttons.items():
            button.setVisible(not self._refusal(key, board, standing))
        self.group_button.setVisible(standing.state is State.RUNNING)
        failed = board.test is not None and not board.test.good and not board.tested
        override = self.act_buttons["override"]
        override.setVisible(not override.isHidden() and failed)
        self._fit_leads()

    def _refusal(self, key: str, board: Board, standing: Standing) -> str:
        return may(
            key,
            standing,
            person_id=self._context.who.person_id,
            post=board.post,
            stands_for=board.stands_for,
            maker_id=board.operation.maker_id,
            commander_id=board.operation.commander_id,
            tested=board.tested,
        )

    def _show_log(self) -> None:
        if self.board is None:
            return
        now = self._context.now()
        with_checkins = self.log.checkins.isChecked()
        entries = chronicle(self.board, self._limits, now, checkins=with_checkins)
        running = self.board.operation.standing().state in (State.RUNNING, State.FINISHED)
        self.log.show_entries(entries, open_=running)

    def tick(self) -> None:
        """Lets the clocks of the groups go on."""
        if self.board is not None and self.tabs.currentWidget() is self.duty:
            self.groups.tick(self._limits, self._context.now())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    # Acts on the operation

    def _ask(self, key: str) -> None:
        board = self.board
        if board is None:
            return
        name, words = board.operation.name, ACT_WORDS.get(key, "")
        if key == "edit":
            self.edit_asked.emit(board)
        elif key == "report":
            self._ask_report(board)
        elif key in _REASONED or key == "finish":
            labels = {
                "return": self.tr("What is to be changed?"),
                "override": self.tr("Why may it start in spite of the failed self-test?"),
                "cancel": self.tr("Why is it cancelled?"),
                "finish": self.tr("What was achieved? It stands in the report."),
            }
            ask_text(
                self,
                object_name=f"ask_{key}",
                title=f"{words}　{name}",
                label=labels[key],
                accept_text=words,
                on_accept=lambda body: self.do(key, body),
                multiline=True,
                required=key != "finish",
            )
        else:
            confirm(
                self,
                object_name=f"confirm_{key}",
                title=f"{words}　{name}",
                text=self._asked_words(key, board),
                accept_text=words,
                on_accept=lambda: self.do(key),
            )

    def _asked_words(self, key: str, board: Board) -> str:
        plan = board.operation.plan
        groups = len(plan.groups) if plan else 0
        people = len(plan.people) if plan else 0
        return {
            "submit": self.tr("The plan goes to the chief of the bureau for approval."),
            "approve": self.tr("Fingerprint of the plan {sha}. The approval counts for it alone."),
            "start": self.tr("{groups} groups with {people} people set out and are watched."),
        }[key].format(groups=groups, people=people, sha=board.operation.content_sha256[:16])

    def do(self, key: str, body: str = "") -> None:
        """Does an act on the words that are on show."""
        board = self.board
        if board is None:
            return
        test_id = board.test.id if key == "override" and board.test is not None else None
        by = By(self._context.who.person_id, self._context.now())
        operation = board.operation
        args = ActArgs(operation.id, key, by, operation.content_sha256, body, test_id)
        commands = {"submit": acts.submit, "start": acts.start, "finish": acts.finish}
        label = f"{ACT_WORDS[key]}：{operation.name}"
        self._context.write(
            self, label, commands.get(key, acts.act), args, lambda _none: self._done(label)
        )

    def _done(self, label: str) -> None:
        self._context.notify(label, level="done")
        self.changed.emit()

    # Groups and log

    def _write(self, label: str, command: Callable[..., Any], args: object) -> None:
        self._context.write(self, label, command, args, lambda _made: self.changed.emit())

    def _by(self) -> By:
        return By(self._context.who.person_id, self._context.now())

    def _check_in(self, group_id: str, act: str) -> None:
        words = {"ok": "报平安", "alarm": "呼救", "leave": "撤收"}[act]
        if act == "ok":
            self._write(words, acts.check_in, CheckinArgs(group_id, act, self._by()))
            return
        name = self.groups.cards[group_id].group.name
        ask_text(
            self,
            object_name=f"ask_group_{act}",
            title=f"{words}　{name}",
            label=self.tr("What is to be known of it?"),
            accept_text=words,
            on_accept=lambda body: self._write(
                words, acts.check_in, CheckinArgs(group_id, act, self._by(), body=body)
            ),
            required=act == "alarm",
        )

    def _ask_group(self) -> None:
        board = self.board
        if board is None:
            return

        def show(found: Offered) -> None:
            GroupForm(self._context, board.operation, found, self.changed.emit, self).show()

        self._context.read(self, "offered", offered, None, show)

    def _acknowledge(self, group_id: str, key: str) -> None:
        ask_text(
            self,
            object_name="ask_acknowledge",
            title=self.tr("Acknowledge alarm"),
            label=self.tr("What was done about it?"),
            accept_text=self.tr("Acknowledge"),
            on_accept=lambda body: self._write(
                "确认警报",
                acts.check_in,
                CheckinArgs(group_id, "acknowledge", self._by(), key, body),
            ),
            required=False,
        )

    def _add_line(self, kind: str, words: str) -> None:
        if self.board is None:
            return
        args = LogArgs(self.board.operation.id, kind, words, self._by())

        def done(_id: str) -> None:
            self._kept.forget()
            self.log.line.setFocus()
            self.changed.emit()

        self._context.write(self, "行动记事", acts.log, args, done)

    def _correct(self, line: LogLine, words: str) -> None:
        if self.board is not None:
            key = self.board.operation.id
            args = LogArgs(key, line.kind, words, self._by(), line.id, line.about, line.about_id)
            self._write("更正行动记事", acts.log, args)

    # The report

    def _ask_report(self, board: Board) -> None:
        """A report stands for good, so nothing may wait when it is made first."""
        first = board.operation.standing().state is State.FINISHED
        now = self._context.now()
        held = [one.name for one in board.groups if one.watch(self._limits, now).held]
        if first and held:
            told = self.tr("Acknowledge the alarms first: {groups}")
            self._context.notify(told.format(groups="、".join(held)), level="warning")
            return
        self.print_report(note=first)

    def print_report(self, *, note: bool) -> None:
        """Lays the report out from what is known; `note`: that it was made is an act."""
        board = self.board
        if board is None:
            return
        now = self._context.now()
        try:
            filled = fill(board, self._limits, now, self._context.who.name)
        except UserError as refusal:
            self._context.notify(str(refusal), level="error")
            return
        name = file_name("行动报告", board.operation.name, f"{board.operation.starts_at:%Y-%m-%d}")
        path = self._context.documents_folder() / name
        done = partial(self._on_printed, board, filled, note)
        self._context.layout(self, print_report, ReportPrint(filled.document, path), done)

    def _on_printed(self, board: Board, filled: Filled, note: bool, path: Path) -> None:
        self._context.copied("print", "行动报告", board.operation.case_id)
        preview = PdfPreview(path, self.tr("Report"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")
        if note:
            self.do("report", f"事实校验值 {filled.sha256}")
