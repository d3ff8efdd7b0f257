"""Which order a line is: one that went out, or one whose money the bank gave back. Reads only."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from desktop.funds.evidence import LineFacts, Reason
from desktop.funds.names import plain
from desktop.funds.statements.reading import same_account

KEY_MIN: Final = 12  # a bank may cut a key; so much of it still names one order of this amount
KEY: Final = 11.0
NUMBER: Final = 9.0
AMOUNT: Final = 3.0
ACCOUNT: Final = 6.0
NAME: Final = 4.0
WRONG: Final = -4.0
LIKELY: Final = 8.0  # amount with account or with both words of the payee
_HEX: Final = re.compile(r"[0-9a-f]{12,32}")
_ORDERS: Final = (
    "select o.id, o.number, o.amount_fen, o.payee, o.account_no, o.state, p.id as entry_id"
    " from payment_order o left join fund_entry p on p.hold_id = o.id and p.kind = 'payment'"
    " where o.target is null and (o.state in ('sent', 'unknown') or (o.state = 'paid'"
    " and p.line_id is null and not exists"
    " (select 1 from bank_match m where m.entry_id = p.id)))"
)


_RETURNED: Final = re.compile("退汇|退票|退回|冲退|退款")
# `back`: the reversal of a payment that was booked back, as long as no line is joined to it.
_PAID: Final = (
    "select o.id, o.number, o.amount_fen, o.payee, o.account_no, o.case_id, p.booked_on,"
    " r.id as back, r.number as back_number"
    " from payment_order o join fund_entry p on p.hold_id = o.id and p.kind = 'payment'"
    " left join fund_entry r on r.reverses = p.id where o.state = 'paid'"
    " and (r.id is not null or o.case_id is not null and o.source = 'case')"
    " and not exists (select 1 from bank_match m where m.entry_id = r.id) order by p.seq"
)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money that went out and came back: for its case, or, where the payment was booked back
    already, for that reversal, which holds it."""

    order_id: str
    case_id: str | None
    entry_id: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OrderFound:
    """The order, or None; `entry_id`: its payment where a status file had it booked."""

    order_id: str | None = None
    entry_id: str | None = None
    chance: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    id: str
    number: str
    amount_fen: int
    payee: str
    account_no: str
    entry_id: str | None


def propose_orders(
    connection: Connection, lines: Sequence[tuple[LineFacts, str]]
) -> list[OrderFound]:
    """For each (line, bank's reference) the order it pays; no order for two lines."""
    if not lines:
        return []
    by_amount: dict[int, list[_Open]] = defaultdict(list)
    for row in connection.exec_driver_sql(_ORDERS):
        order = _Open(
            row.id, row.number, row.amount_fen, row.payee, row.account_no or "", row.entry_id
        )
        by_amount[order.amount_fen].append(order)
    found = [_best(line, ref, by_amount) for line, ref in lines]
    return _once(found)


def _best(line: LineFacts, bank_ref: str, by_amount: Mapping[int, Sequence[_Open]]) -> OrderFound:
    scored = sorted(
        (
            (sum(one.weight for one in reasons), order.id, order, reasons)
            for order in by_amount.get(line.amount_fen, ())
            for reasons in [_weigh(line, bank_ref, order)]
        ),
        key=lambda one: (-one[0], one[1]),
    )
    if not scored or scored[0][0] < LIKELY:
        return OrderFound()
    score, _, order, reasons = scored[0]
    # Two orders that fit alike: nobody can tell from the line which of them was paid.
    if len(scored) > 1 and scored[1][0] >= score - 1:
        return OrderFound()
    return OrderFound(order.id, order.entry_id, 1 - 2 ** -(score - LIKELY + 4), tuple(reasons))


def _weigh(line: LineFacts, bank_ref: str, order: _Open) -> list[Reason]:
    reasons = [Reason("amount", "金额相符", AMOUNT)]
    words = f"{line.reference} {line.text} {bank_ref}"
    keys = _HEX.findall(words.lower().replace("-", ""))
    plain_id = order.id.replace("-", "")
    if any(plain_id.startswith(key) for key in keys if len(key) >= KEY_MIN):
        reasons.append(Reason("key", "附言中有该付款单的唯一标识", KEY))
    elif order.number and order.number in words:
        reasons.append(Reason("order_number", f"附言写明付款单 {order.number}", NUMBER))
    if line.party_account and order.account_no:
        same = same_account(line.party_account, order.account_no.replace(" ", "").upper())
        words = "收款账号相符" if same else "收款账号不符"
        reasons.append(Reason("account", words, ACCOUNT if same else WRONG))
    if line.party_name and order.payee:
        one, other = plain(line.party_name), plain(order.payee)
        same = one.startswith(other) or other.startswith(one)
        words = "收款人相符" if same else "收款人不符"
        reasons.append(Reason("payee", words, NAME if same else WRONG))
    return sorted(reasons, key=lambda one: -one.weight)


def _once(found: Sequence[OrderFound]) -> list[OrderFound]:
    """An order is paid once: of several lines that fit it the surest keeps it, and none where they
    fit alike."""
    best: dict[str, list[float]] = defaultdict(list)
    for one in found:
        if one.order_id is not None:
            best[one.order_id].append(one.chance)
    kept = []
    for one in found:
        chances = sorted(best.get(one.order_id or "", []), reverse=True)
        alone = len(chances) < 2 or (one.chance == chances[0] > chances[1])
        kept.append(one if one.order_id is None or alone else OrderFound())
    return kept


def given_back(connection: Connection, lines: Sequence[LineFacts]) -> dict[str, GivenBack]:
    """Line → what of it is known, of money that went out and was given back: a payment that was
    booked back waits for it, or the bank says so and the payments that fit are of one case. They
    fit by number, or by amount with account or name."""
    wanted = {line.amount_fen for line in lines}
    paid: dict[int, list[Any]] = defaultdict(list)
    for row in connection.exec_driver_sql(_PAID):
        if row.amount_fen in wanted:
            paid[row.amount_fen].append(row)
    found: dict[str, GivenBack] = {}
    joined: set[str] = set()
    for line in lines:
        fitting = [row for row in paid.get(line.amount_fen, ()) if row.booked_on <= line.booked_on]
        numbered = [row for row in fitting if row.number and row.number in line.text]
        alike = numbered or [row for row in fitting if _same_payee(line, row)]
        undone = [row for row in alike if row.back is not None and row.back not in joined]
        if undone:
            row = undone[0]
            joined.add(row.back)
            words = f"退回款：付款单 {row.number}（{row.payee}）已以 {row.back_number} 冲正"
            reasons = (Reason("returned", words, KEY),)
            found[line.id] = GivenBack(row.id, None, row.back, reasons)
            continue
        cases = {row.case_id for row in alike if row.back is None}
        if len(cases) == 1 and _RETURNED.search(line.text):
            row = next(row for row in alike if row.back is None)
            words = f"退汇：付款单 {row.number}（{row.payee}）的款项同额退回"
            reasons = (Reason("returned", words, KEY),)
            found[line.id] = GivenBack(row.id, cases.pop(), None, reasons)
    return found


def _same_payee(line: LineFacts, row: Any) -> bool:
    account = (row.account_no or "").replace(" ", "").upper()
    if line.party_account and account:
        return same_account(line.party_account, account)
    return bool(line.party_name) and plain(line.party_name) == plain(row.payee)
