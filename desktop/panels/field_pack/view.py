"""出差包: what lies here and how it is opened and given back, then route and days, what would go
along, and one button. UI thread."""

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.packs import PackOpened, PacksReturned
from desktop.panels.field_pack import queries
from desktop.panels.field_pack.queries import Look, Order
from storage.sync import packs
from storage.sync.files import Desk
from storage.sync.packs import Made, Trip
from widgets.dialogs import confirm
from widgets.forms import DateField, FilterBox, FormPane, Option
from widgets.parts import named_button

_WIDTH_MAX: Final = 640
_DAYS: Final = 5
_TRIP_DAYS: Final = 2
_LOOK_MS: Final = 150


class FieldPackView(QWidget):
    """`looked` after each preview, `made` with the file's path, which the next press on "open"
    opens."""

    looked = Signal()
    made = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field_pack_view")
        self._context = context
        self._look: Look | None = None
        self._made: Path | None = None
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
        self.open_button = named_button(self, "open_pack", self.tr("Open field pack…"))
        self.return_button = named_button(self, "return_packs", self.tr("Give back and destroy"))
        self._fill()
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.open_button)
        acts.addWidget(self.return_button)
        acts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.preview, self.note, self.here):
            layout.addWidget(part)
        layout.addLayout(acts)
        layout.addWidget(self.form, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_LOOK_MS)
        self._soon.timeout.connect(self._see)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self._begin())
        self.open_button.clicked.connect(lambda _checked=False: self._choose_pack())
        self.return_button.clicked.connect(lambda _checked=False: self._ask_return())
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
        self._look_here()
        self._see()

    def _on_courts(self, found: list[tuple[str, str]]) -> None:
        self.route.set_options([Option(key, name) for key, name in found])

    def _look_here(self) -> None:
        self._context.read(self, "here", queries.lying_here, None, self._on_here)

    def _on_here(self, ends: list[Any]) -> None:
        self.here.setVisible(bool(ends))
        self.return_button.setVisible(bool(ends))
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
        # A pack that ended before the trip would destroy itself on the way.
        least = end.toordinal() - self._context.today().toordinal() + 1
        if least > packs.DAYS_MAX:
            self._look = None
            words = self.tr("A pack is valid for {days} days at most; the trip ends later.")
            self._on_refused(words.format(days=packs.DAYS_MAX))
            return
        self.days.setMinimum(max(1, least))
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
        self._made = path
        self.open_button.setText(self.tr("Open the pack just made"))
        self.note.setText(words)
        self._context.notify(words, level="done")
        self._show_button()
        self.made.emit(path)

    # Opening and giving back

    def _choose_pack(self) -> None:
        if self._made is not None:
            self.open_pack(self._made)
            return
        dialog = QFileDialog(self, self.tr("Open field pack…"))
        dialog.setObjectName("choose_pack")
        dialog.setDirectory(str(self._context.documents_folder()))
        dialog.setNameFilter(f"{self.tr('Field packs')} (*.edp)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.open_pack(Path(name)))
        dialog.open()

    def open_pack(self, path: Path) -> None:
        """Lays the rows of a pack into this device."""
        self._set_acts(False)
        self._context.packs.open(self, path, self._on_opened, self._on_pack_fault)

    def _on_opened(self, found: PackOpened) -> None:
        self._made = None
        self.open_button.setText(self.tr("Open field pack…"))
        self._say_done(
            self.tr("Opened: {cases} cases, {rows} records that were not here; ends {time}").format(
                cases=found.cases,
                rows=f"{found.brought:,}",
                time=found.expires_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            )
        )

    def _ask_return(self) -> None:
        confirm(
            self,
            object_name="confirm_return",
            title=self.tr("Give back and destroy"),
            text=self.tr("Destroy all field packs on this device?"),
            detail=self.tr("Unsent work stays and is sent; the shared database hears the proof."),
            accept_text=self.tr("Destroy"),
            on_accept=self._return,
            danger=True,
        )

    def _return(self) -> None:
        self._set_acts(False)
        self._context.packs.give_back(self, self._on_returned, self._on_pack_fault)

    def _on_returned(self, found: PacksReturned) -> None:
        words = self.tr("Destroyed {packs} packs with {rows} records; the proof is kept.")
        self._say_done(words.format(packs=found.packs, rows=f"{found.rows:,}"))

    def _say_done(self, words: str) -> None:
        self._set_acts(True)
        self.note.setText(words)
        self._context.notify(words, level="done")
        self._look_here()

    def _on_pack_fault(self, sentence: str) -> None:
        self._set_acts(True)
        self.note.setText(sentence)
        self._look_here()

    def _set_acts(self, ready: bool) -> None:
        self.open_button.setEnabled(ready)
        self.return_button.setEnabled(ready)
