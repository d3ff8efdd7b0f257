"""The bulletins of the demo city's last days, in every state. Writer thread; no Qt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop.demo.remote import Remote

# (days ago, state, title, body)
_WRITTEN: Final = (
    (
        *(0, "submitted", "凤鸣苑小区腾房清场行动进展"),
        "上午八时三十分三个小组到达现场，张贴公告、清点财产、疏散人员同步进行，现场秩序平稳。",
    ),
    (
        *(0, "draft", "本周查控续封情况"),
        "三十日内到期的查控措施已逐件核对，拟于周三前全部办理续行手续。",
    ),
    (
        *(1, "posted", "一日执结六案，发放案款一百八十余万元"),
        "集中办理小标的案件，六件当日到账、当日发放，申请人均已确认收款。",
    ),
    (
        *(1, "returned", "接访工作小结"),
        "接待来访十一批，其中重复访二批。",
    ),
    (
        *(2, "posted", "赴临湖工业园查封机器设备"),
        "两名执行人员在场，查封数控机床四台，清单当场签名并交保管人，全程录像。",
    ),
    (
        *(3, "posted", "网络查控反馈提速"),
        "与两家银行核对反馈链路后，本周平均反馈时间由四日降至二日。",
    ),
    (
        *(5, "posted", "拘传一名拒不到庭的企业负责人"),
        "经院长批准拘传，询问六小时后当场履行三十万元，其余分两期履行，已记入笔录。",
    ),
    (
        *(8, "posted", "搜查经营场所起获账册"),
        "法警八人到位，起获账册十二本，移交审计，财产线索两条已进入核查。",
    ),
)


def make(scene: Remote) -> None:
    """Eight reports of the teams that are out; the seat has some to approve."""
    for number, (days, state, title, body) in enumerate(_WRITTEN):
        team = scene.teams[number % len(scene.teams)]
        author = scene.members[team.id][number % len(scene.members[team.id])]
        written = scene.now - timedelta(days=days, minutes=50)
        posted = (written + timedelta(minutes=25)).isoformat(timespec="seconds")
        done = state == "posted"
        scene.put(
            "bulletin",
            {
                "team_id": team.id,
                "day": written.date().isoformat(),
                "title": title,
                "body": body,
                "author_id": author.id,
                "state": state,
                "shared": done,
                "submitted_at": None if state == "draft" else written.isoformat(timespec="seconds"),
                "approved_by": scene.chief.id if done else None,
                "posted_at": posted if done else None,
                "reason": "请写明办结情况和后续安排" if state == "returned" else "",
            },
        )
