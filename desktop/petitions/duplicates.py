"""Whether two petitions are the same person about the same case, and why we think so. Pure.

A score is a sum of independent signs, 0 to 100. Nothing is merged by itself: at WARN the clerk is
shown the reasons and decides.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.sounds import syllable

WARN: Final = 60
_SAME_NAME: Final = 35
_LIKE_NAME: Final = 30
_NEAR_NAME: Final = 20
_SAME_CASE: Final = 40
_SAME_IDENTITY: Final = 70
_SAME_PHONE: Final = 40
_NEAR_RATIO: Final = 0.9
_NEAR_LENGTH_MIN: Final = 4
_PHONE_DIGITS_MIN: Final = 7
_MOBILE_DIGITS: Final = 11

# Characters that are mistaken for one another when read from a form; the first stands for all.
_ALIKE: Final = (
    "己已巳", "未末", "土士", "日曰", "戌戍戊", "人入", "天夭", "千干于", "王玉", "大太",
    "冶治", "侯候", "洒酒", "郎朗", "宫官", "析折", "赢嬴", "申由甲", "崇祟", "刘浏",
)  # fmt: skip
_ALIKE_TABLE: Final = str.maketrans({other: row[0] for row in _ALIKE for other in row[1:]})


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of who came and about which case; `key` names the petition."""

    key: str
    name: str
    case_number: str = ""
    identity_no: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, 0 to 100, and the signs in Chinese."""

    key: str
    score: int
    reasons: tuple[str, ...]


def normal_name(name: str) -> str:
    """Full-width folded, spaces, dots and marks dropped, capitals lowered."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(c for c in folded if unicodedata.category(c)[0] in "LN")
    return unicodedata.normalize("NFKC", kept)


@lru_cache(maxsize=16_384)
def _sound(name: str) -> str:
    return " ".join(map(syllable, name))


def normal_digits(text: str) -> str:
    """Digits and X of a telephone or identity number, in half-width capitals."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c in "0123456789X")


def normal_phone(text: str) -> str:
    """The national number: without +86 before a mobile number."""
    digits = normal_digits(text).replace("X", "")
    return digits[-_MOBILE_DIGITS:] if digits.startswith("86") and len(digits) > 11 else digits


@lru_cache(maxsize=16_384)
def normal_case(text: str) -> str:
    """The case number in its one written form; empty when it cannot be read."""
    try:
        return parse(text).format()
    except CaseNumberError:
        return ""


def likeness(one: Person, other: Person) -> Likeness:
    """The score of a pair. Two identity numbers that differ are two people, whatever else fits."""
    mine, theirs = normal_digits(one.identity_no), normal_digits(other.identity_no)
    if mine and theirs and mine != theirs:
        return Likeness(other.key, 0, ())
    score, reasons = _name_sign(normal_name(one.name), normal_name(other.name))
    if mine and mine == theirs:
        score += _SAME_IDENTITY
        reasons.append("证件号码相同")
    case = normal_case(one.case_number)
    if case and case == normal_case(other.case_number):
        score += _SAME_CASE
        reasons.append("案号相同")
    phone = normal_phone(one.phone)
    if len(phone) >= _PHONE_DIGITS_MIN and phone == normal_phone(other.phone):
        score += _SAME_PHONE
        reasons.append("联系电话相同")
    return Likeness(other.key, min(score, 100), tuple(reasons))


def _name_sign(one: str, other: str) -> tuple[int, list[str]]:
    if not one or not other:
        return 0, []
    if one == other:
        return _SAME_NAME, ["姓名相同"]
    if one.translate(_ALIKE_TABLE) == other.translate(_ALIKE_TABLE):
        return _LIKE_NAME, ["姓名形近"]
    if _sound(one) == _sound(other):
        return _LIKE_NAME, ["姓名同音"]
    if min(len(one), len(other)) >= _NEAR_LENGTH_MIN:
        # The matcher's answer depends on the order of its arguments; ours must not.
        first, second = min(one, other), max(one, other)
        ratio = SequenceMatcher(None, first, second, autojunk=False).ratio()
        if ratio >= _NEAR_RATIO:
            return _NEAR_NAME, ["名称相近"]
    return 0, []


def find(one: Person, others: Iterable[Person], warn: int = WARN) -> list[Likeness]:
    """Those at or above `warn`, most alike first; the petition itself is left out."""
    found = [likeness(one, other) for other in others if other.key != one.key]
    return sorted((x for x in found if x.score >= warn), key=lambda x: (-x.score, x.key))
