"""What a self-test measures by itself: the line to the hub, the disk, a picture's source.

Each function runs where it may wait: `link` on the network lane, `storage` on the layout lane,
`feeds` on the lane for other servers. None of them raises for what it is there to find out.
"""

import os
import shutil
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from desktop.contract.sync import HubCall
from desktop.rules.self_tests import Link, Storage
from storage.ids import new_id
from storage.sync.port import Unreachable

WRITTEN: Final = 16_000_000  # bytes of the speed test
_BLOCK: Final = 1_000_000
_GIVE_UP: Final = 2  # lost one after another: the line is down, and each further try would wait
_AT_ONCE: Final = 16  # as many as a grid has cells
_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


def link(call: HubCall, tries: int) -> Link:
    """Asks the hub for its time `tries` times. The clock is compared by the quickest answer, the
    hub's time lying in the middle of it; a refusal (an older hub) is raised as SyncFault."""
    trips: list[float] = []
    best: tuple[float, float] | None = None
    lost = row = 0
    for _ in range(tries):
        wall, begun = time.time(), time.perf_counter()
        try:
            told = float(call("clock_ms"))
        except Unreachable:
            lost, row = lost + 1, row + 1
            if row >= _GIVE_UP:
                break
            continue
        row = 0
        trip = (time.perf_counter() - begun) * 1000
        trips.append(trip)
        if best is None or trip < best[0]:
            best = (trip, told - (wall * 1000 + trip / 2))
    return Link(tuple(trips), lost, None if best is None else best[1])


def store_folder(connection: Connection, _nothing: None) -> Path | None:
    """Where the replica lies; None for one in memory. Reader lanes."""
    for row in connection.exec_driver_sql("pragma database_list"):
        if row[1] == "main" and row[2]:
            return Path(row[2]).parent
    return None


def storage(folder: Path | None) -> Storage:
    """Free room, and the speed of `WRITTEN` bytes that were written through to the disk."""
    if folder is None:
        return Storage(why="数据不在磁盘上")
    path = folder / f".self-test-{new_id()}"
    try:
        free = shutil.disk_usage(folder).free
        if free < 2 * WRITTEN:
            return Storage(free, 0.0)
        block = os.urandom(_BLOCK)  # a disk that compresses must not shine
        begun = time.perf_counter()
        with path.open("wb", buffering=0) as file:
            for _ in range(WRITTEN // _BLOCK):
                file.write(block)
            os.fsync(file.fileno())
        return Storage(free, WRITTEN / max(time.perf_counter() - begun, 1e-6))
    except OSError as error:
        return Storage(why=f"数据文件夹写不进去（{error.strerror or error}）")
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class FeedQuestion:
    """A picture's source by its key, and how long it may take, in milliseconds."""

    key: str
    url: str
    wait_ms: int


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """`ms` until it said anything in its own language; None: `silent` says why not."""

    key: str
    ms: float | None
    silent: str = ""


def feeds(questions: tuple[FeedQuestion, ...]) -> tuple[FeedAnswer, ...]:
    """Asks the sources side by side, so that ten silent ones hold up a start no longer than one
    does. One that wants a word for logging in answers all the same."""
    with ThreadPoolExecutor(_AT_ONCE, "probe") as hands:
        return tuple(hands.map(_feed, questions))


def _feed(asked: FeedQuestion) -> FeedAnswer:
    place = urlsplit(asked.url)
    rtsp = place.scheme.startswith("rtsp")
    where = place.path + (f"?{place.query}" if place.query else "") or "/"
    host = place.hostname or ""
    words = (
        f"OPTIONS {asked.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n"
        if rtsp
        else f"GET {where} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    begun = time.perf_counter()
    try:
        port = place.port or _PORTS.get(place.scheme, 0)
        said = _ask(host, port, place.scheme in ("rtsps", "https"), words, asked.wait_ms / 1000)
    except (OSError, ValueError) as error:
        return FeedAnswer(asked.key, None, _why(error))
    took = (time.perf_counter() - begun) * 1000
    if not said.startswith(b"RTSP/" if rtsp else b"HTTP/"):
        return FeedAnswer(asked.key, None, "应答的不是图像服务")
    code = said.split(b" ", 2)[1:2]
    if not code or not (code[0][:1] in (b"2", b"3") or code[0] in (b"401", b"407")):
        told = f"应答 {code[0].decode('ascii', 'replace')}" if code else "应答不完整"
        return FeedAnswer(asked.key, None, told)
    return FeedAnswer(asked.key, took)


def _ask(host: str, port: int, sealed: bool, words: str, seconds: float) -> bytes:
    """The first bytes of an answer within `seconds` in all."""
    until = time.monotonic() + seconds
    with socket.create_connection((host, port), timeout=seconds) as plain:
        line: socket.socket = plain
        if sealed:
            # Whether the source answers is asked, not who it is: cameras sign for themselves.
            easy = ssl.create_default_context()
            easy.check_hostname, easy.verify_mode = False, ssl.CERT_NONE
            line = easy.wrap_socket(plain, server_hostname=host)
        line.sendall(words.encode())
        said = b""
        while b"\r\n" not in said and len(said) < 4096:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            line.settimeout(left)
            some = line.recv(1024)
            if not some:
                break
            said += some
        return said


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "超时"
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    if isinstance(error, socket.gaierror):
        return "找不到主机"
    if isinstance(error, ValueError):
        return "地址有误"
    return "连接中断"
