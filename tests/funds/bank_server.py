"""A bank behind real TLS on this machine that answers as a test tells it, and counts its orders."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from storage.hub import certificates


@dataclass
class Bank:
    """`manner`: how the next calls are answered; `posted`: the instructions, by key, as often as
    they came; `paid`: what the bank has paid."""

    address: str = ""
    ca: str = ""
    manner: str = "pay"
    posted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    paid: dict[str, str] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


class _Counter(BaseHTTPRequestHandler):
    bank: Bank

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent."""

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.bank.posted.append(told)
        self.bank.headers.append(dict(self.headers.items()))
        if self.bank.manner not in ("refuse", "500 before"):
            self.bank.paid[told["key"]] = told["amount"]  # the money is gone, whatever is said
        self._answer(told["key"], told["amount"])

    def do_GET(self) -> None:
        key = self.path.rpartition("/")[2]
        self.bank.asked.append(key)
        if self.bank.manner == "pay":
            if key in self.bank.paid:
                self._say(200, {"key": key, "state": "paid", "amount": self.bank.paid[key]})
            else:
                self._say(404, {"key": key, "state": "absent"})
            return
        self._answer(key, self.bank.paid.get(key, "0.00"))

    def _answer(self, key: str, amount: str) -> None:
        paid = {"key": key, "state": "paid", "amount": amount, "bank_ref": "YH2026001"}
        said: dict[str, tuple[int, dict[str, Any]]] = {
            "pay": (200, paid),
            "accept": (202, {"key": key, "state": "processing"}),
            "refuse": (422, {"key": key, "state": "rejected", "reason": "户名\n不符"}),
            "long": (200, {**paid, "reason": "长" * 70_000}),
            "other key": (200, {**paid, "key": "0" * 36}),
            "other amount": (200, {**paid, "amount": "1.00"}),
            "absent": (404, {"key": key, "state": "absent"}),
        }
        match self.bank.manner:
            case "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
            case "late":
                self.bank.released.wait(30)
            case "half":
                self._say(200, paid, lacking=-9)
            case "trickle":
                self._trickle()
            case "no json":
                self._send(200, b"<html>ok</html>")
            case "moved":
                self._send(307, b"", {"Location": f"/elsewhere{self.path}"})
            case manner if manner in said:
                self._say(*said[manner])
            case code:
                self._say(int(code.split()[0]), paid)

    def _say(self, status: int, told: dict[str, Any], *, lacking: int = 0) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        self._send(status, body[: lacking or None], length=len(body))

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
        while not self.bank.released.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what the tests are about."""


@contextmanager
def bank_server(folder: Path) -> Iterator[Bank]:
    """Listens until the block ends."""
    ca, certificate, key = (folder / name for name in ("ca.pem", "bank.pem", "bank.key"))
    certificates.make(ca, certificate, key)
    bank = Bank(ca=str(ca))
    handler = type("Counter", (_Counter,), {"bank": bank})
    server = _Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    bank.address = f"https://127.0.0.1:{server.server_address[1]}/gateway"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield bank
    finally:
        bank.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
