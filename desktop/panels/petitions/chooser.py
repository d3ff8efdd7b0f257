"""A line that finds something while it is typed: courts and people by pinyin, cases by number.

The list beneath never takes the focus. Whoever goes on takes what stands marked. UI thread.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.panels.petitions.queries import Choice
from widgets.theme import current_theme

SHOWN_MAX: Final = 8
_ASK_DELAY_MS: Final = 120


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing to choose."""

    key: str
    label: str
    detail: str = ""


Provider = Callable[[str, Callable[[Sequence[Hit]], None]], None]


def among(choices: Sequence[Choice]) -> Provider:
    """Finds by a part of the name, its initials or its pinyin; a beginning comes first."""

    def provide(text: str, done: Callable[[Sequence[Hit]], None]) -> None:
        typed = text.strip().casefold()

        def rank(one: Choice) -> int:
            words = (one.label.casefold(), *one.sounds.split(), one.detail.casefold())
            if any(word.startswith(typed) for word in words):
                return 0
            return 1 if any(typed in word for word in words) else 2

        ranked = sorted(((rank(one), n) for n, one in enumerate(choices)))
        found = [choices[n] for place, n in ranked if place < 2][:SHOWN_MAX]
        done([Hit(one.id, one.label, one.detail) for one in found])

    return provide


class Chooser(QLineEdit):
    """`value()` is {"key", "text"}: what was chosen and the words shown; the key is empty until
    something is.

    free: what is typed may stay without a choice, and is only replaced where one thing alone fits.
    slow: asks after a pause in typing, for a provider that reads the store.
    """

    changed = Signal()
    chosen = Signal(str)

    def __init__(
        self,
        provider: Provider,
        parent: QWidget | None = None,
        *,
        free: bool = False,
        slow: bool = False,
        needed: bool = False,
    ) -> None:
        super().__init__(parent)
        self._provider = provider
        self._free = free
        self._needed = needed
        self._key = ""
        self._hits: Sequence[Hit] = ()
        self._suggested: Hit | None = None
        self._answered = ""  # the text that the hits belong to
        self._moved = False
        self._leaving = False
        self._question = 0
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_ASK_DELAY_MS if slow else 0)
        self._wait.timeout.connect(self._ask)
        self._slow = slow
        self.popup = _HitList(self)
        self.popup.list.itemClicked.connect(lambda item: self._take(item.data(_HIT)))
        self.textEdited.connect(self._on_edited)

    # Values

    @property
    def key(self) -> str:
        """What was chosen; empty for nothing."""
        return self._key

    @property
    def guess(self) -> str:
        """The words of what is meant: chosen, or alone fitting what is typed, else as typed."""
        text = self.text().strip()
        alone = len(self._hits) == 1 and self._answered == text and not self._key
        return self._hits[0].label if alone else text

    def value(self) -> dict[str, str]:
        """For forms and drafts."""
        return {"key": self._key, "text": self.text().strip()}

    def set_value(self, value: object) -> None:
        """Shows a choice made before; anything else empties the line."""
        kept: Mapping[str, str] = value if isinstance(value, dict) else {}
        key, text = str(kept.get("key", "")), str(kept.get("text", ""))
        if (key, text) != (self._key, self.text()):
            self._key = key
            self.setText(text)
            self.popup.hide()
            self.changed.emit()

    def suggest(self, hit: Hit | None) -> None:
        """What Down offers while the line is empty; nothing is taken by itself."""
        self._suggested = hit

    def set_provider(self, provider: Provider) -> None:
        """Finds among other things from now on."""
        self._provider = provider

    def problem(self) -> str:
        """Words that name nothing, or nothing where something is needed. Whoever saves from within
        the line takes what stands marked."""
        if not self._key and self.text().strip() and self._answered == self.text().strip():
            self._leave()
        if self._key or self._free:
            return ""
        if self.text().strip():
            return self.tr("Nothing of that name; choose from the list.")
        return self.tr("Choose one.") if self._needed else ""

    # Typing

    def _on_edited(self, text: str) -> None:
        self._key = ""
        self._moved = False
        self._question += 1
        self.changed.emit()
        if not text.strip():
            self._wait.stop()
            self.popup.hide()
        elif self._slow:
            self._wait.start()
        else:
            self._ask()

    def _ask(self) -> None:
        self._wait.stop()
        self._question += 1
        question, text = self._question, self.text().strip()

        def answer(hits: Sequence[Hit]) -> None:
            if question == self._question:
                self._on_hits(text, hits)

        self._provider(text, answer)

    def _on_hits(self, text: str, hits: Sequence[Hit]) -> None:
        self._hits, self._answered = tuple(hits)[:SHOWN_MAX], text
        self.popup.fill(self._hits)
        if self._leaving:
            self._leave()
        elif self.hasFocus() and self._hits:
            self.popup.show_below(self)
        else:
            self.popup.hide()

    def _take(self, hit: Hit) -> None:
        self._key = hit.key
        self._leaving = False
        self.setText(hit.label)
        self.popup.hide()
        self.changed.emit()
        self.chosen.emit(hit.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self.popup.isVisible():
            self._moved = True
            self.popup.step(step)
            return
        if event.key() == Qt.Key.Key_Down and self._suggested and not self.text().strip():
            self._take(self._suggested)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._leaving = False
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.popup.hide()
        if self._key or not self.text().strip():
            return
        if self._answered == self.text().strip():
            self._leave()
        else:
            # Somebody who types fast is gone before the answer comes.
            self._leaving = True
            self._ask()

    def _leave(self) -> None:
        self._leaving = False
        hit = self.popup.current()
        if hit is not None and (not self._free or self._moved or len(self._hits) == 1):
            self._take(hit)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.popup.hide()


_HIT: Final = Qt.ItemDataRole.UserRole


class _HitList(QFrame):
    """The list beneath the line."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setProperty("popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.list)

    def fill(self, hits: Sequence[Hit]) -> None:
        """Shows them, the first one marked."""
        self.list.clear()
        for hit in hits:
            item = QListWidgetItem(f"{hit.label}　{hit.detail}" if hit.detail else hit.label)
            item.setData(_HIT, hit)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def current(self) -> Hit | None:
        """The marked one."""
        item = self.list.currentItem()
        found = None if item is None else item.data(_HIT)
        return found if isinstance(found, Hit) else None

    def step(self, step: int) -> None:
        """Marks the next one, round the ends."""
        rows = max(1, self.list.count())
        self.list.setCurrentRow((self.list.currentRow() + step) % rows)

    def show_below(self, line: QLineEdit) -> None:
        """As wide as its words, not wider than the screen."""
        theme = current_theme()
        metrics = self.fontMetrics()
        words = [self.list.item(n).text() for n in range(self.list.count())]
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        width = max(line.width(), min(widest + theme.px(48), theme.px(560)))
        self.resize(width, len(words) * theme.px(30) + 14)
        place = line.mapToGlobal(QPoint(0, line.height() + 2))
        screen = line.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() - width)))
        self.move(place)
        self.show()
