"""Field packs: cases chosen by route and due days, sealed for one device, ending by a day.

The hub decides what goes in: rows of the chosen cases, and no row the officer might not see over a
line. What a pack brought and no line would is taken away again at its end, and the hub is told.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from storage import erasing
from storage.merge import children_of
from storage.overlay import (
    GONE_VER,
    TABLES,
    Base,
    drop_rows,
    keep_base,
    recompute,
    rows_with_ops,
)
from storage.session import Session
from storage.sync import engine, files, memory, pull, sealed
from storage.sync.files import Call, ExchangeFault
from storage.sync.port import Cursor, Json, TextRow
from storage.sync.pull import COLUMNS, Pulled

_KEY: Final = "packs"
DAYS_MAX: Final = 30
CASES_MAX: Final = 2_000
_PART: Final = 500
# What has to be done on a case by a day: (table with the case, day, what makes it still open).
_DUE: Final = (
    ("node_clock", "due_on", "done_on is null"),
    ("control_measure", "expires_on", "lifted_on is null"),
    ("supervision_letter", "reply_by", "replied_on is null"),
)


@dataclass(frozen=True, slots=True)
class Trip:
    """`route`: ids of courts; `team`: number, None for all that is here; both days included."""

    route: tuple[str, ...]
    start: date
    end: date
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The cases of a trip: `due` those with something due, `items` how many things those are."""

    trip: Trip
    cases: tuple[str, ...]
    due: frozenset[str]
    items: int
    on_route: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What the pack would hold by what is here: rows without registers, and bytes when packed."""

    cases: int
    due: int
    items: int
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Made:
    """A pack as the hub made it. `refused`: chosen cases that the officer may not see."""

    data: bytes
    pack: str
    cases: int
    rows: int
    refused: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a pack brought. `brought`: rows that were not here; `newer`: left as they are here."""

    pack: str
    cases: int
    rows: int
    brought: int
    newer: int
    expires_at: datetime


def courts_named(connection: Connection, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of courts by code or by a part of their name. Raises ExchangeFault for unknown ones."""
    found: dict[str, None] = {}
    for name in names:
        rows = connection.exec_driver_sql(
            "select id from court where code = ? or short_name = ? or instr(name, ?) > 0",
            (name, name, name),
        ).fetchall()
        if not name or not rows:
            raise ExchangeFault(f"路线上的“{name}”找不到对应的法院。")
        found.update((str(row[0]), None) for row in rows)
    return tuple(found)


def choose(connection: Connection, trip: Trip) -> Choice:
    """Open cases on the route, and every case with something due on a day of the trip."""
    if trip.end < trip.start:
        raise ExchangeFault("出差的结束日期早于开始日期。")
    team = ""
    values: tuple[object, ...] = ()
    if trip.team is not None:
        team = " and c.team_id = (select id from team where number = ?)"
        values = (trip.team,)
    due: dict[str, int] = {}
    for table, day, still_open in _DUE:
        found = connection.exec_driver_sql(
            f'select x.case_id, count(*) from "{table}" x join "case" c on c.id = x.case_id'
            f" where x.{day} between ? and ? and x.{still_open}{team} group by x.case_id",
            (trip.start.isoformat(), trip.end.isoformat(), *values),
        )
        for case_id, n in found:
            due[case_id] = due.get(case_id, 0) + n
    marks = ",".join("?" * len(trip.route))
    found = connection.exec_driver_sql(
        f'select c.id from "case" c where c.closed_on is null{team} and c.court_id in ({marks})',
        (*values, *trip.route),
    )
    on_route = {str(row[0]) for row in found}
    cases = (*sorted(due), *sorted(on_route - due.keys()))
    return Choice(trip, cases, frozenset(due), sum(due.values()), len(on_route))


def preview(connection: Connection, choice: Choice) -> Preview:
    """Counts and the size of what is here of the chosen cases."""
    rows, size = 0, 0
    for number, ids in _below(connection, "case", list(choice.cases)).items():
        for lines in _lines(connection, number, ids):
            rows += len(lines)
            size += len(zlib.compress("\n".join(lines).encode()))
    return Preview(len(choice.cases), len(choice.due), choice.items, rows, size)


def make(session: Session, call: Call, choice: Choice, days: int) -> Made:
    """Asks the hub for the pack, sealed for this device. Raises ExchangeFault, or a SyncFault."""
    return make_for(files.desk_of(session), call, choice, days)


def make_for(desk: files.Desk, call: Call, choice: Choice, days: int) -> Made:
    """The same without a replica at hand; network only."""
    if not choice.cases:
        raise ExchangeFault("路线和日期上没有案件，没有制作出差包。")
    facts = {
        "route": list(choice.trip.route),
        "from": choice.trip.start.isoformat(),
        "to": choice.trip.end.isoformat(),
        "due": len(choice.due),
        "items": choice.items,
    }
    cases = [UUID(one) for one in choice.cases]
    _zero, head, mac, *parts = call("make_pack", desk.device, cases, days, facts)
    header = desk.header("pack", 0, mac)
    said = json.loads(head)
    return Made(
        sealed.seal(sealed.seal_key(desk.told.file_key), header, head, parts),
        said["pack"],
        said["cases"],
        said["lines"],
        len(cases) - said["cases"],
        _instant(said["expires_at"]),
    )


def unpack(
    session: Session, data: bytes, *, file: Path | None = None, now: datetime | None = None
) -> Unpacked:
    """Lays a pack's rows into the replica. Raises SealFault or ExchangeFault.

    Rows that are as new here, or newer, stay; a replica that was brought up to date after the pack
    was made takes nothing from it. `file` is destroyed together with the pack.
    """
    desk = files.desk_of(session)
    found = files.opened(desk, data, "pack", "出差包")
    head = json.loads(found.head)
    engine.agree(session, desk.told)
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        kept = _kept(connection)
        clock = _clock(connection, kept, now)
        pack, ends = head["pack"], _instant(head["expires_at"])
        if pack in kept["done"]:
            raise ExchangeFault("这个出差包已经销毁，不能再次打开。")
        if clock >= ends:
            raise ExchangeFault("这个出差包已经过期，不能打开。请联网后重新制作。")
        rows, _gone = files.rows_of(head["parts"], found.parts)
        newer = sum(map(len, rows.values()))
        if not _ahead(connection, _instant(head["at"])):
            rows = {number: _unknown(connection, number, ones) for number, ones in rows.items()}
            newer -= sum(map(len, rows.values()))
        else:
            rows = {}
        added = {number: _missing(connection, number, ones) for number, ones in rows.items()}
        pull.merge(connection, Pulled("ok", Cursor("", 0, "", ()), rows=rows))
        for number, ones in rows.items():
            at = COLUMNS[number].index("id")
            write.touch(TABLES[number].name, [str(row[at]) for row in ones])
        before = kept["open"].get(pack, {}).get("added", {})
        kept["open"][pack] = {
            "expires_at": head["expires_at"],
            "cases": head["cases"],
            "file": None if file is None else str(file.resolve()),
            "added": {
                str(number): sorted({*ids, *before.get(str(number), ())})
                for number, ids in added.items()
            },
        }
        memory.keep(connection, _KEY, {**kept, "seen": clock.isoformat()})
    brought = sum(map(len, added.values()))
    lines = sum(map(len, rows.values()))
    return Unpacked(pack, head["cases"], lines, brought, newer, ends)


def open_packs(session: Session) -> dict[str, datetime]:
    """Packs that lie here and when they end."""
    with session.read() as connection:
        return packs_in(connection)


def packs_in(connection: Connection) -> dict[str, datetime]:
    """The same on the caller's connection."""
    kept = memory.recalled(connection, _KEY)
    return {pack: _instant(one["expires_at"]) for pack, one in kept.get("open", {}).items()}


def expire(session: Session, *, now: datetime | None = None) -> list[Json]:
    """Destroys the packs whose time is over; gives the proofs. A clock set back delays nothing."""
    with session.read() as connection:
        kept = _kept(connection)
        if not kept["open"]:
            return []
        clock = _clock(connection, kept, now)
    over = [pack for pack, one in kept["open"].items() if _instant(one["expires_at"]) <= clock]
    return [shred(session, pack, "expired", now=clock) for pack in over]


def shred(session: Session, pack: str, why: str, *, now: datetime | None = None) -> Json:
    """Destroys a pack: its file, and its rows that no line would have brought here.

    What was done on them and is not decided yet stays in the outbox. The proof is kept for the
    hub. Raises ExchangeFault when there is no such pack.
    """
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        connection.exec_driver_sql("pragma secure_delete = on")
        kept = _kept(connection)
        held = kept["open"].pop(pack, None)
        if held is None:
            raise ExchangeFault("本机没有这个出差包，或已经销毁。")
        clock = _clock(connection, kept, now)
        proof: Json = {"pack": pack, "why": why, "at": clock.isoformat(timespec="seconds")}
        proof |= _take_away(connection, held["added"])
        proof |= _file_gone(held["file"])
        kept["proofs"].append(proof)
        kept["done"].append(pack)
        memory.keep(connection, _KEY, {**kept, "seen": clock.isoformat()})
        for number in held["added"]:
            write.touch(TABLES[int(number)].name)
    return proof


def settle(session: Session, call: Call) -> int:
    """Destroys what is over and tells the hub of all that was; gives how many it heard of now."""
    expire(session)
    with session.read() as connection:
        proofs = _kept(connection)["proofs"]
    if not proofs:
        return 0
    told = call("pack_shredded", session.replica.device_id, proofs)
    with session.apply() as write:
        kept = _kept(write.connection)
        kept["proofs"] = [one for one in kept["proofs"] if one not in proofs]
        memory.keep(write.connection, _KEY, kept)
    return int(told)


def unreported(connection: Connection, file: int) -> list[Json]:
    """Proofs for the hub; from now on known to be in file number `file` and those after it."""
    kept = _kept(connection)
    for proof in kept["proofs"]:
        proof.setdefault("sent_in", file)
    if kept["proofs"]:
        memory.keep(connection, _KEY, kept)
    return list(kept["proofs"])


def reported(connection: Connection, file: int) -> None:
    """The hub has taken file number `file` in."""
    kept = _kept(connection)
    left = [one for one in kept["proofs"] if one.get("sent_in", file + 1) > file]
    if left != kept["proofs"]:
        memory.keep(connection, _KEY, {**kept, "proofs": left})


def _kept(connection: Connection) -> dict[str, Any]:
    return {"open": {}, "proofs": [], "done": [], **memory.recalled(connection, _KEY)}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _clock(connection: Connection, kept: Json, now: datetime | None) -> datetime:
    """The latest time this device knows of."""
    known = [now or datetime.now().astimezone()]
    hello = memory.recalled(connection, "hello").get("at")
    known += [_instant(text) for text in (kept.get("seen"), hello) if text]
    return max(known)


def _ahead(connection: Connection, made_at: datetime) -> bool:
    """Whether a pull over a line came after the pack was made: then its rows are the older ones."""
    cursor = connection.exec_driver_sql("select cursor from _ctl").scalar()
    hello = memory.recalled(connection, "hello").get("at")
    pulled = connection.exec_driver_sql("select value from _sync where key = 'synced_at'").scalar()
    if cursor is None or pulled is None or hello is None:
        return False
    return _instant(hello) > made_at


def _unknown(connection: Connection, number: int, rows: Sequence[TextRow]) -> list[TextRow]:
    """Rows that are newer than what is here."""
    id_at, ver_at = COLUMNS[number].index("id"), COLUMNS[number].index("ver")
    here = _versions(connection, number, [str(row[id_at]) for row in rows])
    return [row for row in rows if int(row[ver_at] or 0) > here.get(str(row[id_at]), -1)]


def _missing(connection: Connection, number: int, rows: Sequence[TextRow]) -> list[str]:
    ids = [str(row[COLUMNS[number].index("id")]) for row in rows]
    here = _versions(connection, number, ids)
    return [one for one in ids if one not in here]


def _versions(connection: Connection, number: int, ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _in_parts(ids):
        marks = ",".join("?" * len(part))
        for source, values in (
            (f'select id, ver from "{TABLES[number].name}" where id in ({marks})', part),
            (
                f"select row_id, ver from _base where row_id in ({marks}) and tbl = ?",
                (*part, number),
            ),
        ):
            found.update(
                {
                    str(row[0]): int(row[1])
                    for row in connection.exec_driver_sql(source, tuple(values))
                }
            )
    return found


def _take_away(connection: Connection, added: dict[str, list[str]]) -> Json:
    """Rows that a pack brought and that are outside of what the replica follows."""
    text = connection.exec_driver_sql("select cursor from _ctl").scalar()
    scopes = {0, *json.loads(text)["scopes"]} if text else set()
    digest, gone, left = hashlib.sha256(), 0, 0
    going: dict[int, list[str]] = {}
    for number in TABLES:
        ids = added.get(str(number), [])
        for rows in _whole(connection, number, ids):
            for row in rows:
                if scopes and (-1 in scopes or row["scope"] in scopes):
                    left += 1
                    continue
                line = json.dumps(row, ensure_ascii=False, sort_keys=True)
                digest.update(f"{number} {line}\n".encode())
                going.setdefault(number, []).append(row["id"])
                gone += 1
    for number in reversed(list(TABLES)):
        _remove(connection, number, going.get(number, []))
    return {"rows": gone, "left": left, "sha256": digest.hexdigest()}


def _remove(connection: Connection, number: int, ids: list[str]) -> None:
    edited = rows_with_ops(connection, number, ids)
    drop_rows(connection, TABLES[number], [one for one in ids if one not in edited])
    for row_id in sorted(edited):
        keep_base(connection, number, row_id, Base(GONE_VER, None))
        recompute(connection, number, row_id)


def _file_gone(path: str | None) -> Json:
    """Destroys the pack's file where it still lies, and says honestly where it could not."""
    if path is None or not Path(path).is_file():
        return {"file": "absent"}
    try:
        proof = erasing.erase_file(Path(path))
    except OSError:
        # Its rows go all the same; sealed and over its time it opens nowhere.
        return {"file": "left"}
    return {"file": "destroyed", "file_bytes": proof.size, "file_sha256": proof.sha256}


def _below(connection: Connection, name: str, ids: list[str]) -> dict[int, list[str]]:
    """A table's rows and all that hangs on them: table number -> ids."""
    number = next(n for n, table in TABLES.items() if table.name == name)
    found = {number: ids}
    for child, column in children_of(name):
        below: list[str] = []
        for part in _in_parts(ids):
            marks = ",".join("?" * len(part))
            rows = connection.exec_driver_sql(
                f'select id from "{child.name}" where "{column}" in ({marks})', tuple(part)
            )
            below += [str(row[0]) for row in rows]
        if below:
            found |= _below(connection, child.name, below)
    return found


def _whole(connection: Connection, number: int, ids: Sequence[str]) -> Iterable[list[Json]]:
    for part in _in_parts(ids):
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(
            f'select * from "{TABLES[number].name}" where id in ({marks}) order by id', tuple(part)
        )
        yield [dict(row) for row in rows.mappings()]


def _lines(connection: Connection, number: int, ids: Sequence[str]) -> Iterable[list[str]]:
    for rows in _whole(connection, number, ids):
        yield [json.dumps(row, ensure_ascii=False) for row in rows]


def _in_parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for at in range(0, len(ids), _PART):
        yield ids[at : at + _PART]
