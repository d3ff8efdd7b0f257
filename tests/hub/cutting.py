"""A TCP proxy that cuts the line after so many bytes in one direction."""

import contextlib
import selectors
import socket
import struct
import threading
from typing import Literal

Direction = Literal["up", "down"]


class CuttingProxy:
    """Passes bytes on between clients and one server; `arm` says when to cut, once."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._left: dict[str, int | None] = {"up": None, "down": None}
        self.passed = {"up": 0, "down": 0}
        self.cuts = 0
        self.cut = threading.Event()
        self._open = True
        self._shutting = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="proxy")
        self._thread.start()

    def arm(self, direction: Direction | None, after: int = 0, *, shut: bool = False) -> None:
        """The line is cut when `after` bytes more have passed; None: it is not cut any more.

        `shut`: no other line is had after the cut, until `open`. `cut` is set by the cut.
        """
        self.cut.clear()
        with self._lock:
            self._shutting = shut
            self._left = {"up": None, "down": None}
            self.passed = {"up": 0, "down": 0}
            if direction is not None:
                self._left[direction] = after

    def shut(self) -> None:
        """There is no network: lines end, and new ones end at once."""
        with self._lock:
            self._open = False

    def open(self) -> None:
        """There is a network again."""
        with self._lock:
            self._open = True

    def close(self) -> None:
        """Ends all lines and the thread."""
        self._ended.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listening, selectors.EVENT_READ, None)
            while not self._ended.is_set():
                if not self._open:
                    self._drop_all(selector)
                for key, _mask in selector.select(0.05):
                    if key.data is None:
                        self._join(selector)
                    else:
                        self._pass(selector, key.fileobj, *key.data)  # type: ignore[arg-type]
            for key in list(selector.get_map().values()):
                if key.data is not None:
                    key.fileobj.close()  # type: ignore[union-attr]

    @staticmethod
    def _drop_all(selector: selectors.BaseSelector) -> None:
        for key in list(selector.get_map().values()):
            if key.data is not None:
                selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]

    def _join(self, selector: selectors.BaseSelector) -> None:
        client, _address = self._listening.accept()
        if not self._open:
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._server))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client, selectors.EVENT_READ, ("up", server))
        selector.register(server, selectors.EVENT_READ, ("down", client))

    def _pass(
        self,
        selector: selectors.BaseSelector,
        source: socket.socket,
        direction: Direction,
        sink: socket.socket,
    ) -> None:
        try:
            found = source.recv(65_536)
        except OSError:
            found = b""
        with self._lock:
            left = self._left[direction]
            cut = left is not None and len(found) >= left
            if cut:
                found = found[:left]
                self._left[direction] = None
                self.cuts += 1
                self._open = not self._shutting
            elif left is not None:
                self._left[direction] = left - len(found)
            self.passed[direction] += len(found)
        ended = not found
        with contextlib.suppress(OSError):
            sink.sendall(found)
        if ended or cut:
            self._end(selector, source, sink, hard=cut)
        if cut:
            self.cut.set()

    def _end(
        self,
        selector: selectors.BaseSelector,
        source: socket.socket,
        sink: socket.socket,
        *,
        hard: bool,
    ) -> None:
        for one in (source, sink):
            with contextlib.suppress(KeyError, ValueError):
                selector.unregister(one)
            if hard and self.cuts % 2:
                # Every other time as a router does that forgot the line, not as a program ends.
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
