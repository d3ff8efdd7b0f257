"""Case numbers as payers write them: without brackets, year or 号, in full-width digits. Pure.

`desktop.rules.case_number` reads a number that stands alone and is whole; a remark of a payment is
neither. A mention keeps what was written, and says which known numbers it may mean.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from desktop.rules.case_number import CaseNumberError, load_type_words, parse

_OPEN: Final = "（〔[［【〈《<﹝"
_CLOSE: Final = "）〕]］】〉》>﹞"
_BRACKETS: Final = str.maketrans({**dict.fromkeys(_OPEN, "("), **dict.fromkeys(_CLOSE, ")")})
_BLANKS: Final = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_SLIPS: Final = {"swap": 0.01, "digit": 0.01, "length": 0.005}


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a text; None for what the payer left out. `court` without its region's letter
    where the payer left it out, too."""

    word: str
    serial: int
    year: int | None
    court: str | None
    written: str

    def fits(self, other: "Known") -> bool:
        """Whether nothing that was written contradicts the number, its serial aside."""
        if self.word != other.word or (self.year is not None and self.year != other.year):
            return False
        return self.court is None or other.court in (self.court, other.court[:1] + self.court)

    @property
    def whole(self) -> bool:
        """Whether year and court were written."""
        return self.year is not None and self.court is not None


@dataclass(frozen=True, slots=True)
class Known:
    """The parts of a number that is on file."""

    year: int
    court: str
    word: str
    serial: int


def known(number: str) -> Known | None:
    """The parts of a number; None when it is none."""
    try:
        found = parse(number)
    except CaseNumberError:
        return None
    return Known(found.year, found.court, found.type_word, found.serial)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    vocabulary = load_type_words()
    words = "|".join(sorted(vocabulary.words, key=len, reverse=True))
    marks = "".join(vocabulary.specials)
    return re.compile(
        r"(?:(?<!\d)\(?(?P<year>20\d{2})\)?年?[,，、度]?)?"
        rf"(?P<court>[{vocabulary.provinces}]\d{{4}}|[{vocabulary.provinces}]\d{{2}}(?!\d)"
        rf"|[{vocabulary.provinces}](?!\d)|\d{{4}}(?=[{marks}]?(?:{words})))?"
        rf"[{marks}]?(?P<word>{words})字?第?(?P<serial>[1-9]\d{{0,8}})(?P<end>号?)"
    )


def fold(text: str) -> str:
    """Plain digits and brackets, no blanks but those between two digits."""
    plain = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    return _BLANKS.sub("", plain)


def mentions(text: str) -> Iterator[Mention]:
    """Every number in a text, in its order; a serial without year, court and 号 is too little."""
    for found in _pattern().finditer(fold(text)):
        year, court = found["year"], found["court"]
        if not (year or court or found["end"]):
            continue
        yield Mention(
            found["word"], int(found["serial"]), int(year) if year else None, court, found[0]
        )


def slips(serial: int) -> Iterator[tuple[int, float]]:
    """What a serial may have been before the payer's slip, and how likely such a slip is: two
    digits changed places, one is wrong, one is missing or too many."""
    text = str(serial)
    n = len(text)
    seen = {serial}
    for way, options in (
        ("swap", _swapped(text)),
        ("digit", _changed(text)),
        ("length", _cut(text)),
    ):
        every = list(dict.fromkeys(options))
        count = {"swap": max(n - 1, 1), "digit": 9 * n, "length": 11 * n}[way]
        for option in every:
            if option and option[0] != "0" and int(option) not in seen:
                seen.add(int(option))
                yield int(option), _SLIPS[way] / count


def _swapped(text: str) -> Iterator[str]:
    for n in range(len(text) - 1):
        yield text[:n] + text[n + 1] + text[n] + text[n + 2 :]


def _changed(text: str) -> Iterator[str]:
    for n in range(len(text)):
        for digit in "0123456789":
            yield text[:n] + digit + text[n + 1 :]


def _cut(text: str) -> Iterator[str]:
    for n in range(len(text)):
        yield text[:n] + text[n + 1 :]
    for n in range(len(text) + 1):
        for digit in "0123456789":
            yield text[:n] + digit + text[n:]
