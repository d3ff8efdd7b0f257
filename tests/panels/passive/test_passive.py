"""The passive-enforcement list: rule, evidence and days of each case, and the panel itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.contract.law import Law, load_law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.passive import queries
from desktop.panels.passive.rules import PassiveFilter
from desktop.panels.passive.view import PassiveView
from desktop.rules.passive import load_passive_rules
from storage.schema import table
from storage.schema.local import node_clock
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, id_of, small_city

TODAY_TEXT = TODAY.isoformat()


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def _event(number: int, case_id: str, kind: str, days_ago: int) -> dict[str, str]:
    day = TODAY - timedelta(days=days_ago)
    return {"id": id_of("7", number), "case_id": case_id, "kind": kind, "on": day.isoformat()}


@pytest.fixture
def city() -> City:
    """Three open cases: one fresh, one with an old clue, one nobody touched; the rest closed."""
    city = small_city(cases=12)
    case, clue = table("case"), table("property_clue")
    with city.engine.begin() as connection:
        connection.execute(node_clock.delete())
        connection.execute(case.update().values(filed_on="2026-01-05", closed_on=TODAY_TEXT))
        open_ids = [id_of("e", n) for n in (1, 2, 3)]
        connection.execute(
            case.update()
            .where(case.c.id.in_(open_ids))
            .values(closed_on=None, close_mode=None, has_property=False)
        )
        events = [_event(n, case_id, "search", 3) for n, case_id in enumerate(open_ids[:2], 1)]
        connection.execute(insert(table("node_event")), events)
        connection.execute(
            insert(clue).values(
                id=id_of("6", 1),
                case_id=open_ids[1],
                received_on=(TODAY - timedelta(days=20)).isoformat(),
                body="示范路一号有车位",
            )
        )
    return city


def listed(connection: Connection, law: Law, filter_: PassiveFilter) -> list[dict[str, object]]:
    args = SnapshotArgs(Dated(filter_, TODAY), None, False)
    ids = queries.snapshot(law, connection, args)
    rows = queries.rows(law, connection, ids, TODAY)
    assert len(rows) == len(ids)
    return [dict(rows[n]) for n in ids]


def test_every_row_names_rule_evidence_and_days(city: City, law: Law) -> None:
    idle = (TODAY - TODAY.replace(month=1, day=5)).days
    with city.engine.connect() as connection:
        first, second = listed(connection, law, PassiveFilter())
        assert queries.navigator_count(connection, TODAY) == (2, "overdue")
    assert first["case_id"] == id_of("e", 3)
    assert first["rule"] == "长期无执行行为"
    assert first["evidence"] == f"立案后无执行行为，立案于 2026-01-05，已 {idle} 日"
    assert first["days"] == idle
    assert str(first["basis"]).startswith("长期无执行行为：执行规定第74条")
    assert second["case_id"] == id_of("e", 2)
    assert second["rule"] == "财产线索未核实"
    assert second["days"] == 20
    assert "示范路一号有车位" in str(second["evidence"])


def test_rules_and_places_narrow(city: City, law: Law) -> None:
    codes = {rule.check: rule.code for rule in load_passive_rules()}
    with city.engine.connect() as connection:
        (row,) = listed(connection, law, PassiveFilter(rules=(codes["clue_unverified"],)))
        assert row["case_id"] == id_of("e", 2)
        parts = [listed(connection, law, PassiveFilter(courts=(court,))) for court in city.courts]
        assert sum(map(len, parts)) == 2
    filter_ = PassiveFilter(courts=("a", "b"), rules=("P03",))
    assert PassiveFilter.from_params(filter_.to_params()) == filter_


@pytest.mark.parametrize(
    "sort", ["case_number", "rule", "hits", "days", "court", "team", "handler", None]
)
def test_every_sort_lists_the_same(city: City, law: Law, sort: str | None) -> None:
    with city.engine.connect() as connection:
        for descending in (False, True):
            args = SnapshotArgs(Dated(PassiveFilter(), TODAY), sort, descending)
            assert len(queries.snapshot(law, connection, args)) == 2


def act(connection: Connection, case_id: str) -> None:
    connection.execute(insert(table("node_event")).values(**_event(99, case_id, "search", 0)))


def test_supervise_any_row_and_watch_it_leave(
    qtbot: QtBot, city: City, law: Law, tmp_path: Path
) -> None:
    context = FakeContext(city.engine, law, today=TODAY, folder=tmp_path, deferred=True)
    view = PassiveView(context)
    shown(qtbot, view, 1290, 480)
    qtbot.waitUntil(lambda: view.model.rowCount() == 2 and view.model.row_values(0) is not None)
    for row in range(2):
        view.table.select_id(view.model.ids[row])
        values = view.current_row()
        assert values is not None
        view.supervise()
        panel, params = context.opened[-1]
        assert panel == "supervision"
        assert params["new"] == "1"
        assert params["case_id"] == values["case_id"]
        view.give_order()
        assert context.opened[-1] == (
            "remote_command",
            {"new": "1", "case_id": values["case_id"]},
        )
    context.write(view, "搜查", act, id_of("e", 3), lambda _done: None)
    qtbot.waitUntil(lambda: view.model.rowCount() == 1, timeout=1_000)
    view.rule_box.set_selected(("P05",))
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)
