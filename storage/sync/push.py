"""What was done here, on its way to the hub: freezing bundles, storing verdicts.

A frozen bundle never changes again, so that sending it twice is sending the same. A verdict is
stored in one local transaction with everything that follows from it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from storage.overlay import hold_base, recompute
from storage.session import Session
from storage.sync import awaited, memory
from storage.sync.port import Answer

BUNDLES_MAX: Final = 500
BYTES_MAX: Final = 1_000_000
LEASE_DAYS: Final = 90
# The hub has not judged these: they wait for another login, for another device, or until the hub
# knows the schema they were made in.
OPEN_VERDICTS: Final = frozenset(("wrong_user", "waiting", "upgrade"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Bundles ready to be sent, as JSON text, with their numbers in order."""

    numbers: tuple[int, ...]
    text: str
    more: bool


_OPS: Final = (
    "select bundle_n, k, tbl, row_id, kind, new, old, ver from _op"
    " where bundle_n between ? and ? order by bundle_n, k"
)
_PART: Final = 500
_RECOVERED: Final = "recovered:"  # and the login
_PENDING: Final = (
    "select n, id, actor, label, made_at, schema_ver from _bundle"
    " where state <> 'decided' and actor = ? and n > ? order by n limit ?"
)


class _SentOp(NamedTuple):
    """One operation of a decided bundle; `based`: what lies below its row is stored."""

    n: int
    k: int
    seq: int
    tbl: int
    row_id: str
    based: bool


def freeze(session: Session, actor: str, *, after: int = 0, most: int = BUNDLES_MAX) -> Batch:
    """The next undecided bundles of `actor` after number `after`; they are frozen first."""
    with session.apply() as write:
        batch = _gather(write.connection, actor, after, most)
        if batch.numbers:
            write.connection.exec_driver_sql(
                "update _bundle set state = 'frozen', frozen = frozen + 1"
                " where state <> 'decided' and actor = ? and n between ? and ?",
                (actor, batch.numbers[0], batch.numbers[-1]),
            )
        else:
            write.abandon()
    return batch


def _gather(connection: Connection, actor: str, after: int, most: int) -> Batch:
    found = connection.exec_driver_sql(_PENDING, (actor, after, most + 1)).fetchall()
    bundles = found[:most]
    if not bundles:
        return Batch((), "[]", more=False)
    off = connection.exec_driver_sql("select clock_off_ms from _ctl").scalar()
    replaced = _parents(connection, [row[1] for row in bundles])
    texts: list[str] = []
    size = 0
    ops = _ops(connection, bundles[0][0], bundles[-1][0])
    for n, bundle_id, who, label, made_at, schema_ver in bundles:
        head = {
            **_head(n, bundle_id, who, label, made_at, schema_ver),
            "clock_off_ms": off,
            "parent": replaced.get(bundle_id),
        }
        made = _text(head, ops.get(n, []))
        size += len(made)
        if texts and size > BYTES_MAX:
            break
        texts.append(made)
    numbers = tuple(row[0] for row in bundles[: len(texts)])
    return Batch(numbers, "[" + ",".join(texts) + "]", more=len(found) > len(texts))


def _head(
    n: int, bundle_id: str, who: str, label: str, made_at: str, schema_ver: str
) -> dict[str, object]:
    return {
        "id": bundle_id,
        "n": n,
        "actor": who,
        "label": label,
        "made_at": made_at,
        "schema_ver": schema_ver,
    }


def _text(head: dict[str, object], ops: Sequence[str]) -> str:
    """A bundle as JSON; its operations are text already and are not parsed again."""
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "ops": [{",".join(ops)}]}}'


def _parents(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    marks = ",".join("?" * len(ids))
    found = connection.exec_driver_sql(
        f"select replaced_by, bundle_id from _settled where replaced_by in ({marks})", tuple(ids)
    )
    return {row[0]: row[1] for row in found}


def _ops(connection: Connection, first: int, last: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for n, k, tbl, row_id, kind, new, old, _ver in connection.exec_driver_sql(_OPS, (first, last)):
        found.setdefault(n, []).append(
            f'{{"k":{k},"tbl":{tbl},"row":"{row_id}","kind":"{kind}",'
            f'"new":{new or "null"},"old":{old or "null"}}}'
        )
    return found


def settle(session: Session, answers: Iterable[Answer]) -> dict[str, int]:
    """Stores verdicts and shows what follows from them; gives how often each verdict came.

    One transaction. An answer to a bundle that is decided already changes nothing.
    """
    counts: dict[str, int] = {}
    given = list(answers)
    for answer in given:
        counts[answer.verdict] = counts.get(answer.verdict, 0) + 1
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        decided = _known(connection, given, " and state <> 'decided'")
        _decide(connection, decided)
        # A verdict of another history (a file that came late) may have to be replayed after all.
        for history in {answer.history for _n, answer in decided}:
            connection.exec_driver_sql(
                "delete from _sync where key like ? and json_extract(value, '$.history') <> ?",
                (_RECOVERED + "%", history or ""),
            )
    return counts


def _known(
    connection: Connection, answers: Iterable[Answer], where: str = ""
) -> list[tuple[int, Answer]]:
    """Final answers with the numbers of their bundles, each bundle once, in their own order."""
    final = {one.id: one for one in reversed(list(answers)) if one.verdict not in OPEN_VERDICTS}
    found: list[tuple[int, Answer]] = []
    ids = list(final)
    for at in range(0, len(ids), _PART):
        part = tuple(ids[at : at + _PART])
        query = f"select n, id from _bundle where id in ({_marks(part)}){where}"
        found += [(n, final[i]) for n, i in connection.exec_driver_sql(query, part)]
    return sorted(found, key=lambda one: one[0])


def _decide(connection: Connection, decided: list[tuple[int, Answer]]) -> None:
    """All at once: statement by statement for each bundle took as long as the hub's judging."""
    if not decided:
        return
    refused = {n for n, answer in decided if answer.verdict != "applied"}
    taken = {n for n, _ in decided} - refused
    if taken:
        awaited.note(connection, min(taken))
    ops = _ops_in(connection, [n for n, _ in decided])
    lost = {(op.tbl, op.row_id) for op in ops if op.n in refused}
    for tbl, row_id in sorted(lost):
        hold_base(connection, tbl, row_id)
    now = datetime.now().astimezone().isoformat(timespec="milliseconds")
    connection.exec_driver_sql(
        "update _bundle set state = 'decided', verdict = ?, detail = ?, acked_at = ?,"
        " acked_history = ?, ack_sig = ? where n = ?",
        [
            (
                answer.verdict,
                None if answer.detail is None else json.dumps(answer.detail, ensure_ascii=False),
                now,
                answer.history,
                None if answer.sig is None else answer.sig.encode(),
                n,
            )
            for n, answer in decided
        ],
    )
    given = {(n, k): ver for n, answer in decided for k, ver in answer.vers}
    vers = [(given[op.n, op.k], op.seq) for op in ops if (op.n, op.k) in given]
    if vers:
        # By the row's own key: there is no index that finds one operation in a large bundle.
        connection.exec_driver_sql("update _op set ver = ? where seq = ?", vers)
    based = {(op.tbl, op.row_id) for op in ops if op.based}
    for tbl, row_id in sorted(lost | based):
        recompute(connection, tbl, row_id)


def _ops_in(connection: Connection, numbers: list[int]) -> list[_SentOp]:
    """The operations of these bundles."""
    found: list[_SentOp] = []
    for at in range(0, len(numbers), _PART):
        part = tuple(numbers[at : at + _PART])
        query = (
            "select o.bundle_n, o.k, o.seq, o.tbl, o.row_id, b.row_id is not null from _op o"
            " left join _base b on b.tbl = o.tbl and b.row_id = o.row_id"
            f" where o.bundle_n in ({_marks(part)})"
        )
        found += [_SentOp(*row) for row in connection.exec_driver_sql(query, part)]
    return found


def _marks(values: tuple[object, ...]) -> str:
    return ",".join("?" * len(values))


def leased(session: Session, actor: str, history: str) -> str:
    """Decided bundles of `actor` from another history than `history`, as JSON to be replayed;
    those that `history` has answered for already are left out."""
    with session.read() as connection:
        found = connection.exec_driver_sql(
            "select n, id, actor, label, made_at, schema_ver, verdict, detail, acked_history,"
            " ack_sig from _bundle where state = 'decided' and actor = ?"
            " and acked_history is not null and acked_history <> ? order by n",
            (actor, history),
        ).fetchall()
        kept = memory.recalled(connection, _RECOVERED + actor)
        if kept.get("history") == history:
            found = [row for row in found if row[1] in kept["open"]]
        if not found:
            return "[]"
        ops = _ops(connection, found[0][0], found[-1][0])
        vers = _vers(connection, found[0][0], found[-1][0])
    texts = []
    for n, bundle_id, who, label, made_at, schema_ver, verdict, detail, was, sig in found:
        head = {
            **_head(n, bundle_id, who, label, made_at, schema_ver),
            "verdict": verdict,
            "detail": None if detail is None else json.loads(detail),
            "history": was,
            "sig": None if sig is None else bytes(sig).decode(),
            "vers": vers.get(n, []),
        }
        texts.append(_text(head, ops.get(n, [])))
    return "[" + ",".join(texts) + "]"


def _vers(connection: Connection, first: int, last: int) -> dict[int, list[list[int]]]:
    found: dict[int, list[list[int]]] = {}
    for n, k, *_rest, ver in connection.exec_driver_sql(_OPS, (first, last)):
        if ver is not None:
            found.setdefault(n, []).append([k, ver])
    return found


def settle_replayed(
    session: Session, answers: Iterable[Answer], *, by: tuple[str, str] | None = None
) -> None:
    """Verdicts after a lost history: the new ones stand, under the new history's signature.

    `by`: the login and the history whose `leased` bundles these answers are all of. What survived
    keeps the signature of its own history, so that it was asked for is remembered beside it.
    """
    given = list(answers)
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        if by is not None:
            still = [one.id for one in given if one.verdict in OPEN_VERDICTS]
            memory.keep(connection, _RECOVERED + by[0], {"history": by[1], "open": still})
        # One after another: the versions of the others tell what lies below a row meanwhile.
        for n, answer in _known(connection, given):
            # And the version it had tells whether its own edit lies below or above: a row of the
            # new history may bear the same number and hold what somebody else wrote.
            for op in _ops_in(connection, [n]):
                hold_base(connection, op.tbl, op.row_id)
            connection.exec_driver_sql("update _op set ver = null where bundle_n = ?", (n,))
            _decide(connection, [(n, answer)])
