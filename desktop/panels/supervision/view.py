"""监督督办: the list of letters, the form of a new one, the page of one letter. UI thread.

At start and when the day changes the view fires the rungs that are due; the database keeps each
from firing twice.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.office import letter_number
from desktop.contract.context import PanelContext, Selection
from desktop.contract.lane_pages import LanePages
from desktop.contract.live import LiveRefresh
from desktop.panels.supervision.columns import columns
from desktop.panels.supervision.commands import Saved
from desktop.panels.supervision.letter_form import LetterForm
from desktop.panels.supervision.letter_page import LetterPage
from desktop.panels.supervision.queries import (
    Letter,
    LetterArgs,
    LetterFilter,
    LetterQuery,
    LetterSeed,
    SeedArgs,
    letter,
    letter_ids,
    letter_rows,
)
from desktop.panels.supervision.rules import LEVEL_STYLES, LEVEL_WORDS, OPEN, STATE_WORDS
from desktop.panels.supervision.seed import seed, stored_seed
from storage.records.changes import ChangeSet
from widgets.forms import FilterBox, Option
from widgets.table import DataTable, PagedTableModel

TABLES = ("supervision_letter", "letter_rung", "request")
Page = Literal["list", "form", "letter"]
_PAGES: tuple[Page, ...] = ("list", "form", "letter")


class SupervisionView(QWidget):
    """`apply({"new": "1", "case_id": …, "node_code": …, "subject": …})` opens a filled form;
    `apply({"letter_id": …})` one letter; `apply({"case_id": …})` the letters of a case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("supervision_view")
        self._context = context
        self._show_id: str | None = None
        self._pages: LanePages[LetterQuery] = LanePages(
            context,
            self,
            letter_ids,
            self._page,
            LetterQuery(LetterFilter(), context.today()),
            on_error=self._on_error,
        )
        self.model = PagedTableModel(columns(), self._pages, self)
        self.table = DataTable(self.model, self)
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.levels = FilterBox(self.tr("Level"), all_text=self.tr("All levels"), parent=self)
        self.search = QLineEdit(self)
        self.count_label = QLabel(self)
        self.late_button = QPushButton(self.tr("Unanswered only"), self)
        self.form = LetterForm(context, self)
        self.page = LetterPage(context, self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new") and params.get("case_id"):
            self.new_letter(
                params["case_id"], params.get("node_code", ""), params.get("subject", "")
            )
        elif params.get("letter_id"):
            self.open_letter(params["letter_id"])
        elif params.get("case_id"):
            self._set_filter(LetterFilter(states=(), case_id=params["case_id"]))
            self._go("list")

    def new_letter(self, case_id: str, node_code: str, subject: str) -> None:
        """Fills the form from the derivation of a node and shows it."""
        args = SeedArgs(self._context.law, case_id, node_code, subject, self._context.today())
        self._context.read(self, "seed", seed, args, self._on_seed)

    def open_letter(self, letter_id: str) -> None:
        """Shows one letter."""
        self._show_id = letter_id
        args = LetterArgs(self._context.law, letter_id, self._context.today())
        self._context.read(self, "letter", letter, args, self._on_letter)

    @property
    def shown_page(self) -> Page:
        """Which of the three pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    @property
    def filter(self) -> LetterFilter:
        """The filter of the list."""
        return self._pages.filter.filter

    # Parts

    def _arrange(self) -> None:
        self.states.setObjectName("letter_states")
        self.states.set_options([Option(state.value, STATE_WORDS[state]) for state in STATE_WORDS])
        self.states.set_selected([state.value for state in OPEN])
        self.levels.setObjectName("letter_levels")
        self.levels.set_options(
            [Option(key, word, state=LEVEL_STYLES[key]) for key, word in LEVEL_WORDS.items()]
        )
        self.search.setObjectName("letter_search")
        self.search.setPlaceholderText(self.tr("Letter or case number"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        self.late_button.setObjectName("late_only")
        self.late_button.setCheckable(True)
        self.count_label.setProperty("role", "muted")
        self.table.set_empty_text(
            self.tr("No letter here"),
            self.tr("Choose a late node in the process monitor and press F6."),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.states, self.levels, self.late_button, self.search):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count_label)
        listing = QWidget(self)
        inner = QVBoxLayout(listing)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(row)
        inner.addWidget(self.table, 1)
        for page in (listing, self.form, self.page):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        for signal in (self.states.changed, self.levels.changed):
            signal.connect(self._on_filter)
        self.late_button.toggled.connect(lambda _on: self._on_filter())
        self.search.textChanged.connect(lambda _text: self._on_filter())
        self.model.snapshot_applied.connect(self._on_snapshot)
        self.table.row_activated.connect(self._on_activated)
        self.table.current_id_changed.connect(lambda _id: self._on_current())
        self.table.context_menu_requested.connect(self._show_menu)
        self.form.issued.connect(self._on_issued)
        self.form.stored.connect(self._on_stored)
        self.form.left.connect(lambda: self._go("list"))
        self.page.left.connect(lambda: self._go("list"))
        self.page.edit_asked.connect(self._on_edit)
        self._context.changed.connect(self._on_changed)

    def _go(self, page: Page) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))
        if page != "letter":
            self._show_id = None

    # The list

    def _page(self, connection: Any, ids: Any) -> dict[int, dict[str, object]]:
        # Runs on a reader lane: it touches nothing of the view but the law and the day.
        return letter_rows(connection, ids, law=self._context.law, today=self._pages.filter.today)

    def _read(self) -> None:
        self._pages.filter = LetterQuery(self.filter, self._context.today())
        self.model.refresh()

    def _set_filter(self, wanted: LetterFilter) -> None:
        for box, keys in ((self.states, wanted.states), (self.levels, wanted.levels)):
            was = box.blockSignals(True)
            box.set_selected(keys)
            box.blockSignals(was)
        self._pages.filter = LetterQuery(wanted, self._context.today())
        self.live.ask()

    def _on_filter(self) -> None:
        wanted = replace(
            self.filter,
            states=tuple(str(key) for key in self.states.selected()),
            levels=tuple(str(key) for key in self.levels.selected()),
            late=self.late_button.isChecked(),
            text=self.search.text().strip(),
            case_id=None,
        )
        self._pages.filter = LetterQuery(wanted, self._context.today())
        self.live.ask()

    def _on_snapshot(self, count: int) -> None:
        self.count_label.setText(self.tr("{count} letters").format(count=f"{count:,}"))
        self.live.finished()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _row(self, row_id: object) -> Mapping[str, Any] | None:
        row = self.model.row_of(row_id) if isinstance(row_id, int) else None
        return self.model.row_values(row) if row is not None else None

    def _on_activated(self, row_id: object) -> None:
        row = self._row(row_id)
        if row is not None:
            self.open_letter(str(row["id"]))

    def _on_current(self) -> None:
        row = self._row(self.table.current_id())
        if row is not None:
            self._context.select(
                Selection(str(row["case_id"]), row["node_code"] or None, row["subject"] or "")
            )

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int):
            self.table.select_id(row_id)
        menu = QMenu(self)
        menu.addAction(self.tr("Open letter"), lambda: self._on_activated(row_id))
        menu.addAction(self.tr("Copy"), self.table.copy_selection)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # Form and page

    def _on_seed(self, made: LetterSeed) -> None:
        self.form.open_seed(made)
        self._go("form")

    def _on_edit(self, found: Letter) -> None:
        args = LetterArgs(self._context.law, found.id, self._context.today())

        def show(made: LetterSeed) -> None:
            self.form.open_seed(made, found.id)
            self._go("form")

        self._context.read(self, "seed", stored_seed, args, show)

    def _on_issued(self, saved: Saved) -> None:
        if saved.serial is None:
            said = self.tr("Letter waits for its number from the shared database")
        else:
            number = letter_number(saved.year, saved.serial)
            said = self.tr("Letter {number} issued").format(number=number)
        self._context.notify(said, level="done")
        self.open_letter(saved.letter_id)

    def _on_stored(self, saved: Saved) -> None:
        self._context.notify(self.tr("Draft stored"), level="done")
        self.open_letter(saved.letter_id)

    def _on_letter(self, found: Letter | None) -> None:
        if found is None:
            self._go("list")
            return
        if self._show_id == found.id:
            self.page.show_letter(found)
            self._go("letter")

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._show_id is not None and changes.touches(*TABLES):
            self.open_letter(self._show_id)
