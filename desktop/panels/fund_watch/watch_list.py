"""The list of money that waits: by clock, red and amber first, with its boxes. UI thread."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sheets import Exported
from desktop.panels.fund_watch import queries
from desktop.panels.fund_watch.columns import columns, sheet_columns
from desktop.panels.fund_watch.papers import ListArgs, Paper, export_watch, print_sheet, watch_paper
from desktop.panels.fund_watch.queries import TABLES, Summary, SummaryArgs
from desktop.panels.fund_watch.rules import LIGHT_WORDS, WatchFilter
from desktop.rules.fund_law import STEPS, load_fund_law
from desktop.rules.money import grouped
from widgets.forms import FilterBox, Option
from widgets.parts import named_button
from widgets.pdf_preview import PdfPreview

_SEARCH_DELAY_MS: Final = 200
_BOXES: Final = ("lights", "colours", "steps", "holders")


class WatchList(ListPanel[WatchFilter]):
    """`opened(entry id, order id or "")` when a row is asked for."""

    opened = Signal(str, str)

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
            filter_=WatchFilter(),
        )
        self.setObjectName("fund_watch_list")
        self.summary: Summary | None = None
        self.preview: PdfPreview | None = None
        self._make_boxes()
        self.what = named_button(self, "watch_restriction", "")
        self.what.setProperty("kind", "quiet")
        self.what.setToolTip(self.tr("Show the money of all cases again"))
        self.what.hide()
        self.add_filter(self.what)
        self.more = QPushButton(self.tr("More"), self)
        self.more.setObjectName("more_lists")
        menu = QMenu(self.more)
        self.print_action = menu.addAction(self.tr("Print the list"), self.print)
        self.export_action = menu.addAction(self.tr("Whole list as XLSX"), self.export)
        menu.addSeparator()
        menu.addAction(self.tr("Approval tiers"), partial(context.open, "approval_tiers"))
        self.more.setMenu(menu)
        self.filter_row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.table.set_empty_text(
            self.tr("No money waits here"),
            self.tr("What came in and was not paid out is listed here with its clock."),
        )
        self._connect()

    def _make_boxes(self) -> None:
        law = load_fund_law()
        words = {
            "lights": (self.tr("Light"), self.tr("Any light")),
            "colours": (self.tr("Days held"), self.tr("Any age")),
            "steps": (self.tr("Step"), self.tr("All steps")),
            "holders": (self.tr("Holder"), self.tr("All holders")),
        }
        self._boxes = {
            key: FilterBox(name, all_text=every, parent=self)
            for key, (name, every) in words.items()
        }
        options = {
            "lights": [Option(key, word, state=key) for key, word in LIGHT_WORDS.items()],
            "colours": [
                Option(one.code, f"{one.name}（满 {one.from_days} 日）", state=one.state)
                for one in law.colours
            ],
            "steps": [Option(code, law.steps[code].name) for code in STEPS],
        }
        for key, box in self._boxes.items():
            box.setObjectName(f"watch_{key}")
            box.set_options(options.get(key, []))
            self.add_filter(box)
        self.search = QLineEdit(self)
        self.search.setObjectName("watch_search")
        self.search.setPlaceholderText(self.tr("Case, receipt, payer or holder"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(180)
        self.add_filter(self.search)

    def _connect(self) -> None:
        self.table.row_activated.connect(lambda _id: self.open_current())
        self.what.clicked.connect(lambda _checked=False: self.show_filter(WatchFilter()))
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(_SEARCH_DELAY_MS)
        self._search_soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())
        for box in self._boxes.values():
            box.changed.connect(self._on_boxes)

    # What the view calls

    def box(self, key: str) -> FilterBox:
        """The filter box of a part of the filter."""
        return self._boxes[key]

    def show_filter(self, wanted: WatchFilter) -> None:
        """Shows exactly that list, with the boxes saying so."""
        for key in _BOXES:
            box = self._boxes[key]
            was = box.blockSignals(True)
            box.set_selected(getattr(wanted, key))
            box.blockSignals(was)
        was = self.search.blockSignals(True)
        self.search.setText(wanted.text)
        self.search.blockSignals(was)
        self.what.setText(self.tr("One case only") + "　×")
        self.what.setVisible(wanted.case_id is not None)
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        words = self.tr("{count} sums").format(count=f"{count:,}")
        if self.summary is None:
            return words
        red, fen = self.summary.sums["overdue"]
        late = self.tr("red {count}, ¥{amount}")
        return f"{words}　" + late.format(count=f"{red:,}", amount=grouped(fen))

    def open_current(self) -> None:
        """Opens the page of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["entry_id"]), str(row["order_id"] or ""))

    def open_case(self) -> None:
        """A double click opens the money; the case has its own entry in the menu."""

    def fill_menu(self, menu: QMenu) -> None:
        row = self.current_row()
        menu.addAction(self.tr("Why, and what can be done"), self.open_current)
        if row is not None and row.get("order_id"):
            params = {"order_id": str(row["order_id"])}
            menu.addAction(
                self.tr("Open order"), partial(self.context.open, "disbursement", params)
            )
        if row is not None and row.get("case_id"):
            params = {"case_id": str(row["case_id"])}
            menu.addAction(self.tr("Open case"), super().open_case)
            menu.addAction(
                self.tr("Account of the case"), partial(self.context.open, "fund_board", params)
            )
            menu.addAction(self.tr("This case only"), partial(self._only, params["case_id"]))
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    # Inside

    def _only(self, case_id: str) -> None:
        self.show_filter(WatchFilter(case_id=case_id))

    def _on_boxes(self) -> None:
        def keys(name: str) -> tuple[str, ...]:
            return tuple(str(key) for key in self._boxes[name].selected())

        wanted = replace(
            self.filter,
            lights=keys("lights"),
            colours=keys("colours"),
            steps=keys("steps"),
            holders=keys("holders"),
            text=self.search.text().strip(),
        )
        self.set_filter(wanted)

    def _on_snapshot(self, count: int) -> None:
        super()._on_snapshot(count)
        args = SummaryArgs(self.context.today(), self.context.law)
        self.context.read(self, "count", queries.summary, args, self._on_summary)

    def _on_summary(self, found: Summary) -> None:
        self.summary = found
        box = self._boxes["holders"]
        was = box.blockSignals(True)
        box.set_options([Option(name, name) for name in found.holders])
        box.set_selected(self.filter.holders)
        box.blockSignals(was)
        self.count_label.setText(self.count_text(self.model.rowCount()))

    # Paper and sheet

    def _args(self, path: Path) -> ListArgs:
        return ListArgs(
            filter=self.filter,
            today=self.context.today(),
            law=self.context.law,
            columns=tuple(sheet_columns()),
            printed_at=self.context.now(),
            printed_by=self.context.who.name,
            path=path,
        )

    def print(self) -> None:
        """Lays the list out as PDF and shows it."""
        name = file_name("案款监督清单", f"{self.context.now():%Y%m%d-%H%M%S}")
        args = self._args(self.context.documents_folder() / name)
        self.context.read(self, "paper", watch_paper, args, self._lay_out)

    def _lay_out(self, paper: Paper) -> None:
        self.context.layout(self, print_sheet, paper, self._on_printed)

    def _on_printed(self, path: Path) -> None:
        self.context.copied("print", "案款监督清单")
        self.preview = PdfPreview(path, self.tr("Money that waits"), self)
        self.preview.failed.connect(lambda text: self.context.notify(text, level="error"))
        self.preview.show()
        self.context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    def export(self) -> None:
        """Writes the whole list into the documents folder."""
        name = file_name("案款监督清单", f"{self.context.now():%Y%m%d-%H%M%S}", suffix=".xlsx")
        args = self._args(self.context.documents_folder() / name)
        failed = partial(self.context.notify, level="error")
        self.context.read(self, "export", export_watch, args, self._on_exported, failed)

    def _on_exported(self, made: Exported) -> None:
        self.context.copied("export", f"案款监督清单（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self.context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")
