"""What may be done with a petition, and every reason against it. Over the real tables."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from desktop.errors import UserError
from desktop.petitions import commands as do
from desktop.petitions.rules import receipt_code
from storage.ids import new_id
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city

WHEN = datetime.combine(TODAY, time(9, 30))

THREAD = [
    *("visit", "register", "assign", "hang", "reply_in", "reply_out", "reply_out"),
    *("promise", "kept", "tell", "unhang", "close"),
]


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def by(city: RealCity) -> do.By:
    return do.By(city.operator, WHEN)


def received(city: RealCity, connection: Connection) -> str:
    card = do.Reception(
        "来访人甲", city.court, "案款未发放", superior_due=TODAY + timedelta(days=20)
    )
    return do.receive(connection, card, by(city)).petition_id


def order(city: RealCity, due_on: date = TODAY + timedelta(days=9)) -> do.Order:
    return do.Order(city.handler, due_on, "请核查并回复")


def test_a_petition_goes_from_the_window_to_its_close(city: RealCity) -> None:
    me = by(city)
    with city.context.engine.begin() as connection:
        key = received(city, connection)
        do.register(connection, key, me)
        act = do.assign(connection, key, order(city), me)
        do.hang(connection, key, me)
        do.reply_in(connection, key, do.Reply("已联系", partial=True, answers=act), me)
        do.reply_out(connection, key, do.Reply("部分办理", partial=True), me)
        petition, thread = table("petition"), table("petition_act")
        replied = select(petition.c.replied_on).where(petition.c.id == key)
        assert connection.execute(replied).scalar() is None
        do.reply_out(connection, key, do.Reply("办理完毕"), me)
        assert connection.execute(replied).scalar() == TODAY.isoformat()
        kept = do.promise(connection, key, "一周内发放", TODAY + timedelta(days=7), me)
        do.keep(connection, key, kept, me)
        do.tell(connection, key, "已电话告知", me)
        with pytest.raises(UserError, match="挂网督办尚未由专人摘牌"):
            do.close(connection, key, "resolved", "已发放", me)
        do.unhang(connection, key, "已办理", me)
        do.close(connection, key, "resolved", "已发放", me)
        row = connection.execute(select(petition).where(petition.c.id == key)).mappings().one()
        kinds = connection.execute(
            select(thread.c.kind).where(thread.c.petition_id == key).order_by(thread.c.id)
        ).scalars()
        assert list(kinds) == [
            "visit",
            "register",
            "assign",
            "hang",
            "reply_in",
            "reply_out",
            "reply_out",
            "promise",
            "kept",
            "tell",
            "unhang",
            "close",
        ]
        assert (row["unhung_by"], row["closed_by"]) == (city.operator, city.operator)
        with pytest.raises(UserError, match="须先重新办理"):
            do.tell(connection, key, "再告知", me)
        do.reopen(connection, key, "当事人再次来访", me)
        do.tell(connection, key, "再告知", me)


def test_a_card_is_refused_with_all_reasons_at_once(city: RealCity) -> None:
    card = do.Reception(" ", "nowhere", "", source="x", kind="y", people=0, case_id="none")
    with city.context.engine.begin() as connection, pytest.raises(UserError) as refused:
        do.receive(connection, card, by(city))
    fields = [line.split("：")[0] for line in str(refused.value).splitlines()]
    assert fields == ["来访人", "反映事项", "来源", "类别", "人数", "被反映法院", "案号"]


Case = tuple[Callable[[Connection, str, RealCity], object], list[str]]
REFUSED: list[Case] = [
    (lambda c, k, t: do.assign(c, k, order(t), by(t)), ["须先登记"]),
    (lambda c, k, t: do.pass_on(c, k, order(t, TODAY + timedelta(21)), by(t)), ["上级限期"]),
    (lambda c, k, t: do.pass_on(c, k, order(t, TODAY - timedelta(1)), by(t)), ["不能早于今天"]),
    (lambda c, k, t: do.close(c, k, "x", "", by(t)), ["须先登记", "尚未告知", "没有“x”", "须填写"]),
    (lambda c, k, t: do.unhang(c, k, "", by(t)), ["未在挂网", "摘牌理由"]),
    (lambda c, k, t: do.screen(c, k, "z", by(t)), ["甄别结果"]),
    (lambda c, k, t: do.set_level(c, k, "general", "", by(t)), ["与现等级相同", "变更理由"]),
    (lambda c, k, t: do.reply_in(c, k, do.Reply("", answers="x"), by(t)), ["回复内容", "所回复"]),
    (lambda c, k, t: do.keep(c, k, "x", by(t)), ["承诺"]),
    (lambda c, k, t: do.remind(c, k, "", by(t)), ["无人可催", "催办内容"]),
    (lambda c, k, t: do.reopen(c, k, "", by(t)), ["尚未办结", "重新办理理由"]),
    (lambda c, k, t: do.merge(c, k, k, by(t)), ["不能与自身合并"]),
    (lambda c, k, t: do.unmerge(c, k, by(t)), ["未并入他件"]),
    (lambda c, k, t: do.tell(c, "none", "x", by(t)), ["信访件：不存在"]),
    (lambda c, k, t: do.tell(c, k, "", do.By("none", WHEN)), ["办理人", "告知内容"]),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "reasons"), REFUSED)
def test_an_act_is_refused_and_writes_nothing(
    city: RealCity, attempt: Callable[[Connection, str, RealCity], object], reasons: list[str]
) -> None:
    with city.context.engine.begin() as connection:
        key = received(city, connection)
        with pytest.raises(UserError) as refused:
            attempt(connection, key, city)
        assert all(reason in str(refused.value) for reason in reasons)
        assert len(connection.execute(select(table("petition_act").c.id)).all()) == 1


def test_a_merge_has_one_level_and_can_be_undone(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        one, two, three = (received(city, connection) for _ in range(3))
        do.merge(connection, two, one, by(city))
        with pytest.raises(UserError, match="已并入他件"):
            do.merge(connection, three, two, by(city))
        with pytest.raises(UserError, match="已有他件并入本件"):
            do.merge(connection, one, three, by(city))
        do.unmerge(connection, two, by(city))
        do.merge(connection, three, two, by(city))


def test_receipt_codes_differ_and_come_from_the_id() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len({receipt_code(one) for one in ids}) == len(ids)
    assert receipt_code(ids[0]) == receipt_code(ids[0])
