"""The form of a police request; what is typed is kept. UI thread."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.command.police import NO_CASE, PoliceDraft, PoliceRequest, save
from desktop.contract.context import PanelContext
from desktop.panels.police.queries import Choice
from desktop.rules.police import OFFICERS_MAX, Wish, faults, time_of_day
from widgets.forms import DateField, Field, FormPane

_WIDTH_MAX: Final = 820
_DAY: Final = "day"


class PoliceForm(QWidget):
    """`saved(id)` follows the write; `left()` when the user goes back."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("police_form")
        self._context = context
        self._request_id: str | None = None
        self._operation_id: str | None = None
        self._open = False
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.form = FormPane(self, submit_text=self.tr("Save"), cancel_text=self.tr("Back to list"))
        self.form.submit_button.setObjectName("save_police")
        self.team = QComboBox(self)
        self._fill()
        self.form.setMaximumWidth(_WIDTH_MAX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.title, self.note):
            layout.addWidget(part)
        layout.addWidget(self.form, 1)
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)

    def _fill(self) -> None:
        form = self.form
        reason = QPlainTextEdit(self)
        reason.setTabChangesFocus(True)
        reason.setFixedHeight(reason.fontMetrics().lineSpacing() * 5 + 12)
        case = QLineEdit(self)
        case.setPlaceholderText(self.tr("Case number, if it is about one"))
        team = form.add_field("team_id", self.tr("For which team"), self.team, required=True)
        form.add_line(((team, 1), (form.add_field("case_number", self.tr("Case"), case), 1)))
        form.add_field("reason", self.tr("What for"), reason, required=True)
        form.add_field("place", self.tr("Where to come"), QLineEdit(self), required=True)
        parts = (
            form.add_field(_DAY, self.tr("Day"), DateField(self, optional=False), required=True),
            self._time("from_time", self.tr("From"), "08:30"),
            self._time("to_time", self.tr("Until"), "12:00"),
        )
        form.add_line(tuple((part, 1) for part in parts))
        officers, vehicles = QSpinBox(self), QSpinBox(self)
        officers.setRange(1, OFFICERS_MAX)
        vehicles.setRange(0, OFFICERS_MAX)
        arms = QLineEdit(self)
        arms.setPlaceholderText(self.tr("Batons, shields, a medic…"))
        form.add_line(
            (
                (form.add_field("officers", self.tr("Officers"), officers, required=True), 1),
                (form.add_field("vehicles", self.tr("Vehicles"), vehicles), 1),
                (form.add_field("arms", self.tr("Arms and equipment"), arms), 3),
            )
        )

    def _time(self, name: str, label: str, example: str) -> Field:
        box = QLineEdit(self)
        box.setPlaceholderText(example)
        box.textChanged.connect(lambda _text: self._show_end())
        missing = faults(Wish("", "", None, None, 1, 0))[name]

        def check(text: object) -> str:
            # Told with all that is missing, not after it.
            return "" if not text or time_of_day(str(text)) else missing

        return self.form.add_field(name, label, box, required=True, check=check)

    def _show_end(self) -> None:
        """Says when the end is on the next day: whoever mistyped sees it."""
        values = self.form.values()
        wish = self._wish(values)
        begin, end = wish.needed_from, wish.needed_to
        over = begin is not None and end is not None and end.date() > begin.date()
        words = self.tr("on {day}, the next day").format(day=f"{end:%m-%d}") if over else ""
        self.form.field("to_time").set_hint(words)

    # Opening

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept."""
        about = f"-{self._operation_id}" if self._operation_id else ""
        return f"police:{self._request_id or 'new'}{about}"

    def set_teams(self, teams: Sequence[Choice]) -> None:
        """Who can be asked for."""
        chosen = self.team.currentData()
        self.team.clear()
        for one in teams:
            self.team.addItem(one.label, one.id)
        self.team.setCurrentIndex(max(0, self.team.findData(chosen)))

    def open_new(self, case_number: str, operation_id: str | None, team_id: str | None) -> None:
        """An empty form, filled with what was typed before and not saved."""
        self._operation_id = operation_id
        values: dict[str, object] = {
            "case_number": case_number,
            _DAY: self._context.today() + timedelta(days=1),
            "officers": 2,
            "vehicles": 1,
        }
        if team_id is not None and self.team.findData(team_id) >= 0:
            values["team_id"] = team_id
        self._show(None, values, self.tr("Ask for police"))

    def open_request(self, found: PoliceRequest) -> None:
        """The stored words, to be changed."""
        self._operation_id = found.operation_id
        begin = datetime.fromisoformat(found.needed_from)
        end = datetime.fromisoformat(found.needed_to)
        values: dict[str, object] = {
            "team_id": found.team_id,
            "case_number": found.case_number,
            "reason": found.reason,
            "place": found.place,
            _DAY: begin.date(),
            "from_time": f"{begin:%H:%M}",
            "to_time": f"{end:%H:%M}",
            "officers": found.officers,
            "vehicles": found.vehicles,
            "arms": found.arms,
        }
        self._show(found.id, values, self.tr("Change the request"))

    def _show(self, request_id: str | None, values: dict[str, object], title: str) -> None:
        self._request_id = request_id
        self._open = True
        self.team.setEnabled(request_id is None)
        self.title.setText(title)
        self.note.setText(
            self.tr("The bureau chief alone sends it to the corps; then its words stand.")
        )
        blank = {"case_number": "", "reason": "", "place": "", "from_time": "", "to_time": ""}
        self.form.set_values({**blank, "arms": "", **values})
        self.form.set_errors({})
        self.form.set_waiting(True)
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if not self._open or key != self.draft_key:
            return
        self.form.set_waiting(False)
        if kept:
            values = {name: _day(v) if name == _DAY else v for name, v in kept.items()}
            self.form.set_values({name: v for name, v in values.items() if v is not None})
            self.note.setText(self.tr("What you typed before was restored."))
        self.form.field("reason").control.setFocus()

    # Writing

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._open:
            kept = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
            self._context.save_draft(self.draft_key, kept)

    def _wish(self, values: Mapping[str, Any]) -> Wish:
        day = values[_DAY]
        begin = self._moment(day, str(values["from_time"]))
        end = self._moment(day, str(values["to_time"]))
        if begin is not None and end is not None and end < begin:
            end += timedelta(days=1)  # over midnight
        return Wish(
            reason=str(values["reason"]),
            place=str(values["place"]),
            needed_from=begin,
            needed_to=end,
            officers=int(values["officers"]),
            vehicles=int(values["vehicles"]),
            arms=str(values["arms"] or ""),
        )

    def _moment(self, day: object, text: str) -> datetime | None:
        found = time_of_day(text)
        if found is None or not isinstance(day, date):
            return None
        return datetime.combine(day, time(*found), self._context.now().tzinfo)

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        wish = self._wish(values)
        wrong = faults(wish, self._context.now())
        if wrong:
            self.form.set_errors(wrong)
            return
        self.form.set_busy(True)
        draft = PoliceDraft(
            request_id=self._request_id,
            team_id=values["team_id"],
            wish=wish,
            person_id=self._context.who.person_id,
            at=self._context.now(),
            case_number=str(values["case_number"] or ""),
            operation_id=self._operation_id,
        )
        label = f"用警申请：{wish.place}"
        self._context.write(self, label, save, draft, self._on_saved, self._on_refused)

    def _on_saved(self, request_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self.form.set_busy(False)
        self._open = False
        self.saved.emit(request_id)

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        if NO_CASE in sentence:
            self.form.set_errors({"case_number": sentence})
        self.note.setText(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self._open = False
        self.left.emit()


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
