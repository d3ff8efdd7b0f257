"""设备自检: what was measured before an operation against the court's limits. Pure.

What could not be measured never passes: a test passes only where every line of its sheet does
(洛中法〔2017〕57号: 技术装备的维护, 远程指挥系统的调试). Limits are dated, in
resources/law/self_test.toml.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any, Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

UNITS: Final = ("count", "percent", "ms", "mb", "mb_s", "hour")
UNVERIFIED: Final = "〔未核实〕"
MEGABYTE: Final = 1_000_000
_VERSION: Final = 1  # of the sheet's writing


class Verdict(StrEnum):
    """How one line ended; only PASS passes."""

    PASS = "pass"
    FAIL = "fail"
    UNMEASURED = "unmeasured"


VERDICT_WORDS: Final[Mapping[Verdict, str]] = {
    Verdict.PASS: "通过",
    Verdict.FAIL: "不通过",
    Verdict.UNMEASURED: "无法测量",
}


@dataclass(frozen=True, slots=True)
class SelfTestLimit:
    """One dated amount with its reason."""

    code: str
    name: str
    amount: int
    unit: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str

    def cited(self) -> str:
        """The basis, marked where nobody has checked it."""
        return self.basis + ("" if self.confidence == "confirmed" else UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one day: milliseconds, percent, megabytes, megabytes a second, hours."""

    tries: SelfTestLimit
    loss_percent: SelfTestLimit
    round_trip: SelfTestLimit
    round_trip_worst: SelfTestLimit
    free_space: SelfTestLimit
    write_speed: SelfTestLimit
    clock_drift: SelfTestLimit
    feed_wait: SelfTestLimit
    battery: SelfTestLimit
    good_for: SelfTestLimit


CODES: Final = tuple(item.name for item in fields(Limits))


@dataclass(frozen=True, slots=True)
class Link:
    """Answers of the hub: `round_trips_ms` of those that came, `lost` without one;
    `clock_off_ms`: hub minus device, from the quickest answer. `why`: nothing was measured."""

    round_trips_ms: tuple[float, ...] = ()
    lost: int = 0
    clock_off_ms: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Audio:
    """Names of the microphones and loudspeakers found. `why`: they could not be asked about."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Storage:
    """The folder of the store: bytes free, and bytes a second written through to the disk."""

    free: int | None = None
    speed: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a body camera or another thing of the operation. `fault`: the words of an
    open ticket; `calibrate_by`: null where it needs none; `answer_ms`: of its picture, null
    where it has none or none came (`silent` says why); `battery`: percent as told by a person."""

    equipment_id: str
    name: str
    asset_no: str
    fault: str = ""
    retired: bool = False
    calibrate_by: date | None = None
    uncalibrated: bool = False  # needs calibrating and never was
    has_feed: bool = False
    answer_ms: float | None = None
    silent: str = ""
    battery: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one press of the button found."""

    link: Link
    audio: Audio
    storage: Storage
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet. `cause`: why it did not pass; `equipment_id`: of a thing in the
    register, for which a fault ticket can be written."""

    key: str
    name: str
    verdict: Verdict
    measured: str
    limit: str
    cause: str = ""
    basis: str = ""
    equipment_id: str = ""


@dataclass(frozen=True, slots=True)
class SelfTestSheet:
    """What is filed: who tested what, when (ISO), on which device, and every line."""

    at: str
    person_id: str
    person: str
    device: str
    operation_id: str | None
    operation: str
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Every line passed, and there was one."""
        return bool(self.lines) and all(one.verdict is Verdict.PASS for one in self.lines)

    def text(self) -> str:
        """As JSON in one fixed writing; its SHA-256 names the sheet."""
        told = {"v": _VERSION, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def sha256(self) -> str:
        """Of `text`."""
        return sha256_of(self.text())


def sha256_of(text: str) -> str:
    """The fingerprint of a sheet as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_sheet(text: str) -> SelfTestSheet:
    """The sheet that `SelfTestSheet.text` wrote. UserError where it is no such sheet."""
    try:
        told: dict[str, Any] = json.loads(text)
        if told.pop("v") != _VERSION:
            raise ValueError("version")
        lines = told.pop("lines")
        found = [Line(**{**one, "verdict": Verdict(one["verdict"])}) for one in lines]
        return SelfTestSheet(lines=tuple(found), **told)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError("自检表无法读取，可能已被改动。") from error


# Judging


def judge(measured: Measured, limits: Limits, today: date) -> tuple[Line, ...]:
    """The lines of the sheet, the system's own first, then each thing in its order."""
    return (
        _link(measured.link, limits),
        _delay(measured.link, limits),
        _audio(measured.audio),
        _storage(measured.storage, limits),
        _clock(measured.link, limits),
        *(_device(one, limits, today) for one in measured.devices),
    )


def _unmeasured(key: str, name: str, why: str, limit: str, basis: str) -> Line:
    return Line(key, name, Verdict.UNMEASURED, "—", limit, f"{why}，无法测量", basis)


def _link(link: Link, limits: Limits) -> Line:
    most = limits.loss_percent
    limit, tries = f"丢失不超过 {most.amount}%", len(link.round_trips_ms) + link.lost
    if link.why or not tries:
        why = link.why or "没有测试"
        return _unmeasured("link", "链路", why, limit, most.cited())
    loss = 100 * link.lost / tries
    good = loss <= most.amount
    cause = "" if good else f"{tries} 次测试有 {link.lost} 次无应答，丢失 {loss:.0f}%"
    told = f"{tries} 次测试，应答 {len(link.round_trips_ms)} 次"
    return Line("link", "链路", _verdict(good), told, limit, cause, most.cited())


def _delay(link: Link, limits: Limits) -> Line:
    usual, worst = limits.round_trip, limits.round_trip_worst
    limit = f"中位数不超过 {usual.amount} 毫秒，最慢不超过 {worst.amount} 毫秒"
    if not link.round_trips_ms:
        why = link.why or "没有一次应答"
        return _unmeasured("delay", "时延", why, limit, usual.cited())
    middle, slowest = median(link.round_trips_ms), max(link.round_trips_ms)
    causes = []
    if middle > usual.amount:
        causes.append(f"往返时延 {middle:.0f} 毫秒")
    if slowest > worst.amount:
        causes.append(f"最慢一次 {slowest:.0f} 毫秒")
    told = f"中位数 {_ms(middle)}，最慢 {_ms(slowest)}"
    cause = "，".join(causes) + "，超过上限" if causes else ""
    return Line("delay", "时延", _verdict(not causes), told, limit, cause, usual.cited())


def _audio(audio: Audio) -> Line:
    limit = "有麦克风和扬声器"
    basis = f"洛中法〔2017〕57号“远程指挥系统的调试”{UNVERIFIED}"
    if audio.why:
        return _unmeasured("audio", "音频", audio.why, limit, basis)
    lacking = [
        name for name, found in (("麦克风", audio.inputs), ("扬声器", audio.outputs)) if not found
    ]
    told = "；".join(
        f"{name}：{'、'.join(found) or '无'}"
        for name, found in (("麦克风", audio.inputs), ("扬声器", audio.outputs))
    )
    cause = f"没有找到{'和'.join(lacking)}" if lacking else ""
    return Line("audio", "音频", _verdict(not lacking), told, limit, cause, basis)


def _storage(storage: Storage, limits: Limits) -> Line:
    free, speed = limits.free_space, limits.write_speed
    limit = f"剩余不少于 {free.amount:,} MB，写入不低于 {speed.amount} MB/s"
    if storage.free is None or storage.speed is None:
        why = storage.why or "存储没有回答"
        return _unmeasured("storage", "存储", why, limit, free.cited())
    causes = []
    if storage.free < free.amount * MEGABYTE:
        causes.append(f"剩余空间只有 {storage.free // MEGABYTE:,} MB")
    if storage.speed < speed.amount * MEGABYTE:
        causes.append(f"写入速度只有 {storage.speed / MEGABYTE:.1f} MB/s")
    told = f"剩余 {storage.free // MEGABYTE:,} MB，写入 {storage.speed / MEGABYTE:.0f} MB/s"
    cause = "，".join(causes)
    return Line("storage", "存储", _verdict(not causes), told, limit, cause, free.cited())


def _clock(link: Link, limits: Limits) -> Line:
    most = limits.clock_drift
    limit = f"与共享库相差不超过 {most.amount / 1000:g} 秒"
    if link.clock_off_ms is None:
        why = link.why or "共享库没有报时"
        return _unmeasured("clock", "时钟", why, limit, most.cited())
    off = -link.clock_off_ms  # device minus hub: positive is fast
    told = f"本机{'快' if off > 0 else '慢'} {abs(off) / 1000:.2f} 秒"
    good = abs(off) <= most.amount
    cause = "" if good else f"{told}，现场记录的先后会乱，请校准本机时钟"
    return Line("clock", "时钟", _verdict(good), told, limit, cause, most.cited())


def _device(one: Device, limits: Limits, today: date) -> Line:
    name = f"{one.name}（{one.asset_no}）"
    causes, told = [], []
    if one.retired:
        causes.append("已经报废")
    if one.fault:
        causes.append(f"有未修复的故障：{one.fault}")
    told.append("有未修复的故障" if one.fault else "无未修复的故障")
    if one.uncalibrated:
        causes.append("从未校准")
    elif one.calibrate_by is not None:
        told.append(f"校准至 {one.calibrate_by.isoformat()}")
        if one.calibrate_by < today:
            causes.append(f"校准已于 {one.calibrate_by.isoformat()} 到期")
    if one.has_feed:
        if one.answer_ms is None:
            causes.append(f"图像没有应答（{one.silent or '超时'}）")
        elif one.answer_ms > limits.feed_wait.amount:
            causes.append(f"图像应答用了 {_ms(one.answer_ms)}")
        told.append("图像无应答" if one.answer_ms is None else f"图像应答 {_ms(one.answer_ms)}")
    else:
        told.append("未登记图像来源")
    told.append("电量未报" if one.battery is None else f"电量 {one.battery}%")
    if one.battery is not None and one.battery < limits.battery.amount:
        causes.append(f"电量只有 {one.battery}%")
    limit = f"无故障，校准有效，图像 {limits.feed_wait.amount / 1000:g} 秒内应答，"
    limit += f"电量不低于 {limits.battery.amount}%"
    return Line(
        f"device:{one.equipment_id}",
        name,
        _verdict(not causes),
        "，".join(told),
        limit,
        "；".join(causes),
        limits.battery.cited(),
        one.equipment_id,
    )


def _verdict(good: bool) -> Verdict:
    return Verdict.PASS if good else Verdict.FAIL


def _ms(amount: float) -> str:
    return f"{amount:.1f} 毫秒" if amount < 10 else f"{amount:.0f} 毫秒"


def conclusion(lines: Sequence[Line]) -> str:
    """The sheet in one sentence."""
    good = sum(one.verdict is Verdict.PASS for one in lines)
    if lines and good == len(lines):
        return f"通过（{good} 项）"
    failed = sum(one.verdict is Verdict.FAIL for one in lines)
    parts = [f"{failed} 项不通过"] if failed else []
    if open_ := len(lines) - good - failed:
        parts.append(f"{open_} 项无法测量")
    return "未通过：" + ("，".join(parts) or "没有测试")


# Limits


@dataclass(frozen=True, slots=True)
class SelfTestLaw:
    """The whole file."""

    limits: tuple[SelfTestLimit, ...]

    def on(self, day: date) -> Limits:
        """The limits in force. UserError: none for some code on that day."""
        found = {row.code: row for row in self.limits if _in_force(row, day)}
        lacking = [code for code in CODES if code not in found]
        if lacking:
            raise UserError(f"{day} 没有设备自检的这些限值：{'、'.join(lacking)}")
        return Limits(**found)


def _in_force(row: SelfTestLimit, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def load_self_test_law(path: Path | None = None) -> SelfTestLaw:
    """The limits from `path` (default: the shipped file); RuleFileError names every mistake."""
    return _load(path or resource_path("law/self_test.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> SelfTestLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    rows = tuple(_limit(row) for row in reader.rows("limit"))
    for code in CODES:
        if not any(row.code == code for row in rows):
            reader.note("limit", f"缺少限值“{code}”")
    for place, row in enumerate(rows):
        if any(one.code == row.code and _clash(one, row) for one in rows[:place]):
            reader.note("limit", f"“{row.code}”的两个版本效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return SelfTestLaw(rows)


def _clash(one: SelfTestLimit, other: SelfTestLimit) -> bool:
    return _in_force(one, other.valid_from) or _in_force(other, one.valid_from)


def _limit(row: RowReader) -> SelfTestLimit:
    made = SelfTestLimit(
        code=row.choice("code", CODES),
        name=row.text("name"),
        amount=row.number("amount", least=0, most=1_000_000),
        unit=row.choice("unit", UNITS),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made
