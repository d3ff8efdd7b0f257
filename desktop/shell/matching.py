"""Finds text the way people type it: parts, pinyin, initials, one wrong character. Any thread.

pypinyin is imported when the first Latin letter is typed (or by `warm`), never while the window
opens. Each character is looked up once; a name costs a few dictionary reads.
"""

import unicodedata
from typing import Final

from desktop.rules import sounds

# Characters that case numbers are written with in many ways and that nobody wants to type.
_NOISE: Final = frozenset("()[]{}（）〔〕［］【】 　号第-_—·.。,，、:：")
NO_MATCH: Final = 99


def normal(text: str) -> str:
    """Lower case, half-width, without brackets, blanks and 号."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in folded if char not in _NOISE)


def pinyin(text: str) -> str:
    """All syllables without tones, as typed: 张三 -> zhangsan."""
    return sounds.pinyin(normal(text))


def initials(text: str) -> str:
    """The first letters: 张三 -> zs."""
    return sounds.initials(normal(text))


def warm() -> None:
    """Loads the pinyin tables so that the first search does not wait for them. Any lane."""
    pinyin("执行指挥台")


def rank(query: str, text: str) -> int:
    """How well `query` fits `text`: 0 is best, NO_MATCH means not at all.

    0 begins with it; 1 holds it; 2 initials begin with it; 3 pinyin begins with it; 4 initials or
    pinyin hold it; 5 one character is wrong, missing or too many.
    """
    wanted = normal(query)
    if not wanted:
        return 0
    plain = normal(text)
    if wanted in plain:
        return 0 if plain.startswith(wanted) else 1
    if wanted.isascii() and not plain.isascii():
        short, full = initials(text), pinyin(text)
        if short.startswith(wanted):
            return 2
        if full.startswith(wanted):
            return 3
        if wanted in short or wanted in full:
            return 4
    return 5 if _nearly(wanted, plain) else NO_MATCH


def _nearly(wanted: str, plain: str) -> bool:
    """Whether one edit makes them equal; two characters are too few to guess from."""
    if len(wanted) < 3 or abs(len(wanted) - len(plain)) > 1 or not plain:
        return False
    start = 0
    while start < min(len(wanted), len(plain)) and wanted[start] == plain[start]:
        start += 1
    if len(wanted) == len(plain):
        return wanted[start + 1 :] == plain[start + 1 :]
    longer, shorter = (wanted, plain) if len(wanted) > len(plain) else (plain, wanted)
    return longer[start + 1 :] == shorter[start:]
