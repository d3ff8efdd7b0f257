"""Proposes what a line of the bank is: whose money came in, which order went out. Reads only.

A line paid to a case's virtual account (一案一账号) is sure, unless what the payer wrote says
another case. Everything else is a proposal with its reasons, which a person accepts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from desktop.funds.case_words import mentions
from desktop.funds.evidence import LineFacts, Reason
from desktop.funds.known import Index, load
from desktop.funds.orders_out import GivenBack, given_back, propose_orders
from desktop.funds.solver import Solution, solve

CHUNK: Final = 500
CODE_MIN: Final = 6  # shorter numbers in a remark are no account
_UNCLAIMED: Final = (
    "select l.id, l.booked_on, l.amount_fen, l.party_name, l.party_account from bank_line l"
    " left join fund_entry e on e.line_id = l.id"
    " and not exists (select 1 from fund_entry r where r.reverses = e.id)"
    " where l.direction = 'in' and l.party_name in ({marks}) and e.case_id is null"
)
_GIVEN: Final = (
    "select json_extract(args, '$.line_id') from request"
    " where kind in ('assign', 'receive') and case_id is not null"
)
SURE: Final = 12.0  # weight of a virtual account: nothing else comes near


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line probably is. `parts`: (case, fen) of money that came in; `order_id`: the order
    that went out, `entry_id`: its payment where that is booked already, or the reversal that holds
    what came back of it. `chance` from 0 to 1; `others`: further cases, with their chances, best
    first."""

    line_id: str
    sure: bool
    incoming: bool = True
    parts: tuple[tuple[str, int], ...] = ()
    order_id: str | None = None
    entry_id: str | None = None
    chance: float = 0.0
    reasons: tuple[Reason, ...] = ()
    others: tuple[tuple[str, float], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is proposed: 不明款, or an outgoing line that no order explains."""
        return not self.parts and self.order_id is None


@dataclass(frozen=True, slots=True)
class BankLine:
    """A stored line."""

    facts: LineFacts
    direction: str
    bank_ref: str


def propose(
    connection: Connection, line_ids: Sequence[str], index: Index | None = None
) -> list[Proposal]:
    """One for each stored line, in their order; `index` where the caller has read it already."""
    return consider(connection, read_lines(connection, line_ids), index)


def consider(
    connection: Connection, lines: Sequence[BankLine], index: Index | None = None
) -> list[Proposal]:
    """One for each line, in their order; also for lines that are not stored yet."""
    coming = [line.facts for line in lines if line.direction == "in"]
    found: dict[str, Proposal] = {}
    if coming:
        cases = load(connection) if index is None else index
        back = given_back(connection, coming)
        found.update({one.id: _of_return(one, back[one.id]) for one in coming if one.id in back})
        rest = [line for line in coming if line.id not in back]
        found.update(_of_incoming(cases, rest, _beside(connection, rest)))
    going = [line for line in lines if line.direction == "out"]
    orders = propose_orders(connection, [(line.facts, line.bank_ref) for line in going])
    for line, order in zip(going, orders, strict=True):
        found[line.facts.id] = Proposal(
            line.facts.id,
            sure=False,
            incoming=False,
            order_id=order.order_id,
            entry_id=order.entry_id,
            chance=order.chance,
            reasons=order.reasons,
        )
    return [found[line.facts.id] for line in lines]


def _of_return(line: LineFacts, back: GivenBack) -> Proposal:
    """Received for its case, or joined to the reversal that holds the money already."""
    return Proposal(
        line.id,
        False,
        parts=() if back.case_id is None else ((back.case_id, line.amount_fen),),
        order_id=None if back.entry_id is None else back.order_id,
        entry_id=back.entry_id,
        chance=0.97,
        reasons=back.reasons,
    )


def read_lines(connection: Connection, line_ids: Sequence[str]) -> list[BankLine]:
    """The lines with these ids, in that order; one that is gone is left out."""
    found: dict[str, BankLine] = {}
    for at in range(0, len(line_ids), CHUNK):
        some = tuple(line_ids[at : at + CHUNK])
        marks = ", ".join("?" * len(some))
        for row in connection.exec_driver_sql(
            "select id, booked_on, direction, amount_fen, party_name, party_account, text,"
            f" reference, bank_ref from bank_line where id in ({marks})",
            some,
        ):
            facts = LineFacts(
                row.id,
                row.booked_on,
                row.amount_fen,
                row.party_name or "",
                row.party_account or "",
                row.text,
                row.reference or "",
            )
            found[row.id] = BankLine(facts, row.direction, row.bank_ref or "")
    return [found[line_id] for line_id in line_ids if line_id in found]


def _beside(connection: Connection, lines: Sequence[LineFacts]) -> list[LineFacts]:
    """Other money of the same payers that is nobody's yet: several transfers may come to one sum,
    also when they lie in two files."""
    asked = {line.id for line in lines}
    asked.update(row[0] for row in connection.exec_driver_sql(_GIVEN))
    names = sorted({line.party_name for line in lines if line.party_name})
    found: list[LineFacts] = []
    for at in range(0, len(names), CHUNK):
        some = tuple(names[at : at + CHUNK])
        query = _UNCLAIMED.format(marks=", ".join("?" * len(some)))
        for row in connection.exec_driver_sql(query, some):
            if row.id not in asked:
                found.append(
                    LineFacts(
                        row.id,
                        row.booked_on,
                        row.amount_fen,
                        row.party_name,
                        row.party_account or "",
                    )
                )
    return found


def _of_incoming(
    index: Index, lines: Sequence[LineFacts], beside: Sequence[LineFacts]
) -> dict[str, Proposal]:
    found: dict[str, Proposal] = {}
    left: list[LineFacts] = []
    for line in lines:
        whose = index.codes.get(line.reference)
        if whose is None or whose not in index.cases:
            left.append(line)
            continue
        found[line.id] = _by_account(index, line, whose)
    for line, solution in zip(left, solve(index, left, beside), strict=True):
        found[line.id] = _written_account(index, line) or _proposal(solution)
    return found


def _by_account(index: Index, line: LineFacts, whose: str) -> Proposal:
    """Paid to the account of a case; sure unless the remark numbers another one."""
    case = index.cases[whose]
    reasons = [Reason("account_code", f"汇入本案虚拟账号 {line.reference}", SURE)]
    other = [
        index.cases[case_id].number
        for mention in mentions(line.text)
        if mention.whole
        for case_id in index.numbered(mention)
        if case_id != whose
    ]
    if other:
        words = f"附言写的却是 {'、'.join(dict.fromkeys(other))}"
        reasons.append(Reason("number_other", words, -SURE / 2))
    parts = ((case.id, line.amount_fen),)
    return Proposal(
        line.id, not other, parts=parts, chance=0.5 if other else 1.0, reasons=tuple(reasons)
    )


def _written_account(index: Index, line: LineFacts) -> Proposal | None:
    """The payer wrote the case's account into the remark: nearly sure, but typed by hand."""
    written = "".join(c if c.isdigit() else " " for c in f"{line.text} {line.reference}").split()
    codes = dict.fromkeys(one for one in written if len(one) >= CODE_MIN and one in index.codes)
    cases = {index.codes[code] for code in codes} & index.cases.keys()
    if len(cases) != 1:
        return None
    reason = Reason("account_written", f"附言写明本案虚拟账号 {next(iter(codes))}", SURE)
    return Proposal(
        line.id, False, parts=((cases.pop(), line.amount_fen),), chance=0.99, reasons=(reason,)
    )


def _proposal(solution: Solution) -> Proposal:
    return Proposal(
        solution.line_id,
        False,
        parts=solution.parts,
        chance=solution.chance,
        reasons=solution.reasons,
        others=tuple((one.case_id, one.chance) for one in solution.others),
    )
