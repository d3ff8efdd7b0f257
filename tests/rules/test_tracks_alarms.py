"""Alarms: raised after their delay, corrected by the point that refutes them, ended by people."""

from datetime import datetime, timedelta

import pytest

from desktop.errors import UserError
from desktop.rules.track_alarms import AlarmBook, AlarmRecord
from desktop.rules.track_picture import Picture
from desktop.rules.tracks import Point
from tests.rules.track_days import ALONE, DAY, LIMITS, NEAR, YARD, Drive, point

NOW = DAY + timedelta(hours=3)


def book(*, fences: bool = True, watches: bool = True) -> AlarmBook:
    return AlarmBook(Picture(LIMITS, [YARD] * fences, [NEAR, ALONE] * watches))


def kinds(records: list[AlarmRecord]) -> list[tuple[str, str]]:
    return [(record.alarm.kind, record.turns[-1].kind) for record in records]


def stand(
    device: str, since: float, until: float, north: float, every: float = 20.0
) -> list[Point]:
    return Drive(device, every, since, north).stand(until - since).made


def left_yard() -> list[Point]:
    """In the yard until 600, seen outside from 900 to 1000, back at 1020."""
    home, out = stand("car", 0, 620, 0), stand("car", 900, 1010, 500)
    return [*home, *out, *stand("car", 1020, 1600, 0)]


def test_a_late_point_corrects_an_alarm_and_is_named() -> None:
    watch = book()
    points = [p for p in left_yard() if p.at < DAY + timedelta(seconds=1010)]
    (raised,) = watch.receive(points, NOW)
    assert (raised.alarm.kind, raised.alarm.first) == ("leave", point(900, 500))
    # Truth: a better receiver says that the car never left; it comes a day later, among others.
    later = NOW + timedelta(days=1)
    true = [point(900 + s, 0, source="gpsd", late_s=86_400) for s in (0, 40, 80, 110)]
    (corrected,) = watch.receive([*stand("car", 1100, 1500, 0), *true], later)
    assert corrected.alarm.key == raised.alarm.key
    assert [turn.kind for turn in corrected.turns] == ["raised", "corrected"]
    assert corrected.turns[-1].by in true
    assert corrected.turns[-1].at == later
    assert corrected.open  # nobody has taken note of it yet
    assert "已更正" in corrected.sentence()
    assert "迟到 1 天" in corrected.sentence()
    assert watch.records == [corrected]


@pytest.mark.parametrize("place", range(5))
def test_the_point_named_is_the_one_without_which_the_alarm_would_stand(place: int) -> None:
    watch = book(watches=False)
    watch.receive(left_yard()[:-29], NOW)
    (alarm,) = watch.open
    culprit = point(930, 0, late_s=5000)  # within the delay the car was home
    harmless = [point(100 + 20.0 * n, 1, late_s=5000) for n in (1, 5, 9, 13, 17)]
    batch = [*harmless[:place], culprit, *harmless[place:]]
    (changed, *more) = watch.receive(batch, NOW)
    assert changed.alarm.key == alarm.alarm.key
    assert changed.turns[-1].by == culprit
    assert kinds(more) == [("leave", "raised")]  # it did leave, half a minute later
    # Finding it took points out and in again: the picture is whole.
    whole = book(watches=False)
    whole.receive([*left_yard()[:-29], *batch], NOW)
    assert [r.alarm for r in whole.records] == [r.alarm for r in watch.records if not r.corrected]


def test_an_alarm_ends_by_acknowledgement_alone() -> None:
    watch = book(watches=False)
    watch.receive(left_yard()[:-29], NOW)
    key = watch.open[0].alarm.key
    watch.receive(stand("car", 1020, 9000, 0), NOW)  # long home again
    assert kinds(watch.open) == [("leave", "raised"), ("enter", "raised")]
    watch.acknowledge(watch.open[1].alarm.key, "p1", NOW)
    done = watch.acknowledge(key, "p1", NOW)
    assert (done.acknowledged[-1].person, watch.open, watch.records[0]) == ("p1", [], done)
    with pytest.raises(UserError, match="没有这条"):
        watch.acknowledge(key, "p2", NOW)
    with pytest.raises(UserError, match="没有这条"):
        watch.acknowledge(("leave", "yard", "van", NOW), "p2", NOW)


def test_what_was_refuted_and_holds_again_is_open_again() -> None:
    watch = book(watches=False)
    base = left_yard()[:-29]
    watch.receive(base, NOW)
    key = watch.open[0].alarm.key
    watch.acknowledge(key, "p1", NOW)
    refuting = [point(900 + s, 0, accuracy=4.0, late_s=99) for s in (0, 20, 40, 60, 80, 100)]
    (record,) = watch.receive(refuting, NOW)  # equal times, said to be more exact
    assert (kinds([record]), record.open) == ([("leave", "corrected")], False)
    better = [point(900 + s, 500, accuracy=3.0, late_s=999) for s in (0, 20, 40, 60, 80, 100)]
    (record,) = watch.receive(better, NOW)
    assert [turn.kind for turn in record.turns] == ["raised", "corrected", "reinstated"]
    assert record.open
    restored = AlarmBook(Picture(LIMITS, [YARD]), watch.records)
    assert [r.alarm.key for r in restored.open] == [key]


def test_in_order_nothing_is_ever_corrected() -> None:
    watch = book()
    van = [*stand("van", 7, 3000, 60, 20), *stand("van", 3007, 5000, 2000, 20)]
    truck = Drive("truck", 20.0, 13, north=30).stand(2000).to(3000, 0).stand(1500).made
    for one in sorted([*left_yard(), *van, *truck], key=lambda p: p.at):
        watch.receive([one], NOW)
    assert {record.alarm.kind for record in watch.records} >= {"leave", "near", "alone", "enter"}
    assert {len(record.turns) for record in watch.records} == {1}


def test_moving_with_nobody_beside_and_the_late_truth_that_somebody_was() -> None:
    watch = book(fences=False)
    truck = Drive("truck", 20.0).stand(600).to(3000, 0, 10).stand(300).made
    beside = [point((p.at - DAY).total_seconds() + 3, 0, 0, "car") for p in truck]
    escort = [
        Point("car", "", p.at, q.lat, q.lon, 5.0, None, None, "traccar", p.received_at)
        for p, q in zip(beside, truck, strict=True)
    ]
    (raised,) = watch.receive(truck, NOW)
    assert (raised.alarm.kind, raised.alarm.certain) == ("alone", False)
    assert "同行人员位置不明" in raised.sentence()
    assert raised.alarm.first.at == DAY + timedelta(seconds=620)  # 200 m from where it stood
    assert kinds(watch.receive(escort, NOW)) == [("alone", "corrected")]


def test_an_escort_that_leaves_moves_nothing() -> None:
    watch = book(fences=False)
    truck = stand("truck", 0, 3000, 0)
    watch.receive(truck, NOW)
    watch.receive(Drive("car", 20.0, 5).stand(900).to(4000, 0).made, NOW)
    assert watch.records == []


def test_who_passes_is_not_near() -> None:
    watch = book(fences=False)
    watch.receive(stand("van", 0, 2000, 0), NOW)
    assert watch.receive(Drive("car", 10.0, 3, north=-3000).to(3000, 0, 20).made, NOW) == []
    late: datetime = NOW + timedelta(hours=1)
    (record,) = watch.receive(stand("car", 900, 990, 50), late)
    assert (record.alarm.kind, record.alarm.first.at) == ("near", DAY + timedelta(seconds=900))


def test_who_comes_where_another_was_a_minute_ago_did_not_meet_him() -> None:
    watch = book(fences=False)
    watch.receive([*stand("van", 0, 600, 2000), point(610, 0, device="van")], NOW)
    assert (
        watch.receive(Drive("car", 10.0, north=700).stand(620).to(0, 0, 35).stand(200).made, NOW)
        == []
    )
