"""Colours, type and sizes of the desk, and the one style sheet made from them. UI thread.

`resources/styles/tokens.toml` holds every colour; `desk.qss.in` holds the style sheet with
`@token@` and `@13px@` (scaled pixels) in place of values. Painters, plots and delegates ask
`current_theme()` when they paint and repaint on `theme_notifier().theme_changed`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtSvg import QSvgRenderer  # noqa: F401  A frozen build must carry the SVG arrows' reader.
from PySide6.QtWidgets import QApplication, QWidget

import resources

ThemeName = Literal["dark", "light"]
FontRole = Literal["small", "body", "title", "large", "figure"]

SCALE_PERCENT_MIN: Final = 100
SCALE_PERCENT_MAX: Final = 200
_ROLES: Final[Sequence[FontRole]] = ("small", "body", "title", "large", "figure")
_STATE_TEXT: Final = {
    "normal": "normal_text",
    "due_soon": "due_soon_text",
    "overdue": "overdue_text",
    "paused": "paused_text",
    "unknown": "unknown_text",
    "done": "normal_text",
    "done_late": "overdue_text",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. `colors` maps token to "#RRGGBB"; sizes are logical pixels before scaling.

    scale: 1.0 to 2.0, the size of text and of everything that holds text. touch: what is pressed
    is at least 44 pixels high.
    """

    name: ThemeName
    scale: float
    colors: Mapping[str, str]
    families: tuple[str, ...]
    sizes: Mapping[FontRole, int]
    grid: int
    row: int
    row_compact: int
    radius: int
    touch: bool = False

    def hex(self, token: str) -> str:
        """The colour of a token as "#RRGGBB". Raises KeyError for a token nobody defined."""
        return self.colors[token]

    def color(self, token: str) -> QColor:
        """The colour of a token."""
        return QColor(self.colors[token])

    def text_color(self, style_key: str) -> QColor:
        """A state's colour made readable as text; plain text colour for no state."""
        return QColor(self.colors[_STATE_TEXT.get(style_key, "text")])

    def mix(self, top: str, bottom: str, share: float) -> QColor:
        """`share` (0..1) of token `top` laid over token `bottom`, as one opaque colour."""
        return blend(self.color(top), self.color(bottom), share)

    def px(self, size: float) -> int:
        """Pixels at this text size, never less than one for a positive size."""
        return max(1, round(size * self.scale)) if size > 0 else round(size * self.scale)

    def font(self, role: FontRole = "body", *, bold: bool = False) -> QFont:
        """A font of that role with digits of equal width."""
        font = QFont(list(self.families))
        font.setPixelSize(self.px(self.sizes[role]))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font


class ThemeNotifier(QObject):
    """Tells painters that the look changed."""

    theme_changed = Signal()


class _Current:
    """The look in force; one per process because a style sheet is one per application."""

    theme: Theme | None = None
    notifier: ThemeNotifier | None = None


@cache
def _tokens() -> Mapping[str, Any]:
    """The tokens file, read once."""
    with resources.path("styles/tokens.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def load_theme(name: ThemeName, *, scale_percent: int = 100) -> Theme:
    """The look `name` at a text size of 100 to 200 per cent.

    Raises ValueError for a size outside that range and KeyError for an unknown name.
    """
    if not SCALE_PERCENT_MIN <= scale_percent <= SCALE_PERCENT_MAX:
        raise ValueError(f"text size must be 100 to 200 per cent, not {scale_percent}")
    tokens = _tokens()
    colors = {key: str(value) for key, value in tokens[name].items()}
    for key, value in colors.items():
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
            raise ValueError(f"token {name}.{key} is not a colour: {value}")
    sizes = dict(zip(_ROLES, tokens["type"]["sizes_px"], strict=True))
    space = tokens["space"]
    return Theme(
        name=name,
        scale=scale_percent / 100,
        colors=MappingProxyType(colors),
        families=_installed(tuple(tokens["type"]["families"])),
        sizes=MappingProxyType(sizes),
        grid=int(space["grid"]),
        row=int(space["row"]),
        row_compact=int(space["row_compact"]),
        radius=int(space["radius"]),
    )


def _installed(families: tuple[str, ...]) -> tuple[str, ...]:
    """The wanted families that this machine has, in order; all of them when it has none."""
    if QApplication.instance() is None:
        return families
    present = set(QFontDatabase.families())
    return tuple(name for name in families if name in present) or families


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Makes `theme` the look of every window, then tells painters."""
    _Current.theme = theme
    app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setFont(theme.font())
    app.setStyleSheet(style_sheet(theme))
    theme_notifier().theme_changed.emit()


def current_theme() -> Theme:
    """The look in force; the dark one until somebody applies another."""
    if _Current.theme is None:
        _Current.theme = load_theme("dark")
    return _Current.theme


def theme_notifier() -> ThemeNotifier:
    """The one object whose `theme_changed` painters listen to."""
    if _Current.notifier is None:
        _Current.notifier = ThemeNotifier()
    return _Current.notifier


def repolish(widget: QWidget) -> None:
    """Applies the style sheet again after a property it selects on has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def style_sheet(theme: Theme) -> str:
    """The application's style sheet for `theme`. Raises KeyError for an undefined token."""
    names = ("desk", "touch") if theme.touch else ("desk",)
    source = "\n".join(
        resources.path(f"styles/{name}.qss.in").read_text(encoding="utf-8") for name in names
    )
    folder = resources.path("styles").as_posix()

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if size := re.fullmatch(r"(\d+)px", name):
            return f"{theme.px(int(size.group(1)))}px"
        if icon := re.fullmatch(r"icon:([a-z_]+)", name):
            return f"url({folder}/{icon.group(1)}_{theme.name}.svg)"
        if name == "radius":
            return f"{theme.radius}px"
        return theme.hex(name)

    return re.sub(r"@([a-z0-9_:]+)@", value, source)


def _palette(theme: Theme) -> QPalette:
    """A palette for the few things the style sheet does not reach (placeholders, dialogs)."""
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "canvas",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "surface",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "accent_text",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "faint_text",
        role.Highlight: "selection",
        role.HighlightedText: "selection_text",
        role.Link: "link",
        role.LinkVisited: "link",
        role.Light: "line",
        role.Midlight: "line",
        role.Mid: "line",
        role.Dark: "line",
        role.Shadow: "canvas",
    }
    for part, token in pairs.items():
        palette.setColor(part, theme.color(token))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, theme.color("faint"))
    return palette


def blend(top: QColor, bottom: QColor, share: float) -> QColor:
    """`share` (0..1) of `top` over `bottom`, opaque."""
    return QColor(
        round(top.red() * share + bottom.red() * (1 - share)),
        round(top.green() * share + bottom.green() * (1 - share)),
        round(top.blue() * share + bottom.blue() * (1 - share)),
    )


def ink_on(color: QColor) -> QColor:
    """Near-black or white, whichever reads better on that colour."""
    dark, light = QColor("#04060A"), QColor("#FFFFFF")
    return dark if contrast(dark, color) >= contrast(light, color) else light


def contrast(first: str | QColor, second: str | QColor) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2, relative luminance)."""
    lighter, darker = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * linear(color.redF())
        + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF())
    )
