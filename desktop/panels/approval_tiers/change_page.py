"""Changes of the tiers: what was proposed, by whom, who agreed; and a new proposal. UI thread."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.funds.tiers import (
    PURPOSE_NAMES,
    TierChange,
    TierVerdict,
    propose_tier,
    settle_tier,
)
from desktop.panels.approval_tiers.columns import change_columns
from desktop.panels.approval_tiers.queries import Change, ChangesArgs, changes
from desktop.panels.approval_tiers.rules import (
    STATE_STYLES,
    STATE_WORDS,
    band_words,
    chain_words,
    days_words,
    stage_word,
)
from desktop.rules.disbursement_law import load_disbursement_law
from widgets.card import Card
from widgets.dialogs import confirm
from widgets.forms import DateField, FormDialog, MoneyField
from widgets.parts import named_button, words_label
from widgets.theme import current_theme

_EVERY = ""


class StageBoxes(QWidget):
    """Which stages an order passes, from below to above; the order cannot be turned round."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.boxes: dict[str, QCheckBox] = {}
        for stage in load_disbursement_law().stages:
            box = QCheckBox(stage_word(stage.code), self)
            box.setObjectName(f"stage_{stage.code}")
            box.toggled.connect(lambda _on: self.changed.emit())
            self.boxes[stage.code] = box
            row.addWidget(box)
        row.addStretch(1)

    def value(self) -> tuple[str, ...]:
        """The codes chosen, in their order."""
        return tuple(code for code, box in self.boxes.items() if box.isChecked())

    def set_value(self, value: object) -> None:
        """Ticks these codes and no others."""
        chosen = value if isinstance(value, tuple | list) else ()
        for code, box in self.boxes.items():
            box.setChecked(code in chosen)


class TierChanges(QWidget):
    """`propose()` opens the form; `form` is the dialog while it is open."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tier_changes")
        self._context = context
        self.form: FormDialog | None = None
        self.list: Listing[Change] = Listing(change_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No change yet"),
            self.tr("The tiers are the shipped ones; a change takes two persons."),
        )
        self.note = words_label(self, "muted")
        self.note.setText(
            self.tr(
                "One person proposes, another agrees; orders keep the chain of the day they were "
                "asked for."
            )
        )
        self.detail = words_label(self, "")
        self.detail.setObjectName("tier_detail")
        self.fault = words_label(self, "error")
        self.fault.setObjectName("tier_fault")
        self.propose_button = named_button(self, "propose_tier", self.tr("Propose a change…"))
        self.agree_button = named_button(self, "agree_tier", self.tr("Agree"))
        self.agree_button.setProperty("kind", "primary")
        self.refuse_button = named_button(self, "refuse_tier", self.tr("Refuse"))
        self._arrange()
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.propose_button.clicked.connect(lambda _checked=False: self.propose())
        self.agree_button.clicked.connect(lambda _checked=False: self._ask(agreed=True))
        self.refuse_button.clicked.connect(lambda _checked=False: self._ask(agreed=False))
        self.live = LiveRefresh(self, context, ("approval_tier", "person"), self._read)
        self._show_current()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.note, 1)
        row.addWidget(self.propose_button)
        self.card = Card(parent=self)
        self.card.header.addWidget(self.refuse_button)
        self.card.header.addWidget(self.agree_button)
        self.card.body.addWidget(self.detail)
        self.card.body.addWidget(self.fault)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(self.card)

    def _read(self) -> None:
        args = ChangesArgs(self._context.who.person_id, self._context.today())
        self._context.read(self, "snapshot", changes, args, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: tuple[Change, ...]) -> None:
        self.list.show([(one.ids, one, _row(one)) for one in found])
        self._show_current()
        self.live.finished()

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.card.set_title(f"{one.purposes}　{band_words(one.tier.from_fen, one.tier.upto_fen)}")
        self.card.set_note(STATE_WORDS[one.tier.state])
        basis = self.tr("Basis: {words}").format(words=one.tier.basis)
        self.detail.setText(f"{chain_words(one.tier.stages)}\n{basis}")
        self.fault.setText(f"{one.fault}。" if one.fault else "")
        self.fault.setVisible(bool(one.fault))
        waits = one.tier.state == "proposed"
        self.agree_button.setVisible(waits)
        self.refuse_button.setVisible(waits)
        self.agree_button.setEnabled(waits and not one.fault)
        self.refuse_button.setEnabled(one.may_refuse)

    # Acts

    def _ask(self, *, agreed: bool) -> None:
        one = self.list.current()
        if one is None:
            return
        words = f"{one.purposes}　{band_words(one.tier.from_fen, one.tier.upto_fen)}"
        confirm(
            self,
            object_name="settle_tier",
            title=self.tr("Agree to this change?") if agreed else self.tr("Refuse this change?"),
            text=f"{words}\n{chain_words(one.tier.stages)}",
            accept_text=self.tr("Agree") if agreed else self.tr("Refuse"),
            danger=not agreed,
            on_accept=partial(self._settle, one, agreed),
        )

    def _settle(self, one: Change, agreed: bool) -> None:
        verdict = TierVerdict(one.ids, agreed, self._context.who.person_id, self._context.now())
        label = f"{'同意' if agreed else '否决'}审批层级变更：{one.purposes}"
        self._context.write(self, label, settle_tier, verdict, lambda _none: self.live.ask())

    def propose(self) -> None:
        """Opens the form of a change."""
        dialog = FormDialog(
            self.tr("Propose a change of the approval tiers"),
            self,
            submit_text=self.tr("Propose"),
            width=620,
        )
        dialog.setObjectName("propose_tier_form")
        form, purpose = dialog.form, QComboBox(dialog)
        purpose.addItem(self.tr("All purposes"), _EVERY)
        for key, word in PURPOSE_NAMES.items():
            purpose.addItem(word, key)
        low, high = MoneyField(dialog), MoneyField(dialog)
        low.set_value(0)
        form.add_field("purpose", self.tr("Purpose"), purpose, required=True)
        one = form.add_field("low", self.tr("From (yuan)"), low, required=True)
        two = form.add_field("high", self.tr("up to, not including (empty: without end)"), high)
        form.add_line(((one, 1), (two, 1)))
        form.add_field(
            "stages", self.tr("Who approves, in order"), StageBoxes(dialog), required=True
        )
        first, last = DateField(dialog, optional=False), DateField(dialog)
        first.set_value(self._context.today())
        three = form.add_field("first", self.tr("In force from"), first, required=True)
        four = form.add_field("last", self.tr("to (empty: without end)"), last)
        form.add_line(((three, 1), (four, 1)))
        form.add_field("basis", self.tr("Basis"), QLineEdit(dialog), required=True)
        form.submitted.connect(self._submit)
        self.form = dialog
        dialog.resize(dialog.width(), current_theme().px(420))
        dialog.show()

    def _submit(self, values: Mapping[str, object]) -> None:
        first, last, stages = values["first"], values["last"], values["stages"]
        low, high = values["low"], values["high"]
        if not isinstance(first, date) or not isinstance(stages, tuple):
            return
        purpose = str(values["purpose"] or "")
        change = TierChange(
            purposes=tuple(PURPOSE_NAMES) if purpose == _EVERY else (purpose,),
            from_fen=low if isinstance(low, int) else 0,
            upto_fen=high if isinstance(high, int) else None,
            stages=stages,
            valid_from=first,
            valid_to=last if isinstance(last, date) else None,
            basis=str(values["basis"]),
            person_id=self._context.who.person_id,
            at=self._context.now(),
        )
        label = "提出审批层级变更"
        self._context.write(self, label, propose_tier, change, self._on_proposed, self._on_refused)

    def _on_proposed(self, _ids: list[str]) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.notify(self.tr("Proposed; another person has to agree"), level="done")
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        """The sentence stands beneath the stages, and nothing typed goes."""
        if self.form is not None:
            self.form.form.set_busy(False)
            self.form.form.field("stages").set_error(sentence)


def _row(one: Change) -> dict[str, object]:
    tier = one.tier
    return {
        "state": (STATE_STYLES[tier.state], STATE_WORDS[tier.state]),
        "purpose": one.purposes,
        "band": band_words(tier.from_fen, tier.upto_fen),
        "chain": chain_words(tier.stages),
        "valid": days_words(tier.valid_from, tier.valid_to),
        "proposed": f"{one.proposed_by} {tier.proposed_at[:10]}",
        "settled": f"{one.agreed_by} {tier.agreed_at[:10]}" if tier.agreed_at else "",
    }
