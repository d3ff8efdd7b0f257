"""What a plan takes along: chosen from the register, kept by its id, warned of."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.command.equipment import acts as things
from desktop.command.equipment.register import item
from desktop.command.operations import acts
from desktop.command.operations.acts import Draft
from desktop.command.operations.means import gear, vehicles
from desktop.command.operations.reading import operation
from desktop.panels.operations.plan_form import PlanForm
from desktop.panels.operations.view import OperationsView
from desktop.rules.operation_plan import Gear, Plan, Vehicle
from storage.ids import new_id
from storage.schema import table
from tests.command.operation_town import Town, at, heading, whole_plan
from tests.panels.operations.test_operations_view import opened, press
from tests.panels.operations.town import Office, office


def equip(connection: Connection, town: Town) -> dict[str, str]:
    """Two vehicles, one of them out of use, and three cameras: good, broken, lent."""
    by = things.By(town.people["值班员"], at(-60))
    made = {}
    for plate, retired in (("豫C7186警", None), ("豫C7286警", "2026-11-01")):
        made[plate] = new_id()
        values = {"team_id": town.teams[0], "kind": "vehicle", "source": "traccar"}
        values |= {"name": f"{plate[3]}号车", "device": plate, "plate": plate}
        connection.execute(
            insert(table("unit")).values(id=made[plate], retired_on=retired, **values)
        )
    for n, name in enumerate(("好", "坏", "借"), 1):
        new = things.NewThing(
            *(town.teams[0], f"ZB-{n}", f"记录仪{n}", "body_camera"), bought_on=date(2026, 10, 1)
        )
        made[name] = things.register(connection, things.Register(new, by))
    things.report_fault(connection, things.Fault(made["坏"], "镜头进水", by))
    lent = things.Loan((made["借"],), town.people["局长"], at(300), by)
    things.lend(connection, lent)
    return made


@pytest.fixture
def hall(tmp_path: Path) -> Office:
    return office(tmp_path)


def stored(hall: Office, key: str) -> Plan:
    with hall.desk.engine.connect() as connection:
        found = operation(connection, key)
    assert found is not None
    assert found.plan is not None
    return found.plan


def editing(qtbot: QtBot, hall: Office, plan: Plan) -> tuple[str, OperationsView, PlanForm]:
    key = hall.do(acts.save, Draft(None, heading(hall.town), plan, hall.town.by("苏文清", 0)))
    hall.sit_down("苏文清")
    view = opened(qtbot, hall)
    view.open_operation(key)
    press(qtbot, view.page, "act_edit")
    assert view.form is not None
    return key, view, view.form


def choose(qtbot: QtBot, form: PlanForm, name: str, row: int, words: str) -> None:
    """As by hand: the cell is entered, and one of its list is taken."""
    editor = form.tables[name]
    at_ = editor.model.index(row, 0)
    editor.table.setCurrentIndex(at_)
    if editor.table.indexWidget(at_) is None:
        editor.table.edit(at_)
    box = editor.table.indexWidget(at_)
    assert isinstance(box, QComboBox)
    n = next(n for n in range(box.count()) if words in box.itemText(n))
    box.setCurrentIndex(n)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def known(form: PlanForm, name: str) -> list[str]:
    model = form.tables[name].model
    last = len(model.columns) - 1
    return [str(model.index(n, last).data()) for n in range(len(form.tables[name].values()))]


def test_the_register_offers_what_is_in_use(hall: Office) -> None:
    made = hall.do(equip, hall.town)
    with hall.desk.engine.connect() as connection:
        assert [one.id for one in vehicles(connection)] == [made["豫C7186警"]]
        (old,) = vehicles(connection, [made["豫C7286警"]])
        found = {one.id: one for one in gear(connection)}
    assert old.gone
    assert found[made["坏"]].faults == ("镜头进水",)
    assert found[made["借"]].holder == "局长"
    assert found[made["借"]].due_at == at(300)
    assert found[made["好"]].words == "记录仪1（ZB-1）"


def test_ids_outlive_editing_and_go_with_their_words(qtbot: QtBot, hall: Office) -> None:
    made: dict[str, Any] = hall.do(equip, hall.town)
    elsewhere = new_id()
    plan = whole_plan(hall.town)
    plan = replace(
        plan,
        groups=(replace(plan.groups[0], unit_id=made["豫C7286警"]), plan.groups[1]),
        vehicles=(
            Vehicle("豫C7286警", "白若溪", 7, made["豫C7286警"]),
            Vehicle("豫C0000警", "陶一鸣", 5, elsewhere),
        ),
        gear=(Gear("旧名", 1, "陶一鸣", made["好"]), Gear("封条", 40, "陶一鸣")),
    )
    key, view, form = editing(qtbot, hall, plan)
    form.form.field("aim").set_value("别的目标")
    press(qtbot, form, "save_plan")
    same = stored(hall, key)
    assert (same.groups, same.vehicles, same.gear) == (plan.groups, plan.vehicles, plan.gear)
    assert same.aim == "别的目标"
    press(qtbot, view.page, "act_edit")
    assert view.form is not None
    form = view.form  # the view made it anew
    model = form.tables["vehicles"].model
    model.setData(model.index(1, 0), "豫C0001警")
    model = form.tables["gear"].model
    model.setData(model.index(0, 0), "记录仪2（ZB-2）")
    press(qtbot, form, "save_plan")
    after = stored(hall, key)
    assert [one.unit_id for one in after.vehicles] == [made["豫C7286警"], ""]
    assert [one.equipment_id for one in after.gear] == [made["坏"], ""]


def test_a_chosen_thing_that_is_broken_or_lent_is_told_and_taken(
    qtbot: QtBot, hall: Office
) -> None:
    made = hall.do(equip, hall.town)
    key, view, form = editing(qtbot, hall, replace(whole_plan(hall.town), gear=()))
    choose(qtbot, form, "vehicles", 1, "7186")
    model = form.tables["vehicles"].model
    for column, words in ((1, "陶一鸣"), (2, "5")):
        model.setData(model.index(1, column), words)
    for row, words in enumerate(("记录仪1", "记录仪2", "记录仪3")):
        choose(qtbot, form, "gear", row, words)
    assert known(form, "vehicles") == ["", "已登记　1号车"]
    good, broken, lent = known(form, "gear")
    assert good == "已登记"
    assert "镜头进水" in broken
    assert "局长" in lent
    assert "镜头进水" in form.tables["gear"].note.text()
    # Whoever has it comes along: nothing is to be said any more.
    people = form.tables["people"]
    people.model.setData(people.model.index(len(people.values()), 0), "局长")
    assert known(form, "gear")[2] == "已登记"
    people.model.remove(len(people.values()) - 1)
    press(qtbot, form, "submit_plan")
    plan = stored(hall, key)
    assert [one.equipment_id for one in plan.gear] == [made["好"], made["坏"], made["借"]]
    assert [one.count for one in plan.gear] == [1, 1, 1]
    assert plan.vehicles[1].unit_id == made["豫C7186警"]
    # Whoever approves it sees the same, and it changes with the register.
    said = [label.text() for label in view.page.plan.findChildren(QLabel, "known_1")]
    assert sorted(said) == ["已登记　1号车", "故障待修（镜头进水）"]
    hall.do(_mend, hall.town, made["坏"])
    said = [label.text() for label in view.page.plan.findChildren(QLabel, "known_1")]
    assert sorted(said) == ["已登记", "已登记　1号车"]


def _mend(connection: Connection, town: Town, key: str) -> None:
    found = item(connection, key)
    assert found is not None
    by = things.By(town.people["值班员"], at(0))
    things.repair(connection, things.Repair(key, found.standing.open_tickets[0].id, "更换", by))
