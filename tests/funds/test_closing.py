"""A month is closed by two persons over one sheet; a change in between asks for a new report."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, text

from desktop.errors import UserError
from desktop.funds.closing import (
    MonthArgs,
    MonthState,
    Wish,
    aged,
    month_state,
    next_month,
    periods,
    report,
    sheet_of,
    sign,
    why,
)
from desktop.funds.differences import Explanation, explain
from storage.ledger import post
from storage.ledger.asking import ask
from storage.ledger.moments import ZONE, written_at
from storage.ledger.post import Answer, Slip
from storage.session import Session
from tests.funds.purse import Purse, purse_of

TODAY = date(2026, 11, 29)
MONTH = "2026-10"


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def purse(session: Session) -> Purse:
    """Money in September and in October, all of it with its line of the bank."""
    made = purse_of(session)
    case_id = made.case()
    for n, (moment, fen) in enumerate(((at(9, 10), 70_000), (at(10, 12), 5_000)), start=1):
        line = _line(made, n, moment, fen)
        with written_at(moment), session.write("收款") as write:
            slip = Slip(made.people["财务乙"], line_id=line)
            assert post.receive(write.connection, case_id, fen, slip, payer="丁").accepted
    return made


def _line(purse: Purse, n: int, moment: datetime, fen: int) -> str:
    return purse.put(
        "bank_line",
        account="1",
        booked_on=moment.date().isoformat(),
        direction="in",
        amount_fen=fen,
        fingerprint=f"{n:064d}",
        file_sha256="0" * 64,
    )


def state(purse: Purse, month: str = MONTH) -> MonthState:
    with purse.session.read() as connection:
        return month_state(connection, MonthArgs(month, TODAY))


def wish(
    purse: Purse, act: Any, who: str, month: str = MONTH, *, sha256: str = "", moment: Any = None
) -> Answer | None:
    """Somebody reports or signs what is on the screen."""
    seen = sha256 or state(purse, month).sha256
    with written_at(moment or at(11, 29)), purse.session.write("结账") as write:
        answer = act(write.connection, Wish(month, seen, purse.people[who])).answer
    assert answer is None or isinstance(answer, Answer)
    return answer


def closed(purse: Purse, month: str) -> None:
    for act, who in ((report, "财务乙"), (sign, "局长丁")):
        answer = wish(purse, act, who, month)
        assert answer is not None
        assert answer.accepted, answer


def kept(purse: Purse, month: str = MONTH) -> Any:
    with purse.session.read() as connection:
        return connection.execute(
            text("select * from ledger_period where month = :month"), {"month": month}
        ).one()


def test_one_reports_and_another_signs_the_same_sheet(purse: Purse) -> None:
    closed(purse, "2026-09")
    before = state(purse)
    assert (before.state, before.period) == ("open", None)
    answer = wish(purse, report, "财务乙", moment=at(11, 2, 9))
    assert answer is not None
    assert (answer.accepted, answer.code) == (True, "closing")
    reported = state(purse)
    assert reported.state == "reported"
    assert reported.period is not None
    assert reported.period.reported_by == "财务乙"
    assert reported.period.sheet_sha256 == reported.sha256 == before.sha256
    assert [one.name for one in reported.signatures()] == ["财务乙", ""]
    answer = wish(purse, sign, "局长丁", moment=at(11, 2, 15))
    assert answer is not None
    assert answer.code == "closed"
    after = state(purse)
    assert after.state == "closed"
    assert kept(purse).sheet_sha256 == after.sha256
    assert [(one.name, one.at) for one in after.signatures()] == [
        ("财务乙", "2026-11-02 09:00"),
        ("局长丁", "2026-11-02 15:00"),
    ]
    with purse.session.read() as connection:
        assert [one.month for one in periods(connection)] == [MONTH, "2026-09"]


def test_an_entry_wished_into_a_closed_month_goes_to_the_new_one(purse: Purse) -> None:
    for month in ("2026-09", MONTH):
        closed(purse, month)
    args = {"case_id": purse.cases[0], "amount_fen": 900, "payer": "戊"}
    with purse.session.write("补记") as write:
        by = purse.people["财务乙"]
        late = ask(write.connection, "receive", {**args, "booked_on": "2026-10-30"}, by=by).answer
        new = ask(write.connection, "receive", {**args, "booked_on": "2026-11-02"}, by=by).answer
    assert late is not None
    assert new is not None
    assert (late.accepted, late.code, new.accepted) == (False, "month_closed", True)
    assert "下一个月" in why(late)
    assert next_month(MONTH) == "2026-11"
    assert next_month("2026-12") == "2027-01"


def test_what_is_booked_back_later_is_told_with_the_month(purse: Purse) -> None:
    for month in ("2026-09", MONTH):
        closed(purse, month)
    with purse.session.write("冲正") as write:
        number, entry = write.connection.execute(
            text("select number, id from fund_entry where booked_on like '2026-10%'")
        ).one()
        args = {"entry_id": entry, "reason": "记错案件", "booked_on": "2026-11-03"}
        answer = ask(write.connection, "reverse", args, by=purse.people["财务丙"]).answer
        assert answer is not None
        assert answer.accepted, answer
    (later,) = state(purse).later
    assert (later.of_number, later.booked_on, later.amount_fen) == (number, "2026-11-03", 5_000)
    assert later.reason == "记错案件"
    assert state(purse).sha256 == kept(purse).sheet_sha256  # the month itself stays as signed


def test_a_difference_waits_for_its_explanation(purse: Purse) -> None:
    closed(purse, "2026-09")
    line = _line(purse, 9, at(10, 30), 40)
    with pytest.raises(UserError, match="1 笔差异未说明"):
        wish(purse, report, "财务乙")
    assert state(purse).period is None
    say(purse, line, 40, "付款人未写案号，待认领")
    answer = wish(purse, report, "财务乙")
    assert answer is not None
    assert answer.accepted


def say(purse: Purse, line: str, fen: int, words: str, moment: datetime | None = None) -> None:
    with purse.session.write("说明") as write:
        given = Explanation(
            "line_without_entry", line, fen, words, purse.people["财务乙"], moment or at(11, 1)
        )
        explain(write.connection, given)


def test_what_changes_after_the_report_asks_for_a_new_one(purse: Purse) -> None:
    closed(purse, "2026-09")
    wish(purse, report, "财务乙")
    seen = state(purse).sha256
    line = _line(purse, 9, at(10, 30), 40)
    say(purse, line, 40, "待认领")
    assert state(purse).state == "changed"
    with pytest.raises(UserError, match="重新报结"):
        wish(purse, sign, "局长丁")
    with pytest.raises(UserError, match="已有变动"):
        wish(purse, sign, "局长丁", sha256=seen)  # a screen that was not read again
    assert kept(purse).signed_by is None
    wish(purse, report, "财务丙")
    assert state(purse).state == "reported"
    answer = wish(purse, sign, "局长丁")
    assert answer is not None
    assert answer.accepted
    assert kept(purse).closed_by == purse.people["财务丙"]


def test_a_back_dated_entry_asks_for_a_new_report_also_of_the_database(purse: Purse) -> None:
    closed(purse, "2026-09")
    wish(purse, report, "财务乙")
    with purse.session.write("补记") as write:
        slip = Slip(purse.people["财务乙"], booked_on=date(2026, 10, 30))
        assert post.receive(write.connection, purse.cases[0], 10, slip).accepted
        asked = {"month": MONTH, "sheet_sha256": kept_sha(write.connection)}
        answer = ask(write.connection, "sign_month", asked, by=purse.people["局长丁"]).answer
    assert answer is not None
    assert answer.code == "changed"
    assert "重新报结" in why(answer)
    assert state(purse).state == "changed"


def kept_sha(connection: Connection) -> str:
    return str(
        connection.execute(
            text("select sheet_sha256 from ledger_period where month = :month"), {"month": MONTH}
        ).scalar_one()
    )


def test_a_sheet_that_was_not_reported_is_not_signed_by_the_database(purse: Purse) -> None:
    closed(purse, "2026-09")
    wish(purse, report, "财务乙")
    with purse.session.write("签") as write:
        asked = {"month": MONTH, "sheet_sha256": "f" * 64}
        answer = ask(write.connection, "sign_month", asked, by=purse.people["局长丁"]).answer
    assert answer is not None
    assert (answer.accepted, answer.code) == (False, "sheet")


def test_a_closed_month_keeps_its_words(purse: Purse) -> None:
    line = _line(purse, 9, at(9, 30), 40)
    say(purse, line, 40, "待认领", at(10, 1))
    for act, who in ((report, "财务乙"), (sign, "局长丁")):
        answer = wish(purse, act, who, "2026-09", moment=at(10, 5))
        assert answer is not None
        assert answer.accepted
    signed = kept(purse, "2026-09").sheet_sha256
    say(purse, line, 40, "已查明为重复汇入", at(11, 20))
    assert state(purse, "2026-09").sha256 == signed
    assert state(purse).sha256 != signed  # the next month tells the newer words


@pytest.mark.parametrize(
    ("month", "expected", "earlier"),
    [("2026-11", "running", ""), ("2026-10", "earlier", "2026-09"), ("2026-09", "open", "")],
)
def test_months_are_closed_in_their_order(
    purse: Purse, month: str, expected: str, earlier: str
) -> None:
    found = state(purse, month)
    assert (found.state, found.earlier) == (expected, earlier)


def test_a_month_before_the_closed_one_is_closed_with_it(purse: Purse) -> None:
    closed(purse, "2026-09")
    assert state(purse, "2026-08").state == "empty"


@pytest.mark.parametrize(
    ("act", "who", "code"),
    [
        (report, "局长丁", "role"),
        (report, "承办甲", "role"),
        (sign, "财务丙", "role"),
        (sign, "局长丁", "gone"),
    ],
)
def test_who_may_not(purse: Purse, act: Any, who: str, code: str) -> None:
    answer = wish(purse, act, who, "2026-09")
    assert answer is not None
    assert (answer.accepted, answer.code) == (False, code)
    assert why(answer).endswith("。")
    assert state(purse, "2026-09").period is None


def test_every_refusal_has_its_words(purse: Purse) -> None:
    facts = {"open": "2026-08", "by": "局长丁", "message": "账目只增不改。"}
    codes = (
        "month running month_closed earlier trial gone already own changed sheet nobody role"
        " rule unheard"
    )
    told = [why(Answer(False, code, facts)) for code in codes.split()]
    assert len(set(told)) == len(told)
    assert all("{" not in words for words in told)
    assert "2026-08" in why(Answer(False, "earlier", facts))


def test_a_desk_with_a_hub_asks_and_waits(purse: Purse) -> None:
    closed(purse, "2026-09")
    with purse.session.write("并网") as write:
        write.connection.execute(text("update _ctl set hub_id = 'h', scopes = '[-1]'"))
    assert wish(purse, report, "财务乙") is None
    with purse.session.read() as connection:
        kind, args, stands = connection.execute(
            text("select kind, args, state from request order by id desc limit 1")
        ).one()
    assert (kind, stands) == ("close_month", "asked")
    assert json.loads(args) == {"month": MONTH, "sheet_sha256": state(purse).sha256}
    assert state(purse).state == "waiting"


def test_a_desk_with_a_part_of_the_ledger_closes_nothing(purse: Purse) -> None:
    with purse.session.write("并网") as write:
        write.connection.execute(text("update _ctl set hub_id = 'h', scopes = '[4]'"))
    found = state(purse)
    assert (found.state, found.sheet, found.sha256) == ("part", None, "")
    with purse.session.read() as connection, pytest.raises(UserError, match="部分团队"):
        sheet_of(connection, MONTH)


def test_old_money_is_told_by_its_age(purse: Purse) -> None:
    with purse.session.read() as connection:
        found = aged(connection, TODAY)
    assert [(one.name, one.count, one.fen) for one in found] == [("30—89日", 2, 75_000)]


def test_a_login_is_told_by_the_person_who_acts_under_it(purse: Purse) -> None:
    with purse.session.apply() as write:
        write.connection.execute(
            text(
                "insert into ledger_period (id, month, closed_by, closed_at, trial) values"
                " ('p1', '2026-09', 'o_keeper', '2026-10-02T09:00:00+08:00', '{}')"
            )
        )
        order = dict.fromkeys(("number", "payee", "tier_id", "stages", "maker"), "x")
        write.connection.exec_driver_sql(
            f"insert into payment_order (id, {', '.join(order)}, case_id, purpose, source,"
            " amount_fen, made_at, content_sha256) values ('o1', 'x', 'x', 'x', 'x', 'x',"
            " ?, 'payment', 'case', 1, '2026-10-01', 'y')",
            (purse.cases[0],),
        )
        write.connection.exec_driver_sql(
            "insert into payment_act (id, order_id, n, act, actor, person_id, at, content_sha256)"
            " values ('a1', 'o1', 1, 'pass', 'o_keeper', ?, '2026-10-01', 'y')",
            (purse.people["财务乙"],),
        )
    with purse.session.read() as connection:
        (one,) = periods(connection)
    assert (one.reporter, one.reported_by) == (purse.people["财务乙"], "财务乙")
