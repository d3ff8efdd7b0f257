"""图像: the grid of live feeds, the list of them, and the pictures that were taken. UI thread."""

import time
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.command.feeds.address import read_stored, setting_key, together
from desktop.command.feeds.check import Answer, CheckArgs, check
from desktop.command.feeds.register import (
    Feed,
    PlaceArgs,
    RetireArgs,
    place,
    retire,
    teams,
)
from desktop.command.feeds.snapshots import Kept, Shot, Whole, keep
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.panels.feeds import PANELS
from desktop.panels.feeds.columns import columns
from desktop.panels.feeds.form import FeedForm
from desktop.panels.feeds.pictures import lasts
from desktop.panels.feeds.queries import Board, BoardArgs, Proof, board, bodies, prove
from desktop.panels.feeds.strip import SnapshotStrip
from desktop.panels.feeds.viewer import SnapshotPage
from widgets.dialogs import confirm
from widgets.feeds import (
    FeedGrid,
    FeedSource,
    FeedState,
    Picture,
    Standing,
    sentence,
    state_key,
    state_word,
)
from widgets.feeds.words import clock_text
from widgets.theme import current_theme

_CELLS: Final = (4, 6, 9, 12, 16)
_LIST_WIDTH: Final = 410
_LIST_FROM: Final = 980  # pixels of the panel at which the list has room beside the grid
_STRIP_FROM: Final = 420
_EDGE: Final = 12
_BUTTONS_FROM: Final = 640  # pixels of the panel at which its buttons stand beside one another
_NARROW_NAME: Final = 8  # letters
_WHOLE: Final = QComboBox.SizeAdjustPolicy.AdjustToContents
_SHORT: Final = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class FeedsView(QWidget):
    """`apply({"feed_id": …})` enlarges a feed; `apply({"snapshot_id": …})` opens a picture;
    `apply({"new": "1"})` the form of a feed."""

    board_shown = Signal()  # the rows are here, and on the page

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("feeds_view")
        self._context = context
        self._board = Board((), (), 0, ())
        self._read_once = False
        self._chose = False  # somebody chose the operation himself
        self._fits = True
        self._remembered: set[str] = set()
        self._wanted = ""  # a feed to be enlarged once it is here
        self._teams: tuple[tuple[str, str], ...] = ()
        self.grid = FeedGrid(self)
        self.page = SnapshotPage(context, self)
        self.strip = SnapshotStrip(context, self)
        self.listing: Listing[Feed] = Listing(columns(), self)
        self.operation = QComboBox(self)
        self.cells = QComboBox(self)
        self.retired = QPushButton(self.tr("Out of use too"), self)
        self.count_label = QLabel(self)
        self.list_button = QPushButton(self.tr("List"), self)
        self.strip_button = QPushButton(self.tr("Pictures taken"), self)
        self.add_button = QPushButton(self.tr("Add a feed"), self)
        self.more = QToolButton(self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        Offers(self, context, teams, None, self._on_teams)
        self.live = LiveRefresh(self, context, PANELS[0].tables, self._read)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("snapshot_id"):
            self.open_snapshot(params["snapshot_id"])
        elif params.get("feed_id"):
            self._show_grid()
            self._wanted = params["feed_id"]
            self._enlarge_wanted()
        elif params.get("new"):
            self.open_form(None)

    @property
    def vacant(self) -> bool:
        """Whether there is nothing to look at: no feed is in use, as far as it has read."""
        in_use = any(feed.retired_on is None for feed in self._board.feeds)
        return self._read_once and not self.live.stale and not in_use

    def set_large(self, large: bool) -> None:
        """On a wall there are the pictures and nothing to press."""
        self._fits = False
        self.head.setVisible(not large)
        self.list_button.setChecked(not large)
        self.strip_button.setChecked(not large)
        self.grid.set_plain(large)
        edge = 0 if large else _EDGE
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(edge, 0 if large else 8, edge, 0 if large else 8)

    def take_note(self) -> QLabel:
        """How many feeds are live, for the line of a wall's title."""
        return self.count_label

    def open_snapshot(self, snapshot_id: str) -> None:
        """Shows one picture in place of the grid."""
        self.strip.mark(snapshot_id)
        self.page.open(snapshot_id)
        self._stack.setCurrentWidget(self.page)

    def open_form(self, feed: Feed | None) -> FeedForm:
        """The form of a feed, of a new one without."""
        form = FeedForm(self._context, self._teams, feed, self)
        form.saved.connect(lambda _id: self._show_sources())
        form.show()
        return form

    # Parts

    def _arrange(self) -> None:
        self.operation.setObjectName("operation")
        self.operation.setToolTip(self.tr("Pictures are noted in the log of this operation"))
        self.operation.setSizeAdjustPolicy(_WHOLE)
        self.operation.setMaximumWidth(420)
        self.cells.setObjectName("cells")
        self.cells.addItem(self.tr("Grid as needed"), 0)
        for cells in _CELLS:
            self.cells.addItem(self.tr("{n} cells").format(n=cells), cells)
        for button, name in (
            (self.retired, "retired"),
            (self.list_button, "list"),
            (self.strip_button, "pictures"),
        ):
            button.setObjectName(name)
            button.setCheckable(True)
        for button in (self.list_button, self.strip_button):
            button.setChecked(True)
        self.add_button.setObjectName("add_feed")
        self.add_button.setProperty("kind", "primary")
        self.count_label.setProperty("role", "muted")
        self.listing.table.set_empty_text(
            self.tr("No feed here yet"), self.tr("Add the address of a camera or of a transmitter.")
        )
        self.head = QWidget(self)
        self.head.setProperty("plain", True)
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.operation)
        head.addWidget(self.count_label)
        head.addStretch(1)
        self._aside = (self.cells, self.list_button, self.strip_button, self.add_button)
        for part in self._aside:
            head.addWidget(part)
        self.more.setObjectName("more_of_feeds")
        self.more.setText("…")
        self.more.setToolTip(self.tr("More"))
        self.more.hide()
        head.addWidget(self.more)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.page)
        self.side = QWidget(self)
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        side.addWidget(self.listing.table, 1)
        side.addWidget(self.retired, 0, Qt.AlignmentFlag.AlignRight)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._stack)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([1_000, _LIST_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, 8, _EDGE, 8)
        layout.setSpacing(8)
        layout.addWidget(self.head)
        self.halves = QSplitter(Qt.Orientation.Vertical, self)
        self.halves.addWidget(self.splitter)
        self.halves.addWidget(self.strip)
        self.halves.setCollapsible(0, False)
        self.halves.setStretchFactor(0, 1)
        layout.addWidget(self.halves, 1)

    def _connect(self) -> None:
        self.grid.taken.connect(self._on_taken)
        self.grid.nothing_taken.connect(self._on_nothing)
        self.grid.moved.connect(self._on_moved)
        self.grid.standing_changed.connect(lambda _id: self._show_list())
        self.grid.menu_filling.connect(self._fill_menu)
        self.page.left.connect(self._show_grid)
        self.page.proved.connect(self._on_proved)
        self.strip.chosen.connect(self.open_snapshot)
        self.strip.prove_asked.connect(self._prove)
        self.operation.activated.connect(lambda _n: self._on_chosen())
        self.cells.currentIndexChanged.connect(
            lambda _n: self.grid.set_cells(int(self.cells.currentData()))
        )
        self.retired.toggled.connect(lambda _on: self.live.ask())
        self.list_button.toggled.connect(self.side.setVisible)
        self.strip_button.toggled.connect(self.strip.setVisible)
        for button in (self.list_button, self.strip_button):
            button.clicked.connect(self._keep_parts)
        self.add_button.clicked.connect(lambda _checked=False: self.open_form(None))
        self.more.clicked.connect(lambda _checked=False: self._open_more())
        self.listing.table.row_activated.connect(lambda _id: self._enlarge_current())
        self.listing.table.context_menu_requested.connect(self._show_menu)

    def _keep_parts(self) -> None:
        """Somebody chose what he wants to see; the size of the window decides no more."""
        self._fits = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In little room the pictures come first; list and strip are a click away."""
        super().resizeEvent(event)
        theme = current_theme()
        narrow = self.width() < theme.px(_BUTTONS_FROM)
        self.more.setVisible(narrow)
        for part in self._aside:
            part.setVisible(not narrow)
        self.operation.setMinimumContentsLength(_NARROW_NAME if narrow else 0)
        self.operation.setSizeAdjustPolicy(_SHORT if narrow else _WHOLE)
        if self._fits:
            self.list_button.setChecked(self.width() >= theme.px(_LIST_FROM))
            self.strip_button.setChecked(self.height() >= theme.px(_STRIP_FROM))

    def _open_more(self) -> None:
        """What stands beside the pictures' count where there is room for it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.add_button.text(), self.add_button.click)
        for button in (self.list_button, self.strip_button):
            action = menu.addAction(button.text(), button.click)
            action.setCheckable(True)
            action.setChecked(button.isChecked())
        cells = menu.addMenu(self.cells.currentText())
        for at in range(self.cells.count()):
            cells.addAction(self.cells.itemText(at), partial(self.cells.setCurrentIndex, at))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # The page

    def _read(self) -> None:
        args = BoardArgs(self.retired.isChecked())
        self._context.read(self, "board", board, args, self._on_board, self._on_error)

    def _on_error(self, sentence_: str) -> None:
        self._context.notify(sentence_, level="error")
        self.live.finished()

    def _on_board(self, found: Board) -> None:
        self._board, self._read_once = found, True
        self._show_sources()
        self._show_operations()
        self.strip.show_lines(found.snapshots, found.total)
        self._remember(found)
        self.live.finished()
        self.board_shown.emit()

    def _remember(self, found: Board) -> None:
        """Gives each feed the newest picture that was kept of it, for as long as it shows none."""
        newest: dict[str, str] = {}
        for line in found.snapshots:
            newest.setdefault(line.feed_id, line.id)
        wanted = {key: shot for key, shot in newest.items() if key not in self._remembered}
        self._remembered |= set(wanted)
        if wanted:
            self._context.read(self, "lasts", bodies, tuple(wanted.values()), self._on_bodies)

    def _on_bodies(self, found: tuple[Whole, ...]) -> None:
        def show(made: tuple[tuple[str, QImage, float], ...]) -> None:
            for feed_id, image, at in made:
                self.grid.remember(feed_id, image, at)

        self._context.layout(self, lasts, found, show)

    def _on_teams(self, found: tuple[tuple[str, str], ...]) -> None:
        self._teams = found

    def _show_sources(self) -> None:
        """Hands the feeds in use to the grid, each with the login this desk has for it."""
        self.grid.set_sources(
            [
                FeedSource(feed.id, feed.name, self._whole_url(feed), feed.place)
                for feed in self._board.feeds
                if feed.retired_on is None
            ]
        )
        self._show_list()
        self._enlarge_wanted()

    def _whole_url(self, feed: Feed) -> str:
        return together(feed.url, read_stored(self._context.setting(setting_key(feed.id))))

    def _show_list(self) -> None:
        standings = self.grid.standings()
        self.listing.show(
            [(feed.id, feed, self._row(feed, standings.get(feed.id))) for feed in self._board.feeds]
        )
        live = sum(one.state is FeedState.LIVE for one in standings.values())
        self.count_label.setText(
            self.tr("{n} feeds, {live} live").format(n=len(standings), live=live)
        )

    def _row(self, feed: Feed, standing: Standing | None) -> dict[str, object]:
        if standing is None:
            out = self.tr("Out of use")
            return {"name": feed.name, "team": feed.team, "state": ("unknown", out), "said": out}
        moment = "" if standing.last_at is None else clock_text(standing.last_at)
        return {
            "name": feed.name,
            "team": feed.team,
            "state": (state_key(standing.state), state_word(standing.state)),
            "last": "" if standing.state is FeedState.LIVE else moment,
            "said": sentence(standing),
        }

    def _show_operations(self) -> None:
        """Offers the operations under way; the newest is chosen until somebody chooses."""
        chosen = self.operation.currentData()
        known = [self.operation.itemData(n) for n in range(self.operation.count())]
        wanted = [one.id for one in self._board.running] + [None]
        if known == wanted:
            return
        self.operation.clear()
        for one in self._board.running:
            self.operation.addItem(self.tr("Log: {name}").format(name=one.name), one.id)
        self.operation.addItem(self.tr("Noted in no operation"), None)
        kept = wanted.index(chosen) if self._chose and chosen in wanted else 0
        self.operation.setCurrentIndex(kept)

    def _on_chosen(self) -> None:
        self._chose = True

    def _show_grid(self) -> None:
        self._stack.setCurrentWidget(self.grid)

    def _enlarge_wanted(self) -> None:
        if self._wanted in self.grid.standings():
            if self.grid.large != self._wanted:
                self.grid.enlarge(self._wanted)
            self._wanted = ""

    def _enlarge_current(self) -> None:
        feed = self.listing.current()
        if feed is not None:
            self.apply({"feed_id": feed.id})

    # Pictures

    def _on_taken(self, picture: Picture) -> None:
        now = self._context.now()
        running = next(
            (one for one in self._board.running if one.id == self.operation.currentData()), None
        )
        shot = Shot(
            feed_id=picture.feed_id,
            data=picture.data,
            # By the desk's clock, which in a demonstration stands on another day.
            at=now - timedelta(seconds=max(0.0, time.time() - picture.at)),
            now=now,
            person_id=self._context.who.person_id,
            operation_id=running.id if running else None,
            case_id=running.case_id if running else None,
            live=picture.live,
        )
        self._context.write(self, "保存截图", keep, shot, self._on_kept)

    def _on_kept(self, kept: Kept) -> None:
        words = self.tr("Picture kept, SHA-256 {hash}…").format(hash=kept.sha256[:12])
        if kept.operation:
            words += self.tr("; noted in the log of “{name}”").format(name=kept.operation)
        self._context.notify(words, level="done")

    def _on_nothing(self, feed_id: str) -> None:
        self._context.notify(self.tr("This feed has shown no picture yet."), level="warning")

    def _prove(self) -> None:
        self._context.read(self, "prove", prove, None, self._on_proof)

    def _on_proof(self, proof: Proof) -> None:
        if not proof.altered:
            words = self.tr("All {n} pictures are as they were taken.").format(n=proof.count)
            self._context.notify(words, level="done")
            return
        names = "、".join(f"{line.feed} {line.at:%m-%d %H:%M:%S}" for line in proof.altered[:5])
        words = self.tr("{n} pictures were altered: {names}").format(
            n=len(proof.altered), names=names
        )
        self._context.notify(words, level="error")

    def _on_proved(self, snapshot_id: str, good: bool) -> None:
        if not good:
            self.strip.forget(snapshot_id)

    # Feeds

    def _on_moved(self, feed_id: str, cell: int) -> None:
        args = PlaceArgs(feed_id, cell)
        self._context.write(self, "调整图像位置", place, args, lambda _done: None)

    def _feed(self, feed_id: str) -> Feed | None:
        return next((feed for feed in self._board.feeds if feed.id == feed_id), None)

    def _fill_menu(self, feed_id: str, menu: QMenu) -> None:
        feed = self._feed(feed_id)
        if feed is not None:
            menu.addSeparator()
            self._add_feed_acts(menu, feed)

    def _add_feed_acts(self, menu: QMenu, feed: Feed) -> None:
        menu.addAction(self.tr("Change…"), lambda: self.open_form(feed))
        menu.addAction(self.tr("Check the address"), lambda: self._check(feed))
        if feed.retired_on is None:
            menu.addAction(self.tr("Take out of use…"), lambda: self._ask_retire(feed))
        else:
            menu.addAction(
                self.tr("Take back into use"), lambda: self._retire(RetireArgs(feed.id, None))
            )

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int):
            self.listing.table.select_id(row_id)
        feed = self.listing.current()
        if feed is None:
            return
        menu = QMenu(self)
        if feed.retired_on is None:
            menu.addAction(self.tr("Enlarge"), self._enlarge_current)
        self._add_feed_acts(menu, feed)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _check(self, feed: Feed) -> None:
        login = read_stored(self._context.setting(setting_key(feed.id)))

        def told(answer: Answer) -> None:
            words = f"{feed.name}：{answer.sentence}"
            self._context.notify(words, level="done" if answer.good else "warning")

        self._context.outside(self, check, CheckArgs(feed.url, login), told)

    def _ask_retire(self, feed: Feed) -> None:
        confirm(
            self,
            object_name="retire_feed",
            title=self.tr("Take “{name}” out of use?").format(name=feed.name),
            text=self.tr("It leaves the grid. Its pictures stay, and it can be taken back."),
            accept_text=self.tr("Take out of use"),
            on_accept=lambda: self._retire(RetireArgs(feed.id, self._context.today())),
        )

    def _retire(self, args: RetireArgs) -> None:
        self._context.write(self, "停用或启用图像来源", retire, args, lambda _done: None)
