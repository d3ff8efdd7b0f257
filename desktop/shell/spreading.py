"""One panel over the whole desk for a while: a page to be read needs more than its usual place.

What stood around it is hidden, not closed: docks keep their places and sizes, panels that cannot be
seen stop working, and a saved layout never knows of it. UI thread.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QSplitter, QToolButton, QWidget
from shiboken6 import isValid


class Spread(QObject):
    """Hides what stands beside an area, at every level of splitters, and brings it back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area: QWidget | None = None
        self._hidden: list[QWidget] = []
        self._sizes: list[tuple[QSplitter, list[int]]] = []

    @property
    def area(self) -> QWidget | None:
        """The area that has the desk to itself; None without one."""
        if self._area is not None and not isValid(self._area):
            self.end()
        return self._area

    def begin(self, area: QWidget) -> None:
        """Gives `area` the desk; an area without neighbours is left as it is."""
        self.end()
        part = area
        while isinstance(above := part.parentWidget(), QSplitter):
            parts = (above.widget(n) for n in range(above.count()))
            beside = [
                one
                for one in parts
                if one is not None and one is not part and one.isVisibleTo(above)
            ]
            if beside:
                self._sizes.append((above, above.sizes()))
            for one in beside:
                one.hide()
            self._hidden += beside
            part = above
        self._area = area if self._hidden else None

    def end(self) -> None:
        """Everything as it was."""
        hidden, sizes = self._hidden, self._sizes
        self._area, self._hidden, self._sizes = None, [], []
        for one in hidden:
            if isValid(one):
                one.show()
        for splitter, kept in reversed(sizes):
            if isValid(splitter) and splitter.count() == len(kept):
                splitter.setSizes(kept)


def spread_button(area: QWidget, toggle: Callable[[QWidget], object]) -> QToolButton:
    """The button at the end of an area's tabs."""
    button = QToolButton(area)
    button.setObjectName("spread_button")
    button.setAutoRaise(True)
    words = QCoreApplication.translate("Docks", "Panel over the whole desk, and back (F8)")
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.clicked.connect(lambda _checked=False: toggle(area))
    return button
