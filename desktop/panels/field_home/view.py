"""现场: large buttons to the few things an officer does outside, and his cases. UI thread."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.short_list import Listing
from desktop.panels.field_home import PANELS
from desktop.panels.field_home.columns import columns
from desktop.panels.field_home.queries import Asked, CaseLine, Home, home
from desktop.panels.field_home.rules import DetentionButton, detention_button, stand_words
from desktop.rules.coercive import STAND_STYLES
from desktop.rules.seizure_form import open_key
from storage.records.changes import ChangeSet
from widgets.icon import icon
from widgets.parts import named_button, words_label
from widgets.theme import current_theme, theme_notifier

_ICON_PX: Final = 34
_TILE_PX: Final = 84
_TILES: Final = (
    ("tile_orders", "ri.send-plane-2-line"),
    ("tile_seizures", "ri.camera-line"),
    ("tile_map", "ri.map-pin-line"),
    ("tile_measures", "ri.scales-3-line"),
)


class Tile(QPushButton):
    """A large button: a picture, what it leads to, and how that stands."""

    def __init__(self, parent: QWidget | None, name: str, picture: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("tile", True)
        # All of one height, whether their words have room or not.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_TILE_PX)
        self._picture = picture
        self._icon, self._title, self._words = QLabel(self), QLabel(self), QLabel(self)
        self._title.setProperty("role", "large")
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self._title)
        texts.addWidget(self._words)
        texts.addStretch(1)
        box = QHBoxLayout(self)
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        box.setContentsMargins(18, 6, 14, 6)
        box.setSpacing(16)
        box.addWidget(self._icon)
        box.addLayout(texts, 1)
        for part in (self._icon, self._title, self._words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme_notifier().theme_changed.connect(self._recolour)
        self._recolour()

    def say(self, title: str, words: str) -> None:
        """Both lines."""
        self._title.setText(title)
        self._words.setText(words)
        self.setAccessibleName(f"{title}：{words}")
        self.setToolTip(words)

    def hasHeightForWidth(self) -> bool:
        """No: the words that wrap take what there is."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low dock the name has the button for itself; how it stands is in the tooltip."""
        super().resizeEvent(event)
        wanted = self._words.heightForWidth(self._words.width())
        self._words.setVisible(wanted + self._title.sizeHint().height() + 4 <= self.height())

    def words(self) -> str:
        """How that stands, as it is read."""
        return self._words.text()

    def _recolour(self) -> None:
        size = current_theme().px(_ICON_PX)
        self._icon.setPixmap(icon(self._picture, "accent").pixmap(size, size))


class FieldHomeView(QWidget):
    """`apply({"case_id": …})` chooses a case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field_home_view")
        self._context = context
        self._home: Home | None = None
        self._wanted = ""
        self._begun = ""  # number of the case whose form is half filled
        self.tiles = {name: Tile(self, name, picture) for name, picture in _TILES}
        self.listing: Listing[CaseLine] = Listing(columns(), self)
        self.table = self.listing.table
        self.search = QLineEdit(self)
        self.search.setObjectName("field_search")
        self.search.setPlaceholderText(self.tr("Case number or debtor"))
        self.search.setClearButtonEnabled(True)
        self.note = named_button(self, "pack_note", "")
        self.seize_button = named_button(self, "field_seize", self.tr("Seize"))
        self.seize_button.setProperty("kind", "primary")
        self.detain_button = named_button(self, "field_detain", "")
        self.case_button = named_button(self, "field_case", self.tr("Open the case"))
        self.chosen = words_label(self, "title")
        self.chosen.setObjectName("chosen_case")
        self.hint = words_label(self, "small")
        self.hint.setObjectName("detention_hint")
        self._arrange()
        self._connect()
        self._show_case()
        self.reload()

    def _arrange(self) -> None:
        self.table.set_empty_text(
            self.tr("No cases on this device"),
            self.tr("Take cases along with a field pack, or exchange once."),
        )
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, number, 0)
            grid.setRowStretch(number, 1)
        left = QWidget(self)
        left.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.search, 1)
        head.addWidget(self.note)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        for button, share in ((self.seize_button, 2), (self.detain_button, 3)):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            acts.addWidget(button, share)
        acts.addWidget(self.case_button, 2)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addLayout(head)
        right.addWidget(self.table, 1)
        right.addWidget(self.chosen)
        right.addLayout(acts)
        right.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(16)
        layout.addWidget(left, 3)
        layout.addLayout(right, 8)

    def _connect(self) -> None:
        open_ = self._context.open
        for name, panel, params in (
            ("tile_orders", "remote_command", {"mine": "1"}),
            ("tile_seizures", "seizures", {}),
            ("tile_map", "live_map", {}),
            ("tile_measures", "coercive", {}),
        ):
            self.tiles[name].clicked.connect(
                lambda _checked=False, panel=panel, params=params: open_(panel, params)
            )
        self.note.clicked.connect(lambda _checked=False: open_("field_pack", {}))
        self.search.textChanged.connect(lambda _text: self._show_cases())
        self.table.current_id_changed.connect(lambda _id: self._show_case())
        self.table.row_activated.connect(lambda _id: self._open_case())
        self.seize_button.clicked.connect(lambda _checked=False: self._seize())
        self.detain_button.clicked.connect(lambda _checked=False: self._detain())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self._context.changed.connect(self._on_changed)
        self._context.day_changed.connect(lambda _day: self.reload())

    def apply(self, params: Mapping[str, str]) -> None:
        """Chooses what `params` name; see the class."""
        self._wanted = params.get("case_id", "")
        self.listing.choose(self._wanted)

    # Showing

    def reload(self) -> None:
        """Reads everything anew."""
        asked = Asked(self._context.who.person_id, self._context.today(), self._context.now())
        self._context.read(self, "snapshot", home, asked, self._on_home)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # What is typed and not stored changes no row that would be told of.
        key = open_key(self._context.who.person_id)
        self._context.load_draft(key, self._on_begun)

    def _on_begun(self, kept: Mapping[str, Any] | None) -> None:
        self._begun = str((kept or {}).get("number") or "")
        if self._home is not None:
            self._say_seizures(self._home)

    def _say_seizures(self, found: Home) -> None:
        words = self.tr("{drafts} begun, {waiting} to verify").format(
            drafts=found.drafts, waiting=found.to_verify
        )
        if self._begun:
            words = self.tr("half filled: {case}").format(case=self._begun)
        self.tiles["tile_seizures"].say(self.tr("Seizures"), words)

    def _on_home(self, found: Home) -> None:
        self._home = found
        orders = (
            self.tr("{count} open: {title}").format(count=found.orders, title=found.newest_order)
            if found.orders
            else self.tr("nothing open")
        )
        self._say_seizures(found)
        pending = sum(detention_button(one.detention).way is None for one in found.cases)
        for name, title, words in (
            ("tile_orders", self.tr("My orders"), orders),
            ("tile_map", self.tr("Map"), self.tr("teams, vehicles, fences")),
            (
                "tile_measures",
                self.tr("Coercive measures"),
                self.tr("{count} wait for the president").format(count=pending),
            ),
        ):
            self.tiles[name].say(title, words)
        self.note.setText(
            self.tr("Field pack until {day}").format(day=found.pack_until)
            if found.pack_until
            else self.tr("{count} cases · field pack…").format(count=len(found.cases))
        )
        self._show_cases()

    def _show_cases(self) -> None:
        typed = self.search.text().strip().casefold()
        cases = self._home.cases if self._home is not None else ()
        shown = [
            one for one in cases if not typed or typed in f"{one.number} {one.debtor}".casefold()
        ]
        self.listing.show([(one.id, one, _values(one)) for one in shown])
        if self._wanted:
            self.listing.choose(self._wanted)
        self._show_case()

    def _show_case(self) -> None:
        chosen = self.listing.current()
        for button in (self.seize_button, self.case_button):
            button.setEnabled(chosen is not None)
        self.chosen.setText("" if chosen is None else f"{chosen.number}　{chosen.debtor}")
        self.chosen.setVisible(chosen is not None)
        told = self._detention()
        self.detain_button.setText(told.words)
        self.detain_button.setEnabled(chosen is not None and told.way is not None)
        self.hint.setText(told.hint if chosen is not None else self.tr("Choose a case first."))

    def _detention(self) -> DetentionButton:
        chosen = self.listing.current()
        return detention_button(chosen.detention if chosen is not None else None)

    # Acts

    def _seize(self) -> None:
        chosen = self.listing.current()
        if chosen is not None:
            self._context.open("seizures", {"new": "1", "case_id": chosen.id})

    def _detain(self) -> None:
        """Prepares or, once the president has approved, leads to the execution; in between there
        is nothing to press."""
        chosen = self.listing.current()
        told = self._detention()
        if chosen is None or told.way is None:
            return
        if told.way == "prepare":
            params = {"new": "1", "kind": "detention_decision", "case_id": chosen.id}
            self._context.open("documents", params)
        elif chosen.detention is not None:
            params = {"document_id": chosen.detention.document_id, "case_id": chosen.id}
            self._context.open("coercive", params)

    def _open_case(self) -> None:
        chosen = self.listing.current()
        if chosen is not None:
            self._context.select(Selection(chosen.id))
            self._context.open("case_query", {"case_id": chosen.id})

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*PANELS[0].tables):
            self.reload()


def _values(one: CaseLine) -> dict[str, object]:
    state = ("", "")
    if one.detention is not None:
        state = (STAND_STYLES[one.detention.stand], stand_words(one.detention))
    return {
        "number": one.number,
        "debtor": one.debtor,
        "cause": one.cause,
        "due_on": one.due_on,
        "detention": state,
    }
