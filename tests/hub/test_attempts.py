"""A court officer with a valid login and psql in hand: one table of attempts, all refused.

Every attempt is made in every role. What is refused is refused by PostgreSQL's privileges, or by
the hub's doors; a control in each role proves that the connection lives and sees its own rows.
"""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from sqlalchemy import Boolean, Column, Integer, String, Table

from storage.hub import users
from storage.ids import new_id
from storage.merge import ROLES
from storage.schema import synced_tables
from tests.hub.attempts import ATTEMPTS, DENIED, VERBS
from tests.hub.conftest import PASSWORD, Officer, Town

SCOPES = (1, 2, -1)
CASE, LOG, TEAM, REQUEST, ENTRY = 10, 16, 4, 30, 33


class Desks(Town):
    """The town with one officer in each role, all of team 1."""

    officers: dict[str, Officer]
    tables: list[tuple[str, str]]


@pytest.fixture(scope="module")
def desks(town: Town) -> Iterator[Desks]:
    made = Desks(**vars(town))
    made.officers = {}
    for role in ROLES:
        users.add(town.admin, f"a_{role}", PASSWORD, [role], [1])
        made.officers[role] = Officer(f"a_{role}", town.server.dsn(f"a_{role}", PASSWORD))
    made.tables = [
        (row[0], row[1])
        for row in town.admin.execute(
            "select c.oid::regclass::text, quote_ident((select a.attname from pg_attribute a"
            "  where a.attrelid = c.oid and a.attnum > 0 and a.attidentity = ''"
            "  order by a.attnum limit 1))"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('sync', 'desk') and c.relkind in ('r', 'p') order by 1"
        )
    ]
    assert len(made.tables) > 40
    for table in synced_tables():
        _fill(town.admin, table)
    town.admin.execute("analyze")
    yield made
    for officer in made.officers.values():
        officer.connection.close()


def _fill(admin: "psycopg.Connection[Any]", table: Table) -> None:
    """A row of each scope, past triggers, keys and checks: only who sees it matters."""
    name = f'desk."{table.name}"'
    checks = admin.execute(
        "select quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %s::regclass and contype = 'c'",
        (name,),
    ).fetchall()
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        for check, _definition in checks:
            admin.execute(f"alter table {name} drop constraint {check}")
        for scope in SCOPES:
            row = {column.name: _some(column, scope) for column in table.columns}
            row["scope"] = scope
            names = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join(["%s"] * len(row))
            admin.execute(f"insert into {name} ({names}) values ({marks})", tuple(row.values()))
        for check, definition in checks:
            admin.execute(f"alter table {name} add constraint {check} {definition} not valid")


def _some(column: "Column[Any]", scope: int) -> object:
    if isinstance(column.type, Boolean):
        return 0
    if isinstance(column.type, Integer):
        return 500 + scope
    if isinstance(column.type, String) and column.type.length == 36:
        return new_id()
    return f"2026-01-0{scope}" if scope > 0 else "2026-01-09"


def refused(officer: Officer, statement: str, states: tuple[str, ...]) -> None:
    """Fails unless the statement is refused; the connection goes on as before."""
    connection = officer.connection
    told = "not refused"
    # Some statements are refused inside a transaction for that reason alone.
    alone = statement.startswith(("create database", "alter system"))
    try:
        with nullcontext() if alone else connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.Error as error:
        told = error.sqlstate or str(error)
    connection.execute("reset all")
    assert told in states, statement


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_is_refused(desks: Desks, attempt: str, role: str) -> None:
    refused(desks.officers[role], *ATTEMPTS[attempt])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", VERBS)
def test_no_table_lets_itself_be_written(desks: Desks, verb: str, role: str) -> None:
    for table, column in desks.tables:
        statement = VERBS[verb].format(table=table, column=column)
        refused(desks.officers[role], statement, (DENIED,))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_own_rows_and_nobody_elses(desks: Desks, role: str) -> None:
    officer = desks.officers[role]
    for table in synced_tables():
        name = f'desk."{table.name}"'
        there = dict(
            desks.admin.execute(f"select scope, count(*) from {name} group by 1").fetchall()
        )
        seen = dict(
            officer.connection.execute(f"select scope, count(*) from {name} group by 1").fetchall()
        )
        assert set(there) >= set(SCOPES), name
        assert seen == {scope: n for scope, n in there.items() if scope in (0, 1)}, name
        # A condition that would give a foreign row away by an error is asked after the policy.
        officer.one(f"select count(*) from {name} where 1 / (scope - 2) + 1 / (scope + 1) < 9")
    scopes = officer.connection.execute("select distinct scope from sync.change").fetchall()
    assert {row[0] for row in scopes} <= {0, 1}
    assert officer.one("select sync.actor()") == officer.who


@pytest.mark.parametrize("role", ROLES)
def test_statistics_and_others_queries_tell_nothing(desks: Desks, role: str) -> None:
    officer = desks.officers[role]
    kept = "select count(*) from pg_stats where schemaname in ('desk', 'sync')"
    known = desks.admin.execute(kept).fetchone()
    assert known is not None
    assert known[0] > 50
    # Where a policy stands no statistics are shown; the tables of the protocol are not granted.
    assert officer.one(kept) == 0
    desks.second.one("select 'a word nobody else shall read'")
    assert officer.one("select count(*) from pg_stat_activity where usename = 'second'") > 0
    others = officer.one(
        "select count(*) from pg_stat_activity where usename <> session_user"
        " and (query not in ('', '<insufficient privilege>') or client_addr is not null)"
    )
    assert others == 0


@pytest.mark.parametrize("role", ROLES)
def test_no_inner_function_answers(desks: Desks, role: str) -> None:
    """Whatever is not granted is refused before its arguments matter."""
    officer = desks.officers[role]
    rows = desks.admin.execute(
        "select p.oid::regproc::text, array(select format_type(t, null) from"
        " unnest(p.proargtypes) t) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'sync' and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype"
        " and not has_function_privilege(%s, p.oid, 'execute')",
        (officer.who,),
    ).fetchall()
    assert len(rows) > 60
    for name, types in rows:
        # Behind the bar, so that a function of nothing but nulls is called and not left out.
        given = ", ".join(f"null::{kind} v{n}" for n, kind in enumerate(types))
        names = ", ".join(f"v{n}" for n in range(len(types)))
        refused(officer, f"select {name}({names}) from (select {given} offset 0) v", (DENIED,))


def test_every_door_is_shut_in_the_same_way(desks: Desks) -> None:
    """A function that runs as the owner looks up names nowhere a caller could put them first."""
    open_doors = desks.admin.execute(
        "select p.oid::regprocedure::text from pg_proc p join pg_namespace n"
        " on n.oid = p.pronamespace where n.nspname in ('sync', 'desk') and (p.prosecdef and"
        " not coalesce(array_to_string(p.proconfig, ' '), '') ~ 'search_path=\"?pg_catalog'"
        " or exists (select 1 from aclexplode(coalesce(p.proacl,"
        "   acldefault('f', p.proowner))) a where a.grantee = 0))"
    ).fetchall()
    assert open_doors == []
    free = desks.admin.execute(
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'desk' and c.relkind in ('r', 'p')"
        " and not (c.relrowsecurity and c.relforcerowsecurity)"
    ).fetchall()
    assert free == []


def _case_of(desks: Desks, team: int) -> str:
    return desks.cases[team]


def _log(case_id: str, **more: object) -> dict[str, object]:
    at = "2026-02-01T10:00:00+08:00"
    return {"id": new_id(), "case_id": case_id, "at": at, "kind": "x", "body": "y", **more}


@pytest.mark.parametrize("role", ROLES)
def test_another_teams_case_cannot_be_written(desks: Desks, role: str) -> None:
    officer = desks.officers[role]
    theirs, mine = _case_of(desks, 2), _case_of(desks, 1)
    edit = (CASE, theirs, "U", {"remarks": "偷"}, {"remarks": "原文"})
    assert officer.verdict(edit) in ("gone", "not_permitted")
    row = desks.case_row(2, 9_000 + ROLES.index(role), new_id())
    assert officer.verdict((CASE, row["id"], "I", row, None)) == "not_permitted"
    log = _log(theirs)
    assert officer.verdict((LOG, log["id"], "I", log, None)) == "not_permitted"
    for kind in ("D", "U", "X"):
        assert officer.verdict((LOG, new_id(), kind, {"body": "z"}, {})) != "applied"
    group = {"team_id": desks.teams[1], "handler_id": None, "leader_id": None}
    moved = (CASE, mine, "U", {**group, "team_id": desks.teams[2]}, group)
    assert officer.verdict(moved) == "not_permitted"
    asked = {"case_id": mine, "team_id": desks.teams[2], "reason": "x"}
    request = {"id": new_id(), "kind": "move_case", "case_id": theirs, "state": "accepted"}
    request["args"] = json.dumps({**asked, "case_id": theirs})
    for kind in ("I", "R"):
        verdict = officer.verdict((REQUEST, request["id"], kind, request, None))
        assert verdict in ("not_permitted", "rejected")
    count = desks.admin.execute('select remarks, scope from desk."case" where id = %s', (theirs,))
    assert count.fetchone() == ("原文", 2)


@pytest.mark.parametrize("role", ROLES)
def test_no_author_is_forged(desks: Desks, role: str) -> None:
    officer = desks.officers[role]
    me, other = new_id(), new_id()
    desks.admin.execute("update sync.account set person_id = null where who = %s", (officer.who,))
    for person in (me, other):
        row = {"id": person, "name": "某人", "court_id": desks.court, "post": "法官"}
        assert desks.centre.verdict((2, person, "I", row, None)) == "applied"
    desks.admin.execute("update sync.account set person_id = %s where who = %s", (me, officer.who))
    forged = _log(_case_of(desks, 1), author_id=other, changed_by="second", scope=2, ver=99)
    assert officer.verdict((LOG, forged["id"], "I", forged, None)) == "not_permitted"
    mine = _log(_case_of(desks, 1), author_id=me, changed_by="second", scope=2, ver=99)
    verdict = officer.verdict((LOG, mine["id"], "I", mine, None))
    assert verdict == ("not_permitted" if role in ("auditor", "finance") else "applied")
    stored = desks.admin.execute(
        "select changed_by, scope, ver from desk.execution_log where id = %s", (mine["id"],)
    ).fetchone()
    assert stored == (None if verdict != "applied" else (officer.who, 1, 1))
    answer = officer.push(officer.bundle((LOG, mine["id"], "I", mine, None), actor="second"))[0]
    assert answer["verdict"] == "wrong_user"
    name = desks.admin.execute("select count(*) from sync.bundle where actor = 'second'")
    before = name.fetchone()
    officer.push(officer.bundle((LOG, new_id(), "I", {}, None), actor="second"))
    name = desks.admin.execute("select count(*) from sync.bundle where actor = 'second'")
    assert name.fetchone() == before


@pytest.mark.parametrize("role", ROLES)
def test_nobody_replays_anothers_bundle(desks: Desks, role: str) -> None:
    """The same id with other content, and another's signature, on whichever door."""
    officer, neighbour = desks.officers[role], desks.first
    case_id = new_id()
    row = desks.case_row(1, 9_100 + ROLES.index(role), case_id)
    assert desks.centre.verdict((CASE, case_id, "I", row, None)) == "applied"
    theirs = neighbour.bundle((CASE, case_id, "U", {"remarks": "甲"}, {"remarks": "原文"}))
    answer = neighbour.push(theirs)[0]
    assert answer["verdict"] == "applied"
    signed = {**theirs, **{key: answer[key] for key in ("verdict", "vers", "history", "sig")}}
    content = [{**theirs["ops"][0], "new": {"remarks": "偷"}, "old": {"remarks": "甲"}}]
    stolen = [
        {**theirs, "actor": officer.who},
        {**theirs, "actor": officer.who, "ops": content},
        {**signed, "actor": officer.who},
        {**signed, "actor": officer.who, "ops": content},
        signed,
        {**signed, "ops": content},
    ]
    for bundle in stolen:
        for door in ("push", "replay"):
            told = officer.one(f"select sync.{door}(%s, %s)", officer.device, json.dumps([bundle]))
            assert told[0]["verdict"] in ("not_permitted", "wrong_user")
            assert "sig" not in told[0]
    # Under a new id their signature is worth nothing: judged as anything new, and by value.
    fresh = {**signed, "id": new_id(), "n": 10_000, "actor": officer.who, "ops": content}
    fresh["ops"] = [{**content[0], "old": {"remarks": "从来不是"}}]
    told = officer.one("select sync.replay(%s, %s)", officer.device, json.dumps([fresh]))
    assert told[0]["verdict"] in ("conflict", "not_permitted")
    assert desks.centre.one('select remarks from desk."case" where id = %s', case_id) == "甲"


@pytest.mark.parametrize("left_out", [(), ("vers",), ("sig",), ("sig", "vers"), ("sig", "history")])
@pytest.mark.parametrize("role", ["handler", "finance", "supervisor"])
def test_a_lease_with_something_left_out_is_no_lease(
    desks: Desks, role: str, left_out: tuple[str, ...]
) -> None:
    """Under the hub's signature money is booked even where there is none."""
    officer = desks.officers[role]
    case_id = new_id()
    serial = 9_200 + 50 * ROLES.index(role) + len("".join(left_out))
    row = desks.case_row(1, serial, case_id)
    assert desks.centre.verdict((CASE, case_id, "I", row, None)) == "applied"
    args = json.dumps({"case_id": case_id, "amount_fen": 5_000, "payee": "某"})
    asked = {"id": new_id(), "kind": "disburse", "case_id": case_id, "args": args, "state": "asked"}
    forged = officer.bundle((REQUEST, asked["id"], "R", asked, None))
    forged |= {"verdict": "applied", "vers": [[0, 1]], "history": "x:1:0", "sig": "00" * 32}
    forged = {key: value for key, value in forged.items() if key not in left_out}
    told = officer.one("select sync.replay(%s, %s)", officer.device, json.dumps([forged]))
    assert told[0]["verdict"] in ("rejected", "not_permitted", "invalid")
    booked = desks.admin.execute(
        "select count(*) from desk.fund_entry where case_id = %s", (case_id,)
    ).fetchone()
    assert booked == (0,)


@pytest.mark.parametrize("tbl", [1, 2, TEAM, CASE, LOG, 32, ENTRY])
@pytest.mark.parametrize("role", ROLES)
def test_a_request_writes_no_row_of_another_table(desks: Desks, role: str, tbl: int) -> None:
    """A granted request that names another table as its own would pass by every right."""
    officer = desks.officers[role]
    mine, forged = _case_of(desks, 1), new_id()
    assert desks.admin.execute("select count(*) from sync.request_kind").fetchone() != (0,)
    rows: dict[int, dict[str, Any]] = {
        1: {"code": "豫98", "name": "伪院", "short_name": "伪", "confirmed": 1},
        2: {"name": "伪人", "court_id": desks.court, "post": "法官"},
        TEAM: {"court_id": desks.court, "name": "伪队", "number": 77},
        CASE: desks.case_row(1, 9_800 + ROLES.index(role), forged),
        LOG: _log(mine),
        32: {"case_id": mine, "balance_fen": 9, "held_fen": 0},
        ENTRY: {"case_id": mine, "amount_fen": 9, "number": "收9", "at": "2026", "maker": "second"},
    }
    asked = {
        "receive": {"case_id": mine, "amount_fen": 7, "payer": "某"},
        "disburse": {"case_id": mine, "amount_fen": 0, "payee": "某"},
        "move_case": {"case_id": mine, "team_id": desks.teams[2], "reason": "x"},
    }
    for kind, args in asked.items():
        forged = new_id()
        new = {**rows[tbl], "id": forged, "kind": kind, "args": json.dumps(args)}
        assert officer.verdict((tbl, forged, "R", new, None)) in ("not_permitted", "invalid")
    name = next(t.name for t in synced_tables() if t.info["number"] == tbl)
    found = desks.admin.execute(
        f'select count(*) from desk."{name}" where changed_by = %s', (officer.who,)
    ).fetchone()
    if tbl != LOG:
        assert found == (0,)
    assert desks.centre.one('select scope from desk."case" where id = %s', mine) == 1


@pytest.mark.parametrize("role", ROLES)
def test_a_request_stands_under_its_own_id(desks: Desks, role: str) -> None:
    """Else one grant could be shown as the answer to another."""
    officer = desks.officers[role]
    args = json.dumps({"case_id": _case_of(desks, 1), "amount_fen": 3, "payer": "某"})
    new = {"id": new_id(), "kind": "receive", "args": args, "case_id": _case_of(desks, 1)}
    assert officer.verdict((REQUEST, new_id(), "R", new, None)) in ("not_permitted", "invalid")


@pytest.mark.parametrize("clock_ms", [0, 1, 2**53, -(2**40)])
def test_a_device_whose_clock_has_stopped_is_still_greeted(desks: Desks, clock_ms: int) -> None:
    officer = desks.officers["handler"]
    told = officer.one(
        "select sync.hello(%s, %s)", officer.device, json.dumps({"clock_ms": clock_ms})
    )
    assert told["who"] == officer.who
    assert abs(told["clock_off_ms"]) == pytest.approx(2**31, abs=1)


@pytest.mark.parametrize("role", ROLES)
def test_the_connection_that_was_refused_lives_and_works(desks: Desks, role: str) -> None:
    """The control: a dead or rightless connection would pass every attempt above."""
    officer = desks.officers[role]
    assert officer.one("select session_user") == officer.who
    assert officer.one('select count(*) from desk."case"') > 0
    assert officer.one("select sync.hello(%s, '{}')", officer.device)["who"] == officer.who
    person = officer.one("select sync.hello(%s, '{}')", officer.device)["person"]
    log = _log(_case_of(desks, 1), author_id=person)
    verdict = officer.verdict((LOG, log["id"], "I", log, None))
    assert verdict == ("not_permitted" if role in ("auditor", "finance") else "applied")
