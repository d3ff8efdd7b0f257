"""The list of dormant cases: why, proposal and check list of each, and the panel itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.contract.law import Law, load_law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.zombie import queries
from desktop.panels.zombie.queries import CheckArgs
from desktop.panels.zombie.rules import ZombieFilter, checks_met, checks_state
from desktop.panels.zombie.view import ZombieView
from desktop.rules.zombie import SUSPENDED_MODE, Check
from storage.schema import table
from storage.schema.local import node_clock
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, id_of, small_city


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def city() -> City:
    """Case 1: dormant, debtor a person. 2: dormant, debtor an enterprise. 3: suspended, property
    found since. 4: open with an act last week. The rest closed for good."""
    city = small_city(cases=10)
    case = table("case")
    ids = [id_of("e", n) for n in range(5)]
    with city.engine.begin() as connection:
        connection.execute(node_clock.delete())
        connection.execute(
            case.update().values(
                filed_on="2025-06-02", closed_on="2026-03-02", close_mode="执行完毕"
            )
        )
        for number in (1, 2, 4):
            connection.execute(
                case.update()
                .where(case.c.id == ids[number])
                .values(closed_on=None, close_mode=None, has_property=False)
            )
        connection.execute(
            case.update().where(case.c.id == ids[3]).values(close_mode=SUSPENDED_MODE)
        )
        for number, kind in ((1, "natural"), (2, "enterprise")):
            connection.execute(
                insert(table("party")).values(
                    id=id_of("5", number),
                    case_id=ids[number],
                    role="debtor",
                    name=f"示范债务人{number}",
                    kind=kind,
                )
            )
        events = [(1, ids[1], "notice_issued", "2025-06-04")]
        events += [(2, ids[1], "report_order_issued", "2025-06-04")]
        events += [(3, ids[4], "search", (TODAY - timedelta(days=7)).isoformat())]
        for number, case_id, kind, day in events:
            connection.execute(
                insert(table("node_event")).values(
                    id=id_of("7", number), case_id=case_id, kind=kind, on=day
                )
            )
        connection.execute(
            insert(table("control_measure")).values(
                id=id_of("8", 1),
                case_id=ids[3],
                asset_kind="deposit",
                asset="账户尾号 0007",
                institution="示范银行",
                started_on="2026-10-08",
                expires_on="2027-10-07",
                document_no="协执7号",
            )
        )
    return city


def listed(connection: Connection, law: Law, filter_: ZombieFilter) -> dict[str, str]:
    args = SnapshotArgs(Dated(filter_, TODAY), None, False)
    ids = queries.snapshot(law, connection, args)
    rows = queries.rows(law, connection, ids, TODAY)
    assert list(rows) != [] or not ids
    return {str(rows[n]["case_id"]): str(rows[n]["proposal"]) for n in ids}


def test_each_case_gets_its_way_out(city: City, law: Law) -> None:
    with city.engine.connect() as connection:
        assert listed(connection, law, ZombieFilter()) == {
            id_of("e", 1): "终本",
            id_of("e", 2): "转破",
            id_of("e", 3): "恢复",
        }
        assert listed(connection, law, ZombieFilter(proposals=("恢复",))) == {id_of("e", 3): "恢复"}
        assert queries.navigator_count(connection, TODAY) == (3, "due_soon")
        parts = [listed(connection, law, ZombieFilter(courts=(court,))) for court in city.courts]
        assert sum(map(len, parts)) == 3


def test_the_check_list_answers_or_stays_open(city: City, law: Law) -> None:
    with city.engine.connect() as connection:
        found = queries.check_list(connection, CheckArgs(law, id_of("e", 1), TODAY))
        assert found is not None
        answers = {check.code: check.ok for check in found.checklist}
        assert answers["notice"] is True
        assert answers["three_months"] is True
        assert answers["exhausted"] is None
        assert answers["interview"] is False
        assert queries.check_list(connection, CheckArgs(law, id_of("e", 4), TODAY)) is None


@pytest.mark.parametrize(
    "sort",
    [
        *("case_number", "filed_on", "age", "idle", "proposal"),
        *("court", "team", "handler", None),
    ],
)
def test_every_sort_lists_the_same(city: City, law: Law, sort: str | None) -> None:
    with city.engine.connect() as connection:
        args = SnapshotArgs(Dated(ZombieFilter(), TODAY), sort, True)
        assert len(queries.snapshot(law, connection, args)) == 3


def test_short_words() -> None:
    def check(ok: bool | None) -> Check:
        return Check("x", "x", "x", ok)

    assert checks_met([check(True), check(None), check(False)]) == "1/3，待查 1"
    assert checks_met([check(True)]) == "1/1"
    assert checks_state([check(True)]) == "normal"
    assert checks_state([check(True), check(None)]) == "unknown"
    assert checks_state([check(False), check(None)]) == "due_soon"
    filter_ = ZombieFilter(("a",), ("b", "c"), ("终本",))
    assert ZombieFilter.from_params(filter_.to_params()) == filter_


def test_the_panel(qtbot: QtBot, city: City, law: Law, tmp_path: Path) -> None:
    context = FakeContext(city.engine, law, today=TODAY, folder=tmp_path, deferred=True)
    view = ZombieView(context)
    shown(qtbot, view, 1290, 480)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3 and view.model.row_values(0) is not None)
    rows = [view.model.row_values(row) for row in range(3)]
    place = next(n for n, row in enumerate(rows) if row and row["proposal"] == "终本")
    view.table.select_id(view.model.ids[place])
    qtbot.waitUntil(lambda: "自立案之日起已超过三个月" in view.checks.as_text())
    view.apply({"proposals": "转破"})
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    assert view.proposal_box.selected() == ("转破",)
