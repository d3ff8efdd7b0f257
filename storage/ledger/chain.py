"""Proof of the ledger: links, balances against entries, conservation, closed months, orders.

Everything is counted again from the entries in their order; nothing that the database keeps is
believed. A desk that sees only some teams proves what it sees. Any thread; a million entries take
some ten seconds.
"""

import json
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, RowMapping

from storage.ledger.order_proof import order_findings
from storage.ledger.sealing import entry_hash
from storage.ledger.trial import board_after
from storage.schema import CENTRE_SCOPE
from storage.schema.funds import GENESIS, SEALED

_ENTRIES: Final = (
    f"select {', '.join(SEALED)}, hash from fund_entry where seq is not null order by seq"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, in Chinese; `number` of the entry where it is one's."""

    number: str
    words: str

    def __str__(self) -> str:
        return f"{self.number}：{self.words}" if self.number else self.words


@dataclass(slots=True)
class Report:
    """What was proven. `whole`: this desk sees the whole ledger."""

    entries: int = 0
    orders: int = 0
    head: str = GENESIS
    whole: bool = True
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Count:
    """Accounts and grants as the entries make them."""

    kinds: dict[str, str]
    balances: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    # id -> (kind, amount, debit, credit, case, maker) of what can be ended or reversed
    known: dict[str, tuple[str, int, str, str, str | None, str]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    suspense: set[str] = field(default_factory=set)


def verify(connection: Connection) -> Report:
    """Counts the whole ledger again; findings are empty when all is well."""
    report = Report(whole=sees_all(connection))
    rows = connection.exec_driver_sql("select id, kind from fund").all()
    kinds = {str(row[0]): str(row[1]) for row in rows}
    count = _Count(kinds)
    last: tuple[int, str, str] = (0, GENESIS, "")
    for row in connection.exec_driver_sql(_ENTRIES).mappings():
        report.entries += 1
        _link(report, row, last)
        _carry(report, count, row)
        last = (int(row["seq"]), str(row["hash"]), str(row["at"]))
    report.head = last[1]
    _unlinked(connection, report)
    _accounts(connection, report, count)
    _months(connection, report)
    report.orders = int(
        connection.exec_driver_sql("select count(*) from payment_order").scalar_one()
    )
    report.findings += [Finding(*told) for told in order_findings(connection)]
    if report.whole:
        difference = board_after(connection, last[0]).difference
        if difference:
            report.findings.append(Finding("", f"收付不平，相差 {difference} 分"))
    return report


def sees_all(connection: Connection) -> bool:
    """Whether this desk has the whole ledger, and not only that of some teams."""
    row = connection.exec_driver_sql("select hub_id, scopes from _ctl").first()
    if row is None or row.hub_id is None:
        return True
    return CENTRE_SCOPE in json.loads(row.scopes or "[]")


def _link(report: Report, row: RowMapping, last: tuple[int, str, str]) -> None:
    number = str(row["number"])
    if entry_hash(row) != row["hash"]:
        report.findings.append(Finding(number, "内容与校验值不符，分录被改动过"))
    gap = int(row["seq"]) != last[0] + 1
    if gap and report.whole:
        report.findings.append(Finding(number, f"序号 {row['seq']} 之前缺少分录"))
    elif not gap and row["prev"] != last[1]:
        report.findings.append(Finding(number, "没有接在上一笔之后"))
    if str(row["at"]) < last[2]:
        report.findings.append(Finding(number, "时间早于上一笔"))


def _carry(report: Report, count: _Count, row: RowMapping) -> None:
    """Carries one entry out and compares with what it says of itself."""
    kind, fen, debit, credit = row["kind"], row["amount_fen"], row["debit_id"], row["credit_id"]
    number = str(row["number"])
    moved = 0 if kind in ("hold", "release") else fen
    held = {"hold": fen, "release": -fen, "payment": -fen}.get(kind, 0)
    for fund_id, change in ((debit, -moved), (credit, moved)):
        count.balances[fund_id] = count.balances.get(fund_id, 0) + change
    count.held[debit] = count.held.get(debit, 0) + held
    told = {debit: row["debit_after_fen"], credit: row["credit_after_fen"]}
    for fund_id, after in told.items():
        if _proven(report, count, fund_id) and count.balances[fund_id] != after:
            report.findings.append(
                Finding(number, f"所载余额 {after} 分，按分录应为 {count.balances[fund_id]} 分")
            )
    if _proven(report, count, debit) and count.held[debit] != row["debit_held_fen"]:
        report.findings.append(Finding(number, "所载已批准金额与分录不符"))
    _overdrawn(report, count, row)
    _pair(report, count, row)


def _overdrawn(report: Report, count: _Count, row: RowMapping) -> None:
    debit = row["debit_id"]
    left = count.balances[debit] - count.held[debit]
    if count.kinds.get(debit) == "bank" or left >= 0 or not _proven(report, count, debit):
        return
    if row["lost"]:
        count.suspense.add(debit)
    elif debit not in count.suspense:
        report.findings.append(Finding(str(row["number"]), f"透支 {-left} 分"))


def _pair(report: Report, count: _Count, row: RowMapping) -> None:
    """What an entry ends or reverses: it is there, fits, and is done with once."""
    number, kind = str(row["number"]), str(row["kind"])
    debit, credit = row["debit_id"], row["credit_id"]
    count.known[row["id"]] = (
        *(kind, row["amount_fen"], debit, credit),
        *(row["case_id"], row["maker"]),
    )
    other = row["hold_id"] or row["reverses"]
    if other is None:
        return
    found = count.known.get(other)
    sides = (debit, credit) if row["hold_id"] else (credit, debit)
    if other in count.ended:
        report.findings.append(Finding(number, "同一笔款项办理了两次"))
    count.ended.add(other)
    if found is None:
        if report.whole:
            report.findings.append(Finding(number, "所对应的分录不存在"))
    elif found[1:5] != (row["amount_fen"], *sides, row["case_id"]) or (
        (found[0] == "hold") != bool(row["hold_id"])
    ):
        report.findings.append(Finding(number, "与所对应的分录不符"))
    elif found[5] == row["maker"] and not row["lost"]:
        report.findings.append(Finding(number, "经手人与所对应的分录是同一人"))


def _proven(report: Report, count: _Count, fund_id: str) -> bool:
    """Whether this desk has all entries of an account."""
    return report.whole or count.kinds.get(fund_id) in ("case", "escrow")


def _unlinked(connection: Connection, report: Report) -> None:
    old = connection.exec_driver_sql("select count(*) from fund_entry where seq is null").scalar()
    if old:
        report.findings.append(Finding("", f"有 {old} 笔旧分录尚未入链，请先与共享库同步"))


def _accounts(connection: Connection, report: Report, count: _Count) -> None:
    total = 0
    rows = connection.exec_driver_sql(
        "select id, coalesce(code, name, case_id, id), balance_fen, held_fen from fund"
    )
    for fund_id, name, balance, held in rows:
        total += balance
        if not _proven(report, count, fund_id):
            continue
        booked, granted = count.balances.get(fund_id, 0), count.held.get(fund_id, 0)
        if (balance, held) != (booked, granted):
            report.findings.append(
                Finding(
                    "",
                    f"账户 {name}：余额 {balance} 分、已批准 {held} 分，"
                    f"按分录应为 {booked} 分、{granted} 分",
                )
            )
    if report.whole and total:
        report.findings.append(Finding("", f"全部账户借贷不平，相差 {total} 分"))


def _months(connection: Connection, report: Report) -> None:
    """What was signed is still so: nothing was booked into a month after it was closed."""
    rows = connection.exec_driver_sql(
        "select month, signed_at, closed_by, signed_by from ledger_period"
        " where signed_by is not null order by month"
    ).all()
    for month, signed_at, closed_by, signed_by in rows:
        if closed_by == signed_by:
            report.findings.append(Finding("", f"{month} 由同一人报结和签结"))
        late = connection.exec_driver_sql(
            "select number from fund_entry where booked_on <= ? and at > ? and seq is not null",
            (f"{month}-31", signed_at),
        )
        for number in late.scalars():
            report.findings.append(Finding(str(number), f"在 {month} 结账之后记入该月"))
