"""How Chinese text sounds: pinyin without tones, character by character. Pure; any thread.

pypinyin is imported when the first character is looked up, never while a window opens.
"""

import os
from functools import cache


@cache
def syllable(char: str) -> str:
    """The usual syllable of one character; ASCII stands for itself, in small letters."""
    if char.isascii():
        return char.lower()
    # Characters are looked up one by one, so the tables of phrases, 45 MB of them, serve nobody.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  Only when it is needed.

    return str(lazy_pinyin(char, style=Style.NORMAL)[0]).lower()


def pinyin(text: str) -> str:
    """All syllables in a row: 张三 -> zhangsan."""
    return "".join(map(syllable, text))


def initials(text: str) -> str:
    """The first letters: 张三 -> zs."""
    return "".join(syllable(char)[:1] for char in text)
