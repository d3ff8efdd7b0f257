"""Canned notes, and what a form proposes (resources/documents/canned.toml). Any thread; no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import resources
from desktop.documents.kinds import kinds
from desktop.rules.rule_files import Problem, RuleFileError, open_rule_file

_FILE: Final = "documents/canned.toml"
_FOR: Final = ("version", "return", "recall", "answer")


@dataclass(frozen=True, slots=True)
class Canned:
    """Notes by what they are for, and proposed fields by kind."""

    notes: Mapping[str, tuple[str, ...]]
    proposals: Mapping[str, Mapping[str, str]]


@cache
def canned() -> Canned:
    """The shipped words."""
    return load_canned(resources.path(_FILE))


def load_canned(path: Path) -> Canned:
    """Reads a file of words; RuleFileError with every mistake in it."""
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    notes, proposals = {}, {}
    for row in reader.rows("notes", "for"):
        notes[row.choice("for", _FOR)] = row.texts("words")
        row.finish()
    for row in reader.rows("proposal", "kind"):
        kind = row.choice("kind", tuple(kinds().by_code))
        known = {one.key for t in kinds().by_code[kind].templates for one in t.fields}
        fields = {key: str(value) for key, value in row.mapping("fields").items()}
        for key in fields.keys() - known:
            row.note("fields", f"模板没有“{key}”这一字段")
        proposals[kind] = fields
        row.finish()
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return Canned(notes, proposals)
