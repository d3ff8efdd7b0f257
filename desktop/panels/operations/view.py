"""行动: the list, the editor of a plan, and the page of one operation. UI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.command.operations import acts, means
from desktop.command.operations.acts import ActArgs, By
from desktop.command.operations.reading import BoardArgs, board_for, operation
from desktop.command.operations.records import Board, Operation
from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.panels.operations import queries
from desktop.panels.operations.columns import columns
from desktop.panels.operations.duty_area import DutyArea
from desktop.panels.operations.own_groups import OwnGroups
from desktop.panels.operations.page import OperationPage
from desktop.panels.operations.plan_form import PlanForm
from desktop.panels.operations.queries import TABLES, Offered, OperationFilter
from desktop.rules.operations import STATE_STYLES, STATE_WORDS
from storage.records.changes import ChangeSet
from widgets.forms import FilterBox, Option
from widgets.theme import current_theme

# What changes a page that is on show.
_SHOWN = (
    *(*TABLES, *means.TABLES),
    *("run_log", "field_order", "field_order_act", "snapshot", "police_act", "delegation"),
)


class OperationList(ListPanel[OperationFilter]):
    """What is under way first."""

    def __init__(self, context: PanelContext, parent: "OperationsView") -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, TABLES),
            filter_=OperationFilter(),
        )
        self._open = parent.open_operation
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("states")
        self.states.set_options(
            [Option(key.value, word, state=STATE_STYLES[key]) for key, word in STATE_WORDS.items()]
        )
        self.search = QLineEdit(self)
        self.search.setObjectName("operation_search")
        self.search.setPlaceholderText(self.tr("Name, place, case number or commander"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(180))
        for part in (self.states, self.search):
            self.add_filter(part)
        self.add_button(self.tr("New operation"), parent.new_operation, primary=True)
        self.table.set_empty_text(
            self.tr("No operation here"),
            self.tr("Draw up a plan: people, risks, police, route, contingencies."),
        )
        self.states.changed.connect(self._on_filter)
        self.search.textChanged.connect(lambda _text: self._on_filter())

    def open_case(self) -> None:
        """Opens the operation of the current row; its page leads to the case."""
        row = self.current_row()
        if row is not None:
            self._open(str(row["id"]))

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_case)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _on_filter(self) -> None:
        self.set_filter(
            replace(
                self.filter,
                states=tuple(str(key) for key in self.states.selected()),
                text=self.search.text().strip(),
            )
        )


class OperationsView(QWidget):
    """`apply({"operation_id": …})` opens one; `apply({"new": "1", "case_number": …, "place": …})`
    the editor."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("operations_view")
        self._context = context
        self._show_id: str | None = None
        self.form: PlanForm | None = None
        self.list = OperationList(context, self)
        self.page = OperationPage(context, self)
        self.own = OwnGroups(context, self)
        self._stack = QStackedWidget(self)
        self._listing = DutyArea(self.own, self.list, self, gap=0)
        for part in (self._listing, self.page):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.page.left.connect(self.show_list)
        self.page.edit_asked.connect(self._edit)
        context.changed.connect(self._on_changed)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("operation_id"):
            self.open_operation(params["operation_id"])
        elif params.get("new"):
            self.new_operation(params)
        else:
            self.show_list()

    @property
    def shown(self) -> QWidget:
        """The list, the form or the page."""
        current = self._stack.currentWidget()
        return self.list if current is self._listing else current

    def show_list(self) -> None:
        """Back to all operations."""
        self._show_id = None
        self._stack.setCurrentWidget(self._listing)

    def open_operation(self, operation_id: str) -> None:
        """Shows one operation."""
        self._show_id = operation_id
        args = BoardArgs(operation_id, self._context.now(), self._context.who.person_id)
        self._context.read(self, "board", board_for, args, self._on_board)

    def new_operation(self, params: Mapping[str, str] | None = None) -> None:
        """An empty plan."""
        given = dict(params or {})
        self._with_form(lambda form: form.open_new(given))

    # Inside

    def _on_board(self, found: Board | None) -> None:
        if found is None:
            self.show_list()
        elif found.operation.id == self._show_id:
            self.page.show_board(found)
            self._stack.setCurrentWidget(self.page)

    def _edit(self, found: Board) -> None:
        self._with_form(lambda form: form.open_operation(found.operation, found.means))

    def _with_form(self, then: Callable[[PlanForm], None]) -> None:
        """People and teams are read anew each time: the form offers who is there now."""
        self._show_id = None

        def show(offered: Offered) -> None:
            if self.form is not None:
                self._stack.removeWidget(self.form)
                self.form.deleteLater()
            form = self.form = PlanForm(self._context, offered, self)
            form.left.connect(self.show_list)
            form.stored.connect(self._on_stored)
            form.submitted.connect(self._on_whole)
            self._stack.addWidget(form)
            self._stack.setCurrentWidget(form)
            then(form)

        self._context.read(self, "offered", queries.offered, None, show)

    def _on_stored(self, operation_id: str) -> None:
        self._context.notify(self.tr("Draft stored"), level="done")
        self.open_operation(operation_id)

    def _on_whole(self, operation_id: str) -> None:
        """The plan is stored and whole: it is submitted on the words that were stored."""

        def send(found: Operation | None) -> None:
            if found is None:
                return
            by = By(self._context.who.person_id, self._context.now())
            args = ActArgs(found.id, "submit", by, found.content_sha256)
            label = f"送审：{found.name}"
            self._context.write(
                *(self, label, acts.submit, args, lambda _none: self._sent(found.id)),
                # It is stored: the form would make another of it.
                lambda sentence: self._unsent(found.id, sentence),
            )

        self._context.read(self, "stored", operation, operation_id, send)

    def _unsent(self, operation_id: str, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.open_operation(operation_id)

    def _sent(self, operation_id: str) -> None:
        self._context.notify(self.tr("Submitted for approval"), level="done")
        self.open_operation(operation_id)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._show_id is not None and changes.touches(*_SHOWN):
            self.open_operation(self._show_id)
