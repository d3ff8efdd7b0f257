"""Live feeds on a grid: at least four cells, one enlarged by a click, sound of one. UI thread.

The owner gives the sources and keeps their places; what is asked of a tile's menu beyond the grid's
own acts he adds in `menu_filling`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from widgets.feeds.course import LIMITS, Limits
from widgets.feeds.records import FeedSource, Picture, Standing
from widgets.feeds.tile import DropCell, EmptyCell, FeedTile
from widgets.feeds.watch import FeedWatch
from widgets.theme import current_theme

SHAPES: Final = ((2, 2), (3, 2), (3, 3), (4, 3), (4, 4))  # columns, rows
_GAP: Final = 6
_REST_MS: Final = 20_000  # hidden for so long, the lines are let go
_SIDE_SHARE: Final = 0.2


class FeedGrid(QWidget):
    """Shows the given sources. `moved(feed_id, place)`: dropped or sent to another cell."""

    standing_changed = Signal(str)
    taken = Signal(object)  # Picture
    nothing_taken = Signal(str)  # the feed that has no picture yet
    moved = Signal(str, int)
    enlarged = Signal(str)  # the feed, or empty when all are shown again
    menu_filling = Signal(str, QMenu)

    def __init__(self, parent: QWidget | None = None, *, limits: Limits = LIMITS) -> None:
        super().__init__(parent)
        self.setObjectName("feed_grid")
        self._limits = limits
        self._tiles: dict[str, FeedTile] = {}
        self._empty: list[EmptyCell] = []
        self._large = ""
        self._wanted = 0
        self._awake = False
        self._plain = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self.set_watching(False))

    # What the owner calls

    def set_sources(self, sources: Sequence[FeedSource]) -> None:
        """Shows these feeds and no others; one that stays goes on undisturbed."""
        wanted = {source.id: source for source in sources}
        for gone in [key for key in self._tiles if key not in wanted]:
            self._tiles[gone].watch.stop()
            tile = self._tiles.pop(gone)
            tile.watch.deleteLater()
            tile.hide()
            tile.deleteLater()
        for source in sources:
            tile_ = self._tiles.get(source.id)
            if tile_ is None:
                self._add(source)
            else:
                tile_.watch.set_source(source)
        if self._large not in self._tiles:
            self._large = ""
        self._place(sources)
        self._arrange()

    def set_cells(self, cells: int) -> None:
        """At least so many cells; 0 as many as the feeds need."""
        self._wanted = cells
        self._arrange()

    def set_plain(self, plain: bool) -> None:
        """Pictures alone, as on a wall: nothing to press but a picture itself, and no menu."""
        self._plain = plain
        for tile in self._tiles.values():
            tile.set_plain(plain)

    def set_watching(self, on: bool) -> None:
        """Opens or lets go all lines. Being shown and hidden does it by itself."""
        self._awake = on
        for tile in self._tiles.values():
            if on:
                tile.watch.start()
            else:
                tile.watch.stop()

    def rest_after(self, milliseconds: int) -> None:
        """How long after it was hidden the lines are let go."""
        self._rest.setInterval(milliseconds)

    def enlarge(self, feed_id: str) -> None:
        """Makes one feed large; the large one, or an empty id, brings the grid back."""
        wanted = "" if feed_id == self._large or feed_id not in self._tiles else feed_id
        if wanted == self._large:
            return
        self._large = wanted
        self._arrange()
        if wanted:
            self._tiles[wanted].setFocus()
        self.enlarged.emit(wanted)

    def listen(self, feed_id: str) -> None:
        """Turns the sound of one feed on, or off again; never of two."""
        for key, tile in self._tiles.items():
            on = key == feed_id and tile.watch.muted
            if on == tile.watch.muted:
                tile.watch.set_muted(not on)

    def take(self, feed_id: str) -> None:
        """Asks for the picture of a feed; `taken` or `nothing_taken` answers."""
        if feed_id in self._tiles:
            self._tiles[feed_id].watch.take()

    def retry(self, feed_id: str) -> None:
        """Tries a lost feed now."""
        if feed_id in self._tiles:
            self._tiles[feed_id].watch.retry()

    def remember(self, feed_id: str, picture: QImage, at: float) -> None:
        """Gives a picture that was kept of a feed at the moment `at` (seconds since 1970): shown,
        dimmed and under that moment, as long as the feed has none of its own."""
        if feed_id in self._tiles:
            self._tiles[feed_id].watch.memory = (picture, at)
            self._tiles[feed_id].update()

    def tile(self, feed_id: str) -> FeedTile:
        """The tile of a feed. Raises KeyError."""
        return self._tiles[feed_id]

    @property
    def large(self) -> str:
        """The enlarged feed, or empty."""
        return self._large

    @property
    def cells(self) -> int:
        """How many cells the grid has."""
        columns, rows = self._shape()
        return columns * rows

    def standings(self) -> Mapping[str, Standing]:
        """How each feed stands now."""
        return {key: tile.watch.standing for key, tile in self._tiles.items()}

    # Inside

    def _add(self, source: FeedSource) -> None:
        watch = FeedWatch(source, self, limits=self._limits)
        tile = FeedTile(watch, self)
        tile.set_plain(self._plain)
        self._tiles[source.id] = tile
        tile.chosen.connect(self.enlarge)
        tile.take_asked.connect(self.take)
        tile.sound_asked.connect(self.listen)
        tile.retry_asked.connect(self.retry)
        tile.menu_asked.connect(self._show_menu)
        tile.dropped.connect(self._on_dropped)
        watch.changed.connect(lambda key=source.id: self.standing_changed.emit(key))
        watch.taken.connect(lambda made, key=source.id: self._on_taken(key, made))
        tile.show()
        if self._awake:
            watch.start()

    def _place(self, sources: Sequence[FeedSource]) -> None:
        """Gives each feed its cell; of two that want the same one the later takes the next free."""
        used: set[int] = set()
        most = SHAPES[-1][0] * SHAPES[-1][1]
        for source in sorted(sources, key=lambda one: one.place):
            place = min(max(0, source.place), most - 1)
            while place in used:
                place = (place + 1) % max(most, len(sources))
            used.add(place)
            self._tiles[source.id].place = place

    def _shape(self) -> tuple[int, int]:
        last = max((tile.place for tile in self._tiles.values()), default=0) + 1
        needed = max(last, self._wanted)
        return next((s for s in SHAPES if s[0] * s[1] >= needed), SHAPES[-1])

    def _arrange(self) -> None:
        columns, rows = self._shape()
        taken = {tile.place for tile in self._tiles.values()}
        free = [place for place in range(columns * rows) if place not in taken]
        while len(self._empty) < len(free):
            cell = EmptyCell(0, self)
            cell.dropped.connect(self._on_dropped)
            self._empty.append(cell)
        for n, cell in enumerate(self._empty):
            cell.setVisible(n < len(free) and not self._large)
            if n < len(free):
                cell.place = free[n]
        for key, tile in self._tiles.items():
            tile.set_large(key == self._large)
        if self._large:
            self._lay_large()
        else:
            cells: list[DropCell] = [*self._tiles.values(), *self._empty[: len(free)]]
            self._lay_grid(cells, columns, rows)

    def _lay_grid(self, cells: Sequence[DropCell], columns: int, rows: int) -> None:
        gap = current_theme().px(_GAP)
        for cell in cells:
            row, column = divmod(cell.place, columns)
            left = column * (self.width() + gap) // columns
            right = (column + 1) * (self.width() + gap) // columns - gap
            top = row * (self.height() + gap) // rows
            bottom = (row + 1) * (self.height() + gap) // rows - gap
            cell.setGeometry(QRect(left, top, max(1, right - left), max(1, bottom - top)))

    def _lay_large(self) -> None:
        """The large one at the left, the others one below another at its right."""
        gap = current_theme().px(_GAP)
        others = sorted(
            (tile for key, tile in self._tiles.items() if key != self._large),
            key=lambda tile: tile.place,
        )
        side = round(self.width() * _SIDE_SHARE) if others else -gap
        large = self._tiles[self._large]
        large.setGeometry(0, 0, max(1, self.width() - side - gap), max(1, self.height()))
        count = max(3, len(others))
        for n, tile in enumerate(others):
            top = n * (self.height() + gap) // count
            bottom = (n + 1) * (self.height() + gap) // count - gap
            tile.setGeometry(self.width() - side, top, side, max(1, bottom - top))

    def _on_dropped(self, feed_id: str, place: int) -> None:
        if feed_id in self._tiles and self._tiles[feed_id].place != place:
            self.moved.emit(feed_id, place)

    def _on_taken(self, feed_id: str, made: Picture | None) -> None:
        if made is None:
            self.nothing_taken.emit(feed_id)
        else:
            self.taken.emit(made)

    def _show_menu(self, feed_id: str, at: QPoint) -> None:
        if self._plain:
            return
        menu = self.menu(feed_id)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def menu(self, feed_id: str) -> QMenu:
        """The menu of a tile, not shown yet."""
        tile = self._tiles[feed_id]
        menu = QMenu(self)
        words = self.tr("Back to the grid") if self._large == feed_id else self.tr("Enlarge")
        menu.addAction(words, lambda: self.enlarge(feed_id))
        take = menu.addAction(self.tr("Take a picture"), lambda: self.take(feed_id))
        take.setEnabled(tile.watch.picture is not None)
        sound = self.tr("Sound on") if tile.watch.muted else self.tr("Sound off")
        menu.addAction(sound, lambda: self.listen(feed_id)).setEnabled(
            tile.watch.standing.has_sound
        )
        menu.addAction(self.tr("Try now"), lambda: self.retry(feed_id))
        places = menu.addMenu(self.tr("Move to cell"))
        for place in range(self.cells):
            action = places.addAction(
                str(place + 1), lambda place=place: self._on_dropped(feed_id, place)
            )
            action.setEnabled(place != tile.place)
        self.menu_filling.emit(feed_id, menu)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.stop()
        self.set_watching(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.start()
