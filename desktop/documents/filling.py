"""Fills a template: words of the case and what a person typed become an official document. Pure.

Every mistake of every field is told at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Final

from desktop.circulars.official import Column, Level, Paragraph, Sheet, day_words
from desktop.documents.kinds import BlankSheet, Field, Template
from desktop.errors import UserError

_LINE_MAX: Final = 500
_HEADS: Final = 2  # levels that are printed in another face
_HEAD_MAX: Final = 25  # characters of a head that runs on in text
_LEVELS: Final[tuple[tuple[re.Pattern[str], Level], ...]] = (
    (re.compile(r"[一二三四五六七八九十]+、"), 1),
    (re.compile(r"（[一二三四五六七八九十]+）"), 2),
    (re.compile(r"\d+\."), 3),
    (re.compile(r"（\d+）"), 4),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is printed between the head and the signature."""

    title: str
    to: str
    body: tuple[Paragraph | Sheet, ...]


def check_fields(template: Template, values: Mapping[str, str]) -> list[str]:
    """A sentence for each field that cannot be as it is; empty when all are well."""
    found = [words for one in template.fields if (words := _wrong(one, values.get(one.key, "")))]
    known = {one.key for one in template.fields}
    return found + [f"“{key}”不是这份模板的字段。" for key in values if key not in known]


def _wrong(field: Field, value: str) -> str:
    text = value.strip()
    if not text:
        return f"“{field.label}”须填写。" if field.needed else ""
    if field.type in ("line", "text"):
        most = min(field.most, _LINE_MAX) if field.type == "line" else field.most
        if field.type == "line" and "\n" in text:
            return f"“{field.label}”只能写一行。"
        return (
            "" if len(text) <= most else f"“{field.label}”不得超过 {most} 字，现为 {len(text)} 字。"
        )
    if field.type == "day":
        return "" if _day(text) else f"“{field.label}”应为日期（如 2026-11-30），现为“{text}”。"
    if not text.isascii() or not text.isdigit():
        unit = "以分为单位的整数" if field.type == "money" else "整数"
        return f"“{field.label}”应为{unit}，现为“{text}”。"
    number = int(text)
    if not field.least <= number <= field.most:
        low, high = _shown(field, field.least), _shown(field, field.most)
        return f"“{field.label}”应在 {low} 与 {high} 之间，现为 {_shown(field, number)}。"
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(field: Field, number: int) -> str:
    return yuan_words(number) if field.type == "money" else str(number)


def yuan_words(fen: int) -> str:
    """86,000.00元: an amount of integer fen."""
    return f"{fen // 100:,}.{fen % 100:02d}元"


def fill(template: Template, values: Mapping[str, str], facts: Mapping[str, str]) -> Filled:
    """Puts the words in. `facts`: words of the case and the court by name.

    Raises UserError with all mistakes, and for a word of the template that nobody knows.
    """
    wrong = check_fields(template, values)
    if wrong:
        raise UserError("\n".join(wrong))
    words = dict(facts)
    for field in template.fields:
        words[field.key] = _printed(field, values.get(field.key, "").strip())
    unknown = sorted(
        {
            name
            for text in (template.title, template.to, template.body)
            for _, name, _, _ in Formatter().parse(text)
            if name is not None and name not in words
        }
    )
    if unknown:
        raise UserError(f"模板 {template.ref} 需要“{'、'.join(unknown)}”，本案没有这项内容。")
    body: list[Paragraph | Sheet] = list(paragraphs(template.body.format(**words)))
    if template.sheet is not None:
        body.append(_blank(template.sheet))
        body += paragraphs(template.sheet.tail)
    return Filled(template.title.format(**words), template.to.format(**words), tuple(body))


def _printed(field: Field, text: str) -> str:
    if field.type == "day" and text:
        return day_words(date.fromisoformat(text))
    if field.type == "money" and text:
        return yuan_words(int(text))
    return text


def paragraphs(text: str) -> list[Paragraph]:
    """Lines of text as paragraphs, each with the level that its own numbering shows."""
    made = []
    for line in text.splitlines():
        words = line.expandtabs(2).strip()
        if words:
            made.append(Paragraph(words, _level(words)))
    return made


def _level(words: str) -> Level:
    for mark, level in _LEVELS:
        if mark.match(words):
            return level if level > _HEADS or _is_head(words) else 0
    return 0


def _is_head(words: str) -> bool:
    """A head stands alone without a stop, or is a short sentence before others. A numbered duty
    (一、向申请执行人支付……；) is body text: heavy type over whole paragraphs says nothing."""
    first, stop, rest = words.partition("。")
    if not stop:
        return words[-1] not in "；，：、"
    return bool(rest) and len(first) <= _HEAD_MAX


def _blank(sheet: BlankSheet) -> Sheet:
    shares = zip(sheet.columns, sheet.shares, strict=True)
    columns = (
        Column("序号", 1.5, "center"),
        *(Column(head, float(share)) for head, share in shares),
    )
    empty = ("",) * (len(sheet.columns) - 1)
    rows = tuple((str(n), word, *empty) for n, word in enumerate(sheet.rows, start=1))
    return Sheet(sheet.caption, columns, rows)
