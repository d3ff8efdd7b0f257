"""A court's own desk: its rows in the circular, and an objection with its proof. UI thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.replies import Agreement, Objection, agree
from desktop.documents.reply_time import OPEN_STATES
from desktop.evidence.corrections import FIELDS
from desktop.evidence.overdue_snapshot import STRUCK, STRUCK_WORDS
from desktop.panels.weekly.columns import objectable_columns
from desktop.panels.weekly.overdue_tables import line_of, told_of
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.step_page import StepPage, button, text_label
from desktop.panels.weekly.tables import row_values
from desktop.paper.proof import ObjectArgs, Proof, object_with_proof, read_proof
from desktop.petitions.rules import LEVELS, RESULTS, SOURCES
from widgets.forms import DateField
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.theme import current_theme

_DAYS = ("received_on", "registered_on", "due_on", "closed_on")
_CODES: Mapping[str, Mapping[str, str]] = {"source": SOURCES, "level": LEVELS, "result": RESULTS}


@dataclass(frozen=True, slots=True)
class Objectable:
    """A row of the court: its key, what it is called, and the values an objection may be about."""

    key: str
    words: str
    values: Mapping[str, str | None]
    line: Mapping[str, object]


def weekly_rows(found: Circular) -> list[Objectable]:
    """Petitions of the court at the desk, as corrected."""
    if found.snapshot is None or found.figures is None:
        return []
    return [
        Objectable(
            row.id,
            f"{row.code}　{row.petitioner}",
            {field: getattr(row, field) for field in FIELDS},
            line | {"matter": row.code},
        )
        for row in found.figures.rows
        if row.court_id == found.own_court
        for line in (row_values(found.snapshot, found.figures, row),)
    ]


def overdue_rows(found: Circular) -> list[Objectable]:
    """Overdue nodes and findings of the court at the desk that were not struck out."""
    if found.overdue is None:
        return []
    return [
        Objectable(row.key, row.words, {STRUCK: None}, line | {"due_on": row.since})
        for row in told_of(found.overdue, found.struck, found.own_court).rows
        for line in (line_of(found.overdue, row),)
    ]


class ObjectStep(StepPage):
    """Choose a row, say what it should be and why, add a file, send."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("object_step")
        self._rows: list[Objectable] = []
        self._proof: Proof | None = None
        self.source = StaticSource()
        self.model = PagedTableModel(objectable_columns(), self.source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(self.tr("No petition of this court is in the circular"), "")
        self.status = text_label(self)
        self.about = text_label(self, "title")
        self.about.setObjectName("objection_about")
        self.field = QComboBox(self)
        self.field.setObjectName("objection_field")
        self._fields: Mapping[str, str] = {}
        self.now = text_label(self, "muted")
        self.day = DateField(self)
        self.day.setObjectName("claimed_day")
        self.choice = QComboBox(self)
        self.choice.setObjectName("claimed_choice")
        self.claimed_label = QLabel(self.tr("What it should be"), self)
        self.claimed_label.setProperty("role", "small")
        self.claimed = QStackedWidget(self)
        self.claimed.addWidget(self.day)
        self.claimed.addWidget(self.choice)
        self.body = QPlainTextEdit(self)
        self.body.setObjectName("objection_body")
        self.proof_words = text_label(self, "muted")
        self.proof_button = button(self, "add_proof", self.tr("Add a proof…"), self._choose)
        self.send_button = button(
            self, "send_objection", self.tr("Send the objection"), self.send, kind="primary"
        )
        self.agree_button = button(self, "agree", self.tr("No objection"), self.agree)
        self.form = QFrame(self)
        self._arrange()
        self.table.current_id_changed.connect(lambda _id: self._show_field())
        self.field.currentIndexChanged.connect(lambda _n: self._show_field())

    def _arrange(self) -> None:
        self.form.setProperty("card", True)
        self.form.setFixedWidth(current_theme().px(320))
        self.body.setMaximumHeight(current_theme().px(120))
        self.claimed.setFixedHeight(current_theme().px(34))
        column = QVBoxLayout(self.form)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        for words, part in (
            ("", self.about),
            (self.tr("What is wrong"), self.field),
            ("", self.now),
            ("", self.claimed_label),
            ("", self.claimed),
            (self.tr("Why"), self.body),
            ("", self.proof_words),
            ("", self.proof_button),
            ("", self.error),
            ("", self.send_button),
        ):
            if words:
                label = QLabel(words, self.form)
                label.setProperty("role", "small")
                column.addWidget(label)
            column.addWidget(part)
        column.addStretch(1)
        inner = QHBoxLayout()
        inner.setSpacing(8)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.status, 1)
        head.addWidget(self.agree_button)
        layout.addLayout(head)
        layout.addLayout(inner, 1)

    def fill(self, found: Circular) -> None:
        """Shows the rows of the court at the desk."""
        weekly = found.overdue is None
        self._rows = weekly_rows(found) if weekly else overdue_rows(found)
        self._offer(FIELDS if weekly else {STRUCK: STRUCK_WORDS})
        self.source.set_rows([{**row.line, "id": n} for n, row in enumerate(self._rows)])
        self.model.refresh()
        if self._rows and self.table.current_id() is None:
            self.table.select_id(0)
        open_now = found.state in OPEN_STATES and found.own_court in found.asked
        self.agree_button.setVisible(open_now and found.own_court not in found.answered)
        self.form.setVisible(open_now)
        day = "" if found.reply_by is None else found.reply_by.isoformat()
        self.status.setText(
            self.tr("Your court may object until {day}. Choose a row first.").format(day=day)
            if open_now
            else self.tr("Objections are not taken any more; these are the rows of your court.")
        )
        self._show_field()

    def _offer(self, fields: Mapping[str, str]) -> None:
        """What an objection may be about; days of closing are what courts object to most."""
        if fields == self._fields:
            return
        self._fields = fields
        with QSignalBlocker(self.field):
            self.field.clear()
            for key, name in fields.items():
                self.field.addItem(name, key)
            self.field.setCurrentIndex(max(0, self.field.findData("closed_on")))

    def row(self) -> Objectable | None:
        """The row that is chosen."""
        at = self.table.current_id()
        return self._rows[at] if at is not None and 0 <= at < len(self._rows) else None

    def _show_field(self) -> None:
        row, found = self.row(), self.found
        self.about.setText("" if row is None else row.words)
        self.send_button.setEnabled(row is not None)
        if row is None or found is None:
            return
        field = str(self.field.currentData())
        struck = field == STRUCK
        for part in (self.now, self.claimed, self.claimed_label):
            part.setVisible(not struck)
        if struck:
            return
        value = row.values[field]
        options = self._options(field, found)
        words = value if value is None else options.get(value, value)
        self.now.setText(self.tr("Now: {value}").format(value=words or self.tr("nothing")))
        if field in _DAYS:
            self.claimed.setCurrentWidget(self.day)
            return
        self.choice.clear()
        for key, name in options.items():
            self.choice.addItem(name, key)
        self.claimed.setCurrentWidget(self.choice)

    def _options(self, field: str, found: Circular) -> Mapping[str, str]:
        if field in _CODES:
            return _CODES[field]
        if field == "court_id" and found.snapshot is not None:
            return {one.id: one.short for one in found.snapshot.courts}
        if field == "duplicate_of":
            mains = [row for row in self._rows if row.values["duplicate_of"] is None]
            return {row.key: row.words for row in mains}
        return {}

    def claimed_value(self) -> str | None:
        """What it should be, as the figures keep it; None for nothing."""
        if str(self.field.currentData()) == STRUCK:
            return None
        if str(self.field.currentData()) in _DAYS:
            day = self.day.value()
            return None if day is None else day.isoformat()
        return None if self.choice.currentData() is None else str(self.choice.currentData())

    # Proof

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a proof"))
        dialog.setObjectName("add_proof_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.add_proof(Path(name)))
        dialog.open()

    def add_proof(self, path: Path) -> None:
        """Reads a file that goes with the objection."""
        self.context.layout(self, read_proof, path, self._on_proof, self.refuse)

    def _on_proof(self, proof: Proof) -> None:
        self._proof = proof
        self.proof_words.setText(f"{proof.name}　{len(proof.body) // 1_000 + 1} kB")

    def send(self) -> None:
        """Sends the objection with its proof."""
        row, found = self.row(), self.found
        if row is None or found is None:
            return
        said = Objection(
            document_id=found.id,
            court_id=found.own_court,
            body=self.body.toPlainText(),
            by_id=self.context.who.person_id,
            at=self.context.now(),
            row_key=row.key,
            field=str(self.field.currentData()),
            claimed=self.claimed_value(),
        )
        self.write(
            "提出异议",
            object_with_proof,
            ObjectArgs(said, self._proof),
            partial(self._on_sent),
        )

    def agree(self) -> None:
        """The court has seen its rows and has nothing against them."""
        if self.found is None:
            return
        who, at = self.context.who.person_id, self.context.now()
        self.write(
            "答复无异议",
            agree,
            Agreement(self.found.id, self.found.own_court, who, at),
            lambda _nothing: self.tr("Answered: no objection."),
        )

    def _on_sent(self, _objection_id: Any) -> str:
        self._proof = None
        self.proof_words.clear()
        self.body.clear()
        self.day.set_value(None)
        return self.tr("The objection was sent.")
