"""Each thing that can go wrong has its own sentence, and nothing is ever lost by it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import key, tries
from storage.backup import backup, restore
from storage.faults import (
    DamagedReplica,
    DiskFull,
    MissingReplica,
    NewerSchema,
    ReadOnlyFolder,
    ReplicaInUse,
    WrongPassphrase,
)
from storage.replica import CARD, DATABASE, Replica, latest_backup
from storage.session import Session
from tests.passphrase import PASSPHRASE
from tests.storage.rows import add, case, court

ROOT = Path(__file__).parents[2]
PAGE = key.PAGE_BYTES


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, make_store: Callable[[Path], Path]) -> Path:
    """A closed store with 600 cases and one backup, which nobody opens again."""
    folder = make_store(tmp_path_factory.mktemp("filled") / "store")
    with Replica.open(folder, PASSPHRASE) as replica:
        session = Session(replica, actor="周书言")
        place = court()
        with session.write("立案") as write:
            add(write.connection, "court", place)
            add(write.connection, "case", *(case(place["id"], n) for n in range(600)))
        backup(replica, folder / "backups" / "daily-2024-03-01.db")
    return folder


@pytest.fixture
def store(tmp_path: Path, filled: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(filled, tmp_path / "store")


def _cases(folder: Path) -> int:
    with (
        Replica.open(folder, PASSPHRASE) as replica,
        Session(replica, actor="").read() as connection,
    ):
        return int(connection.execute(text('select count(*) from "case"')).scalar_one())


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("lock", tries.FILE)  # neither holds data
    }


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(MissingReplica, match="不存在"):
        Replica.open(tmp_path / "none", PASSPHRASE)
    with pytest.raises(MissingReplica, match="没有数据文件"):
        Replica.open(tmp_path, PASSPHRASE)


@pytest.mark.parametrize("card", ["there", "lost", "garbled"])
@pytest.mark.parametrize("clean", [True, False])
def test_a_wrong_passphrase_moves_nothing(store: Path, card: str, clean: bool) -> None:
    if card == "lost":
        (store / CARD).unlink()
    elif card == "garbled":
        (store / CARD).write_text("{", "utf-8")
    if not clean:
        (store / "lock").write_text('{"pid": 1, "state": "open"}')
    before = _files(store)
    for wrong in ("", "执行", PASSPHRASE + " "):
        with pytest.raises(WrongPassphrase, match="口令不正确"):
            Replica.open(store, wrong)
    assert _files(store) == before
    assert not (store / "quarantine").exists()
    assert _cases(store) == 600


def test_a_wrong_passphrase_on_a_damaged_file_moves_nothing(store: Path) -> None:
    _flip(store / DATABASE, 3 * PAGE + 7)
    with pytest.raises(WrongPassphrase):
        Replica.open(store, "错")
    assert not (store / "quarantine").exists()


def test_sqlcipher_opens_the_file_with_the_passphrase_alone(store: Path) -> None:
    """The file is not bound to this program: its key is SQLCipher's own derivation."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415

    connection = dbapi2.connect(str(store / DATABASE))
    connection.execute("pragma key = '" + PASSPHRASE.replace("'", "''") + "'")
    assert connection.execute('select count(*) from "case"').fetchone() == (600,)
    connection.close()


def _flip(path: Path, offset: int) -> None:
    with path.open("rb+") as file:
        file.seek(offset, os.SEEK_SET if offset >= 0 else os.SEEK_END)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0x40]))


def _zero(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


_DAMAGE: dict[str, Callable[[Path], None]] = {
    "header": lambda path: _flip(path, 20),
    "first page": lambda path: _flip(path, 100),
    "second page": lambda path: _flip(path, PAGE),
    "middle": lambda path: _flip(path, path.stat().st_size // 2 + 11),
    "page check": lambda path: _flip(path, 5 * PAGE - 3),
    "end": lambda path: _flip(path, -9),
    "cut within a page": lambda path: os.truncate(path, 7 * PAGE + 100),
    "cut between pages": lambda path: os.truncate(path, 7 * PAGE),
    "cut in the salt": lambda path: os.truncate(path, 9),
    "zeros": _zero,
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_a_damaged_file_is_set_aside_and_a_backup_offered(store: Path, damage: str) -> None:
    _DAMAGE[damage](store / DATABASE)
    damaged = (store / DATABASE).read_bytes()
    with pytest.raises(DamagedReplica, match=r"已损坏.*隔离区.*最近的备份") as caught:
        Replica.open(store, PASSPHRASE)
    aside = caught.value.quarantined
    assert aside is not None
    assert (aside / DATABASE).read_bytes() == damaged
    assert not (store / DATABASE).exists()
    assert caught.value.latest_backup == latest_backup(store)
    assert caught.value.latest_backup is not None
    restore(store, caught.value.latest_backup, PASSPHRASE)
    assert _cases(store) == 600


def test_a_damaged_salt_is_mended_from_the_card(store: Path) -> None:
    whole = (store / DATABASE).read_bytes()
    _flip(store / DATABASE, 3)
    assert _cases(store) == 600
    assert (store / DATABASE).read_bytes()[:16] == whole[:16]


def test_without_a_backup_the_sentence_says_so(store: Path) -> None:
    shutil.rmtree(store / "backups")
    _flip(store / DATABASE, 4 * PAGE)
    with pytest.raises(DamagedReplica, match="没有备份") as caught:
        Replica.open(store, PASSPHRASE)
    assert caught.value.latest_backup is None


def test_damage_met_while_open_is_said_and_checked_at_the_next_start(store: Path) -> None:
    replica = Replica.open(store, PASSPHRASE)
    for page in range(2, (store / DATABASE).stat().st_size // PAGE):
        _flip(store / DATABASE, page * PAGE + 50)
    with (
        pytest.raises(DamagedReplica, match="已损坏"),
        Session(replica, actor="").read() as connection,
    ):
        connection.execute(text('select sum(length(number)) from "case"')).all()
    replica.close()
    with pytest.raises(DamagedReplica, match="隔离区"):
        Replica.open(store, PASSPHRASE)


def test_a_file_left_open_by_a_dead_process_is_checked(store: Path) -> None:
    (store / "lock").write_text('{"pid": 1, "state": "open"}')
    assert _cases(store) == 600
    assert "clean" in (store / "lock").read_text()


def test_a_newer_schema_is_refused_and_left_alone(store: Path) -> None:
    replica = Replica.open(store, PASSPHRASE)
    with replica.writer_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0999'"))
    replica.close()
    before = _files(store)
    with pytest.raises(NewerSchema, match=r"0999.*升级程序"):
        Replica.open(store, PASSPHRASE)
    assert _files(store) == before


def test_one_process_at_a_time(store: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.child", "hold", str(store)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        with pytest.raises(ReplicaInUse, match=f"另一个执行指挥台.*{child.pid}") as caught:
            Replica.open(store, PASSPHRASE)
        assert caught.value.pid == child.pid
    finally:
        child.communicate(timeout=30)
    assert child.returncode == 0
    assert _cases(store) == 600


def test_the_same_process_cannot_open_twice(replica: Replica) -> None:
    with pytest.raises(ReplicaInUse, match="使用"):
        Replica.open(replica.folder, PASSPHRASE)


def test_a_full_file_saves_nothing_of_the_write(store: Path) -> None:
    """SQLite's own limit takes the same way as a full disk, on every system."""
    with Replica.open(store, PASSPHRASE) as replica:
        session = Session(replica, actor="周书言")
        with replica.writer_engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            pages = driver.execute("pragma page_count").fetchone()[0]
            driver.execute(f"pragma max_page_count = {pages + 5}").fetchall()

        def fill() -> None:
            with session.write("立案") as write:
                place = court()
                add(write.connection, "court", place)
                rows = (case(place["id"], n, remarks="长" * 900) for n in range(700, 900))
                add(write.connection, "case", *rows)

        with pytest.raises(DiskFull, match="磁盘已满，本次操作没有保存"):
            fill()
        with session.read() as connection:
            assert connection.execute(text("select count(*) from court")).scalar() == 1
        with session.write("建院") as write:
            add(write.connection, "court", court())
    assert _cases(store) == 600


def test_a_swallowed_full_disk_still_saves_nothing(store: Path) -> None:
    """A command that catches the fault and goes on must not commit the rest."""
    with Replica.open(store, PASSPHRASE) as replica:
        session = Session(replica, actor="周书言")
        with replica.writer_engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            pages = driver.execute("pragma page_count").fetchone()[0]
            driver.execute(f"pragma max_page_count = {pages + 5}").fetchall()

        def swallow() -> None:
            with session.write("立案") as write:
                place = court()
                with pytest.raises(DiskFull):
                    add(write.connection, "court", *(court(name="长" * 9000) for _ in range(50)))
                add(write.connection, "court", place)

        with pytest.raises(Exception, match=r"."):
            swallow()
        with session.read() as connection:
            assert connection.execute(text("select count(*) from court")).scalar() == 1


def _own_mounts() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True)
    return tried.returncode == 0


@pytest.mark.skipif(not _own_mounts(), reason="needs user namespaces to mount a small disk")
def test_a_really_full_disk(store: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = (
        f"mount -t tmpfs -o size=8m none '{small}' && cp -r '{store}' '{small}/store' && "
        f"exec '{sys.executable}' -m tests.storage.child fill '{small}/store'"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    free, kept, sentence = done.stdout.split(maxsplit=2)
    assert int(kept) > 0
    assert int(free) < 600_000
    assert sentence.startswith("磁盘已满，本次操作没有保存")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may walk into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="rights are set the POSIX way")
@pytest.mark.parametrize("locked", ["folder", "file"])
def test_a_read_only_place(
    open_folder: Path, make_store: Callable[[Path], Path], locked: str
) -> None:
    folder = make_store(open_folder / "store")
    nobody = os.geteuid() == 0
    for path in folder.rglob("*"):
        if nobody:
            os.chown(path, 65534, 65534)
        path.chmod(0o600)
    if nobody:
        os.chown(folder, 65534, 65534)
    if locked == "folder":
        folder.chmod(0o555)
        (folder / "lock").unlink()
    else:
        (folder / DATABASE).chmod(0o400)
    try:
        if nobody:
            os.seteuid(65534)
        with pytest.raises(ReadOnlyFolder, match="不可写"):
            Replica.open(folder, PASSPHRASE)
        if locked == "folder":
            with pytest.raises(ReadOnlyFolder, match="数据文件夹"):
                Replica.open(folder / "new", PASSPHRASE, create=True)
    finally:
        if nobody:
            os.seteuid(0)
