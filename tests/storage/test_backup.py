"""A backup is proven, holds what the store held, and brings it back onto a bare machine."""

import contextlib
import threading
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import quarantine
from storage import replica as replica_module
from storage.backup import backup, daily, restore, superseded
from storage.drafts import Drafts
from storage.faults import (
    DamagedReplica,
    MissingReplica,
    ReplicaFault,
    ReplicaInUse,
    WrongPassphrase,
)
from storage.health import examine
from storage.replica import DATABASE, INCOMING, Replica, latest_backup
from storage.session import Session
from storage.sync import memory
from tests.passphrase import PASSPHRASE
from tests.storage.rows import add, case, court


@pytest.fixture
def filled(replica: Replica, session: Session) -> Replica:
    """An open replica with 300 cases."""
    place = court()
    with session.write("立案") as write:
        add(write.connection, "court", place)
        add(write.connection, "case", *(case(place["id"], n) for n in range(300)))
    return replica


def _cases(folder: Path) -> int:
    with (
        Replica.open(folder, PASSPHRASE) as replica,
        Session(replica, actor="").read() as connection,
    ):
        return int(connection.execute(text('select count(*) from "case"')).scalar_one())


def test_there_and_back_on_a_bare_machine(filled: Replica, tmp_path: Path) -> None:
    target = tmp_path / "u盘" / "备份.db"
    report = backup(filled, target)
    assert report.path == target
    assert (report.rows["case"], report.rows["court"], report.rows["_op"]) == (300, 1, 301)
    assert b"\xe8\xb1\xab03" not in target.read_bytes()  # 豫03
    back = restore(tmp_path / "bare" / "store", target, PASSPHRASE)
    assert back.rows == report.rows
    assert _cases(tmp_path / "bare" / "store") == 300
    assert sorted(path.name for path in target.parent.iterdir()) == ["备份.db"]


def test_a_restore_sets_the_present_files_aside(filled: Replica, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    backup(filled, target)
    folder = filled.folder
    with Session(filled, actor="甲").write("改") as write:
        write.connection.execute(text('delete from "case"'))
    filled.close()
    now = (folder / DATABASE).read_bytes()
    restore(folder, target, PASSPHRASE)
    [aside] = (folder / quarantine.FOLDER).iterdir()
    assert (aside / DATABASE).read_bytes() == now
    assert _cases(folder) == 300


def test_a_restore_keeps_drafts_under_the_same_key(filled: Replica, tmp_path: Path) -> None:
    drafts = Drafts.open(filled)
    drafts.save("督办单", {"事实": "未查控"})
    drafts.close()
    backup(filled, tmp_path / "b.db")
    filled.close()
    restore(filled.folder, tmp_path / "b.db", PASSPHRASE)
    with Replica.open(filled.folder, PASSPHRASE) as again:
        drafts = Drafts.open(again)
        assert drafts.load("督办单") == {"事实": "未查控"}
        drafts.close()
        first = _life(again)
    assert first, "it is noted: what was written after the backup may be known elsewhere"
    with Replica.open(filled.folder, PASSPHRASE) as again:
        assert _life(again) == first


def _life(replica: Replica) -> str | None:
    with Session(replica, actor="").read() as connection:
        return memory.recalled(connection, "restored").get("life")


@pytest.mark.parametrize("wrong", ["passphrase", "damaged", "foreign", "empty", "missing"])
def test_a_refused_restore_changes_nothing(filled: Replica, tmp_path: Path, wrong: str) -> None:
    target = tmp_path / "b.db"
    backup(filled, target)
    filled.close()
    data = bytearray(target.read_bytes())
    if wrong == "damaged":
        data[len(data) // 2] ^= 1
        target.write_bytes(data)
    elif wrong == "foreign":
        target.write_bytes(b"SQLite format 3\0" + bytes(9000))
    elif wrong == "empty":
        target.write_bytes(b"")
    elif wrong == "missing":
        target.unlink()
    expected = {
        "passphrase": (WrongPassphrase, "口令与这份备份不符"),
        "damaged": (DamagedReplica, "备份文件已损坏"),
        "foreign": (WrongPassphrase, "不是执行指挥台的备份"),
        "empty": (DamagedReplica, "不完整"),
        "missing": (MissingReplica, "不存在"),
    }[wrong]
    with pytest.raises(expected[0], match=expected[1]):
        restore(filled.folder, target, "错" if wrong == "passphrase" else PASSPHRASE)
    assert not (filled.folder / INCOMING).exists()
    assert _cases(filled.folder) == 300


def test_an_open_store_is_not_restored_over(filled: Replica, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.db")
    with pytest.raises(ReplicaInUse):
        restore(filled.folder, tmp_path / "b.db", PASSPHRASE)


class _PowerCut(BaseException):
    """Stops the program between two renames."""


@pytest.mark.parametrize("step", range(1, 6))
def test_a_restore_cut_short_is_completed_at_the_next_start(
    filled: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    target = tmp_path / "b.db"
    backup(filled, target)
    folder = filled.folder
    with Session(filled, actor="甲").write("改") as write:
        write.connection.execute(text('delete from "case" where serial > 100'))
    filled.close()
    (folder / (DATABASE + "-wal")).write_bytes(b"")  # A log beside the old file moves with it.
    left = step
    real = Path.replace

    def cut(self: Path, to: Path) -> Path:
        nonlocal left
        if (folder / replica_module.INCOMING_READY).exists():
            left -= 1
            if left == 0:
                raise _PowerCut
        return real(self, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with contextlib.suppress(_PowerCut):
            restore(folder, target, PASSPHRASE)
    assert _cases(folder) == 300
    assert not (folder / replica_module.INCOMING_READY).exists()


def test_one_daily_backup_a_day(filled: Replica) -> None:
    report = daily(filled, date(2024, 3, 1))
    assert report is not None
    assert daily(filled, date(2024, 3, 1)) is None
    assert latest_backup(filled.folder) == report.path
    for day in range(2, 32):
        daily(filled, date(2024, 3, day))
    names = sorted(path.name for path in (filled.folder / "backups").iterdir())
    assert names[-14:] == [f"daily-2024-03-{day}.db" for day in range(18, 32)]
    assert names[:-14] == [f"daily-2024-03-{day:02}.db" for day in (3, 10, 17)]


def test_thinning_out_keeps_fourteen_days_and_eight_weeks() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(200)]
    names = [f"daily-{day}.db" for day in days]
    gone = superseded([*names, "before-0001-x.db", "manual.db", "daily-note.txt"])
    kept = sorted(set(names) - set(gone))
    assert set(gone) < set(names)
    assert kept[-14:] == names[-14:]
    weekly = [date.fromisoformat(name[6:16]) for name in kept[:-14]]
    assert len(weekly) == 8
    assert all((later - earlier).days <= 7 for earlier, later in pairwise(weekly))


def test_a_backup_that_cannot_be_written_leaves_nothing(filled: Replica, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReplicaFault, match=r"失败|不可写"):
        backup(filled, tmp_path / "file" / "b.db")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_backup_is_one_moment_and_does_not_hold_up_writes(
    filled: Replica, tmp_path: Path
) -> None:
    session = Session(filled, actor="甲")
    done = threading.Event()
    written = 0

    def copy() -> None:
        try:
            backup(filled, tmp_path / "b.db")
        finally:
            done.set()

    thread = threading.Thread(target=copy)
    thread.start()
    while not done.is_set():
        with session.write("建院") as write:
            add(write.connection, "court", court(), court())
        written += 1
    thread.join()
    assert written > 0
    rows = restore(tmp_path / "other", tmp_path / "b.db", PASSPHRASE).rows
    assert (rows["court"] - 1) % 2 == 0
    assert rows["_op"] == rows["court"] + rows["case"]


def test_the_examination_counts(
    filled: Replica, tmp_path: Path, make_store: Callable[[Path], Path]
) -> None:
    health = examine(filled)
    assert health.problems == ()
    assert health.rows["case"] == 300
    assert (health.pending.bundles, health.pending.ops) == (1, 301)
    assert health.latest_backup is None
    assert health.free_bytes > 0
    with Replica.open(make_store(tmp_path / "empty"), PASSPHRASE) as empty:
        assert examine(empty).pending.oldest is None
