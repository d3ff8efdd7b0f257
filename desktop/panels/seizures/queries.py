"""What the panel reads (desktop.command.seizures.queries says how). Any thread that may read."""

from desktop.command.seizures.queries import (
    Asked,
    Line,
    Offer,
    Picture,
    Seizure,
    Thing,
    case_by_number,
    lines,
    offer,
    seizure_of,
    waiting_count,
)

__all__ = [
    "Asked",
    "Line",
    "Offer",
    "Picture",
    "Seizure",
    "Thing",
    "case_by_number",
    "lines",
    "offer",
    "seizure_of",
    "waiting_count",
]
