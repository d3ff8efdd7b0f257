"""The bank's lines against the entries of the ledger's bank account, as both stood on a day.

A line and an entry belong together where the entry names the line, or a `bank_match` joins them;
each has one partner. An entry that was reversed, and its reversal, cancel out; so do the lines of
both where the bank shows the same money going back to where it came from (退汇). Any thread;
100,000 lines take a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection

from storage.schema.funds import BANK

Side = Literal["line", "entry", "pair"]
_CHUNK: Final = 500  # ids in one question

# fen: what it adds to the account, negative for money that left.
_PAIRS: Final = """
with line as materialized (
  select id, booked_on, case direction when 'in' then amount_fen else -amount_fen end as fen
  from bank_line where booked_on <= :day),
undone as materialized (
  select r.id as back, o.id as first
  from fund_entry r join fund_entry o on o.id = r.reverses
  where r.booked_on <= :day and o.booked_on <= :day and o.kind in ('receipt', 'payment')
    and not exists (select 1 from bank_match m join bank_line l on l.id = m.line_id
      where m.entry_id = r.id and l.booked_on <= :day)),
entry as materialized (
  select id, booked_on, line_id, case debit_id when :bank then amount_fen else -amount_fen end
    as fen
  from fund_entry where kind in ('receipt', 'payment', 'reversal') and booked_on <= :day
    and (debit_id = :bank or credit_id = :bank)
    and id not in (select back from undone union all select first from undone)),
link as materialized (
  select k.entry_id, k.line_id from (
    select id as entry_id, line_id from entry where line_id is not null
    union select entry_id, line_id from bank_match) k
  join entry e on e.id = k.entry_id join line l on l.id = k.line_id),
pair as materialized (
  select entry_id, line_id from (
    select entry_id, line_id,
      row_number() over (partition by line_id order by entry_id) as of_line,
      row_number() over (partition by entry_id order by line_id) as of_entry
    from link) where of_line = 1 and of_entry = 1)
select 'line', l.id, '', l.booked_on, l.booked_on, l.fen, 0 from line l
  where l.id not in (select line_id from pair)
union all select 'entry', '', e.id, e.booked_on, e.booked_on, 0, e.fen from entry e
  where e.id not in (select entry_id from pair)
union all select 'pair', l.id, e.id, l.booked_on, e.booked_on, l.fen, e.fen
  from pair p join line l on l.id = p.line_id join entry e on e.id = p.entry_id
  where l.fen <> e.fen or abs(julianday(l.booked_on) - julianday(e.booked_on)) > :apart
order by 4, 5, 2, 3"""


# Lines whose entry was booked back by then.
_TAKEN_BACK: Final = """
select l.id, o.number, r.number
from fund_entry r join fund_entry o on o.id = r.reverses
join bank_line l on l.id = coalesce(o.line_id,
  (select m.line_id from bank_match m where m.entry_id = o.id))
where r.booked_on <= :day and o.booked_on <= :day and l.booked_on <= :day
  and o.kind in ('receipt', 'payment')"""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The entry of a line, and the reversal that undid it."""

    number: str
    reversal: str


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A line or an entry without its partner, or a pair that does not agree."""

    side: Side
    line_id: str
    entry_id: str
    line_day: str
    entry_day: str
    line_fen: int
    entry_fen: int

    @property
    def day(self) -> str:
        """Since when it stands apart."""
        return min(self.line_day, self.entry_day)

    @property
    def fen(self) -> int:
        """By how much the bank has more because of it."""
        return self.line_fen - self.entry_fen


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the bank says of a line."""

    account: str
    party: str
    party_account: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the ledger says of an entry."""

    number: str
    kind: str
    payee: str
    case_id: str | None
    case_number: str


def unpaired(
    connection: Connection, day: str, apart: int
) -> tuple[list[Unpaired], dict[str, TakenBack]]:
    """What does not agree at the end of `day`, the oldest first, and which of its lines had an
    entry that was reversed; `apart`: days that a pair may differ by."""
    values = {"day": day, "bank": BANK, "apart": apart}
    found = [Unpaired(*row) for row in connection.exec_driver_sql(_PAIRS, values)]
    reversed_ = {
        row[0]: TakenBack(*row[1:]) for row in connection.exec_driver_sql(_TAKEN_BACK, {"day": day})
    }
    gone = _went_back(connection, found, reversed_)
    return [one for one in found if one.line_id not in gone or one.side != "line"], reversed_


def _went_back(
    connection: Connection, found: Sequence[Unpaired], reversed_: Mapping[str, TakenBack]
) -> set[str]:
    """Lines of reversed entries with the later line that took the same money back: of the same
    account and party, once. The first ones that fit belong together."""
    lines = [one for one in found if one.side == "line"]
    firsts = [one for one in lines if one.line_id in reversed_]
    if not firsts:
        return set()
    amounts = {-one.line_fen for one in firsts}
    others = [one for one in lines if one.line_fen in amounts and one.line_id not in reversed_]
    facts = line_facts(connection, [one.line_id for one in (*firsts, *others)])
    waiting: dict[tuple[str, int], list[Unpaired]] = defaultdict(list)
    for one in others:
        waiting[facts[one.line_id].account, one.line_fen].append(one)
    gone: set[str] = set()
    for first in firsts:
        mine = facts[first.line_id]
        candidates = waiting[mine.account, -first.line_fen]
        for place, later in enumerate(candidates):
            fits = later.line_day >= first.line_day
            if fits and _same_party(mine, facts[later.line_id]):
                gone |= {first.line_id, later.line_id}
                del candidates[place]
                break
    return gone


def _same_party(one: LineFacts, other: LineFacts) -> bool:
    if one.party_account and other.party_account:
        return one.party_account == other.party_account
    return bool(one.party) and one.party == other.party


def line_facts(connection: Connection, ids: Iterable[str]) -> dict[str, LineFacts]:
    """By id."""
    query = (
        "select id, account, coalesce(party_name, ''), coalesce(party_account, ''), text,"
        " coalesce(bank_ref, reference, '') from bank_line where id in ({ids})"
    )
    return {row[0]: LineFacts(*row[1:]) for row in _chunked(connection, query, ids)}


def entry_facts(connection: Connection, ids: Iterable[str]) -> dict[str, EntryFacts]:
    """By id."""
    query = (
        "select e.id, e.number, e.kind, coalesce(e.payee, ''), e.case_id, coalesce(c.number, '')"
        ' from fund_entry e left join "case" c on c.id = e.case_id where e.id in ({ids})'
    )
    return {row[0]: EntryFacts(*row[1:]) for row in _chunked(connection, query, ids)}


def _chunked(connection: Connection, query: str, ids: Iterable[str]) -> Iterator[Sequence[Any]]:
    wanted = list(ids)
    for first in range(0, len(wanted), _CHUNK):
        some = tuple(wanted[first : first + _CHUNK])
        marks = ", ".join("?" * len(some))
        yield from connection.exec_driver_sql(query.format(ids=marks), some)
