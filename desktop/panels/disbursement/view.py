"""案款发放: the list of requests, and the form of a new one. UI thread."""

from collections.abc import Mapping

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.panels.disbursement import queries
from desktop.panels.disbursement.columns import columns
from desktop.panels.disbursement.form import IntentForm
from desktop.panels.disbursement.queries import DisbursementFilter
from desktop.panels.disbursement.rules import COURSE_STYLES, COURSE_WORDS
from widgets.forms import FilterBox, Option


class RequestList(ListPanel[DisbursementFilter]):
    """Every request with where it stands; an intent is never shown as money."""

    def __init__(self, context: PanelContext, parent: "DisbursementView") -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot, queries.rows, ("request", "fund_entry", "fund", "case")
            ),
            filter_=DisbursementFilter(),
        )
        self.course_box = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.course_box.setObjectName("courses")
        self.course_box.set_options(
            [
                Option(key.value, words, state=COURSE_STYLES[key])
                for key, words in COURSE_WORDS.items()
            ]
        )
        self.add_filter(self.course_box)
        self.add_button(self.tr("Ask for disbursement"), parent.new_request, primary=True)
        self.table.set_empty_text(
            self.tr("No disbursement is asked for"),
            self.tr("Choose a case in any list and press F9."),
        )
        self.course_box.changed.connect(self._on_box)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (DisbursementFilter.to_params)."""
        wanted = DisbursementFilter.from_params(params)
        was = self.course_box.blockSignals(True)
        self.course_box.set_selected(wanted.courses)
        self.course_box.blockSignals(was)
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} requests").format(count=f"{count:,}")

    def _on_box(self) -> None:
        chosen = tuple(str(key) for key in self.course_box.selected())
        self.set_filter(DisbursementFilter(courses=chosen))


class DisbursementView(QWidget):
    """`apply({"new": "1", "case_id": …})` opens the form; other params filter the list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("disbursement_view")
        self._context = context
        self.list = RequestList(context, self)
        self.form = IntentForm(context, self)
        self._stack = QStackedWidget(self)
        for page in (self.list, self.form):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.form.left.connect(lambda: self._stack.setCurrentWidget(self.list))
        self.form.asked.connect(self._on_asked)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new"):
            self._open_form(params.get("case_id", ""))
        else:
            self._stack.setCurrentWidget(self.list)
            self.list.apply(params)

    def new_request(self) -> None:
        """Opens the form for the case that is selected."""
        chosen = self._context.selection()
        self._open_form(chosen.case_id if chosen is not None else "")

    def _open_form(self, case_id: str) -> None:
        if not case_id:
            self._context.notify(self.tr("Choose a case first."), level="warning")
            return
        self._stack.setCurrentWidget(self.form)
        self.form.open_case(case_id)

    def _on_asked(self) -> None:
        self._stack.setCurrentWidget(self.list)
        self._context.notify(
            self.tr("Intent recorded; the shared database decides on the next exchange."),
            level="done",
        )
