"""What must happen before the list can be signed, in words; a click leads there. UI thread."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.rules.seizure_form import Block
from widgets.parts import words_label
from widgets.states import state_pixmap
from widgets.theme import current_theme


class BlocksBox(QFrame):
    """`asked(part)` when somebody wants to go to what is missing."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seizure_blocks")
        self.blocks: tuple[Block, ...] = ()
        self.mark = QLabel(self)
        self.title = words_label(self, "title")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.mark)
        head.addWidget(self.title, 1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        self._shown: list[QWidget] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(head)
        box.addLayout(self._rows)
        self.show_blocks(())

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """All of them, or that nothing is missing."""
        given = tuple(blocks)
        if given == self.blocks and self._shown:
            return
        self.blocks = given
        for row in self._shown:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._shown = [self._row(one) for one in given]
        theme = current_theme()
        state = "due_soon" if given else "normal"
        self.mark.setPixmap(state_pixmap(state, theme.px(14), theme))
        self.title.setText(
            self.tr("Before signing: {count} left").format(count=len(given))
            if given
            else self.tr("Nothing is missing; the list can be signed.")
        )

    def words(self) -> str:
        """All sentences, for a test and for whoever cannot see."""
        return "\n".join(one.words for one in self.blocks)

    def _row(self, block: Block) -> QWidget:
        row = QWidget(self)
        words = words_label(row, "")
        # A finger does not hover: in the field the article stands in the sentence.
        told = block.basis if current_theme().touch else ""
        words.setText(f"{block.words}（{told}）" if told else block.words)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        words.setToolTip(block.basis)
        button = QPushButton(self.tr("Go there"), row)
        button.setObjectName(f"block_{block.part}")
        button.setProperty("kind", "quiet")
        button.clicked.connect(partial(self._ask, block.part))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(words, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._rows.addWidget(row)
        return row

    def _ask(self, part: str, _checked: bool = False) -> None:
        self.asked.emit(part)
