"""The form of an order, for one payee or for several at once; what is typed is kept. UI thread."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabBar, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.errors import UserError
from desktop.funds.outgoing import plain_account
from desktop.panels.disbursement.commands import AskArgs, Made, make_orders
from desktop.panels.disbursement.computation import checked, computation_lines, part_sums
from desktop.panels.disbursement.order_fields import OrderFields, wish_of
from desktop.panels.disbursement.rules import ACCOUNT_WORDS, PARTS, WAYS, lacking
from desktop.panels.disbursement.seed import Seed, SeedArgs, payees_of, seed
from widgets.forms import FormPane
from widgets.parts import named_button, words_label
from widgets.table.columns import money_text
from widgets.theme import current_theme

_WIDTH_MAX: Final = 920
_LINES_MAX: Final = 6


class OrderForm(QWidget):
    """`asked(Made)` follows the write; `left()` when the user goes back."""

    asked = Signal(object)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order_form")
        self._context = context
        self._seed: Seed | None = None
        self._entries: list[dict[str, Any]] = [{}]
        self._at = 0
        self._given: Mapping[str, str] = {}
        self._computation = ""
        self._key = ""
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.known = words_label(self, "")
        self.known.setObjectName("known")
        self.note = words_label(self, "muted")
        self.note.setObjectName("note")
        self.problem = words_label(self, "error")
        self.problem.setObjectName("problem")
        self.problem.hide()
        self.tabs = QTabBar(self)
        self.tabs.setObjectName("payees")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.add_button = named_button(self, "add_payee", self.tr("Another payee"))
        self.remove_button = named_button(self, "remove_payee", self.tr("Remove this payee"))
        for button in (self.add_button, self.remove_button):
            button.setProperty("kind", "quiet")
        self.warning = words_label(self, "error")
        self.warning.setObjectName("account_warning")
        self.form = FormPane(
            self, submit_text=self.tr("Submit for approval"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("submit_order")
        self.fields = OrderFields(self.form)
        self.amount, self.payee = self.fields.amount, self.fields.payee
        self._make_computation()
        self._arrange()
        self._connect()

    def _make_computation(self) -> None:
        self.computation_words = words_label(self, "muted")
        self.computation_words.setObjectName("attached")
        self.calculate_button = named_button(self, "calculate", self.tr("Open calculators"))
        self.drop_button = named_button(self, "drop_computation", self.tr("Take it off"))
        for button in (self.calculate_button, self.drop_button):
            button.setProperty("kind", "quiet")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.computation_words, 1)
        row.addWidget(self.calculate_button)
        row.addWidget(self.drop_button)
        self.form.add_widget(line)
        self.form.add_widget(self.note)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.remove_button)
        head.addWidget(self.add_button)
        inner = QWidget(self)
        inner.setMaximumWidth(current_theme().px(_WIDTH_MAX))
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        for part in (self.known, self.problem, self.tabs, self.warning):
            column.addWidget(part)
        column.addWidget(self.form, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(inner, 1)
        layout.addStretch(0)

    def _connect(self) -> None:
        self.form.edited.connect(lambda _values: self._keep_draft())
        self.form.submitted.connect(lambda _values: self._submit())
        self.form.closed.connect(lambda _values: self._close())
        self.tabs.currentChanged.connect(self._on_tab)
        self.remove_button.clicked.connect(lambda _checked=False: self._remove(self._at))
        self.add_button.clicked.connect(lambda _checked=False: self._add())
        self.calculate_button.clicked.connect(lambda _checked=False: self._calculate())
        self.drop_button.clicked.connect(lambda _checked=False: self._attach(""))
        fields = self.fields
        fields.way.currentIndexChanged.connect(lambda _n: self._compare())
        fields.payee.textChanged.connect(self._on_payee)
        fields.account_no.textChanged.connect(lambda _text: self._compare())
        for part in fields.parts.values():
            part.changed.connect(self._add_up)

    # Opening

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept; one per case, and per order made again."""
        return self._key

    def open_case(self, case_id: str, given: Mapping[str, str] | None = None) -> None:
        """Shows the form for a case once it was read; `given`: amount (fen), payee, computation,
        bank, account_no, basis, way, distribution_id, or payees as JSON."""
        self._begin(f"disbursement:{case_id}", SeedArgs(case_id), given or {})

    def open_again(self, order_id: str) -> None:
        """Shows the form filled with an order that came back."""
        self._begin(f"disbursement:again:{order_id}", SeedArgs("", order_id), {})

    def _begin(self, key: str, args: SeedArgs, given: Mapping[str, str]) -> None:
        self._seed, self._key, self._given = None, key, given
        self.form.set_waiting(True)
        self._fill([{}], "")

        def on_seed(found: Seed | None) -> None:
            if key == self._key:  # else another case is open meanwhile
                self._on_seed(found)

        self._context.read(self, "seed", seed, args, on_seed)

    def _on_seed(self, found: Seed | None) -> None:
        if found is None:
            self._context.notify(self.tr("The case is not on this device."), level="warning")
            self.left.emit()
            return
        self._seed = found
        self.fields.offer(found)
        case = found.account.case_number or self.tr("without a case")
        self.title.setText(self.tr("Payment order: {case}").format(case=case))
        self.known.setText(self._known_words(found))
        self.note.setText(self._hint(found))
        if found.claim_fen:
            said = self.tr("The case is about {claim}; paid so far {paid}").format(
                claim=money_text(found.claim_fen), paid=money_text(found.paid_fen)
            )
            self.form.field("remaining_fen").set_hint(said)
        self._say("")
        key = self._key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _hint(self, found: Seed) -> str:
        if found.replaces:
            said = self.tr("Made instead of {number}, which stays as it is.")
            return said.format(number=found.replaces_number)
        return self.tr(
            "An intent moves no money and is not counted until it is taken; whoever asks can"
            " neither approve nor send it."
        )

    def _known_words(self, found: Seed) -> str:
        account, source = found.account, self.fields.chosen_way().source
        if source != "case":
            return self.tr("Available on {account}: {amount} yuan").format(
                account=ACCOUNT_WORDS[source], amount=money_text(found.sources.get(source, 0))
            )
        if not account.known:
            return self.tr("This desk knows of no money of this case.")
        words = self.tr("Available {amount} yuan as of {day}").format(
            amount=money_text(account.available_fen),
            day=account.as_of or self._context.today().isoformat(),
        )
        if account.intents_fen:
            words += " · " + self.tr("intents on this desk {amount} yuan").format(
                amount=money_text(account.intents_fen)
            )
        return words

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self._seed is None or key != self._key:
            return  # another case is open meanwhile: its own answer is on the way
        entries = [dict(one) for one in (kept or {}).get("entries") or () if isinstance(one, dict)]
        computation = str((kept or {}).get("computation") or self._seed.computation)
        usual = {"basis": self._seed.basis, **self._seed.values}
        entries = entries or [usual]
        self._fill(self._with_given(entries, usual), computation)
        if self._given.get("computation"):
            self._attach(self._given["computation"])
        self.form.set_waiting(False)
        self.amount.setFocus()

    def _with_given(
        self, entries: list[dict[str, Any]], usual: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """What another panel brought goes above what was kept."""
        given = self._given
        plan = given.get("distribution_id")
        way = given.get("way") or given.get("purpose", "")
        payees = payees_of(given.get("payees", ""))
        if payees:
            return [
                {
                    **usual,
                    **({"way": way} if way in WAYS else {}),
                    "payee": str(one["payee"]),
                    "amount": one["amount_fen"],
                    **({"distribution_id": plan} if plan else {}),
                }
                for one in payees
            ]
        first = entries[0]
        if given.get("amount", "").isdigit():
            first["amount"] = int(given["amount"])
            first.update(dict.fromkeys(PARTS))
        for name in ("payee", "bank", "account_no", "basis"):
            if given.get(name):
                first[name] = given[name]
        if way in WAYS:
            first["way"] = way
        if plan:
            first["distribution_id"] = plan
        return entries

    # Payees

    def _fill(self, entries: list[dict[str, Any]], computation: str) -> None:
        self._entries, self._at = entries, 0
        was = self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for entry in entries:
            self.tabs.addTab(_tab_words(entry))
        self.tabs.blockSignals(was)
        self._computation = computation
        self._show_entry()
        self._show_computation()

    def _show_entry(self) -> None:
        several = len(self._entries) > 1
        self.tabs.setVisible(several)
        self.remove_button.setVisible(several)
        self.fields.set_values(self._entries[self._at])
        self._compare()

    def _keep_entry(self) -> None:
        kept = self._entries[self._at].get("distribution_id")
        self._entries[self._at] = self.fields.values()
        if kept:
            self._entries[self._at]["distribution_id"] = kept
        self.tabs.setTabText(self._at, _tab_words(self._entries[self._at]))

    def _on_tab(self, place: int) -> None:
        if self._seed is None or place < 0 or place == self._at:
            return
        self._keep_entry()
        self._at = place
        self._show_entry()

    def _add(self) -> None:
        """Another payee of the same case; the way and the basis are the same."""
        self._keep_entry()
        same = {key: self._entries[self._at].get(key) for key in ("way", "basis", "memo")}
        self._entries.append(same)
        self.tabs.addTab(_tab_words(same))
        self.tabs.setCurrentIndex(len(self._entries) - 1)
        self.tabs.setVisible(True)
        self._keep_draft()
        self.payee.setFocus()

    def _remove(self, place: int) -> None:
        if len(self._entries) < 2:
            return
        self._keep_entry()
        del self._entries[place]
        was = self.tabs.blockSignals(True)
        self.tabs.removeTab(place)
        self._at = min(self._at - (place < self._at), len(self._entries) - 1)
        self.tabs.setCurrentIndex(self._at)
        self.tabs.blockSignals(was)
        self._show_entry()
        self._keep_draft()

    # What is typed

    def _on_payee(self, name: str) -> None:
        """Offers the account of his last payment; that it is still his he confirms anew."""
        before = self._before(name)
        if before is not None and not self.fields.account_no.text().strip():
            self.fields.account_no.setText(before.account_no)
            self.fields.bank.setText(before.bank)
        self._compare()

    def _compare(self) -> None:
        """Whether the account is the one of the payee's last payment."""
        differs = self._differs(self.fields.values())
        before = self._before(self.payee.text())
        self.warning.setVisible(differs)
        if differs and before is not None:
            said = self.tr(
                "Another account than last time ({account}, {day}, {number}): call the payee back"
                " by a number you knew before, and note what was found."
            )
            self.warning.setText(
                said.format(account=before.account_no, day=before.paid_on, number=before.number)
            )
        self.fields.fit_way(differs=differs)
        if self._seed is not None:
            self.known.setText(self._known_words(self._seed))

    def _before(self, payee: str) -> Any:
        return self._seed.before.get(payee.strip()) if self._seed is not None else None

    def _differs(self, values: Mapping[str, Any]) -> bool:
        before = self._before(str(values.get("payee") or ""))
        account = plain_account(str(values.get("account_no") or ""))
        inside = str(values.get("way")) in ("refund", "fee", "escrow")
        return before is not None and not inside and account != before.account_no

    def _add_up(self) -> None:
        """The amount is the sum of its parts where parts are given."""
        total = self.fields.sum_of_parts()
        if total is not None:
            self.amount.set_value(total)

    def _calculate(self) -> None:
        case_id = self._seed.account.case_id if self._seed is not None else ""
        self._keep_draft()
        self._context.open("calculators", {"case_id": case_id, "tab": "interest"})

    def _attach(self, text: str) -> None:
        """Attaches a calculation, or takes it off."""
        try:
            self._computation = checked(text) if text else ""
        except UserError as fault:
            self._context.notify(str(fault), level="error")
            return
        if self._computation and self.amount.value() is None:
            for name, fen in part_sums(self._computation).items():
                if name in self.fields.parts and not self.fields.parts[name].text().strip():
                    self.fields.parts[name].set_value(fen)
        self._show_computation()
        self._keep_draft()

    def _show_computation(self) -> None:
        lines = computation_lines(self._computation)
        shown = "\n".join(lines[-_LINES_MAX:])
        if len(lines) > _LINES_MAX:
            more = self.tr("… and {count} lines before").format(count=len(lines) - _LINES_MAX)
            shown = f"{more}\n{shown}"
        self.computation_words.setText(shown or self.tr("No computation is attached."))
        self.drop_button.setVisible(bool(lines))

    def _keep_draft(self) -> None:
        if self._seed is None:
            return
        self._keep_entry()
        if self._computation or any(_filled(entry, self._seed) for entry in self._entries):
            kept = {"entries": self._entries, "computation": self._computation}
            self._context.save_draft(self._key, kept)

    # Asking

    def _submit(self) -> None:
        if self._seed is None:
            return
        self._keep_entry()
        found = self._seed
        wishes = tuple(
            wish_of(entry, found, differs=self._differs(entry), computation=self._computation)
            for entry in self._entries
        )
        self.form.set_busy(True)
        args = AskArgs(wishes, self._context.who.person_id, self._context.today())
        self._context.write(
            self, "提出案款支付", make_orders, args, self._on_made, self._on_refused
        )
        told = [lacking(wish) for wish in wishes]
        if any(told):
            self._context.notify(next(words for words in told if words), level="warning")

    def _on_made(self, made: Made) -> None:
        self._context.discard_draft(self._key)
        self.form.set_busy(False)
        self._seed, self._key = None, ""
        self.asked.emit(made)

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self._say(sentence)
        self._context.notify(sentence, level="error")

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _close(self) -> None:
        self._keep_draft()
        self.left.emit()


def _filled(entry: Mapping[str, Any], found: Seed) -> bool:
    """Whether somebody typed more than what the form began with."""
    usual = {"basis": found.basis, **found.values}
    return any(value and value != usual.get(key) for key, value in entry.items() if key != "way")


def _tab_words(entry: Mapping[str, Any]) -> str:
    amount = entry.get("amount")
    words = str(entry.get("payee") or "—")
    return f"{words}　{money_text(amount)}" if isinstance(amount, int) else words
