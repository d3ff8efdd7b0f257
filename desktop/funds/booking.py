"""Asks for what was found out about lines of the bank. Writer lane.

Alone only two things are asked: money paid to a case's virtual account is received for the case,
and money that nothing explains is received as 不明款, which says no more than that it is there.
Everything else is asked when a person has accepted it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.funds.matching import CHUNK, BankLine, Proposal, propose, read_lines
from desktop.funds.orders_out import given_back
from storage.ledger import moments
from storage.ledger.asking import Asked, ask
from storage.ledger.post import ZONE, closed_up_to

STEP: Final = 50
Progress = Callable[[int, int], bool]
_BOOKED: Final = (
    "select e.line_id from fund_entry e where e.line_id in ({marks}) and not exists"
    " (select 1 from fund_entry r where r.reverses = e.id)"
    " union select m.line_id from bank_match m where m.line_id in ({marks})"
)
_WAITING: Final = (
    "select l.id from bank_line l where l.direction = 'in' and l.reference in"
    " (select f.code from fund f where f.kind = 'case' and f.code is not null)"
    " and not exists (select 1 from fund_entry e where e.line_id = l.id)"
)
_ASKED: Final = (
    "select json_extract(q.args, '$.line_id') from request q where q.state = 'asked'"
    " and q.kind in ('receive', 'assign', 'answer_order', 'match_line')"
)
_CLAIMED: Final = (
    "select coalesce(sum(json_extract(q.args, '$.amount_fen')), 0) from request q"
    " where q.kind = 'assign' and json_extract(q.args, '$.line_id') = ?"
    " and (q.state = 'asked' or exists (select 1 from fund_entry e where e.id = q.id"
    " and not exists (select 1 from fund_entry r where r.reverses = e.id)))"
)


@dataclass(slots=True)
class Booked:
    """What became of lines. `cases`, `unknown`: received for a case, as 不明款; `waiting`: how many
    of these the shared database has still to decide; `refused`: (line, code) of what the ledger
    did not take."""

    cases: int = 0
    unknown: int = 0
    waiting: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def hear(self, line_id: str, asked: Asked) -> bool:
        """Notes an answer; True unless it was a refusal."""
        if asked.answer is None:
            self.waiting += 1
        elif not asked.answer.accepted:
            self.refused.append((line_id, asked.answer.code))
            return False
        return True


def book_found(
    connection: Connection,
    line_ids: Sequence[str],
    by: str | None,
    progress: Progress = lambda _done, _total: True,
) -> tuple[Booked, list[Proposal]]:
    """Books what may be booked alone of lines that just came; gives what is thought of each. Ends
    early, half done, where `progress` says so: whoever cancels leaves the transaction unsaved."""
    dealt = taken(connection, line_ids)
    open_ids = [one for one in line_ids if one not in dealt]
    proposals = propose(connection, open_ids)
    lines = {line.facts.id: line for line in read_lines(connection, open_ids)}
    booked = Booked()
    for n, one in enumerate(proposals):
        if n % STEP == 0 and not progress(n, len(proposals)):
            break
        if not one.incoming or not (one.empty or one.sure):
            continue
        whose = one.parts[0][0] if one.parts else None
        if booked.hear(one.line_id, _receive(connection, lines[one.line_id], whose, by)):
            booked.cases += whose is not None
            booked.unknown += whose is None
    return booked, proposals


def book_sure(connection: Connection, by: str | None) -> Booked:
    """Books what is sure by now of all lines that wait: its account was opened after it came, or
    nobody was there to book it."""
    waiting = [row.id for row in connection.exec_driver_sql(_WAITING)]
    dealt = taken(connection, waiting)
    open_ids = [one for one in waiting if one not in dealt]
    lines = {line.facts.id: line for line in read_lines(connection, open_ids)}
    booked = Booked()
    for one in propose(connection, open_ids):
        if one.sure and booked.hear(
            one.line_id, _receive(connection, lines[one.line_id], one.parts[0][0], by)
        ):
            booked.cases += 1
    return booked


def taken(connection: Connection, line_ids: Sequence[str]) -> frozenset[str]:
    """Which lines are booked, matched, or asked for."""
    found = {row[0] for row in connection.exec_driver_sql(_ASKED)} & set(line_ids)
    for at in range(0, len(line_ids), CHUNK):
        some = tuple(line_ids[at : at + CHUNK])
        query = _BOOKED.format(marks=", ".join("?" * len(some)))
        found.update(row[0] for row in connection.exec_driver_sql(query, (*some, *some)))
    return frozenset(found)


def accept(connection: Connection, proposal: Proposal, by: str | None) -> list[Asked]:
    """Asks for what a proposal says. UserError when the line was dealt with meanwhile."""
    line = _line(connection, proposal.line_id)
    if proposal.empty:
        raise UserError("这一行没有可以接受的建议。")
    if proposal.order_id is not None:
        return [_settle(connection, line, proposal, by)]
    return give(connection, proposal.line_id, proposal.parts, _why(proposal), by)


def give(
    connection: Connection,
    line_id: str,
    parts: Sequence[tuple[str, int]],
    why: str,
    by: str | None,
) -> list[Asked]:
    """Gives the money of a line to cases; `parts`: (case, fen), together no more than the line.

    A line that is not booked yet and goes to one case whole is received for it; otherwise it is
    received as 不明款 first, and each part is assigned from there.
    """
    line = _line(connection, line_id)
    if line.direction != "in":
        raise UserError("支出的流水不能认领到案件。")
    total = sum(fen for _, fen in parts)
    if any(fen <= 0 for _, fen in parts) or not parts:
        raise UserError("认领金额应大于零。")
    booked = _receipt(connection, line_id)
    if booked is None:
        _not_held(connection, line)
        if taken(connection, [line_id]):
            raise UserError("这一行正待共享库裁定，裁定后再认领。")
        if len(parts) == 1 and total == line.facts.amount_fen:
            return [_receive(connection, line, parts[0][0], by, why)]
    elif booked[1] is not None:
        raise UserError(f"这一行已记入案件（{booked[0]}），更正须先冲正。")
    left = line.facts.amount_fen - _claimed(connection, line_id)
    if total > left:
        raise UserError(f"认领金额合计超过这一行尚未认领的 {left / 100:,.2f} 元。")
    asked = [] if booked else [_receive(connection, line, None, by)]
    for case_id, fen in parts:
        wish = {"case_id": case_id, "amount_fen": fen, "line_id": line_id, "memo": why}
        asked.append(ask(connection, "assign", wish, by=by))
    return asked


def to_unknown(connection: Connection, line_id: str, by: str | None) -> Asked:
    """Receives a line as 不明款: its proposal was refused, and nobody knows better."""
    line = _line(connection, line_id)
    if line.direction != "in":
        raise UserError("这一行不是收入，不能转入不明款。")
    if taken(connection, [line_id]):
        raise UserError("这一行已经办理。")
    _not_held(connection, line)
    return _receive(connection, line, None, by)


def _not_held(connection: Connection, line: BankLine) -> None:
    """Money of a payment that was booked back lies in its account already."""
    back = given_back(connection, [line.facts]).get(line.facts.id)
    if back is not None and back.entry_id is not None:
        raise UserError(f"{back.reasons[0].words}，款项已在账上，请接受建议核对，不能再次入账。")


def _line(connection: Connection, line_id: str) -> BankLine:
    found = read_lines(connection, [line_id])
    if not found:
        raise UserError("这一行流水已不在本机。")
    return found[0]


def _receive(
    connection: Connection, line: BankLine, case_id: str | None, by: str | None, why: str = ""
) -> Asked:
    facts = line.facts
    wish: dict[str, Any] = {
        "case_id": case_id,
        "amount_fen": facts.amount_fen,
        "line_id": facts.id,
        "payer": facts.party_name,
    }
    wish |= _day(connection, line)
    if why:
        wish["memo"] = why
    return ask(connection, "receive", wish, by=by)


def _day(connection: Connection, line: BankLine) -> dict[str, str]:
    """The bank's day is the accounting day. A closed month takes nothing more, and tomorrow is not
    yet: then it is booked today."""
    day, today = line.facts.booked_on, moments.now().astimezone(ZONE).date().isoformat()
    return {"booked_on": day} if closed_up_to(connection) < day[:7] and day <= today else {}


def _settle(connection: Connection, line: BankLine, proposal: Proposal, by: str | None) -> Asked:
    """An order that went out: paid by this line, or its payment is booked and gets the line."""
    if taken(connection, [line.facts.id]):
        raise UserError("这一行已经办理。")
    if proposal.entry_id is not None:
        match = {
            "line_id": line.facts.id,
            "entry_id": proposal.entry_id,
            "why": _why(proposal),
        }
        return ask(connection, "match_line", match, by=by)
    paid = {
        "order_id": proposal.order_id,
        "outcome": "paid",
        "reason": _why(proposal),
        "bank_ref": line.bank_ref,
        "line_id": line.facts.id,
        **_day(connection, line),
    }
    return ask(connection, "answer_order", paid, by=by)


def _why(proposal: Proposal) -> str:
    return "；".join(reason.words for reason in proposal.reasons if reason.weight > 0)


def _receipt(connection: Connection, line_id: str) -> tuple[str, str | None] | None:
    """Number and case of the entry that booked a line; None when none has."""
    row = connection.exec_driver_sql(
        "select e.number, e.case_id from fund_entry e where e.line_id = ? and not exists"
        " (select 1 from fund_entry r where r.reverses = e.id)",
        (line_id,),
    ).first()
    return None if row is None else (str(row.number), row.case_id)


def _claimed(connection: Connection, line_id: str) -> int:
    return int(connection.exec_driver_sql(_CLAIMED, (line_id,)).scalar_one())
