"""The tiers of a day as a table, who may pass each stage, and what an order would need. UI."""

from datetime import date

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.funds.tiers import PURPOSE_NAMES
from desktop.panels.approval_tiers.columns import tier_columns
from desktop.panels.approval_tiers.queries import (
    Asked,
    Line,
    Needed,
    Offered,
    Table,
    TableArgs,
    needed,
    offered,
    table_of,
)
from desktop.panels.approval_tiers.rules import (
    FIRST,
    SEND,
    band_words,
    cited,
    days_words,
    stage_word,
    stages_words,
)
from desktop.rules.signing_matrix import UNCONFIRMED_MARK
from widgets.card import Card
from widgets.forms import DateField, MoneyField
from widgets.parts import words_label
from widgets.theme import current_theme

TABLES = ("approval_tier", "person", "delegation", "absence")


class TierPage(QWidget):
    """`ask(purpose, amount_fen)` puts the question what such an order would need."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tier_page")
        self._context = context
        self._asked: Asked | None = None
        self.list: Listing[Line] = Listing(tier_columns(), self)
        self.able = words_label(self, "")
        self.able.setObjectName("tier_able")
        self.day = DateField(self, optional=False)
        self.day.setObjectName("tier_day")
        self.day.set_value(context.today())
        self.court = QComboBox(self)
        self.court.setObjectName("tier_court")
        self.court.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.purpose = QComboBox(self)
        self.purpose.setObjectName("tier_purpose")
        for key, word in PURPOSE_NAMES.items():
            self.purpose.addItem(word, key)
        self.amount = MoneyField(self)
        self.amount.setObjectName("tier_amount")
        self.answer = words_label(self, "")
        self.answer.setObjectName("tier_answer")
        self.warning = words_label(self, "error")
        self.warning.setObjectName("tier_warning")
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        Offers(self, context, offered, context.who.person_id, self._on_offered)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        on = QLabel(self.tr("In force on"), self)
        on.setProperty("role", "muted")
        for part in (on, self.day, self.court):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count_label)
        card = Card(parent=self)
        card.setAccessibleName(self.tr("What an order would need"))
        line = QHBoxLayout()
        line.setSpacing(8)
        ask = QLabel(self.tr("An order of"), self)
        ask.setProperty("role", "muted")
        self.amount.setMaximumWidth(current_theme().px(170))
        self.amount.setPlaceholderText(self.tr("Amount in yuan"))
        for piece in (ask, self.purpose, self.amount):
            line.addWidget(piece)
        line.addWidget(self.answer, 1)
        card.body.addLayout(line)
        card.body.addWidget(self.warning)
        self.warning.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(self.able)
        layout.addWidget(card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the answer takes its room from the table."""
        super().resizeEvent(event)
        self.list.table.setMinimumHeight(self.height() // 5)

    def _connect(self) -> None:
        self.day.editingFinished.connect(self._again)
        self.day.changed.connect(self._again)
        self.court.currentIndexChanged.connect(self._again)
        self.purpose.currentIndexChanged.connect(lambda _n: self._ask())
        self.amount.textChanged.connect(lambda _text: self._ask())
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())

    # The tables

    @property
    def shown_day(self) -> date:
        """The day of the tiers."""
        return self.day.value() or self._context.today()

    @property
    def court_id(self) -> str | None:
        """The court whose people are shown."""
        chosen = self.court.currentData()
        return None if chosen is None else str(chosen)

    def _again(self, _number: int = 0) -> None:
        if self.day.value() is not None:
            self.live.ask()

    def _read(self) -> None:
        args = TableArgs(self.shown_day, self.court_id)
        self._context.read(self, "snapshot", table_of, args, self._on_table, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_offered(self, found: Offered) -> None:
        chosen = self.court_id or found.own
        was = self.court.blockSignals(True)
        self.court.clear()
        for one in found.courts:
            self.court.addItem(one.label, one.id)
        self.court.setCurrentIndex(max(self.court.findData(chosen), 0))
        self.court.blockSignals(was)
        self.live.ask()

    def _on_table(self, found: Table) -> None:
        self.list.show([(_key(line), line, _row(line)) for line in found.lines])
        words = "　　".join(f"{_stage(one.stage)}：{one.words}" for one in found.able)
        self.able.setText(self.tr("Who may do it on that day: {words}").format(words=words))
        open_ = sum(one.tier is None or one.tier.confidence != "confirmed" for one in found.lines)
        said = self.tr("{count} bands, {open} not checked against an official text")
        self.count_label.setText(said.format(count=len(found.lines), open=open_))
        self._ask()
        self.live.finished()

    # The question

    def ask(self, purpose: str, amount_fen: int) -> None:
        """Fills in a question and puts it."""
        self.purpose.setCurrentIndex(self.purpose.findData(purpose))
        self.amount.set_value(amount_fen)
        self._ask()

    def _on_current(self) -> None:
        """A band that is looked at is the one a question is about."""
        line = self.list.current()
        if line is not None:
            self.purpose.setCurrentIndex(self.purpose.findData(line.purposes[0]))

    def _ask(self) -> None:
        amount = self.amount.value()
        if not amount:
            self._asked = None
            self.answer.setText(self.tr("Type an amount to see its chain."))
            self.warning.hide()
            self.able.show()
            return
        self.able.hide()  # the answer names whoever counts for it
        purpose = str(self.purpose.currentData())
        self._asked = Asked(purpose, amount, self.shown_day, self.court_id)
        self._context.read(self, "answer", needed, self._asked, self._on_needed)

    def _on_needed(self, found: Needed) -> None:
        if self._asked is None:
            return
        if found.tier is None:
            self.answer.setText("")
            words = self.tr("No tier counts for it: such an order cannot be made.")
        else:
            steps = (FIRST, *(f"{stage}：{who}" for stage, who in found.stages))
            self.answer.setText(" → ".join(steps))
            words = ""
            if found.short:
                said = self.tr("Each is done by somebody else: nobody is left for “{stage}”.")
                words = said.format(stage=found.short)
        self.warning.setText(words)
        self.warning.setVisible(bool(words))


def _key(line: Line) -> object:
    return (line.purposes, line.segment.from_fen, line.segment.tier_id)


def _stage(code: str) -> str:
    return "财务付款" if code == SEND else stage_word(code)


def _row(line: Line) -> dict[str, object]:
    tier, segment = line.tier, line.segment
    shown: dict[str, object] = {
        "purpose": line.words,
        "band": band_words(segment.from_fen, segment.upto_fen),
    }
    if tier is None:
        return shown | {"chain": "无适用层级，不能提出", "state": ("overdue", "缺")}
    checked = tier.confidence == "confirmed"
    state = ("normal", "已核") if checked else ("unknown", UNCONFIRMED_MARK.strip("〔〕"))
    if tier.proposed_by is not None:
        state = ("due_soon", "本院变更")
    return shown | {
        "chain": stages_words(tier.stages),
        "state": state,
        "valid": days_words(tier.valid_from, tier.valid_to),
        "basis": cited(tier.basis, tier.confidence),
    }
