"""A circular to be measured, and what stands where on a page, in millimetres."""

from datetime import date
from typing import Any

from desktop.circulars.geometry import MM
from desktop.circulars.official import Head, Official, Paragraph, Record

CLOSE = 0.3  # millimetres
WORDS = (
    "本周全市法院共接待执行信访46件，应办结46件，已办结42件，化解率91.3%；超期未办结4件，涉及3家法院。"
    "各法院应当于2026年10月9日前报送整改情况，逾期未报的，由中级人民法院执行指挥中心予以通报。"
)
BODY = (
    Paragraph("现将本周辖区法院执行信访办理情况通报如下。"),
    Paragraph("一、总体情况", 1),
    Paragraph("（一）接待情况。" + WORDS, 2),
    Paragraph("1. 瀍河区人民法院接待堃喆、赟𬭎等8人。" + WORDS, 3),
    Paragraph("（1）" + WORDS, 4),
    Paragraph("法" * 150),
    *(Paragraph(WORDS) for _ in range(12)),
)
RECORD = Record(
    "省高级人民法院执行局，市委政法委，市人大监察和司法委员会，各县（区）人民法院执行局、执行指挥中心，本院各部门",
    "洛阳市中级人民法院办公室",
    date(2026, 10, 5),
)


def circular(**other: Any) -> Official:
    """A document of several pages."""
    values: dict[str, Any] = {
        "head": Head("洛阳市中级人民法院文件", "洛中法执通〔2026〕17号"),
        "title": "洛阳市中级人民法院执行指挥中心关于执行信访办理情况的周通报",
        "to": "各基层人民法院、本院各部门",
        "body": BODY,
        "organ": "洛阳市中级人民法院",
        "made_on": date(2026, 10, 5),
        "record": RECORD,
    }
    return Official(**{**values, **other})


def rows_of(page: Any) -> dict[float, list[Any]]:
    """Characters by their base line, in millimetres from the top of the paper."""
    found: dict[float, list[Any]] = {}
    for char in page.chars:
        base = round((page.height - char["matrix"][5]) / MM, 1)
        found.setdefault(base, []).append(char)
    return {base: sorted(row, key=lambda one: one["x0"]) for base, row in sorted(found.items())}


def text_of(row: list[Any]) -> str:
    return "".join(char["text"] for char in row)


def area_of(page: Any) -> dict[float, list[Any]]:
    """The rows of the type area."""
    return {base: row for base, row in rows_of(page).items() if base < 262}


def ink_of(page: Any, box: tuple[float, float, float, float], *, red: bool) -> tuple[float, float]:
    """First and last height in `box` (left, top, right, bottom; mm) with ink of that colour."""
    picture = page.to_image(resolution=300).original.convert("RGB")
    per = 300 / 25.4
    left, top, right, bottom = (round(edge * per) for edge in box)
    heights = []
    for y in range(top, bottom):
        line = [picture.getpixel((x, y)) for x in range(left, right, 2)]
        if any((r > 150 and g < 120) if red else (r < 110) for r, g, _b in line):
            heights.append(y / per)
    return heights[0], heights[-1] + 1 / per
