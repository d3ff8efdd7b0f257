"""The panel over a real office and a made town: each number opens its rows, each act is written."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from desktop.circulars.specimen import make_specimen
from desktop.contract.sync import SyncState
from desktop.documents.course import pass_stage, row_of, submit
from desktop.documents.figures_draft import weekly_snapshot
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import Signed, prepare, rendered, store_signature
from desktop.documents.receipts import Issue, issue, remind
from desktop.documents.replies import AskReplies, ask_replies
from desktop.errors import UserError
from desktop.evidence.figures import CITY
from desktop.panels.weekly.rules import Step
from desktop.panels.weekly.view import WeeklyView
from desktop.paper.pen import Pen, SignPages, sign_pages
from desktop.rules.signing_matrix import Stage
from storage.schema import table
from storage.sync.port import SyncFault
from tests.evidence.town import TAKEN, Town, town
from tests.panels.clicks import click, painted, shown
from tests.panels.real_city import TODAY, new
from tests.panels.weekly.hands import answer_dialog, begun, officer, press, sit

SOME = 260


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Town]:
    made = town(tmp_path, SOME)
    made.office.city.context.turn_day(TAKEN.date())
    yield made
    made.engine.dispose()


@pytest.fixture
def view(qtbot: QtBot, city: Town) -> WeeklyView:
    sit(city, "clerk")
    made = WeeklyView(city.office.city.context)
    shown(qtbot, made, 1200, 800)
    return made


def test_the_last_whole_week_is_proposed_and_frozen_once(
    qtbot: QtBot, view: WeeklyView, city: Town
) -> None:
    view.begin()
    assert view.new.week.first == date(2026, 10, 26)
    assert not view.new.later.isEnabled()
    made = begun(qtbot, view)
    assert view.shown_page == "circular"
    assert view.page.step is Step.FIGURES
    assert "2026-11-02 08:30" in view.page.figures.frozen.text()
    with city.engine.connect() as connection:
        snapshot = weekly_snapshot(connection, made)
    assert snapshot.sha256[:12] in view.page.figures.frozen.text()
    view.begin()
    press(qtbot, view, "freeze")
    assert "已经拟稿或印发" in view.new.error.text()
    press(qtbot, view, "week_before")
    assert view.new.week.first == date(2026, 10, 19)


def test_a_figure_opens_its_numerator_and_denominator(
    qtbot: QtBot, view: WeeklyView, city: Town
) -> None:
    begun(qtbot, view)
    step = view.page.figures
    found = view.page.found
    assert found is not None
    assert found.figures is not None
    qtbot.mouseClick(step.cards["resolved_rate"], Qt.MouseButton.LeftButton)
    figure = found.figures.city["resolved_rate"]
    assert step.drill.model.rowCount() == figure.hits
    assert figure.definition.version in step.drill.definition.text()
    press(qtbot, step.drill, "denominator")
    assert step.drill.model.rowCount() == figure.of
    # A row opens the petition.
    qtbot.waitUntil(lambda: step.drill.model.row_values(0) is not None)
    step.drill.table.select_id(0)
    qtbot.keyClick(step.drill.table, Qt.Key.Key_Return)
    assert city.office.city.context.opened[-1] == ("petitions", {"petition_id": figure.of_ids[0]})


def test_every_cell_of_the_tables_opens_as_many_rows_as_it_says(
    qtbot: QtBot, view: WeeklyView
) -> None:
    begun(qtbot, view)
    step = view.page.figures
    QAbstractItemModelTester(
        step.table.figures, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    opened = 0
    for number in range(4):
        press(qtbot, step, f"table_{number + 1}")
        model = step.table.figures
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                cell = model.cell(model.index(row, column))
                if not cell.code or not cell.text.isdecimal() or cell.code == "days":
                    continue
                step.table.clicked.emit(model.index(row, column))
                wanted = "hits" if cell.part == "hits" else cell.part
                shown_rows = step.drill.model.rowCount()
                if cell.part in ("hits", "of") and model.table.heads[column] in (
                    "未化解",
                    "终结核销",
                ):
                    assert shown_rows >= int(cell.text)
                else:
                    assert shown_rows == int(cell.text), (wanted, cell, row, column)
                opened += 1
    assert opened > 200
    press(qtbot, step, "table_5")
    found = view.page.found
    assert found is not None
    assert found.figures is not None
    assert step.late_model.rowCount() == found.figures.city["overdue"].hits


def test_a_cell_is_opened_by_the_mouse_and_by_enter(qtbot: QtBot, view: WeeklyView) -> None:
    begun(qtbot, view)
    step = view.page.figures
    index = step.table.figures.index(2, 1)
    at = step.table.visualRect(index).center()
    with qtbot.waitSignal(step.table.figure_asked) as told:
        qtbot.mouseClick(step.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert told.args == [step.table.figures.court_id(index), "received", "both"]
    step.table.setCurrentIndex(step.table.figures.index(2, 2))
    with qtbot.waitSignal(step.table.figure_asked) as told:
        qtbot.keyClick(step.table, Qt.Key.Key_Return)
    assert told.args[1] == "closed"
    with qtbot.assertNotEmitted(step.table.figure_asked, wait=20):
        qtbot.mouseClick(
            step.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=step.table.visualRect(step.table.figures.index(2, 0)).center(),
        )


def test_the_plots_open_what_they_show(qtbot: QtBot, view: WeeklyView) -> None:
    begun(qtbot, view)
    plots = view.page.figures.plots
    painted(qtbot, plots.totals)
    found = view.page.found
    assert found is not None
    assert found.figures is not None
    last = found.figures.courts[-1]
    assert last.court is not None
    with qtbot.waitSignal(plots.figure_asked) as told:
        click(qtbot, plots.totals, len(found.figures.courts) - 1 - 0.2, 0.2)
    assert told.args == [last.court.id, "received", "both"]
    dot = plots.closing._dots[0]
    with qtbot.waitSignal(plots.figure_asked) as told:
        click(qtbot, plots.closing, dot.count, dot.rate)
    assert told.args[1] == "closing_rate"


def test_the_chain_of_the_hub_is_asked_for_and_needed(
    qtbot: QtBot, view: WeeklyView, city: Town
) -> None:
    sync = city.office.city.context.sync
    sync.say(SyncState("current", "在线"))

    def lost(*_values: object) -> object:
        raise SyncFault("线路中断")

    sync.answers |= {"seal": lambda: 3, "chain_head": lost}
    view.begin()
    press(qtbot, view, "freeze")
    assert "未固定数据" in view.new.error.text()
    with city.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table("document"))).scalar() == 0
    sync.answers["chain_head"] = lambda: f"(71,{'ab' * 32})"
    made = begun(qtbot, view)
    with city.engine.connect() as connection:
        head = weekly_snapshot(connection, made).chain
    assert head is not None
    assert (head.seq, head.link) == (71, "ab" * 32)
    assert "71" in view.page.figures.frozen.text()


def test_an_accepted_objection_changes_the_number_and_is_logged(
    qtbot: QtBot, view: WeeklyView, city: Town, tmp_path: Path
) -> None:
    made = begun(qtbot, view)
    page = view.page
    found = page.found
    assert found is not None
    assert found.figures is not None
    before = found.figures
    late = next(
        row
        for row in before.rows
        if row.id in before.city["overdue"].hit_ids and row.court_id != city.courts[0]
    )
    page.go(Step.REPLIES)
    press(qtbot, page, "ask_replies")
    assert "17 courts" in page.said.text()
    _object(qtbot, view, city, made, late, tmp_path)
    sit(city, "clerk")
    view.open_circular(made, Step.REPLIES)
    replies = page.replies
    assert replies.model.rowCount() == 1
    replies.opens_files = False
    with qtbot.waitSignal(replies.proof_written) as told:
        press(qtbot, replies, "open_proof")
    assert told.args[0].read_bytes() == b"proof"
    press(qtbot, replies, "accept_objection")
    answer_dialog(qtbot, replies, "decide_objection", "经核属实")
    assert page.found is not None
    after = page.found.figures
    assert after is not None
    assert after.city["overdue"].hits == before.city["overdue"].hits - 1
    assert after.of(late.court_id)["closing_rate"].hits == (
        before.of(late.court_id)["closing_rate"].hits + 1
    )
    (logged,) = page.found.corrections
    assert (logged.field, logged.was, logged.now) == ("办结日", "无", "2026-10-30")
    changed = {(one.where, one.name): (one.was, one.now) for one in logged.figures}
    city_was, city_now = changed[("全市", "超期数")]
    assert int(city_was) == int(city_now) + 1
    assert not replies.accept_button.isVisible()


def _object(qtbot: QtBot, view: WeeklyView, city: Town, made: str, row: Any, folder: Path) -> None:
    """A court's own desk says that the petition was closed in time."""
    officer(city, row.court_id)
    view.open_circular(made)
    page = view.page
    assert not page.buttons[Step.SIGN].isVisible()
    page.go(Step.REPLIES)
    step = page.objecting
    own = [one.key for one in step._rows]
    assert row.id in own
    assert {one.values["court_id"] for one in step._rows} == {row.court_id}
    step.table.select_id(own.index(row.id))
    assert row.code in step.about.text()
    press(qtbot, step, "send_objection")
    assert "异议须写明理由" in step.error.text()
    step.day.set_value(date(2026, 10, 30))
    step.body.setPlainText("该件周五已办结，附结案文书。")
    (folder / "结案通知.pdf").write_bytes(b"proof")
    step.add_proof(folder / "结案通知.pdf")
    press(qtbot, step, "send_objection")
    assert page.said.text() == "The objection was sent."
    assert not step.error.isVisible()


def test_pages_are_shown_and_the_course_runs_by_its_persons(
    qtbot: QtBot, view: WeeklyView, city: Town
) -> None:
    made = begun(qtbot, view)
    page = view.page
    page.go(Step.PAGES)
    assert page.pages.preview.data.startswith(b"%PDF")
    press(qtbot, page, "submit")
    assert not page.pages.pass_button.isVisible()
    assert "温如松" in page.pages.waits.text()
    sit(city, "leader")
    page.reload()
    press(qtbot, page, "send_back")
    answer_dialog(qtbot, page, "return_circular", "表二须说明")
    with city.engine.connect() as connection:
        assert row_of(connection, made).state == "draft"
    sit(city, "clerk")
    page.reload()
    press(qtbot, page, "submit")
    sit(city, "leader")
    page.reload()
    press(qtbot, page, "pass_stage")
    # Who reviews does not send: numbers are for those who draft or sign.
    assert not page.pages.number_button.isVisible()
    sit(city, "clerk")
    page.reload()
    press(qtbot, page, "reserve_number")
    assert page.pages.number.text().endswith("1号")
    page.go(Step.SIGN)
    # Who does not sign reads who does.
    assert "局长乙" in page.signing.refusal.text()


def test_the_list_shows_week_state_and_opens(qtbot: QtBot, view: WeeklyView) -> None:
    made = begun(qtbot, view)
    press(qtbot, view, "circular_back")
    assert view.shown_page == "list"
    listing = view.list
    qtbot.waitUntil(lambda: listing.model.rowCount() == 1)
    qtbot.waitUntil(lambda: listing.model.row_values(0) is not None)
    assert "第44周" in str(listing.model.index(0, 0).data())
    qtbot.mouseClick(listing.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    listing.open_case()
    assert view.page.found is not None
    assert view.page.found.id == made
    press(qtbot, view, "circular_back")
    listing.search.setText("99")
    qtbot.waitUntil(lambda: listing.model.rowCount() == 0)


def test_a_link_opens_a_step(qtbot: QtBot, view: WeeklyView) -> None:
    made = begun(qtbot, view)
    view.apply({"document_id": made, "step": "replies"})
    assert view.page.step is Step.REPLIES
    view.apply({"document_id": made, "step": "nonsense"})
    assert view.page.step is Step.FIGURES
    view.apply({"new": "1"})
    assert view.shown_page == "new"


def test_the_city_line_is_last_in_every_table(qtbot: QtBot, view: WeeklyView) -> None:
    begun(qtbot, view)
    step = view.page.figures
    for number in range(4):
        press(qtbot, step, f"table_{number + 1}")
        assert step.table.figures.table.rows[-1][0] == CITY
        assert len(step.table.figures.table.rows) == 19


def test_what_is_overdue_today_becomes_a_circular_whose_rows_can_be_struck(
    qtbot: QtBot, view: WeeklyView, city: Town, tmp_path: Path
) -> None:
    context = city.office.city.context
    context.turn_day(TODAY + timedelta(days=14))  # the case of the other court is late, too
    city.office.city.project()
    sit(city, "clerk")
    view.begin()
    with qtbot.waitSignal(view.new.made) as told:
        press(qtbot, view, "freeze_day")
    made = str(told.args[0])
    page = view.page
    step = page.overdue
    assert step.isVisible()
    assert page.found is not None
    assert page.found.overdue is not None
    rows = page.found.overdue.rows
    assert {row.case_id for row in rows} >= {city.office.city.late_case}
    # Each number opens as many rows as it says.
    model = step.table.figures
    heads = model.table.heads
    for row in range(model.rowCount()):
        for head in ("超期节点", "消极执行", "已通报", "本期点名"):
            cell = model.cell(model.index(row, heads.index(head)))
            step.table.clicked.emit(model.index(row, heads.index(head)))
            assert step.model.rowCount() == int(cell.text)
    step.ask(CITY, "node")
    qtbot.waitUntil(lambda: step.model.row_values(0) is not None)
    step.list.select_id(0)
    qtbot.keyClick(step.list, Qt.Key.Key_Return)
    assert context.opened[-1][0] == "derivation"
    assert context.opened[-1][1]["case_id"] == rows[0].case_id
    # The court objects to one row as a whole; accepted, it is taken out and told.
    page.go(Step.REPLIES)
    press(qtbot, page, "ask_replies")
    assert city.office.city.other_court in dict(page.found.recipients)
    officer(city, city.office.city.other_court)
    view.open_circular(made, Step.REPLIES)
    objecting = page.objecting
    assert [objecting.field.itemText(n) for n in range(objecting.field.count())] == ["不应通报"]
    assert not objecting.claimed.isVisible()
    objecting.body.setPlainText("该节点已依法中止。")
    press(qtbot, objecting, "send_objection")
    assert page.said.text() == "The objection was sent."
    with city.engine.begin() as connection:
        connection.execute(
            table("membership")
            .insert()
            .values(
                id=new("member"),
                person_id=city.office.people["outsider"],
                team_id=connection.execute(
                    select(table("team").c.id).where(table("team").c.kind == "process")
                ).scalar_one(),
                role="member",
                from_on="2025-01-01",
            )
        )
    sit(city, "outsider")
    view.open_circular(made, Step.REPLIES)
    press(qtbot, page.replies, "accept_objection")
    answer_dialog(qtbot, page.replies, "decide_objection", "已依法中止，撤下")
    assert page.found is not None
    (logged,) = page.found.corrections
    assert (logged.field, logged.reason) == ("不应通报", "已依法中止，撤下")
    page.go(Step.FIGURES)
    step.ask(CITY, "node")
    assert step.model.rowCount() == len([row for row in rows if row.kind == "node"]) - 1


def _signed(city: Town, made: str, folder: Path) -> None:
    """Through every stage and signed, past the screen."""
    office = city.office
    specimen = make_specimen("示范市中级人民法院", "口令", from_=TAKEN - timedelta(days=9))
    (folder / "court.p12").write_bytes(specimen.bundle)
    office.clock = TAKEN
    with city.engine.begin() as connection:
        asking = AskReplies(office.act(connection, made, "clerk"), city.courts[1:], TAKEN.date())
        ask_replies(connection, asking)
        office.clock = TAKEN + timedelta(days=1, hours=1)
        submit(connection, office.act(connection, made, "clerk"))
        pass_stage(connection, office.act(connection, made, "leader"), Stage.REVIEW)
        ask_number(connection, NumberArgs(made, TAKEN.date()))
        act = office.act(connection, made, "chief")
        pages = rendered(prepare(connection, act))
        pen = Pen(certificate=str(folder / "court.p12"))
        file = sign_pages(SignPages(pages, pen, "口令", "示范市中级人民法院", "签发", act.at))
        store_signature(connection, Signed(act, pages, file))


def test_receipts_turn_green_and_reminding_begins_on_the_next_day(
    qtbot: QtBot, view: WeeklyView, city: Town, tmp_path: Path
) -> None:
    made = begun(qtbot, view)
    _signed(city, made, tmp_path)
    city.office.city.context.turn_day(TAKEN.date() + timedelta(days=2))
    page = view.page
    sit(city, "leader")
    view.open_circular(made, Step.ISSUE)
    assert not page.issuing.issue_button.isVisible()
    with city.engine.begin() as connection:
        act = city.office.act(connection, made, "leader")
        with pytest.raises(UserError, match="季书禾"):
            issue(connection, Issue(act, city.courts[1:]))
    sit(city, "clerk")
    view.open_circular(made, Step.ISSUE)
    press(qtbot, page, "issue")
    answer_dialog(qtbot, page, "confirm_issue")
    assert page.issuing.badge.accessibleName() == "0/17"
    # Who was sent it today may still open it today.
    assert not page.issuing.missing.isVisible()
    assert not page.issuing.remind_button.isVisible()
    officer(city, city.courts[2])
    view.open_circular(made)
    assert page.step is Step.PAGES
    assert not page.buttons[Step.ISSUE].isVisible()
    city.office.city.context.turn_day(TAKEN.date() + timedelta(days=3))
    sit(city, "clerk")
    view.open_circular(made, Step.ISSUE)
    assert page.issuing.badge.accessibleName() == "1/17"
    assert len(page.issuing.missing.text().split("、")) == 16
    press(qtbot, page, "remind")
    assert page.found is not None
    assert sum(one.reminded_at is not None for one in page.found.receipts) == 16
    with city.engine.begin() as connection:
        act = city.office.act(connection, made, "leader")
        with pytest.raises(UserError, match="季书禾"):
            remind(connection, act)
    # The same pages come again, and a changed snapshot would not pass unseen.
    page.go(Step.PROOF)
    with qtbot.waitSignal(page.proof.reproduced) as told:
        press(qtbot, page, "reproduce")
    assert told.args[0].same
    file = table("document_file")
    with city.engine.begin() as connection:
        named = "select name from sqlite_master where type='trigger' and tbl_name='document_file'"
        for name in connection.exec_driver_sql(named).scalars().all():
            connection.exec_driver_sql(f'drop trigger "{name}"')
        connection.execute(file.update().where(file.c.kind == "snapshot").values(sha256="0" * 64))
    press(qtbot, page, "reproduce")
    assert "不符" in page.proof.error.text()
