"""Letters: numbers, states, reviewers, rungs. Over the real tables."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from desktop.circulars.office import letter_number, office
from desktop.errors import UserError
from desktop.panels.supervision.commands import (
    FireArgs,
    LetterAct,
    LetterDraft,
    Saved,
    act,
    fire_due_rungs,
    issue,
    save_draft,
)
from desktop.panels.supervision.queries import (
    LetterArgs,
    SeedArgs,
    letter,
    node_name,
    open_letters,
)
from desktop.panels.supervision.rules import (
    Act,
    LetterState,
    LetterText,
    acts,
    next_state,
    state_style,
    typed_number,
)
from desktop.panels.supervision.seed import seed
from desktop.rules.alerts import load_ladder
from desktop.rules.reply_day import reply_day
from storage.schema import table
from tests.panels.real_city import NODE, TODAY, RealCity, new, real_city
from tests.panels.supervision.matrix import let_operators_issue

TEXT = LetterText("依据", "事实", "要求")


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return let_operators_issue(real_city(tmp_path))


def draft(city: RealCity, letter_id: str | None = None, today: date = TODAY) -> LetterDraft:
    return LetterDraft(
        letter_id,
        city.late_case,
        NODE,
        "",
        "red",
        TEXT,
        city.handler,
        today + timedelta(days=5),
        city.operator,
        today,
    )


def issued(city: RealCity, today: date = TODAY) -> Saved:
    with city.context.engine.begin() as connection:
        return issue(connection, draft(city, today=today))


def do(city: RealCity, wanted: LetterAct) -> LetterState:
    with city.context.engine.begin() as connection:
        return act(connection, wanted)


def test_numbers_run_without_a_gap_and_start_anew_each_year(city: RealCity) -> None:
    made = [issued(city) for _ in range(3)]
    assert [one.serial for one in made] == [1, 2, 3]
    do(city, LetterAct(made[1].letter_id, Act.WITHDRAW, TODAY, city.operator))
    assert issued(city).serial == 4  # a withdrawn letter keeps its number
    assert issued(city, date(2027, 1, 4)).serial == 1
    assert letter_number(2026, 17) == "洛执督〔2026〕17号"


def test_a_draft_takes_no_number_and_keeps_its_place(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        kept = save_draft(connection, draft(city))
    assert kept.serial is None
    assert issued(city).serial == 1
    with city.context.engine.begin() as connection:
        later = issue(connection, draft(city, kept.letter_id))
    assert (later.letter_id, later.serial) == (kept.letter_id, 2)
    with (
        city.context.engine.begin() as connection,
        pytest.raises(UserError, match="已签发"),
    ):
        issue(connection, draft(city, kept.letter_id))


def test_the_database_refuses_a_number_taken_twice(city: RealCity) -> None:
    first, second = issued(city), issued(city)
    letters = table("supervision_letter")
    with city.context.engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(
            letters.update().where(letters.c.id == second.letter_id).values(serial=first.serial)
        )


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (LetterState.DRAFT, (Act.ISSUE, Act.WITHDRAW)),
        (LetterState.ISSUED, (Act.REPLY, Act.WITHDRAW)),
        (LetterState.REPLIED, (Act.CLOSE, Act.RETURN)),
        (LetterState.RETURNED, (Act.REPLY, Act.WITHDRAW)),
        (LetterState.CLOSED, ()),
        (LetterState.WITHDRAWN, ()),
    ],
)
def test_what_can_be_done_in_each_state(state: LetterState, possible: tuple[Act, ...]) -> None:
    assert acts(state) == possible
    for kind in set(Act) - set(possible):
        with pytest.raises(UserError):
            next_state(state, kind)


def test_reply_return_reply_close(city: RealCity) -> None:
    made = issued(city)
    with pytest.raises(UserError, match="回复内容"):
        do(city, LetterAct(made.letter_id, Act.REPLY, TODAY, city.handler, "  "))
    do(city, LetterAct(made.letter_id, Act.REPLY, TODAY, city.handler, "已办"))
    with pytest.raises(UserError, match="不能审核自己"):
        do(city, LetterAct(made.letter_id, Act.CLOSE, TODAY, city.handler))
    again = TODAY + timedelta(days=9)
    with pytest.raises(UserError, match="新回复期限"):
        do(city, LetterAct(made.letter_id, Act.RETURN, TODAY, city.operator, "未附文书"))
    do(city, LetterAct(made.letter_id, Act.RETURN, TODAY, city.operator, "未附文书", again))
    with city.context.engine.connect() as connection:
        found = letter(connection, LetterArgs(city.law, made.letter_id, TODAY))
        assert open_letters(connection, TODAY) == (1, "due_soon")
    assert found is not None
    assert (found.state, found.reply_by) == (LetterState.RETURNED, again)
    do(city, LetterAct(made.letter_id, Act.REPLY, TODAY, city.handler, "已补"))
    do(city, LetterAct(made.letter_id, Act.CLOSE, TODAY, city.operator))
    with pytest.raises(UserError, match="已办结"):
        do(city, LetterAct(made.letter_id, Act.WITHDRAW, TODAY, city.operator))


def fire(city: RealCity, day: date) -> list[int]:
    with city.context.engine.begin() as connection:
        made = fire_due_rungs(connection, FireArgs(day, city.law.court_calendar))
    return [one.number for one in made]


def test_each_rung_fires_once_over_thirty_days(city: RealCity) -> None:
    made = issued(city)
    fired: list[tuple[int, date]] = []
    for offset in range(31):
        day = TODAY + timedelta(days=5 + offset)
        fired += [(number, day) for number in fire(city, day)]
        assert fire(city, day) == []  # the same day again: nothing
    rungs = load_ladder("supervision").rungs
    assert [number for number, _day in fired] == [rung.n for rung in rungs]
    reply_by = TODAY + timedelta(days=5)
    for (_number, day), rung in zip(fired, rungs, strict=True):
        assert day == rung.fires_on(reply_by, city.law.court_calendar)
    with city.context.engine.connect() as connection:
        found = letter(connection, LetterArgs(city.law, made.letter_id, TODAY))
    assert found is not None
    assert [rung.to_person for rung in found.rungs] == ["副局长甲", "局长乙", "院领导丙", "院长丁"]


def test_a_desk_that_slept_fires_all_missed_rungs_once(city: RealCity) -> None:
    issued(city)
    day = TODAY + timedelta(days=60)
    assert fire(city, day) == [rung.n for rung in load_ladder("supervision").rungs]
    assert fire(city, day + timedelta(days=1)) == []


def test_no_rung_fires_once_somebody_answered(city: RealCity) -> None:
    made = issued(city)
    do(city, LetterAct(made.letter_id, Act.REPLY, TODAY, city.handler, "已办"))
    assert fire(city, TODAY + timedelta(days=60)) == []


def test_the_database_refuses_a_rung_twice(city: RealCity) -> None:
    made = issued(city)
    fire(city, TODAY + timedelta(days=8))
    row = {
        "letter_id": made.letter_id,
        "rung": 1,
        "fired_on": TODAY.isoformat(),
        "to_post": "president",
        "reason": "再次",
    }
    with city.context.engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(table("letter_rung")).values(id=new("rung"), **row))


def test_a_letter_is_filled_from_the_derivation(city: RealCity) -> None:
    with city.context.engine.connect() as connection:
        made = seed(connection, SeedArgs(city.law, city.late_case, NODE, "", TODAY))
        due = connection.execute(
            select(table("node_clock").c.due_on).where(
                table("node_clock").c.case_id == city.late_case,
                table("node_clock").c.node_code == NODE,
            )
        ).scalar_one()
    late = (TODAY - date.fromisoformat(due)).days
    assert made.overdue_days == late
    assert f"已逾期{late}日" in made.text.facts
    assert "豫0381执公〔2026〕88号" in made.text.facts
    assert "57号" in made.text.basis
    assert made.level == "red"
    assert made.addressee_id == city.handler
    assert made.addressees[0].id == city.handler
    days = office().reply_workdays["red"]
    assert made.reply_by == reply_day(TODAY, days, city.law.court_calendar)[0]


def test_a_letter_about_a_whole_case_needs_no_node(city: RealCity) -> None:
    with city.context.engine.connect() as connection:
        made = seed(connection, SeedArgs(city.law, city.late_case, "", "", TODAY))
    assert made.node_name == "案件办理"
    assert "尚未办结" in made.text.facts


def test_reply_days_are_working_days(city: RealCity) -> None:
    calendar = city.law.court_calendar
    day, certain = reply_day(date(2026, 9, 30), 1, calendar)
    assert certain
    assert day == date(2026, 10, 8)  # the National Day block lies between
    _day, certain = reply_day(date(2090, 1, 2), 3, calendar)
    assert not certain


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("洛执督〔2026〕17号", (2026, 17)),
        ("[2026] 17", (2026, 17)),
        ("17号", (None, 17)),
        ("17", (None, 17)),
        ("（2026）豫0381执2962号", (None, None)),
        ("顾长风", (None, None)),
    ],
)
def test_letter_numbers_as_typed(typed: str, found: tuple[int | None, int | None]) -> None:
    assert typed_number(typed) == found


@pytest.mark.parametrize(
    ("state", "offset", "style"),
    [
        (LetterState.ISSUED, 3, "normal"),
        (LetterState.ISSUED, 0, "due_soon"),
        (LetterState.ISSUED, -1, "overdue"),
        (LetterState.REPLIED, -9, "paused"),
        (LetterState.CLOSED, -9, "done"),
    ],
)
def test_state_styles(state: LetterState, offset: int, style: str) -> None:
    assert state_style(state, TODAY + timedelta(days=offset), TODAY) == style


def test_a_letter_about_a_whole_case_has_a_name(city: RealCity) -> None:
    assert node_name(city.law, "") == "案件办理"
    rule = city.law.node(NODE)
    assert rule is not None
    assert node_name(city.law, NODE) == rule.name


def test_with_a_shared_database_the_hub_gives_the_number(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        connection.execute(insert(table("_ctl")).values(one=1, device_id="d", hub_id="hub"))
    waiting = issued(city)
    assert waiting.serial is None
    args = LetterArgs(city.law, waiting.letter_id, TODAY)
    with city.context.engine.begin() as connection:
        asked = connection.execute(select(table("request"))).one()
        shown = letter(connection, args)
    assert (asked.kind, asked.state, asked.case_id) == ("number_letter", "asked", city.late_case)
    assert waiting.letter_id in asked.args
    assert shown is not None
    assert (shown.number, shown.state, shown.numbering) == ("待编号", LetterState.DRAFT, True)
    for change in (
        lambda c: issue(c, draft(city, waiting.letter_id)),
        lambda c: act(c, LetterAct(waiting.letter_id, Act.WITHDRAW, TODAY, city.operator)),
    ):
        with (
            city.context.engine.begin() as connection,
            pytest.raises(UserError, match="编号"),
        ):
            change(connection)
    with city.context.engine.begin() as connection:
        connection.execute(table("request").update().values(state="accepted"))
        connection.execute(table("supervision_letter").update().values(state="issued", serial=7))
        numbered = letter(connection, args)
    assert numbered is not None
    assert (numbered.number, numbered.numbering) == (letter_number(2026, 7), False)
