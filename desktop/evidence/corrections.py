"""Corrections of single fields of a snapshot, from objections that were accepted. Pure.

The snapshot stays as it was taken; the figures are counted from it with the corrections laid over
it, and each of them is printed with what it was and what it is now.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from desktop.errors import UserError
from desktop.evidence.snapshot import PetitionRow, Snapshot
from desktop.petitions.rules import LEVELS, RESULTS, SOURCES

NONE_WORDS: Final = "无"
# What a court may object to, and what it is called. Days are ISO text.
FIELDS: Final = {
    "court_id": "被反映法院",
    "source": "来源",
    "level": "督办等级",
    "received_on": "收件日",
    "registered_on": "登记日",
    "due_on": "办结期限",
    "closed_on": "办结日",
    "result": "办理结果",
    "duplicate_of": "并入",
}
_DAYS: Final = ("received_on", "registered_on", "due_on", "closed_on")
_NEEDED: Final = ("court_id", "source", "level", "received_on")
_CODES: Final = {"source": SOURCES, "level": LEVELS, "result": RESULTS}


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of one row: what it was, what it is; on whose objection, why, and when. Days are
    ISO text, None where the field is empty."""

    row_id: str
    field: str
    was: str | None
    now: str | None
    court_id: str
    reason: str
    at: str
    objection_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a document's fields keep it."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Correction":
        """What `to_json` gave."""
        return cls(**told)


def corrected(snapshot: Snapshot, corrections: Sequence[Correction]) -> tuple[PetitionRow, ...]:
    """The rows with all corrections laid over them, in the order given."""
    changed = dict(snapshot.by_id)
    for one in corrections:
        row = changed.get(one.row_id)
        if row is not None:
            changed[one.row_id] = _changed(row, one.field, one.now)
    return tuple(changed[row.id] for row in snapshot.rows)


def _changed(row: PetitionRow, field: str, now: str | None) -> PetitionRow:
    told: dict[str, Any] = {field: now}
    made = replace(row, **told)
    # A day that a person gave is no lower bound any more.
    return replace(made, due_certain=now is not None) if field == "due_on" else made


def current(
    snapshot: Snapshot, corrections: Sequence[Correction], row_id: str, field: str
) -> str | None:
    """What the field says now; UserError for an unknown row or field."""
    if row_id not in snapshot.by_id:
        raise UserError("数据快照中没有这一件。")
    if field not in FIELDS:
        raise UserError(f"“{field}”不能更正，可以更正：{'、'.join(FIELDS.values())}。")
    row = next(one for one in corrected(snapshot, corrections) if one.id == row_id)
    value: str | None = getattr(row, field)
    return value


def checked_value(
    snapshot: Snapshot,
    corrections: Sequence[Correction],
    row_id: str,
    field: str,
    claimed: str | None,
) -> str | None:
    """`claimed` as the field keeps it; UserError where it cannot be so. Empty text is no value."""
    was = current(snapshot, corrections, row_id, field)
    value = (claimed or "").strip() or None
    if value is None and field in _NEEDED:
        raise UserError(f"{FIELDS[field]}不能为空。")
    if value is not None:
        wrong = _CHECKS.get(field, _code)(snapshot, field, value)
        if wrong:
            raise UserError(f"{FIELDS[field]}：{wrong}")
    if value == was:
        raise UserError(f"{FIELDS[field]}已是“{value_words(snapshot, field, was)}”，无须更正。")
    if field == "duplicate_of" and value == row_id:
        raise UserError("并入：不能与自身合并。")
    return value


def _day(_snapshot: Snapshot, _field: str, value: str) -> str:
    try:
        good = date.fromisoformat(value).isoformat() == value
    except ValueError:
        good = False
    return "" if good else f"“{value}”不是日期，应写作 2026-10-02"


def _code(_snapshot: Snapshot, field: str, value: str) -> str:
    known = _CODES[field]
    return "" if value in known else f"没有“{value}”，可取：{'、'.join(known)}"


def _court(snapshot: Snapshot, _field: str, value: str) -> str:
    return "" if any(one.id == value for one in snapshot.courts) else "不是本通报所列的法院"


def _other(snapshot: Snapshot, _field: str, value: str) -> str:
    row = snapshot.by_id.get(value)
    return "" if row is not None and row.main else "所并入的一件不在数据快照中，或已并入他件"


_Check = Callable[[Snapshot, str, str], str]
_CHECKS: Final[dict[str, _Check]] = {
    "court_id": _court,
    "duplicate_of": _other,
    **dict.fromkeys(_DAYS, _day),
}


def value_words(snapshot: Snapshot, field: str, value: str | None) -> str:
    """A value of a field as it is printed."""
    if value is None:
        return NONE_WORDS
    if field in _CODES:
        return _CODES[field].get(value, value)
    if field == "court_id":
        return next((one.short for one in snapshot.courts if one.id == value), value)
    if field == "duplicate_of":
        row = snapshot.by_id.get(value)
        return value if row is None else row.code
    return value
