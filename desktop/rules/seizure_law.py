"""What a seizure on the spot has to have, from resources/law/seizure.toml.

Pure apart from reading the file once; any thread.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.records.cases import AssetKind

NEEDS: Final = (
    *("kind", "document_no", "subject", "second", "place", "position", "began", "ended"),
    *("present", "keeper", "items", "transcript"),
)
THINGS: Final = ("vehicle", "movable", "realty", "cash", "other")
PHOTOS_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Need:
    """One part of the form; `words` while it is missing, `basis` the article."""

    code: str
    words: str
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing on the list. `photos`: how many each takes; `mark`: what tells it apart;
    `hint`: what of it is to be seen on them; `asset`: as what it is controlled."""

    code: str
    name: str
    asset: AssetKind
    photos: int
    mark: str
    hint: str


@dataclass(frozen=True, slots=True)
class SeizureLaw:
    """The whole file, both parts in its order."""

    needs: tuple[Need, ...]
    things: tuple[Thing, ...]

    def thing(self, code: str) -> Thing:
        """A kind of thing; the last one for a word that this version does not know."""
        return next((one for one in self.things if one.code == code), self.things[-1])


def load_seizure_law(path: Path | None = None) -> SeizureLaw:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/seizure.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> SeizureLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    law = SeizureLaw(
        tuple(_need(row) for row in reader.rows("need")),
        tuple(_thing(row) for row in reader.rows("thing")),
    )
    for name, wanted, found in (
        ("need", NEEDS, law.needs),
        ("thing", THINGS, law.things),
    ):
        missing = set(wanted).difference(one.code for one in found)
        if missing:
            reader.note(name, f"缺少{'、'.join(sorted(missing))}")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _need(row: RowReader) -> Need:
    made = Need(
        code=row.choice("code", NEEDS),
        words=row.text("words"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _thing(row: RowReader) -> Thing:
    made = Thing(
        code=row.choice("code", THINGS),
        name=row.text("name"),
        asset=AssetKind(row.choice("asset", tuple(AssetKind))),
        photos=row.number("photos", least=0, most=PHOTOS_MOST),
        mark=row.text("mark"),
        hint=row.text("hint"),
    )
    row.finish()
    return made
