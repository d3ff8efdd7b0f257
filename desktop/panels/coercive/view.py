"""强制措施: the list, the page of one measure, its signature, and who read the file. UI thread.

Nothing here decides about several papers at once, and nothing can be made to: one person, one
decision.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.coercive.columns import columns
from desktop.panels.coercive.looks_page import LooksPage
from desktop.panels.coercive.page import MeasureView
from desktop.panels.coercive.queries import TABLES, Lines, ListArgs, document_of, lines
from desktop.panels.coercive.rules import (
    CHOICES,
    MINE,
    VIOLATION,
    Line,
    chosen,
    clock_cell,
    count_of,
    figure_words,
    state_cell,
)
from desktop.panels.coercive.telling import Tell, tell
from desktop.paper.signing import SignBox
from desktop.rules.coercive import KINDS, Stand
from storage.records.changes import ChangeSet
from widgets.figure import FigureCard
from widgets.forms import FilterBox, Option
from widgets.theme import current_theme

Page = Literal["list", "measure", "sign", "looks"]
_PAGES: Final[tuple[Page, ...]] = ("list", "measure", "sign", "looks")
_CARDS: Final = (MINE, Stand.PENDING, Stand.READY, Stand.RUNNING, VIOLATION)
_MINUTE_MS: Final = 60_000


class CoerciveView(QWidget):
    """`apply({"document_id": …})` opens one measure, `apply({"case_id": …})` the newest of a case,
    `apply({"state": key})` a list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coercive_view")
        self._context = context
        self._all: tuple[Line, ...] = ()
        self._chosen_for: str | None = None  # whose first list was chosen already
        self.cards = {key: FigureCard(CHOICES[key], self) for key in _CARDS}
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All open"), parent=self)
        self.kinds = FilterBox(self.tr("Measure"), all_text=self.tr("All measures"), parent=self)
        self.search = QLineEdit(self)
        self.count_label = QLabel(self)
        self.reason = QLabel(self)
        self.new_button = QPushButton(self.tr("Prepare…"), self)
        self.listing: Listing[Line] = Listing(columns(), self)
        self.page = MeasureView(context, self)
        self.looks = LooksPage(context, self)
        self.signing: SignBox | None = None  # made when something is signed: it holds a PDF view
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self._clock = QTimer(self)  # clocks to the minute go on while nothing is written
        self._clock.setInterval(_MINUTE_MS)
        self._clock.timeout.connect(self._on_minute)
        self._clock.start()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("document_id") or params.get("case_id"):
            named = (params.get("document_id", ""), params.get("case_id", ""))
            self._context.read(self, "named", document_of, named, self._on_named)
        elif params.get("state") in CHOICES:
            self.show_only(params["state"])

    def open_measure(self, document_id: str) -> None:
        """Shows the page of one measure."""
        self._go("measure")
        self.page.open_measure(document_id)

    def show_only(self, key: str) -> None:
        """The list of one choice of the filter."""
        self._go("list")
        self.states.set_selected((key,))
        self._show()

    @property
    def shown_page(self) -> Page:
        """Which page is on show."""
        return _PAGES[self._stack.currentIndex()]

    @property
    def lines(self) -> list[Line]:
        """What is listed, in its order."""
        return list(self.listing.things.values())

    # Parts

    def _arrange(self) -> None:
        theme = current_theme()
        for key, card in self.cards.items():
            card.setObjectName(f"card_{key}")
            card.set_compact(True)
            card.setVisible(key != MINE)
        self.states.setObjectName("coercive_states")
        self.states.set_options([Option(key, word) for key, word in CHOICES.items()])
        self.kinds.setObjectName("coercive_kinds")
        self.kinds.set_options([Option(key, word) for key, word in KINDS.items()])
        self.search.setObjectName("coercive_search")
        self.search.setPlaceholderText(self.tr("Name, case number or handler"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(theme.px(180))
        self.search.setMaximumWidth(theme.px(260))
        self.count_label.setProperty("role", "muted")
        self.reason.setProperty("role", "error")
        self.reason.setWordWrap(True)
        self.reason.hide()
        self.new_button.setObjectName("prepare")
        self.new_button.setProperty("kind", "primary")
        self.new_button.setMenu(self._new_menu())
        self.listing.table.set_empty_text(
            self.tr("No coercive measure here"),
            self.tr("Fines, summonses and detentions that are prepared from a case come here."),
        )
        self._cards_row = cards = QHBoxLayout()
        cards.setSpacing(theme.grid)
        for card in self.cards.values():
            cards.addWidget(card, 1)
        cards.addStretch(0)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.states, self.kinds, self.search):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count_label)
        row.addWidget(self.new_button)
        listing = QWidget(self)
        inner = QVBoxLayout(listing)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(cards)
        inner.addLayout(row)
        inner.addWidget(self.reason)
        inner.addWidget(self.listing.table, 1)
        self._sheet = QScrollArea(self)
        self._sheet.setWidgetResizable(True)
        self._sheet.setFrameShape(QFrame.Shape.NoFrame)
        for page in (listing, self.page, self._sheet, self.looks):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _new_menu(self) -> QMenu:
        menu = QMenu(self.new_button)
        for kind, word in KINDS.items():
            action = menu.addAction(self.tr("{measure} in the chosen case").format(measure=word))
            action.setObjectName(f"prepare_{kind}")
            action.triggered.connect(lambda _on=False, kind=kind: self._prepare(kind))
        return menu

    def _connect(self) -> None:
        for key, card in self.cards.items():
            card.clicked.connect(partial(self.show_only, key))
        for box in (self.states, self.kinds):
            box.changed.connect(self._show)
        self.search.textChanged.connect(lambda _text: self._show())
        self.listing.table.row_activated.connect(lambda _id: self._open_current())
        self.listing.table.current_id_changed.connect(self._on_current)
        self.listing.table.context_menu_requested.connect(self._show_menu)
        self.page.left.connect(lambda: self._go("list"))
        self.page.sign_wanted.connect(self._sign)
        self.page.looks_wanted.connect(self._show_looks)
        self.looks.left.connect(lambda: self._go("measure"))
        self._context.changed.connect(self._on_changed)

    def _go(self, page: Page) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))

    # The list

    def _read(self) -> None:
        args = ListArgs(self._context.who.person_id, self._context.now())
        self._context.read(self, "snapshot", lines, args, self._on_lines, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self.reason.setText(sentence)
        self.reason.show()
        self.live.finished()

    def _on_lines(self, found: Lines) -> None:
        self.reason.hide()
        self._all = found.lines
        who = self._context.who.person_id
        if self._chosen_for != (who or ""):
            # Whoever decides begins with what waits for him and nothing else.
            self._chosen_for = who or ""
            mine = found.president or any(one.mine for one in found.lines)
            self.states.set_selected((MINE,) if mine else ())
        self._show()
        for document_id in found.untold:
            args = Tell(document_id, who, self._context.now())
            self._context.write(
                self, "报告值班领导", tell, args, lambda _name: None, lambda _why: None
            )
        self.live.finished()

    def _show(self) -> None:
        keys = [str(key) for key in self.states.selected()]
        kinds = [str(key) for key in self.kinds.selected()]
        shown = chosen(self._all, keys, kinds, self.search.text())
        self.listing.show([(one.id, one, self._row(one)) for one in shown])
        words = self.tr("{count} measures").format(count=f"{len(shown):,}")
        if keys == [MINE]:
            words = self.tr("To approve: {count}").format(count=f"{len(shown):,}")
        self.count_label.setText(words)
        for key, card in self.cards.items():
            count = count_of(self._all, key)
            style = "overdue" if key == VIOLATION and count else ""
            card.set_figure(f"{count:,}", "", style)
            # Before whoever decides stands what waits for him, and nothing to look away to.
            card.setVisible(key != MINE if keys != [MINE] else key == MINE)
        self._cards_row.setStretch(len(self.cards), 3 if keys == [MINE] else 0)

    def _row(self, line: Line) -> dict[str, object]:
        clock = line.pressing
        return {
            "state": state_cell(line),
            "kind": KINDS[line.kind],
            "person": line.person,
            "figure": figure_words(line.kind, line.figure),
            "clock": clock_cell(line, self._context.now()),
            "due": "" if clock is None or clock.due is None else f"{clock.due:%Y-%m-%d %H:%M}",
            "next": line.next_words,
            "why_next": line.stuck or line.next_words,
            "case_number": line.case_number,
            "handler": line.handler,
            "court": line.court,
            "newest": line.newest[5:16].replace("T", " "),
            "case_id": line.case_id,
        }

    def _on_minute(self) -> None:
        if not self.isVisible():
            return
        if self.shown_page == "list":
            self._show()
        elif self.shown_page == "measure":
            self.page.refresh()

    def _open_current(self) -> None:
        line = self.listing.current()
        if line is None:
            return
        if line.sealed:  # waits for a purpose first
            self._context.open("coercive", {"document_id": line.id, "case_id": line.case_id})
        else:
            self.open_measure(line.id)

    def _on_current(self, _row_id: object) -> None:
        line = self.listing.current()
        if line is not None:
            self._context.select(Selection(line.case_id))

    def _show_menu(self, _row_id: object, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Open"), self._open_current)
        menu.addAction(self.tr("Open case"), self._open_case)
        menu.addAction(self.tr("Supervise…"), self._supervise)
        menu.addAction(self.tr("Copy"), self.listing.table.copy_selection)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _open_case(self) -> None:
        line = self.listing.current()
        if line is not None:
            self._context.open("case_query", {"case_id": line.case_id})

    def _supervise(self) -> None:
        line = self.listing.current()
        if line is not None:
            about = {"case_id": line.case_id, "node_code": "N34", "subject": line.person}
            self._context.open("supervision", {"new": "1", **about})

    def _prepare(self, kind: str) -> None:
        selection = self._context.selection()
        if selection is None:
            self._context.notify(self.tr("Choose a case first."))
            return
        about = {"new": "1", "kind": kind, "case_id": selection.case_id}
        self._context.open("documents", about)

    # The other pages

    def _on_named(self, document_id: str) -> None:
        if document_id:
            self.open_measure(document_id)
        else:
            self._go("list")
            self._context.notify(self.tr("This case has no coercive measure."))

    def _on_changed(self, changes: ChangeSet) -> None:
        if self.shown_page == "measure" and changes.touches(*TABLES):
            self.page.refresh()

    def _show_looks(self, case_id: str, words: str) -> None:
        self._go("looks")
        self.looks.show_case(case_id, words)

    def _sign(self, document_id: str) -> None:
        if self.signing is None:
            self.signing = SignBox(self._context, self)
            self.signing.left.connect(lambda: self._go("measure"))
            self.signing.signed.connect(self._on_signed)
            around = QWidget(self._sheet)
            around.setProperty("plain", True)
            inner = QVBoxLayout(around)
            inner.setContentsMargins(12, 8, 12, 8)
            inner.addWidget(self.signing)
            self._sheet.setWidget(around)
        self._go("sign")
        self.signing.sign_document(document_id)

    def _on_signed(self, document_id: str) -> None:
        self._context.notify(self.tr("Signed"), level="done")
        self.open_measure(document_id)
