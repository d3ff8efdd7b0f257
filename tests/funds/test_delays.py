"""延缓发放 from proposal to end: who may, what the database refuses; and money nobody fetches."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.errors import UserError
from desktop.funds.delays import (
    DelayEnd,
    DelayRow,
    DelaysArgs,
    DelayText,
    DelayVerdict,
    delay_grounds,
    delays,
    end,
    propose,
    settle,
)
from desktop.funds.notices import PayeeNotice, tell_payee
from desktop.funds.unclaimed import unclaimed
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.ledger import post
from storage.ledger.moments import written_at
from storage.ledger.post import Slip
from storage.schema import table
from storage.session import Session
from tests.funds.purse import Purse, purse_of
from tests.funds.till import Till, till_of
from tests.panels.real_city import TODAY, real_city
from tests.storage.rows import add, court

NOW = datetime(2026, 11, 23, 9, tzinfo=COURT_ZONE)
LAW = load_law()


@pytest.fixture
def purse(session: Session) -> Purse:
    return purse_of(session)


def text(purse: Purse, case_id: str, **more: Any) -> DelayText:
    values = {
        "case_id": case_id,
        "entry_id": None,
        "ground": "to_distribute",
        "reason": "另案债权人申请参与分配",
        "from_on": date(2026, 11, 20),
        "until_on": date(2026, 12, 20),
        "person_id": purse.people["承办甲"],
        "at": NOW,
        **more,
    }
    return DelayText(**values)


def proposed(purse: Purse, case_id: str, **more: Any) -> str:
    with purse.session.write("提出延缓") as write:
        return propose(write.connection, text(purse, case_id, **more))


def decided(purse: Purse, key: str, name: str | None, *, agreed: bool = True) -> None:
    who = None if name is None else purse.people[name]
    with purse.session.write("批准延缓") as write:
        settle(write.connection, DelayVerdict(key, agreed, who, NOW))


def ended(purse: Purse, key: str, on: date, name: str | None = "承办甲") -> None:
    who = None if name is None else purse.people[name]
    with purse.session.write("结束延缓") as write:
        end(write.connection, DelayEnd(key, on, who, NOW))


def listed(purse: Purse, name: str = "局长丁") -> list[DelayRow]:
    with purse.session.read() as connection:
        args = DelaysArgs(NOW.date(), LAW, purse.people[name])
        return list(delays(connection, args))


def test_the_grounds_are_those_of_the_law() -> None:
    grounds = delay_grounds()
    assert len(grounds) == 5
    assert all(one.article.startswith("法发〔2017〕6号第十条第") for one in grounds.values())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"person_id": None}, "本人身份"),
        ({"ground": ""}, "延缓事由"),
        ({"ground": "bored"}, "延缓事由"),
        ({"reason": "  "}, "具体原因"),
        ({"reason": "长" * 2_001}, "2000 字"),
        ({"until_on": date(2026, 11, 19)}, "早于起始日"),
        ({"case_id": "gone"}, "已不在本机"),
        ({"entry_id": "other"}, "不属于该案"),
    ],
)
def test_what_is_wrong_is_said(purse: Purse, more: dict[str, Any], said: str) -> None:
    case = purse.case()
    with pytest.raises(UserError, match=said):
        proposed(purse, str(more.pop("case_id", case)), **more)


def test_the_same_money_is_delayed_once(purse: Purse) -> None:
    case = purse.case()
    with purse.session.write("到账") as write:
        entry = post.receive(write.connection, case, 100, Slip("甲")).entry_id
    key = proposed(purse, case, entry_id=entry)
    with pytest.raises(UserError, match="不能重复"):
        proposed(purse, case, entry_id=entry)
    ended(purse, key, date(2026, 11, 23))
    assert listed(purse)[0].state == "withdrawn"
    proposed(purse, case)
    with pytest.raises(UserError, match="不能重复"):
        proposed(purse, case, entry_id=entry)


@pytest.mark.parametrize("name", ["局长丁", "副院长戊", "院长己"])
@pytest.mark.parametrize("agreed", [True, False])
def test_the_chief_or_a_leader_decides(purse: Purse, name: str, agreed: bool) -> None:
    key = proposed(purse, purse.case())
    decided(purse, key, name, agreed=agreed)
    (one,) = listed(purse)
    assert (one.state, one.approved_by) == ("approved" if agreed else "refused", name)
    with pytest.raises(UserError, match="已经处理"):
        decided(purse, key, "院长己")


@pytest.mark.parametrize(
    ("name", "said"),
    [(None, "本人身份"), ("承办甲", "提出人以外"), ("财务乙", "局长或者主管院领导")],
)
def test_nobody_else_does(purse: Purse, name: str | None, said: str) -> None:
    key = proposed(purse, purse.case())
    with pytest.raises(UserError, match=said):
        decided(purse, key, name)
    one = next(row for row in listed(purse, name or "承办甲"))
    assert not one.may_settle
    assert bool(one.fault)


def test_a_leader_of_another_court_does_not(purse: Purse) -> None:
    other = court(code="豫0398")
    chief = {"id": new_id(), "court_id": other["id"], "name": "邻院局长", "post": "bureau_chief"}
    with purse.session.write("邻院") as write:
        add(write.connection, "court", other)
        add(write.connection, "person", chief)
    key = proposed(purse, purse.case())
    with (
        pytest.raises(UserError, match="本案所在法院"),
        purse.session.write("批准") as write,
    ):
        settle(write.connection, DelayVerdict(key, True, chief["id"], NOW))


def test_the_database_refuses_what_the_command_refuses(purse: Purse) -> None:
    """Past the commands, straight into the table."""
    case = purse.case()
    key = proposed(purse, case)
    delay = table("payment_delay")

    def straight(**values: Any) -> None:
        with purse.session.write("直接改动") as write:
            write.connection.execute(update(delay).where(delay.c.id == key).values(**values))

    at = NOW.isoformat()
    for name in ("承办甲", "财务乙"):
        with pytest.raises((RefusedByRule, Exception), match=r"局长|CHECK|two_persons"):
            straight(state="approved", approved_by=purse.people[name], approved_at=at)
    with pytest.raises(RefusedByRule):
        straight(reason="别的原因")
    with pytest.raises(RefusedByRule), purse.session.write("直接写入") as write:
        write.connection.execute(
            insert(delay).values(
                id=new_id(),
                case_id=case,
                ground="other",
                reason="x",
                from_on="2026-11-01",
                proposed_by=purse.people["承办甲"],
                proposed_at=at,
                approved_by=purse.people["局长丁"],
                approved_at=at,
                state="approved",
            )
        )
    decided(purse, key, "局长丁")
    with pytest.raises(RefusedByRule):
        straight(state="proposed", approved_by=None, approved_at=None)


def test_its_end_lets_ten_days_run(purse: Purse) -> None:
    key = proposed(purse, purse.case(), from_on=date(2026, 10, 20))
    with pytest.raises(UserError, match="只能由提出人撤回"):
        ended(purse, key, date(2026, 11, 20), "财务乙")
    decided(purse, key, "局长丁")
    for on, said in ((date(2026, 11, 24), "晚于今天"), (date(2026, 10, 19), "早于延缓起始")):
        with pytest.raises(UserError, match=said):
            ended(purse, key, on)
    with pytest.raises(UserError, match="本人身份"):
        ended(purse, key, date(2026, 11, 20), None)
    ended(purse, key, date(2026, 11, 20), "财务乙")
    (one,) = listed(purse)
    assert (one.state, one.ended_on, one.ended_by) == ("ended", date(2026, 11, 20), "财务乙")
    assert one.due_on == date(2026, 11, 30)
    with pytest.raises(UserError, match="未在进行中"):
        ended(purse, key, date(2026, 11, 21))


def test_what_waits_stands_first_and_what_outlasts_itself_is_marked(purse: Purse) -> None:
    first, second, third = (purse.case() for _ in range(3))
    stands = proposed(purse, first, until_on=date(2026, 11, 22))
    decided(purse, stands, "局长丁")
    refused = proposed(purse, second)
    decided(purse, refused, "局长丁", agreed=False)
    waits = proposed(purse, third)
    found = listed(purse)
    assert [one.id for one in found] == [waits, stands, refused]
    assert [one.late(NOW.date()) for one in found] == [False, True, False]


# Money nobody fetches


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return till_of(real_city(tmp_path))


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def test_unfetched_money_by_age(till: Till) -> None:
    city = till.city
    late, paused = city.late_case, city.paused_case
    for name in ("青禾贸易", "林见山"):
        city.put("party", case_id=late, role="applicant", name=name, kind="other")
    for days in (29, 30, 89, 90, 179, 180, 364, 365):
        till.receive(late, 100 + days, ago(days))
    young = till.receive(paused, 7_00, ago(3))
    till.move(paused, 5_00, ago(2), "escrow")
    with city.context.engine.connect() as connection:
        found = unclaimed(connection, TODAY, city.law)
    assert [one.days for one in found] == [365, 364, 180, 179, 90, 89, 30, 2]
    assert [one.band.from_days for one in found] == [365, 180, 180, 90, 90, 30, 30, 0]
    assert {one.who for one in found[:-1]} == {"青禾贸易、林见山"}
    assert {one.handler for one in found} == {"顾长风"}
    deposit = found[-1]
    assert (deposit.escrow, deposit.why, deposit.left_fen) == (True, "提存", 5_00)
    assert young not in {one.entry_id for one in found}


def test_money_with_an_order_is_not_left_lying_and_a_delay_must_be_of_its_kind(till: Till) -> None:
    city, late = till.city, till.city.late_case
    asked = till.receive(late, 100, ago(40))
    till.order(late, 100, ago(3))
    lying = till.receive(city.paused_case, 100, ago(40))
    key = till.delay(city.paused_case, lying, from_on=ago(30), ground="frozen")
    with city.context.engine.connect() as connection:
        assert unclaimed(connection, TODAY, city.law) == []
    rows = table("payment_delay")
    with city.context.engine.begin() as connection:
        connection.execute(rows.update().where(rows.c.id == key).values(ground="not_claimed"))
        (one,) = unclaimed(connection, TODAY, city.law)
    assert one.entry_id == lying
    assert one.why == "经通知未来领取"
    assert asked != lying


def test_notices_to_the_payee_are_counted(till: Till) -> None:
    city, late = till.city, till.city.late_case
    till.receive(late, 100, ago(40))
    for days in (20, 5):
        at = NOW - timedelta(days=days)
        notice = PayeeNotice(late, "青禾贸易", "电话", city.operator, at)
        with city.context.engine.begin() as connection:
            tell_payee(connection, notice)
    with city.context.engine.begin() as connection:
        for wrong, said in (
            (PayeeNotice(late, " ", "电话", city.operator, NOW), "何人"),
            (PayeeNotice(late, "甲", "", city.operator, NOW), "何人"),
            (PayeeNotice(late, "甲", "电" * 401, city.operator, NOW), "400"),
            (PayeeNotice("gone", "甲", "电话", city.operator, NOW), "已不在本机"),
            (PayeeNotice(late, "甲", "电话", None, NOW), "本人身份"),
        ):
            with pytest.raises(UserError, match=said):
                tell_payee(connection, wrong)
        (one,) = unclaimed(connection, TODAY, city.law)
    assert (one.told, one.last_told) == (2, (NOW - timedelta(days=5)).date())


def test_written_at_is_the_day_of_the_ledger(purse: Purse) -> None:
    """What the other tests rest on: an entry of the past bears its day."""
    case = purse.case()
    with written_at(NOW - timedelta(days=60)), purse.session.write("到账") as write:
        post.receive(write.connection, case, 100, Slip("甲"))
    with purse.session.read() as connection:
        (one,) = unclaimed(connection, NOW.date(), LAW)
    assert one.days == 60
