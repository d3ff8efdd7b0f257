"""The fingerprint of what a document says: every part of it counts."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from desktop.circulars.official import (
    Anchor,
    Annex,
    Attendance,
    Axis,
    Bars,
    Chart,
    Column,
    Dot,
    Funnel,
    Head,
    Limit,
    Lines,
    Official,
    Paragraph,
    Record,
    Series,
    Sheet,
)
from desktop.circulars.wording import content_sha256


def whole() -> Official:
    """A document with every kind of part."""
    series = (Series("收到", (1.0, None, 3.5)),)
    sheet = Sheet("表1", (Column("序号", 1.0, "center"), Column("法院", 2.0)), (("1", "涧西"),))
    funnel = Funnel(
        (Dot("涧西", 12.0, 0.5, True),), 0.4, "全市", (Limit("95%", ((1.0, 0.1, 0.9),)),)
    )
    plots = (Bars(("甲", "乙", "丙"), series), Lines(("甲", "乙", "丙"), series), funnel)
    charts = tuple(Chart("图", plot, Axis("率", 1, "%"), Axis("件")) for plot in plots)
    return Official(
        Head("文件", "洛中法执通〔2026〕1号", "000001", "秘密", "加急", "某某"),
        "关于情况的通报",
        "各院",
        (Paragraph("一、总体情况", 1), sheet, *charts),
        "示范市中级人民法院",
        date(2026, 11, 2),
        attachments=("名单",),
        note="此件公开",
        record=Record("各院", "指挥中心", date(2026, 11, 2)),
        foot="脚注",
        joint=("示范市人民检察院",),
        attendance=(Attendance("出席", "某某"),),
        annexes=(Annex("清单", (sheet,)),),
        anchor=Anchor(("第一行",), "EDESK1"),
    )


def changes(value: Any) -> Iterator[Any]:
    """Every value that differs from this one in a single place."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for other in changes(getattr(value, field.name)):
                yield replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        yield value[:-1] if value else ("",)
        for n, one in enumerate(value):
            for other in changes(one):
                yield (*value[:n], other, *value[n + 1 :])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield value + "。"
    elif isinstance(value, date):
        yield value + timedelta(days=1)
        yield None
    elif isinstance(value, int | float):
        yield value + 1
    else:
        assert value is None
        yield ""


def test_a_change_in_any_single_place_changes_the_fingerprint() -> None:
    found = [content_sha256(one) for one in changes(whole())]
    assert len(found) == len(set(found)) > 80
    assert content_sha256(whole()) == content_sha256(whole()) not in found


@dataclass(frozen=True, slots=True)
class Alike:
    """Another kind of part with the fields of an attendance."""

    label: str
    names: str


def test_parts_of_unlike_kinds_with_the_same_values_differ() -> None:
    """No two kinds that may stand in one place have the same fields today; one day some may."""
    other: Any = Alike("出席", "某某")
    assert content_sha256(replace(whole(), attendance=(other,))) != content_sha256(whole())
