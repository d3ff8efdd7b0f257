"""Trial balance of a month, and the conservation board: what came in is somewhere, per fen.

The board counts flows on one side and accounts as they stood on the other, so that a fault shows
as a difference instead of cancelling out. Any thread.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage.ledger.balance import seq_at

Flows = dict[tuple[str, str], int]

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
_FLOWS: Final = """
select d.kind, c.kind, e.kind = 'reversal', sum(e.amount_fen)
from fund_entry e join fund d on d.id = e.debit_id join fund c on c.id = e.credit_id
where e.seq <= :seq and e.kind not in ('hold', 'release') {whose}
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
    """The board as the entry `seq` left it."""
    values: dict[str, object] = {"seq": seq}
    whose_entries, whose_funds = "", "1 = 1"
    if case_id is not None:
        values["case_id"] = case_id
        whose_entries, whose_funds = "and e.case_id = :case_id", "f.case_id = :case_id"
    flows: Flows = defaultdict(int)
    for debit, credit, back, fen in connection.exec_driver_sql(
        _FLOWS.format(whose=whose_entries), values
    ):
        if back:  # what a reversal undoes did not happen
            flows[credit, debit] -= fen
        else:
            flows[debit, credit] += fen
    standing: dict[str, int] = defaultdict(int)
    for kind, fen in connection.exec_driver_sql(_STANDING.format(whose=whose_funds), values):
        standing[kind] = int(fen or 0)
    if case_id is not None:
        return _of_case(flows, standing)
    return Board(
        received=sum(fen for (debit, _), fen in flows.items() if debit == "bank"),
        paid=flows["case", "bank"] + flows["escrow", "bank"],
        held=standing["case"],
        unknown=standing["unknown"] + standing["suspense"],
        refunded=standing["refund"] + flows["refund", "bank"] + flows["unknown", "bank"],
        fees=standing["fee"] + flows["fee", "bank"],
        escrow=standing["escrow"],
    )


def _of_case(flows: Flows, standing: dict[str, int]) -> Board:
    own = ("case", "escrow")

    def net(kind: str) -> int:
        away = sum(flows[one, kind] for one in own)
        return away - sum(flows[kind, one] for one in own)

    return Board(
        received=flows["bank", "case"] - net("unknown") - net("suspense"),
        paid=flows["case", "bank"] + flows["escrow", "bank"],
        held=standing["case"],
        unknown=0,
        refunded=net("refund"),
        fees=net("fee"),
        escrow=standing["escrow"],
    )
