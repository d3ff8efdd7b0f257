"""Exchange by sealed file: `write_out` on the desk, `deliver` on a connected one, `take_in` back.

The same bundles are judged by the same function, the same rows applied by the same code as over a
line. Files may be lost, carried twice or in another order, with rounds over a line in between: what
is taken is what a line would have brought; all else is refused with a sentence. No thread.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from storage.migrations import added
from storage.session import Session
from storage.sync import engine, files, memory, packs, pull, push, sealed, validity
from storage.sync.awaited import Awaited
from storage.sync.files import Call, ExchangeFault
from storage.sync.port import Answer, Cursor, Json
from storage.sync.pull import COLUMNS, Pulled
from storage.sync.sealed import Sealed, SealFault

_KEY: Final = "files"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of this desk for the hub."""

    data: bytes
    number: int
    bundles: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The hub's answer, sealed for the desk, and its receipt: state taken, known or late."""

    data: bytes
    number: int
    receipt: Json


@dataclass(slots=True)
class Taken:
    """What a reply brought. `rows_kept` False: the replica was ahead, only verdicts were used."""

    number: int
    receipt: Json
    verdicts: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    rows_kept: bool = True


def write_out(session: Session) -> Written:
    """All that waits here as one file; its number is used up even if the file is lost."""
    desk = files.desk_of(session)
    told = desk.told
    session.sweep()
    _ask_whole_if_new(session)
    cursor = pull.load_cursor(session)
    texts, numbers = _waiting(session, told.who)
    history = told.history if cursor is None else cursor.history
    lost = push.leased(session, told.who, history)
    with session.apply() as write:
        kept = memory.recalled(write.connection, _KEY)
        number = int(kept.get("sent", 0)) + 1
        asked = {"file": number, "history": history}
        memory.keep(write.connection, _KEY, {**kept, "sent": number, "asked": asked})
        shredded = packs.unreported(write.connection, number)
    head = (
        f'{{"number": {number}, "got": {int(kept.get("got", 0))},'
        f' "cursor": {json.dumps(None if cursor is None else pull.cursor_text(cursor))},'
        f' "shredded": {json.dumps(shredded, ensure_ascii=False)},'
        f' "lost": {lost}, "bundles": [{",".join(texts)}]}}'
    )
    header = desk.header("out", number)
    header = replace(header, mac=sealed.mac_of(sealed.mac_key(told.file_key), header, head))
    return Written(sealed.seal(sealed.seal_key(told.file_key), header, head), number, len(numbers))


def _ask_whole_if_new(session: Session) -> None:
    """A reply brings changes alone; what a version added since comes with everything."""
    with session.read() as connection:
        missing = added.wanted(connection)
    if missing:
        with session.apply() as write:
            write.connection.exec_driver_sql("update _ctl set cursor = null")
            added.fetched(write.connection)


def _waiting(session: Session, who: str) -> tuple[list[str], list[int]]:
    texts: list[str] = []
    numbers: list[int] = []
    while True:
        batch = push.freeze(session, who, after=numbers[-1] if numbers else 0)
        if not batch.numbers:
            return texts, numbers
        texts.append(batch.text[1:-1])
        numbers += batch.numbers


def deliver(call: Call, data: bytes) -> Delivered:
    """Hands a desk's file to the hub and gives the sealed answer. May be repeated.

    Raises SealFault, or a SyncFault with the hub's own sentence.
    """
    header = sealed.read_header(data)
    if header.kind != "out":
        raise SealFault("这不是待转递的外发文件，没有转递。")
    key = bytes.fromhex(call("seal_key", header.device, header.who))
    found = sealed.unseal(key, data)
    asked = (header.device, header.who, header.number)
    receipt: Json = call("carry", *asked, found.head, header.mac)
    call("seal")
    number, head, mac, *parts = call("carry_reply", *asked, sealed.text_hash(found.head))
    reply = replace(header, kind="reply", number=int(number), mac=mac)
    return Delivered(sealed.seal(key, reply, head, parts), int(number), receipt)


def take_in(session: Session, data: bytes, *, allowed: bool = False) -> Taken:
    """Verdicts first, then rows and cursor in one transaction, as over a line.

    Each step may be repeated; the number is remembered last. Raises SealFault, ExchangeFault, or a
    SyncFault of storage.sync.engine; `allowed`: see storage.sync.pull.apply.
    """
    desk = files.desk_of(session)
    told = desk.told
    found = files.opened(desk, data, "reply", "回执")
    head = json.loads(found.head)
    number = found.header.number
    kept = memory.recall(session, _KEY)
    if number <= int(kept.get("got", 0)):
        raise ExchangeFault(
            f"这是第 {number} 号回执，本机已采用第 {kept['got']} 号；没有重复采用。"
        )
    engine.agree(session, replace(told, history=head["history"], schema_ver=head["schema_ver"]))
    taken = Taken(number, head["receipt"])
    # What survived is answered once; a file that asked another history must ask again.
    same = kept.get("asked") == {"file": head["receipt"]["file"], "history": head["history"]}
    by = (told.who, str(head["history"])) if same else None
    push.settle_replayed(session, _answers(head["lost"]), by=by)
    answers = _answers(head["answers"])
    taken.verdicts = push.settle(session, answers)
    pulled = _pulled(session, head, found.parts, kept.get("cursor"))
    taken.rows_kept = pulled is not None
    if pulled is not None:
        taken.rows = pulled.count
        # The hub gathered the rows of its answer after it had judged what the file brought.
        pulled.awaited = Awaited(tuple(one.id for one in answers))
        pull.apply(session, pulled, allowed=allowed)
    _remember(session, head, found, pulled)
    return taken


def _remember(session: Session, head: Json, found: Sealed, pulled: Pulled | None) -> None:
    with session.apply() as write:
        connection = write.connection
        kept = memory.recalled(connection, _KEY)
        kept["got"] = found.header.number
        # A replica that came back from a backup may have forgotten how far it was.
        kept["sent"] = max(int(kept.get("sent", 0)), int(head["receipt"]["received"]))
        kept["receipt"] = head["receipt"]
        if pulled is not None:
            kept["cursor"] = pull.cursor_text(pulled.cursor)
            at = datetime.fromisoformat(head["at"]).astimezone().isoformat(timespec="seconds")
            connection.exec_driver_sql(
                "insert or replace into _sync (key, value) values ('synced_at', ?)", (at,)
            )
            validity.forget_time(connection)
        memory.keep(connection, _KEY, kept)
        if head["receipt"]["state"] != "late":
            packs.reported(connection, int(head["receipt"]["file"]))


def _answers(told: Iterable[Json]) -> list[Answer]:
    return [
        Answer(
            id=one["id"],
            verdict=one["verdict"],
            detail=one.get("detail"),
            vers=tuple((int(k), int(ver)) for k, ver in one["vers"]),
            history=one.get("history"),
            sig=one.get("sig"),
        )
        for one in told
    ]


def _pulled(session: Session, head: Json, parts: Sequence[str], last: Json | None) -> Pulled | None:
    """The rows of a reply; None when the replica may be ahead of them.

    They fit a replica that stands where it stood when it wrote, or where an earlier reply put it:
    the hub answers a desk's files one after another, so this answer contains that one. After a
    round over a line nobody can say which is newer; the next file brings what is missing.
    """
    mine = pull.load_cursor(session)
    new = Cursor(
        head["history"], head["epoch"], head["cursor"], tuple(sorted(map(int, head["scopes"])))
    )
    whole = bool(head["whole"])
    if mine is None:
        if not whole:
            return None
    elif pull.cursor_text(mine) not in (head["since"], last) or (
        not whole and mine.everything != new.everything
    ):
        return None
    rows, gone = files.rows_of(head["parts"], parts)
    left: tuple[int, ...] = ()
    if whole:
        for number in COLUMNS:
            rows.setdefault(number, [])
    elif mine is not None:
        left = tuple(sorted(set(mine.scopes) - set(new.scopes)))
    census = {int(number): (int(n), total) for number, (n, total) in head["census"].items()}
    return Pulled(head["state"], new, whole, rows, gone, left, census=census)
