"""同步: how the exchange stands, every bundle, and the card of one that is held. UI thread."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sync import SyncState
from desktop.panels.sync_review import queries
from desktop.panels.sync_review.card import HeldCard
from desktop.panels.sync_review.columns import columns
from desktop.panels.sync_review.connect_page import ConnectPage
from desktop.panels.sync_review.queries import SyncFilter
from desktop.panels.sync_review.words import STATE_STYLES, STATE_WORDS, moment
from widgets.forms import FilterBox, Option

_OPEN = ("held", "waiting")
_CARD_WIDTH: Final = 530  # pixels: five columns, and the reason beside three buttons


class BundleList(ListPanel[SyncFilter]):
    """Every bundle of this device by how it fared; at first those that are not done with."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, ("request", "case")),
            filter_=SyncFilter(_OPEN),
        )
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("bundle_states")
        self.states.set_options(
            [Option(key, words, state=STATE_STYLES[key]) for key, words in STATE_WORDS.items()]
        )
        self.states.set_selected(_OPEN)
        self.add_filter(self.states)
        self.table.set_empty_text(
            self.tr("Nothing waits"),
            self.tr("What you do here appears at once and goes out with the next exchange."),
        )
        self.states.changed.connect(self._on_states)

    def show_states(self, states: tuple[str, ...]) -> None:
        """Shows bundles of these states."""
        was = self.states.blockSignals(True)
        self.states.set_selected(states)
        self.states.blockSignals(was)
        self.set_filter(SyncFilter(states))

    def count_text(self, count: int) -> str:
        return self.tr("{count} bundles").format(count=f"{count:,}")

    def _on_states(self) -> None:
        self.set_filter(SyncFilter(tuple(str(key) for key in self.states.selected())))


class SyncReviewView(QWidget):
    """`apply({"states": …})` filters the list; `apply({"connect": "1"})` opens the connection."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync_review_view")
        self._context = context
        self._moved = False
        self.sentence = _label(self, "sync_sentence", "title")
        self.facts = _label(self, "sync_facts", "muted")
        self.claim_words = _label(self, "sync_claim", "")
        self.now_button = self._button("sync_now", self.tr("Sync now"), "primary")
        self.pause_button = self._button("sync_pause", self.tr("Pause"), "")
        self.connect_button = self._button("sync_connect", self.tr("Connect…"), "")
        self.leave_button = self._button("sync_leave", self.tr("Work alone"), "quiet")
        self.claim_button = self._button("sync_claim_send", self.tr("Yes, send them"), "primary")
        self.confirm_button = self._button("sync_confirm", self.tr("Go on"), "primary")
        self.list = BundleList(context, self)
        self.card = HeldCard(context, self)
        self.connect_page = ConnectPage(context, self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self._on_state(context.sync.state())

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("connect"):
            self._open_connect()
            return
        self._stack.setCurrentIndex(0)
        if params:
            self.list.show_states(SyncFilter.from_params(params).states)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The card has the room its comparison needs, the list what is left, until somebody moves
        the border between them."""
        super().resizeEvent(event)
        if not self._moved:
            wide = self.width()
            card = max(_CARD_WIDTH, wide * 6 // 11)
            self._split.setSizes([max(1, wide - card), card])

    def _by_hand(self) -> None:
        self._moved = True

    def _button(self, name: str, text: str, kind: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(name)
        if kind:
            made.setProperty("kind", kind)
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.facts)
        head.addLayout(words, 1)
        for button in (
            self.confirm_button,
            self.now_button,
            self.pause_button,
            self.connect_button,
            self.leave_button,
        ):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        claim = QHBoxLayout()
        claim.setSpacing(8)
        claim.addWidget(self.claim_words, 1)
        claim.addWidget(self.claim_button)
        own = self.list.layout()
        if own is not None:
            own.setContentsMargins(0, 0, 8, 8)  # the page has the margins already
        self._split = split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.card)
        split.splitterMoved.connect(lambda _at, _index: self._by_hand())
        page = QWidget(self)
        inner = QVBoxLayout(page)
        inner.setContentsMargins(12, 8, 12, 0)
        inner.setSpacing(8)
        inner.addLayout(head)
        inner.addLayout(claim)
        inner.addWidget(split, 1)
        for one in (page, self.connect_page):
            self._stack.addWidget(one)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        sync = self._context.sync
        sync.changed.connect(self._on_state)
        self.now_button.clicked.connect(lambda _checked=False: sync.sync_now())
        self.pause_button.clicked.connect(lambda _checked=False: self._pause())
        self.connect_button.clicked.connect(lambda _checked=False: self._open_connect())
        self.leave_button.clicked.connect(lambda _checked=False: sync.disconnect())
        self.claim_button.clicked.connect(lambda _checked=False: sync.claim())
        self.confirm_button.clicked.connect(lambda _checked=False: sync.confirm())
        self.connect_page.left.connect(lambda: self._stack.setCurrentIndex(0))
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.list.model.page_arrived.connect(lambda *_: self._on_current())
        self.list.model.snapshot_applied.connect(lambda *_: self._on_current())
        self.card.settled.connect(self.list.live.ask)

    def _open_connect(self) -> None:
        self.connect_page.begin()
        self._stack.setCurrentWidget(self.connect_page)

    def _pause(self) -> None:
        sync = self._context.sync
        sync.pause(sync.state().phase != "paused")

    def _on_current(self) -> None:
        row = self.list.current_row()
        if row is None:
            self.card.clear()
        elif row["held"]:
            self.card.show_bundle(str(row["id"]))
        else:
            self.card.clear()

    def _on_state(self, state: Any) -> None:
        if not isinstance(state, SyncState):
            return
        self.sentence.setText(state.sentence)
        self.facts.setText(self._facts(state))
        alone = state.phase in ("off", "revoked")
        self.now_button.setVisible(not alone)
        self.pause_button.setVisible(not alone)
        paused = state.phase == "paused"
        self.pause_button.setText(self.tr("Go on exchanging") if paused else self.tr("Pause"))
        self.leave_button.setVisible(not alone)
        self.connect_button.setVisible(state.phase != "revoked")
        self.confirm_button.setVisible(state.phase == "guarded")
        self.claim_words.setText(state.claim_sentence)
        for part in (self.claim_words, self.claim_button):
            part.setVisible(bool(state.to_claim and state.claim_sentence))
        self.list.live.ask()

    def _facts(self, state: SyncState) -> str:
        parts = [
            self.tr("{count} to send").format(count=state.pending),
            self.tr("{count} to settle").format(count=state.held),
        ]
        if state.pending and state.oldest is not None:
            oldest = moment(state.oldest.isoformat())
            parts.append(self.tr("oldest from {when}").format(when=oldest))
        if state.synced_at is not None:
            last = moment(state.synced_at.isoformat())
            parts.append(self.tr("last complete exchange {when}").format(when=last))
        if state.who:
            parts.append(self.tr("logged in as {who}").format(who=state.who))
        return " · ".join(parts)


def _label(parent: QWidget, name: str, role: str) -> QLabel:
    made = QLabel(parent)
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made
