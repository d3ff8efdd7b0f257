"""Three real desks and one hub: what one writes is on the others' screens within five seconds."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.contract.court_zone import court_today
from storage.ids import new_id
from tests.desks.desks import DeskProcess
from tests.hub.conftest import PASSWORD, Town, town
from tests.stores import new_store

__all__ = ["town"]
SHOWN_S_MAX = 5.0


@pytest.fixture
def desks(town: Town, tmp_path: Path) -> Iterator[list[DeskProcess]]:
    made = []
    for number, who in enumerate(("centre", "first", "first")):
        store = tmp_path / f"desk-{number}"
        new_store(store).close()
        made.append(DeskProcess(store, town.server.dsn(who, PASSWORD)))
    yield made
    for desk in made:
        assert desk.close() == 0


def test_an_edit_shows_on_the_others_within_five_seconds(
    town: Town, desks: list[DeskProcess]
) -> None:
    measure = new_id()
    soon = court_today() + timedelta(days=10)
    row = {
        "id": measure,
        "case_id": town.cases[1],
        "asset_kind": "movable",
        "asset": "车辆甲",
        "institution": "车管所",
        "amount_fen": 100,
        "document_no": "协执1号",
        "rank": 0,
        "started_on": "2026-01-05",
        "expires_on": soon.isoformat(),
    }
    assert town.centre.verdict((17, measure, "I", row, None)) == "applied"
    for desk in desks:
        desk.hear("ready")
        desk.tell("open", "opened", panel="control", params={"scope": "all"})
        desk.order("await_cell", panel="control", key="expires_on", value=soon.isoformat())
    for desk in desks:
        assert desk.hear("cell")["shown"]
    for turn, writer in enumerate(desks):
        later = (soon + timedelta(days=turn + 1)).isoformat()
        others = [desk for desk in desks if desk is not writer]
        for desk in others:
            desk.order("await_cell", panel="control", key="expires_on", value=later)
        edit = "update control_measure set expires_on = ? where id = ?"
        written = writer.tell("edit", "written", label="续行", sql=edit, values=[later, measure])
        for desk in others:
            seen = desk.hear("cell")
            assert seen["shown"]
            assert seen["at"] - written["at"] < SHOWN_S_MAX, turn
    for desk in desks:
        assert desk.tell("await_sent", "sent")["all"]
