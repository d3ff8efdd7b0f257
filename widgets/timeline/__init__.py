"""A case over time, the bar of whose days they were, and the steps of a derivation. UI thread."""

from widgets.timeline.case_timeline import CaseTimeline
from widgets.timeline.records import Band, Lane, Marker, Span, Step, StripSegment
from widgets.timeline.steps import StepList
from widgets.timeline.strip import DayStrip

__all__ = [
    "Band",
    "CaseTimeline",
    "DayStrip",
    "Lane",
    "Marker",
    "Span",
    "Step",
    "StepList",
    "StripSegment",
]
