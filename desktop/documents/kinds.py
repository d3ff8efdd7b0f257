"""Kinds of official documents and their dated templates (resources/documents/templates.toml).

Pure reading; any thread. A template that was in force stays in the file: what was made by it must
be printed again as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, get_args

import resources
from desktop.circulars.official import Form
from desktop.errors import UserError
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file

FieldType = Literal["line", "text", "day", "number", "money"]
_FILE: Final = "documents/templates.toml"
_CONFIDENCE: Final = ("confirmed", "unconfirmed")
_FIGURE_MAX: Final = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Field:
    """What a person fills in. `least` and `most` bound a number or an amount in fen; of words
    `most` is their count."""

    key: str
    label: str
    type: FieldType
    needed: bool
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """A table to be filled in by hand: heads with their shares of the width, words of the first
    column, and the lines that follow it."""

    caption: str
    columns: tuple[str, ...]
    shares: tuple[int, ...]
    rows: tuple[str, ...]
    tail: str


@dataclass(frozen=True, slots=True)
class Template:
    """One version. `valid_to` is the last day, None while it is in force."""

    kind: str
    version: str
    valid_from: date
    valid_to: date | None
    confidence: str
    basis: str
    title: str
    to: str
    body: str
    fields: tuple[Field, ...]
    sheet: BlankSheet | None

    @property
    def ref(self) -> str:
        """As a document remembers it."""
        return f"{self.kind}@{self.version}"


@dataclass(frozen=True, slots=True)
class Kind:
    """`case`: made for a case; `shared`: every court may read it once it is sent; `attempts`: ways
    of service that must have failed before."""

    code: str
    name: str
    series: str
    form: Form
    mark: str
    case: bool
    shared: bool
    attempts: tuple[str, ...]
    templates: tuple[Template, ...]

    def template_on(self, day: date) -> Template:
        """The version in force on `day`; UserError when there is none."""
        for one in self.templates:
            if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
                return one
        raise UserError(f"{self.name}在 {day.isoformat()} 没有有效的模板。")


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds by code, with the names of the court and its centre."""

    organ: str
    centre: str
    by_code: Mapping[str, Kind]

    def kind(self, code: str) -> Kind:
        """The kind; UserError when there is none."""
        if code not in self.by_code:
            raise UserError(f"没有“{code}”这种文书。已有：{'、'.join(self.by_code)}。")
        return self.by_code[code]

    def template(self, ref: str) -> Template:
        """The very version that a document was made by; UserError when the file lost it."""
        for one in self.kind(ref.partition("@")[0]).templates:
            if one.ref == ref:
                return one
        raise UserError(f"模板“{ref}”已不在模板文件中，不能重排这份文书。")


@cache
def kinds() -> Kinds:
    """The shipped kinds."""
    return load_kinds(resources.path(_FILE))


def load_kinds(path: Path) -> Kinds:
    """Reads a file of kinds; RuleFileError with every mistake in it."""
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    found = [_kind(row) for row in reader.rows("kind")]
    made = Kinds(reader.text("organ"), reader.text("centre"), {one.code: one for one in found})
    if len(made.by_code) != len(found):
        reader.note("kind", "同一代码写了两次")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return made


def _kind(row: RowReader) -> Kind:
    code = row.text("code")
    versions = sorted(
        (_template(one, code) for one in row.rows("template", "version")),
        key=lambda one: one.valid_from,
    )
    for earlier, later in pairwise(versions):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            row.note("template", f"版本 {earlier.version} 与 {later.version} 的有效期重叠")
    made = Kind(
        code=code,
        name=row.text("name"),
        series=row.text("series"),
        form=_form(row.choice("form", get_args(Form), "document")),
        mark=row.text("mark"),
        case=row.flag("case", False),
        shared=row.flag("shared", False),
        attempts=row.texts("needs_attempts"),
        templates=tuple(versions),
    )
    row.finish()
    return made


def _form(word: str) -> Form:
    forms: dict[str, Form] = {one: one for one in get_args(Form)}
    return forms[word]


def _template(row: RowReader, kind: str) -> Template:
    sheet = row.table("sheet")
    made = Template(
        kind=kind,
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        confidence=row.choice("confidence", _CONFIDENCE),
        basis=row.text("basis", ""),
        title=row.text("title"),
        to=row.text("to", ""),
        body=row.text("body"),
        fields=tuple(_field(one) for one in row.rows("field", "key")),
        sheet=None if sheet is None else _sheet(sheet),
    )
    row.finish()
    return made


def _field(row: RowReader) -> Field:
    types: dict[str, FieldType] = {one: one for one in get_args(FieldType)}
    made = Field(
        key=row.text("key"),
        label=row.text("label"),
        type=types[row.choice("type", tuple(types))],
        needed=row.flag("needed", True),
        least=row.number("least", least=0, most=_FIGURE_MAX, default=0),
        most=row.number("most", least=1, most=_FIGURE_MAX, default=_FIGURE_MAX),
    )
    if made.key.startswith("_"):
        row.note("key", "字段名不能以下划线开头")
    row.finish()
    return made


def _sheet(row: RowReader) -> BlankSheet:
    made = BlankSheet(
        row.text("caption"),
        row.texts("columns"),
        row.numbers("shares"),
        row.texts("rows"),
        row.text("tail", ""),
    )
    if len(made.columns) != len(made.shares):
        row.note("shares", "须与 columns 一样多")
    row.finish()
    return made
