"""Who read this file: every look, print and export with its time. UI thread.

Going through the list is no look at the file.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.court_zone import court_time
from desktop.contract.reading import ACT_WORDS
from desktop.contract.short_list import Listing
from desktop.panels.coercive.columns import look_columns
from desktop.panels.coercive.queries import Look, looks
from widgets.parts import named_button


class LooksPage(QWidget):
    """`left()` when the user goes back."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("looks_page")
        self._context = context
        self._case_id = ""
        self.shown: tuple[Look, ...] = ()
        self.back_button = named_button(self, "looks_back", self.tr("Back"))
        self.all_button = named_button(self, "looks_all", self.tr("In the who-read log"))
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.listing: Listing[Look] = Listing(look_columns(), self)
        self.listing.table.set_empty_text(
            self.tr("Nobody has read this file"),
            self.tr("Every opening, print and export is kept here with its time."),
        )
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.all_button.clicked.connect(lambda _checked=False: self._open_log())
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.count)
        top.addWidget(self.all_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.listing.table, 1)

    def show_case(self, case_id: str, words: str) -> None:
        """Lists the looks at the file of a case; `words` name the paper."""
        self._case_id = case_id
        self.title.setText(words)
        self._context.read(self, "looks", looks, case_id, self._on_looks)

    def _on_looks(self, found: tuple[Look, ...]) -> None:
        self.shown = found
        self.listing.show(
            [
                (
                    n,
                    one,
                    {
                        "at": f"{court_time(one.at):%Y-%m-%d %H:%M:%S}",
                        "who": one.who,
                        "act": ("normal" if one.act == "open" else "paused", ACT_WORDS[one.act]),
                        "object": one.object,
                        "purpose": one.purpose,
                    },
                )
                for n, one in enumerate(found)
            ]
        )
        self.count.setText(self.tr("{count} looks").format(count=f"{len(found):,}"))

    def _open_log(self) -> None:
        self._context.open("read_log", {"of_case": self._case_id})
