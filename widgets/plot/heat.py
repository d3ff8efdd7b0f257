"""A grid of counts: colour for the eye, the number in each cell for everybody. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from widgets.plot.chart import Chart
from widgets.plot.setup import PixelMap, WordAxis
from widgets.theme import Theme, blend, ink_on


class HeatMap(Chart):
    """`values[row][column]`; None is an empty cell. The first row is at the top."""

    cell_clicked = Signal(int, int)

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        self._across = WordAxis("bottom")
        self._down = WordAxis("left")
        self._rows: Sequence[str] = ()
        self._columns: Sequence[str] = ()
        self._narrow: Sequence[str] = ()
        self._values: Sequence[Sequence[int | None]] = ()
        super().__init__(
            title, note, axes={"bottom": self._across, "left": self._down}, parent=parent
        )

    def set_data(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        values: Sequence[Sequence[int | None]],
        reading: str = "",
        *,
        narrow_columns: Sequence[str] = (),
    ) -> None:
        """Stores the counts. Raises ValueError when the shape of `values` does not fit.

        `narrow_columns` are words for the same columns where `columns` would run together.
        """
        if narrow_columns and len(narrow_columns) != len(columns):
            raise ValueError("narrow_columns must name every column")
        if len(values) != len(rows) or any(len(row) != len(columns) for row in values):
            raise ValueError("values must be rows by columns")
        self._rows, self._columns, self._values = rows, columns, values
        self._narrow = narrow_columns
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._rows) and bool(self._columns)

    def _apply_data(self, theme: Theme) -> None:
        box = self.view.getPlotItem().vb
        box.invertY(True)
        box.setRange(
            xRange=(-0.5, len(self._columns) - 0.5),
            yRange=(-0.5, len(self._rows) - 0.5),
            padding=0,
        )
        narrow = bool(self._narrow) and self._run_together(self._columns, theme)
        names = self._narrow if narrow else self._columns
        self._across.set_words(
            [(float(n), name) for n, name in enumerate(names)],
            measure=max(names, key=len) if narrow else "",
        )
        self._down.set_words([(float(n), name) for n, name in enumerate(self._rows)])

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        highest = max((v or 0 for row in self._values for v in row), default=0)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        # Numbers that would run into each other are left to the tooltip.
        spacious = metrics.horizontalAdvance(f"{highest:,}") <= to.rect(-0.5, 0, 0.5, 0).width()
        for y, row in enumerate(self._values):
            for x, value in enumerate(row):
                rect = to.rect(x - 0.5, y + 0.5, x + 0.5, y - 0.5)
                cell = QRectF(rect).adjusted(1, 1, 0, 0)
                if not value:
                    painter.fillRect(cell, theme.mix("line", "surface", 0.25))
                    painter.setPen(theme.color("faint_text"))
                    if spacious:
                        painter.drawText(cell, centre, "·" if value is None else "0")
                    continue
                color = heat_color(value / highest, theme)
                painter.fillRect(cell, color)
                painter.setPen(ink_on(color))
                if spacious:
                    painter.drawText(cell, centre, f"{value:,}")

    def _hit(self, place: QPointF) -> tuple[int, int] | None:
        row, column = round(place.y()), round(place.x())
        if 0 <= row < len(self._rows) and 0 <= column < len(self._columns):
            return row, column
        return None

    def _tip_at(self, place: QPointF) -> str:
        hit = self._hit(place)
        if hit is None:
            return ""
        value = self._values[hit[0]][hit[1]]
        shown = "—" if value is None else f"{value:,}"
        return f"{self._rows[hit[0]]} × {self._columns[hit[1]]}  {shown}"

    def _on_clicked(self, place: QPointF) -> None:
        hit = self._hit(place)
        if hit is not None:
            self.cell_clicked.emit(*hit)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        body = [[name, *row] for name, row in zip(self._rows, self._values, strict=True)]
        return [["", *self._columns], *body]


def heat_color(share: float, theme: Theme) -> QColor:
    """0..1 from the quiet end over amber to the overdue colour."""
    low, middle, high = (theme.color(f"heat_{name}") for name in ("low", "middle", "high"))
    share = min(1.0, max(0.0, share))
    if share < 0.5:
        return blend(middle, low, share * 2)
    return blend(high, middle, (share - 0.5) * 2)
