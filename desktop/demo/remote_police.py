"""Police asked of the corps on the demo's day and before: in every state. Writer thread; no Qt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop.demo.remote import Remote

_DAY: Final = 24 * 60
# (days from now, from hour, hours, officers, vehicles, arms, reason, place, deeds with minutes ago)
_ASKED: Final = (
    (
        *(0, 8, 4, 6, 2, "警棍、盾牌、执法记录仪", "腾房清场，占用人曾有过激言行，需警戒疏散"),
        "凤鸣苑小区东门",
        (("submit", 2 * _DAY), ("send", 2 * _DAY - 40), ("answer", _DAY), ("arrive", 90)),
    ),
    (
        *(2, 9, 3, 4, 1, "警棍、约束带", "拘传被执行企业实际控制人，对方有阻碍执行前例"),
        "临湖工业园三号厂区",
        (("submit", 130),),
    ),
    (
        *(5, 14, 3, 2, 1, "", "强制交付车库，围观人员较多"),
        "紫藤花园地下车库",
        (("submit", _DAY), ("return", _DAY - 60)),
    ),
    (
        *(-6, 8, 5, 8, 3, "警棍、盾牌", "搜查被执行人经营场所"),
        "老集市综合楼",
        (
            *(("submit", 9 * _DAY), ("send", 9 * _DAY - 30), ("answer", 8 * _DAY)),
            *(("arrive", 6 * _DAY), ("leave", 6 * _DAY - 240)),
        ),
    ),
    (
        *(-13, 10, 3, 4, 1, "", "张贴公告并清点财产"),
        "河湾路一百零六号",
        (("submit", 15 * _DAY), ("send", 15 * _DAY - 50), ("refuse", 14 * _DAY)),
    ),
)
_WORDS: Final = {
    "return": "人数不足以维持现场秩序，请与现场指挥核对后重报",
    "answer": "带队：支队二大队，电话见值班表",
    "refuse": "当日有开庭警卫任务，警力不足",
}


def make(scene: Remote) -> None:
    """Five requests of the teams that are out; the first is the operation's."""
    for number, asked in enumerate(_ASKED):
        days, hour, hours, officers, vehicles, arms, reason, place, deeds = asked
        team = scene.teams[number % len(scene.teams)]
        maker = scene.members[team.id][0]
        begin = (scene.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0)
        told = scene.cases[number % len(scene.cases)]
        request = scene.put(
            "police_request",
            {
                "team_id": team.id,
                "operation_id": scene.operation_id if number == 0 else None,
                "case_id": told.case_id,
                "case_number": told.number,
                "reason": reason,
                "place": place,
                "needed_from": begin.isoformat(timespec="minutes"),
                "needed_to": (begin + timedelta(hours=hours)).isoformat(timespec="minutes"),
                "officers": officers,
                "vehicles": vehicles,
                "arms": arms,
                "maker_id": maker.id,
                "made_at": scene.ago(deeds[0][1] + 20),
            },
        )
        for deed, minutes in deeds:
            chiefs = deed in ("send", "return")
            who = scene.chief if chiefs else maker if deed == "submit" else scene.seat
            scene.put(
                "police_act",
                {
                    "request_id": request,
                    "team_id": team.id,
                    "act": deed,
                    "person_id": who.id,
                    "at": scene.ago(minutes),
                    "officers": max(1, officers - number % 2) if deed == "answer" else None,
                    "body": _WORDS.get(deed, ""),
                },
            )
