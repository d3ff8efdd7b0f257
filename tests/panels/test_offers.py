"""What a panel offers follows what the exchange brings, and keeps what was chosen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desktop.contract.offers import Offers
from desktop.panels.overdue.view import OverdueHeatView
from desktop.shell.header import Header
from storage.records.changes import ChangeSet
from storage.schema import table
from tests.fake_sync import ALONE
from tests.panels.clicks import shown
from tests.panels.real_city import RealCity, new, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def _count(connection: Any, of: str) -> int:
    return int(connection.execute(text(f"select count(*) from {of}")).scalar_one())


def _add(city: RealCity, into: str, **values: Any) -> str:
    row_id = new(into)
    with city.context.engine.begin() as connection:
        connection.execute(table(into).insert().values(id=row_id, **values))
    return row_id


@pytest.mark.usefixtures("qapp")
def test_offers_are_read_again_when_they_may_differ(city: RealCity) -> None:
    heard: list[int] = []
    owner = QObject()
    Offers(owner, city.context, _count, "team", heard.append, tables=("team",))
    (before,) = heard
    city.context.changed.emit(ChangeSet({"case": frozenset({"x"})}))
    city.context.changed.emit(ChangeSet({"team": frozenset({"x"})}, "sync"))
    assert heard == [before]  # nothing differs, so nobody is disturbed
    _add(city, "team", court_id=city.court, name="新队", kind="implementation", number=77)
    city.context.changed.emit(ChangeSet({"team": frozenset({"x"})}, "sync"))
    assert heard == [before, before + 1]


def test_a_court_that_comes_is_offered_and_the_choice_stays(qtbot: QtBot, city: RealCity) -> None:
    view = OverdueHeatView(city.context)
    shown(qtbot, view)
    offered = len(view.court_box.options())
    other = next(one.key for one in view.court_box.options() if one.key != city.court)
    view.court_box.set_selected((other,))
    court = _add(city, "court", code="豫8Z", name="新院", short_name="新", confirmed=True)
    _add(city, "team", court_id=court, name="新队", kind="implementation", number=78)
    city.context.changed.emit(ChangeSet({"court": frozenset({court})}, "sync"))
    assert len(view.court_box.options()) == offered + 1
    assert view.court_box.selected() == (other,)


def test_the_header_says_how_the_exchange_stands(qtbot: QtBot) -> None:
    header = Header(lambda _text, _show: None, QMenu())
    qtbot.addWidget(header)
    words = header.findChild(QLabel, "sync_state")
    assert isinstance(words, QLabel)
    seen = []
    for phase in ("off", "connecting", "current", "offline", "refused", "guarded"):
        header.set_sync(replace(ALONE, phase=phase, sentence=f"{phase}!"))
        seen.append(words.text())
        assert words.toolTip() == f"{phase}!"
    assert len(set(seen)) == 6
