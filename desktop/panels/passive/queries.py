"""Reads the passive-enforcement list. Reader lanes.

A case is one row; its row number is SQLite's rowid of `case`, good within one snapshot only.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, Integer, literal_column, select

from desktop.contract.law import Law, load_law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.passive.rules import (
    PassiveFilter,
    basis_words,
    evidence_words,
    node_to_supervise,
    rule_words,
)
from desktop.projection.activity import PassiveCase, activities, passive_cases
from desktop.projection.places import Place, courts, names, teams
from desktop.rules.passive import load_passive_rules, passive_hits
from storage.schema import table

_case = table("case")
_row_id = literal_column('"case".rowid', Integer)


def listed(
    connection: Connection, law: Law, filter_: PassiveFilter, today: date
) -> list[PassiveCase]:
    """The cases of the list, longest first."""
    found = passive_cases(connection, law, today)
    return [case for case in found if filter_.takes(case.activity, case.hits)]


def _sorted(
    connection: Connection, cases: list[PassiveCase], sort: str | None, descending: bool
) -> list[PassiveCase]:
    if sort == "case_number":
        cases.sort(key=lambda one: one.activity.case.number, reverse=descending)
    elif sort == "rule":
        cases.sort(key=lambda one: one.hits[0].rule, reverse=descending)
    elif sort == "hits":
        cases.sort(key=lambda one: len(one.hits), reverse=descending)
    elif sort == "days":
        cases.sort(key=lambda one: one.hits[0].days, reverse=descending)
    elif sort in ("court", "team", "handler"):
        known = names(connection)

        def name(one: PassiveCase) -> str:
            case = one.activity.case
            ids = {"court": case.court_id, "team": case.team_id, "handler": case.handler_id}
            return known.get(ids[sort] or "", "")

        cases.sort(key=name, reverse=descending)
    return cases


def snapshot(
    law: Law, connection: Connection, args: SnapshotArgs[Dated[PassiveFilter]]
) -> Sequence[int]:
    """Ordered row numbers; unless asked otherwise, the longest inaction first."""
    cases = listed(connection, law, args.filter.filter, args.filter.today)
    numbers = _numbers(connection)
    ordered = _sorted(connection, list(cases), args.sort, args.descending)
    return [numbers[one.activity.case.id] for one in ordered if one.activity.case.id in numbers]


def _numbers(connection: Connection) -> dict[str, int]:
    """Row numbers by id of cases that are open, or closed with money still in hand."""
    rows = connection.execute(select(_case.c.id, _row_id))
    return {row[0]: row[1] for row in rows}


def rows(
    law: Law, connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, judged afresh, keyed as the columns of the list."""
    asked = connection.execute(select(_case.c.id, _row_id).where(_row_id.in_(ids)))
    numbers: dict[str, int] = {row[0]: row[1] for row in asked}
    known = names(connection)
    nodes = {code: rule.name for cat in law.catalogues for code, rule in cat.nodes.items()}
    rules = load_passive_rules()
    found: dict[int, Mapping[str, object]] = {}
    for activity in activities(connection, law, today, list(numbers)):
        case = activity.case
        hits = passive_hits(activity, rules, today, nodes)
        if not hits:
            continue
        code, subject = node_to_supervise(activity, today)
        found[numbers[case.id]] = {
            "case_id": case.id,
            "case_number": case.number,
            "node_code": code,
            "subject": subject,
            "rule": rule_words(hits),
            "evidence": evidence_words(hits),
            "basis": basis_words(hits),
            "hits": len(hits),
            "days": hits[0].days,
            "court": known.get(case.court_id, ""),
            "team": known.get(case.team_id or "", ""),
            "handler": known.get(case.handler_id or "", ""),
        }
    return found


def choices(connection: Connection, _args: None) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Courts and teams for the filter boxes."""
    return courts(connection), teams(connection)


@lru_cache(maxsize=1)
def _law() -> Law:
    # The count needs names of nodes only for sentences nobody reads here; local days do not matter.
    return load_law()


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """The list as it opens."""
    number = len(listed(connection, _law(), PassiveFilter(), today))
    return number, "overdue" if number else ""
