"""送达 of a case's document: attempts so far, and the form of one more. UI thread."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.documents.dialogs import ProofButton
from desktop.panels.documents.inputs import NoteField
from desktop.panels.documents.page_queries import DocumentPage
from desktop.panels.documents.rules import SIGNED, WAY_WORDS, Way
from desktop.panels.documents.service import Result, ServiceArgs, record_service
from widgets.forms import DateField, FormPane
from widgets.timeline import Step, StepList

_ANNOUNCEMENT: Final = "announcement"


class ServiceTab(QWidget):
    """`recorded(words)` after an attempt became a fact of the case."""

    recorded = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._page: DocumentPage | None = None
        self._offered = ""
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self.attempts = StepList(self, scroll=True)
        self.way, self.result = QComboBox(self), QComboBox(self)
        self.on = DateField(self, optional=False)
        self.whom = NoteField((), self)
        self.proof = ProofButton(context, self)
        self.form = FormPane(self, submit_text=self.tr("Record"), cancel_text=self.tr("Clear"))
        self.form.submit_button.setObjectName("record_service")
        self._fill_form()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.attempts, 2)
        layout.addWidget(self.form, 3)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self._begin_anew())

    def _fill_form(self) -> None:
        form = self.form
        self.whom.setObjectName("service_whom")
        whom = form.add_field("whom", self.tr("Served on"), self.whom, required=True)
        on = form.add_field("on", self.tr("Day"), self.on, required=True)
        form.add_line(((whom, 2), (on, 1)))
        way = form.add_field("way", self.tr("Way"), self.way)
        result = form.add_field("result", self.tr("Result"), self.result)
        form.add_line(((way, 1), (result, 1)))
        receipt = form.add_field(
            "receipt_no", self.tr("Number of the receipt or of the post"), QLineEdit(form)
        )
        note = form.add_field("note", self.tr("What happened"), QLineEdit(form))
        form.add_line(((receipt, 1), (note, 1)))
        form.add_widget(self.proof)

    def show_page(self, page: DocumentPage) -> None:
        """Shows the attempts; the form keeps what is typed for the same document."""
        self._page = page
        self.attempts.set_steps(
            [
                Step(
                    "note",
                    f"{one.on}　{one.what}　{one.whom}".rstrip("　"),
                    one.note,
                    "overdue" if one.failed else "normal",
                )
                for one in page.served
            ]
        )
        self.attempts.setVisible(bool(page.served))
        ready = page.case_id is not None and page.state in SIGNED
        self.form.setVisible(ready)
        if page.case_id is None:
            self.words.setText(self.tr("Only papers of a case are served; see the receipts."))
        elif not ready:
            self.words.setText(self.tr("Service is recorded once the document is signed."))
        else:
            self.words.setText("" if page.served else self.tr("No attempt so far."))
        self.words.setVisible(bool(self.words.text()))
        if ready and page.id != self._offered:
            self._offered = page.id
            self._offer(page)

    def _offer(self, page: DocumentPage) -> None:
        announced = page.kind == _ANNOUNCEMENT
        self.way.clear()
        for way, word in WAY_WORDS.items():
            if (way is Way.ANNOUNCED) is announced:
                self.way.addItem(word, way.value)
        self.result.clear()
        self.result.addItem(self.tr("served"), Result.SERVED.value)
        if announced:
            self.result.addItem(self.tr("announcement taken down"), Result.TAKEN_DOWN.value)
        else:
            self.result.addItem(self.tr("not successful"), Result.FAILED.value)
        self.whom.clear()
        self.whom.addItems([*page.debtors])
        self._begin_anew()

    def _begin_anew(self) -> None:
        debtors = self._page.debtors if self._page is not None else ()
        self.form.set_values(
            {
                "whom": debtors[0] if len(debtors) == 1 else "",
                "on": self._context.today(),
                "receipt_no": "",
                "note": "",
            }
        )
        self.proof.forget()

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        page, on = self._page, values["on"]
        if page is None or not isinstance(on, date):
            return
        self.form.set_busy(True)
        args = ServiceArgs(
            document_id=page.id,
            way=Way(str(values["way"])),
            result=Result(str(values["result"])),
            on=on,
            whom=str(values["whom"]),
            person_id=self._context.who.person_id,
            at=self._context.now(),
            receipt_no=str(values["receipt_no"]),
            note=str(values["note"]),
            proof=self.proof.proof,
        )
        label = f"登记送达：{page.number}"
        self._context.write(self, label, record_service, args, self._on_done, self._on_refused)

    def _on_done(self, words: str) -> None:
        self.form.set_busy(False)
        self._begin_anew()
        self.recorded.emit(words)

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.form.set_errors({"whom": sentence})
