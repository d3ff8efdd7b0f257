"""A bank's CSV or XLSX export to a statement, by a profile. Any thread.

All faults of a file are found in one pass. Rows of sums and repeated heads are no movements; a sum
that the bank wrote has to be the sum of the rows above it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from desktop.funds.statements import cells as cell
from desktop.funds.statements.cells import CellError
from desktop.funds.statements.heading import (
    Above,
    Heading,
    above,
    find_heading,
    head_of,
    labels,
    merged,
    missing_in,
)
from desktop.funds.statements.model import Direction, Fault, Line
from desktop.funds.statements.profiles import FIELDS, Profile
from desktop.funds.statements.rows import Row

_TOTALS: Final = ("合计", "总计", "共计", "本期合计")
_FOOT_CELLS: Final = 3  # a note under a table has at most so many cells


@dataclass(frozen=True, slots=True)
class Movement:
    """A line, the balance the bank wrote behind it, and the account it says it was on."""

    line: Line
    balance_fen: int | None
    own: str = ""


@dataclass(slots=True)
class Table:
    """What was found, in the order of the file."""

    movements: list[Movement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    said: Above = field(default_factory=Above)
    accounts: dict[str, int] = field(default_factory=dict)  # own account -> first row


def read_table(rows: Sequence[Row], profile: Profile) -> Table:
    """Every movement and every fault; faults are in the order of rows."""
    made = Table()
    heading = find_heading(rows, profile)
    if heading is None:
        lacking = missing_in(rows, profile)
        for name in lacking:
            made.faults.append(Fault(0, name, f"没有这一栏（方案“{profile.title}”）"))
        return made
    made.said = above(rows, heading, profile)
    reader = _Reader(profile, heading, made)
    for number, cells in rows:
        if number > heading.row:
            reader.take(number, cells)
    return made


class _Reader:
    """Reads the rows below the heads, one after another."""

    def __init__(self, profile: Profile, heading: Heading, made: Table) -> None:
        self._profile = profile
        self._heading = heading
        self._made = made
        self._row = 0
        self._cells: Sequence[object] = ()

    def take(self, number: int, cells: Sequence[object]) -> None:
        """One row: a movement, a sum, or neither."""
        filled = [value for value in cells if not cell.blank(value)]
        if not filled:
            return
        self._row, self._cells = number, cells
        if tuple(head_of(value) for value in cells) == self._heading.names:
            return
        first = cell.folded(filled[0])
        if self._is_note(first, filled):
            self._made.said = merged(self._made.said, labels(cells, self._profile))
            self._check_totals(first)
            return
        before = len(self._made.faults)
        line = self._line()
        if line is not None and len(self._made.faults) == before:
            self._made.movements.append(line)

    def _is_note(self, first: str, filled: Sequence[object]) -> bool:
        """A sum or a remark. What has a day and an amount is a movement, whatever it is called."""
        money = [self._raw(key) for key in ("amount", "debit", "credit")]
        bare = all(cell.blank(value) for value in money)
        dated = self._has_day()
        if dated and not bare:
            return False
        marks = (*self._profile.ends, *self._profile.before.get("opening", ()))
        words = [cell.folded(self._raw(key)) for key in ("text", "postscript")]
        if any(word.startswith(marks) for word in (first, *words) if word):
            return True
        return bare and not dated and len(filled) <= _FOOT_CELLS

    def _has_day(self) -> bool:
        try:
            cell.day(self._raw("booked_on"))
        except CellError:
            return False
        return True

    def _check_totals(self, first: str) -> None:
        if not first.startswith(_TOTALS) or self._profile.sides != "debit_credit":
            return
        for key, way in (("debit", "out"), ("credit", "in")):
            try:
                told = cell.fen(self._raw(key)) if not cell.blank(self._raw(key)) else None
            except CellError:
                continue
            sums = sum(
                one.line.amount_fen for one in self._made.movements if one.line.direction == way
            )
            # A fault above explains any difference; one message is enough.
            if told is not None and told != sums and not self._made.faults:
                self._fault(key, f"合计为 {_yuan(told)}，各行相加为 {_yuan(sums)}，文件可能不完整")

    # Cells

    def _raw(self, key: str) -> object:
        columns = self._heading.columns.get(key, ())
        if not columns or columns[0] >= len(self._cells):
            return None
        return self._cells[columns[0]]

    def _words(self, key: str) -> str:
        parts = [
            cell.text_of(self._cells[n])
            for n in self._heading.columns.get(key, ())
            if n < len(self._cells) and not cell.blank(self._cells[n])
        ]
        return "；".join(dict.fromkeys(parts))

    def _fault(self, key: str, reason: str) -> None:
        self._made.faults.append(Fault(self._row, FIELDS[key], reason))

    def _try(self, key: str, convert: Callable[[object], str | int]) -> str | int | None:
        """The value of a cell; a fault where it cannot be read, None where it is blank."""
        value = self._raw(key)
        if cell.blank(value):
            return None
        try:
            return convert(value)
        except CellError as fault:
            self._fault(key, str(fault))
            return None

    # A movement

    def _line(self) -> Movement | None:
        booked = self._try("booked_on", cell.day)
        if booked is None and cell.blank(self._raw("booked_on")):
            self._fault("booked_on", "没有填写")
        side = self._side()
        value_on = self._try("value_on", cell.day)
        balance = self._try("balance", cell.fen)
        party_account = self._try("party_account", cell.account)
        own = self._try("own_account", cell.account)
        if isinstance(own, str) and own:
            self._made.accounts.setdefault(own, self._row)
        self._check_currency()
        if not isinstance(booked, str) or side is None:
            return None
        words = [self._words(key) for key in ("text", "postscript")]
        line = Line(
            row=self._row,
            booked_on=booked,
            direction=side[0],
            amount_fen=side[1],
            value_on=str(value_on) if value_on is not None else None,
            party_name=self._words("party_name") or None,
            party_account=str(party_account) if party_account else None,
            text="；".join(dict.fromkeys(word for word in words if word)),
            reference=cell.reference(self._words("reference")),
            bank_ref=cell.folded(self._words("bank_ref")) or None,
        )
        return Movement(line, balance if isinstance(balance, int) else None, str(own or ""))

    def _check_currency(self) -> None:
        wanted = self._profile.currencies
        found = cell.folded(self._raw("currency")).upper()
        if wanted and "currency" in self._heading.columns and found not in wanted:
            self._fault("currency", f"“{found}”不是人民币")

    def _side(self) -> tuple[Direction, int] | None:
        if self._profile.sides == "debit_credit":
            return self._two_columns()
        amount = self._try("amount", cell.fen)
        if not isinstance(amount, int):
            if cell.blank(self._raw("amount")):
                self._fault("amount", "没有填写")
            return None
        if amount == 0:
            self._fault("amount", "金额为零")
            return None
        if self._profile.sides == "signed":
            return ("in" if amount > 0 else "out", abs(amount))
        return self._by_word(amount)

    def _by_word(self, amount: int) -> tuple[Direction, int] | None:
        word = cell.folded(self._raw("direction")).upper()
        known: tuple[tuple[Direction, frozenset[str]], ...] = (
            ("in", self._profile.incoming),
            ("out", self._profile.outgoing),
        )
        for way, words in known:
            if word in {cell.folded(one).upper() for one in words}:
                # Some layouts write the sign as well; a red figure is a correction the other way.
                if way == "out":
                    return ("out", abs(amount))
                return ("in" if amount > 0 else "out", abs(amount))
        told = "、".join(sorted(self._profile.incoming | self._profile.outgoing))
        self._fault("direction", f"“{word}”不是已知的方向（{told}）" if word else "没有填写")
        return None

    def _two_columns(self) -> tuple[Direction, int] | None:
        before = len(self._made.faults)
        out = self._try("debit", cell.fen)
        into = self._try("credit", cell.fen)
        if len(self._made.faults) > before:
            return None
        paid = out if isinstance(out, int) else 0
        came = into if isinstance(into, int) else 0
        if paid and came:
            self._fault("debit", "借方、贷方同时有金额")
            return None
        if not paid and not came:
            self._fault("credit", "借方、贷方都没有金额")
            return None
        # A negative figure in a column is the bank's red correction: it goes the other way.
        total = came - paid
        return ("in" if total > 0 else "out", abs(total))


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def ordered(movements: Sequence[Movement]) -> tuple[list[Movement], list[Fault]]:
    """The movements, oldest first, and where the bank's running balance breaks off.

    A file is oldest first or newest first; the balances tell which, else the days do.
    """
    up = list(movements)
    down = list(reversed(up))
    if any(one.balance_fen is not None for one in up):
        broken_up, broken_down = _breaks(up), _breaks(down)
        if len(broken_down) < len(broken_up):
            return down, broken_down
        if broken_up or up[0].line.booked_on <= up[-1].line.booked_on:
            return up, broken_up
        return (down, []) if not broken_down else (up, broken_up)
    if up and up[0].line.booked_on > up[-1].line.booked_on:
        return down, []
    return up, []


def _breaks(movements: Sequence[Movement]) -> list[Fault]:
    faults = []
    known: int | None = None
    for one in movements:
        step = one.line.amount_fen if one.line.direction == "in" else -one.line.amount_fen
        if known is not None:
            known += step
            if one.balance_fen is not None and one.balance_fen != known:
                told = f"应为 {_yuan(known)}，文件写 {_yuan(one.balance_fen)}"
                faults.append(Fault(one.line.row, FIELDS["balance"], f"与前一行不衔接，{told}"))
        known = one.balance_fen if one.balance_fen is not None else known
    return sorted(faults, key=lambda fault: fault.row)
