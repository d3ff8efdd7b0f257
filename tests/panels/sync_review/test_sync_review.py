"""The tray by real clicks: what came back and why, what each choice does, and what is sent."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QScrollArea, QSplitter
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.contract.sync import SyncState
from desktop.panels.sync_review.picks import MINE, OTHER, THEIRS
from desktop.panels.sync_review.queries import to_settle
from desktop.panels.sync_review.view import SyncReviewView
from desktop.panels.sync_review.words import (
    field_words,
    possible_fen,
    rule_words,
    table_words,
    value_words,
    yuan,
)
from storage.hub.authority import Authority
from storage.schema import synced_tables, table
from storage.sync import memory, merged
from tests.fake_sync import FakeSync
from tests.panels.clicks import shown
from tests.panels.fake_context import CHINA
from tests.panels.real_city import TODAY, RealCity, new, real_city

MINE_DAY, THEIR_DAY = "2027-03-01", "2027-02-15"


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path, deferred=True)
    with made.context.engine.begin() as connection:
        connection.exec_driver_sql("insert into _ctl (one, applying, device_id) values (1, 0, 'd')")
    return made


def measure(city: RealCity, expires_on: str) -> str:
    return city.put(
        "control_measure",
        case_id=city.late_case,
        asset_kind="movable",
        asset="车辆甲",
        institution="车管所",
        amount_fen=100,
        rank=0,
        started_on="2025-02-15",
        expires_on=expires_on,
        document_no="协执1号",
    )


def refused(city: RealCity, *ops: tuple[str, str, str, Any, Any], **more: Any) -> str:
    """A held bundle of (table, row, kind, new, old) …"""
    bundle_id = new("bundle")
    detail = more.pop("detail", {})
    values = {
        "id": bundle_id,
        "actor": "officer",
        "label": "改到期日",
        "made_at": "2026-11-22T10:00:00+08:00",
        "schema_ver": "0006",
        "state": "decided",
        "verdict": "conflict",
        "detail": json.dumps(detail, ensure_ascii=False),
        **more,
    }
    with city.context.engine.begin() as connection:
        done = connection.execute(table("_bundle").insert().values(**values))
        (n,) = done.inserted_primary_key or (0,)
        for k, (name, row_id, kind, fresh, old) in enumerate(ops):
            connection.execute(
                table("_op")
                .insert()
                .values(
                    bundle_n=n,
                    k=k,
                    tbl=table(name).info["number"],
                    row_id=row_id,
                    kind=kind,
                    new=json.dumps(fresh, ensure_ascii=False),
                    old=json.dumps(old) if old is not None else None,
                )
            )
    return bundle_id


def expiry_conflict(city: RealCity) -> tuple[str, str]:
    row = measure(city, THEIR_DAY)
    detail = {
        "code": "conflict",
        "k": 0,
        "cols": ["expires_on"],
        "ver": 5,
        "by": "office",
        "at": "2026-11-22T16:00:00+08:00",
        "now": {"expires_on": THEIR_DAY},
    }
    old = {"expires_on": "2027-01-01", "document_no": "协执1号"}
    fresh = {"expires_on": MINE_DAY, "document_no": "协执1号"}
    return row, refused(city, ("control_measure", row, "U", fresh, old), detail=detail)


def opened(qtbot: QtBot, city: RealCity) -> SyncReviewView:
    view = SyncReviewView(city.context)
    QAbstractItemModelTester(
        view.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.list.model
    )
    shown(qtbot, view, 1300, 700)
    return view


def choose(qtbot: QtBot, view: SyncReviewView) -> None:
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    view.list.table.select_id(view.list.model.ids[0])
    qtbot.waitUntil(lambda: view.card.card is not None)


def click(qtbot: QtBot, button: Any) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def settled(city: RealCity) -> list[Any]:
    with city.context.engine.connect() as connection:
        return list(connection.execute(select(table("_settled"))))


def expiry(city: RealCity, row: str) -> str:
    measures = table("control_measure")
    with city.context.engine.connect() as connection:
        query = select(measures.c.expires_on).where(measures.c.id == row)
        return str(connection.execute(query).scalar_one())


def test_the_card_tells_the_rule_and_what_each_choice_does(qtbot: QtBot, city: RealCity) -> None:
    expiry_conflict(city)
    view = opened(qtbot, city)
    choose(qtbot, view)
    assert "office 已于 2026-11-22 16:00" in view.card.rule.text()
    effect = view.card.effect.text()
    assert "控制到期日（车辆甲）" in effect
    assert MINE_DAY in effect
    assert THEIR_DAY in effect
    assert "相差 14 天" in effect
    assert view.card.grid is not None
    assert view.card.grid.values() == {0: {"expires_on": MINE_DAY, "document_no": "协执1号"}}


def test_sending_needs_a_reason_and_changes_what_stands_there(qtbot: QtBot, city: RealCity) -> None:
    row, bundle = expiry_conflict(city)
    view = opened(qtbot, city)
    choose(qtbot, view)
    click(qtbot, view.card.send_button)
    qtbot.waitUntil(lambda: "理由" in view.card.problem.text())
    assert settled(city) == []
    qtbot.keyClicks(view.card.reason, "checked on paper")
    with qtbot.waitSignal(view.card.settled):
        click(qtbot, view.card.send_button)
    assert expiry(city, row) == MINE_DAY
    (done,) = settled(city)
    assert (done.bundle_id, done.how, done.reason) == (bundle, "resubmitted", "checked on paper")
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 0)
    assert view.card.card is None


def test_another_value_may_be_typed_and_theirs_may_be_taken(qtbot: QtBot, city: RealCity) -> None:
    row, _bundle = expiry_conflict(city)
    view = opened(qtbot, city)
    choose(qtbot, view)
    grid = view.card.grid
    assert grid is not None
    box = grid.box(0, "expires_on")
    box.setCurrentIndex(box.findData(THEIRS))
    assert grid.values()[0]["expires_on"] == THEIR_DAY
    box.setCurrentIndex(box.findData(OTHER))
    line = grid.line(0, "expires_on")
    qtbot.waitUntil(line.isVisible)
    line.clear()
    qtbot.keyClicks(line, "2027-02-20")
    assert grid.values()[0]["expires_on"] == "2027-02-20"
    grid.pick_all(MINE)
    assert grid.values()[0]["expires_on"] == MINE_DAY
    qtbot.keyClicks(view.card.reason, "theirs is right")
    with qtbot.waitSignal(view.card.settled):
        click(qtbot, view.card.drop_button)
    assert expiry(city, row) == THEIR_DAY
    assert settled(city)[0].how == "dropped"


def test_a_refused_disbursement_is_asked_again_with_one_click(qtbot: QtBot, city: RealCity) -> None:
    request = new("request")
    args = {"case_id": city.late_case, "amount_fen": 8_600_000, "payee": "申请人甲"}
    row = {
        "id": request,
        "kind": "disburse",
        "case_id": city.late_case,
        "args": json.dumps(args),
        "state": "asked",
    }
    detail = {
        "code": "funds",
        "available_fen": 6_120_000,
        "last": {"number": "付2026-000007", "amount_fen": 2_480_000, "at": "2026-11-21T15:20:00"},
    }
    refused(
        city,
        ("request", request, "R", row, None),
        verdict="rejected",
        detail=detail,
        label="案款发放意向",
    )
    view = opened(qtbot, city)
    choose(qtbot, view)
    said = view.card.rule.text()
    assert said == (
        "未受理：可用余额 ¥61,200.00，2026-11-21 15:20 已付 ¥24,800.00（付2026-000007）。"
    )
    assert not view.card.send_button.isVisible()
    with qtbot.waitSignal(view.card.settled):
        click(qtbot, view.card.possible_button)
    with city.context.engine.connect() as connection:
        asked = connection.execute(select(table("request"))).one()
    assert json.loads(asked.args)["amount_fen"] == 6_120_000
    assert asked.id != request
    assert settled(city)[0].reason == said


def test_a_reason_survives_and_an_export_is_written(qtbot: QtBot, city: RealCity) -> None:
    expiry_conflict(city)
    view = opened(qtbot, city)
    choose(qtbot, view)
    qtbot.keyClicks(view.card.reason, "half a")
    view.close()
    again = opened(qtbot, city)
    choose(qtbot, again)
    qtbot.waitUntil(lambda: again.card.reason.toPlainText() == "half a")
    click(qtbot, again.card.export_button)
    qtbot.waitUntil(lambda: bool(list(city.context.documents_folder().glob("待裁-*.json"))))
    (file,) = city.context.documents_folder().glob("待裁-*.json")
    content = json.loads(file.read_text("utf-8"))
    assert content["ops"][0]["new"]["expires_on"] == MINE_DAY
    assert content["signature"]["kind"] == "sha256"


def test_a_small_panel_shows_the_comparison_and_leaves_the_border_where_it_was_put(
    qtbot: QtBot, city: RealCity
) -> None:
    expiry_conflict(city)
    view = opened(qtbot, city)
    view.resize(782, 304)  # what a window of 1280 by 800 has for it
    choose(qtbot, view)
    grid, scroll = view.card.grid, view.card.findChild(QScrollArea)
    assert grid is not None
    assert scroll is not None
    qtbot.waitUntil(lambda: grid.isVisible() and grid.width() > 0)
    assert grid.minimumSizeHint().width() <= scroll.viewport().width()
    # The first values to choose from are in sight without a scroll, with the sentence above.
    box = grid.box(0, "expires_on")
    seen = box.mapTo(scroll.viewport(), box.rect().bottomRight())
    assert scroll.viewport().rect().contains(seen)
    assert view.card.reason.height() < 2 * view.card.send_button.height()
    split = view.findChild(QSplitter)
    assert split is not None
    handle = split.handle(1)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(handle, handle.rect().center() - QPoint(60, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    put = split.sizes()[1]
    view.resize(790, 304)
    assert abs(split.sizes()[1] - put) <= 8


def test_the_head_says_how_things_stand_and_its_buttons_act(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    sync = city.context.sync
    assert isinstance(sync, FakeSync)
    assert not view.now_button.isVisible()
    state = SyncState(
        "current",
        "已同步 08:42:03",
        pending=3,
        held=2,
        oldest=datetime(2026, 11, 22, 10, 0, tzinfo=CHINA),
        synced_at=datetime(2026, 11, 23, 8, 42, tzinfo=CHINA),
        who="officer",
        to_claim=4,
        claim_sentence="登录之前做了 4 项，是否发送？",
    )
    sync.say(state)
    assert view.sentence.text() == "已同步 08:42:03"
    for words in ("3 to send", "2 to settle", "2026-11-22 10:00", "officer"):
        assert words in view.facts.text()
    click(qtbot, view.now_button)
    click(qtbot, view.pause_button)
    click(qtbot, view.claim_button)
    click(qtbot, view.leave_button)
    assert sync.acts == ["now", ("pause", True), "claim", "disconnect"]


def test_connecting_asks_in_place_and_refuses_a_wrong_port(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    click(qtbot, view.connect_button)
    page = view.connect_page
    qtbot.waitUntil(page.isVisible)
    values = {"hub_host": "hub.example", "hub_user": "officer", "hub_password": "secret word"}
    for name, text in values.items():
        line = page.findChild(QLineEdit, name)
        assert line is not None
        qtbot.keyClicks(line, text)
    page.port.setText("99999")
    click(qtbot, page.form.submit_button)
    sync = city.context.sync
    assert isinstance(sync, FakeSync)
    assert sync.acts == []
    page.port.setText("5433")
    click(qtbot, page.form.submit_button)
    ((act, dsn, password, remember),) = sync.acts
    assert (act, password, remember) == ("connect", "secret word", False)
    assert page.held.control.accessibleDescription() == page.tr(
        "Only where the shared database asks for one (.p12, .pfx)"
    )
    for part in ("host='hub.example'", "port='5433'", "user='officer'", "sslmode='verify-full'"):
        assert part in dsn
    assert "secret" not in dsn
    assert page.password.text() == ""


def test_a_device_certificate_is_taken_on_the_way_to_the_hub(
    qtbot: QtBot, city: RealCity, tmp_path: Path
) -> None:
    authority = Authority.make(tmp_path / "authority", "secret", name="甲院")
    file = tmp_path / "officer.p12"
    issued, bundle = authority.issue("officer", "opening", days=30)
    file.write_bytes(bundle)
    view = opened(qtbot, city)
    click(qtbot, view.connect_button)
    page = view.connect_page
    qtbot.waitUntil(page.isVisible)
    for line, text in (
        (page.host, "hub.example"),
        (page.user, "officer"),
        (page.password, "secret word"),
        (page.certificate, str(file)),
        (page.opening, "wrong"),
    ):
        qtbot.keyClicks(line, text)
    click(qtbot, page.form.submit_button)
    qtbot.waitUntil(page.problem.isVisible)
    sync = city.context.sync
    assert isinstance(sync, FakeSync)
    assert "口令不对" in page.problem.text()
    assert (sync.acts, page.password.text()) == ([], "secret word")
    page.opening.setText("opening")
    with qtbot.waitSignal(page.left):
        click(qtbot, page.form.submit_button)
    assert [act[0] for act in sync.acts] == ["connect"]
    assert (page.password.text(), page.opening.text(), page.certificate.text()) == ("", "", "")
    click(qtbot, view.connect_button)
    hint = page.held.control.accessibleDescription
    qtbot.waitUntil(lambda: "officer" in hint())
    assert issued.until in hint()


def test_a_merge_is_told_with_the_fields_of_both(qtbot: QtBot, city: RealCity) -> None:
    edit = ("case", city.late_case, "U", {"remarks": "新"}, {"remarks": "旧"})
    bundle_id = refused(city, edit, verdict="applied")
    with city.context.engine.begin() as connection:
        memory.keep(
            connection,
            merged.KEY + bundle_id,
            {f"10:{city.late_case}": {"mine": ["remarks"], "theirs": ["cause"]}},
        )
    view = opened(qtbot, city)
    view.list.show_states(("applied",))
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    row = view.list.model.row_values(0)
    assert row is not None
    assert row["verdict"] == row["reason"] == "已合并（案件：您的备注，对方的案由）"


def test_every_field_that_travels_has_a_name() -> None:
    given = {"id", "scope", "ver", "changed_by", "changed_at"}
    for one in synced_tables():
        assert table_words(one.name) != one.name
        for column in one.columns:
            if column.name not in given:
                assert field_words(one.name, column.name) != column.name, column


@pytest.mark.parametrize(
    ("verdict", "detail", "words"),
    [
        ("not_permitted", {"code": "role", "roles": ["edesk_finance"]}, "案款管理人"),
        ("rejected", {"code": "own"}, "经办人不得复核"),
        ("rejected", {"code": "already", "kind": "payment", "by": "c", "number": "付1"}, "付1"),
        ("rejected", {"code": "closed", "closed_on": "2026-01-01"}, "2026-01-01"),
        ("rejected", {"code": "rule", "message": "不能这样。"}, "不能这样。"),
        ("needs_parent", {}, "依附"),
        ("gone", {"code": "gone"}, "移交"),
        ("invalid", {"code": "22P02"}, "22P02"),
        ("rejected", {"code": "wait", "until": "2026-12-01"}, "异议期未满"),
        ("rejected", {"code": "post", "posts": ["finance"]}, "担任相应职务"),
        (
            "rejected",
            {"code": "already", "act": "send", "by": "clerk", "at": "2026-11-22T15:20:00+08:00"},
            "已由 clerk 于 2026-11-22 15:20 送出",
        ),
        (
            "rejected",
            {"code": "changed", "fact": "closed_on", "seen": None, "now": "2026-11-21"},
            "结案日期由“无”变为“2026-11-21”",
        ),
    ],
)
def test_each_rule_has_a_sentence(verdict: str, detail: dict[str, Any], words: str) -> None:
    assert words in rule_words(verdict, detail)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("amount_fen", 123_456_789, "¥1,234,567.89"),
        ("remarks", None, "—"),
        ("handler_id", "x", "name of x"),
        ("urgent", 1, "是"),
        ("expires_on", "2027-03-01", "2027-03-01"),
    ],
)
def test_values_are_written_as_people_read_them(column: str, value: Any, words: str) -> None:
    assert value_words(column, value, lambda _column, one: f"name of {one}") == words


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("kind", "disburse", "案款发放"), ("state", "asked", "已提出"), ("note", "asked", "asked")],
)
def test_a_request_is_told_without_its_codes(column: str, value: str, words: str) -> None:
    assert value_words(column, value, lambda _column, one: one, "request") == words


def test_money_words_are_exact() -> None:
    assert (yuan(5), yuan(-123_456), yuan(0)) == ("¥0.05", "-¥1,234.56", "¥0.00")
    assert possible_fen({"code": "funds", "available_fen": 0}) is None


def test_the_navigator_counts_what_waits_for_a_person(city: RealCity) -> None:
    with city.context.engine.connect() as connection:
        assert to_settle(connection, TODAY) == (0, "")
    expiry_conflict(city)
    with city.context.engine.connect() as connection:
        assert to_settle(connection, date(2026, 1, 1)) == (1, "overdue")
