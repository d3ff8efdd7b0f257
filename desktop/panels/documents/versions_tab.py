"""Versions of a document, and what differs between any two as tracked changes. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.drafts import Version
from desktop.panels.documents.page_queries import DiffArgs, DocumentPage, FieldDiff, difference
from desktop.panels.documents.rules import Mark
from widgets.theme import current_theme, theme_notifier


class VersionsTab(QWidget):
    """`compared()` once the changes of two versions are shown."""

    compared = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document_id = ""
        self._found: Sequence[FieldDiff] = ()
        self._versions: Sequence[Version] = ()
        self.list = QListWidget(self)
        self.list.setObjectName("versions")
        self.list.setWordWrap(True)
        self.before, self.after = QComboBox(self), QComboBox(self)
        self.before.setObjectName("version_before")
        self.after.setObjectName("version_after")
        self.changes = QTextEdit(self)
        self.changes.setObjectName("changes")
        self.changes.setReadOnly(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel(self.tr("From"), self))
        row.addWidget(self.before, 1)
        row.addWidget(QLabel(self.tr("to"), self))
        row.addWidget(self.after, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.list, 2)
        layout.addLayout(row)
        layout.addWidget(self.changes, 3)
        for box in (self.before, self.after):
            box.activated.connect(lambda _index: self._compare())
        self.list.itemActivated.connect(lambda _item: self._from_list())
        self.list.itemClicked.connect(lambda _item: self._from_list())
        theme_notifier().theme_changed.connect(self._paint)

    def show_page(self, page: DocumentPage) -> None:
        """Shows the versions; at first what the last one changed."""
        if (page.id, page.versions) == (self._document_id, tuple(self._versions)):
            return
        self._document_id, self._versions = page.id, page.versions
        self.list.clear()
        for box in (self.before, self.after):
            box.clear()
        for one in page.versions:
            author = page.authors.get(one.author_id or "", "")
            head = self.tr("Version {n}").format(n=one.n)
            words = f"{head}　{one.at:%Y-%m-%d %H:%M}　{author}"
            changed = "、".join(one.changed)
            detail = "　".join(filter(None, (one.note, changed)))
            self.list.addItem(f"{words}\n{detail}" if detail else words)
            for box in (self.before, self.after):
                box.addItem(f"{head}　{one.at:%m-%d %H:%M}")
        last = len(page.versions) - 1
        self.list.setCurrentRow(last)
        self.before.setCurrentIndex(max(0, last - 1))
        self.after.setCurrentIndex(last)
        self._compare()

    def _from_list(self) -> None:
        chosen = self.list.currentRow()
        self.before.setCurrentIndex(max(0, chosen - 1))
        self.after.setCurrentIndex(chosen)
        self._compare()

    def _compare(self) -> None:
        args = DiffArgs(self._document_id, self.before.currentIndex(), self.after.currentIndex())
        self._context.read(self, "diff", difference, args, self._on_diff)

    def _on_diff(self, found: Sequence[FieldDiff]) -> None:
        self._found = found
        self._paint()
        self.compared.emit()

    def _paint(self) -> None:
        self.changes.clear()
        cursor = self.changes.textCursor()
        if not self._found:
            same = len(self._versions) < 2
            words = self.tr("There is one version so far.") if same else self.tr("No difference.")
            cursor.insertText(words, _head_format())
            return
        for n, field in enumerate(self._found):
            cursor.insertText(("\n\n" if n else "") + field.label + "\n", _head_format())
            for span in field.spans:
                cursor.insertText(span.text, mark_format(span.mark))
        self.changes.moveCursor(QTextCursor.MoveOperation.Start)


def _head_format() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(current_theme().color("muted"))
    return made


def mark_format(mark: Mark) -> QTextCharFormat:
    """Added is green and underlined, removed red and struck out: never colour alone."""
    theme, made = current_theme(), QTextCharFormat()
    if mark == "added":
        made.setForeground(theme.text_color("normal"))
        made.setBackground(theme.mix("normal", "surface", 0.14))
        made.setFontUnderline(True)
    elif mark == "removed":
        made.setForeground(theme.text_color("overdue"))
        made.setBackground(theme.mix("overdue", "surface", 0.14))
        made.setFontStrikeOut(True)
    else:
        made.setForeground(theme.color("text"))
    return made
