"""法警勤务: the week's police shifts, assigned and cleared with a form. UI thread."""

from datetime import date, timedelta

from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.teams import commands, duty_queries
from desktop.panels.teams.commands import AssignArgs, ClearArgs
from desktop.panels.teams.duty_queries import Week
from desktop.panels.teams.shift_grid import ShiftGrid
from desktop.panels.teams.shifts import (
    USUAL_FROM,
    USUAL_TO,
    Officer,
    monday_of,
    read_time,
    week_days,
    week_reading,
)
from widgets.forms import DateField, FormDialog

_TABLES = ("police_shift", "absence", "person", "team")


class ShiftView(QWidget):
    """One week at a time; double click or Enter on a day opens the form for it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.monday = monday_of(context.today())
        self.shown: Week | None = None
        self.dialog: FormDialog | None = None
        self.week_label = QLabel(self)
        self.week_label.setProperty("role", "title")
        self.earlier_button = QPushButton(self.tr("Earlier week"), self)
        self.this_button = QPushButton(self.tr("This week"), self)
        self.later_button = QPushButton(self.tr("Later week"), self)
        self.assign_button = QPushButton(self.tr("Assign…"), self)
        self.assign_button.setProperty("kind", "primary")
        self.clear_button = QPushButton(self.tr("Clear shift"), self)
        self.grid = ShiftGrid(self)
        self.reading = QLabel(self)
        self.reading.setProperty("role", "muted")
        self.reading.setWordWrap(True)
        self._arrange()
        self.earlier_button.clicked.connect(lambda _checked=False: self._go(-7))
        self.later_button.clicked.connect(lambda _checked=False: self._go(7))
        self.this_button.clicked.connect(lambda _checked=False: self._go(0))
        self.assign_button.clicked.connect(lambda _checked=False: self.open_form())
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        self.grid.cell_chosen.connect(lambda _row, _day: self.open_form())
        self.live = LiveRefresh(self, context, _TABLES, self._read)

    def show_day(self, day: date) -> None:
        """Shows the week of `day`."""
        self.monday = monday_of(day)
        self.live.ask()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for button in (self.earlier_button, self.this_button, self.later_button):
            top.addWidget(button)
        top.addSpacing(8)
        top.addWidget(self.week_label)
        top.addStretch(1)
        top.addWidget(self.clear_button)
        top.addWidget(self.assign_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.reading)

    def _go(self, days: int) -> None:
        base = self.monday if days else self.context.today()
        self.show_day(base + timedelta(days=days))

    def _read(self) -> None:
        self.context.read(
            self, "week", duty_queries.week, self.monday, self._on_week, self._on_error
        )

    def _on_error(self, sentence: str) -> None:
        self.context.notify(sentence, level="error")
        self.live.finished()

    def _on_week(self, found: Week) -> None:
        self.shown = found
        days = week_days(found.monday)
        self.week_label.setText(f"{days[0].isoformat()} — {days[-1].isoformat()}")
        self.grid.set_week(found.officers, found.monday, self.context.today())
        self.reading.setText(week_reading(found.officers))
        self.assign_button.setEnabled(bool(found.officers))
        self.live.finished()

    # Assigning and clearing

    def open_form(self) -> None:
        """The form, filled from the chosen cell."""
        if self.shown is None or not self.shown.officers:
            return
        chosen = self.grid.chosen()
        officer, day = chosen or (self.shown.officers[0], max(self.monday, self.context.today()))
        dialog = FormDialog(self.tr("Police shift"), self, submit_text=self.tr("Assign"), width=440)
        dialog.setObjectName("shift_dialog")
        self._fill_form(dialog, officer, day)
        dialog.form.submitted.connect(self._assign)
        dialog.finished.connect(lambda _result: self._forget())
        self.dialog = dialog
        dialog.show()

    def _forget(self) -> None:
        self.dialog = None

    def _fill_form(self, dialog: FormDialog, officer: Officer, day: date) -> None:
        assert self.shown is not None
        people, teams = QComboBox(dialog), QComboBox(dialog)
        for one in self.shown.officers:
            people.addItem(f"{one.name}　{one.court}", one.person_id)
        for team_id, name, court_id in self.shown.teams:
            if court_id == officer.court_id:
                teams.addItem(name, team_id)
        form = dialog.form
        form.add_field("person", self.tr("Officer"), people, required=True)
        form.add_field("team", self.tr("Team"), teams, required=True)
        form.add_field("first", self.tr("Day"), DateField(dialog, optional=False), required=True)
        form.add_field(
            "last", self.tr("Until"), DateField(dialog), hint=self.tr("Empty for one day")
        )
        for key, label in (
            ("from_time", self.tr("From (time)")),
            ("to_time", self.tr("To (time)")),
        ):
            form.add_field(key, label, QLineEdit(dialog), required=True, check=self._time_problem)
        shift = next((s for s in officer.days if s is not None and s.day == day), None)
        form.set_values(
            {
                "person": officer.person_id,
                "team": shift.team_id if shift else teams.itemData(0),
                "first": day,
                "from_time": shift.from_time if shift else USUAL_FROM,
                "to_time": shift.to_time if shift else USUAL_TO,
            }
        )

    def _time_problem(self, value: object) -> str:
        return "" if read_time(str(value)) else self.tr("Write a time such as 08:30.")

    def _assign(self, values: dict[str, object]) -> None:
        first, last = values["first"], values["last"] or values["first"]
        assert isinstance(first, date)
        assert isinstance(last, date)
        args = AssignArgs(
            str(values["person"]),
            str(values["team"]),
            first,
            last,
            read_time(str(values["from_time"])) or "",
            read_time(str(values["to_time"])) or "",
        )
        if self.dialog is not None:
            self.dialog.form.set_busy(True)
        self.context.write(
            self, "排法警勤务", commands.assign, args, self._on_assigned, self._on_refused
        )

    def _on_assigned(self, days: int) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self.context.notify(
            self.tr("Shift assigned for {days} days").format(days=days), level="done"
        )

    def _on_refused(self, sentence: str) -> None:
        if self.dialog is None:
            self.context.notify(sentence, level="error")
            return
        self.dialog.form.set_busy(False)
        self.dialog.form.set_errors({"team": sentence})

    def clear(self) -> None:
        """Takes the chosen day's shift back."""
        chosen = self.grid.chosen()
        if chosen is None:
            self.context.notify(self.tr("Choose a day of an officer first."))
            return
        officer, day = chosen
        self.context.write(
            *(self, "撤销法警勤务", commands.clear, ClearArgs(officer.person_id, day)),
            lambda team: self._on_cleared(officer.name, str(team)),
        )

    def _on_cleared(self, name: str, team: str) -> None:
        text = self.tr("Shift of {name} with {team} cleared").format(name=name, team=team)
        self.context.notify(text, level="done")
