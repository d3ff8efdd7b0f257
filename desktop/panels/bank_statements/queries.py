"""What the panel of the bank's lines reads. Reader lanes; gives frozen rows."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.known import Index
from desktop.funds.ladder import law_of, yardstick
from desktop.funds.matching import Proposal, propose
from desktop.funds.remembered import at_hand, remembered
from desktop.panels.bank_statements.rules import (
    INCOMING_TO_DO,
    NO_IDEA,
    NOT_YET,
    STATE_STYLES,
    STATE_WORDS,
    FindClock,
    LineFilter,
    LineState,
    chance_words,
    clock_style,
    clock_words,
)
from desktop.rules.fund_clocks import MoneyDays, Yardstick, fund_clocks
from desktop.rules.money import grouped
from storage.records.states import NodeState

TABLES: Final = (
    *("bank_line", "fund_entry", "request", "bank_match", "payment_order"),
    *("fund", "case", "party"),
)
HITS_MAX: Final = 8
Thought = tuple[Proposal, str]  # and what it proposes, in words
_SOURCE: Final = """
with claim as (
  select json_extract(q.args, '$.line_id') line_id,
    sum(json_extract(q.args, '$.amount_fen')) fen
  from request q join fund_entry e on e.id = q.id
  where q.kind = 'assign' and not exists (select 1 from fund_entry r where r.reverses = e.id)
  group by 1),
waiting as (
  select distinct json_extract(q.args, '$.line_id') line_id from request q
  where q.state = 'asked' and q.kind in ('receive', 'assign', 'answer_order', 'match_line')),
line as (
  select l.rowid n, l.*, e.id entry_id, e.number, e.case_id, coalesce(k.fen, 0) claimed_fen,
    m.entry_id matched_id,
    case when w.line_id is not null then 'asked'
      when e.id is not null and l.direction = 'out' or m.id is not null then 'settled'
      when e.case_id is not null then 'booked'
      when e.id is not null and coalesce(k.fen, 0) >= l.amount_fen then 'claimed'
      when e.id is not null then 'unknown'
      when l.direction = 'out' then 'unsettled' else 'open' end state
  from bank_line l
  left join fund_entry e on e.line_id = l.id
    and not exists (select 1 from fund_entry r where r.reverses = e.id)
  left join bank_match m on m.line_id = l.id
  left join claim k on k.line_id = l.id
  left join waiting w on w.line_id = l.id)
"""
_SORTS: Final[Mapping[str, str]] = {
    "booked_on": "line.booked_on",
    "amount": "case line.direction when 'in' then line.amount_fen else -line.amount_fen end",
    "party_name": "line.party_name",
    "state": "line.state",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that may be chosen by hand: its label, and what is open of it in fen."""

    case_id: str
    number: str
    debtors: str
    open_fen: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line with everything its pane shows. Amounts in fen."""

    id: str
    row: int
    state: LineState
    direction: str
    booked_on: str
    amount_fen: int
    left_fen: int
    party_name: str
    party_account: str
    text: str
    reference: str
    bank_ref: str
    number: str
    case_id: str
    case_number: str
    proposal: Proposal | None
    target: str
    others: tuple[Hit, ...]
    clock: FindClock | None


@dataclass(frozen=True, slots=True)
class LineArgs:
    """A line by its id; the law for its clock."""

    line_id: str
    today: date
    law: Law


def open_lines(connection: Connection, today: date) -> tuple[int, str]:
    """How many lines that came in still need somebody (for the navigator)."""
    marks = ", ".join(f"'{state}'" for state in INCOMING_TO_DO)
    row = connection.exec_driver_sql(
        f"{_SOURCE} select count(*), min(case when line.state = 'unknown' then line.booked_on end)"
        f" from line where line.state in ({marks})"
    ).one()
    count, oldest = int(row[0]), row[1]
    if not count:
        return 0, ""
    clock = None if oldest is None else find_clock(oldest, today, yardstick(law_of(connection)))
    late = clock is not None and clock.state is NodeState.OVERDUE
    return count, "overdue" if late else "due_soon"


def _where(wanted: LineFilter) -> tuple[str, list[object]]:
    parts, values = ["1"], list[object]()
    if wanted.states:
        parts.append(f"line.state in ({', '.join('?' * len(wanted.states))})")
        values += wanted.states
    if wanted.case_id:
        parts.append(
            "(line.case_id = ? or exists (select 1 from request q where q.kind = 'assign'"
            " and q.case_id = ? and json_extract(q.args, '$.line_id') = line.id))"
        )
        values += [wanted.case_id, wanted.case_id]
    if wanted.text:
        columns = ("party_name", "party_account", "text", "reference", "bank_ref", "number")
        like = " or ".join(f"line.{name} like ? escape '\\'" for name in columns)
        plain = wanted.text.replace(",", "")
        parts.append(f"({like} or printf('%.2f', line.amount_fen / 100.0) like ? escape '\\')")
        values += [_like(wanted.text)] * len(columns) + [_like(plain)]
    return " and ".join(parts), values


def _like(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def snapshot(connection: Connection, args: SnapshotArgs[Dated[LineFilter]]) -> Sequence[int]:
    """Row numbers of the lines of the filter; unless sorted, the newest day first."""
    where, values = _where(args.filter.filter)
    order = _SORTS.get(args.sort or "")
    way = "desc" if args.descending else "asc"
    by = f"{order} {way}, line.n" if order else "line.booked_on desc, line.n desc"
    found = connection.exec_driver_sql(
        f"{_SOURCE} select line.n from line where {where} order by {by}", tuple(values)
    )
    return array("q", (row[0] for row in found))


def rows(
    connection: Connection, ids: Sequence[int], today: date, law: Law
) -> dict[int, dict[str, object]]:
    """The rows with these numbers; a line that waits bears its proposal."""
    marks = ", ".join("?" * len(ids))
    found = connection.exec_driver_sql(
        f"{_SOURCE} select line.*, c.number case_number from line"
        f' left join "case" c on c.id = line.case_id where line.n in ({marks})',
        tuple(ids),
    ).all()
    waiting = [row.id for row in found if row.state in ("open", "unknown", "unsettled")]
    thought: dict[str, Thought] = {}
    index = at_hand(connection) if waiting else None
    if index is not None:
        for one in propose(connection, waiting, index):
            thought[one.line_id] = (one, target_words(connection, one, index))
    yard = yardstick(law)
    return {row.n: _row(row, thought.get(row.id), today, yard) for row in found}


def _row(row: Any, thought: Thought | None, today: date, yard: Yardstick) -> dict[str, object]:
    state = LineState(row.state)
    words, style = STATE_WORDS[state], STATE_STYLES[state]
    whose = row.case_number or ""
    if state is LineState.UNKNOWN:
        clock = find_clock(row.booked_on, today, yard)
        words, style = clock_words(clock, today), clock_style(clock)
    if thought is not None:
        proposal, whose = thought
        if state is LineState.OPEN:
            words = f"{words} {chance_words(proposal.chance)}" if whose else NO_IDEA
            style = style if whose else "unknown"
    elif state is LineState.OPEN:
        words = NOT_YET
    return {
        "id": row.id,
        "case_id": row.case_id,
        "booked_on": row.booked_on,
        "amount": row.amount_fen if row.direction == "in" else -row.amount_fen,
        "party_name": row.party_name or "",
        "text": row.text,
        "whose": whose,
        "state": (style, words),
    }


def target_words(connection: Connection, thought: Proposal, index: Index) -> str:
    """What a proposal proposes: case numbers, or the order; empty for nothing."""
    if thought.order_id is not None:
        row = connection.exec_driver_sql(
            "select number, payee from payment_order where id = ?", (thought.order_id,)
        ).first()
        return "" if row is None else f"付款单 {row.number} {row.payee}"
    cases = index.cases
    numbers = [cases[case_id].number for case_id, _ in thought.parts if case_id in cases]
    return "、".join(numbers)


def get_ready(connection: Connection, _args: None) -> bool:
    """Reads all cases, so that lines can bear their proposals; False when they were read
    already."""
    if at_hand(connection) is not None:
        return False
    remembered(connection)
    return True


def find_clock(booked_on: str, today: date, yard: Yardstick) -> FindClock | None:
    """The clock of a 不明款 that came on that day; None where no rule is in force."""
    days = MoneyDays(date.fromisoformat(booked_on), unknown=True)
    clocks = fund_clocks(days, yard, today)
    if not clocks:
        return None
    one = clocks[0]
    return FindClock(one.due_on, one.state, one.basis, one.name)


def line_page(connection: Connection, args: LineArgs) -> LinePage | None:
    """One line with its proposal, its reasons and other cases it may be; None when it is gone."""
    row = connection.exec_driver_sql(
        f"{_SOURCE} select line.*, c.number case_number from line"
        ' left join "case" c on c.id = line.case_id where line.id = ?',
        (args.line_id,),
    ).first()
    if row is None:
        return None
    state = LineState(row.state)
    waits = state in (LineState.OPEN, LineState.UNKNOWN, LineState.UNSETTLED)
    index = remembered(connection) if waits else None
    thought = propose(connection, [row.id], index)[0] if waits else None
    unknown = state is LineState.UNKNOWN
    return LinePage(
        id=row.id,
        row=row.n,
        state=state,
        direction=row.direction,
        booked_on=row.booked_on,
        amount_fen=row.amount_fen,
        left_fen=row.amount_fen - row.claimed_fen,
        party_name=row.party_name or "",
        party_account=row.party_account or "",
        text=row.text,
        reference=row.reference or "",
        bank_ref=row.bank_ref or "",
        number=row.number or "",
        case_id=row.case_id or "",
        case_number=row.case_number or "",
        proposal=thought,
        target=target_words(connection, thought, index) if thought and index else "",
        others=_others(thought, index) if thought and index else (),
        clock=find_clock(row.booked_on, args.today, yardstick(args.law)) if unknown else None,
    )


def _others(thought: Proposal, index: Index) -> tuple[Hit, ...]:
    cases = index.cases
    return tuple(_hit(cases[case_id]) for case_id, _ in thought.others if case_id in cases)


def _hit(case: Any) -> Hit:
    return Hit(case.id, case.number, "、".join(case.debtors), case.open_fen)


def find_cases(connection: Connection, text: str) -> tuple[Hit, ...]:
    """Cases whose number or a party's name holds the words."""
    wanted = text.strip()
    if not wanted:
        return ()
    found = connection.exec_driver_sql(
        "select c.id from \"case\" c where c.number like ? escape '\\'"
        " union select p.case_id from party p where p.name like ? escape '\\' limit ?",
        (_like(wanted), _like(wanted), HITS_MAX),
    ).all()
    cases = remembered(connection).cases
    return tuple(_hit(cases[row[0]]) for row in found if row[0] in cases)


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A case's virtual account."""

    case_id: str
    case_number: str
    code: str
    balance: str


def codes(connection: Connection, text: str) -> tuple[CodeRow, ...]:
    """Virtual accounts that were opened, the newest case first; `text`: part of either number."""
    found = connection.exec_driver_sql(
        "select f.case_id, c.number, f.code, f.balance_fen from fund f"
        " join \"case\" c on c.id = f.case_id where f.kind = 'case' and f.code is not null"
        " and (c.number like ? escape '\\' or f.code like ? escape '\\')"
        " order by c.year desc, c.serial desc limit 500",
        (_like(text.strip()), _like(text.strip())),
    )
    return tuple(
        CodeRow(row.case_id, row.number, row.code, grouped(row.balance_fen)) for row in found
    )
