"""The one module that knows the docking library (Qt Advanced Docking System). UI thread.

A dock is known by its panel's id, which is also its object name: a saved layout names docks by it,
and a layout that names a panel that is gone loads all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import PySide6QtAds as Ads
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.contract.panel import PanelSpec
from desktop.shell.spreading import Spread, spread_button
from widgets.theme import current_theme

# A part of a window smaller than this cannot be taken hold of with the mouse.
VISIBLE_MIN_PX: Final = 48
# At a text size of 100 %.
RIGHT_LEAST_PX: Final = 280
BOTTOM_LEAST_PX: Final = 300

_CONFIG: Final = (
    Ads.CDockManager.OpaqueSplitterResize
    | Ads.CDockManager.XmlCompressionEnabled
    | Ads.CDockManager.ActiveTabHasCloseButton
    | Ads.CDockManager.DockAreaHasTabsMenuButton
    | Ads.CDockManager.DockAreaDynamicTabsMenuButtonVisibility
    | Ads.CDockManager.DockAreaHideDisabledButtons
    | Ads.CDockManager.DoubleClickUndocksWidget
    | Ads.CDockManager.FloatingContainerHasWidgetTitle
    | Ads.CDockManager.DisableTabTextEliding
    | Ads.CDockManager.DisableStylesheet
)

# The library's inner parts have no class of their own that the desk's style sheet could name.
_OWN_STYLE: Final = """
#tabsMenuButton { max-width: 24px; }
#tabsContainerWidget, #dockAreaTabBar { background: transparent; border: none; }
"""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where panels go by default, as ids. A tuple within a tuple is a group of tabs.

    `closed` panels take their place as tabs of the centre but wait to be asked for.
    `bottom_share` and `right_share` are parts of the desk's height and width; `weights` share the
    bottom row out by the first panel of each group.
    """

    top: tuple[str, ...] = ()
    center: tuple[str, ...] = ()
    bottom: tuple[tuple[str, ...], ...] = ()
    right: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    bottom_share: float = 0.355
    right_share: float = 0.235
    weights: Mapping[str, int] = field(default_factory=dict)


class Docks(QObject):
    """The docks of one window."""

    shown = Signal(str)  # the panel that became visible
    changed = Signal()  # a dock was opened, closed, moved or floated

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        Ads.CDockManager.setConfigFlags(_CONFIG)
        self._manager = Ads.CDockManager(parent)
        self._manager.setStyleSheet(_OWN_STYLE)
        self._docks: dict[str, Any] = {}
        self._specs: dict[str, PanelSpec] = {}
        self._strip_height: Callable[[str], int] = lambda _panel_id: 96
        self._spread = Spread(self)
        self._manager.dockAreaCreated.connect(self._add_spread_button)

    @property
    def widget(self) -> QWidget:
        """What goes into the window's layout."""
        manager: QWidget = self._manager
        return manager

    def add(self, spec: PanelSpec, title: str, content: QWidget) -> None:
        """Makes the dock of a panel; `arrange` or `restore` gives it a place."""
        dock = Ads.CDockWidget(self._manager, title)
        dock.setObjectName(spec.id)
        dock.setWidget(content, Ads.CDockWidget.ForceNoScrollArea)
        dock.setMinimumSizeHintMode(Ads.CDockWidget.MinimumSizeHintFromDockWidget)
        if not spec.framed:
            dock.setFeature(Ads.CDockWidget.NoTab, True)
            dock.setProperty("unframed", True)
        # What belongs to the default picture has no cross to hit by mistake; the menu hides it.
        asked_for = bool(spec.with_panel) and spec.area != "bottom"
        dock.setFeature(Ads.CDockWidget.DockWidgetClosable, asked_for)
        dock.setFeature(Ads.CDockWidget.DockWidgetPinnable, False)
        dock.setFeature(Ads.CDockWidget.DockWidgetFocusable, False)
        dock.visibilityChanged.connect(lambda visible: self._on_visible(spec.id, visible))
        dock.topLevelChanged.connect(lambda _floating: self.changed.emit())
        self._docks[spec.id] = dock
        self._specs[spec.id] = spec

    def arrange(self, plan: Arrangement, size: tuple[int, int]) -> None:
        """Puts every dock into its default place in a desk of `size` (pixels)."""
        self.gather()
        self._bury_dead_windows()
        for dock in self._docks.values():
            # Placing docks around areas that are about to vanish crashes the library.
            if dock.dockAreaWidget() is not None:
                self._manager.removeDockWidget(dock)
        center = self._tabs(Ads.CenterDockWidgetArea, (*plan.center, *plan.closed), None)
        right = None
        for panel_id in plan.right:
            place = Ads.RightDockWidgetArea if right is None else Ads.BottomDockWidgetArea
            right = self._add(place, panel_id, right)
        for panel_id in plan.top:
            self._add(Ads.TopDockWidgetArea, panel_id, center)
        below = None
        for group in plan.bottom:
            place = Ads.BottomDockWidgetArea if below is None else Ads.RightDockWidgetArea
            below = self._tabs(place, group, center if below is None else below)
        placed = {*plan.top, *plan.center, *plan.right, *(one for g in plan.bottom for one in g)}
        for panel_id, dock in self._docks.items():
            if dock.dockAreaWidget() is None:
                self._place_closed(panel_id, center)
            dock.toggleView(panel_id in placed)
            if panel_id in placed:
                # A dock that was closed as a tab keeps its tab hidden when it gets its own place.
                dock.tabWidget().setVisible(True)
        self._raise_first([plan.center[:1], *(group[:1] for group in plan.bottom)])
        self._share_room(plan, size)
        self.settle_strips()
        self.changed.emit()

    def share_room(self, plan: Arrangement, size: tuple[int, int]) -> None:
        """Gives every area its default size where docks stand as `plan` has them."""
        self._share_room(plan, size)
        self.settle_strips()

    def show(self, panel_id: str) -> bool:
        """Opens a panel and brings it to the front; False for one that is not here."""
        dock = self._docks.get(panel_id)
        if dock is None:
            return False
        if self._spread.area not in (None, dock.dockAreaWidget()):
            self.gather()
        if dock.isClosed():
            dock.toggleView(True)
        dock.setAsCurrentTab()
        if dock.isFloating():
            dock.window().raise_()
        self.changed.emit()
        return True

    def hide(self, panel_id: str) -> None:
        """Closes a panel; it keeps its place."""
        self._docks[panel_id].toggleView(False)
        self.changed.emit()

    def is_open(self, panel_id: str) -> bool:
        """Whether the panel has a place on the screen, perhaps behind another tab."""
        return panel_id in self._docks and not self._docks[panel_id].isClosed()

    def is_visible(self, panel_id: str) -> bool:
        """Whether the panel can be seen."""
        if not self.is_open(panel_id) or not self._docks[panel_id].isCurrentTab():
            return False
        return self._spread.area in (None, self._docks[panel_id].dockAreaWidget())

    def spread(self, panel_id: str) -> bool:
        """Gives a panel the whole desk; False where it has nothing beside it."""
        if not self.show(panel_id):
            return False
        self._spread.begin(self._docks[panel_id].dockAreaWidget())
        self.changed.emit()
        return self._spread.area is not None

    def gather(self) -> None:
        """Ends `spread`."""
        if self._spread.area is not None:
            self._spread.end()
            self.settle_strips()
            self.changed.emit()

    def is_spread(self) -> bool:
        """Whether one panel has the desk to itself."""
        return self._spread.area is not None

    def panel_of(self, widget: QWidget | None) -> str | None:
        """The panel that holds a widget, if one does."""
        while widget is not None:
            if isinstance(widget, Ads.CDockWidget):
                return str(widget.objectName())
            widget = widget.parentWidget()
        return None

    def frame(self, panel_id: str) -> QWidget | None:
        """The card a panel stands on, with its title; None for one without a place."""
        dock = self._docks.get(panel_id)
        area: QWidget | None = None if dock is None else dock.dockAreaWidget()
        return area

    def ids(self) -> tuple[str, ...]:
        """All panels that have a dock."""
        return tuple(self._docks)

    def set_title(self, panel_id: str, title: str) -> None:
        """Changes the words of a tab."""
        self._docks[panel_id].setWindowTitle(title)

    def floating(self) -> tuple[str, ...]:
        """The panels in windows of their own."""
        return tuple(name for name, dock in self._docks.items() if dock.isInFloatingContainer())

    def set_floating(self, panel_id: str) -> None:
        """Takes a panel out into a window of its own."""
        self._docks[panel_id].setFloating()
        self.changed.emit()

    def dock_back_lost(self, beside: str | None = None) -> tuple[str, ...]:
        """Docks again what floats where no monitor is; gives the panels that were lost."""
        lost = tuple(
            panel_id
            for panel_id in self.floating()
            if not _can_be_reached(self._docks[panel_id].window().frameGeometry())
        )
        for panel_id in lost:
            self._dock_into_center(panel_id, beside)
        return lost

    def place_missing(self, panel_ids: Sequence[str], beside: str | None) -> None:
        """Gives docks that a restored layout did not know a place; closed until asked for."""
        in_front = [one for one in self._docks if self.is_visible(one) and one not in panel_ids]
        for panel_id in panel_ids:
            self._dock_into_center(panel_id, beside)
            self._docks[panel_id].toggleView(False)
        for panel_id in in_front:
            # A tab that came and went leaves its neighbour in front, not what was there before.
            self._docks[panel_id].setAsCurrentTab()

    def save(self) -> bytes:
        """The arrangement as bytes; a panel that has the desk to itself goes back first."""
        self.gather()
        return bytes(self._manager.saveState().data())

    def restore(self, state: bytes) -> bool:
        """Arranges as saved; False, with nothing moved, when the bytes are no layout."""
        if not state:
            return False
        self.gather()
        self._bury_dead_windows()
        done = bool(self._manager.restoreState(QByteArray(state)))
        self._bury_dead_windows()
        self.settle_strips()
        self.changed.emit()
        return done

    def set_locked(self, locked: bool) -> None:
        """Forbids moving, floating and closing, or allows them again."""
        features = Ads.CDockWidget.DockWidgetFeature
        fixed = features.DockWidgetMovable | features.DockWidgetFloatable
        fixed |= features.DockWidgetClosable
        none = Ads.CDockWidget.DockWidgetFeature(0)
        self._manager.lockDockWidgetFeaturesGlobally(fixed if locked else none)

    def settle_strips(self) -> None:
        """A strip without a frame is as high as it needs to be, whatever a splitter says."""
        for panel_id, spec in self._specs.items():
            area = self._docks[panel_id].dockAreaWidget()
            if spec.framed or area is None or area.dockWidgetsCount() != 1:
                continue
            area.setDockAreaFlag(Ads.CDockAreaWidget.HideSingleWidgetTitleBar, True)
            area.setStyleSheet("ads--CDockAreaWidget { border: none; background: transparent; }")
            area.setFixedHeight(self._strip_height(panel_id))

    def set_strip_height(self, height: Callable[[str], int]) -> None:
        """How high the strip of a panel is, in pixels."""
        self._strip_height = height
        self.settle_strips()

    def close(self) -> None:
        """Takes the docks down before the window goes; floating windows close with it."""
        self._manager.deleteLater()

    def _bury_dead_windows(self) -> None:
        """Deletes floating windows that the library has only marked for deletion.

        A layout restored over one that waits for its end leaves docks pointing at both, and the
        next move of such a dock crashes the process.
        """
        for window in self._manager.floatingWidgets():
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)

    def _add_spread_button(self, area: Any) -> None:
        bar = area.titleBar()
        button = spread_button(area, self._toggle_area)
        bar.insertWidget(bar.indexOf(bar.button(Ads.TitleBarButtonTabsMenu)), button)

    def _toggle_area(self, area: Any) -> None:
        if self._spread.area is area:
            self.gather()
        else:
            self.spread(str(area.currentDockWidget().objectName()))

    def _add(self, place: Any, panel_id: str, beside: Any) -> Any:
        return self._manager.addDockWidget(place, self._docks[panel_id], beside)

    def _tabs(self, place: Any, group: Sequence[str], beside: Any) -> Any:
        area = None
        for panel_id in group:
            if area is None:
                area = self._add(place, panel_id, beside)
            else:
                self._manager.addDockWidgetTabToArea(self._docks[panel_id], area)
        return area

    def _place_closed(self, panel_id: str, center: Any) -> None:
        """A strip never shares its place: it would force its height on the other tabs."""
        if center is None or not self._specs[panel_id].framed:
            self._add(Ads.TopDockWidgetArea, panel_id, None)
        else:
            self._manager.addDockWidgetTabToArea(self._docks[panel_id], center)

    def _dock_into_center(self, panel_id: str, beside: str | None) -> None:
        neighbour = self._docks.get(beside or "")
        area = neighbour.dockAreaWidget() if neighbour is not None else None
        dock = self._docks[panel_id]
        if not self._specs[panel_id].framed:
            self._manager.addDockWidget(Ads.TopDockWidgetArea, dock)
        elif area is None or neighbour is dock:
            self._manager.addDockWidget(Ads.CenterDockWidgetArea, dock)
        else:
            self._manager.addDockWidgetTabToArea(dock, area)

    def _raise_first(self, groups: Sequence[Sequence[str]]) -> None:
        for group in groups:
            for panel_id in group:
                self._docks[panel_id].setAsCurrentTab()

    def _share_room(self, plan: Arrangement, size: tuple[int, int]) -> None:
        width, height = size
        theme = current_theme()
        if plan.right:
            least = min(theme.px(RIGHT_LEAST_PX), width * 3 // 10)
            right = max(round(width * plan.right_share), least)
            self._set_sizes(plan.right[0], [width - right, right])
        if plan.center:
            strips = [self._strip_height(panel_id) for panel_id in plan.top]
            rest = max(200, height - sum(strips))
            least = min(theme.px(BOTTOM_LEAST_PX), height * 2 // 5)
            below = max(round(height * plan.bottom_share), least)
            below = below if plan.bottom else 0
            sizes = [*strips, rest - below, *([below] if below else [])]
            self._set_sizes(plan.center[0], sizes)
        if len(plan.bottom) > 1:
            self._set_sizes(
                plan.bottom[0][0], [100 * plan.weights.get(group[0], 1) for group in plan.bottom]
            )

    def _set_sizes(self, panel_id: str, sizes: list[int]) -> None:
        area = self._docks[panel_id].dockAreaWidget()
        if area is not None and len(self._manager.splitterSizes(area)) == len(sizes):
            self._manager.setSplitterSizes(area, sizes)

    def _on_visible(self, panel_id: str, visible: bool) -> None:
        if visible:
            self.shown.emit(panel_id)
        self.changed.emit()


def _can_be_reached(frame: QRect) -> bool:
    """Whether enough of a window lies on a monitor to take hold of it."""
    for screen in QGuiApplication.screens():
        part = screen.availableGeometry().intersected(frame)
        if part.width() >= VISIBLE_MIN_PX and part.height() >= VISIBLE_MIN_PX:
            return True
    return False
