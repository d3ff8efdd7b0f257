"""C27: an alarm ends by a note alone. A desk that ran on, one that was started anew long after and
a second one show the same that waits."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from desktop.command.positions.alarms import AlarmNow, Writing, key_text, write_down
from desktop.command.positions.changing import Doer, geojson_of
from desktop.command.positions.live import GROWN, LEAD, WINDOW, Ask, LivePicture
from desktop.command.positions.points import stamp
from desktop.rules.fences import Fence
from desktop.rules.track_law import load_field_law
from desktop.rules.tracks import Point
from storage.schema import table
from tests.command.positions.field_rows import Field, batch_row, field_rows, put
from tests.panels.fake_context import memory_engine
from tests.rules.track_days import BLOCK, DAY, YARD, point

LAW = load_field_law()
NOON = DAY + timedelta(hours=4)
NEXT_DAY = NOON + timedelta(days=1)
Facts = list[tuple[str, str, bool, bool]]


@pytest.fixture
def desk() -> Any:
    with memory_engine().connect() as opened:
        yield opened


def fenced(connection: Connection, field: Field, fence: Fence, since: datetime = DAY) -> None:
    about: dict[str, Any] = {"alarms": sorted(fence.alarms), "devices": []}
    if fence.radius_m:
        about["radius_m"] = fence.radius_m
    put(
        connection,
        "fence",
        id=fence.id,
        name=fence.name,
        kind="fence",
        shape=geojson_of(fence.corners),
        watched=json.dumps(about),
        from_at=stamp(since - timedelta(hours=1)),
        team_id=field.teams[0],
        maker_id=field.officer,
        scope=1,
    )


def stand(
    connection: Connection,
    field: Field,
    seconds: range,
    north: float,
    late_s: float = 2,
    **more: Any,
) -> None:
    points = [point(s, north, 0, "car", late_s=late_s, **more) for s in seconds]
    connection.execute(insert(table("position_batch")), [batch_row(field, "car", points)])


def left(connection: Connection, field: Field) -> None:
    """The car was in the yard, and left it."""
    fenced(connection, field, YARD)
    stand(connection, field, range(0, 120, 10), 0)
    stand(connection, field, range(200, 320, 40), 400)


def refuted(connection: Connection, field: Field) -> None:
    """What its tracker had stored says that it stayed."""
    stand(connection, field, range(205, 330, 5), 0, 900)


def come_back(connection: Connection, field: Field) -> None:
    """The better receiver of the car says that it had left all the same."""
    stand(connection, field, range(200, 330, 5), 400, 1800, source="gpsd")


def shown(live: LivePicture, connection: Connection, now: datetime) -> tuple[AlarmNow, ...]:
    return live.take(connection, Ask(now)).alarms


def waiting(alarms: tuple[AlarmNow, ...]) -> Facts:
    """What people see of those that wait."""
    return [(a.key, a.record.sentence(), a.corrected, a.open) for a in alarms if a.open]


def watched(live: LivePicture, connection: Connection, field: Field, now: datetime) -> int:
    """A desk that commands looks: it writes down what is new."""
    writing = Writing(Doer(field.officer, now), shown(live, connection, now))
    return write_down(connection, writing)


def fresh(connection: Connection, now: datetime) -> Facts:
    return waiting(shown(LivePicture(LAW), connection, now))


def note(connection: Connection, field: Field, key: str, at: datetime) -> None:
    told = {"alarm": key, "team_id": field.teams[0], "person_id": field.officer, "scope": 1}
    put(connection, "alarm_note", at=stamp(at), **told)


def second_desk(connection: Connection) -> Connection:
    """A desk of the same team that was given all rows but those of positions."""
    other = memory_engine().connect()
    for name in ("court", "team", "person", "unit", "fence", "alarm_note"):
        for row in connection.execute(select(table(name))).mappings():
            other.execute(insert(table(name)).values(dict(row)))
    return other


@pytest.mark.parametrize("late", [(), (refuted,), (refuted, come_back)], ids=lambda n: str(len(n)))
def test_every_desk_shows_what_waits_however_old(desk: Connection, late: Any) -> None:
    field = field_rows(desk)
    running = LivePicture(LAW)
    left(desk, field)
    assert watched(running, desk, field, NOON) == 1
    for happens in late:
        happens(desk, field)
        assert watched(running, desk, field, NOON) == 1, "each turn once"
    assert watched(running, desk, field, NOON) == 0
    wanted = waiting(shown(running, desk, NOON))
    assert [(corrected, open_) for _k, _s, corrected, open_ in wanted] == [(len(late) == 1, True)]
    for now in (NOON, NEXT_DAY, NEXT_DAY + timedelta(days=90)):
        assert waiting(shown(running, desk, now)) == wanted
        assert fresh(desk, now) == wanted
        with second_desk(desk) as other:
            assert fresh(other, now) == wanted
    note(desk, field, wanted[0][0], NOON)
    for live in (running, LivePicture(LAW)):
        assert waiting(shown(live, desk, NEXT_DAY)) == []
    with second_desk(desk) as other:
        assert fresh(other, NEXT_DAY) == []


def test_what_was_received_first_and_came_here_last_corrects(desk: Connection) -> None:
    field = field_rows(desk)
    running = LivePicture(LAW)
    fenced(desk, field, YARD)
    stand(desk, field, range(0, 120, 10), 0)
    stand(desk, field, range(200, 320, 40), 400, 3000)
    assert watched(running, desk, field, NOON) == 1
    refuted(desk, field)  # received 35 minutes before what it refutes
    assert watched(running, desk, field, NOON) == 1
    wanted = waiting(shown(running, desk, NOON))
    assert [one[2] for one in wanted] == [True]
    for now in (NOON, NEXT_DAY):
        assert fresh(desk, now) == wanted


def test_a_note_before_it_came_back_ends_it_on_no_desk(desk: Connection) -> None:
    field = field_rows(desk)
    running = LivePicture(LAW)
    left(desk, field)
    watched(running, desk, field, NOON)
    ((key, *_rest),) = waiting(shown(running, desk, NOON))
    note(desk, field, key, DAY + timedelta(seconds=400))
    refuted(desk, field)
    assert (watched(running, desk, field, NOON), fresh(desk, NOON)) == (0, [])
    come_back(desk, field)
    assert watched(running, desk, field, NOON) == 2, "that it was refuted, and that it came back"
    wanted = waiting(shown(running, desk, NOON))
    assert [one[0] for one in wanted] == [key]
    assert fresh(desk, NOON) == fresh(desk, NEXT_DAY) == wanted


def test_what_two_desks_wrote_is_one_alarm(desk: Connection) -> None:
    field = field_rows(desk)
    left(desk, field)
    alarms = shown(LivePicture(LAW), desk, NOON)
    for person in (field.officer, field.driver):
        rows = table("alarm_note")
        before = desk.execute(select(rows)).mappings().all()
        desk.execute(rows.delete())
        assert write_down(desk, Writing(Doer(person, NOON), alarms)) == 1
        assert write_down(desk, Writing(Doer(person, NOON), alarms)) == 0
        for row in before:
            desk.execute(insert(rows).values(dict(row)))
    assert len(desk.execute(select(table("alarm_note"))).all()) == 2
    ((key, _sentence, corrected, _open),) = fresh(desk, NEXT_DAY)
    assert (key, corrected) == (alarms[0].key, False)
    note(desk, field, key, NOON)
    assert fresh(desk, NEXT_DAY) == []


@pytest.mark.parametrize("runs", [True, False], ids=["ran on", "anew"])
def test_what_comes_a_day_late_corrects_what_waits(desk: Connection, *, runs: bool) -> None:
    field = field_rows(desk)
    live = LivePicture(LAW)
    left(desk, field)
    assert watched(live, desk, field, NOON) == 1
    (before,) = waiting(shown(live, desk, NEXT_DAY))
    assert not before[2]
    # The tracker had it in its memory for a day: the car never left the yard.
    stand(desk, field, range(205, 330, 5), 0, 86_000)
    live = live if runs else LivePicture(LAW)
    (after,) = waiting(shown(live, desk, NEXT_DAY))
    assert (after[0], after[2], after[3]) == (before[0], True, True)
    assert "迟到 23 小时" in after[1]
    assert watched(live, desk, field, NEXT_DAY) == 1, "and it is written down, once"
    assert watched(live, desk, field, NEXT_DAY) == 0
    with second_desk(desk) as other:
        assert fresh(other, NEXT_DAY) == [after]
    note(desk, field, after[0], NEXT_DAY)
    assert waiting(shown(live, desk, NEXT_DAY)) == []


def test_what_comes_a_day_late_raises_what_was_missed(desk: Connection) -> None:
    field = field_rows(desk)
    fenced(desk, field, YARD)
    live = LivePicture(LAW)
    stand(desk, field, range(0, 120, 10), 0)
    assert shown(live, desk, NOON) == ()
    assert shown(live, desk, NEXT_DAY) == ()
    stand(desk, field, range(200, 320, 40), 400, 86_000)
    (missed,) = shown(live, desk, NEXT_DAY)
    assert (missed.record.alarm.kind, missed.open) == ("leave", True)
    assert missed.record.sentence(NEXT_DAY).startswith("03-09 08:03:20 ")
    assert missed.record.sentence(NOON).startswith("08:03:20 ")
    assert watched(live, desk, field, NEXT_DAY) == 1
    assert fresh(desk, NEXT_DAY + timedelta(days=90)) == waiting((missed,))


def test_what_comes_late_of_a_windows_first_minutes_is_raised(desk: Connection) -> None:
    field = field_rows(desk)
    fenced(desk, field, YARD)
    live = LivePicture(LAW)
    now = DAY + WINDOW + timedelta(minutes=14)  # the picture begins a minute before eight
    stand(desk, field, range(0, 120, 10), 0)
    assert shown(live, desk, now) == ()
    stand(desk, field, range(200, 320, 40), 400, 22_000)
    (missed,) = shown(live, desk, now)
    assert (missed.record.alarm.kind, missed.open) == ("leave", True)


def test_the_history_that_a_new_desk_is_given_raises_nothing(desk: Connection) -> None:
    field = field_rows(desk)
    fenced(desk, field, YARD)
    live = LivePicture(LAW)
    assert shown(live, desk, NEXT_DAY + timedelta(days=9)) == ()
    stand(desk, field, range(0, 120, 10), 0)
    stand(desk, field, range(200, 320, 40), 400)
    assert shown(live, desk, NEXT_DAY + timedelta(days=9)) == ()


def test_a_new_window_drops_nothing_whose_cause_lies_before_it(desk: Connection) -> None:
    """Also where no desk commands: nothing is written down here."""
    field = field_rows(desk)
    running = LivePicture(LAW)
    left(desk, field)
    began = shown(running, desk, DAY + timedelta(minutes=10))
    # The window that follows begins between the last point in the yard and the first outside.
    later = DAY + timedelta(seconds=160) + WINDOW + LEAD
    assert later - (DAY + timedelta(minutes=10) - WINDOW) > GROWN, "it begins anew"
    assert waiting(shown(running, desk, later)) == waiting(began) != []
    assert waiting(shown(running, desk, later + timedelta(days=2))) == waiting(began)


def test_what_lasts_when_a_window_begins_is_no_new_alarm(desk: Connection) -> None:
    field = field_rows(desk)
    fenced(desk, field, BLOCK, DAY - timedelta(hours=20))
    for begin in range(0, 12 * 3600, 600):
        stand(desk, field, range(begin, begin + 600, 120), 2000)
    kinds = [a.record.alarm.kind for a in shown(LivePicture(LAW), desk, DAY + timedelta(hours=1))]
    assert kinds == ["inside"], "it was first heard there"
    assert fresh(desk, DAY + timedelta(hours=12)) == []


def wrong(facts: dict[str, Any], **more: Any) -> str:
    return json.dumps({**facts, **more})


FORGED: dict[str, Any] = {
    "no JSON": lambda facts: "[[1,2",
    "no alarm": lambda facts: "[]",
    "another kind": lambda facts: wrong(facts, kind="enter"),
    "a kind that is none": lambda facts: wrong(facts, kind="gone"),
    "another fence": lambda facts: wrong(facts, subject="block"),
    "another time": lambda facts: wrong(facts, first={**facts["first"], "at": stamp(NOON)}),
    "a place that is none": lambda facts: wrong(facts, first={**facts["first"], "lat_e7": "x"}),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_row_that_tells_of_no_alarm_or_another_raises_none(desk: Connection, forge: Any) -> None:
    field = field_rows(desk)
    left(desk, field)
    watched(LivePicture(LAW), desk, field, NOON)
    row = dict(desk.execute(select(table("alarm_note"))).mappings().one())
    with second_desk(desk) as other:
        assert len(fresh(other, NEXT_DAY)) == 1
        other.execute(table("alarm_note").update().values(facts=forge(json.loads(row["facts"]))))
        assert fresh(other, NEXT_DAY) == []


@pytest.mark.parametrize(
    ("act", "facts"), [("raise", ""), ("correct", ""), ("note", "{}"), ("end", "{}")]
)
def test_the_database_takes_no_other_rows(desk: Connection, act: str, facts: str) -> None:
    field = field_rows(desk)
    told = {"alarm": "a", "team_id": field.teams[0], "person_id": field.officer, "scope": 1}
    with pytest.raises(IntegrityError):
        put(desk, "alarm_note", at=stamp(NOON), act=act, facts=facts, **told)


def test_the_place_of_an_alarm_is_written_with_it(desk: Connection) -> None:
    field = field_rows(desk)
    left(desk, field)
    (seen,) = shown(LivePicture(LAW), desk, NOON)
    write_down(desk, Writing(Doer(field.officer, NOON), (seen,)))
    with second_desk(desk) as other:
        (read,) = shown(LivePicture(LAW), other, NEXT_DAY)

    def where(alarm: AlarmNow) -> tuple[Any, ...]:
        first: Point = alarm.record.alarm.first
        return first.at, first.lat, first.lon, first.unit, alarm.unit_id, alarm.team_id

    assert where(read) == where(seen)
    assert key_text(read.record.alarm.key) == seen.key
