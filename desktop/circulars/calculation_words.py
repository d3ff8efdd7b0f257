"""Fills the calculation sheet from a fee, an interest or a distribution. Pure; any thread."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.official import Column, Sheet
from desktop.rules.currencies import ARTICLE, conversion_words, unit
from desktop.rules.day_count import ACTUAL
from desktop.rules.debt import DEBT, KIND_NAMES, RMB
from desktop.rules.derivation import CONFIDENCE_NAMES
from desktop.rules.distribution import EXTRA_WHY, Change, Distribution, Rank
from desktop.rules.distribution_law import COSTS, DEBTORS
from desktop.rules.distribution_wait import Wait
from desktop.rules.fee_cases import ONCE, HalvedFee, SetFee
from desktop.rules.fees import Fee
from desktop.rules.interest import Interest
from desktop.rules.interest_parts import Part, by_parts
from desktop.rules.interest_steps import (
    DOUBLED,
    EXCLUDED,
    GENERAL,
    PER_NAMES,
    Line,
    Paid,
    suspension_words,
)
from desktop.rules.money import decimal_text, grouped, product_text
from desktop.rules.signing_matrix import UNCONFIRMED

_COMMAND_LINE = "命令行"
_UNCHECKED = "标有〔未核实〕的规则或利率未与正式文本核对，使用前应予核对。"
_KIND_NAMES = {GENERAL: "一般利息", DOUBLED: "加倍部分", EXCLUDED: "不计期间"}


def fee_sheet(
    found: Fee | HalvedFee | SetFee,
    printed_at: datetime | None = None,
    printed_by: str = _COMMAND_LINE,
) -> CalculationSheet:
    """The sheet of a court fee."""
    if isinstance(found, SetFee):
        return _set_fee_sheet(found, printed_at, printed_by)
    half = found if isinstance(found, HalvedFee) else None
    whole = found.whole if isinstance(found, HalvedFee) else found
    table = whole.table
    rows = [
        (
            str(number),
            step.words(),
            grouped(step.part_fen),
            f"{decimal_text(step.rate * 100)}%" if step.rate is not None else "每件",
            product_text(step.amount),
        )
        for number, step in enumerate(whole.steps, start=1)
    ]
    rows.append(("", "合计", "", "", product_text(whole.sum_)))
    if whole.capped:
        rows.append(("", "最高限额", "", "", grouped(whole.fee_fen)))
    if half is not None:
        rows.append(("", f"{half.halving.name}，减半", "", "1/2", product_text(half.exact)))
    halved: tuple[tuple[str, str], ...] = ()
    if half is not None:
        halved = (("减半", f"{half.halving.name}（{half.halving.cited()}）；{ONCE}"),)
    return CalculationSheet(
        title=f"{table.name}计算表",
        facts=(("金额", f"{grouped(whole.amount_fen)} 元"), ("适用日期", whole.day.isoformat())),
        conclusions=(f"{table.name}：{grouped(found.fee_fen)} 元",),
        warnings=(_UNCHECKED,) if table.confidence == UNCONFIRMED else (),
        tables=(
            Sheet(
                "分段计算（乘积相加后一次四舍五入到分）",
                (
                    Column("序号", 1),
                    Column("档次", 6),
                    Column("本档金额（元）", 3, "right"),
                    Column("费率", 1.6, "right"),
                    Column("乘积（元）", 3, "right"),
                ),
                tuple(rows),
            ),
        ),
        basis=(
            ("条文", table.cited()),
            *halved,
            ("出处", table.source),
            ("版本", f"{table.version}　自 {table.valid_from} 起"),
            ("确认情况", CONFIDENCE_NAMES[table.confidence]),
            ("说明", table.note),
        ),
        printed_at=printed_at or datetime.now(),
        printed_by=printed_by,
    )


def _set_fee_sheet(found: SetFee, printed_at: datetime | None, printed_by: str) -> CalculationSheet:
    one = found.range
    return CalculationSheet(
        title=f"{one.name}计算表",
        facts=(("案件", one.matter), ("法定幅度", one.words())),
        conclusions=(f"{one.name}：{grouped(found.fee_fen)} 元（由人民法院在幅度内决定）",),
        warnings=(_UNCHECKED,) if one.confidence == UNCONFIRMED else (),
        tables=(),
        basis=(
            ("条文", one.cited()),
            ("出处", one.source),
            ("确认情况", CONFIDENCE_NAMES[one.confidence]),
        ),
        printed_at=printed_at or datetime.now(),
        printed_by=printed_by,
    )


def interest_sheet(
    found: Interest, printed_at: datetime | None = None, printed_by: str = _COMMAND_LINE
) -> CalculationSheet:
    """The sheet of an interest count: the running balance, and the recount part by part."""
    debt, totals = found.debt, found.totals
    money = unit(debt.currency)
    sums = "本金" if all(one.kind == DEBT for one in debt.principal) else "各项款项"
    principal = sum(one.amount_fen for one in debt.principal)
    tables = [_principal_table(found)]
    if debt.converted:
        tables.append(_conversion_table(found))
    if debt.general:
        tables.append(_general_table(found))
    if debt.suspensions:
        tables.append(_suspension_table(found))
    parts = by_parts(debt, found.law)
    tables += [_running_table(found), _parts_table(parts.parts)]
    laws = [(law.version, f"{law.cited()}。{law.note}") for law in found.steps.laws]
    if any(one.kind != DEBT for one in debt.principal):
        base = found.law.base
        words = "计入" if debt.costs_in_base else "不计入"
        told = f"本案诉讼费用{words}加倍部分的基数。{base.source}。{base.note}"
        laws.append(("基数", f"{base.cited()}。{told}"))
    if debt.converted:
        laws.append(("外币", f"{ARTICLE}：按加倍部分起算之日的中间价折算为人民币后再计算"))
    if debt.currency != RMB:
        laws.append(("外币", f"{ARTICLE}：按原币种、同一日利率计算；表中金额均为{money}"))
    if debt.general:
        general = found.law.general
        laws.append(("一般利息", f"{general.cited()}。{general.note}"))
    paid = totals.paid_general_fen + totals.paid_doubled_fen
    return CalculationSheet(
        title="迟延履行利息计算表",
        facts=(
            (sums, f"{grouped(principal)} {money}"),
            ("已付款", f"{grouped(sum(debt.by_day().values()))} {money}"),
            ("计算截止日", debt.until.isoformat()),
        ),
        conclusions=(
            f"加倍部分债务利息：{grouped(totals.doubled_fen)} {money}",
            f"一般债务利息：{grouped(totals.general_fen)} {money}",
            f"合计：{grouped(totals.doubled_fen + totals.general_fen)} {money}，"
            f"其中已付 {grouped(paid)} {money}",
            f"尚欠{sums} {grouped(totals.left_fen)} {money}，"
            f"本息尚欠 {grouped(totals.unpaid_fen)} {money}",
        ),
        warnings=(_UNCHECKED,),
        tables=tuple(tables),
        basis=(
            *laws,
            ("日数", "履行期间届满之日不计，付款之日计入；两日相减即为日数"),
            ("尾数", "各行乘积按原样相加，最后一次四舍五入到分；打印至多八位小数"),
        ),
        printed_at=printed_at or datetime.now(),
        printed_by=printed_by,
    )


def distribution_sheet(
    found: Distribution,
    waits: Sequence[Wait] = (),
    changes: Sequence[Change] = (),
    printed_at: datetime | None = None,
    printed_by: str = _COMMAND_LINE,
) -> CalculationSheet:
    """The sheet of a distribution; `changes`: what becomes of it when claims are struck."""
    law = found.law
    costs, claims = sum(found.costs().values()), sum(found.allocations().values())
    whole = costs + claims + found.left_fen
    tables = [_rank_table(number, rank) for number, rank in enumerate(found.ranks, start=1)]
    if waits:
        tables.append(_wait_table(waits))
    if changes:
        tables.append(_change_table(changes))
    return CalculationSheet(
        title="案款分配计算表",
        facts=(
            ("可供分配", f"{grouped(found.pool.pool_fen)} 元"),
            ("被执行人", DEBTORS[law.debtor]),
            ("费用与债权", f"{len(found.pool.costs)} 项费用，{len(found.pool.claims)} 笔债权"),
        ),
        conclusions=(
            f"费用 {grouped(costs)} 元＋债权 {grouped(claims)} 元＋剩余 "
            f"{grouped(found.left_fen)} 元＝{grouped(whole)} 元",
        ),
        warnings=(_UNCHECKED,),
        tables=tuple(tables),
        basis=(
            ("条文", law.cited()),
            ("出处", law.source),
            ("版本", f"{law.version}　自 {law.valid_from} 起"),
            ("说明", law.note),
            ("尾数", "截至分后的余分，逐分补给余数最大者；余数相同的先补数额小者，再按编号先后"),
        ),
        printed_at=printed_at or datetime.now(),
        printed_by=printed_by,
    )


def _principal_table(found: Interest) -> Sheet:
    debt = found.debt
    rows = [
        (str(number), KIND_NAMES[kind], day.isoformat(), grouped(amount))
        for number, ((day, kind), amount) in enumerate(debt.by_part().items(), start=1)
    ]
    columns = (
        Column("序号", 1),
        Column("款项", 2),
        Column("履行期间届满日", 4),
        Column(f"金额（{unit(debt.currency)}）", 4, "right"),
    )
    return Sheet("一、生效法律文书确定的款项", columns, tuple(rows))


def _conversion_table(found: Interest) -> Sheet:
    rows = [
        (str(number), one.on.isoformat(), conversion_words(one))
        for number, one in enumerate(found.debt.converted, start=1)
    ]
    columns = (Column("序号", 1), Column("起算日", 2), Column("折算", 6))
    return Sheet("折合人民币（中间价由使用人录入）", columns, tuple(rows))


def _general_table(found: Interest) -> Sheet:
    rows = [
        (
            str(one.item + 1),
            f"{PER_NAMES[one.per]} {decimal_text(one.rate * 100, most=10)}%"
            + (f"\n{one.label}" if one.label else ""),
            "实际天数" if one.basis == ACTUAL else one.basis or "—",
            one.start.isoformat(),
            one.end.isoformat(),
        )
        for one in found.debt.general
    ]
    columns = (
        Column("序号", 1),
        Column("利率", 5),
        Column("计息基数", 1.6),
        Column("起", 2),
        Column("止", 2),
    )
    return Sheet("生效法律文书确定的一般债务利息", columns, tuple(rows))


def _suspension_table(found: Interest) -> Sheet:
    rows = [
        (
            str(number),
            one.first.isoformat(),
            one.last.isoformat(),
            suspension_words(one.at_debtor_request),
        )
        for number, one in enumerate(found.debt.suspensions, start=1)
    ]
    columns = (Column("序号", 1), Column("首日", 2), Column("末日", 2), Column("处理", 6))
    return Sheet("审查生效法律文书、再审期间的中止或暂缓（首末两日均在内）", columns, tuple(rows))


def _running_table(found: Interest) -> Sheet:
    rows = [
        (str(number), *(_paid_row(row) if isinstance(row, Paid) else _line_row(row)))
        for number, row in enumerate(found.steps.rows, start=1)
    ]
    for kind in (GENERAL, DOUBLED):
        lines = [row for row in found.steps.rows if isinstance(row, Line) and row.kind == kind]
        if lines:
            whole = sum((line.amount for line in lines), Fraction(0))
            rows.append(("", "合计", "", "", "", "", _KIND_NAMES[kind], product_text(whole)))
    columns = (
        Column("序号", 1.1),
        Column("项目", 1.8),
        Column("自", 2.1),
        Column("至", 2.1),
        Column("日数", 1.1, "right"),
        Column("未清偿本金", 2.7, "right"),
        Column("算式", 4.5),
        Column("乘积（元）", 2.9, "right"),
    )
    return Sheet("二、逐段计算（余额法）", columns, tuple(rows))


def _line_row(line: Line) -> tuple[str, ...]:
    name = _KIND_NAMES[line.kind]
    why = line.why if line.kind != GENERAL else f"{line.why}（第 {line.number + 1} 项）"
    return (
        name,
        line.first.isoformat(),
        line.last.isoformat(),
        str(line.days),
        grouped(line.balance_fen),
        f"{line.formula}\n{why}",
        product_text(line.amount),
    )


def _paid_row(paid: Paid) -> tuple[str, ...]:
    costs = f"抵诉讼费用 {grouped(paid.costs_fen)}\n" if paid.costs_fen else ""
    used = (
        f"{costs}抵一般利息 {grouped(paid.general_fen)}\n抵本金 {grouped(paid.principal_fen)}\n"
        f"抵加倍部分 {grouped(paid.doubled_fen)}"
    )
    return (
        "付款",
        "",
        paid.on.isoformat(),
        "",
        grouped(paid.left_fen),
        used,
        f"付 {grouped(paid.money_fen)}",
    )


def _parts_table(parts: Sequence[Part]) -> Sheet:
    rows = [
        (
            str(number),
            part.due.isoformat(),
            part.last.isoformat() if part.paid else f"{part.last.isoformat()}\n（未付）",
            str(part.days),
            grouped(part.amount_fen),
            product_text(part.general),
            product_text(part.doubled),
        )
        for number, part in enumerate(parts, start=1)
    ]
    general = sum((part.general for part in parts), Fraction(0))
    doubled = sum((part.doubled for part in parts), Fraction(0))
    rows.append(("", "合计", "", "", "", product_text(general), product_text(doubled)))
    columns = (
        Column("序号", 1),
        Column("届满日", 2.3),
        Column("付款日", 2.3),
        Column("计息日数", 1.7, "right"),
        Column("本金（元）", 2.7, "right"),
        Column("一般利息（元）", 3, "right"),
        Column("加倍部分（元）", 3, "right"),
    )
    return Sheet("三、复核：逐笔计算（分笔法，与余额法各自独立）", columns, tuple(rows))


def _rank_table(number: int, rank: Rank) -> Sheet:
    rows = [
        (
            str(place),
            share.id,
            grouped(share.claim_fen),
            rank.quota_text(share),
            "0.01" if share.extra else "",
            grouped(share.got_fen),
            grouped(share.claim_fen - share.got_fen),
        )
        for place, share in enumerate(rank.shares, start=1)
    ]
    extra = sum(share.extra for share in rank.shares)
    figures = (rank.claimed_fen, rank.paid_fen, rank.claimed_fen - rank.paid_fen)
    claimed, paid, short = (grouped(figure) for figure in figures)
    rows.append(("", "合计", claimed, "", grouped(extra) if extra else "", paid, short))
    columns = (
        Column("序号", 1),
        Column("费用" if rank.what == COSTS else "债权", 3.9),
        Column("数额（元）", 2.6, "right"),
        Column("应得份额", 3, "right"),
        Column("补分", 1.1, "right"),
        Column("分得（元）", 2.6, "right"),
        Column("未受偿（元）", 2.6, "right"),
    )
    words = f"{rank.words()}；{EXTRA_WHY}" if extra else rank.words()
    available = f"可用 {grouped(rank.available_fen)} 元"
    caption = f"{number}. {rank.name()}：{available}，{words}（{rank.article}）"
    return Sheet(caption, columns, tuple(rows))


def _wait_table(waits: Sequence[Wait]) -> Sheet:
    rows = []
    for number, wait in enumerate(waits, start=1):
        last = wait.last_on.isoformat() if wait.last_on is not None else "—"
        last = last if wait.certain else f"不早于 {last}"
        rows.append((str(number), wait.name, wait.limit.text(), last, wait.limit.article))
    columns = (
        Column("序号", 1),
        Column("事项", 3),
        Column("期间", 1.5),
        Column("末日", 2.5),
        Column("条文", 3),
    )
    return Sheet("发放前的期间（有异议的争议部分提存，其余先行发放）", columns, tuple(rows))


def _change_table(changes: Sequence[Change]) -> Sheet:
    rows = []
    for number, one in enumerate(changes, start=1):
        after = grouped(one.after_fen) if one.after_fen is not None else "已剔除"
        rows.append((str(number), one.id, grouped(one.before_fen), after, grouped(one.gain_fen)))
    columns = (
        Column("序号", 1),
        Column("债权", 4),
        Column("原分得（元）", 3, "right"),
        Column("剔除后（元）", 3, "right"),
        Column("增减（元）", 3, "right"),
    )
    return Sheet("剔除债权后的增减", columns, tuple(rows))
