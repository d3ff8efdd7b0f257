"""Orders of the demo city: today's in every state, one unanswered past its rung, one refused, and
those of the last weeks. Writer thread; no Qt. People and places are invented.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from desktop.demo.staff import DemoTeam, Member
from desktop.demo.story import Told
from desktop.rules.command_law import load_command_law

if TYPE_CHECKING:  # remote.py imports this module.
    from desktop.demo.remote import Remote
    from desktop.demo.remote_live import Moment

_SALT: Final = 61
_WEEKS_BACK: Final = 4
_A_DAY: Final = 5
_PLACES: Final = (
    *("望舒路27号院", "云栖大道物流园B库", "听涛街118号商铺", "松风里6号楼2单元", "北渠镇砖瓦厂"),
    *("临港停车场三层", "青禾农机合作社", "凌波桥东侧工地", "石榴巷41号", "南苑汽车城展厅"),
)
_WORDS: Final = {
    "reinforce": ("两名被执行人亲属阻拦，请增派两人并带执法记录仪", "围观人员较多，请增派三人"),
    "proceed": ("到场后与物业联系，先清点门窗", "到场后先核对门牌，勿惊动"),
    "verify": ("核实豫C牌照货车一辆是否停放在院内", "核实厂房内设备是否仍在"),
    "seal": ("查封机床两台，清点附件", "扣押小型客车一辆，查对车架号"),
    "bring": ("持拘传票拘传被执行人到院，注意同步录音录像", "被执行人已露面，依法拘传"),
    "stand_by": ("等候公证人员到场", "现场情况不明，等候进一步指令"),
    "withdraw": ("标的物已转移，先行撤离，院内集合", "天气恶劣，暂停清场"),
    "report": ("报告现场人数、情绪与进度", "报告已清点物品件数"),
}
_REFUSALS: Final = (
    "两人均在法院开庭，半小时内无法离开",
    "车辆故障，已联系技术组，请另派",
)
_COURSE: Final = ("deliver", "acknowledge", "depart", "arrive", "finish")


@dataclass(frozen=True, slots=True)
class _Plan:
    """One order: minutes since it was sent, to whom, and how far it has come."""

    template: str
    place: str
    minutes: float
    team: int
    acts: tuple[tuple[str, float], ...]  # (act, minutes after the sending)
    person: int | None = None
    due: int = 0
    operation: bool = False
    words: int = 0


# Seconds count here: an answer comes within a minute or two where people carry their devices.
_TODAY: Final = (
    _Plan(
        *("stand_by", "凤鸣苑小区南门", 95, 0),
        (("deliver", 0.1), ("acknowledge", 0.7), ("arrive", 4), ("finish", 21)),
        operation=True,
    ),
    _Plan(
        *("proceed", "凤鸣苑小区3号楼", 88, 0),
        (("deliver", 0.1), ("acknowledge", 0.5), ("depart", 2), ("arrive", 16)),
        due=60,
        operation=True,
    ),
    _Plan(
        *("verify", "临港停车场三层", 52, 1),
        (("deliver", 0.2), ("acknowledge", 1.3), ("depart", 4), ("arrive", 31), ("finish", 44)),
        person=1,
        due=120,
    ),
    _Plan(
        *("reinforce", "凤鸣苑小区3号楼", 24, 1),
        (("deliver", 0.1), ("acknowledge", 0.9), ("depart", 3)),
        due=30,
        operation=True,
    ),
    _Plan(
        *("seal", "云栖大道物流园B库", 41, 2),
        (("deliver", 0.3), ("acknowledge", 2.4), ("depart", 6), ("arrive", 33)),
        due=35,
    ),
    _Plan(
        *("bring", "石榴巷41号", 18, 2),
        (("deliver", 0.2), ("refuse", 4.2)),
        person=2,
        due=120,
    ),
    _Plan("report", "凤鸣苑小区3号楼", 14, 2, (("deliver", 0.4),), due=10, operation=True),
    _Plan("reinforce", "听涛街118号商铺", 1.2, 1, (("deliver", 0.2),), person=2, due=30),
    _Plan("withdraw", "北渠镇砖瓦厂", 0.3, 2, (), person=1, due=10),
    _Plan(
        *("proceed", "松风里6号楼2单元", 70, 1),
        (("deliver", 0.2), ("cancel", 6)),
        due=60,
    ),
    _Plan(
        *("verify", "青禾农机合作社", 33, 1),
        (("deliver", 0.2), ("acknowledge", 1.1)),
        person=1,
        due=120,
    ),
)


def make(scene: "Remote") -> None:
    """Today's orders, a draft, and those of the weeks before."""
    rng = Random(scene.world.days.today.toordinal() * 31 + _SALT)
    for plan in _TODAY:
        _write(scene, plan, scene.now)
    _draft(scene)
    _past(scene, rng)


def _draft(scene: "Remote") -> None:
    case = scene.cases[min(3, len(scene.cases) - 1)]
    values = _words(scene, _Plan("seal", "南苑汽车城展厅", 0, 1, ()), scene.now, case)
    scene.put("field_order", values | {"made_at": scene.ago(6)})


def _past(scene: "Remote", rng: Random) -> None:
    """Most are answered within two minutes; somebody is slow, and one is told on."""
    templates = list(_WORDS)
    days = scene.world.days
    for back in range(1, _WEEKS_BACK * 7):
        day = days.today - timedelta(days=back)
        if days.workday(day) != day:
            continue
        for n in range(rng.randrange(2, _A_DAY + 1)):
            code = rng.choice(templates)
            answered = rng.triangular(0.3, 7.0, 0.9)
            way = answered + rng.triangular(1, 9, 2)
            there = way + rng.triangular(8, 70, 22)
            acts = [("deliver", rng.uniform(0.03, 0.25)), ("acknowledge", answered)]
            acts += [("depart", way), ("arrive", there), ("finish", there + rng.uniform(10, 90))]
            if rng.random() < 0.05:
                acts = [acts[0], ("refuse", answered), ("cancel", answered + 3)]
            if rng.random() < 0.4:
                acts = [one for one in acts if one[0] != "depart"]
            hour = scene.now.replace(year=day.year, month=day.month, day=day.day, hour=8, minute=40)
            plan = _Plan(
                *(code, rng.choice(_PLACES), 0.0, n % len(scene.teams), tuple(acts)),
                person=rng.choice((None, 1, 2)),
                due=60,
                words=rng.randrange(2),
            )
            _write(scene, plan, hour + timedelta(minutes=95 * n + rng.randrange(60)))


def _write(scene: "Remote", plan: _Plan, at: datetime) -> None:
    """One order with its acts, each by whoever may do it."""
    team = scene.teams[plan.team % len(scene.teams)]
    members = scene.members[team.id]
    sent = at - timedelta(minutes=plan.minutes)
    values = _words(scene, plan, sent, _case(scene, plan, team))
    made = _stamp(sent - timedelta(seconds=40))
    key = scene.put("field_order", values | {"made_at": made})
    actor = members[plan.person if plan.person is not None else 1]
    _act(scene, key, team, "send", scene.seat, sent)
    law = load_command_law().ladder(scene.now.date())
    answered = next((m for act, m in plan.acts if act not in ("deliver", "cancel")), None)
    for act, minutes in sorted(plan.acts, key=lambda one: one[1]):
        who = scene.seat if act == "cancel" else actor
        words = _REFUSALS[plan.words % len(_REFUSALS)] if act == "refuse" else ""
        _act(scene, key, team, act, who, sent + timedelta(minutes=minutes), body=words)
    closed = any(act == "cancel" for act, _minutes in plan.acts)
    for rung in () if closed else law:
        if rung.after_s / 60 < (plan.minutes if answered is None else answered):
            when = sent + timedelta(seconds=rung.after_s + 1)
            above = scene.world.staff.vice_presidents[team.court.code]
            whom = scene.chief.name if rung.whom != "vice_president" else above.name
            _act(scene, key, team, "escalate", scene.seat, when, body=whom, rung=rung.n)


def _case(scene: "Remote", plan: _Plan, team: DemoTeam) -> Told | None:
    if plan.operation:
        return scene.case
    return next((case for case in scene.cases if case.scope == team.number), None)


def _words(scene: "Remote", plan: _Plan, sent: datetime, case: Told | None) -> dict[str, object]:
    team = scene.teams[plan.team % len(scene.teams)]
    template = load_command_law().template(plan.template)
    assert template is not None, plan.template
    person = None if plan.person is None else scene.members[team.id][plan.person].id
    due = _stamp(sent + timedelta(minutes=plan.due)) if plan.due else None
    return {
        "team_id": team.id,
        "person_id": person,
        "template": plan.template,
        "title": template.title,
        "body": _WORDS[plan.template][plan.words],
        "place": plan.place,
        "due_at": due,
        "case_id": case.case_id if case is not None else None,
        "case_number": case.number if case is not None else "",
        "operation_id": scene.operation_id if plan.operation else None,
        "issuer_id": scene.seat.id,
    }


def _act(
    scene: "Remote",
    order_id: str,
    team: DemoTeam,
    act: str,
    who: Member,
    at: datetime,
    *,
    body: str = "",
    rung: int | None = None,
) -> None:
    scene.put(
        "field_order_act",
        {
            "order_id": order_id,
            "team_id": team.id,
            "act": act,
            "person_id": who.id,
            "at": _stamp(at),
            "device": f"单兵终端{team.number:02d}",
            "body": body,
            "rung": rung,
        },
    )


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


_NEXT: Final = {
    None: ("deliver", "终端已收到"),
    "deliver": ("acknowledge", "已确认"),
    "acknowledge": ("depart", "已出发"),
    "depart": ("arrive", "已到场"),
    "arrive": ("finish", "已完成"),
}


def live(moment: "Moment") -> str | None:
    """The next report on one of today's open orders."""
    found = moment.pick(
        "select o.id, o.team_id, o.title, o.scope, coalesce(o.person_id, (select m.person_id"
        " from membership m where m.team_id = o.team_id and m.to_on is null"
        " and m.person_id <> o.issuer_id order by m.person_id limit 1)),"
        " (select a.act from field_order_act a where a.order_id = o.id and a.act in"
        " ('deliver', 'acknowledge', 'depart', 'arrive') order by a.at desc, a.id desc limit 1)"
        " from field_order o where o.made_at >= ? and exists (select 1 from field_order_act a"
        " where a.order_id = o.id and a.act = 'send') and not exists (select 1"
        " from field_order_act a where a.order_id = o.id and a.act in"
        " ('finish', 'refuse', 'cancel'))",
        moment.ago(24 * 3600),
    )
    if found is None:
        return None
    order_id, team_id, title, scope, person_id, last = found
    act, words = _NEXT[last]
    moment.put(
        "field_order_act",
        {
            "order_id": order_id,
            "team_id": team_id,
            "scope": scope,
            "act": act,
            "person_id": person_id,
            "at": _stamp(moment.now),
            "device": "单兵终端",
        },
    )
    return f"指令“{title}”：{words}。"
