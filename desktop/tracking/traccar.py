"""Vehicles from a Traccar server: its REST API with a token, in windows of time, never twice.

Positions are asked for by the time of their fix, since the server knows no other question. A
tracker may hand in old fixes after new ones: the last day is therefore asked again from time to
time, and what has been read already is known by its number (X21, C26).
"""

import http.client
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import requests
import urllib3

from desktop.errors import UserError
from desktop.rules.freshness import age_words
from desktop.rules.tracks import HOUR_S, Point
from desktop.tracking.sources import (
    APART,
    IDLE,
    Backoff,
    Bearer,
    Pausing,
    SourceState,
    clock_words,
    known_accuracy,
    moment_of,
    utc_now,
)

KNOT_MS: Final = 1852 / 3600
BODY_MAX: Final = 32 * 1024 * 1024
WINDOW: Final = timedelta(hours=1)
WINDOW_LEAST: Final = timedelta(minutes=1)
OVERLAP: Final = timedelta(minutes=10)
AHEAD: Final = timedelta(minutes=5)  # clocks of trackers run ahead of ours, and of the server's
RETRY_AFTER_MOST: Final = 900.0
# A vehicle that stands in a garage for weeks has its clock told by every sign of life of its
# tracker; what is older than the last day and was sparse is asked for in longer pieces.
FEW: Final = 200  # positions in one answer
WIDER: Final = 12  # twelve hours at one fix a second are some 20 MB


@dataclass(frozen=True, slots=True)
class TraccarLine:
    """The server and its token. `poll_s` between two questions; fixes older than what was read last
    are asked for again every `late_every_s`, back to `late`; `begin`: how far back at first."""

    address: str
    token: str
    ca: str = ""
    poll_s: float = 10.0
    late_every_s: float = 900.0
    late: timedelta = timedelta(hours=26)
    begin: timedelta = timedelta(hours=26)
    connect_s: float = 10.0
    read_s: float = 20.0
    whole_s: float = 60.0


@dataclass
class Reading:
    """How far one vehicle has been read: the latest fix, and the numbers of the positions of the
    last day by hour of fix."""

    until: datetime | None = None
    seen: dict[int, set[int]] = field(default_factory=dict)
    changed: str = ""  # the server's lastUpdate when everything had been read
    swept: float = -1e9  # monotonic; old fixes were last asked for

    def knows(self, number: int, hour: int) -> bool:
        """Whether that position was given already."""
        return number in self.seen.get(hour, ())


@dataclass
class TraccarCounts:
    """What came that is no point, and what had to be asked again."""

    invalid: int = 0
    outdated: int = 0
    repeated: int = 0
    failures: int = 0


class _NoAnswerError(Exception):
    """A question without an answer; `wait`: what the server asked for; `shrink`: ask for less."""

    def __init__(
        self,
        sentence: str,
        *,
        wait: float = 0.0,
        shrink: bool = False,
        standing: Literal["waiting", "refused"] = "waiting",
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.wait, self.shrink, self.standing = sentence, wait, shrink, standing


class Traccar:
    """Points of the vehicles named in `bearers`, by their unique id at the server."""

    def __init__(
        self,
        line: TraccarLine,
        bearers: Mapping[str, Bearer],
        *,
        resume: str = "",
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._line, self._bearers = checked(line), dict(bearers)
        self._backoff = backoff or Backoff()
        self._now = now
        self._pausing = Pausing()
        self._readings = _resumed(resume)
        self._window = WINDOW
        self._next = 0.0
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor passwords from the environment
        self._session.verify = line.ca or True
        self._session.headers.update(
            {"Authorization": f"Bearer {line.token}", "Accept": "application/json"}
        )
        self.state: SourceState = IDLE
        self.counts = TraccarCounts()
        self._apart = timedelta()  # of the server's clock before ours
        self._there: set[str] = set()  # named vehicles of the last answer
        self.unknown: list[str] = []  # vehicles of the server that nobody has named here

    @property
    def cursor(self) -> str:
        """How far everything given so far has been read; kept with the points, it lets the next
        run go on without loss. An older one gives some points again, which are then copies."""
        told = {
            name: {
                "until": None if one.until is None else one.until.isoformat(),
                "seen": {str(hour): sorted(numbers) for hour, numbers in one.seen.items()},
            }
            for name, one in self._readings.items()
        }
        return json.dumps(told)

    def read(self, seconds: float) -> list[Point]:
        """See Source. What was read before a failure is given; the rest is asked for again."""
        until = time.monotonic() + seconds
        while not self._pausing.closed:
            left = max(0.0, until - time.monotonic())
            wait = max(self._backoff.left, self._next - time.monotonic())
            if wait > 0:
                self._pausing.pause(min(wait, left))
                if wait > left:
                    return []
                continue
            points: list[Point] = []
            try:
                self._round(points)
            except _NoAnswerError as failed:
                self._say(failed)
            else:
                self._backoff.succeeded()
                self._next = time.monotonic() + self._line.poll_s
                self._well()
            if points or time.monotonic() >= until:
                return points
        return []

    def close(self) -> None:
        """See Source."""
        self._pausing.end()
        self._session.close()
        self.state = IDLE

    def _round(self, points: list[Point]) -> None:
        """Asks once for everything that is due; points go to `points` as each window is read."""
        devices = self._ask("devices", {})
        self.unknown = []
        names = {str(device.get("uniqueId", "")) for device in devices}
        self._there = names & self._bearers.keys()
        for device in devices:
            name = str(device.get("uniqueId", ""))
            if name not in self._bearers:
                self.unknown.append(name)
                continue
            self._vehicle(name, device, points)

    def _vehicle(self, name: str, device: Mapping[str, Any], points: list[Point]) -> None:
        reading = self._readings.setdefault(name, Reading())
        now = self._now()
        changed = str(device.get("lastUpdate") or "")
        late = time.monotonic() - reading.swept >= self._line.late_every_s
        if not late and changed and changed == reading.changed:
            return
        since = now - self._line.begin
        if reading.until is not None:
            since = reading.until - (self._line.late if late else OVERLAP)
            since = max(since, now - max(self._line.begin, self._line.late))
            since = min(since, reading.until)
        old, few = now - max(self._line.begin, self._line.late), True
        while since < now + AHEAD:
            span = self._window * WIDER if few and since < old else self._window
            end = min(since + span, now + AHEAD)
            window = {"deviceId": device.get("id"), "from": _iso(since), "to": _iso(end)}
            answer = self._ask("positions", window)
            for told in answer:
                self._position(told, name, reading, points)
            self._window = min(WINDOW, self._window * 2)
            since, few = end, len(answer) < FEW
        reading.changed = changed
        if late:
            reading.swept = time.monotonic()
        # Of one that stands for days its last fix is asked for again and again.
        back = min(now - self._line.late - 2 * WINDOW, (reading.until or now) - OVERLAP)
        oldest = int(back.timestamp()) // HOUR_S
        reading.seen = {hour: some for hour, some in reading.seen.items() if hour >= oldest}

    def _position(
        self, told: Mapping[str, Any], name: str, reading: Reading, points: list[Point]
    ) -> None:
        number, at = told.get("id"), moment_of(told.get("fixTime"))
        if not isinstance(number, int) or at is None:
            self.counts.invalid += 1
            return
        hour = int(at.timestamp()) // HOUR_S
        if reading.knows(number, hour):
            self.counts.repeated += 1
            return
        point = self._point(told, self._bearers[name], at)
        reading.seen.setdefault(hour, set()).add(number)
        if point is None:
            return
        if at <= self._now() + AHEAD:  # a clock that is wrong must not hide what comes after
            reading.until = at if reading.until is None else max(reading.until, at)
        points.append(point)

    def _point(self, told: Mapping[str, Any], bearer: Bearer, at: datetime) -> Point | None:
        lat, lon = _number(told, "latitude"), _number(told, "longitude")
        if told.get("outdated"):  # the tracker's last fix once more, without a new one
            self.counts.outdated += 1
            return None
        if not told.get("valid", True) or lat is None or lon is None:
            self.counts.invalid += 1
            return None
        speed = _number(told, "speed")
        return Point(
            device=bearer.device,
            unit=bearer.unit,
            at=at,
            lat=lat,
            lon=lon,
            accuracy=known_accuracy(_number(told, "accuracy")),
            speed=None if speed is None else speed * KNOT_MS,
            course=_number(told, "course"),
            source="traccar",
            received_at=self._now(),
        )

    def _ask(self, what: str, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """One question. Raises _NoAnswerError for everything but a whole answer."""
        until = time.monotonic() + self._line.whole_s
        timeouts = (self._line.connect_s, self._line.read_s)
        url = f"{self._line.address.rstrip('/')}/api/{what}"
        if self._line.ca and not Path(self._line.ca).is_file():
            words = f"找不到车辆定位服务器的证书文件 {self._line.ca}"
            raise _NoAnswerError(words, wait=60.0, standing="refused")
        try:
            with self._session.get(
                url, params=params, timeout=timeouts, allow_redirects=False, stream=True
            ) as answer:
                _refused(answer)
                self._compare(answer.headers.get("Date", ""))
                body = _whole(answer, until)
        except requests.exceptions.SSLError as error:
            raise _NoAnswerError(
                "与车辆定位服务器的加密连接未能建立（证书不符也会如此）"
            ) from error
        except requests.exceptions.ConnectTimeout as error:
            raise _NoAnswerError("连接车辆定位服务器超时") from error
        except requests.exceptions.Timeout as error:
            raise _NoAnswerError("车辆定位服务器逾时没有回答", shrink=True) from error
        except requests.exceptions.ChunkedEncodingError as error:
            raise _NoAnswerError("车辆定位服务器的回答中断，只收到一部分", shrink=True) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise _NoAnswerError("连接不上车辆定位服务器") from error
        try:
            told = json.loads(body)
        except ValueError as error:
            raise _NoAnswerError("车辆定位服务器的回答无法理解") from error
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            raise _NoAnswerError("车辆定位服务器的回答无法理解")
        return told

    def _compare(self, date: str) -> None:
        """Positions are asked for by our clock: one that is slow sees none of the last hours."""
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self._apart = theirs - self._now()

    def _say(self, failed: _NoAnswerError) -> None:
        self.counts.failures += 1
        if failed.shrink:
            self._window = max(WINDOW_LEAST, self._window / 2)
        wait = self._backoff.failed(failed.wait)
        sentence = f"{failed.sentence}，{math.ceil(wait)} 秒后自动重试{clock_words(self._newest())}"
        self.state = SourceState(failed.standing, sentence)

    def _well(self) -> None:
        known = len(self._there)
        lacking = len(self._bearers) - known
        about = f"，另有 {lacking} 辆在服务器上查不到" if lacking else ""
        last = clock_words(self._newest())
        if abs(self._apart) > APART:
            way = "快" if self._apart > timedelta() else "慢"
            by = age_words(int(self._apart.total_seconds()))
            words = f"车辆定位服务器的时钟比本机{way} {by}，请核对本机时钟：{known} 辆{about}{last}"
            self.state = SourceState("no_fix", words)
            return
        self.state = SourceState("live", f"车辆定位服务器正常：{known} 辆{about}{last}")

    def _newest(self) -> datetime | None:
        return max((one.until for one in self._readings.values() if one.until), default=None)


def checked(line: TraccarLine) -> TraccarLine:
    """The line as it may be used. Raises UserError: no address, or no token."""
    try:
        parts = urlsplit(line.address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.query or parts.fragment:
        raise UserError("车辆定位服务器的地址须以 http:// 或 https:// 开头，不含口令和参数。")
    if not line.token.strip() or not line.token.isascii() or not line.token.isprintable():
        raise UserError("未设定车辆定位服务器的令牌。")
    return line


def _resumed(cursor: str) -> dict[str, Reading]:
    """What an earlier run had read. UserError: the text is none of ours."""
    if not cursor:
        return {}
    try:
        return {
            name: Reading(
                until=None if one["until"] is None else datetime.fromisoformat(one["until"]),
                seen={int(hour): set(numbers) for hour, numbers in one["seen"].items()},
            )
            for name, one in json.loads(cursor).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError("车辆定位的续读位置已损坏，请清除后重新读取。") from error


def _refused(answer: requests.Response) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status in (401, 403):
        raise _NoAnswerError("车辆定位服务器不接受令牌", wait=60.0, standing="refused")
    if status == 429:
        raise _NoAnswerError("车辆定位服务器要求放慢", wait=_retry_after(answer))
    if status >= 500:
        raise _NoAnswerError(f"车辆定位服务器出错（{status}）", wait=_retry_after(answer))
    raise _NoAnswerError(f"车辆定位服务器没有给出结果（{status}）", wait=60.0, standing="refused")


def _retry_after(answer: requests.Response) -> float:
    """Seconds that the server asks to wait: a number, or a moment."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(RETRY_AFTER_MOST, float(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        return 0.0
    wait = (moment - datetime.now(UTC)).total_seconds()
    return min(RETRY_AFTER_MOST, max(0.0, wait))


def _whole(answer: requests.Response, until: float) -> bytes:
    """The body; _NoAnswerError when it trickles for too long or has no end."""
    found = bytearray()
    for piece in _pieces(answer):
        found += piece
        if time.monotonic() > until:
            raise _NoAnswerError("车辆定位服务器的回答太慢", shrink=True)
        if len(found) > BODY_MAX:
            raise _NoAnswerError("车辆定位服务器的回答过长", shrink=True)
    return bytes(found)


def _pieces(answer: requests.Response) -> Iterable[bytes]:
    """What has come, without waiting for a piece to fill: a slow body must be noticed as slow."""
    while True:
        try:
            piece = answer.raw.read1(65_536, decode_content=True)
        except (TimeoutError, urllib3.exceptions.TimeoutError) as error:
            raise requests.exceptions.ReadTimeout from error
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise requests.exceptions.ChunkedEncodingError from error
        if not piece:
            return
        yield piece


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
