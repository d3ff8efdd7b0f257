"""A short list held in memory, and a column that scrolls where the window is low. UI thread."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from widgets.table import Column, DataTable, PagedTableModel, StaticSource
from widgets.theme import current_theme

T = TypeVar("T")
_SIDE_WIDE = 300


def scrolled(column: QWidget, parent: QWidget) -> QScrollArea:
    """`column` as wide as its room, scrolled up and down alone."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(current_theme().px(_SIDE_WIDE))
    area.setWidget(column)
    return area


class Listing(Generic[T]):
    """`table` shows `things`; a thing keeps its number, and so stays the current one."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        self._source = StaticSource(())
        self._numbers: dict[object, int] = {}
        self.things: dict[int, T] = {}
        self.model = PagedTableModel(columns, self._source, parent)
        self.table = DataTable(self.model, parent)

    def show(self, rows: Sequence[tuple[object, T, Mapping[str, object]]]) -> None:
        """Lists (key, thing, values) in their order."""
        self.things = {}
        listed = []
        for key, thing, values in rows:
            number = self._numbers.setdefault(key, len(self._numbers))
            self.things[number] = thing
            listed.append({**values, "id": number})
        self._source.set_rows(listed)
        self.model.refresh()

    def current(self) -> T | None:
        """What the current row is about."""
        chosen = self.table.current_id()
        return None if chosen is None else self.things.get(chosen)

    def choose(self, key: object) -> None:
        """Makes the row of that key current."""
        if key in self._numbers:
            self.table.select_id(self._numbers[key])
