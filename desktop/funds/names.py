"""Names of payers and parties, and how they are written otherwise. Pure; any thread."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_ENDS: Final = re.compile(
    r"(?:(?:集团|股份|控股)?(?:有限责任公司|有限公司|股份公司|公司)|分公司|合作社|联社|经营部"
    r"|商行|门市部|工作室|厂|店|行)$"
)
_NOISE: Final = re.compile(r"[\s·.,，。、()（）\[\]【】\-_/\"'“”]+")
_RUN: Final = re.compile(r"[一-龥A-Za-z]{2,}")
SHORT_MIN: Final = 4  # a short name has so many signs at least
FUZZY_MIN: Final = 5
CUT_MAX: Final = 5  # what stands before a short name: province, city, county
NAME_MAX: Final = 24


def plain(name: str) -> str:
    """A name without blanks, brackets and points."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).upper()


def is_company(name: str) -> bool:
    """Whether a plain name is that of an organisation: by its end, or by its length."""
    return bool(_ENDS.search(name)) or len(name) > 4


def base(name: str) -> str:
    """A company's plain name without its legal form."""
    return _ENDS.sub("", name)


def short_forms(name: str) -> Iterator[str]:
    """What a company may be called: without its legal form, then without the first signs, where
    its province and city stand."""
    core = base(name)
    for cut in range(min(CUT_MAX, len(core) - SHORT_MIN) + 1):
        yield core[cut:]


def holes(text: str) -> Iterator[str]:
    """The text, and the text with one sign left out: two names that share one differ in one sign at
    most (or in two places by one)."""
    yield text
    for n in range(len(text)):
        yield text[:n] + text[n + 1 :]


def one_apart(one: str, other: str) -> bool:
    """Whether two texts differ by one sign: another, missing, too many, or two that changed
    places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        wrong = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and (one[wrong[0]], one[wrong[1]]) == (other[wrong[1]], other[wrong[0]])
        )
    short, long = sorted((one, other), key=len)
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


def pieces(text: str) -> Iterator[str]:
    """Every stretch of letters in a text that may be a name."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).upper()):
        for start in range(len(run)):
            for end in range(start + 2, min(len(run), start + NAME_MAX) + 1):
                yield run[start:end]
