"""责任: one person's nodes, late days, leader, warnings and comments. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import subject_words
from desktop.contract.context import PanelContext, Selection
from desktop.contract.filters import NodeFilter
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.panels.responsibility import queries, warning_queries
from desktop.panels.responsibility.columns import node_columns
from desktop.panels.responsibility.node_side import NodeSide
from desktop.panels.responsibility.queries import (
    NODES_MAX,
    LateNode,
    Page,
    PageArgs,
    People,
    PeopleArgs,
    Somebody,
)
from desktop.panels.responsibility.rules import period_of, reading
from desktop.panels.responsibility.warning_list import WarningList
from desktop.panels.responsibility.warning_queries import Warnings
from desktop.projection import FACT_TABLES
from storage.records.states import STYLE_KEY, NodeState
from widgets.figure import FigureCard
from widgets.forms import FilterBox, Option
from widgets.states import state_pixmap
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.theme import current_theme

TABLES: Final = (
    *FACT_TABLES,
    *("membership", "person", "supervision_letter", "letter_rung", "warning_reading"),
    "responsibility_comment",
)
_ICON: Final = 14
_LOW: Final = 440
_NARROW: Final = 1_000


class ResponsibilityView(QWidget):
    """`apply({"person_id"})` shows a person."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.person_id = ""
        self.page: Page | None = None
        self.warned: Warnings | None = None
        # A node keeps its number while others come and go, and so stays the current one.
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._nodes: dict[int, LateNode] = {}
        self._people: Mapping[str, Somebody] = {}
        self._make_head()
        self._make_lists()
        self._arrange()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self.person_box.changed.connect(self._on_person)
        self.period_box.currentIndexChanged.connect(lambda _index: self.live.ask())
        self.table.current_id_changed.connect(self._on_current)
        self.table.row_activated.connect(lambda _id: self.side.open_derivation())
        self.cards["late"].clicked.connect(lambda: self.tabs.setCurrentIndex(0))
        self.cards["own"].clicked.connect(lambda: self.tabs.setCurrentIndex(0))
        self.cards["unread"].clicked.connect(lambda: self.tabs.setCurrentIndex(1))
        asked = PeopleArgs(context.who.person_id, context.today())
        Offers(self, context, queries.people, asked, self._on_people)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows the person of `params`."""
        if params.get("person_id"):
            self.person_id = params["person_id"]
            self._show_person()
            self.live.ask()

    # Parts

    def _make_head(self) -> None:
        self.person_box = FilterBox(
            "", all_text=self.tr("Choose a person"), multiple=False, parent=self
        )
        self.person_box.setAccessibleName(self.tr("Person"))
        self.period_box = QComboBox(self)
        for key, words in (
            ("year", self.tr("This year")),
            ("twelve", self.tr("Last twelve months")),
            ("all", self.tr("All years")),
        ):
            self.period_box.addItem(words, key)
        self.reading = QLabel(self)
        self.reading.setProperty("role", "muted")
        self.reading.setWordWrap(True)
        self.states = QWidget(self)
        self._chips = QHBoxLayout(self.states)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(0)
        self.cards = {
            "own": FigureCard(self.tr("Late days held by this person"), self),
            "late": FigureCard(self.tr("Late nodes"), self),
            "unread": FigureCard(self.tr("Unread warnings of the teams led"), self),
        }

    def _make_lists(self) -> None:
        self._source = StaticSource(())
        self.model = PagedTableModel(node_columns(), self._source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(
            self.tr("No late nodes"), self.tr("Choose a person or a longer period.")
        )
        self.side = NodeSide(self.context, self)
        self.warnings = WarningList(self.context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.person_box)
        top.addWidget(self.period_box)
        top.addWidget(self.reading, 1)
        cards = QHBoxLayout()
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(10)
        for card in self.cards.values():
            cards.addWidget(card, 1)
        splitter = QSplitter(self)
        splitter.setObjectName("responsibility_splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.side)
        splitter.setSizes([640, 360])
        self.table.setMinimumWidth(current_theme().px(320))
        self.side.hide()
        self.tabs.addTab(splitter, self.tr("Late nodes"))
        self.tabs.addTab(self.warnings, self.tr("Warnings"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        self._cards_row = QWidget(self)
        self._cards_row.setLayout(cards)
        layout.addWidget(self._cards_row)
        layout.addWidget(self.tabs, 1)
        self.tabs.setCornerWidget(self.states)

    # The person

    def _on_people(self, found: People) -> None:
        self._people = {one.id: one for one in found.everybody}
        self.person_id = self.person_id or found.start
        self.person_box.blockSignals(True)
        self.person_box.set_options([Option(one.id, one.label) for one in found.everybody])
        self.person_box.blockSignals(False)
        self._show_person()
        self.live.ask()

    def _show_person(self) -> None:
        self.person_box.blockSignals(True)
        self.person_box.set_selected((self.person_id,) if self.person_id in self._people else ())
        self.person_box.blockSignals(False)

    def _on_person(self) -> None:
        chosen = self.person_box.selected()
        self.person_id = str(chosen[0]) if chosen else ""
        self.live.ask()

    # Reading and showing

    def _read(self) -> None:
        if not self.person_id:
            self._show_nobody()
            self.live.finished()
            return
        today = self.context.today()
        period = period_of(str(self.period_box.currentData()), today)
        args = PageArgs(self.context.law, self.person_id, today, period)
        self.context.read(
            *(self, "warnings", warning_queries.warnings, self.person_id),
            *(self._on_warnings, self._on_error),
        )
        self.context.read(self, "page", queries.page, args, self._on_page, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self.context.notify(sentence, level="error")
        self.live.finished()

    def _show_nobody(self) -> None:
        self.page, self._nodes = None, {}
        self.reading.setText(self.tr("Choose a person to see what he or she answers for."))
        for card in self.cards.values():
            card.set_figure("—")
        self._show_states(())
        self._source.set_rows(())
        self.model.refresh()
        self._on_current(None)
        self.warnings.show_warnings(Warnings(leads=False, unread=0, rows=()), "")

    def _on_page(self, found: Page) -> None:
        self.page = found
        name = self._people[self.person_id].name if self.person_id in self._people else ""
        words = reading(name, len(found.late), found.own, found.whole)
        if found.cut:
            words += self.tr(" Only the newest {count} were derived.").format(count=NODES_MAX)
        self.reading.setText(words)
        of_all = self.tr("of {days} days late in all").format(days=f"{found.whole:,}")
        self.cards["own"].set_figure(f"{found.own:,}", of_all, "overdue" if found.own else "")
        still = sum(1 for node in found.late if node.done_on is None)
        self.cards["late"].set_figure(
            f"{len(found.late):,}", self.tr("still open: {count}").format(count=f"{still:,}")
        )
        self._show_states(tuple((g.keys[0], g.count, g.filter) for g in found.states))
        self._nodes = {self._number(node): node for node in found.late}
        self._source.set_rows([_row(number, node) for number, node in self._nodes.items()])
        self.model.refresh()
        self._on_current(self.table.current_id())
        self.live.finished()

    def _on_warnings(self, found: Warnings) -> None:
        self.warned = found
        self.warnings.show_warnings(found, self.person_id)
        sub = "" if found.leads else self.tr("leads no team")
        value = f"{found.unread:,}" if found.leads else "—"
        self.cards["unread"].set_figure(value, sub, "due_soon" if found.unread else "")
        title = self.tr("Warnings")
        self.tabs.setTabText(1, f"{title}　▲ {found.unread}" if found.unread else title)

    def _show_states(self, states: tuple[tuple[str, int, NodeFilter], ...]) -> None:
        """One button a state; a click opens exactly its nodes."""
        while (item := self._chips.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for state, count, listed in states:
            key = STYLE_KEY[NodeState(state)]
            button = QPushButton(self.states)
            button.setObjectName(f"state_{key}")
            button.setProperty("words", (f"{state} {count:,}", f"{count:,}"))
            button.setAccessibleName(f"{state} {count:,}")
            button.setToolTip(self.tr("Nodes of this person: {state}").format(state=state))
            button.setIcon(state_pixmap(key, _ICON, current_theme()))
            button.setProperty("kind", "quiet")
            button.clicked.connect(
                lambda _checked=False, listed=listed: self.context.open(
                    "process_monitor", listed.to_params()
                )
            )
            self._chips.addWidget(button)
        self.states.setVisible(bool(states))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a low panel the list has the room: the sentence above says what the cards say. In a
        narrow one a state is told by its shape, its words stand in the tooltip."""
        theme = current_theme()
        self._cards_row.setVisible(self.height() >= theme.px(_LOW))
        narrow = self.width() < theme.px(_NARROW)
        for button in self.states.findChildren(QPushButton):
            words = button.property("words")
            button.setText(words[1 if narrow else 0])
        self.states.adjustSize()

    def _number(self, node: LateNode) -> int:
        key = (node.case_id, node.node_code, node.subject)
        return self._numbers.setdefault(key, len(self._numbers))

    def _on_current(self, current: object) -> None:
        node = self._nodes.get(current) if isinstance(current, int) else None
        self.side.setVisible(node is not None)
        if node is None:
            self.side.show_node(None, "")
            return
        self.side.show_node(node, self.person_id)
        self.context.select(Selection(node.case_id, node.node_code, node.subject))


def _row(number: int, node: LateNode) -> dict[str, object]:
    return {
        "id": number,
        "case_number": node.case_number,
        "node": f"{node.node}{subject_words(node.subject)}",
        "state": (node.state_key, node.state),
        "due_on": node.due_on,
        "whole": node.whole,
        "own": node.own,
        "handler": node.handler,
        "leader": node.leader,
        "comments": node.comments or None,
    }
