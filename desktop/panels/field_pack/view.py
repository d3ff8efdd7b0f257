"""出差包: route and days on top, what would go along beneath, and one button. UI thread."""

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.panels.field_pack import queries
from desktop.panels.field_pack.queries import Look, Order
from storage.sync import packs
from storage.sync.files import Desk
from storage.sync.packs import Made, Trip
from widgets.forms import DateField, FilterBox, FormPane, Option

_WIDTH_MAX: Final = 640
_DAYS: Final = 5
_TRIP_DAYS: Final = 2
_LOOK_MS: Final = 150


class FieldPackView(QWidget):
    """`looked` after each preview, `made` with the file's path."""

    looked = Signal()
    made = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field_pack_view")
        self._context = context
        self._look: Look | None = None
        self.preview = QLabel(self)
        self.preview.setObjectName("pack_preview")
        self.preview.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setObjectName("pack_note")
        self.note.setProperty("role", "muted")
        self.here = QLabel(self)
        self.here.setObjectName("packs_here")
        self.here.setProperty("role", "muted")
        for label in (self.preview, self.note, self.here):
            label.setWordWrap(True)
        self.form = FormPane(
            self, submit_text=self.tr("Make field pack"), cancel_text=self.tr("Start again")
        )
        self.form.setMaximumWidth(_WIDTH_MAX)
        self.form.submit_button.setObjectName("make_pack")
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.preview, self.note, self.here):
            layout.addWidget(part)
        layout.addWidget(self.form, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_LOOK_MS)
        self._soon.timeout.connect(self._see)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self._begin())
        context.sync.changed.connect(self._on_sync)
        Offers(self, context, queries.courts, None, self._on_courts)
        self._begin()

    def _fill(self) -> None:
        self.route = FilterBox(self.tr("Route"), all_text=self.tr("Only what is due"), parent=self)
        self.route.setObjectName("pack_route")
        self.start, self.end = (DateField(self, optional=False) for _ in range(2))
        self.days = QSpinBox(self)
        self.days.setRange(1, packs.DAYS_MAX)
        form = self.form
        label = QLabel(self.tr("Courts on the route"), self)
        label.setProperty("role", "small")
        label.setBuddy(self.route)
        hint = QLabel(self.tr("Their open cases go along, beside all with something due."), self)
        hint.setProperty("role", "group")
        hint.setWordWrap(True)
        for part in (label, self.route, hint):
            form.add_widget(part)
        form.add_field("start", self.tr("From"), self.start, required=True)
        form.add_field("end", self.tr("To"), self.end, required=True)
        form.add_field(
            "days",
            self.tr("Valid for days"),
            self.days,
            hint=self.tr("Then the pack destroys itself; unsent work stays."),
        )
        self.route.changed.connect(self._look_soon)
        for key in ("start", "end"):
            form.field(key).changed.connect(self._look_soon)

    def _begin(self) -> None:
        today = self._context.today()
        end = today.fromordinal(today.toordinal() + _TRIP_DAYS)
        self.route.set_selected(())
        self.form.set_values({"start": today, "end": end, "days": _DAYS})
        self.note.setText(
            self.tr("The shared database decides what may go along; the file opens here alone.")
        )
        self._context.read(self, "here", queries.lying_here, None, self._on_here)
        self._see()

    def _on_courts(self, found: list[tuple[str, str]]) -> None:
        self.route.set_options([Option(key, name) for key, name in found])

    def _on_here(self, ends: list[Any]) -> None:
        self.here.setVisible(bool(ends))
        if ends:
            self.here.setText(
                self.tr("{count} packs lie here; the next ends at {time}").format(
                    count=len(ends), time=ends[0].astimezone().strftime("%Y-%m-%d %H:%M")
                )
            )

    # Looking

    def _look_soon(self) -> None:
        self._look = None
        self._show_button()
        self._soon.start()

    def _see(self) -> None:
        start, end = self.start.value(), self.end.value()
        if start is None or end is None:
            return
        trip = Trip(tuple(str(key) for key in self.route.selected()), start, end)
        self._context.read(self, "look", queries.look, trip, self._on_look, self._on_refused)

    def _on_look(self, found: Look) -> None:
        self._look = found
        told = found.preview
        self.preview.setText(
            self.tr("{cases} cases, {due} with something due ({items} items), about {size} KB")
            .replace("{cases}", f"{told.cases:,}")
            .replace("{due}", f"{told.due:,}")
            .replace("{items}", f"{told.items:,}")
            .replace("{size}", f"{max(1, round(told.size / 1024)):,}")
        )
        self._show_button()
        self.looked.emit()

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.note.setText(sentence)
        self._show_button()

    def _on_sync(self, _state: object) -> None:
        self._show_button()

    def _show_button(self) -> None:
        joined = self._context.sync.state().phase != "off"
        ready = self._look is not None and self._look.preview.cases > 0
        self.form.submit_button.setEnabled(joined and ready)
        if not joined:
            self.note.setText(self.tr("Field packs come from the shared database; join it first."))

    # Making

    def _on_submitted(self, _values: object) -> None:
        if self._look is not None:
            self.form.set_busy(True)
            self._context.read(self, "desk", queries.desk, None, self._on_desk, self._on_refused)

    def _on_desk(self, desk: Desk) -> None:
        if self._look is None:
            return
        wanted = Order(desk, self._look.choice, self.days.value(), self._context.documents_folder())
        self._context.sync.ask(self, queries.order, wanted, self._on_made, self._on_refused)

    def _on_made(self, found: tuple[Made, Path]) -> None:
        made, path = found
        self._context.copied("export", f"出差包（{made.cases:,} 件）")
        words = self.tr("{cases} cases packed until {time}: {file}").format(
            cases=f"{made.cases:,}",
            time=made.expires_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            file=path.name,
        )
        if made.refused:
            words += " " + self.tr("{count} cases are not within your rights.").format(
                count=made.refused
            )
        self.note.setText(words)
        self._context.notify(words, level="done")
        self._show_button()
        self.made.emit(path)
