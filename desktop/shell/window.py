"""The main window: header, notices, the page before the desk, the desk, the wall, the foot line.

UI thread. It knows panels by their specs alone. Before the replica is open it shows the frame and
the unlock page; `attach` fills in the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.alarms import AlarmKeeper
from desktop.contract.filters import NodeFilter
from desktop.contract.panel import PanelSpec, Perspective
from desktop.settings import DeviceSettings
from desktop.shell.attending import Attendants
from desktop.shell.desk import DeskPage
from desktop.shell.finding import Finder
from desktop.shell.header import Header
from desktop.shell.locking import Locking
from desktop.shell.menus import Doings, build_menus
from desktop.shell.notices import Notices
from desktop.shell.purpose import PurposeBar
from desktop.shell.registry import Registry
from desktop.shell.status_bar import StatusBar
from desktop.shell.theme import Look
from desktop.shell.translation import panel_title
from desktop.shell.unlock import Obstacle, UnlockPage
from desktop.shell.wall import WallPage
from storage.records.changes import ALL, ChangeSet
from widgets.dialogs import message

if TYPE_CHECKING:
    from desktop.contract.reading import Asked
    from desktop.shell.search import Hit

CLOCK_MS: Final = 1_000
SIZE_LEAST: Final = QSize(1024, 640)


@dataclass(frozen=True, slots=True)
class Attached:
    """What an open store gives the window. `context` is the desk's own PanelContext."""

    context: Any
    city: str
    demo: bool
    set_live: Callable[[bool], None]


class DeskWindow(QMainWindow):
    """One window per process."""

    closing = Signal()
    settled = Signal()  # nothing is outstanding and every visible view exists

    def __init__(
        self,
        registry: Registry,
        device: DeviceSettings,
        look: Look,
        on_fault: Callable[[BaseException], object],
    ) -> None:
        super().__init__()
        self.setObjectName("desk_window")
        self.setMinimumSize(SIZE_LEAST)
        self.registry = registry
        self._device = device
        self._look = look
        self._on_fault = on_fault
        self._attached: Attached | None = None
        self._perspective: Perspective = "duty"
        self._counting = False
        self.desk: DeskPage | None = None
        self.wall: WallPage | None = None
        self.unlock = UnlockPage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.unlock)
        self.locking = Locking(self, self._stack, device)
        self.locking.covered.connect(self._on_covered)
        self.notices = Notices(self)
        self.menus = build_menus(self, registry.specs, self._doings())
        self.finder = Finder(self.menus.root, self)
        self.finder.hit_chosen.connect(self._on_hit)
        self.header = Header(self.finder.provide, self.menus.root)
        self.header.set_enabled(False)
        self.header.perspective_chosen.connect(self.enter)
        self.header.notices_asked.connect(self._show_notices)
        self.header.result_chosen.connect(self.finder.choose)
        self.status = StatusBar(self.notices.line)
        self.purpose = PurposeBar()
        self.attendants = Attendants(registry.specs, on_fault, self)
        self.setCentralWidget(self._frame())
        self.locking.hides(self.status, self.notices.bar, self.purpose)
        self.notices.changed.connect(self._on_notices)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._show_time)
        self._look.changed.connect(self._fit)
        self._mark_menus()
        self._say_broken()
        self.setWindowTitle(self.tr("Enforcement Desk"))

    # What the application calls

    def attach(self, attached: Attached) -> None:
        """Shows the desk of an open store."""
        self._attached = attached
        context = attached.context
        demo_mark = self.tr(" (demo)") if attached.demo else ""
        self.header.set_city(attached.city + demo_mark)
        self.header.set_person(context.who.name, context.who.post)
        self.header.set_enabled(True)
        self.menus.live.setVisible(attached.demo)
        self.menus.live.setEnabled(attached.demo)
        self.locking.attach(self._may_lock)
        context.open_requested.connect(self._on_open)
        context.noticed.connect(self.notices.post)
        context.reading.purpose_asked.connect(self._on_purpose_asked)
        self.purpose.answered.connect(context.reading.state_purpose)
        context.idle.connect(self._on_idle)
        self.desk = DeskPage(self.registry, context, self._device, self._on_fault)
        self.desk.noticed.connect(lambda text: self.notices.post(text, "warning"))
        self.desk.built.connect(lambda _panel_id: context.settle())
        self._stack.addWidget(self.desk)
        self._stack.setCurrentWidget(self.desk)
        self.desk.setFocus()
        self._fit()
        self.enter(self._device.get("perspective"))
        self.finder.attach(context)
        self.status.attach(context, demo=attached.demo)
        context.sync.changed.connect(self.header.set_sync)
        self.header.set_sync(context.sync.state())
        self._clock.start()
        self._show_time()
        context.settle()

    def withdraw(self, obstacle: Obstacle) -> None:
        """Takes the desk away for good and says why."""
        self.attendants.close()
        if self.desk is not None:
            self.desk.close_down()
        self._clock.stop()
        self.header.set_enabled(False)
        self.status.withdraw()
        self.unlock.show_obstacle(obstacle)
        self._stack.setCurrentWidget(self.unlock)

    def open_panel(self, panel_id: str, params: Mapping[str, str] | None = None) -> bool:
        """Shows a panel; leaves the wall if it must. Nothing opens behind the lock."""
        if self.desk is None:
            return False
        if self.locking.up:
            return True
        if self._perspective == "wall":
            self.enter("duty")
        return self.desk.open_panel(panel_id, params)

    def enter(self, perspective: str) -> None:
        """Changes to 值班, 会商, 打印 or 大屏."""
        if self.desk is None or self.locking.up:
            return
        wanted = cast(Perspective, perspective)
        if self._perspective == "wall" and wanted != "wall":
            self._leave_wall()
        self._perspective = wanted
        self.header.set_perspective(wanted)
        self._look.set_perspective(wanted)
        if wanted == "wall":
            self._enter_wall()
            return
        self._device.set("perspective", wanted)
        self._stack.setCurrentWidget(self.desk)
        self.desk.enter(wanted)

    @property
    def perspective(self) -> Perspective:
        """The one in force."""
        return self._perspective

    def tell_recorded(self) -> None:
        """Says that a bug was met and written down."""
        self.notices.post(self.tr("A program error was recorded."), "error")

    def say_played(self, sentence: str) -> None:
        """Shows an invented event in the foot line."""
        self.status.say(sentence)

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        self.attendants.close()
        if self.desk is not None:
            self.desk.close_down()
        self._clock.stop()
        self.closing.emit()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._fit()

    # Inside

    def _frame(self) -> QWidget:
        frame = QWidget()
        frame.setProperty("canvas", True)
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.header)
        for bar in (self.notices.bar, self.purpose):
            banner = QHBoxLayout()
            banner.setContentsMargins(12, 0, 12, 0)
            banner.addWidget(bar)
            box.addLayout(banner)
        box.addWidget(self._stack, 1)
        box.addWidget(self.status)
        return frame

    def _doings(self) -> Doings:
        return Doings(
            open_panel=self._open_spec,
            open_for_selection=self._open_for_selection,
            enter=self.enter,
            refresh=self._refresh,
            toggle_theme=self._look.toggle_theme,
            set_text_size=self._look.choose_text_size,
            set_locked=self._set_locked,
            reset_layout=self._reset_layout,
            toggle_spread=self._toggle_spread,
            set_live=self._set_live,
            show_notices=self._show_notices,
            focus_search=self._focus_search,
            focus_palette=self._focus_palette,
            lock=self.locking.ask,
            set_lock_minutes=self.locking.set_minutes,
            about=self._about,
            quit=self._quit,
        )

    def _quit(self) -> None:
        self.close()

    def _open_spec(self, spec: PanelSpec) -> None:
        self.open_panel(spec.id)

    def _open_for_selection(self, spec: PanelSpec) -> None:
        """A panel's own key opens it for what is selected, and anew where nothing is."""
        chosen = self._attached.context.selection() if self._attached is not None else None
        params = {"new": "1"}
        if chosen is not None:
            params |= {"case_id": chosen.case_id, "subject": chosen.subject}
            params["node_code"] = chosen.node_code or ""
        self.open_panel(spec.id, {key: value for key, value in params.items() if value})

    def _on_open(self, panel_id: str, params: object) -> None:
        if not self.open_panel(panel_id, cast(Mapping[str, str], params)):
            self.notices.post(self.tr("This panel is not part of this version."), "warning")

    def _on_purpose_asked(self, asked: Asked) -> None:
        self.purpose.ask(asked.case_id, asked.number)

    def _on_hit(self, hit: Hit) -> None:
        """Cases and parties open in the enquiry, staff in the list of nodes, by duty."""
        duty = "process" if hit.kind == "person" else "enquiry"
        panels = self.registry.of_duty(duty) or self.registry.of_duty("process")
        if not panels:
            return
        if hit.kind == "person":
            params = NodeFilter(handlers=(hit.id,)).to_params()
        else:
            params = {"case_id": hit.id} if hit.id else {}
            params["text"] = hit.text
        assert self._attached is not None
        self._attached.context.open(panels[0].id, params)

    def _enter_wall(self) -> None:
        assert self._attached is not None
        assert self.desk is not None
        if self.wall is None:
            self.wall = WallPage(
                self.registry,
                self._attached.context,
                self.desk.queue,
                self._on_fault,
                int(self._device.get("wall_page_seconds")),
                keepers=self._keepers,
            )
            self.wall.left.connect(lambda: self.enter("duty"))
            self.wall.set_place(f"{self.tr('Enforcement Desk')} · {self._attached.city}")
            self._stack.addWidget(self.wall)
        self.header.hide()
        self.status.hide()
        self.notices.bar.setVisible(False)
        self._stack.setCurrentWidget(self.wall)
        self.wall.start()

    def _keepers(self) -> list[AlarmKeeper]:
        """What attends to the panels and keeps alarms that somebody must acknowledge."""
        held = (self.attendants.find(spec.id) for spec in self.registry.specs)
        return [one for one in held if isinstance(one, AlarmKeeper)]

    def _leave_wall(self) -> None:
        assert self.wall is not None
        self.wall.stop()
        self.header.show()
        self.status.show()
        self.notices.bar.refresh()

    def _refresh(self) -> None:
        if self._attached is not None:
            from storage.schema import metadata  # noqa: PLC0415  The frame comes up without SQL.

            everything = dict.fromkeys((*metadata.tables, "node_clock"), ALL)
            self._attached.context.announce(ChangeSet(everything))

    def _set_locked(self, locked: bool) -> None:
        if self.desk is not None:
            self.desk.layouts.set_locked(locked)
        else:
            self._device.set("layout_locked", "1" if locked else "0")

    def _reset_layout(self) -> None:
        if self.desk is not None and self._perspective != "wall":
            self.desk.reset_layout()

    def _toggle_spread(self) -> None:
        if self.desk is not None and self._perspective != "wall" and not self.locking.up:
            self.desk.toggle_spread()

    def _set_live(self, on: bool) -> None:
        if self._attached is not None:
            self._attached.set_live(on)

    def _show_notices(self) -> None:
        self.notices.show_list(self.header.notices_button)

    def _focus_search(self) -> None:
        self.header.search.focus_search()

    def _focus_palette(self) -> None:
        self.header.show_commands()

    def _about(self) -> None:
        text = self.tr(
            "The desk of a court's enforcement command centre. Dates follow the law as data; "
            "each one can be recounted by hand."
        )
        message(
            self,
            object_name="about",
            title=self.tr("Enforcement Desk"),
            text=text,
            detail=self.version(),
        )

    def version(self) -> str:
        """The version of this program, empty in a bare source tree."""
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  Rarely asked.

        try:
            return version("enforcement-desk")
        except PackageNotFoundError:
            return ""

    def _show_time(self) -> None:
        if self._attached is not None:
            self.header.set_time(self._attached.context.now())

    def _on_notices(self) -> None:
        self.header.set_unseen(self.notices.unseen)
        if self._perspective == "wall":
            self.notices.bar.setVisible(False)

    def _on_idle(self) -> None:
        if self.desk is None or self._attached is None or not self.desk.settled():
            return
        if not self._counting:
            # What can be seen was read first; the counts of other duties wait for it.
            self._counting = True
            self.desk.attach(self._attached.context)
            self.finder.warm()
            self.attendants.start(self._attached.context)
            self._attached.context.settle()
            return
        self.settled.emit()

    def _fit(self) -> None:
        self.header.set_width(self.width())
        if self.desk is not None:
            self.desk.set_width(self.width())

    def _mark_menus(self) -> None:
        self.menus.lock.setChecked(self._device.get("layout_locked") == "1")
        size = self.menus.sizes.get(self._look.text_size)
        for mark in (size, self.menus.minutes.get(self.locking.minutes)):
            if mark is not None:
                mark.setChecked(True)

    def _may_lock(self) -> bool:
        """A wall is looked at without being touched, and a demonstration holds no secrets."""
        attached = self._attached
        return attached is not None and not attached.demo and self._perspective != "wall"

    def _on_covered(self, covered: bool) -> None:
        self.header.set_enabled(not covered and self.desk is not None)
        if not covered:
            self.notices.bar.refresh()

    def _say_broken(self) -> None:
        for broken in self.registry.broken:
            self._on_fault(broken.fault)
            name = broken.package.rsplit(".", 1)[-1]
            words = self.tr("The panel %1 could not be loaded; the others go on.")
            self.notices.post(words.replace("%1", panel_title(name)), "error")
