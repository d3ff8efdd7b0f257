"""Who held a matter how long, and the smallest change that would have kept it on time. Pure.

The days attributed add up to the elapsed days exactly: every day from the day after the start to
the end (done, or the day asked about) belongs to one holder and one only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Literal

from desktop.rules.periods import Pause
from storage.records.cases import Hold, HolderKind

PAUSE_MOVES_MAX: Final = 1_500


class ShareKind(StrEnum):
    """Whose a day was: a holder's, a pause's, or nobody's on record."""

    HANDLER = HolderKind.HANDLER.value
    TEAM = HolderKind.TEAM.value
    CENTRE = HolderKind.CENTRE.value
    COURT = HolderKind.COURT.value
    INSTITUTION = HolderKind.INSTITUTION.value
    PARTY = HolderKind.PARTY.value
    PAUSE = "pause"
    UNRECORDED = "unrecorded"


KIND_NAMES: Final[dict[ShareKind, str]] = {
    ShareKind.HANDLER: "承办人",
    ShareKind.TEAM: "团队",
    ShareKind.CENTRE: "指挥中心",
    ShareKind.COURT: "法院",
    ShareKind.INSTITUTION: "协助单位",
    ShareKind.PARTY: "当事人",
    ShareKind.PAUSE: "依法扣除",
    ShareKind.UNRECORDED: "未登记",
}


@dataclass(frozen=True, slots=True)
class Share:
    """One unbroken stretch of days with one holder; `late_days` of them lie after the due day."""

    kind: ShareKind
    holder_id: str | None
    holder_name: str
    days: int
    late_days: int
    from_on: date
    to_on: date

    def to_json(self) -> dict[str, object]:
        """Plain values: days as ISO text."""
        return {
            "kind": self.kind.value,
            "holder_id": self.holder_id,
            "holder_name": self.holder_name,
            "days": self.days,
            "late_days": self.late_days,
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
        }


def attribute(
    started_on: date,
    end_on: date,
    due_on: date | None,
    node_code: str,
    holds: Iterable[Hold],
    pauses: Iterable[Pause],
) -> tuple[Share, ...]:
    """The shares of the days after `started_on` up to `end_on`, in order.

    A hold of this very node goes before a hold of the whole case from its own first day on. A
    paused day belongs to the pause. Σ days == (end_on - started_on).days, 0 when it is negative.
    """
    own = _ordered(holds, node_code)
    general = _ordered(holds, None)
    stops = tuple(pauses)
    shares: list[Share] = []
    for day in (started_on + timedelta(days=n) for n in range(1, (end_on - started_on).days + 1)):
        kind, holder_id, name = _holder(day, own, general, stops)
        late = int(due_on is not None and day > due_on)
        last = shares[-1] if shares else None
        if last is not None and (last.kind, last.holder_id, last.holder_name) == (
            kind,
            holder_id,
            name,
        ):
            shares[-1] = Share(
                kind, holder_id, name, last.days + 1, last.late_days + late, last.from_on, day
            )
        else:
            shares.append(Share(kind, holder_id, name, 1, late, day, day))
    return tuple(shares)


def _ordered(holds: Iterable[Hold], node_code: str | None) -> list[Hold]:
    return sorted((h for h in holds if h.node_code == node_code), key=lambda h: h.from_on)


def _holder(
    day: date, own: Sequence[Hold], general: Sequence[Hold], pauses: Sequence[Pause]
) -> tuple[ShareKind, str | None, str]:
    for pause in pauses:
        if pause.from_on <= day and (pause.to_on is None or day <= pause.to_on):
            return ShareKind.PAUSE, None, pause.why
    for holds in (own, general):
        held = [hold for hold in holds if hold.from_on <= day]
        if held:
            return ShareKind(held[-1].kind.value), held[-1].holder_id, held[-1].holder_name
    return ShareKind.UNRECORDED, None, "未登记持有人"


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change: `days` earlier, so that the thing is done on `before_on` at latest."""

    kind: Literal["finish", "pause"]
    days: int
    before_on: date
    due_on: date
    sentence: str

    def to_json(self) -> dict[str, object]:
        """Plain values: days as ISO text."""
        return {
            "kind": self.kind,
            "days": self.days,
            "before": self.before_on.isoformat(),
            "due": self.due_on.isoformat(),
            "sentence": self.sentence,
        }


def smallest_change(
    done_on: date,
    pauses: Sequence[Pause],
    due_with: Callable[[Sequence[Pause]], date],
    action: str,
) -> Change | None:
    """The smallest number of days by which one thing had to come earlier; None when in time.

    Two things can come earlier: the finish itself, or one pause whose papers were made out too
    late to count (its end stays). `due_with` is the engine: each candidate is judged by counting
    again. `done_on` is the day it was done, or the day asked about while it is open. At equal
    cost the finish is named, since it is the court's own act.
    """
    due = due_with(pauses)
    late = (done_on - due).days
    if late <= 0:
        return None
    for days in range(1, min(late, PAUSE_MOVES_MAX)):
        for index, pause in enumerate(pauses):
            earlier = pause.from_on - timedelta(days=days)
            moved = Pause(earlier, pause.to_on, pause.why, pause.document_no)
            changed = [*pauses[:index], moved, *pauses[index + 1 :]]
            new_due = due_with(changed)
            if pause.to_on is not None and new_due >= done_on:
                text = (
                    f"若“{pause.why}”的手续（{pause.document_no}）"
                    f"于{_spoken(earlier)}前办妥（早 {days} 日），则按期"
                )
                return Change("pause", days, earlier, new_due, text)
    assert due_with(pauses) >= due, "the engine must confirm its own answer"
    text = f"若{_spoken(due)}前（含当日）完成{action}，则按期"
    return Change("finish", late, due, due, text)


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
