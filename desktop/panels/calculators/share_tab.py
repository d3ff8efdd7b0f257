"""A quick distribution: pool, costs, claims; from it a plan can be made. UI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from desktop.panels.calculators.queries import CaseFacts
from desktop.panels.calculators.rules import SHARE, Answer, Typed, share_question
from desktop.panels.calculators.tab import CalculatorTab
from desktop.rules.distribution_law import DEBTORS, KINDS, WHAT_NAMES
from desktop.rules.money import yuan_text
from widgets.forms import Field, MoneyField, RowColumn, RowsEditor
from widgets.forms.inputs import parse_money


class ShareTab(CalculatorTab):
    """参与分配速算."""

    KIND = SHARE

    def build(self) -> None:
        """The pool and the debtor above the two lists."""
        self.pool = MoneyField(self)
        self.pool.setObjectName("pool")
        self.debtor = QComboBox(self)
        self.debtor.setObjectName("debtor")
        for key, word in DEBTORS.items():
            self.debtor.addItem(word, key)
        money = RowColumn("amount", self.tr("Amount"), "money", 120, 1)
        got = RowColumn("got", self.tr("Gets"), "shown", 120, right=True)
        kinds = tuple((kind, WHAT_NAMES[kind]) for kind in reversed(KINDS))
        self._editors = {
            "costs": RowsEditor(
                self.tr("Costs of the enforcement"),
                (RowColumn("name", self.tr("Cost"), width=140, stretch=2), money, got),
                self,
            ),
            "claims": RowsEditor(
                self.tr("Claims"),
                (
                    RowColumn("id", self.tr("Creditor"), width=130, stretch=2),
                    RowColumn("kind", self.tr("Kind"), "choice", 108, choices=kinds),
                    money,
                    RowColumn(
                        "seizure_rank",
                        self.tr("Rank"),
                        width=52,
                        tooltip=self.tr("Order of seizure, 1 is the first; empty: none"),
                    ),
                    got,
                ),
                self,
                rows_seen=10,
            ),
        }
        line = QHBoxLayout()
        line.setSpacing(12)
        for label, control in (
            (self.tr("To be shared (yuan)"), self.pool),
            (self.tr("Debtor"), self.debtor),
        ):
            field = Field(label, control)
            field.changed.connect(self.touched)
            line.addWidget(field, 1)
        self.body.addLayout(line)
        for name, editor in self._editors.items():
            editor.setObjectName(f"rows_{name}")
            editor.edited.connect(self.touched)
            self.body.addWidget(editor)

    def hand_text(self) -> str:
        """See the base."""
        return self.tr("Make a plan of it")

    def empty_words(self) -> str:
        """See the base."""
        return self.tr("Type what is to be shared and the claims: everybody's share is shown here.")

    def editors(self) -> Mapping[str, RowsEditor]:
        """See the base."""
        return self._editors

    def typed(self) -> dict[str, Any]:
        """See the base."""
        return {
            "pool": self.pool.text().strip(),
            "debtor": self.debtor.currentData(),
            "costs": self._editors["costs"].values(),
            "claims": self._editors["claims"].values(),
        }

    def put(self, values: Mapping[str, Any]) -> None:
        """See the base."""
        self.pool.setText(str(values.get("pool", "")))
        self.debtor.setCurrentIndex(max(self.debtor.findData(values.get("debtor", "natural")), 0))
        for name, editor in self._editors.items():
            editor.set_values(values.get(name) or ())

    def question(self, typed: Mapping[str, Any]) -> Typed | None:
        """See the base."""
        if not typed["pool"] and not typed["claims"]:
            return None
        fen = parse_money(str(typed["pool"]))
        pool = typed["pool"] if fen is None else yuan_text(fen)
        return share_question({**typed, "pool": pool})

    def from_case(self, facts: CaseFacts) -> dict[str, Any]:
        """What is available on the account, and the applicants of the case."""
        claims: list[dict[str, str]] = [{"id": name, "amount": ""} for name in facts.applicants]
        if len(claims) == 1:
            claims[0]["amount"] = yuan_text(facts.claim_fen)
        return {
            "pool": yuan_text(facts.available_fen),
            "debtor": facts.debtor_kind,
            "claims": claims,
        }

    def answered(self, found: Answer) -> None:
        """Everybody's share beside the claim."""
        for name, key in (("costs", "name"), ("claims", "id")):
            got = found.output.get("costs" if name == "costs" else "allocations", {})
            editor = self._editors[name]
            rows = enumerate(editor.values())
            editor.model.set_shown(
                {(n, "got"): got[row[key]] for n, row in rows if row.get(key) in got}
            )

    def hand_over(self, found: Answer) -> None:
        """A new plan of the case with these figures."""
        self.context.open(
            "distribution",
            {"new": "1", "case_id": found.asked.case_id, "computation": found.computation()},
        )
