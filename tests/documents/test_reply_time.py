"""Right of reply in hours: when a document that courts were asked about may be signed (X12)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.documents import reply_time
from desktop.documents.course import row_of, send_back
from desktop.documents.pages import prepare
from desktop.documents.replies import (
    Agreement,
    Answer,
    AskReplies,
    Objection,
    agree,
    answer,
    ask_replies,
    object_to,
)
from desktop.documents.reply_time import ReplyRule, ReplyWindow, reply_rule, window
from desktop.errors import UserError
from desktop.rules.rule_files import RuleFileError
from storage.schema import table
from tests.documents.office import Office, new, office
from tests.panels.real_city import TODAY

MONDAY = datetime(2026, 11, 2, 8, 30, tzinfo=COURT_ZONE)
HOURS = 24


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path)
    yield made
    made.engine.dispose()


def asked(desk: Office, connection: Connection, *courts: str) -> str:
    """A notice that the courts were asked about; gives its id."""
    made = desk.draft(connection)
    ask_replies(connection, AskReplies(desk.act(connection, made, "clerk"), courts, TODAY))
    return made


def said(desk: Office, document_id: str, court: str, at: datetime) -> Objection:
    return Objection(document_id, court, "有一件已办结。", desk.people["outsider"], at)


def asked_moment(connection: Connection, document_id: str, court: str) -> datetime:
    return window(connection, row_of(connection, document_id)).asked[court]


def test_nothing_is_signed_before_the_hours_have_gone(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = asked(desk, connection, desk.city.court)
        desk.ready(connection, made)
        free = asked_moment(connection, made, desk.city.court) + timedelta(hours=HOURS)
        early = replace(desk.act(connection, made, "chief"), at=free - timedelta(milliseconds=1))
        with pytest.raises(UserError, match="未满24小时") as refused:
            prepare(connection, early)
        # The day and minute that are told are those at which it may be signed.
        told = free if free.second == free.microsecond == 0 else free + timedelta(minutes=1)
        assert f"{told.day}日{told.hour}时{told.minute:02d}分" in str(refused.value)
        assert row_of(connection, made).made_on is None
        assert prepare(connection, replace(early, at=free)).made_on == free.date()


def test_once_all_courts_have_answered_nothing_is_waited_for(desk: Office) -> None:
    first, second = desk.city.court, desk.city.other_court
    outsider = desk.people["outsider"]
    stranger = _person(desk, second)
    with desk.engine.begin() as connection:
        made = asked(desk, connection, first, second)
        agree(connection, Agreement(made, first, outsider, desk.clock))
        for by, court, wrong in (
            (outsider, first, "已经答复"),
            (outsider, second, "只能代表本院"),
            (None, second, "未设定"),
        ):
            with pytest.raises(UserError, match=wrong):
                agree(connection, Agreement(made, court, by, desk.clock))
        desk.ready(connection, made)
        act = desk.act(connection, made, "chief")
        with pytest.raises(UserError, match="未答复"):
            prepare(connection, act)
        agree(connection, Agreement(made, second, stranger, desk.clock))
        assert window(connection, row_of(connection, made)).open_courts == ()
        assert prepare(connection, act).made_on == act.at.date()


def _person(desk: Office, court: str) -> str:
    made = new("person")
    with desk.engine.begin() as connection:
        values = {"id": made, "court_id": court, "name": "鲁知微", "post": "operator", "quota": 0}
        connection.execute(table("person").insert().values(**values))
    return made


def test_an_objection_is_an_answer_and_may_come_while_the_document_is_on_its_way(
    desk: Office,
) -> None:
    court = desk.city.court
    with desk.engine.begin() as connection:
        made = asked(desk, connection, court)
        desk.ready(connection, made)
        assert row_of(connection, made).state == "signing"
        one = object_to(connection, said(desk, made, court, desk.clock + timedelta(hours=2)))
        assert window(connection, row_of(connection, made)).free_from is None
        back = replace(desk.act(connection, made, "chief"), body="有异议待处理。")
        send_back(connection, back)
        answer(connection, Answer(one, False, "数据无误", desk.people["clerk"], desk.clock))
        # What was asked stands, so that it may still object.
        object_to(connection, said(desk, made, court, desk.clock + timedelta(hours=3)))


def test_a_court_may_object_until_its_day_has_ended_and_never_for_less_than_the_hours(
    desk: Office,
) -> None:
    court = desk.city.court
    with desk.engine.begin() as connection:
        made = asked(desk, connection, court)  # until today, although the hours end tomorrow
        last = asked_moment(connection, made, court) + timedelta(hours=HOURS)
        object_to(connection, said(desk, made, court, last))
        with pytest.raises(UserError, match="已过"):
            object_to(connection, said(desk, made, court, last + timedelta(seconds=1)))
        nobody = desk.draft(connection)
        with pytest.raises(UserError, match="不在征求意见期内"):
            object_to(connection, said(desk, nobody, court, desk.clock))


def made_window(
    asked_at: dict[str, datetime], answered: set[str], kind: str = "notice", **rule: object
) -> ReplyWindow:
    told = {"hours": HOURS, "needed": frozenset({"weekly_circular"}), "source": "设定"}
    made = ReplyRule(**{**told, "confidence": "unconfirmed", **rule})  # type: ignore[arg-type]
    names = {court: f"第{court}区" for court in asked_at}
    return ReplyWindow(kind, asked_at, frozenset(answered), names, made)


def test_kinds_that_must_be_shown_are_not_signed_unasked() -> None:
    assert made_window({}, set()).fault(MONDAY) == ""
    assert "尚未送有关法院核对" in made_window({}, set(), "weekly_circular").fault(MONDAY)
    assert made_window({}, set(), "weekly_circular", needed=frozenset()).fault(MONDAY) == ""


def test_the_sentence_names_courts_and_the_moment() -> None:
    many = {str(n): MONDAY for n in range(1, 6)}
    told = made_window(many, {"2"}).fault(MONDAY + timedelta(hours=2))
    assert told == (
        "征求意见未满24小时，第1区、第3区、第4区等4个法院尚未答复，不得签发："
        "最早可于2026年11月3日8时30分签发，各院均已答复的可以提前。"
    )


@given(
    hours=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 72), min_size=1),
    answered=st.sets(st.sampled_from("abcdef")),
    rule=st.integers(0, 72),
    later=st.integers(0, 200),
)
def test_signed_is_what_every_court_had_its_hours_for_or_answered(
    hours: dict[str, int], answered: set[str], rule: int, later: int
) -> None:
    found = made_window(
        {court: MONDAY + timedelta(hours=n) for court, n in hours.items()},
        answered & set(hours),
        hours=rule,
    )
    served = all(court in answered or later >= n + rule for court, n in hours.items())
    assert (found.fault(MONDAY + timedelta(hours=later)) == "") is served


def test_the_rule_is_data(tmp_path: Path) -> None:
    assert reply_rule().hours == HOURS
    path = tmp_path / "replies.toml"
    path.write_text('hours = -1\nneeded = ["no_such"]\nsource = ""\nconfidence = "x"\n', "utf-8")
    with pytest.raises(RuleFileError) as wrong:
        reply_time.reply_rule(path)
    assert {one.field for one in wrong.value.problems} == {
        "hours",
        "needed",
        "source",
        "confidence",
    }
