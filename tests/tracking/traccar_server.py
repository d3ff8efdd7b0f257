"""A Traccar server on this machine: the three answers we use, and every way of failing them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "RzBFAiEA-test"


@dataclass
class Server:
    """`manners`: how the next questions are answered, one each; then well. `asked`: path and
    window of every question."""

    address: str = ""
    devices: list[dict[str, Any]] = field(default_factory=list)
    positions: list[dict[str, Any]] = field(default_factory=list)
    manners: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    retry_after: str = ""
    clock: datetime | None = None  # None: that of this machine

    def add(self, fix: datetime, *, vehicle: int = 7, **more: Any) -> int:
        """A position that the tracker hands in now; its number."""
        number = 1000 + len(self.positions)
        self.positions.append(
            {
                "id": number,
                "deviceId": vehicle,
                "fixTime": fix.isoformat(timespec="milliseconds"),
                "latitude": 34.62,
                "longitude": 112.45 + number * 1e-5,
                "speed": 20.0,
                "course": 90.0,
                "accuracy": 0.0,
                "valid": True,
                "outdated": False,
                **more,
            }
        )
        for device in self.devices:
            if device["id"] == vehicle:
                device["lastUpdate"] = f"{number}"  # it differs, which is all that counts
        return number


class _Talk(BaseHTTPRequestHandler):
    server_state: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What the answer says of the server's time."""
        at = self.server_state.clock
        return super().date_time_string(timestamp if at is None else at.timestamp())

    def do_GET(self) -> None:
        state, parts = self.server_state, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        state.asked.append((parts.path, query.get("from", ""), query.get("to", "")))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401, b"")
            return
        if parts.path == "/api/devices":
            body = json.dumps(state.devices).encode()
        else:
            body = json.dumps(self._window(query)).encode()
        self._answer(state.manners.pop(0) if state.manners else "well", body)

    def _window(self, query: dict[str, str]) -> list[dict[str, Any]]:
        since, until = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
        found = [
            one
            for one in self.server_state.positions
            if one["deviceId"] == int(query["deviceId"])
            and since <= datetime.fromisoformat(one["fixTime"]) <= until
        ]
        return sorted(found, key=lambda one: one["fixTime"])

    def _answer(self, manner: str, body: bytes) -> None:
        wait = self.server_state.retry_after
        after = {"Retry-After": wait} if wait else {}
        match manner:
            case "well":
                self._send(200, body)
            case "half":
                self._send(200, body[: len(body) // 2], length=len(body))
                self.close_connection = True
            case "half chunked":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(f"{len(body) + 50:x}\r\n".encode() + body)
                self.close_connection = True
            case "cut":
                self.close_connection = True
            case "silent":
                self.server_state.released.wait(30)
                self.close_connection = True
            case "slow":
                self._trickle()
            case "no json":
                self._send(200, b"<html>login</html>")
            case "no list":
                self._send(200, b'{"error": 1}')
            case "moved":
                self._send(302, b"", {"Location": "/elsewhere"})
            case code:
                self._send(int(code), b"busy", after)

    def _send(
        self, status: int, body: bytes, more: dict[str, str] | None = None, length: int = -1
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length < 0 else length))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.close_connection = True
        while not self.server_state.released.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what the tests are about."""


@contextmanager
def traccar_server() -> Iterator[Server]:
    """Listens until the block ends; knows vehicle 7."""
    state = Server(devices=[{"id": 7, "uniqueId": "862000000000007", "lastUpdate": None}])
    server = _Http(("127.0.0.1", 0), type("Talk", (_Talk,), {"server_state": state}))
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def utc(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, 9, hour, minute, second, tzinfo=UTC)
