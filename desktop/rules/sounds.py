"""How Chinese text sounds: pinyin without tones, character by character. Pure; any thread.

pypinyin is imported when the first character is looked up, never while a window opens.
"""

import os
from functools import cache
from itertools import islice, product
from typing import Final

READINGS_MAX: Final = 16


@cache
def syllables(char: str) -> tuple[str, ...]:
    """The syllables of one character, the usual one first; ASCII stands for itself, in small
    letters."""
    if char.isascii():
        return (char.lower(),)
    # Characters are looked up one by one, so the tables of phrases, 45 MB of them, serve nobody.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin  # noqa: PLC0415  Only when it is needed.

    found = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(str(one).lower() for one in found))


def syllable(char: str) -> str:
    """The usual syllable of one character."""
    return syllables(char)[0]


def pinyin(text: str) -> str:
    """All syllables in a row: 张三 -> zhangsan."""
    return "".join(map(syllable, text))


def initials(text: str) -> str:
    """The first letters: 张三 -> zs."""
    return "".join(syllable(char)[:1] for char in text)


def sounds_like(typed: str, text: str) -> bool:
    """Whether the typed letters are in the initials or the pinyin of `text`, in any reading of
    its characters: 长 is chang in one name and zhang in another."""
    for reading in readings(text):
        if typed in "".join(one[:1] for one in reading) or typed in "".join(reading):
            return True
    return False


def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a text aloud, at most READINGS_MAX, the usual one first."""
    return tuple(islice(product(*map(syllables, text)), READINGS_MAX))
