"""Wrong passphrases: five are free, then each next try waits; a right one ends the count."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage import tries
from storage.faults import TooManyTries, WrongPassphrase
from storage.replica import Replica
from tests.passphrase import PASSPHRASE


def wrong(folder: Path) -> WrongPassphrase:
    with pytest.raises(WrongPassphrase) as told:
        tries.proven(folder, lambda: False)
    return told.value


def age(folder: Path, by: timedelta) -> None:
    """As if the last wrong try had been so long ago (negative: the clock was set back)."""
    kept = json.loads((folder / tries.FILE).read_text("utf-8"))
    kept["last"] = (datetime.fromisoformat(kept["last"]) - by).isoformat()
    (folder / tries.FILE).write_text(json.dumps(kept), "utf-8")


@pytest.mark.parametrize(
    ("failed", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (10_000, 900)],
)
def test_the_pause_grows_and_has_an_end(failed: int, seconds: int) -> None:
    assert tries.pause_after(failed) == timedelta(seconds=seconds)


def test_five_are_free_and_the_sixth_is_not_even_tried(tmp_path: Path) -> None:
    for _ in range(tries.FREE - 1):
        assert "请重新输入" in str(wrong(tmp_path))
    assert "30 秒后可再试" in str(wrong(tmp_path))
    asked: list[int] = []
    with pytest.raises(TooManyTries) as told:
        tries.proven(tmp_path, lambda: bool(asked.append(1)) or True)
    assert not asked
    assert 0 < told.value.wait_s <= 30
    assert "连续输错 5 次" in str(told.value)
    age(tmp_path, timedelta(seconds=31))
    assert "60 秒后可再试" in str(wrong(tmp_path))
    age(tmp_path, timedelta(seconds=61))
    tries.proven(tmp_path, lambda: True)
    assert "请重新输入" in str(wrong(tmp_path))


def test_a_clock_set_back_waits_no_longer_than_the_pause(tmp_path: Path) -> None:
    for _ in range(tries.FREE):
        wrong(tmp_path)
    age(tmp_path, timedelta(days=-400))
    with pytest.raises(TooManyTries) as told:
        tries.proven(tmp_path, lambda: True)
    assert told.value.wait_s <= 30


@pytest.mark.parametrize("left", ["", "{", "[]", '{"failed": "x", "last": 3}'])
def test_an_unreadable_count_is_none(tmp_path: Path, left: str) -> None:
    (tmp_path / tries.FILE).write_text(left, "utf-8")
    tries.proven(tmp_path, lambda: True)


def test_at_the_store_itself(tmp_path: Path) -> None:
    Replica.open(tmp_path, PASSPHRASE, create=True).close()
    for _ in range(tries.FREE):
        with pytest.raises(WrongPassphrase):
            Replica.open(tmp_path, "not this one")
    with pytest.raises(TooManyTries):
        Replica.open(tmp_path, PASSPHRASE)
    age(tmp_path, timedelta(seconds=31))
    with Replica.open(tmp_path, PASSPHRASE) as replica:
        replica.prove(PASSPHRASE)
        with pytest.raises(WrongPassphrase):
            replica.prove("not this one")
        with pytest.raises(WrongPassphrase):
            replica.prove("")
    assert not (tmp_path / (tries.FILE + ".part")).exists()
