"""The form of a seizure on the spot: what is still missing, plates, how it stands. Pure.

Whatever is missing is said in one pass, part by part, so that nobody signs, is refused, mends one
thing and is refused again with the owner of the car standing beside him.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from desktop.rules.seizure_law import SeizureLaw

KINDS: Final = {"seal": "查封", "seize": "扣押"}
TRANSCRIPT_LEAST: Final = 10  # characters; less than that records nothing
_AHEAD: Final = timedelta(minutes=1)  # a form whose minute has just begun is not in the future
_E7: Final = 10_000_000

# 省、自治区、直辖市 and a letter; five or six more (新能源), the last one perhaps 学 警 港 澳 挂.
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE: Final = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9学警港澳挂]"
    r"|[A-HJ-NP-Z0-9]{6})"
)
_IN_TEXT: Final = re.compile(rf"[{_PROVINCES}][A-Z][·•\-\s]?[A-Z0-9]{{4,5}}[A-Z0-9学警港澳挂]")


@dataclass(frozen=True, slots=True)
class Item:
    """A thing on the list as it is typed. `mark`: plate, number of the title; `basis`: why it is
    the debtor's though the case knows nothing of it; `value_fen` estimated, or unknown."""

    n: int
    name: str = ""
    kind: str = "movable"
    quantity: str = "1"
    mark: str = ""
    condition: str = ""
    value_fen: int | None = None
    owner: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form. Times with zone; degrees in 10⁻⁷; `photos`: SHA-256 of the originals."""

    case_id: str = ""
    kind: str = ""
    place: str = ""
    lat_e7: int | None = None
    lon_e7: int | None = None
    accuracy_dm: int | None = None
    no_fix: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    officer_id: str = ""
    second_id: str = ""
    subject: str = ""
    present: str = ""
    keeper: str = ""
    document_no: str = ""
    transcript: str = ""
    items: tuple[Item, ...] = ()
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the case says of its parties and things. `debtors`: names; `plates`: of its measures and
    clues -> where it is told; `elsewhere`: plates under measures of other cases -> their number."""

    debtors: tuple[str, ...] = ()
    plates: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """What must happen before the list can be signed. `part`: key of the form's part; items name
    their number as `item:2:mark`."""

    part: str
    words: str
    basis: str = ""


PlateState = Literal["none", "wrong", "known", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class PlateCheck:
    """What the case knows of a plate, in a sentence."""

    state: PlateState
    plate: str
    words: str


def open_key(person_id: str | None) -> str:
    """The draft that remembers which case's form an officer filled last."""
    return f"seizure:open:{person_id or ''}"


def plate_of(text: str) -> str:
    """A plate in its usual spelling: 豫C12345, without dots and blanks; empty for none."""
    tidy = re.sub(r"[\s·•\-]", "", text).upper()
    return tidy if _PLATE.fullmatch(tidy) else ""


def plates_in(text: str) -> tuple[str, ...]:
    """All plates in free words, such as the name of a controlled thing."""
    found = (plate_of(one) for one in _IN_TEXT.findall(text.upper()))
    return tuple(dict.fromkeys(one for one in found if one))


def check_plate(text: str, known: Known) -> PlateCheck:
    """Holds a typed plate against the case."""
    if not text.strip():
        return PlateCheck("none", "", "尚未填写号牌。")
    plate = plate_of(text)
    if not plate:
        return PlateCheck("wrong", "", f"“{text.strip()}”不是号牌，请核对（例：豫C12345）。")
    if plate in known.plates:
        return PlateCheck("known", plate, f"{plate} 与本案{known.plates[plate]}一致。")
    if plate in known.elsewhere:
        return PlateCheck(
            "elsewhere",
            plate,
            f"{plate} 不见于本案，已为 {known.elsewhere[plate]} 控制：请核对，并写明权属依据。",
        )
    return PlateCheck("unknown", plate, f"{plate} 不见于本案的措施和线索：请写明权属依据。")


def photos_needed(items: Iterable[Item], law: SeizureLaw) -> int:
    """How many photographs the things on the list take; one at least."""
    return max(1, sum(law.thing(item.kind).photos for item in items))


def blocks(
    form: Form, known: Known, officers: Collection[str], now: datetime, law: SeizureLaw
) -> tuple[Block, ...]:
    """Everything that is missing, in the order of the form. `officers`: ids of those who may carry
    out a seizure that day."""
    missing = _missing(form, known, officers, now)
    found: list[Block] = []
    for need in law.needs:
        if need.code in missing:
            words = missing[need.code] or need.words
            found.append(Block(need.code, words, need.basis))
        if need.code == "items":
            for place, item in enumerate(form.items, start=1):
                found += _of_item(place, item, known, law)
            found += _of_photos(form, law)
    return tuple(found)


def _missing(form: Form, known: Known, officers: Collection[str], now: datetime) -> dict[str, str]:
    """Part -> its own words, or nothing for those of the law's file."""
    found = {
        part: ""
        for part in ("document_no", "place", "present", "keeper")
        if not str(getattr(form, part)).strip()
    }
    if form.kind not in KINDS:
        found["kind"] = ""
    if not form.items:
        found["items"] = ""
    if len("".join(form.transcript.split())) < TRANSCRIPT_LEAST:
        found["transcript"] = ""
    if not form.subject.strip():
        found["subject"] = ""
    elif form.subject.strip() not in known.debtors:
        found["subject"] = f"“{form.subject.strip()}”不是本案的被执行人，请核对当事人。"
    return found | _people(form, officers) | _where_and_when(form, now + _AHEAD)


def _people(form: Form, officers: Collection[str]) -> dict[str, str]:
    if not form.officer_id:
        return {"second": "本机尚未设定在座人员，不能确定执行人员。"}
    if not form.second_id or form.second_id == form.officer_id:
        return {"second": ""}
    if not {form.officer_id, form.second_id}.issubset(officers):
        return {"second": "执行人员须为本院在职的执行人员或者司法警察，请重新选定。"}
    return {}


def _where_and_when(form: Form, late: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    if form.lat_e7 is None or form.lon_e7 is None:
        if not form.no_fix.strip():
            found["position"] = ""
    elif not _on_earth(form.lat_e7, form.lon_e7):
        found["position"] = "经纬度超出范围，请核对。"
    if form.began is None or form.began > late:
        found["began"] = ""
    if form.ended is None or form.ended > late or (form.began and form.ended < form.began):
        found["ended"] = ""
    return found


def _on_earth(lat_e7: int, lon_e7: int) -> bool:
    return abs(lat_e7) <= 90 * _E7 and abs(lon_e7) <= 180 * _E7


def _of_item(place: int, item: Item, known: Known, law: SeizureLaw) -> list[Block]:
    """`place`: which of the things it is, as form and paper number it; a thing that was taken off
    keeps its own number."""
    where, thing = f"item:{item.n}", law.thing(item.kind)
    label = f"第 {place} 项"
    found: list[Block] = []
    if not item.name.strip():
        found.append(Block(f"{where}:name", f"{label}：请写明名称。"))
    if not item.quantity.strip():
        found.append(Block(f"{where}:quantity", f"{label}：请写明数量。"))
    if not item.condition.strip():
        found.append(Block(f"{where}:condition", f"{label}：请写明状况。"))
    if item.kind == "vehicle":
        check = check_plate(item.mark, known)
        lacks_basis = check.state in ("elsewhere", "unknown") and not item.basis.strip()
        if check.state in ("none", "wrong") or lacks_basis:
            part = "basis" if lacks_basis else "mark"
            found.append(Block(f"{where}:{part}", f"{label}：{check.words}"))
    elif item.kind == "realty" and not item.mark.strip():
        found.append(Block(f"{where}:mark", f"{label}：请写明{thing.mark}。"))
    if item.kind == "cash" and not item.value_fen:
        found.append(Block(f"{where}:value_fen", f"{label}：请写明清点的金额。"))
    return found


def _of_photos(form: Form, law: SeizureLaw) -> list[Block]:
    if not form.items and form.photos:
        return []
    needed = photos_needed(form.items, law)
    lacking = needed - len(set(form.photos))
    if lacking <= 0:
        return []
    hints = dict.fromkeys(
        f"{law.thing(i.kind).name}（{law.thing(i.kind).hint}）" for i in form.items
    )
    told = f"：{'；'.join(hints)}" if hints else ""
    return [Block("photos", f"照片须 {needed} 张，还差 {lacking} 张{told}。", "本院可改的设定")]


# How it stands


class State(StrEnum):
    """Of a seizure: being filled, signed and waiting, and how the waiting ended."""

    DRAFT = "draft"
    SIGNED = "signed"
    VERIFIED = "verified"
    DISPUTED = "disputed"


STATE_WORDS: Final = {
    State.DRAFT: "填写中",
    State.SIGNED: "待核实",
    State.VERIFIED: "已核实",
    State.DISPUTED: "有不属实",
}
# Keys of widgets.states, which paint a shape with the colour.
STATE_STYLES: Final = {
    State.DRAFT: "paused",
    State.SIGNED: "due_soon",
    State.VERIFIED: "normal",
    State.DISPUTED: "overdue",
}
ITEM_WORDS: Final = {"claimed": "登记", "verified": "核实属实", "denied": "核实不属实"}


def state_of(signed_at: str | None, statuses: Sequence[str]) -> State:
    """From the signature and the items that stand on the list."""
    if signed_at is None:
        return State.DRAFT
    if "denied" in statuses:
        return State.DISPUTED
    return State.VERIFIED if statuses and set(statuses) == {"verified"} else State.SIGNED
