"""Questions and messages that block nothing: the answer comes to a callback. UI thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.theme import current_theme


class _Ask(QDialog):
    """Title, words, and buttons; window-modal, so the event loop never nests."""

    def __init__(self, parent: QWidget | None, object_name: str, title: str, text: str) -> None:
        super().__init__(parent)
        if not object_name:
            raise ValueError("a dialog needs an object name")
        theme = current_theme()
        self.setObjectName(object_name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(theme.px(380))
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 16)
        self.body.setSpacing(10)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        self.body.addWidget(heading)
        if text:
            self.add_words(text, "")

    def add_words(self, text: str, role: str) -> None:
        """A paragraph that can be selected and copied."""
        words = QLabel(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            words.setProperty("role", role)
        self.body.addWidget(words)

    def add_buttons(self, accept_text: str, cancel_text: str, *, kind: str) -> QPushButton:
        """The row of buttons; gives the accepting one."""
        row = QHBoxLayout()
        row.addStretch(1)
        if cancel_text:
            cancel = QPushButton(cancel_text)
            cancel.setObjectName("cancel")
            cancel.clicked.connect(self.reject)
            row.addWidget(cancel)
        accept = QPushButton(accept_text)
        accept.setObjectName("accept")
        accept.setProperty("kind", kind)
        accept.setDefault(kind == "primary")
        accept.setAutoDefault(kind == "primary")
        accept.clicked.connect(self.accept)
        row.addWidget(accept)
        self.body.addSpacing(6)
        self.body.addLayout(row)
        return accept


def confirm(
    parent: QWidget | None,
    *,
    object_name: str,
    title: str,
    text: str,
    accept_text: str,
    on_accept: Callable[[], None],
    on_reject: Callable[[], None] | None = None,
    detail: str = "",
    danger: bool = False,
) -> QDialog:
    """Asks before an act. A dangerous one is not the default button."""
    dialog = _Ask(parent, object_name, title, text)
    if detail:
        dialog.add_words(detail, "muted")
    dialog.add_buttons(accept_text, dialog.tr("Cancel"), kind="danger" if danger else "primary")
    dialog.accepted.connect(on_accept)
    if on_reject is not None:
        dialog.rejected.connect(on_reject)
    dialog.open()
    return dialog


def message(
    parent: QWidget | None, *, object_name: str, title: str, text: str, detail: str = ""
) -> QDialog:
    """Says something that an act of the user led to."""
    dialog = _Ask(parent, object_name, title, text)
    if detail:
        dialog.add_words(detail, "muted")
    dialog.add_buttons(dialog.tr("Close"), "", kind="primary")
    dialog.open()
    return dialog


def ask_text(
    parent: QWidget | None,
    *,
    object_name: str,
    title: str,
    label: str,
    accept_text: str,
    on_accept: Callable[[str], None],
    multiline: bool = False,
    required: bool = True,
    text: str = "",
) -> QDialog:
    """Asks for one text; an empty one cannot be accepted when it is required."""
    dialog = _Ask(parent, object_name, title, "")
    above = QLabel(label)
    above.setProperty("role", "small")
    above.setWordWrap(True)
    dialog.body.addWidget(above)
    entry: QLineEdit | QPlainTextEdit = QPlainTextEdit(text) if multiline else QLineEdit(text)
    entry.setObjectName("text")
    entry.setAccessibleName(label)
    above.setBuddy(entry)
    dialog.body.addWidget(entry)
    accept = dialog.add_buttons(accept_text, dialog.tr("Cancel"), kind="primary")

    def typed() -> str:
        return (entry.toPlainText() if isinstance(entry, QPlainTextEdit) else entry.text()).strip()

    def on_changed() -> None:
        accept.setEnabled(bool(typed()) or not required)

    entry.textChanged.connect(on_changed)
    on_changed()
    dialog.accepted.connect(lambda: on_accept(typed()))
    dialog.open()
    entry.setFocus()
    return dialog
