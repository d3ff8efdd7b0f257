"""Orders and their money in plain dictionaries: what a wish must get, without any database."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace

FINANCE = ("keeper", "teller", "third")
LEADERS = ("chief", "leader")
STAGE_OF = {"fund_keeper": FINANCE, "bureau_chief": ("chief",), "vice_president": ("leader",)}
LARGE = 10_000_000
ENDED = ("paid", "moved", "returned", "failed", "withdrawn")
FINANCE_KINDS = ("receive", "remit", "send", "answer", "pay")


@dataclass(frozen=True)
class Op:
    """One wish. `target`: an order or entry; `word`: stage, outcome or account to move to."""

    kind: str
    who: str
    fen: int = 0
    case: str | None = None
    target: str = ""
    word: str = ""
    payee: str = "丙"
    account: str | None = "1"
    called: bool = False
    again: bool = False


@dataclass(frozen=True)
class Order:
    """An order as it stands; `passed`: stage to person."""

    maker: str
    fen: int
    case: str | None
    source: str
    target: str | None
    payee: str
    account: str | None
    differs: bool
    called: bool
    stages: tuple[str, ...]
    state: str = "approving"
    passed: tuple[tuple[str, str], ...] = ()
    returned_at: str | None = None
    sent: bool = False

    @property
    def stage(self) -> str:
        """What is due."""
        open_ = self.state == "approving" and len(self.passed) < len(self.stages)
        return self.stages[len(self.passed)] if open_ else ""


@dataclass(frozen=True)
class Entry:
    """A receipt or a payment, which may be reversed."""

    kind: str
    fen: int
    case: str | None
    source: str
    maker: str


Fund = tuple[str, str | None]


@dataclass
class Model:
    """`posts`: the post decides who may ask (a lone desk); at the hub everybody has every role."""

    posts: bool
    balance: dict[Fund, int] = field(default_factory=dict)
    held: dict[Fund, int] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    last: dict[tuple[str | None, str], str | None] = field(default_factory=dict)

    def copy(self) -> "Model":
        """Another one to try on."""
        return Model(
            self.posts,
            dict(self.balance),
            dict(self.held),
            dict(self.orders),
            dict(self.entries),
            set(self.undone),
            set(self.replaced),
            deepcopy(self.last),
        )

    def free(self, fund: Fund) -> int:
        """What may be granted."""
        return self.balance.get(fund, 0) - self.held.get(fund, 0)

    def answer(self, op: Op) -> str:
        """The code the wish must get; "" where it is accepted."""
        if self.posts and self._not_his(op):
            return "role"
        if op.kind == "receive":
            return "amount" if op.fen <= 0 else ""
        asks: dict[str, Callable[[Op], str]] = {
            "disburse": self._submit,
            "remit": self._submit,
            "pass": self._pass,
            "return": self._return,
            "withdraw": self._withdraw,
            "send": self._send,
            "answer": lambda wish: self._answer(wish, wish.word),
            "pay": lambda wish: "refused" if self._answer(wish, "paid") else "",
            "reverse": self._reverse,
        }
        # A release, a transfer: never while orders rule.
        return asks[op.kind](op) if op.kind in asks else "refused"

    def _not_his(self, op: Op) -> bool:
        if op.kind == "disburse":
            return op.who in FINANCE
        if op.kind in ("reverse", "release"):
            return op.who not in (*FINANCE, "chief")
        return op.kind in (*FINANCE_KINDS, "transfer") and op.who not in FINANCE

    def _submit(self, op: Op) -> str:
        if op.fen <= 0:
            return "amount"
        if op.target:
            old = self.orders.get(op.target)
            again = old is not None and old.state in ("returned", "failed", "withdrawn")
            if old is None or not again or op.target in self.replaced or old.case != op.case:
                return "replaces"
        return "funds" if self.free(self._source(op)) < op.fen else ""

    def _source(self, op: Op) -> Fund:
        return ("refund", None) if op.kind == "remit" else ("case", op.case)

    def _pass(self, op: Op) -> str:
        order = self.orders.get(op.target)
        if order is None:
            return "gone"
        if op.word in dict(order.passed):
            return "already"
        if order.state not in ("approving", "approved"):
            return "state"
        if not op.word or op.word != order.stage:
            return "stage"
        return self._by(order, op.who, op.word) or self._unsure(order)

    def _by(self, order: Order, who: str, stage: str, *, back: bool = False) -> str:
        if order.maker == who:
            return "own"
        if not back and who in dict(order.passed).values():
            return "twice"
        return "" if who in (STAGE_OF[stage] if stage else FINANCE) else "post"

    def _unsure(self, order: Order) -> str:
        if order.target is None and order.account is None:
            return "confirmed"
        return "call_back" if order.differs and not order.called else ""

    def _return(self, op: Op) -> str:
        order = self.orders.get(op.target)
        if order is None:
            return "gone"
        if order.returned_at == op.word:
            return "already"
        if order.state not in ("approving", "approved"):
            return "state"
        return "stage" if op.word != order.stage else self._by(order, op.who, op.word, back=True)

    def _withdraw(self, op: Op) -> str:
        order = self.orders.get(op.target)
        if order is None:
            return "gone"
        if order.state not in ("approving", "approved"):
            return "state"
        return "" if op.who == order.maker or op.who in LEADERS else "post"

    def _send(self, op: Op) -> str:
        order = self.orders.get(op.target)
        if order is None:
            return "gone"
        if order.sent:
            return "already"
        if order.state != "approved":
            return "chain" if order.state == "approving" else "state"
        return self._by(order, op.who, "")

    def _answer(self, op: Op, outcome: str) -> str:
        order = self.orders.get(op.target)
        if order is None:
            return "gone"
        if order.state not in ("sent", "unknown"):
            return "already" if order.state in ("paid", "failed", "moved") else "state"
        return "own" if outcome != "unknown" and op.who == order.maker else ""

    def _reverse(self, op: Op) -> str:
        entry = self.entries.get(op.target)
        if entry is None:
            return "gone"
        if entry.maker == op.who:
            return "own"
        if op.target in self.undone:
            return "already"
        short = entry.kind == "receipt" and self.free(("case", entry.case)) < entry.fen
        return "funds" if short else ""

    def apply(self, op: Op, made: str) -> None:
        """Carries out what was accepted; `made`: id of the request."""
        if op.kind == "receive":
            self._move(("case", op.case), op.fen)
            self.entries[made] = Entry("receipt", op.fen, op.case, "case", op.who)
        elif op.kind in ("disburse", "remit"):
            self._made(op, made)
        elif op.kind == "reverse":
            entry = self.entries[op.target]
            back = -entry.fen if entry.kind == "receipt" else entry.fen
            self._move((entry.source, entry.case if entry.source == "case" else None), back)
            self.undone.add(op.target)
        else:
            self._acted(op, made)

    def _made(self, op: Op, made: str) -> None:
        source = self._source(op)
        out = op.kind == "remit" or not op.word
        last = self.last.get((op.case, op.payee), "?")
        self.orders[made] = Order(
            op.who,
            op.fen,
            op.case,
            source[0],
            None if out else op.word,
            op.payee,
            op.account,
            out and op.case is not None and last not in ("?", op.account),
            op.called,
            tuple(STAGE_OF)[: 3 if op.fen >= LARGE else 2],
        )
        self.held[source] = self.held.get(source, 0) + op.fen
        if op.target:
            self.replaced.add(op.target)

    def _acted(self, op: Op, made: str) -> None:
        order = self.orders[op.target]
        fund = (order.source, order.case if order.source == "case" else None)
        kind = {"answer": op.word, "pay": "paid"}.get(op.kind, op.kind)
        if kind == "pass":
            passed = (*order.passed, (op.word, op.who))
            state = "approved" if len(passed) == len(order.stages) else "approving"
            self.orders[op.target] = replace(order, passed=passed, state=state)
            return
        state = {
            "return": "returned",
            "withdraw": "withdrawn",
            "send": "moved" if order.target else "sent",
        }.get(kind, kind)
        at = op.word if kind == "return" else order.returned_at
        self.orders[op.target] = replace(
            order, state=state, returned_at=at, sent=order.sent or kind == "send"
        )
        if state in ENDED:
            self.held[fund] -= order.fen
        if state == "moved":
            self._move(fund, -order.fen)
            whose = order.case if order.target == "escrow" else None
            self._move((str(order.target), whose), order.fen)
        if state == "paid":
            self._move(fund, -order.fen)
            self.entries[made] = Entry("payment", order.fen, order.case, order.source, op.who)
            if order.case is not None:
                self.last[order.case, order.payee] = order.account

    def _move(self, fund: Fund, fen: int) -> None:
        self.balance[fund] = self.balance.get(fund, 0) + fen


def explained(model: Model, ops: list[Op], outcomes: list[tuple[str, str]]) -> Model | None:
    """The model after some order of the wishes in which each gets what it got; None: there is
    none. Outcomes are (code, id)."""
    seen: set[frozenset[int]] = set()

    def search(state: Model, left: frozenset[int]) -> Model | None:
        if not left:
            return state
        if left in seen and all(outcomes[n][0] for n in left):
            return None
        seen.add(left)
        for n in sorted(left):
            if state.answer(ops[n]) != outcomes[n][0]:
                continue
            after = state
            if not outcomes[n][0]:
                after = state.copy()
                after.apply(ops[n], outcomes[n][1])
            found = search(after, left - {n})
            if found is not None:
                return found
            if outcomes[n][0]:  # a refusal that fits now changes nothing: no other way helps
                return None
        return None

    return search(model, frozenset(range(len(ops))))
