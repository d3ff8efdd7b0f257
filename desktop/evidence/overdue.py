"""The circular on overdue nodes and passive enforcement: from a frozen day to a document. Pure.

What an issued circular named within the quiet days is counted again but not named again, so that
a matter is told once and not every day (M66).
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from desktop.circulars.official import Annex, Block, Head, Official, Paragraph, day_words
from desktop.evidence.anchor import Payload, anchor_of
from desktop.evidence.corrections import Correction
from desktop.evidence.definitions import UNCHECKED
from desktop.evidence.figures import CITY
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.overdue_tables import (
    NAMED_MAX,
    Standing,
    cases_of,
    court_chart,
    court_table,
    fresh_sheet,
    matter,
    named_cases,
    named_table,
    node_table,
    quiet_sheet,
    rule_table,
    standing,
    strike_table,
    team_table,
    withdrawn_table,
)
from desktop.evidence.printing import ObjectionState, Printed, head, when
from desktop.evidence.replying import replies

ANCHOR_KIND: Final = "O"
_TO: Final = "各基层人民法院，本院执行局各团队"
_COPIES: Final = "本院院领导，执行指挥中心各功能组"
_NODE: Final = "node"
_PAST: Final = (
    "{day}在数据固定时已经过去，本期按所载日期不晚于当日的事实重新认定：当日以后的办理、中止、延长和"
    "结案一律不计，当日以后才录入或者更正而所载日期在当日以前的事实计入。案件的承办团队、承办人和有无"
    "可供执行财产不载日期，按固定时的登记；录入的先后也不可考，当日屏幕所示可能与此不同。"
)


def overdue_title(snapshot: OverdueSnapshot) -> str:
    """As a draft is called."""
    return f"关于{day_words(snapshot.day)}超期节点和消极执行情况的通报"


def overdue_payload(snapshot: OverdueSnapshot) -> Payload:
    """What its code on paper says."""
    return Payload(ANCHOR_KIND, snapshot.day.isoformat(), snapshot.sha256, snapshot.chain)


def overdue(
    snapshot: OverdueSnapshot,
    corrections: Sequence[Correction],
    objections: Sequence[ObjectionState],
    printed: Printed,
    only: str = CITY,
) -> Official:
    """The circular; with `only`, the copy for that court. KeyError for an unknown court."""
    told = standing(snapshot, corrections, only)
    own = [one for one in objections if only in (CITY, one.court_id)]
    title = overdue_title(snapshot)
    return Official(
        head=Head(printed.mark, printed.number),
        title=f"{title}（核对稿）" if only else title,
        to=snapshot.court(only).name if only else _TO,
        body=(
            *_opening(told, printed),
            *_parts(told),
            *replies(own, strike_table(told), printed),
            *_basis(told),
        ),
        organ=printed.organ,
        made_on=printed.made_on,
        note=printed.note,
        record=None if only else printed.record(_COPIES),
        foot=f"{snapshot.day.isoformat()}　数据快照 {snapshot.sha256[:16]}",
        annexes=_annexes(told),
        anchor=anchor_of(overdue_payload(snapshot)),
    )


def _opening(told: Standing, printed: Printed) -> list[Block]:
    snapshot = told.snapshot
    words = f"现将截至{day_words(snapshot.day)}超期节点和消极执行情况通报如下。"
    return [Paragraph(f"{words}数据于{when(snapshot.taken_at)}固定。{printed.replacing()}")]


def _parts(told: Standing) -> list[Block]:
    blocks: list[Block] = [
        head("一、总体情况"),
        Paragraph(_total_words(told)),
        court_table(told),
        *([court_chart(told)] if len(told.courts) > 1 else []),
        head("二、节点超期情况"),
        Paragraph(_kind_words(told, _NODE, "超期节点")),
    ]
    if told.of(_NODE):
        blocks += [node_table(told), team_table(told)]
    blocks += [
        head("三、消极执行情况"),
        Paragraph(_kind_words(told, "passive", "消极执行情形")),
    ]
    if told.of("passive"):
        blocks.append(rule_table(told))
    return [*blocks, head("四、点名通报"), *_named(told), *_demands(told), *_withdrawn(told)]


def _total_words(told: Standing) -> str:
    nodes, passive = told.of(_NODE), told.of("passive")
    quiet = [row for row in told.rows if row.named_in]
    words = f"超期节点{len(nodes)}个，涉及案件{cases_of(nodes)}件；"
    words += f"消极执行情形{len(passive)}项，涉及案件{cases_of(passive)}件。"
    if quiet:
        days = told.snapshot.quiet.quiet_days
        words += f"其中{len(quiet)}项已在{days}日内的通报中点名，本期只计数、不再点名；"
    fresh = told.fresh()
    return words + f"本期点名{len(fresh)}项，涉及案件{cases_of(fresh)}件。"


def _kind_words(told: Standing, kind: str, what: str) -> str:
    rows = told.of(kind)
    if not rows:
        return f"没有{what}。"
    worst = max(rows, key=lambda row: (row.days, row.key))
    name, count = Counter(map(matter, rows)).most_common(1)[0]
    words = f"{what}以“{name}”最多，{count}项；" if len(rows) > 1 else ""
    return f"{words}最长的已{worst.days}日（{told.short(worst.court_id)}{worst.case_number}）。"


def _named(told: Standing) -> list[Block]:
    fresh = told.fresh()
    if not fresh:
        return [Paragraph("本期没有需要点名的事项。")]
    words = "对下列案件予以点名，同一案件的各项合并列出，天数为其中最长的一项。"
    cases = len(named_cases(told))
    if cases > NAMED_MAX:
        words += f"表5列时间最长的{NAMED_MAX}件，其余{cases - NAMED_MAX}件见附件“点名案件清单”。"
    return [Paragraph(words), named_table(told)]


def _demands(told: Standing) -> list[Block]:
    if not told.fresh():
        return []
    quiet = told.snapshot.quiet
    mark = "" if quiet.confidence == "confirmed" else UNCHECKED
    return [
        Paragraph(
            f"被点名案件的承办法院、团队应当立即办理，并自收到本通报之日起{quiet.report_workdays}"
            f"个工作日内书面报告原因和办理结果（{quiet.source}{mark}）。"
        )
    ]


def _withdrawn(told: Standing) -> list[Block]:
    """What earlier circulars said and this one takes back."""
    sheet = withdrawn_table(told)
    if not sheet.rows:
        return [head("五、撤回事项"), Paragraph("本期没有撤回事项。")]
    words = f"下列{len(sheet.rows)}项此前已通报，经核实当日并不存在该情形，现予撤回。"
    return [head("五、撤回事项"), Paragraph(words), sheet]


def _basis(told: Standing) -> list[Block]:
    snapshot = told.snapshot
    words = (
        "节点期限按生效法律、执行日历和已录入的事实推导，依法扣除、延长的期间不计；"
        "消极执行按表4所列规则认定，逐项证据见附件。"
        f"快照共{len(snapshot.rows)}项，SHA-256为{snapshot.sha256}。"
    )
    if snapshot.past:
        words += _PAST.format(day=day_words(snapshot.day))
    if snapshot.synced_at:
        words += f"本机与共享库最后一次同步为{snapshot.synced_at[:16].replace('T', ' ')}。"
    words += "通报后事实更正、当日并不存在该情形的，在下一期通报中撤回。"
    return [head("七、认定口径与数据来源"), Paragraph(words)]


def _annexes(told: Standing) -> tuple[Annex, ...]:
    quiet = [row for row in told.rows if row.named_in]
    annexes = []
    if told.fresh():
        annexes.append(Annex("点名案件清单", (fresh_sheet(told),)))
    if quiet:
        annexes.append(Annex("已通报事项清单", (quiet_sheet(told, quiet),)))
    return tuple(annexes)
