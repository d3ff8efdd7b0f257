"""How the hub judges: once, whole, by value, and never one bundle because of another."""

import json
from typing import Any

import psycopg
import pytest

from storage.ids import new_id
from tests.hub.conftest import Town

U = "U"


def _remarks(town: Town, case_id: str) -> Any:
    return town.centre.one('select remarks from desk."case" where id = %s', case_id)


def _fresh(town: Town, serial: int, team: int = 1) -> str:
    case_id = new_id()
    row = town.case_row(team, serial, case_id)
    assert town.centre.verdict((10, case_id, "I", row, None)) == "applied"
    return case_id


def test_a_bundle_sent_twice_is_judged_once(town: Town) -> None:
    case_id = _fresh(town, 100)
    bundle = town.first.bundle((10, case_id, U, {"remarks": "改"}, {"remarks": "原文"}))
    first, again = town.first.push(bundle), town.first.push(bundle, bundle)
    assert first[0]["verdict"] == "applied"
    assert first[0]["vers"] == [[0, 2]]
    assert again == [first[0], first[0]]


def test_edits_of_other_columns_meet_and_of_the_same_do_not(town: Town) -> None:
    case_id = _fresh(town, 101)
    assert town.first.verdict((10, case_id, U, {"remarks": "甲"}, {"remarks": "原文"})) == "applied"
    assert town.centre.verdict((10, case_id, U, {"cause": "借款"}, {"cause": None})) == "applied"
    answer = town.centre.push(
        town.centre.bundle((10, case_id, U, {"remarks": "乙"}, {"remarks": "原文"}))
    )[0]
    assert answer["verdict"] == "conflict"
    assert answer["detail"]["now"] == {"remarks": "甲"}
    assert answer["detail"]["by"] == "first"
    assert _remarks(town, case_id) == "甲"


def test_dates_with_legal_effect_never_merge(town: Town) -> None:
    case_id = _fresh(town, 102)
    group = {"applied_on": None, "filed_on": "2026-01-05", "closed_on": None, "close_mode": None}
    closed = {**group, "closed_on": "2026-03-01", "close_mode": "终本"}
    moved = {**group, "filed_on": "2026-02-01"}
    assert town.first.verdict((10, case_id, U, closed, group)) == "applied"
    assert town.centre.verdict((10, case_id, U, moved, group)) == "conflict"


def test_a_bad_bundle_holds_up_nobody(town: Town) -> None:
    case_id = _fresh(town, 103)
    good = [
        town.first.bundle((10, case_id, U, {"remarks": str(n)}, {"remarks": was}))
        for n, was in ((1, "原文"), (2, "1"), (3, "2"))
    ]
    bad = [
        town.first.bundle((10, case_id, U, {"claim_fen": "abc"}, {"claim_fen": 0})),
        town.first.bundle((10, case_id, U, {"claim_fen": -1}, {"claim_fen": 0})),
        town.first.bundle((14, new_id(), "I", {"nothing": 1}, None)),
    ]
    mixed = [good[0], bad[0], good[1], bad[1], bad[2], good[2]]
    verdicts = [answer["verdict"] for answer in town.first.push(*mixed)]
    assert verdicts == ["applied", "invalid", "applied", "rejected", "invalid", "applied"]
    assert _remarks(town, case_id) == "3"


def test_a_bundle_is_whole_or_not_at_all(town: Town) -> None:
    case_id = _fresh(town, 104)
    log = {
        "id": new_id(),
        "case_id": new_id(),
        "at": "2026-01-06T09:00:00+08:00",
        "kind": "x",
        "body": "无主",
    }
    verdict = town.first.verdict(
        (10, case_id, U, {"remarks": "半"}, {"remarks": "原文"}), (16, log["id"], "I", log, None)
    )
    assert verdict == "needs_parent"
    assert _remarks(town, case_id) == "原文"


def test_a_number_given_already_is_refused_by_name(town: Town) -> None:
    case_id = new_id()
    row = town.case_row(1, 1, case_id)
    answer = town.centre.push(town.centre.bundle((10, case_id, "I", row, None)))[0]
    assert (answer["verdict"], answer["detail"]["code"]) == ("rejected", "duplicate")


def test_a_schema_nobody_knows_waits_and_is_judged_later(town: Town) -> None:
    case_id = _fresh(town, 105)
    change = (10, case_id, U, {"remarks": "新版"}, {"remarks": "原文"})
    bundle = town.first.bundle(change, schema_ver="9999")
    assert town.first.push(bundle)[0]["verdict"] == "upgrade"
    assert town.first.push({**bundle, "schema_ver": "0005"})[0]["verdict"] == "applied"


def test_a_moved_case_leaves_one_team_and_comes_to_the_other(town: Town) -> None:
    case_id = _fresh(town, 106)
    asked = 'select count(*) from desk."case" where id = %s'
    assert (town.first.one(asked, case_id), town.second.one(asked, case_id)) == (1, 0)
    group = {"team_id": town.teams[1], "handler_id": None, "leader_id": None}
    change = (10, case_id, U, {**group, "team_id": town.teams[2]}, group)
    assert town.first.verdict(change) == "not_permitted"
    assert town.centre.verdict(change) == "applied"
    assert (town.first.one(asked, case_id), town.second.one(asked, case_id)) == (0, 1)
    scopes = town.admin.execute(
        "select distinct scope from sync.change where id = %s order by 1", (case_id,)
    ).fetchall()
    assert [row[0] for row in scopes] == [1, 2]


def test_the_chain_holds_every_decided_bundle_in_order(town: Town) -> None:
    town.first.one("select sync.seal()")
    rows = town.admin.execute("select seq, bundle, link from sync.chain order by seq").fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    decided = town.admin.execute("select count(*) from sync.bundle").fetchone()
    assert decided == (len(rows),)
    assert len({row[2] for row in rows}) == len(rows)


_CASE = "update desk.\"case\" set remarks = 'x'"
_ATTEMPTS = {
    "write a case": _CASE,
    "delete a case": 'delete from desk."case"',
    "insert a fact": "insert into desk.execution_log (id) values (gen_random_uuid())",
    "read the secret": "select * from sync.secret",
    "read device keys": "select * from sync.device_key",
    "read bundles": "select * from sync.bundle",
    "write verdicts": "insert into sync.bundle (id) values (gen_random_uuid())",
    "widen my scopes": "insert into sync.member values (session_user, -1)",
    "judge for myself": "select sync.write('{}', true)",
    "sign for the hub": "select sync.signature(null,gen_random_uuid(),'a','b','[]','c','d')",
    "become the owner": "set role edesk_owner",
    "become a president": "set role edesk_president",
    "forge a change": "insert into sync.change (tbl, id, scope) values (10, gen_random_uuid(), 1)",
    "shadow a table": "create table desk.mine (n int)",
    "shadow a function": "create function sync.mine() returns int language sql as 'select 1'",
    "read the journal": "select * from sync.journal",
    "change a rule": "update sync.rule set rule = 'late'",
}


@pytest.mark.parametrize("attempt", _ATTEMPTS.values(), ids=_ATTEMPTS.keys())
def test_an_officer_with_psql_gets_nowhere(town: Town, attempt: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.first.connection.execute(attempt)


def test_an_officer_never_becomes_the_servers_owner(town: Town) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.first.connection.execute(f'set session authorization "{town.server.owner}"')


def test_another_teams_rows_are_not_there(town: Town) -> None:
    asked = 'select count(*) from desk."case" where scope = 2'
    assert town.second.one(asked) > 0
    assert town.first.one(asked) == 0
    assert town.first.one("select count(*) from sync.change where scope = 2") == 0


def test_nobody_sends_in_another_name(town: Town) -> None:
    case_id = _fresh(town, 107)
    change = (10, case_id, U, {"remarks": "冒名"}, {"remarks": "原文"})
    answer = town.first.push(town.first.bundle(change, actor="centre"))[0]
    assert answer["verdict"] == "wrong_user"
    theirs = town.centre.bundle(change)
    town.centre.push(theirs)
    stolen = town.first.push({**theirs, "actor": "first"})[0]
    assert (stolen["verdict"], stolen["detail"]) == ("not_permitted", {"code": "not_yours"})


def test_a_lease_without_the_hubs_signature_is_no_lease(town: Town) -> None:
    case_id = _fresh(town, 108)
    change = (10, case_id, U, {"remarks": "假"}, {"remarks": "从来不是"})
    lease = town.first.bundle(change)
    lease |= {"verdict": "applied", "vers": [[0, 9]], "history": "x:1:0", "sig": "00"}
    answers = town.first.one("select sync.replay(%s, %s)", town.first.device, json.dumps([lease]))
    assert answers[0]["verdict"] == "conflict"
