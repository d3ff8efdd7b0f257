"""信访成因: the risk list, the reasons of a case, and the trial behind it all. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.panels.petition_causes import queries, words
from desktop.panels.petition_causes.columns import reason_columns, risk_columns
from desktop.panels.petition_causes.queries import RiskArgs
from desktop.petitions.causes import RiskList, RiskRow
from desktop.petitions.filters import PetitionFilter
from widgets.plot import GroupedBars, Segment
from widgets.table import DataTable, PagedTableModel, StaticSource

# The list takes seconds to work out: changes within the minute wait for the next one.
_INTERVAL_MS: Final = 60_000
_NARROW: Final = 700
_LOW: Final = 480


class PetitionCausesView(QWidget):
    """`found`: what is shown, None before the first answer."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.found: RiskList | None = None
        self._rows: dict[int, RiskRow] = {}
        # A case keeps its number while others come and go, and so stays the current one.
        self._numbers: dict[str, int] = {}
        self._make_head()
        self._make_list()
        self._make_side()
        self._arrange()
        self.live = LiveRefresh(self, context, ("petition",), self._read, interval_ms=_INTERVAL_MS)
        self.table.current_id_changed.connect(self._on_current)
        self.table.row_activated.connect(lambda _id: self.open_case())

    # Parts

    def _make_head(self) -> None:
        self.note = QLabel(self.tr("Working out risks from the petitions of the past…"), self)
        self.note.setObjectName("causes_note")
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.error = QLabel(self)
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.hide()
        self.petitions_button = QPushButton(self.tr("Petitions of the case"), self)
        self.petitions_button.setObjectName("causes_petitions")
        self.case_button = QPushButton(self.tr("Open case"), self)
        self.case_button.setObjectName("causes_case")
        self.letter_button = QPushButton(self.tr("Supervise…"), self)
        self.letter_button.setObjectName("causes_letter")
        self.letter_button.setProperty("kind", "primary")
        self.petitions_button.clicked.connect(lambda _checked=False: self.open_petitions())
        self.case_button.clicked.connect(lambda _checked=False: self.open_case())
        self.letter_button.clicked.connect(lambda _checked=False: self.supervise())

    def _make_list(self) -> None:
        self._source = StaticSource(())
        self.model = PagedTableModel(risk_columns(), self._source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(self.tr("No list yet"), self.tr("The sentence above says why."))

    def _make_side(self) -> None:
        self._reasons = StaticSource(())
        self.reason_model = PagedTableModel(reason_columns(), self._reasons, self)
        self.reason_table = DataTable(self.reason_model, self)
        self.reason_table.set_empty_text(
            self.tr("No case chosen"), self.tr("Choose a case: its reasons add up to its risk.")
        )
        self._points = StaticSource(())
        self.points_model = PagedTableModel(reason_columns(), self._points, self)
        self.points_table = DataTable(self.points_model, self)
        self.points_table.set_empty_text(self.tr("No points"), self.tr("Nothing passed the trial."))
        self.chart = GroupedBars("")
        self.chart.set_empty_text(self.tr("There was too little to try."))
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.reason_table, self.tr("Why this case"))
        self.tabs.addTab(self.chart, self.tr("Trial"))
        self.tabs.addTab(self.points_table, self.tr("All signs"))

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.petitions_button, self.case_button, self.letter_button):
            buttons.addWidget(button)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self.splitter = QSplitter(self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.note)
        layout.addWidget(self.error)
        layout.addWidget(self.splitter, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow pane has its reasons below the list, unless it is low."""
        super().resizeEvent(event)
        beside = event.size().width() >= _NARROW or event.size().height() < _LOW
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)

    # Reading

    def _read(self) -> None:
        args = RiskArgs(self.context.law, self.context.today())
        self.context.read(self, "risks", queries.risks, args, self._on_risks, self._on_error)

    def _on_risks(self, found: RiskList) -> None:
        self.error.hide()
        self.found = found
        self.note.setText(found.note)
        self._rows = {self._number(row.case_id): row for row in found.rows}
        self._source.set_rows(words.rows(self._rows))
        self.model.refresh()
        if self._rows and self.table.current_id() is None:
            self.table.select_id(next(iter(self._rows)))
        self._points.set_rows(words.reason_rows(found.points))
        self.points_model.refresh()
        self._show_trial(found)
        self._on_current(self.table.current_id())
        self.live.finished()

    def _number(self, case_id: str) -> int:
        return self._numbers.setdefault(case_id, len(self._numbers) + 1)

    def _on_error(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()
        self.live.finished()

    def _show_trial(self, found: RiskList) -> None:
        bins = words.bin_words(found)
        self.chart.set_data(
            [one.name for one in bins],
            (
                Segment("expected", self.tr("Expected"), "unknown"),
                Segment("seen", self.tr("Seen"), "accent"),
            ),
            [(one.expected, one.seen) for one in bins],
            words.reading(found),
        )
        self.chart.setToolTip("\n".join(f"{one.name}：{one.tip}" for one in bins))

    def _on_current(self, current: int | None) -> None:
        row = None if current is None else self._rows.get(current)
        for button in (self.petitions_button, self.case_button, self.letter_button):
            button.setEnabled(row is not None)
        self._reasons.set_rows([] if row is None else words.reason_rows(row.reasons))
        self.reason_model.refresh()
        if row is not None:
            self.context.select(Selection(row.case_id))

    # What the buttons do

    def current(self) -> RiskRow | None:
        """The case of the current row."""
        current = self.table.current_id()
        return None if current is None else self._rows.get(current)

    def open_case(self) -> None:
        """Opens the case enquiry."""
        if (row := self.current()) is not None:
            self.context.open("case_query", {"case_id": row.case_id})

    def open_petitions(self) -> None:
        """Opens everything anybody brought about the case, open and closed."""
        if (row := self.current()) is not None:
            wanted = PetitionFilter(open=None, case_id=row.case_id)
            self.context.open("petitions", wanted.to_params())

    def supervise(self) -> None:
        """Begins a supervision letter about the case."""
        if (row := self.current()) is not None:
            params: Mapping[str, str] = {"new": "1", "case_id": row.case_id}
            self.context.open("supervision", {**params, "node_code": "", "subject": ""})
