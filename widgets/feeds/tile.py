"""One feed on the grid: its last picture, and in words and colour whether that is now. UI thread.

The frame is kept and painted here rather than by a video widget: a lost line leaves its last
picture, dimmed and under the moment it was taken at, and never looks like the present.
"""

from dataclasses import replace
from functools import cache
from typing import Final

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from widgets.feeds.records import FeedState
from widgets.feeds.watch import FeedWatch
from widgets.feeds.words import clock_text, last_text, sentence, state_key, state_word
from widgets.icon import icon
from widgets.states import badge_width, paint_badge
from widgets.theme import FontRole, Theme, current_theme, load_theme

MIME: Final = "application/x-edesk-feed"
_GROUND: Final = QColor("#070B12")
_DIM: Final = QColor(7, 11, 18, 165)
_STRIP: Final = QColor(7, 11, 18, 190)
_STRIP_HEIGHT: Final = 30
_PAD: Final = 10
_BUTTONS_FROM: Final = 112
# Of the moment, of what is wrong, and whether that is written: the first that fits.
_LOSS_FONTS: Final[tuple[tuple[FontRole, FontRole, bool], ...]] = (
    ("large", "body", True),
    ("title", "small", True),
    ("body", "small", True),
    ("title", "small", False),
    ("body", "small", False),
)


@cache
def _dark(scale: float) -> Theme:
    return replace(load_theme("dark"), scale=scale)


def picture_theme() -> Theme:
    """Pictures lie on black in either look, so what is written on them is of the dark one.

    As large as what stands around them: a wall writes larger than anybody may choose.
    """
    return _dark(current_theme().scale)


class DropCell(QWidget):
    """A cell of the grid that a feed can be dropped on."""

    dropped = Signal(str, int)  # the feed, this cell

    def __init__(self, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self._over = False
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            self._over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: object) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        feed_id = bytes(event.mimeData().data(MIME).data()).decode()
        event.acceptProposedAction()
        self.dropped.emit(feed_id, self.place)

    def paint_edge(self, painter: QPainter, *, strong: bool = False) -> None:
        """The line around the cell, in the accent colour while something is held over it."""
        theme = picture_theme()
        token = "accent" if self._over or strong else "line"
        painter.setPen(QPen(theme.color(token), 2 if self._over else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class EmptyCell(DropCell):
    """A cell without a feed."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = picture_theme()
        painter.fillRect(self.rect(), _GROUND)
        painter.setPen(theme.color("faint"))
        painter.setFont(theme.font("body"))
        words = self.tr("Cell {n}: free").format(n=self.place + 1)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        self.paint_edge(painter)
        painter.end()


class FeedTile(DropCell):
    """`chosen`: a click on the picture. The buttons ask; the grid decides."""

    chosen = Signal(str)
    take_asked = Signal(str)
    sound_asked = Signal(str)
    retry_asked = Signal(str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, watch: FeedWatch, parent: QWidget) -> None:
        super().__init__(watch.source.place, parent)
        self.watch = watch
        self.large = False
        self._plain = False
        self._pressed: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.take_button = self._button("take", "ri.camera-line", self.tr("Take a picture"))
        self.sound_button = self._button("sound", "ri.volume-mute-line", self.tr("Sound"))
        self.retry_button = self._button("retry", "ri.refresh-line", self.tr("Try now"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 3)
        row.setSpacing(0)
        row.addStretch(1)
        for button in (self.retry_button, self.sound_button, self.take_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.take_button.clicked.connect(lambda: self.take_asked.emit(self.feed_id))
        self.sound_button.clicked.connect(lambda: self.sound_asked.emit(self.feed_id))
        self.retry_button.clicked.connect(lambda: self.retry_asked.emit(self.feed_id))
        watch.shown.connect(self.update)
        watch.changed.connect(self.refresh)
        self.refresh()

    @property
    def feed_id(self) -> str:
        """Whose tile it is."""
        return self.watch.source.id

    @property
    def last_picture(self) -> QImage | None:
        """What it paints: its own last picture, else one that was kept from before."""
        memory = self.watch.memory
        return self.watch.picture or (memory[0] if memory is not None else None)

    def refresh(self) -> None:
        """Takes over how the feed stands."""
        standing = self.watch.standing
        waits = standing.state in (FeedState.LOST, FeedState.FROZEN)
        live = standing.state is FeedState.LIVE
        # In a small tile the words need the room; its menu has all that the buttons do.
        roomy = self.height() >= current_theme().px(_BUTTONS_FROM)
        self.retry_button.setVisible(roomy and waits and not self._plain)
        self.take_button.setVisible((roomy or live) and not self._plain)
        self.take_button.setEnabled(self.watch.picture is not None)
        self.sound_button.setVisible(standing.has_sound and live and not self._plain)
        name = "ri.volume-mute-line" if self.watch.muted else "ri.volume-up-line"
        self.sound_button.setIcon(icon(name, "accent_text"))
        self.setAccessibleName(f"{self.watch.source.name}: {sentence(standing)}")
        self.setToolTip(f"{self.watch.source.name}\n{sentence(standing)}\n{last_text(standing)}")
        self.update()

    def set_large(self, large: bool) -> None:
        """Whether it is the one that was enlarged."""
        self.large = large
        self._tell_room()
        self.update()

    def set_plain(self, plain: bool) -> None:
        """Whether there is nothing to press on it."""
        self._plain = plain
        self.refresh()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = picture_theme()
        standing = self.watch.standing
        painter.fillRect(self.rect(), _GROUND)
        picture = self.last_picture
        if picture is not None:
            self._paint_picture(painter, picture)
            if standing.state is not FeedState.LIVE:
                painter.fillRect(self.rect(), _DIM)
        self._paint_head(painter, theme)
        if standing.state is FeedState.LIVE:
            self._paint_clock(painter, theme)
        else:
            self._paint_loss(painter, theme)
        self.paint_edge(painter, strong=self.hasFocus())
        painter.end()

    def picture_rect(self, picture: QImage) -> QRect:
        """Where a picture of that shape stands, in logical pixels."""
        size = picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) // 2
        return QRect(QPoint(left, (self.height() - size.height()) // 2), size)

    def _paint_picture(self, painter: QPainter, picture: QImage) -> None:
        where = self.picture_rect(picture)
        exact = picture.size() == where.size() * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not exact)
        painter.drawImage(where, picture)

    def _paint_head(self, painter: QPainter, theme: Theme) -> None:
        height = theme.px(_STRIP_HEIGHT)
        strip = QRect(0, 0, self.width(), height)
        painter.fillRect(strip, _STRIP)
        state = self.watch.standing.state
        word = state_word(state)
        pill = min(badge_width(word, theme), self.width() // 2)
        edge = theme.px(_PAD)
        badge = QRect(self.width() - pill - edge, 0, pill, height)
        paint_badge(painter, badge, state_key(state), word, theme)
        role: FontRole = "title" if self.large else "body"
        font = theme.font(role, bold=True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        room = QRect(edge, 0, max(0, badge.left() - 2 * edge), height)
        name = QFontMetrics(font).elidedText(
            self.watch.source.name, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_clock(self, painter: QPainter, theme: Theme) -> None:
        moment = self.watch.standing.last_at
        if moment is None:
            return
        font = theme.font("body")
        words = clock_text(moment)
        width = QFontMetrics(font).horizontalAdvance(words) + theme.px(2 * _PAD)
        height = theme.px(26)
        box = QRect(0, self.height() - height, width, height)
        painter.fillRect(box, _STRIP)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_loss(self, painter: QPainter, theme: Theme) -> None:
        """The moment of the last picture in large figures, and below it what is wrong; in little
        room smaller, and at last the moment alone: what is wrong is in its tooltip, too."""
        standing = self.watch.standing
        roomy = self.height() >= theme.px(170) and self.width() >= theme.px(260)
        edge, gap = theme.px(_PAD), theme.px(6)
        width = max(0, self.width() - 2 * edge)
        middle = QRect(edge, theme.px(_STRIP_HEIGHT), width, self.height())
        middle.setBottom(self.height() - theme.px(36 if roomy else 6))
        flags = int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
        memory = self.watch.memory
        title = last_text(standing, memory[1] if memory is not None else None)
        for role, small, words in _LOSS_FONTS[0 if roomy else 1 :]:
            head, body = theme.font(role, bold=True), theme.font(small)
            told = sentence(standing) if words else ""
            first = QFontMetrics(head).boundingRect(middle, flags, title).height()
            second = (
                QFontMetrics(body).boundingRect(middle, flags, told).height() if words else -gap
            )
            if first + gap + second <= middle.height():
                break
        top = middle.top() + max(0, (middle.height() - first - gap - second) // 2)
        painter.setFont(head)
        seen = self.last_picture is not None
        painter.setPen(theme.color("due_soon_text" if seen else "muted"))
        painter.drawText(QRect(edge, top, width, first), flags, title)
        painter.setFont(body)
        painter.setPen(theme.color("text" if seen else "muted"))
        painter.drawText(QRect(edge, top + first + gap, width, max(0, second)), flags, told)

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed
        if start is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - start).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self.chosen.emit(self.feed_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        presses = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if presses or (key == Qt.Key.Key_Escape and self.large):
            self.chosen.emit(self.feed_id)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(self.feed_id, event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_room()
        self.refresh()

    # Inside

    def _tell_room(self) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(max(16, round(self.width() * ratio)), max(16, round(self.height() * ratio)))
        self.watch.set_room(size, large=self.large)

    def _drag(self) -> None:
        data = QMimeData()
        data.setData(MIME, self.feed_id.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = self.grab().scaledToWidth(160, Qt.TransformationMode.SmoothTransformation)
        drag.setPixmap(picture)
        drag.exec(Qt.DropAction.MoveAction)

    def _button(self, name: str, glyph: str, words: str) -> QToolButton:
        made = QToolButton(self)
        made.setObjectName(f"feed_{name}")
        made.setProperty("on_picture", True)
        made.setIcon(icon(glyph, "accent_text"))
        made.setToolTip(words)
        made.setAccessibleName(words)
        made.setAutoRaise(True)
        made.setCursor(Qt.CursorShape.ArrowCursor)
        side = current_theme().px(30)
        made.setFixedSize(side, side)
        return made
