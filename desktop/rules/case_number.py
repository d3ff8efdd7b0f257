"""Case numbers (案号): reading, writing and checking them. Pure; any thread.

Source: 《关于人民法院案件案号的若干规定》(法〔2015〕137号) arts. 2, 3, 5, 9 and 10, amended by
法〔2018〕335号. Type words, code letters and special marks are dated data in
`resources/law/type_words.toml`; the table of courts is handed in by the caller.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from resources import path as resource_path
from storage.records.people import Court

NEW_STYLE_FROM: Final = 2016  # 法〔2015〕137号 took effect on 2016-01-01
TEXT_LENGTH_MAX: Final = 80
SERIAL_DIGITS_MAX: Final = 9
FOLLOW_UP_MAX: Final = 99

_DIGITS: Final = "零一二三四五六七八九"
_OPEN: Final = "(（〔[［【〈<﹝"
_CLOSE: Final = ")）〕]］】〉>﹞"
_HYPHENS: Final = "-－–—‐‑−"
_INVISIBLE: Final = frozenset(" \t\r\n\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff")
_FOLD: Final[Mapping[str, str]] = {
    **dict.fromkeys(_OPEN, "（"),
    **dict.fromkeys(_CLOSE, "）"),
    **dict.fromkeys(_HYPHENS, "-"),
    **{chr(0xFF10 + n): str(n) for n in range(10)},
}
_FOLDING: Final = str.maketrans({**_FOLD, **dict.fromkeys(_INVISIBLE, "")})


class CaseNumberError(ValueError):
    """The text is no case number. `reason` is a Chinese sentence, `position` the index in the
    text as it was typed (its length when something is missing at the end)."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason}（第 {position + 1} 个字符）")
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class TypeWord:
    """One type word: what it means, its class, and whether its official list was seen."""

    word: str
    meaning: str
    word_class: str
    confirmed: bool
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class TypeWords:
    """The vocabulary of case numbers, from data."""

    words: Mapping[str, TypeWord]
    legacy: Mapping[str, TypeWord]
    specials: Mapping[str, tuple[str, date]]  # mark -> (meaning, valid from)
    provinces: str
    supreme: str
    modern: re.Pattern[str]

    def meaning(self, word: str) -> TypeWord | None:
        """The entry of a type word, modern or legacy."""
        return self.words.get(word) or self.legacy.get(word)


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number in its parts.

    court: the code (豫0302), for an old-style number the place word (彬, may be empty).
    special: the special trial mark (知) or None. follow_up: 1 for 之一. legacy: the old-style text
    with full-width brackets; such a number is kept as it was written and never composed anew.
    """

    year: int
    court: str
    special: str | None
    type_word: str
    serial: int
    follow_up: int | None = None
    legacy: str | None = None

    def format(self) -> str:
        """The number as the rules lay it out, with full-width brackets."""
        if self.legacy is not None:
            return self.legacy
        tail = f"之{chinese_numeral(self.follow_up)}" if self.follow_up else ""
        special = self.special or ""
        return f"（{self.year}）{self.court}{special}{self.type_word}{self.serial}号{tail}"

    def case(self) -> str:
        """The number of the case itself, without a follow-up document's 之一."""
        if self.follow_up is None:
            return self.format()
        if self.legacy is not None:
            return self.legacy[: self.legacy.rindex("号") + 1]
        return self.format().rpartition("之")[0]

    def __str__(self) -> str:
        return self.format()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong (error) or to be looked at (warning) in a number that parses."""

    level: Literal["error", "warning"]
    reason: str


def chinese_numeral(number: int) -> str:
    """1..99 as Chinese digits: 一, 十, 十二, 二十, 二十一. ValueError outside."""
    if not 1 <= number <= FOLLOW_UP_MAX:
        raise ValueError(f"之 follow-up out of range: {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


_NUMERALS: Final = {chinese_numeral(n): n for n in range(1, FOLLOW_UP_MAX + 1)}


@lru_cache(maxsize=4)
def load_type_words(file: Path | None = None) -> TypeWords:
    """The vocabulary in `file`, by default the one that ships with the desk."""
    chosen = file or resource_path("law/type_words.toml")
    raw: dict[str, Any] = tomllib.loads(chosen.read_text(encoding="utf-8"))
    words = {
        row["word"]: TypeWord(row["word"], row["meaning"], row["class"], bool(row["confirmed"]))
        for row in raw["word"]
    }
    legacy = {
        row["word"]: TypeWord(row["word"], row["meaning"], row["class"], True, legacy=True)
        for row in raw["legacy"]
    }
    specials = {row["mark"]: (row["meaning"], row["valid_from"]) for row in raw["special"]}
    either = "|".join(sorted(words, key=len, reverse=True))
    modern = re.compile(
        rf"（(?P<year>(?:19|20)[0-9]{{2}})）"
        rf"(?P<court>{raw['supreme']}|[{raw['provinces']}](?:[0-9]{{4}}|[0-9]{{2}})?)"
        rf"(?P<special>[{''.join(specials)}])?(?P<word>{either})"
        rf"(?P<serial>[1-9][0-9]{{0,{SERIAL_DIGITS_MAX - 1}}})号"
        r"(?:之(?P<sub>[一二三四五六七八九十]+))?"
    )
    return TypeWords(words, legacy, specials, raw["provinces"], raw["supreme"], modern)


def parse(text: str) -> CaseNumber:
    """Reads a number in any bracket style, with half- or full-width digits and stray spaces.

    Raises CaseNumberError with the Chinese reason and the position of the first fault.
    """
    vocabulary = load_type_words()
    folded = text.translate(_FOLDING)
    if len(folded) <= TEXT_LENGTH_MAX:
        found = vocabulary.modern.fullmatch(folded)
        if found is not None and (found["sub"] is None or found["sub"] in _NUMERALS):
            sub = _NUMERALS[found["sub"]] if found["sub"] else None
            return CaseNumber(
                int(found["year"]),
                found["court"],
                found["special"],
                found["word"],
                int(found["serial"]),
                sub,
            )
    return _Reader(text, vocabulary).read()


class _Reader:
    """Reads a number step by step: the slower way, which knows old styles and names the fault."""

    def __init__(self, text: str, vocabulary: TypeWords) -> None:
        kept = [(n, c) for n, c in enumerate(text[: 4 * TEXT_LENGTH_MAX]) if c not in _INVISIBLE]
        self.text = "".join(_FOLD.get(c, c) for _, c in kept)
        self.places = [n for n, _ in kept] + [len(text)]
        self.vocabulary = vocabulary
        self.at = 0

    def fail(self, reason: str, at: int | None = None) -> CaseNumberError:
        index = min(self.at if at is None else at, len(self.places) - 1)
        return CaseNumberError(reason, self.places[index])

    def read(self) -> CaseNumber:
        if not self.text:
            raise self.fail("案号是空的")
        if len(self.text) > TEXT_LENGTH_MAX:
            raise self.fail(f"案号过长，超过 {TEXT_LENGTH_MAX} 个字符", TEXT_LENGTH_MAX)
        year = self._year()
        if "字第" in self.text:
            return self._legacy(year)
        court = self._court()
        special, word = self._words()
        serial = self._serial()
        follow_up = self._tail()
        return CaseNumber(year, court, special, word, serial, follow_up)

    def _take(self, pattern: str) -> str:
        found = re.compile(pattern).match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _year(self) -> int:
        if not self._take("（"):
            raise self.fail("案号应以括号内的年度开头，如“（2017）”")
        start = self.at
        digits = self._take("[0-9]*")
        if not re.fullmatch("(?:19|20)[0-9]{2}", digits):
            raise self.fail("年度应为四位公历年份", start)
        if not self._take("）"):
            raise self.fail("年度后缺少右括号")
        return int(digits)

    def _court(self) -> str:
        if self._take(re.escape(self.vocabulary.supreme)):
            return self.vocabulary.supreme
        start = self.at
        province = self._take(f"[{self.vocabulary.provinces}]")
        if not province:
            raise self.fail("法院代字应以省级简称开头，如“豫0302”")
        digits = self._take("[0-9]*")
        if len(digits) not in (0, 2, 4):
            raise self.fail(f"法院代字“{province}{digits}”的数字应为两位或四位", start)
        return province + digits

    def _words(self) -> tuple[str | None, str]:
        start = self.at
        run = self._take("[一-龥]*?(?=[0-9号第-]|$)")
        if not run:
            raise self.fail("缺少类型代字，如“执”“执恢”")
        special = None
        if run not in self.vocabulary.words and run[0] in self.vocabulary.specials:
            special, run, start = run[0], run[1:], start + 1
            if not run:
                raise self.fail(f"专门审判代字“{special}”之后缺少类型代字", start)
        if run not in self.vocabulary.words:
            if run in self.vocabulary.legacy:
                raise self.fail(f"“{run}”是旧式案号的代字，应写作“{run}字第…号”", start)
            raise self.fail(f"不认识类型代字“{run}”", start)
        return special, run

    def _serial(self) -> int:
        start = self.at
        digits = self._take("[0-9]+")
        if not digits:
            raise self.fail("缺少案件编号")
        if digits.startswith("0"):
            raise self.fail("案件编号从 1 起，不用 0 补位", start)
        if len(digits) > SERIAL_DIGITS_MAX:
            raise self.fail(f"案件编号超过 {SERIAL_DIGITS_MAX} 位", start)
        if not self._take("号"):
            raise self.fail("案件编号后缺少“号”字")
        return int(digits)

    def _tail(self) -> int | None:
        if self.at == len(self.text):
            return None
        start = self.at
        if not self._take("之"):
            raise self.fail(f"“号”字之后多出“{self.text[start:]}”")
        numeral = self._take("[一二三四五六七八九十]*")
        if numeral not in _NUMERALS:
            raise self.fail("“之”后应为中文数字，如“之一”“之十二”", start + 1)
        if self.at != len(self.text):
            raise self.fail(f"案号之后多出“{self.text[self.at :]}”")
        return _NUMERALS[numeral]

    def _legacy(self, year: int) -> CaseNumber:
        start = self.at
        run = self._take("[一-龥]*?(?=字第)")
        word = self._legacy_word(run, start)
        self.at += len("字第")
        serial_at = self.at
        digits = self._take("[0-9]+")
        if not digits or int(digits) == 0:
            raise self.fail("“字第”之后缺少案件编号", serial_at)
        if len(digits) > SERIAL_DIGITS_MAX:
            raise self.fail(f"案件编号超过 {SERIAL_DIGITS_MAX} 位", serial_at)
        if self._take("-") and not self._take("[0-9]{1,4}"):
            raise self.fail("连字符之后缺少数字")
        if not self._take("号"):
            raise self.fail("案件编号后缺少“号”字")
        follow_up = self._tail()
        place = run[: len(run) - len(word)]
        return CaseNumber(year, place, None, word, int(digits), follow_up, self.text)

    def _legacy_word(self, run: str, start: int) -> str:
        known = (*self.vocabulary.words, *self.vocabulary.legacy)
        for word in sorted(known, key=len, reverse=True):
            if run.endswith(word):
                return word
        raise self.fail(f"不认识旧式案号的代字“{run}”" if run else "“字第”之前缺少代字", start)


def validate(number: CaseNumber, courts: Sequence[Court]) -> list[Problem]:
    """Everything to say about a parsed number against the dated table of courts.

    A court's code counts as valid in a year when its validity touches that year; until the court
    itself is adjusted it keeps the code of the old division (art. 5), so the dates are data.
    """
    if number.legacy is not None:
        if number.year >= NEW_STYLE_FROM:
            reason = f"{NEW_STYLE_FROM} 年起不再使用“字第”式案号"
            return [Problem("error", reason)]
        return []
    vocabulary = load_type_words()
    problems: list[Problem] = []
    if number.year < NEW_STYLE_FROM:
        problems.append(Problem("error", f"新式案号自 {NEW_STYLE_FROM} 年起使用"))
    word = vocabulary.words.get(number.type_word)
    if word is None:
        problems.append(Problem("error", f"不认识类型代字“{number.type_word}”"))
    elif not word.confirmed:
        problems.append(Problem("warning", f"类型代字“{word.word}”待核"))
    if number.special is not None:
        mark = vocabulary.specials.get(number.special)
        if mark is None or mark[1].year > number.year:
            reason = f"{number.year} 年没有专门审判代字“{number.special}”"
            problems.append(Problem("error", reason))
    problems.extend(_court_problems(number, courts))
    return problems


def _court_problems(number: CaseNumber, courts: Sequence[Court]) -> list[Problem]:
    same = [court for court in courts if court.code == number.court]
    if not same:
        return [Problem("error", f"法院代字“{number.court}”不在法院表中")]
    first, last = date(number.year, 1, 1), date(number.year, 12, 31)
    valid = [
        court
        for court in same
        if (court.valid_from is None or court.valid_from <= last)
        and (court.valid_to is None or court.valid_to >= first)
    ]
    if not valid:
        court = same[0]
        start = court.valid_from.isoformat() if court.valid_from else "启用时"
        end = court.valid_to.isoformat() if court.valid_to else "今"
        reason = f"法院代字“{number.court}”在 {number.year} 年无效（有效期 {start} 至 {end}）"
        return [Problem("error", reason)]
    if not any(court.confirmed for court in valid):
        return [Problem("warning", f"法院代字“{number.court}”待核")]
    return []
