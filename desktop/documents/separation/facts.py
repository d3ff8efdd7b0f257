"""Rows as the facts that desktop.rules.separation is asked over. Any thread that may read."""

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from desktop.documents.separation.links import (
    EXECUTES,
    REVIEWS,
    STANDING,
    parts,
    plain,
    rows,
    words_of,
)
from desktop.rules.separation_facts import (
    Act,
    Bench,
    Bond,
    BondKind,
    Case,
    Fact,
    Holding,
    Judging,
    RowKey,
    Seat,
    Side,
)
from storage.schema.documents import BENCH, SEPARATE

# The key of a draft's fields under which its panel stands: ids joined by commas, presiding first.
SEATS_KEY: Final = "_panel"
_CASES: Final = (
    "select id, number, type_word, filed_on, closed_on, basis_no, team_id, handler_id, leader_id"
    ' from "case" where id in :ids'
)
_HOLDINGS: Final = (
    "select id, case_id, holder_id, kind, from_on from hold where case_id in :ids"
    " and kind in ('handler', 'team') and holder_id is not null"
)
_SEATS: Final = (
    "select m.id, m.person_id, m.team_id, m.from_on, m.to_on from membership m"
    " join team t on t.id = m.team_id where m.team_id in :ids and t.kind = 'implementation'"
    " and m.role in ('leader', 'judge')"
)
_LOGGED: Final = (
    "select id, case_id, author_id, substr(at, 1, 10), kind from execution_log"
    " where case_id in :ids and author_id is not null"
)
# What is noted of the course of a case by whoever did it; a wrong note is no act.
_NOTED: Final = (
    'select id, case_id, actor_id, "on", kind from node_event where case_id in :ids'
    " and actor_id is not null and voids is null"
    " and id not in (select voids from node_event where case_id in :ids and voids is not null)"
)
_SEIZED: Final = (
    "select id, case_id, officer_id, second_id, substr(began_at, 1, 10), place from seizure"
    " where case_id in :ids"
)
_BENCHES: Final = (
    "select d.id, d.case_id, d.kind, d.title, d.fields,"
    " (select min(v.at) from document_version v where v.document_id = d.id), d.made_on,"
    " d.issued_at, d.changed_at"
    " from document d where d.case_id in :ids and d.kind in :kinds and d.state <> 'recalled'"
)
_ACTS: Final = (
    "select a.id, d.case_id, a.person_id, a.act, substr(a.at, 1, 10), d.id, d.title, d.kind"
    " from document d join document_act a on a.document_id = d.id where d.case_id in :ids"
    " and d.kind in :kinds and d.state <> 'recalled' and a.person_id is not null"
    " and (a.act = 'sign' or (a.act = 'pass' and a.stage = 'panel'))"
)
_BONDS: Final = (
    "select k.id, k.case_id, k.other_id, k.other_number, k.kind, substr(k.at, 1, 10), k.body"
    f" from case_kin k where {STANDING} and (k.case_id in :ids or k.other_id in :ids)"
)
_SIDES: Final = (
    "select id, case_id, role, identity_no from party where case_id in :ids"
    " and identity_no <> '' and role in ('applicant', 'debtor')"
)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def facts_of(connection: Connection, case_ids: Collection[str]) -> list[Fact]:
    """Everything that bears on those cases."""
    found: list[Fact] = []
    teams: set[str] = set()
    for part in parts(case_ids):
        for case in _cases(connection, part):
            found.append(case)
            teams |= {case.team_id} if case.team_id else set()
        for held in _holdings(connection, part):
            found.append(held)
            teams |= {held.holder_id} if held.team else set()
        executed = [one.key.id for one in found if isinstance(one, Case) and one.executes]
        within = [one for one in executed if one in set(part)]
        if within:
            found += _acts(connection, within)
        found += _judging(connection, part)
        found += _bonds(connection, part)
        found += _sides(connection, part)
    for part in parts(teams):
        for key, person, team, first, last in rows(connection, _SEATS, ids=part):
            since = date.fromisoformat(first)
            found.append(Seat(RowKey("membership", key), person, team, since, _day(last)))
    return list({(one.key, _part(one)): one for one in found}.values())


def _part(fact: Fact) -> object:
    """Tells apart what one row says of several people."""
    return fact.person_id if isinstance(fact, Judging | Act) else None


def _cases(connection: Connection, ids: Any) -> Iterator[Case]:
    executes, reviews = words_of(EXECUTES), words_of(REVIEWS)
    for key, number, word, filed, closed, basis, *people in rows(connection, _CASES, ids=ids):
        days = (date.fromisoformat(filed), _day(closed))
        kind = (word in executes, word in reviews)
        yield Case(RowKey("case", key), number, *kind, *days, plain(basis or ""), *people)


def _holdings(connection: Connection, ids: Any) -> Iterator[Holding]:
    for key, case_id, holder, kind, first in rows(connection, _HOLDINGS, ids=ids):
        since = date.fromisoformat(first)
        yield Holding(RowKey("hold", key), case_id, holder, kind == "team", since)


def _acts(connection: Connection, ids: Any) -> Iterator[Act]:
    for name, sql in (("execution_log", _LOGGED), ("node_event", _NOTED)):
        for key, case_id, person, on, words in rows(connection, sql, ids=ids):
            yield Act(RowKey(name, key), case_id, person, date.fromisoformat(on), words)
    for key, case_id, officer, second, on, place in rows(connection, _SEIZED, ids=ids):
        for person in (officer, second):
            if person:
                day = date.fromisoformat(on)
                yield Act(RowKey("seizure", key), case_id, person, day, place)


def _judging(connection: Connection, ids: Any) -> Iterator[Judging]:
    for row in rows(connection, _BENCHES, ids=ids, kinds=BENCH):
        key, case_id, kind, title, fields, begun, made, issued, changed = row
        since = next((_day(one) for one in (begun, made, changed, issued) if one), None)
        if since is None:
            continue
        for seat in json.loads(fields).get(SEATS_KEY, "").split(","):
            if seat:
                yield Judging(
                    *(RowKey("document", key), case_id, seat, Bench.NAMED, since, _day(issued)),
                    *(key, title, kind in SEPARATE),
                )
    for row in rows(connection, _ACTS, ids=ids, kinds=BENCH):
        key, case_id, person, act, on, document, title, kind = row
        day = date.fromisoformat(on)
        yield Judging(
            *(RowKey("document_act", key), case_id, person),
            *(Bench.SIGN if act == "sign" else Bench.VOTE, day, day),
            *(document, title, kind in SEPARATE),
        )


def _bonds(connection: Connection, ids: Any) -> Iterator[Bond]:
    for key, case_id, other, number, kind, on, words in rows(connection, _BONDS, ids=ids):
        day = date.fromisoformat(on)
        yield Bond(RowKey("case_kin", key), case_id, other, number, BondKind(kind), day, words)


def _sides(connection: Connection, ids: Any) -> Iterator[Side]:
    for key, case_id, role, identity in rows(connection, _SIDES, ids=ids):
        yield Side(RowKey("party", key), case_id, role == "applicant", identity)
