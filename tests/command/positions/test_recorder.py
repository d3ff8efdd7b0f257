"""From a source to rows: nothing lost and nothing twice, whatever is killed, full or refused."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from desktop.command.positions import storing
from desktop.command.positions.duty import DutyAct, on_duty, stretches
from desktop.command.positions.journal import FILE, Journal
from desktop.command.positions.points import decoded, stamp
from desktop.command.positions.recorder import Recorder
from desktop.command.positions.storing import Stored, noted, store
from desktop.rules.tracks import Point
from storage.drafts import Drafts
from storage.faults import DiskFull, RefusedByRule
from storage.replica import Replica
from storage.schema import table
from storage.session import Session
from tests.command.positions.field_rows import Field, all_batches, batch_row, duty, field_rows, walk
from tests.command.positions.recording_child import numbered
from tests.passphrase import PASSPHRASE
from tests.rules.track_days import DAY

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("EDESK_KILLS", "2"))


@pytest.fixture
def field(session: Session) -> Field:
    with session.write("外勤") as write:
        return field_rows(write.connection)


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Desk:
    """A recorder over a session, whose clock the test turns."""

    def __init__(self, session: Session) -> None:
        self.session, self.clock = session, Clock()
        self.open()

    def open(self) -> None:
        with self.session.read() as connection:
            done, self.cursor = noted(connection)
        replica = self.session.replica
        self.journal = Journal(replica.folder, replica.key, done)
        self.recorder = Recorder(self.journal, monotonic=self.clock)

    def flush(self, after_s: float = 0.0) -> Stored | None:
        wanted = self.recorder.due(after_s)
        if wanted is None:
            return None
        with self.session.write(storing.LABEL) as write:
            stored = store(write.connection, wanted)
        self.recorder.stored(stored)
        return stored

    def rows(self) -> list[Point]:
        with self.session.read() as connection:
            batches = all_batches(connection)
            return [p for batch in batches for p in decoded(batch, "")]


@pytest.fixture
def desk(session: Session, field: Field) -> Iterator[Desk]:
    made = Desk(session)
    yield made
    made.recorder.close()


def test_a_minute_becomes_one_row(desk: Desk, field: Field) -> None:
    car = field.units["car"]
    for n, point in enumerate(walk(DAY, 60, car, source="traccar")):
        desk.recorder.take([point], f"read {n}")
        desk.clock.s += 1
        assert desk.flush(60.0) is None or n == 59
    with desk.session.read() as connection:
        (batch,) = all_batches(connection)
        assert noted(connection)[1] == "read 59"
    assert (batch.n, batch.device, batch.unit_id) == (60, "862-car", car)
    assert batch.from_at == "2026-03-09T08:00:00.000+08:00"
    assert batch.to_at == "2026-03-09T08:00:59.000+08:00"
    assert desk.recorder.held.waiting == 0


def test_sooner_where_somebody_watches(desk: Desk, field: Field) -> None:
    desk.recorder.take(walk(DAY, 3, field.units["car"], source="traccar"))
    desk.clock.s += 9.9
    assert desk.flush(10.0) is None
    desk.clock.s += 0.2
    stored = desk.flush(10.0)
    assert stored is not None
    assert stored.kept == 3


def test_what_a_failed_write_held_is_tried_again(desk: Desk, field: Field) -> None:
    desk.recorder.take(walk(DAY, 3, field.units["car"], source="traccar"))
    assert desk.recorder.due(0.0) is not None
    assert desk.recorder.due(0.0) is None  # it is out
    desk.recorder.failed()
    assert desk.recorder.held.waiting == 3
    stored = desk.flush()
    assert stored is not None
    assert len(desk.rows()) == stored.kept == 3


def test_a_full_disk_loses_nothing_while_the_desk_runs(
    desk: Desk, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise DiskFull("磁盘已满，本次操作没有保存。")

    points = walk(DAY, 9, field.units["car"], source="traccar")
    with monkeypatch.context() as patch:
        patch.setattr(Drafts, "save", full)
        desk.recorder.take(points[:5])
        assert desk.recorder.held.fault.startswith("磁盘已满")
    desk.recorder.take(points[5:])
    assert desk.recorder.held.fault == ""
    desk.flush()
    assert len(desk.rows()) == 9


def test_numbers_that_are_none_are_left_out(desk: Desk, field: Field) -> None:
    car = field.units["car"]
    (good,) = walk(DAY, 1, car, source="traccar")
    values = {name: getattr(good, name) for name in Point.__dataclass_fields__}
    bad = Point(**{**values, "accuracy": float("nan")})
    assert desk.recorder.take([bad, good]) == 1
    assert desk.recorder.held.unreadable == 1


def test_what_the_last_run_held_is_stored_at_once_and_not_twice(desk: Desk, field: Field) -> None:
    points = walk(DAY, 8, field.units["car"], source="traccar")
    desk.recorder.take(points[:5], "5")
    desk.recorder.close()  # as a kill leaves it
    desk.open()
    assert desk.cursor == ""
    # The server was read up to nothing, and gives everything once more.
    assert desk.recorder.take(points, "8") == 3
    stored = desk.flush(60.0)
    assert stored is not None
    assert sorted(p.at for p in desk.rows()) == [p.at for p in points]
    desk.recorder.close()
    desk.open()
    assert desk.cursor == "8"
    assert desk.flush() is None


def test_a_kill_between_rows_and_journal_stores_nothing_twice(desk: Desk, field: Field) -> None:
    desk.recorder.take(walk(DAY, 5, field.units["car"], source="traccar"), "5")
    wanted = desk.recorder.due(0.0)
    assert wanted is not None
    with desk.session.write(storing.LABEL) as write:
        store(write.connection, wanted)
    desk.recorder.close()  # nobody came to take it out of the journal
    desk.open()
    assert desk.flush() is None
    assert (len(desk.rows()), desk.cursor) == (5, "5")


def test_a_journal_that_was_lost_begins_behind_what_is_stored(desk: Desk, field: Field) -> None:
    points = walk(DAY, 6, field.units["car"], source="traccar")
    for point in points[:3]:
        desk.recorder.take([point])
    desk.flush()
    desk.recorder.close()
    for path in desk.session.replica.folder.glob(f"{FILE}*"):
        path.unlink()
    desk.open()
    desk.recorder.take(points[3:])
    desk.recorder.close()
    desk.open()
    desk.flush()
    assert len(desk.rows()) == 6


def test_points_are_not_read_from_the_disk_without_the_key(desk: Desk, field: Field) -> None:
    desk.recorder.take(walk(DAY, 5, field.units["car"], source="traccar"))
    for path in desk.session.replica.folder.glob(f"{FILE}*"):
        body = path.read_bytes()
        assert b"traccar" not in body
        assert not body.startswith(b"SQLite")


def test_old_points_are_cut_into_rows(desk: Desk, field: Field) -> None:
    late = walk(DAY, 400, field.units["car"], every=10.0, source="traccar")
    random.Random(1).shuffle(late)
    desk.recorder.take(late)
    desk.flush()
    with desk.session.read() as connection:
        batches = all_batches(connection)
    assert len(batches) == 7  # of ten minutes each
    assert sum(batch.n for batch in batches) == 400


def at(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


def test_of_a_person_only_time_on_duty_is_kept(desk: Desk, field: Field) -> None:
    with desk.session.write("出勤") as write:
        for act, minute in (("on", 2), ("off", 4), ("on", 6), ("off", 8)):
            duty(write.connection, field, "officer", act, at(minute))
    desk.recorder.take(walk(DAY, 600, field.units["officer"]))
    stored = desk.flush()
    assert stored is not None
    assert (stored.kept, stored.off_duty, stored.refused) == (240, 360, 0)
    minutes = {int((p.at - DAY).total_seconds() // 60) for p in desk.rows()}
    assert minutes == {2, 3, 6, 7}


def test_a_unit_that_is_gone_is_told_and_stops_nobody(desk: Desk, field: Field) -> None:
    desk.recorder.take(walk(DAY, 2, "nobody"))
    desk.recorder.take(walk(DAY, 3, field.units["van"], source="traccar"))
    stored = desk.flush()
    assert stored is not None
    assert (stored.kept, stored.unknown) == (3, 2)
    assert desk.recorder.held.waiting == 0


REFUSED = {
    "never on duty": ((), (0, 1)),
    "before duty": ((("on", 2),), (1, 3)),
    "after duty": ((("on", 0), ("off", 2)), (3, 4)),
    "at the very end": ((("on", 0), ("off", 2)), (2, 3)),
    "over a pause": ((("on", 0), ("off", 2), ("on", 3)), (1, 4)),
    "a clock years back": ((("on", 0),), (-1_000_000, -999_999)),
}
KEPT = {
    "within": ((("on", 0), ("off", 9)), (1, 2)),
    "from the very beginning": ((("on", 1),), (1, 2)),
    "after a pause": ((("on", 0), ("off", 2), ("on", 3)), (3, 4)),
}


@pytest.mark.parametrize("case", [*REFUSED, *KEPT])
def test_raw_sql_keeps_nobody_off_duty(session: Session, field: Field, case: str) -> None:
    acts, (first, last) = {**REFUSED, **KEPT}[case]
    with session.write("出勤") as write:
        for act, minute in acts:
            duty(write.connection, field, "officer", act, at(minute))
    begin = at(first)
    points = walk(begin, (last - first) * 60, field.units["officer"])
    row = batch_row(field, "officer", points)
    # The recorder keeps whatever of it is lawful, and never asks for what is refused.
    timed = [(stamp(p.at), p) for p in points]
    known = [DutyAct(str(n), "", act, "", "", stamp(at(m))) for n, (act, m) in enumerate(acts)]
    lawful = sum(map(len, on_duty(timed, stretches(known))))
    if case in KEPT:
        with session.write("直接写入") as write:
            write.connection.execute(insert(table("position_batch")), [row])
        assert lawful == len(points)
        return
    assert lawful < len(points)
    with pytest.raises(RefusedByRule, match="不在出勤期间"), session.write("直接写入") as write:
        write.connection.execute(insert(table("position_batch")), [row])


def test_nobody_puts_another_on_duty(session: Session, field: Field) -> None:
    wrong = Field(field.teams, field.driver, field.driver, field.units)
    with pytest.raises(RefusedByRule, match="本人登记"), session.write("出勤") as write:
        duty(write.connection, wrong, "officer", "on", DAY)
    with session.write("出勤") as write:
        duty(write.connection, field, "officer", "on", DAY)
        duty(write.connection, wrong, "officer", "off", at(3))


def test_what_is_stored_is_final(session: Session, field: Field, desk: Desk) -> None:
    desk.recorder.take(walk(DAY, 3, field.units["car"], source="traccar"))
    desk.flush()
    batch = table("position_batch")
    for statement in (batch.update().values(n=1), batch.delete()):
        with pytest.raises(RefusedByRule), session.write("改写") as write:
            write.connection.execute(statement)


def _killed(store_folder: Path, unit: str, first: int, seconds: float) -> int:
    """Runs the child, kills it after some time; the number up to which it said to have kept."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.command.positions.recording_child"),
            *(str(store_folder), unit, str(first)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        assert said[0].strip().isdigit()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(seconds)
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.read().splitlines()
    return int([line for line in said if line.strip().isdigit()][-1])


def test_a_kill_loses_no_point_and_stores_none_twice(
    tmp_path: Path, make_store: Callable[[Path], Path]
) -> None:
    folder, draw = make_store(tmp_path / "store"), random.Random(9)
    with (
        Replica.open(folder, PASSPHRASE) as replica,
        Session(replica, actor="").write("外勤") as write,
    ):
        car = field_rows(write.connection).units["car"]
    kept = 0
    for _ in range(KILLS):
        said = _killed(folder, car, kept, draw.uniform(0.1, 0.5))
        with Replica.open(folder, PASSPHRASE) as replica:
            desk = Desk(Session(replica, actor="林知远"))
            desk.flush()
            found = [round((p.at - DAY).total_seconds()) for p in desk.rows()]
            desk.recorder.close()
        assert len(found) == len(set(found))
        assert set(range(said)) <= set(found)
        # It may have kept more than it came to say.
        kept = max(found) + 1
    assert kept > 20 * KILLS
    with Replica.open(folder, PASSPHRASE) as replica, replica.reader_engine.connect() as reading:
        last = max(row.to_at for row in reading.execute(select(table("position_batch"))))
    assert last == stamp(numbered(car, kept - 1).at)
