"""Court fees by amount or between bounds, halved or not. UI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout

from desktop.panels.calculators.queries import CaseFacts
from desktop.panels.calculators.rules import FEE, Typed, halvings, matters
from desktop.panels.calculators.tab import CalculatorTab
from desktop.rules.fees import load_fees
from desktop.rules.money import yuan_text
from widgets.forms import DateField, Field, MoneyField
from widgets.forms.inputs import parse_money


class FeeTab(CalculatorTab):
    """费用."""

    KIND = FEE

    def build(self) -> None:
        """Kind, amount, day; beneath them what only some fees have."""
        self.kind = QComboBox(self)
        self.kind.setObjectName("fee_kind")
        for table in load_fees():
            if self.kind.findData(table.kind) < 0:
                self.kind.addItem(table.name, table.kind)
        self.without = QCheckBox(self.tr("A case without an amount"), self)
        self.without.setObjectName("without_amount")
        self.amount = MoneyField(self)
        self.amount.setObjectName("fee_amount")
        self.decided = MoneyField(self)
        self.decided.setObjectName("fee_decided")
        self.matter = QComboBox(self)
        self.matter.setObjectName("fee_matter")
        self.on = DateField(self, optional=False)
        self.on.setObjectName("fee_on")
        self.on.set_value(self.context.today())
        self.halved = QComboBox(self)
        self.halved.setObjectName("fee_halved")
        self.halved.addItem(self.tr("Not halved"), "")
        for code, name in halvings():
            self.halved.addItem(name, code)
        self.fields = {
            "kind": Field(self.tr("Fee"), self.kind),
            "amount": Field(self.tr("Amount (yuan)"), self.amount),
            "matter": Field(self.tr("Kind of case"), self.matter),
            "decided": Field(
                self.tr("Fee that the court decided (yuan)"),
                self.decided,
                hint=self.tr("Refused outside the bounds of the law"),
            ),
            "on": Field(self.tr("Day of filing"), self.on),
            "halved": Field(self.tr("Halved"), self.halved),
        }
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.fields["kind"], 1)
        line.addWidget(self.fields["on"], 1)
        self.body.addLayout(line)
        self.body.addWidget(self.without)
        for key in ("amount", "matter", "decided", "halved"):
            self.body.addWidget(self.fields[key])
        for field in self.fields.values():
            field.changed.connect(self._on_changed)
        self.without.toggled.connect(self._on_changed)
        self._offer()

    def hand_text(self) -> str:
        """See the base."""
        return self.tr("Into a payment order")

    def empty_words(self) -> str:
        """See the base."""
        return self.tr("Type an amount: the fee and each bracket are shown here.")

    def typed(self) -> dict[str, Any]:
        """See the base."""
        return {
            "kind": self.kind.currentData(),
            "without_amount": self.without.isChecked(),
            "amount": self.amount.text().strip(),
            "matter": self.matter.currentData() or "",
            "decided": self.decided.text().strip(),
            "on": self.on.text().strip(),
            "halved": self.halved.currentData() or "",
        }

    def put(self, values: Mapping[str, Any]) -> None:
        """See the base."""
        self.kind.setCurrentIndex(max(self.kind.findData(values.get("kind", "execution")), 0))
        self.without.setChecked(bool(values.get("without_amount")))
        self._offer()
        self.matter.setCurrentIndex(max(self.matter.findData(values.get("matter", "")), 0))
        self.amount.setText(str(values.get("amount", "")))
        self.decided.setText(str(values.get("decided", "")))
        self.on.setText(str(values.get("on") or self.context.today().isoformat()))
        self.halved.setCurrentIndex(max(self.halved.findData(values.get("halved", "")), 0))

    def question(self, typed: Mapping[str, Any]) -> Typed | None:
        """See the base."""
        key = "decided" if typed["without_amount"] else "amount"
        if not typed[key]:
            return None
        asked = dict(typed)
        for name in ("amount", "decided"):
            fen = parse_money(str(typed[name]))
            asked[name] = typed[name] if fen is None else yuan_text(fen)
        day = self.on.value()
        asked["on"] = day.isoformat() if day is not None else typed["on"]
        if typed["kind"] != "acceptance" or typed["without_amount"]:
            asked["halved"] = ""
        return Typed(asked, {})

    def from_case(self, facts: CaseFacts) -> dict[str, Any]:
        """What was executed, else what is claimed."""
        fen = facts.executed_fen or facts.claim_fen
        return {"kind": "execution", "without_amount": False, "amount": yuan_text(fen)}

    def _on_changed(self, *_args: object) -> None:
        self._offer()
        self.touched()

    def _offer(self) -> None:
        """Only what the chosen fee has."""
        kind, without = str(self.kind.currentData()), self.without.isChecked()
        known = matters(kind)
        codes = [self.matter.itemData(n) for n in range(self.matter.count())]
        if codes != [code for code, _words in known]:
            was = self.matter.blockSignals(True)
            self.matter.clear()
            for code, words in known:
                self.matter.addItem(words, code)
            self.matter.blockSignals(was)
        self.without.setEnabled(bool(known))
        without = without and bool(known)
        self.fields["amount"].setVisible(not without)
        self.fields["on"].setEnabled(not without)
        self.fields["matter"].setVisible(without)
        self.fields["decided"].setVisible(without)
        self.fields["halved"].setVisible(kind == "acceptance" and not without)
