"""The matrix of a day as a table with a search, and the question who may do it. UI thread."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
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
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.panels.signing_matrix.columns import matrix_columns
from desktop.panels.signing_matrix.queries import (
    Answer,
    Question,
    Somebody,
    Table,
    answer,
    people,
    stages_of,
    table_of,
)
from desktop.panels.signing_matrix.rules import Line, matching
from desktop.rules.signing_matrix import STAGE_NAMES, UNCONFIRMED_MARK, Stage
from widgets.card import Card
from widgets.forms import DateField, FilterBox, Option
from widgets.theme import current_theme

TABLES = ("signing_rule", "delegation", "absence", "person", "membership")


class MatrixPage(QWidget):
    """`ask(document, stage, person_id, case_number)` puts a question as if it had been typed."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_page")
        self._context = context
        self._found: Table | None = None
        self.list: Listing[Line] = Listing(matrix_columns(), self)
        self.day = DateField(self, optional=False)
        self.day.setObjectName("matrix_day")
        self.day.set_value(context.today())
        self.search = QLineEdit(self)
        self.count_label = QLabel(self)
        self.left_out = QLabel(self)
        self._make_question()
        self._arrange()
        self.day.editingFinished.connect(self._on_day)
        self.day.changed.connect(self._on_day)
        self.search.textChanged.connect(lambda _text: self._show())
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.live = LiveRefresh(self, context, TABLES, self._read)
        Offers(self, context, people, context.today(), self._on_people)

    def _make_question(self) -> None:
        self.document = QComboBox(self)
        self.document.setObjectName("ask_document")
        self.stage = QComboBox(self)
        self.stage.setObjectName("ask_stage")
        self.person = FilterBox(
            "", all_text=self.tr("Choose a person"), multiple=False, parent=self
        )
        self.person.setObjectName("ask_person")
        self.case_number = QLineEdit(self)
        self.case_number.setObjectName("ask_case")
        self.case_number.setPlaceholderText(self.tr("Case number, if any"))
        self.case_number.setMinimumWidth(current_theme().px(120))
        self.ask_button = QPushButton(self.tr("May this person?"), self)
        self.ask_button.setObjectName("ask")
        self.ask_button.setProperty("kind", "primary")
        self.answer = QLabel(self)
        self.answer.setObjectName("answer")
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answer.hide()
        self.document.currentIndexChanged.connect(lambda _index: self._fill_stages())
        self.person.changed.connect(self._mark)
        self.ask_button.clicked.connect(lambda _checked=False: self._ask())
        self.case_number.returnPressed.connect(self._ask)

    def _arrange(self) -> None:
        self.search.setObjectName("matrix_search")
        self.search.setPlaceholderText(self.tr("Document, person or article"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(180))
        self.search.setMaximumWidth(current_theme().px(260))
        self.count_label.setProperty("role", "muted")
        self.left_out.setProperty("role", "error")
        self.left_out.setWordWrap(True)
        self.left_out.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        on = QLabel(self.tr("In force on"), self)
        on.setProperty("role", "muted")
        row.addWidget(on)
        row.addWidget(self.day)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addWidget(self.count_label)
        card = Card(parent=self)
        card.setAccessibleName(self.tr("Who may do it"))
        line = QHBoxLayout()
        line.setSpacing(8)
        for part, share in (
            (self.document, 3),
            (self.stage, 1),
            (self.person, 3),
            (self.case_number, 2),
        ):
            line.addWidget(part, share)
        line.addWidget(self.ask_button)
        card.body.addLayout(line)
        card.body.addWidget(self.answer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.left_out)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the answer takes its room from the table."""
        super().resizeEvent(event)
        self.list.table.setMinimumHeight(self.height() // 5)

    # The table

    @property
    def shown_day(self) -> date:
        """The day of the matrix."""
        return self.day.value() or self._context.today()

    def _read(self) -> None:
        self._context.read(
            self, "snapshot", table_of, self.shown_day, self._on_table, self._on_error
        )

    def _on_day(self) -> None:
        if self.day.value() is not None and (
            self._found is None or self._found.day != self.day.value()
        ):
            self.live.ask()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_table(self, found: Table) -> None:
        self._found = found
        words = "\n".join(found.left_out)
        self.left_out.setText(self.tr("Changes that do not count: {words}").format(words=words))
        self.left_out.setVisible(bool(found.left_out))
        self._fill_documents(found)
        self._show()
        self.live.finished()

    def _show(self) -> None:
        if self._found is None:
            return
        listed = matching(self._found.lines, self.search.text())
        self.list.show([((line.code, line.stage), line, _row(line)) for line in listed])
        open_ = sum(1 for line in listed if not line.confirmed)
        words = self.tr("{count} stages, {open} not checked against an official text")
        self.count_label.setText(words.format(count=len(listed), open=open_))

    # The question

    def _fill_documents(self, found: Table) -> None:
        chosen = self.document.currentData()
        self.document.blockSignals(True)
        self.document.clear()
        for code, document in found.matrix.documents.items():
            self.document.addItem(document.name, code)
        self.document.setCurrentIndex(max(self.document.findData(chosen), 0))
        self.document.blockSignals(False)
        self._fill_stages()

    def _fill_stages(self) -> None:
        if self._found is None:
            return
        chosen = self.stage.currentData()
        self.stage.clear()
        for key, word in stages_of(self._found.matrix, str(self.document.currentData())):
            self.stage.addItem(word, key)
        self.stage.setCurrentIndex(max(self.stage.findData(chosen), 0))

    def _on_people(self, found: tuple[Somebody, ...]) -> None:
        chosen = self.person.selected() or (self._context.who.person_id,)
        self.person.set_options([Option(one.id, one.label) for one in found])
        self.person.set_selected(chosen)
        self._mark()

    def _mark(self) -> None:
        self.ask_button.setEnabled(bool(self.person.selected()))

    def _on_current(self) -> None:
        """A stage that is looked at is the one a question is about."""
        line = self.list.current()
        if line is not None:
            self.document.setCurrentIndex(self.document.findData(line.code))
            words = {word: stage.value for stage, word in STAGE_NAMES.items()}
            self.stage.setCurrentIndex(self.stage.findData(words[line.stage]))

    def ask(self, document: str, stage: str, person_id: str, case_number: str = "") -> None:
        """Fills in a question and puts it."""
        self.document.setCurrentIndex(self.document.findData(document))
        self.stage.setCurrentIndex(self.stage.findData(stage))
        self.person.set_selected((person_id,))
        self.case_number.setText(case_number)
        self._ask()

    def _ask(self) -> None:
        chosen, stage = self.person.selected(), self.stage.currentData()
        if not chosen or stage is None:
            return
        question = Question(
            document=str(self.document.currentData()),
            stage=Stage(stage),
            person_id=str(chosen[0]),
            day=self.shown_day,
            case_number=self.case_number.text().strip(),
        )
        self._context.read(self, "answer", answer, question, self._on_answer, self._on_refused)

    def _on_answer(self, found: Answer) -> None:
        words = found.decision.reason
        if found.assumed:
            words += "\n" + self.tr("Taken for granted: {words}").format(
                words="；".join(found.assumed)
            )
        self._say(words, "done" if found.decision.allowed else "error")

    def _on_refused(self, sentence: str) -> None:
        self._say(sentence, "error")

    def _say(self, words: str, role: str) -> None:
        self.answer.setProperty("role", "error" if role == "error" else "")
        self.answer.style().polish(self.answer)
        self.answer.setText(words)
        self.answer.show()


def _row(line: Line) -> dict[str, object]:
    state = ("normal", "已核") if line.confirmed else ("unknown", UNCONFIRMED_MARK.strip("〔〕"))
    if line.changed:
        state = ("due_soon", "本院变更")
    return {
        "document": line.document,
        "marks": line.marks,
        "stage": line.stage,
        "signers": line.signers,
        "delegates": line.delegates,
        "basis": line.basis,
        "state": state,
        "version": line.version,
    }
