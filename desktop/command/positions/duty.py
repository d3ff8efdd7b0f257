"""When somebody's place may be known: the stretches on duty, from acts in any order. Pure.

Times are the text of rows, one form everywhere, so that they compare as the database compares them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from desktop.rules.tracks import Point


@dataclass(frozen=True, slots=True)
class DutyAct:
    """Somebody went on duty with a unit, or off. `errand`: of a vehicle, what it is used for."""

    id: str
    unit_id: str
    act: str
    person_id: str
    person: str
    at: str
    errand: str = ""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One stretch; `until` None while it lasts."""

    act: DutyAct
    until: str | None

    def covers(self, at: str) -> bool:
        """Whether a moment lies in it; its end does not."""
        return self.act.at <= at and (self.until is None or at < self.until)


def stretches(acts: Iterable[DutyAct]) -> list[OnDuty]:
    """The times on duty of one unit, in order. Another "on" begins a stretch of its own: a vehicle
    that is handed on is another errand."""
    ordered = sorted(acts, key=lambda one: (one.at, one.id))
    found = []
    for act, after in pairwise([*ordered, None]):
        if act is not None and act.act == "on" and (after is None or after.at > act.at):
            found.append(OnDuty(act, None if after is None else after.at))
    return found


def duty_now(acts: Iterable[DutyAct]) -> DutyAct | None:
    """The act by which the unit is on duty; None when it is off."""
    last = max(acts, key=lambda one: (one.at, one.id), default=None)
    return last if last is not None and last.act == "on" else None


def on_duty(points: Sequence[tuple[str, Point]], on: Sequence[OnDuty]) -> list[list[Point]]:
    """The points (with their times as text) that lie in a stretch, those of each together; what
    lies outside is left out. Neighbouring stretches without a pause are one."""
    joined: list[tuple[str, str | None]] = []
    for stretch in on:
        if joined and joined[-1][1] == stretch.act.at:
            joined[-1] = (joined[-1][0], stretch.until)
        else:
            joined.append((stretch.act.at, stretch.until))
    parts = []
    for since, until in joined:
        inside = [p for at, p in points if since <= at and (until is None or at < until)]
        if inside:
            parts.append(inside)
    return parts
