"""What courts said before a circular went out, what became of it, and every correction (X12).
Pure."""

from collections.abc import Sequence

from desktop.circulars.official import Block, Paragraph, Sheet
from desktop.evidence.printing import ObjectionState, Printed, head, numbered

TITLE = "六、异议处理与更正记录"


def replies(
    objections: Sequence[ObjectionState], corrections: Sheet, printed: Printed
) -> list[Block]:
    """The section with its tables; those without rows are left out."""
    words = _asked_words(printed)
    if objections:
        accepted = sum(one.decision == "accepted" for one in objections)
        rejected = sum(one.decision == "rejected" for one in objections)
        waiting = len(objections) - accepted - rejected
        words += f"收到异议{len(objections)}件，采纳{accepted}件，不采纳{rejected}件"
        words += f"，尚未处理{waiting}件。" if waiting else "。"
    elif printed.reply_by is not None:
        words += "未收到异议。"
    words += "更正只改变统计结果，已固定的数据快照不变。" if corrections.rows else "本期没有更正。"
    blocks: list[Block] = [head(TITLE), Paragraph(words)]
    if objections:
        blocks.append(_objection_table(objections))
    if corrections.rows:
        blocks.append(corrections)
    return blocks


def _asked_words(printed: Printed) -> str:
    if printed.reply_by is None:
        return "本期未征求有关法院意见。" if printed.made_on else "本期尚未征求有关法院意见。"
    day = printed.reply_by
    return f"本期征求了{printed.asked}个法院的意见，反馈期限为{day.month}月{day.day}日。"


def _objection_table(objections: Sequence[ObjectionState]) -> Sheet:
    rows = [
        [one.court, one.about(), one.said(), one.decided(), one.reason or "—"] for one in objections
    ]
    columns = (("法院", 1.6), ("事项", 3.6), ("异议", 4.0), ("处理", 1.5), ("理由", 3.2))
    return numbered("异议及处理", columns, rows)
