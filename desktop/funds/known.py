"""What is known of cases, for telling whose money a line is: read once, asked many times.

Reader lanes. Everything is kept by what a line can say: a number, a name, a payer's account, an
amount.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection

from desktop.funds.case_words import Known, Mention, known
from desktop.funds.names import FUZZY_MIN, base, holes, is_company, plain, short_forms
from desktop.rules.fees import fee

FEES_FROM: Final = date(2007, 4, 1)  # the table in force begins here
Payment = tuple[str, int, str, str]  # day, fen, plain payer, payer's account
SHORT_OWNERS_MAX: Final = 40  # a short form of so many names tells nobody
_CASES: Final = (
    "select c.id, c.number, c.basis_no, c.claim_fen, c.executed_fen, c.filed_on, c.closed_on"
    ' from "case" c'
)
_RECEIPTS: Final = (
    "select e.case_id, e.amount_fen, l.party_account as account,"
    " coalesce(l.booked_on, e.booked_on, substr(e.at, 1, 10)) as day,"
    " coalesce(l.party_name, e.payee) as name"
    " from fund_entry e left join bank_line l on l.id = e.line_id"
    " where e.kind = 'receipt' and e.case_id is not null"
    " and not exists (select 1 from fund_entry r where r.reverses = e.id)"
)
_ASSIGNED: Final = (
    "select e.case_id, e.amount_fen, l.booked_on as day, l.party_name as name,"
    " l.party_account as account from request q join fund_entry e on e.id = q.id"
    " join bank_line l on l.id = json_extract(q.args, '$.line_id')"
    " where q.kind = 'assign' and not exists (select 1 from fund_entry r where r.reverses = e.id)"
)


@dataclass(slots=True)
class CaseFacts:
    """A case as far as money tells. Amounts in fen; `paid`: what came in for it; `fresh_sums`:
    kept once worked out."""

    id: str
    number: str
    parts: Known | None
    claim_fen: int
    executed_fen: int
    filed_on: str
    closed_on: str | None
    debtors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    paid: tuple[Payment, ...] = ()
    announced: tuple[int, ...] = ()
    fresh_sums: dict[int, str] = field(default_factory=dict)

    @property
    def received_fen(self) -> int:
        """What came in by the bank, as far as the ledger knows."""
        return sum(fen for _, fen, _, _ in self.paid)

    @property
    def open_fen(self) -> int:
        """What of the claim is not fulfilled: the larger of two books counts."""
        return max(self.claim_fen - max(self.executed_fen, self.received_fen), 0)

    def plain_sums(self) -> set[int]:
        """The amounts by which a case is found; those with a fee are worked out for cases that
        something else speaks for."""
        return {fen for fen in (self.open_fen, self.claim_fen, *self.announced) if fen > 0}

    def sums(self) -> dict[int, str]:
        """Amounts one would expect to come in, with what each is; the likeliest word first."""
        if self.fresh_sums:
            return self.fresh_sums
        found = self.fresh_sums
        charge = _fee(self.claim_fen, self.filed_on)
        for fen, words in (
            (self.open_fen, "未履行额"),
            (self.open_fen + charge, "未履行额加执行费"),
            (self.claim_fen, "执行标的"),
            (self.claim_fen + charge, "执行标的加执行费"),
            *((fen, "已查控的金额") for fen in self.announced),
            *((fen, "此前到账的同额分期款") for _, fen, _, _ in self.paid),
        ):
            if fen > 0:
                found.setdefault(fen, words)
        return found


@lru_cache(maxsize=100_000)
def _fee(claim_fen: int, filed_on: str) -> int:
    if claim_fen <= 0:
        return 0
    return fee("execution", claim_fen, max(date.fromisoformat(filed_on), FEES_FROM)).fee_fen


@dataclass(slots=True)
class Index:
    """All cases, and the ways to them."""

    cases: dict[str, CaseFacts]
    by_serial: Mapping[tuple[str, int], Sequence[str]]
    by_basis: Mapping[tuple[str, int], Sequence[tuple[str, Known]]]
    by_name: Mapping[str, Sequence[str]]
    by_short: Mapping[str, frozenset[str]]  # short form -> plain names
    by_hole: Mapping[str, frozenset[str]]
    by_alias: Mapping[str, Sequence[str]]
    by_account: Mapping[str, Sequence[str]]
    by_sum: Mapping[int, Sequence[str]]
    codes: Mapping[str, str]  # virtual account -> case id
    sums_count: int

    def numbered(self, mention: Mention, serial: int | None = None) -> list[str]:
        """Cases that a mention may mean, by their own number."""
        key = (mention.word, mention.serial if serial is None else serial)
        found = []
        for case_id in self.by_serial.get(key, ()):
            parts = self.cases[case_id].parts
            if parts is not None and mention.fits(parts):
                found.append(case_id)
        return found

    def based_on(self, mention: Mention) -> list[str]:
        """Cases whose judgment (执行依据) has the number."""
        key = (mention.word, mention.serial)
        return [one for one, parts in self.by_basis.get(key, ()) if mention.fits(parts)]


def load(connection: Connection) -> Index:
    """Reads the cases, their parties, and what came in for them so far."""
    return with_payments(connection, load_cases(connection))


def load_cases(connection: Connection) -> Index:
    """The cases and their parties alone: what is long to read and seldom changes."""
    cases: dict[str, CaseFacts] = {}
    by_serial: dict[tuple[str, int], list[str]] = defaultdict(list)
    by_basis: dict[tuple[str, int], list[tuple[str, Known]]] = defaultdict(list)
    for row in connection.exec_driver_sql(_CASES):
        parts = known(row.number)
        cases[row.id] = CaseFacts(
            row.id,
            row.number,
            parts,
            row.claim_fen,
            row.executed_fen,
            row.filed_on,
            row.closed_on,
        )
        if parts is not None:
            by_serial[(parts.word, parts.serial)].append(row.id)
        basis = known(row.basis_no) if row.basis_no else None
        if basis is not None:
            by_basis[(basis.word, basis.serial)].append((row.id, basis))
    by_name = _parties(connection, cases)
    _announced(connection, cases)
    by_sum: dict[int, list[str]] = defaultdict(list)
    for case in cases.values():
        for fen in case.plain_sums():
            by_sum[fen].append(case.id)
    by_short, by_hole = _forms(by_name)
    codes = {
        str(row.code): str(row.case_id)
        for row in connection.exec_driver_sql(
            "select code, case_id from fund where kind = 'case' and code is not null"
        )
    }
    return Index(
        cases,
        by_serial,
        by_basis,
        by_name,
        by_short,
        by_hole,
        {},
        {},
        dict(by_sum),
        codes,
        sum(len(ids) for ids in by_sum.values()),
    )


def with_payments(connection: Connection, index: Index) -> Index:
    """The same cases with what came in for them; `index` itself stays as it was."""
    cases = dict(index.cases)
    by_sum: dict[int, Sequence[str]] = dict(index.by_sum)
    paid = _paid(connection, cases)
    for case_id, payments in paid.items():
        before = cases[case_id]
        after = replace(before, paid=payments, fresh_sums={})
        cases[case_id] = after
        old, new = before.plain_sums(), after.plain_sums()
        for fen in old - new:
            by_sum[fen] = tuple(one for one in by_sum[fen] if one != case_id)
        for fen in new - old:
            by_sum[fen] = (*by_sum.get(fen, ()), case_id)
    by_alias: dict[str, list[str]] = defaultdict(list)
    by_account: dict[str, list[str]] = defaultdict(list)
    for case_id, payments in paid.items():
        for name in {name for _, _, name, _ in payments if name}:
            by_alias[name].append(case_id)
        for account in {one for _, _, _, one in payments if one and "*" not in one}:
            by_account[account].append(case_id)
    return replace(index, cases=cases, by_sum=by_sum, by_alias=by_alias, by_account=by_account)


def _paid(connection: Connection, cases: Mapping[str, CaseFacts]) -> dict[str, tuple[Payment, ...]]:
    found: dict[str, list[Payment]] = defaultdict(list)
    for query in (_RECEIPTS, _ASSIGNED):
        for row in connection.exec_driver_sql(query):
            if row.case_id in cases:
                payment = (row.day, row.amount_fen, plain(row.name or ""), row.account or "")
                found[row.case_id].append(payment)
    return {case_id: tuple(payments) for case_id, payments in found.items()}


def _parties(connection: Connection, cases: Mapping[str, CaseFacts]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for row in connection.exec_driver_sql("select case_id, role, name from party order by id"):
        case, name = cases.get(row.case_id), plain(row.name)
        if case is None or not name:
            continue
        if row.role == "debtor":
            case.debtors = (*case.debtors, name)
        else:
            case.others = (*case.others, name)
        if case.id not in by_name[name][-1:]:
            by_name[name].append(case.id)
    return by_name


def _announced(connection: Connection, cases: Mapping[str, CaseFacts]) -> None:
    for row in connection.exec_driver_sql(
        "select case_id, amount_fen from control_measure where amount_fen > 0"
        " and asset_kind = 'deposit'"
    ):
        if row.case_id in cases:
            case = cases[row.case_id]
            case.announced = (*case.announced, int(row.amount_fen))


def _forms(
    by_name: Mapping[str, Sequence[str]],
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Short forms and one-slip forms of companies' names; of people none: two who differ by one
    sign are two people."""
    short: dict[str, set[str]] = defaultdict(set)
    hole: dict[str, set[str]] = defaultdict(set)
    for name in by_name:
        if not is_company(name):
            continue
        for form in short_forms(name):
            short[form].add(name)
        if len(base(name)) >= FUZZY_MIN:
            for form in holes(base(name)):
                hole[form].add(name)
    kept = {
        form: frozenset(names) for form, names in short.items() if len(names) <= SHORT_OWNERS_MAX
    }
    return kept, {form: frozenset(names) for form, names in hole.items()}
