"""督办情况: open petitions by level and age, replies, what was sent again; plots beneath.

UI thread.
"""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.panels.petitions import figures, queries
from desktop.panels.petitions.courts_plot import CourtsPlot
from desktop.panels.petitions.figures import Board, Figure, FigureArgs
from desktop.panels.petitions.queries import TABLES, Offered
from desktop.panels.petitions.rules import AGES, LEVEL_STYLES, REPLY_WORDS
from desktop.panels.petitions.tiles import TileGroup
from desktop.panels.petitions.weeks_plot import WeeksPlot
from desktop.petitions.rules import LEVELS
from widgets.forms import FilterBox, Option
from widgets.parts import scrolled
from widgets.theme import current_theme

_PLOT_HIGH: Final = 250
_WIDE: Final = 1_000


class PetitionBoardView(QWidget):
    """Every number opens exactly the list that makes it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("petition_board")
        self._context = context
        self._figures: dict[str, Figure] = {}
        self._across = 0
        self.court_box = FilterBox(
            self.tr("Court"), all_text=self.tr("All courts"), multiple=False, parent=self
        )
        self.groups = {
            "levels": TileGroup(self.tr("Open by level"), list(LEVELS.items()), self),
            "ages": TileGroup(self.tr("Open by age (days)"), _ages(), self),
            "replies": TileGroup(
                self.tr("Replies to the set day"), list(REPLY_WORDS.items()), self
            ),
            "others": TileGroup(
                self.tr("To be pressed"),
                [
                    ("hung", self.tr("Posted")),
                    ("overdue", self.tr("Overdue")),
                    ("resent", self.tr("Sent again")),
                    ("repeat", self.tr("Came again")),
                ],
                self,
            ),
        }
        self.courts = CourtsPlot(context, self)
        self.weeks = WeeksPlot(context, self)
        self._arrange()
        for group in self.groups.values():
            group.chosen.connect(self._open)
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self.court_box.changed.connect(self.live.ask)
        Offers(self, context, queries.offered, context.today(), self._on_offered)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.court_box)
        top.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        self._place_groups()
        plots = QSplitter(Qt.Orientation.Horizontal, self)
        plots.setChildrenCollapsible(False)
        plots.addWidget(self.courts)
        plots.addWidget(self.weeks)
        plots.setStretchFactor(0, 1)
        plots.setStretchFactor(1, 1)
        plots.setMinimumHeight(_PLOT_HIGH)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(top)
        inner.addLayout(self._grid)
        inner.addWidget(plots, 1)
        # In a low dock the plots would be cut; there one scrolls to them.
        area = scrolled(body, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _place_groups(self) -> None:
        """Side by side, or two and two where there is no room."""
        across = len(self.groups) if self.width() >= current_theme().px(_WIDE) else 2
        if across == self._across:
            return
        self._across = across
        for number, group in enumerate(self.groups.values()):
            self._grid.addWidget(group, number // across, number % across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_groups()

    def _on_offered(self, found: Offered) -> None:
        was = self.court_box.blockSignals(True)
        kept = self.court_box.selected()
        self.court_box.set_options([Option(one.id, one.label, one.sounds) for one in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(was)
        self.weeks.set_offered(found)

    def _read(self) -> None:
        court = next(iter(self.court_box.selected()), None)
        args = FigureArgs(
            self._context.law, self._context.today(), None if court is None else str(court)
        )
        self._context.read(self, "board", figures.board, args, self._on_board, self._failed)

    def _on_board(self, found: Board) -> None:
        groups = {
            "levels": found.levels,
            "ages": found.ages,
            "replies": found.replies,
            "others": found.others,
        }
        self._figures = {}
        for name, row in groups.items():
            for one in row:
                self._figures[one.key] = one
                tile = self.groups[name].tiles[one.key]
                tile.set_number(f"{one.count:,}", _state(one))
        rate = found.in_time
        said = self.tr("In time {rate} ({parts})").format(rate=rate.text, parts=rate.parts)
        self.groups["replies"].note.setText(said)
        self.live.finished()

    def _failed(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _open(self, key: str) -> None:
        """Posted ones open their register, which shows what they are posted for."""
        found = self._figures.get(key)
        if found is not None:
            panel = "petition_register" if key == "hung" else "petitions"
            self._context.open(panel, found.filter.to_params())


def _ages() -> list[tuple[str, str]]:
    return [
        (f"{first}-{last or ''}", f"{first}—{last}" if last is not None else f"{first} 以上")
        for first, last in AGES
    ]


def _state(one: Figure) -> str:
    """The shape beside a number that means trouble."""
    if not one.count:
        return ""
    if one.key in LEVEL_STYLES:
        return LEVEL_STYLES[one.key] if one.key != "general" else ""
    return {"overdue": "overdue", "missed": "overdue", "late": "done_late", "hung": "overdue"}.get(
        one.key, ""
    )
