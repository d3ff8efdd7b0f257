"""舆情与汇报: the list, the forms, and the page of one matter. UI thread."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.panels.matters import PANELS, queries
from desktop.panels.matters.columns import columns
from desktop.panels.matters.form import MatterForm
from desktop.panels.matters.page import MatterPage
from desktop.panels.matters.queries import Choice, Matter, MatterFilter
from desktop.panels.matters.rules import KIND_WORDS, STATE_WORDS, Kind
from storage.records.changes import ChangeSet
from widgets.forms import FilterBox, Option


class MatterList(ListPanel[MatterFilter]):
    """What is owed first."""

    def __init__(self, context: PanelContext, parent: "MattersView") -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot, queries.reader(context.law.court_calendar), PANELS[0].tables
            ),
            filter_=MatterFilter(),
        )
        self._open = parent.open_matter
        self.kinds = FilterBox(self.tr("Kind"), all_text=self.tr("All kinds"), parent=self)
        self.kinds.setObjectName("kinds")
        self.kinds.set_options([Option(key, word) for key, word in KIND_WORDS.items()])
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("states")
        self.states.set_options([Option(key.value, word) for key, word in STATE_WORDS.items()])
        self.states.set_selected(list(MatterFilter().states))
        self.late_button = QPushButton(self.tr("Late only"), self)
        self.late_button.setObjectName("late_only")
        self.late_button.setCheckable(True)
        self.search = QLineEdit(self)
        self.search.setObjectName("matter_search")
        self.search.setPlaceholderText(self.tr("Title, text, source or case number"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        for part in (self.kinds, self.states, self.late_button, self.search):
            self.add_filter(part)
        self.add_button(self.tr("New brief"), lambda: parent.new_matter("brief"))
        self.add_button(
            self.tr("New opinion item"), lambda: parent.new_matter("opinion"), primary=True
        )
        self.table.set_empty_text(
            self.tr("Nothing here"),
            self.tr("Enter an opinion item by hand, or a brief about a problem."),
        )
        for signal in (self.kinds.changed, self.states.changed):
            signal.connect(self._on_filter)
        self.late_button.toggled.connect(lambda _on: self._on_filter())
        self.search.textChanged.connect(lambda _text: self._on_filter())

    def show_case(self, case_id: str) -> None:
        """Everything about one case, closed matters too."""
        for box in (self.kinds, self.states):
            was = box.blockSignals(True)
            box.set_selected([])
            box.blockSignals(was)
        self.set_filter(MatterFilter(states=(), case_id=case_id))

    def open_case(self) -> None:
        """Opens the matter of the current row; its page leads to the case."""
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
                kinds=tuple(str(key) for key in self.kinds.selected()),
                states=tuple(str(key) for key in self.states.selected()),
                late=self.late_button.isChecked(),
                text=self.search.text().strip(),
                case_id=None,
            )
        )


class MattersView(QWidget):
    """`apply({"matter_id": …})` opens one; `apply({"case_id": …})` lists those of a case;
    `apply({"new": "opinion" | "brief"})` opens a form."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matters_view")
        self._context = context
        self._show_id: str | None = None
        self.list = MatterList(context, self)
        self.forms: dict[str, MatterForm] = {}
        self.page = MatterPage(context, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.list)
        kinds: tuple[Kind, ...] = ("opinion", "brief")
        for kind in kinds:
            form = MatterForm(context, kind, self)
            form.saved.connect(self._on_saved)
            form.left.connect(self._go_back)
            self.forms[kind] = form
            self._stack.addWidget(form)
        self._stack.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.page.left.connect(self._go_back)
        self.page.change_asked.connect(self._on_change)
        context.changed.connect(self._on_changed)
        Offers(self, context, queries.owners, None, self._on_owners)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("matter_id"):
            self.open_matter(params["matter_id"])
        elif params.get("new") in self.forms:
            self.new_matter(params["new"])
        elif params.get("case_id"):
            self._go_back()
            self.list.show_case(params["case_id"])

    @property
    def shown(self) -> QWidget:
        """The list, a form or the page."""
        return self._stack.currentWidget()

    def new_matter(self, kind: str) -> None:
        """Opens an empty form; about the case that is selected, if one is."""
        chosen = self._context.selection()
        self._show_id = None
        form = self.forms[kind]

        def show(number: str) -> None:
            form.open_new(number)
            self._stack.setCurrentWidget(form)

        case_id = chosen.case_id if chosen is not None else ""
        self._context.read(self, "case", queries.case_number, case_id, show)

    def open_matter(self, matter_id: str) -> None:
        """Shows one matter."""
        self._show_id = matter_id
        self._context.read(self, "matter", queries.matter, matter_id, self._on_matter)

    def _on_matter(self, found: Matter | None) -> None:
        if found is None:
            self._go_back()
        elif found.id == self._show_id:
            self.page.show_matter(found)
            self._stack.setCurrentWidget(self.page)

    def _on_change(self, found: Matter) -> None:
        self._show_id = None
        form = self.forms[found.kind]
        form.open_matter(found)
        self._stack.setCurrentWidget(form)

    def _on_saved(self, matter_id: str) -> None:
        self._context.notify(self.tr("Saved"), level="done")
        self.open_matter(matter_id)

    def _on_owners(self, found: tuple[Choice, ...]) -> None:
        self.page.owners = found
        for form in self.forms.values():
            form.set_owners(found)

    def _go_back(self) -> None:
        self._show_id = None
        self._stack.setCurrentWidget(self.list)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._show_id is not None and changes.touches(*PANELS[0].tables):
            self.open_matter(self._show_id)
