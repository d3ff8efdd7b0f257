"""Reads the list of dormant cases and the check list of one. Reader lanes.

A case is one row; its row number is SQLite's rowid of `case`, good within one snapshot only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, Integer, literal_column, select

from desktop.contract.law import Law, load_law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.zombie.rules import ZombieFilter, checks_met, checks_state
from desktop.projection.activity import ZombieCase, activities, zombie_cases
from desktop.projection.places import Place, courts, names, teams
from desktop.rules.zombie import PROPOSALS, Zombie, load_zombie_rules, zombie
from storage.schema import table

_case = table("case")
_row_id = literal_column('"case".rowid', Integer)


def listed(
    connection: Connection, law: Law, filter_: ZombieFilter, today: date
) -> list[ZombieCase]:
    """The cases of the list, oldest first."""
    found = zombie_cases(connection, law, today)
    return [case for case in found if filter_.takes(case.activity, case.zombie)]


def _sorted(
    connection: Connection, cases: list[ZombieCase], sort: str | None, descending: bool
) -> list[ZombieCase]:
    if sort == "case_number":
        cases.sort(key=lambda one: one.activity.case.number, reverse=descending)
    elif sort == "filed_on":
        cases.sort(key=lambda one: one.activity.case.filed_on, reverse=descending)
    elif sort == "age":
        cases.sort(key=lambda one: one.zombie.age_days, reverse=descending)
    elif sort == "idle":
        cases.sort(key=lambda one: one.zombie.idle_days, reverse=descending)
    elif sort == "proposal":
        cases.sort(key=lambda one: PROPOSALS.index(one.zombie.proposal), reverse=descending)
    elif sort in ("court", "team", "handler"):
        known = names(connection)

        def name(one: ZombieCase) -> str:
            case = one.activity.case
            ids = {"court": case.court_id, "team": case.team_id, "handler": case.handler_id}
            return known.get(ids[sort] or "", "")

        cases.sort(key=name, reverse=descending)
    return cases


def snapshot(
    law: Law, connection: Connection, args: SnapshotArgs[Dated[ZombieFilter]]
) -> Sequence[int]:
    """Ordered row numbers; unless asked otherwise, the oldest first."""
    cases = listed(connection, law, args.filter.filter, args.filter.today)
    ordered = _sorted(connection, list(cases), args.sort, args.descending)
    found = connection.execute(select(_case.c.id, _row_id))
    numbers: dict[str, int] = {row[0]: row[1] for row in found}
    return [numbers[one.activity.case.id] for one in ordered if one.activity.case.id in numbers]


def rows(
    law: Law, connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, judged afresh, keyed as the columns of the list."""
    asked = connection.execute(select(_case.c.id, _row_id).where(_row_id.in_(ids)))
    numbers: dict[str, int] = {row[0]: row[1] for row in asked}
    known = names(connection)
    rules = load_zombie_rules()
    found: dict[int, Mapping[str, object]] = {}
    for activity in activities(connection, law, today, list(numbers)):
        verdict = zombie(activity, rules, today)
        if verdict is None:
            continue
        case = activity.case
        first = min((c.node_code for c in activity.late_nodes), default="")
        found[numbers[case.id]] = {
            "case_id": case.id,
            "case_number": case.number,
            "node_code": first,
            "subject": "",
            "filed_on": case.filed_on,
            "age": verdict.age_days,
            "idle": verdict.idle_days,
            "why": verdict.why,
            "proposal": verdict.proposal,
            "checks": (checks_state(verdict.checklist), checks_met(verdict.checklist)),
            "court": known.get(case.court_id, ""),
            "team": known.get(case.team_id or "", ""),
            "handler": known.get(case.handler_id or "", ""),
        }
    return found


@dataclass(frozen=True, slots=True)
class CheckArgs:
    """Whose check list, and on which day."""

    law: Law
    case_id: str
    today: date


def check_list(connection: Connection, args: CheckArgs) -> Zombie | None:
    """Why the case is dormant and what its proposal still needs; None when it is not dormant."""
    for activity in activities(connection, args.law, args.today, [args.case_id]):
        return zombie(activity, load_zombie_rules(), args.today)
    return None


def choices(connection: Connection, _args: None) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Courts and teams for the filter boxes."""
    return courts(connection), teams(connection)


@lru_cache(maxsize=1)
def _law() -> Law:
    return load_law()


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """The list as it opens."""
    number = len(listed(connection, _law(), ZombieFilter(), today))
    return number, "due_soon" if number else ""
