"""A seal is evenly set, as large as it should be, and stands where the standard wants it."""

import io
import math
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.circulars.geometry import LINE, MM
from desktop.circulars.pages import write_official
from desktop.circulars.seal import court_seal, draw_seal
from desktop.circulars.seal_room import sealed_spots
from desktop.circulars.signature import sign
from desktop.circulars.signers import signer_from_file
from desktop.errors import UserError
from tests.circulars.certificates import COURT, SIGNED, WORD, TestAuthority
from tests.circulars.test_pages import BODY, circular
from tests.circulars.test_typefaces import NOWHERE

CLOSE = 0.3  # millimetres
DOTS = 300


def _red(page: bytes, number: int = 0) -> tuple[float, float, float, float]:
    """The edges of what is red on a page, in millimetres from the upper left corner."""
    # poppler draws what stands over a page, too.
    which = ["-f", str(number + 1), "-l", str(number + 1)]
    drawn = subprocess.run(
        ["pdftoppm", "-r", str(DOTS), *which, "-"], input=page, capture_output=True, check=True
    )
    picture = Image.open(io.BytesIO(drawn.stdout)).convert("RGB")
    red, green, _blue = picture.split()
    mask = red.point(lambda v: 255 * (v > 150))
    dark = green.point(lambda v: 255 * (v < 140))
    both = Image.composite(mask, Image.new("L", mask.size), dark)
    box = both.getbbox()
    assert box is not None
    left, top, right, bottom = (edge * 25.4 / DOTS for edge in box)
    return left, top, right, bottom


def test_a_seal_is_42_mm_wide_and_deterministic() -> None:
    made = draw_seal(court_seal(COURT))
    assert made == draw_seal(court_seal(COURT))
    assert _red(made) == pytest.approx((0, 0, 42, 42), abs=CLOSE)


@pytest.mark.parametrize("name", ["某法院", COURT, "河南省洛阳市瀍河回族区人民法院执行局"])
def test_the_name_is_evenly_set_about_the_top(name: str) -> None:
    with pdfplumber.open(io.BytesIO(draw_seal(court_seal(name)))) as read:
        chars = [char for char in read.pages[0].chars if char["text"] in name][: len(name)]
    assert "".join(char["text"] for char in chars) == name
    angles = [math.degrees(math.atan2(c["matrix"][1], c["matrix"][0])) for c in chars]
    steps = [a - b for a, b in pairwise(angles)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=0.05)
    assert angles[0] == pytest.approx(-angles[-1], abs=0.05)
    for char, angle in zip(chars, angles, strict=True):
        # From the start of the base line to the middle of the em box, which is on one circle.
        a, b, c, d, e, f = char["matrix"]
        size = 6 * MM
        x, y = e + a * size / 2 + c * 0.38 * size, f + b * size / 2 + d * 0.38 * size
        x, y = x - 21 * MM, y - 21 * MM
        assert math.hypot(x, y) / MM == pytest.approx(21 - 1.2 - 1.2 - 3, abs=CLOSE)
        assert math.degrees(math.atan2(-x, y)) == pytest.approx(angle, abs=0.3)


def test_the_star_is_in_the_middle() -> None:
    star = _path(draw_seal(court_seal(COURT)))
    assert len(star) == 10
    assert sum(x for x, _ in star[::2]) / 5 == pytest.approx(0, abs=0.05)
    assert sum(y for _, y in star[::2]) / 5 == pytest.approx(0, abs=0.05)
    assert {round(math.hypot(*point) / MM, 1) for point in star[::2]} == {7.0}
    assert star[0][0] == pytest.approx(0, abs=0.01)


def _path(page: bytes) -> list[tuple[float, float]]:
    """The corners of what is drawn with straight lines, from the middle of the seal."""
    read = pypdf.PdfReader(io.BytesIO(page)).pages[0].get_contents()
    assert read is not None
    return [
        (float(values[0]), float(values[1]))
        for values, operator in read.operations  # type: ignore[attr-defined]
        if operator in (b"m", b"l") and operator != b"re"
    ][-10:]


def test_a_specimen_cannot_pass_for_a_real_seal() -> None:
    seal = replace(court_seal(COURT), specimen=True)
    words = pypdf.PdfReader(io.BytesIO(draw_seal(seal))).pages[0].extract_text()
    assert "样章" in words
    assert "虚构无效" in words
    assert "执行专用章" not in words
    image = replace(court_seal(COURT, picture=_picture()), specimen=True)
    assert "样章" in pypdf.PdfReader(io.BytesIO(draw_seal(image))).pages[0].extract_text()


def _picture(wide: int = 400, high: int = 400, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (wide, high), (200, 0, 0)).save(out, kind)
    return out.getvalue()


def test_a_picture_fills_the_seal() -> None:
    made = draw_seal(court_seal(COURT, picture=_picture()))
    assert _red(made) == pytest.approx((0, 0, 42, 42), abs=CLOSE)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (b"nothing", "不是完整的 PNG"),
        (_picture(kind="JPEG"), "不是完整的 PNG"),
        (_picture()[:200], "不是完整的 PNG"),
        (_picture(100, 100), "像素之间"),
        (_picture(400, 600), "正方形"),
        (b"x" * 1_000_001, "超过 1 MB"),
    ],
)
def test_a_picture_that_cannot_serve_is_refused(picture: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        court_seal(COURT, picture=picture)


@pytest.mark.parametrize(
    ("name", "lower", "sentence"),
    [
        ("", "", "1 至 24"),
        ("院" * 25, "", "1 至 24"),
        ("院", "章" * 11, "不能超过"),
        (NOWHERE, "", "没有字体"),
    ],
)
def test_words_that_do_not_fit_are_refused(name: str, lower: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        court_seal(name, lower=lower)


def test_a_seal_stands_over_name_and_date_and_within_a_line_of_the_words(tmp_path: Path) -> None:
    signer = signer_from_file(TestAuthority().issue().bundle(tmp_path / "a.p12"), WORD)
    for count in (1, 5, 9, 10, 11, 12, 13, 14):  # also where a blank line is left out
        body = BODY[:1] * count
        made = write_official(circular(record=None, body=body), tmp_path / "a.pdf").read_bytes()
        (spot,) = sealed_spots(PdfFileReader(io.BytesIO(made)), 42)
        signed = sign(made, signer, seal=court_seal(COURT), reason="", at=SIGNED)
        with pdfplumber.open(io.BytesIO(signed)) as read:
            page = read.pages[spot.page]
            (field,) = page.annots
            chars = [c for c in page.chars if round(c["size"]) == 16]
            high = page.height
        assert (field["x1"] - field["x0"]) / MM == pytest.approx(42, abs=CLOSE)
        middle = ((field["x0"] + field["x1"]) / 2, (field["top"] + field["bottom"]) / 2)
        assert middle[0] == pytest.approx(spot.x, abs=CLOSE * MM)
        assert middle[1] == pytest.approx(high - spot.y, abs=CLOSE * MM)
        bases = sorted({round(c["matrix"][5], 2) for c in chars})
        date_base, name_base, words_base = bases[0], bases[1], bases[2]
        date = [c for c in chars if round(c["matrix"][5], 2) == date_base]
        centre = (min(c["x0"] for c in date) + max(c["x1"] for c in date)) / 2
        assert middle[0] == pytest.approx(centre, abs=CLOSE * MM)  # 居中
        top = high - field["top"]
        assert high - field["bottom"] < date_base < spot.y  # 下压
        # Name and date are in the middle of the seal or a little below it.
        between = (date_base + name_base) / 2 + 0.38 * 16
        assert -1 < (spot.y - between) / MM < 5
        foot = words_base - 0.12 * 16
        assert 0 <= foot - top <= LINE  # 上距正文一行之内
        if spot.page == 0 and count < 5:
            red = _red(signed, spot.page)
            assert red[3] == pytest.approx(field["bottom"] / MM, abs=CLOSE)
