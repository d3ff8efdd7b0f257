"""Mutated payloads at the doors of the hub: no error of an unexpected class, no privilege gained.

EDESK_FUZZ says how many (the suite sends a share of the hundred thousand), EDESK_SEED which.
"""

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town

PAYLOADS = int(os.environ.get("EDESK_FUZZ", "1500"))
SEED = int(os.environ.get("EDESK_SEED", "57"))
# Data that are none, limits, rules, rights, logins: what a client has to expect.
EXPECTED = ("22", "23", "28", "54", "42501", "P0001")
VERDICTS = {
    *("applied", "conflict", "rejected", "not_permitted", "gone", "needs_parent", "invalid"),
    *("upgrade", "wrong_user", "waiting"),
}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, -(2**63), 1e308, 0.1, "", " ", "x"),
    *("\u202e逆", "a\u0300" * 40, "'; drop table sync.bundle; --", '"', "\\", "$$", "%s", "𠮷"),
    *("null", "NaN", "infinity", "-infinity", "2026-13-45", "2026-01-05", "9" * 400, "é" * 5000),
    *([], {}, [[]], {"": ""}, {"id": None}, [None] * 50, {"a": {"b": {"c": [1, 2, {"d": 3}]}}}),
    *("00000000-0000-0000-0000-000000000000", "edesk_owner", "postgres", "centre", "-1", "{-1}"),
)
KEYS = ("id", "scope", "ver", "changed_by", "team_id", "case_id", "tbl", "kind", "actor", "ctid")


def mutated(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The same with one thing somewhere in it changed."""
    inner = list(value) if isinstance(value, dict) else list(range(len(value)))
    if depth and (not inner or chance.random() < 0.2):
        return chance.choice(ODD)
    changed = copy.copy(value)
    act = chance.random()
    if act < 0.12 and inner:
        del changed[chance.choice(inner)]
    elif act < 0.2 and isinstance(changed, dict):
        changed[chance.choice(KEYS)] = chance.choice(ODD)
    elif act < 0.26 and isinstance(changed, list):
        changed.extend(copy.deepcopy(changed[:1]) * chance.choice((1, 2, 30)))
    elif inner:
        key = chance.choice(inner)
        part = changed[key]
        whole = isinstance(part, dict | list)
        changed[key] = mutated(part, chance, depth + 1) if whole else chance.choice(ODD)
    return changed


class Fuzz:
    """The payloads of one officer that would be right, and what must stay as it is."""

    def __init__(self, town: Town, officer: Officer, chance: random.Random) -> None:
        self.town, self.officer, self.chance = town, officer, chance
        self.classes: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()

    def right(self) -> dict[str, Any]:
        """A bundle as a client makes it; some of them the hub takes."""
        case_id = self.town.cases[self.chance.choice((1, 2))]
        fresh = new_id()
        log = {"id": fresh, "case_id": case_id, "at": "2026-02-01", "kind": "x", "body": "记"}
        group = {"applied_on": None, "filed_on": "2026-01-05", "closed_on": None}
        group |= {"close_mode": None}
        money = {"id": fresh, "kind": "disburse", "case_id": case_id, "state": "asked"}
        money["args"] = json.dumps({"case_id": case_id, "amount_fen": 100, "payee": "甲"})
        ops: list[tuple[int, str, str, Any, Any]] = [
            (10, case_id, "U", {"remarks": "改"}, {"remarks": "原文"}),
            (10, case_id, "U", {**group, "closed_on": "2026-03-01"}, group),
            (10, fresh, "I", self.town.case_row(1, self.chance.randrange(10**6), fresh), None),
            (16, fresh, "I", log, None),
            (30, fresh, "R", money, None),
        ]
        return self.officer.bundle(*self.chance.sample(ops, self.chance.choice((1, 1, 2))))

    def send(self) -> None:
        """One payload, mutated once to thrice, through one of the doors."""
        payload: Any = [self.right()]
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            payload = mutated(payload, self.chance) or [self.right()]
        text = json.dumps(payload)
        door = self.chance.choice(("push", "push", "push", "replay"))
        try:
            answers = self.officer.one(f"select sync.{door}(%s, %s)", self.officer.device, text)
        except psycopg.Error as error:
            state = error.sqlstate or "none"
            if not state.startswith(EXPECTED):
                pytest.fail(f"{state} {error}: {text[:2000]}")
            self.classes[state] += 1
            return
        for answer in answers:
            assert answer["verdict"] in VERDICTS, (answer, text[:2000])
            self.verdicts[answer["verdict"]] += 1


def power(town: Town) -> list[Any]:
    """Who may do what, and all money and all rows of the other team."""
    return [
        town.admin.execute(query).fetchall()
        for query in (
            "select rolname, rolsuper, rolcanlogin, rolcreaterole from pg_roles order by 1",
            "select roleid, member, grantor from pg_auth_members order by 1, 2, 3",
            "select who, title, locked_at from sync.account order by 1",
            "select who, scope from sync.member order by 1, 2",
            "select * from sync.right order by 1, 2, 3",
            "select * from sync.rule order by 1, 2",
            "select md5(s::text) from sync.secret s",
            "select count(*) from desk.fund",
            "select count(*) from desk.fund_entry",
            'select id, ver, team_id from desk."case" where scope = 2 order by 1',
            "select count(*) from desk.execution_log where scope = 2",
            "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname in ('sync', 'desk', 'keeper', 'public')",
            "select count(*) from pg_class",
        )
    ]


@pytest.fixture(scope="module")
def log_in(town: Town) -> Iterator[Callable[[str], Officer]]:
    made: dict[str, Officer] = {}

    def open_(role: str) -> Officer:
        who = f"fuzz_{role}"
        if who not in made:
            users.add(town.admin, who, PASSWORD, [role], [1])
            made[who] = Officer(who, town.server.dsn(who, PASSWORD))
        return made[who]

    yield open_
    for officer in made.values():
        officer.connection.close()


@pytest.mark.parametrize("role", ["handler", "finance", "field"])
def test_mutated_payloads_gain_nothing(
    town: Town, log_in: Callable[[str], Officer], role: str
) -> None:
    officer = log_in(role)
    fuzz = Fuzz(town, officer, random.Random(f"{SEED}:{role}"))
    print("seed", SEED, role)
    before = power(town)
    for _ in range(PAYLOADS // 3):
        fuzz.send()
    assert power(town) == before
    # It was no monologue: much was refused, and the line lives and works.
    print(fuzz.classes, fuzz.verdicts)
    assert sum(fuzz.classes.values()) > PAYLOADS // 30
    assert sum(fuzz.verdicts.values()) > PAYLOADS // 30
    assert {"invalid", "not_permitted", "wrong_user"} <= set(fuzz.verdicts)
    log = {"id": new_id(), "case_id": town.cases[1], "at": "2026-02-01", "kind": "x", "body": "记"}
    assert officer.verdict((16, log["id"], "I", log, None)) in ("applied", "not_permitted")
    broken = town.admin.execute(
        "select count(*) from sync.bundle b where not exists (select 1 from sync.account a"
        " where a.who = b.actor)"
    ).fetchone()
    assert broken == (0,)
