"""Reads operations. Reader lanes; the writer lane before an act."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from desktop.command.equipment.self_test import last_for
from desktop.command.operations.means import named_in
from desktop.command.operations.records import (
    Board,
    Group,
    LogLine,
    Operation,
    OrderLine,
    Picture,
    PoliceLine,
    TestLine,
)
from desktop.contract.court_zone import court_time
from desktop.errors import UserError
from desktop.rules.checkins import Report
from desktop.rules.field_orders import OrderAct
from desktop.rules.operation_plan import Plan, read_plan
from desktop.rules.operations import APPROVERS, Act, fingerprint
from storage.schema import table

_operation, _act = table("operation"), table("operation_act")
_group, _checkin, _log = table("operation_group"), table("checkin"), table("run_log")
_person, _team, _court = table("person"), table("team"), table("court")
_commander, _maker = _person.alias("commander"), _person.alias("maker")


def operation(connection: Connection, operation_id: str) -> Operation | None:
    """One operation; None where it is not here."""
    found = _operations(connection, _operation.c.id == operation_id)
    return found[0] if found else None


def operations_in(connection: Connection, ids: Sequence[str]) -> tuple[Operation, ...]:
    """Those of these ids that are here."""
    return _operations(connection, _operation.c.id.in_(ids))


def operations(connection: Connection, _args: None = None) -> tuple[Operation, ...]:
    """All that this desk may see, the newest first."""
    return _operations(connection)


def tested(connection: Connection, one: Operation) -> bool:
    """Whether a start may rest on the operation's last self-test."""
    test = last_for(connection, one.id)
    return test is not None and (test.good or one.standing().overridden(test.test_id) is not None)


def board(connection: Connection, args: tuple[str, datetime]) -> Board | None:
    """Everything about one operation as of (id, now); None where it is not here."""
    operation_id, now = args
    found = operation(connection, operation_id)
    if found is None:
        return None
    tested = last_for(connection, operation_id)
    test = None
    if tested is not None:
        test = TestLine(tested.test_id, tested.at, tested.good, tested.words, tested.stale(now))
    return Board(
        found,
        _groups(connection, _group.c.operation_id == operation_id),
        log_lines(connection, operation_id),
        _orders(connection, operation_id),
        _pictures(connection, operation_id),
        _police(connection, operation_id),
        test,
        names(connection),
    )


@dataclass(frozen=True, slots=True)
class BoardArgs:
    """Which operation, at what moment, for whom."""

    operation_id: str
    now: datetime
    person_id: str | None


def board_for(connection: Connection, args: BoardArgs) -> Board | None:
    """As `board`, with the post of whoever looks at it and what is known of the plan's means."""
    found = board(connection, (args.operation_id, args.now))
    if found is None:
        return None
    found = replace(found, means=named_in(connection, found.operation.plan))
    if args.person_id is None:
        return found
    who, court = args.person_id, found.operation.court_id
    return replace(
        found,
        post=post_at(connection, who, court),
        stands_for=stands_for(connection, who, court, args.now.date()),
    )


def post_of(connection: Connection, person_id: str | None) -> str:
    """The key of somebody's post; empty for nobody."""
    found = connection.execute(select(_person.c.post).where(_person.c.id == person_id)).scalar()
    return str(found or "")


def watched(connection: Connection, _args: None = None) -> tuple[Group, ...]:
    """The groups that somebody must watch: those whose operation has no report yet."""
    reported = exists().where(_act.c.operation_id == _group.c.operation_id, _act.c.act == "report")
    return _groups(connection, ~reported)


def own_groups(connection: Connection, person_id: str | None) -> tuple[Group, ...]:
    """Groups in the field that somebody leads, or whose operation this desk does not see."""
    here = exists().where(_operation.c.id == _group.c.operation_id)
    left = exists().where(_checkin.c.group_id == _group.c.id, _checkin.c.act == "leave")
    return _groups(connection, ~left, or_(~here, _group.c.leader_id == person_id))


def group(connection: Connection, group_id: str) -> Group | None:
    """One group; None where it is not here."""
    found = _groups(connection, _group.c.id == group_id)
    return found[0] if found else None


def names(connection: Connection) -> dict[str, str]:
    """Everybody's name by id."""
    return {row.id: row.name for row in connection.execute(select(_person.c.id, _person.c.name))}


def log_lines(connection: Connection, operation_id: str) -> tuple[LogLine, ...]:
    """The run log in the order of time, each line with what corrects it."""
    rows = connection.execute(
        select(_log).where(_log.c.operation_id == operation_id).order_by(_log.c.at, _log.c.id)
    ).all()
    voided = {row.voids: row.id for row in rows if row.voids}
    return tuple(
        LogLine(
            row.id,
            court_time(row.at),
            row.person_id,
            row.kind,
            row.body,
            row.about,
            row.about_id,
            row.voids,
            voided.get(row.id),
        )
        for row in rows
    )


def _operations(connection: Connection, *where: Any) -> tuple[Operation, ...]:
    rows = connection.execute(
        select(
            _operation,
            _team.c.name.label("team"),
            _court.c.id.label("court_id"),
            _court.c.name.label("court"),
            _commander.c.name.label("commander"),
            _maker.c.name.label("maker"),
        )
        .select_from(
            _operation.join(_team, _team.c.id == _operation.c.team_id)
            .join(_court, _court.c.id == _team.c.court_id)
            .join(_commander, _commander.c.id == _operation.c.commander_id)
            .join(_maker, _maker.c.id == _operation.c.maker_id)
        )
        .where(*where)
        .order_by(_operation.c.starts_at.desc(), _operation.c.id)
    ).all()
    acts = acts_of(connection, [row.id for row in rows])
    return tuple(
        Operation(
            row.id,
            row.team_id,
            row.team,
            row.court_id,
            row.court,
            row.name,
            row.case_id,
            row.case_number,
            row.place,
            row.lat_e7,
            row.lon_e7,
            court_time(row.starts_at),
            court_time(row.ends_at) if row.ends_at else None,
            row.commander_id,
            row.commander,
            _plan(row.plan),
            row.content_sha256,
            fingerprint(row._asdict()) == row.content_sha256,
            row.maker_id,
            row.maker,
            court_time(row.made_at),
            acts.get(row.id, ()),
        )
        for row in rows
    )


def _plan(text: str) -> Plan | None:
    try:
        return read_plan(text)
    except UserError:
        return None


def acts_of(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[Act, ...]]:
    """The acts of those operations, by operation."""
    wanted = list(ids)
    found: dict[str, list[Act]] = defaultdict(list)
    # In parts: a statement has room for a limited number of values.
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(_act)
            .where(_act.c.operation_id.in_(wanted[start : start + 500]))
            .order_by(_act.c.at, _act.c.id)
        )
        for row in rows:
            found[row.operation_id].append(
                Act(
                    row.id,
                    row.act,
                    row.person_id,
                    court_time(row.at),
                    row.content_sha256,
                    row.test_id,
                    row.body,
                )
            )
    return {key: tuple(acts) for key, acts in found.items()}


def _groups(connection: Connection, *where: Any) -> tuple[Group, ...]:
    rows = connection.execute(
        select(_group, _team.c.name.label("team"), _person.c.name.label("leader"))
        .select_from(
            _group.join(_team, _team.c.id == _group.c.team_id).outerjoin(
                _person, _person.c.id == _group.c.leader_id
            )
        )
        .where(*where)
        .order_by(_group.c.operation_id, _group.c.id)
    ).all()
    reports: dict[str, list[Report]] = defaultdict(list)
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        found = connection.execute(
            select(_checkin, _person.c.name)
            .join(_person, _person.c.id == _checkin.c.person_id)
            .where(_checkin.c.group_id.in_(ids[start : start + 500]))
            .order_by(_checkin.c.at, _checkin.c.id)
        )
        for one in found:
            reports[one.group_id].append(
                Report(one.id, one.act, court_time(one.at), one.name, one.about, one.body)
            )
    over = _over(connection, {row.operation_id for row in rows})
    return tuple(
        Group(
            row.id,
            row.operation_id,
            row.operation_name,
            row.team_id,
            row.team,
            row.name,
            row.leader_id,
            row.leader or "",
            row.unit_id,
            row.task,
            row.checkin_s,
            tuple(reports[row.id]),
            over.get(row.operation_id),
        )
        for row in rows
    )


def _over(connection: Connection, ids: set[str]) -> dict[str, datetime]:
    """When those of these operations that are finished were."""
    found = connection.execute(
        select(_act.c.operation_id, _act.c.at)
        .where(_act.c.act == "finish", _act.c.operation_id.in_(sorted(ids)))
        .order_by(_act.c.at.desc(), _act.c.id.desc())
    )
    return {row.operation_id: court_time(row.at) for row in found}


def _orders(connection: Connection, operation_id: str) -> tuple[OrderLine, ...]:
    order, act = table("field_order"), table("field_order_act")
    to, issuer = _person.alias("receiver"), _person.alias("issuer")
    rows = connection.execute(
        select(
            order,
            _team.c.name.label("team"),
            to.c.name.label("receiver"),
            issuer.c.name.label("issuer"),
        )
        .select_from(
            order.join(_team, _team.c.id == order.c.team_id)
            .outerjoin(to, to.c.id == order.c.person_id)
            .join(issuer, issuer.c.id == order.c.issuer_id)
        )
        .where(order.c.operation_id == operation_id)
        .order_by(order.c.made_at, order.c.id)
    ).all()
    acts: dict[str, list[OrderAct]] = defaultdict(list)
    for one in connection.execute(
        select(act)
        .join(order, order.c.id == act.c.order_id)
        .where(order.c.operation_id == operation_id)
        .order_by(act.c.at, act.c.id)
    ):
        at = court_time(one.at)
        acts[one.order_id].append(
            OrderAct(one.id, one.act, at, one.person_id, at, one.rung, one.body)
        )
    return tuple(
        OrderLine(
            row.id,
            row.title,
            row.body,
            row.place,
            row.team,
            row.receiver or "",
            row.due_at,
            court_time(row.made_at),
            row.issuer,
            tuple(acts[row.id]),
        )
        for row in rows
    )


def _pictures(connection: Connection, operation_id: str) -> tuple[Picture, ...]:
    shot = table("snapshot")
    rows = connection.execute(
        select(shot.c.id, shot.c.at, shot.c.feed_name, shot.c.sha256, shot.c.note, _person.c.name)
        .join(_person, _person.c.id == shot.c.person_id)
        .where(shot.c.operation_id == operation_id)
        .order_by(shot.c.at, shot.c.id)
    )
    return tuple(
        Picture(row.id, court_time(row.at), row.feed_name, row.name, row.sha256, row.note)
        for row in rows
    )


def _police(connection: Connection, operation_id: str) -> tuple[PoliceLine, ...]:
    request, act = table("police_request"), table("police_act")
    rows = connection.execute(
        select(request)
        .where(request.c.operation_id == operation_id)
        .order_by(request.c.made_at, request.c.id)
    ).all()
    acts: dict[str, list[tuple[str, datetime, int | None]]] = defaultdict(list)
    for one in connection.execute(
        select(act)
        .join(request, request.c.id == act.c.request_id)
        .where(request.c.operation_id == operation_id)
        .order_by(act.c.at, act.c.id)
    ):
        acts[one.request_id].append((one.act, court_time(one.at), one.officers))
    return tuple(
        PoliceLine(
            row.id,
            row.reason,
            row.place,
            row.needed_from,
            row.needed_to,
            row.officers,
            row.arms,
            tuple(acts[row.id]),
        )
        for row in rows
    )


def staff(connection: Connection, _args: None = None) -> tuple[tuple[str, str, str], ...]:
    """(id, name with court, court's id) of everybody at work."""
    rows = connection.execute(
        select(_person.c.id, _person.c.name, _court.c.short_name, _court.c.id.label("court_id"))
        .join(_court, _court.c.id == _person.c.court_id)
        .where(_person.c.left_on.is_(None))
        .order_by(_court.c.code, _person.c.name, _person.c.id)
    )
    return tuple((row.id, f"{row.name}　{row.short_name}", row.court_id) for row in rows)


def teams(connection: Connection, _args: None = None) -> tuple[tuple[str, str], ...]:
    """(id, name with court) of every team."""
    rows = connection.execute(
        select(_team.c.id, _team.c.name, _court.c.short_name)
        .join(_court, _court.c.id == _team.c.court_id)
        .order_by(_court.c.code, _team.c.number)
    )
    return tuple((row.id, f"{row.short_name}　{row.name}") for row in rows)


def post_at(connection: Connection, person_id: str, court_id: str) -> str:
    """The post of somebody in that court; empty where he has none there."""
    found = connection.execute(
        select(_person.c.post).where(
            and_(_person.c.id == person_id, _person.c.court_id == court_id),
            or_(_person.c.left_on.is_(None)),
        )
    ).scalar()
    return str(found or "")


def stands_for(connection: Connection, person_id: str, court_id: str, day: date) -> frozenset[str]:
    """The approvers of that court whose post somebody has by a delegation on that day."""
    power, giver, to = table("delegation").c, _person.alias("giver"), _person.alias("to")
    on = day.isoformat()
    found = connection.execute(
        select(power.from_id)
        .join(giver, and_(giver.c.id == power.from_id, giver.c.court_id == court_id))
        .join(to, and_(to.c.id == power.to_id, to.c.court_id == court_id))
        .where(
            power.to_id == person_id,
            power.agreed_by.is_not(None),
            # One that is for some documents is not for plans.
            power.documents == "",
            or_(power.state == "agreed", and_(power.state == "ended", power.ended_on > on)),
            giver.c.post == power.post,
            power.post.in_([post.value for post in APPROVERS]),
            or_(giver.c.left_on.is_(None), giver.c.left_on > on),
            power.from_on <= on,
            power.to_on >= on,
        )
    )
    return frozenset(found.scalars())
