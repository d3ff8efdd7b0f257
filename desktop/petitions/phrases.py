"""The office's own words for petitions: canned answers, checklists, receipt. Any thread.

Read from resources/petitions/phrases.toml once; an office edits that file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import resources
from desktop.errors import UserError

STEPS: Final = frozenset(
    (
        *("summary", "demand", "promise", "tell", "assign", "pass_on", "reply_in", "reply_out"),
        *("close", "unhang", "level", "remind", "reopen", "note", "reception"),
    )
)


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """What every receipt says."""

    issuer: str
    title: str
    telephone: str
    hours: str
    notice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """Words of one step, in force from `valid_from` to `valid_to`, both inside."""

    step: str
    texts: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether they are in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything in the file."""

    receipt: ReceiptWords
    answers: tuple[Dated, ...]
    checklists: tuple[Dated, ...]

    def answers_for(self, step: str, day: date) -> tuple[str, ...]:
        """Canned words of a step that are in force, in the order of the file."""
        return _texts(self.answers, step, day)

    def checklist_for(self, step: str, day: date) -> tuple[str, ...]:
        """What must not be forgotten at a step."""
        return _texts(self.checklists, step, day)


def _texts(rows: tuple[Dated, ...], step: str, day: date) -> tuple[str, ...]:
    return tuple(
        text for row in rows if row.step == step and row.holds_on(day) for text in row.texts
    )


@cache
def phrases() -> Phrases:
    """The shipped file."""
    return read_phrases(resources.path("petitions/phrases.toml"))


def read_phrases(path: Path) -> Phrases:
    """Raises UserError that names what is wrong with the file."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        receipt = raw["receipt"]
        return Phrases(
            ReceiptWords(
                issuer=str(receipt["issuer"]),
                title=str(receipt["title"]),
                telephone=str(receipt["telephone"]),
                hours=str(receipt["hours"]),
                notice=tuple(str(line) for line in receipt["notice"]),
            ),
            tuple(_dated(row, "texts") for row in raw.get("phrase", ())),
            tuple(_dated(row, "items") for row in raw.get("checklist", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"信访用语文件不合 TOML 格式：{error}") from error
    except (KeyError, TypeError) as error:
        raise UserError(f"信访用语文件缺少或写错一项：{error}") from error


def _dated(row: Mapping[str, Any], key: str) -> Dated:
    step = str(row["step"])
    if step not in STEPS:
        raise UserError(f"信访用语文件有未知的环节：{step}")
    first, last = row["valid_from"], row.get("valid_to")
    if not isinstance(first, date) or not (last is None or isinstance(last, date)):
        raise UserError(f"信访用语文件的日期应写作 2026-01-01：{step}")
    return Dated(step, tuple(str(text) for text in row[key]), first, last)
