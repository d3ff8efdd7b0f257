"""What a self-test finds out by itself, on a real disk and real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.command.equipment import probes
from desktop.command.equipment.probes import FeedQuestion
from storage.sync.port import SyncFault, Unreachable
from tests.command.equipment.store import equipped

WAIT_MS = 400


def hub(*answers: float | Exception) -> Any:
    left = list(answers)

    def call(function: str, *_values: Any) -> Any:
        assert function == "clock_ms"
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return call


def test_the_clock_is_compared_by_the_quickest_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    # Device clock 100.000 s; the first answer takes 80 ms, the second 20 ms.
    walls, ticks = iter([100.0, 200.0]), iter([0.0, 0.08, 1.0, 1.02])
    monkeypatch.setattr(probes.time, "time", lambda: next(walls))
    monkeypatch.setattr(probes.time, "perf_counter", lambda: next(ticks))
    found = probes.link(hub(100_000 + 40 + 999, 200_000 + 10 + 1500), 2)
    assert [round(one) for one in found.round_trips_ms] == [80, 20]
    assert found.clock_off_ms == pytest.approx(1500)
    assert (found.lost, found.why) == (0, "")


def test_a_lost_answer_is_counted_and_a_dead_line_is_given_up() -> None:
    gone = Unreachable("断")
    found = probes.link(hub(1.0, gone, 1.0, gone, 1.0), 5)
    assert (len(found.round_trips_ms), found.lost) == (3, 2)
    found = probes.link(hub(gone, gone, AssertionError("asked on")), 8)
    assert (found.round_trips_ms, found.lost, found.clock_off_ms) == ((), 2, None)
    with pytest.raises(SyncFault, match="较旧"):
        probes.link(hub(SyncFault("共享库的版本较旧")), 8)


def test_the_disk_is_measured_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "replica.db").write_bytes(b"x")
    found = probes.storage(tmp_path)
    assert found.why == ""
    assert found.free is not None
    assert found.free > 0
    assert found.speed is not None
    assert found.speed > 0
    assert [one.name for one in tmp_path.iterdir()] == ["replica.db"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "写不进去" in probes.storage(tmp_path / "gone").why
    assert "不在磁盘上" in probes.storage(None).why


def test_the_folder_is_that_of_the_store(tmp_path: Path) -> None:
    with equipped(tmp_path) as session, session.read() as connection:
        found = probes.store_folder(connection, None)
        assert found is not None
        assert found.resolve() == Path(session.replica.folder).resolve()


@contextmanager
def source(
    answer: bytes, *, wait: threading.Event | None = None, heard: threading.Event | None = None
) -> Iterator[int]:
    """A server that says `answer` once; with `wait` not before that. `heard`: it was asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                line, _where = server.accept()
            except OSError:
                return
            with line:
                line.recv(1024)
                if heard is not None:
                    heard.set()
                if wait is not None:
                    wait.wait(5)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            if wait is not None:
                wait.set()
            thread.join(5)


@pytest.mark.parametrize(
    ("scheme", "answer", "silent"),
    [
        ("rtsp", b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", ""),
        ("rtsp", b"RTSP/1.0 401 Unauthorized\r\n\r\n", ""),
        ("rtsp", b"RTSP/1.0 503 Service Unavailable\r\n\r\n", "应答 503"),
        ("rtsp", b"HTTP/1.1 200 OK\r\n\r\n", "不是图像服务"),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n", ""),
        ("http", b"HTTP/1.0 302 Found\r\n\r\n", ""),
        ("http", b"HTTP/1.1 404 Not Found\r\n\r\n", "应答 404"),
        ("http", b"SSH-2.0-x\r\n", "不是图像服务"),
        ("http", b"", "不是图像服务"),
    ],
)
def test_a_source_answers_in_its_own_language(scheme: str, answer: bytes, silent: str) -> None:
    with source(answer) as port:
        asked = FeedQuestion("k", f"{scheme}://127.0.0.1:{port}/live", 5_000)
        found = probes.feeds((asked,))[0]
    assert silent in found.silent
    assert (found.ms is not None) == (silent == "")


def test_sources_are_asked_side_by_side() -> None:
    """The first answers only once the second was asked."""
    held = threading.Event()
    answer = b"RTSP/1.0 200 OK\r\n\r\n"
    with source(answer, wait=held) as first, source(answer, heard=held) as second:
        found = probes.feeds(
            tuple(FeedQuestion("", f"rtsp://127.0.0.1:{n}/x", 4_000) for n in (first, second))
        )
    assert all(one.ms is not None for one in found)


def test_silence_and_refusal_are_told_apart() -> None:
    held = threading.Event()
    with source(b"RTSP/1.0 200 OK\r\n\r\n", wait=held) as port:
        asked = FeedQuestion("a", f"rtsp://127.0.0.1:{port}/live", WAIT_MS)
        silent = probes.feeds((asked,))[0]
    with socket.create_server(("127.0.0.1", 0)) as server:
        gone = server.getsockname()[1]
    refused, wrong = probes.feeds(
        (
            FeedQuestion("b", f"http://127.0.0.1:{gone}/", WAIT_MS),
            FeedQuestion("c", "http://127.0.0.1:99999/", WAIT_MS),
        )
    )
    assert (silent.silent, refused.silent, wrong.silent) == ("超时", "拒绝连接", "地址有误")
