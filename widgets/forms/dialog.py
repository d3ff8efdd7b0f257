"""A form in a window of its own that blocks nothing. UI thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from widgets.forms.pane import FormPane
from widgets.theme import current_theme


class FormDialog(QDialog):
    """`form.submitted` does not close it: the owner calls `accept()` once the command succeeded.

    Esc and the close button end it with `form.closed`, which carries the draft.
    """

    def __init__(
        self, title: str, parent: QWidget | None = None, *, submit_text: str = "", width: int = 480
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = FormPane(self, submit_text=submit_text)
        self.form.closed.connect(lambda _draft: self._end())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(self.form)
        theme = current_theme()
        self.resize(theme.px(width), theme.px(420))
        self._ending = False

    def _end(self) -> None:
        if not self._ending:
            self._ending = True
            super().reject()

    def reject(self) -> None:
        """The window's close button: the same as Esc."""
        if not self._ending:
            self.form.close_keeping_draft()
