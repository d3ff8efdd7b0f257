"""The map itself: what is painted, and what mouse and keys do to it. UI thread.

Dragging pans, the wheel zooms about the mouse, the arrows pan, + and - zoom, 0 and Home fit. Tab
walks the units in sight, Enter clicks the one it stands on, Escape leaves them. It paints only when
something has changed, at most some thirty times a second, and never while it is hidden.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.map.drawn import Drawn, fences_drawn
from widgets.map.ground import Ground, Scene
from widgets.map.marks import Chosen, Placed, Trails, Units
from widgets.map.mercator import Box, round_length
from widgets.map.records import Fence, Overlay, TileMap, Trail, UnitMark, VectorMap
from widgets.map.tiles import Runner, TileStore
from widgets.map.viewport import ZOOM_MOST, Viewport
from widgets.theme import Theme, current_theme, theme_notifier

FRAME_MS: Final = 33
_FIRST_SLICE_S: Final = 0.012
_SLICE_S: Final = 0.008
_PAN_SHARE: Final = 0.15
_DRAG_PIXELS: Final = 4.0
_WHEEL_STEP: Final = 0.5
_FIT_MARGIN: Final = 56.0
_BAR_MOST: Final = 140.0


class MapCanvas(QWidget):
    """Paints itself; see the setters for what it is given."""

    unit_clicked = Signal(str)
    unit_hovered = Signal(str)  # "" when the mouse leaves it
    unit_menu_asked = Signal(str, object)  # id, the global QPoint
    cluster_clicked = Signal(list)  # ids that no zoom takes apart
    fence_clicked = Signal(str)
    map_clicked = Signal(float, float)  # longitude, latitude
    map_menu_asked = Signal(float, float, object)  # longitude, latitude, the global QPoint
    cursor_moved = Signal(object)  # (longitude, latitude), None when the mouse has left
    view_changed = Signal()

    def __init__(self, run: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = Viewport(0.5, 0.5, 3.0, 100, 100)
        self._land: Box | None = None
        self._scene = Scene()
        self._tiles = TileStore(run, self._ground_changed)
        self._ground = Ground()
        self.units = Units(self._age_words)
        self._trails = Trails()
        self._fences: Sequence[Fence] = ()
        self._show_trails = True
        self._chosen = Chosen()
        self._focus_shown = False
        self._drag: tuple[QPointF, Viewport] | None = None
        self._dragged = False
        self.fit_wanted = True  # nobody has moved the sight yet
        self._aim: Box | None = None
        self._painted_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._paint_if_seen)
        self._slices = QTimer(self, singleShot=True)
        self._slices.timeout.connect(self._paint_on)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Map"))
        theme_notifier().theme_changed.connect(self._restyle)

    # What the owner asks for -----------------------------------------------------------------

    @property
    def view(self) -> Viewport:
        """What is in sight."""
        return self._view

    @property
    def chosen(self) -> Chosen:
        """Who is selected, focused and under the mouse."""
        return self._chosen

    def set_base(self, found: VectorMap | TileMap | None) -> None:
        """Another base map, shown whole unless units on it are on show; None for none."""
        self._scene.base = Drawn(found) if isinstance(found, VectorMap) else None
        source = found if isinstance(found, TileMap) else None
        self._tiles.set_source(source, dark=current_theme().name == "dark")
        self._scene.tiles = self._tiles if source is not None else None
        self._land = found.box if found is not None else None
        shown = self._aim if self.fit_wanted else None
        self._aim_at(shown if shown and self._land and self._land.meets(shown) else None)
        self._ground_changed()

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """The plans to lay over the map, lowest first; what is the same is not read anew."""
        drawn = {id(overlay.plan): d for overlay, d in self._scene.overlays}
        self._scene.overlays = [(o, drawn.get(id(o.plan)) or Drawn(o.plan)) for o in overlays]
        self._ground_changed()

    @property
    def overlays(self) -> list[Overlay]:
        """The plans, lowest first."""
        return [overlay for overlay, _ in self._scene.overlays]

    def set_overlay_visible(self, overlay_id: str, visible: bool) -> None:
        """Shows or hides one plan."""
        self._scene.overlays = [
            (replace(o, visible=visible) if o.id == overlay_id else o, drawn)
            for o, drawn in self._scene.overlays
        ]
        self._ground_changed()

    def set_fences(self, fences: Sequence[Fence]) -> None:
        """All fences. Raises ValueError for one without an inside."""
        if list(fences) != list(self._fences):
            drawn = fences_drawn(fences)
            self._fences, self._scene.fences = tuple(fences), drawn
            self._ground_changed()

    def show_layer(self, layer: str, visible: bool) -> None:
        """Shows or hides "names", "fences" or "trails". Raises KeyError for another."""
        if layer == "trails":
            self._show_trails = visible
            self._changed()
            return
        setattr(self._scene, {"names": "show_names", "fences": "show_fences"}[layer], visible)
        self._ground_changed()

    def set_units(self, marks: Sequence[UnitMark]) -> None:
        """All units; only what differs costs work, and nothing is painted when nothing does."""
        if self.units.set_units(marks):
            kept = {
                name: value if self.units.get(value) else ""
                for name, value in (
                    ("selected", self._chosen.selected),
                    ("focused", self._chosen.focused),
                    ("hovered", self._chosen.hovered),
                )
            }
            self._chosen = Chosen(**kept)
            self._changed()

    def set_trails(self, trails: Sequence[Trail]) -> None:
        """All trails."""
        if self._trails.set_trails(trails):
            self._changed()

    def select(self, unit_id: str) -> None:
        """Marks one unit as selected; "" for none."""
        self._choose(selected=unit_id)

    def centre_on(self, longitude: float, latitude: float) -> None:
        """Moves the sight so that the place is in its middle."""
        left, top = self._view.place_of(longitude, latitude)
        self._go(self._view.moved(left - self._view.width / 2, top - self._view.height / 2))

    def fit_land(self) -> None:
        """Shows the whole base map."""
        self._aim_at(None)

    def fit_units(self, ids: Sequence[str] | None = None) -> None:
        """Shows these units, or all; the whole base map when there are none."""
        self._aim_at(self.units.box(ids))

    def zoom_by(self, steps: float) -> None:
        """Zooms about the middle."""
        middle = QPointF(self._view.width / 2, self._view.height / 2)
        self._zoom(steps, middle)

    # When to paint ---------------------------------------------------------------------------

    def _changed(self) -> None:
        """Has the map painted soon; while it is hidden Qt will ask for it once it is shown."""
        if self.isVisible() and not self._timer.isActive():
            past = (time.monotonic() - self._painted_at) * 1000
            self._timer.start(max(0, round(FRAME_MS - past)))

    def _ground_changed(self) -> None:
        self._ground.forget()
        self._changed()

    def _paint_if_seen(self) -> None:
        if self.isVisible() and not self.window().isMinimized():
            self.update()

    def _paint_on(self) -> None:
        """One more slice of the ground between two events."""
        if self.isVisible() and self._ground.at_work:
            if self._ground.work(_SLICE_S):
                self._changed()
            else:
                self._slices.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._slices.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._view = replace(self._view, width=self.width(), height=self.height())
        self._fit()

    def _restyle(self) -> None:
        self.units.sprites.clear()
        self._ground.words.clear()
        self._tiles.set_source(self._tiles.source, dark=current_theme().name == "dark")
        self._ground_changed()

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)

    # Painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painted_at = time.monotonic()
        theme, view, ratio = current_theme(), self._view, self.devicePixelRatioF()
        if not self._ground.fits(view):
            self._tiles.ask_for(view)
            self._ground.begin(view, self._scene, theme, ratio)
            if not self._ground.work(_FIRST_SLICE_S):
                self._slices.start(0)
        painter = QPainter(self)
        self._ground.paint(painter, view, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._show_trails:
            self._trails.paint(painter, view, theme)
        self.units.paint(painter, view, self._chosen_now(), theme, ratio)
        self._paint_scale_bar(painter, theme)
        if self._focus_shown and not self._chosen.focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _chosen_now(self) -> Chosen:
        return self._chosen if self.hasFocus() else replace(self._chosen, focused="")

    def _paint_scale_bar(self, painter: QPainter, theme: Theme) -> None:
        per_pixel = self._view.metres_per_pixel
        length = round_length(theme.px(_BAR_MOST) * per_pixel)
        wide = length / per_pixel
        words = (
            self.tr("{n} km").format(n=f"{length / 1000:g}")
            if length >= 1000
            else self.tr("{n} m").format(n=f"{length:g}")
        )
        left, base = 14.5, self.height() - 14.5
        painter.setFont(theme.font("small"))
        room = painter.fontMetrics().height()
        plate = theme.color("surface")
        plate.setAlphaF(0.82)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(QRectF(6, base - room - 10, wide + 17, room + 18), 4, 4)
        painter.setPen(QPen(theme.color("text"), 1.4))
        for line in (
            (QPointF(left, base - 5), QPointF(left, base)),
            (QPointF(left, base), QPointF(left + wide, base)),
            (QPointF(left + wide, base), QPointF(left + wide, base - 5)),
        ):
            painter.drawLine(*line)
        box = QRectF(left, base - room - 7, wide, room)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    # The sight -------------------------------------------------------------------------------

    def _aim_at(self, box: Box | None) -> None:
        """That part, None the base map; in any size, until somebody moves the sight."""
        self.fit_wanted, self._aim = True, box
        self._fit()

    def _fit(self) -> None:
        if self.fit_wanted and (box := self._aim or self._land):
            margin = 16.0 if self._aim is None else _FIT_MARGIN
            self._view = self._view.fitted(box, margin).held(self._land)
        self._sight_changed()

    def _go(self, view: Viewport) -> None:
        """Another sight, wanted by somebody."""
        self.fit_wanted = False
        self._view = view.held(self._land)
        self._sight_changed()

    def _sight_changed(self) -> None:
        self._changed()
        self.view_changed.emit()

    def _zoom(self, steps: float, about: QPointF) -> None:
        self._go(self._view.zoomed(self._view.zoom + steps, about.x(), about.y()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self._zoom(turns * _WHEEL_STEP, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.position(), self._view)
            self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        self.cursor_moved.emit(self._view.degrees(place.x(), place.y()))
        if self._drag is not None:
            moved = self._drag[0] - place
            if self._dragged or moved.manhattanLength() > _DRAG_PIXELS:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._go(self._drag[1].moved(moved.x(), moved.y()))
            return
        hit = self.units.at(place.x(), place.y())
        self.setCursor(Qt.CursorShape.PointingHandCursor if hit else Qt.CursorShape.CrossCursor)
        self._hover(hit.marks[0].id if hit and len(hit.marks) == 1 else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.unsetCursor()
        if not self._dragged:
            self._click(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover("")
        self.cursor_moved.emit(None)

    def _click(self, place: QPointF) -> None:
        hit = self.units.at(place.x(), place.y())
        if hit is not None:
            self._click_on(hit)
            return
        self._choose(selected="", focused="")
        for fence in reversed(self._fences_at(place)):
            self.fence_clicked.emit(fence.id)
            break
        self.map_clicked.emit(*self._view.degrees(place.x(), place.y()))

    def _click_on(self, hit: Placed) -> None:
        if len(hit.marks) == 1:
            self._choose(selected=hit.marks[0].id, focused=hit.marks[0].id)
            self.unit_clicked.emit(hit.marks[0].id)
            return
        box = self.units.box(hit.ids)
        assert box is not None  # they were painted
        closer = self._view.fitted(box, self.width() * 0.3, most=ZOOM_MOST - 1)
        if closer.zoom > self._view.zoom + 0.2:
            self._go(closer)
        else:
            self.cluster_clicked.emit(hit.ids)

    def _fences_at(self, place: QPointF) -> list[Fence]:
        drawn = self._scene.fences
        if drawn is None or not self._scene.show_fences:
            return []
        pairs = zip(self._fences, drawn.plan.shapes, strict=True)
        return [f for f, s in pairs if drawn.contains(s, self._view, place.x(), place.y())]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        key = event.reason() == QContextMenuEvent.Reason.Keyboard
        hit = self.units.at(place.x(), place.y()) if not key else None
        wanted = hit.marks[0].id if hit and len(hit.marks) == 1 else ""
        wanted = self._chosen.focused if key else wanted
        if wanted:
            self.unit_menu_asked.emit(wanted, event.globalPos())
        elif hit is None and not key:
            self.map_menu_asked.emit(*self._view.degrees(place.x(), place.y()), event.globalPos())

    # Who is chosen ---------------------------------------------------------------------------

    def _choose(self, **chosen: str) -> None:
        after = replace(self._chosen, **chosen)
        if after != self._chosen:
            self._chosen = after
            self._changed()

    def _hover(self, unit_id: str) -> None:
        if unit_id != self._chosen.hovered:
            self._choose(hovered=unit_id)
            self.unit_hovered.emit(unit_id)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self.units.at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self.words_of(hit) if hit else "", self)
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from unit to unit and, past the last one, on to the next control."""
        seen = [mark.id for mark in self.units.in_sight(self._view)]
        now = self._chosen.focused
        if now in seen:
            place = seen.index(now) + (1 if forward else -1)
        else:
            place = 0 if forward else -1 if now else len(seen) - 1
        if not 0 <= place < len(seen):
            self._choose(focused="")
            return super().focusNextPrevChild(forward)
        self._choose(focused=seen[place])
        mark = self.units.get(seen[place])
        assert mark is not None  # it is in sight
        self.setAccessibleDescription(self.words_of(Placed((mark,), 0, 0)))
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Whoever came by mouse knows where they are; so does a wall that nobody types on.
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._focus_shown = event.reason() in by_key
        self._changed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focus_shown = False
        self._changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        across, down = self.width() * _PAN_SHARE, self.height() * _PAN_SHARE
        pans = {
            Qt.Key.Key_Left: (-across, 0.0),
            Qt.Key.Key_Right: (across, 0.0),
            Qt.Key.Key_Up: (0.0, -down),
            Qt.Key.Key_Down: (0.0, down),
        }
        if key in pans:
            right, below = pans[Qt.Key(key)]
            self._go(self._view.moved(round(right), round(below)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_WHEEL_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(-_WHEEL_STEP)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit_units()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen.focused:
            self._choose(selected=self._chosen.focused)
            self.unit_clicked.emit(self._chosen.focused)
        elif key == Qt.Key.Key_Escape and (self._chosen.focused or self._chosen.selected):
            self._choose(focused="", selected="")
        else:
            super().keyPressEvent(event)

    # Words -----------------------------------------------------------------------------------

    def words_of(self, placed: Placed) -> str:
        """What is said of a unit or a group, a line each."""
        if len(placed.marks) > 1:
            names = [mark.label or mark.id for mark in placed.marks]
            shown = "\n".join(names[:12])
            more = len(names) - 12
            tail = "\n" + self.tr("and {n} more").format(n=more) if more > 0 else ""
            return self.tr("{n} units").format(n=len(names)) + "\n" + shown + tail
        mark = placed.marks[0]
        lines = [mark.label or mark.id]
        if mark.stale:
            lines.append(self.tr("Position is stale"))
        if mark.age_s is not None:
            lines.append(self.tr("Seen {age} ago").format(age=self._age_words(mark.age_s)))
        if mark.accuracy_m is not None:
            lines.append(self.tr("Accuracy ±{n} m").format(n=f"{mark.accuracy_m:,.0f}"))
        if mark.source:
            lines.append(self.tr("Source: {source}").format(source=mark.source))
        return "\n".join([*lines, *([mark.tip] if mark.tip else [])])

    def _age_words(self, seconds: float) -> str:
        whole = max(0, int(seconds))
        if whole < 60:
            return self.tr("{n} s").format(n=whole)
        if whole < 3600:
            return self.tr("{n} min").format(n=whole // 60)
        if whole < 48 * 3600:
            return self.tr("{n} h").format(n=whole // 3600)
        return self.tr("{n} d").format(n=whole // 86_400)
