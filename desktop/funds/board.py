"""The conservation board (收付平衡表) at any moment, and the count that proves it. Reader lanes.

Received = paid + held + unknown + refunded + fees + escrow. The left side is added up from the
amounts of the entries, the right from what entries say they left on the accounts, so a row that
was changed behind the database's back shows as a difference.

`go_on` reads the entries once, in their order and in parts; on its way it keeps both sides at every
`EVERY` entries. A board of any past moment then needs at most that many entries, however many
there are. An account is proven by itself, too: each entry has to follow from the one before it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from storage.ledger.balance import seq_at
from storage.ledger.chain import sees_all
from storage.ledger.trial import (
    Board,
    board_after,
    flows_between,
    of_all,
    of_cases,
    standing_after,
)
from storage.schema.funds import COMMON

EVERY: Final = 1_000
PART_ROWS: Final = 20_000
FAULTS_MAX: Final = 200
_BREATH: Final = 50
_KIND_OF: Final = {one: kind for kind, (one, _name) in COMMON.items()}
_ROWS: Final = (
    "select seq, kind, amount_fen, debit_id, credit_id, debit_after_fen, credit_after_fen,"
    " debit_held_fen from fund_entry where seq > ? order by seq limit ?"
)
_GRANTED: Final = (
    "select coalesce(sum(case kind when 'hold' then amount_fen else -amount_fen end), 0)"
    " from fund_entry where kind in ('hold', 'release', 'payment')"
    " and seq > :after and seq <= :seq{whose}"
)
# What stood on the accounts that moved in a stretch, before it and after it.
_TOUCHED: Final = (
    "select distinct id from (select debit_id as id from fund_entry where seq > ? and seq <= ?"
    " union all select credit_id from fund_entry where seq > ? and seq <= ?)"
)
_AFTER_DEBIT: Final = (
    "select seq, debit_after_fen from fund_entry where debit_id = ? and seq <= ?"
    " order by seq desc limit 1"
)
_AFTER_CREDIT: Final = (
    "select seq, credit_after_fen from fund_entry where credit_id = ? and seq <= ?"
    " order by seq desc limit 1"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Both sides of the ledger behind the entry `seq`, in fen; `granted_fen` is not paid yet."""

    seq: int
    flows: Mapping[tuple[str, str], int]
    standing: Mapping[str, int]
    granted_fen: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not follow. `seq`: the entry that says it, 0 where it is the account's own row.

    balance, held: what is there or granted is `told` and should be `should`, in fen; gap: before
    the entry of that account others are missing.
    """

    what: Literal["balance", "held", "gap"]
    fund_id: str
    seq: int
    should: int
    told: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How far the count is, as a value that does not change any more. `done`: every entry and
    every account was looked at."""

    entries: int
    of: int
    seq: int
    done: bool
    whole: bool
    marks: tuple[Mark, ...]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Count:
    """A count under way; only one lane at a time may have it. `head`: the hash of its last entry,
    by which a ledger that was put in the place of another is known."""

    head: str | None = None
    whole: bool = True
    kinds: dict[str, str] = field(default_factory=dict)
    seq: int = 0
    entries: int = 0
    flows: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    standing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    granted_fen: int = 0
    told: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BoardArgs:
    """`moment` None: now; `case_id` None: all. `marks` of a count shorten the way."""

    moment: datetime | None = None
    case_id: str | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as of the entry `seq` (its instant `at`, empty before the first). `whole`: this desk
    has the whole ledger; a difference is claimed of no other."""

    board: Board
    seq: int
    at: str
    entries: int
    granted_fen: int
    whole: bool

    @property
    def differs(self) -> bool:
        """Whether something is missing or too much, and this desk can know it."""
        return self.whole and self.board.difference != 0


def go_on(connection: Connection, count: Count, rows: int = PART_ROWS) -> Counted:
    """Counts on by at most `rows` entries; at the end it looks at the accounts' own rows.

    A count that was done takes up what was booked since. What it has counted it does not read
    again: who wants old entries proven begins a new one.
    """
    if count.seq and _hash_of(connection, count.seq) != count.head:
        _forget(count)
    count.whole = sees_all(connection)
    count.kinds = dict(_KIND_OF)
    for fund_id, kind in connection.exec_driver_sql("select id, kind from fund"):
        count.kinds[fund_id] = kind
    taken = 0
    for number, row in enumerate(connection.exec_driver_sql(_ROWS, (count.seq, rows))):
        if number % _BREATH == 0:
            breathe()
        _take(count, row)
        taken += 1
    done = taken < rows
    count.head = _hash_of(connection, count.seq)
    faults = list(count.faults)
    if done:
        faults += _own_rows(connection, count)
    of = connection.exec_driver_sql("select max(seq) from fund_entry").scalar()
    marks = (*count.marks, _mark(count)) if count.seq else ()
    return Counted(
        count.entries,
        int(of or 0),
        count.seq,
        done,
        count.whole,
        marks,
        tuple(faults[:FAULTS_MAX]),
    )


def _hash_of(connection: Connection, seq: int) -> str | None:
    found = connection.exec_driver_sql("select hash from fund_entry where seq = ?", (seq,)).scalar()
    return None if found is None else str(found)


def _forget(count: Count) -> None:
    fresh = Count()
    for one in fields(Count):
        setattr(count, one.name, getattr(fresh, one.name))


def _take(count: Count, row: Any) -> None:
    """One entry: what flows, what stands, and whether it follows from the one before."""
    seq, kind, fen, debit, credit, debit_after, credit_after, debit_held = row
    if count.seq and seq // EVERY != count.seq // EVERY:
        count.marks.append(_mark(count))
    if seq != count.seq + 1 and count.whole:
        _fault(count, Fault("gap", debit, seq, count.seq + 1, seq))
    count.seq = seq
    count.entries += 1
    held = fen if kind == "hold" else -fen if kind in ("release", "payment") else 0
    count.granted_fen += held
    _held(count, seq, debit, held, debit_held)
    if kind in ("hold", "release"):
        _stands(count, seq, debit, 0, debit_after)
        return
    here, there = count.kinds[debit], count.kinds[credit]
    if kind == "reversal":
        count.flows[there, here] -= fen
    else:
        count.flows[here, there] += fen
    _stands(count, seq, debit, -fen, debit_after)
    _stands(count, seq, credit, fen, credit_after)


def _stands(count: Count, seq: int, fund_id: str, moved: int, after: int) -> None:
    kind = count.kinds[fund_id]
    if not count.whole and kind not in ("case", "escrow"):
        return  # of a common account a team's desk has some entries alone
    before = count.told.get(fund_id, 0)
    if before + moved != after:
        _fault(count, Fault("balance", fund_id, seq, before + moved, after))
    count.told[fund_id] = after
    count.standing[kind] += after - before


def _held(count: Count, seq: int, fund_id: str, moved: int, after: int) -> None:
    if not count.whole and count.kinds[fund_id] not in ("case", "escrow"):
        return
    before = count.held.get(fund_id, 0)
    if before + moved != after:
        _fault(count, Fault("held", fund_id, seq, before + moved, after))
    count.held[fund_id] = after


def _fault(count: Count, found: Fault) -> None:
    if len(count.faults) < FAULTS_MAX:
        count.faults.append(found)


def _own_rows(connection: Connection, count: Count) -> list[Fault]:
    """Accounts whose row does not say what their last entry says."""
    found = []
    rows = connection.exec_driver_sql("select id, kind, balance_fen, held_fen from fund")
    for number, (fund_id, kind, balance, held) in enumerate(rows):
        if number % _BREATH == 0:
            breathe()
        if not count.whole and kind not in ("case", "escrow"):
            continue
        told, granted = count.told.get(fund_id, 0), count.held.get(fund_id, 0)
        if balance != told:
            found.append(Fault("balance", fund_id, 0, told, balance))
        if held != granted:
            found.append(Fault("held", fund_id, 0, granted, held))
    return found


def _mark(count: Count) -> Mark:
    return Mark(count.seq, dict(count.flows), dict(count.standing), count.granted_fen)


def board_at(connection: Connection, args: BoardArgs) -> Shown:
    """The board at a moment, from the last mark before it."""
    whole = sees_all(connection)
    if args.moment is None:
        seq = int(connection.exec_driver_sql("select max(seq) from fund_entry").scalar() or 0)
    else:
        seq = seq_at(connection, args.moment)
    if args.case_id is not None:
        board = board_after(connection, seq, args.case_id)
        granted = _granted(connection, 0, seq, args.case_id)
    else:
        found = mark_at(connection, seq, args.marks)
        board = (of_all if whole else of_cases)(found.flows, found.standing)
        granted = found.granted_fen
    run = connection.exec_driver_sql
    at = run("select at from fund_entry where seq = ?", (seq,)).scalar() if seq else ""
    entries = seq
    if not whole:
        entries = int(run("select count(*) from fund_entry where seq <= ?", (seq,)).scalar_one())
    return Shown(board, seq, str(at or ""), entries, granted, whole)


def mark_at(connection: Connection, seq: int, marks: tuple[Mark, ...] = ()) -> Mark:
    """Both sides behind the entry `seq`: the last mark before it, and what came since."""
    start = Mark(0, {}, {}, 0)
    for mark in marks:
        if mark.seq <= seq:
            start = mark
    if start.seq == seq:
        return start
    flows: dict[tuple[str, str], int] = defaultdict(int, start.flows)
    for way, fen in flows_between(connection, start.seq, seq).items():
        flows[way] += fen
    granted = start.granted_fen + _granted(connection, start.seq, seq)
    if seq - start.seq > 2 * EVERY:  # nothing was counted yet
        return Mark(seq, flows, standing_after(connection, seq), granted)
    standing: dict[str, int] = defaultdict(int, start.standing)
    for kind, fen in _changes(connection, start.seq, seq).items():
        standing[kind] += fen
    return Mark(seq, flows, standing, granted)


def _granted(connection: Connection, after: int, seq: int, case_id: str | None = None) -> int:
    whose = "" if case_id is None else " and case_id = :case_id"
    values = {"after": after, "seq": seq, "case_id": case_id}
    if case_id is None:
        del values["case_id"]
    return int(connection.exec_driver_sql(_GRANTED.format(whose=whose), values).scalar_one())


def _changes(connection: Connection, after: int, seq: int) -> Mapping[str, int]:
    """By kind of account, what stands behind `seq` less what stood behind `after`."""
    run = connection.exec_driver_sql
    kinds = dict(_KIND_OF)
    changes: dict[str, int] = defaultdict(int)
    for number, fund_id in enumerate(run(_TOUCHED, (after, seq) * 2).scalars().all()):
        if number % _BREATH == 0:
            breathe()
        kind = kinds.get(fund_id) or run("select kind from fund where id = ?", (fund_id,)).scalar()
        changes[str(kind)] += _stood(connection, fund_id, seq) - _stood(connection, fund_id, after)
    return changes


def _stood(connection: Connection, fund_id: str, seq: int) -> int:
    debit = connection.exec_driver_sql(_AFTER_DEBIT, (fund_id, seq)).first()
    credit = connection.exec_driver_sql(_AFTER_CREDIT, (fund_id, seq)).first()
    if debit is None or (credit is not None and credit[0] > debit[0]):
        return 0 if credit is None else int(credit[1])
    return int(debit[1])
