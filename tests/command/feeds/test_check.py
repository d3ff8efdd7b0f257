"""What an address answers: real streams, and servers that refuse, keep silent, speak otherwise."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from desktop.command.feeds.address import NOBODY, Login
from desktop.command.feeds.check import CheckArgs, check
from tests.widgets.feeds.streams import FFMPEG, HttpStream, RtspStream

Serve = Callable[[bytes], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers one connection with these bytes, or not at all with none."""
    open_: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(answer: bytes) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        open_.append(listening)

        def talk() -> None:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with closing(line):
                line.recv(4096)
                if answer:
                    line.sendall(answer)
                else:
                    line.recv(4096)  # until the other side gives up

        thread = threading.Thread(target=talk)
        threads.append(thread)
        thread.start()
        return int(listening.getsockname()[1])

    yield begin
    for listening in open_:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
    for thread in threads:
        thread.join()


def head(code: str, kind: str, body: bytes = b"x") -> bytes:
    text = f"HTTP/1.1 {code}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return text.encode() + body


@pytest.mark.parametrize(
    ("scheme", "answer", "words"),
    [
        ("http", head("200 OK", "text/html"), "网页"),
        ("http", head("404 Not Found", "text/plain"), "404"),
        ("http", head("401 Unauthorized", "text/plain"), "用户名和密码"),
        ("http", head("200 OK", "video/mp2t", b""), "没有传来内容"),
        ("http", b"", "没有应答"),
        ("rtsp", b"", "没有应答"),
        ("rtsp", b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", "404"),
        ("rtsp", b"RTSP/1.0 200 OK\r\nContent-Length: 11\r\n\r\nm=audio 0 x", "没有图像"),
        ("rtsp", head("200 OK", "text/html"), "不是图像服务"),
    ],
)
def test_each_answer_has_its_sentence(serve: Serve, scheme: str, answer: bytes, words: str) -> None:
    said = check(CheckArgs(f"{scheme}://127.0.0.1:{serve(answer)}/x", timeout_s=0.4))
    assert not said.good
    assert words in said.sentence


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_there(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = check(CheckArgs(f"{scheme}://127.0.0.1:{port}/x", timeout_s=2))
    assert not said.good
    assert "拒绝连接" in said.sentence
    assert "开头" in check(CheckArgs("file:///x")).sentence


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg on this machine")
def test_real_streams_can_be_had() -> None:
    word = base64.b64encode(b"guard:key").decode()
    with closing(HttpStream(login=word)) as http, closing(RtspStream()) as rtsp:
        assert "用户名和密码" in check(CheckArgs(http.url, NOBODY)).sentence
        assert not check(CheckArgs(http.url, Login("guard", "wrong"))).good
        good = check(CheckArgs(http.url, Login("guard", "key")))
        assert (good.good, good.detail) == (True, "video/mp2t")
        assert check(CheckArgs(rtsp.url)).good
