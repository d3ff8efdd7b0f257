"""值班表: who is on which post when, what does not fit, swaps, and who came. Pure; any thread.

AB岗: the person on the A post answers; the B post takes over where he cannot. A swap is asked by
whoever has the shift and agreed by the other; then the shift is the other's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

ShiftKind = Literal["day", "night", "field"]
SHIFT_WORDS: Final[Mapping[str, str]] = {"day": "白班", "night": "夜班", "field": "外勤备勤"}
# Hours of a shift from its day's midnight on; the hand-over stands at 08:20.
SHIFT_HOURS: Final[Mapping[str, tuple[float, float]]] = {
    "day": (8 + 20 / 60, 18.0),
    "night": (18.0, 32 + 20 / 60),
    "field": (8.5, 17.5),
}
EARLY: Final = timedelta(hours=2)  # how long before its start one may sign in
DAYS_MAX: Final = 62


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift. Ids of persons; `backup_id` is the B post."""

    id: str
    day: date
    kind: str
    begin: datetime
    end: datetime
    person_id: str
    backup_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftAct:
    """ask_swap (`with_id`), agree_swap, refuse_swap, arrive, leave or absent."""

    id: str
    act: str
    person_id: str
    at: datetime
    with_id: str | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """`late`: minutes after the beginning, `early`: minutes before the end; `swap`: what was asked
    and not answered yet."""

    arrived: datetime | None = None
    left: datetime | None = None
    absent: str = ""
    late: int = 0
    early: int = 0
    swap: ShiftAct | None = None
    swaps: tuple[str, ...] = ()


def hours_of(kind: str, day: date, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """Beginning and end of a shift of that kind on that day."""
    midnight = datetime.combine(day, time(), zone)
    first, last = SHIFT_HOURS[kind]
    return midnight + _hours(first), midnight + _hours(last)


def _hours(count: float) -> timedelta:
    return timedelta(minutes=round(count * 60))


def attendance(shift: Shift, acts: Iterable[ShiftAct]) -> Attendance:
    """What is known of a shift, whatever the order in which its acts came. The first arrival and
    the last leaving count; an arrival after an absence that was noted shows that he came."""
    ordered = sorted(acts, key=lambda one: (one.at, one.id))
    arrived = left = None
    absent, asked = "", None
    swaps: list[str] = []
    for one in ordered:
        if one.act == "arrive" and arrived is None:
            arrived, absent = one.at, ""
        elif one.act == "leave":
            left = one.at
        elif one.act == "absent" and arrived is None:
            absent = one.body or "缺勤"
        elif one.act == "ask_swap":
            asked = one
        elif one.act in ("agree_swap", "refuse_swap") and asked is not None:
            swaps.append("已同意调班" if one.act == "agree_swap" else "未同意调班")
            asked = None
    late = 0 if arrived is None else _minutes(arrived - shift.begin)
    early = 0 if left is None else _minutes(shift.end - left)
    return Attendance(arrived, left, absent, late, early, asked, tuple(swaps))


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class Away:
    """A recorded absence of a person, both days included."""

    person_id: str
    from_on: date
    to_on: date
    kind: str


def faults(
    new: Shift, others: Iterable[Shift], away: Iterable[Away], names: Mapping[str, str]
) -> list[str]:
    """Why a shift cannot stand, all reasons at once. Somebody may be on one post at a time: a B
    post beside an A post of another shift at the same time is no cover."""
    found = []
    if new.backup_id == new.person_id:
        found.append("A岗和B岗不能是同一人。")
    busy = [one for one in others if one.id != new.id]
    for person_id in filter(None, (new.person_id, new.backup_id)):
        name = names.get(person_id, "该人员")
        for one in busy:
            if person_id in (one.person_id, one.backup_id) and _overlap(new, one):
                word = SHIFT_WORDS.get(one.kind, one.kind)
                found.append(f"{name}在{one.day.isoformat()}{word}已有排班。")
        for absence in away:
            if absence.person_id != person_id:
                continue
            if absence.from_on <= new.end.date() and new.begin.date() <= absence.to_on:
                span = f"{absence.from_on:%m-%d}至{absence.to_on:%m-%d}"
                found.append(f"{name}{span}{absence.kind}，不能排班。")
    return found


def _overlap(one: Shift, other: Shift) -> bool:
    return one.begin < other.end and other.begin < one.end


def gaps(shifts: Iterable[Shift], days: Sequence[date]) -> tuple[tuple[date, str], ...]:
    """Days and kinds of the centre's watch (day and night) on which nobody stands."""
    held = {(one.day, one.kind) for one in shifts}
    return tuple(
        (day, kind) for day in days for kind in ("day", "night") if (day, kind) not in held
    )


def rotation(people: Sequence[str], first: date, days: int) -> list[tuple[date, str, str]]:
    """(day, A post, B post) by turns: the B post of a day has the A post of the next."""
    assert len(people) >= 2, "a rotation needs two persons"
    return [
        (
            first + timedelta(days=number),
            people[number % len(people)],
            people[(number + 1) % len(people)],
        )
        for number in range(min(days, DAYS_MAX))
    ]


def may_arrive(shift: Shift, held: Attendance, now: datetime) -> bool:
    """From two hours before its start until its end, once."""
    return held.arrived is None and shift.begin - EARLY <= now <= shift.end
