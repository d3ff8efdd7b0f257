"""Late days of one person, and who led a team when. Pure; any thread.

洛中法〔2017〕57号: members answer for the nodes within their duty, the team leader for supervising
them (一岗双责). Days come from the attribution of each node, which adds up to the elapsed days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.rules.attribution import KIND_NAMES, Share, ShareKind
from storage.records.people import Membership, TeamRole


@dataclass(frozen=True, slots=True)
class Period:
    """Days looked at, both ends included."""

    first: date
    last: date


def period_of(key: str, today: date, earliest: date = date(2000, 1, 1)) -> Period:
    """`year`: since New Year; `twelve`: this month and the eleven before it; else everything."""
    if key == "year":
        return Period(date(today.year, 1, 1), today)
    if key == "twelve":
        months = today.year * 12 + today.month - 12
        return Period(date(months // 12, months % 12 + 1, 1), today)
    return Period(earliest, today)


def late_days(
    shares: Iterable[Share], due_on: date | None, period: Period, holder_id: str | None = None
) -> int:
    """Days after `due_on` within the period that a holder (None: everybody) held the matter."""
    if due_on is None:
        return 0
    total = 0
    for share in shares:
        if holder_id is not None and share.holder_id != holder_id:
            continue
        first = max(share.from_on, due_on + timedelta(days=1), period.first)
        last = min(share.to_on, period.last)
        total += max(0, (last - first).days + 1)
    return total


@dataclass(frozen=True, slots=True)
class Leadership:
    """Who led from `from_on` to `to_on`, cut to the node's own days."""

    person_id: str
    name: str
    from_on: date
    to_on: date


def leaders_during(
    memberships: Iterable[tuple[Membership, str]], first: date, last: date
) -> tuple[Leadership, ...]:
    """The leaders of a team between two days, earliest first; `memberships` with names."""
    found = [
        Leadership(
            member.person_id, name, max(member.from_on, first), min(member.to_on or last, last)
        )
        for member, name in memberships
        if member.role is TeamRole.LEADER
        and member.from_on <= last
        and (member.to_on is None or member.to_on >= first)
    ]
    return tuple(sorted(found, key=lambda one: (one.from_on, one.name)))


def leader_words(leaders: Sequence[Leadership]) -> str:
    """The names; where the lead changed, until when each held it."""
    if not leaders:
        return "未登记"
    *earlier, last = leaders
    return "、".join([*(f"{one.name}（至 {one.to_on.isoformat()}）" for one in earlier), last.name])


def share_lines(shares: Sequence[Share]) -> list[str]:
    """One line a holder with all stretches summed, and the sum that equals the elapsed days."""
    days: dict[tuple[str, str], int] = {}
    late: dict[tuple[str, str], int] = {}
    for share in shares:
        kind = KIND_NAMES[share.kind]
        key = ("" if share.kind is ShareKind.UNRECORDED else f"{kind} ", share.holder_name)
        days[key] = days.get(key, 0) + share.days
        late[key] = late.get(key, 0) + share.late_days
    lines = []
    for (kind, name), count in days.items():
        beyond = late[kind, name]
        tail = f"，其中逾期 {beyond} 日" if beyond else ""
        lines.append(f"{kind}{name}：{count} 日{tail}")
    total = sum(days.values())
    lines.append(f"合计 {total} 日，等于经过日数；逾期合计 {sum(late.values())} 日。")
    return lines


def reading(name: str, nodes: int, own: int, whole: int) -> str:
    """One sentence: how many late nodes, and which part of the late days this person held."""
    if not nodes:
        return f"{name}在所选期间没有逾期节点。"
    head = f"{name}在所选期间涉及逾期节点 {nodes:,} 个，逾期共 {whole:,} 日"
    if not whole:
        return head + "。"
    return f"{head}，其中本人持有 {own:,} 日，占 {100 * own / whole:.1f}%。"
