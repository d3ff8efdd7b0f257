"""审批: one inbox of all that waits for the person at the desk, and the page of one item.

UI thread. Ordinary documents may be agreed to several at once; what takes freedom or money is
decided on its own page.
"""

from collections.abc import Mapping
from typing import Final, Literal

from PySide6.QtCore import QPoint
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
from desktop.panels.approvals.columns import columns
from desktop.panels.approvals.commands import BatchArgs, BatchResult, agree_to_all
from desktop.panels.approvals.page import ItemPage
from desktop.panels.approvals.queries import Inbox, InboxArgs, inbox
from desktop.panels.approvals.rules import KIND_WORDS, Item, Kind, batch_fault, urgency
from desktop.paper.signing import SignBox
from storage.records.changes import ChangeSet
from widgets.dialogs import confirm, message
from widgets.forms import FilterBox, Option
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.theme import current_theme

TABLES: Final = (
    *("document", "document_act", "document_version", "objection", "delegation", "signing_rule"),
    *("supervision_letter", "matter", "absence", "membership", "person"),
)
_SHOWN_MAX: Final = 8
_MAY_HIDE: Final = ("case_number", "limit")
Page = Literal["list", "item", "sign"]
_PAGES: Final[tuple[Page, ...]] = ("list", "item", "sign")


class ApprovalsView(QWidget):
    """`apply({"kind": …, "id": …})` opens one item; `apply({"document_id": …})` a document, also
    one that waits for somebody else: the page then says for whom."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("approvals_view")
        self._context = context
        self._items: dict[int, Item] = {}
        # An item keeps its number while others come and go, and so stays selected.
        self._numbers: dict[str, int] = {}
        self._all: tuple[Item, ...] = ()
        # What is left of several that are decided one by one, and how many they were.
        self._queue: list[Item] = []
        self._queued = 0
        self._source = StaticSource(())
        self.model = PagedTableModel(columns(), self._source, self)
        self.table = DataTable(self.model, self)
        self.kinds = FilterBox(self.tr("Kind"), all_text=self.tr("Everything"), parent=self)
        self.search = QLineEdit(self)
        self.count_label = QLabel(self)
        self.reason = QLabel(self)
        self.batch_button = QPushButton(self.tr("Agree to all selected"), self)
        self.batch_button.setObjectName("batch")
        self.batch_note = QLabel(self)
        self.page = ItemPage(context, self)
        self.signing: SignBox | None = None  # made when something is signed: it holds a PDF view
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("document_id"):
            self.open_item(Kind.DOCUMENT, params["document_id"])
        elif params.get("kind") in tuple(Kind) and params.get("id"):
            self.open_item(Kind(params["kind"]), params["id"])

    def open_item(self, kind: Kind, id_: str) -> None:
        """Shows the page of one item."""
        self._go("item")
        self.page.set_place("")
        self.page.open_item(kind, id_)

    @property
    def shown_page(self) -> Page:
        """Which of the three pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    @property
    def items(self) -> list[Item]:
        """What is listed, in its order."""
        return list(self._items.values())

    # Parts

    def _arrange(self) -> None:
        self.kinds.setObjectName("approval_kinds")
        self.kinds.set_options([Option(kind.value, word) for kind, word in KIND_WORDS.items()])
        self.search.setObjectName("approval_search")
        self.search.setPlaceholderText(self.tr("Title, case number or name"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(200))
        self.search.setMaximumWidth(current_theme().px(260))
        self.count_label.setProperty("role", "muted")
        self.reason.setProperty("role", "error")
        self.reason.setWordWrap(True)
        self.reason.hide()
        self.batch_note.setProperty("role", "muted")
        self.batch_note.setWordWrap(True)
        self.batch_note.hide()
        self.table.set_empty_text(
            self.tr("Nothing waits for you"),
            self.tr("What others submit to you for review, approval or signature comes here."),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.kinds, self.search):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count_label)
        row.addWidget(self.batch_button)
        listing = QWidget(self)
        inner = QVBoxLayout(listing)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(row)
        inner.addWidget(self.reason)
        inner.addWidget(self.batch_note)
        inner.addWidget(self.table, 1)
        self._sheet = QScrollArea(self)
        self._sheet.setWidgetResizable(True)
        self._sheet.setFrameShape(QFrame.Shape.NoFrame)
        for page in (listing, self.page, self._sheet):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self.kinds.changed.connect(self._show)
        self.search.textChanged.connect(lambda _text: self._show())
        self.table.row_activated.connect(self._on_activated)
        self.table.current_id_changed.connect(self._on_current)
        self.table.selection_ids_changed.connect(self._on_selection)
        self.table.context_menu_requested.connect(self._show_menu)
        self.batch_button.clicked.connect(lambda _checked=False: self._ask_batch())
        self.page.left.connect(self._leave)
        self.page.decided.connect(self._on_decided)
        self.page.sign_wanted.connect(self._sign)
        self._context.changed.connect(self._on_changed)

    def _leave(self) -> None:
        self._queue = []
        self._go("list")

    def _go(self, page: Page) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))

    # The list

    def _read(self) -> None:
        args = InboxArgs(self._context.who.person_id, self._context.now())
        self._context.read(self, "snapshot", inbox, args, self._on_inbox, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._say(sentence)
        self.live.finished()

    def _on_inbox(self, found: Inbox) -> None:
        self._all = found.items
        self._say(found.reason)
        self._show()
        self.live.finished()

    def _say(self, sentence: str) -> None:
        self.reason.setText(sentence)
        self.reason.setVisible(bool(sentence))

    def _show(self) -> None:
        wanted = self.kinds.selected()
        typed = self.search.text().strip().casefold()
        listed = [
            one
            for one in self._all
            if (not wanted or one.kind.value in wanted)
            and typed in f"{one.title}{one.what}{one.case_number}{one.sender}".casefold()
        ]
        self._items = {self._numbers.setdefault(one.key, len(self._numbers)): one for one in listed}
        rows = [self._row(n, one) for n, one in self._items.items()]
        self._source.set_rows(rows)
        self._hide_empty(rows)
        self.model.refresh()
        self.count_label.setText(self.tr("{count} waiting").format(count=f"{len(listed):,}"))
        self._on_selection()

    def _hide_empty(self, rows: list[dict[str, object]]) -> None:
        """Columns that nothing fills leave their room to the subject."""
        self.table.leave_out(key for key in _MAY_HIDE if rows and not any(row[key] for row in rows))

    def _row(self, number: int, item: Item) -> dict[str, object]:
        return {
            "id": number,
            "urgency": urgency(item, self._context.today()),
            "what": item.what,
            "title": item.title,
            "case_number": item.case_number,
            "stage": f"代{item.for_whom}·{item.stage_word}" if item.for_whom else item.stage_word,
            "sender": item.sender,
            "since": item.since[5:16].replace("T", " "),
            "whole_since": item.since[:16].replace("T", " "),
            "limit": item.limit.words,
        }

    def selected_items(self) -> list[Item]:
        """What is selected, in the order of the list."""
        return [self._items[n] for n in self.table.selected_ids() if n in self._items]

    def _on_activated(self, row_id: object) -> None:
        item = self._items.get(row_id) if isinstance(row_id, int) else None
        if item is not None:
            self.open_item(item.kind, item.id)

    def _on_current(self, row_id: object) -> None:
        item = self._items.get(row_id) if isinstance(row_id, int) else None
        if item is not None and item.case_id:
            self._context.select(Selection(item.case_id))

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Open"), lambda: self._on_activated(row_id))
        menu.addAction(self.tr("Copy"), self.table.copy_selection)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _sign(self, document_id: str) -> None:
        if self.signing is None:
            self.signing = SignBox(self._context, self)
            self.signing.left.connect(lambda: self._go("item"))
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
        """The signed pages stay in sight in the documents panel."""
        self._context.notify(self.tr("Signed"), level="done")
        self._leave()
        self._context.open("documents", {"document_id": document_id})

    def _on_decided(self, _done: str) -> None:
        self._next_of_queue()
        self.live.ask()

    def _on_changed(self, changes: ChangeSet) -> None:
        if self.shown_page == "item" and changes.touches(*TABLES):
            self.page.refresh()

    # Several at once

    def _on_selection(self) -> None:
        chosen = self.selected_items()
        fault = batch_fault(chosen) if len(chosen) > 1 else ""
        self.batch_note.setText(fault)
        self.batch_note.setVisible(bool(fault))
        # A coercive one among them is told when the button is pressed, not hidden behind grey.
        self.batch_button.setEnabled(len(chosen) > 1)

    def _ask_batch(self) -> None:
        chosen = self.selected_items()
        fault = batch_fault(chosen)
        if fault:
            confirm(
                self,
                object_name="batch_refused",
                title=self.tr("Not at once"),
                text=fault,
                accept_text=self.tr("One by one"),
                on_accept=lambda: self._one_by_one(chosen),
            )
            return
        shown = [f"{one.what}　{one.title}" for one in chosen[:_SHOWN_MAX]]
        if len(chosen) > _SHOWN_MAX:
            shown.append("…")
        confirm(
            self,
            object_name="batch_confirm",
            title=self.tr("Agree to {count} documents?").format(count=len(chosen)),
            text="\n".join(shown),
            accept_text=self.tr("Agree to all"),
            on_accept=lambda: self._batch(chosen),
        )

    def _one_by_one(self, chosen: list[Item]) -> None:
        """Each on its page; a decision opens the next."""
        self._queue = list(chosen)
        self._queued = len(chosen)
        self._next_of_queue()

    def _next_of_queue(self) -> None:
        """The next one, or the list when there is none."""
        if not self._queue:
            self._go("list")
            return
        item = self._queue.pop(0)
        self.open_item(item.kind, item.id)
        if self._queued > 1:
            place = self.tr("{n} of {count}")
            number = self._queued - len(self._queue)
            self.page.set_place(place.format(n=number, count=self._queued))

    def _batch(self, chosen: list[Item]) -> None:
        self.batch_button.setEnabled(False)
        args = BatchArgs(tuple(chosen), self._context.who.person_id, self._context.now())
        self._context.write(
            self, "批量审批公文", agree_to_all, args, self._on_batch, self._on_refused
        )

    def _on_refused(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.ask()

    def _on_batch(self, result: BatchResult) -> None:
        words = self.tr("Agreed to {count} documents").format(count=len(result.done))
        self._context.notify(words, level="done")
        if result.refused:
            lines = [f"{title}：{why}" for title, why in result.refused]
            title = self.tr("{count} were not agreed to").format(count=len(lines))
            message(self, object_name="batch_left", title=title, text="\n".join(lines))
        self.live.ask()
