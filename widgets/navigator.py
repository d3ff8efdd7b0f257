"""The list at the left: groups of places with live counts. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from widgets.icon import icon
from widgets.states import STATES, state_style
from widgets.theme import Theme, current_theme, theme_notifier

_ROW: Final = 32
_GROUP: Final = 30
_CHILD: Final = 26


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place. count None shows nothing; state: style key that colours the count."""

    key: str
    label: str
    icon: str = ""
    count: int | None = None
    state: str = ""
    enabled: bool = True
    tooltip: str = ""
    child: bool = False  # stands beneath the place before it


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A heading and its places."""

    title: str
    items: Sequence[NavItem]


class Navigator(QWidget):
    """Groups above, footer words below; Up, Down and Enter move and open."""

    item_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = _Rows(self)
        self.rows.chosen.connect(self.item_clicked)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.rows)
        self._footer = QLabel()
        self._footer.setProperty("role", "group")
        self._footer.setWordWrap(True)
        self._footer.setHidden(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 8)
        layout.addWidget(area, 1)
        layout.addWidget(self._footer)
        self.setMinimumWidth(current_theme().px(120))

    def set_groups(self, groups: Sequence[NavGroup]) -> None:
        """Replaces all places. Raises ValueError when two share a key."""
        keys = [item.key for group in groups for item in group.items]
        if len(set(keys)) != len(keys):
            raise ValueError("two places share a key")
        self.rows.set_groups(groups)

    def set_count(self, key: str, count: int | None, state: str = "") -> None:
        """Changes one count; a key nobody knows is ignored, as its panel may be gone."""
        self.rows.set_count(key, count, state)

    def set_current(self, key: str | None) -> None:
        """Marks one place as the one in sight."""
        self.rows.set_current(key)

    def set_footer(self, text: str) -> None:
        """Quiet words at the bottom."""
        self._footer.setText(text)
        self._footer.setHidden(not text)


class _Rows(QWidget):
    """Paints the groups; one widget, so that fifteen counts cost one repaint."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: list[NavItem | str] = []
        self._current: str | None = None
        self._hovered: str | None = None
        self._cursor: str | None = None
        self.setProperty("plain", True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        theme_notifier().theme_changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def set_groups(self, groups: Sequence[NavGroup]) -> None:
        self._lines = []
        for group in groups:
            if group.title:
                self._lines.append(group.title)
            self._lines.extend(group.items)
        self.updateGeometry()
        self.update()

    def set_count(self, key: str, count: int | None, state: str) -> None:
        for number, line in enumerate(self._lines):
            if isinstance(line, NavItem) and line.key == key:
                self._lines[number] = replace(line, count=count, state=state)
                self.update()

    def set_current(self, key: str | None) -> None:
        self._current = key
        item = next((line for line in self._items() if line.key == key), None)
        self.setAccessibleName(item.label if item else "")
        self.update()

    def _items(self) -> list[NavItem]:
        return [line for line in self._lines if isinstance(line, NavItem)]

    def _height(self, line: NavItem | str, theme: Theme) -> int:
        if isinstance(line, str):
            return theme.px(_GROUP)
        return theme.px(_CHILD if line.child else _ROW)

    def _places(self) -> list[tuple[QRect, NavItem | str]]:
        theme = current_theme()
        places: list[tuple[QRect, NavItem | str]] = []
        top = 0
        for line in self._lines:
            height = self._height(line, theme)
            places.append((QRect(0, top, self.width(), height), line))
            top += height
        return places

    def rect_of(self, key: str) -> QRect:
        """Where a place is painted; an empty rectangle when there is no such place."""
        for rect, line in self._places():
            if isinstance(line, NavItem) and line.key == key:
                return rect
        return QRect()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        height = sum(self._height(one, theme) for one in self._lines)
        return QSize(theme.px(180), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for rect, line in self._places():
            if isinstance(line, str):
                painter.setFont(theme.font("small"))
                painter.setPen(theme.color("faint_text"))
                words = rect.adjusted(theme.px(8), 0, 0, -theme.px(4))
                flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
                painter.drawText(words, int(flags), line)
            else:
                self._paint_item(painter, rect, line, theme)
        painter.end()

    def _paint_item(self, painter: QPainter, rect: QRect, item: NavItem, theme: Theme) -> None:
        box = QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5)
        current = item.key == self._current
        painter.setPen(Qt.PenStyle.NoPen)
        if current:
            painter.setBrush(theme.mix("accent", "surface", 0.22))
            painter.drawRoundedRect(box, 5, 5)
        elif item.key == self._hovered and item.enabled:
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(box, 5, 5)
        if self.hasFocus() and item.key == self._cursor:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 5, 5)
        count_width = self._paint_count(painter, rect, item, theme)
        left = rect.left() + theme.px(24 if item.child else 10)
        if item.icon:
            size = theme.px(16)
            token = "text" if current else "muted"
            place = QRect(left, rect.center().y() - size // 2 + 1, size, size)
            icon(item.icon, token if item.enabled else "faint").paint(painter, place)
            left += size + theme.px(9)
        painter.setFont(theme.font("small" if item.child else "body", bold=current))
        token = "text" if current or not item.child else "muted"
        painter.setPen(theme.color(token if item.enabled else "faint"))
        words = QRect(left, rect.top(), rect.right() - left - count_width, rect.height())
        shown = painter.fontMetrics().elidedText(
            item.label, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_count(self, painter: QPainter, rect: QRect, item: NavItem, theme: Theme) -> int:
        """Paints the count at the right and gives the room it took."""
        if item.count is None:
            return theme.px(8)
        text = f"{item.count:,}"
        known = item.state in STATES
        painter.setFont(theme.font("small" if item.child else "body", bold=known))
        painter.setPen(
            theme.color(state_style(item.state).text_token) if known else theme.color("muted")
        )
        place = rect.adjusted(0, 0, -theme.px(10), 0)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(flags), text)
        return painter.fontMetrics().horizontalAdvance(text) + theme.px(18)

    # Mouse and keys --------------------------------------------------------------------------

    def _item_at(self, event: QMouseEvent | QHelpEvent) -> NavItem | None:
        at = event.position().toPoint() if isinstance(event, QMouseEvent) else event.pos()
        for rect, line in self._places():
            if rect.contains(at) and isinstance(line, NavItem):
                return line
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        item = self._item_at(event)
        hovered = item.key if item else None
        opens = item is not None and item.enabled
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        item = self._item_at(event)
        if item is not None and item.enabled and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = item.key
            self.chosen.emit(item.key)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self._item_at(event)
            if item is not None and item.tooltip:
                QToolTip.showText(event.globalPos(), item.tooltip, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        items = [item for item in self._items() if item.enabled]
        if not items:
            return
        keys = [item.key for item in items]
        start = self._cursor if self._cursor in keys else self._current
        at = keys.index(start) if start in keys else -1
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._cursor = keys[(at + step) % len(keys)]
            self.setAccessibleName(items[keys.index(self._cursor)].label)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and at >= 0:
            self.chosen.emit(keys[at])
        else:
            super().keyPressEvent(event)
