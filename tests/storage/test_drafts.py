"""Typing is safe whatever the replica is doing, and no draft stands in the way of a start."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.drafts import DATABASE, Drafts
from storage.replica import Replica
from storage.session import Session
from tests.storage.rows import add, case, court


@pytest.fixture
def drafts(replica: Replica) -> Iterator[Drafts]:
    """The drafts of an empty replica."""
    opened = Drafts.open(replica)
    yield opened
    opened.close()


def test_save_load_discard(drafts: Drafts) -> None:
    assert drafts.load("督办单:1") is None
    drafts.save("督办单:1", {"事实": "逾期\n", "n": 1, "list": [1, None]})
    drafts.save("督办单:2", {})
    drafts.save("督办单:1", {"事实": "改"})
    assert drafts.load("督办单:1") == {"事实": "改"}
    assert drafts.all() == {"督办单:2": {}, "督办单:1": {"事实": "改"}}
    drafts.discard("督办单:1")
    drafts.discard("no such key")
    assert drafts.all() == {"督办单:2": {}}


def test_what_is_not_json_is_refused(drafts: Drafts) -> None:
    with pytest.raises(TypeError):
        drafts.save("x", {"when": object()})


def test_drafts_are_encrypted_and_survive(replica: Replica) -> None:
    first = Drafts.open(replica)
    first.save("k", {"text": "secret words"})
    first.close()
    first.close()
    assert b"secret words" not in (replica.folder / DATABASE).read_bytes()
    second = Drafts.open(replica)
    assert second.load("k") == {"text": "secret words"}
    second.close()


def test_typing_is_saved_within_two_seconds_during_a_long_write(
    session: Session, drafts: Drafts
) -> None:
    """Every draft saved while a write transaction is open takes far less than two seconds."""
    place = court()
    ready, stop = threading.Event(), threading.Event()

    def import_cases() -> None:
        with session.write("导入", origin="import") as write:
            add(write.connection, "court", place)
            for batch in range(1_000):
                rows = (case(place["id"], batch * 500 + n) for n in range(500))
                add(write.connection, "case", *rows)
                ready.set()
                if stop.is_set():
                    return

    thread = threading.Thread(target=import_cases)
    thread.start()
    try:
        assert ready.wait(60)
        worst = 0.0
        for n in range(50):
            began = time.perf_counter()
            drafts.save("typing", {"text": "字" * n})
            worst = max(worst, time.perf_counter() - began)
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join()
    assert worst < 2.0
    assert drafts.load("typing") == {"text": "字" * 49}


def test_many_threads_save_at_once(drafts: Drafts) -> None:
    def work(name: str) -> None:
        for n in range(20):
            drafts.save(f"{name}{n}", {"n": n})

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drafts.all()) == 80


@pytest.mark.parametrize("offset", [20, 200, 4096 + 50])
def test_a_damaged_file_of_drafts_is_set_aside(replica: Replica, offset: int) -> None:
    first = Drafts.open(replica)
    for n in range(40):
        first.save(f"k{n}", {"text": "字" * 200})
    first.close()
    path: Path = replica.folder / DATABASE
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)
    second = Drafts.open(replica)
    second.save("new", {"text": "新"})
    assert second.load("new") == {"text": "新"}
    second.close()
    assert any((replica.folder / "quarantine").iterdir())
