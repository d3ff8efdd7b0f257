"""Finds the header of a sheet: below title rows, in one row or two, with merged cells. Pure.

A merged cell keeps its text in its first cell only. So in the upper of two header rows an empty
cell takes the text to its left, and in the lower row an empty cell takes the text above it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.importing.profile import ColumnSpec, Profile, header_unit, normalise_header

HEADER_SEARCH_ROWS: Final = 20
Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Header:
    """The column names and the last row they stand in (counted from 1; 0 when there is none)."""

    names: tuple[str, ...]
    last_row: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A profile column found at `index` of the source; `fen_per_unit` when its header names one."""

    index: int
    header: str
    column: ColumnSpec
    fen_per_unit: int | None


@dataclass(frozen=True, slots=True)
class Binding:
    """Which source columns feed which fields; `missing` are required columns not found."""

    bound: tuple[Bound, ...]
    missing: tuple[ColumnSpec, ...]
    ignored: tuple[str, ...]


def known_headers(profile: Profile) -> Known:
    """Whether a text is a header of `profile`."""
    names = {name for column in profile.columns for name in column.names()}
    return lambda text: normalise_header(text) in names


def _words(row: Sequence[object]) -> list[str]:
    return ["".join(str(cell).split()) if cell is not None else "" for cell in row]


def _joined(top: list[str], low: list[str], known: Known) -> list[str]:
    names, carried = [], ""
    for n in range(max(len(top), len(low))):
        above = top[n] if n < len(top) else ""
        below = low[n] if n < len(low) else ""
        carried = above or (carried if below else "")
        if not below:
            names.append(above)
        elif carried and known(carried + below):
            names.append(carried + below)
        elif known(below) or not carried:
            names.append(below)
        else:
            names.append(f"{carried}·{below}")
    return names


def find_header(rows: Sequence[Sequence[object]], known: Known) -> Header:
    """The header among the first rows; the reading that finds most known names wins.

    When nothing is known, the first row with two filled cells is taken, so that a mapping can be
    made by hand.
    """
    best, best_score = Header((), 0), 0
    words = [_words(row) for row in rows[:HEADER_SEARCH_ROWS]]
    for n, row in enumerate(words):
        score = sum(1 for name in row if name and known(name))
        if score > best_score:
            best, best_score = Header(tuple(row), n + 1), score
        if n + 1 < len(words):
            both = _joined(row, words[n + 1], known)
            score = sum(1 for name in both if name and known(name))
            if score > best_score:
                best, best_score = Header(tuple(both), n + 2), score
    if best_score == 0:
        for n, row in enumerate(words):
            if sum(1 for name in row if name) >= 2:
                return Header(tuple(row), n + 1)
    return best


def bind(profile: Profile, headers: Sequence[str]) -> Binding:
    """Joins source columns and profile columns; the first alias that is there wins."""
    places: dict[str, int] = {}
    for n, header in enumerate(headers):
        places.setdefault(normalise_header(header), n)
    bound, missing, used = [], [], set()
    for column in profile.columns:
        index = next((places[name] for name in column.names() if name in places), None)
        if index is not None:
            used.add(index)
            header = headers[index]
            unit = header_unit(header) if column.kind == "money" else None
            bound.append(Bound(index, header, column, unit))
        elif column.required and column.target not in profile.constants:
            missing.append(column)
    ignored = tuple(name for n, name in enumerate(headers) if name and n not in used)
    return Binding(tuple(bound), tuple(missing), ignored)
