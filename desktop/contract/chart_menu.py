"""The corner button of a plot panel: keeps the picture or its numbers as a file. UI thread."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.contract.context import PanelContext
from widgets.icon import icon
from widgets.plot import Chart


class ChartMenu(QToolButton):
    """Writes `<name> <day>.png` or `.csv` of the chart shown into the documents folder."""

    def __init__(
        self, chart: Chart, context: PanelContext, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._chart = chart
        self._context = context
        self._name = name
        self._note = ""
        self.setObjectName("chart_menu")
        self.setProperty("kind", "caption")
        self.setIcon(icon("ri.more-fill"))
        self.setToolTip(self.tr("Save picture or numbers"))
        self.setAccessibleName(self.tr("Save picture or numbers"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        menu = QMenu(self)
        self.png_action = menu.addAction(self.tr("Save picture (PNG)"), self.save_png)
        self.csv_action = menu.addAction(self.tr("Save numbers (CSV)"), self.save_csv)
        self.setMenu(menu)

    def set_chart(self, chart: Chart, name: str) -> None:
        """Saves another chart from now on, under another name."""
        self._chart, self._name = chart, name

    def set_note(self, note: str) -> None:
        """The unit written beside the name in the picture."""
        self._note = note

    def save_png(self) -> None:
        """The chart as it stands, as a picture."""
        self._save("png")

    def save_csv(self) -> None:
        """The numbers behind the chart."""
        self._save("csv")

    def _save(self, kind: str) -> None:
        folder = self._context.documents_folder()
        target = folder / f"{self._name} {self._context.today().isoformat()}.{kind}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if kind == "png":
                self._export_picture(target)
            else:
                self._chart.export_csv(target)
        except OSError as fault:
            text = self.tr("Could not be saved: {reason}").format(
                reason=fault.strerror or str(fault)
            )
            self._context.notify(text, level="error")
            return
        self._context.notify(self.tr("Saved: {file}").format(file=target), level="done")

    def _export_picture(self, target: Path) -> None:
        """A picture stands alone, so it carries its name and unit, which the dock shows here."""
        self._chart.set_title(self._name)
        self._chart.set_note(self._note)
        try:
            self._chart.export_png(target)
        finally:
            self._chart.set_title("")
            self._chart.set_note("")
