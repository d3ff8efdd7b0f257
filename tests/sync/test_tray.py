"""What the hub refused stays until a person has decided, and what he decides is carried out."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.ids import new_id
from storage.merge import GROUPS
from storage.schema import table as schema_table
from storage.sync import settling, tray
from storage.sync.settling import Drop, Resubmit, TrayFault
from storage.sync.tray import Held
from tests.hub.conftest import Town
from tests.sync.conftest import Laptop

Make = Callable[[str], Laptop]


def new_case(town: Town, serial: int, team: int = 1) -> str:
    case_id = new_id()
    row = town.case_row(team, serial, case_id)
    assert town.centre.verdict((10, case_id, "I", row, None)) == "applied"
    return case_id


def held(laptop: Laptop, bundle_id: str) -> Held:
    with laptop.session.read() as connection:
        found = tray.held(connection, bundle_id)
    assert found is not None
    return found


def to_settle(laptop: Laptop) -> list[str]:
    query = (
        "select b.id from _bundle b left join _settled s on s.bundle_id = b.id"
        f" where {tray.STATE_SQL} = 'held' order by b.n"
    )
    return [row[0] for row in laptop.rows(query)]


def resubmit(laptop: Laptop, bundle_id: str, values: dict[int, dict[str, Any]]) -> bool:
    with laptop.session.write("重新提交") as write:
        return settling.resubmit(
            write.connection, Resubmit(bundle_id, laptop.who, "核对后决定", values)
        )


def conflict(town: Town, laptop: Laptop, serial: int) -> tuple[str, str]:
    """(case, held bundle): the centre closed the case a week earlier than the laptop did."""
    case_id = new_case(town, serial)
    laptop.sync()
    edit = "update \"case\" set closed_on = ?, close_mode = '终本' where id = ?"
    bundle = laptop.edit(edit, "2026-03-08", case_id, label="报结")
    group = {"applied_on": None, "filed_on": "2026-01-05", "closed_on": None, "close_mode": None}
    theirs = {**group, "closed_on": "2026-03-01", "close_mode": "执行完毕"}
    assert town.centre.verdict((10, case_id, "U", theirs, group)) == "applied"
    laptop.sync()
    return case_id, bundle


def hub_case(town: Town, case_id: str) -> Any:
    query = 'select closed_on, close_mode, remarks from desk."case" where id = %s'
    return town.centre.connection.execute(query, (case_id,)).fetchone()


def test_a_conflict_shows_base_mine_and_theirs(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id, bundle = conflict(town, mine, 800)
    found = held(mine, bundle)
    assert (found.verdict, found.code, found.by, found.label) == (
        "conflict",
        "conflict",
        "centre",
        "报结",
    )
    fields = {field.column: field for field in found.ops[0].fields}
    closed = fields["closed_on"]
    assert (closed.base, closed.mine, closed.theirs) == (None, "2026-03-08", "2026-03-01")
    assert closed.refused
    assert closed.legal
    assert fields["close_mode"].theirs == "执行完毕"
    # Meanwhile the desk shows what the hub has.
    assert mine.rows('select closed_on from "case" where id = ?', case_id) == [("2026-03-01",)]


def test_mine_again_goes_out_as_a_child_and_is_taken(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id, bundle = conflict(town, mine, 801)
    assert resubmit(mine, bundle, {0: held(mine, bundle).ops[0].mine})
    assert to_settle(mine) == []
    done = mine.sync()
    assert done.verdicts == {"applied": 1}
    assert hub_case(town, case_id)[:2] == ("2026-03-08", "终本")
    ((replaced, how, reason),) = mine.rows(
        "select replaced_by, how, reason from _settled where bundle_id = ?", bundle
    )
    assert (how, reason) == ("resubmitted", "核对后决定")
    parent = town.admin.execute("select parent::text from sync.bundle where id = %s", (replaced,))
    assert parent.fetchone() == (bundle,)


def test_a_pick_per_field_sends_only_what_was_chosen(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id, bundle = conflict(town, mine, 802)
    op = held(mine, bundle).ops[0]
    assert resubmit(mine, bundle, {0: {**op.theirs, "closed_on": "2026-03-05"}})
    assert mine.sync().verdicts == {"applied": 1}
    assert hub_case(town, case_id)[:2] == ("2026-03-05", "执行完毕")


def test_choosing_theirs_everywhere_sends_nothing(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id, bundle = conflict(town, mine, 803)
    assert not resubmit(mine, bundle, {0: held(mine, bundle).ops[0].theirs})
    assert mine.sync().pushed == 0
    assert hub_case(town, case_id)[:2] == ("2026-03-01", "执行完毕")
    assert mine.rows("select how from _settled where bundle_id = ?", bundle) == [("dropped",)]


def test_nothing_is_settled_without_a_reason_or_twice(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    _case, bundle = conflict(town, mine, 804)
    for reason, words in ((" ", "理由"), ("长" * 2_001, "2000")):
        with (
            pytest.raises(TrayFault, match=words),
            mine.session.write("放弃") as write,
        ):
            settling.drop(write.connection, Drop(bundle, mine.who, reason))
    assert to_settle(mine) == [bundle]
    with mine.session.write("放弃") as write:
        settling.drop(write.connection, Drop(bundle, mine.who, "以对方为准"))
    with (
        pytest.raises(TrayFault, match="已经处理"),
        mine.session.write("放弃") as write,
    ):
        settling.drop(write.connection, Drop(bundle, mine.who, "再一次"))


def test_a_case_that_left_cannot_be_sent_again_but_can_be_let_go(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id = new_case(town, 805)
    mine.sync()
    bundle = mine.edit('update "case" set remarks = ? where id = ?', "离开前写的", case_id)
    town.admin.execute(
        'update desk."case" set team_id = %s where id = %s', (town.teams[2], case_id)
    )
    mine.sync()
    found = held(mine, bundle)
    assert found.verdict == "gone"
    assert not found.ops[0].there
    with pytest.raises(TrayFault, match="已不在本机"):
        resubmit(mine, bundle, {0: found.ops[0].mine})
    assert to_settle(mine) == [bundle]


def test_a_held_new_case_is_edited_and_its_log_follows(town: Town, laptop: Make) -> None:
    """A number taken twice: the insert is refused, what hangs on it waits for its parent."""
    mine = laptop("first")
    taken = new_case(town, 806)
    assert taken
    case_id = new_id()
    row = {**town.case_row(1, 806, case_id)}
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    bundle = mine.edit(f'insert into "case" ({names}) values ({marks})', *row.values())
    log = mine.edit(
        "insert into execution_log (id, case_id, at, kind, body) values (?, ?, ?, 'x', '到场')",
        new_id(),
        case_id,
        "2026-02-01T10:00:00+08:00",
    )
    mine.sync()
    assert to_settle(mine) == [bundle, log]
    assert held(mine, bundle).code == "duplicate"
    assert held(mine, log).verdict == "needs_parent"
    assert mine.rows('select count(*) from "case" where id = ?', case_id) == [(0,)]
    better = {**held(mine, bundle).ops[0].mine, "number": "（2026）豫99执9806号", "serial": 9806}
    assert resubmit(mine, bundle, {0: better})
    assert resubmit(mine, log, {0: held(mine, log).ops[0].mine})
    assert mine.sync().verdicts == {"applied": 2}
    assert to_settle(mine) == []


def test_a_refused_request_is_asked_again_with_what_is_possible(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    case_id = new_case(town, 807)
    mine.sync()
    args = json.dumps({"case_id": case_id, "amount_fen": 500, "payee": "甲"})
    bundle = mine.edit(
        "insert into request (id, kind, case_id, args) values (?, 'disburse', ?, ?)",
        new_id(),
        case_id,
        args,
    )
    mine.sync()
    found = held(mine, bundle)
    assert (found.verdict, found.code, found.detail["available_fen"]) == ("rejected", "funds", 0)
    assert mine.rows("select count(*) from request where case_id = ?", case_id) == [(0,)]
    assert resubmit(mine, bundle, {0: {"args": {"amount_fen": 0}}})
    mine.sync()
    (second,) = to_settle(mine)
    assert held(mine, second).code == "amount"


def test_an_export_is_signed_with_the_key_the_hub_gave(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    _case, bundle = conflict(town, mine, 808)
    with mine.session.read() as connection:
        content = tray.exported(connection, bundle)
        told = connection.exec_driver_sql("select value from _sync where key = 'hello'").scalar()
    assert content is not None
    signature = content.pop("signature")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    key = bytes.fromhex(json.loads(str(told))["file_key"])
    assert signature == {
        "kind": "hmac-sha256",
        "value": hmac.new(key, text, hashlib.sha256).hexdigest(),
    }
    assert content["ops"][0]["new"]["closed_on"] == "2026-03-08"


_SERIALS = itertools.count(10_000)
_ACTS = st.lists(st.sampled_from(("mine", "theirs", "drop", "sync", "again")), max_size=8)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=_ACTS)
def test_whatever_is_done_nothing_leaves_the_tray_unsettled(
    town: Town, laptop: Make, acts: list[str]
) -> None:
    """I4: each bundle the hub refused is in the tray, or a row says who settled it and why."""
    mine = laptop("first")
    try:
        _act(town, mine, acts)
    finally:
        mine.remote.close()


def _act(town: Town, mine: Laptop, acts: list[str]) -> None:
    conflict(town, mine, next(_SERIALS))
    for act in acts:
        waiting = to_settle(mine)
        if act == "sync":
            mine.sync()
        elif act == "again":
            town.centre.one("select 1")
        elif waiting:
            found = held(mine, waiting[0])
            if act == "drop":
                with mine.session.write("放弃") as write:
                    settling.drop(write.connection, Drop(found.id, mine.who, "放弃"))
            else:
                op = found.ops[0]
                resubmit(mine, found.id, {0: op.mine if act == "mine" else op.theirs})
    refused = mine.rows(
        "select b.id, s.how, s.reason from _bundle b left join _settled s on s.bundle_id = b.id"
        " where b.state = 'decided' and b.verdict <> 'applied'"
    )
    waiting = to_settle(mine)
    for bundle_id, how, reason in refused:
        assert (bundle_id in waiting) != bool(how and reason)
    loose = mine.rows(
        "select count(*) from _settled where how = 'resubmitted' and replaced_by is null"
    )
    assert loose == [(0,)]


def _legal_columns() -> list[tuple[str, str]]:
    return [
        (table, column)
        for table, groups in GROUPS.items()
        for group in groups
        if group.legal
        for column in group.columns
    ]


def test_no_column_with_legal_effect_merges_by_itself(town: Town) -> None:
    """X22: for each marked column the hub's rule compares the whole group and lets nothing by."""
    rules = town.admin.execute("select tbl, cols, rule, legal from sync.rule").fetchall()
    for name, column in _legal_columns():
        number = schema_table(name).info["number"]
        (rule,) = [row for row in rules if row[0] == number and column in row[1]]
        assert rule[2] == "cas", (name, column)
        assert rule[3], (name, column)
