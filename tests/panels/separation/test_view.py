"""审执分离 as a user meets it: the chain of why, bonds entered and taken back, who may sit."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, update

from desktop.documents.bench import panel_words
from desktop.panels.separation.attending import SeparationAttending, start
from desktop.panels.separation.queries import navigator_count
from desktop.panels.separation.view import SeparationView
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    """The paused case has the same handler as the late one; an objection is about the late one."""
    found = real_city(tmp_path, deferred=True)
    found.put(
        "case",
        id="objection",
        number="（2026）豫0381执异9号",
        court_id=found.court,
        year=2026,
        type_word="执异",
        serial=9,
        filed_on="2026-10-12",
        basis_no="（2026）豫0381执2962号",
    )
    with found.context.engine.begin() as connection:
        connection.exec_driver_sql("update person set quota = 1 where post = 'quota_judge'")
    return found


def name_bench(city: RealCity, *people: str, issued: str | None = None) -> None:
    """A ruling in the objection, as a command writes it."""
    fields = json.dumps({"_panel": panel_words([city.person(one) for one in people])})
    values = {
        "id": "ruling",
        "kind": "objection_ruling",
        "template": "t",
        "case_id": "objection",
        "title": "执行裁定书",
        "fields": fields,
        "content_sha256": "0" * 64,
        "series": "none",
        "made_on": "2026-11-20",
        "issued_at": issued,
    }
    city.context.write(
        city.context,
        "拟稿",
        lambda connection, row: connection.execute(insert(table("document")).values(row)) and None,
        values,
        lambda _none: None,
    )


def opened(qtbot: QtBot, city: RealCity) -> SeparationView:
    view = SeparationView(city.context)
    shown(qtbot, view, 1200, 700)
    return view


def test_the_chain_of_why_is_shown_with_its_days_and_sources(qtbot: QtBot, city: RealCity) -> None:
    name_bench(city, "顾长风", "许南乔", "局长乙")
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: view.conflicts.list.model.rowCount() == 1)
    qtbot.waitUntil(view.conflicts.card.isVisible)
    assert view.conflicts.chain.as_text().splitlines() == [
        "（2026）豫0381执异9号《执行裁定书》列为合议庭成员",
        "    文书 · 2026-11-20起",
        "（2026）豫0381执异9号—所审查的案件—（2026）豫0381执2962号",
        "    案件登记 · 2026-10-12",
        "（2026）豫0381执2962号承办执行实施",
        "    持有记录 · 2026-09-01起",
    ]
    for name, panel, params in (
        ("open_judged", "case_query", {"case_id": "objection"}),
        ("open_carried", "case_query", {"case_id": city.late_case}),
        ("open_document", "documents", {"document_id": "ruling"}),
    ):
        button = view.findChild(QPushButton, name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert city.context.opened[-1] == (panel, params)


def test_the_list_follows_what_it_is_asked_for(qtbot: QtBot, city: RealCity) -> None:
    name_bench(city, "顾长风", "许南乔", "局长乙")
    view = opened(qtbot, city)
    rows = view.conflicts.list.model
    qtbot.waitUntil(lambda: rows.rowCount() == 1)
    view.apply({"case_id": city.calm_case})
    qtbot.waitUntil(lambda: rows.rowCount() == 0)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: rows.rowCount() == 1)
    view.conflicts.strict_box.set_selected(("strict",))
    view.conflicts.strict_box.changed.emit()
    qtbot.waitUntil(lambda: rows.rowCount() == 0)
    with city.context.engine.connect() as connection:
        assert navigator_count(connection, TODAY) == (1, "overdue")


def test_a_bond_is_entered_and_declared_wrong(qtbot: QtBot, city: RealCity) -> None:
    city.sit_down("周清和", "operator")
    name_bench(city, "许南乔", "局长乙", "院长丁")
    view = opened(qtbot, city)
    view.apply({"tab": "kin"})
    page = view.kin
    qtbot.mouseClick(page.enter_button, Qt.MouseButton.LeftButton)
    assert page.form is not None
    form = page.form.form
    for key, typed in (("number", "(2026)豫0381执2962号"), ("other", "（2026）豫0382执18号")):
        field = form.field(key).control
        assert isinstance(field, QLineEdit)
        field.setText(typed)
    form.submit()
    assert "本机没有案号" in form.field("other").error()
    form.set_values({"other": "（2026）豫0382执17号"})
    form.submit()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    view.apply({})
    qtbot.waitUntil(lambda: view.conflicts.list.model.rowCount() == 1)
    qtbot.waitUntil(lambda: view.conflicts.list.current() is not None)
    (found,) = view.conflicts.list.things.values()
    assert (found.person, found.path) == ("许南乔", "所审查的案件 → 关联案件")
    view.apply({"tab": "kin"})
    page.list.choose(next(iter(page.list.things.values())).id)
    qtbot.mouseClick(page.void_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QDialog, "void_kin_reason")
    dialog.findChild(QLineEdit, "text").setText("登记有误")
    accept = dialog.findChild(QPushButton, "accept")
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 0)


def test_who_may_sit_follows_the_case_that_is_looked_at(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"tab": "judges", "case_id": "objection"})
    rows = view.judges.list.model
    qtbot.waitUntil(lambda: (rows.row_values(0) or {}).get("name") == "顾长风")
    values = rows.row_values(0) or {}
    assert str(values["why"]).startswith("（2026）豫0381执2962号（所审查的案件）：承办执行实施")
    view.apply({"tab": "judges", "case_id": city.calm_case})
    qtbot.waitUntil(lambda: (rows.row_values(0) or {}).get("name") == "许南乔")


def attending(qtbot: QtBot, city: RealCity) -> SeparationAttending:
    owner = QObject(city.context)
    made = start(city.context, owner)
    assert isinstance(made, SeparationAttending)
    qtbot.waitUntil(lambda: made.book is not None)
    return made


def test_a_bench_that_is_named_is_warned_of_without_the_view(qtbot: QtBot, city: RealCity) -> None:
    attending(qtbot, city)
    name_bench(city, "许南乔", "顾长风", "局长乙")
    qtbot.waitUntil(lambda: bool(city.context.notices))
    ((level, words),) = city.context.notices
    assert level == "warning"
    assert words == (
        "审执分离冲突：顾长风在（2026）豫0381执异9号《执行裁定书》中列为合议庭成员，"
        "又在（2026）豫0381执2962号中承办执行实施（2026-09-01起），两案关系：所审查的案件。"
    )


def test_what_stood_before_the_start_is_not_told_and_what_comes_later_is(
    qtbot: QtBot, city: RealCity
) -> None:
    name_bench(city, "许南乔", "顾长风", "局长乙")
    made = attending(qtbot, city)
    hold = {
        "id": "late hold",
        "case_id": city.late_case,
        "from_on": "2026-08-28",
        "kind": "handler",
        "holder_id": city.person("许南乔"),
        "holder_name": "许南乔",
    }
    city.context.write(
        city.context,
        "移交",
        lambda connection, row: connection.execute(insert(table("hold")).values(row)) and None,
        hold,
        lambda _none: None,
    )
    qtbot.waitUntil(lambda: made.book is not None and len(made.book.conflicts) == 2)
    ((_level, words),) = city.context.notices
    assert "许南乔" in words


def test_what_came_while_a_look_failed_is_told_by_the_next(qtbot: QtBot, city: RealCity) -> None:
    made = attending(qtbot, city)
    made._reading = True  # a look is under way, and fails
    name_bench(city, "许南乔", "顾长风", "局长乙")
    made._waiting = None
    made._on_error("读取失败")
    made._on_changed(ChangeSet({"case_kin": ALL}))
    qtbot.waitUntil(lambda: len(city.context.notices) == 2)
    assert "顾长风" in city.context.notices[1][1]


def test_a_conflict_does_not_go_in_silence(qtbot: QtBot, city: RealCity) -> None:
    name_bench(city, "许南乔", "顾长风", "局长乙")
    made = attending(qtbot, city)
    case = table("case")
    moved = update(case).where(case.c.id == "objection").values(basis_no="（2025）豫0381民初1号")
    city.context.write(
        city.context,
        "更正",
        lambda connection, change: connection.execute(change) and None,
        moved,
        lambda _none: None,
    )
    qtbot.waitUntil(lambda: made.book is not None and not made.book.conflicts)
    ((level, words),) = city.context.notices
    assert level == "warning"
    assert words.startswith("No longer a conflict, as 案件登记 changed")
    assert "顾长风在（2026）豫0381执异9号" in words
    view = opened(qtbot, city)
    view.apply({"tab": "settled"})
    qtbot.waitUntil(lambda: not view.settled.live.stale)
    assert view.settled.list.model.rowCount() == 0, "nobody decided it"
