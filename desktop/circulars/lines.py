"""Chinese lines: where one may end and begin, and where each character stands. Pure.

Lengths are in characters (字): 1 is the width of a full-width character at the pitch of its page. A
mark that closes never begins a line, one that opens never ends it, dashes and dots that belong
together stay together, and neither a number nor a foreign word is torn. What would hang over is
taken in by squeezing marks of the line to no less than half their width, else the character
before it is carried over; lines but the last are then as long as the page is wide.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.circulars.faces import Face

# GB/T 15834—2011, 5.1: a dash of two characters and dots may begin a line but are not torn; a short
# dash between two things may not.
NOT_FIRST: Final = frozenset("、。，．：；？！）〕】》〉」』”’％‰℃·～,.;:!?)]}%°")
NOT_LAST: Final = frozenset("（〔【《〈「『“‘￥＄([{¥$№")
_OPENING: Final = frozenset("（〔【《〈「『“‘")
_CLOSING: Final = frozenset("、。，．：；）〕】》〉」』”’")
_SQUEEZE_MAX: Final = 0.5  # of a mark
_CARRIED_MAX: Final = 6  # characters that may move to the next line before a rule gives way
_CLOSE: Final = 1e-9
_FOREIGN: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/%+\-_'@&]*")
_WORD: Final = re.compile(_FOREIGN.pattern + r"|—+|…+|\s+|.", re.DOTALL)

Width = Callable[[str, Face], float]


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one typeface."""

    text: str
    face: Face = "text"


@dataclass(frozen=True, slots=True)
class Placed:
    """A character, or a word that is never torn; its left edge from that of the lines."""

    text: str
    face: Face
    left: float


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in it, in its order; `right` is the edge of the last one."""

    placed: tuple[Placed, ...]
    right: float

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(one.text for one in self.placed)


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never torn."""

    text: str
    face: Face
    width: float

    @property
    def first(self) -> str:
        return self.text[0]

    @property
    def last(self) -> str:
        return self.text[-1]

    @property
    def mark(self) -> bool:
        """Whether it may be squeezed: half of it is empty."""
        return self.width == 1 and self.text in _OPENING | _CLOSING


def break_lines(
    spans: Sequence[Span], width: Width, room: float, *, indent: float = 0.0, justify: bool = True
) -> list[Line]:
    """The lines of a paragraph, `room` long; the first begins at `indent`.

    Empty for no words. Raises ValueError for a line break within.
    """
    atoms = _atoms(spans, width, room - indent)
    lines: list[Line] = []
    at = 0
    while at < len(atoms):
        if atoms[at].text.isspace() and lines:
            at += 1  # a space where a line ends is not set
            continue
        left = indent if not lines else 0.0
        end, squeezed = _end(atoms, at, room - left)
        part = list(atoms[at:end])
        while len(part) > 1 and part[-1].text.isspace():
            part.pop()
        lines.append(_set(part, left, room, squeezed=squeezed, full=justify and end < len(atoms)))
        at = end
    return lines


def widest_word(text: str, width: Width, face: Face = "text") -> float:
    """Of a number or a foreign word of `text`, which no line tears; 0 where there is none."""
    words = _FOREIGN.findall(text)
    return max((sum(width(char, face) for char in word) for word in words), default=0.0)


def _atoms(spans: Sequence[Span], width: Width, room: float) -> list[_Atom]:
    found: list[_Atom] = []
    for span in spans:
        if "\n" in span.text or "\r" in span.text:
            raise ValueError("a paragraph has no line break within")
        for text in _WORD.findall(span.text):
            wide = sum(width(char, span.face) for char in text)
            if wide > room:  # no line holds it
                found += [_Atom(char, span.face, width(char, span.face)) for char in text]
            else:
                found.append(_Atom(text, span.face, wide))
    return found


def _end(atoms: Sequence[_Atom], at: int, room: float) -> tuple[int, bool]:
    """Where the line that begins at `at` ends, and whether its marks must be squeezed."""
    end, used = at, 0.0
    while end < len(atoms) and used + atoms[end].width <= room + _CLOSE:
        used += atoms[end].width
        end += 1
    end = max(end, at + 1)
    if end == len(atoms) or _may_break(atoms, end):
        return end, False
    taken = _taken_in(atoms, at, end, room)
    if taken is not None:
        return taken, True
    carried = end
    while carried > at + 1 and end - carried < _CARRIED_MAX:
        carried -= 1
        if _may_break(atoms, carried):
            return carried, False
    return end, False


def _may_break(atoms: Sequence[_Atom], before: int) -> bool:
    ends, begins = atoms[before - 1], atoms[before]
    opens = begins.first not in NOT_FIRST and begins.text != "—"
    return opens and ends.last not in NOT_LAST


def _taken_in(atoms: Sequence[_Atom], at: int, end: int, room: float) -> int | None:
    """The end of a line that takes in the marks that may not begin the next; None if the marks of
    the line cannot be squeezed so far."""
    last = end
    while last < len(atoms) and (atoms[last].first in NOT_FIRST or atoms[last].text == "—"):
        last += 1
    line = atoms[at:last]
    if last < len(atoms) and not _may_break(atoms, last):
        return None
    over = sum(atom.width for atom in line) - room
    return last if over <= _SQUEEZE_MAX * sum(atom.mark for atom in line) + _CLOSE else None


def _set(atoms: Sequence[_Atom], left: float, room: float, *, squeezed: bool, full: bool) -> Line:
    """Places them; `full`: the line shall be as long as the page is wide."""
    free = room - left - sum(atom.width for atom in atoms)
    marks = sum(atom.mark for atom in atoms)
    less = -free / marks if squeezed and marks else 0.0
    gaps = len(atoms) - 1
    more = free / gaps if full and gaps and free > _CLOSE else 0.0
    placed: list[Placed] = []
    x = left
    for atom in atoms:
        taken = less if atom.mark else 0.0
        # The empty half of an opening mark is on its left.
        start = x - (taken if atom.text in _OPENING else 0.0)
        placed.append(Placed(atom.text, atom.face, start))
        x += atom.width - taken + more
    return Line(tuple(placed), x - more)
