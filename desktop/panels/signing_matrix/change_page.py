"""Changes of the matrix: what was proposed, by whom, who agreed; and a new proposal. UI thread."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.documents.matrix_words import Proposal
from desktop.documents.powers import Change, Verdict, propose, settle
from desktop.panels.signing_matrix.columns import change_columns
from desktop.panels.signing_matrix.queries import Table, changes, table_of
from desktop.panels.signing_matrix.rules import STATE_STYLES, STATE_WORDS
from desktop.panels.signing_matrix.steps_editor import StepsEditor
from desktop.rules.signing_matrix import Matrix, signers_text
from widgets.card import Card
from widgets.dialogs import confirm
from widgets.forms import DateField, FormDialog
from widgets.theme import current_theme


class ChangePage(QWidget):
    """`propose()` opens the form; `form` is the dialog while it is open."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("change_page")
        self._context = context
        self.list: Listing[Proposal] = Listing(change_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No change yet"),
            self.tr("The matrix is the shipped one; a change takes two persons."),
        )
        self.form: FormDialog | None = None
        self.detail = _text(self)
        self.detail.setObjectName("change_detail")
        self.fault = _text(self)
        self.fault.setObjectName("change_fault")
        self.fault.setProperty("role", "error")
        self.propose_button = _button(self, "propose", self.tr("Propose a change…"))
        self.agree_button = _button(self, "agree", self.tr("Agree"))
        self.agree_button.setProperty("kind", "primary")
        self.refuse_button = _button(self, "refuse", self.tr("Refuse"))
        self._arrange()
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.propose_button.clicked.connect(lambda _checked=False: self.propose())
        self.agree_button.clicked.connect(lambda _checked=False: self._ask(agreed=True))
        self.refuse_button.clicked.connect(lambda _checked=False: self._ask(agreed=False))
        self.live = LiveRefresh(self, context, ("signing_rule", "person"), self._read)
        self._show_current()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        note = QLabel(self.tr("One person proposes, another agrees; from its day on it counts."))
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        row.addWidget(note, 1)
        row.addWidget(self.propose_button)
        self.card = Card(parent=self)
        self.card.header.addWidget(self.refuse_button)
        self.card.header.addWidget(self.agree_button)
        self.card.body.addWidget(self.detail)
        self.card.body.addWidget(self.fault)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(self.card)

    def _read(self) -> None:
        today = self._context.today()
        self._context.read(self, "snapshot", changes, today, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: tuple[Proposal, ...]) -> None:
        self.list.show([(one.change_id, one, _row(one)) for one in found])
        self._show_current()
        self.live.finished()

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.card.set_title(one.name)
        self.card.set_note(STATE_WORDS[one.state])
        lines = [
            self.tr("Basis: {words}").format(words=one.basis),
            self.tr("Before: {words}").format(words="；".join(one.before)),
            self.tr("After: {words}").format(words="；".join(one.after)),
        ]
        self.detail.setText("\n".join(lines))
        me = self._context.who.person_id
        waits = one.state == "proposed"
        own = waits and me == one.proposed_by_id
        words = f"{one.fault}。" if one.fault else ""
        if own:
            words += self.tr("You proposed it yourself: another person has to agree.")
        self.fault.setText(words)
        self.fault.setVisible(bool(words))
        may = waits and not own and me is not None
        self.agree_button.setVisible(waits)
        self.refuse_button.setVisible(waits)
        self.agree_button.setEnabled(may and not one.fault)
        self.refuse_button.setEnabled(may)

    # Acts

    def _ask(self, *, agreed: bool) -> None:
        one = self.list.current()
        if one is None:
            return
        title = self.tr("Agree to this change?") if agreed else self.tr("Refuse this change?")
        confirm(
            self,
            object_name="settle_change",
            title=title,
            text=f"{one.name}\n{'；'.join(one.after)}",
            accept_text=self.tr("Agree") if agreed else self.tr("Refuse"),
            danger=not agreed,
            on_accept=partial(self._settle, one, agreed),
        )

    def _settle(self, one: Proposal, agreed: bool) -> None:
        person_id, now = self._context.who.person_id, self._context.now()
        verdict = Verdict(one.change_id, agreed, person_id, now)
        label = f"{'同意' if agreed else '否决'}签发权限变更：{one.name}"
        self._context.write(self, label, settle, verdict, lambda _none: None)

    def propose(self) -> None:
        """Opens the form, filled with the steps of the first document."""
        today = self._context.today()
        self._context.read(self, "matrix", table_of, today, self._open_form)

    def _open_form(self, found: Table) -> None:
        dialog = FormDialog(
            self.tr("Propose a change of the signing matrix"),
            self,
            submit_text=self.tr("Propose"),
            width=640,
        )
        dialog.setObjectName("propose_change")
        form, document, steps = dialog.form, QComboBox(dialog), StepsEditor(dialog)
        for code, law in found.matrix.documents.items():
            document.addItem(law.name, code)
        fill = partial(_fill_steps, found.matrix, document, steps)
        document.currentIndexChanged.connect(lambda _index: fill())
        first, last = DateField(dialog, optional=False), DateField(dialog)
        first.set_value(self._context.today())
        form.add_field("document", self.tr("Document"), document, required=True)
        form.add_field("steps", self.tr("Stages and who does them"), steps, required=True)
        one = form.add_field("first", self.tr("In force from"), first, required=True)
        two = form.add_field("last", self.tr("to (empty: without end)"), last)
        form.add_line(((one, 1), (two, 1)))
        form.add_field("basis", self.tr("Basis"), QLineEdit(dialog), required=True)
        fill()
        form.submitted.connect(self._submit)
        self.form = dialog
        dialog.resize(dialog.width(), current_theme().px(520))
        dialog.show()

    def _submit(self, values: Mapping[str, object]) -> None:
        first, last, steps = values["first"], values["last"], values["steps"]
        if not isinstance(first, date) or not isinstance(steps, tuple):
            return
        change = Change(
            document=str(values["document"]),
            steps=steps,
            valid_from=first,
            valid_to=last if isinstance(last, date) else None,
            basis=str(values["basis"]),
            person_id=self._context.who.person_id,
            at=self._context.now(),
        )
        self._context.write(
            self, "提出签发权限变更", propose, change, self._on_proposed, self._on_refused
        )

    def _on_proposed(self, change_id: str) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.notify(self.tr("Proposed; another person has to agree"), level="done")
        self.list.choose(change_id)

    def _on_refused(self, sentence: str) -> None:
        """The law's sentence stands beneath the stages, and nothing typed goes."""
        if self.form is not None:
            self.form.form.field("steps").set_error(sentence)


def _fill_steps(matrix: Matrix, document: QComboBox, steps: StepsEditor) -> None:
    found = matrix.documents[str(document.currentData())]
    steps.set_value(tuple((step.stage, signers_text(step.signers)) for step in found.steps))


def _row(one: Proposal) -> dict[str, object]:
    until = f" 至 {one.valid_to.isoformat()}" if one.valid_to is not None else " 起"
    settled = f"{one.agreed_by} {one.agreed_at[:10]}" if one.agreed_at else ""
    return {
        "state": (STATE_STYLES[one.state], STATE_WORDS[one.state]),
        "document": one.name,
        "valid": one.valid_from.isoformat() + until,
        "proposed": f"{one.proposed_by} {one.proposed_at[:10]}",
        "settled": settled,
        "basis": one.basis,
    }


def _text(parent: QWidget) -> QLabel:
    made = QLabel(parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _button(parent: QWidget, name: str, text: str) -> QPushButton:
    made = QPushButton(text, parent)
    made.setObjectName(name)
    made.setAutoDefault(False)
    return made
