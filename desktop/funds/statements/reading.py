"""A file of the bank to one checked statement. Any thread; no database.

Nothing is half taken: a file with one fault gives its list of faults and no line.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktop.funds.statements.cells import account as plain
from desktop.funds.statements.model import Fault, Line, Statement, StatementError, signed
from desktop.funds.statements.profiles import Profile, profile
from desktop.funds.statements.rows import read_bytes, table_rows, text_from
from desktop.funds.statements.several import Part, checked, yuan
from desktop.funds.statements.swift import read_mt940
from desktop.funds.statements.tables import Movement, ordered, read_table
from desktop.funds.statements.xml_camt import read_camt


def read(path: Path, layout: str | Profile, *, account: str = "") -> Statement:
    """The statement in `path`. `account`: the 执行款专户, whose statement it has to be; where both
    it and the profile are silent, the file's own word counts.

    Raises StatementError with every fault at once, UserError for what is no statement at all.
    """
    chosen = profile(layout) if isinstance(layout, str) else layout
    data = read_bytes(path)
    wanted = plain(chosen.account or account)
    if chosen.format == "table":
        return _from_table(path.name, data, chosen, wanted)
    if chosen.format == "camt053":
        parts, faults = read_camt(data, path.name, chosen)
    else:
        parts, faults = read_mt940(text_from(data, path.name), path.name, chosen)
    return _from_parts(path.name, data, parts, faults, wanted)


def same_account(one: str, other: str) -> bool:
    """Whether two writings are one account; stars of a masked one stand for anything."""
    if one == other:
        return True
    if "*" not in one and "*" not in other:
        return False
    masked, plain_one = (one, other) if "*" in one else (other, one)
    head, tail = masked.split("*", 1)[0], masked.rsplit("*", 1)[1]
    return bool(head or tail) and plain_one.startswith(head) and plain_one.endswith(tail)


def below(number: str, account: str) -> bool:
    """Whether a number is a virtual account of `account`: banks append figures to it."""
    return len(number) > len(account) > 0 and number.startswith(account)


def _account_faults(found: Sequence[tuple[str, int]], wanted: str) -> tuple[str, list[Fault]]:
    """The account of the file, and what is wrong with it: another's, several, or none said."""
    named = [(number, row) for number, row in found if number]
    if not named and not wanted:
        return "", [Fault(0, "账号", "文件没有写明账号，请指明执行款专户的账号")]
    target = wanted or named[0][0]
    faults = [
        Fault(
            row,
            "账号",
            f"文件的账号是 {number}，不是{'执行款专户' if wanted else '本文件'}的 {target}",
        )
        for number, row in named
        if not same_account(number, target) and not below(number, target)
    ]
    return target, faults


def _from_table(name: str, data: bytes, layout: Profile, wanted: str) -> Statement:
    table = read_table(table_rows(data, name), layout)
    faults = list(table.faults)
    said = table.said
    whose = [] if said.account is None else [(said.account, 0)]
    # Without its heads a file says nothing about its account either; one message is enough.
    lost = bool(faults) and faults[0].row == 0
    own, wrong = _account_faults([*whose, *table.accounts.items()], wanted)
    if not lost:
        faults += wrong
    movements, breaks = ordered(table.movements)
    if not table.faults:  # A row that was not read breaks the chain by itself.
        faults += breaks or _sum_faults(movements, said.opening_fen, said.closing_fen)
    if not movements and not faults and said.closing_fen is None:
        faults.append(Fault(0, "交易日期", "没有任何一行流水"))
    if faults:
        raise StatementError(name, sorted(faults, key=lambda fault: fault.row))
    opening, closing = _ends(movements, said.opening_fen, said.closing_fen)
    lines = tuple(_addressed(one, own) for one in movements)
    balances = dict(_day_balances(movements, opening))
    return Statement(
        name, _sha256(data), own, lines, opening, closing, tuple(sorted(balances.items()))
    )


def _addressed(one: Movement, account: str) -> Line:
    """A line that says which virtual account it is on by its own column."""
    if one.line.reference is None and one.line.direction == "in" and below(one.own, account):
        return replace(one.line, reference=one.own)
    return one.line


def _ends(
    movements: Sequence[Movement], opening: int | None, closing: int | None
) -> tuple[int | None, int | None]:
    """Both balances, taken from the other and the movements, or from the column of balances."""
    total = sum(signed(one.line) for one in movements)
    if opening is None:
        gone = 0
        for one in movements:
            gone += signed(one.line)
            if one.balance_fen is not None:
                opening = one.balance_fen - gone
                break
    if opening is None and closing is not None:
        opening = closing - total
    return opening, opening + total if opening is not None else None


def _sum_faults(
    movements: Sequence[Movement], opening: int | None, closing: int | None
) -> list[Fault]:
    if closing is None:
        return []
    found, due = _ends(movements, opening, None)
    if found is None or due is None or due == closing:
        return []
    told = f"期初 {yuan(found)} 加发生额为 {yuan(due)}，文件写 {yuan(closing)}"
    return [Fault(0, "期末余额", told)]


def _day_balances(movements: Sequence[Movement], opening: int | None) -> list[tuple[str, int]]:
    """Day → balance after its last movement; nothing where the file knows no balance. Days that do
    not follow each other (a file sorted otherwise) say nothing either."""
    if opening is None:
        return []
    days = [one.line.booked_on for one in movements]
    if days != sorted(days):
        return []
    made = []
    running = opening
    for one in movements:
        running += signed(one.line)
        made.append((one.line.booked_on, running))
    return made


def _from_parts(
    name: str, data: bytes, parts: list[Part], faults: list[Fault], wanted: str
) -> Statement:
    own, wrong = _account_faults([(part.account, 0) for part in parts], wanted)
    every = [*faults, *(wrong if parts else ())]
    if not faults:  # A movement that was not read unbalances its statement by itself.
        every += checked(parts)
    silent = all(not part.lines and part.closing_fen is None for part in parts)
    if silent and not every:
        every.append(Fault(0, "交易日期", "没有任何一行流水"))
    if every:
        raise StatementError(name, every)
    lines: list[Line] = [line for part in parts for line in part.lines]
    balances: dict[str, int] = {}
    for part in parts:
        if part.closing_fen is not None and part.closed_on:
            balances[part.closed_on] = part.closing_fen
    return Statement(
        name,
        _sha256(data),
        own,
        tuple(lines),
        parts[0].opening_fen,
        parts[-1].closing_fen,
        tuple(sorted(balances.items())),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
