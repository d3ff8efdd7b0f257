"""挂网督办登记: what superiors have posted, with reply clock and days of posting. UI thread."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QMenu, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.panels.petitions import queries
from desktop.panels.petitions.columns import register_columns
from desktop.panels.petitions.queries import TABLES, Offered
from desktop.panels.petitions.rules import REPLY_WORDS
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.rules import LEVELS, SOURCES
from widgets.forms import FilterBox, Option

POSTED = PetitionFilter(open=None, hung=True)


class PetitionRegisterView(ListPanel[PetitionFilter]):
    """A petition stays here until a named person has taken it down."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=register_columns(),
            queries=ListQueries(
                lambda connection, args: queries.snapshot(connection, args, context.law),
                lambda connection, ids, day: queries.rows(connection, ids, day, context.law),
                TABLES,
            ),
            filter_=POSTED,
        )
        self.setObjectName("petition_register")
        words = {
            "posted": (self.tr("Posting"), self.tr("Posted at any time"), False),
            "levels": (self.tr("Level"), self.tr("All levels"), True),
            "sources": (self.tr("Source"), self.tr("All sources"), True),
            "courts": (self.tr("Court"), self.tr("All courts"), True),
            "reply": (self.tr("Reply"), self.tr("Any reply"), False),
        }
        self.boxes = {
            key: FilterBox(name, all_text=every, multiple=multiple, parent=self)
            for key, (name, every, multiple) in words.items()
        }
        options = {
            "posted": [Option("now", self.tr("Posted now"))],
            "levels": [Option(key, word) for key, word in LEVELS.items()],
            "sources": [Option(key, word) for key, word in SOURCES.items()],
            "reply": [Option(key, word) for key, word in REPLY_WORDS.items()],
        }
        for key, box in self.boxes.items():
            box.setObjectName(f"register_{key}")
            box.set_options(options.get(key, []))
            self.add_filter(box)
        self.table.set_empty_text(
            self.tr("Nothing is posted"),
            self.tr("A petition is posted on its page; it stays here until it is taken down."),
        )
        self._show_filter(self.filter)
        for box in self.boxes.values():
            box.changed.connect(self._on_boxes)
        Offers(self, context, queries.offered, context.today(), self._on_offered)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows the list of PetitionFilter.to_params(); without any it stays."""
        if params.get("petitions"):
            wanted = PetitionFilter.from_params(params)
            self._show_filter(wanted)
            self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} petitions").format(count=f"{count:,}")

    def open_case(self) -> None:
        """A double click opens the petition."""
        row = self.current_row()
        if row is not None:
            self.context.open("petitions", {"petition_id": str(row["id"])})

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open petition"), self.open_case)
        menu.addAction(self.tr("Supervise…"), self.supervise)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _on_offered(self, found: Offered) -> None:
        box = self.boxes["courts"]
        was = box.blockSignals(True)
        box.set_options([Option(one.id, one.label, one.sounds) for one in found.courts])
        box.set_selected(self.filter.courts)
        box.blockSignals(was)

    def _show_filter(self, wanted: PetitionFilter) -> None:
        chosen = {
            "posted": ("now",) if wanted.hung else (),
            "levels": wanted.levels,
            "sources": wanted.sources,
            "courts": wanted.courts,
            "reply": (wanted.reply,) if wanted.reply else (),
        }
        for key, box in self.boxes.items():
            was = box.blockSignals(True)
            box.set_selected(chosen[key])
            box.blockSignals(was)

    def _on_boxes(self) -> None:
        def keys(name: str) -> tuple[str, ...]:
            return tuple(str(key) for key in self.boxes[name].selected())

        now = bool(keys("posted"))
        wanted = replace(
            self.filter,
            hung=now,
            posted=not now,
            levels=keys("levels"),
            sources=keys("sources"),
            courts=keys("courts"),
            reply=next(iter(keys("reply")), ""),
        )
        self.set_filter(wanted)
