"""An act that the hub refused is told once, wherever one looks."""

import json
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.command.equipment import acts as do
from desktop.panels.equipment.attending import start
from storage.ids import new_id
from storage.records.changes import ALL, ChangeSet
from tests.panels.equipment.shelf import Shelf, shelf


def refuse(stock: Shelf, act_id: str) -> None:
    """What is left of a loan of this desk that the hub decided against."""
    row = {
        "id": act_id,
        "equipment_id": stock.radio,
        "act": "lend",
        "person_id": stock.city.operator,
        "to_id": stock.city.other_handler,
        "at": stock.by(29).at.isoformat(),
    }
    bundle = {"id": new_id(), "actor": "周", "label": "借出", "made_at": row["at"]}
    with stock.city.context.engine.begin() as connection:
        run = connection.exec_driver_sql
        number = run(
            "insert into _bundle (id, actor, label, made_at, schema_ver, state, verdict, frozen)"
            " values (?, ?, ?, ?, '', 'decided', 'rejected', 1) returning n",
            tuple(bundle.values()),
        ).scalar_one()
        run(
            "insert into _op (bundle_n, k, tbl, row_id, kind, new) values (?, 0, 80, ?, 'I', ?)",
            (number, act_id, json.dumps(row)),
        )


def test_each_refusal_is_told_once(qtbot: QtBot, tmp_path: Path) -> None:
    stock, owner = shelf(tmp_path), QObject()
    context = stock.city.context
    start(context, owner)
    assert context.notices == []
    for n in (1, 2):
        refuse(stock, new_id())
        context.changed.emit(ChangeSet({"equipment_act": ALL}))
        context.changed.emit(ChangeSet({"equipment_act": ALL}))
        assert len(context.notices) == n
    level, words = context.notices[-1]
    assert level == "warning"
    assert words.startswith("您 11-22 03:30 的借出未被共享库采纳：对讲机 01（ZB-03）")
    assert "已由 周清和 于 11-22 02:30 借给 顾长风" in words
    refuse(stock, new_id())
    context.changed.emit(ChangeSet({"case": ALL}))
    assert len(context.notices) == 2, "other tables are no reason to look"


def test_the_page_strikes_what_was_refused_and_lends_on(qtbot: QtBot, tmp_path: Path) -> None:
    stock = shelf(tmp_path)
    refuse(stock, new_id())
    thing = stock.thing(stock.radio)
    assert len(thing.refused) == 1
    assert thing.standing.now_with.holder_id == stock.city.handler
    with stock.city.context.engine.begin() as connection:
        do.give_back(connection, do.Return((stock.radio,), stock.by()))
    assert not stock.thing(stock.radio).standing.lent
