"""States, clocks and the one page of a brief."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from desktop.contract.law import load_law
from desktop.panels.matters.paper import BriefPrint, fill, print_brief
from desktop.panels.matters.queries import Matter
from desktop.panels.matters.rules import (
    DECISION_MAX,
    HEAT_WORDS,
    LINES_MAX,
    TITLE_MAX,
    State,
    acts,
    conventions,
    days_late,
    decision_fault,
    lines_of,
    page_fault,
    reply_due,
    state_of,
    style_of,
)
from tests.panels.fake_context import CHINA

CALENDAR = load_law().court_calendar
MONDAY = date(2026, 11, 23)
AT = datetime(2026, 12, 24, 9, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("kind", "submitted", "answered", "closed", "state"),
    [
        ("opinion", None, None, None, State.OPEN),
        ("opinion", None, "2026-11-20", None, State.ANSWERED),
        ("opinion", None, None, "2026-11-20", State.CLOSED),
        ("brief", None, None, None, State.DRAFT),
        ("brief", "2026-11-20", None, None, State.SUBMITTED),
        ("brief", "2026-11-20", "2026-11-21", None, State.DECIDED),
        ("brief", "2026-11-20", "2026-11-21", "2026-11-22", State.CLOSED),
    ],
)
def test_a_state_follows_from_days(
    kind: str, submitted: str | None, answered: str | None, closed: str | None, state: State
) -> None:
    assert state_of(kind, submitted, answered, closed) is state


@pytest.mark.parametrize(
    ("found_on", "heat", "due"),
    [
        (MONDAY, 1, date(2026, 11, 25)),
        (MONDAY, None, date(2026, 11, 25)),
        (MONDAY, 5, date(2026, 11, 24)),
        (date(2026, 11, 27), 4, date(2026, 11, 30)),  # over a weekend
        (date(2026, 9, 30), 5, date(2026, 10, 8)),  # over the National Day holidays
    ],
)
def test_a_hot_item_is_answered_sooner_in_working_days(
    found_on: date, heat: int | None, due: date
) -> None:
    assert reply_due(found_on, heat, CALENDAR) == due


@pytest.mark.parametrize(
    ("state", "due", "style", "late"),
    [
        (State.OPEN, date(2026, 11, 20), "overdue", 3),
        (State.OPEN, MONDAY, "due_soon", 0),
        (State.OPEN, date(2026, 11, 24), "due_soon", 0),
        (State.OPEN, date(2026, 11, 25), "normal", 0),
        (State.OPEN, None, "paused", 0),
        (State.ANSWERED, date(2026, 11, 20), "paused", 0),
        (State.SUBMITTED, date(2026, 11, 20), "due_soon", 0),
        (State.DECIDED, date(2026, 11, 20), "overdue", 3),
        (State.DECIDED, date(2026, 11, 25), "due_soon", 0),
        (State.DECIDED, date(2026, 11, 26), "normal", 0),
        (State.CLOSED, date(2026, 11, 20), "done", 0),
    ],
)
def test_only_what_is_owed_is_late(state: State, due: date | None, style: str, late: int) -> None:
    assert style_of(state, due, MONDAY, CALENDAR) == style
    assert days_late(state, due, MONDAY) == late


def test_what_is_closed_is_closed() -> None:
    assert acts(State.CLOSED) == ()
    assert len(conventions().reply) == len(HEAT_WORDS)
    assert "未核实" in conventions().basis


def brief(title: str, body: str, advice: str, decision: str, result: str) -> Matter:
    return Matter(
        id="1",
        kind="brief",
        state=State.CLOSED,
        title=title,
        case_id=None,
        case_number="（2026）豫0381执恢12345号之一",
        maker_id="2",
        maker="欧阳修竹",
        raised_on="2026-11-23",
        source="",
        link="",
        tone=None,
        heat=None,
        body=body,
        advice=advice,
        asked_of="vice_president",
        submitted_on="2026-11-23",
        owner_id="3",
        owner="司马长风",
        due_on="2026-12-07",
        answer=decision,
        answered_by="司马长风",
        answered_on="2026-11-24",
        result=result,
        closed_by="司马长风",
        closed_on="2026-12-24",
        thread=(),
    )


_WORDS = st.text("执行法院案件财产线索的，。；：（）“”《》、2026年%豫A ", min_size=1, max_size=300)
_TEXT = st.lists(_WORDS, min_size=1, max_size=6).map("\n".join)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_TEXT, _TEXT, st.integers(1, TITLE_MAX))
def test_a_brief_that_is_taken_is_one_page(
    tmp_path: Path, body: str, advice: str, title: int
) -> None:
    while page_fault("", body, advice):  # what is too long is shortened as its author would
        body, advice = body[: len(body) * 2 // 3], advice[: len(advice) * 2 // 3]
    full = "同意，请抓紧办理。" * 5
    made = brief("终" * title, body or "问", advice or "建", full, full)
    assert page_fault(made.title, made.body, made.advice) == ""
    assert decision_fault(full, "批示") == ""
    path = print_brief(BriefPrint(fill(made, AT), tmp_path / "b.pdf"))
    assert len(PdfReader(path).pages) == 1


def test_the_fullest_brief_is_one_page_and_says_everything(tmp_path: Path) -> None:
    body = "\n".join(["题" * 66] * 2 + ["问" * 33])
    advice = "\n".join(["建" * 66, "议" * 66])
    assert lines_of(body, advice) == LINES_MAX
    made = brief("重" * TITLE_MAX, body, advice, "批" * DECISION_MAX, "落" * DECISION_MAX)
    path = print_brief(BriefPrint(fill(made, AT), tmp_path / "b.pdf"))
    (page,) = PdfReader(path).pages
    words = page.extract_text()
    for char, times in (("题", 132), ("问", 33), ("建", 66), ("批", DECISION_MAX)):
        assert words.count(char) >= times, char
    for part in ("分管院领导", "司马长风", "2026年12月24日", "洛阳市中级人民法院执行指挥中心"):
        assert part in words.replace("\n", ""), part


@pytest.mark.parametrize(
    ("title", "body", "part"),
    [
        ("题" * (TITLE_MAX + 1), "短", "标题"),
        ("短", "题" * 33 * (LINES_MAX + 1), "约多出"),
        ("短", "\n".join(["行"] * LINES_MAX), "约多出"),
    ],
)
def test_what_does_not_fit_is_said(title: str, body: str, part: str) -> None:
    assert part in page_fault(title, body, "建议")
    assert page_fault("短", "短", "建议") == ""
    assert "45" in decision_fault("长" * (DECISION_MAX + 1), "批示")


def test_a_draft_says_that_it_is_one() -> None:
    draft = replace(
        brief("甲", "乙", "丙", "", ""),
        state=State.DRAFT,
        submitted_on=None,
        answered_on=None,
        closed_on=None,
    )
    sheet = fill(draft, AT)
    assert "草稿" in sheet.note
    assert sheet.made_on is None
    (table,) = sheet.body
    assert "（待批示）" in str(table)
