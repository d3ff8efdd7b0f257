"""Operations of the demo city: one under way, one over with its log, others on their way there.

Writer thread; no Qt. People, places and events are invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from desktop.command.operations.means import gear as known_gear
from desktop.command.operations.reading import watched
from desktop.command.operations.records import Group
from desktop.demo.remote_operation_words import (
    AIM,
    CAMERAS,
    CONTINGENCIES,
    FEED_CAMERAS,
    GEAR,
    LATER,
    LIVE_LOG,
    LOG,
    PAST_LOG,
    PAST_PLACE,
    RISKS,
    TASKS,
    UNFIT,
)
from desktop.demo.staff import DemoTeam, Member
from desktop.demo.story import Told
from desktop.rules.checkins import Level, silent_key
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operation_plan import (
    Contingency,
    Duty,
    Gear,
    GroupPlan,
    Plan,
    Risk,
    RoutePoint,
    Vehicle,
    plan_text,
)
from desktop.rules.operations import fingerprint
from desktop.rules.self_tests import Line, SelfTestSheet, Verdict
from storage.schema import table

if TYPE_CHECKING:  # remote.py and remote_live.py import this module.
    from desktop.demo.remote import Remote
    from desktop.demo.remote_live import Moment

_STARTED: Final = 96  # minutes ago
_PAST_DAYS: Final = 5
# Minutes since the last report of each group: calm, calm, nearly due, silent.
_HEARD: Final = (7, 12, 17, 48)
_MINUTES: Final = (30, 30, 20, 20)
_SILENT_NOTICED: Final = 22


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of an operation: name, team, leader, minutes between reports."""

    name: str
    team: DemoTeam
    leader: Member
    minutes: int
    task: str


def make(scene: "Remote") -> None:
    """Writes all of them, in a lawful order."""
    groups = _groups(scene)
    _under_way(scene, groups)
    _over(scene, groups)
    for n, (name, place, days) in enumerate(LATER):
        _later(scene, groups[: 2 + n % 2], name, place, days, n)


def _groups(scene: "Remote") -> tuple[_Group, ...]:
    """Four groups of the three teams; the first team has two."""
    teams = (scene.teams[0], *scene.teams[1:], scene.teams[0])
    seen: dict[str, int] = {}
    found = []
    for n, (name, task) in enumerate(TASKS):
        team = teams[n % len(teams)]
        members = scene.members[team.id]
        leader = members[seen.get(team.id, 0) * 2 % len(members)]
        seen[team.id] = seen.get(team.id, 0) + 1
        found.append(_Group(name, team, leader, _MINUTES[n], task))
    return tuple(found)


def _plan(
    scene: "Remote", groups: Sequence[_Group], aim: str, place: str, numbers: Sequence[str] = ()
) -> Plan:
    """Everybody of the teams once, in the group of his team; `numbers`: of the register."""
    people, leaders = [], {one.leader.id for one in groups}
    taken: set[str] = set()
    for group in groups:
        free = [
            one
            for one in scene.members[group.team.id]
            if one.id not in leaders and one.id not in taken
        ]
        # A team with two groups has to do with fewer in each.
        shared = sum(one.team is group.team for one in groups)
        staff = [group.leader, *free[: max(1, min(3, len(free) // shared))]]
        bailiff = scene.bailiffs.get(group.team.id)
        for n, one in enumerate(staff):
            role = "组长" if n == 0 else ("宣读文书", "摄像", "登记")[(n - 1) % 3]
            people.append(Duty(one.id, one.name, group.name, role))
        if bailiff is not None and bailiff.id not in taken:
            staff.append(bailiff)
            people.append(Duty(bailiff.id, bailiff.name, group.name, "警戒"))
        taken |= {one.id for one in staff}
    first = people[0].name if people else "现场指挥"
    cars = [unit for unit in scene.units if unit.kind == "vehicle"]
    return Plan(
        aim=aim,
        groups=tuple(
            GroupPlan(one.name, one.team.id, one.leader.id, one.task, one.minutes) for one in groups
        ),
        people=tuple(people),
        risks=tuple(Risk(*row) for row in RISKS),
        contingencies=tuple(Contingency(*row, first) for row in CONTINGENCIES),
        route=(
            RoutePoint("中院执行局院内集结", 346_612_000, 1_124_345_000, "整队、点验装备"),
            RoutePoint("滨河路口会合", 346_548_000, 1_124_421_000, "与法警会合"),
            RoutePoint(place, 346_500_000, 1_124_500_000, "东门进入，西门撤离"),
        ),
        vehicles=(
            *(Vehicle(car.plate, car.holder.name, 7, car.id) for car in cars),
            Vehicle("豫C7906警", first, 19),
        ),
        gear=(
            *_registered(scene, numbers, first),
            *(Gear(name, count, first) for name, count in GEAR),
        ),
        police=8,
        police_arms="单警装备、防护盾牌",
        police_task="外围警戒，维持现场秩序",
    )


def _registered(scene: "Remote", numbers: Sequence[str], first: str) -> list[Gear]:
    """Things of the register as a plan names them; who has one now answers for it."""
    if not numbers:
        return [Gear("执法记录仪", 8, first)]
    thing = table("equipment").c
    ids = scene.connection.execute(select(thing.id).where(thing.asset_no.in_(numbers))).scalars()
    return [
        Gear(one.words, 1, one.holder or first, one.id)
        for one in known_gear(scene.connection, ids.all())
    ]


def _operation(
    scene: "Remote",
    key: str,
    name: str,
    place: str,
    plan: Plan,
    starts: datetime,
    hours: int,
    told: Told,
) -> str:
    """One row with its right fingerprint; gives the fingerprint."""
    lead = scene.members[scene.team.id]
    row: dict[str, Any] = {
        "id": key,
        "team_id": scene.team.id,
        "name": name,
        "case_id": told.case_id,
        "case_number": told.number,
        "place": place,
        "lat_e7": 346_500_000,
        "lon_e7": 1_124_500_000,
        "starts_at": starts.isoformat(timespec="seconds"),
        "ends_at": (starts + timedelta(hours=hours)).isoformat(timespec="seconds"),
        "commander_id": lead[0].id,
        "plan": plan_text(plan),
        "maker_id": lead[1 % len(lead)].id,
        "made_at": (starts - timedelta(days=2)).isoformat(timespec="seconds"),
    }
    row["content_sha256"] = fingerprint(row)
    scene.put("operation", row)
    return str(row["content_sha256"])


def _act(
    scene: "Remote", key: str, sha: str, kind: str, who: str, minutes: float, **more: Any
) -> None:
    values = {
        "operation_id": key,
        "team_id": scene.team.id,
        "act": kind,
        "person_id": who,
        "at": scene.ago(minutes),
        "content_sha256": sha,
    }
    scene.put("operation_act", values | more)


def _maker(scene: "Remote") -> Member:
    lead = scene.members[scene.team.id]
    return lead[1 % len(lead)]


def _tested(scene: "Remote", key: str, test_id: str, minutes: float) -> None:
    """The self-test of an operation, unless the equipment's own rows hold it already."""
    test = table("self_test")
    if scene.connection.execute(select(test.c.id).where(test.c.id == test_id)).first() is None:
        at, who = scene.ago(minutes), scene.seat
        line = Line("link", "链路往返", Verdict.PASS, "38毫秒", "不超过300毫秒")
        sheet = SelfTestSheet(at, who.id, who.name, "指挥一号席", key, "", (line,))
        values = {
            "id": test_id,
            "team_id": scene.team.id,
            "operation_id": key,
            "person_id": who.id,
            "at": at,
            "device": sheet.device,
            "passed": True,
            "sheet": sheet.text(),
            "sheet_sha256": sheet.sha256(),
        }
        scene.put("self_test", values)


def _set_out(
    scene: "Remote", key: str, name: str, groups: Sequence[_Group], minutes: float
) -> list[str]:
    """The groups leave; gives their ids."""
    found = []
    for n, one in enumerate(groups):
        car = next((u for u in scene.units if u.team is one.team and u.kind == "vehicle"), None)
        values = {
            "operation_id": key,
            "operation_name": name,
            "team_id": one.team.id,
            "name": one.name,
            "leader_id": one.leader.id,
            "unit_id": None if car is None else car.id,
            "task": one.task,
            "checkin_s": one.minutes * 60,
        }
        group_id = scene.put("operation_group", values)
        _checkin(scene, key, group_id, one, "join", minutes - 0.1 * n)
        found.append(group_id)
    return found


def _checkin(
    scene: "Remote",
    key: str,
    group_id: str,
    group: _Group,
    kind: str,
    minutes: float,
    *,
    who: str = "",
    about: str = "",
    body: str = "",
) -> None:
    values = {
        "operation_id": key,
        "group_id": group_id,
        "team_id": group.team.id,
        "act": kind,
        "person_id": who or group.leader.id,
        "at": scene.ago(minutes),
        "about": about,
        "body": body,
    }
    scene.put("checkin", values)


def _under_way(scene: "Remote", groups: Sequence[_Group]) -> None:
    """Started an hour and a half ago; one group nearly due, one silent and nobody has said so."""
    key, name = scene.operation_id, scene.operation_name
    starts = scene.now - timedelta(minutes=_STARTED + 4)
    numbers = (*CAMERAS, *(one for one in FEED_CAMERAS if one not in CAMERAS))
    plan = _plan(scene, groups, AIM, scene.place, numbers)
    sha = _operation(scene, key, name, scene.place, plan, starts, 6, scene.case)
    _tested(scene, key, scene.test_id, _STARTED + 35)
    maker = _maker(scene)
    _act(scene, key, sha, "submit", maker.id, 26 * 60)
    _act(scene, key, sha, "approve", scene.chief.id, 22 * 60)
    _act(scene, key, sha, "start", scene.seat.id, _STARTED, test_id=scene.test_id)
    ids = _set_out(scene, key, name, groups, _STARTED)
    for n, (group, group_id) in enumerate(zip(groups, ids, strict=True)):
        _reports(scene, key, group_id, group, _HEARD[n], body=("已封控东西两门", "", "", "")[n])
    silent, silent_id = groups[3], ids[3]
    heard = datetime.fromisoformat(scene.ago(_HEARD[3]))
    _checkin(
        *(scene, key, silent_id, silent, "alarm", _SILENT_NOTICED),
        who=scene.seat.id,
        about=silent_key(heard),
    )
    _lines(scene, key, LOG, _STARTED - 3, (scene.seat, maker, *(one.leader for one in groups)))


def _reports(
    scene: "Remote", key: str, group_id: str, group: _Group, last: float, body: str = ""
) -> None:
    """Reports at times a little before they are due, down to the last one."""
    moment = last
    while moment < _STARTED - 2:
        _checkin(scene, key, group_id, group, "ok", moment, body=body if moment == last else "")
        moment += group.minutes * 0.72


def _lines(
    scene: "Remote",
    key: str,
    lines: Sequence[tuple[str, str]],
    minutes: float,
    people: Sequence[Member],
    ends: float = 3,
) -> None:
    """The run log, evenly over the time; one line corrects the one before it."""
    step = (minutes - ends) / max(1, len(lines) - 1)
    before, writer = "", people[0]
    for n, (kind, body) in enumerate(lines):
        corrects = body.startswith("更正：")
        writer = writer if corrects else people[n % len(people)]
        values = {
            "operation_id": key,
            "team_id": scene.team.id,
            "person_id": writer.id,
            "at": scene.ago(minutes - n * step),
            "kind": kind,
            "body": body.removeprefix("更正："),
            "voids": before if corrects else None,
        }
        before = scene.put("run_log", values)


def _over(scene: "Remote", groups: Sequence[_Group]) -> None:
    """Finished some days ago: a long log, an alarm that turned out to be corrected, orders."""
    begun = _PAST_DAYS * 24 * 60 + 180
    over = begun - 205
    key, name = scene.ids(), "锦溪苑商铺强制腾退"
    told = scene.cases[min(3, len(scene.cases) - 1)]
    starts = scene.now - timedelta(minutes=begun + 5)
    plan = _plan(scene, groups[:3], "腾退商铺三间，交付买受人", PAST_PLACE)
    sha = _operation(scene, key, name, PAST_PLACE, plan, starts, 5, told)
    test_id = scene.ids()
    _tested(scene, key, test_id, begun + 30)
    maker = _maker(scene)
    _act(scene, key, sha, "submit", maker.id, begun + 2 * 24 * 60)
    _act(scene, key, sha, "approve", scene.chief.id, begun + 24 * 60)
    _act(scene, key, sha, "start", scene.seat.id, begun, test_id=test_id)
    ids = _set_out(scene, key, name, groups[:3], begun)
    for n, (group, group_id) in enumerate(zip(groups[:3], ids, strict=True)):
        moment = begun - group.minutes * 0.8
        while moment > over + 4:
            # The second group reports late once, and the report comes later still.
            if not (n == 1 and begun - 95 < moment < begun - 50):
                _checkin(scene, key, group_id, group, "ok", moment)
            moment -= group.minutes * 0.8
    _late(scene, key, ids[1], groups[1], begun)
    people = (scene.seat, maker, *(one.leader for one in groups[:3]))
    _lines(scene, key, PAST_LOG, begun - 2, people, ends=over + 2)
    _past_orders(scene, key, groups[:3], begun, told)
    _act(
        *(scene, key, sha, "finish", scene.seat.id, over),
        body="三间商铺全部腾空并交付买受人，过程全程录像，无人员受伤。",
    )
    for group, group_id in zip(groups[:3], ids, strict=True):
        _checkin(scene, key, group_id, group, "leave", over - 1)


def _late(scene: "Remote", key: str, group_id: str, group: _Group, begun: float) -> None:
    """Silent for longer than it may: noticed, acknowledged, heard of again."""
    heard = begun - 2 * group.minutes * 0.8
    since = silent_key(datetime.fromisoformat(scene.ago(heard)))
    noticed = heard - group.minutes * 1.25 - 0.5
    seat = scene.seat.id
    _checkin(scene, key, group_id, group, "alarm", noticed, who=seat, about=since)
    _checkin(
        *(scene, key, group_id, group, "acknowledge", noticed - 3),
        who=seat,
        about=since,
        body="电话联系组长，地下室无信号，人员平安",
    )
    _checkin(scene, key, group_id, group, "ok", noticed - 6, body="已出地下室")


def _past_orders(
    scene: "Remote", key: str, groups: Sequence[_Group], begun: float, told: Told
) -> None:
    """Three orders of that day, done to the end."""
    titles = ("封控商铺前后出入口", "清点登记三间商铺物品", "护送清点物品至仓库")
    for n, (title, group) in enumerate(zip(titles, groups, strict=True)):
        sent = begun - 12 - 45 * n
        order = {
            "team_id": group.team.id,
            "person_id": group.leader.id,
            "title": title,
            "place": PAST_PLACE,
            "case_id": told.case_id,
            "case_number": told.number,
            "operation_id": key,
            "issuer_id": scene.seat.id,
            "made_at": scene.ago(sent + 1),
        }
        order_id = scene.put("field_order", order)
        steps = (("send", 0), ("deliver", 0.2), ("acknowledge", 1.5), ("depart", 3))
        for kind, after in (*steps, ("arrive", 9), ("finish", 31)):
            act = {
                "order_id": order_id,
                "team_id": group.team.id,
                "act": kind,
                "person_id": scene.seat.id if kind == "send" else group.leader.id,
                "at": scene.ago(sent - after),
            }
            scene.put("field_order_act", act)


def _later(
    scene: "Remote", groups: Sequence[_Group], name: str, place: str, days: int, n: int
) -> None:
    """One that waits for the chief, one approved, one sent back, one still being written."""
    told = scene.cases[min(5 + n, len(scene.cases) - 1)]
    morning = scene.now.replace(hour=8, minute=30, second=0, microsecond=0)
    plan = _plan(scene, groups, f"{name}，依法完成并交付", place, () if n else UNFIT)
    key = scene.ids()
    sha = _operation(scene, key, name, place, plan, morning + timedelta(days=days), 4, told)
    maker = _maker(scene)
    if n < 3:
        _act(scene, key, sha, "submit", maker.id, 190 + 60 * n)
    if n == 1:
        _act(scene, key, sha, "approve", scene.chief.id, 100)
    if n == 2:
        why = "应急预案未写明就近医院，请补充后重报。"
        _act(scene, key, sha, "return", scene.chief.id, 60, body=why)


def live(moment: "Moment") -> str | None:
    """A group in the field says that all is well, or somebody writes down what happens."""
    limits = load_operation_law().on(moment.now.date())
    out = [
        (group, group.watch(limits, moment.now))
        for group in watched(moment.connection)
        if group.over_at is None and group.leader_id
    ]
    due = [
        group
        for group, state in out
        if state.level in (Level.YELLOW, Level.RED) and not state.held and state.left_at is None
    ]
    if due:
        return _reports_now(moment, min(due, key=lambda group: group.name))
    running = [group for group, state in out if state.level is Level.GREEN]
    return _writes_now(moment, moment.rng.choice(running)) if running else None


def _reports_now(moment: "Moment", group: Group) -> str:
    values = {
        "operation_id": group.operation_id,
        "group_id": group.id,
        "team_id": group.team_id,
        "act": "ok",
        "person_id": group.leader_id,
        "at": moment.ago(0),
    }
    moment.put("checkin", values)
    return f"{group.operation_name}：{group.name}报平安"


def _writes_now(moment: "Moment", group: Group) -> str | None:
    found = moment.pick("select team_id from operation where id = ?", group.operation_id)
    if found is None:
        return None
    kind, body = moment.rng.choice(LIVE_LOG)
    values = {
        "operation_id": group.operation_id,
        "team_id": found[0],
        "person_id": group.leader_id,
        "at": moment.ago(0),
        "kind": kind,
        "body": body,
    }
    moment.put("run_log", values)
    return f"{group.operation_name}记事：{body}"
