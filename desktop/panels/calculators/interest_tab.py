"""Interest for delayed performance: sums, payments, suspensions, general rates. UI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from desktop.panels.calculators.queries import CaseFacts
from desktop.panels.calculators.rules import INTEREST, Typed, interest_question
from desktop.panels.calculators.tab import CalculatorTab
from desktop.rules.currencies import CURRENCIES
from desktop.rules.day_count import BASES
from desktop.rules.debt import DEBT, KIND_NAMES, RMB
from desktop.rules.interest_steps import PER_NAMES
from desktop.rules.money import yuan_text
from desktop.rules.reference_rates import load_lpr
from widgets.forms import DateField, Field, RowColumn, RowsEditor

_LISTS = ("principal", "payments", "suspensions", "general")


class InterestTab(CalculatorTab):
    """迟延履行利息."""

    KIND = INTEREST

    def build(self) -> None:
        """Four lists, the day of the count, and the switches of the case."""
        kinds = tuple((kind, KIND_NAMES[kind]) for kind in (DEBT, "penalty", "costs"))
        money = RowColumn("amount", self.tr("Amount"), "money", 120, 1)
        self._editors = {
            "principal": RowsEditor(
                self.tr("Sums of the judgment"),
                (
                    RowColumn("kind", self.tr("Kind"), "choice", 92, choices=kinds),
                    money,
                    RowColumn("due", self.tr("Last day to perform"), "date", 116, 1),
                    RowColumn(
                        "mid_rate",
                        self.tr("Middle rate"),
                        width=92,
                        tooltip=self.tr("RMB for one unit, to count a foreign debt in RMB"),
                    ),
                ),
                self,
            ),
            "payments": RowsEditor(
                self.tr("Payments and receipts"),
                (RowColumn("on", self.tr("Day"), "date", 116, 1), money),
                self,
            ),
            "general": RowsEditor(
                self.tr("General interest as the judgment orders it"),
                self._rate_columns(),
                self,
            ),
            "suspensions": RowsEditor(
                self.tr("Suspensions for review or retrial"),
                (
                    RowColumn("from", self.tr("From"), "date", 116, 1),
                    RowColumn("to", self.tr("To"), "date", 116, 1),
                    RowColumn("asked", self.tr("Asked for by the debtor"), "flag", 130),
                ),
                self,
            ),
        }
        self.until = DateField(self, optional=False)
        self.until.setObjectName("until")
        self.until.set_value(self.context.today())
        self.currency = QComboBox(self)
        self.currency.setObjectName("currency")
        for code, name in CURRENCIES.items():
            self.currency.addItem(f"{name} {code}", code)
        self.base = QComboBox(self)
        self.base.setObjectName("costs_in_base")
        for word, key in (
            (self.tr("Not said"), ""),
            (self.tr("Not in the base"), "no"),
            (self.tr("In the base"), "yes"),
        ):
            self.base.addItem(word, key)
        self._place()

    def _rate_columns(self) -> tuple[RowColumn, ...]:
        bases = tuple((basis, basis or "—") for basis in dict.fromkeys(sum(BASES.values(), ())))
        ordered = sorted(bases, key=lambda one: one[0] != "360")
        return (
            RowColumn(
                "rate",
                self.tr("Rate"),
                width=116,
                stretch=1,
                tooltip=self.tr("6%, 0.06, LPR 1Y × 4, 基准 × 1.5, 同期 1Y, LPR 1Y@2020-08-20 × 4"),
            ),
            RowColumn(
                "per",
                self.tr("Per"),
                "choice",
                84,
                choices=tuple((per, PER_NAMES[per]) for per in ("year", "month", "day")),
            ),
            RowColumn("basis", self.tr("Basis"), "choice", 76, choices=tuple(ordered)),
            RowColumn("from", self.tr("From"), "date", 104),
            RowColumn("to", self.tr("To"), "date", 104, tooltip=self.tr("Empty: to the end")),
        )

    def _place(self) -> None:
        known = load_lpr().known_to.isoformat()
        line = QHBoxLayout()
        line.setSpacing(12)
        until = Field(self.tr("Counted up to"), self.until)
        currency = Field(self.tr("Currency"), self.currency)
        base = Field(self.tr("Litigation costs"), self.base)
        for field in (until, currency, base):
            line.addWidget(field, 1)
            field.changed.connect(self.touched)
        for name in ("principal", "payments", "general", "suspensions"):
            editor = self._editors[name]
            editor.setObjectName(f"rows_{name}")
            editor.edited.connect(self.touched)
            self.body.addWidget(editor)
        self._editors["general"].set_note(
            self.tr(
                "A rate may follow LPR (known up to {day}) or the loan rates: LPR 1Y × 4"
            ).format(day=known)
        )
        self.body.insertLayout(1, line)

    def hand_text(self) -> str:
        """See the base."""
        return self.tr("Into a payment order")

    def empty_words(self) -> str:
        """See the base."""
        return self.tr("Type a sum and its last day to perform, or fill from the selected case.")

    def editors(self) -> Mapping[str, RowsEditor]:
        """See the base."""
        return self._editors

    def typed(self) -> dict[str, Any]:
        """See the base."""
        day = self.until.value()
        return {
            **{name: self._editors[name].values() for name in _LISTS},
            "until": day.isoformat() if day is not None else self.until.text().strip(),
            "currency": self.currency.currentData(),
            "costs_in_base": self.base.currentData(),
        }

    def put(self, values: Mapping[str, Any]) -> None:
        """See the base."""
        for name in _LISTS:
            self._editors[name].set_values(values.get(name) or ())
        self.until.setText(str(values.get("until") or self.context.today().isoformat()))
        self.currency.setCurrentIndex(max(self.currency.findData(values.get("currency", RMB)), 0))
        self.base.setCurrentIndex(max(self.base.findData(values.get("costs_in_base", "")), 0))

    def question(self, typed: Mapping[str, Any]) -> Typed | None:
        """See the base."""
        made = interest_question(typed)
        return made if made.question["principal"] else None

    def from_case(self, facts: CaseFacts) -> dict[str, Any]:
        """The claim with its due day, and what came in since."""
        claim = {"amount": yuan_text(facts.claim_fen), "due": facts.due_on}
        came = [{"on": day, "amount": yuan_text(fen)} for day, fen in facts.receipts]
        return {"principal": [claim], "payments": came, "currency": RMB}
