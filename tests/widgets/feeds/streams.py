"""Real streams made by Debian's ffmpeg, served over HTTP and RTSP, that can be held, cut, and
brought back on the same port. Each serving thread ends with its stream."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from typing import Final

FFMPEG: Final = shutil.which("ffmpeg")
_CHUNK: Final = 16_384
_SOURCE: Final = (
    *("-nostdin", "-hide_banner", "-loglevel", "error", "-re", "-f", "lavfi"),
    *("-i", "testsrc2=size=320x180:rate=15"),
)
_H264: Final = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "8"),
    *("-pix_fmt", "yuv420p", "-threads", "1"),
)
_TS: Final = (*_H264, "-f", "mpegts", "-muxdelay", "0", "-flush_packets", "1", "pipe:1")
_JPEG: Final = ("-c:v", "mjpeg", "-q:v", "7", "-f", "mpjpeg", "-boundary_tag", "frame", "pipe:1")
_TONE: Final = ("-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "mp2")
KINDS: Final = {
    "sound": ((*_TONE, *_TS), "video/mp2t"),
    "mpegts": (_TS, "video/mp2t"),
    "mjpeg": (_JPEG, "multipart/x-mixed-replace; boundary=frame"),
}


def _drop(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _sent(line: socket.socket, part: bytes) -> bool:
    try:
        line.sendall(part)
    except OSError:
        line.close()
        return False
    return True


class HttpStream:
    """One endless stream for whoever asks. `login`: what must stand in the Authorization."""

    def __init__(self, kind: str = "mpegts", login: str = "") -> None:
        assert FFMPEG is not None
        arguments, self._type = KINDS[kind]
        self._login = login
        self._start = b"--frame" if kind == "mjpeg" else b""
        self._coming: list[socket.socket] = []  # whoever waits for the head of a picture
        self._clients: list[socket.socket] = []
        self._guard = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._source = subprocess.Popen([FFMPEG, *_SOURCE, *arguments], stdout=subprocess.PIPE)
        self.port = 0
        self.asked = 0
        self._threads = [threading.Thread(target=self._pump)]
        self._threads[0].start()
        self.come_back()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live"

    def come_back(self) -> None:
        """Listens (again)."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        thread = threading.Thread(target=self._accept, args=(self._listening,))
        self._threads.append(thread)
        thread.start()

    def cut(self) -> None:
        """Breaks all lines and listens no more."""
        _drop(self._listening)
        with self._guard:
            for line in (*self._clients, *self._coming):
                _drop(line)
            self._clients.clear()
            self._coming.clear()

    def hold(self) -> None:
        """The lines stand, and nothing comes; what would have come waits in the server."""
        self._flows.clear()

    def go_on(self) -> None:
        """What waited comes, and all that follows."""
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self.cut()
        self._source.kill()
        self._source.wait()
        assert self._source.stdout is not None
        for thread in self._threads:
            thread.join()
        self._source.stdout.close()

    def _pump(self) -> None:
        out = self._source.stdout
        assert out is not None
        while chunk := out.read1(_CHUNK):  # type: ignore[attr-defined]
            self._flows.wait()
            with self._guard:
                head = chunk.find(self._start)
                lines = [(line, chunk) for line in self._clients]
                if head >= 0:
                    lines += [(line, chunk[head:]) for line in self._coming]
                    self._coming.clear()
                self._clients = [line for line, part in lines if _sent(line, part)]

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            self.asked += 1
            request = b""
            with suppress(OSError):
                while b"\r\n\r\n" not in request and (more := line.recv(4096)):
                    request += more
                if self._login and f"basic {self._login}".encode() not in request.replace(
                    b"Basic", b"basic"
                ):
                    line.sendall(
                        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\n"
                        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    line.close()
                    continue
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {self._type}\r\nConnection: close\r\n\r\n"
                line.sendall(head.encode())
            with self._guard:
                self._coming.append(line)


class RtspStream:
    """RTSP over one line (RFC 2326, interleaved), with the RTP packets that ffmpeg makes."""

    def __init__(self) -> None:
        assert FFMPEG is not None
        self._packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._packets.bind(("127.0.0.1", 0))
        rtp = f"rtp://127.0.0.1:{self._packets.getsockname()[1]}?rtcpport=9"
        self._source = subprocess.Popen(
            [FFMPEG, *_SOURCE, *_H264, "-f", "rtp", rtp], stdout=subprocess.PIPE, text=True
        )
        self._sdp = self._read_sdp()
        self._guard = threading.Lock()
        self._playing: list[socket.socket] = []
        self._all: list[socket.socket] = []
        self._ended = False
        self.port = 0
        self._threads = [threading.Thread(target=self._pump)]
        self._threads[0].start()
        self.come_back()

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/door"

    def come_back(self) -> None:
        """Listens (again)."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        self._begin(self._accept, self._listening)

    def cut(self) -> None:
        """Breaks all lines and listens no more."""
        _drop(self._listening)
        with self._guard:
            for line in self._all:
                _drop(line)
            self._all.clear()
            self._playing.clear()

    def close(self) -> None:
        self.cut()
        self._source.kill()
        self._source.wait()
        self._ended = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._packets.getsockname())
        for thread in self._threads:
            thread.join()
        self._packets.close()
        assert self._source.stdout is not None
        self._source.stdout.close()

    def _begin(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _read_sdp(self) -> str:
        assert self._source.stdout is not None
        lines: list[str] = []
        for text in self._source.stdout:
            line = text.strip()
            if line.startswith(("v=", "o=", "s=", "t=", "a=tool")):
                lines.append(line)
            elif line.startswith("m="):
                lines.append("m=video 0 RTP/AVP 96")
            elif line.startswith("a="):
                lines.append(line)
            if line.startswith("a=fmtp"):
                break
        return "\r\n".join([*lines, "a=control:track1", ""])

    def _pump(self) -> None:
        while not self._ended:
            packet = self._packets.recv(65_536)
            framed = b"$\x00" + len(packet).to_bytes(2, "big") + packet
            with self._guard:
                for line in list(self._playing):
                    try:
                        line.sendall(framed)
                    except OSError:
                        self._playing.remove(line)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with self._guard:
                self._all.append(line)
            self._begin(self._talk, line)

    def _talk(self, line: socket.socket) -> None:
        held = b""
        with suppress(OSError):
            while more := line.recv(4096):
                held += more
                while b"\r\n\r\n" in held:
                    request, held = held.split(b"\r\n\r\n", 1)
                    self._answer(line, request.decode(errors="replace"))

    def _answer(self, line: socket.socket, request: str) -> None:
        verb = request.split(" ", 1)[0].lstrip("$\x00")
        number = next(
            (part.split(":")[1].strip() for part in request.split("\r\n") if "CSeq" in part), "0"
        )
        head, body, code = [f"CSeq: {number}", "Session: 7"], "", "200 OK"
        if verb == "OPTIONS":
            head.append("Public: DESCRIBE, SETUP, PLAY, TEARDOWN")
        elif verb == "DESCRIBE":
            body = self._sdp
            head += [
                "Content-Type: application/sdp",
                f"Content-Base: {self.url}/",
                f"Content-Length: {len(body)}",
            ]
        elif verb == "SETUP":
            if "TCP" in request:
                head.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
            else:
                code = "461 Unsupported Transport"
        with self._guard:
            line.sendall("\r\n".join([f"RTSP/1.0 {code}", *head, "", body]).encode())
            if verb == "PLAY":
                self._playing.append(line)
