"""The form of a disbursement intent; what is typed is kept. UI thread."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.disbursement.commands import Intent, ask
from desktop.panels.disbursement.queries import account
from desktop.panels.disbursement.rules import Account
from widgets.forms import FormPane, MoneyField
from widgets.table.columns import money_text

_WIDTH_MAX: Final = 640


class IntentForm(QWidget):
    """`asked()` follows the write; `left()` when the user goes back."""

    asked = Signal()
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intent_form")
        self._context = context
        self._account: Account | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.known = QLabel(self)
        self.known.setWordWrap(True)
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.note.setText(
            self.tr(
                "An intent moves no money and is not counted until the shared database took it."
            )
        )
        self.form = FormPane(
            self, submit_text=self.tr("Record intent"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("record_intent")
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        self.form.setMaximumWidth(_WIDTH_MAX)
        for part in (self.title, self.known, self.note):
            layout.addWidget(part)
        layout.addWidget(self.form, 1)
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)

    def _fill(self) -> None:
        self.amount = MoneyField(self)
        self.amount.setObjectName("intent_amount")
        self.payee, self.bank, self.account_no, self.memo = (QLineEdit(self) for _ in range(4))
        self.payee.setObjectName("intent_payee")
        self.memo.setObjectName("intent_memo")
        form = self.form
        form.add_field("amount", self.tr("Amount (yuan)"), self.amount, required=True)
        form.add_field("payee", self.tr("Payee"), self.payee, required=True)
        form.add_field("bank", self.tr("Bank"), self.bank)
        form.add_field("account_no", self.tr("Account number"), self.account_no)
        form.add_field("memo", self.tr("Note"), self.memo)

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept; one per case."""
        assert self._account is not None
        return f"disbursement:{self._account.case_id}"

    def open_case(self, case_id: str) -> None:
        """Shows the form for a case once its account was read."""
        self._account = None
        self.form.set_waiting(True)
        self._context.read(self, "account", account, case_id, self._on_account)

    def _on_account(self, found: Account | None) -> None:
        if found is None:
            self._context.notify(self.tr("The case is not on this device."), level="warning")
            self.left.emit()
            return
        self._account = found
        self.title.setText(self.tr("Disbursement: {case}").format(case=found.case_number))
        self.known.setText(self._known_words(found))
        self.form.set_values(dict.fromkeys(("amount", "payee", "bank", "account_no", "memo")))
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _known_words(self, found: Account) -> str:
        if not found.known:
            return self.tr("This desk knows of no money of this case.")
        words = self.tr("Available {amount} yuan as of {day}").format(
            amount=money_text(found.available_fen), day=found.as_of or "—"
        )
        if found.intents_fen:
            words += " · " + self.tr("intents on this desk {amount} yuan").format(
                amount=money_text(found.intents_fen)
            )
        return words

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self._account is None or key != self.draft_key:
            return  # another case is open meanwhile: its own answer is on the way
        if kept:
            self.form.set_values(dict(kept))
        self.form.set_waiting(False)
        self.amount.setFocus()

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._account is not None and any(values.values()):
            self._context.save_draft(self.draft_key, dict(values))

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        if self._account is None:
            return
        self.form.set_busy(True)
        intent = Intent(
            self._account.case_id,
            int(values["amount"]),
            str(values["payee"]),
            str(values.get("bank") or ""),
            str(values.get("account_no") or ""),
            str(values.get("memo") or ""),
        )
        self._context.write(self, "案款发放意向", ask, intent, self._on_asked, self._on_refused)

    def _on_asked(self, _request_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self.form.set_busy(False)
        self._account = None
        self.asked.emit()

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.note.setText(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self.left.emit()
