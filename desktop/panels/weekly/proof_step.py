"""重现: the pages of a signed circular are made again and compared (X11). UI thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.pages import Reproduction
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.rules import Standing, Step, done
from desktop.panels.weekly.step_page import StepPage, button, text_label
from desktop.paper.preview import PagesPreview
from desktop.paper.proof import Kept, kept_proof, made_again
from widgets.badge import Badge


class ProofStep(StepPage):
    """`reproduced(Reproduction)` follows each comparison."""

    reproduced = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("proof_step")
        self.badge = Badge(parent=self)
        self.answer = text_label(self)
        self.answer.setObjectName("reproduction")
        self.again_button = button(
            self, "reproduce", self.tr("Make the pages again"), self.reproduce, kind="primary"
        )
        self.preview = PagesPreview(context, self)
        self._shown_id = ""
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.again_button)
        head.addWidget(self.badge)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.answer)
        layout.addWidget(self.error)
        layout.addWidget(self.preview, 1)

    def fill(self, found: Circular) -> None:
        """Shows the signed file."""
        signed = done(Step.SIGN, Standing(found.state))
        self.again_button.setEnabled(signed)
        if not signed:
            self._forget(self.tr("Pages are made again once the circular is signed."))
            self.preview.clear()
            self._shown_id = ""
        elif self._shown_id != found.id:
            self._shown_id = found.id
            self._forget(
                self.tr("The pages are made from the frozen figures and compared byte by byte.")
            )
            self.preview.show_document(found.id)

    def _forget(self, words: str) -> None:
        self.badge.set_state("", "")
        self.answer.setText(words)

    def reproduce(self) -> None:
        """Makes the pages again."""
        found = self.found
        if found is None:
            return
        self.again_button.setEnabled(False)
        self.context.read(self, "kept", kept_proof, found.id, self._on_kept, self._fail)

    def _on_kept(self, found: Kept) -> None:
        self.context.layout(self, made_again, found, self._on_made, self._fail)

    def _on_made(self, answer: Reproduction) -> None:
        self.again_button.setEnabled(True)
        same = answer.same
        self.badge.set_state(
            "normal" if same else "overdue", self.tr("the same") if same else self.tr("differs")
        )
        self.answer.setText(
            self.tr(
                "SHA-256 at the signature {expected}\npages made again {found}\n"
                "in the signed file {in_file}"
            ).format(expected=answer.expected, found=answer.found, in_file=answer.in_file)
        )
        self.reproduced.emit(answer)

    def _fail(self, sentence: str) -> None:
        self.again_button.setEnabled(True)
        self.refuse(sentence)
