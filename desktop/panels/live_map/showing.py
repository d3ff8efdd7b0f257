"""How a unit, an alarm and a day are told: words and style keys. Free of Qt; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.command.positions.days import Piece, UnitDay
from desktop.command.positions.live import UnitNow
from desktop.rules.freshness import Freshness, age_words, freshness
from desktop.rules.track_law import FieldLaw
from desktop.rules.track_picture import WORDS
from desktop.rules.tracks import ASIDE, ZONE, Point

KIND_WORDS: Final[Mapping[str, str]] = {"person": "人员", "vehicle": "车辆", "device": "设备"}
SOURCE_WORDS: Final[Mapping[str, str]] = {
    "gpsd": "北斗/GPS（gpsd）",
    "nmea": "串口接收机",
    "traccar": "车辆终端",
    "manual": "人工报告",
}
OFF_DUTY: Final = ("paused", "未出勤")
NEVER: Final = ("unknown", "从未定位")
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "fresh": ("normal", "在线"),
    "fading": ("due_soon", "渐旧"),
    "stale": ("overdue", "已旧"),
    "gone": ("unknown", "失联"),
    "ahead": ("unknown", "时钟超前"),
}
STRETCH_WORDS: Final[Mapping[str, str]] = {"trip": "行驶", "stop": "停留", "unseen": "未知"}
STRETCH_STYLES: Final[Mapping[str, str]] = {"trip": "normal", "stop": "paused", "unseen": "unknown"}


@dataclass(frozen=True, slots=True)
class Told:
    """A unit at one moment. `point` None: nothing is shown of where it is."""

    style: str
    word: str
    point: Point | None
    fresh: Freshness | None

    @property
    def age_s(self) -> int | None:
        """Seconds since it was there."""
        return None if self.fresh is None else max(0, self.fresh.age_s)


def told_of(one: UnitNow, now: datetime, law: FieldLaw) -> Told:
    """How a unit stands. Of a person off duty no place is told, not even the last one."""
    if one.unit.kind == "person" and one.duty is None:
        return Told(*OFF_DUTY, None, None)
    if one.point is None:
        return Told(*NEVER, None, None)
    fresh = freshness(one.point, now, law)
    return Told(*_STATES[fresh.state], one.point, fresh)


def age_text(told: Told) -> str:
    """12 秒前; empty where no place is told."""
    if told.fresh is None:
        return ""
    return f"{age_words(told.fresh.age_s)}{'前' if told.fresh.age_s >= 0 else '后'}"


def accuracy_text(point: Point | None) -> str:
    """±5 米; empty where it is not known."""
    return "" if point is None or point.accuracy is None else f"±{point.accuracy:,.0f} 米"


def speed_text(point: Point | None) -> str:
    """36 千米/时; empty where it is not known."""
    if point is None or point.speed is None:
        return ""
    return f"{point.speed * 3.6:.0f} 千米/时"


def place_text(point: Point) -> str:
    """34.62000° N  112.45000° E, by the side of the world that it is on."""
    north, east = "N" if point.lat >= 0 else "S", "E" if point.lon >= 0 else "W"
    return f"{abs(point.lat):.5f}° {north}  {abs(point.lon):.5f}° {east}"


def duty_text(one: UnitNow) -> str:
    """何映川 · 送达; 未出勤 where nobody is on duty with it."""
    if one.duty is None:
        return OFF_DUTY[1]
    parts = [] if one.unit.kind == "person" else [one.duty.person]
    parts += [one.duty.errand] if one.duty.errand else []
    return " · ".join(part for part in parts if part) or "出勤中"


def about(one: UnitNow, told: Told) -> list[str]:
    """What is said of a unit beside the list, a line each."""
    unit = one.unit
    head = [KIND_WORDS[unit.kind], unit.team, unit.plate, unit.person]
    lines = [" · ".join(part for part in head if part)]
    since = "" if one.duty is None else f"（{one.duty.at[11:16]} 起）"
    lines.append(f"出勤：{duty_text(one)}{since}")
    if told.fresh is not None and told.point is not None:
        lines.append(told.fresh.sentence)
        speed = speed_text(told.point)
        lines.append(" · ".join(part for part in (place_text(told.point), speed) if part))
    elif one.unit.kind == "person" and one.duty is None:
        lines.append("只在出勤期间显示人员位置")
    if one.aside:
        left = "，".join(f"{ASIDE[why]} {n} 个" for why, n in sorted(one.aside.items()))
        lines.append(f"未采信的定位：{left}")
    return lines


def piece_row(piece: Piece) -> dict[str, object]:
    """One stretch of a day as a row: when, what, how long, how far, on which errand."""
    stretch = piece.stretch
    start, end = stretch.start.at.astimezone(ZONE), stretch.end.at.astimezone(ZONE)
    seconds = round((end - start).total_seconds())
    far = ""
    if stretch.kind == "trip":
        far = f"{stretch.distance_cm / 100_000:.1f} 千米"
    return {
        "when": f"{start:%H:%M} 起" if stretch.going_on else f"{start:%H:%M} — {end:%H:%M}",
        "kind": (STRETCH_STYLES[stretch.kind], STRETCH_WORDS[stretch.kind]),
        "lasted": span_words(seconds),
        "far": far,
        "errand": errand_text(piece),
    }


def errand_text(piece: Piece) -> str:
    """What a trip was for, and who drove; that nobody had ordered it is said."""
    if piece.stretch.kind != "trip":
        return ""
    if piece.use is None:
        return "无用车单"
    return " · ".join(part for part in (piece.errand, piece.use.driver) if part)


def span_words(seconds: int) -> str:
    """45 秒, 12 分, 3 时 05 分."""
    if seconds < 60:
        return f"{seconds} 秒"
    minutes = seconds // 60
    return f"{minutes} 分" if minutes < 60 else f"{minutes // 60} 时 {minutes % 60:02d} 分"


def day_sentence(day: UnitDay) -> str:
    """The day in one sentence."""
    trips = [piece for piece in day.pieces if piece.stretch.kind == "trip"]
    stops = sum(piece.stretch.kind == "stop" for piece in day.pieces)
    if not day.pieces:
        return "当日没有定位。"
    loose = sum(piece.use is None for piece in trips)
    parts = [f"行程 {len(trips)} 段，共 {day.way_m / 1000:.1f} 千米", f"停留 {stops} 次"]
    if loose and day.unit.kind != "person":
        parts.append(f"{loose} 段没有对应的用车单")
    crossings = [f"{name}{WORDS[event.kind]}" for name, event in day.crossings]
    if crossings:
        parts.append(f"围栏事件 {len(crossings)} 次")
    return "，".join(parts) + "。"
