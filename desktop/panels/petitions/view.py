"""信访接待: the list of petitions, the reception card, the page of one. UI thread."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.contract.sheets import Exported
from desktop.panels.petitions import queries
from desktop.panels.petitions.card import ReceptionCard
from desktop.panels.petitions.columns import columns, sheet_columns
from desktop.panels.petitions.done_page import DonePage
from desktop.panels.petitions.export import ExportArgs, export_list
from desktop.panels.petitions.page import PetitionPage
from desktop.panels.petitions.page_queries import Page, PageArgs, page
from desktop.panels.petitions.queries import TABLES, Offered
from desktop.panels.petitions.rules import OPEN_STATES, filter_words
from desktop.petitions.commands import Received
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.rules import CLASSES, LEVELS, RESULTS, SOURCES
from storage.records.changes import ChangeSet
from storage.records.states import STYLE_KEY
from widgets.forms import FilterBox, Option

_SEARCH_DELAY_MS: Final = 200
PageName = Literal["list", "card", "done", "petition"]
_PAGES: Final[tuple[PageName, ...]] = ("list", "card", "done", "petition")


class PetitionList(ListPanel[PetitionFilter]):
    """The list; `opened(petition id)`, `new_asked()`."""

    opened = Signal(str)
    new_asked = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                lambda connection, args: queries.snapshot(connection, args, context.law),
                lambda connection, ids, day: queries.rows(connection, ids, day, context.law),
                TABLES,
            ),
            filter_=PetitionFilter(),
        )
        self.setObjectName("petition_list")
        self._make_boxes()
        self.what = QPushButton(self)
        self.what.setObjectName("petition_restriction")
        self.what.setProperty("kind", "quiet")
        self.what.setToolTip(self.tr("Show all open petitions again"))
        self.what.hide()
        self.what.clicked.connect(lambda _checked=False: self.show_filter(PetitionFilter()))
        self.add_filter(self.what)
        self.more = QPushButton(self.tr("More"), self)
        self.more.setObjectName("more_lists")
        menu = QMenu(self.more)
        menu.addAction(self.tr("Posted petitions"), partial(context.open, "petition_register"))
        menu.addAction(self.tr("Petition figures"), partial(context.open, "petition_board"))
        menu.addSeparator()
        menu.addAction(self.tr("Whole list as XLSX"), self.export)
        self.more.setMenu(menu)
        self.filter_row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.add_button(self.tr("Reception (F7)"), self.new_asked.emit, primary=True)
        self.table.set_empty_text(
            self.tr("No petition here"),
            self.tr("Press F7 to note a visitor; orders from above are entered the same way."),
        )
        self.table.row_activated.connect(lambda _id: self.open_current())
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(_SEARCH_DELAY_MS)
        self._search_soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())
        for box in self._boxes.values():
            box.changed.connect(self._on_boxes)
        self._show_filter(self.filter)

    def _make_boxes(self) -> None:
        words = {
            "states": (self.tr("Clock"), self.tr("Any clock"), True),
            "open": (self.tr("State"), self.tr("Open and closed"), False),
            "courts": (self.tr("Court"), self.tr("All courts"), True),
            "sources": (self.tr("Source"), self.tr("All sources"), True),
            "classes": (self.tr("Class"), self.tr("Both classes"), True),
            "levels": (self.tr("Level"), self.tr("All levels"), True),
            "results": (self.tr("Result"), self.tr("All results"), True),
            "hung": (self.tr("Posted"), self.tr("Posted or not"), False),
        }
        self._boxes = {
            key: FilterBox(name, all_text=every, multiple=multiple, parent=self)
            for key, (name, every, multiple) in words.items()
        }
        options = {
            "states": [Option(one.value, one.value, state=STYLE_KEY[one]) for one in OPEN_STATES],
            "open": [Option("1", self.tr("Open")), Option("0", self.tr("Closed"))],
            "sources": [Option(key, word) for key, word in SOURCES.items()],
            "classes": [Option(key, word) for key, word in CLASSES.items()],
            "levels": [Option(key, word) for key, word in LEVELS.items()],
            "results": [Option(key, word) for key, word in RESULTS.items()],
            "hung": [Option("1", self.tr("Posted now"))],
        }
        for key, box in self._boxes.items():
            box.setObjectName(f"petition_{key}")
            box.set_options(options.get(key, []))
            self.add_filter(box)
        self.search = QLineEdit(self)
        self.search.setObjectName("petition_search")
        self.search.setPlaceholderText(self.tr("Name, pinyin, case number or code"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(190)
        self.add_filter(self.search)

    # What the view calls

    def box(self, key: str) -> FilterBox:
        """The filter box of a part of the filter."""
        return self._boxes[key]

    def set_offered(self, found: Offered) -> None:
        """The courts to choose from; a choice made before stays."""
        box = self._boxes["courts"]
        was = box.blockSignals(True)
        box.set_options([Option(one.id, one.label, one.sounds) for one in found.courts])
        box.set_selected(self.filter.courts)
        box.blockSignals(was)

    def show_filter(self, wanted: PetitionFilter) -> None:
        """Shows exactly that list."""
        self._show_filter(wanted)
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} petitions").format(count=f"{count:,}")

    def open_current(self) -> None:
        """Opens the petition of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["id"]))

    def open_case(self) -> None:
        """A double click opens the petition; the case has its own entry in the menu."""

    def fill_menu(self, menu: QMenu) -> None:
        row = self.current_row()
        menu.addAction(self.tr("Open petition"), self.open_current)
        if row is not None and row.get("case_id"):
            menu.addAction(self.tr("Open case"), super().open_case)
            menu.addAction(self.tr("Supervise…"), self.supervise)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    # Filter

    def _show_filter(self, wanted: PetitionFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        chosen: dict[str, tuple[str, ...]] = {
            "states": wanted.states,
            "open": () if wanted.open is None else ("1" if wanted.open else "0",),
            "courts": wanted.courts,
            "sources": wanted.sources,
            "classes": wanted.classes,
            "levels": wanted.levels,
            "results": wanted.results,
            "hung": ("1",) if wanted.hung else (),
        }
        for key, box in self._boxes.items():
            was = box.blockSignals(True)
            box.set_selected(chosen[key])
            box.blockSignals(was)
        was = self.search.blockSignals(True)
        if self.search.text().strip() != wanted.text:
            self.search.setText(wanted.text)
        self.search.blockSignals(was)
        self._say(wanted)

    def _say(self, wanted: PetitionFilter) -> None:
        words = filter_words(wanted)
        self.what.setText(f"{words}　×")
        self.what.setVisible(bool(words))

    def _on_boxes(self) -> None:
        def keys(name: str) -> tuple[str, ...]:
            return tuple(str(key) for key in self._boxes[name].selected())

        open_ = keys("open")
        wanted = replace(
            self.filter,
            states=keys("states"),
            open=None if not open_ else open_[0] == "1",
            courts=keys("courts"),
            sources=keys("sources"),
            classes=keys("classes"),
            levels=keys("levels"),
            results=keys("results"),
            hung=bool(keys("hung")),
            text=self.search.text().strip(),
        )
        self.set_filter(wanted)

    # Export

    def export(self) -> None:
        """Writes the whole list, in the order shown, into the documents folder."""
        stamp = f"{self.context.now():%Y%m%d-%H%M%S}"
        title = self.tr("Petition list")
        args = ExportArgs(
            law=self.context.law,
            filter=self.filter,
            today=self.context.today(),
            sort=self.model.sort_key,
            descending=self.model.descending,
            columns=tuple(sheet_columns()),
            title=title,
            path=self.context.documents_folder() / f"{title}_{stamp}.xlsx",
        )
        failed = partial(self.context.notify, level="error")
        self.context.read(self, "export", export_list, args, self._on_exported, failed)

    def _on_exported(self, made: Exported) -> None:
        self.context.copied("export", f"信访件清单（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self.context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")


class PetitionsView(QWidget):
    """`apply({"new": "1", …})` opens the card, which offers the case of `case_id` and with
    `"fill": "1"` holds it; `{"petition_id"}` one petition; PetitionFilter.to_params() its list;
    `{"case_id"}` alone the petitions of a case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("petitions_view")
        self._context = context
        self._show_id: str | None = None
        self.list = PetitionList(context, self)
        self.card = ReceptionCard(context, self)
        self.done = DonePage(context, self)
        self.page = PetitionPage(context, self)
        self._stack = QStackedWidget(self)
        for part in (self.list, self.card, self.done, self.page):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.list.opened.connect(self.open_petition)
        self.list.new_asked.connect(self.new_card)
        self.card.left.connect(lambda: self._go("list"))
        self.card.saved.connect(self._on_saved)
        self.done.left.connect(lambda: self._go("list"))
        self.done.next_asked.connect(self.new_card)
        self.done.open_asked.connect(self.open_petition)
        self.page.left.connect(lambda: self._go("list"))
        self.page.open_asked.connect(self.open_petition)
        context.changed.connect(self._on_changed)
        context.day_changed.connect(lambda _day: self._again())
        Offers(self, context, queries.offered, context.today(), self._on_offered)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new"):
            fill = params.get("fill") == "1"
            self.new_card(params.get("case_id", ""), params.get("node_code", ""), fill=fill)
        elif params.get("petition_id"):
            self.open_petition(params["petition_id"])
        elif params.get("petitions"):
            self.list.show_filter(PetitionFilter.from_params(params))
            self._go("list")
        elif params.get("case_id"):
            self.list.show_filter(PetitionFilter(open=None, case_id=params["case_id"]))
            self._go("list")

    @property
    def shown_page(self) -> PageName:
        """Which of the pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    def new_card(self, case_id: str = "", node_code: str = "", *, fill: bool = False) -> None:
        """Opens the reception card, which offers the case, or holds it with `fill`."""
        self._go("card")
        self.card.open(case_id, node_code, fill=fill)

    def open_petition(self, petition_id: str) -> None:
        """Shows one petition."""
        self._show_id = petition_id
        args = PageArgs(self._context.law, petition_id, self._context.today())
        self._context.read(self, "page", page, args, self._on_page)

    # Inside

    def _go(self, name: PageName) -> None:
        self._stack.setCurrentIndex(_PAGES.index(name))
        if name != "petition":
            self._show_id = None

    def _on_offered(self, found: Offered) -> None:
        self.list.set_offered(found)
        self.card.set_offered(found)
        self.page.set_offered(found)

    def _on_saved(self, found: Received) -> None:
        self._go("done")
        self.done.show_code(found)

    def _on_page(self, found: Page | None) -> None:
        if found is None:
            self._go("list")
        elif self._show_id == found.id:
            self.page.show_page(found)
            self._go("petition")

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches("petition", "petition_act", "node_clock", "supervision_letter"):
            self._again()

    def _again(self, *_args: Any) -> None:
        if self._show_id is not None:
            self.open_petition(self._show_id)
