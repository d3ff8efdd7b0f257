"""What every sealed file of the hub for this device goes through before anything of it is used."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from storage.faults import ReplicaFault
from storage.session import Session
from storage.sync import engine, sealed
from storage.sync.port import Hello, Json, TextRow
from storage.sync.pull import COLUMNS
from storage.sync.sealed import Header, Sealed, SealFault


class ExchangeFault(ReplicaFault):
    """The exchange cannot go on; the sentence says why."""


class Call(Protocol):
    """A function of the hub by name, as storage.sync.postgres offers it."""

    def __call__(self, function: str, *values: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """This device, and the hub's last word to it."""

    told: Hello
    device: str

    def header(self, kind: sealed.Kind, number: int, mac: str = "") -> Header:
        """The header of a file between this device and its hub."""
        hub = self.told.history.partition(":")[0]
        return Header(kind, hub, self.device, self.told.who, number, mac)


def desk_in(connection: Connection) -> Desk:
    """Raises ExchangeFault before the first contact."""
    told = engine.hello_in(connection)
    if told is None or not told.file_key:
        raise ExchangeFault("本机还没有连接过共享库，没有离线文件的密钥。请先联网同步一次。")
    device = connection.exec_driver_sql("select device_id from _ctl").scalar_one()
    return Desk(told, str(device))


def desk_of(session: Session) -> Desk:
    """The same on a connection of its own."""
    with session.read() as connection:
        return desk_in(connection)


def opened(desk: Desk, data: bytes, kind: sealed.Kind, word: str) -> Sealed:
    """A file of the hub for this officer on this device, proven. Raises SealFault."""
    header = sealed.read_header(data)
    told, mine = desk.told, desk.header(kind, header.number)
    if header.kind != kind:
        raise SealFault(f"这不是{word}文件，没有采用任何内容。")
    if header.hub != mine.hub:
        raise SealFault("这份文件来自另一个共享库，没有采用任何内容。")
    if header.device != mine.device:
        raise SealFault("这份文件是写给另一台设备的，没有采用任何内容。")
    if header.who != mine.who:
        raise SealFault(f"这份文件是写给 {header.who} 的，没有采用任何内容。")
    found = sealed.unseal(sealed.seal_key(told.file_key), data)
    try:
        index = json.loads(found.head)["parts"]
    except (ValueError, KeyError, TypeError) as error:
        raise SealFault(sealed.DAMAGED) from error
    sealed.prove(sealed.mac_key(told.file_key), found, index)
    return found


def rows_of(
    index: Sequence[Sequence[Any]], parts: Sequence[str]
) -> tuple[dict[int, list[TextRow]], dict[int, list[str]]]:
    """Rows as a line would bring them, and ids that are gone, by table."""
    rows: dict[int, list[TextRow]] = {}
    gone: dict[int, list[str]] = {}
    for (number, what, *_), part in zip(index, parts, strict=True):
        if number not in COLUMNS:
            continue
        for line in part.split("\n"):
            row = json.loads(line)
            if what == "gone":
                gone.setdefault(number, []).append(row["id"])
            else:
                rows.setdefault(number, []).append(_text_row(number, row))
    return rows, gone


def _text_row(number: int, row: Json) -> TextRow:
    values = (row.get(name) for name in COLUMNS[number])
    return tuple(None if value is None else str(value) for value in values)
