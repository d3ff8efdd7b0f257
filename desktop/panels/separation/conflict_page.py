"""Conflicts with the chain of why of the chosen one. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.command.separation.watching import TABLES
from desktop.command.separation.words import Told
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.separation.columns import conflict_columns
from desktop.panels.separation.queries import conflicts
from desktop.rules.separation_facts import Bench, BondKind
from widgets.card import Card
from widgets.forms import FilterBox, Option
from widgets.parts import named_button, words_label
from widgets.timeline import Step, StepList

INTERVAL_MS: Final = 1_000  # a full count costs more than a list


class ConflictPage(QWidget):
    """`show_case(case_id)` lists the conflicts whose chain touches one case, or all."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflict_page")
        self._context = context
        self._case_id: str | None = None
        self._found: Sequence[Told] = ()
        self.list: Listing[Told] = Listing(conflict_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Nobody judges what he carried out"),
            self.tr(
                "Benches, votes and signatures are held against who handled the case and the cases "
                "that hang with it, at each change."
            ),
        )
        self.strict_box = FilterBox(
            self.tr("Held to"), all_text=self.tr("All"), multiple=False, parent=self
        )
        self.strict_box.setObjectName("strict_box")
        self.strict_box.set_options(
            [
                Option("law", self.tr("By law"), state="overdue"),
                Option("strict", self.tr("Stricter"), state="due_soon"),
            ]
        )
        self.all_button = named_button(self, "all_cases", self.tr("All cases"))
        self.all_button.hide()
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.sentence = words_label(self, "")
        self.basis = words_label(self, "muted")
        self.chain = StepList(self)
        self.document_button = named_button(self, "open_document", self.tr("Open document"))
        self.case_button = named_button(self, "open_judged", self.tr("Open judged case"))
        self.carried_button = named_button(self, "open_carried", self.tr("Open case carried out"))
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read, interval_ms=INTERVAL_MS)
        self._show_current()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.strict_box)
        row.addWidget(self.all_button)
        row.addStretch(1)
        row.addWidget(self.count_label)
        listing = QWidget(self)
        inner = QVBoxLayout(listing)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(row)
        inner.addWidget(self.list.table, 1)
        self.card = Card(self.tr("Why this is a conflict"), parent=self)
        words = QWidget(self)
        words.setProperty("plain", True)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for part in (self.sentence, self.basis, self.chain):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(words)
        self.card.body.addWidget(scroll, 1)
        for button in (self.document_button, self.case_button, self.carried_button):
            self.card.header.addWidget(button)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._beneath = QWidget(self)
        edge = QVBoxLayout(self._beneath)
        edge.setContentsMargins(12, 0, 12, 8)
        edge.addWidget(self.card)
        self._split.addWidget(listing)
        self._split.addWidget(self._beneath)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 4)
        self._split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._split)

    def _connect(self) -> None:
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.list.table.row_activated.connect(lambda _id: self._open_judged())
        self.strict_box.changed.connect(self._show)
        self.all_button.clicked.connect(lambda _on=False: self.show_case(None))
        self.case_button.clicked.connect(lambda _on=False: self._open_judged())
        self.carried_button.clicked.connect(lambda _on=False: self._open_carried())
        self.document_button.clicked.connect(lambda _on=False: self._open_document())

    def show_case(self, case_id: str | None) -> None:
        """The conflicts of one case, or all."""
        self._case_id = case_id
        self.all_button.setVisible(case_id is not None)
        self.live.ask()

    def _read(self) -> None:
        self._context.read(self, "snapshot", conflicts, None, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Sequence[Told]) -> None:
        self._found = found
        self._show()
        self.live.finished()

    def _show(self) -> None:
        wanted = next(iter(self.strict_box.selected()), None)
        shown = [
            one
            for one in self._found
            if (self._case_id is None or self._case_id in one.conflict.cases)
            and (wanted is None or one.conflict.by_law is (wanted == "law"))
        ]
        self.list.show([(one.conflict.key, one, self._row(one)) for one in shown])
        self.count_label.setText(self.tr("{count} conflicts").format(count=f"{len(shown):,}"))
        if shown and self.list.current() is None:
            self.list.choose(shown[0].conflict.key)
        self._show_current()

    def _row(self, one: Told) -> dict[str, object]:
        law = one.conflict.by_law
        kind = ("overdue", self.tr("By law")) if law else ("due_soon", self.tr("Stricter"))
        return {
            "kind": kind,
            "person": one.person,
            "number": one.number,
            "judged": one.judged,
            "path": one.path,
            "carried": one.carried,
            "since": one.conflict.since.isoformat(),
            "court": one.court,
        }

    def _on_current(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.select(Selection(one.conflict.case_id))
        self._show_current()

    def _show_current(self) -> None:
        one = self.list.current()
        self._beneath.setVisible(one is not None)
        if one is None:
            return
        self.card.set_note(self.tr("since {day}").format(day=one.conflict.since.isoformat()))
        self.sentence.setText(one.sentence)
        self.basis.setText(self.tr("Basis: {text}").format(text=one.basis))
        # What stands as a subject is the case itself where he is in charge of the review.
        self.document_button.setVisible(one.conflict.subject != one.conflict.case_id)
        self.carried_button.setVisible(bool(one.conflict.bonds))
        self.chain.set_steps(self._steps(one))

    def _steps(self, one: Told) -> list[Step]:
        made = []
        for step, link in zip(one.conflict.steps, one.links, strict=True):
            where = self.tr("{source} · {days}") if link.on else "{source}"
            detail = where.format(source=link.source, days=link.on)
            if isinstance(step.what, Bench):
                made.append(Step("due", link.headline, detail))
            elif isinstance(step.what, BondKind):
                made.append(Step("roll", link.headline, detail))
            else:
                made.append(Step("late", link.headline, detail))
        return made

    def _open_judged(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("case_query", {"case_id": one.conflict.case_id})

    def _open_carried(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("case_query", {"case_id": one.conflict.steps[-1].case_id})

    def _open_document(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("documents", {"document_id": one.conflict.subject})
