"""The steps of a count, as a clerk would write them down to count again by hand. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

StepKind = Literal["start", "count", "skip", "roll", "extend", "due", "late", "unknown", "note"]


@dataclass(frozen=True, slots=True)
class DayNote:
    """One day that was passed over (or looked at), and why, in Chinese."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch: first and last day inclusive; `days` counted (count) or passed over (skip).

    `dates` names each single day where days of one stretch have different reasons.
    """

    kind: StepKind
    from_on: date
    to_on: date
    days: int
    why: str
    document_no: str | None = None
    dates: tuple[DayNote, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Plain values: days as ISO text."""
        return {
            "kind": self.kind,
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "days": self.days,
            "why": self.why,
            "document_no": self.document_no,
            "dates": [{"date": n.on.isoformat(), "reason": n.reason} for n in self.dates],
        }

    def sentences(self) -> list[str]:
        """The step in Chinese; a stretch of several reasons lists each day on a line of its own."""
        if self.from_on == self.to_on:
            span = self.from_on.isoformat()
        else:
            span = f"{self.from_on.isoformat()} 至 {self.to_on.isoformat()}"
        document = f"（{self.document_no}）" if self.document_no else ""
        counted = {
            "count": f"，计 {self.days} 日",
            "skip": f"，扣除 {self.days} 日",
            "roll": f"，顺延 {self.days} 日",
            "late": f"，逾期 {self.days} 日",
        }.get(self.kind, "")
        lines = [f"{span}：{self.why}{document}{counted}"]
        lines.extend(f"　　{note.on.isoformat()} {note.reason}" for note in self.dates)
        return lines
