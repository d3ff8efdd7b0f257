"""The thread of a petition as a timeline: who did what, both deadlines, promises kept or broken.

Pure; any thread.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from desktop.panels.petitions.page_queries import Entry
from desktop.panels.petitions.rules import ACT_WORDS, Act
from widgets.timeline.records import Step, StepKind

_KINDS: Final[Mapping[str, StepKind]] = {
    "visit": "start",
    "register": "start",
    "assign": "count",
    "pass_on": "count",
    "close": "done",
    "kept": "done",
    "hang": "late",
    "remind": "due",
}


def steps_of(entries: tuple[Entry, ...], row: Mapping[str, Any], today: date) -> list[Step]:
    """One step an act, the first visit first."""
    by_id = {one.id: one for one in entries}
    seen_visit = False
    made = []
    for one in entries:
        again = one.kind == "visit" and seen_visit
        seen_visit = seen_visit or one.kind == "visit"
        made.append(_step(one, by_id, row, today, again=again))
    return made


def _step(
    one: Entry, by_id: Mapping[str, Entry], row: Mapping[str, Any], today: date, *, again: bool
) -> Step:
    words = ACT_WORDS[Act(one.kind)]
    if one.kind == "visit" and not again:
        words = "接访"
    if one.partial:
        words = f"{words}（部分）"
    head = f"{one.at[:16].replace('T', ' ')}　{words}"
    if one.to:
        head += f" → {one.to}"
    if one.who:
        head += f"　{one.who}"
    details = [one.body] if one.body else []
    answered = by_id.get(one.answers or "")
    if answered is not None:
        details.append(f"对应 {answered.at[:10]} {ACT_WORDS[Act(answered.kind)]}：{answered.body}")
    if one.kind in ("assign", "pass_on"):
        days = [("内部限期", one.due_on), ("上级限期", row["superior_due"])]
        details.append("　".join(f"{word} {day}" for word, day in days if day))
    if one.from_code:
        details.append(f"自并入的 {one.from_code}")
    if one.kind == "promise":
        return _promise(one, head, details, today)
    state = "paused" if one.partial else ""
    kind = "skip" if one.partial else _KINDS.get(one.kind, "note")
    return Step(kind, head, "\n".join(line for line in details if line), state)


def _promise(one: Entry, head: str, details: list[str], today: date) -> Step:
    """A promise says how it ended: kept, kept late, broken, or still to come."""
    due = one.due_on
    if one.kept_on is not None:
        late = due is not None and one.kept_on > due
        details.append(f"承诺 {due} 前，{one.kept_on} {'逾期兑现' if late else '已兑现'}")
        return Step("note", head, "\n".join(details), "done_late" if late else "done")
    broken = due is not None and due < today
    details.append(f"承诺 {due} 前，{'到期未兑现' if broken else '待兑现'}")
    return Step("note", head, "\n".join(details), "overdue" if broken else "due_soon")
