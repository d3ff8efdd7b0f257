"""The weekly circular on petitions: from a frozen week to an official document. Pure.

The same snapshot, corrections and objections give the same document, whatever became of the
petitions since. Petitioners are named as 张某, since every court reads it.
"""

from collections.abc import Sequence
from typing import Final

from desktop.circulars.official import Annex, Block, Head, Official, Paragraph
from desktop.evidence.anchor import Payload, anchor_of
from desktop.evidence.corrections import Correction
from desktop.evidence.figures import CITY, Figures, count, uncertain
from desktop.evidence.printing import ObjectionState, Printed, head, numbered, when
from desktop.evidence.replying import replies
from desktop.evidence.snapshot import Snapshot
from desktop.evidence.weekly_annex import cases_annex, rows_annex
from desktop.evidence.weekly_tables import (
    NAMED_MAX,
    Told,
    closing_chart,
    closing_table,
    correction_table,
    is_hung,
    late_rows,
    late_table,
    repeat_table,
    resolved_table,
    totals_chart,
    totals_table,
)
from desktop.rules.ranking import Standing

ANCHOR_KIND: Final = "W"
_TO: Final = "各基层人民法院"
_COPIES: Final = "本院院领导，执行局各团队，执行指挥中心各功能组"


def weekly_title(snapshot: Snapshot) -> str:
    """As a draft is called."""
    year, week, _ = snapshot.week.first.isocalendar()
    return f"关于{year}年第{week}周全市法院执行信访案件办理情况的通报"


def weekly(
    snapshot: Snapshot,
    corrections: Sequence[Correction],
    objections: Sequence[ObjectionState],
    printed: Printed,
    only: str = CITY,
) -> Official:
    """The circular; with `only`, the copy for that court: its own lines, objections and rows.

    Raises KeyError for a court that the snapshot does not know.
    """
    told = Told(snapshot, count(snapshot, corrections), only)
    own = [one for one in objections if only in (CITY, one.court_id)]
    title = weekly_title(snapshot)
    return Official(
        head=Head(printed.mark, printed.number),
        title=f"{title}（核对稿）" if only else title,
        to=snapshot.court(only).name if only else _TO,
        body=(
            *_opening(told, printed),
            *_parts(told),
            *replies(own, correction_table(told), printed),
            *_basis(told),
        ),
        organ=printed.organ,
        made_on=printed.made_on,
        note=printed.note,
        record=None if only else printed.record(_COPIES),
        foot=f"{snapshot.week.label}　数据快照 {snapshot.sha256[:16]}",
        annexes=_annexes(told),
        anchor=anchor_of(weekly_payload(snapshot)),
    )


def weekly_payload(snapshot: Snapshot) -> Payload:
    """What its code on paper says."""
    return Payload(ANCHOR_KIND, snapshot.week.label, snapshot.sha256, snapshot.chain)


def _annexes(told: Told) -> tuple[Annex, ...]:
    return (rows_annex(told), cases_annex(told))


def _opening(told: Told, printed: Printed) -> list[Block]:
    week, at = told.snapshot.week, told.snapshot.taken_at
    words = f"现将{week.words}全市法院执行信访案件办理情况通报如下。"
    words += f"本期数据于{when(at)}固定，其后的变化不计入本期。"
    return [Paragraph(words + printed.replacing())]


def _parts(told: Told) -> list[Block]:
    return [
        head("一、收结总体情况"),
        Paragraph(_totals_words(told.figures)),
        totals_table(told),
        totals_chart(told),
        head("二、办结率及排名"),
        Paragraph(_ranking_words(told)),
        closing_table(told),
        *([chart] if (chart := closing_chart(told)) is not None else []),
        head("三、化解情况"),
        Paragraph(_resolved_words(told)),
        resolved_table(told),
        head("四、重复访与越级访"),
        Paragraph(_repeat_words(told.figures)),
        repeat_table(told),
        head("五、挂网督办与超期点名"),
        Paragraph(_late_words(told)),
        *([late_table(told)] if late_rows(told) else []),
    ]


def _totals_words(figures: Figures) -> str:
    city = figures.city
    rate = city["closing_rate"]
    target = ""
    if rate.definition.target_permille is not None and rate.meets is not None:
        goal = rate.definition.target_permille / 10
        target = f"（目标{goal:g}%，{'已达到' if rate.meets else '未达到'}）"
    return (
        f"本周全市法院收到执行信访{city['received'].hits}件，办结{city['closed'].hits}件。"
        f"应办结{rate.of}件，已办结{rate.hits}件，办结率{rate.words()}{target}。"
        f"至本周末未办结{city['open'].hits}件，其中超期{city['overdue'].hits}件，"
        f"超期率{city['overdue_rate'].words()}。"
        f"办结件平均办理{city['days'].words()}天，案访比{city['case_ratio'].words()}。"
    )


def _ranking_words(told: Told) -> str:
    rules, figures = told.snapshot.definitions, told.figures
    words = (
        f"按办结率排名，同率同名次；应办结不足{rules.least}件的，不作比较、不列名次。"
        "“正常范围”是该院件数之下仅因偶然即可能出现的已办结件数，"
        "在此范围内的高低不足以说明工作优劣。"
    )
    return words + _standing_words(figures, "closing_rate")


def _standing_words(figures: Figures, code: str) -> str:
    """Who is outside the limits; or that nobody is, not even the last."""
    said = []
    for standing in (Standing.LOW, Standing.HIGH):
        names = [
            one.name
            for one in figures.courts
            if one.court is not None and figures.place(code, one.court.id).standing is standing
        ]
        if names:
            said.append(f"{'、'.join(names)}{standing.value}。")
    if figures.worst_within(code):
        ranked = {
            one.name: place.rank
            for one in figures.courts
            if one.court is not None
            and (place := figures.place(code, one.court.id)).rank is not None
        }
        if len(ranked) > 1:
            last = max(rank for rank in ranked.values() if rank is not None)
            names = [name for name, rank in ranked.items() if rank == last]
            said.append(f"{'、'.join(names)}名次居末，但在正常波动范围内。")
    return "".join(said)


def _resolved_words(told: Told) -> str:
    rate = told.figures.city["resolved_rate"]
    words = f"本周办结{rate.of}件，其中化解{rate.hits}件，化解率{rate.words()}。"
    return words + _standing_words(told.figures, "resolved_rate")


def _repeat_words(figures: Figures) -> str:
    repeat, skip = figures.city["repeat_rate"], figures.city["skip_rate"]
    return (
        f"本周有来访来信的{repeat.of}件，其中同一事项累计两次以上的{repeat.hits}件，"
        f"重复访率{repeat.words()}；收件中越级访{skip.hits}件，越级访率{skip.words()}。"
    )


def _late_words(told: Told) -> str:
    rows = told.rows(told.figures.city["open"].hit_ids)
    hung = [row for row in rows if is_hung(row)]
    late = late_rows(told)
    unregistered = told.rows(told.figures.city["unregistered"].hit_ids)
    words = (
        f"至本周末，在挂网督办{len(hung)}件，超期未办结{len(late)}件，"
        f"逾期未登记{len(unregistered)}件。"
    )
    if late:
        words += "对下列超期件予以点名，承办法院应当立即办理并报告原因。"
    if len(late) > NAMED_MAX:
        words += f"表5列超期时间最长的{NAMED_MAX}件，其余{len(late) - NAMED_MAX}件见附件1。"
    return words


def _basis(told: Told) -> list[Block]:
    """What is counted in each figure, and what holds the figures in place."""
    snapshot = told.snapshot
    rows = [[one.name, one.words()] for one in snapshot.definitions.measures]
    words = f"各项数字均由{when(snapshot.taken_at)}固定的数据快照计出，逐件清单见附件。"
    words += f"快照共{len(snapshot.rows)}件，SHA-256为{snapshot.sha256}。"
    if snapshot.synced_at:
        words += f"本机与共享库最后一次同步为{snapshot.synced_at[:16].replace('T', ' ')}。"
    unknown = len(uncertain(told.figures.rows, snapshot.week))
    if unknown:
        words += f"另有{unknown}件因年度日历尚未公布，办结期限未知，未计入应办结数。"
    return [
        head("七、统计口径与数据来源"),
        Paragraph(words),
        numbered("统计口径", (("指标", 2.4), ("口径与依据", 11.0)), rows),
    ]
