"""Trial balance of a month, and the conservation board: what came in is somewhere, per fen.

The board counts flows on one side and accounts as they stood on the other, so that a fault shows
as a difference instead of cancelling out. Any thread.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage.ledger.balance import seq_at
from storage.schema.funds import COMMON

Flows = Mapping[tuple[str, str], int]
_NAMED: Final = " ".join(f"when '{one}' then '{kind}'" for kind, (one, _name) in COMMON.items())


def kind_sql(joined: str, fund_id: str) -> str:
    """SQL of an account's kind; a team's desk does not hold the common accounts themselves."""
    return f"coalesce({joined}.kind, case {fund_id} {_NAMED} end)"


_KINDS: Final = f"{kind_sql('d', 'e.debit_id')}, {kind_sql('c', 'e.credit_id')}"

# A hold's bank side says the bank's balance unchanged, so the latest entry of either side tells it.
_STANDING: Final = """
select f.kind, sum(case
    when coalesce(d.seq, 0) >= coalesce(c.seq, 0) then coalesce(d.debit_after_fen, 0)
    else c.credit_after_fen end)
from fund f
left join fund_entry d on d.seq =
  (select max(x.seq) from fund_entry x where x.debit_id = f.id and x.seq <= :seq)
left join fund_entry c on c.seq =
  (select max(x.seq) from fund_entry x where x.credit_id = f.id and x.seq <= :seq)
where {whose} group by f.kind"""
_FLOWS: Final = f"""
select {_KINDS}, e.kind = 'reversal', sum(e.amount_fen)
from fund_entry e
left join fund d on d.id = e.debit_id left join fund c on c.id = e.credit_id
where e.seq > :after and e.seq <= :seq and e.kind not in ('hold', 'release') {{whose}}
group by 1, 2, 3"""
_TRIAL: Final = """
select f.kind, sum(s.debit), sum(s.credit) from (
  select debit_id as id, amount_fen as debit, 0 as credit from fund_entry
    where booked_on <= ? and kind not in ('hold', 'release')
  union all select credit_id, 0, amount_fen from fund_entry
    where booked_on <= ? and kind not in ('hold', 'release')) s
join fund f on f.id = s.id group by f.kind order by f.kind"""


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of account in the trial balance, in fen."""

    kind: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Credits less debits."""
        return self.credit_fen - self.debit_fen


@dataclass(frozen=True, slots=True)
class Board:
    """Received = paid + held + unknown + refunded + fees + escrow, in fen, at one moment.

    `held` is what lies on case accounts, granted or not; refunds and fees count whether they still
    lie there or have left. Of a single case `unknown` is always 0: received is what reached it.
    """

    received: int
    paid: int
    held: int
    unknown: int
    refunded: int
    fees: int
    escrow: int

    @property
    def difference(self) -> int:
        """0 when everything that came in is somewhere."""
        there = self.paid + self.held + self.unknown + self.refunded + self.fees + self.escrow
        return self.received - there


def trial_balance(connection: Connection, month: str) -> list[Line]:
    """All that is booked up to the end of `month` (YYYY-MM), by kind of account."""
    last = f"{month}-31"
    return [Line(*row) for row in connection.exec_driver_sql(_TRIAL, (last, last))]


def board(
    connection: Connection, moment: datetime | None = None, case_id: str | None = None
) -> Board:
    """The board at a past moment (None: now), of one case or of all."""
    if moment is None:
        last = connection.exec_driver_sql("select max(seq) from fund_entry").scalar()
        return board_after(connection, int(last or 0), case_id)
    return board_after(connection, seq_at(connection, moment), case_id)


def board_after(connection: Connection, seq: int, case_id: str | None = None) -> Board:
    """The board as the entry `seq` left it. Adds everything up: a second and more for a million
    entries; desktop.funds.board goes on from what was counted before."""
    flows = flows_between(connection, 0, seq, case_id)
    standing = standing_after(connection, seq, case_id)
    return of_cases(flows, standing) if case_id is not None else of_all(flows, standing)


def standing_after(
    connection: Connection, seq: int, case_id: str | None = None
) -> Mapping[str, int]:
    """What the entry `seq` left on each kind of account, as the entries say themselves."""
    values: dict[str, object] = {"seq": seq}
    whose = "1 = 1"
    if case_id is not None:
        values["case_id"] = case_id
        whose = "f.case_id = :case_id"
    rows = connection.exec_driver_sql(_STANDING.format(whose=whose), values)
    return {kind: int(fen or 0) for kind, fen in rows}


def flows_between(
    connection: Connection, after: int, seq: int, case_id: str | None = None
) -> Flows:
    """What went from one kind of account to another behind the entry `after` up to `seq`; what a
    reversal undoes did not happen."""
    values: dict[str, object] = {"after": after, "seq": seq}
    if case_id is not None:
        values["case_id"] = case_id
    whose = "" if case_id is None else "and e.case_id = :case_id"
    flows: dict[tuple[str, str], int] = defaultdict(int)
    for debit, credit, back, fen in connection.exec_driver_sql(_FLOWS.format(whose=whose), values):
        if back:
            flows[credit, debit] -= fen
        else:
            flows[debit, credit] += fen
    return flows


def of_all(flows: Flows, standing: Mapping[str, int]) -> Board:
    """The board of the whole ledger from what flowed and what stands on each kind of account."""
    flowed: Mapping[tuple[str, str], int] = defaultdict(int, flows)
    there: Mapping[str, int] = defaultdict(int, standing)
    return Board(
        received=sum(fen for (debit, _), fen in flows.items() if debit == "bank"),
        paid=flowed["case", "bank"] + flowed["escrow", "bank"],
        held=there["case"],
        unknown=there["unknown"] + there["suspense"],
        refunded=there["refund"] + flowed["refund", "bank"] + flowed["unknown", "bank"],
        fees=there["fee"] + flowed["fee", "bank"],
        escrow=there["escrow"],
    )


def of_cases(flows: Flows, standing: Mapping[str, int]) -> Board:
    """The board of one case, or of all that a team's desk sees: what reached their accounts."""
    flowed: Mapping[tuple[str, str], int] = defaultdict(int, flows)
    there: Mapping[str, int] = defaultdict(int, standing)
    own = ("case", "escrow")

    def net(kind: str) -> int:
        away = sum(flowed[one, kind] for one in own)
        return away - sum(flowed[kind, one] for one in own)

    return Board(
        received=flowed["bank", "case"] - net("unknown") - net("suspense"),
        paid=flowed["case", "bank"] + flowed["escrow", "bank"],
        held=there["case"],
        unknown=0,
        refunded=net("refund"),
        fees=net("fee"),
        escrow=there["escrow"],
    )
