"""The watch of the demo's court: a fortnight of shifts, a swap that is asked for, hand-overs.
Writer thread; no Qt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from desktop.demo.paper_desk import HOME
from desktop.rules.handover import Item, sha256_of, text_of
from desktop.rules.roster import hours_of
from storage.records.people import Post

if TYPE_CHECKING:
    from desktop.demo.remote import Remote

_DAYS: Final = range(-7, 8)
_LATE_MINUTES: Final = {-5: 12, -2: 7}


def make(scene: Remote) -> None:
    """Day and night shifts by turns, each day with a leader; the seat has today's day shift."""
    operators = _of_post(scene, Post.OPERATOR.value)
    if len(operators) < 2:
        return
    leaders = [scene.chief.id, *_of_post(scene, Post.DEPUTY_CHIEF.value)]
    operators.remove(scene.seat.id)
    operators.insert(0, scene.seat.id)
    for number in _DAYS:
        day = scene.now.date() + timedelta(days=number)
        for kind, shift in (("day", 0), ("night", 1)):
            who = operators[(number + shift) % len(operators)]
            backup = operators[(number + shift + 1) % len(operators)]
            begin, end = hours_of(kind, day, scene.now.tzinfo)
            row = {
                "team_id": _centre(scene),
                "day": day.isoformat(),
                "shift": kind,
                "from_at": begin.isoformat(timespec="minutes"),
                "to_at": end.isoformat(timespec="minutes"),
            }
            made = scene.put(
                "roster",
                {**row, "person_id": who, "backup_id": backup if backup != who else None},
            )
            _sign(scene, made, who, begin, end, number)
            if kind == "day":
                leader = leaders[number % len(leaders)]
                led = scene.put("roster", {**row, "person_id": leader, "backup_id": None})
                _sign(scene, led, leader, begin, end, number + 1)
            if number == 3 and kind == "night":
                _ask(scene, made, who, operators)
    _handovers(scene, operators)


def _centre(scene: Remote) -> str:
    """The team in which the seat sits."""
    return next(
        str(row[2])
        for row in scene.world.staff.memberships
        if row[1] == scene.seat.id and row[5] is None
    )


def _of_post(scene: Remote, post: str) -> list[str]:
    staff = scene.world.staff
    court_id = staff.court_ids[HOME]
    return sorted(str(r[0]) for r in staff.persons if r[3] == post and r[1] == court_id)


def _sign(
    scene: Remote, roster_id: str, who: str, begin: datetime, end: datetime, number: int
) -> None:
    late = timedelta(minutes=_LATE_MINUTES.get(number, -6))
    for act, at in (("arrive", begin + late), ("leave", end + timedelta(minutes=4))):
        if at < scene.now:
            scene.put(
                "roster_act",
                {
                    "roster_id": roster_id,
                    "team_id": _centre(scene),
                    "act": act,
                    "person_id": who,
                    "at": at.isoformat(timespec="seconds"),
                },
            )


def _ask(scene: Remote, roster_id: str, who: str, operators: list[str]) -> None:
    other = scene.seat.id if who != scene.seat.id else operators[1]
    scene.put(
        "roster_act",
        {
            "roster_id": roster_id,
            "team_id": _centre(scene),
            "act": "ask_swap",
            "person_id": who,
            "with_id": other,
            "at": scene.ago(200),
            "body": "公务出差",
        },
    )


def _handovers(scene: Remote, operators: list[str]) -> None:
    """The last evening's is taken; this morning's waits for the seat."""
    items = (
        Item("typed:a", "事项", "大屏二号显示器偶有闪烁，已报修", "信息化组", "联系厂家到场"),
        Item("typed:b", "事项", "凤鸣苑小区清场行动夜间留守两人", "现场指挥", "八时三十分换班"),
        Item("typed:c", "事项", "外省法院来电请求协助查封，材料待传真", "网络查控组", "收件后登记"),
        Item("typed:d", "事项", "来访人约定上午十时复谈", "信访督办组", "准备卷宗"),
    )
    today = scene.now.replace(hour=8, minute=10, second=0, microsecond=0)
    for hours, given in ((14, items[:2]), (0, items)):
        end = today - timedelta(hours=hours)
        if end >= scene.now:
            continue
        text = text_of(given)
        at = end.isoformat(timespec="seconds")
        taken = hours > 0
        scene.put(
            "handover",
            {
                "team_id": _centre(scene),
                "from_at": (end - timedelta(hours=14)).isoformat(timespec="seconds"),
                "to_at": at,
                "from_id": operators[1],
                "to_id": operators[0] if taken else None,
                "items": text,
                "items_sha256": sha256_of(text),
                "given_at": at,
                "taken_at": (end + timedelta(minutes=9)).isoformat(timespec="seconds")
                if taken
                else None,
            },
        )
