"""The node catalogue: which event starts a clock, which ends it, and the dated limit between.

All limits are data (resources/law/*.toml) with article, source, confidence and validity: the
version in force on the START day counts, so last month computed again under last month's rules
gives last month's result. Pure apart from reading the files; any thread.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

COURT: Final = "court"
CONFIDENCES: Final = ("confirmed", "unconfirmed")


class Unit(StrEnum):
    """Days and hours are different units; a working day is neither (one is never 24 hours)."""

    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"


UNIT_NAMES: Final[Mapping[Unit, str]] = {
    Unit.HOUR: "小时",
    Unit.DAY: "日",
    Unit.WORKDAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}


class Condition(StrEnum):
    """A condition on the case. What is not established does not free anyone from a limit."""

    HAS_PROPERTY = "has_property"  # not established to be without property
    NO_PROPERTY = "no_property"
    LITIGATION = "litigation"
    NON_LITIGATION = "non_litigation"


@dataclass(frozen=True, slots=True)
class Limit:
    """One dated version of a limit; `valid_from`..`valid_to` (inclusive) is about the START day.

    `roll`: a last day that is off moves to the first day after the block (民诉法85).
    """

    version: str
    valid_from: date
    valid_to: date | None
    unit: Unit
    amount: int
    article: str
    source: str
    confidence: str
    roll: bool
    note: str

    def text(self) -> str:
        """10日, 6个月, 15个工作日, 48小时."""
        return f"{self.amount}{UNIT_NAMES[self.unit]}"

    def in_force(self, day: date) -> bool:
        """Whether this version was in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of dated fact; `name` is the Chinese word the court uses."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of suspension; `nodes` empty: it stops every suspendable node of the case."""

    code: str
    name: str
    article: str
    source: str
    confidence: str
    nodes: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A limit that the decision itself sets, up to `most` hours: days of a detention. `words` with
    {n} is how the start event says it, `hours` how long one of them is.

    What takes freedom ends to the minute: it runs from the act itself, not from the next hour.
    """

    words: str
    hours: int
    most: int

    def of(self, note: str | None) -> int | None:
        """Hours that a start event with this note sets; None where it says nothing."""
        before, _, after = self.words.partition("{n}")
        found = re.search(f"{re.escape(before)}([1-9][0-9]{{0,3}}){re.escape(after)}", note or "")
        return min(int(found[1]) * self.hours, self.most) if found else None


@dataclass(frozen=True, slots=True)
class NodeRule:
    """One clock. `start` empty makes it a milestone: it begins and ends with its `done` event.

    `per_subject`: each clue or asset has its own clock. `repeats`: a start after the end opens a
    new round. `survives_closing`: closing the case does not end it. `granted`: the start event
    says how long.
    """

    code: str
    name: str
    start: tuple[str, ...]
    done: tuple[str, ...]
    type_words: frozenset[str]
    condition: tuple[Condition, ...]
    limits: tuple[Limit, ...]
    suspendable: bool
    extendable: bool
    calendar: str
    warn_days: int
    basis: str
    per_subject: bool
    repeats: bool
    survives_closing: bool
    granted: Granted | None = None

    def limit_on(self, day: date) -> Limit | None:
        """The version in force on the start day `day`."""
        for limit in self.limits:
            if limit.in_force(day):
                return limit
        return None

    def applies(self, type_word: str, *, has_property: bool | None, non_litigation: bool) -> bool:
        """Whether a case of this kind has this node."""
        if self.type_words and type_word not in self.type_words:
            return False
        answers = {
            Condition.HAS_PROPERTY: has_property is not False,
            Condition.NO_PROPERTY: has_property is False,
            Condition.LITIGATION: not non_litigation,
            Condition.NON_LITIGATION: non_litigation,
        }
        return all(answers[condition] for condition in self.condition)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All clocks of one body of law. `type_words` empty: the general catalogue.

    Two catalogues are the same only when they are one object, so plans can be kept by catalogue.

    `filed_event` and `closed_event` name the events for which the case's own filing and closing
    day stand in when no such event is recorded.
    """

    name: str
    title: str
    type_words: frozenset[str]
    events: Mapping[str, EventKind]
    nodes: Mapping[str, NodeRule]
    grounds: Mapping[str, Ground]
    filed_event: str | None
    closed_event: str | None

    def node(self, code: str) -> NodeRule | None:
        """The rule of `code`, or None."""
        return self.nodes.get(code)

    def limit_on(self, code: str, day: date) -> Limit | None:
        """The limit of node `code` in force on `day`; KeyError for an unknown code."""
        return self.nodes[code].limit_on(day)

    def nodes_for(
        self, type_word: str, *, has_property: bool | None = None, non_litigation: bool = False
    ) -> tuple[NodeRule, ...]:
        """The rules that apply to a case of this kind, in catalogue order."""
        return tuple(
            rule
            for rule in self.nodes.values()
            if rule.applies(type_word, has_property=has_property, non_litigation=non_litigation)
        )

    def event_name(self, code: str) -> str:
        """The Chinese name of an event kind; the code itself when the catalogue has none."""
        kind = self.events.get(code)
        return kind.name if kind is not None else code

    def ground_name(self, code: str) -> str:
        """The Chinese name of a ground; the text itself when it is not a known code."""
        ground = self.grounds.get(code)
        return ground.name if ground is not None else code


def catalogue_for(catalogues: Mapping[str, Catalogue], type_word: str) -> Catalogue:
    """The catalogue that claims `type_word`, else the general one (the first)."""
    for catalogue in catalogues.values():
        if type_word in catalogue.type_words:
            return catalogue
    return next(iter(catalogues.values()))


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue written in one file; RuleFileError names every mistake in it."""
    from desktop.rules.catalogue_files import read_catalogues  # noqa: PLC0415 - it imports us

    return next(iter(read_catalogues([path]).values()))


def load_catalogues(folder: Path | None = None, *extra: Path) -> Mapping[str, Catalogue]:
    """Every catalogue of `folder` (default: the shipped law), the general one first.

    Files that name the same catalogue are read as one; `extra` files come last and may add
    `[[limit]]` versions of local rules or replace a version of the same name. Raises
    RuleFileError with every mistake of every file.
    """
    from desktop.rules.catalogue_files import (  # noqa: PLC0415 - it imports us
        catalogue_paths,
        read_catalogues,
    )

    return read_catalogues([*catalogue_paths(folder), *extra])


def overlapping(limits: Iterable[Limit]) -> tuple[Limit, Limit] | None:
    """Two versions in force on the same day, or None."""
    ordered = sorted(limits, key=lambda limit: limit.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            return earlier, later
    return None
