"""收付平衡表: where every fen is, now and at any past moment; plots beneath. UI thread.

The difference is red as soon as a count finds one, with the accounts that do not follow.
"""

from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.plot_panel import PlotPanel
from desktop.funds.account import AccountFilter
from desktop.funds.board import BoardArgs, Counted, Shown, board_at
from desktop.funds.entries import EntryFilter
from desktop.panels.fund_board import queries
from desktop.panels.fund_board.moment_bar import MomentBar
from desktop.panels.fund_board.plots import AgesPlot, DaysPlot, PayDaysPlot
from desktop.panels.fund_board.queries import TABLES, ListFilter, Named
from desktop.panels.fund_board.recount import Recount
from desktop.panels.fund_board.rules import ACCOUNT_FIGURES, DIFFERENCE, FIGURES, PART
from desktop.rules.money import grouped
from storage.records.changes import ChangeSet
from storage.schema.funds import BANK
from widgets.card import Card
from widgets.figure import FigureCard
from widgets.parts import scrolled, words_label
from widgets.theme import current_theme, repolish

_FAULTS_SHOWN: Final = 4
_UNSEEN_MS: Final = 2_000
_PLOT_HIGH: Final = 240
_WIDE: Final = 1_000
_PARTS: Final = tuple(key for key in FIGURES if key != "received")


class Overview(QWidget):
    """`listed(filter, name)` asks for a list, `account_asked(params)` for an account."""

    listed = Signal(object, str)
    account_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_overview")
        self._context = context
        self._across = 0
        self.shown: Shown | None = None
        self.faults: tuple[Named, ...] = ()
        self.moment = MomentBar(self)
        self.recount = Recount(context, self)
        self.finder = QLineEdit(self)
        self.finder.setObjectName("find_account")
        self.finder.setPlaceholderText(self.tr("Account of a case: part of its number"))
        self.finder.setClearButtonEnabled(True)
        self.finder.setMinimumWidth(current_theme().px(220))
        self.as_of = words_label(self, "small")
        self.as_of.setWordWrap(False)
        self.as_of.setObjectName("board_as_of")
        self.proof = words_label(self, "small")
        self.proof.setObjectName("board_proof")
        self.partial = words_label(self, "muted")
        self.partial.setObjectName("board_partial")
        self.cards = {key: FigureCard(word, self) for key, word in FIGURES.items()}
        self.difference = FigureCard(DIFFERENCE, self)
        for key, card in self.cards.items():
            card.setObjectName(f"figure_{key}")
            card.set_compact(True)
            card.clicked.connect(partial(self._open, key))
        self.difference.setObjectName("figure_difference")
        self.difference.set_compact(True)
        self.difference.clicked.connect(self._open_fault)
        self.broken = Card(self.tr("Accounts that do not follow"), "", self)
        self.broken.hide()
        self.days = DaysPlot(context, self)
        self.ages = AgesPlot(context, self)
        self.pay_days = PayDaysPlot(context, self)
        self._arrange()
        self.recount.counted.connect(self._on_counted)
        self.recount.failed.connect(self._failed)
        self.moment.changed.connect(self._read_board)
        self.finder.returnPressed.connect(self._on_find)
        for plot in (self.days, self.ages):
            plot.opened.connect(self.listed)
        self.live = LiveRefresh(self, context, TABLES, self._read)
        # The books are counted after every change, also while nobody looks at them.
        self._unseen = QTimer(self)
        self._unseen.setSingleShot(True)
        self._unseen.setInterval(_UNSEEN_MS)
        self._unseen.timeout.connect(self.recount.begin)
        context.changed.connect(self._on_changed)

    # What others call

    @property
    def broken_lines(self) -> tuple[str, ...]:
        """The faults as they are told."""
        return tuple(self._words(one) for one in self.faults)

    def show_moment(self, moment: datetime | None) -> None:
        """Looks at another moment; None is now."""
        self.moment.set_moment(moment)

    # Parts

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.moment)
        top.addWidget(self.as_of, 1)
        top.addWidget(self.finder)
        self._figures = QGridLayout()
        self._figures.setSpacing(current_theme().grid)
        self._plots = QGridLayout()
        self._plots.setSpacing(current_theme().grid)
        self._frames = [
            _framed(self.tr("Received and paid"), self.days, self),
            _framed(self.tr("Age of what is held"), self.ages, self),
            _framed(self.tr("Days to payment"), self.pay_days, self),
        ]
        self._place()
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(top)
        inner.addWidget(self.partial)
        inner.addWidget(self.broken)
        inner.addLayout(self._figures)
        inner.addWidget(self.proof)
        inner.addLayout(self._plots, 1)
        area = scrolled(body, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.partial.hide()

    def _place(self) -> None:
        """The equation in two lines: the sum and the difference, then its parts; three and three
        where there is no room. Plots likewise."""
        across = len(_PARTS) if self.width() >= current_theme().px(_WIDE) else 3
        if across == self._across:
            return
        self._across = across
        half = across // 2
        self._figures.addWidget(self.cards["received"], 0, 0, 1, half if across > 3 else 2)
        self._figures.addWidget(
            self.difference, 0, half if across > 3 else 2, 1, half if across > 3 else 1
        )
        for number, key in enumerate(_PARTS):
            self._figures.addWidget(self.cards[key], 1 + number // across, number % across)
        for column in range(len(_PARTS)):
            self._figures.setColumnStretch(column, 1 if column < across else 0)
        for number, frame in enumerate(self._frames):
            if across > 3:
                self._plots.addWidget(frame, 0, number, 1, 1)
            elif number:
                self._plots.addWidget(frame, 1, number - 1, 1, 1)
            else:
                self._plots.addWidget(frame, 0, 0, 1, 2)
        for column in range(3):
            self._plots.setColumnStretch(column, 1 if across > 3 or column < 2 else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # Reading

    def _read(self) -> None:
        """Counts; the board follows what was counted."""
        self.recount.begin()

    def _on_changed(self, changes: ChangeSet) -> None:
        counted = self.recount.found is not None
        if counted and not self.isVisible() and changes.touches(*TABLES):
            self._unseen.start()

    def _on_counted(self, found: Counted) -> None:
        if not found.done:
            said = self.tr("Counting: {done} of {of} entries")
            self.proof.setText(said.format(done=f"{found.entries:,}", of=f"{found.of:,}"))
            return
        self._context.read(self, "named", queries.named, found.faults, self._on_named)
        self._read_board()
        if not self.recount.busy:
            self.live.finished()

    def _read_board(self) -> None:
        found = self.recount.found
        if found is None:
            return
        args = BoardArgs(self.moment.moment, None, found.marks)
        self._context.read(self, "board", board_at, args, self._on_board, self._failed)

    def _on_board(self, shown: Shown) -> None:
        self.shown = shown
        for key, card in self.cards.items():
            fen = getattr(shown.board, key)
            card.set_label(self._label(key, shown))
            known = shown.whole or key != "unknown"
            card.set_figure(grouped(fen) if known else "—")
        moment = shown.at[:19].replace("T", " ")
        if shown.seq:
            said = self.tr("{count} entries, the last {at}")
            self.as_of.setText(said.format(at=moment, count=f"{shown.entries:,}"))
        else:
            self.as_of.setText(self.tr("Nothing had been booked by then."))
        self._show_state()

    def _label(self, key: str, shown: Shown) -> str:
        if key == "received":
            return f"{FIGURES[key]} = " + " + ".join(FIGURES[part] for part in _PARTS)
        if key == "held" and shown.granted_fen:
            granted = self.tr("{name}, of it granted {amount}")
            return granted.format(name=FIGURES[key], amount=grouped(shown.granted_fen))
        return FIGURES[key]

    def _on_named(self, faults: tuple[Named, ...]) -> None:
        if faults and not self.faults:
            said = self.tr("The money does not balance: {first}")
            self._context.notify(said.format(first=self._words(faults[0])), level="error")
        self.faults = faults
        self._show_state()

    def _show_state(self) -> None:
        shown, found = self.shown, self.recount.found
        if shown is None or found is None:
            return
        self.partial.setVisible(not shown.whole)
        said = self.tr("{part}: these are its own cases; the whole cannot be balanced here.")
        self.partial.setText(said.format(part=PART))
        bad = shown.differs or bool(self.faults)
        if shown.whole:
            sub = self.tr("every fen is somewhere") if not bad else self.tr("look at the accounts")
            state = "overdue" if bad else "normal"
            self.difference.set_figure(grouped(shown.board.difference), sub, state)
        else:
            sub = PART
            self.difference.set_figure("—", sub)
        self.difference.set_label(f"{DIFFERENCE} · {sub}")
        if self.faults:
            said = self.tr("{count} faults among {entries} entries")
            words = said.format(count=len(self.faults), entries=f"{found.entries:,}")
        else:
            said = self.tr("{entries} entries counted one by one, every account follows.")
            words = said.format(entries=f"{found.entries:,}")
        self.proof.setText(words)
        self.proof.setProperty("role", "error" if self.faults else "small")
        repolish(self.proof)
        self._show_faults()

    def _show_faults(self) -> None:
        while (item := self.broken.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, one in enumerate(self.faults[:_FAULTS_SHOWN]):
            line = QPushButton(self._words(one), self.broken)
            line.setObjectName(f"fault_{number}")
            line.setProperty("kind", "status")
            line.setProperty("role", "error")
            line.clicked.connect(partial(self._open_account_of, one))
            self.broken.body.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        rest = len(self.faults) - _FAULTS_SHOWN
        if rest > 0:
            more = QLabel(self.tr("and {count} more").format(count=rest), self.broken)
            more.setProperty("role", "muted")
            self.broken.body.addWidget(more)
        self.broken.setVisible(bool(self.faults))

    def _words(self, one: Named) -> str:
        fault = one.fault
        where = f"{one.account} {one.number}".strip()
        if fault.what == "gap":
            return self.tr("{where}: entries before it are missing").format(where=where)
        what = {
            "balance": self.tr("{where}: says {told}, by its entries {should}, difference {more}"),
            "held": self.tr("{where}: granted {told}, by its entries {should}, difference {more}"),
        }[fault.what]
        turn = -1 if fault.fund_id == BANK else 1
        return what.format(
            where=where,
            told=grouped(turn * fault.told),
            should=grouped(turn * fault.should),
            more=grouped(turn * (fault.told - fault.should)),
        )

    def _failed(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    # Opening

    def _open(self, key: str) -> None:
        shown = self.shown
        if shown is None or (key == "unknown" and not shown.whole):
            return
        filter_: ListFilter
        if key in ACCOUNT_FIGURES:
            filter_ = AccountFilter(ACCOUNT_FIGURES[key], shown.seq)
        else:
            filter_ = EntryFilter(figure=key, own=not shown.whole, upto=shown.seq)
        when = shown.at[:16].replace("T", " ")
        self.listed.emit(filter_, self.tr("{name} as of {at}").format(name=FIGURES[key], at=when))

    def _open_fault(self) -> None:
        if self.faults:
            self._open_account_of(self.faults[0])

    def _open_account_of(self, one: Named, _checked: bool = False) -> None:
        self.account_asked.emit({"fund_id": one.fault.fund_id})

    def _on_find(self) -> None:
        text = self.finder.text().strip()
        if text:
            name = self.tr("Accounts of {text}").format(text=text)
            self.listed.emit(AccountFilter("case", None, text), name)


def _framed(title: str, plot: PlotPanel, parent: QWidget) -> Card:
    """A plot in a frame, with its name in the line of its choices: the plot has the room."""
    card = Card("", "", parent)
    name = QLabel(title, card)
    name.setProperty("role", "title")
    plot.choices_row.insertWidget(0, name)
    plot.body.setContentsMargins(0, 0, 0, 0)
    card.body.addWidget(plot, 1)
    card.setMinimumHeight(current_theme().px(_PLOT_HIGH))
    return card
