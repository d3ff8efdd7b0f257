"""Where a table begins in a sheet, which column is what, and what stands above it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.funds.statements.cells import CellError, account, blank, fen, folded
from desktop.funds.statements.profiles import FIELDS, Profile
from desktop.funds.statements.rows import Row

SEARCH_ROWS: Final = 60
JOINED: Final = ("text", "postscript")  # several columns of a file may be either
_BRACKETS: Final = re.compile(r"[(\[{【〔].*?[)\]}】〕]")
_LABEL: Final = re.compile(r"^(?P<label>[^:]{1,20}):(?P<value>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """The row of heads, and field → columns."""

    row: int
    names: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Above:
    """What a file says before its table; None for what it does not say."""

    account: str | None = None
    opening_fen: int | None = None
    closing_fen: int | None = None


def head_of(value: object) -> str:
    """A head without blanks, brackets and what stands in them, so that 金额（元） is 金额."""
    return _BRACKETS.sub("", folded(value)).replace(" ", "").rstrip(":").upper()


def find_heading(rows: Sequence[Row], profile: Profile) -> Heading | None:
    """The first row that holds the most fields of the profile and all it needs."""
    best: Heading | None = None
    for number, cells in rows[:SEARCH_ROWS]:
        names = tuple(head_of(cell) for cell in cells)
        columns = _columns(names, profile)
        if needed_missing(columns, profile):
            continue
        if best is None or len(columns) > len(best.columns):
            best = Heading(number, names, columns)
    return best


def missing_in(rows: Sequence[Row], profile: Profile) -> tuple[str, ...]:
    """The needed fields that the most promising row lacks, for the sentence that says so."""
    fewest: tuple[str, ...] = needed(profile)
    for _, cells in rows[:SEARCH_ROWS]:
        lacking = needed_missing(_columns(tuple(head_of(cell) for cell in cells), profile), profile)
        if len(lacking) < len(fewest):
            fewest = lacking
    return tuple(FIELDS[key] for key in fewest)


def needed(profile: Profile) -> tuple[str, ...]:
    """The fields without which a table is no statement."""
    if profile.sides == "debit_credit":
        return ("booked_on", "debit", "credit")
    if profile.sides == "direction":
        return ("booked_on", "amount", "direction")
    return ("booked_on", "amount")


def needed_missing(columns: Mapping[str, tuple[int, ...]], profile: Profile) -> tuple[str, ...]:
    """Those of them that `columns` has not."""
    return tuple(key for key in needed(profile) if key not in columns)


def _columns(names: Sequence[str], profile: Profile) -> dict[str, tuple[int, ...]]:
    where: dict[str, int] = {}
    for n, name in enumerate(names):
        if name:
            where.setdefault(name, n)
    taken: set[int] = set()
    columns: dict[str, tuple[int, ...]] = {}
    for key, heads in profile.heads.items():
        found = [
            where[head_of(head)]
            for head in heads
            if head_of(head) in where and where[head_of(head)] not in taken
        ]
        chosen = tuple(dict.fromkeys(found))[: None if key in JOINED else 1]
        if chosen:
            columns[key] = chosen
            taken.update(chosen)
    return columns


def labels(cells: Sequence[object], profile: Profile) -> Above:
    """Account and balances that the cells of one row say: 「账号：…」 or a label and the next
    cell."""
    said: dict[str, str] = {}
    texts = [folded(cell) for cell in cells]
    for n, text in enumerate(texts):
        parts = _LABEL.match(text)
        label = head_of(parts["label"] if parts else text)
        value = parts["value"].strip() if parts else ""
        if not value:
            value = next((later for later in texts[n + 1 :] if later), "")
        for key, words in profile.before.items():
            if key not in said and value and label in {head_of(word) for word in words}:
                said[key] = value
    return Above(
        _account(said.get("account", "")), _money(said.get("opening")), _money(said.get("closing"))
    )


def above(rows: Sequence[Row], heading: Heading, profile: Profile) -> Above:
    """What all rows above the table say; the first word counts."""
    found = Above()
    for number, cells in rows:
        if number >= heading.row:
            break
        found = merged(found, labels(cells, profile))
    return found


def merged(first: Above, then: Above) -> Above:
    """What `first` says, and what only `then` says."""
    return Above(
        first.account if first.account is not None else then.account,
        first.opening_fen if first.opening_fen is not None else then.opening_fen,
        first.closing_fen if first.closing_fen is not None else then.closing_fen,
    )


def _account(text: str) -> str | None:
    try:
        found = account(text.split(" ", maxsplit=1)[0]) if text else ""
    except CellError:
        return None
    # A head of a column (「账号」 beside 「户名」) has a word to its right, no number.
    return found if sum(c.isdigit() for c in found) >= 4 else None


def _money(text: str | None) -> int | None:
    if text is None or blank(text):
        return None
    try:
        return fen(text.split(" ")[-1] if text.startswith(("CNY", "RMB")) else text)
    except CellError:
        return None
