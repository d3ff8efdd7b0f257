"""Who looked at what: by itself, once, with a purpose where the case is sealed, and for good."""

from typing import Any

from pytestqt.qtbot import QtBot
from sqlalchemy import insert, text

from desktop.background import read_log
from desktop.contract.context import Selection
from desktop.contract.reading import Asked
from storage.schema import table
from tests.background.conftest import Rig
from tests.storage.rows import case, court

_COURT = "01890000-0000-7000-8000-0000000000c0"
_CASES = [f"01890000-0000-7000-8000-0000000000a{n}" for n in range(3)]


def _fill(rig: Rig, *, sealed: int | None = None) -> None:
    with rig.session.write("立案") as write:
        write.connection.execute(insert(table("court")).values(**court(id=_COURT)))
        for n, case_id in enumerate(_CASES):
            row = case(_COURT, id=case_id, number=f"（2026）豫03执{n + 1}号", serial=n + 1)
            write.connection.execute(insert(table("case")).values(**row, sealed=int(n == sealed)))
    with rig.session.read() as connection:
        rig.context.reading.set_sealed(read_log.sealed_cases(connection))


def _looks(rig: Rig) -> list[tuple[Any, ...]]:
    with rig.session.read() as connection:
        query = text("select case_id, act, object, purpose from read_log order by at, rowid")
        return [tuple(row) for row in connection.execute(query)]


def test_an_opened_case_is_noted_once_and_travels(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    heard: list[tuple[str, object]] = []
    rig.context.open_requested.connect(lambda panel, params: heard.append((panel, params)))
    rig.context.open("case_query", {"case_id": _CASES[0]})
    rig.context.open("derivation", {"case_id": _CASES[0]})
    rig.context.open("overdue", {"text": "张"})
    assert [panel for panel, _params in heard] == ["case_query", "derivation", "overdue"]
    qtbot.waitUntil(lambda: _looks(rig) == [(_CASES[0], "open", "案件", None)])
    with rig.session.read() as connection:
        label = connection.execute(text("select label from _bundle order by n desc")).scalar()
    assert label == read_log.LABEL, "it is on its way to the hub like any other fact"


def test_what_is_passed_over_in_a_list_is_no_look(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    for case_id in _CASES:
        rig.context.select(Selection(case_id))
    assert _looks(rig) == []
    qtbot.waitUntil(lambda: len(_looks(rig)) == 1, timeout=5_000)
    assert _looks(rig)[0][0] == _CASES[-1], "the one that stayed on show"


def test_what_is_on_show_at_the_end_counts(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    rig.context.select(Selection(_CASES[0]))
    rig.context.close()
    qtbot.waitUntil(lambda: len(_looks(rig)) == 1)


def test_a_sealed_case_waits_for_its_purpose(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig, sealed=1)
    asked: list[Asked] = []
    opened: list[str] = []
    rig.context.reading.purpose_asked.connect(asked.append)
    rig.context.open_requested.connect(lambda panel, _params: opened.append(panel))
    rig.context.open("case_query", {"case_id": _CASES[1]})
    rig.context.select(Selection(_CASES[1]))
    assert [one.number for one in asked] == ["（2026）豫03执2号"] * 2
    assert (opened, rig.context.selection()) == ([], None)
    rig.context.open("case_query", {"case_id": _CASES[1]})
    rig.context.reading.state_purpose(_CASES[1], "  ")
    assert opened == [], "no purpose, no look"
    rig.context.open("case_query", {"case_id": _CASES[1]})
    rig.context.reading.state_purpose(_CASES[1], "核对续封期限")
    assert opened == ["case_query"]
    rig.context.copied("print", "督办单", _CASES[1])
    rig.context.copied("export", "流程节点清单（3 行）")
    wanted = [
        (_CASES[1], "open", "案件", "核对续封期限"),
        (_CASES[1], "print", "督办单", "核对续封期限"),
        (None, "export", "流程节点清单（3 行）", None),
    ]
    qtbot.waitUntil(lambda: _looks(rig) == wanted)


def test_a_case_sealed_meanwhile_is_known_at_once(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    asked: list[Asked] = []
    rig.context.reading.purpose_asked.connect(asked.append)
    seal = text('update "case" set sealed = 1 where id = :id')
    rig.context.write(
        rig.owner,
        "封存案件",
        lambda c, id_: c.execute(seal, {"id": id_}),
        _CASES[2],
        lambda _: None,
    )

    def closed() -> bool:
        rig.context.reading.open(_CASES[2], lambda: None)
        return bool(asked)

    qtbot.waitUntil(closed)


def test_an_entry_can_neither_be_changed_nor_taken_back(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    rig.context.open("case_query", {"case_id": _CASES[0]})
    qtbot.waitUntil(lambda: len(_looks(rig)) == 1)
    refusals: list[str] = []
    for statement in ("update read_log set purpose = '别的'", "delete from read_log"):
        rig.context.write(
            rig.owner,
            "改动",
            lambda c, sql: c.execute(text(sql)),
            statement,
            lambda _done: refusals.append(""),
            refusals.append,
        )
    qtbot.waitUntil(lambda: len(refusals) == 2)
    assert all(refusals), refusals
    assert len(_looks(rig)) == 1


def test_a_case_that_left_meanwhile_is_noted_all_the_same(rig: Rig, qtbot: QtBot) -> None:
    _fill(rig)
    rig.context.reading.open("01890000-0000-7000-8000-0000000000ff", lambda: None)
    qtbot.waitUntil(lambda: _looks(rig) == [(None, "open", "案件", None)])
