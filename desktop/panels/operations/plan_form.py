"""The editor of a plan: everything that is wrong is told at once, with field and reason. UI thread.

A draft may be stored incomplete; what is submitted is whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.command.operations.acts import By, Draft, save
from desktop.command.operations.records import Operation
from desktop.contract.context import PanelContext
from desktop.panels.operations.plan_tables import plan_tables
from desktop.panels.operations.queries import Offered
from desktop.panels.operations.route_map import RouteMap
from desktop.panels.operations.rules import (
    LISTS,
    MEANS,
    People,
    Typed,
    all_faults,
    degree_words,
    fill_form,
    means_said,
    read_form,
    read_time,
)
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operation_plan import Fault, check
from desktop.rules.plan_means import Known
from widgets.forms import DateField, FormPane, RowsEditor
from widgets.parts import named_button, words_label

_WIDTH_MAX: Final = 1_080
_FIELDS: Final = {"starts_at": "starts_time", "ends_at": "ends_time"}
_SHOWN_MAX: Final = 6


class PlanForm(QWidget):
    """`stored(id)` follows the write of a draft, `submitted(id)` that of a whole plan;
    `left()` when the user goes back."""

    stored = Signal(str)
    submitted = Signal(str)
    left = Signal()

    def __init__(
        self, context: PanelContext, offered: Offered, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plan_form")
        self._context = context
        self._people = People(offered.people)
        self._courts = dict(offered.team_courts)
        self._operation: Operation | None = None
        self._loading = False
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.note = words_label(self, "error")
        self.form = FormPane(
            self, submit_text=self.tr("Submit for approval"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("submit_plan")
        self.save_button = named_button(self, "save_plan", self.tr("Save draft"))
        self.check_button = named_button(self, "check_plan", self.tr("Check whole plan"))
        self.team = QComboBox(self)
        self.starts_on = DateField(self, optional=False)
        self.ends_on = DateField(self)
        self._known = {one.id: one for one in (*offered.vehicles, *offered.gear)}
        self._found: tuple[Fault, ...] = ()
        self.tables: dict[str, RowsEditor] = plan_tables(
            self, offered.teams, offered.vehicles, offered.gear
        )
        self.sketch = RouteMap(context, self)
        self._fill(offered)
        self._arrange()
        self._connect()

    def _fill(self, offered: Offered) -> None:
        form = self.form
        for team_id, team in offered.teams:
            self.team.addItem(team, team_id)
        name = form.add_field("name", self.tr("Name"), QLineEdit(self), required=True)
        case = form.add_field("case_number", self.tr("Case number"), QLineEdit(self))
        form.add_line(((name, 3), (case, 2)))
        commander = QLineEdit(self)
        commander.setPlaceholderText(self.tr("Person"))
        place = form.add_field("place", self.tr("Place"), QLineEdit(self), required=True)
        parts = (
            (form.add_field("team_id", self.tr("Team in charge"), self.team, required=True), 3),
            (form.add_field("commander_id", self.tr("Commander"), commander, required=True), 2),
            (place, 4),
        )
        form.add_line(parts)
        times = []
        for key, label, day, needed in (
            ("starts", self.tr("Begins"), self.starts_on, True),
            ("ends", self.tr("Ends"), self.ends_on, False),
        ):
            clock = QLineEdit(self)
            clock.setPlaceholderText("06:30")
            times.append((form.add_field(f"{key}_on", label, day, required=needed), 2))
            at = self.tr("at")
            times.append(
                (form.add_field(f"{key}_time", at, clock, required=needed, check=_clock), 1)
            )
        form.add_line(times)
        aim = QPlainTextEdit(self)
        aim.setTabChangesFocus(True)
        aim.setFixedHeight(aim.fontMetrics().lineSpacing() * 3 + 12)
        form.add_field("aim", self.tr("Aim"), aim, required=True)
        for key in ("groups", "people", "risks", "contingencies"):
            form.add_widget(self.tables[key])
        officers = QLineEdit(self)
        officers.setPlaceholderText("0")
        form.add_line(
            (
                (form.add_field("police", self.tr("Police officers"), officers), 1),
                (form.add_field("police_arms", self.tr("Arms and gear"), QLineEdit(self)), 2),
                (form.add_field("police_task", self.tr("Their task"), QLineEdit(self)), 3),
            )
        )
        form.add_widget(self.tables["route"])
        form.add_widget(self.sketch)
        for key in ("vehicles", "gear"):
            form.add_widget(self.tables[key])

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.check_button)
        head.addWidget(self.save_button)
        self.form.setMaximumWidth(_WIDTH_MAX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.form, 1)
        self.note.hide()

    def _connect(self) -> None:
        self.form.edited.connect(lambda _values: self._keep())
        for table in self.tables.values():
            table.edited.connect(self._keep)
        for key in ("people", *MEANS):
            self.tables[key].edited.connect(self._show_known)
        self.starts_on.textChanged.connect(lambda _text: self._show_known())
        self.tables["route"].edited.connect(self._show_route)
        self.sketch.picked.connect(self._add_point)
        self.form.submitted.connect(lambda _values: self._submit())
        self.form.refused.connect(self.show_faults)
        self.form.closed.connect(lambda _values: self._leave())
        self.save_button.clicked.connect(lambda _checked=False: self._save(submit=False))
        self.check_button.clicked.connect(lambda _checked=False: self.show_faults())

    # What the view calls

    def open_new(self, given: Mapping[str, str]) -> None:
        """An empty plan; what was typed and not stored comes back."""
        self._operation = None
        self.title.setText(self.tr("New operation"))
        self._empty()
        self.form.set_values({key: given[key] for key in ("case_number", "place") if key in given})
        self._load_draft()

    def open_operation(self, found: Operation, known: Mapping[str, Known] | None = None) -> None:
        """A stored plan; `known`: what it names that is no longer offered."""
        self._operation = found
        self._known = dict(known or {}) | self._known
        self.title.setText(found.name)
        self._empty()
        words = {key: one.words for key, one in self._known.items()}
        values, rows = fill_form(found, self._people, words)
        self._set(values, rows)
        self.team.setEnabled(False)
        self._load_draft()

    def typed(self) -> Typed:
        """What stands in the form."""
        for table in self.tables.values():
            table.commit()
        return self._read()

    def _read(self) -> Typed:
        values = self.form.values()
        court = self._courts.get(str(values.get("team_id") or ""), "")
        return read_form(values, self._rows(), self._people, court)

    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, in the order of the form."""
        typed = self.typed()
        limits = load_operation_law().on(self._context.today())
        return all_faults(typed, check(typed.heading, typed.plan, limits))

    def show_faults(self) -> bool:
        """Shows all of them in their places; whether there was none."""
        found = self.faults()
        fields = {_FIELDS.get(one.field, one.field): one.reason for one in reversed(found)}
        self.form.set_errors({key: fields[key] for key in fields if key not in LISTS})
        for key, table in self.tables.items():
            mine = [one for one in found if one.field == key]
            table.model.set_faults(
                {(one.row, one.column): one.reason for one in mine if one.row is not None}
            )
            table.set_note("；".join(_sentence(one) for one in mine[:_SHOWN_MAX]))
        self._found = found
        self._show_known()
        self._say(found)
        return not found

    # Inside

    def _show_known(self) -> None:
        """Beside each vehicle and thing what the register says; warnings stand in the way of
        nothing."""
        for key, rows in means_said(self._read(), self._known, self._context.now()).items():
            shown, states, told = {}, {}, []
            for n, (words, against) in enumerate(rows):
                shown[n, "known"] = "；".join(against) or words
                if against:
                    states[n, "known"] = "due_soon"
                    told.append(f"第{n + 1}行{'，'.join(against)}")
            self.tables[key].model.set_shown(shown, states)
            faults = [_sentence(one) for one in self._found if one.field == key]
            warned = [self.tr("To note: ") + "；".join(told)] if told else []
            self.tables[key].set_note("；".join((*faults[:_SHOWN_MAX], *warned)))

    def _say(self, found: Sequence[Fault]) -> None:
        if not found:
            self.note.hide()
            self._context.notify(self.tr("The plan is whole"), level="done")
            return
        told = self.tr("{count} things are missing or wrong: ").format(count=len(found))
        shown = "；".join(one.sentence() for one in found[:_SHOWN_MAX])
        self.note.setText(told + shown + ("…" if len(found) > _SHOWN_MAX else ""))
        self.note.show()

    def _empty(self) -> None:
        self.note.hide()
        self.team.setEnabled(True)
        blank: dict[str, object] = dict.fromkeys(self.form.values(), "")
        blank |= {"starts_on": None, "ends_on": None, "team_id": None, "police": "0"}
        self._set(blank, {})
        self.team.setCurrentIndex(-1)
        self._found = ()
        for table in self.tables.values():
            table.set_note("")
        self._show_known()

    def _set(
        self, values: Mapping[str, object], rows: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> None:
        self._loading = True
        self.form.set_values(values)
        for key, table in self.tables.items():
            table.set_values(rows.get(key, ()))
        self._loading = False
        self._show_route()
        self._show_known()

    def _rows(self) -> dict[str, list[dict[str, str]]]:
        return {key: table.values() for key, table in self.tables.items()}

    def _show_route(self) -> None:
        self.sketch.show_route(self.typed().plan.route)

    def _add_point(self, lon_e7: int, lat_e7: int) -> None:
        """A click on the map is the next point of the way; its name is typed beside it."""
        self.sketch.hold_still()
        table = self.tables["route"]
        table.commit()
        rows = [row for row in table.values() if any(row.values())]
        place = self.tr("Point {n}").format(n=len(rows) + 1)
        where = {"lon_e7": degree_words(lon_e7), "lat_e7": degree_words(lat_e7)}
        table.set_values([*rows, {"place": place, "note": "", **where}])
        self._show_route()
        self._keep()

    # Drafts

    @property
    def _key(self) -> str:
        return f"operation/{self._operation.id if self._operation else 'new'}"

    def _keep(self) -> None:
        if self._loading:
            return
        values = self.form.values()
        for name in ("starts_on", "ends_on"):
            day = values[name]
            values[name] = None if day is None else str(day)
        kept = {"values": values, "rows": self._rows(), "seen": self._seen}
        self._context.save_draft(self._key, kept)

    @property
    def _seen(self) -> str | None:
        """The fingerprint of the words that the form was opened with."""
        return self._operation.content_sha256 if self._operation is not None else None

    def _load_draft(self) -> None:
        key = self._key
        self.form.set_waiting(True)

        def show(kept: Mapping[str, Any] | None) -> None:
            if key != self._key:
                return
            self.form.set_waiting(False)
            if kept is None:
                return
            values = dict(kept["values"])
            days = {name: values.pop(name, None) for name in ("starts_on", "ends_on")}
            self._set(values, kept["rows"])
            for name, day in days.items():
                control = self.starts_on if name == "starts_on" else self.ends_on
                control.setText(day or "")
            if kept.get("seen", self._seen) != self._seen:
                self.note.setText(
                    self.tr("Somebody changed the plan meanwhile; what stands here is yours.")
                )
                self.note.show()

        self._context.load_draft(key, show)

    def _leave(self) -> None:
        self._keep()
        self.left.emit()

    # Writing

    def _submit(self) -> None:
        if self.show_faults():
            self._save(submit=True)

    def _save(self, *, submit: bool) -> None:
        typed = self.typed()
        if typed.unreadable:
            # It would be dropped unsaid: what nobody can read stays in the form.
            self.show_faults()
            return
        key = self._key
        by = By(self._context.who.person_id, self._context.now())
        found = self._operation
        draft = Draft(
            found.id if found else None,
            typed.heading,
            typed.plan,
            by,
            found.lat_e7 if found else None,
            found.lon_e7 if found else None,
            self._seen,
        )
        self.form.set_busy(True)

        def done(operation_id: str) -> None:
            self.form.set_busy(False)
            self._context.discard_draft(key)
            (self.submitted if submit else self.stored).emit(operation_id)

        def refused(sentence: str) -> None:
            self.form.set_busy(False)
            self.note.setText(sentence)
            self.note.show()

        self._context.write(self, "保存行动方案", save, draft, done, refused)


def _clock(value: object) -> str:
    text = str(value or "").strip()
    return "" if not text or read_time(text) is not None else "时刻写作 06:30"


def _sentence(fault: Fault) -> str:
    line = f"第{fault.row + 1}行" if fault.row is not None else ""
    return f"{line}{fault.reason}"
