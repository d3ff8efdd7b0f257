"""回放: map, orders, messages, pictures and cases of an operation or a span, on one time bar.

UI thread. `apply({"operation_id"})` plays an operation, `({"from", "to"})` a span. While it plays,
a timer paints; it rests while nobody sees the panel.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

import resources
from desktop.circulars.names import file_name
from desktop.command.replay.exporting import SUFFIX, Bundle, ExportAsk, gather
from desktop.command.replay.loading import Ask, Span, choices, span
from desktop.command.replay.looks import Noting, note
from desktop.command.replay.reel import Event, Reel, State
from desktop.contract.context import PanelContext
from desktop.contract.courtesy import breathe
from desktop.contract.live import LiveRefresh
from desktop.documents.kinds import kinds
from desktop.panels.replay.chooser import ReplayChooser, moment_of
from desktop.panels.replay.marks import fences, seen_people, trails, unit_marks
from desktop.panels.replay.player import Player
from desktop.panels.replay.queries import SignOff, film, picture, sign_off
from desktop.panels.replay.sign_form import SignForm
from desktop.panels.replay.state_pane import StatePane
from desktop.panels.replay.time_bar import TimeBar
from desktop.panels.replay.transport import Transport
from desktop.paper.pen import pen_of
from desktop.projection.activity import node_names
from desktop.rules.track_law import load_field_law
from widgets.map import MapView
from widgets.parts import words_label
from widgets.theme import current_theme

SHIPPED: Final = "map/invented.geojson"
LOW_PX: Final = 400
SUGGESTED: Final = timedelta(hours=8)  # the span that is offered: a shift


class ReplayView(QWidget):
    """See the module."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_view")
        self._context = context
        self._law = load_field_law()
        self._reel: Reel | None = None
        self._ask: Ask | None = None
        self._fitted = False
        self._base_open = False
        self._fenced: object = None
        self._wanted = ""
        self.chooser = ReplayChooser(self)
        self.fault = words_label(self, "error")
        self.fault.hide()
        self.map = MapView(partial(context.layout, self), self, breathe=breathe)
        self.pane = StatePane(self)
        self.player = Player(self)
        self.transport = Transport(self.player, self)
        self.bar = TimeBar(self)
        self.form: SignForm | None = None
        self._arrange()
        self._connect()
        now = context.now()
        self.chooser.suggest(now - SUGGESTED, now)
        self.live = LiveRefresh(self, context, ("operation", "operation_act"), self._read_choices)

    def apply(self, params: Mapping[str, str]) -> None:
        """See the module."""
        if params.get("operation_id"):
            self._wanted = params["operation_id"]
            self.chooser.choose(self._wanted)
            self.load()
        elif params.get("from") and params.get("to"):
            self.chooser.choose_span(params["from"], params["to"])
            self.load()

    def _arrange(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.map)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        split.setSizes([760, 460])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.chooser)
        column.addWidget(self.fault)
        column.addWidget(split, 1)
        # Nothing to play yet: map and lists have the room.
        for part in (self.transport, self.bar):
            column.addWidget(part)
            part.hide()

    def _connect(self) -> None:
        self.chooser.asked.connect(self.load)
        self.chooser.export_button.clicked.connect(lambda _on=False: self.export())
        self.player.moved.connect(self._show)
        self.bar.asked.connect(self.player.go)
        buttons = self.transport.buttons
        buttons["replay_start"].clicked.connect(lambda _on=False: self._to_start())
        buttons["replay_before"].clicked.connect(lambda _on=False: self.step(-1))
        buttons["replay_after"].clicked.connect(lambda _on=False: self.step(1))
        self.pane.picture_asked.connect(self._ask_picture)
        self.pane.order_asked.connect(
            lambda key: self._context.open("remote_command", {"order_id": key})
        )

    # What is played

    def _read_choices(self) -> None:
        self._context.read(self, "choices", choices, None, self._on_choices, self._on_fault)

    def _on_choices(self, found: Sequence[tuple[str, str]]) -> None:
        self.chooser.offer(found)
        if self._wanted:
            self.chooser.choose(self._wanted)
        self.live.finished()

    def _on_fault(self, sentence: str) -> None:
        self.chooser.load_button.setEnabled(True)
        self.fault.setText(sentence)
        self.fault.show()
        self.live.finished()

    def load(self) -> None:
        """Reads the film of what is chosen; ways of persons only where a purpose is stated."""
        context, chooser = self._context, self.chooser
        ask = Ask(
            context.law,
            context.now(),
            context.who.person_id,
            chooser.operation_id,
            moment_of(chooser.since.text()),
            moment_of(chooser.until.text()),
        )
        self.fault.hide()
        self._wanted = chooser.operation_id
        chooser.load_button.setEnabled(False)
        if chooser.purpose.text().strip():
            context.read(self, "film", span, ask, partial(self._note, ask), self._on_fault)
        else:
            context.read(self, "film", film, ask, partial(self._on_film, ask), self._on_fault)

    def _note(self, ask: Ask, found: Span) -> None:
        """Whose ways are looked at is written down before they are read."""
        context = self._context
        noting = Noting(
            found.open_people,
            found.since,
            found.until,
            ask.person_id,
            self.chooser.purpose.text(),
            ask.now,
        )

        def read(_none: object) -> None:
            context.read(self, "film", film, ask, partial(self._on_film, ask), self._on_fault)

        context.write(self, "查看轨迹回放", note, noting, read, self._on_fault)

    def _on_film(self, ask: Ask, reel: Reel) -> None:
        self._ask, self._reel, self._fitted = ask, reel, False
        self.transport.show()
        self.bar.show()
        found = reel.found
        self.chooser.call(ask.operation_id, found.title)
        self.chooser.load_button.setEnabled(True)
        self.chooser.export_button.setEnabled(True)
        if found.withheld and found.closed:
            self.fault.setText(found.closed)
            self.fault.show()
            words = self.tr("{count} events")
            self.chooser.tell(words.format(count=len(found.events)), lacks=False)
        elif found.withheld:
            words = self.tr("{count} persons' ways withheld: no purpose stated")
            self.chooser.tell(words.format(count=len(found.withheld)), lacks=True)
        else:
            words = self.tr("{count} events")
            self.chooser.tell(words.format(count=len(found.events)), lacks=False)
        self.pane.begin(node_names(self._context.law), dict(found.names))
        self.bar.set_film(found.since, found.until, found.events)
        self.player.load(found.since, found.until)

    # What is seen

    def _show(self, moment: object) -> None:
        if self._reel is None:
            return
        state = self._reel.at(self.player.at)
        self.bar.set_moment(state.at)
        self.transport.clock.setText(f"{state.at:%H:%M:%S}")
        self.transport.day.setText(f"{state.at:%Y-%m-%d}")
        self.transport.told.setText(self._event_words(self._reel, state))
        self.pane.set_state(state)
        self.map.set_trails(trails(state.units))
        self.map.set_units(unit_marks(state.units, state.at, self._law))
        if (state.zones, state.alarms) != self._fenced:
            self._fenced = (state.zones, state.alarms)
            self.map.set_fences(fences(state.zones, state.alarms))
        if not self._fitted and any(one.point is not None for one in state.units):
            self._fitted = True
            self.map.fit_units()

    def _event_words(self, reel: Reel, state: State) -> str:
        """What happened last."""
        found = reel.event_until(state.at)
        return "" if found is None else f"{found.at:%H:%M:%S} {found.words}"

    def step(self, direction: int) -> None:
        """To the next event, or the one before."""
        if self._reel is None:
            return
        self.player.play(0)
        found: Event | None = (
            self._reel.event_after(self.player.at)
            if direction > 0
            else self._reel.event_before(self.player.at)
        )
        if found is not None:
            self.player.go(found.at)

    def _to_start(self) -> None:
        if self._reel is not None:
            self.player.play(0)
            self.player.go(self._reel.found.since)

    def _ask_picture(self, snapshot_id: str) -> None:
        self._context.read(self, "picture", picture, snapshot_id, self.pane.image.show_bytes)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._base_open:
            self._base_open = True
            base = self._context.setting("map_file") or str(resources.path(SHIPPED))
            self.map.open_base(base)
        self.player.rest(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.player.rest(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < current_theme().px(LOW_PX)
        self.chooser.set_low(low)
        self.bar.set_low(low)

    # Export

    def export(self) -> None:
        """Asks for the PIN, and then gathers, signs and writes."""
        if self._reel is None or self._ask is None:
            return
        found = self._reel.found
        words = self.tr("{title}: facts, pictures and events as one signed file")
        form = SignForm(words.format(title=found.title), pen_of(self._context.setting).words, self)
        form.given.connect(self._gather)
        self.form = form
        form.open()

    def _gather(self, pin: str) -> None:
        if self._ask is None:
            return
        wanted = ExportAsk(self._ask, self._context.who.name, self._context.now())
        self._context.read(
            self, "export", gather, wanted, partial(self._sign, pin), self._on_unsigned
        )

    def _sign(self, pin: str, bundle: Bundle) -> None:
        name = file_name("回放", bundle.title, f"{bundle.at:%Y%m%d-%H%M%S}", suffix=SUFFIX)
        work = SignOff(
            bundle,
            pen_of(self._context.setting),
            pin,
            kinds().organ,
            self._context.documents_folder() / name,
        )
        self._context.layout(
            self, sign_off, work, partial(self._on_signed, bundle), self._on_unsigned
        )

    def _on_signed(self, bundle: Bundle, path: Path) -> None:
        people = "" if self._reel is None else "、".join(seen_people(self._reel))
        ways = f"（含人员轨迹：{people}）" if people else ""
        self._context.copied("export", f"指挥回放：{bundle.title}{ways}")
        self._context.notify(self.tr("Signed: {path}").format(path=path), level="done")
        if self.form is not None:
            self.form.accept()
            self.form = None

    def _on_unsigned(self, sentence: str) -> None:
        if self.form is not None:
            self.form.refuse(sentence)
        else:
            self._context.notify(sentence, level="error")
