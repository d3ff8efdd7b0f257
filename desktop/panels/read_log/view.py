"""阅卷记录 as a list. UI thread."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.reading import ACT_WORDS
from desktop.panels.read_log import queries
from desktop.panels.read_log.columns import columns
from desktop.panels.read_log.rules import SPANS, ReadFilter
from widgets.forms import FilterBox, Option

TYPING_PAUSE_MS = 200


class ReadLogView(ListPanel[ReadFilter]):
    """Who opened, printed or exported what; `apply({"of_case": id})` lists the looks at one case.

    Nothing here can be changed, and going through the list is no look at the cases in it.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, ("read_log", "case", "person")),
            filter_=ReadFilter(),
        )
        self.setObjectName("read_log_view")
        self.search = QLineEdit(self)
        self.search.setObjectName("read_log_search")
        self.search.setMinimumWidth(220)
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Case number, name or purpose"))
        self.act_box = FilterBox(self.tr("Act"), all_text=self.tr("All acts"), parent=self)
        self.span_box = FilterBox(
            self.tr("Time"), all_text=self.tr("Any time"), multiple=False, parent=self
        )
        self.stated_button = QPushButton(self.tr("With a purpose"), self)
        self.stated_button.setCheckable(True)
        self.case_button = QPushButton(self)
        self.case_button.setObjectName("of_case")
        self.case_button.setToolTip(self.tr("Show all cases again"))
        self.case_button.hide()
        self.act_box.set_options([Option(key, words) for key, words in ACT_WORDS.items()])
        self.span_box.set_options(
            [Option(key, self.tr("Last {days} days").format(days=key)) for key in SPANS]
        )
        for part in (
            self.search,
            self.act_box,
            self.span_box,
            self.stated_button,
            self.case_button,
        ):
            self.add_filter(part)
        self.table.set_empty_text(
            self.tr("Nobody looked in this time"),
            self.tr("Every case opened, printed or exported here is kept in this list."),
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._show_filter(self.filter)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._on_boxes)
        self._typing.timeout.connect(self._on_boxes)
        self.act_box.changed.connect(self._on_boxes)
        self.span_box.changed.connect(self._on_boxes)
        self.stated_button.toggled.connect(lambda _on: self._on_boxes())
        self.case_button.clicked.connect(lambda _down=False: self._leave_case())
        context.day_changed.connect(lambda _day: self.set_filter(self.filter))

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (ReadFilter.to_params)."""
        filter_ = ReadFilter.from_params(params)
        self._show_filter(filter_)
        self.set_filter(filter_)
        if filter_.of_case:
            self.context.read(self, "number", queries.case_number, filter_.of_case, self._on_number)

    def count_text(self, count: int) -> str:
        return self.tr("{count} looks").format(count=f"{count:,}")

    def open_case(self) -> None:
        row = self.current_row()
        if row is not None and row.get("of_case"):
            self.context.open("case_query", {"case_id": str(row["of_case"])})

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Only this case"), self._only_case)
        menu.addAction(self.tr("Open case"), self.open_case)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _only_case(self) -> None:
        row = self.current_row()
        if row is not None and row.get("of_case"):
            self.apply(replace(self.filter, of_case=str(row["of_case"])).to_params())

    def _leave_case(self) -> None:
        self.apply(replace(self.filter, of_case="").to_params())

    def _on_number(self, number: str) -> None:
        self.case_button.setText(self.tr("Only {number} ×").format(number=number))
        self.case_button.setVisible(bool(self.filter.of_case))

    def _show_filter(self, filter_: ReadFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        parts = (self.search, self.act_box, self.span_box, self.stated_button)
        for part in parts:
            part.blockSignals(True)
        self.search.setText(filter_.text)
        self.act_box.set_selected(filter_.acts)
        self.span_box.set_selected((filter_.span,) if filter_.span else ())
        self.stated_button.setChecked(filter_.stated)
        for part in parts:
            part.blockSignals(False)
        if not filter_.of_case:
            self.case_button.hide()

    def _on_boxes(self) -> None:
        self._typing.stop()
        self.set_filter(
            replace(
                self.filter,
                text=self.search.text(),
                acts=tuple(str(key) for key in self.act_box.selected()),
                span=next((str(key) for key in self.span_box.selected()), ""),
                stated=self.stated_button.isChecked(),
            )
        )
