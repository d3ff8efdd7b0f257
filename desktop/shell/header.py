"""The line at the head: product, city, perspectives, search, state, time, person. UI thread."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from desktop.contract.panel import Perspective
from desktop.contract.sync import Phase, SyncState
from widgets.icon import icon
from widgets.search_box import SearchBox, SearchResult
from widgets.states import state_pixmap
from widgets.theme import current_theme, theme_notifier

PERSPECTIVES: Final[tuple[Perspective, ...]] = ("duty", "command", "meeting", "print", "wall")
FIELD: Final[Perspective] = "field"  # for a device in the hand: chosen from the menu
Provider = Callable[[str, Callable[[Sequence[SearchResult]], None]], None]
NARROW_PX: Final = 1500
SEARCH_WIDTH: Final = 380
SEARCH_WIDTH_NARROW: Final = 250
COMMAND_MARK: Final = ">"


class Header(QFrame):
    """Fixed in height; gives up words in a narrow window, never a control."""

    perspective_chosen = Signal(str)
    notices_asked = Signal()
    result_chosen = Signal(object)

    def __init__(self, provider: Provider, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._unseen = 0
        self._phase: Phase = "off"
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 8, 12, 6)
        self._row.setSpacing(8)
        self._add_names()
        self._add_perspectives()
        self._row.addStretch(1)
        self._placeholder = self.tr("Case number, party, pinyin or command")
        self.search = SearchBox(provider, placeholder=self._placeholder, shortcut_text="Ctrl+K")
        self.search.setObjectName("search")
        self.search.set_no_match_text(self.tr("Nothing fits. Try a part of the number or name."))
        self.search.result_chosen.connect(self.result_chosen)
        self._row.addWidget(self.search)
        self._row.addStretch(1)
        self._add_state(menu)
        theme_notifier().theme_changed.connect(self._recolour)
        self._recolour()

    def set_city(self, text: str) -> None:
        """The place whose desk this is."""
        self._city.setText(text)

    def set_person(self, name: str, post: str) -> None:
        """Who sits here; the post as the court calls it."""
        self._person.setText(" · ".join(part for part in (name, post) if part))

    def set_time(self, now: datetime) -> None:
        """Hour, minute and day of the week of the court."""
        day = QLocale().dayName(now.isoweekday(), QLocale.FormatType.ShortFormat)
        self._time.setText(f"{now:%H:%M} {day}")
        self._time.setToolTip(f"{now:%Y-%m-%d}")

    def set_sync(self, state: object) -> None:
        """How the exchange stands (SyncState)."""
        if isinstance(state, SyncState):
            self._phase = state.phase
            self._state.setToolTip(state.sentence)
            self._recolour()

    def set_unseen(self, count: int) -> None:
        """Notices nobody has looked at."""
        self._unseen = count
        words = self.tr("Notices") if not count else f"{self.tr('Notices')} {count}"
        self._notices.setText(words)
        self._recolour()

    def set_perspective(self, perspective: str) -> None:
        """Which button is down. In the field there are two, with room for a thumb."""
        for name, button in self._buttons.items():
            named = name in ("duty", FIELD) if perspective == FIELD else name != FIELD
            button.setVisible(named)
        self._buttons[perspective].setChecked(True)

    def set_enabled(self, on: bool) -> None:
        """Before the replica is open there is nothing to search or arrange."""
        self.search.setEnabled(on)
        for button in self._buttons.values():
            button.setEnabled(on)

    def set_width(self, width: int) -> None:
        """Fits the words to the window's width."""
        narrow = width < NARROW_PX * current_theme().scale
        keys = "" if narrow else "    Ctrl+K"
        self.search.setPlaceholderText(self._placeholder + keys)
        self._city.setVisible(width >= 1100 * current_theme().scale)
        box = SEARCH_WIDTH_NARROW if narrow else SEARCH_WIDTH
        self.search.setFixedWidth(current_theme().px(box))

    @property
    def notices_button(self) -> QWidget:
        """Where the list of notices hangs."""
        return self._notices

    def show_commands(self) -> None:
        """The search box with the mark that asks for commands alone."""
        self.search.focus_search()
        self.search.setText(COMMAND_MARK)
        # Text that a program sets does not count as edited; here it stands for a key.
        self.search.textEdited.emit(COMMAND_MARK)

    def _add_names(self) -> None:
        product = QLabel(self.tr("Enforcement Desk"))
        product.setObjectName("product")
        product.setProperty("role", "title")
        self._city = QLabel()
        self._city.setObjectName("city")
        self._city.setProperty("role", "small")
        self._row.addWidget(product)
        self._row.addWidget(self._city)
        self._row.addSpacing(16)

    def _add_perspectives(self) -> None:
        words = {
            "duty": self.tr("On duty"),
            "command": self.tr("Command"),
            "meeting": self.tr("Meeting"),
            "print": self.tr("Print"),
            "wall": self.tr("Wall"),
            FIELD: self.tr("Field"),
        }
        group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for name in (*PERSPECTIVES, FIELD):
            button = QPushButton(words[name])
            button.setVisible(name != FIELD)
            button.setObjectName(f"perspective-{name}")
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _down, chosen=name: self.perspective_chosen.emit(chosen))
            group.addButton(button)
            self._row.addWidget(button)
            self._buttons[name] = button

    def _add_state(self, menu: QMenu) -> None:
        self._dot = QLabel()
        self._state = QLabel()
        self._state.setObjectName("sync_state")
        self._notices = QToolButton()
        self._notices.setObjectName("notices")
        self._notices.setProperty("kind", "quiet")
        self._notices.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._notices.clicked.connect(self.notices_asked)
        self._time = QLabel()
        self._time.setObjectName("time")
        self._time.setProperty("role", "muted")
        self._person = QLabel()
        self._person.setObjectName("person")
        self._more = QToolButton()
        self._more.setObjectName("more")
        self._more.setProperty("kind", "quiet")
        self._more.setToolTip(self.tr("More commands"))
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        parts = (self._dot, self._state, self._notices, self._time, self._person, self._more)
        for part in parts:
            part.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            self._row.addWidget(part)
        self.set_unseen(0)

    def _words_of(self, phase: Phase) -> tuple[str, str]:
        """The mark and the word of a phase; the sentence is in the foot line."""
        exchanging = ("normal", self.tr("Exchanging"))
        known = {
            "off": ("paused", self.tr("Alone")),
            "paused": ("paused", self.tr("Exchange paused")),
            "current": ("normal", self.tr("Online")),
            "offline": ("paused", self.tr("Offline")),
            "refused": ("overdue", self.tr("Login refused")),
            "revoked": ("overdue", self.tr("Device revoked")),
            "upgrade": ("due_soon", self.tr("Upgrade needed")),
            "guarded": ("due_soon", self.tr("To confirm")),
        }
        return known.get(phase, exchanging)

    def _recolour(self) -> None:
        theme = current_theme()
        mark, words = self._words_of(self._phase)
        self._dot.setPixmap(state_pixmap(mark, theme.px(12), theme))
        self._state.setText(words)
        token = "due_soon" if self._unseen else "muted"
        self._notices.setIcon(icon("ri.notification-3-line", token))
        self._more.setIcon(icon("ri.more-line", "text"))
