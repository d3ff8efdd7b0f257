"""The map with its buttons, its menu of layers, its line of words and what went wrong. UI thread.

It reads no file itself: the owner gives `run`, which has work done elsewhere and brings the result
back, such as `partial(context.layout, owner)` of a panel. Nothing of it asks a network.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets.icon import icon
from widgets.map.canvas import MapCanvas
from widgets.map.files import read_map, read_plan
from widgets.map.records import Fence, Overlay, TileMap, Trail, UnitMark, VectorMap
from widgets.map.tiles import Runner
from widgets.theme import current_theme, theme_notifier

_BUTTON: Final = 32
_GAP: Final = 10
_MESSAGE_WIDTH: Final = 560
_MESSAGE_HEIGHT: Final = 220
_FAULTS_SHOWN: Final = 20
_LOW: Final = 210  # a map as low as this has no line of words beneath it


class MapView(QWidget):
    """A map for a panel. The signals of its canvas are passed on."""

    unit_clicked = Signal(str)
    unit_hovered = Signal(str)
    unit_menu_asked = Signal(str, object)
    cluster_clicked = Signal(list)
    fence_clicked = Signal(str)
    map_clicked = Signal(float, float)
    map_menu_asked = Signal(float, float, object)
    base_opened = Signal(bool)  # whether the file could be used
    overlay_opened = Signal(str, bool)

    def __init__(
        self,
        run: Runner,
        parent: QWidget | None = None,
        *,
        breathe: Callable[[], None] = lambda: None,
    ) -> None:
        """`breathe` is called where `run` has files read, between two steps of what takes long."""
        super().__init__(parent)
        self._run, self._breathe = run, breathe
        self._told: dict[str, tuple[str, tuple[str, ...]]] = {}  # by map, what is wrong with it
        self._reading = False
        self._turn = 0  # only the last base map asked for is shown
        self._opening: dict[str, int] = {}
        self._title = ""
        self._attribution = ""
        self.canvas = MapCanvas(run, self)
        self._tools = _Tools(self.canvas)
        self._message = _Message(self.canvas)
        self._message.closed.connect(self._close_message)
        self._cursor = QLabel()
        self._about = QLabel()
        for label in (self._cursor, self._about):
            label.setProperty("role", "small")
        self._strip = QWidget(self)
        strip = QHBoxLayout(self._strip)
        strip.setContentsMargins(_GAP, 3, _GAP, 3)
        strip.addWidget(self._cursor)
        strip.addSpacing(2 * _GAP)
        strip.addStretch(1)
        strip.addWidget(self._about)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._strip)
        self.setFocusProxy(self.canvas)
        for name in (
            "unit_clicked",
            "unit_hovered",
            "unit_menu_asked",
            "cluster_clicked",
            "fence_clicked",
            "map_clicked",
            "map_menu_asked",
        ):
            getattr(self.canvas, name).connect(getattr(self, name))
        self.canvas.cursor_moved.connect(self._show_cursor)
        self._tools.closer.clicked.connect(self._zoom_in)
        self._tools.farther.clicked.connect(self._zoom_out)
        self._tools.fit.clicked.connect(self._fit_all)
        self._tools.layers.setMenu(QMenu(self))
        self._tools.layers.menu().aboutToShow.connect(self._fill_menu)
        self._hidden: set[str] = set()
        self.canvas.installEventFilter(self)
        self._show_cursor(None)
        self._show_about()

    # Maps ------------------------------------------------------------------------------------

    def open_base(self, path: str) -> None:
        """Has a base map read (MBTiles or GeoJSON); `base_opened` tells how it went."""
        self._turn += 1
        self._reading = True
        self._show_about()
        read = partial(read_map, breathe=self._breathe)
        self._run(read, path, partial(self._take_base, self._turn))

    def _take_base(self, turn: int, found: VectorMap | TileMap) -> None:
        if turn == self._turn:
            self.set_base(found)

    def set_base(self, found: VectorMap | TileMap | None) -> bool:
        """Shows a base map that has been read; False, and the old one stays, if it is unusable.

        A GeoJSON file with a few bad features is shown without them. All faults are told in one
        message.
        """
        self._turn += 1
        self._reading = False
        usable = found is None or bool(
            found.shapes if isinstance(found, VectorMap) else not found.faults
        )
        if usable:
            self._title = found.title if found else ""
            self._attribution = found.attribution if isinstance(found, TileMap) else ""
            self.canvas.set_base(found)
        self._tell("", found.title if found else "", found.faults if found else (), usable)
        self._show_about()
        self.base_opened.emit(usable)
        return usable

    def open_overlay(self, overlay_id: str, path: str, *, state: str = "due_soon") -> None:
        """Has a plan (GeoJSON) read and laid over the map; `overlay_opened` tells how it went."""
        turn = self._opening[overlay_id] = self._opening.get(overlay_id, 0) + 1

        def take(found: VectorMap) -> None:
            if self._opening.get(overlay_id) != turn:
                return
            if found.shapes:
                self.set_overlay(Overlay(overlay_id, found.title, found, state))
            self._tell(overlay_id, found.title, found.faults, bool(found.shapes))
            self.overlay_opened.emit(overlay_id, bool(found.shapes))

        self._run(partial(read_plan, breathe=self._breathe), path, take)

    def set_overlay(self, overlay: Overlay) -> None:
        """Lays a plan over the map, in place of the one of the same id."""
        others = [o for o in self.canvas.overlays if o.id != overlay.id]
        self.canvas.set_overlays([*others, overlay])

    def remove_overlay(self, overlay_id: str) -> None:
        """Takes a plan away, also one that is still being read."""
        self._opening.pop(overlay_id, None)
        if self._told.pop(overlay_id, None) is not None:
            self._show_told()
        self.canvas.set_overlays([o for o in self.canvas.overlays if o.id != overlay_id])

    def set_overlay_visible(self, overlay_id: str, visible: bool) -> None:
        """Shows or hides one plan."""
        self.canvas.set_overlay_visible(overlay_id, visible)

    def show_layer(self, layer: str, visible: bool) -> None:
        """Shows or hides "names", "fences" or "trails". Raises KeyError for another."""
        self.canvas.show_layer(layer, visible)
        (self._hidden.discard if visible else self._hidden.add)(layer)

    def _tell(self, of: str, title: str, faults: Sequence[str], usable: bool) -> None:
        """What is wrong with one map; of the others it stays as it was told."""
        if faults:
            head = (
                self.tr("Map “{title}”: {n} things could not be read and were left out.")
                if usable
                else self.tr("Map “{title}” cannot be used.")
            )
            self._told[of] = (head.format(title=title, n=f"{len(faults):,}"), tuple(faults))
        else:
            self._told.pop(of, None)
        self._show_told()

    def _show_told(self) -> None:
        if self._told:
            self._message.say(tuple(self._told.values()))
            self._place_parts()
        else:
            self._message.hide()

    def _close_message(self) -> None:
        """Somebody has read it: what comes next is told alone."""
        self._told.clear()
        self._message.hide()

    @property
    def message(self) -> str:
        """What is told about a file; empty when nothing is."""
        return "" if self._message.isHidden() else self._message.text()

    # Units -----------------------------------------------------------------------------------

    def set_units(self, marks: Sequence[UnitMark]) -> None:
        """All units in one call; only what differs from before costs work."""
        before = len(self.canvas.units)
        self.canvas.set_units(marks)
        if len(self.canvas.units) != before:
            self._show_about()

    def set_trails(self, trails: Sequence[Trail]) -> None:
        """All trails."""
        self.canvas.set_trails(trails)

    def set_fences(self, fences: Sequence[Fence]) -> None:
        """All fences. Raises ValueError for one without an inside."""
        self.canvas.set_fences(fences)

    def select(self, unit_id: str) -> None:
        """Marks one unit as selected; "" for none."""
        self.canvas.select(unit_id)

    def fit_units(self, ids: Sequence[str] | None = None) -> None:
        """Shows these units, or all."""
        self.canvas.fit_units(ids)

    # Parts -----------------------------------------------------------------------------------

    def _zoom_in(self) -> None:
        self.canvas.zoom_by(1)

    def _zoom_out(self) -> None:
        self.canvas.zoom_by(-1)

    def _fit_all(self) -> None:
        self.canvas.fit_units()

    def _fill_menu(self) -> None:
        menu = self._tools.layers.menu()
        menu.clear()
        words = (
            ("names", self.tr("Names")),
            ("trails", self.tr("Trails")),
            ("fences", self.tr("Fences")),
        )
        for layer, word in words:
            self._choice(menu, word, layer not in self._hidden, partial(self.show_layer, layer))
        if self.canvas.overlays:
            menu.addSeparator()
        for overlay in self.canvas.overlays:
            show = partial(self.set_overlay_visible, overlay.id)
            self._choice(menu, overlay.title or overlay.id, overlay.visible, show)

    def _choice(self, menu: QMenu, word: str, checked: bool, show: Callable[[bool], None]) -> None:
        action = QAction(word.replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked(checked)
        action.toggled.connect(show)
        menu.addAction(action)

    def _show_cursor(self, place: tuple[float, float] | None) -> None:
        if place is None:
            self._cursor.setText(self.tr("Drag to pan, wheel to zoom, Tab through units"))
            return
        longitude, latitude = place
        east = self.tr("{n}° E") if longitude >= 0 else self.tr("{n}° W")
        north = self.tr("{n}° N") if latitude >= 0 else self.tr("{n}° S")
        words = (east.format(n=f"{abs(longitude):.5f}"), north.format(n=f"{abs(latitude):.5f}"))
        self._cursor.setText("  ".join(words))

    def _show_about(self) -> None:
        count = self.tr("{n} units").format(n=f"{len(self.canvas.units):,}")
        base = self._title or self.tr("No base map: open an MBTiles or GeoJSON file")
        if self._reading:
            base = self.tr("The map is being read…")
        words = " · ".join(w for w in (count, base, self._attribution) if w)
        self._about.setText(words)
        self._tools.layers.setToolTip(f"{self._tools.layers.accessibleName()}\n{words}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.setVisible(self.height() >= current_theme().px(_LOW))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self._place_parts()
        return super().eventFilter(watched, event)

    def _place_parts(self) -> None:
        self._tools.set_low(self.canvas.height())
        size = self._tools.sizeHint()
        self._tools.setGeometry(
            self.canvas.width() - size.width() - _GAP, _GAP, size.width(), size.height()
        )
        wide = min(_MESSAGE_WIDTH, self.canvas.width() - size.width() - 3 * _GAP)
        self._message.fit(QPoint(_GAP, _GAP), max(160, wide))


class _Tools(QFrame):
    """The four buttons on the map."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.closer = self._button("ri.add-line", self.tr("Zoom in (+)"))
        self.farther = self._button("ri.subtract-line", self.tr("Zoom out (-)"))
        self.fit = self._button("ri.focus-3-line", self.tr("Show all units (0)"))
        self.layers = self._button("ri.stack-line", self.tr("Layers"))
        self.layers.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme_notifier().theme_changed.connect(self._restyle)
        self._restyle()

    def set_low(self, height: int) -> None:
        """Side by side where they would not stand one below the other."""
        side = current_theme().px(_BUTTON)
        high = height >= 4 * side + 3 * self._row.spacing() + 2 * _GAP
        way = QBoxLayout.Direction.TopToBottom if high else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != way:
            self._row.setDirection(way)
            self._row.activate()

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setProperty("glyph", name)
        self._row.addWidget(button)
        return button

    def _restyle(self) -> None:
        side = current_theme().px(_BUTTON)
        for button in (self.closer, self.farther, self.fit, self.layers):
            button.setIcon(icon(button.property("glyph"), token="text"))
            button.setFixedSize(QSize(side, side))


class _Message(QFrame):
    """What is wrong with files: one message that holds everything; stays until it is closed."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._words)
        close = QToolButton()
        close.setProperty("kind", "quiet")
        close.setIcon(icon("ri.close-line", token="text"))
        close.setToolTip(self.tr("Close"))
        close.setAccessibleName(self.tr("Close"))
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(area, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, told: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Shows of each map its sentence and the faults beneath it, of very many the first."""
        lines: list[str] = []
        for head, faults in told:
            lines += [head, *(f"· {fault}" for fault in faults[:_FAULTS_SHOWN])]
            more = len(faults) - _FAULTS_SHOWN
            lines += [self.tr("· and {n} more").format(n=f"{more:,}")] if more > 0 else []
        self._words.setText("\n".join(lines))
        self.setAccessibleName(" ".join(head for head, _faults in told))
        self.show()

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def fit(self, corner: QPoint, width: int) -> None:
        """Takes that place, as high as its words need up to a limit."""
        inner = width - 12 - 8 - current_theme().px(40)
        wanted = self._words.heightForWidth(inner) + 22
        self.setGeometry(corner.x(), corner.y(), width, max(44, min(_MESSAGE_HEIGHT, wanted)))
