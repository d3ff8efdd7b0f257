"""The line at the foot: how the exchange stands, what waits, age of the data. UI thread."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.sync import SyncState
from widgets.theme import current_theme, repolish, theme_notifier

if TYPE_CHECKING:
    from storage.records.changes import ChangeSet

HEIGHT_PX: Final = 28
TOUCH_HEIGHT_PX: Final = 50  # its buttons are pressed with a thumb
CLOCK_OFF_MAX_MS: Final = 120_000
OLD_S: Final = 3600
SYNC_PANEL: Final = "sync_review"
# Phases that somebody has to do something about.
_TROUBLE: Final = frozenset(("refused", "revoked", "upgrade", "guarded"))


class StatusBar(QFrame):
    """Says how fresh the desk is and what it owes the shared database; the counts open the
    sync panel."""

    def __init__(self, notice: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self._fit()
        self._context: PanelContext | None = None
        self._state: SyncState | None = None
        self._as_of: datetime | None = None
        self._words = _label("status_words")
        self._right = _label("status_right")
        self._said = _label("status_said")
        self._clock = _label("status_clock")
        self._clock.setProperty("role", "error")
        self.waiting_button = _quiet("status_waiting")
        self.held_button = _quiet("status_held")
        for button in (self.waiting_button, self.held_button):
            button.clicked.connect(lambda _checked=False: self._open())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 2)
        row.setSpacing(0)
        for part in (self._words, self.waiting_button, self.held_button, self._clock):
            row.addWidget(part)
        row.addSpacing(24)
        row.addWidget(notice)
        row.addSpacing(24)
        row.addWidget(self._said)
        row.addStretch(1)
        row.addWidget(self._right)
        theme_notifier().theme_changed.connect(self._fit)
        self._rewrite()

    def attach(self, context: PanelContext, *, demo: bool) -> None:
        """Begins to follow the exchange."""
        self._context = context
        self._right.setText(self.tr("Demonstration data · all people are invented") if demo else "")
        context.changed.connect(self._on_changed)
        context.sync.changed.connect(self._on_state)
        self._as_of = context.now()
        self._on_state(context.sync.state())

    def withdraw(self) -> None:
        """The desk is gone; nothing is said any more."""
        self._context = None
        self._state = None
        self._as_of = None
        self._rewrite()

    def say(self, sentence: str) -> None:
        """Shows what just happened beside the lasting words."""
        self._said.setText(sentence)

    def _fit(self) -> None:
        theme = current_theme()
        self.setFixedHeight(TOUCH_HEIGHT_PX if theme.touch else theme.px(HEIGHT_PX))

    def _open(self) -> None:
        if self._context is not None:
            self._context.open(SYNC_PANEL)

    def _on_changed(self, _changes: ChangeSet) -> None:
        if self._context is not None:
            self._as_of = self._context.now()
            self._rewrite()

    def _on_state(self, state: object) -> None:
        if isinstance(state, SyncState):
            self._state = state
            self._rewrite()

    def _rewrite(self) -> None:
        state = self._state
        words = [state.sentence] if state is not None and state.sentence else []
        if self._as_of is not None and (state is None or state.phase == "off"):
            words.append(self.tr("Data as of %1").replace("%1", f"{self._as_of:%H:%M:%S}"))
        self._words.setText(" · ".join(words))
        _style(self._words, "error" if state and state.phase in _TROUBLE else "small")
        self.waiting_button.setVisible(state is not None)
        self.held_button.setVisible(state is not None)
        off = state.clock_off_ms if state is not None else None
        self._clock.setVisible(off is not None and abs(off) > CLOCK_OFF_MAX_MS)
        if state is None:
            return
        self.waiting_button.setText(self._waiting_words(state))
        self.held_button.setText(self.tr("%1 to settle").replace("%1", str(state.held)))
        _style(self.held_button, "error" if state.held else "small")
        if off is not None:
            minutes = str(round(abs(off) / 60_000))
            text = self.tr("This clock is %1 min off the shared database")
            self._clock.setText(text.replace("%1", minutes))

    def _waiting_words(self, state: SyncState) -> str:
        words = self.tr("%1 to send").replace("%1", str(state.pending))
        if state.pending and state.oldest is not None:
            age = datetime.now(state.oldest.tzinfo) - state.oldest
            if age > timedelta(seconds=OLD_S):
                words += self.tr(" (oldest %1)").replace("%1", self._age(age))
        return words

    def _age(self, age: timedelta) -> str:
        if age >= timedelta(days=1):
            return self.tr("%1 d").replace("%1", str(age.days))
        return self.tr("%1 h").replace("%1", str(age.seconds // 3600))


def _label(name: str) -> QLabel:
    made = QLabel()
    made.setObjectName(name)
    made.setProperty("role", "small")
    return made


def _quiet(name: str) -> QPushButton:
    made = QPushButton()
    made.setObjectName(name)
    made.setProperty("kind", "status")
    made.setProperty("role", "small")
    made.setFlat(True)
    made.hide()
    return made


def _style(widget: QWidget, role: str) -> None:
    if widget.property("role") != role:
        widget.setProperty("role", role)
        repolish(widget)
