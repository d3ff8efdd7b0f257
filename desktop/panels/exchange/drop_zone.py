"""Where a file is dropped: says what is wanted and lights up when something hovers. UI thread."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.icon import icon
from widgets.theme import current_theme, theme_notifier

_ICON_PX = 40


def dropped_file(mime: QMimeData) -> Path | None:
    """The one local file of a drag; None for anything else."""
    urls = mime.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.is_file() else None


class DropZone(QWidget):
    """An empty state that takes a click too."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hot = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._picture = QLabel(self)
        title = QLabel(self.tr("Drop a workbook here, or click to choose one"), self)
        title.setProperty("role", "title")
        hint = QLabel(
            self.tr("XLSX, CSV (UTF-8 or GB18030), JSON, also .gz. Nothing is written yet."),
            self,
        )
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        for label in (self._picture, title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addStretch(1)
        theme_notifier().theme_changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        picture = icon("ri.file-excel-2-line", "muted")
        self._picture.setPixmap(picture.pixmap(_ICON_PX, _ICON_PX))
        self.update()

    def set_hot(self, hot: bool) -> None:
        """Lights the frame while a file hovers over the panel."""
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("accent" if self._hot else "line"), 1.5)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        margin = theme.grid * 2
        box = self.rect().adjusted(margin, margin, -margin, -margin)
        painter.drawRoundedRect(box, theme.radius, theme.radius)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
