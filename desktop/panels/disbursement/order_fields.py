"""The fields of an order and what they hold, as values that can be kept as a draft. UI thread."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from desktop.panels.disbursement.rules import (
    CONFIRM_WAYS,
    PART_WORDS,
    PARTS,
    WAYS,
    WITHOUT_CASE,
    Way,
    Wish,
)
from desktop.panels.disbursement.seed import Seed
from desktop.rules.disbursement_law import load_disbursement_law
from widgets.forms import DateField, FormPane, GrowingText, MoneyField
from widgets.icon import icon

_DAYS: Final = ("confirmed_on", "call_back_on")
OUT_ONLY: Final = (*("account_no", "bank", "confirmed_on", "confirmed_by", "confirmed_how"),)
CALL_BACK: Final = ("call_back_on", "call_back_by", "call_back_result")
KEYS: Final = (
    *("way", "payee", *OUT_ONLY, *CALL_BACK, "ground", "amount", *PARTS),
    *("remaining_fen", "basis", "memo"),
)


class ChoiceLine(QLineEdit):
    """A line that may hold anything and offers what is usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = self.addAction(
            icon("ri.arrow-down-s-line"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._action.triggered.connect(self._offer)
        self.set_options(())

    def set_options(self, options: Iterable[str]) -> None:
        """What is offered."""
        made = QCompleter(list(options), self)
        made.setFilterMode(Qt.MatchFlag.MatchContains)
        made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(made)
        self._action.setVisible(made.model().rowCount() > 0)

    def _offer(self) -> None:
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()


class OrderFields:
    """Puts the fields into a form; knows which of them a way of paying needs."""

    def __init__(self, form: FormPane) -> None:
        self.form = form
        self.way = QComboBox(form)
        self.way.setObjectName("order_way")
        self.payee = ChoiceLine(form)
        self.payee.setObjectName("order_payee")
        self.account_no, self.bank = QLineEdit(form), QLineEdit(form)
        self.account_no.setObjectName("order_account")
        self.confirmed_how = ChoiceLine(form)
        self.confirmed_how.set_options(CONFIRM_WAYS)
        self.amount = MoneyField(form)
        self.amount.setObjectName("order_amount")
        self.parts = {name: MoneyField(form) for name in PARTS}
        self.ground = QComboBox(form)
        self.ground.addItem("", "")
        for one in load_disbursement_law().escrows:
            self.ground.addItem(f"{one.name}（{one.cited()}）", one.code)
        self._build()

    def _build(self) -> None:
        form, add = self.form, self.form.add_field
        way = add("way", _tr("What for"), self.way, required=True)
        payee = add("payee", _tr("Payee"), self.payee, required=True)
        form.add_line(((way, 1), (payee, 1)))
        add("ground", _tr("Ground of the deposit"), self.ground)
        account = add("account_no", _tr("Account number"), self.account_no)
        bank = add("bank", _tr("Bank"), self.bank)
        form.add_line(((account, 1), (bank, 1)))
        on = add("confirmed_on", _tr("Confirmed by the payee on"), DateField(form))
        by = add("confirmed_by", _tr("Confirmed by whom"), QLineEdit(form))
        how = add("confirmed_how", _tr("How"), self.confirmed_how)
        form.add_line(((on, 1), (by, 1), (how, 1)))
        on = add("call_back_on", _tr("Called back on"), DateField(form))
        by = add("call_back_by", _tr("Called back by"), QLineEdit(form))
        result = add("call_back_result", _tr("What the call back found"), QLineEdit(form))
        form.add_line(((on, 1), (by, 1), (result, 2)))
        parts = [add(name, PART_WORDS[name], field) for name, field in self.parts.items()]
        form.add_line([(field, 1) for field in parts])
        amount = add("amount", _tr("Amount (yuan)"), self.amount, required=True)
        left = add("remaining_fen", _tr("Still owed afterwards (yuan)"), MoneyField(form))
        form.add_line(((amount, 1), (left, 1)))
        add("basis", _tr("Basis"), GrowingText(3, form))
        add("memo", _tr("Note to the payee"), QLineEdit(form))

    # What fits the case

    def offer(self, seed: Seed) -> None:
        """Offers the ways and the parties of a case."""
        self.way.clear()
        for way in WAYS.values():
            if seed.account.case_id or way.key in WITHOUT_CASE:
                self.way.addItem(way.words, way.key)
        self.payee.set_options(seed.parties)

    def chosen_way(self) -> Way:
        """The way of paying that is chosen."""
        return WAYS.get(str(self.way.currentData()), WAYS["payment"])

    def fit_way(self, *, differs: bool) -> None:
        """Shows what the way of paying needs."""
        way = self.chosen_way()
        for key in OUT_ONLY:
            self.form.field(key).setVisible(not way.inside)
        for key in CALL_BACK:
            self.form.field(key).setVisible(not way.inside and differs)
        self.form.field("ground").setVisible(way.target == "escrow")

    def sum_of_parts(self) -> int | None:
        """The sum of the parts; None when none is given."""
        given = [field.value() for field in self.parts.values()]
        known = [fen for fen in given if fen is not None]
        return sum(known) if known else None

    # Values

    def values(self) -> dict[str, Any]:
        """What all fields hold, as JSON can keep it."""
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in self.form.values().items()
        }

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Puts kept values in; what is missing becomes empty. Saves nothing."""
        made: dict[str, Any] = {key: values.get(key) for key in KEYS}
        for key in _DAYS:
            made[key] = _day(made[key])
        if made["way"] is None or self.way.findData(made["way"]) < 0:
            made["way"] = self.way.itemData(0)
        made["ground"] = made["ground"] or ""
        self.form.set_values(made)


def wish_of(values: Mapping[str, Any], seed: Seed, *, differs: bool, computation: str) -> Wish:
    """The wish that kept values stand for."""

    def text(key: str) -> str:
        return str(values.get(key) or "")

    before = seed.before.get(text("payee").strip())
    return Wish(
        way=WAYS.get(text("way"), WAYS["payment"]),
        case_id=seed.account.case_id or None,
        amount_fen=int(values.get("amount") or 0),
        payee=text("payee"),
        bank=text("bank"),
        account_no=text("account_no"),
        confirmed_on=_day(values.get("confirmed_on")),
        confirmed_by=text("confirmed_by"),
        confirmed_how=text("confirmed_how"),
        differs=differs,
        call_back_on=_day(values.get("call_back_on")) if differs else None,
        call_back_by=text("call_back_by") if differs else "",
        call_back_result=text("call_back_result") if differs else "",
        parts={name: values.get(name) for name in PARTS},
        remaining_fen=values.get("remaining_fen"),
        basis=text("basis"),
        memo=text("memo"),
        computation=computation,
        distribution_id=values.get("distribution_id") or seed.distribution_id,
        ground=text("ground"),
        replaces=seed.replaces,
        seen={**seed.seen, "account_no": before.account_no if before is not None else None},
    )


def _day(text: Any) -> date | None:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("OrderForm", text)
