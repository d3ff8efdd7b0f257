"""A statement of the bank as it was read: lines, balances, and what is wrong with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from desktop.errors import UserError

Direction = Literal["in", "out"]
FAULTS_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. Amount in fen, days as ISO text; `row` as a spreadsheet counts, for XML and
    MT940 the n-th movement.

    `reference`: the virtual account an incoming line was paid to, or the end-to-end key that an
    outgoing one carries; `text`: what people wrote (摘要, 附言).
    """

    row: int
    booked_on: str
    direction: Direction
    amount_fen: int
    value_on: str | None = None
    party_name: str | None = None
    party_account: str | None = None
    text: str = ""
    reference: str | None = None
    bank_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, or with the whole file (row 0)."""

    row: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"第 {self.row} 行" if self.row else "文件"
        return f"{where}“{self.field}”：{self.reason}"


class StatementError(UserError):
    """A statement that cannot be taken; all its faults, in the order of rows. Nothing of such a
    file is stored."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        told = "；".join(str(fault) for fault in self.faults[:FAULTS_TOLD])
        more = len(self.faults) - FAULTS_TOLD
        tail = f"；另有 {more} 处" if more > 0 else ""
        super().__init__(f"“{name}”有 {len(self.faults)} 处错误，未导入任何一行：{told}{tail}。")


@dataclass(frozen=True, slots=True)
class Statement:
    """All of a file. `balances`: (day, fen) that the bank says it closed that day with; opening and
    closing None where the file says neither."""

    name: str
    file_sha256: str
    account: str
    lines: tuple[Line, ...]
    opening_fen: int | None = None
    closing_fen: int | None = None
    balances: tuple[tuple[str, int], ...] = ()

    @property
    def days(self) -> tuple[str, str]:
        """First and last booking day; empty texts when there is no line."""
        days = [line.booked_on for line in self.lines]
        return (min(days), max(days)) if days else ("", "")


def signed(line: Line) -> int:
    """What a line does to the balance of the account, in fen."""
    return line.amount_fen if line.direction == "in" else -line.amount_fen
