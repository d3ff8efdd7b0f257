"""Team staffing: posts named, history by date, and the panel with real widgets."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.teams import queries
from desktop.panels.teams.queries import DetailArgs
from desktop.panels.teams.rules import StaffingFilter
from desktop.panels.teams.view import TeamsView
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, id_of, small_city

LEFT = TODAY - timedelta(days=30)


def leave(connection: Connection, city: City, team: str) -> None:
    """The quota judge of `team` left thirty days ago."""
    membership = table("membership")
    connection.execute(
        membership.update()
        .where(membership.c.person_id == city.people[team][1])
        .values(to_on=LEFT.isoformat())
    )


@pytest.fixture
def city() -> City:
    city = small_city(cases=10)
    with city.engine.begin() as connection:
        leave(connection, city, city.teams[city.courts[0]][1])
    return city


def listed(connection: Connection, filter_: StaffingFilter) -> list[dict[str, object]]:
    args = SnapshotArgs(Dated(filter_, TODAY), None, False)
    ids = queries.snapshot(connection, args)
    rows = queries.rows(connection, ids, filter_.day or TODAY)
    return [dict(rows[n]) for n in ids]


def test_the_missing_post_is_named(city: City) -> None:
    with city.engine.connect() as connection:
        rows = listed(connection, StaffingFilter(missing=True, kinds=("implementation",)))
        assert [row["name"] for row in rows] == ["第二执行团队"]
        assert "缺员额法官1名" in str(rows[0]["missing"])
        assert rows[0]["state"] == ("overdue", "缺编")
        assert rows[0]["judges"] is None


def test_the_adjudication_team_needs_three_three_four(city: City) -> None:
    with city.engine.connect() as connection:
        (row,) = listed(connection, StaffingFilter(kinds=("adjudication",)))
        text = str(row["missing"])
        for post in ("缺员额法官2名", "缺法官助理1名", "缺书记员3名"):
            assert post in text
        assert queries.navigator_count(connection, TODAY) == (2, "due_soon")


def test_any_day_can_be_shown(city: City) -> None:
    with city.engine.connect() as connection:
        rows = listed(connection, StaffingFilter(missing=True, kinds=("implementation",), day=LEFT))
        assert rows == []
        detail = queries.detail(connection, DetailArgs(city.teams[city.courts[0]][1], TODAY))
        assert detail is not None
        assert len(detail.members) == 4
        (first, until, fine), (since, still, faults) = detail.periods
        assert (first, until, fine) == (date(2025, 1, 1), LEFT, ())
        assert (since, still) == (LEFT + timedelta(days=1), None)
        assert "员额法官" in faults[0]
        assert queries.detail(connection, DetailArgs(id_of("0", 0), TODAY)) is None


def test_police_booked_twice_are_named(city: City) -> None:
    with city.engine.begin() as connection:
        connection.execute(
            insert(table("person")).values(
                id=id_of("9", 1), court_id=city.courts[0], name="石守拙", post="police"
            )
        )
        for number, team in enumerate(city.teams[city.courts[0]][:2]):
            connection.execute(
                insert(table("membership")).values(
                    id=id_of("9", 100 + number),
                    person_id=id_of("9", 1),
                    team_id=team,
                    role="police",
                    from_on="2026-01-01",
                )
            )
        sentences = queries.police_sentences(connection, TODAY)
    assert any("石守拙" in text and "一人一日只能在一个团队" in text for text in sentences)
    assert any("司法警察应6名，现1名" in text for text in sentences)


@pytest.mark.parametrize("sort", ["court", "name", "kind", "state", None])
def test_every_sort_lists_the_same(city: City, sort: str | None) -> None:
    with city.engine.connect() as connection:
        for descending in (False, True):
            args = SnapshotArgs(Dated(StaffingFilter(), TODAY), sort, descending)
            assert len(queries.snapshot(connection, args)) == 8


def test_the_panel(qtbot: QtBot, city: City, tmp_path: Path) -> None:
    context = FakeContext(
        city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True
    )
    view = TeamsView(context)
    shown(qtbot, view, 1290, 640)
    qtbot.waitUntil(lambda: view.model.rowCount() == 8)
    view.missing_box.setChecked(True)
    qtbot.waitUntil(lambda: view.model.rowCount() == 2 and view.model.row_values(0) is not None)
    row = next(
        n
        for n in range(2)
        if (values := view.model.row_values(n)) and values["name"] == "第二执行团队"
    )
    view.table.select_id(view.model.ids[row])
    qtbot.waitUntil(lambda: view.member_model.rowCount() == 4)
    assert "员额法官" in view.history.as_text()
    view.give_order()
    values = view.current_row()
    assert values is not None
    order = {"new": "1", "team_id": str(values["team_id"])}
    assert context.opened == [("remote_command", order)]
    view.day_field.set_value(LEFT)
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    view.apply({"courts": city.courts[1]})
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)
    assert not view.missing_box.isChecked()
