"""Scenario S5: the president approves a detention, and what follows from it.

One desk over a real replica; whoever acts sits down at it. The numbers in the comments are the
lines of the scenario. EDESK_PICTURES names a folder for pictures.
"""

import io
import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.circulars.specimen import make_specimen
from desktop.command.measures.approving import approval_copy, compared
from desktop.contract.filters import NodeFilter
from desktop.contract.law import load_law
from desktop.documents.course import row_of
from desktop.documents.files import file_of, fingerprint
from desktop.documents.pages import rendered
from desktop.documents.powers import Power, Verdict, delegate, settle_power
from desktop.panels.coercive.queries import ListArgs, lines
from desktop.panels.coercive.rules import MINE, VIOLATION
from desktop.projection.project import projector
from desktop.rules.coercive import AMENDED, Stand
from desktop.shell.registry import discover
from storage.records.people import Post
from storage.schema import table
from tests.documents.office import AT
from tests.gui.coercive_play import PIN, WAIT, Hands
from tests.gui.coercive_town import settle
from tests.gui.conftest import Rig
from tests.panels.real_city import TODAY, new

Open = Callable[..., Rig]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("This plugin does not support"),
]


@pytest.fixture
def hands(
    qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Hands:
    theme = os.environ.get("EDESK_PICTURE_THEME", "dark")
    (tmp_path / "window.json").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    rig = open_window(discover())
    rig.session.before_commit.append(projector(load_law(), lambda: TODAY))
    scene = settle(rig.session, tmp_path / "town")
    rig.context._time.hold(TODAY)
    monkeypatch.setattr(rig.context, "now", scene.clock, raising=False)
    made = make_specimen("示范市中级人民法院", PIN, from_=AT - timedelta(days=30))
    (tmp_path / "court.p12").write_bytes(made.bundle)
    rig.context.set_setting("signing_certificate", str(tmp_path / "court.p12"))
    width, height = os.environ.get("EDESK_PICTURE_SIZE", "1920x1080").split("x")
    rig.window.resize(int(width), int(height))
    scene.sit(rig, "president")
    hands = Hands(qtbot, rig, scene)
    assert rig.window.desk is not None
    assert rig.window.desk.docks.spread("coercive")
    return hands


def test_s5_from_the_inbox_to_the_end_of_the_detention(hands: Hands) -> None:
    held = hands.scene.papers["detention_decision"]
    opens_with_what_waits(hands)
    one_page(hands, held)
    sixteen_is_refused_ten_is_taken(hands, held)
    no_batch(hands)
    the_team_may_not_yet(hands, held)
    approved_with_pin(hands, held)
    executable_only_now(hands, held)
    violation(hands)
    withdrawn_within_a_minute(hands)
    clocks_run(hands, held)
    released_early(hands, held)
    who_read_it(hands, held)


def opens_with_what_waits(hands: Hands) -> None:
    """1: only 待批 3 shows, newest fact first."""
    view, papers = hands.view, hands.scene.papers
    hands.wait(lambda: len(view.lines) == 3)
    assert view.states.selected() == (MINE,) or list(view.states.selected()) == [MINE]
    newest = [papers[one] for one in ("detention_decision", "summons", "fine_decision")]
    assert [one.id for one in view.lines] == newest
    assert view.count_label.text() == "待批 3"
    assert [key for key, card in view.cards.items() if card.isVisible()] == [MINE]
    hands.picture("inbox")


def one_page(hands: Hands, held: str) -> None:
    """2: person, act, pictures, 笔录, warnings, views, the article in force, days asked."""
    hands.open(held)
    page = hands.page
    facts = "\n".join(one.text() for one in page.facts.findChildren(QLabel))
    for words in ("钱百川", "擅自转移", "两次书面告诫", "电话告诫", "拟拘留十五日", "报院长批准"):
        assert words in facts, words
    assert len(page.photos.shown) == 2
    pictures = [one.pixmap() for one in page.photos.findChildren(QLabel)]
    assert sum(1 for one in pictures if not one.isNull()) == 2
    assert "看管人称钱百川已自行拖走" in page.records.text()
    for words in ("15日以下", "民诉法第118条", "审批由院长办理", "民诉法第119条"):
        assert words in page.law.text(), words
    assert page.decision.figure.text() == "15"
    assert not page.lacking.isVisible()
    assert "决定对钱百川拘留15日" in words_of(page.preview.data)
    hands.picture("one-page")


def words_of(data: bytes) -> str:
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages)
    return "".join(text.split())


def sixteen_is_refused_ten_is_taken(hands: Hands, held: str) -> None:
    """3: 16 is refused at the field with the article; 10 and a note are a version of their own."""
    bar = hands.page.decision
    hands.wait(bar.approve_button.isEnabled)
    bar.figure.selectAll()
    hands.qtbot.keyClicks(bar.figure, "16")
    assert bar.fault.isVisible()
    assert "15日以下" in bar.fault.text()
    assert "民诉法第118条" in bar.fault.text()
    assert not bar.amend_button.isEnabled()
    assert not bar.approve_button.isVisible()
    hands.picture("sixteen")
    bar.figure.selectAll()
    hands.qtbot.keyClicks(bar.figure, "10")
    assert not bar.fault.isVisible()
    assert not bar.amend_button.isEnabled(), "a changed figure needs a note"
    bar.words.setPlainText("初次转移，拘留十日为宜。")
    hands.press("amend_measure")
    hands.wait(lambda: hands.page.found.figure == "10")
    hands.wait(lambda: "拘留10日" in words_of(hands.page.preview.data))
    first, second = hands.rows("document_version", document_id=held)
    assert json.loads(first.fields)["days"] == "15"
    assert json.loads(second.fields)["days"] == "10"
    assert second.author_id == hands.scene.people["president"]
    assert second.note == f"{AMENDED}：初次转移，拘留十日为宜。"
    hands.wait(bar.approve_button.isEnabled)


def no_batch(hands: Hands) -> None:
    """4: one person, one decision."""
    words = [one.text() for one in hands.view.findChildren(QPushButton)]
    assert not [one for one in words if "批量" in one or "全部同意" in one]
    inbox: Any = hands.panel("approvals")
    hands.wait(lambda: len(inbox.items) == 3)
    inbox.table.selectAll()
    hands.wait(lambda: "不得批量审批" in inbox.batch_note.text())
    hands.press("batch", inbox)
    refused = inbox.findChild(QDialog, "batch_refused")
    assert refused is not None
    refused.reject()
    assert not hands.rows("measure_act")
    hands.panel("coercive")


def the_team_may_not_yet(hands: Hands, held: str) -> None:
    """6, first half: before the approval nothing is there to be executed."""
    hands.sit("judge")
    hands.open(held)
    assert hands.page.found.standing.stand is Stand.PENDING
    assert "execute" not in hands.page.found.acts


def approved_with_pin(hands: Hands, held: str) -> None:
    """5: time, device and page hash are in the log; the decision is what he saw."""
    hands.sit("president")
    hands.open(held)
    bar = hands.page.decision
    hands.wait(bar.approve_button.isEnabled)
    seen = hands.page.preview.data
    bar.pin.setText("0000")
    hands.press("approve_measure")
    hands.wait(lambda: "口令不对" in bar.error.text())
    assert not hands.rows("measure_act")
    hands.picture("pin")
    hands.approve("同意拘留十日。")
    (act,) = hands.rows("measure_act", document_id=held)
    assert (act.act, act.person_id) == ("approve", hands.scene.people["president"])
    assert act.pages_sha256 == fingerprint(seen)
    assert act.body == "同意拘留十日。"
    assert act.at.startswith("2026-11-23T10:")
    (ctl,) = ctl_rows(hands)
    assert act.device == ctl.device_id
    with hands.rig.session.read() as connection:
        file = file_of(connection, held, "approved")
    assert file.startswith(seen)
    assert len(file) > len(seen)


def ctl_rows(hands: Hands) -> list[Any]:
    with hands.rig.session.read() as connection:
        return list(connection.execute(select(table("_ctl"))))


def executable_only_now(hands: Hands, held: str) -> None:
    """6: the team sees 可执行; its judge signs; the decision is held against what was seen."""
    hands.sit("judge")
    hands.open(held)
    assert hands.page.found.standing.stand is Stand.READY
    assert hands.page.act_buttons["execute"].isVisible()
    hands.press("act_sign")
    box = hands.view.signing
    assert box is not None
    hands.press("take_number", box)
    hands.wait(box.pin.isVisible)
    box.pin.setText(PIN)
    with hands.qtbot.waitSignal(box.signed, timeout=WAIT):
        hands.press("sign", box)
    hands.wait(lambda: hands.page.found.state == "signed")
    with hands.rig.session.read() as connection:
        copy = approval_copy(connection, held)
        told = compared(connection, (held, rendered(copy)))
        signed = file_of(connection, held, "signed")
        number = row_of(connection, held)
    assert told.same
    hands.wait(lambda: "逐字一致" in hands.page.seen.text())
    assert told.noted[:16] in hands.page.seen.text()
    # What he saw, word by word; number and day alone came later.
    body = words_of(signed)
    assert f"司惩〔2026〕{number.serial}号" in body
    with hands.rig.session.read() as connection:
        seen = words_of(file_of(connection, held, "approved"))
    start, end = "本院在执行", "不停止决定的执行。"
    assert seen[seen.index(start) : seen.index(end)] == body[body.index(start) : body.index(end)]
    hands.picture("signed")


def violation(hands: Hands) -> None:
    """6, end: executed before it was approved; a later approval does not heal it."""
    summons = hands.scene.papers["summons"]
    hands.view._go("list")
    hands.open(summons)
    assert hands.page.found.acts == ()
    hands.enter("execute", "当事人欲离境，情况紧急，先行拘传。")
    (act,) = hands.rows("measure_act", document_id=summons)
    assert act.violation
    hands.sit("president")
    hands.view.show_only(MINE)
    hands.view.states.set_selected(())
    hands.view._show()
    hands.open(summons)
    assert hands.page.found.standing.stand is Stand.RUNNING
    hands.approve("补办批准。")
    hands.sit("chief")
    hands.view.show_only(VIOLATION)
    hands.wait(lambda: [one.id for one in hands.view.lines] == [summons])
    assert "执行时未经院长批准" in hands.view.lines[0].violation
    assert "才批准" in hands.view.lines[0].violation
    hands.picture("violations")


def withdrawn_within_a_minute(hands: Hands) -> None:
    """7: within a minute and before the execution it is taken back, and logged."""
    fine = hands.scene.papers["fine_decision"]
    hands.sit("president")
    hands.view.show_only(MINE)
    hands.open(fine)
    hands.approve()
    hands.wait(hands.page.withdraw_button.isVisible)
    hands.press("withdraw")
    dialog = hands.dialog("withdraw_dialog")
    entry = dialog.findChild(QPlainTextEdit, "text")
    assert entry is not None
    entry.setPlainText("金额有误，退回复核。")
    hands.press("accept", dialog)
    hands.wait(lambda: hands.page.found.standing.approval is None)
    assert [one.act for one in hands.rows("measure_act", document_id=fine)] == [
        "approve",
        "withdraw",
    ]
    assert hands.page.found.state == "draft"
    # Once more; this time the minute goes by.
    hands.sit("judge")
    hands.view.states.set_selected(())
    hands.view._show()
    hands.open(fine)
    hands.press("act_submit")
    hands.wait(lambda: hands.page.found.state == "checking")
    hands.sit("president")
    hands.view.show_only(MINE)
    hands.open(fine)
    hands.approve()
    hands.wait(hands.page.withdraw_button.isVisible)
    hands.scene.clock.at += timedelta(seconds=61)
    hands.wait(lambda: not hands.page.withdraw_button.isVisible())


def clocks_run(hands: Hands, held: str) -> None:
    """8: family notice, review window and end of the detention start by themselves."""
    hands.sit("judge")
    hands.view.states.set_selected(())
    hands.view._show()
    hands.open(held)
    hands.scene.clock.at = AT.replace(hour=14, minute=20)
    hands.page.refresh()
    hands.enter("execute", "在其住处执行，未反抗。")
    due = {one.word: one.due for one in hands.page.found.clocks}
    detained = datetime(2026, 11, 23, 14, 20, tzinfo=AT.tzinfo)
    assert due["拘留期满"] == detained + timedelta(days=10)
    assert due["通知家属"] == datetime(2026, 11, 24, 15, 0, tzinfo=AT.tzinfo)
    assert due["复议申请期"] == datetime(2026, 11, 27, 0, 0, tzinfo=AT.tzinfo)
    hands.picture("clocks")
    board: Any = hands.panel("process_monitor")
    for code in ("D710", "D708", "D712"):
        board.apply(NodeFilter(nodes=(code,)).to_params())
        hands.wait(lambda: board.model.rowCount() == 1)
    hands.wait(lambda: board.model.row_values(0))
    line = board.model.row_values(0)
    assert (line["node"].text, line["due_on"].text) == (
        "拘留期满解除 钱百川（拘留）",
        "12-03 14:20",
    )
    hands.picture("duty-board")
    hands.panel("coercive")
    assert hands.rig.window.desk is not None
    hands.enter("notify_family", "电话告知其妻周某。")
    hands.wait(lambda: any(one.word == "通知家属" and one.done for one in hands.page.found.clocks))
    hands.enter("hand_over", "送示范市拘留所，民警郑某接收。")


def released_early(hands: Hands, held: str) -> None:
    """7, end: after the execution nothing is taken back; 提前解除 is offered instead."""
    hands.sit("president")
    hands.view.states.set_selected(())
    hands.view._show()
    hands.open(held)
    assert not hands.page.withdraw_button.isVisible()
    assert "可以决定提前解除" in hands.page.too_late.text()
    hands.enter("release", "已追回挖掘机，具结悔过。")
    assert hands.page.found.standing.stand is Stand.RELEASED
    end = next(one for one in hands.page.found.clocks if one.word == "拘留期满")
    assert end.done == TODAY
    hands.picture("released")


def who_read_it(hands: Hands, held: str) -> None:
    """10: every look, print and export with its time, complete."""
    hands.rig.context.copied("print", "拘留决定书", hands.scene.case_id)
    hands.rig.context.copied("export", "拘留决定书（副本）", hands.scene.case_id)
    hands.wait(lambda: len(hands.rows("read_log", act="export")) == 1)
    hands.press("looks")
    stored = hands.rows("read_log", case_id=hands.scene.case_id)
    hands.wait(lambda: len(hands.view.looks.shown) == len(stored))
    shown = {(one.at, one.act, one.object) for one in hands.view.looks.shown}
    assert shown == {(one.at, one.act, one.object) for one in stored}
    assert {one.act for one in hands.view.looks.shown} == {"open", "print", "export"}
    who = {one.who for one in hands.view.looks.shown}
    assert {"院长丁", "顾长风"} <= who
    hands.picture("who-read-it")


def test_s5_when_the_president_is_away(hands: Hands) -> None:
    """9: nobody named, nobody approves and the duty leader is told; then the delegate may."""
    held, people = hands.scene.papers["detention_decision"], hands.scene.people
    with hands.rig.session.write("请假") as write:
        write.connection.execute(
            insert(table("absence")).values(
                id=new("absence"),
                person_id=people["president"],
                from_on=TODAY.isoformat(),
                to_on=(TODAY + timedelta(days=3)).isoformat(),
                kind="leave",
            )
        )
    # Told from the desk of whoever made the papers, without anybody asking for it.
    hands.sit("judge")
    hands.wait(lambda: len(hands.rows("note_mention", person_id=people["chief"])) == 3)
    hands.sit("vice_president")
    hands.view.states.set_selected(())
    hands.view._show()
    hands.open(held)
    assert not hands.page.decision.isVisible()
    assert "须报告值班领导" in hands.page.stuck.text()
    notes = hands.rows("note")
    assert {one.about_id for one in notes} == set(hands.scene.papers.values())
    assert all("现无人可以批准" in one.body for one in notes)
    hands.view._go("list")
    hands.picture("nobody-approves")
    with hands.rig.session.write("授权") as write:
        made = delegate(
            write.connection,
            Power(
                *(people["president"], people["vice_president"], Post.PRESIDENT),
                *(TODAY, TODAY + timedelta(days=2), "洛中法授〔2026〕31号"),
            ),
        )
        given = Verdict(made, True, people["chief"], hands.scene.clock())
        settle_power(write.connection, given)
    with hands.rig.session.read() as connection:
        for who, may in (("vice_president", 3), ("chief", 0), ("deputy", 0), ("president", 0)):
            asked = ListArgs(people[who], hands.scene.clock())
            assert sum(one.mine for one in lines(connection, asked).lines) == may, who
    hands.sit("chief")
    hands.sit("vice_president")
    hands.view.show_only(MINE)
    hands.open(held)
    assert "授权书 洛中法授〔2026〕31号" in hands.page.standing_in.text()
    hands.approve("代行批准。")
    (act,) = [one for one in hands.rows("document_act", document_id=held) if one.stage == "approve"]
    assert (act.person_id, act.for_post) == (people["vice_president"], "president")
    assert hands.page.found.standing.stand is Stand.READY
