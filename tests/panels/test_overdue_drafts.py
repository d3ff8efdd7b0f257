"""Overdue circulars as panels freeze them: what earlier ones said wrongly is taken back (M66)."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from desktop.documents.figures_draft import NewOverdue, make_overdue
from desktop.documents.figures_issued import named_before
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.overdue_taking import TakeOverdue, node_key, take_overdue
from desktop.panels.documents import refreeze
from desktop.panels.weekly.freezing import FreezingDay, freeze_day
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import NODE, TODAY

if TYPE_CHECKING:
    from desktop.contract.context import PanelContext


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def issued(desk: Office, serial: int) -> str:
    """A circular on what is overdue, as it stands once it is issued; gives its id."""
    document = table("document")
    with desk.engine.begin() as connection:
        wanted = TakeOverdue(TODAY, desk.clock, named_before(connection, TODAY))
        snapshot = take_overdue(connection, desk.city.law, wanted)
        new = NewOverdue(snapshot, desk.people["clerk"], desk.clock)
        made = make_overdue(connection, new)
        connection.execute(
            update(document)
            .where(document.c.id == made)
            .values(
                state="issued",
                year=2026,
                serial=serial,
                made_on=TODAY.isoformat(),
                signed_sha256="0" * 64,
                issued_at=desk.clock.isoformat(timespec="milliseconds"),
            )
        )
    return made


def untrue(desk: Office) -> str:
    """A fact that was entered late takes the late node away; gives the key of its row."""
    desk.city.put("node_event", case_id=desk.city.late_case, kind="query_fed_back", on="2026-09-20")
    desk.city.project()
    return node_key(desk.city.late_case, NODE, "")


def test_the_next_circular_takes_back_what_is_untrue(qtbot: QtBot, desk: Office) -> None:
    del qtbot  # the application, for the owner of the question
    issued(desk, 3)
    key = untrue(desk)
    found: list[OverdueSnapshot] = []
    owner = QObject()
    args = FreezingDay(desk.city.law, TODAY, desk.clock)
    context = cast("PanelContext", desk.city.context)
    freeze_day(context, owner, args, found.append, pytest.fail)
    (snapshot,) = found
    assert key in {one.key for one in snapshot.withdrawn}
    assert {one.number for one in snapshot.withdrawn} == {"洛中法执通〔2026〕3号"}


def test_what_replaces_a_circular_names_its_rows_again(desk: Office) -> None:
    made = issued(desk, 3)
    with desk.engine.connect() as connection:
        args = refreeze.Freeze(desk.city.law, made, desk.people["clerk"], desk.clock)
        new = refreeze.frozen(connection, args)
    assert isinstance(new, NewOverdue)
    assert new.snapshot.rows
    assert {row.named_in for row in new.snapshot.rows} == {""}
    assert new.supersedes == made
