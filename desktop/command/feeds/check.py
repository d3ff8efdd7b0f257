"""Asks a feed's address whether pictures come from there, and says in one sentence what it answers.

For the lane that waits for other servers: the answer may take as long as `timeout_s`. Nothing is
played; HTTP is asked for its first bytes, RTSP for its description.
"""

import base64
import hashlib
import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPDigestAuth

from desktop.command.feeds.address import NOBODY, Login, fault

TIMEOUT_S: Final = 6.0
_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_HEAD_MOST: Final = 65_536
_REFUSED: Final = "对方要求用户名和密码，或者所填的不对。"
_NOTHING: Final = "地址上没有图像（{code}）。"


@dataclass(frozen=True, slots=True)
class CheckArgs:
    """An address without its login, and the login."""

    url: str
    login: Login = NOBODY
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether pictures can be had there, and what is to be said of it."""

    good: bool
    sentence: str
    detail: str = field(default="")


def check(args: CheckArgs) -> Answer:
    """Never raises for what a network does."""
    if wrong := fault(args.url):
        return Answer(False, wrong)
    try:
        if urlsplit(args.url).scheme.lower() in _PORTS:
            return _ask_rtsp(args)
        return _ask_http(args)
    except (requests.RequestException, OSError) as fault_:
        return Answer(False, _fault_words(fault_), type(fault_).__name__)


def _fault_words(fault_: BaseException) -> str:
    """A network's fault in one sentence; what `requests` wraps is looked for inside."""
    chain: list[BaseException] = []
    inner: BaseException | None = fault_
    while inner is not None and inner not in chain:
        chain.append(inner)
        reason = getattr(inner, "reason", None)
        nested = [one for one in (*inner.args, reason) if isinstance(one, BaseException)]
        inner = nested[0] if nested else inner.__cause__ or inner.__context__
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "找不到这台主机：请核对主机名，或者改填 IP 地址。"
    if any(isinstance(one, TimeoutError | requests.Timeout) for one in chain):
        return "对方在限定时间内没有应答。"
    if any(isinstance(one, ConnectionRefusedError) for one in chain):
        return "对方拒绝连接：端口不对，或者设备未开启图像服务。"
    if any(isinstance(one, ssl.SSLError | requests.exceptions.SSLError) for one in chain):
        return "加密连接未能建立：对方的证书不受信任。"
    return "连接不上：网络不通，或者对方中断了连接。"


def _ask_http(args: CheckArgs) -> Answer:
    login = (args.login.user, args.login.word) if args.login else None
    with requests.Session() as session:
        session.trust_env = False
        given = session.get(args.url, auth=login, stream=True, timeout=args.timeout_s)
        if given.status_code == requests.codes.unauthorized and args.login:
            given.close()
            digest = HTTPDigestAuth(*login) if login else None
            given = session.get(args.url, auth=digest, stream=True, timeout=args.timeout_s)
        with given:
            if given.status_code in (requests.codes.unauthorized, requests.codes.forbidden):
                return Answer(False, _REFUSED, str(given.status_code))
            if given.status_code != requests.codes.ok:
                return Answer(False, _NOTHING.format(code=given.status_code))
            kind = given.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind.startswith("text/"):
                return Answer(False, f"该地址给出的是网页，不是图像（{kind}）。", kind)
            first = next(given.iter_content(2048), b"")
    if not first:
        return Answer(False, "对方有应答，但没有传来内容。", kind)
    return Answer(True, f"地址可用（{kind or '未注明类型'}）。", kind)


def _ask_rtsp(args: CheckArgs) -> Answer:
    parts = urlsplit(args.url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme.lower()]
    with socket.create_connection((host, port), timeout=args.timeout_s) as plain:
        if parts.scheme.lower() == "rtsps":
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=host) as sealed:
                return _describe(sealed, args)
        return _describe(plain, args)


def _describe(line: socket.socket, args: CheckArgs) -> Answer:
    code, head = _request(line, args.url, 1, "")
    if code == requests.codes.unauthorized and args.login:
        code, head = _request(line, args.url, 2, _authorization(head, args))
    if code in (requests.codes.unauthorized, requests.codes.forbidden):
        return Answer(False, _REFUSED, str(code))
    if code != requests.codes.ok:
        return Answer(False, _NOTHING.format(code=code) if code else "对方不是图像服务（RTSP）。")
    if "m=video" not in head:
        return Answer(False, "对方有应答，但其中没有图像。")
    return Answer(True, "地址可用（RTSP）。", "rtsp")


def _request(line: socket.socket, url: str, number: int, authorization: str) -> tuple[int, str]:
    """The code and the whole text of an answer to DESCRIBE; code 0 for what is no RTSP."""
    words = [f"DESCRIBE {url} RTSP/1.0", f"CSeq: {number}", "Accept: application/sdp"]
    words += [f"Authorization: {authorization}"] if authorization else []
    line.sendall("\r\n".join([*words, "", ""]).encode())
    held = b""
    while len(held) < _HEAD_MOST:
        head, blank, body = held.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length:\s*(\d+)", head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            break
        more = line.recv(4096)
        if not more:
            break
        held += more
    text = held.decode(errors="replace")
    found = re.match(r"RTSP/\d\.\d (\d{3})", text)
    return (int(found[1]) if found else 0), text


def _authorization(head: str, args: CheckArgs) -> str:
    """By digest where the other side offers it (RFC 2617), else plainly."""
    offered = re.search(r"(?im)^WWW-Authenticate:\s*Digest (.*)$", head)
    user, word = args.login.user, args.login.word
    if offered is None:
        return "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode()
    told = dict(re.findall(r'(\w+)="([^"]*)"', offered[1]))
    realm, nonce = told.get("realm", ""), told.get("nonce", "")

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    answer = md5(f"{md5(f'{user}:{realm}:{word}')}:{nonce}:{md5(f'DESCRIBE:{args.url}')}")
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{args.url}",'
        f' response="{answer}"'
    )
