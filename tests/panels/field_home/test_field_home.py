"""现场 by real clicks: few and large things, and no way round the president."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.command.seizures.commands import save
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.panels.field_home.rules import Detention, detention_button
from desktop.panels.field_home.view import FieldHomeView, Tile
from desktop.rules.coercive import Stand
from storage.ids import new_id
from storage.schema import table
from tests.command.seizure_office import (
    CASE,
    COURT,
    FIRST,
    NOW,
    OTHER_CASE,
    filled,
    furnish,
    signed_approval,
)
from tests.panels.fake_context import FakeContext, memory_engine

SHA = "a" * 64
APPROVED_AT = NOW - timedelta(hours=6)


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    engine = memory_engine()
    with engine.begin() as connection:
        furnish(connection)
        connection.exec_driver_sql("insert into _ctl (device_id) values ('dev')")
    who = Who(FIRST, "程远帆", "judge_assistant")
    return FakeContext(engine, load_law(), today=NOW.date(), folder=tmp_path, who=who)


def put(context: FakeContext, kind: str, /, **values: Any) -> str:
    row_id = str(values.pop("id", None) or new_id())
    with context.engine.begin() as connection:
        connection.execute(insert(table(kind)).values(id=row_id, **values))
    return row_id


def detention(context: FakeContext, state: str = "checking") -> str:
    return put(
        context,
        "document",
        kind="detention_decision",
        template="detention_decision@1",
        state=state,
        title="拘留决定书",
        fields=json.dumps({"days": "10"}),
        content_sha256=SHA,
        case_id=CASE,
        maker_id=FIRST,
        judge=True,
        coercive=True,
        series="拘",
    )


def approved(context: FakeContext, document_id: str) -> None:
    """By the president of the case's court, for these very words."""
    president = put(context, "person", court_id=COURT, name="何其芳远", post="president")
    put(
        context,
        "document_act",
        document_id=document_id,
        act="pass",
        stage="approve",
        person_id=president,
        content_sha256=SHA,
        at=APPROVED_AT.isoformat(),
    )
    with context.engine.begin() as connection:
        signed_approval(connection, document_id, president, APPROVED_AT)


def opened(qtbot: QtBot, context: FakeContext) -> FieldHomeView:
    view = FieldHomeView(context)
    qtbot.addWidget(view)
    model = view.listing.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1240, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def chosen(qtbot: QtBot, context: FakeContext) -> FieldHomeView:
    view = opened(qtbot, context)
    view.apply({"case_id": CASE})
    return view


def click(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("stand", "words", "way"),
    [
        (None, "准备拘留（须院长批准）", "prepare"),
        (Stand.DRAFT, "执行拘留：待批", None),
        (Stand.PENDING, "执行拘留：待批", None),
        (Stand.READY, "执行拘留（院长已批准）", "execute"),
        (Stand.RUNNING, "拘留：执行中", "look"),
        (Stand.RELEASED, "准备拘留（须院长批准）", "prepare"),
        (Stand.RECALLED, "准备拘留（须院长批准）", "prepare"),
    ],
)
def test_the_button_says_where_the_document_stands(
    stand: Stand | None, words: str, way: str | None
) -> None:
    told = detention_button(None if stand is None else Detention("d", stand))
    assert (told.words, told.way) == (words, way)


def test_without_a_document_it_can_be_prepared_and_no_more(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = chosen(qtbot, context)
    assert "须院长批准" in view.detain_button.text()
    assert "院长批准" in view.hint.text()
    click(view.detain_button)
    kind = {"new": "1", "kind": "detention_decision", "case_id": CASE}
    assert context.opened == [("documents", kind)]


@pytest.mark.parametrize("state", ["draft", "checking", "signing"])
def test_until_the_president_has_approved_there_is_nothing_to_press(
    qtbot: QtBot, context: FakeContext, state: str
) -> None:
    detention(context, state)
    view = chosen(qtbot, context)
    assert "待批" in view.detain_button.text()
    assert not view.detain_button.isEnabled()
    click(view.detain_button)
    view.detain_button.click()
    view._detain()  # whatever presses it
    assert context.opened == []


def test_after_the_approval_it_leads_to_the_execution(qtbot: QtBot, context: FakeContext) -> None:
    document_id = detention(context, "signing")
    approved(context, document_id)
    view = chosen(qtbot, context)
    assert view.detain_button.text() == "执行拘留（院长已批准）"
    click(view.detain_button)
    assert context.opened == [("coercive", {"document_id": document_id, "case_id": CASE})]


def test_an_approval_of_other_words_approves_nothing(qtbot: QtBot, context: FakeContext) -> None:
    document_id = detention(context, "signing")
    approved(context, document_id)
    words = {"title": "拘留决定书", "fields": json.dumps({"days": "15"})}
    changed = {"document_id": document_id, "n": 2, "content_sha256": "b" * 64}
    put(context, "document_version", **words, **changed, at=(NOW - timedelta(hours=5)).isoformat())
    view = chosen(qtbot, context)
    assert not view.detain_button.isEnabled()


def test_the_tiles_lead_to_the_few_things_and_say_how_many(
    qtbot: QtBot, context: FakeContext
) -> None:
    with context.engine.begin() as connection:
        save(connection, filled())
    view = opened(qtbot, context)
    assert "1" in view.tiles["tile_seizures"].words()
    for tile in view.tiles.values():
        click(tile)
    click(view.note)
    panels = [panel for panel, _params in context.opened]
    assert panels == ["remote_command", "seizures", "live_map", "coercive", "field_pack"]


def test_a_form_that_is_half_filled_is_told_at_home(qtbot: QtBot, context: FakeContext) -> None:
    """Also where the battery died before anything was stored."""
    number = "（2026）豫03执41号"
    context.save_draft(f"seizure:open:{FIRST}", {"case_id": CASE, "number": number})
    view = opened(qtbot, context)
    assert number in view.tiles["tile_seizures"].words()
    context.discard_draft(f"seizure:open:{FIRST}")
    view.hide()
    view.show()
    assert number not in view.tiles["tile_seizures"].words()


def test_a_case_is_found_by_a_part_of_its_number_or_debtor_and_seized(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = opened(qtbot, context)
    assert view.listing.model.rowCount() == 2
    assert not view.seize_button.isEnabled() or view.listing.current() is not None
    QTest.keyClicks(view.search, "42")
    qtbot.waitUntil(lambda: view.listing.model.rowCount() == 1)
    view.apply({"case_id": OTHER_CASE})
    click(view.seize_button)
    assert context.opened == [("seizures", {"new": "1", "case_id": OTHER_CASE})]


def test_an_officer_with_cases_of_his_own_sees_those_alone(
    qtbot: QtBot, context: FakeContext
) -> None:
    with context.engine.begin() as connection:
        connection.exec_driver_sql(
            'update "case" set handler_id = null, team_id = null where id = ?', (OTHER_CASE,)
        )
        numbers = connection.execute(select(table("case").c.number)).scalars().all()
    view = opened(qtbot, context)
    assert len(numbers) == 2
    assert [one.id for one in view.listing.things.values()] == [CASE]


def test_the_words_of_a_low_tile_do_not_run_into_its_name(qtbot: QtBot) -> None:
    tile = Tile(None, "tile_seizures", "ri.camera-line")
    qtbot.addWidget(tile)
    tile.setMinimumHeight(0)  # as the style sheet has it
    tile.say("现场查封", "填写中 0 件，待核实 2 项")
    tile.show()
    for height, there in ((30, False), (160, True)):
        tile.resize(200, height)
        assert tile._words.isVisible() is there
    assert tile.toolTip() == "填写中 0 件，待核实 2 项"
