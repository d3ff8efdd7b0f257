"""Lending, giving back, repairing: what is done, what is refused, and who was quicker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from desktop.command.equipment import acts as do
from desktop.command.equipment.register import Item, current_items, item
from desktop.errors import UserError
from desktop.rules.equipment import Flag
from desktop.rules.equipment_law import load_equipment_law
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.equipment.store import (
    KEEPER,
    OFFICER,
    OTHER,
    TEAM,
    equipped,
    put,
)

ZONE = timezone(timedelta(hours=8))
NINE = datetime(2026, 11, 29, 9, 0, tzinfo=ZONE)
LATER = NINE + timedelta(days=2)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with equipped(tmp_path_factory.mktemp("acts")) as made:
        yield made


@dataclass
class Pair:
    """A body camera and a radio of this test's own."""

    camera: str
    radio: str


@pytest.fixture
def pair(session: Session) -> Pair:
    made = Pair(new_id(), new_id())
    camera = {"name": "执法记录仪 A1", "kind": "body_camera", "calibrate_days": 365}
    put(session, "equipment", id=made.camera, team_id=TEAM, asset_no=made.camera[-9:], **camera)
    radio = {"name": "对讲机 B1", "kind": "radio"}
    put(session, "equipment", id=made.radio, team_id=TEAM, asset_no=made.radio[-9:], **radio)
    return made


def by(minutes: float = 0, person: str = KEEPER) -> do.By:
    return do.By(person, NINE + timedelta(minutes=minutes))


def done(session: Session, command: Callable[[Connection, Any], Any], asked: Any) -> Any:
    with session.write("装备") as write:
        return command(write.connection, asked)


def shown(session: Session, key: str) -> Item:
    with session.read() as connection:
        found = item(connection, key)
    assert found is not None
    return found


def lent(session: Session, *keys: str, to: str = OFFICER, minutes: float = 0) -> None:
    done(session, do.lend, do.Loan(keys, to, LATER, by(minutes)))


def fault(session: Session, key: str, words: str = "无法开机") -> str:
    return str(done(session, do.report_fault, do.Fault(key, words, by(1))))


def test_a_thing_goes_out_on_and_back(session: Session, pair: Pair) -> None:
    lent(session, pair.camera, pair.radio)
    assert shown(session, pair.radio).standing.now_with.holder_id == OFFICER
    done(session, do.hand_over, do.HandOver(pair.camera, OTHER, by(10)))
    thing = shown(session, pair.camera)
    assert [one.holder_id for one in thing.standing.chain] == [None, OFFICER, OTHER]
    law = load_equipment_law()
    assert Flag.OVERDUE in thing.flags(LATER + timedelta(seconds=1), law)
    with session.read() as connection:
        short = {one.id: one for one in current_items(connection)}[pair.camera]
    assert short.standing.now_with == thing.standing.now_with, "with the day of its loan"
    done(session, do.give_back, do.Return((pair.camera, pair.radio), by(20), "完好"))
    assert not shown(session, pair.camera).standing.lent
    lent(session, pair.camera, to=OTHER, minutes=30)


@pytest.mark.parametrize(
    ("prepare", "command", "asked", "sentence"),
    [
        (
            "lend",
            do.lend,
            lambda c: do.Loan((c,), OTHER, LATER, by(5)),
            "保管员甲 于 11-29 09:00 借给",
        ),
        (
            "fault",
            do.lend,
            lambda c: do.Loan((c,), OTHER, LATER, by(5)),
            "未修复的故障（无法开机）",
        ),
        ("retire", do.lend, lambda c: do.Loan((c,), OTHER, LATER, by(5)), "已于 2026-11-29 报废"),
        ("", do.lend, lambda c: do.Loan((), OTHER, LATER, by()), "先选择"),
        ("", do.lend, lambda c: do.Loan((c,), OTHER, NINE, by()), "须在现在之后"),
        ("", do.lend, lambda c: do.Loan((c,), new_id(), LATER, by()), "领用人"),
        ("", do.lend, lambda c: do.Loan((c,), OTHER, LATER, do.By("", NINE)), "经办人"),
        ("", do.lend, lambda c: do.Loan((new_id(),), OTHER, LATER, by()), "没有这件装备"),
        ("", do.give_back, lambda c: do.Return((c,), by()), "没有借出，无从归还"),
        ("", do.hand_over, lambda c: do.HandOver(c, OTHER, by()), "没有借出，无从移交"),
        ("lend", do.hand_over, lambda c: do.HandOver(c, OFFICER, by(5)), "已经在该人手中"),
        ("radio", do.calibrate, lambda c: do.Calibration(c, by()), "没有登记校准周期"),
        ("", do.calibrate, lambda c: do.Calibration(c, by(), NINE.date()), "校准日之后"),
        ("", do.report_fault, lambda c: do.Fault(c, "  ", by()), "请填写"),
        ("fault", do.report_fault, lambda c: do.Fault(c, "无法开机", by()), "已经报修"),
        ("retire", do.report_fault, lambda c: do.Fault(c, "坏", by(5)), "报废"),
        ("", do.repair, lambda c: do.Repair(c, new_id(), "修好", by()), "没有这张故障单"),
        ("", do.remark, lambda c: do.Remark(c, "retire", " ", by()), "报废原因：请填写"),
        ("retire", do.remark, lambda c: do.Remark(c, "retire", "再废", by(5)), "报废"),
    ],
)
def test_each_refusal_has_its_sentence(
    session: Session,
    pair: Pair,
    prepare: str,
    command: Callable[[Connection, Any], Any],
    asked: Callable[[str], Any],
    sentence: str,
) -> None:
    key = pair.radio if prepare == "radio" else pair.camera
    if prepare == "lend":
        lent(session, key)
    elif prepare == "fault":
        fault(session, key)
    elif prepare == "retire":
        done(session, do.remark, do.Remark(key, "retire", "进水报废", by()))
    before = shown(session, key).acts
    with pytest.raises(UserError, match=sentence):
        done(session, command, asked(key))
    assert shown(session, key).acts == before, "nothing is half done"


def test_lending_several_is_all_or_nothing(session: Session, pair: Pair) -> None:
    fault(session, pair.radio)
    with pytest.raises(UserError, match="对讲机"):
        lent(session, pair.camera, pair.radio)
    assert not shown(session, pair.camera).standing.lent


def test_a_ticket_has_its_service_level_and_ends_once(session: Session, pair: Pair) -> None:
    key = fault(session, pair.camera)
    ticket = shown(session, pair.camera).standing.open_tickets[0]
    assert ticket.due_at == NINE + timedelta(minutes=1, hours=48)
    done(session, do.repair, do.Repair(pair.camera, key, "更换电池", by(90)))
    standing = shown(session, pair.camera).standing
    assert (standing.open_tickets, standing.tickets[0].hours(NINE)) == ((), 89 / 60)
    with pytest.raises(UserError, match="已由 保管员甲 于 11-29 10:30 销号"):
        done(session, do.repair, do.Repair(pair.camera, key, "又修", by(95)))
    lent(session, pair.camera, minutes=100)


def test_calibration_runs_from_its_day_or_to_that_of_the_certificate(
    session: Session, pair: Pair
) -> None:
    done(session, do.calibrate, do.Calibration(pair.camera, by(), document_no="校字12号"))
    assert shown(session, pair.camera).standing.calibrate_by == date(2027, 11, 29)
    done(session, do.calibrate, do.Calibration(pair.radio, by(), until=date(2027, 1, 31)))
    assert shown(session, pair.radio).standing.calibrate_by == date(2027, 1, 31)


def test_the_register_takes_a_number_once_and_notes_a_new_keeper(
    session: Session, pair: Pair
) -> None:
    number = new_id()
    new = do.NewThing(TEAM, number, "无人机 C1", "drone", keeper_id=KEEPER, calibrate_days=180)
    key = done(session, do.register, do.Register(new, by()))
    with pytest.raises(UserError, match="已经登记为“无人机 C1”"):
        done(session, do.register, do.Register(new, by()))
    other = do.NewThing(TEAM, number, "无人机 C1", "drone", keeper_id=OTHER)
    assert done(session, do.register, do.Register(other, by(), key)) == key
    thing = shown(session, key)
    assert (thing.keeper_id, thing.calibrate_days) == (OTHER, None)
    assert thing.acts[-1].body == "保管人由 保管员甲 变更为 干警丙"
    for field in ("asset_no", "name", "kind"):
        blank = {"asset_no": "ZB-010", "name": "甲", "kind": "radio", field: " "}
        with pytest.raises(UserError, match="请填写"):
            done(session, do.register, do.Register(do.NewThing(TEAM, **blank), by()))


def test_a_desk_whose_clock_is_behind_does_not_turn_the_chain_round(
    session: Session, pair: Pair
) -> None:
    lent(session, pair.camera)
    done(session, do.give_back, do.Return((pair.camera,), by(-30)))
    assert not shown(session, pair.camera).standing.lent
    lent(session, pair.camera, to=OTHER, minutes=-20)
    assert shown(session, pair.camera).standing.now_with.holder_id == OTHER


# The same by raw SQL, past every command


def raw(session: Session, key: str, act: str, **more: Any) -> str:
    row = new_id()
    values = {"at": NINE.isoformat(), "person_id": KEEPER, "equipment_id": key, **more}
    with session.write("越过") as write:
        write.connection.execute(insert(table("equipment_act")).values(id=row, act=act, **values))
    return row


def test_the_replica_itself_refuses(session: Session, pair: Pair) -> None:
    def refused(sentence: str, act: str, **more: Any) -> None:
        with pytest.raises(RefusedByRule, match=sentence):
            raw(session, more.pop("key", pair.camera), act, **more)

    refused("没有借出", "give_back")
    refused("没有借出", "hand_over", to_id=OTHER)
    raw(session, pair.camera, "lend", to_id=OFFICER)
    refused("归还之前不得再借", "lend", to_id=OTHER)
    refused("归还之前不得再借", "lend", to_id=OTHER, at="2026-11-29T09:10:00+08:00")
    raw(session, pair.camera, "give_back", at="2026-11-29T09:20:00+08:00")
    ticket = raw(session, pair.camera, "fault", body="坏", at="2026-11-29T09:21:00+08:00")
    refused("未修复的故障", "lend", to_id=OTHER, at="2026-11-29T09:22:00+08:00")
    refused("不属于这件装备", "repair", ticket=ticket, key=pair.radio)
    refused("不属于这件装备", "repair", ticket=new_id())
    raw(session, pair.camera, "repair", ticket=ticket, at="2026-11-29T09:23:00+08:00")
    refused("已经修复", "repair", ticket=ticket, at="2026-11-29T09:24:00+08:00")
    raw(session, pair.camera, "lend", to_id=OTHER, at="2026-11-29T09:25:00+08:00")
    raw(session, pair.camera, "retire", body="报废", at="2026-11-29T09:26:00+08:00")
    for act, more in (("give_back", {}), ("fault", {"body": "坏"}), ("check", {})):
        refused("已经报废", act, at="2026-11-29T09:27:00+08:00", **more)
