"""A slip about money on paper, as frozen text; filling it loads no PDF library. Pure."""

from dataclasses import dataclass
from datetime import datetime

from desktop.circulars.official import Sheet


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything on the slip. `copies`: what each copy on the page is for, one copy without words
    where empty; `facts`: pairs of name and words; `amount`: its name, in capitals, in figures;
    `warnings`: what a reader must not overlook; `signs`: who signs."""

    title: str
    number: str
    organ: str
    facts: tuple[tuple[str, str], ...]
    amount: tuple[str, str, str]
    printed_at: datetime
    printed_by: str
    copies: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    table: Sheet | None = None
    closing: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
