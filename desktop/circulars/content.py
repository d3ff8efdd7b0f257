"""What stands on the papers, as frozen text; filling it loads no PDF library. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the recount: a stretch, or one skipped day inside it (`inner`)."""

    what: str
    from_on: str
    to_on: str
    days: str
    why: str
    document_no: str = ""
    inner: bool = False


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who held the matter, from when to when (both inside), how long, and how much of it late."""

    holder: str
    from_on: str
    to_on: str
    days: int
    late_days: int


@dataclass(frozen=True, slots=True)
class DerivationSheet:
    """Everything on the derivation sheet, as text."""

    court: str
    case_number: str
    node: str
    team: str
    handler: str
    conclusion: str
    warnings: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    holders: tuple[HolderRow, ...]
    smallest_change: str
    article: str
    source: str
    rule_version: str
    in_force: str
    confidence: str
    basis: str
    as_of: str
    printed_at: datetime
    printed_by: str
    demo: bool = False
