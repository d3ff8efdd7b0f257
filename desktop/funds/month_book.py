"""A month of the ledger case by case, counted by accounting days. No Qt; any thread.

What came in is what reached the accounts of a case from elsewhere, what went out is what left them;
between an account and its own 提存 nothing moves. A reversal stands with a minus where the original
stood. So each case, and all of them together, keep: carried over + in − out = left.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from desktop.funds.reconcile import ACCOUNT_WORDS, Reconciliation, last_day, reconcile
from desktop.rules.money import grouped
from storage.ledger.trial import Line, trial_balance

# Accounts that are no case's, in the order they are printed.
COMMON: Final = ("unknown", "fee", "refund", "suspense")
_OF_CASES: Final = ("case", "escrow")
PARTIES_MAX: Final = 3  # names of one role that are printed
_MOVES: Final = """
select e.booked_on, e.kind, e.amount_fen, coalesce(e.payee, ''), d.kind, d.case_id, c.kind,
  c.case_id, coalesce(o.number, '')
from fund_entry e join fund d on d.id = e.debit_id join fund c on c.id = e.credit_id
left join fund_entry o on o.id = e.reverses
where e.kind in ('receipt', 'payment', 'transfer', 'reversal') and e.booked_on between ? and ?
order by e.booked_on, e.seq"""
_SUMS: Final = """
select f.kind, f.case_id, sum(case when s.booked_on < :first then s.fen else 0 end), sum(s.fen),
  sum(s.held)
from fund f join (
  select debit_id as id, booked_on,
    case when kind in ('hold', 'release') then 0 else -amount_fen end as fen,
    case kind when 'hold' then amount_fen when 'release' then -amount_fen
      when 'payment' then -amount_fen else 0 end as held
  from fund_entry where booked_on <= :last
  union all select credit_id, booked_on, amount_fen, 0 from fund_entry
    where booked_on <= :last and kind not in ('hold', 'release')) s on s.id = f.id
where f.kind <> 'bank' group by f.id"""
_CASES: Final = (
    'select c.id, c.number from "case" c join court o on o.id = c.court_id'
    " order by o.code, c.year, c.type_word, c.serial, c.id"
)
_PARTIES: Final = (
    "select case_id, role, name from party where role in ('applicant', 'debtor')"
    " order by case_id, role, id"
)
_DELAYS: Final = """
select case_id, ground, reason, until_on from payment_delay
where state in ('approved', 'ended') and from_on <= :last
  and (ended_on is null or ended_on > :last)
order by from_on, id"""


@dataclass(frozen=True, slots=True)
class Move:
    """Money in or out on a day; `fen` is negative for what was booked back."""

    day: str
    party: str
    fen: int


@dataclass(frozen=True, slots=True)
class Delay:
    """延缓发放 as it stood at the end of the month."""

    ground: str
    reason: str
    until_on: str


@dataclass(slots=True)
class Account:
    """A case with its accounts, or a common account (`case_id` empty, `name` what it is). In fen:
    `escrow_fen` is the part of `left_fen` that is 提存, `held_fen` what is granted and unpaid."""

    case_id: str
    name: str
    parties: str = ""
    opening_fen: int = 0
    left_fen: int = 0
    escrow_fen: int = 0
    held_fen: int = 0
    ins: list[Move] = field(default_factory=list)
    outs: list[Move] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)

    @property
    def in_fen(self) -> int:
        """What came in, less what was booked back."""
        return sum(one.fen for one in self.ins)

    @property
    def out_fen(self) -> int:
        """What went out, less what was booked back."""
        return sum(one.fen for one in self.outs)

    @property
    def empty(self) -> bool:
        """Nothing moved and nothing is there."""
        return not (self.ins or self.outs or self.left_fen or self.opening_fen)


@dataclass(frozen=True, slots=True)
class MonthBook:
    """Everything the 对账台账 says of a month."""

    month: str
    cases: tuple[Account, ...]
    common: tuple[Account, ...]
    trial: tuple[Line, ...]
    reconciliation: Reconciliation
    received_fen: int  # from the bank
    paid_fen: int  # to the bank

    @property
    def left_fen(self) -> int:
        """On all accounts together at the end of the month."""
        return sum(one.left_fen for one in (*self.cases, *self.common))


def month_book(connection: Connection, month: str) -> MonthBook:
    """The month YYYY-MM as the ledger has it now. In one that was signed nothing is booked any
    more, and its differences keep the words that they had when it was reported."""
    first, last = f"{month}-01", last_day(month)
    accounts: dict[str, Account] = {kind: Account("", ACCOUNT_WORDS[kind]) for kind in COMMON}
    bank = _move(connection, accounts, first, last)
    _stand(connection, accounts, first, last)
    for case_id, ground, reason, until_on in connection.exec_driver_sql(_DELAYS, {"last": last}):
        if case_id in accounts:
            accounts[case_id].delays.append(Delay(ground, reason or "", until_on or ""))
    noted = connection.exec_driver_sql(
        "select closed_at from ledger_period where month = ? and signed_at is not null", (month,)
    ).scalar()
    return MonthBook(
        month,
        _named(connection, accounts),
        tuple(accounts[kind] for kind in COMMON),
        tuple(trial_balance(connection, month)),
        reconcile(connection, last, str(noted or "9999")),
        bank.in_fen,
        bank.out_fen,
    )


def _move(connection: Connection, accounts: dict[str, Account], first: str, last: str) -> Account:
    """Puts every movement of the month into its accounts; gives what the bank moved."""
    bank = Account("", ACCOUNT_WORDS["bank"])
    for row in connection.exec_driver_sql(_MOVES, (first, last)):
        day, kind, fen, party, debit, debit_case, credit, credit_case, original = row
        away, here = _whose(debit, debit_case), _whose(credit, credit_case)
        if away == here:
            continue
        back = kind == "reversal"
        for whose, into, other in ((away, False, credit), (here, True, debit)):
            account = bank if whose == "bank" else _of(accounts, whose)
            told = f"冲正 {original}" if back else party or _other(other, into=into)
            # What a reversal brings back had gone out, and what it takes away had come in.
            listed = account.outs if into == back else account.ins
            listed.append(Move(day, told, -fen if back else fen))
    # The bank is the debit side: what left it in the books came in.
    return Account("", bank.name, ins=bank.outs, outs=bank.ins)


def _stand(connection: Connection, accounts: dict[str, Account], first: str, last: str) -> None:
    """Carried over, left, granted and 提存 of every account."""
    for kind, case_id, before, left, held in connection.exec_driver_sql(
        _SUMS, {"first": first, "last": last}
    ):
        if not (before or left or held) and _whose(kind, case_id) not in accounts:
            continue
        account = _of(accounts, _whose(kind, case_id))
        account.opening_fen += before
        account.left_fen += left
        account.held_fen += held
        account.escrow_fen += left if kind == "escrow" else 0


def _whose(kind: str, case_id: str | None) -> str:
    return case_id or kind if kind in _OF_CASES else kind


def _of(accounts: dict[str, Account], whose: str) -> Account:
    if whose not in accounts:
        accounts[whose] = Account(whose, whose)
    return accounts[whose]


def _other(kind: str, *, into: bool) -> str:
    """A movement between accounts names the other one."""
    if kind == "bank":
        return ""
    return f"{ACCOUNT_WORDS[kind]}转入" if into else f"转{ACCOUNT_WORDS[kind]}"


def _named(connection: Connection, accounts: Mapping[str, Account]) -> tuple[Account, ...]:
    """The cases in the order of their numbers, with their parties."""
    wanted = {key for key, one in accounts.items() if one.case_id and not one.empty}
    if not wanted:
        return ()
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case_id, role, name in connection.exec_driver_sql(_PARTIES):
        if case_id in wanted:
            names[case_id][role].append(name)
    found = []
    for case_id, number in connection.exec_driver_sql(_CASES):
        if case_id in wanted:
            account = accounts[case_id]
            account.name, account.parties = number, _parties(names[case_id])
            found.append(account)
    return tuple(found)


def _parties(names: Mapping[str, list[str]]) -> str:
    told = [_some(names.get(role, ())) for role in ("applicant", "debtor")]
    return " 与 ".join(part for part in told if part)


def _some(names: Iterable[str]) -> str:
    all_names = list(names)
    shown = "、".join(all_names[:PARTIES_MAX])
    return f"{shown}等{len(all_names)}人" if len(all_names) > PARTIES_MAX else shown


def remark(account: Account, grounds: Mapping[str, str]) -> str:
    """未发放原因及备注 of an account, in words; `grounds`: names of 延缓 grounds by code."""
    told: list[str] = []
    if account.opening_fen:
        told.append(f"上月结余 {grouped(account.opening_fen)}")
    if account.case_id and account.left_fen:
        told += _unpaid(account, grounds)
    return "；".join(told)


def _unpaid(account: Account, grounds: Mapping[str, str]) -> list[str]:
    told = []
    if account.escrow_fen:
        told.append(f"已提存 {grouped(account.escrow_fen)}")
    if account.held_fen:
        told.append(f"已申请待发放 {grouped(account.held_fen)}")
    for delay in account.delays:
        until = f"（至 {delay.until_on}）" if delay.until_on else ""
        told.append(f"延缓：{grounds.get(delay.ground, delay.ground)}{until}")
    free = account.left_fen - account.escrow_fen - account.held_fen
    if free > 0 and not account.delays:
        told.append(f"未申请发放 {grouped(free)}")
    return told


def rows_of(account: Account) -> list[dict[str, Any]]:
    """The lines of one account: in and out side by side, the rest on the first of them."""
    count = max(1, len(account.ins), len(account.outs))
    made: list[dict[str, Any]] = []
    for place in range(count):
        row: dict[str, Any] = {}
        if place < len(account.ins):
            one = account.ins[place]
            row |= {"in_on": one.day, "payer": one.party, "in_fen": one.fen}
        if place < len(account.outs):
            one = account.outs[place]
            row |= {"out_on": one.day, "payee": one.party, "out_fen": one.fen}
        made.append(row)
    made[0] |= {
        "case_number": account.name,
        "parties": account.parties,
        "left_fen": account.left_fen,
    }
    return made
