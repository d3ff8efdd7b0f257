"""Drawing a fence on the map, corner by corner. UI thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop.panels.live_map.zone_form import Corners
from widgets.map import Fence, Trail
from widgets.parts import named_button

DRAWN = "drawn-fence"


class DrawBar(QFrame):
    """`changed` after each corner; `done` with corners that can be a fence; `left` without."""

    changed = Signal()
    done = Signal(tuple)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draw_bar")
        self.setProperty("banner", True)
        self._corners: list[tuple[float, float]] = []
        self.active = False
        self._words = QLabel(self)
        self.undo = named_button(self, "draw_undo", self.tr("Take back a corner"))
        self.finish = named_button(self, "draw_finish", self.tr("Go on"))
        self.finish.setProperty("kind", "primary")
        self.cancel = named_button(self, "draw_cancel", self.tr("Stop drawing"))
        self.undo.clicked.connect(lambda _checked=False: self._undo())
        self.finish.clicked.connect(lambda _checked=False: self._finish())
        self.cancel.clicked.connect(lambda _checked=False: self.end())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        for button in (self.undo, self.cancel, self.finish):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.hide()

    def begin(self) -> None:
        """Takes clicks from now on."""
        self._corners.clear()
        self.active = True
        self._tell()
        self.show()

    def add(self, longitude: float, latitude: float) -> None:
        """A click on the map."""
        self._corners.append((latitude, longitude))
        self._tell()

    def end(self) -> None:
        """Takes no more clicks, and forgets those."""
        self.active = False
        self._corners.clear()
        self.hide()
        self.changed.emit()
        self.left.emit()

    def fences(self) -> list[Fence]:
        """What is drawn so far, once it has an inside."""
        points = [(lon, lat) for lat, lon in self._corners]
        if len(points) == 1:
            return [Fence(DRAWN, "", points, 30.0, "normal")]
        return [Fence(DRAWN, "", points, None, "normal")] if len(points) > 2 else []

    def trails(self) -> list[Trail]:
        """The first side, before there is an inside."""
        points = [(lon, lat) for lat, lon in self._corners]
        return [Trail(DRAWN, points, "normal")] if len(points) == 2 else []

    def _undo(self) -> None:
        if self._corners:
            self._corners.pop()
        self._tell()

    def _finish(self) -> None:
        corners: Corners = tuple(self._corners)
        self.active = False
        self.hide()
        self._corners.clear()
        self.changed.emit()
        self.done.emit(corners)

    def _tell(self) -> None:
        n = len(self._corners)
        words = (
            self.tr("Click on the map: the middle of a circle, or the corners of an area."),
            self.tr("One corner: go on for a circle about it, or click the next corner."),
            self.tr("Two corners: click a third one."),
        )
        more = self.tr("{n} corners. Go on when the area is closed.")
        self._words.setText(words[n] if n < len(words) else more.format(n=n))
        self.undo.setEnabled(n > 0)
        self.finish.setEnabled(n not in (0, 2))
        self.changed.emit()
