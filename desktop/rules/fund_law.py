"""What money that has come in is watched by: clocks, colours, steps, from resources/law/funds.toml.

A clock takes its dated limits from a node of the catalogue, or carries its own. Pure apart from
reading the file once; any thread.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import Limit, NodeRule, overlapping
from desktop.rules.catalogue_files import WARN_DAYS_MAX, read_limit
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

STARTS: Final = ("arrived", "told", "approved", "delay_ended", "unknown")
ENDS: Final = ("told", "asked", "approved", "paid", "delayed", "found")
HOLDERS: Final = ("finance", "handler", "bureau_chief", "vice_president", "president")
STATES: Final = ("normal", "due_soon", "overdue")
STEPS: Final = (
    *("find", "tell", "ask", "fund_keeper", "bureau_chief", "vice_president", "president"),
    *("send", "answer", "delay"),
)
DAYS_MAX: Final = 4_000


@dataclass(frozen=True, slots=True)
class FundRule:
    """One clock. `node` is the catalogue's code whose limits count, or empty: then `own` has them.

    `start` is one of STARTS, `done` some of ENDS. `adopted` False: known, not in force here.
    """

    code: str
    name: str
    node: str
    start: str
    done: tuple[str, ...]
    adopted: bool
    own: NodeRule | None

    def rule(self, node: Callable[[str], NodeRule | None]) -> NodeRule | None:
        """The node whose limits count; None when the catalogue in force has none."""
        return self.own if self.own is not None else node(self.node)


@dataclass(frozen=True, slots=True)
class Colour:
    """A band of days held; `state` is a style key."""

    code: str
    name: str
    from_days: int
    state: str


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step of the money's way out; `who` holds it, and more than `yellow_after` days at it
    light its yellow light."""

    code: str
    name: str
    who: str
    yellow_after: int


@dataclass(frozen=True, slots=True)
class Band:
    """A band of days since money came that nobody has fetched."""

    from_days: int
    name: str


@dataclass(frozen=True, slots=True)
class FundLaw:
    """The whole file; colours and bands ascend."""

    clocks: tuple[FundRule, ...]
    colours: tuple[Colour, ...]
    steps: Mapping[str, StepRule]
    bands: tuple[Band, ...]

    def colour(self, days: int) -> Colour:
        """The colour of money held for that many days."""
        return [one for one in self.colours if one.from_days <= max(0, days)][-1]

    def band(self, days: int) -> Band:
        """The band of money that lies unfetched for that many days."""
        return [one for one in self.bands if one.from_days <= max(0, days)][-1]

    @property
    def unclaimed_from(self) -> int:
        """From how many days on money on a case's account counts as unfetched."""
        return self.bands[1].from_days


def load_fund_law(path: Path | None = None) -> FundLaw:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/funds.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> FundLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    law = FundLaw(
        clocks=tuple(_read_clock(row) for row in reader.rows("clock")),
        colours=tuple(_read_colour(row) for row in reader.rows("colour")),
        steps={step.code: step for step in map(_read_step, reader.rows("step"))},
        bands=tuple(_read_band(row) for row in reader.rows("unclaimed", "from_days")),
    )
    _check(law, reader)
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _check(law: FundLaw, reader: RowReader) -> None:
    codes = [clock.code for clock in law.clocks]
    if len(set(codes)) != len(codes) or not codes:
        reader.note("clock", "时钟代码不得为空或重复")
    days = [colour.from_days for colour in law.colours]
    if not days or days[0] != 0 or days != sorted(set(days)):
        reader.note("colour", "各色起始日数应自 0 起逐级增大")
    if set(law.steps) != set(STEPS):
        reader.note("step", f"须有且只有这些环节：{'、'.join(STEPS)}")
    bands = [band.from_days for band in law.bands]
    if len(bands) < 2 or bands[0] != 0 or bands != sorted(set(bands)):
        reader.note("unclaimed", "各档起始日数应自 0 起逐级增大，至少两档")


def _read_clock(row: RowReader) -> FundRule:
    node = row.text("node", "")
    limits = tuple(read_limit(item) for item in row.rows("limit", "version"))
    if bool(node) is bool(limits):
        row.note("node", "须指明节点代码或自带期限，二者取一")
    clash = overlapping(limits)
    if clash is not None:
        row.note("limit", f"版本“{clash[0].version}”与“{clash[1].version}”的效力期间重叠")
    done = row.texts("done")
    if not done or not set(done) <= set(ENDS):
        row.note("done", f"终点须在 {'、'.join(ENDS)} 之内")
    rule = FundRule(
        code=row.text("code"),
        name=row.text("name"),
        node=node,
        start=row.choice("start", STARTS),
        done=done,
        adopted=row.flag("adopted", default=True),
        own=None,
    )
    if limits:
        rule = replace(rule, own=_own(rule, limits, row))
    row.finish()
    return rule


def _own(rule: FundRule, limits: tuple[Limit, ...], row: RowReader) -> NodeRule:
    return NodeRule(
        code=rule.code,
        name=rule.name,
        start=(),
        done=(),
        type_words=frozenset(),
        condition=(),
        limits=limits,
        suspendable=False,
        extendable=False,
        calendar=row.choice("calendar", ("court", "bank"), "bank"),
        warn_days=row.number("warn_days", least=0, most=WARN_DAYS_MAX, default=0),
        basis=limits[0].article,
        per_subject=True,
        repeats=True,
        survives_closing=True,
    )


def _read_colour(row: RowReader) -> Colour:
    colour = Colour(
        row.text("code"),
        row.text("name"),
        row.number("from_days", least=0, most=DAYS_MAX),
        row.choice("state", STATES),
    )
    row.finish()
    return colour


def _read_step(row: RowReader) -> StepRule:
    step = StepRule(
        row.choice("code", STEPS),
        row.text("name"),
        row.choice("who", HOLDERS),
        row.number("yellow_after", least=0, most=DAYS_MAX),
    )
    row.finish()
    return step


def _read_band(row: RowReader) -> Band:
    band = Band(row.number("from_days", least=0, most=DAYS_MAX), row.text("name"))
    row.finish()
    return band
