"""What the timeline parts are given. Pure; any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

StepKind = Literal["start", "count", "skip", "roll", "due", "late", "note", "done"]


@dataclass(frozen=True, slots=True)
class Span:
    """Days `start` to `end`, both included; end None is open and drawn dashed to today."""

    id: str
    start: date
    end: date | None
    state: str
    label: str = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """A point in time, drawn as its state's shape."""

    day: date
    state: str
    label: str = ""
    tooltip: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of days across all lanes, e.g. a pause."""

    start: date
    end: date | None
    label: str = ""
    state: str = "paused"
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the timeline."""

    label: str
    spans: Sequence[Span] = ()
    markers: Sequence[Marker] = ()


@dataclass(frozen=True, slots=True)
class StripSegment:
    """A part of the day strip. state: a style key or a colour token."""

    label: str
    days: int
    state: str
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation; `state` overrides the colour its kind has."""

    kind: StepKind
    headline: str
    detail: str = ""
    state: str = ""
