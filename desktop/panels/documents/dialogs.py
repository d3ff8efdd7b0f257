"""Questions before an act on a document: a note, recipients, courts to ask, an objection."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.documents.inputs import NoteField
from desktop.panels.documents.queries import ChoiceArgs, Choices, choices
from desktop.paper.proof import Proof, read_proof
from widgets.forms import DateField, FilterBox, FormDialog, Option
from widgets.theme import current_theme


def ask_note(
    parent: QWidget,
    *,
    object_name: str,
    title: str,
    label: str,
    words: Sequence[str],
    on_note: Callable[[str], None],
    required: bool = True,
) -> FormDialog:
    """A reason or a remark, typed or taken from a list."""
    dialog = FormDialog(title, parent, submit_text=title, width=440)
    dialog.setObjectName(object_name)
    dialog.form.submit_button.setObjectName("accept")
    note = NoteField(words, dialog)
    note.setObjectName("note")
    dialog.form.add_field("note", label, note, required=required)

    def take(values: dict[str, object]) -> None:
        dialog.accept()
        on_note(str(values["note"]))

    dialog.form.submitted.connect(take)
    dialog.resize(dialog.width(), 200)
    dialog.open()
    note.setFocus()
    return dialog


class WhomDialog(FormDialog):
    """Courts, and with `persons` people too; `day_label` adds a day. `chosen(courts, persons,
    day)`; the owner calls `accept()` or `refuse(sentence)`."""

    chosen = Signal(tuple, tuple, object)

    def __init__(
        self,
        context: PanelContext,
        title: str,
        parent: QWidget,
        *,
        persons: bool,
        day_label: str = "",
        day: date | None = None,
        all_courts: bool = False,
        first_persons: Sequence[str] = (),
    ) -> None:
        super().__init__(title, parent, submit_text=title)
        self.setObjectName("whom_dialog")
        self.form.submit_button.setObjectName("accept")
        self._all_courts = all_courts
        self._first_persons = tuple(first_persons)
        self.courts = FilterBox("", all_text=self.tr("No court"), parent=self)
        self.courts.setObjectName("whom_courts")
        self.form.add_field("courts", self.tr("Courts"), self.courts)
        self.persons = FilterBox("", all_text=self.tr("Nobody by name"), parent=self)
        self.persons.setObjectName("whom_persons")
        if persons:
            self.form.add_field("persons", self.tr("Persons"), self.persons)
        else:
            self.persons.hide()
        self.day: DateField | None = None
        if day_label:
            self.day = DateField(self, optional=False)
            self.form.add_field("day", day_label, self.day, required=True)
            self.day.set_value(day)
        for box, key in ((self.courts, "courts"), (self.persons, "persons")):
            box.changed.connect(partial(self._count, box, key))
        self.form.submitted.connect(lambda _values: self._on_submitted())
        args = ChoiceArgs(context.today(), context.who.person_id)
        context.read(self, "choices", choices, args, self._on_choices)
        self.resize(self.width(), current_theme().px(300))

    def _on_choices(self, found: Choices) -> None:
        self.courts.set_options([Option(one.id, one.name) for one in found.courts])
        self.persons.set_options(
            [Option(one.id, f"{one.name}　{one.hint}") for one in found.persons]
        )
        if self._all_courts:
            self.courts.set_selected([one.id for one in found.courts if one.id != found.own])
        self.persons.set_selected(self._first_persons)

    def _count(self, box: FilterBox, key: str) -> None:
        count = len(box.selected())
        words = self.tr("{count} chosen").format(count=count) if count else ""
        try:
            self.form.field(key).set_hint(words)
        except KeyError:
            return  # persons are not asked for here

    def _on_submitted(self) -> None:
        self.form.set_busy(True)
        day = self.day.value() if self.day is not None else None
        self.chosen.emit(
            tuple(str(key) for key in self.courts.selected()),
            tuple(str(key) for key in self.persons.selected()),
            day,
        )

    def refuse(self, sentence: str) -> None:
        """Says why it was not done."""
        self.form.set_busy(False)
        self.form.set_errors({"courts": sentence})


class ProofButton(QWidget):
    """Chooses a file and reads it off the window's thread; `proof` holds it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.proof: Proof | None = None
        self.button = QPushButton(self.tr("Add a file…"), self)
        self.button.setObjectName("choose_proof")
        self.words = QLabel(self)
        self.words.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.words, 1)
        self.button.clicked.connect(lambda _checked=False: self._ask())

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Proof"))
        dialog.setObjectName("proof_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read(self, path: Path) -> None:
        """Takes that file."""
        self._context.layout(self, read_proof, path, self._on_read, self._on_fault)

    def _on_read(self, found: Proof) -> None:
        self.proof = found
        self.words.setText(found.name)

    def _on_fault(self, sentence: str) -> None:
        self.forget()
        self.words.setText(sentence)

    def forget(self) -> None:
        """No file."""
        self.proof = None
        self.words.setText("")


class ObjectionDialog(FormDialog):
    """What a court says against a draft; `said(values, proof)`."""

    said = Signal(dict, object)

    def __init__(self, context: PanelContext, title: str, parent: QWidget) -> None:
        super().__init__(title, parent, submit_text=title)
        self.setObjectName("objection_dialog")
        form = self.form
        form.submit_button.setObjectName("accept")
        form.add_field("row_key", self.tr("Which row or figure"), QLineEdit(form))
        form.add_field("claimed", self.tr("What it should be"), QLineEdit(form))
        body = QPlainTextEdit(form)
        body.setTabChangesFocus(True)
        body.setFixedHeight(body.fontMetrics().lineSpacing() * 5)
        form.add_field("body", self.tr("Reasons"), body, required=True)
        self.proof = ProofButton(context, form)
        form.add_widget(self.proof)
        form.submitted.connect(self._on_submitted)

    def _on_submitted(self, values: dict[str, object]) -> None:
        self.form.set_busy(True)
        self.said.emit(values, self.proof.proof)

    def refuse(self, sentence: str) -> None:
        """Says why it was not taken."""
        self.form.set_busy(False)
        self.form.set_errors({"body": sentence})
