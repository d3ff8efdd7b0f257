"""Team staffing on any day: the teams, what they lack, who belongs to them, and how it was.

UI thread.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMenu, QSplitter, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.panels.teams import queries
from desktop.panels.teams.columns import columns, member_columns
from desktop.panels.teams.queries import DetailArgs, TeamDetail
from desktop.panels.teams.rules import KIND_WORDS, StaffingFilter
from widgets.forms import DateField, FilterBox, Option
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

_LOW = 340


class TeamsView(ListPanel[StaffingFilter]):
    """The list above; members and history of the current team below."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot, queries.rows, ("team", "membership", "person", "court")
            ),
            filter_=StaffingFilter(),
        )
        self.court_box = FilterBox(self.tr("Court"), all_text=self.tr("All courts"), parent=self)
        self.kind_box = FilterBox(self.tr("Kind"), all_text=self.tr("All kinds"), parent=self)
        self.missing_box = QCheckBox(self.tr("Only with vacancies"), self)
        self.day_label = QLabel(self.tr("Staffing on"), self)
        self.day_label.setProperty("role", "muted")
        self.day_field = DateField(self, optional=False)
        for widget in (
            self.court_box,
            self.kind_box,
            self.missing_box,
            self.day_label,
            self.day_field,
        ):
            self.add_filter(widget)
        self.police_label = QLabel(self)
        self.police_label.setWordWrap(True)
        self.police_label.setProperty("role", "error")
        self.police_label.hide()
        self._build_detail()
        self.table.set_empty_text(
            self.tr("No teams here"), self.tr("Choose another court, or enter teams by import.")
        )
        self.kind_box.set_options([Option(key, words) for key, words in KIND_WORDS.items()])
        self.day_field.set_value(context.today())
        self.court_box.changed.connect(self._on_boxes)
        self.kind_box.changed.connect(self._on_boxes)
        self.day_field.changed.connect(self._on_boxes)
        self.missing_box.toggled.connect(self._on_boxes)
        self.model.page_arrived.connect(self._read_detail)
        Offers(self, context, queries.courts, None, self._on_courts)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows the list of `params` (courts, kinds, missing, day)."""
        filter_ = StaffingFilter.from_params(params)
        boxes = (self.court_box, self.kind_box, self.missing_box, self.day_field)
        for box in boxes:
            box.blockSignals(True)
        self.court_box.set_selected(filter_.courts)
        self.kind_box.set_selected(filter_.kinds)
        self.missing_box.setChecked(filter_.missing)
        self.day_field.set_value(filter_.day or self.context.today())
        for box in boxes:
            box.blockSignals(False)
        self.set_filter(filter_)

    def page_day(self) -> date:
        return self.filter.day or self.context.today()

    def count_text(self, count: int) -> str:
        return self.tr("{count} teams").format(count=count)

    def give_order(self) -> None:
        """Begins an order to the team of the current row."""
        row = self.current_row()
        if row is not None:
            self.context.open("remote_command", {"new": "1", "team_id": str(row["team_id"])})

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Give an order…"), self.give_order)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _build_detail(self) -> None:
        self.detail_label = QLabel(self)
        self.detail_label.setProperty("role", "title")
        self._members = StaticSource(())
        self.member_model = PagedTableModel(member_columns(), self._members, self)
        self.member_table = DataTable(self.member_model, self)
        self.member_table.set_empty_text(
            self.tr("No members"), self.tr("Choose a team above to see who belongs to it.")
        )
        self.history_label = QLabel(self.tr("Staffing from day to day"), self)
        self.history_label.setProperty("role", "title")
        self.history = StepList(self, scroll=True)
        self._below = below = QWidget(self)
        pair = QHBoxLayout(below)
        pair.setContentsMargins(0, 8, 0, 0)
        pair.setSpacing(16)
        for label, widget, share in (
            (self.detail_label, self.member_table, 3),
            (self.history_label, self.history, 2),
        ):
            column = QVBoxLayout()
            column.addWidget(label)
            column.addWidget(widget, 1)
            pair.addLayout(column, share)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.removeWidget(self.table)
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setObjectName("teams_splitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(below)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        layout.addWidget(self.police_label)
        layout.addWidget(self._splitter, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low panel two tables would leave room for neither.
        self._below.setVisible(self.height() >= current_theme().px(_LOW))

    def _on_courts(self, found: list[tuple[str, str]]) -> None:
        self.court_box.set_options([Option(key, name) for key, name in found])

    def _on_boxes(self, *_: object) -> None:
        day = self.day_field.value()
        self.set_filter(
            replace(
                self.filter,
                courts=tuple(str(key) for key in self.court_box.selected()),
                kinds=tuple(str(key) for key in self.kind_box.selected()),
                missing=self.missing_box.isChecked(),
                day=None if day == self.context.today() else day,
            )
        )

    def _read(self) -> None:
        super()._read()
        self.context.read(
            self, "police", queries.police_sentences, self.page_day(), self._on_police
        )
        self._read_detail()

    def _on_police(self, sentences: list[str]) -> None:
        self.police_label.setText("；".join(sentences))
        self.police_label.setVisible(bool(sentences))

    def _on_current(self, current: object) -> None:
        super()._on_current(current)
        self._read_detail()

    def _read_detail(self) -> None:
        row = self.current_row()
        if row is not None:
            args = DetailArgs(str(row["team_id"]), self.page_day())
            self.context.read(self, "detail", queries.detail, args, self._on_detail)

    def _on_detail(self, found: TeamDetail | None) -> None:
        self.detail_label.setText(
            "" if found is None else self.tr("Members of {team}").format(team=found.name)
        )
        self._members.set_rows(() if found is None else found.members)
        self.member_model.refresh()
        self.history.set_steps([] if found is None else [_step(*one) for one in found.periods])


def _step(first: date, last: date | None, sentences: tuple[str, ...]) -> Step:
    head = f"{first.isoformat()} — {last.isoformat() if last else '至今'}"
    if sentences:
        return Step("late", head, "；".join(sentences))
    return Step("done", head, "编制齐备")
