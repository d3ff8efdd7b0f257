"""The proof: every document walked through all that can happen to it. UI thread.

The walk runs document by document on the layout lane; between two documents it can be stopped.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.short_list import Listing
from desktop.panels.signing_matrix.columns import proof_columns
from desktop.panels.signing_matrix.proof import COUNTS, ProofArgs, joined, prove, summary
from desktop.panels.signing_matrix.queries import Table, table_of
from desktop.rules.signing_matrix import Matrix
from desktop.rules.signing_space import Count, Report
from widgets.progress import ProgressStrip


class ProofPage(QWidget):
    """`report` is what was walked so far; None before the first walk."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proof_page")
        self._context = context
        self._matrix: Matrix | None = None
        self._left: list[str] = []
        self.report: Report | None = None
        self.list: Listing[Count] = Listing(proof_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Not walked yet"),
            self.tr("The walk takes about a quarter of a minute; work can go on meanwhile."),
        )
        self.start_button = QPushButton(self.tr("Walk through every document"), self)
        self.start_button.setObjectName("prove")
        self.start_button.setProperty("kind", "primary")
        self.progress = ProgressStrip(self)
        self.progress.hide()
        self.summary = QLabel(self)
        self.summary.setObjectName("summary")
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.summary.setText(
            self.tr(
                "Proves by walking through every order of acts that no path passes by the law:"
                " nobody approves a draft of his own, no fine, summons or detention is signed"
                " before the president approved it."
            )
        )
        self.violations = QLabel(self)
        self.violations.setProperty("role", "error")
        self.violations.setWordWrap(True)
        self.violations.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.summary, 1)
        row.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        layout.addWidget(self.violations)
        layout.addWidget(self.list.table, 1)
        self.start_button.clicked.connect(lambda _checked=False: self.start())
        self.progress.cancel_requested.connect(self._stop)

    def start(self) -> None:
        """Reads the matrix of today and walks it."""
        self.start_button.setEnabled(False)
        self._context.read(
            self, "matrix", table_of, self._context.today(), self._on_matrix, self._on_error
        )

    def _on_matrix(self, found: Table) -> None:
        self._matrix = found.matrix
        self._left = list(found.matrix.documents)
        self.report = Report(found.day)
        self.progress.show()
        self.progress.start(self.tr("Walking"), len(self._left))
        self._next()

    def _next(self) -> None:
        if self._matrix is None or not self._left:
            self._end()
            return
        code = self._left.pop(0)
        done = len(self._matrix.documents) - len(self._left) - 1
        self.progress.advance(done, label=self._matrix.documents[code].name)
        args = ProofArgs(self._matrix, code)
        self._context.layout(self, prove, args, self._on_part, self._on_error)

    def _on_part(self, part: Report) -> None:
        assert self.report is not None
        self.report = joined(self.report, part)
        self._show()
        self._next()

    def _stop(self) -> None:
        self._left = []
        self._matrix = None

    def _end(self) -> None:
        stopped = self._matrix is None
        if self._matrix is not None:
            self.progress.advance(len(self._matrix.documents))
        self.progress.finish(self.tr("Stopped") if stopped else self.tr("All documents walked"))
        self.start_button.setEnabled(True)
        self._show()

    def _on_error(self, sentence: str) -> None:
        self.progress.fail(sentence)
        self.start_button.setEnabled(True)
        self._context.notify(sentence, level="error")

    def _show(self) -> None:
        report = self.report
        if report is None:
            return
        wrong = {one.document for one in report.violations}
        self.list.show([(one.code, one, _row(one, one.name in wrong)) for one in report.counts])
        self.summary.setText(summary(report))
        self.violations.setText("\n".join(one.text() for one in report.violations))
        self.violations.setVisible(bool(report.violations))


def _row(one: Count, wrong: bool) -> dict[str, object]:
    state = ("overdue", "有违反") if wrong else ("normal", "无违反")
    return {"document": one.name, "state": state, **{key: getattr(one, key) for key in COUNTS}}
