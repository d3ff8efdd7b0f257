"""行动方案: what a plan holds, and everything that is wrong with it in one pass (M04). Pure.

It is kept as JSON in one fixed writing, so that equal plans have equal fingerprints.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from desktop.errors import UserError
from desktop.rules.operation_law import OperationLimits

RISK_LEVELS: Final[Mapping[str, str]] = {"high": "高", "middle": "中", "low": "低"}
MINUTES_MOST: Final = 1440
NAME_MOST: Final = 60
_E7: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group: its team, who leads it, what it does, how often it reports (minutes)."""

    name: str
    team_id: str = ""
    leader_id: str = ""
    task: str = ""
    minutes: int | None = None
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """人员分工: who does what in which group."""

    person_id: str
    name: str
    group: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """What may go wrong, how likely and grave, and what is done against it."""

    what: str
    level: str = "middle"
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Contingency:
    """应急预案: what is done, and by whom, if it happens."""

    event: str
    response: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class RoutePoint:
    """A place on the way; ten-millionths of a degree where known."""

    place: str
    lat_e7: int | None = None
    lon_e7: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle with its driver; `seats` the driver's included."""

    plate: str
    driver: str = ""
    seats: int | None = None
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class Gear:
    """Equipment that goes along. `equipment_id` where it is one of the register."""

    name: str
    count: int | None = None
    who: str = ""
    equipment_id: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is planned beside name, place and time."""

    aim: str = ""
    groups: tuple[GroupPlan, ...] = ()
    people: tuple[Duty, ...] = ()
    risks: tuple[Risk, ...] = ()
    contingencies: tuple[Contingency, ...] = ()
    route: tuple[RoutePoint, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    gear: tuple[Gear, ...] = ()
    police: int | None = 0  # officers asked of the corps
    police_arms: str = ""
    police_task: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a plan. Times with their zone."""

    name: str
    team_id: str
    commander_id: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that is wrong, and why. `field`: name of a field, or of a list with `row` (from 0)
    and `column`."""

    field: str
    reason: str
    row: int | None = None
    column: str = ""

    def sentence(self) -> str:
        """The fault with its place, for a list of them."""
        where = PARTS.get(self.field, self.field)
        line = f"第{self.row + 1}行" if self.row is not None else ""
        return f"{where}{line}：{self.reason}"


PARTS: Final[Mapping[str, str]] = {
    "name": "名称",
    "team_id": "主办团队",
    "commander_id": "现场指挥",
    "place": "地点",
    "starts_at": "开始时间",
    "ends_at": "结束时间",
    "aim": "任务目标",
    "groups": "小组",
    "people": "人员分工",
    "risks": "风险评估",
    "contingencies": "应急预案",
    "route": "路线",
    "vehicles": "车辆",
    "gear": "装备",
    "police": "警力",
    "police_task": "警力任务",
}
_ROWS: Final[Mapping[str, type[Any]]] = {
    "groups": GroupPlan,
    "people": Duty,
    "risks": Risk,
    "contingencies": Contingency,
    "route": RoutePoint,
    "vehicles": Vehicle,
    "gear": Gear,
}


def plan_text(plan: Plan) -> str:
    """The one writing of a plan."""
    return json.dumps(asdict(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_plan(text: str) -> Plan:
    """A plan from its writing; fields that this version does not know are left out. UserError when
    it is no plan."""
    try:
        found: dict[str, Any] = dict(json.loads(text).items())
        values: dict[str, Any] = {
            item.name: found[item.name] for item in fields(Plan) if item.name in found
        }
        for name, kind in _ROWS.items():
            values[name] = tuple(_row(kind, row) for row in values.get(name, ()))
        return Plan(**values)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise UserError("行动方案无法读取：内容不是本程序所写。") from fault


def _row(kind: type[Any], row: Mapping[str, Any]) -> Any:
    known = {item.name for item in fields(kind)}
    made = {key: value for key, value in row.items() if key in known}
    lacking = [item.name for item in fields(kind) if item.default is MISSING]
    return kind(**dict.fromkeys(lacking, "") | made)


def check(heading: Heading, plan: Plan, limits: OperationLimits) -> tuple[Fault, ...]:
    """Everything that keeps a plan from being submitted, in the order of the form."""
    found = _heading_faults(heading)
    if not plan.aim.strip():
        found.append(Fault("aim", "须写明要达到的目标"))
    found += _group_faults(plan, limits)
    found += _people_faults(heading, plan, limits)
    found += _risk_faults(plan)
    found += _police_faults(plan)
    found += _route_faults(plan)
    found += _vehicle_faults(plan)
    found += _length_faults(plan, limits)
    return tuple(found)


def _heading_faults(heading: Heading) -> list[Fault]:
    found = []
    if not heading.name.strip():
        found.append(Fault("name", "须填写"))
    elif len(heading.name) > NAME_MOST:
        found.append(Fault("name", f"不得超过{NAME_MOST}字"))
    for field, value in (
        ("team_id", heading.team_id),
        ("commander_id", heading.commander_id),
        ("place", heading.place.strip()),
    ):
        if not value:
            found.append(Fault(field, "须填写"))
    if heading.starts_at is None:
        found.append(Fault("starts_at", "须填写日期和时刻，如 06:30"))
    elif heading.ends_at is not None and heading.ends_at <= heading.starts_at:
        found.append(Fault("ends_at", "须晚于开始时间"))
    return found


def _group_faults(plan: Plan, limits: OperationLimits) -> list[Fault]:
    if not plan.groups:
        return [Fault("groups", "至少编一个小组")]
    found = []
    if len(plan.groups) > limits.groups_most:
        found.append(Fault("groups", f"不得超过{limits.groups_most}个"))
    names = Counter(group.name.strip() for group in plan.groups)
    staff = {duty.person_id: duty.group.strip() for duty in plan.people if duty.person_id}
    for n, group in enumerate(plan.groups):
        name = group.name.strip()
        if not name:
            found.append(Fault("groups", "小组须有名称", n, "name"))
        elif names[name] > 1:
            found.append(Fault("groups", f"小组名称“{name}”重复", n, "name"))
        if not group.team_id:
            found.append(Fault("groups", "须选定所属团队", n, "team_id"))
        if not group.leader_id:
            found.append(Fault("groups", "须指定组长", n, "leader_id"))
        elif staff.get(group.leader_id) != name:
            found.append(Fault("groups", "组长须列入本组的人员分工", n, "leader_id"))
        if not group.task.strip():
            found.append(Fault("groups", "须写明任务", n, "task"))
        if group.minutes is None or not 1 <= group.minutes <= MINUTES_MOST:
            reason = f"报平安间隔应为1至{MINUTES_MOST}分钟"
            found.append(Fault("groups", reason, n, "minutes"))
    return found


def _people_faults(heading: Heading, plan: Plan, limits: OperationLimits) -> list[Fault]:
    found = []
    groups = [group.name.strip() for group in plan.groups]
    seen: set[str] = set()
    for n, duty in enumerate(plan.people):
        if not duty.person_id:
            found.append(Fault("people", "须选定人员", n, "person_id"))
        elif duty.person_id in seen:
            found.append(Fault("people", f"{duty.name}重复列入", n, "person_id"))
        seen.add(duty.person_id)
        if duty.group.strip() not in groups:
            found.append(Fault("people", "须编入上列小组之一", n, "group"))
        if not duty.role.strip():
            found.append(Fault("people", "须写明分工", n, "role"))
    counts = Counter(duty.group.strip() for duty in plan.people if duty.person_id)
    for n, name in enumerate(groups):
        if name and counts[name] < limits.officers_least:
            reason = f"“{name}”不足{limits.officers_least}人"
            found.append(Fault("groups", reason, n, "name"))
    if heading.commander_id and plan.people and heading.commander_id not in seen:
        found.append(Fault("commander_id", "现场指挥须列入人员分工"))
    return found


def _risk_faults(plan: Plan) -> list[Fault]:
    found = []
    if not plan.risks:
        found.append(Fault("risks", "须评估风险，至少一项"))
    for n, risk in enumerate(plan.risks):
        if not risk.what.strip():
            found.append(Fault("risks", "须写明风险", n, "what"))
        if risk.level not in RISK_LEVELS:
            found.append(Fault("risks", "等级应为高、中、低", n, "level"))
        if not risk.measure.strip():
            found.append(Fault("risks", "须写明防范措施", n, "measure"))
    if not plan.contingencies:
        found.append(Fault("contingencies", "须有应急预案，至少一项"))
    for n, one in enumerate(plan.contingencies):
        for column, words, reason in (
            ("event", one.event, "须写明情形"),
            ("response", one.response, "须写明处置办法"),
            ("who", one.who, "须写明负责人"),
        ):
            if not words.strip():
                found.append(Fault("contingencies", reason, n, column))
    return found


def _police_faults(plan: Plan) -> list[Fault]:
    found = []
    if plan.police is None or plan.police < 0:
        found.append(Fault("police", "人数应为0或者正整数"))
    elif plan.police == 0 and any(risk.level == "high" for risk in plan.risks):
        found.append(Fault("police", "有高风险的行动须安排警力"))
    elif plan.police and not plan.police_task.strip():
        found.append(Fault("police_task", "安排警力的，须写明任务"))
    return found


def _route_faults(plan: Plan) -> list[Fault]:
    found = []
    if not plan.route:
        found.append(Fault("route", "须写明路线，至少集结点一处"))
    for n, point in enumerate(plan.route):
        if not point.place.strip():
            found.append(Fault("route", "须写明地点", n, "place"))
        if (point.lat_e7 is None) != (point.lon_e7 is None):
            found.append(Fault("route", "经度、纬度须一并填写", n, "lat_e7"))
        elif point.lat_e7 is not None and point.lon_e7 is not None:
            if abs(point.lat_e7) > 90 * _E7:
                found.append(Fault("route", "纬度超出范围", n, "lat_e7"))
            if abs(point.lon_e7) > 180 * _E7:
                found.append(Fault("route", "经度超出范围", n, "lon_e7"))
    return found


def _vehicle_faults(plan: Plan) -> list[Fault]:
    """Of vehicles and of what they carry."""
    found = []
    plates = Counter(one.plate.strip() for one in plan.vehicles)
    for n, vehicle in enumerate(plan.vehicles):
        plate = vehicle.plate.strip()
        if not plate:
            found.append(Fault("vehicles", "须写明车牌", n, "plate"))
        elif plates[plate] > 1:
            found.append(Fault("vehicles", f"车牌“{plate}”重复", n, "plate"))
        if not vehicle.driver.strip():
            found.append(Fault("vehicles", "须指定驾驶人", n, "driver"))
        if vehicle.seats is None or vehicle.seats < 1:
            found.append(Fault("vehicles", "座位数应为正整数", n, "seats"))
    seats = [one.seats for one in plan.vehicles if one.seats is not None]
    if plan.vehicles and len(seats) == len(plan.vehicles) and sum(seats) < len(plan.people):
        reason = f"座位共{sum(seats)}个，人员共{len(plan.people)}人，坐不下"
        found.append(Fault("vehicles", reason))
    for n, gear in enumerate(plan.gear):
        if not gear.name.strip():
            found.append(Fault("gear", "须写明名称", n, "name"))
        if gear.count is None or gear.count < 1:
            found.append(Fault("gear", "数量应为正整数", n, "count"))
    return found


def _length_faults(plan: Plan, limits: OperationLimits) -> list[Fault]:
    found = []
    if len(plan.aim) > limits.text_most:
        found.append(Fault("aim", f"不得超过{limits.text_most}字"))
    for name in _ROWS:
        rows: Sequence[Any] = getattr(plan, name)
        for n, row in enumerate(rows):
            for column, value in asdict(row).items():
                if isinstance(value, str) and len(value) > limits.text_most:
                    found.append(Fault(name, f"不得超过{limits.text_most}字", n, column))
    return found
