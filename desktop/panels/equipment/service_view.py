"""故障与维护: open tickets, what was repaired and how quickly, availability. UI thread."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.equipment.columns import ticket_columns
from desktop.panels.equipment.plots import AvailabilityPlot, RepairPlot
from desktop.panels.equipment.queries import TABLES
from desktop.panels.equipment.rules import hours_words, ticket_state, until_words
from desktop.panels.equipment.service import ServiceBoard, TicketLine, board
from widgets.card import Card
from widgets.figure import FigureCard
from widgets.parts import named_button, scrolled
from widgets.theme import current_theme

_PLOT_HIGH: Final = 230
_LIST_HIGH: Final = 180


class ServiceView(QWidget):
    """`opened(equipment id)`; `repair_asked(equipment id, ticket)`."""

    opened = Signal(str)
    repair_asked = Signal(str, str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("equipment_service")
        self._context = context
        self.shown: ServiceBoard | None = None
        self.figures = {
            "open": FigureCard(self.tr("Open tickets"), self),
            "mean": FigureCard(self.tr("Mean repair time"), self),
            "share": FigureCard(self.tr("Within the service level"), self),
            "overdue": FigureCard(self.tr("Loans overdue"), self),
            "calibrate": FigureCard(self.tr("Calibration over"), self),
        }
        self.listing: Listing[TicketLine] = Listing(ticket_columns(), self)
        self.repair = named_button(self, "repair_ticket", self.tr("Repaired…"))
        self.repair.setProperty("kind", "primary")
        self.basis = QLabel(self)
        self.basis.setProperty("role", "small")
        self.error = QLabel(self)
        self.error.setProperty("role", "error")
        self.error.hide()
        self.repairs, self.available = RepairPlot(context, self), AvailabilityPlot(context, self)
        self._arrange()
        self.listing.table.row_activated.connect(lambda _id: self._open())
        self.listing.table.current_id_changed.connect(lambda _id: self._on_current())
        self.repair.clicked.connect(lambda _checked=False: self._repair())
        for key, flag in (("overdue", "overdue"), ("calibrate", "calibrate_due")):
            self.figures[key].clicked.connect(
                partial(context.open, "equipment", {"list": "1", "flags": flag})
            )
        self.figures["open"].clicked.connect(
            partial(context.open, "equipment", {"list": "1", "flags": "faulty"})
        )
        self.live = LiveRefresh(self, context, TABLES, self._read)

    def _arrange(self) -> None:
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        for figure in self.figures.values():
            tiles.addWidget(figure)
        head = QHBoxLayout()
        head.addWidget(self.basis, 1)
        head.addWidget(self.repair)
        self.listing.table.set_empty_text(
            self.tr("No fault in the last six months"),
            self.tr("A fault is reported on the page of a thing, or from a self-test."),
        )
        tickets = QWidget(self)
        inner = QVBoxLayout(tickets)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(head)
        inner.addWidget(self.error)
        inner.addWidget(self.listing.table, 1)
        plots = QSplitter(Qt.Orientation.Horizontal, self)
        plots.setChildrenCollapsible(False)
        for title, plot in (
            (self.tr("Repair time by kind"), self.repairs),
            (self.tr("Out of use by faults"), self.available),
        ):
            card = Card(title, parent=self)
            note = plot.take_note()
            note.show()
            card.header.addWidget(note)
            card.header.addWidget(plot.menu)
            plot.body.setContentsMargins(0, 0, 0, 0)
            card.body.addWidget(plot)
            plots.addWidget(card)
        plots.setMinimumHeight(current_theme().px(_PLOT_HIGH))
        whole = QSplitter(Qt.Orientation.Vertical, self)
        whole.setChildrenCollapsible(False)
        whole.addWidget(tickets)
        whole.addWidget(plots)
        whole.setSizes([3_000, 3_000])
        tickets.setMinimumHeight(current_theme().px(_LIST_HIGH))
        body = QWidget(self)
        body.setProperty("plain", True)
        inside = QVBoxLayout(body)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(8)
        inside.addLayout(tiles)
        inside.addWidget(whole, 1)
        # In a low dock the plots would be cut; there one scrolls to them.
        area = scrolled(body, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _read(self) -> None:
        now = self._context.now()
        self._context.read(self, "service", board, now, self._on_board, self._failed)

    def _failed(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()
        self.live.finished()

    def _on_board(self, found: ServiceBoard) -> None:
        self.shown = found
        self.error.hide()
        whole = found.whole
        late = self.tr("{count} beyond the service level").format(count=whole.late)
        self.figures["open"].set_figure(
            str(whole.open), late if whole.late else "", "overdue" if whole.late else ""
        )
        repaired = self.tr("{count} repaired in six months").format(count=whole.repaired)
        mean, share = whole.mean_hours, whole.share
        self.figures["mean"].set_figure("—" if mean is None else hours_words(mean), repaired)
        told = "—" if share is None else f"{share:.0%}"
        beyond = self.tr("{count} took longer").format(count=whole.repaired - whole.within)
        self.figures["share"].set_figure(told, beyond if whole.repaired > whole.within else "")
        self.figures["overdue"].set_figure(
            str(found.overdue), "", "overdue" if found.overdue else ""
        )
        self.figures["calibrate"].set_figure(
            str(found.calibrate_due), "", "overdue" if found.calibrate_due else ""
        )
        self.basis.setText(found.basis)
        self.listing.show([(one.ticket.id, one, _row(one, found)) for one in found.tickets])
        self._on_current()
        self.live.finished()

    def _on_current(self) -> None:
        line = self.listing.current()
        self.repair.setEnabled(line is not None and line.ticket.open)

    def _open(self) -> None:
        line = self.listing.current()
        if line is not None:
            self.opened.emit(line.item.id)

    def _repair(self) -> None:
        line = self.listing.current()
        if line is not None and line.ticket.open:
            self.repair_asked.emit(line.item.id, line.ticket.id)


def _row(one: TicketLine, found: ServiceBoard) -> Mapping[str, object]:
    ticket, now = one.ticket, found.now
    due = until_words(ticket.due_at, now) if ticket.open else ""
    if not ticket.open and ticket.due_at is not None:
        due = f"{(ticket.due_at - ticket.at).total_seconds() / 3600:.0f} 小时"
    return {
        "state": ticket_state(ticket, now),
        "thing": one.item.title,
        "fault": ticket.body,
        "at": f"{ticket.at:%m-%d %H:%M}",
        "by": found.names.person(ticket.by_id),
        "took": hours_words(ticket.hours(now)),
        "due": due,
        "repair": ticket.repair,
    }
