"""Icons of one family in the colours of the look. UI thread.

QtAwesome draws glyphs of the Remix family; `icon("ri.search-line")` gives one in a token's colour.
A name that the family lacks gives a plain dot rather than a crash in a paint event.
"""

import qtawesome
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from widgets.theme import current_theme


def icon(name: str, token: str = "muted", *, active: str = "") -> QIcon:
    """The icon `name` in the colour of `token`; `active` is the token under the mouse."""
    theme = current_theme()
    try:
        made = qtawesome.icon(name, color=theme.hex(token), color_active=theme.hex(active or token))
    except Exception:
        # QtAwesome raises a bare Exception for a glyph it does not know.
        return QIcon(_dot(theme.hex(token)))
    return made if isinstance(made, QIcon) else QIcon(_dot(theme.hex(token)))


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
