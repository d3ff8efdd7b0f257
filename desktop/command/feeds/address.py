"""Addresses of feeds, with what is needed to log in kept apart from what travels. Pure.

A word for logging in stands in no row: it is kept on the desk that knows it and put into the
address when the feed is opened.
"""

import json
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
ADDRESS_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Login:
    """A user and his password; both empty where none is asked."""

    user: str = ""
    word: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.word)


NOBODY: Final = Login()


def setting_key(feed_id: str) -> str:
    """The setting of this desk that holds the login of a feed."""
    return f"feed_login.{feed_id}"


def stored(login: Login) -> str:
    """A login as the text of a setting; empty for none."""
    return json.dumps([login.user, login.word], ensure_ascii=False) if login else ""


def read_stored(text: str) -> Login:
    """What `stored` made; none for anything else."""
    try:
        user, word = json.loads(text)
    except (ValueError, TypeError):
        return NOBODY
    return Login(str(user), str(word))


def apart(typed: str) -> tuple[str, Login]:
    """An address as somebody typed or pasted it: without its login, and the login."""
    text = typed.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return text, NOBODY
    names, at, host = parts.netloc.rpartition("@")
    if not at:
        return text, NOBODY
    user, _, word = names.partition(":")
    bare = urlunsplit((parts.scheme.lower(), host, parts.path, parts.query, parts.fragment))
    return bare, Login(unquote(user), unquote(word))


def together(url: str, login: Login) -> str:
    """The address to open: with the login, where there is one."""
    if not login:
        return url
    parts = urlsplit(url)
    names = f"{quote(login.user, safe='')}:{quote(login.word, safe='')}"
    return urlunsplit((parts.scheme, f"{names}@{parts.netloc}", parts.path, parts.query, ""))


def fault(url: str) -> str:
    """What is wrong with an address without its login, in one sentence; empty for nothing."""
    if not url:
        return "请填写图像地址。"
    if len(url) > ADDRESS_MOST:
        return f"图像地址不得超过 {ADDRESS_MOST} 个字符。"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "图像地址的主机名或者端口不对。"
    if parts.scheme.lower() not in SCHEMES:
        return "图像地址须以 rtsp://、rtsps://、http:// 或者 https:// 开头。"
    if not host:
        return "图像地址中没有主机名。"
    if "@" in url:
        return "路径中的 @ 请写作 %40；用户名和密码请另填。"
    if any(sign.isspace() for sign in url):
        return "图像地址中不能有空格。"
    return ""
