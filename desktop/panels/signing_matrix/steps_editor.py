"""The stages of one document as they are to be: a stage and its signers a row. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.rules.signing_matrix import SIGNER_NAMES, STAGE_NAMES, Stage, signers_text
from widgets.forms import FilterBox, Option

Steps = tuple[tuple[Stage, str], ...]


class StepRow(QWidget):
    """One stage; `gone()` when it is to be taken out."""

    changed = Signal()
    gone = Signal()

    def __init__(self, stage: Stage, signers: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = QComboBox(self)
        for one, word in STAGE_NAMES.items():
            self.stage.addItem(word, one.value)
        self.stage.setCurrentIndex(self.stage.findData(stage.value))
        self.signers = FilterBox("", all_text=self.tr("By whom?"), parent=self)
        self.signers.set_options([Option(code, word) for code, word in SIGNER_NAMES.items()])
        self.signers.set_selected([code for code in signers.split(",") if code])
        self.remove = QPushButton(self.tr("Take out"), self)
        self.remove.setObjectName("take_out")
        self.remove.setProperty("kind", "quiet")
        self.remove.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.stage)
        row.addWidget(self.signers, 1)
        row.addWidget(self.remove)
        self.stage.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.signers.changed.connect(self.changed)
        self.remove.clicked.connect(lambda _checked=False: self.gone.emit())

    def step(self) -> tuple[Stage, str]:
        """The stage, and its signers as the matrix stores them."""
        codes = (str(code) for code in self.signers.selected())
        return Stage(self.stage.currentData()), signers_text(codes)


class StepsEditor(QWidget):
    """For forms: `value()` is a tuple of (stage, signers)."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[StepRow] = []
        self.add_button = QPushButton(self.tr("Add a stage"), self)
        self.add_button.setObjectName("add_stage")
        self.add_button.setAutoDefault(False)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addWidget(self.add_button)
        self.add_button.clicked.connect(lambda _checked=False: self._on_add())

    def value(self) -> Steps:
        """The stages in their order."""
        return tuple(row.step() for row in self.rows)

    def set_value(self, value: object) -> None:
        """Shows those stages."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        steps: Sequence[tuple[Stage, str]] = value if isinstance(value, tuple) else ()
        for stage, signers in steps:
            self._add(stage, signers)
        self.changed.emit()

    def _add(self, stage: Stage, signers: str) -> None:
        row = StepRow(stage, signers, self)
        row.changed.connect(self.changed)
        row.gone.connect(lambda: self._take_out(row))
        self.rows.append(row)
        self._layout.insertWidget(self._layout.count() - 1, row)

    def _on_add(self) -> None:
        # Before the last one: what is added comes before the signature.
        steps = list(self.value())
        steps.insert(max(len(steps) - 1, 0), (Stage.REVIEW, ""))
        self.set_value(tuple(steps))

    def _take_out(self, row: StepRow) -> None:
        self.set_value(tuple(one.step() for one in self.rows if one is not row))
