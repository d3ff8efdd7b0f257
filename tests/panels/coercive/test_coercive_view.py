"""The list of coercive measures: what is shown to whom, what is narrowed, and who is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, select, update

from desktop.command.measures.carrying import Carry, carry
from desktop.contract.context import Selection, Who
from desktop.documents.course import send_back
from desktop.panels.coercive.attending import Attending, start
from desktop.panels.coercive.queries import ListArgs, lines, looks, waiting_count
from desktop.panels.coercive.rules import MINE, VIOLATION, Line, chosen, clock_style
from desktop.panels.coercive.telling import Tell, duty_leader, tell
from desktop.panels.coercive.view import CoerciveView
from desktop.rules.coercive import Clock, Stand
from storage.schema import table
from tests.command.measures.court import court, paper, passed
from tests.documents.office import AT, Office
from tests.panels.real_city import TODAY

PDF = "This plugin does not support"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return court(tmp_path)


def open_view(qtbot: QtBot, desk: Office, who: str) -> CoerciveView:
    context = desk.city.context
    context.who = Who(desk.people[who], who, "")
    context.now = lambda: desk.clock + timedelta(minutes=1)  # type: ignore[method-assign]
    view = CoerciveView(context)
    qtbot.addWidget(view)
    model = view.listing.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1280, 760)
    view.show()
    qtbot.waitExposed(view)
    return view


def shown(view: CoerciveView) -> list[str]:
    return [one.id for one in view.lines]


def three(desk: Office) -> dict[str, str]:
    """One that waits, one that may be executed, one that was executed too early."""
    with desk.engine.begin() as connection:
        waits, ready, wrong = (paper(connection, desk) for _ in range(3))
        passed(connection, desk, ready)
        when = desk.clock + timedelta(minutes=1)
        done = Carry(wrong, "execute", desk.people["judge"], when, when, body="情况紧急")
        carry(connection, done)
        desk.clock = when
    return {"waits": waits, "ready": ready, "wrong": wrong}


@pytest.mark.qt_log_ignore(PDF)
def test_each_begins_with_what_is_his_and_narrows_it(qtbot: QtBot, desk: Office) -> None:
    papers = three(desk)
    view = open_view(qtbot, desk, "president")
    # What was executed without him is put before him, too; that heals nothing.
    qtbot.waitUntil(lambda: shown(view) == [papers["wrong"], papers["waits"]])
    assert [one.next_words for one in view.lines] == ["院长补批", "院长批准"]
    assert list(view.states.selected()) == [MINE]
    view.show_only(VIOLATION)
    assert shown(view) == [papers["wrong"]]
    view.show_only(Stand.READY)
    assert shown(view) == [papers["ready"]]
    view.states.set_selected(())
    view._show()
    assert shown(view) == [papers[one] for one in ("wrong", "ready", "waits")], "newest first"
    view.search.setText("2962")
    assert len(shown(view)) == 3
    view.search.setText("没有此人")
    assert not shown(view)


@pytest.mark.qt_log_ignore(PDF)
def test_the_team_sees_all_that_is_open(qtbot: QtBot, desk: Office) -> None:
    papers = three(desk)
    view = open_view(qtbot, desk, "judge")
    qtbot.waitUntil(lambda: set(shown(view)) == set(papers.values()))
    assert not view.states.selected()
    words = {one.id: one.next_words for one in view.lines}
    assert words[papers["ready"]] == "编号、签发决定书、执行"
    assert words[papers["waits"]] == "院长批准"
    assert not [one for one in view.findChildren(QPushButton) if "批量" in one.text()]


def test_the_navigator_counts_what_waits_then_what_went_wrong(desk: Office) -> None:
    three(desk)
    with desk.engine.connect() as connection:
        assert waiting_count(connection, TODAY, desk.people["president"]) == (2, "due_soon")
        assert waiting_count(connection, TODAY, desk.people["chief"]) == (1, "overdue")
        assert waiting_count(connection, TODAY, None) == (1, "overdue")


@pytest.mark.qt_log_ignore(PDF)
def test_a_sealed_case_waits_for_a_purpose_and_shows_no_evidence(
    qtbot: QtBot, desk: Office
) -> None:
    papers = three(desk)
    case = table("case")
    with desk.engine.begin() as connection:
        where = case.c.id == desk.city.late_case
        connection.execute(update(case).where(where).values(sealed=True))
    view = open_view(qtbot, desk, "president")
    qtbot.waitUntil(lambda: bool(shown(view)))
    view.listing.choose(papers["waits"])
    view.listing.table.row_activated.emit(view.listing.table.current_id())
    about = {"document_id": papers["waits"], "case_id": desk.city.late_case}
    assert desk.city.context.opened[-1] == ("coercive", about)
    view.apply(about)
    qtbot.waitUntil(lambda: view.page.found is not None)
    assert "sealed" in view.page.records.text()
    assert view.page.found is not None
    assert view.page.found.grounds.photos == ()


@pytest.mark.qt_log_ignore(PDF)
def test_preparing_begins_with_a_case(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "judge")
    menu = view.new_button.menu()
    (detain,) = [one for one in menu.actions() if one.objectName().endswith("detention_decision")]
    detain.trigger()
    assert not desk.city.context.opened
    desk.city.context.select(Selection(desk.city.late_case))
    detain.trigger()
    about = {"new": "1", "kind": "detention_decision", "case_id": desk.city.late_case}
    assert desk.city.context.opened[-1] == ("documents", about)


@pytest.mark.qt_log_ignore(PDF)
def test_opening_a_paper_is_noted_with_its_words(qtbot: QtBot, desk: Office) -> None:
    papers = three(desk)
    view = open_view(qtbot, desk, "president")
    view.apply({"document_id": papers["waits"]})
    qtbot.waitUntil(lambda: view.page.found is not None)
    noted = ("open", "拘留文书（钱百川）", desk.city.late_case)
    assert desk.city.context.copies == [noted]
    view.page.refresh()
    assert desk.city.context.copies == [noted], "reading it anew is the same look"
    view._go("list")
    view.apply({"document_id": papers["waits"]})
    qtbot.waitUntil(lambda: desk.city.context.copies == [noted, noted])


@pytest.mark.qt_log_ignore(PDF)
def test_what_was_done_on_a_draft_can_be_entered_and_is_then_reported(
    qtbot: QtBot, desk: Office
) -> None:
    """An urgent detention, or one that went ahead while its approval was taken back."""
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        send_back(connection, desk.act(connection, held, "president", "事实不清。"))
    view = open_view(qtbot, desk, "judge")
    view.apply({"document_id": held})
    qtbot.waitUntil(lambda: view.page.found is not None)
    buttons = view.page.act_buttons
    assert [name for name, one in buttons.items() if one.isVisible()] == ["submit", "execute"]
    with desk.engine.begin() as connection:
        when = desk.clock + timedelta(minutes=1)
        carry(connection, Carry(held, "execute", desk.people["judge"], when, when, body="情况紧急"))
        desk.clock = when
    view.page.refresh()
    qtbot.waitUntil(lambda: not buttons["execute"].isVisible())
    assert buttons["submit"].isVisible()
    assert buttons["notify_family"].isVisible()


def test_looks_are_those_of_the_case_newest_first(desk: Office) -> None:
    case_id, person = desk.city.late_case, desk.people["chief"]
    for minute, act in ((1, "open"), (3, "export"), (2, "print")):
        at = f"2026-11-23T09:0{minute}:00.000+08:00"
        more = {"at": at, "act": act, "object": "拘留决定书", "person_id": person}
        desk.city.put("read_log", case_id=case_id, **more)
    desk.city.put(
        "read_log", case_id=desk.city.calm_case, at=AT.isoformat(), act="open", object="案件"
    )
    with desk.engine.connect() as connection:
        found = looks(connection, case_id)
    assert [one.act for one in found] == ["export", "print", "open"]
    assert {one.who for one in found} == {"局长乙"}


# ── the duty leader ──


def away(desk: Office, who: str) -> None:
    day = TODAY.isoformat()
    desk.city.put("absence", person_id=desk.people[who], from_on=day, to_on=day, kind="leave")


def test_the_leader_on_the_roster_comes_before_the_chief(desk: Office) -> None:
    with desk.engine.connect() as connection:
        found = duty_leader(connection, desk.city.court, AT)
    assert found is not None
    assert found.id == desk.people["chief"]
    day = TODAY.isoformat()
    desk.city.put(
        "roster",
        team_id=desk.city.team,
        day=day,
        shift="day",
        from_at=f"{day}T08:00+08:00",
        to_at=f"{day}T18:00+08:00",
        person_id=desk.people["deputy"],
    )
    with desk.engine.connect() as connection:
        found = duty_leader(connection, desk.city.court, AT)
        assert found is not None
        assert found.id == desk.people["deputy"]
        late = duty_leader(connection, desk.city.court, AT.replace(hour=20))
        assert late is not None
        assert late.id == desk.people["chief"]
    away(desk, "deputy")
    with desk.engine.connect() as connection:
        found = duty_leader(connection, desk.city.court, AT)
        assert found is not None
        assert found.id == desk.people["chief"]


def test_nobody_is_told_while_somebody_can_approve_and_once_a_day_else(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        at = desk.clock + timedelta(minutes=1)
        args = Tell(held, desk.people["judge"], at)
        assert tell(connection, args) == ""
    away(desk, "president")
    with desk.engine.begin() as connection:
        assert lines(connection, ListArgs(desk.people["judge"], at)).untold == (held,)
        assert tell(connection, args) == "局长乙"
        assert tell(connection, args) == ""
        assert lines(connection, ListArgs(desk.people["judge"], at)).untold == ()
        assert _mentioned(connection) == [desk.people["chief"]]


def _mentioned(connection: Connection) -> list[str]:
    return list(connection.execute(select(table("note_mention").c.person_id)).scalars())


def test_a_clock_turns_by_the_hour() -> None:
    due = AT + timedelta(hours=10)
    clock = Clock("D710", "通知家属", due, None)
    wanted = ((0, "normal"), (3, "normal"), (4, "due_soon"), (10, "due_soon"), (11, "overdue"))
    for hours, style in wanted:
        assert clock_style(clock, AT + timedelta(hours=hours)) == style, hours
    assert clock_style(Clock("D710", "", due, TODAY), AT + timedelta(hours=11)) == "done"


def test_what_is_over_leaves_the_open_list_but_for_violations() -> None:
    def line(id_: str, stand: Stand, violation: str = "") -> Line:
        words = ("detention_decision", "某甲", "10", "c", "（2026）豫01执1号", "甲院", "某乙")
        return Line(id_, *words, False, stand, (), (), violation, "")

    every = [
        line("a", Stand.RUNNING),
        line("b", Stand.FINISHED),
        line("c", Stand.FINISHED, "执行时未经院长批准"),
        line("d", Stand.RELEASED),
    ]
    assert [one.id for one in chosen(every, (), (), "")] == ["a", "c"]
    assert [one.id for one in chosen(every, ("ended",), (), "")] == ["b", "c", "d"]
    assert [one.id for one in chosen(every, (VIOLATION,), (), "")] == ["c"]
    assert not chosen(every, (), ("summons",), "")


# ── what goes on without the panel ──


def test_the_team_is_told_of_a_clock_before_its_end_and_behind_it(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        passed(connection, desk, held)
        when = desk.clock + timedelta(minutes=1)
        carry(connection, Carry(held, "execute", desk.people["judge"], when, when))
    desk.city.project()
    context = desk.city.context
    context.who = Who(desk.people["judge"], "顾长风", "")
    moment = [when + timedelta(hours=1)]
    context.now = lambda: moment[0]  # type: ignore[method-assign]
    owner = QObject()
    attending = start(context, owner)
    assert isinstance(attending, Attending)
    assert context.notices == []
    end = when.replace(minute=0) + timedelta(hours=25)
    steps = (
        (end - timedelta(minutes=90), [("warning", "拘留（钱百川）通知家属剩1小时30分")]),
        (end - timedelta(minutes=60), []),
        (end + timedelta(minutes=5), [("error", "拘留（钱百川）通知家属逾5分")]),
        (end + timedelta(minutes=9), []),
    )
    for moment[0], wanted in steps:
        context.notices.clear()
        attending._ask()
        assert context.notices == wanted
    context.who = Who(desk.people["clerk"], "季书禾", "")
    other = Attending(context, owner)
    assert context.notices == []
    assert other.parent() is owner


def test_an_empty_office_is_told_without_the_panel(desk: Office) -> None:
    context = desk.city.context
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
    away(desk, "president")
    context.now = lambda: desk.clock + timedelta(minutes=1)  # type: ignore[method-assign]
    owner = QObject()
    for who, count in (("chief", 0), ("judge", 1), ("judge", 1)):
        context.who = Who(desk.people[who], who, "")
        start(context, owner)
        with desk.engine.connect() as connection:
            notes = connection.execute(select(table("note"))).all()
        assert len(notes) == count, who
    assert notes[0].about_id == held
