"""Slips about money, from the ledger to a laid out page: 账户余额单, 收款收据, 付款凭单. No Qt.

Reading runs on a reader lane, `print_slip` on the layout lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from desktop.circulars.official import Column, Sheet
from desktop.circulars.slip import Slip
from desktop.errors import UserError
from desktop.funds import entries
from desktop.funds.account import AccountArgs, Head, end_of, head
from desktop.funds.entries import EntryFilter
from desktop.rules.capitals import capitals
from desktop.rules.disbursement_law import load_disbursement_law
from desktop.rules.money import grouped
from storage.ledger.balance import balance_after, seq_at
from storage.ledger.post import ZONE, instant

_VOUCHERS: Final = {"receipt": "案款收款收据", "payment": "案款付款凭单"}
_COPIES: Final = {"receipt": ("第一联　存根", "第二联　交款人收执"), "payment": ()}
_SIGNS: Final = {
    "receipt": ("收款单位（章）", "复核", "经手"),
    "payment": ("批准", "复核", "经手", "领款人"),
}
_OF_DAY: Final = "select seq from fund_entry where {sides} and seq > ? and seq <= ? order by seq"
_SIDES: Final = "(debit_id = ? or credit_id = ?)"
_COLUMNS: Final = (
    Column("编号", 16),
    Column("时间", 11),
    Column("业务", 10),
    Column("对方", 24),
    Column("收入（元）", 14, "right"),
    Column("支出（元）", 14, "right"),
    Column("余额（元）", 15, "right"),
)


@dataclass(frozen=True, slots=True)
class DaySlipArgs:
    """An account and a day. `now`: the instant of asking, which a slip of the same day states."""

    fund_id: str
    on: date
    now: datetime


@dataclass(frozen=True, slots=True)
class DaySlip:
    """What an account held at a moment of a day. Amounts in fen; `rows` as entries gives them."""

    head: Head
    on: date
    until: datetime
    before_fen: int
    in_fen: int
    out_fen: int
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Voucher:
    """One receipt or payment; `row` as entries gives it. `line`: what the bank said of it (account,
    number, day); `account`: where it was paid to; `chain`: who approved and sent it, in words."""

    row: dict[str, Any]
    court: str
    granted_by: str
    line: tuple[str, str, str]
    account: str = ""
    chain: str = ""


@dataclass(frozen=True, slots=True)
class SlipPrint:
    """A slip and where its PDF goes."""

    slip: Slip
    path: Path


def day_slip(connection: Connection, args: DaySlipArgs) -> DaySlip:
    """An account at the end of a day, or now where the day is still running.

    Raises UserError for a day that has not come, and when the account is gone.
    """
    today = args.now.astimezone(ZONE).date()
    if args.on > today:
        raise UserError("该日尚未到来，不能出余额单。")
    found = head(connection, AccountArgs(fund_id=args.fund_id, on=args.on))
    if found is None:
        raise UserError("账户已不存在。")
    first = seq_at(connection, end_of(args.on - timedelta(days=1)))
    before = balance_after(connection, args.fund_id, first).balance_fen
    seqs = connection.exec_driver_sql(
        _OF_DAY.format(sides=_SIDES), (args.fund_id, args.fund_id, first, found.seq)
    )
    rows = entries.rows(
        connection, list(seqs.scalars()), EntryFilter(fund_id=args.fund_id, upto=found.seq)
    )
    listed = tuple(rows[seq] for seq in sorted(rows))
    return DaySlip(
        found,
        args.on,
        args.now if args.on == today else end_of(args.on),
        before,
        sum(row["in_fen"] or 0 for row in listed),
        sum(row["out_fen"] or 0 for row in listed),
        listed,
    )


def voucher(connection: Connection, entry_id: str) -> Voucher:
    """A receipt or a payment as it is printed; UserError for any other entry."""
    run = connection.exec_driver_sql
    found = run(
        "select e.seq, e.kind, e.hold_id, t.name, l.party_account, l.bank_ref, l.booked_on,"
        " h.maker, p.name as granted_by from fund_entry e"
        ' left join "case" k on k.id = e.case_id left join court t on t.id = k.court_id'
        " left join bank_match m on m.entry_id = e.id"
        " left join bank_line l on l.id = coalesce(e.line_id, m.line_id)"
        " left join fund_entry h on h.id = e.hold_id"
        " left join person p on p.id = h.maker where e.id = ?",
        (entry_id,),
    ).first()
    if found is None or found.seq is None:
        raise UserError("该笔分录已不存在。")
    if found.kind not in _VOUCHERS:
        raise UserError("只有收款和付款可以出具收据或凭单。")
    row = entries.rows(connection, [found.seq], EntryFilter())[found.seq]
    line = (found.party_account or "", found.bank_ref or "", found.booked_on or "")
    granted_by = found.granted_by or ""
    if found.maker and not granted_by:
        granted_by = entries.names_of(connection, {found.maker}).get(found.maker, found.maker)
    account, chain = _order(connection, found.hold_id)
    return Voucher(row, found.name or "", granted_by, line, account, chain)


def _order(connection: Connection, order_id: str | None) -> tuple[str, str]:
    """Where an order is paid to, and who passed and sent it on which day."""
    run = connection.exec_driver_sql
    order = run("select bank, account_no from payment_order where id = ?", (order_id,)).first()
    if order is None:
        return "", ""
    acts = run(
        "select a.act, a.stage, a.at, coalesce(p.name, a.actor) as name from payment_act a"
        " left join person p on p.id = a.person_id"
        " where a.order_id = ? and a.act in ('pass', 'send') order by a.n",
        (order_id,),
    )
    law = load_disbursement_law()
    chain = [
        f"{law.stage_name(act.stage) if act.act == 'pass' else '发送银行'} {act.name} {act.at[:10]}"
        for act in acts
    ]
    account = " ".join(part for part in (order.bank, order.account_no) if part)
    return account, "；".join(chain)


def print_slip(args: SlipPrint) -> Path:
    """Lays the slip out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.slip_sheet import write_slip  # noqa: PLC0415

    return write_slip(args.slip, args.path)


def amount_words(name: str, fen: int) -> tuple[str, str, str]:
    """An amount by name, in capitals, in figures; what is missing is 负."""
    sign = "负" if fen < 0 else ""
    return (name, f"{sign}{capitals(abs(fen))}", f"¥{grouped(fen)}")


def fill_day_slip(found: DaySlip, printed_at: datetime, printed_by: str) -> Slip:
    """The balance of a day as it is printed."""
    account, turn = found.head, -1 if found.head.kind == "bank" else 1
    running = found.until != end_of(found.on)
    until = f"截至 {instant(found.until)[:19].replace('T', ' ')}" if running else "日终"
    facts = [
        ("账户", account.words),
        *([("账号", account.code)] if account.code else []),
        ("日期", f"{found.on.isoformat()}　{until}"),
        ("上日余额", f"{grouped(turn * found.before_fen)} 元"),
        ("本日收入", f"{grouped(found.in_fen)} 元"),
        ("本日支出", f"{grouped(found.out_fen)} 元"),
        ("已批准待付", f"{grouped(account.held_fen)} 元"),
        ("可用余额", f"{grouped(turn * account.available_fen)} 元"),
    ]
    warnings = ("该账户曾有款项先行付出，现按补记列示。",) if account.in_suspense else ()
    return Slip(
        title="案款账户余额单",
        number=found.on.isoformat(),
        organ=account.court or "执行指挥中心",
        facts=tuple(facts),
        amount=amount_words("账户余额", turn * account.balance_fen),
        printed_at=printed_at,
        printed_by=printed_by,
        warnings=warnings,
        table=_of_day(found.rows, turn) if found.rows else None,
        closing=() if found.rows else ("本日无发生额。",),
        signs=("案款管理人", "财务", "制单"),
    )


def _of_day(rows: Sequence[dict[str, Any]], turn: int) -> Sheet:
    return Sheet(
        "本日发生",
        _COLUMNS,
        tuple(
            (
                row["number"],
                row["at"][11:],
                row["word"],
                row["payee"] or row["other"],
                grouped(row["in_fen"]) if row["in_fen"] else "",
                grouped(row["out_fen"]) if row["out_fen"] else "",
                grouped(turn * row["balance_fen"]),
            )
            for row in rows
        ),
    )


def fill_voucher(found: Voucher, printed_at: datetime, printed_by: str) -> Slip:
    """A receipt in two copies, or a voucher of a payment."""
    row, kind = found.row, found.row["kind"]
    account, bank_ref, arrived = found.line
    case = row["case_number"] or "（未认领，列不明款）"
    if kind == "receipt":
        facts = [
            ("案号", case),
            ("交款人", row["payee"]),
            ("交款账号", account),
            ("银行流水号", bank_ref),
            ("到账日", arrived or row["booked_on"]),
            ("入账", f"{row['at']}　记入 {row['to']}"),
            ("款项", row["memo"]),
        ]
    else:
        facts = [
            ("案号", case if row["case_number"] else "—"),
            ("领款人", row["payee"]),
            *([("收款账户", found.account)] if found.account else []),
            ("付出账户", row["from"]),
            ("银行流水号", bank_ref),
            ("付款日", row["booked_on"]),
            ("批准号", f"{row['hold']}　申请人 {found.granted_by}"),
            *([("审批", found.chain)] if found.chain else []),
            ("款项", row["memo"]),
        ]
    facts.append(("经手", row["maker"]))
    warnings: tuple[str, ...] = ()
    if row["reversal"]:
        why = f"，原因：{row['why']}" if row["why"] else ""
        warnings = (f"本笔已由 {row['reversal']} 冲正，单据作废{why}。",)
    return Slip(
        title=_VOUCHERS[kind],
        number=row["number"],
        organ=found.court or "执行指挥中心",
        facts=tuple(facts),
        amount=amount_words("金额", row["amount_fen"]),
        printed_at=printed_at,
        printed_by=printed_by,
        copies=_COPIES[kind],
        warnings=warnings,
        signs=_SIGNS[kind],
    )
