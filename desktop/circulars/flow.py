"""Rows on pages: what must stay together stays together, heads of tables come again. Pure.

Lengths are in points, from the top edge of the type area.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from desktop.circulars.geometry import HIGH, LINE

_CLOSE: Final = 1e-6

Draw = Callable[[Any, float], None]  # on the canvas, at the top of the row


@dataclass(slots=True)
class Row:
    """What is never cut. `words`: name and date may follow it; `with_next`: it does not end a page;
    `heads`: rows that come again above it where it begins a page; `to_grid`: blank, as high as it
    takes to be on the lines of the page again."""

    draw: Draw | None = None
    high: float = LINE
    words: bool = False
    with_next: bool = False
    heads: tuple["Row", ...] = ()
    to_grid: bool = False


@dataclass(slots=True)
class Page:
    """`begins`: where its first row stands."""

    begins: float = 0.0
    rows: list[Row] = field(default_factory=list)

    @property
    def used(self) -> float:
        """Where the next row would stand."""
        return self.begins + sum(row.high for row in self.rows)

    @property
    def free(self) -> float:
        return HIGH - self.used

    def holds(self, rows: Iterable[Row]) -> bool:
        """Whether there is room for them."""
        return sum(row.high for row in rows) <= self.free + _CLOSE


def flowed(rows: Sequence[Row], begins: float) -> list[Page]:
    """Pages for `rows`, the first one from `begins` on. A group that no page holds is cut between
    its rows."""
    pages = [Page(begins)]
    for group in _groups(rows):
        if not pages[-1].holds(group) and pages[-1].rows:
            pages.append(Page())
            pages[-1].rows += group[0].heads
        for row in group:
            if not pages[-1].holds([row]):
                pages.append(Page())
                pages[-1].rows += row.heads
            if row.to_grid:
                row.high = -pages[-1].used % LINE
            pages[-1].rows.append(row)
    return pages


def taken_along(page: Page, count: int) -> list[Row]:
    """The last `count` rows with words, fewer where a table stands above them, taken off their
    page with all that follows them; none where that would leave the page empty."""
    found = 0
    for place in range(len(page.rows) - 1, 0, -1):
        found += page.rows[place].words
        if found == count or (found and page.rows[place - 1].to_grid):
            taken = page.rows[place:]
            del page.rows[place:]
            while page.rows and page.rows[-1].with_next:
                taken.insert(0, page.rows.pop())
            return [*taken[0].heads, *taken]
    return []


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    found: list[list[Row]] = []
    open_ = False
    for row in rows:
        if open_:
            found[-1].append(row)
        else:
            found.append([row])
        open_ = row.with_next
    return found
