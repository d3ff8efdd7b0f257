"""签发权限表: the matrix, its changes, powers, two days side by side, and the proof. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.signing_matrix.change_page import ChangePage
from desktop.panels.signing_matrix.compare_page import ComparePage
from desktop.panels.signing_matrix.matrix_page import MatrixPage
from desktop.panels.signing_matrix.power_page import PowerPage
from desktop.panels.signing_matrix.proof_page import ProofPage

_TABS: Final = ("matrix", "changes", "powers", "compare", "proof")


class SigningMatrixView(QWidget):
    """`apply({"tab": "powers"})` shows a page; `apply({"document", "stage", "person_id"})` puts a
    question to the matrix."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signing_matrix_view")
        self.matrix = MatrixPage(context, self)
        self.changes = ChangePage(context, self)
        self.powers = PowerPage(context, self)
        self.compare = ComparePage(context, self)
        self.proof = ProofPage(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for page, title in (
            (self.matrix, self.tr("Matrix")),
            (self.changes, self.tr("Changes")),
            (self.powers, self.tr("Powers")),
            (self.compare, self.tr("Two days")),
            (self.proof, self.tr("Proof")),
        ):
            self.tabs.addTab(page, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(params["tab"]))
        if params.get("document") and params.get("stage") and params.get("person_id"):
            self.tabs.setCurrentIndex(0)
            self.matrix.ask(params["document"], params["stage"], params["person_id"])
