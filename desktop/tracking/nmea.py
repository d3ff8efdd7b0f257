"""A receiver on a serial port: sentences of NMEA 0183, put together, checked, made into points.

A point is made of RMC, which alone has a date; how exact it is follows from the last GGA or GSA.
"""

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import pynmea2
import serial

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
    utc_now,
)

BAUD: Final = 9600
LINE_MAX: Final = 200  # NMEA allows 82; some receivers write more
KNOT_MS: Final = 1852 / 3600
# Metres of error per unit of HDOP of a civil receiver, twice the usual estimate so that the device
# is within the circle in nineteen of twenty cases. Ours 〔未核实〕.
METRES_PER_HDOP: Final = 10.0
HDOP_S: Final = 15.0
SILENT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class NmeaCounts:
    """What came: good sentences, wrong checksums, sentences cut short or unreadable, RMC without
    a fix."""

    sentences: int = 0
    wrong_checksum: int = 0
    unreadable: int = 0
    no_fix: int = 0


class Sentences:
    """Joins pieces of a line of bytes into sentences; knows points among them."""

    def __init__(self, bearer: Bearer, now: Callable[[], datetime] = utc_now) -> None:
        self._bearer, self._now = bearer, now
        self._rest = b""
        self._hdop: tuple[float, float] | None = None  # its value, and when it was heard
        self.satellites: int | None = None
        self.fixed = False
        self.counts = NmeaCounts()

    def feed(self, piece: bytes) -> list[Point]:
        """The points that are complete with this piece."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > LINE_MAX:  # no line ever ends here: another speed, or no receiver
            self._rest = b""
            self._count("unreadable")
        found = []
        for line in lines:
            point = self._sentence(line)
            if point is not None:
                found.append(point)
        return found

    def forget(self) -> None:
        """The line was cut: what was half heard is not joined to what comes after."""
        self._rest = b""

    def _count(self, name: str) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + 1})

    def _sentence(self, line: bytes) -> Point | None:
        if b"$" not in line:
            if line.strip():
                self._count("unreadable")
            return None
        # What stands before the last "$" is a sentence that was cut short.
        lost, _, text = line.strip().rpartition(b"$")
        if lost.strip(b"\x00 \r"):
            self._count("unreadable")
        try:
            told = pynmea2.parse("$" + text.decode("ascii"), check=True)
            point = self._understood(told)
        except pynmea2.ChecksumError:
            self._count("wrong_checksum")
            return None
        except (pynmea2.ParseError, ValueError, TypeError, AttributeError):
            self._count("unreadable")
            return None
        self._count("sentences")
        return point

    def _understood(self, told: Any) -> Point | None:
        match getattr(told, "sentence_type", ""):
            case "GGA":
                self.satellites = int(told.num_sats) if told.num_sats else None
                self._dop(told.horizontal_dil)
            case "GSA":
                self._dop(told.hdop)
            case "RMC":
                return self._fix(told)
        return None

    def _dop(self, text: str | None) -> None:
        value = float(text) if text else math.inf
        self._hdop = (value, time.monotonic()) if value < 99 else None

    def _fix(self, told: Any) -> Point | None:
        if told.status != "A" or not told.lat or not told.lon:
            self.fixed = False
            self._count("no_fix")
            return None
        at = datetime.combine(told.datestamp, told.timestamp.replace(tzinfo=UTC))
        near = None
        if self._hdop is not None and time.monotonic() - self._hdop[1] <= HDOP_S:
            near = known_accuracy(self._hdop[0] * METRES_PER_HDOP)
        self.fixed = True
        return Point(
            device=self._bearer.device,
            unit=self._bearer.unit,
            at=at,
            lat=told.latitude,
            lon=told.longitude,
            accuracy=near,
            speed=None if told.spd_over_grnd is None else told.spd_over_grnd * KNOT_MS,
            course=told.true_course,
            source="nmea",
            received_at=self._now(),
        )


class NmeaPort:
    """Points of the receiver on one serial port."""

    def __init__(
        self,
        bearer: Bearer,
        port: str,
        baud: int = BAUD,
        *,
        silent_s: float = SILENT_S,
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._port, self._baud, self._silent_s = port, baud, silent_s
        self._backoff = backoff or Backoff()
        self._pausing = Pausing()
        self._line: serial.Serial | None = None
        self._heard = self._fixed = 0.0  # monotonic: the last byte, and the last fix
        self._last: Point | None = None
        self._sentences = Sentences(bearer, now)
        self.state: SourceState = IDLE

    @property
    def counts(self) -> NmeaCounts:
        """What came so far."""
        return self._sentences.counts

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
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                line.cancel_read()
        self.state = IDLE

    def _once(self, wait: float) -> list[Point]:
        if self._line is None:
            if self._backoff.left > 0:
                self._pausing.pause(min(wait, self._backoff.left))
                return []
            if not self._open():
                return []
        line = self._line
        assert line is not None
        try:
            line.timeout = min(wait, 1.0)
            piece = line.read(1)  # waits; the rest of what is there comes without waiting
            piece += line.read(line.in_waiting)
        except (OSError, TypeError, serial.SerialException):
            # TypeError: pyserial's own, when the port is closed while it reads.
            self._lost("串口接收机已断开")
            return []
        if self._pausing.closed:
            line.close()
            return []
        points = self._sentences.feed(piece)
        self._told(piece, points)
        return points

    def _open(self) -> bool:
        self.state = SourceState("connecting", f"正在打开串口 {self._port}")
        try:
            self._line = serial.Serial(self._port, self._baud, timeout=1.0)
        except (OSError, ValueError, serial.SerialException):
            self._lost("打不开串口（未插接收机，或无权使用）")
            return False
        self._heard = time.monotonic()
        self.state = SourceState("no_fix", f"串口 {self._port} 已打开，等待语句")
        return True

    def _lost(self, why: str) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                line.close()
        self._sentences.forget()
        wait = math.ceil(self._backoff.failed())
        last = clock_words(None if self._last is None else self._last.at)
        self.state = SourceState("waiting", f"{why}（{self._port}），{wait} 秒后自动重试{last}")

    def _told(self, piece: bytes, points: list[Point]) -> None:
        last = clock_words(None if self._last is None else self._last.at)
        if not piece:
            if time.monotonic() - self._heard >= self._silent_s:
                self.state = SourceState("no_device", f"串口 {self._port} 没有数据{last}")
            return
        self._heard = time.monotonic()
        if points:
            self._backoff.succeeded()
            self._last, self._fixed = points[-1], self._heard
            near = points[-1].accuracy
            about = "" if near is None else f"（精度约 {near:.0f} 米）"
            doubt = clock_doubt(points[-1].at, points[-1].received_at)
            self.state = (
                SourceState("no_fix", doubt)
                if doubt
                else SourceState("live", f"串口定位正常{about}")
            )
        elif not self.counts.sentences:
            self.state = SourceState("no_fix", f"串口 {self._port} 有数据但无法识别，请核对速率")
        elif not self._sentences.fixed:
            seen = self._sentences.satellites
            about = "" if seen is None else f"（可用卫星 {seen} 颗）"
            self.state = SourceState("no_fix", f"串口接收机尚未定位{about}{last}")
        elif (quiet := self._heard - self._fixed) >= 3 * self._silent_s:
            # Something comes, but no fix among it: another speed, or a line that is disturbed.
            words = f"串口 {self._port} 有数据，但 {quiet:.0f} 秒没有可用的定位语句{last}"
            self.state = SourceState("no_fix", words)
