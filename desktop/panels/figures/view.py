"""The strip of five figures; a click opens exactly the list that makes the number. UI thread."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.figures import PANELS, queries
from desktop.panels.figures.queries import Card, FigureArgs
from widgets.figure import FigureCard

_KEYS = ("overdue", "due_week", "passive", "control_expiry", "in_time_rate")


class FiguresView(QWidget):
    """Five cards of equal width; the definition of each number is in its tooltip."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._cards: tuple[Card, ...] = ()
        titles = (
            self.tr("Overdue nodes"),
            self.tr("Due within seven days"),
            self.tr("Passive enforcement"),
            self.tr("Controls expiring in thirty days"),
            self.tr("Closed within the statutory period"),
        )
        self.layout_row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.figures: dict[str, FigureCard] = {}
        for key, title in zip(_KEYS, titles, strict=True):
            card = FigureCard(title, self)
            card.setObjectName(f"figure_{key}")
            card.clicked.connect(lambda key=key: self._open(key))
            row.addWidget(card, 1)
            self.figures[key] = card
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.live = LiveRefresh(self, context, PANELS[0].tables, self._read)

    @property
    def cards(self) -> tuple[Card, ...]:
        """What is shown, with the list behind each number."""
        return self._cards

    def set_large(self, large: bool) -> None:
        """Cards that are read across a room, for a wall."""
        for figure in self.figures.values():
            figure.set_large(large)
        self.layout_row.setSpacing(20 if large else 10)

    def _read(self) -> None:
        args = FigureArgs(self._context.today(), self._context.law)
        self._context.read(self, "figures", queries.cards, args, self._on_cards, self._failed)

    def _on_cards(self, cards: tuple[Card, ...]) -> None:
        self._cards = cards
        for card in cards:
            shown = card.shown
            figure = self.figures[shown.key]
            figure.set_figure(shown.value, shown.sub, shown.state)
            figure.setToolTip(shown.basis)
        self.live.finished()

    def _failed(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _open(self, key: str) -> None:
        for card in self._cards:
            if card.shown.key == key:
                self._context.open(card.panel, card.params)
