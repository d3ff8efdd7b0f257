"""The editor of a plan: what is shared, among whom, and shares as one types. UI thread.

Counting happens on the layout lane a moment after the last key; what is typed is kept as a draft.
"""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.funds.distribution_paper import TITLE
from desktop.funds.distributions import Plan, SavePlan, save_plan
from desktop.panels.distribution.queries import Start
from desktop.panels.distribution.rules import Sums, SumsArgs, sums, total_words
from desktop.rules.distribution_law import DEBTORS, KINDS, WHAT_NAMES
from desktop.rules.distribution_plan import COST_ENDS
from desktop.rules.money import yuan_text
from widgets.forms import DateField, Field, MoneyField, RowColumn, RowsEditor
from widgets.forms.inputs import parse_money
from widgets.parts import named_button, words_label

DELAY_MS: Final = 120
_DAYS: Final = ("on", "ends_on")


class PlanEditor(QWidget):
    """`saved(str)` with the plan's id follows the write; `left()` when the user goes back."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_editor")
        self._context = context
        self._case_id = ""
        self._plan_id: str | None = None
        self._available = 0
        self._asked = 0
        self._filling = False
        self._struck: frozenset[int] = frozenset()
        self.sums: Sums | None = None
        self.heading = QLabel(self)
        self.heading.setProperty("role", "title")
        self.note = words_label(self, "muted")
        self.total = QLabel(self)
        self.total.setObjectName("plan_total")
        self.total.setProperty("role", "title")
        self.warnings = words_label(self, "")
        self.warnings.setObjectName("plan_warnings")
        self.faults = words_label(self, "error")
        self.faults.setObjectName("plan_faults")
        self.back_button = named_button(self, "back", self.tr("Back"))
        self.save_button = named_button(self, "save_plan", self.tr("Save plan"))
        self.save_button.setProperty("kind", "primary")
        self.strike_button = named_button(self, "strike", self.tr("Strike claim"))
        self.strike_button.setToolTip(
            self.tr("Crosses the claim out to see who would get more or less; nothing is changed")
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.count_now)
        self._build()
        self._arrange()
        self._connect()

    # Parts

    def _build(self) -> None:
        self.title = QLineEdit(self)
        self.title.setObjectName("plan_title")
        self.pool = MoneyField(self)
        self.pool.setObjectName("plan_pool")
        self.debtor = QComboBox(self)
        self.debtor.setObjectName("plan_debtor")
        for key, word in DEBTORS.items():
            self.debtor.addItem(word, key)
        self.debtor_name = QLineEdit(self)
        self.origin = QLineEdit(self)
        self.origin.setObjectName("plan_property")
        self.on = DateField(self, optional=False)
        self.ends_on = DateField(self)
        self.ends_on.setObjectName("plan_ends_on")
        self.fields = {
            "title": Field(self.tr("Title"), self.title),
            "pool": Field(self.tr("To be shared (yuan)"), self.pool),
            "debtor": Field(self.tr("Debtor is"), self.debtor),
            "debtor_name": Field(self.tr("Debtor"), self.debtor_name),
            "on": Field(self.tr("Day of the plan"), self.on),
            "ends_on": Field(self.tr("Property executed"), self.ends_on),
            "origin": Field(self.tr("Where the money comes from"), self.origin),
        }
        ends = tuple(COST_ENDS.items())
        self.costs = RowsEditor(
            self.tr("Costs of the enforcement"),
            (
                RowColumn("name", self.tr("Cost"), width=160, stretch=2),
                RowColumn("amount", self.tr("Amount"), "money", 130, 1),
                RowColumn("to", self.tr("Goes to"), "choice", 130, choices=ends),
                RowColumn("got", self.tr("Gets"), "shown", 130, right=True),
            ),
            self,
            rows_seen=4,
        )
        self.claims = RowsEditor(self.tr("Claims"), self._claim_columns(), self, rows_seen=12)
        self.claims.add_button(self.strike_button)

    def _claim_columns(self) -> tuple[RowColumn, ...]:
        kinds = tuple((kind, WHAT_NAMES[kind]) for kind in reversed(KINDS))
        return (
            RowColumn("creditor", self.tr("Creditor"), width=150, stretch=1),
            RowColumn("kind", self.tr("Kind"), "choice", 108, choices=kinds),
            RowColumn("amount", self.tr("Amount"), "money", 116),
            RowColumn("got", self.tr("Gets"), "shown", 116, right=True),
            RowColumn("quota", self.tr("Exact share"), "shown", 184, right=True),
            RowColumn("change", self.tr("If struck"), "shown", 216, right=True),
            RowColumn("seized_on", self.tr("Seized on"), "date", 112),
            RowColumn(
                "seizure_rank",
                self.tr("Rank"),
                width=56,
                tooltip=self.tr("Typed for one claim, ranks are no longer taken from the days"),
            ),
            RowColumn("rank", self.tr("Counts as"), "shown", 72),
            RowColumn("applied_on", self.tr("Applied on"), "date", 112),
            RowColumn("principal", self.tr("Principal"), "money", 116),
            RowColumn("interest", self.tr("Interest"), "money", 110),
            RowColumn(
                "doubled",
                self.tr("Doubled part"),
                "money",
                110,
                tooltip=self.tr("No part of the claim: paid from what all claims left over"),
            ),
            RowColumn("got_doubled", self.tr("Gets of it"), "shown", 110, right=True),
            RowColumn("case_number", self.tr("Case number"), width=176),
            RowColumn("bank", self.tr("Bank"), width=130),
            RowColumn("account_no", self.tr("Account number"), width=160),
        )

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back_button)
        head.addWidget(self.heading, 1)
        head.addWidget(self.save_button)
        inner = QWidget(self)
        inner.setProperty("plain", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for keys in (
            (("title", 2), ("pool", 1), ("on", 1), ("ends_on", 1)),
            (("debtor_name", 2), ("debtor", 1), ("origin", 2)),
        ):
            line = QHBoxLayout()
            line.setSpacing(12)
            for key, share in keys:
                line.addWidget(self.fields[key], share)
            column.addLayout(line)
        column.addWidget(self.costs)
        column.addWidget(self.claims)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(scroll, 1)
        for part in (self.total, self.warnings, self.faults):
            layout.addWidget(part)

    def _connect(self) -> None:
        for field in self.fields.values():
            field.changed.connect(self._touched)
        for editor in (self.costs, self.claims):
            editor.edited.connect(self._touched)
        self.claims.model.rowsRemoved.connect(self._on_removed)
        self.claims.model.modelReset.connect(self._on_removed)
        self.strike_button.clicked.connect(lambda _checked=False: self._strike())
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.back_button.clicked.connect(lambda _checked=False: self._leave())

    # What the view calls

    @property
    def plan_id(self) -> str | None:
        """Which plan is being changed; None for a new one."""
        return self._plan_id

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept: one for a plan, one for a new plan of a case."""
        return f"distribution:{self._plan_id or f'new:{self._case_id}'}"

    def open_new(self, start: Start, given: Mapping[str, Any] | None = None) -> None:
        """A new plan of a case; `given` replaces what the case says."""
        self._open(None, start.case_id, start.case_number, start.available_fen)
        today = self._context.today().isoformat()
        filled = {"title": TITLE, "on": today, **start.typed, **(given or {})}
        self._put(filled)
        self._restore()

    def open_plan(self, plan: Plan) -> None:
        """A draft to be changed."""
        self._open(plan.id, plan.case_id, plan.case_number, plan.available_fen)
        self._put({"title": plan.title, **plan.content.typed()})
        self._restore()

    def typed(self) -> dict[str, Any]:
        """Everything the form holds, fit for JSON."""
        days = {key: getattr(self, key) for key in _DAYS}
        fen = parse_money(self.pool.text())
        return {
            "title": self.title.text().strip(),
            "pool": self.pool.text().strip() if fen is None else yuan_text(fen),
            "debtor": self.debtor.currentData(),
            "debtor_name": self.debtor_name.text().strip(),
            "property": self.origin.text().strip(),
            **{
                key: day.isoformat() if (day := box.value()) is not None else box.text().strip()
                for key, box in days.items()
            },
            "costs": self.costs.values(),
            "claims": self.claims.values(),
        }

    def count_now(self) -> None:
        """Asks for the sums of what is typed now."""
        self._timer.stop()
        self._asked += 1
        number = self._asked
        args = SumsArgs(self.typed(), self._struck, self._available)
        self._context.layout(self, sums, args, lambda found: self._on_sums(number, found))

    def save(self) -> None:
        """Stores the plan; what is wrong is told beneath."""
        for editor in (self.costs, self.claims):
            editor.commit()
        typed = self.typed()
        self.save_button.setEnabled(False)
        plan = SavePlan(
            self._plan_id,
            self._case_id,
            typed["title"],
            typed,
            self._context.who.person_id,
        )
        self._context.write(self, "保存分配方案", save_plan, plan, self._on_saved, self._on_refused)

    # Inside

    def _open(self, plan_id: str | None, case_id: str, number: str, available_fen: int) -> None:
        self._plan_id, self._case_id = plan_id, case_id
        self._available = available_fen
        self._struck = frozenset()
        self.sums = None
        words = self.tr("Plan of {case}") if plan_id else self.tr("New plan of {case}")
        self.heading.setText(words.format(case=number))
        self.note.hide()
        self.faults.setText("")
        self.save_button.setEnabled(True)

    def _put(self, values: Mapping[str, Any]) -> None:
        self._filling = True
        self.title.setText(str(values.get("title") or ""))
        self.pool.setText(str(values.get("pool") or ""))
        self.debtor.setCurrentIndex(max(self.debtor.findData(values.get("debtor")), 0))
        self.debtor_name.setText(str(values.get("debtor_name") or ""))
        self.origin.setText(str(values.get("property") or ""))
        for key in _DAYS:
            getattr(self, key).setText(str(values.get(key) or ""))
        self.costs.set_values(values.get("costs") or ())
        self.claims.set_values(values.get("claims") or ())
        self._filling = False

    def _restore(self) -> None:
        key = self.draft_key
        self.count_now()
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if key == self.draft_key and kept and dict(kept) != self.typed():
            self._put(kept)
            self.note.setText(self.tr("What you typed before was restored."))
            self.note.show()
            self.count_now()

    def _touched(self, *_args: object) -> None:
        if not self._filling:
            self._context.save_draft(self.draft_key, self.typed())
            self._timer.start()

    def _on_removed(self, *_args: object) -> None:
        self._struck = frozenset()

    def _strike(self) -> None:
        row = self.claims.current_row()
        if row is None:
            self._context.notify(self.tr("Choose a claim first."))
            return
        self._struck ^= {row}
        self.claims.model.set_struck(self._struck)
        self.count_now()

    def _on_sums(self, number: int, found: Sums) -> None:
        if number != self._asked:
            return  # typed on meanwhile: the newer sums are on their way
        self.sums = found
        for name, editor in (("costs", self.costs), ("claims", self.claims)):
            editor.model.set_faults(found.cells(name))
            editor.model.set_shown(*found.shown(name))
        self.total.setText(total_words(found.result) if found.result is not None else "—")
        self.warnings.setText("\n".join(f"▲ {words}" for words in found.warnings()))
        self.warnings.setVisible(bool(found.warnings()))
        faults = found.faults()
        self.faults.setText("\n".join(f"■ {words}" for words in faults))
        self.faults.setVisible(bool(faults))
        self.save_button.setEnabled(found.result is not None)

    def _on_saved(self, plan_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self._context.notify(self.tr("Plan saved"), level="done")
        self.save_button.setEnabled(True)
        self.saved.emit(plan_id)

    def _on_refused(self, sentence: str) -> None:
        self.save_button.setEnabled(True)
        self.faults.setText(f"■ {sentence}")
        self.faults.show()
        self._context.notify(sentence, level="error")

    def _leave(self) -> None:
        for editor in (self.costs, self.claims):
            editor.commit()
        self.left.emit()
