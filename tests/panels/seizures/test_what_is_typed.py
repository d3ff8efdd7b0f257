"""What is typed into the form and would be read wrongly, or not at all."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.contract.court_zone import COURT_ZONE
from desktop.panels.seizures.fields import MomentField
from storage.ids import new_id
from storage.schema import table
from tests.command.seizure_office import FIRST, TEAM
from tests.panels.fake_context import FakeContext
from tests.panels.seizures.test_seizures_view import begun, context, fill, press, typed

__all__ = ["context"]


def device_was(context: FakeContext, ago: timedelta) -> None:
    """The officer's receiver told its last position so long ago."""
    at = context.now() - ago
    unit = new_id()
    place = {"unit_id": unit, "team_id": TEAM, "device": "d", "source": "gpsd"}
    times = dict.fromkeys(("from_at", "to_at", "received_at"), at.isoformat())
    with context.engine.begin() as connection:
        connection.execute(
            insert(table("unit")).values(
                id=unit,
                team_id=TEAM,
                kind="person",
                name="手持 3",
                device="d",
                source="gpsd",
                person_id=FIRST,
            )
        )
        connection.execute(
            insert(table("position_batch")).values(
                id=new_id(), n=1, points="[[0,346200000,1124500000,50,0,0]]", **place, **times
            )
        )


def test_the_position_is_where_the_device_is_when_it_is_asked(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = begun(qtbot, context)
    press(qtbot, view.form, "take_fix")
    assert view.form.filled().form.lat_e7 is None
    note = view.form.findChild(QLabel, "fix_note")
    assert note is not None
    assert not note.isHidden(), "without a fix it is said, where it can be seen"
    device_was(context, timedelta(seconds=20))  # the receiver found it after the form was opened
    press(qtbot, view.form, "take_fix")
    given = view.form.filled().form
    assert (given.lat_e7, given.lon_e7, given.accuracy_dm) == (346_200_000, 1_124_500_000, 50)
    assert "20 秒前" in note.text()
    view.form.place.lat.setText("91")
    view.form.place.lat.textEdited.emit("91")
    assert "经纬度超出范围" in view.form.blocks.words()


@pytest.mark.parametrize("ago", [timedelta(minutes=10), timedelta(days=1), -timedelta(minutes=5)])
def test_an_old_position_is_told_and_not_entered(
    qtbot: QtBot, context: FakeContext, ago: timedelta
) -> None:
    device_was(context, ago)
    view = begun(qtbot, context)
    press(qtbot, view.form, "take_fix")
    given = view.form.filled().form
    assert (given.lat_e7, given.lon_e7, given.accuracy_dm) == (None, None, None)
    note = view.form.findChild(QLabel, "fix_note")
    assert note is not None
    assert any(words in note.text() for words in ("10 分钟前", "1 天前", "5 分钟后"))


@pytest.mark.parametrize(
    ("name", "words", "part"),
    [
        ("thing_1_value_fen", "68,00O", "item:1:value_fen"),
        ("thing_1_value_fen", "-5", "item:1:value_fen"),
        ("seizure_lat", "34.6x", "position"),
        ("seizure_lon", "1e300", "position"),
        ("seizure_ended", "8点25", "ended"),
    ],
)
def test_what_is_no_amount_degree_or_time_is_not_left_out_in_silence(
    qtbot: QtBot, context: FakeContext, name: str, words: str, part: str
) -> None:
    """The reason why there is no position stands; the half-typed degree is asked about."""
    view = begun(qtbot, context)
    fill(qtbot, view)
    assert [one.part for one in view.form.blocks.blocks] == ["photos"]
    typed(view.form, name, words)
    field = view.form.findChild(QLineEdit, name)
    assert field is not None
    field.textEdited.emit(words)
    assert [one.part for one in view.form.blocks.blocks] == [part, "photos"]
    press(qtbot, view.form, "save_seizure")
    typed(view.form, name, "")
    field.textEdited.emit("")
    assert words not in view.form.blocks.words()


def test_a_thing_is_called_by_its_place_on_the_list(qtbot: QtBot, context: FakeContext) -> None:
    view = begun(qtbot, context)
    for name in ("add_thing", "add_thing", "thing_1_remove"):
        press(qtbot, view.form, name)
    (card,) = view.form.things.cards
    assert (card.n, card.place) == (2, 1)
    assert "第 1 项：请写明名称。" in view.form.blocks.words()
    assert "第 2 项" not in view.form.blocks.words()


def test_a_time_of_today_is_still_of_that_day_tomorrow(qtbot: QtBot) -> None:
    now = datetime(2026, 11, 30, 22, 0, tzinfo=COURT_ZONE)
    field = MomentField("begun", lambda: now)
    qtbot.addWidget(field)
    field.text.setText("21:50")
    kept = field.value()
    now += timedelta(hours=14)
    field.set_value(kept)
    assert field.moment() == datetime(2026, 11, 30, 21, 50, tzinfo=COURT_ZONE)
