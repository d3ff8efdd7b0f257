"""Takes the desk from the screen while nobody may look at it, and brings it back as it was.

Nothing is closed and nothing typed is lost: the page lies in front, other windows of the desk get
a sheet, keys do nothing. UI thread.
"""

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QWindow
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.shell.unlock import UnlockPage

MINUTE_MS: Final = 60_000
_TOUCHES: Final = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    )
)


class IdleWatch(QObject):
    """`idle`: no key and no mouse for so many minutes, in any window of the desk; 0 never.

    It listens to windows, where input arrives first: a filter on the application would see every
    event of every widget.
    """

    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusWindowChanged.connect(self._on_window)

    def set_minutes(self, minutes: int) -> None:
        """Begins anew with another time."""
        self._timer.stop()
        self._timer.setInterval(minutes * MINUTE_MS)
        if minutes:
            self._on_window(QApplication.focusWindow())
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES and self._timer.interval():
            self._timer.start()
        return super().eventFilter(watched, event)

    def _on_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # once more is no second time


class Cover(QObject):
    """`page` asks; it comes into being when it is first needed, as a start must not wait for it.
    `up` while it lies over the desk."""

    made = Signal(object)  # the page, once

    def __init__(self, window: QWidget, stack: QStackedWidget) -> None:
        super().__init__(window)
        self._window = window
        self._stack = stack
        self._page: UnlockPage | None = None
        self.up = False
        self._under: QWidget | None = None
        self._silenced: list[QAction] = []
        self._sheets: list[_Sheet] = []
        self._hidden: list[QWidget] = []

    @property
    def page(self) -> UnlockPage:
        """What lies over the desk."""
        if self._page is None:
            self._page = UnlockPage()
            self._page.setObjectName("lock_page")
            self._stack.addWidget(self._page)
            self.made.emit(self._page)
        return self._page

    def lay(self, *beside: QWidget) -> None:
        """Covers everything; `beside` are parts of the window that would still tell something."""
        if not self.up:
            self.up = True
            popup = QApplication.activePopupWidget()
            while popup is not None:
                popup.close()
                popup = QApplication.activePopupWidget()
            self._under = self._stack.currentWidget()
            self._silenced = [one for one in self._window.actions() if one.isEnabled()]
            for action in self._silenced:
                action.setEnabled(False)
            self._hidden = [one for one in beside if not one.isHidden()]
            for widget in self._hidden:
                widget.hide()
            for other in QApplication.topLevelWidgets():
                if other is not self._window and other.isVisible():
                    self._sheets.append(_Sheet(other))
        self._stack.setCurrentWidget(self.page)

    def lift(self) -> None:
        """Everything is where it was."""
        if not self.up:
            return
        self.up = False
        for action in self._silenced:
            action.setEnabled(True)
        for widget in self._hidden:
            widget.show()
        for sheet in self._sheets:
            if shiboken6.isValid(sheet):
                sheet.lift()
        self._silenced, self._hidden, self._sheets = [], [], []
        if self._under is not None:
            self._stack.setCurrentWidget(self._under)
            self._under.setFocus()


class _Sheet(QWidget):
    """Lies over another window of the desk, a panel of its own or a dialog, and keeps its size."""

    def __init__(self, under: QWidget) -> None:
        super().__init__(under)
        self.setObjectName("sheet")
        self.setProperty("canvas", True)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._under = under
        self._parts = [
            one
            for one in under.children()
            if isinstance(one, QWidget) and one is not self and one.isEnabledTo(under)
        ]
        for part in self._parts:
            part.setEnabled(False)
        under.installEventFilter(self)
        self.setGeometry(under.rect())
        self.show()
        self.raise_()

    def lift(self) -> None:
        """Gives the window back; parts that went meanwhile are left alone."""
        self._under.removeEventFilter(self)
        for part in self._parts:
            if shiboken6.isValid(part):
                part.setEnabled(True)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.setGeometry(self._under.rect())
            self.raise_()
        return super().eventFilter(watched, event)
