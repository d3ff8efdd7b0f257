"""Decided bundles go after ninety days, and nothing that anybody still waits for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from desktop.contract.court_zone import COURT_ZONE
from storage.ids import new_id
from storage.sync import settling, spent
from storage.sync.settling import Drop
from tests.hub.conftest import Town
from tests.sync.conftest import Laptop

Make = Callable[[str], Laptop]
LATER = datetime.now(COURT_ZONE) + spent.KEPT + timedelta(days=1)


def new_case(town: Town, serial: int) -> str:
    case_id = new_id()
    assert (
        town.centre.verdict((10, case_id, "I", town.case_row(1, serial, case_id), None))
        == "applied"
    )
    return case_id


def refused(town: Town, laptop: Laptop, case_id: str) -> str:
    """A bundle that the hub decided against: the centre closed the case on another day."""
    laptop.sync()
    edit = "update \"case\" set closed_on = ?, close_mode = '终本' where id = ?"
    bundle = laptop.edit(edit, "2026-03-08", case_id)
    theirs = {"closed_on": "2026-03-01", "close_mode": "执行完毕"}
    nothing = {"closed_on": None, "close_mode": None}
    assert town.centre.verdict((10, case_id, "U", theirs, nothing)) == "applied"
    laptop.sync()
    assert laptop.rows("select verdict from _bundle where id = ?", bundle) == [("conflict",)]
    return bundle


def left(laptop: Laptop) -> set[str]:
    return {row[0] for row in laptop.rows("select id from _bundle")}


def test_what_nobody_waits_for_goes_after_ninety_days(town: Town, laptop: Make) -> None:
    one = laptop("first")
    case_id = new_case(town, 700)
    one.sync()
    applied = one.edit('update "case" set remarks = ? where id = ?', "到庭", case_id)
    one.sync()
    held = refused(town, one, new_case(town, 701))
    dropped = refused(town, one, new_case(town, 702))
    with one.session.write("放弃") as write:
        settling.drop(write.connection, Drop(dropped, "first", "对方的日期正确"))
    waiting = one.edit('update "case" set cause = ? where id = ?', "借款", case_id)
    assert spent.let_go(one.session, datetime.now(COURT_ZONE) + timedelta(days=89)) == 0
    shown = one.rows('select id, remarks, cause, closed_on from "case" order by id')
    assert spent.let_go(one.session, LATER) == 2
    assert {applied, dropped}.isdisjoint(left(one))
    assert {held, waiting} <= left(one)
    assert one.rows('select id, remarks, cause, closed_on from "case" order by id') == shown
    assert one.rows("select count(*) from _op where bundle_n not in (select n from _bundle)") == [
        (0,)
    ]
    # What comes after has the next number, and nothing of the old is sent again.
    last = one.edit('update "case" set remarks = ? where id = ?', "笔录", case_id)
    told = one.sync()
    assert told.pushed == 2
    numbers = town.admin.execute(
        "select min(n), max(n), count(*) from sync.bundle where device = %s",
        (one.session.replica.device_id,),
    ).fetchone()
    assert numbers is not None
    assert numbers[1] - numbers[0] + 1 == numbers[2]
    assert last in left(one)


def test_what_was_decided_in_a_lost_history_stays(town: Town, laptop: Make) -> None:
    one = laptop("first")
    case_id = new_case(town, 710)
    one.sync()
    kept = one.edit('update "case" set remarks = ? where id = ?', "到庭", case_id)
    one.sync()
    with one.session.apply() as write:
        write.connection.exec_driver_sql("update _bundle set acked_history = 'another'")
    assert spent.let_go(one.session, LATER) == 0
    assert kept in left(one)


def test_many_go_in_short_transactions(town: Town, laptop: Make) -> None:
    one = laptop("first")
    with one.session.read() as connection:
        history = connection.exec_driver_sql(
            "select json_extract(cursor, '$.history') from _ctl"
        ).scalar()
    old = (datetime.now(COURT_ZONE) - timedelta(days=100)).isoformat()
    many = 2 * spent.AT_ONCE + 7
    with one.session.apply() as write:
        write.connection.exec_driver_sql(
            "insert into _bundle (id, actor, label, made_at, schema_ver, state, verdict, acked_at,"
            " acked_history) values (?, 'first', '改', ?, '0', 'decided', 'applied', ?, ?)",
            [(new_id(), old, old, history) for _ in range(many)],
        )
    assert spent.let_go(one.session, datetime.now(COURT_ZONE)) == many
    assert spent.let_go(one.session, datetime.now(COURT_ZONE)) == 0


def test_a_desk_that_never_met_a_hub_keeps_all(town: Town, laptop: Callable[..., Laptop]) -> None:
    one = laptop("first", pulled=False)
    one.edit(
        "insert into court (id, code, name, short_name) values (?, '豫1', '甲', '甲')", new_id()
    )
    assert spent.let_go(one.session, LATER) == 0
    assert len(left(one)) == 1
