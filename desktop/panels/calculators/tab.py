"""What all calculators share: typed at the left, counted at once, shown at the right. UI thread.

What is typed is kept as a draft; counting happens on the layout lane, a moment after the last key.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.calculators.queries import CaseFacts
from desktop.panels.calculators.result_pane import ResultPane
from desktop.panels.calculators.rules import Answer, Asked, Typed, answer
from widgets.forms import RowsEditor
from widgets.parts import named_button

DELAY_MS: Final = 150
_LEFT_WIDTH: Final = 560


class CalculatorTab(QWidget):
    """Subclasses fill `body`, and say what is typed, which question it makes, and how a case
    fills it."""

    KIND: str
    HAND: str

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.facts: CaseFacts | None = None
        self._asked = 0
        self._typed: Typed | None = None
        self._loading = True
        self.case_label = QLabel(self)
        self.case_label.setProperty("role", "muted")
        self.fill_button = named_button(self, "fill_from_case", self.tr("Fill from the case"))
        self.clear_button = named_button(self, "clear", self.tr("Clear"))
        self.clear_button.setProperty("kind", "quiet")
        self.result = ResultPane(context, self.hand_text(), self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.count_now)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 8, 0)
        self.body.setSpacing(12)
        self._arrange()
        self.build()
        self.body.addStretch(1)
        # What is typed is never cut off at its right; the result wraps and can be scrolled.
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(self._inner.minimumSizeHint().width() + bar)
        self.fill_button.clicked.connect(lambda _checked=False: self._fill())
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        self.result.handed.connect(self.hand_over)
        self.show_facts(None)
        self.context.load_draft(self.draft_key, self._on_draft)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.case_label, 1)
        head.addWidget(self.fill_button)
        head.addWidget(self.clear_button)
        self._inner = inner = QWidget(self)
        inner.setProperty("plain", True)
        inner.setLayout(self.body)
        self._scroll = scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.addWidget(left)
        splitter.addWidget(self.result)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LEFT_WIDTH, _LEFT_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(splitter)

    # What a subclass says

    @abstractmethod
    def build(self) -> None:
        """Puts the fields into `body` and joins their changes to `touched`."""

    @abstractmethod
    def hand_text(self) -> str:
        """The words of the button that hands the result on."""

    @abstractmethod
    def typed(self) -> dict[str, Any]:
        """Everything the fields hold, fit for JSON."""

    @abstractmethod
    def put(self, values: Mapping[str, Any]) -> None:
        """Fills the fields; keys that are missing are as in an empty form."""

    @abstractmethod
    def question(self, typed: Mapping[str, Any]) -> Typed | None:
        """The question; None while nothing worth counting is there."""

    def editors(self) -> Mapping[str, RowsEditor]:
        """The lists of rows by their name in the question."""
        return {}

    @abstractmethod
    def from_case(self, facts: CaseFacts) -> dict[str, Any]:
        """What a case says, as `put` takes it."""

    @abstractmethod
    def empty_words(self) -> str:
        """What stands in place of the result before anything is typed."""

    def hand_over(self, found: Answer) -> None:
        """The result goes into the form of a payment order."""
        self.context.open(
            "disbursement",
            {
                "new": "1",
                "case_id": found.asked.case_id,
                "amount": str(found.amount_fen),
                "computation": found.computation(),
            },
        )

    # What the view calls

    @property
    def draft_key(self) -> str:
        """One draft for each calculator."""
        return f"calculators:{self.KIND}"

    def show_facts(self, facts: CaseFacts | None) -> None:
        """The selected case, from which the form can be filled."""
        self.facts = facts
        self.fill_button.setEnabled(facts is not None)
        if facts is None:
            self.case_label.setText(self.tr("No case selected"))
        else:
            self.case_label.setText(facts.number)
        self.touched()

    def clear(self) -> None:
        """An empty form; the draft goes, too."""
        self.put({})
        self.context.discard_draft(self.draft_key)
        self.count_now()

    def touched(self, *_args: object) -> None:
        """Something was typed: counted and kept soon."""
        if not self._loading:
            self._timer.start()

    def count_now(self) -> None:
        """Asks for the result of what is typed now."""
        self._timer.stop()
        typed = self.typed()
        question = self.question(typed)
        self._typed = question
        self._asked += 1
        if question is None:
            for editor in self.editors().values():
                editor.model.set_faults({})
            self.result.show_nothing(self.empty_words())
            return
        self.context.save_draft(self.draft_key, typed)
        facts = self.facts
        asked = Asked(
            self.KIND,
            question.question,
            self.context.today(),
            self.context.now(),
            self.context.who.name,
            facts.case_id if facts is not None else "",
            facts.number if facts is not None else "",
        )
        number = self._asked
        self.context.layout(
            self, answer, asked, lambda found: self._on_answer(number, found), self._on_failed
        )

    # Inside

    def _on_draft(self, kept: Mapping[str, Any] | None) -> None:
        self._loading = False
        if kept:
            self.put(kept)
        self.count_now()

    def _fill(self) -> None:
        if self.facts is not None:
            self.put({**self.typed(), **self.from_case(self.facts)})
            self.count_now()

    def _on_answer(self, number: int, found: Answer) -> None:
        if number != self._asked or self._typed is None:
            return  # typed on meanwhile: the newer answer is on its way
        cells = self._typed.cells(found.faults)
        for name, editor in self.editors().items():
            editor.model.set_faults(cells.get(name, {}))
        if found.faults:
            self.result.show_faults([self._typed.named(fault) for fault in found.faults])
        else:
            self.result.show_answer(found)
        self.answered(found)

    def answered(self, found: Answer) -> None:
        """For a subclass that shows something of the answer beside its rows."""

    def _on_failed(self, sentence: str) -> None:
        self.result.show_faults([sentence])
