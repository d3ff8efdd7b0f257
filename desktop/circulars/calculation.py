"""A calculation on paper, as frozen text; filling it loads no PDF library. Pure."""

from dataclasses import dataclass
from datetime import datetime

from desktop.circulars.official import Sheet


@dataclass(frozen=True, slots=True)
class CalculationSheet:
    """Everything on the sheet. `facts`: pairs of name and words in its head; `basis`: article,
    source and the like below the tables; `warnings`: what a reader must not overlook."""

    title: str
    facts: tuple[tuple[str, str], ...]
    conclusions: tuple[str, ...]
    warnings: tuple[str, ...]
    tables: tuple[Sheet, ...]
    basis: tuple[tuple[str, str], ...]
    printed_at: datetime
    printed_by: str
