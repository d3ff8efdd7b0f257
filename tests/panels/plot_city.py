"""A small city in memory for the tests of plots and lists: three courts, seeded, invented.

Node dates are written straight into the projection, so that these tests ask what panels show of
given dates and not how dates are derived.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert

from storage.schema import table
from storage.schema.local import clock_key, node_clock
from tests.panels.fake_context import memory_engine

TODAY = date(2026, 11, 23)
NODES = {
    "N02": "立案审查",
    "N06": "发出执行通知书",
    "N08": "网络查控",
    "N09": "线索核实",
    "N12": "财产调查",
    "N21": "启动参考价",
    "N23": "评估报告送达",
    "N25": "一拍公告",
    "N30": "案款发放",
    "N33": "约谈",
    "N37": "结案",
}


def id_of(kind: str, number: int) -> str:
    """A readable id with the shape of a UUID."""
    return f"{kind:0>8.8}-0000-7000-8000-{number:012d}"


@dataclass
class City:
    """What was written, for tests that count by hand."""

    engine: Engine
    courts: list[str] = field(default_factory=list)
    teams: dict[str, list[str]] = field(default_factory=dict)
    people: dict[str, list[str]] = field(default_factory=dict)
    cases: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)


_COURTS = (("豫03", "示范市中级人民法院", "市中院"), ("豫0302", "东城区人民法院", "东城"))
_COURTS += (("豫0303", "西城区人民法院", "西城"),)
_TEAM_NAMES = ("第一执行团队", "第二执行团队", "第三执行团队", "执行裁决团队")


def _people(connection: Connection, city: City, team_id: str, court_id: str) -> None:
    roles = ("leader", "judge", "assistant", "assistant", "clerk")
    posts = ("quota_judge", "quota_judge", "judge_assistant", "judge_assistant", "clerk")
    names = ("云澹然", "江听雨", "柳疏影", "顾远帆", "沈清和")
    for role, post, name in zip(roles, posts, names, strict=True):
        number = sum(map(len, city.people.values())) + 1
        person = id_of("a", number)
        connection.execute(
            insert(table("person")).values(
                id=person, court_id=court_id, name=f"{name}{number}", post=post, quota=role != "x"
            )
        )
        connection.execute(
            insert(table("membership")).values(
                id=id_of("b", number),
                person_id=person,
                team_id=team_id,
                role=role,
                from_on="2025-01-01",
            )
        )
        city.people.setdefault(team_id, []).append(person)


def _places(connection: Connection, city: City) -> None:
    for index, (code, name, short) in enumerate(_COURTS, 1):
        court = id_of("c", index)
        city.courts.append(court)
        connection.execute(
            insert(table("court")).values(
                id=court,
                code=code,
                name=name,
                short_name=short,
                superior_id=None if index == 1 else city.courts[0],
            )
        )
        for team_name in _TEAM_NAMES[: 4 if index == 1 else 2]:
            number = sum(map(len, city.teams.values())) + 1
            team = id_of("d", number)
            city.teams.setdefault(court, []).append(team)
            kind = "adjudication" if "裁决" in team_name else "implementation"
            connection.execute(
                insert(table("team")).values(
                    id=team, court_id=court, name=team_name, kind=kind, number=number
                )
            )
            _people(connection, city, team, court)


def _keys(connection: Connection, city: City) -> dict[str, int]:
    labels: list[tuple[str, str, str]] = [("node", code, name) for code, name in NODES.items()]
    for kind, column in (("court", "short_name"), ("team", "name"), ("person", "name")):
        rows = connection.execute(table(kind).select()).mappings()
        labels.extend((kind, row["id"], row[column]) for row in rows)
    numbers = {}
    for n, (kind, key, label) in enumerate(labels, 1):
        connection.execute(insert(clock_key).values(n=n, id=key, kind=kind, label=label))
        numbers[key] = n
    return numbers


def _case(rng: random.Random, city: City, number: int) -> dict[str, Any]:
    court_index = rng.choice((0, 0, 1, 2))
    court = city.courts[court_index]
    team = rng.choice(city.teams[court])
    filed = TODAY - timedelta(days=rng.randint(5, 400))
    closed = None
    if rng.random() < 0.4:
        closed = min(TODAY, filed + timedelta(days=rng.randint(20, 300)))
    return {
        "id": id_of("e", number),
        "number": f"（{filed.year}）{_COURTS[court_index][0]}执{number}号",
        "court_id": court,
        "year": filed.year,
        "type_word": "执",
        "serial": number,
        "filed_on": filed.isoformat(),
        "closed_on": None if closed is None else closed.isoformat(),
        "close_mode": None if closed is None else "执行完毕",
        "team_id": team,
        "handler_id": rng.choice(city.people[team]),
        "claim_fen": rng.randint(100_000, 90_000_000),
    }


def _clock(rng: random.Random, case: dict[str, Any], code: str) -> dict[str, Any]:
    filed = date.fromisoformat(case["filed_on"])
    started = min(TODAY, filed + timedelta(days=rng.randint(0, 120)))
    due = started + timedelta(days=rng.choice((7, 10, 30, 60, 90)))
    ended = None if case["closed_on"] is None else date.fromisoformat(case["closed_on"])
    done = ended
    if done is None and rng.random() < 0.7:
        done = started + timedelta(days=rng.randint(0, 70))
        done = done if done <= TODAY else None
    if done is not None and done < started:
        started = done
    paused = started + timedelta(days=2) if done is None and rng.random() < 0.1 else None
    return {
        "case_id": case["id"],
        "node_code": code,
        "subject": "",
        "started_on": started.isoformat(),
        "due_on": due.isoformat(),
        "certain": rng.random() > 0.03,
        "warn_on": (due - timedelta(days=3)).isoformat(),
        "done_on": None if done is None else done.isoformat(),
        "pause_from": None if paused is None else paused.isoformat(),
        "pause_to": None,
        "rule_version": "1",
        "case_number": case["number"],
        "type_word": "执",
    }


def small_city(cases: int = 240, seed: int = 7) -> City:
    """The same rows for the same numbers."""
    rng = random.Random(seed)
    city = City(memory_engine())
    with city.engine.begin() as connection:
        _places(connection, city)
        numbers = _keys(connection, city)
        city.cases = [_case(rng, city, number) for number in range(1, cases + 1)]
        if city.cases:
            connection.execute(insert(table("case")), city.cases)
        for case in city.cases:
            for code in rng.sample(sorted(NODES), 4):
                clock = _clock(rng, case, code)
                clock |= {
                    "court_n": numbers[case["court_id"]],
                    "team_n": numbers[case["team_id"]],
                    "handler_n": numbers[case["handler_id"]],
                }
                city.clocks.append(clock)
        if city.clocks:
            connection.execute(insert(node_clock), city.clocks)
    return city


def _measure(number: int, expires: date, **values: Any) -> dict[str, Any]:
    """A live first freeze of a deposit, but for `values`."""
    row: dict[str, Any] = {
        "id": id_of("f", number),
        "case_id": id_of("e", number % 5 + 1),
        "asset_kind": "deposit",
        "asset": f"账户尾号 {number:04d}",
        "institution": "示范银行",
        "amount_fen": number * 10_000,
        "rank": 0,
        "started_on": (expires - timedelta(days=365)).isoformat(),
        "expires_on": expires.isoformat(),
        "document_no": f"协执{number}号",
        "renewal_of": None,
        "lifted_on": None,
    }
    return row | values


def measures() -> list[dict[str, Any]]:
    """Eleven measures: lapsed, waiting, lapsing today, lifted, renewed once and twice."""
    return [
        _measure(1, TODAY - timedelta(days=40)),
        _measure(2, TODAY - timedelta(days=1), rank=2),
        _measure(3, TODAY),
        _measure(4, TODAY + timedelta(days=7), asset_kind="immovable"),
        _measure(5, TODAY + timedelta(days=31)),
        _measure(6, TODAY - timedelta(days=9), lifted_on=TODAY.isoformat()),
        _measure(7, TODAY - timedelta(days=3)),
        _measure(8, TODAY + timedelta(days=362), renewal_of=id_of("f", 7)),
        _measure(9, TODAY + timedelta(days=30), renewal_of=id_of("f", 10), rank=1),
        _measure(10, TODAY - timedelta(days=335), renewal_of=id_of("f", 11), rank=1),
        _measure(11, TODAY - timedelta(days=700), rank=1),
    ]
