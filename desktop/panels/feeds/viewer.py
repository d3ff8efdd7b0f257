"""One picture at its full size, with its proof, and what can be done with it. UI thread."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.command.feeds.snapshots import Whole, export_name, whole
from desktop.contract.context import PanelContext
from desktop.panels.feeds.pictures import FileArgs, read, write
from widgets.badge import Badge
from widgets.parts import named_button, words_label

_GROUND: Final = QColor("#070B12")


class PictureArea(QWidget):
    """Shows an image as large as there is room, on black."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_image(self, image: QImage) -> None:
        """Shows another image; an empty one leaves the ground."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if not self.image.isNull():
            size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRect(QPoint(left, top), size), self.image)
        painter.end()


class SnapshotPage(QWidget):
    """`left()`: back to the grid. `proved(id, whole)`: its bytes were held against its hash."""

    left = Signal()
    proved = Signal(str, bool)

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("snapshot_page")
        self._context = context
        self._found: Whole | None = None
        self._wanted = ""
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.proof = Badge(parent=self)
        self.facts = words_label(self, "muted")
        self.hash_label = words_label(self, "small")
        self.area = PictureArea(self)
        self.back_button = named_button(self, "back_to_grid", self.tr("Back to the grid"))
        self.prove_button = named_button(self, "prove", self.tr("Check again"))
        self.export_button = named_button(self, "export", self.tr("Export"))
        self.operation_button = named_button(self, "open_operation", self.tr("To the operation"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.prove_button.clicked.connect(lambda _checked=False: self._read())
        self.export_button.clicked.connect(lambda _checked=False: self._export())
        self.operation_button.clicked.connect(lambda _checked=False: self._open_operation())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self._arrange()

    def open(self, snapshot_id: str) -> None:
        """Reads one and works its hash out from the bytes, each time anew."""
        self._wanted = snapshot_id
        self._read()

    @property
    def shown(self) -> Whole | None:
        """The picture on show."""
        return self._found

    # Inside

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.title, self.proof):
            top.addWidget(part)
        top.addStretch(1)
        for button in (self.operation_button, self.case_button):
            top.addWidget(button)
        top.addWidget(self.prove_button)
        top.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.facts)
        layout.addWidget(self.hash_label)

    def _read(self) -> None:
        self._context.read(self, "snapshot", whole, self._wanted, self._on_found)

    def _on_found(self, found: Whole | None) -> None:
        if found is None:
            self._context.notify(self.tr("That picture is not here any more."), level="warning")
            self.left.emit()
            return
        self._found = found
        self._context.layout(self, read, found, self._on_image)

    def _on_image(self, image: QImage) -> None:
        found = self._found
        if found is None:
            return
        line = found.line
        self.area.show_image(image)
        self.title.setText(f"{line.feed} · {line.at:%Y-%m-%d %H:%M:%S}")
        good = self.tr("As taken") if found.whole else self.tr("Altered!")
        self.proof.set_state("normal" if found.whole else "overdue", good)
        parts = [
            self.tr("Frame {time}").format(time=f"{line.at:%Y-%m-%d %H:%M:%S}"),
            self.tr("taken {time} by {person}").format(
                time=f"{line.taken_at:%m-%d %H:%M:%S}", person=line.person
            ),
            f"{image.width()}×{image.height()}",
            f"{line.size / 1024:,.0f} KB",
        ]
        if line.operation:
            parts.append(self.tr("in the log of “{name}”").format(name=line.operation))
        if line.note:
            parts.append(line.note)
        self.facts.setText("  ·  ".join(parts))
        told = f"SHA-256 {line.sha256}"
        if not found.whole:
            told += "\n" + self.tr(
                "The bytes kept here give {hash}: the picture was altered."
            ).format(hash=found.found)
        self.hash_label.setText(told)
        self.export_button.setEnabled(found.whole)
        self.operation_button.setVisible(bool(line.operation_id))
        self.case_button.setVisible(bool(line.case_id))
        self.proved.emit(line.id, found.whole)

    def _export(self) -> None:
        found = self._found
        if found is None or not found.whole:
            return
        line = found.line
        path = self._context.documents_folder() / export_name(line)

        def done(_path: object) -> None:
            subject = f"截图：{line.feed} {line.at:%Y-%m-%d %H:%M:%S}"
            self._context.copied("export", subject, line.case_id)
            self._context.notify(self.tr("Exported to {path}").format(path=path), level="done")

        self._context.layout(self, write, FileArgs(path, found.data), done)

    def _open_operation(self) -> None:
        if self._found is not None and self._found.line.operation_id:
            self._context.open("operations", {"operation_id": self._found.line.operation_id})

    def _open_case(self) -> None:
        if self._found is not None and self._found.line.case_id:
            self._context.open("case_query", {"case_id": self._found.line.case_id})
