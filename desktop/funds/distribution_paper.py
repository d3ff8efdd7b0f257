"""执行财产分配方案 as a document: who gets what in which rank, by which article, and how to object.

Pure, apart from the layout that `print_plan` starts on the layout lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from desktop.circulars.official import Column, Head, Official, Paragraph, Sheet, day_words
from desktop.funds.distributions import Plan
from desktop.rules.distribution import EXTRA_WHY, Rank
from desktop.rules.distribution_law import COSTS, DEBTORS
from desktop.rules.distribution_plan import DOUBLED_ARTICLE
from desktop.rules.distribution_wait import Wait
from desktop.rules.money import grouped

TITLE: Final = "执行财产分配方案"
_NUMBERS: Final = "一二三四五六七八九十"
_COLUMNS: Final = (
    Column("序号", 0.07, "center"),
    Column("债权人", 0.25),
    Column("案号", 0.2),
    Column("债权数额（元）", 0.16, "right"),
    Column("受偿额（元）", 0.16, "right"),
    Column("未受偿（元）", 0.16, "right"),
)
_COST_COLUMNS: Final = (
    Column("序号", 0.07, "center"),
    Column("费用", 0.45),
    Column("数额（元）", 0.16, "right"),
    Column("受偿额（元）", 0.16, "right"),
    Column("未受偿（元）", 0.16, "right"),
)


@dataclass(frozen=True, slots=True)
class PlanPrint:
    """A filled plan and where its PDF goes."""

    sheet: Official
    path: Path


def print_plan(args: PlanPrint) -> Path:
    """Lays the plan out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(args.sheet, args.path)


def fill_plan(plan: Plan, printed_at: datetime) -> Official:
    """The plan as it is served; a draft says that it is one."""
    result, content = plan.result, plan.content
    body: list[Paragraph | Sheet] = [Paragraph("一、可供分配的财产", 1)]
    body += [Paragraph(words) for words in _property(plan)]
    body.append(Paragraph("二、分配的顺序和数额", 1))
    body.append(Paragraph(_order(plan)))
    for place, rank in enumerate(result.distribution.ranks, start=1):
        body += [Paragraph(_rank_words(place, rank)), _rank_table(place, plan, rank)]
    if result.doubled:
        place = len(result.distribution.ranks) + 1
        body += [Paragraph(_doubled_words(place, plan)), _doubled_table(place, plan)]
    body.append(Paragraph(_sum_words(plan)))
    body.append(Paragraph("三、异议", 1))
    body += [Paragraph(words) for words in objection_words(plan.waits)]
    body.append(Paragraph("四、发放", 1))
    body.append(
        Paragraph(
            "异议期间届满无人异议的，按本方案发放。有异议的，争议债权数额相应的款项提存，"
            "其余部分先行发放（民诉法解释第510条第3款）。"
        )
    )
    draft = "草稿，未送达，不具效力" if plan.state == "draft" else ""
    return Official(
        head=Head(plan.court, plan.case_number),
        title=TITLE if plan.title == TITLE else f"{TITLE}\n（{plan.title}）",
        to="",
        body=tuple(body),
        organ=plan.court,
        made_on=content.day,
        note=draft,
        form="letter",
        foot=f"{plan.case_number}　方案校验值 {plan.sha256[:16]}　打印 {printed_at:%Y-%m-%d %H:%M}",
    )


def objection_words(waits: Sequence[Wait]) -> list[str]:
    """How to object, within how many days, and what follows (民诉法解释第509条、第510条)."""
    periods = [one.limit.text() for one in waits]
    articles = [one.limit.article for one in waits]
    if len(periods) < 3:  # those of the law
        return []
    last = waits[0].last_on
    until = f"，最后收到者的异议期至{day_words(last)}届满" if last is not None else ""
    return [
        f"债权人或者被执行人对本方案有异议的，应当自收到本方案之日起{periods[0]}内向本院提出书面异议"
        f"（{articles[0]}）{until}。",
        f"有人提出异议的，本院通知未提出异议的债权人、被执行人；其自收到通知之日起{periods[1]}内"
        f"未提出反对意见的，本院依异议人的意见对方案审查修正后分配（{articles[1]}）。",
        f"提出反对意见的，本院通知异议人；异议人可以自收到通知之日起{periods[2]}内，以提出反对意见的"
        f"债权人、被执行人为被告，向本院提起诉讼；逾期未起诉的，按原方案分配（{articles[2]}）。",
    ]


def _property(plan: Plan) -> list[str]:
    content = plan.content
    head = content.head
    debtor = head["debtor_name"] or "被执行人"
    words = [
        f"{plan.case_number}案，被执行人{debtor}（{DEBTORS[str(content.question['debtor'])]}）。"
    ]
    if head["property"]:
        words.append(head["property"].rstrip("。") + "。")
    pool = grouped(plan.result.distribution.pool.pool_fen)
    words.append(f"可供分配的执行款为人民币 {pool} 元。")
    if head["ends_on"]:
        ends = day_words(date.fromisoformat(head["ends_on"]))
        words.append(
            f"上述财产于{ends}执行终结，其后申请参与分配的不列入（民诉法解释第507条第2款）。"
        )
    return words


def _order(plan: Plan) -> str:
    law = plan.result.distribution.law
    return f"依照{law.cited()}：{law.note}。"


def _rank_words(place: int, rank: Rank) -> str:
    extra = f"；{EXTRA_WHY}" if any(share.extra for share in rank.shares) else ""
    available = f"可用 {grouped(rank.available_fen)} 元"
    head = f"（{_chinese(place)}）{rank.name()}"
    return f"{head}：{available}，{rank.words()}{extra}（{rank.article}）。"


def _rank_table(place: int, plan: Plan, rank: Rank) -> Sheet:
    rows = []
    for number, share in enumerate(rank.shares, start=1):
        money = (share.claim_fen, share.got_fen, share.claim_fen - share.got_fen)
        figures = tuple(grouped(fen) for fen in money)
        if rank.what == COSTS:
            rows.append((str(number), share.id, *figures))
        else:
            row = plan.content.claims[share.id]
            rows.append((str(number), row["creditor"], row.get("case_number", ""), *figures))
    short = rank.claimed_fen - rank.paid_fen
    whole = tuple(grouped(fen) for fen in (rank.claimed_fen, rank.paid_fen, short))
    caption = f"表{place}　{rank.name()}"
    if rank.what == COSTS:
        return Sheet(caption, _COST_COLUMNS, (*rows, ("", "合计", *whole)))
    return Sheet(caption, _COLUMNS, (*rows, ("", "合计", "", *whole)))


def _doubled_words(place: int, plan: Plan) -> str:
    left = plan.result.distribution.left_fen
    return (
        f"（{_chinese(place)}）加倍部分债务利息：上列各项受偿后余 {grouped(left)} 元，按比例受偿"
        f"（{DOUBLED_ARTICLE}）。"
    )


def _doubled_table(place: int, plan: Plan) -> Sheet:
    rows = []
    for number, share in enumerate(plan.result.doubled, start=1):
        row = plan.content.claims[share.id]
        money = (share.claim_fen, share.got_fen, share.claim_fen - share.got_fen)
        figures = (grouped(fen) for fen in money)
        rows.append((str(number), row["creditor"], row.get("case_number", ""), *figures))
    return Sheet(f"表{place}　加倍部分债务利息", _COLUMNS, tuple(rows))


def _sum_words(plan: Plan) -> str:
    result = plan.result
    costs = sum(result.distribution.costs().values())
    claims = sum(result.got().values())
    doubled = sum(result.got_doubled().values())
    parts = [f"费用 {grouped(costs)} 元", f"债权 {grouped(claims)} 元"]
    if result.doubled:
        parts.append(f"加倍部分 {grouped(doubled)} 元")
    parts.append(f"剩余 {grouped(result.left_fen)} 元")
    whole = costs + claims + doubled + result.left_fen
    return f"以上{'、'.join(parts)}，合计 {grouped(whole)} 元。尾数按最大余数法补足到分。"


def _chinese(number: int) -> str:
    """Up to 99, as headings are numbered."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _NUMBERS[tens - 1]) + "十" if tens else ""
    return head + (_NUMBERS[ones - 1] if ones else "")
