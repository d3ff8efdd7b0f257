"""Keeps the lines of a statement once, however often and in whatever format they come.

A line is known again by what every format says alike: account, booking day, direction, amount. The
fingerprint is over these four; lines that agree in them are told apart by their occurrence. Texts,
names and the bank's own numbers differ between formats (cut, masked, numbered otherwise), so they
never enter the fingerprint. They decide which of several stored lines a line of the file is: what
contradicts itself (another account, another name, another number of the same make) is another line,
and anything left over is new. Two equal lines of one file are therefore both kept, the same file
twice adds nothing, and a file that covers the half of a day adds only its own.

`look` runs on a reader lane, `store` within a write.
"""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from desktop.funds.statements.model import Line, Statement
from desktop.funds.statements.reading import same_account
from storage.ids import new_id

GREEDY_MAX: Final = 200
_COLUMNS: Final = (
    "id, booked_on, direction, amount_fen, party_name, party_account, text, reference, bank_ref,"
    " occurrence"
)
_INSERT: Final = (
    "insert into bank_line (id, account, booked_on, value_on, direction, amount_fen, party_name,"
    " party_account, text, reference, bank_ref, fingerprint, occurrence, file_sha256)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BALANCE: Final = (
    "insert into bank_balance (id, account, day, balance_fen, file_sha256) values (?, ?, ?, ?, ?)"
)

_Group = tuple[str, str, int]  # booking day, direction, fen


@dataclass(frozen=True, slots=True)
class Gap:
    """A day whose balance the lines do not give: a file is missing, or one was cut. In fen."""

    day: str
    due_fen: int
    said_fen: int


@dataclass(frozen=True, slots=True)
class Look:
    """What storing a file would do: for each of its lines the id it has already, or None."""

    known: tuple[str | None, ...]

    @property
    def new(self) -> int:
        """How many lines are not there yet."""
        return sum(one is None for one in self.known)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept. `line_ids`: of every line of the file, in its order; `new_ids`: of those that
    were not there."""

    line_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    gaps: tuple[Gap, ...]

    @property
    def known(self) -> int:
        """How many were there already."""
        return len(self.line_ids) - len(self.new_ids)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A stored line as far as it tells lines apart."""

    id: str
    party_name: str | None
    party_account: str | None
    text: str
    reference: str | None
    bank_ref: str | None
    occurrence: int


def own_account(connection: Connection) -> str:
    """The number of the 执行款专户 as this store knows it; empty before the first statement."""
    row = connection.exec_driver_sql(
        "select code from fund where kind = 'bank' and code is not null"
    ).first()
    if row is None:
        row = connection.exec_driver_sql("select account from bank_line limit 1").first()
    return "" if row is None else str(row[0])


def fingerprint(account: str, line: Line) -> str:
    """SHA-256 over what every format says of a line alike."""
    said = f"{account}|{line.booked_on}|{line.direction}|{line.amount_fen}"
    return hashlib.sha256(said.encode()).hexdigest()


def look(connection: Connection, statement: Statement) -> Look:
    """Which lines of a file are there already; writes nothing."""
    return Look(tuple(_align(connection, statement)[0]))


def store(connection: Connection, statement: Statement) -> Stored:
    """Keeps the lines that are new and the balances of the days; the same again changes nothing."""
    known, last = _align(connection, statement)
    ids, made, rows = [], [], []
    for line, found in zip(statement.lines, known, strict=True):
        if found is not None:
            ids.append(found)
            continue
        fresh = new_id()
        group = _group(line)
        last[group] += 1
        rows.append(_row(statement, line, fresh, last[group]))
        made.append(fresh)
        ids.append(fresh)
    if rows:
        connection.exec_driver_sql(_INSERT, rows)
    _keep_balances(connection, statement)
    return Stored(tuple(ids), tuple(made), gaps(connection, statement))


def _row(statement: Statement, line: Line, line_id: str, occurrence: int) -> tuple[Any, ...]:
    return (
        line_id,
        statement.account,
        line.booked_on,
        line.value_on,
        line.direction,
        line.amount_fen,
        line.party_name,
        line.party_account,
        line.text,
        line.reference,
        line.bank_ref,
        fingerprint(statement.account, line),
        occurrence,
        statement.file_sha256,
    )


def _group(line: Line) -> _Group:
    return (line.booked_on, line.direction, line.amount_fen)


def _align(
    connection: Connection, statement: Statement
) -> tuple[list[str | None], dict[_Group, int]]:
    """For each line of the file the stored one it is; and the last occurrence of each group."""
    stored = _stored(connection, statement)
    wanted: dict[_Group, list[int]] = defaultdict(list)
    for n, line in enumerate(statement.lines):
        wanted[_group(line)].append(n)
    same = _same_days(connection, statement, stored)
    known: list[str | None] = [None] * len(statement.lines)
    last: dict[_Group, int] = defaultdict(int)
    for group, numbers in wanted.items():
        kept = stored.get(group, [])
        last[group] = max((one.occurrence for one in kept), default=0)
        if not kept:
            continue
        pairs = _pair([statement.lines[n] for n in numbers], kept, same_day=group[0] in same)
        for n, found in zip(numbers, pairs, strict=True):
            known[n] = found
    return known, last


def _stored(connection: Connection, statement: Statement) -> dict[_Group, list[_Kept]]:
    first, final = statement.days
    found: dict[_Group, list[_Kept]] = defaultdict(list)
    for row in connection.exec_driver_sql(
        f"select {_COLUMNS} from bank_line where account = ? and booked_on between ? and ?"
        " order by booked_on, occurrence",
        (statement.account, first, final),
    ):
        kept = _Kept(
            row.id,
            row.party_name,
            row.party_account,
            row.text,
            row.reference,
            row.bank_ref,
            row.occurrence,
        )
        found[(row.booked_on, row.direction, row.amount_fen)].append(kept)
    return found


def _same_days(
    connection: Connection, statement: Statement, stored: Mapping[_Group, Sequence[_Kept]]
) -> frozenset[str]:
    """Days that a stored file closed with the very balance this one says, and none of whose amounts
    is new: they are the same day once more, whatever numbers another format gives its lines."""
    told = dict(statement.balances)
    if not told:
        return frozenset()
    closed = {
        (row.day, row.balance_fen)
        for row in connection.exec_driver_sql(
            "select day, balance_fen from bank_balance where account = ? and day between ? and ?",
            (statement.account, min(told), max(told)),
        )
    }
    counts = Counter(_group(line) for line in statement.lines)
    more = {group[0] for group, count in counts.items() if count > len(stored.get(group, ()))}
    return frozenset(day for day, fen in told.items() if (day, fen) in closed and day not in more)


def _pair(lines: Sequence[Line], kept: Sequence[_Kept], *, same_day: bool) -> list[str | None]:
    """The stored line that each line is: first those that say exactly the same, then the best
    agreement that contradicts nothing."""
    found: list[str | None] = [None] * len(lines)
    left = list(kept)
    by_words: dict[tuple[object, ...], list[_Kept]] = defaultdict(list)
    for one in reversed(left):
        by_words[_words(one)].append(one)
    for n, line in enumerate(lines):
        equal = by_words.get(_words(line))
        if equal:
            chosen = equal.pop()
            found[n] = chosen.id
            left.remove(chosen)
    open_lines = [n for n, one in enumerate(found) if one is None][:GREEDY_MAX]
    scored = sorted(
        (
            (score, -n, -m)
            for n in open_lines
            for m, one in enumerate(left[:GREEDY_MAX])
            if (score := _agreement(lines[n], one, same_day=same_day)) is not None
        ),
        reverse=True,
    )
    used: set[int] = set()
    for _, minus_n, minus_m in scored:
        n, m = -minus_n, -minus_m
        if found[n] is None and m not in used:
            found[n] = left[m].id
            used.add(m)
    return found


def _words(one: Line | _Kept) -> tuple[object, ...]:
    return (one.party_name, one.party_account, one.text, one.reference, one.bank_ref)


def _agreement(line: Line, kept: _Kept, *, same_day: bool) -> int | None:
    """How much two lines of one day, direction and amount agree; None where they contradict."""
    score = 0
    if line.party_account and kept.party_account:
        if not same_account(line.party_account, kept.party_account):
            return None
        score += 4
    elif line.party_name and kept.party_name and not _same_name(line.party_name, kept.party_name):
        return None
    if line.party_name and kept.party_name and _same_name(line.party_name, kept.party_name):
        score += 3
    if line.bank_ref and kept.bank_ref:
        if line.bank_ref == kept.bank_ref:
            score += 6
        elif not same_day and _make(line.bank_ref) == _make(kept.bank_ref):
            return None
    score += 2 * bool(line.reference and line.reference == kept.reference)
    score += bool(line.text and kept.text and _overlap(line.text, kept.text))
    return score


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", name) if not c.isspace())


def _same_name(one: str, other: str) -> bool:
    """Whether two names are one, one of them perhaps cut or with a star in it."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    if long.startswith(short):
        return True
    if "*" not in short + long or len(short) != len(long):
        return False
    return all(a == b or "*" in (a, b) for a, b in zip(short, long, strict=True))


def _overlap(one: str, other: str) -> bool:
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return short in long


def _make(number: str) -> str:
    """What a number is made of: two of one make come from one numbering."""
    return re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "0", number))


def _keep_balances(connection: Connection, statement: Statement) -> None:
    there = {
        row.day
        for row in connection.exec_driver_sql(
            "select day from bank_balance where account = ? and file_sha256 = ?",
            (statement.account, statement.file_sha256),
        )
    }
    rows = [
        (new_id(), statement.account, day, fen, statement.file_sha256)
        for day, fen in statement.balances
        if day not in there
    ]
    if rows:
        connection.exec_driver_sql(_BALANCE, rows)


def gaps(connection: Connection, statement: Statement) -> tuple[Gap, ...]:
    """Days of this file whose balance does not follow from an earlier one and the lines between.

    Of a day that two files closed differently (one was fetched at noon) any balance may be the one
    that leads on.
    """
    if not statement.balances:
        return ()
    first = statement.balances[0][0]
    before, starts = _before(connection, statement, first)
    if not starts:
        return ()
    sums = _sums(connection, statement, before)
    found = []
    for day, said in statement.balances:
        moved = sum(fen for on, fen in sums.items() if before < on <= day)
        if said not in {start + moved for start in starts}:
            found.append(Gap(day, min(starts) + moved, said))
        before, starts = day, {said}
    return tuple(found)


def _before(connection: Connection, statement: Statement, first: str) -> tuple[str, set[int]]:
    rows = connection.exec_driver_sql(
        "select day, balance_fen from bank_balance where account = ? and day ="
        " (select max(day) from bank_balance where account = ? and day < ?)",
        (statement.account, statement.account, first),
    ).all()
    if rows:
        return str(rows[0].day), {int(row.balance_fen) for row in rows}
    if statement.opening_fen is None or not statement.lines:
        return "", set()
    earlier = connection.exec_driver_sql(
        "select 1 from bank_line where account = ? and booked_on < ? limit 1",
        (statement.account, statement.days[0]),
    ).first()
    # Lines without any balance before them: nothing to hold the first day to.
    return ("", set()) if earlier else ("", {statement.opening_fen})


def _sums(connection: Connection, statement: Statement, after: str) -> dict[str, int]:
    return {
        row.booked_on: int(row.moved)
        for row in connection.exec_driver_sql(
            "select booked_on, sum(case direction when 'in' then amount_fen else -amount_fen end)"
            " as moved from bank_line where account = ? and booked_on > ? and booked_on <= ?"
            " group by booked_on",
            (statement.account, after, statement.balances[-1][0]),
        )
    }
