"""Counts the case situation; every number carries the filter that lists it. Reader lanes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from desktop.panels.situation.rules import Counts, Period, definition
from desktop.projection import places
from desktop.projection.cases import NOBODY, CaseFilter, case_where
from desktop.rules.indicators import indicator_on, load_indicators
from storage.schema import table

By = Literal["type_word", "court", "team", "handler"]
MEASURES: Final = ("old", "received", "closed", "open", "in_time", "late")
INDICATOR: Final = "closed_in_time"
_case = table("case")
_COLUMNS: Final[dict[By, ColumnElement[Any]]] = {
    "type_word": _case.c.type_word,
    "court": _case.c.court_id,
    "team": _case.c.team_id,
    "handler": _case.c.handler_id,
}
_PART: Final[dict[By, str]] = {
    "type_word": "type_words",
    "court": "courts",
    "team": "teams",
    "handler": "handlers",
}
_NONE: Final[dict[By, str]] = {
    "type_word": "无代字",
    "court": "无法院",
    "team": "未定团队",
    "handler": "未定承办人",
}


@dataclass(frozen=True, slots=True)
class SituationArgs:
    """`court`: None for all courts."""

    today: date
    period: Period
    by: By
    court: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """One type word, court, team or handler (or several, `keys`) with its counts."""

    keys: tuple[str, ...]
    label: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Mode:
    """How many were closed in one way, and their list."""

    label: str
    count: int
    cases: CaseFilter


@dataclass(frozen=True, slots=True)
class Situation:
    """What the panel shows. `list_of` gives the list behind every number."""

    args: SituationArgs
    groups: tuple[Group, ...]
    total: Counts
    modes: tuple[Mode, ...]
    definition: str

    def list_of(self, group: Group | None, measure: str) -> CaseFilter:
        """The cases that one number counts; `group` None for the total."""
        base = CaseFilter(courts=(self.args.court,) if self.args.court else ())
        if group is not None:
            parts: dict[str, Any] = {_PART[self.args.by]: group.keys}
            base = replace(base, **parts)
        return measured(base, measure, self.args.period)


def measured(base: CaseFilter, measure: str, period: Period) -> CaseFilter:
    """`base` narrowed to what a measure counts in a period."""
    if measure == "old":
        return replace(base, open_on=period.before)
    if measure == "received":
        return replace(base, filed_from=period.first, filed_to=period.last)
    if measure == "open":
        return replace(base, open_on=period.last)
    closed = replace(base, closed_from=period.first, closed_to=period.last)
    if measure == "closed":
        return closed
    assert measure in ("in_time", "late"), measure
    return replace(closed, in_time=measure == "in_time")


def situation(connection: Connection, args: SituationArgs) -> Situation:
    """Everything of one period; groups with most to do first, courts by their code."""
    base = CaseFilter(courts=(args.court,) if args.court else ())
    found = _stocks(connection, args, base)
    for measure in ("in_time", "late"):
        for key, count in _judged(connection, args, base, measure).items():
            found[key][measure] = count
    labels = _labels(connection, args.by)
    groups = [
        Group((key or NOBODY,), labels.get(key or "", key or _NONE[args.by]), Counts(**values))
        for key, values in found.items()
        if any(values.values())
    ]
    if args.by == "court":
        order = {key: place for place, key in enumerate(labels)}
        groups.sort(key=lambda group: order.get(group.keys[0], len(order)))
    else:
        groups.sort(key=lambda group: (-group.counts.load, group.label))
    total = sum((group.counts for group in groups), Counts())
    indicator = indicator_on(load_indicators(), INDICATOR, args.period.last)
    return Situation(
        args, tuple(groups), total, _modes(connection, args, base), definition(indicator)
    )


def _stocks(
    connection: Connection, args: SituationArgs, base: CaseFilter
) -> dict[str | None, dict[str, int]]:
    """One pass over the cases that touch the period."""
    column, period = _COLUMNS[args.by], args.period
    first, last = period.first.isoformat(), period.last.isoformat()
    filed, closed = _case.c.filed_on, _case.c.closed_on
    conditions = {
        "old": and_(filed < first, or_(closed.is_(None), closed >= first)),
        "received": filed.between(first, last),
        "closed": closed.between(first, last),
        "open": or_(closed.is_(None), closed > last),
    }
    statement = (
        select(column, *(func.count().filter(where) for where in conditions.values()))
        .select_from(_case)
        .where(filed <= last, or_(closed.is_(None), closed >= first))
        .where(*case_where(base, args.today))
        .group_by(column)
    )
    found: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for key, *counts in connection.execute(statement):
        found[key].update(zip(conditions, counts, strict=True))
    return found


def _judged(
    connection: Connection, args: SituationArgs, base: CaseFilter, measure: str
) -> dict[str | None, int]:
    column = _COLUMNS[args.by]
    where = case_where(measured(base, measure, args.period), args.today)
    statement = select(column, func.count()).select_from(_case).where(*where).group_by(column)
    return {key: int(count) for key, count in connection.execute(statement)}


def _modes(connection: Connection, args: SituationArgs, base: CaseFilter) -> tuple[Mode, ...]:
    closed = measured(base, "closed", args.period)
    mode = _case.c.close_mode
    statement = select(mode, func.count()).where(*case_where(closed, args.today)).group_by(mode)
    rows = sorted(connection.execute(statement), key=lambda row: (-row[1], row[0] or ""))
    return tuple(
        Mode(row[0] or "未登记方式", int(row[1]), replace(closed, close_modes=(row[0] or NOBODY,)))
        for row in rows
    )


def _labels(connection: Connection, by: By) -> dict[str, str]:
    """Names by id, courts in the order of their codes; a team carries its court's name."""
    if by == "type_word":
        return {}
    court, team, person = table("court").c, table("team").c, table("person").c
    courts = {
        row.id: row.short_name
        for row in connection.execute(select(court.id, court.short_name).order_by(court.code))
    }
    if by == "court":
        return courts
    if by == "team":
        rows = connection.execute(select(team.id, team.name, team.court_id))
        return {row.id: f"{courts[row.court_id]}{row.name}" for row in rows}
    rows = connection.execute(select(person.id, person.name))
    return {row.id: row.name for row in rows}


def rest_of(groups: Sequence[Group], label: str) -> Group:
    """Several groups as one."""
    keys = tuple(key for group in groups for key in group.keys)
    return Group(keys, label, sum((group.counts for group in groups), Counts()))


@dataclass(frozen=True, slots=True)
class Offered:
    """Courts to choose from as (id, name), and the day of the earliest filing."""

    courts: tuple[tuple[str, str], ...]
    earliest: date | None


def offers(connection: Connection, _args: None) -> Offered:
    """What the boxes offer."""
    earliest = connection.execute(select(func.min(_case.c.filed_on))).scalar_one()
    return Offered(
        tuple((court.id, court.label) for court in places.courts(connection)),
        None if earliest is None else date.fromisoformat(earliest),
    )
