"""Tokens, contrast, style sheet and text size."""

import itertools
from typing import cast

import pytest
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from widgets.plot.heat import heat_color
from widgets.states import STATES, fill_brush, paint_badge, paint_shape, state_pixmap, state_style
from widgets.theme import (
    Theme,
    ThemeName,
    apply_theme,
    contrast,
    current_theme,
    ink_on,
    load_theme,
    repolish,
    style_sheet,
    theme_notifier,
)

NAMES = ("dark", "light")
GROUNDS = ("canvas", "surface", "raised")


@pytest.fixture(params=NAMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(cast(ThemeName, request.param))


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("token", ["text", "muted", "faint_text", "link"])
def test_words_stand_out_from_every_ground(theme: Theme, token: str, ground: str) -> None:
    assert contrast(theme.hex(token), theme.hex(ground)) >= 4.5


@pytest.mark.parametrize("key", list(STATES))
def test_state_words_are_readable_on_grounds_and_on_their_own_badge(theme: Theme, key: str) -> None:
    style = STATES[key]
    words = theme.color(style.text_token)
    grounds = [theme.color(ground) for ground in GROUNDS]
    grounds.append(theme.mix(style.token, "surface", 0.15))
    assert min(contrast(words, ground) for ground in grounds) >= 4.5


@pytest.mark.parametrize("key", list(STATES))
def test_state_marks_stand_out_as_shapes(theme: Theme, key: str) -> None:
    fill = theme.hex(STATES[key].token)
    assert min(contrast(fill, theme.hex(ground)) for ground in GROUNDS) >= 3


def test_other_pairs_that_carry_meaning(theme: Theme) -> None:
    assert contrast(theme.hex("accent_text"), theme.hex("accent_fill")) >= 4.5
    assert contrast(theme.hex("accent_text"), theme.hex("accent_fill_hover")) >= 4.5
    assert contrast(theme.hex("selection_text"), theme.hex("selection")) >= 4.5
    assert contrast(theme.hex("text"), theme.hex("hover")) >= 4.5
    assert contrast(theme.hex("control_line"), theme.hex("raised")) >= 3
    assert contrast(theme.hex("accent"), theme.hex("surface")) >= 3


@pytest.mark.parametrize("share", [n / 20 for n in range(21)])
def test_numbers_on_the_heat_scale_stay_readable(theme: Theme, share: float) -> None:
    color = heat_color(share, theme)
    assert contrast(ink_on(color), color) >= 4.5


def test_both_looks_have_the_same_tokens() -> None:
    assert set(load_theme("dark").colors) == set(load_theme("light").colors)


def test_style_sheet_has_no_token_left(theme: Theme) -> None:
    assert "@" not in style_sheet(theme)


def test_text_size_scales_fonts_and_sheet() -> None:
    twice = load_theme("light", scale_percent=200)
    assert twice.font("body").pixelSize() == 26
    assert twice.px(30) == 60
    assert "font-size: 30px" in style_sheet(twice)


@pytest.mark.parametrize("percent", [99, 201, 0])
def test_text_size_outside_its_range_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="100 to 200"):
        load_theme("dark", scale_percent=percent)


def test_digits_are_of_equal_width(theme: Theme) -> None:
    for role in ("small", "body", "figure"):
        metrics = QFontMetrics(theme.font(role))
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_applying_a_look_tells_painters(qapp: QApplication, qtbot: object) -> None:
    told: list[str] = []

    def listen() -> None:
        told.append(current_theme().name)

    theme_notifier().theme_changed.connect(listen)
    apply_theme(qapp, load_theme("light"))
    theme_notifier().theme_changed.disconnect(listen)
    assert told == ["light"]
    assert qapp.palette().base().color() == QColor("#FFFFFF")


def test_primary_button_is_the_accent_and_inputs_are_not_grey(qtbot, theme: Theme) -> None:  # type: ignore[no-untyped-def]
    apply_theme(cast(QApplication, QApplication.instance()), theme)
    button = QPushButton("")
    button.setProperty("kind", "primary")
    entry = QLineEdit()
    for widget in (button, entry):
        qtbot.addWidget(widget)
        widget.resize(80, 32)
        repolish(widget)
    assert button.grab().toImage().pixelColor(40, 16) == theme.color("accent_fill")
    assert entry.grab().toImage().pixelColor(60, 16) == theme.color("raised")


def _shape_image(key: str, theme: Theme) -> QImage:
    """The shape alone in black and white: colour blindness at its strictest."""
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    paint_shape(painter, image.rect().toRectF().adjusted(4, 4, -4, -4), key, theme)
    painter.end()
    ground = theme.color("surface")
    for x, y in itertools.product(range(24), range(24)):
        same = image.pixelColor(x, y) == ground
        image.setPixelColor(x, y, QColor("white" if same else "black"))
    return image


def test_every_state_differs_in_shape_alone(theme: Theme) -> None:
    images = {key: _shape_image(key, theme) for key in STATES}
    for first, second in itertools.combinations(STATES, 2):
        differing = sum(
            images[first].pixel(x, y) != images[second].pixel(x, y)
            for x, y in itertools.product(range(24), range(24))
        )
        assert differing > 12, (first, second)


def test_unknown_is_hatched_and_strangers_are_unknown() -> None:
    assert fill_brush("unknown").style() != fill_brush("normal").style()
    assert state_style("no such state").key == "unknown"
    assert state_pixmap("overdue", 16).width() == 16


def test_badge_keeps_inside_its_rectangle(theme: Theme) -> None:
    image = QImage(120, 30, QImage.Format.Format_ARGB32)
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    paint_badge(painter, image.rect().adjusted(30, 0, -30, 0), "done_late", "逾期完成很久", theme)
    painter.end()
    ground = theme.color("surface")
    assert all(image.pixelColor(x, y) == ground for x in range(29) for y in range(30))
    assert any(image.pixelColor(x, 15) != ground for x in range(30, 90))
