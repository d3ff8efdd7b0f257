"""How one sum stands: its step, who holds it, its clock and colour, and every date explained."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.funds.holders import crowd
from desktop.funds.ladder import explain, notice_id, standing
from desktop.funds.notices import Notice, Nudge, nudge, tell
from desktop.funds.standings import Standing
from storage.records.states import NodeState
from storage.schema import table
from tests.funds.till import FINANCE, Till, till_of
from tests.panels.real_city import TODAY, RealCity, real_city

AT = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=COURT_ZONE)


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


@pytest.fixture
def till(city: RealCity) -> Till:
    return till_of(city)


def stands(till: Till, on: date = TODAY) -> list[Standing]:
    with till.city.context.engine.connect() as connection:
        return standing(connection, on, None, till.city.law)


def only(till: Till, on: date = TODAY) -> Standing:
    (found,) = stands(till, on)
    return found


def told(till: Till, entry: str, on: str) -> None:
    """The handler was told on that day."""
    with till.city.context.engine.begin() as connection:
        at = datetime.fromisoformat(f"{on}T16:00:00+08:00")
        tell(connection, Notice((entry,), till.city.person(FINANCE[0]), at))


def test_money_nobody_was_told_of_is_held_by_finance(till: Till) -> None:
    till.receive(till.city.late_case, 5_000_00, "2026-11-18")
    one = only(till)
    assert (one.step, one.step_name) == ("tell", "通知承办人")
    assert one.holder_name == "、".join(FINANCE)
    assert one.holder_id is None
    # Three days from the 18th end on Saturday the 21st and roll to Monday.
    assert (one.due_on, one.clock_name) == (date(2026, 11, 23), "通知承办人（3日）")
    assert one.article.startswith("法发〔2017〕6号第7条")
    assert one.article.endswith("〔未核实〕")
    assert (one.days_held, one.colour, one.light) == (5, "blue", "due_soon")
    late = only(till, TODAY + timedelta(days=1))
    assert (late.state, late.light) == (NodeState.OVERDUE, "overdue")


def test_once_told_the_handler_has_to_ask(till: Till) -> None:
    entry = till.receive(till.city.late_case, 5_000_00, "2026-11-18")
    told(till, entry, "2026-11-20")
    one = only(till)
    assert (one.step, one.holder_id, one.holder_name) == ("ask", till.city.handler, "顾长风")
    assert (one.told_on, one.step_since) == (date(2026, 11, 20), date(2026, 11, 20))
    assert not one.step_late
    assert (one.clock_name, one.due_on) == ("通知财务部门发放（10个工作日）", date(2026, 12, 2))
    assert only(till, date(2026, 11, 26)).step_late


@pytest.mark.parametrize(
    ("passed", "sent", "step", "holder"),
    [
        ((), None, "fund_keeper", "财务一、财务二"),
        ((("财务一", "2026-11-20"),), None, "bureau_chief", "局长乙"),
        (
            (("财务一", "2026-11-20"), ("局长乙", "2026-11-21")),
            None,
            "vice_president",
            "院领导丙",
        ),
        (
            (("财务一", "2026-11-20"), ("局长乙", "2026-11-21"), ("院领导丙", "2026-11-21")),
            None,
            "send",
            "财务二",
        ),
        (
            (("财务一", "2026-11-20"), ("局长乙", "2026-11-21"), ("院领导丙", "2026-11-21")),
            "2026-11-22",
            "answer",
            "财务一、财务二",
        ),
    ],
)
def test_an_order_is_held_by_whoever_has_its_next_stage(
    till: Till, passed: tuple[tuple[str, str], ...], sent: str | None, step: str, holder: str
) -> None:
    case = till.city.late_case
    till.receive(case, 900_000_00, "2026-11-16")
    stages = "fund_keeper,bureau_chief,vice_president"
    till.order(case, 900_000_00, "2026-11-19", *passed, stages=stages, sent=sent)
    one = only(till)
    assert (one.step, one.holder_name) == (step, holder)
    last = date.fromisoformat(sent or (passed[-1][1] if passed else "2026-11-19"))
    assert one.step_since == last
    if len(passed) == 3:  # finance has been told: five working days to pay
        assert (one.clock_name, one.due_on) == ("财务部门付款（5个工作日）", date(2026, 11, 27))


def test_whoever_passed_is_not_named_to_send_and_nobody_is_told_as_nobody(till: Till) -> None:
    case = till.city.late_case
    till.receive(case, 10_000_00, "2026-11-16")
    till.order(case, 10_000_00, "2026-11-19", ("财务一", "2026-11-20"), ("局长乙", "2026-11-20"))
    people = table("person")
    with till.city.context.engine.begin() as connection:
        connection.execute(
            people.update().where(people.c.name == "财务二").values(left_on="2026-11-01")
        )
    assert only(till).holder_name == "本院无人可办"


def test_a_delegate_is_named_where_nobody_of_the_post_is_left(till: Till) -> None:
    city, case = till.city, till.city.late_case
    till.receive(case, 10_000_00, "2026-11-16")
    till.order(case, 10_000_00, "2026-11-19", ("财务一", "2026-11-20"))
    city.put(
        "delegation",
        from_id=city.person("局长乙"),
        to_id=city.person("副局长甲"),
        post="bureau_chief",
        from_on="2026-11-01",
        to_on="2026-12-31",
        document_no="授〔2026〕1号",
        agreed_by=city.person("院长丁"),
        state="agreed",
    )
    assert only(till).holder_name == "局长乙", "he is there himself"
    people = table("person")
    with city.context.engine.begin() as connection:
        connection.execute(
            people.update().where(people.c.name == "局长乙").values(post="quota_judge")
        )
    assert only(till).holder_name == "本院无人可办", "who holds no post cannot lend it"


def test_who_may_do_a_stage_by_post_and_by_power(till: Till) -> None:
    city = till.city
    power = {
        "post": "bureau_chief",
        "from_on": "2026-11-01",
        "to_on": "2026-12-31",
        "document_no": "授〔2026〕1号",
        "agreed_by": city.person("院长丁"),
        "state": "agreed",
    }
    giver = city.person("局长乙")
    city.put("delegation", from_id=giver, to_id=city.person("副局长甲"), **power)
    city.put("delegation", from_id=giver, to_id=city.person("许南乔"), **power)
    other = power | {"documents": "fine_decision"}
    city.put("delegation", from_id=giver, to_id=city.person("周清和"), **other)
    with city.context.engine.connect() as connection:
        staff = crowd(connection, TODAY)
        later = crowd(connection, date(2027, 1, 1))
    able = staff.may("bureau_chief", city.court)
    assert [(one.name, one.for_post) for one in able] == [
        ("局长乙", ""),
        ("副局长甲", "bureau_chief"),
    ], "许南乔 serves in another court, 周清和 was given another power"
    assert staff.holder("bureau_chief", city.court, {giver}).name == "副局长甲"
    assert [one.name for one in later.may("bureau_chief", city.court)] == ["局长乙"]
    assert [one.name for one in staff.may("vice_president", city.court)] == ["院领导丙", "院长丁"]
    assert staff.holder("vice_president", city.court).name == "院领导丙"


def test_parts_of_a_receipt_stand_each_for_itself(till: Till) -> None:
    case = till.city.late_case
    first = till.receive(case, 100_00, "2026-10-01")
    second = till.receive(case, 50_00, "2026-11-20")
    paid = till.order(case, 30_00, "2026-10-08", ("财务一", "2026-10-09"), ("局长乙", "2026-10-09"))
    till.pay(paid, 30_00, case, "2026-10-10")
    waits = till.order(case, 90_00, "2026-11-19", ("财务一", "2026-11-20"))
    found = {(one.entry_id, one.order_id): one.left_fen for one in stands(till)}
    assert found == {(first, waits): 70_00, (second, waits): 20_00, (second, None): 30_00}
    assert sum(found.values()) == till.balances[till.fund(case)]


def test_unknown_money_is_found_within_three_working_days(till: Till) -> None:
    till.city.put("court", id="seat", code="豫03", name="中院", short_name="中院")
    till.receive(None, 7_00, "2026-11-19")
    one = only(till)
    assert (one.case_id, one.step, one.step_name) == (None, "find", "查明不明款")
    assert (one.due_on, one.light) == (date(2026, 11, 24), "due_soon")


def test_a_delay_stops_it_and_its_end_lets_ten_days_run(till: Till) -> None:
    case = till.city.late_case
    entry = till.receive(case, 100_00, "2026-10-09")
    told(till, entry, "2026-10-10")
    assert only(till).light == "overdue"
    key = till.delay(case, entry, until_on="2026-11-30")
    one = only(till)
    assert (one.light, one.state, one.step) == ("paused", NodeState.PAUSED, "delay")
    assert (one.delay_id, one.delay_ground, one.due_on) == (key, "to_distribute", None)
    assert one.holder_name == "顾长风"
    assert only(till, date(2026, 12, 2)).light == "due_soon", "meant to have ended, and nobody said"
    rows = table("payment_delay")
    with till.city.context.engine.begin() as connection:
        connection.execute(
            rows.update()
            .where(rows.c.id == key)
            .values(state="ended", ended_on="2026-11-20", ended_by=till.city.handler)
        )
    after = only(till)
    assert (after.step, after.due_on) == ("ask", date(2026, 11, 30))
    assert after.clock_name == "延缓事由消失后发放（10日）"
    assert after.step_since == date(2026, 11, 20)
    assert (after.days_held, after.days_delayed) == (45, 39)
    assert (after.colour, after.light) == ("blue", "normal"), "its days of delay colour nothing"


def test_a_delay_counts_from_its_approval_and_a_refused_one_never(till: Till) -> None:
    case = till.city.late_case
    entry = till.receive(case, 100_00, "2026-11-02")
    till.delay(case, None, from_on="2026-11-03", approved_at="2026-11-17T09:00:00+08:00")
    with till.city.context.engine.connect() as connection:
        found = explain(connection, (entry, None), TODAY, till.city.law)
    assert found is not None
    ended = {clock.code: clock.done_on for clock in found.clocks}
    assert ended["approve"] == date(2026, 11, 17), "nothing is undone from before the approval"
    other = till.city.paused_case
    till.receive(other, 100_00, "2026-11-02")
    till.delay(other, None, from_on="2026-11-03", state="refused")
    assert [one.light for one in stands(till) if one.case_id == other] != ["paused"]


def test_every_date_shown_is_explained_day_by_day(till: Till) -> None:
    case = till.city.late_case
    entry = till.receive(case, 100_00, "2026-09-24")
    told(till, entry, "2026-09-28")
    one = only(till)
    with till.city.context.engine.connect() as connection:
        found = explain(connection, (entry, None), TODAY, till.city.law)
        assert explain(connection, (entry, "x"), TODAY, till.city.law) is None
    assert found is not None
    assert found.standing == one
    clock = next(clock for clock in found.clocks if clock.name == one.clock_name)
    assert (clock.due_on, clock.basis) == (one.due_on, one.article)
    words = [line for step in clock.steps for line in step.sentences()]
    assert any("国庆节" in line for line in words)
    assert words[-1].startswith(f"{one.due_on}")


def test_the_handler_is_told_once_and_by_name(till: Till) -> None:
    city, case = till.city, till.city.late_case
    entry = till.receive(case, 1_234_56, "2026-11-18")
    finance = city.person(FINANCE[0])
    with city.context.engine.begin() as connection:
        assert tell(connection, Notice((entry,), finance, AT)) == 1
        assert tell(connection, Notice((entry,), finance, AT)) == 0
        note, mention = table("note"), table("note_mention")
        row = connection.execute(select(note)).one()
        assert row.id == notice_id(entry)
        assert row.case_id == case
        assert "1,234.56 元" in row.body
        assert connection.execute(select(mention.c.person_id)).scalars().all() == [city.handler]
        with pytest.raises(UserError, match="本人身份"):
            tell(connection, Notice((entry,), None, AT))


def test_a_case_without_a_handler_says_so(till: Till) -> None:
    cases = table("case")
    with till.city.context.engine.begin() as connection:
        connection.execute(cases.update().values(handler_id=None))
    entry = till.receive(till.city.late_case, 100, "2026-11-18")
    with (
        till.city.context.engine.begin() as connection,
        pytest.raises(UserError, match="尚未确定承办人"),
    ):
        tell(connection, Notice((entry,), till.city.person(FINANCE[0]), AT))


def test_an_event_of_the_case_counts_as_a_notice_too(till: Till) -> None:
    city, case = till.city, till.city.late_case
    till.receive(case, 100, "2026-11-18")
    city.put("node_event", case_id=case, kind="handler_told", on="2026-11-10", subject="案款一")
    city.put("node_event", case_id=case, kind="handler_told", on="2026-11-19", subject="案款二")
    city.project()
    assert only(till).told_on == date(2026, 11, 19), "one from before it came is of other money"


def test_a_reminder_reaches_the_holder_and_never_oneself(till: Till) -> None:
    city, case = till.city, till.city.late_case
    with city.context.engine.begin() as connection:
        nudge(connection, Nudge(case, city.handler, "请办理", city.operator, AT))
        mention = table("note_mention")
        assert connection.execute(select(mention.c.person_id)).scalars().all() == [city.handler]
        with pytest.raises(UserError, match="您本人"):
            nudge(connection, Nudge(case, city.handler, "请办理", city.handler, AT))
