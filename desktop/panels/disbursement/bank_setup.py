"""Where the court's money lies, and the direct line to its bank: settings of this desk. UI thread.

No password is kept: the bank knows the court by its certificate.
"""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.channel import BankLine, checked
from desktop.funds.outgoing import plain_account
from widgets.forms import FormDialog
from widgets.theme import current_theme

_KEYS: Final = (
    *("fund_account", "fund_account_name"),
    *("bank_line_address", "bank_line_ca", "bank_line_certificate"),
)


class BankSetup(FormDialog):
    """Opens at once; stores what is right and closes."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=560)
        self.setWindowTitle(self.tr("Accounts and line"))
        self.setObjectName("bank_setup_dialog")
        self._context = context
        labels = {
            "fund_account": (self.tr("Our account"), self.tr("Account number of the court")),
            "fund_account_name": (self.tr("Name of the account"), ""),
            "bank_line_address": (
                self.tr("Direct line: address"),
                self.tr("https; empty where the bank takes files only"),
            ),
            "bank_line_ca": (
                self.tr("Authority of the bank's certificate (PEM file)"),
                self.tr("Empty: those the system trusts"),
            ),
            "bank_line_certificate": (self.tr("The court's certificate and key (PEM file)"), ""),
        }
        for key in _KEYS:
            label, hint = labels[key]
            self.form.add_field(key, label, QLineEdit(self), hint=hint)
        self.form.set_values({key: context.setting(key) for key in _KEYS})
        self.form.submitted.connect(self._store)
        theme = current_theme()
        self.resize(theme.px(560), theme.px(560))
        self.open()

    def _store(self, values: Mapping[str, str]) -> None:
        account = plain_account(values["fund_account"])
        if account and not (account.isascii() and account.isalnum()):
            self.form.set_errors({"fund_account": self.tr("This is no account number.")})
            return
        line = BankLine(
            address=values["bank_line_address"],
            our_account=values["fund_account"],
            ca=values["bank_line_ca"],
            certificate=values["bank_line_certificate"],
        )
        if not line.address:
            self._keep(values)
            return

        def on_fault(sentence: str) -> None:
            self.form.set_errors({"bank_line_address": sentence})

        # It looks for files, which nobody does on this thread.
        self._context.layout(self, checked, line, lambda _line: self._keep(values), on_fault)

    def _keep(self, values: Mapping[str, str]) -> None:
        for key in _KEYS:
            self._context.set_setting(key, values[key])
        self.accept()
