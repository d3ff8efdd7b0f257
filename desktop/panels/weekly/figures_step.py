"""The frozen figures: cards, five tables, two plots, and what is behind each number. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.figures_draft import NewWeekly, retake
from desktop.evidence.figures import CITY, CourtFigures
from desktop.evidence.snapshot import Snapshot
from desktop.panels.weekly.columns import late_columns
from desktop.panels.weekly.drill import DrillPane
from desktop.panels.weekly.figures_plots import FiguresPlots
from desktop.panels.weekly.figures_table import FiguresTable
from desktop.panels.weekly.freezing import Freezing, freeze
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.step_page import StepPage, button, text_label
from desktop.panels.weekly.tables import late_ids, rows_behind, tables_of
from widgets.figure import FigureCard
from widgets.table import DataTable, PagedTableModel, StaticSource

_CARDS: Final = ("received", "closed", "closing_rate", "resolved_rate", "overdue", "case_ratio")
_LATE: Final = 4  # 表5 has its own columns
_NAMES: Final = ("收结", "办结率", "化解", "重复越级", "超期点名")


class FiguresStep(StepPage):
    """Every number opens its rows at the right."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("figures_step")
        self.frozen = text_label(self, "muted")
        self.frozen.setObjectName("frozen_at")
        self.again_button = button(self, "retake", self.tr("Take the figures anew"), self._retake)
        self.cards: Mapping[str, FigureCard] = {code: FigureCard("", self) for code in _CARDS}
        self.tabs = QButtonGroup(self)
        self.table = FiguresTable(self)
        self.late_source = StaticSource()
        self.late_model = PagedTableModel(late_columns(), self.late_source, self)
        self.late_table = DataTable(self.late_model, self)
        self.late_table.set_compact(True)
        self.late_table.set_empty_text(self.tr("No petition is overdue"), "")
        self.plots = FiguresPlots(self)
        self.drill = DrillPane(context, self)
        self._stack = QStackedWidget(self)
        self._asked = (CITY, "resolved_rate", "both")
        self._arrange()
        self.table.figure_asked.connect(self.ask)
        self.plots.figure_asked.connect(self.ask)
        self.late_table.row_activated.connect(self._open_late)
        self.tabs.idClicked.connect(self._show_table)
        for code, card in self.cards.items():
            card.setObjectName(f"card_{code}")
            card.clicked.connect(lambda code=code: self.ask(CITY, code, "both"))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.frozen, 1)
        head.addWidget(self.again_button)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        for card in self.cards.values():
            cards.addWidget(card)
        tabs = QHBoxLayout()
        tabs.setSpacing(6)
        for number, name in enumerate(_NAMES):
            one = QPushButton(f"表{number + 1} {name}", self)
            one.setObjectName(f"table_{number + 1}")
            one.setCheckable(True)
            one.setChecked(number == 0)
            one.setProperty("kind", "segment")
            self.tabs.addButton(one, number)
            tabs.addWidget(one)
        tabs.addStretch(1)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.late_table)
        upper = QWidget(self)
        inner = QVBoxLayout(upper)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(tabs)
        inner.addWidget(self._stack, 1)
        left = QSplitter(Qt.Orientation.Vertical, self)
        left.addWidget(upper)
        left.addWidget(self.plots)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        left.setChildrenCollapsible(True)
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.addWidget(left)
        across.addWidget(self.drill)
        across.setStretchFactor(0, 3)
        across.setStretchFactor(1, 2)
        across.setSizes([640, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.error)
        layout.addLayout(cards)
        layout.addWidget(across, 1)

    def fill(self, found: Circular) -> None:
        """Shows the figures of a circular as corrected."""
        snapshot, figures = found.snapshot, found.figures
        if snapshot is None or figures is None:
            return
        self.frozen.setText(self._frozen_words(snapshot, len(figures.corrections)))
        self.again_button.setVisible(found.sends and found.state == "draft")
        whose = figures.of(found.own_court) if found.own_court in _ids(snapshot) else figures.city
        for code, card in self.cards.items():
            self._show_card(card, whose, code)
        self._show_table(self.tabs.checkedId())
        self.late_source.set_rows(
            rows_behind(snapshot, figures, late_ids(figures, found.own_court))
        )
        self.late_model.refresh()
        self.plots.show_figures(snapshot, figures)
        self.ask(*self._asked)

    def _frozen_words(self, snapshot: Snapshot, corrections: int) -> str:
        words = self.tr("{week}, frozen at {at}, snapshot {digits}").format(
            week=snapshot.week.words,
            at=f"{snapshot.taken_at:%Y-%m-%d %H:%M}",
            digits=snapshot.sha256[:12],
        )
        if snapshot.chain is not None:
            words += self.tr(", link {seq} of the chain").format(seq=snapshot.chain.seq)
        if corrections:
            words += self.tr(", {count} corrections").format(count=corrections)
        return words

    def _show_card(self, card: FigureCard, whose: CourtFigures, code: str) -> None:
        figure = whose[code]
        parts = figure.parts() if figure.of is not None else whose.name
        look = {True: "normal", False: "overdue", None: ""}[figure.meets]
        if code == "overdue" and figure.hits:
            look = "overdue"
        card.set_label(figure.definition.name.removeprefix("执行信访"))
        card.set_figure(figure.words(), parts, look)

    def _show_table(self, number: int) -> None:
        found = self.found
        if found is None or found.snapshot is None or found.figures is None:
            return
        if number == _LATE:
            self._stack.setCurrentWidget(self.late_table)
            return
        tables = tables_of(found.snapshot, found.figures, found.own_court)
        self.table.set_table(tables[max(0, number)])
        self._stack.setCurrentWidget(self.table)

    def ask(self, court_id: str, code: str, part: str) -> None:
        """Opens the rows behind a figure."""
        found = self.found
        if found is None or found.snapshot is None or found.figures is None:
            return
        self._asked = (court_id, code, part)
        self.drill.show_figure(found.snapshot, found.figures, court_id, code, part)

    def _open_late(self, row_id: object) -> None:
        row = self.late_model.row_of(row_id) if isinstance(row_id, int) else None
        values = self.late_model.row_values(row) if row is not None else None
        if values:
            self.context.open("petitions", {"petition_id": str(values["petition_id"])})

    # Anew, while nobody was asked

    def _retake(self) -> None:
        found = self.found
        if found is None or found.snapshot is None:
            return
        args = Freezing(self.context.law, found.snapshot.week, self.context.now())
        freeze(self.context, self, args, self._on_taken, self.refuse)

    def _on_taken(self, snapshot: Snapshot) -> None:
        if self.found is None:
            return
        new = NewWeekly(snapshot, self.context.who.person_id, self.context.now())
        self.write(
            "重新固定周通报数据",
            _retake,
            (self.found.id, new),
            lambda _nothing: self.tr("The figures were taken anew."),
        )


def _retake(connection: object, args: tuple[str, NewWeekly]) -> None:
    retake(connection, *args)  # type: ignore[arg-type]


def _ids(snapshot: Snapshot) -> set[str]:
    return {one.id for one in snapshot.courts}
