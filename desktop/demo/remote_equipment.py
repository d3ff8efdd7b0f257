"""Equipment of the teams that are out: twelve weeks of loans, calibrations, faults and repairs, and
two self-tests of the day's operation. Writer thread; no Qt.

Every thing has a course of its own in time order, as the rules of the tables want it: back before
it is lent again, repaired before that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from desktop.demo.remote_operation_words import FEED_CAMERAS
from desktop.rules.equipment_law import load_equipment_law
from desktop.rules.self_tests import (
    Audio,
    Device,
    Link,
    Measured,
    SelfTestSheet,
    Storage,
    judge,
    load_self_test_law,
)

if TYPE_CHECKING:
    from desktop.demo.remote import Remote
    from desktop.demo.remote_live import Moment
    from desktop.demo.staff import Member

_SALT: Final = 79
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_WEEKS: Final = 12
# kind, name, model, numbers of it, days since calibration (None: none is needed)
_THINGS: Final = (
    ("body_camera", "执法记录仪", "JL-7", 8, (40, 120, 351, 372, 15, 200, 90, 260)),
    ("field_terminal", "单兵终端", "DB-4G", 5, None),
    ("vehicle_unit", "车载终端", "CZ-2", 3, (60, 310, 345)),
    ("radio", "对讲机", "DJ-9", 6, None),
    ("drone", "无人机", "YM-3", 2, (20, 190)),
    ("camera", "布控摄像机", "BK-5", 2, None),
    ("rangefinder", "测距仪", "CJ-60", 2, (100, 338)),
    ("portable_printer", "便携打印机", "BD-A4", 3, None),
    ("laptop", "移动办公终端", "YD-14", 2, None),
)
_CODES: Final = {
    "body_camera": "JLY",
    "field_terminal": "DBZ",
    "vehicle_unit": "CZD",
    "radio": "DJJ",
    "drone": "WRJ",
    "camera": "SXJ",
    "rangefinder": "CJY",
    "portable_printer": "DYJ",
    "laptop": "YDD",
}
_FAULTS: Final = {
    "body_camera": (
        ("录像中断，无法续录", "更换存储卡并升级固件"),
        ("夜视画面发黑", "更换红外灯板"),
        ("充电触点松动", "重新焊接触点"),
    ),
    "field_terminal": (("定位漂移超过百米", "更换定位天线"), ("屏幕触控失灵", "更换触控屏")),
    "vehicle_unit": (("点火后不上线", "更换保险并重置网络卡"), ("画面卡顿", "清理缓存并更换天线")),
    "radio": (("电池续航不足两小时", "更换电池"), ("对讲按键失灵", "更换按键板")),
    "drone": (("左后桨叶开裂", "更换桨叶并试飞"), ("返航偏离起飞点", "重新校准罗盘")),
}
_OPEN: Final = {"JLY-06": ("镜头进水起雾", 51 * _HOUR), "DJJ-04": ("外壳开裂，防水失效", 9 * _HOUR)}
_OUT: Final = ("JLY-01", "JLY-02", "JLY-03", "JLY-05", "DBZ-01", "CZD-01", "DJJ-01", "DJJ-02")
_SILENT: Final = "JLY-04"  # its feed went over to the camera that was taken instead
_LATE: Final = "DBZ-03"  # should have been back yesterday
_RETIRED: Final = "DYJ-03"


@dataclass(frozen=True, slots=True)
class _Thing:
    id: str
    code: str  # the asset number's tail
    kind: str
    name: str
    asset_no: str
    scope: int


def make(scene: Remote) -> None:
    """Some thirty things and what was done with them."""
    rng = Random(scene.world.days.today.toordinal() * 31 + _SALT)
    things = {}
    for kind, name, model, count, since in _THINGS:
        for n in range(count):
            thing = _register(scene, kind, f"{name} {n + 1:02}", model, n)
            things[thing.code] = thing
            if since is not None:
                _calibrate(scene, thing, since[n], n)
            if thing.code == _RETIRED:
                body = "进纸机构损坏，维修费用超过残值，经批准报废"
                _act(scene, thing, "retire", 16 * _DAY, body=body, document_no="资产处置第8号")
            else:
                _course(scene, rng, thing)
    _today(scene, things)
    _tests(scene, things)


def _register(scene: Remote, kind: str, name: str, model: str, n: int) -> _Thing:
    code = f"{_CODES[kind]}-{n + 1:02}"
    team = (
        scene.teams[0]
        if kind in ("body_camera", "camera", "drone")
        else scene.teams[n % len(scene.teams)]
    )
    days = load_equipment_law().kind(kind, scene.now.date()).calibrate_days
    bought = scene.now.date() - timedelta(days=500 + 60 * n)
    key = scene.put(
        "equipment",
        {
            "team_id": team.id,
            "asset_no": f"ZB-{code}",
            "name": name,
            "kind": kind,
            "model": model,
            "serial_no": f"{model.replace('-', '')}{2024_0000 + 37 * n + len(name)}",
            "bought_on": bought.isoformat(),
            "calibrate_days": days or None,
            "keeper_id": scene.seat.id,
        },
    )
    return _Thing(key, code, kind, name, f"ZB-{code}", team.number)


def _act(scene: Remote, thing: _Thing, act: str, minutes: float, **more: object) -> str:
    """One act that many minutes before now, by the keeper."""
    values = {"equipment_id": thing.id, "act": act, "person_id": scene.seat.id}
    told = {**values, "scope": thing.scope, "at": scene.ago(minutes)}
    return scene.put("equipment_act", {**told, **more})


def _calibrate(scene: Remote, thing: _Thing, days: int, n: int) -> None:
    number = f"校字〔{scene.now.year}〕{300 + 7 * n}号"
    _act(scene, thing, "calibrate", days * _DAY + 90, document_no=number, body="计量检定合格")


def _borrowers(scene: Remote) -> list[Member]:
    return [one for team in scene.teams for one in scene.members[team.id]]


def _course(scene: Remote, rng: Random, thing: _Thing) -> None:
    """Loans and faults up to two days ago, each over before the next begins."""
    people = _borrowers(scene)
    left = _WEEKS * 7 * _DAY - rng.uniform(0, 6 * _DAY)
    while True:
        length = rng.choice((5, 8, 9, 26, 50)) * _HOUR
        if left - length < 3 * _DAY:
            return
        whom = rng.choice(people)
        due = scene.ago(left - 72 * _HOUR)
        _act(scene, thing, "lend", left, to_id=whom.id, due_at=due, body="外出执行")
        if length > 24 * _HOUR and rng.random() < 0.4:
            other = rng.choice([one for one in people if one.id != whom.id])
            body = "换班移交，外观完好"
            _act(scene, thing, "hand_over", left - 20 * _HOUR, to_id=other.id, body=body)
        left -= length
        _act(scene, thing, "give_back", left, body="完好")
        if thing.kind in _FAULTS and rng.random() < 0.14:
            left = _repaired(scene, rng, thing, left - 30)
        left -= rng.uniform(2, 15) * _DAY


def _repaired(scene: Remote, rng: Random, thing: _Thing, begun: float) -> float:
    """A fault and its repair; minutes before now at which it was over."""
    words, done = rng.choice(_FAULTS[thing.kind])
    hours = load_equipment_law().kind(thing.kind, scene.now.date()).repair_hours
    took = min(rng.lognormvariate(0, 0.85) * 25 * _HOUR, begun - 2 * _DAY - _HOUR)
    due = scene.ago(begun - hours * _HOUR)
    key = _act(scene, thing, "fault", begun, body=words, due_at=due)
    _act(scene, thing, "repair", begun - took, ticket=key, body=done)
    return begun - took


def _today(scene: Remote, things: dict[str, _Thing]) -> None:
    """What is out now, what is late, and what is broken."""
    people = scene.members[scene.team.id]
    for n, code in enumerate(_OUT):
        whom = people[n % len(people)]
        due = (scene.now + timedelta(days=1)).replace(hour=18, minute=0, second=0)
        if code == _OUT[-1]:
            due = scene.now + timedelta(hours=2)
        _lend(scene, things[code], whom, 170 - 4 * n, due, scene.operation_name)
    late = things[_LATE]
    whom = scene.members[scene.teams[-1].id][0]
    due = scene.now - timedelta(days=1, hours=3)
    _lend(scene, late, whom, 2 * _DAY + 5 * _HOUR, due, "送达文书")
    for code, (words, minutes) in _OPEN.items():
        thing = things[code]
        hours = load_equipment_law().kind(thing.kind, scene.now.date()).repair_hours
        due_at = scene.ago(minutes - hours * _HOUR)
        _act(scene, thing, "fault", minutes, body=words, due_at=due_at)


def _lend(
    scene: Remote, thing: _Thing, whom: Member, minutes: float, due: datetime, why: str
) -> None:
    due_at = due.isoformat(timespec="seconds")
    _act(scene, thing, "lend", minutes, to_id=whom.id, due_at=due_at, body=why)


def _tests(scene: Remote, things: dict[str, _Thing]) -> None:
    """The first one failed by a camera whose calibration is over, and that says nothing; another
    was taken instead, and it passed."""
    codes = ("JLY-01", "JLY-02", "JLY-04", "JLY-05", "SXJ-01", "SXJ-02", "WRJ-01")
    cameras = [things[code] for code in codes]
    good = Measured(
        Link((21.4, 18.9, 25.2, 19.7, 22.0, 31.8, 20.3, 19.1), 0, 140.0),
        Audio(("指挥席麦克风",), ("指挥席扬声器",)),
        Storage(182_000_000_000, 210e6),
        tuple(_device(scene, one, 92 - 3 * n) for n, one in enumerate(cameras)),
    )
    bad = replace(good.devices[2], battery=34, silent="超时", answer_ms=None)
    devices = (*good.devices[:2], bad, *good.devices[3:])
    failed = replace(good, devices=devices)
    _file(scene, scene.ids(), failed, 146)
    other = _device(scene, things["JLY-03"], 95)
    passed = replace(good, devices=(*good.devices[:2], other, *good.devices[3:]))
    _file(scene, scene.test_id, passed, 128)


def _device(scene: Remote, thing: _Thing, battery: int) -> Device:
    since = next(days for kind, *_, days in _THINGS if kind == thing.kind)
    lasts = load_equipment_law().kind(thing.kind, scene.now.date()).calibrate_days
    until = None
    if since is not None:
        until = scene.now.date() + timedelta(days=lasts - since[int(thing.code[-2:]) - 1])
    has_feed = thing.asset_no in FEED_CAMERAS or thing.code == _SILENT
    return Device(
        thing.id,
        thing.name,
        thing.asset_no,
        calibrate_by=until,
        has_feed=has_feed,
        answer_ms=85.0 + battery if has_feed else None,
        battery=battery,
    )


def _file(scene: Remote, key: str, measured: Measured, minutes: float) -> None:
    day = scene.now.date()
    lines = judge(measured, load_self_test_law().on(day), day)
    sheet = SelfTestSheet(
        scene.ago(minutes),
        scene.seat.id,
        scene.seat.name,
        "指挥中心一号席",
        scene.operation_id,
        scene.operation_name,
        lines,
    )
    scene.put(
        "self_test",
        {
            "id": key,
            "team_id": scene.team.id,
            "operation_id": scene.operation_id,
            "person_id": scene.seat.id,
            "at": sheet.at,
            "device": sheet.device,
            "passed": sheet.passed,
            "sheet": sheet.text(),
            "sheet_sha256": sheet.sha256(),
        },
    )


_LAST: Final = (
    "select a.act from equipment_act a where a.equipment_id = e.id"
    " and a.act in ('lend', 'give_back', 'hand_over') order by a.at desc, a.id desc limit 1"
)
_OUT_NOW: Final = (
    "select e.id, e.scope, e.name, e.keeper_id from equipment e"
    f" where ({_LAST}) in ('lend', 'hand_over')"
    " and not exists (select 1 from equipment_act r where r.equipment_id = e.id"
    " and (r.act = 'retire' or r.at > ?))"
)


def live(moment: Moment) -> str | None:
    """Somebody brings a thing back; None when everything is in the store."""
    # What was given out in the last minutes is still needed.
    found = moment.pick(_OUT_NOW, moment.ago(600))
    if found is None:
        return None
    moment.put(
        "equipment_act",
        {
            "equipment_id": found[0],
            "scope": found[1],
            "act": "give_back",
            "person_id": found[3],
            "at": moment.ago(0),
            "body": "完好",
        },
    )
    return f"{found[2]} 已归还入库"
