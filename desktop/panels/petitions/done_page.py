"""After a visitor was noted: the code, the receipt, the next one. UI thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.petitions.paper import print_for
from desktop.petitions.commands import Received
from desktop.petitions.phrases import phrases


class DonePage(QWidget):
    """Enter prints, then goes on to the next visitor."""

    next_asked = Signal()
    open_asked = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reception_done")
        self._context = context
        self.found: Received | None = None
        self.title = QLabel(self.tr("Noted"), self)
        self.title.setProperty("role", "title")
        self.code = QLabel(self)
        self.code.setObjectName("receipt_code")
        self.code.setProperty("role", "figure")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words = QLabel(self)
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.print_button = QPushButton(self.tr("Print receipt (Enter)"), self)
        self.print_button.setObjectName("print_receipt")
        self.print_button.setProperty("kind", "primary")
        self.next_button = QPushButton(self.tr("Next visitor"), self)
        self.next_button.setObjectName("next_visitor")
        self.open_button = QPushButton(self.tr("Open petition"), self)
        self.open_button.setObjectName("open_petition")
        self.list_button = QPushButton(self.tr("Back to list"), self)
        self.list_button.setObjectName("to_list")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.print_button, self.next_button, self.open_button, self.list_button):
            button.setAutoDefault(True)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(14)
        for part in (self.title, self.code, self.words):
            layout.addWidget(part)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.next_button.clicked.connect(lambda _checked=False: self.next_asked.emit())
        self.open_button.clicked.connect(lambda _checked=False: self._open())
        self.list_button.clicked.connect(lambda _checked=False: self.left.emit())

    def show_code(self, found: Received) -> None:
        """Shows what the visitor gets."""
        self.found = found
        self.code.setText(found.code)
        words = phrases().receipt
        self.words.setText(
            self.tr("The visitor may ask by telephone {number} ({hours}) with this code.").format(
                number=words.telephone, hours=words.hours
            )
        )
        self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def print(self) -> None:
        """Lays the receipt out and shows it; the next key goes on to the next visitor."""
        if self.found is not None:
            print_for(self._context, self, self.found.petition_id)
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.click()
                return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _open(self) -> None:
        if self.found is not None:
            self.open_asked.emit(self.found.petition_id)
