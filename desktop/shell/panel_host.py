"""The place of one panel: its view is made when it is first shown. UI thread.

A view that fails to import or to build leaves a card with that said; the other panels go on.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.panel import PanelSpec
from desktop.shell.column_keeping import ColumnKeeping
from desktop.shell.registry import load_view
from widgets.table import DataTable

HOLD_MS: Final = 1_500


class BuildQueue(QObject):
    """Builds one view per turn of the event loop, so that the frame paints in between.

    What stands in the centre comes first, and gets its rows before the next view is built: its
    rows are what the user opened the window for.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)
        self._held = QTimer(self)
        self._held.setSingleShot(True)
        self._held.setInterval(HOLD_MS)
        self._held.timeout.connect(self.go_on)

    @property
    def empty(self) -> bool:
        """Whether every asked view has been built."""
        return not self._waiting

    def add(self, build: Callable[[], None], *, first: bool = False) -> None:
        """Runs `build` in a later turn; `first` before what waits already."""
        if first:
            self._waiting.appendleft(build)
        else:
            self._waiting.append(build)
        if first or not self._held.isActive():
            self._timer.start()

    def hold(self) -> None:
        """Builds nothing more until `go_on`, or until its rows take too long."""
        self._timer.stop()
        self._held.start()

    def go_on(self) -> None:
        """Ends a hold."""
        self._held.stop()
        if self._waiting:
            self._timer.start()

    def clear(self) -> None:
        """Builds nothing more; the window closes."""
        self._waiting.clear()
        self._timer.stop()
        self._held.stop()

    def _next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        self._waiting.popleft()()


class PanelHost(QWidget):
    """Holds the view of one panel once it exists."""

    built = Signal(str)  # panel id, whether well or not

    def __init__(
        self,
        spec: PanelSpec,
        context: PanelContext,
        queue: BuildQueue,
        on_fault: Callable[[BaseException], object],
    ) -> None:
        super().__init__()
        self.spec = spec
        self.view: QWidget | None = None
        self.failed = False
        self._context = context
        self._queue = queue
        self._on_fault = on_fault
        self._params: dict[str, str] | None = None
        self._asked = False
        self._columns = ColumnKeeping(spec.id, context, self)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.setObjectName(f"host-{spec.id}")
        context.caught_up.connect(queue.go_on)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask_build()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._columns.flush()

    def keep_columns(self, table: DataTable) -> None:
        """See `ColumnKeeper`: a list inside the view shows itself for the first time."""
        self._columns.keep(table)

    def ask_build(self) -> None:
        """Has the view built soon; asking twice does nothing."""
        if not self._asked:
            self._asked = True
            self._queue.add(self._build_if_wanted, first=self.spec.area == "center")

    def _build_if_wanted(self) -> None:
        """Arranging docks shows some for an instant that nobody gets to see."""
        if self.isVisible() or self._params is not None:
            self._build()
        else:
            self._asked = False

    def apply(self, params: Mapping[str, str]) -> None:
        """Hands parameters to the view, now or when it exists."""
        if self.view is None:
            self._params = dict(params)
            self.ask_build()
            return
        handler = getattr(self.view, "apply", None)
        if handler is not None:
            handler(dict(params))

    def _build(self) -> None:
        try:
            made: Any = load_view(self.spec)(self._context, self)
        except Exception as fault:
            self.failed = True
            self._on_fault(fault)
            self._box.addWidget(self._error_card())
            self.built.emit(self.spec.id)
            return
        self.view = made
        self._box.addWidget(made)
        if self._params is not None:
            params, self._params = self._params, None
            self.apply(params)
        if self.spec.area == "center":
            self._queue.hold()
            self._context.look_up()
        self.built.emit(self.spec.id)

    def _error_card(self) -> QWidget:
        label = QLabel(
            self.tr("This panel could not be opened. A report was recorded; the others go on.")
        )
        label.setProperty("role", "error")
        label.setWordWrap(True)
        label.setMargin(16)
        return label
