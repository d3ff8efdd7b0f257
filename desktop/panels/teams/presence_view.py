"""在岗预警: days ahead on which no panel can sit, and who is away. UI thread."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.teams import commands, duty_queries
from desktop.panels.teams.columns import absence_columns
from desktop.panels.teams.commands import ABSENCE_KINDS, AbsenceArgs
from desktop.panels.teams.duty_queries import Presence
from desktop.rules.teams import PanelGap
from widgets.forms import DateField, FilterBox, FormDialog, Option
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.timeline import Step, StepList

_TABLES = ("absence", "membership", "person", "team")


class PresenceView(QWidget):
    """Warnings at the left, absences at the right; `counted` tells how many warnings stand."""

    counted = Signal(int)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.shown: Presence | None = None
        self.dialog: FormDialog | None = None
        # An absence keeps its number while others come and go, and so stays the current one.
        self._numbers: dict[str, int] = {}
        self.gap_label = QLabel(self.tr("Next 30 days: no panel possible"), self)
        self.gap_label.setProperty("role", "title")
        self.gaps = StepList(self, scroll=True)
        self.away_label = QLabel(self.tr("Away now and later"), self)
        self.away_label.setProperty("role", "title")
        self._rows = StaticSource(())
        self.model = PagedTableModel(absence_columns(), self._rows, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(
            self.tr("Nobody is away"), self.tr("Enter leave here before it begins.")
        )
        self.enter_button = QPushButton(self.tr("Enter absence…"), self)
        self.enter_button.setProperty("kind", "primary")
        self.withdraw_button = QPushButton(self.tr("Withdraw"), self)
        self._arrange()
        self.enter_button.clicked.connect(lambda _checked=False: self.open_form())
        self.withdraw_button.clicked.connect(lambda _checked=False: self.withdraw())
        self.live = LiveRefresh(self, context, _TABLES, self._read)
        # The tab's title warns before the tab is ever opened.
        self._read()

    def _arrange(self) -> None:
        left, right = QWidget(self), QWidget(self)
        first = QVBoxLayout(left)
        first.setContentsMargins(0, 0, 8, 0)
        first.addWidget(self.gap_label)
        first.addWidget(self.gaps, 1)
        head = QHBoxLayout()
        head.addWidget(self.away_label, 1)
        head.addWidget(self.withdraw_button)
        head.addWidget(self.enter_button)
        second = QVBoxLayout(right)
        second.setContentsMargins(8, 0, 0, 0)
        second.addLayout(head)
        second.addWidget(self.table, 1)
        splitter = QSplitter(self)
        splitter.setObjectName("presence_splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([460, 540])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(splitter)

    def _read(self) -> None:
        self.context.read(
            *(self, "presence", duty_queries.presence, self.context.today()),
            *(self._on_presence, self._on_error),
        )

    def _on_error(self, sentence: str) -> None:
        self.context.notify(sentence, level="error")
        self.live.finished()

    def _on_presence(self, found: Presence) -> None:
        self.shown = found
        if found.gaps:
            pairs = zip(found.gaps, found.courts, strict=True)
            self.gaps.set_steps([_step(gap, court) for gap, court in pairs])
        else:
            words = self.tr("Every adjudication team can form a panel on each of these days.")
            self.gaps.set_steps([Step("done", words)])
        self._rows.set_rows(
            [
                {
                    "id": self._numbers.setdefault(row.id, len(self._numbers)),
                    "name": row.person,
                    "place": f"{row.court}{row.team}",
                    "kind": row.kind,
                    "from_on": row.from_on,
                    "to_on": row.to_on,
                }
                for row in found.away
            ]
        )
        self.model.refresh()
        self.counted.emit(len(found.gaps))
        self.live.finished()

    # Entering and withdrawing

    def open_form(self) -> None:
        """The form for days away."""
        if self.shown is None:
            return
        dialog = FormDialog(self.tr("Absence"), self, submit_text=self.tr("Enter"), width=440)
        dialog.setObjectName("absence_dialog")
        people = FilterBox("", all_text=self.tr("Choose a person"), multiple=False, parent=dialog)
        people.set_options([Option(key, label) for key, label in self.shown.people])
        kinds = QComboBox(dialog)
        for key, words in ABSENCE_KINDS.items():
            kinds.addItem(words, key)
        form = dialog.form
        form.add_field("person", self.tr("Person"), people, required=True)
        form.add_field("kind", self.tr("Kind"), kinds, required=True)
        form.add_field("from_on", self.tr("From"), DateField(dialog, optional=False), required=True)
        form.add_field("to_on", self.tr("To"), DateField(dialog, optional=False), required=True)
        form.set_values({"from_on": self.context.today(), "to_on": self.context.today()})
        form.submitted.connect(self._enter)
        dialog.finished.connect(lambda _result: self._forget())
        self.dialog = dialog
        dialog.show()

    def _forget(self) -> None:
        self.dialog = None

    def _enter(self, values: dict[str, object]) -> None:
        chosen, first, last = values["person"], values["from_on"], values["to_on"]
        assert isinstance(chosen, tuple)
        assert isinstance(first, date)
        assert isinstance(last, date)
        args = AbsenceArgs(str(chosen[0]), first, last, str(values["kind"]))
        self.context.write(
            self, "登记不在岗", commands.enter_absence, args, self._on_entered, self._on_refused
        )

    def _on_entered(self, _row_id: object) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self.context.notify(self.tr("Absence entered"), level="done")

    def _on_refused(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.form.set_errors({"to_on": sentence})

    def withdraw(self) -> None:
        """Takes the chosen absence back."""
        current = self.table.current_id()
        away = self.shown.away if self.shown is not None else ()
        row = next((one for one in away if self._numbers.get(one.id) == current), None)
        if row is None:
            self.context.notify(self.tr("Choose an absence first."))
            return
        self.context.write(
            *(self, "撤回不在岗登记", commands.withdraw_absence, row.id, self._on_withdrawn)
        )

    def _on_withdrawn(self, _done: object) -> None:
        self.context.notify(self.tr("Absence withdrawn"), level="done")


def _step(gap: PanelGap, court: str) -> Step:
    days = gap.from_on.isoformat()
    if gap.to_on != gap.from_on:
        days += f" — {gap.to_on.isoformat()}"
    return Step("late", f"{days}　{court}", gap.sentence)
