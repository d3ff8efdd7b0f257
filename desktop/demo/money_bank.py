"""The bank of the demo: what moved on each day, and its statement the next morning. Pure."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from desktop.demo.money_words import COURT_ACCOUNT

if TYPE_CHECKING:
    from desktop.demo.money_orders import Order
    from desktop.demo.money_plan import Arrival
from desktop.funds.statements.model import Direction, Line, Statement


@dataclass(slots=True)
class Movement:
    """One line, and what the court knows it by. `back`: money of that order has come back."""

    day: date
    direction: Direction
    fen: int
    name: str
    account: str
    text: str
    reference: str | None = None
    arrival: "Arrival | None" = None
    order: "Order | None" = None
    back: "Order | None" = None


@dataclass(slots=True)
class Bank:
    """Movements that no statement has told yet, and the balance after those that were told."""

    waiting: dict[date, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    balance_fen: int = 0
    _serial: int = 0

    def move(self, movement: Movement) -> None:
        """Something happens on the account."""
        self.waiting[movement.day].append(movement)

    def statements(self, before: date) -> list[tuple[Statement, list[Movement]]]:
        """One for each day that is over and was not told yet, and what its lines are."""
        told = []
        for day in sorted(day for day in self.waiting if day < before):
            moved = self.waiting.pop(day)
            told.append((self._statement(moved), moved))
        return told

    def untold(self) -> Statement | None:
        """What the next statement will say."""
        moved = [one for day in sorted(self.waiting) for one in self.waiting[day]]
        return self._statement(moved) if moved else None

    def _statement(self, moved: list[Movement]) -> Statement:
        opening, lines, day = self.balance_fen, [], moved[-1].day
        for row, one in enumerate(moved, start=2):
            self._serial += 1
            self.balance_fen += one.fen if one.direction == "in" else -one.fen
            lines.append(
                Line(
                    *(row, one.day.isoformat(), one.direction, one.fen, one.day.isoformat()),
                    *(one.name, one.account, one.text, one.reference),
                    bank_ref=f"{one.day:%Y%m%d}{self._serial:07d}",
                )
            )
        name = f"演示对账单{day:%Y%m%d}"
        seal = hashlib.sha256(f"{name}{[str(line) for line in lines]}".encode()).hexdigest()
        balances = ((day.isoformat(), self.balance_fen),)
        return Statement(
            *(name, seal, COURT_ACCOUNT, tuple(lines), opening, self.balance_fen, balances)
        )
