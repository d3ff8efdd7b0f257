"""The open desk: navigator and docks, joined to a context. UI thread."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.panel import Perspective
from desktop.settings import DeviceSettings
from desktop.shell.docks import Docks
from desktop.shell.layout import LayoutKeeper
from desktop.shell.navigation import Navigation
from desktop.shell.panel_host import BuildQueue, PanelHost
from desktop.shell.registry import Registry
from desktop.shell.translation import panel_title
from widgets.theme import current_theme

NAVIGATOR_PX: Final = 196
NAVIGATOR_NARROW_PX: Final = 150
NARROW_PX: Final = 1500
STRIP_PX: Final = 92


class DeskPage(QWidget):
    """Makes a dock for every panel; a view comes into being when its dock is first seen."""

    built = Signal(str)  # panel id
    noticed = Signal(str)

    def __init__(
        self,
        registry: Registry,
        context: PanelContext,
        device: DeviceSettings,
        on_fault: Callable[[BaseException], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("desk_page")
        self._scale = current_theme().scale
        self.queue = BuildQueue(self)
        self.docks = Docks(self)
        self._specs = registry.specs
        self.layouts = LayoutKeeper(self.docks, registry, device, self)
        self.layouts.noticed.connect(self.noticed)
        self.navigation = Navigation(registry, self)
        self.navigation.panel_wanted.connect(self._on_wanted)
        self._hosts: dict[str, PanelHost] = {}
        for spec in registry.specs:
            host = PanelHost(spec, context, self.queue, on_fault)
            host.built.connect(self._on_built)
            self._hosts[spec.id] = host
            self.docks.add(spec, panel_title(spec.title), host)
        self.docks.set_strip_height(self._strip_height)
        self.docks.shown.connect(self.navigation.mark)
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(12, 4, 12, 4)
        self._box.setSpacing(10)
        self._box.addWidget(self._navigator_card())
        self._box.addWidget(self.docks.widget, 1)

    def attach(self, context: PanelContext) -> None:
        """Begins to count for the navigator."""
        self.navigation.attach(context)

    def open_panel(self, panel_id: str, params: Mapping[str, str] | None = None) -> bool:
        """Shows a panel and hands it parameters; False when this build has no such panel."""
        if not self.docks.show(panel_id):
            return False
        self.navigation.mark(panel_id)
        if params:
            self._hosts[panel_id].apply(params)
        return True

    def host(self, panel_id: str) -> PanelHost | None:
        """The place of a panel."""
        return self._hosts.get(panel_id)

    def enter(self, perspective: Perspective) -> None:
        """Shows the arrangement of a perspective; in the field its home leads everywhere."""
        self._card.setVisible(perspective != "field")
        self.layouts.enter(perspective, self._room())
        self._mark_center()

    def reset_layout(self) -> None:
        """The default arrangement."""
        self.layouts.reset(self._room())
        self._mark_center()

    def toggle_spread(self) -> None:
        """The panel with the keyboard, else the centre's, over the whole desk; or all as it was."""
        if self.docks.is_spread():
            self.docks.gather()
            return
        chosen = self.docks.panel_of(QApplication.focusWidget()) or self._center()
        if chosen is not None:
            self.docks.spread(chosen)

    def _center(self) -> str | None:
        shown = [spec for spec in self._specs if self.docks.is_visible(spec.id)]
        return next((spec.id for spec in shown if spec.area == "center"), None)

    def set_width(self, width: int) -> None:
        """Fits the navigator to the window's width."""
        theme = current_theme()
        narrow = width < NARROW_PX * theme.scale
        self._card.setFixedWidth(theme.px(NAVIGATOR_NARROW_PX if narrow else NAVIGATOR_PX))
        self.docks.settle_strips()
        if theme.scale != self._scale:
            self._scale = theme.scale
            self.layouts.share_room(self._room())

    def settled(self) -> bool:
        """Whether every view that can be seen exists."""
        return self.queue.empty

    def close_down(self) -> None:
        """Keeps the layout and builds nothing more."""
        self.queue.clear()
        self.layouts.keep()

    def _navigator_card(self) -> QFrame:
        self._card = QFrame()
        self._card.setProperty("card", True)
        self._card.setFixedWidth(current_theme().px(NAVIGATOR_PX))
        box = QVBoxLayout(self._card)
        box.setContentsMargins(4, 2, 4, 2)
        box.addWidget(self.navigation.widget)
        return self._card

    def _room(self) -> tuple[int, int]:
        """The docks' room; before the first layout pass it is reckoned from the window."""
        size: QSize = self.docks.widget.size()
        beside = 0 if self._card.isHidden() else self._card.width()
        if self.isVisible() and size.width() > self._card.width():
            return size.width(), size.height()
        outer = self.window().size()
        return outer.width() - beside - 34, outer.height() - 90

    def _mark_center(self) -> None:
        for panel_id in self.docks.ids():
            if self.docks.is_visible(panel_id):
                self.navigation.mark(panel_id)

    def _strip_height(self, panel_id: str) -> int:
        view = self._hosts[panel_id].view
        wanted = view.sizeHint().height() if view is not None else 0
        return max(wanted, current_theme().px(STRIP_PX))

    def _on_wanted(self, panel_id: str) -> None:
        self.open_panel(panel_id)

    def _on_built(self, panel_id: str) -> None:
        self.docks.settle_strips()
        self.built.emit(panel_id)
