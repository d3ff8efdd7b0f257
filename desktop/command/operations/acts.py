"""Acts on operations, each one transaction of the writer lane. The databases refuse the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from desktop.command.equipment.self_test import last_for
from desktop.command.operations.reading import (
    group,
    log_lines,
    names,
    operation,
    post_at,
    stands_for,
    watched,
)
from desktop.command.operations.records import LOG_KINDS, Group, Operation, stamp
from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.checkins import SILENT, Alarm, to_notice
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operation_plan import Heading, Plan, check, plan_text
from desktop.rules.operations import (
    APPROVERS,
    STATE_WORDS,
    Standing,
    State,
    fingerprint,
    may,
)
from storage.ids import new_id
from storage.schema import table

LOG_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when."""

    person_id: str | None
    at: datetime

    @property
    def me(self) -> str:
        """The person. UserError: nobody sits at this desk."""
        if self.person_id is None:
            raise UserError("须以本人身份办理：本机尚未设定在座人员。")
        return self.person_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled form. `operation_id` None makes a new operation; `seen`: the fingerprint of the
    words that the form was opened with, None where nobody looked at any."""

    operation_id: str | None
    heading: Heading
    plan: Plan
    by: By
    lat_e7: int | None = None
    lon_e7: int | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class ActArgs:
    """An act on an operation as it was shown: `seen` is the fingerprint of its words then."""

    operation_id: str
    act: str
    by: By
    seen: str
    body: str = ""
    test_id: str | None = None


def save(connection: Connection, draft: Draft) -> str:
    """Stores a plan, complete or not; gives its id. UserError with all that a row must have."""
    me = draft.by.me
    values = _values(connection, draft)
    values["content_sha256"] = fingerprint(values)
    if draft.operation_id is None:
        made = new_id()
        values |= {"id": made, "maker_id": me, "made_at": stamp(draft.by.at)}
        connection.execute(insert(table("operation")).values(**values))
        return made
    row = _one(connection, draft.operation_id)
    _refuse(may("edit", row.standing(), person_id=me, post="", maker_id=row.maker_id))
    if draft.seen not in (None, row.content_sha256):
        raise UserError("方案已由他人改动，未予覆盖；请返回后重新打开，对照最新内容修改。")
    if draft.heading.team_id != row.team_id:
        raise UserError("行动方案的主办团队不得更改，请另拟一件。")
    words = table("operation")
    connection.execute(update(words).where(words.c.id == row.id).values(**values))
    return row.id


def submit(connection: Connection, args: ActArgs) -> None:
    """Asks for approval. UserError with every fault of the plan."""
    row = _seen(connection, args)
    if row.plan is None:
        raise UserError("行动方案无法读取，请重新填写后送审。")
    limits = load_operation_law().on(args.by.at.date())
    faults = check(row.heading(), row.plan, limits)
    if faults:
        raise UserError("\n".join(fault.sentence() for fault in faults))
    _write(connection, row, args)


def act(connection: Connection, args: ActArgs) -> None:
    """Approves, returns, sets a failed self-test aside, cancels, or notes the report."""
    if args.act in ("return", "override", "cancel") and not args.body.strip():
        raise UserError("请写明理由。")
    row = _seen(connection, args)
    if args.act == "report":
        _no_alarm(connection, row.id, args.by)
    _write(connection, row, args)


def start(connection: Connection, args: ActArgs) -> None:
    """Starts it on its last self-test, and sets its groups out, as the approved plan has them."""
    row = _seen(connection, args)
    test = last_for(connection, row.id)
    standing = row.standing()
    if test is not None and not test.good and standing.overridden(test.test_id) is None:
        raise UserError(f"设备自检未通过（{test.words}），须由局长或者院领导签字放行。")
    if test is not None and test.stale(args.by.at):
        raise UserError("设备自检已过有效时间，请重新自检。")
    test_id = None if test is None else test.test_id
    _write(connection, row, args, tested=test is not None, test_id=test_id)
    assert row.plan is not None
    for one in row.plan.groups:
        made = GroupDraft(
            row.id, one.team_id, one.name, one.leader_id, one.task, (one.minutes or 30) * 60
        )
        add_group(connection, made, args.by, unit_id=one.unit_id or None)


def finish(connection: Connection, args: ActArgs) -> None:
    """Ends it; groups that are still out come back with it."""
    row = _seen(connection, args)
    out = [one for one in _groups_of(connection, row.id) if _in_field(one)]
    _write(connection, row, args)
    for one in out:
        _report(connection, one, "leave", args.by)


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group that sets out."""

    operation_id: str
    team_id: str
    name: str
    leader_id: str | None
    task: str
    checkin_s: int


def add_group(
    connection: Connection, draft: GroupDraft, by: By, *, unit_id: str | None = None
) -> str:
    """Sets a group out; from now on it is watched. Gives its id."""
    row = _one(connection, draft.operation_id)
    if not draft.name.strip():
        raise UserError("小组须有名称。")
    made = new_id()
    connection.execute(
        insert(table("operation_group")).values(
            id=made,
            operation_id=row.id,
            operation_name=row.name,
            team_id=draft.team_id,
            name=draft.name.strip(),
            leader_id=draft.leader_id or None,
            unit_id=unit_id,
            task=draft.task.strip(),
            checkin_s=draft.checkin_s,
        )
    )
    found = group(connection, made)
    assert found is not None
    _report(connection, found, "join", by)
    return made


@dataclass(frozen=True, slots=True)
class SetOut:
    """A group that joins an operation that is under way, with its vehicle."""

    draft: GroupDraft
    by: By
    unit_id: str | None = None


def set_out(connection: Connection, args: SetOut) -> str:
    """Sets another group out; gives its id. UserError where the operation is not under way, or
    such a group is out already."""
    row = _one(connection, args.draft.operation_id)
    state = row.standing().state
    if state is not State.RUNNING:
        raise UserError(f"行动{STATE_WORDS[state]}，不能增派小组。")
    name = args.draft.name.strip()
    if any(one.name == name and _in_field(one) for one in _groups_of(connection, row.id)):
        raise UserError(f"小组“{name}”已经出发，请另取名称。")
    if not args.draft.leader_id:
        raise UserError("须指定组长。")
    if not args.draft.task.strip():
        raise UserError("须写明任务。")
    return add_group(connection, args.draft, args.by, unit_id=args.unit_id)


@dataclass(frozen=True, slots=True)
class CheckinArgs:
    """What is reported of a group: ok, alarm, leave; or `acknowledge` of the alarm `about`."""

    group_id: str
    act: str
    by: By
    about: str = ""
    body: str = ""


def check_in(connection: Connection, args: CheckinArgs) -> None:
    """Writes a report of a group down."""
    found = group(connection, args.group_id)
    if found is None:
        raise UserError("该行动小组已不存在。")
    if args.act == "acknowledge":
        state = found.watch(load_operation_law().on(args.by.at.date()), args.by.at)
        if not any(alarm.key == args.about for alarm in state.held):
            raise UserError("没有这条待确认的警报，可能已由他人确认。")
        if found.leader_id == args.by.me:
            raise UserError("组长不得确认本组的警报，应由指挥人员确认。")
    elif not _in_field(found):
        raise UserError("该小组尚未出发，或者已经撤收。")
    _report(connection, found, args.act, args.by, args.about, args.body.strip())


def notice(connection: Connection, by: By) -> tuple[tuple[Group, Alarm], ...]:
    """Writes down the alarms about a silence that nobody has written down yet: a report that comes
    late can then correct them, and no longer make them unseen. Gives what it wrote."""
    limits = load_operation_law().on(by.at.date())
    made: list[tuple[Group, Alarm]] = []
    for one in watched(connection):
        for alarm in to_notice(one.watch(limits, by.at)):
            _report(connection, one, "alarm", by, alarm.key)
            made.append((one, alarm))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class LogArgs:
    """A line for the run log; `voids` the line of one's own that it corrects."""

    operation_id: str
    kind: str
    body: str
    by: By
    voids: str | None = None
    about: str = ""
    about_id: str | None = None


def log(connection: Connection, args: LogArgs) -> str:
    """Adds a line; gives its id. Nothing is ever changed or taken out."""
    row = _one(connection, args.operation_id)
    body = args.body.strip()
    if not body:
        raise UserError("请写明内容。")
    if len(body) > LOG_MOST:
        raise UserError(f"一条记事不得超过{LOG_MOST}字。")
    if args.kind not in LOG_KINDS:
        raise UserError(f"没有“{args.kind}”这一类记事。")
    if args.voids is not None:
        _may_correct(connection, args)
    made = new_id()
    connection.execute(
        insert(table("run_log")).values(
            id=made,
            operation_id=row.id,
            team_id=row.team_id,
            person_id=args.by.me,
            at=stamp(args.by.at),
            kind=args.kind,
            body=body,
            about=args.about,
            about_id=args.about_id,
            voids=args.voids,
        )
    )
    return made


def _may_correct(connection: Connection, args: LogArgs) -> None:
    line = next(
        (one for one in log_lines(connection, args.operation_id) if one.id == args.voids), None
    )
    if line is None or line.person_id != args.by.me:
        raise UserError("只能更正本人在同一行动中所记的事项。")
    if line.voided_by is not None:
        raise UserError("该条记事已经更正过，请更正其后的一条。")


# Inside


def _values(connection: Connection, draft: Draft) -> dict[str, Any]:
    head = draft.heading
    lacking = [
        word
        for word, value in (
            ("名称", head.name.strip()),
            ("主办团队", head.team_id),
            ("现场指挥", head.commander_id),
            ("开始时间", head.starts_at),
        )
        if not value
    ]
    if lacking:
        raise UserError(f"保存之前请填写：{'、'.join(lacking)}。")
    assert head.starts_at is not None
    if head.ends_at is not None and head.ends_at < head.starts_at:
        raise UserError("结束时间须晚于开始时间。")
    case_id, number = _case(connection, head.case_number)
    return {
        "team_id": head.team_id,
        "name": head.name.strip(),
        "case_id": case_id,
        "case_number": number,
        "place": head.place.strip(),
        "lat_e7": draft.lat_e7,
        "lon_e7": draft.lon_e7,
        "starts_at": head.starts_at.isoformat(timespec="seconds"),
        "ends_at": None if head.ends_at is None else head.ends_at.isoformat(timespec="seconds"),
        "commander_id": head.commander_id,
        "plan": plan_text(draft.plan),
    }


def _case(connection: Connection, typed: str) -> tuple[str | None, str]:
    if not typed.strip():
        return None, ""
    try:
        number = str(parse(typed))
    except CaseNumberError:
        number = typed.strip()
    case = table("case").c
    found = connection.execute(select(case.id).where(case.number == number)).scalar()
    if found is None:
        raise UserError(f"本机没有案件“{typed.strip()}”。")
    return str(found), number


def _one(connection: Connection, operation_id: str) -> Operation:
    row = operation(connection, operation_id)
    if row is None:
        raise UserError("该行动已不存在。")
    return row


def _seen(connection: Connection, args: ActArgs) -> Operation:
    """The operation, if its words are still those that were looked at."""
    row = _one(connection, args.operation_id)
    if not row.whole:
        raise UserError("行动方案的内容与校验值不符，不予采信；请重新填写后送审。")
    if row.content_sha256 != args.seen:
        raise UserError("行动方案已有改动，请按最新内容重新办理。")
    return row


def _write(
    connection: Connection,
    row: Operation,
    args: ActArgs,
    *,
    tested: bool = False,
    test_id: str | None = None,
) -> None:
    standing: Standing = row.standing()
    post = post_at(connection, args.by.me, row.court_id)
    givers = stands_for(connection, args.by.me, row.court_id, args.by.at.date())
    _refuse(
        may(
            args.act,
            standing,
            person_id=args.by.me,
            post=post,
            maker_id=row.maker_id,
            commander_id=row.commander_id,
            tested=tested,
            stands_for=givers,
        )
    )
    body = args.body.strip()
    if args.act in ("approve", "return", "override") and post not in APPROVERS:
        # By whose power stands beside what was done.
        told = names(connection)
        power = f"受{'、'.join(sorted(told[key] for key in givers))}授权代行职务"
        body = f"{body}（{power}）" if body else power
    connection.execute(
        insert(table("operation_act")).values(
            id=new_id(),
            operation_id=row.id,
            team_id=row.team_id,
            act=args.act,
            person_id=args.by.me,
            at=stamp(args.by.at),
            content_sha256=row.content_sha256,
            test_id=test_id or args.test_id,
            body=body,
        )
    )


def _refuse(sentence: str) -> None:
    if sentence:
        raise UserError(sentence)


def _in_field(one: Group) -> bool:
    acts = {report.act for report in one.reports}
    return "join" in acts and "leave" not in acts and one.over_at is None


def _groups_of(connection: Connection, operation_id: str) -> list[Group]:
    return [one for one in watched(connection) if one.operation_id == operation_id]


def _no_alarm(connection: Connection, operation_id: str, by: By) -> None:
    limits = load_operation_law().on(by.at.date())
    held = [
        one.name for one in _groups_of(connection, operation_id) if one.watch(limits, by.at).held
    ]
    if held:
        raise UserError(f"{'、'.join(held)}尚有未确认的警报，确认之后方可出具报告。")


def _report(
    connection: Connection, one: Group, act: str, by: By, about: str = "", body: str = ""
) -> None:
    assert about.startswith(SILENT) or act != "alarm" or not about, "an alarm's key is its own"
    connection.execute(
        insert(table("checkin")).values(
            id=new_id(),
            operation_id=one.operation_id,
            group_id=one.id,
            team_id=one.team_id,
            act=act,
            person_id=by.me,
            at=stamp(by.at),
            about=about,
            body=body,
        )
    )
