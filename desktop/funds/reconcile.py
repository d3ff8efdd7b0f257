"""Bank × ledger × cases at the end of any day: what agrees, and each thing that does not. No Qt.

Everything is counted by accounting days, so a past day reads the same whenever it is asked. Each
fen between the bank's closing balance and the ledger's bank account is in one row of the list; the
rows that time alone settles (未达账项) also stand in the statement that brings both sides to one
figure. Any thread; 100,000 lines take a second.
"""

import calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.funds.differences import Difference, Note, latest_notes
from desktop.funds.pairing import TakenBack, Unpaired, entry_facts, line_facts, unpaired
from desktop.funds.sheet_law import sheet_law
from desktop.rules.money import grouped
from storage.ledger.chain import sees_all
from storage.schema.funds import BANK, SUSPENSE

PART_WORDS: Final = "本机只有部分团队的账目，不能与银行对账，也不判断有无差异。"
ACCOUNT_WORDS: Final = {
    "bank": "执行款专户",
    "case": "案款账户",
    "unknown": "不明款",
    "fee": "执行费",
    "refund": "退款",
    "escrow": "提存",
    "suspense": "暂记",
}
_BALANCES: Final = """
select account, day, balance_fen, id from bank_balance where day <= ?
order by account, day, id"""
_LINES: Final = (
    "select account, booked_on, sum(case direction when 'in' then amount_fen else -amount_fen end)"
    " from bank_line where booked_on <= ? group by 1, 2 order by 1, 2"
)
_FUNDS: Final = """
select f.id, f.kind, f.case_id, coalesce(c.number, ''), f.balance_fen, f.held_fen, f.in_suspense,
  coalesce(s.then_fen, 0), coalesce(s.now_fen, 0), coalesce(s.held, 0)
from fund f left join "case" c on c.id = f.case_id left join (
  select id, sum(case when booked_on <= :day then fen else 0 end) as then_fen, sum(fen) as now_fen,
    sum(held) as held
  from (
    select debit_id as id, booked_on,
      case when kind in ('hold', 'release') then 0 else -amount_fen end as fen,
      case kind when 'hold' then amount_fen when 'release' then -amount_fen
        when 'payment' then -amount_fen else 0 end as held
    from fund_entry where debit_id is not null
    union all select credit_id, booked_on, amount_fen, 0 from fund_entry
      where kind not in ('hold', 'release') and credit_id is not null)
  group by id) s on s.id = f.id
order by f.kind, c.number, f.id"""


@dataclass(frozen=True, slots=True)
class Closing:
    """What the bank says it holds. `told_on`: the last day it told a balance of, None when it
    never did; later lines are added to that."""

    account: str
    told_on: str | None
    fen: int


@dataclass(frozen=True, slots=True)
class AccountSum:
    """The accounts of one kind: how many hold money, and how much, in fen."""

    kind: str
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class Unreached:
    """未达账项, in fen: what one side has booked and the other not yet."""

    bank_in: int = 0  # 银行已收、账上未收
    bank_out: int = 0  # 银行已付、账上未付
    ledger_in: int = 0  # 账上已收、银行未收
    ledger_out: int = 0  # 账上已付、银行未付


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How it stands at the end of `day`; amounts in fen. Where `whole` is False this desk cannot
    tell, and there are neither figures nor differences."""

    day: str
    whole: bool
    closings: tuple[Closing, ...] = ()
    ledger_fen: int = 0
    accounts: tuple[AccountSum, ...] = ()
    unreached: Unreached = Unreached()
    differences: tuple[Difference, ...] = ()

    @property
    def bank_fen(self) -> int:
        """The bank's closing balance over all its accounts."""
        return sum(one.fen for one in self.closings)

    @property
    def cases_fen(self) -> int:
        """All accounts that are not the bank's, together."""
        return sum(one.fen for one in self.accounts)

    @property
    def adjusted_bank_fen(self) -> int:
        """The bank's balance as it will be when the ledger's bookings have reached it."""
        return self.bank_fen + self.unreached.ledger_in - self.unreached.ledger_out

    @property
    def adjusted_ledger_fen(self) -> int:
        """The ledger's balance as it will be when the bank's lines are booked."""
        return self.ledger_fen + self.unreached.bank_in - self.unreached.bank_out

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences that nobody has explained."""
        return tuple(one for one in self.differences if not one.explained)

    @property
    def untold(self) -> tuple[str, ...]:
        """Accounts of the bank whose balance of that day it has not told."""
        return tuple(one.account for one in self.closings if one.told_on != self.day)


def last_day(month: str) -> str:
    """The last day of YYYY-MM."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, calendar.monthrange(year, number)[1]).isoformat()


def reconcile(connection: Connection, day: str, noted_until: str = "9999") -> Reconciliation:
    """Bank, ledger and cases at the end of `day` (ISO), with the notes of up to a moment."""
    if not sees_all(connection):
        return Reconciliation(day, False)
    law = sheet_law(date.fromisoformat(day))
    found, reversed_ = unpaired(connection, day, law.days_apart)
    closings, told = _bank(connection, day)
    ledger_fen, accounts, wrong = _accounts(connection, day)
    notes = latest_notes(connection, noted_until)
    rows = (*_pairs(connection, found, reversed_), *told, *wrong)
    differences = tuple(_dated(one, day, notes.get(one.key)) for one in rows)
    return Reconciliation(day, True, closings, ledger_fen, accounts, _unreached(found), differences)


def _dated(one: Difference, day: str, note: Note | None) -> Difference:
    """With its age at the end of `day`, and what was written about it."""
    since = one.day or day
    age = (date.fromisoformat(day) - date.fromisoformat(since)).days
    return replace(one, day=since, age=age, note=note)


def _unreached(found: list[Unpaired]) -> Unreached:
    sums: dict[tuple[str, bool], int] = defaultdict(int)
    for one in found:
        if one.side != "pair":
            fen = one.line_fen or one.entry_fen
            sums[one.side, fen > 0] += abs(fen)
    return Unreached(
        sums["line", True], sums["line", False], sums["entry", True], sums["entry", False]
    )


def _pairs(
    connection: Connection, found: list[Unpaired], reversed_: Mapping[str, TakenBack]
) -> list[Difference]:
    lines = line_facts(connection, [one.line_id for one in found if one.side != "entry"])
    entries = entry_facts(connection, [one.entry_id for one in found if one.side != "line"])
    made = []
    for one in found:
        if one.side == "line":
            line = lines[one.line_id]
            words = "银行已收、账上未收" if one.line_fen > 0 else "银行已付、账上未付"
            if one.line_id in reversed_:
                undone = reversed_[one.line_id]
                words += f"（{undone.number} 已由 {undone.reversal} 冲正）"
            told = "　".join(part for part in (line.party, line.text) if part)
            made.append(
                Difference(
                    "line_without_entry",
                    one.line_id,
                    words,
                    one.day,
                    one.fen,
                    party=told,
                    number=line.reference,
                )
            )
            continue
        entry = entries[one.entry_id]
        if one.side == "entry":
            words = "账上已收、银行未收" if one.entry_fen > 0 else "账上已付、银行未付"
        elif one.line_fen != one.entry_fen:
            words = f"金额不一致：银行 {grouped(one.line_fen)}，账上 {grouped(one.entry_fen)}"
        else:
            words = f"日期不一致：银行 {one.line_day}，账上 {one.entry_day}"
        made.append(
            Difference(
                "entry_without_line" if one.side == "entry" else "bank_ledger",
                one.entry_id,
                words,
                one.day,
                one.fen,
                party=entry.payee,
                number=entry.number,
                case_id=entry.case_id,
                case_number=entry.case_number,
            )
        )
    return made


def _bank(connection: Connection, day: str) -> tuple[tuple[Closing, ...], list[Difference]]:
    """Closing balances, and where balances and lines of the bank's own statement part."""
    lines: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for account, on, fen in connection.exec_driver_sql(_LINES, (day,)):
        lines[account].append((on, fen))
    balances: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(dict)
    for account, on, fen, balance_id in connection.exec_driver_sql(_BALANCES, (day,)):
        balances[account].setdefault(on, []).append((fen, balance_id))
    closings, found = [], []
    for account in sorted({*lines, *balances}):
        closing, wrong = _statement(account, lines[account], balances.get(account, {}))
        closings.append(closing)
        found += wrong
    return tuple(closings), found


def _statement(
    account: str, lines: list[tuple[str, int]], balances: dict[str, list[tuple[int, str]]]
) -> tuple[Closing, list[Difference]]:
    """Rolls the balance forward over the lines; what a day's balance says otherwise is a row."""
    found = []
    running, place, told_on = 0, 0, None
    for on, told in balances.items():
        while place < len(lines) and lines[place][0] <= on:
            running += lines[place][1]
            place += 1
        fen = told[-1][0]  # the statement that was read last
        first = next(balance_id for other, balance_id in told if other == fen)
        if len({other for other, _ in told}) > 1:
            others = "、".join(grouped(other) for other in sorted({o for o, _ in told} - {fen}))
            other_id = next(balance_id for other, balance_id in told if other != fen)
            words = f"同日对账单余额不一致：{grouped(fen)}，另有 {others}"
            found.append(Difference("bank_ledger", other_id, words, on, 0, party=account))
        if fen != running:
            since = "期初余额" if told_on is None else f"对账单明细与余额不符（{told_on} 之后）"
            found.append(Difference("bank_ledger", first, since, on, fen - running, party=account))
        running, told_on = fen, on
    running += sum(fen for _, fen in lines[place:])
    return Closing(account, told_on, running), found


def _accounts(
    connection: Connection, day: str
) -> tuple[int, tuple[AccountSum, ...], list[Difference]]:
    """The bank's account in the ledger, all others by kind, and accounts that do not agree."""
    ledger, found = 0, []
    sums: dict[str, list[int]] = {kind: [0, 0] for kind in ACCOUNT_WORDS if kind != "bank"}
    for row in connection.exec_driver_sql(_FUNDS, {"day": day}):
        fund_id, kind, case_id, number, balance, held, waits, then, now, granted = row
        if fund_id == BANK:
            ledger = -then
        else:
            sums[kind][0] += then != 0
            sums[kind][1] += then
        words, fen = "", 0
        if (balance, held) != (now, granted):
            words, fen = "账户余额与分录合计不符", balance - now
            if not fen:
                words, fen = "账户已批准金额与分录合计不符", held - granted
        elif waits:
            words, fen = "账户挂账：已批准的超过余额", balance - held
        elif fund_id == SUSPENSE and then:
            words, fen = "暂记账户尚有余额", then
        if words:
            found.append(
                Difference(
                    "bank_ledger" if fund_id == BANK else "case_ledger",
                    fund_id,
                    words,
                    "",
                    fen,
                    party=ACCOUNT_WORDS[kind],
                    case_id=case_id,
                    case_number=number,
                )
            )
    accounts = tuple(AccountSum(kind, count, fen) for kind, (count, fen) in sums.items())
    apart = sum(one.fen for one in accounts) - ledger
    if apart:
        words = "各账户合计与执行款专户不符"
        found.append(Difference("case_ledger", BANK, words, "", apart))
    return ledger, accounts, found
