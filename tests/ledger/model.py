"""A ledger in plain dictionaries: what must be answered, written again without any database."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

TRANSFERS = {
    *(("case", "fee"), ("case", "refund"), ("case", "escrow"), ("case", "unknown")),
    *(("escrow", "case"), ("escrow", "refund"), ("escrow", "fee")),
    *(("refund", "case"), ("fee", "case")),
}
Fund = tuple[str, str | None]  # kind, case


@dataclass(frozen=True)
class Op:
    """One wish. `who`: number of the person; `target`: hold, entry or month; `month` to book in."""

    kind: str
    who: int = 0
    fen: int = 0
    case: str | None = None
    target: str = ""
    way: tuple[str, str] = ("", "")
    month: str | None = None
    again: bool = False


@dataclass
class Done:
    """An entry that was made."""

    kind: str
    fen: int
    debit: Fund
    credit: Fund
    case: str | None
    who: int


@dataclass
class Model:
    """Balances, grants, closed months; `today` is the month of entries without one."""

    today: str
    balance: dict[Fund, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[Fund, int] = field(default_factory=lambda: defaultdict(int))
    done: dict[str, Done] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    closed: str = ""
    signed: set[str] = field(default_factory=set)
    reported: dict[str, tuple[int, Any]] = field(default_factory=dict)
    moved: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    booked: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def free(self, fund: Fund) -> int:
        """What may still be granted."""
        return self.balance[fund] - self.held[fund]

    def answer(self, op: Op) -> str:
        """The code that the wish must get now; "" where it is accepted."""
        if op.kind == "report":
            return self._month(op.target)
        if op.kind == "sign":
            return self._sign(op)
        if op.kind in ("pay", "release"):
            return self._end(op)
        if op.kind == "reverse":
            return self._reverse(op)
        if op.kind == "transfer" and op.way not in TRANSFERS:
            return "account"
        if op.fen <= 0:
            return "amount"
        if self._late(op):
            return "month_closed"
        source = self.sides(op)[0]
        if op.kind != "receive" and self.free(source) < op.fen:
            return "funds"
        return ""

    def sides(self, op: Op) -> tuple[Fund, Fund]:
        """The accounts of a wish that names none: (debit, credit)."""
        bank: Fund = ("bank", None)
        if op.kind == "receive":
            return bank, ("case", op.case) if op.case else ("unknown", None)
        if op.kind == "hold":
            return ("case", op.case), bank
        if op.kind == "remit":
            return self._fund(op.way[0], op.case), bank
        way = ("unknown", "case") if op.kind == "assign" else op.way
        return self._fund(way[0], op.case), self._fund(way[1], op.case)

    def apply(self, op: Op, entry_id: str) -> None:
        """Carries out what was accepted."""
        if op.kind == "report":
            self.reported[op.target] = (op.who, self.trial(op.target))
            return
        if op.kind == "sign":
            self.closed = op.target
            self.signed.add(op.target)
            return
        if op.kind in ("pay", "release", "reverse"):
            old = self.done[op.target]
            self.ended.add(op.target)
            sides = (old.credit, old.debit) if op.kind == "reverse" else (old.debit, old.credit)
            made = Done(op.kind, old.fen, *sides, old.case, op.who)
        else:
            made = Done(op.kind, op.fen, *self.sides(op), op.case, op.who)
        self.done[entry_id] = made
        if op.kind in ("hold", "remit"):
            self.held[made.debit] += made.fen
        if op.kind in ("pay", "release"):
            self.held[made.debit] -= made.fen
        month = op.month or self.today
        self.booked[month] += 1
        if op.kind not in ("hold", "remit", "release"):
            self.balance[made.debit] -= made.fen
            self.balance[made.credit] += made.fen
            kinds = self.moved.setdefault(month, {})
            kinds.setdefault(made.debit[0], [0, 0])[0] += made.fen
            kinds.setdefault(made.credit[0], [0, 0])[1] += made.fen

    def trial(self, month: str) -> dict[str, tuple[int, int]]:
        """Debits and credits by kind up to the end of a month."""
        total: dict[str, list[int]] = {}
        for booked, kinds in self.moved.items():
            if booked <= month:
                for kind, (debit, credit) in kinds.items():
                    sums = total.setdefault(kind, [0, 0])
                    sums[0] += debit
                    sums[1] += credit
        return {kind: (debit, credit) for kind, (debit, credit) in total.items()}

    def _fund(self, kind: str, case: str | None) -> Fund:
        return kind, case if kind in ("case", "escrow") else None

    def _late(self, op: Op) -> bool:
        return op.month is not None and op.month <= self.closed

    def _end(self, op: Op) -> str:
        hold = self.done.get(op.target)
        if hold is None or hold.kind not in ("hold", "remit"):
            return "gone"
        if hold.who == op.who:
            return "own"
        if op.target in self.ended:
            return "already"
        if self._late(op):
            return "month_closed"
        return ""

    def _reverse(self, op: Op) -> str:
        old = self.done.get(op.target)
        if old is None:
            return "gone"
        if old.kind in ("hold", "remit", "release", "reverse"):
            return "kind"
        if old.who == op.who:
            return "own"
        if op.target in self.ended:
            return "already"
        if self._late(op):
            return "month_closed"
        if old.credit[0] != "bank" and self.free(old.credit) < old.fen:
            return "funds"
        return ""

    def _month(self, month: str) -> str:
        if month >= self.today:
            return "running"
        if month <= self.closed:
            return "month_closed"
        if any(n and self.closed < booked < month for booked, n in self.booked.items()):
            return "earlier"
        return ""

    def _sign(self, op: Op) -> str:
        if op.target not in self.reported:
            return "gone"
        if op.target in self.signed:
            return "already"
        who, trial = self.reported[op.target]
        if who == op.who:
            return "own"
        refused = self._month(op.target)
        if refused:
            return refused
        return "" if trial == self.trial(op.target) else "changed"
