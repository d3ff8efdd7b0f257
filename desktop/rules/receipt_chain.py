"""Receipts of a device: a chain of hashes, and the short code of a link on paper (X09). Pure.

Each link holds what was signed, by whom, when by the device's clock, and the link before it. The
order is the number's, never the clock's, which its owner can set. Since a link holds all before it
in place, two things bound its time that no device can bend: the newest head of the hub's audit
chain that any link up to it knew, from below, and the arrival at the hub of any link from it on,
from above.

The code is short enough to be written by hand and cannot be worked out from what was signed: it is
keyed with the link before, whose first one is drawn by lot. Whoever has the chain recounts it
without a network; whoever holds the paper convicts a chain that was written anew.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, pairwise
from typing import Final, Literal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_ALIKE: Final = str.maketrans("OIL", "011")
_DIGITS: Final = 15  # 75 bits of the code, then one that checks them
_CHECK: Final = 37  # a prime: one wrong digit, or two in the wrong order, never pass
_GROUP: Final = 4
_FORMAT: Final = "edesk-receipt-1"
PAPER_MARK: Final = "EDESK1:R:"  # before the code where a telephone reads it

# altered: not what was linked. apart: does not follow the link before it. missing: a number that is
# not here. code: not the code of its link. content: what it stands for says something else now.
Fault = Literal["altered", "apart", "missing", "code", "content"]


class ReceiptCodeError(ValueError):
    """What was typed is no receipt code; the sentence says why (Simplified Chinese)."""


@dataclass(frozen=True, slots=True)
class Known:
    """A head of the hub's audit chain that a device knew: number, hash, the hub's time then."""

    seq: int
    link: str
    at: datetime

    def text(self) -> str:
        """As it stands in a link."""
        return f"{self.seq}|{self.link}|{self.at.isoformat(timespec='seconds')}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be linked. `kind`: what was done; `about`, `about_id`: the row it was done to;
    `at`: by the device's clock; `head`: Known.text(), empty on a desk that never met a hub."""

    kind: str
    about: str
    about_id: str
    content_sha256: str
    at: str
    head: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it is stored. `n` from 1; `previous` of the first one is drawn by lot."""

    device: str
    n: int
    entry: Entry
    previous: str
    link_sha256: str
    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, at link `n`."""

    n: int
    fault: Fault
    sentence: str


@dataclass(frozen=True, slots=True)
class Between:
    """When a link was made, whatever the device's clock said. `by`: the head that bounds it."""

    after: datetime | None
    before: datetime | None
    by: Known | None = None


def following(device: str, n: int, previous: str, entry: Entry) -> Link:
    """The link `n` of a device after the one whose hash is `previous`."""
    assert n > 0, "links are counted from one"
    sha = link_hash(device, n, entry, previous)
    return Link(device, n, entry, previous, sha, code_of(previous, sha))


def link_hash(device: str, n: int, entry: Entry, previous: str) -> str:
    """What the next link holds of this one: SHA-256 over all of it in a fixed spelling."""
    told = [
        *(_FORMAT, device, n, previous, entry.kind, entry.about, entry.about_id),
        *(entry.content_sha256, entry.at, entry.head, entry.person_id),
    ]
    spelt = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def known_of(text: str) -> Known | None:
    """The head in a link's words; None for none or for words that are none."""
    seq, _, rest = text.partition("|")
    link, _, at = rest.partition("|")
    try:
        known = Known(int(seq), link, datetime.fromisoformat(at))
    except ValueError:
        return None
    return known if known.at.tzinfo is not None else None


# The code on paper


def code_of(previous: str, link_sha256: str) -> str:
    """The printed code: 15 digits and one that checks them, in groups of four.

    Of the possible checks five are no letters; a link draws again until its check is one.
    """
    for turn in count():
        drawn = hmac.new(previous.encode(), f"{link_sha256}|{turn}".encode(), hashlib.sha256)
        number = int.from_bytes(drawn.digest()[:10]) >> (80 - 5 * _DIGITS)
        check = number % _CHECK
        if check < len(ALPHABET):
            break
    letters = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(_DIGITS - 1, -1, -1))
    return _grouped(letters + ALPHABET[check])


def parse_code(text: str) -> str:
    """A code as it was typed or read aloud, in its printed spelling. Small letters, blanks and
    hyphens do not matter, O, I, L are read as 0, 1, 1, and what a telephone read is taken, too.
    Raises ReceiptCodeError."""
    bare = text.strip().upper().removeprefix(PAPER_MARK)
    digits = re.sub(r"[\s\-—–－]", "", bare).translate(_ALIKE)
    if len(digits) != _DIGITS + 1:
        raise ReceiptCodeError(
            f"回执码应为 {_DIGITS + 1} 位字符，现有 {len(digits)} 位，请核对是否抄录完整。"
        )
    wrong = [letter for letter in digits if letter not in _VALUES]
    if wrong:
        raise ReceiptCodeError(f"回执码中没有“{wrong[0]}”这一字符，请核对纸面。")
    number = 0
    for letter in digits[:-1]:
        number = number << 5 | _VALUES[letter]
    if number % _CHECK != _VALUES[digits[-1]]:
        raise ReceiptCodeError("回执码的校验位不符，抄录有误，请与纸面逐位核对。")
    return _grouped(digits)


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


# What holds of a chain


def examine(links: Iterable[Link], contents: Mapping[int, str | None]) -> tuple[Finding, ...]:
    """Everything wrong with the chain of one device, in the order of its numbers.

    `contents`: link number -> the hash of what it stands for as it is now; None where that is out
    of sight, and then nothing is said of it.
    """
    ordered = sorted(links, key=lambda link: link.n)
    found: list[Finding] = []
    for link in ordered:
        found += _of_one(link, contents.get(link.n))
    if ordered and ordered[0].n > 1:
        found.append(_gap(1, ordered[0].n - 1))
    for before, link in pairwise(ordered):
        if link.n > before.n + 1:
            found.append(_gap(before.n + 1, link.n - 1))
        elif link.n == before.n:
            found.append(Finding(link.n, "apart", f"第 {link.n} 号有两份，其中一份不是原来的。"))
        elif link.previous != before.link_sha256:
            found.append(
                Finding(
                    link.n,
                    "apart",
                    f"第 {link.n} 号与第 {before.n} 号不相衔接：次序被调换，或其中一号被改写。",
                )
            )
    return tuple(sorted(found, key=lambda one: one.n))


def _of_one(link: Link, content: str | None) -> list[Finding]:
    found: list[Finding] = []
    if link_hash(link.device, link.n, link.entry, link.previous) != link.link_sha256:
        words = f"第 {link.n} 号回执的记载与其校验值不符：记载或序号被改动。"
        found.append(Finding(link.n, "altered", words))
    elif code_of(link.previous, link.link_sha256) != link.code:
        words = f"第 {link.n} 号的回执码不是该环的编码：编码被改动。"
        found.append(Finding(link.n, "code", words))
    if content is not None and content != link.entry.content_sha256:
        words = f"第 {link.n} 号回执所证明的内容与现存内容不符：内容在签名之后被改动。"
        found.append(Finding(link.n, "content", words))
    return found


def _gap(first: int, last: int) -> Finding:
    numbers = f"第 {first} 号" if first == last else f"第 {first}—{last} 号"
    return Finding(first, "missing", f"缺{numbers}：不在本库，或者被删除，或者未为共享库所接受。")


def bounds(links: Iterable[Link], arrivals: Mapping[int, datetime]) -> dict[int, Between]:
    """Link number -> when it was made, for a chain without findings. `arrivals`: when the hub
    took a link, by the hub's clock."""
    ordered = sorted(links, key=lambda link: link.n)
    below: dict[int, Known | None] = {}
    newest: Known | None = None
    for link in ordered:
        known = known_of(link.entry.head)
        if known is not None and (newest is None or known.at > newest.at):
            newest = known
        below[link.n] = newest
    made: dict[int, Between] = {}
    earliest: datetime | None = None
    for link in reversed(ordered):
        arrived = arrivals.get(link.n)
        if arrived is not None and (earliest is None or arrived < earliest):
            earliest = arrived
        head = below[link.n]
        made[link.n] = Between(None if head is None else head.at, earliest, head)
    return made


def clock_notes(links: Iterable[Link], between: Mapping[int, Between]) -> dict[int, str]:
    """Where a device's clock cannot be believed: it ran backwards, or stands outside the bounds.

    No fault of the chain: its order holds all the same. Number of the link -> sentence.
    """
    ordered: Sequence[Link] = sorted(links, key=lambda link: link.n)
    told: dict[int, str] = {}
    for before, link in pairwise(ordered):
        if datetime.fromisoformat(link.entry.at) < datetime.fromisoformat(before.entry.at):
            told[link.n] = f"第 {link.n} 号的设备时钟早于第 {before.n} 号：时钟在其间被拨回。"
    for link in ordered:
        at, limits = datetime.fromisoformat(link.entry.at), between[link.n]
        if limits.after is not None and at < limits.after.replace(microsecond=0):
            told.setdefault(link.n, f"第 {link.n} 号的设备时钟早于当时已知的链头，时钟偏慢。")
        if limits.before is not None and at > limits.before:
            told.setdefault(link.n, f"第 {link.n} 号的设备时钟晚于到达共享库的时间，时钟偏快。")
    return told
