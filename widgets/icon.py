"""Icons of one family in the colours of the look. UI thread.

`icon("ri.search-line")` gives a glyph of the Remix family in a token's colour. The font and its
table of names come with QtAwesome; its own code is not imported, because it brings OpenGL and a
second set of bindings along, a quarter of the time until the window is seen, and reads twelve
fonts. A name that the family lacks gives a plain dot rather than a crash in a paint event.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
)

from widgets.theme import current_theme

PREFIX: Final = "ri."
# A glyph is a little smaller than its square, which leaves room for the bearing of the font.
GLYPH_SHARE: Final = 0.875
_FULL: Final = 255
_DISABLED: Final = 110


class GlyphEngine(QIconEngine):
    """Draws one glyph at whatever size is asked for, so that it is sharp on every screen."""

    def __init__(self, family: str, glyph: str, color: str, active: str) -> None:
        super().__init__()
        self._family = family
        self._glyph = glyph
        self._color = color
        self._active = active

    def clone(self) -> QIconEngine:
        """A second engine that draws the same."""
        return GlyphEngine(self._family, self._glyph, self._color, self._active)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draws into `rect`; pale where the control is disabled."""
        color = QColor(self._active if mode == QIcon.Mode.Active else self._color)
        color.setAlpha(_DISABLED if mode == QIcon.Mode.Disabled else _FULL)
        font = QFont(self._family)
        font.setPixelSize(max(1, round(GLYPH_SHARE * rect.height())))
        painter.save()
        painter.setPen(color)
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The glyph alone on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


def icon(name: str, token: str = "muted", *, active: str = "") -> QIcon:
    """The icon `name` in the colour of `token`; `active` is the token under the mouse."""
    theme = current_theme()
    color = theme.hex(token)
    glyph = _glyphs().get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    family = _family() if glyph else ""
    if glyph is None or not family:
        return QIcon(_dot(color))
    return _drawn(family, glyph, color, theme.hex(active or token))


@cache
def _drawn(family: str, glyph: str, color: str, active: str) -> QIcon:
    """One engine per look of a glyph: it lives as long as the program, so no icon outlives it."""
    return QIcon(GlyphEngine(family, glyph, color, active))


@cache
def _files() -> tuple[Path, Path] | None:
    """The font and its table; None where QtAwesome is not installed whole."""
    spec = find_spec("qtawesome")
    # A packed program holds the fonts alone, which makes a folder without a module of its own.
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        return None
    folder = Path(places[0]) / "fonts"
    fonts = sorted(folder.glob("remixicon-[0-9]*.ttf"))
    tables = sorted(folder.glob("remixicon-charmap-*.json"))
    return (fonts[-1], tables[-1]) if fonts and tables else None


@cache
def _glyphs() -> dict[str, str]:
    """Name without prefix to character."""
    files = _files()
    if files is None:
        return {}
    found: dict[str, str] = json.loads(files[1].read_text(encoding="utf-8"))
    return {name: chr(int(number, 16)) for name, number in found.items()}


@cache
def _family() -> str:
    """The family of the loaded font; empty when it cannot be loaded."""
    files = _files()
    if files is None:
        return ""
    number = QFontDatabase.addApplicationFont(str(files[0]))
    families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return families[0] if families else ""


def _dot(color: str) -> QPixmap:
    pixmap = QPixmap(16, 16)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(5, 5, 6, 6))
    painter.end()
    return pixmap
