"""Which columns of a table show, in which order and how wide: what people chose, and what gives
way in a narrow window. Knows the header, not the rows. UI thread."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, Literal

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView

from widgets.table.columns import Column
from widgets.theme import current_theme

# shown: has room. kept: brought by hand, never gives way. aside: gave way. hidden: by hand.
Standing = Literal["shown", "kept", "aside", "hidden"]

NARROWEST_SECTION: Final = 40
_WIDEST_SECTION: Final = 4_000
_NARROWEST: Final = 0.75
_TITLE_EXTRA: Final = 8 + 8  # padding of a title on both sides
_ARROW: Final = 14  # the arrow of the order behind it


class Arrangement:
    """`lay_out` brings the header's sections to what is wanted; nothing else hides a section."""

    def __init__(self, header: QHeaderView, columns: Sequence[Column]) -> None:
        self._header = header
        self._columns = tuple(columns)
        self._widths: dict[str, float] = {}  # logical pixels: they grow with the text
        self._hidden: set[str] = set()
        self._kept: set[str] = set()
        self._left_out: set[str] = set()
        self._aside: set[str] = set()
        self.overflows = False
        self.busy = False

    # What is the case

    def standing(self, column: Column) -> Standing:
        """How it stands with a column that its owner has not left out."""
        if column.key in self._hidden:
            return "hidden"
        if column.key in self._aside:
            return "aside"
        return "kept" if column.key in self._kept else "shown"

    def offered(self) -> list[Column]:
        """What a person may choose from, in the order in which it stands."""
        order = sorted(range(len(self._columns)), key=self._header.visualIndex)
        return [self._columns[n] for n in order if self._columns[n].key not in self._left_out]

    def wanted(self) -> list[Column]:
        """The columns that nobody has hidden, whether they have room or not, in their order."""
        offered = self.offered()
        return [column for column in offered if column.key not in self._hidden] or offered[:1]

    def shown(self) -> list[Column]:
        """What can be seen, in its order; where the table scrolls, by scrolling."""
        return [column for column in self.wanted() if column.key not in self._aside]

    def away(self) -> list[Column]:
        """What cannot be seen, in its order."""
        return [column for column in self.offered() if self.standing(column) in ("aside", "hidden")]

    @property
    def hinted(self) -> bool:
        """Whether the header should say that more, or too much, was asked for than has room."""
        return bool(self.away()) or (self.overflows and bool(self._kept))

    # What people and the owner choose; `lay_out` comes after it

    def turn(self, key: str) -> None:
        """A person asks for a column that is away, or hides one that is there; the last stays."""
        if key in self._aside or key in self._hidden:
            self._hidden.discard(key)
            if self._by_key(key).spare:
                self._kept.add(key)
        elif len(self.wanted()) > 1:
            self._hidden.add(key)
            self._kept.discard(key)

    def set_width(self, number: int, width: int) -> None:
        """A person drew a column's edge."""
        self._widths[self._columns[number].key] = round(width / current_theme().scale, 2)

    def leave_out(self, keys: Iterable[str]) -> None:
        """The owner has nothing to say in these columns; nobody is offered them."""
        self._left_out = set(keys)

    def forget_choices(self) -> None:
        """Order, widths and columns as they were meant."""
        self._widths.clear()
        self._hidden.clear()
        self._kept.clear()
        for number in range(len(self._columns)):
            self._header.moveSection(self._header.visualIndex(number), number)

    def saved(self) -> list[dict[str, Any]]:
        """The choices, for a file."""
        return [
            {
                "key": column.key,
                "width": self._widths.get(column.key),
                "hidden": column.key in self._hidden,
                "kept": column.key in self._kept,
                "place": self._header.visualIndex(number),
            }
            for number, column in enumerate(self._columns)
        ]

    def restore(self, saved: Sequence[Mapping[str, Any]]) -> None:
        """Takes back what `saved` gave; columns that are gone are skipped. ValueError, KeyError,
        TypeError or AttributeError for nonsense, which changes nothing."""
        numbers = {column.key: number for number, column in enumerate(self._columns)}
        known = [one for one in saved if one["key"] in numbers]
        places = {one["key"]: max(int(one["place"]), 0) for one in known}
        widths = {one["key"]: float(one["width"]) for one in known if one["width"] is not None}
        if not all(isfinite(width) for width in widths.values()):
            raise ValueError("a width is no number")
        hidden = {one["key"] for one in known if one["hidden"]}
        kept = {one["key"] for one in known if one.get("kept")}
        for key in sorted(places, key=places.__getitem__):
            place = min(places[key], len(numbers) - 1)
            self._header.moveSection(self._header.visualIndex(numbers[key]), place)
        self._widths = {
            key: max(NARROWEST_SECTION, min(width, _WIDEST_SECTION))
            for key, width in widths.items()
        }
        self._hidden = hidden if len(hidden) < len(numbers) else hidden - {self._columns[0].key}
        self._kept = kept - self._hidden

    # Room

    def lay_out(self, room: int, hint_width: int) -> None:
        """Widths of their own for columns people set; the others share what is left of `room`
        pixels. `hint_width`: what the hint takes at the header's end where there is one."""
        self.busy = True
        self._step_aside(room, hint_width)
        shown = self.shown()
        theme = current_theme()
        base = {c.key: theme.px(self._widths.get(c.key, c.width)) for c in shown}
        last, strip = self._beside_the_hint(shown, hint_width)
        if last:
            base[shown[-1].key] = max(base[shown[-1].key], last)
        left = room - strip - sum(base.values())
        if left > 0:
            shares = {c.key: c.stretch for c in shown if c.key not in self._widths}
        else:  # each by what it can lose, so that none is pushed over the edge by another's least
            least = {c.key: self._least(c) for c in shown}
            least[shown[-1].key] = max(least[shown[-1].key], last)
            shares = {key: base[key] - width for key, width in least.items()}
            left = max(left, -sum(shares.values()))
        shares = {key: share for key, share in shares.items() if share > 0}
        total, given = sum(shares.values()), 0
        for place, (key, share) in enumerate(shares.items()):
            part = left - given if place == len(shares) - 1 else left * share // total
            given += part
            base[key] += part
        self._show(base)
        self.busy = False

    def _show(self, widths: Mapping[str, int]) -> None:
        for number, column in enumerate(self._columns):
            self._header.setSectionHidden(number, column.key not in widths)
            if column.key in widths:
                self._header.resizeSection(number, widths[column.key])

    def _step_aside(self, room: int, hint_width: int) -> None:
        """Marks the columns that can be spared until the others have room."""
        self._aside.clear()
        may_go = [
            column
            for column in sorted(self.wanted(), key=lambda column: -column.spare)
            if column.spare and column.key not in self._widths and column.key not in self._kept
        ]
        self.overflows = False
        for column in may_go:
            if len(self.shown()) == 1 or self._needed(hint_width) <= room:
                break
            self._aside.add(column.key)
        self.overflows = self._needed(hint_width) > room

    def _needed(self, hint_width: int) -> int:
        shown = self.shown()
        last, strip = self._beside_the_hint(shown, hint_width)
        least = [self._least(column) for column in shown]
        least[-1] = max(least[-1], last)
        return sum(least) + strip

    def _least(self, column: Column) -> int:
        """Words may give way a little before a column steps aside or the table scrolls; case
        numbers and what people chose keep their width."""
        if column.key in self._widths:
            return current_theme().px(self._widths[column.key])
        width = current_theme().px(column.width)
        return round(width * _NARROWEST) if column.stretch and column.kind != "mono" else width

    def _beside_the_hint(self, shown: Sequence[Column], hint_width: int) -> tuple[int, int]:
        """What the last column's title and the hint take together, and the strip that stays free
        behind the last column. Words begin at the left and let the hint stand at the end of their
        title; figures and states stand beneath theirs, so the hint gets room of its own."""
        if not self.hinted:
            return 0, 0
        last = shown[-1]
        theme = current_theme()
        if last.side != "left":
            width = theme.px(self._widths.get(last.key, last.width))
            return (width + hint_width, 0) if self.overflows else (0, hint_width)
        title = QFontMetrics(theme.font("small", bold=True)).horizontalAdvance(last.title)
        sorted_by = self._header.sortIndicatorSection()
        arrow = 0 <= sorted_by < len(self._columns) and self._columns[sorted_by] is last
        return title + theme.px(_TITLE_EXTRA + (_ARROW if arrow else 0)) + hint_width, 0

    def _by_key(self, key: str) -> Column:
        return next(column for column in self._columns if column.key == key)
