"""A client of gpsd: its JSON protocol over TCP. It comes back by itself when gpsd goes away.

gpsd speaks when a receiver does, so a quiet line may be a dead one: after a while of silence it is
asked for its version, and one that does not answer is given up.
"""

import contextlib
import json
import math
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from desktop.rules.tracks import Point
from desktop.tracking.sources import (
    IDLE,
    Backoff,
    Bearer,
    Pausing,
    SourceState,
    clock_doubt,
    clock_words,
    known_accuracy,
    moment_of,
    utc_now,
)

PORT: Final = 2947
LINE_MAX: Final = 65_536
WATCH: Final = b'?WATCH={"enable":true,"json":true}\n'
ASK: Final = b"?VERSION;\n"
CONNECT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class GpsdLine:
    """Where gpsd listens; after `ask_s` of silence it is asked, after `lost_s` given up."""

    host: str = "127.0.0.1"
    port: int = PORT
    ask_s: float = 10.0
    lost_s: float = 20.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass
class Counts:
    """What came that is no point."""

    unreadable: int = 0
    no_time: int = 0
    repeated: int = 0


@dataclass
class _Link:
    """One connection."""

    socket: socket.socket
    heard: float
    buffer: bytearray = field(default_factory=bytearray)
    greeted: bool = False
    asked: bool = False
    fixed: float | None = None  # monotonic; the last fix that was none before
    devices: set[str] = field(default_factory=set)
    satellites: int | None = None


class Gpsd:
    """Points of the receivers that one gpsd serves."""

    def __init__(
        self,
        bearer: Bearer,
        line: GpsdLine | None = None,
        *,
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._bearer, self._line = bearer, line or GpsdLine()
        self._backoff = backoff or Backoff()
        self._now = now
        self._link: _Link | None = None
        self._pausing = Pausing()
        self._last: Point | None = None
        self.state: SourceState = IDLE
        self.counts = Counts()

    def read(self, seconds: float) -> list[Point]:
        """See Source."""
        until = time.monotonic() + seconds
        while not self._pausing.closed:
            points = self._once(max(0.0, until - time.monotonic()))
            if points or time.monotonic() >= until:
                return points
        return []

    def close(self) -> None:
        """See Source."""
        self._pausing.end()
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.socket.shutdown(socket.SHUT_RDWR)
            link.socket.close()
        self.state = IDLE

    def _once(self, wait: float) -> list[Point]:
        link = self._link
        if link is None:
            if self._backoff.left > 0:
                self._pausing.pause(min(wait, self._backoff.left))
                return []
            link = self._connect(min(CONNECT_S, max(wait, 0.05)))
            if link is None:
                return []
        try:
            piece = self._piece(link, wait)
        except (OSError, ValueError) as error:
            self._lost(f"gpsd（{self._line}）连接中断（{_reason(error)}）")
            return []
        if piece is None:
            return []
        if not piece:
            self._lost(f"gpsd（{self._line}）已关闭连接")
            return []
        return list(self._points(link, piece))

    def _connect(self, wait: float) -> _Link | None:
        self.state = SourceState("connecting", f"正在连接 gpsd（{self._line}）")
        made = None
        try:
            made = socket.create_connection((self._line.host, self._line.port), wait)
            made.sendall(WATCH)
            made.setblocking(False)
        except OSError as error:
            if made is not None:
                made.close()
            self._lost(f"连接不上 gpsd（{self._line}）：{_reason(error)}")
            return None
        if self._pausing.closed:
            made.close()
            return None
        self._link = _Link(made, time.monotonic())
        return self._link

    def _lost(self, why: str) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.socket.close()
        wait = self._backoff.failed()
        last = clock_words(None if self._last is None else self._last.at)
        self.state = SourceState("waiting", f"{why}，{math.ceil(wait)} 秒后自动重连{last}")

    def _piece(self, link: _Link, wait: float) -> bytes | None:
        """What has come, b"" at the end of the line, None when nothing came in time."""
        quiet = time.monotonic() - link.heard
        if quiet >= self._line.lost_s:
            raise TimeoutError
        if quiet >= self._line.ask_s and not link.asked:
            link.socket.sendall(ASK)
            link.asked = True
        border = self._line.lost_s if link.asked else self._line.ask_s
        ready, _, _ = select.select([link.socket], [], [], max(0.0, min(wait, border - quiet)))
        if not ready:
            return None
        link.heard, link.asked = time.monotonic(), False
        return link.socket.recv(LINE_MAX)

    def _points(self, link: _Link, piece: bytes) -> Iterator[Point]:
        link.buffer += piece
        *lines, rest = link.buffer.split(b"\n")
        link.buffer = bytearray(rest)
        for line in lines:
            point = self._heard(link, bytes(line).strip())
            if self._link is not link:
                return
            if point is not None:
                yield point
        if len(rest) > LINE_MAX:
            self._lost(f"{self._line} 的应答不是 gpsd 协议")

    def _heard(self, link: _Link, line: bytes) -> Point | None:
        if not line:
            return None
        try:
            told: Any = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self.counts.unreadable += 1
            if not link.greeted:
                self._lost(f"{self._line} 的应答不是 gpsd 协议")
            return None
        match told.get("class"):
            case "VERSION":
                link.greeted = True
                self._backoff.succeeded()
            case "DEVICES":
                link.devices = {_path(one) for one in _list(told, "devices") if _active(one)}
            case "DEVICE":
                change = link.devices.add if _active(told) else link.devices.discard
                change(_path(told))
            case "SKY":
                self._sky(link, told)
            case "TPV":
                return self._fix(link, told)
        self._say(link)
        return None

    def _say(self, link: _Link) -> None:
        quiet = None if link.fixed is None else time.monotonic() - link.fixed
        if not link.greeted or (quiet is not None and quiet < self._line.lost_s and link.devices):
            return
        last = clock_words(None if self._last is None else self._last.at)
        if not link.devices:
            self.state = SourceState("no_device", f"已连接 gpsd，没有接收机{last}")
        elif quiet is not None:
            # gpsd answers, the receiver behind it does not: the last place is not that of now.
            words = f"已连接 gpsd，接收机 {quiet:.0f} 秒没有新定位{last}"
            self.state = SourceState("no_fix", words)
        else:
            seen = "" if link.satellites is None else f"（可用卫星 {link.satellites} 颗）"
            self.state = SourceState("no_fix", f"已连接 gpsd，接收机尚未定位{seen}")

    def _sky(self, link: _Link, told: Mapping[str, Any]) -> None:
        used = told.get("uSat")
        if isinstance(used, int):
            link.satellites = used
        elif isinstance(told.get("satellites"), list):
            seen = (one for one in told["satellites"] if isinstance(one, dict))
            link.satellites = sum(bool(one.get("used")) for one in seen)

    def _fix(self, link: _Link, told: Mapping[str, Any]) -> Point | None:
        link.devices |= {_path(told)} - {""}
        lat, lon = _number(told, "lat"), _number(told, "lon")
        if (_number(told, "mode") or 0) < 2 or lat is None or lon is None:
            link.fixed = None
            self._say(link)
            return None
        at = moment_of(told.get("time"))
        if at is None:
            self.counts.no_time += 1
            return None
        near = _accuracy(told)
        point = Point(
            device=self._bearer.device,
            unit=self._bearer.unit,
            at=at,
            lat=lat,
            lon=lon,
            accuracy=near,
            speed=_number(told, "speed"),
            course=_number(told, "track"),
            source="gpsd",
            received_at=self._now(),
        )
        if point == self._last:
            self.counts.repeated += 1
            self._say(link)
            return None
        link.fixed, self._last = time.monotonic(), point
        doubt = clock_doubt(at, point.received_at)
        if doubt:
            self.state = SourceState("no_fix", doubt)
            return point
        parts = [] if link.satellites is None else [f"可用卫星 {link.satellites} 颗"]
        parts += [] if near is None else [f"精度约 {near:.0f} 米"]
        about = f"（{'，'.join(parts)}）" if parts else ""
        self.state = SourceState("live", f"gpsd 定位正常{about}")
        return point


def _path(told: object) -> str:
    found = told.get("path") or told.get("device") if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def _active(told: object) -> bool:
    """A device that was let go says activated 0, or nothing but its path."""
    return isinstance(told, dict) and bool(told.get("activated"))


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    return found if isinstance(found, list) else []


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _accuracy(told: Mapping[str, Any]) -> float | None:
    """The horizontal error as told, or made from its two parts."""
    whole = known_accuracy(_number(told, "eph"))
    if whole is not None:
        return whole
    east, north = _number(told, "epx"), _number(told, "epy")
    return None if east is None or north is None else known_accuracy(math.hypot(east, north))


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "逾时没有回答"
    if isinstance(error, ConnectionRefusedError):
        return "没有程序在听"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "对方已断开"
    if isinstance(error, socket.gaierror):
        return "找不到主机"
    return "网络不通"
