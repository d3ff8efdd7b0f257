"""Receipts of this device: one link in the transaction of what it proves, and what holds of a
printed code afterwards (desktop.rules.receipt_chain says how). No Qt, no network.

`_sync` remembers the last link beside the rows: a device whose officer changed teams no longer sees
its older links, and would begin a second chain. A replica that was restored from a backup does
begin one: it no longer knows the last links, whose numbers are on paper already.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from desktop.command.seizures.content import content_of
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.rules.receipt_chain import (
    Between,
    Entry,
    Finding,
    Known,
    Link,
    ReceiptCodeError,
    bounds,
    clock_notes,
    examine,
    following,
    parse_code,
)
from storage.ids import new_id
from storage.schema import table
from storage.sync import heads, memory

_TIP: Final = "receipt_tip"
_RESTORED: Final = "restored"  # written by storage.replica
# What can be receipted, and what its row says now.
CONTENTS: Final[Mapping[str, Callable[[Connection, str], str | None]]] = {"seizure": content_of}
KIND_WORDS: Final = {"sign": "签名"}
ABOUT_WORDS: Final = {"seizure": "查封、扣押清单和笔录"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a code proves. `sound`: neither this link nor any before it was touched, and the
    content is the one of then; `words`: sentences for whoever holds the paper."""

    code: str
    sound: bool
    words: tuple[str, ...]
    link: Link | None = None
    between: Between | None = None

    @property
    def head(self) -> Known | None:
        """The hub's head that bounds it from below, to be held against the hub's chain."""
        return None if self.between is None else self.between.by


def append(
    connection: Connection,
    kind: str,
    about: str,
    about_id: str,
    content_sha256: str,
    person_id: str,
    at: datetime,
) -> Link:
    """Adds a link for what the caller's transaction signs; gives it with its code."""
    assert about in CONTENTS, "what is receipted must be read again when it is verified"
    device = _chain(connection)
    n, previous = _tip(connection, device)
    moment = at.astimezone(COURT_ZONE).isoformat(timespec="milliseconds")
    entry = Entry(kind, about, about_id, content_sha256, moment, heads.noted(connection), person_id)
    link = following(device, n + 1, previous, entry)
    connection.execute(insert(table("receipt_link")).values(id=new_id(), **_values(link)))
    memory.keep(connection, _TIP, {"device": device, "n": link.n, "link": link.link_sha256})
    return link


def prove(connection: Connection, typed: str) -> Proof:
    """Holds a printed code against the chain here. UserError for what is no code."""
    try:
        code = parse_code(typed)
    except ReceiptCodeError as fault:
        raise UserError(str(fault)) from fault
    receipt = table("receipt_link").c
    device = connection.execute(select(receipt.device).where(receipt.code == code)).scalar()
    if device is None:
        return Proof(code, sound=False, words=(_nowhere(code),))
    rows = connection.execute(
        select(table("receipt_link")).where(receipt.device == device).order_by(receipt.n)
    ).all()
    links = [link_of(row) for row in rows]
    link = next(one for one in links if one.code == code)
    contents = {one.n: _content(connection, one) for one in links}
    between = bounds(links, _arrivals(rows))
    findings = examine(links, contents)
    touching = [one for one in findings if _touches(one, link.n)]
    said = _words(connection, link, between[link.n], touching)
    said += [one.sentence for one in touching]
    said += [words for n, words in sorted(clock_notes(links, between).items()) if n == link.n]
    later = [one.sentence for one in findings if one not in touching]
    said += [f"（与本码无关）{words}" for words in later]
    sound = not [one for one in touching if one.fault != "missing"]
    return Proof(code, sound, tuple(said), link, between[link.n])


def link_of(row: Row[Any]) -> Link:
    """A stored link."""
    entry = Entry(
        row.kind, row.about, row.about_id, row.content_sha256, row.at, row.head, row.person_id
    )
    return Link(row.device, row.n, entry, row.previous, row.link_sha256, row.code)


def _values(link: Link) -> dict[str, Any]:
    entry = link.entry
    return {
        "device": link.device,
        "n": link.n,
        "kind": entry.kind,
        "about": entry.about,
        "about_id": entry.about_id,
        "content_sha256": entry.content_sha256,
        "previous": link.previous,
        "link_sha256": link.link_sha256,
        "at": entry.at,
        "head": entry.head,
        "code": link.code,
        "person_id": entry.person_id,
    }


def _chain(connection: Connection) -> str:
    """The device's name, with the life of its replica after a restore."""
    device = str(connection.exec_driver_sql("select device_id from _ctl").scalar_one())
    life = memory.recalled(connection, _RESTORED).get("life")
    return device if life is None else f"{device}+{str(life)[-12:]}"


def _tip(connection: Connection, device: str) -> tuple[int, str]:
    """Number and hash of the last link; a new chain hangs on a lot that is drawn now."""
    receipt = table("receipt_link").c
    row = connection.execute(
        select(receipt.n, receipt.link_sha256)
        .where(receipt.device == device)
        .order_by(receipt.n.desc())
        .limit(1)
    ).one_or_none()
    found = (0, secrets.token_hex(32)) if row is None else (int(row.n), str(row.link_sha256))
    kept = memory.recalled(connection, _TIP)
    if kept.get("device") == device and int(kept["n"]) > found[0]:
        return int(kept["n"]), str(kept["link"])
    return found


def _content(connection: Connection, link: Link) -> str | None:
    read = CONTENTS.get(link.entry.about)
    return None if read is None else read(connection, link.entry.about_id)


def _arrivals(rows: Sequence[Row[Any]]) -> dict[int, datetime]:
    """When the hub took each link; what never travelled has not arrived."""
    return {int(row.n): datetime.fromisoformat(row.changed_at) for row in rows if row.changed_at}


def _touches(finding: Finding, n: int) -> bool:
    """Whether a finding bears on link `n`: what comes before it, and its own content."""
    return finding.n == n if finding.fault == "content" else finding.n <= n


def _words(
    connection: Connection, link: Link, between: Between, touching: list[Finding]
) -> list[str]:
    entry = link.entry
    person = table("person").c
    name = connection.execute(select(person.name).where(person.id == entry.person_id)).scalar()
    what = ABOUT_WORDS.get(entry.about, entry.about)
    head = f"{what}由{name or '（不在本库的人员）'}{KIND_WORDS.get(entry.kind, entry.kind)}"
    grave = [one for one in touching if one.fault != "missing"]
    said = [
        f"不符！{head}，但回执链或者内容被改动过。"
        if grave
        else f"相符：{head}，是本设备第 {link.n} 号回执，内容与签名时一致，次序未被改动。",
        f"设备时钟记为 {_minute(datetime.fromisoformat(entry.at))}。",
    ]
    return [*said, _bounded(between)]


def _bounded(between: Between) -> str:
    parts = []
    if between.after is not None and between.by is not None:
        seq = between.by.seq
        parts.append(f"不早于 {_minute(between.after)}（当时已知审计链第 {seq} 环）")
    if between.before is not None:
        parts.append(f"不晚于 {_minute(between.before)}（到达共享库）")
    if not parts:
        return "尚无共享库的链头或到达时间，签名时间只有设备时钟可考，次序仍可证明。"
    return f"不论设备时钟如何，签名{'，'.join(parts)}。"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M:%S}"


def _nowhere(code: str) -> str:
    return (
        f"不符！本库没有回执码 {code}：纸面所载从未写入本库所见的回执链，"
        "或者回执链在打印之后被整条改写，或者该设备的回执尚未同步到本库。"
    )
