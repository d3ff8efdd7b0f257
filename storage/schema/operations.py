"""Orders in the field, operations and their log, check-ins, and police asked of the corps.

What was done is a row of its own and final; how an order or an operation stands is read from its
acts. Rows go by the team that they are for (`info["scope_by"]`): an order to a team that has not
the case must still reach it, so nothing here hangs on a row that a team may not see.
"""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text

from storage.schema.base import moment_ms, synced

ORDER_ACTS: Final = (
    *("send", "deliver", "acknowledge", "depart", "arrive", "finish", "refuse"),
    *("cancel", "escalate", "note"),
)
RECEIVERS_ACTS: Final = ("deliver", "acknowledge", "depart", "arrive", "finish", "refuse")
OPERATION_ACTS: Final = (
    *("submit", "approve", "return", "override", "start", "finish", "cancel", "report"),
)
CHECKIN_ACTS: Final = ("join", "ok", "alarm", "acknowledge", "leave")
POLICE_ACTS: Final = ("submit", "return", "send", "answer", "arrive", "leave", "refuse", "cancel")
CHIEFS: Final = ("bureau_chief",)
PLAN_APPROVERS: Final = ("bureau_chief", "vice_president", "president")
STARTERS: Final = ("operator", *PLAN_APPROVERS)


def _any(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


def _team(*, needed: bool = True) -> "Column[str]":
    return Column("team_id", String(36), ForeignKey("team.id"), nullable=not needed, index=True)


# What the fingerprint of a plan goes over, in this order.
PLAN_WORDS: Final = (
    *("team_id", "name", "case_id", "case_number", "place", "lat_e7", "lon_e7"),
    *("starts_at", "ends_at", "commander_id", "plan"),
)


def plan_sql(side: str) -> str:
    """SQL of the text that is hashed: each value with its length before it, so that no two plans
    read the same. SQLite and PostgreSQL give the same text."""
    values = [f'cast({side}."{name}" as text)' for name in PLAN_WORDS]
    return " || ',' || ".join(f"coalesce(length({v}) || ':' || {v}, '-')" for v in values)


def _place() -> list["Column[int]"]:
    """Ten-millionths of a degree, WGS-84; null where nobody said where."""
    return [Column("lat_e7", Integer), Column("lon_e7", Integer)]


# 指令: who (`team_id`, `person_id`), what, where, by when, about which case. A draft is an order
# without a `send`; from then on its words stand.
field_order = synced(
    "field_order",
    65,
    "state",
    _team(),
    _person("person_id"),
    Column("template", String, nullable=False, server_default=""),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    *_place(),
    Column("due_at", String),
    Column("case_id", String(36), index=True),
    Column("case_number", String, nullable=False, server_default=""),
    Column("operation_id", String(36), index=True),
    _person("issuer_id", needed=True),
    Column("made_at", String, nullable=False, index=True),
    CheckConstraint("length(trim(title)) > 0", name="title"),
    CheckConstraint("(lat_e7 is null) = (lon_e7 is null)", name="place"),
)
field_order.info["scope_by"] = "team_id"
_WORDS: Final = (
    *("team_id", "person_id", "title", "body", "place", "lat_e7", "lon_e7", "due_at"),
    *("case_id", "case_number", "operation_id", "issuer_id", "made_at"),
)
field_order.info["refusals"] = {
    "sent_words": (
        ("update",),
        "exists (select 1 from field_order_act a where a.order_id = new.id and a.act = 'send')"
        " and (" + " or ".join(f"new.{name} is not old.{name}" for name in _WORDS) + ")",
        "指令已发出，内容不得再改；请撤销后另发。",
    ),
}

# What happened to an order. `at`: when it happened, by the clock of whoever did it; `rung`: of an
# escalation; `code`: the receipt of the device's chain.
field_order_act = synced(
    "field_order_act",
    66,
    "fact",
    Column("order_id", String(36), ForeignKey("field_order.id"), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("device", String, nullable=False, server_default=""),
    Column("rung", Integer),
    Column("body", Text, nullable=False, server_default=""),
    *_place(),
    Column("code", String, nullable=False, server_default=""),
    CheckConstraint(f"act in ({_any(ORDER_ACTS)})", name="act"),
    CheckConstraint("act <> 'refuse' or length(trim(body)) > 0", name="reason"),
    CheckConstraint("(act = 'escalate') = (rung is not null)", name="rung"),
)
field_order_act.info["scope_by"] = "team_id"
_THE_ORDER: Final = "select 1 from field_order o where o.id = new.order_id"
field_order_act.info["refusals"] = {
    "team": (
        ("insert",),
        f"not exists ({_THE_ORDER} and o.team_id = new.team_id)",
        "该记录与指令不属同一团队。",
    ),
    "issuer": (
        ("insert",),
        f"new.act = 'send' and not exists ({_THE_ORDER} and o.issuer_id = new.person_id)",
        "指令只能由拟稿的指挥人员本人发出。",
    ),
    "canceller": (
        ("insert",),
        f"new.act = 'cancel' and not exists ({_THE_ORDER} and o.issuer_id = new.person_id)"
        " and not exists (select 1 from field_order o join team t on t.id = o.team_id"
        " join person p on p.court_id = t.court_id where o.id = new.order_id"
        f" and p.id = new.person_id and p.post in ({_any(CHIEFS)}))",
        "指令只能由下达人本人或者本院执行局局长撤销。",
    ),
    "unsent": (
        ("insert",),
        f"new.act in ({_any(RECEIVERS_ACTS)}) and not exists (select 1 from field_order_act a"
        " where a.order_id = new.order_id and a.act = 'send')",
        "指令尚未发出，不能回报。",
    ),
    # Whoever reports stands in the team on that day, or is the person who was named.
    "receiver": (
        ("insert",),
        f"new.act in ({_any(RECEIVERS_ACTS)}) and not exists ({_THE_ORDER}"
        " and (o.person_id = new.person_id"
        # By telephone: whoever gave the order writes down what he was told, never that it came.
        " or (new.act <> 'deliver' and o.issuer_id = new.person_id and length(trim(new.body)) > 0)"
        " or exists (select 1 from membership m"
        " where m.team_id = o.team_id and m.person_id = new.person_id"
        " and m.from_on <= substr(new.at, 1, 10)"
        " and (m.to_on is null or m.to_on >= substr(new.at, 1, 10)))))",
        "只有接受指令的团队成员才能回报该指令。",
    ),
}

# 重大强制执行活动: `plan` is JSON (people, risk, police, route, 应急预案, vehicles, equipment) and
# `content_sha256` the fingerprint of all its words; an approval counts for these and no others.
operation = synced(
    "operation",
    67,
    "state",
    _team(),
    Column("name", String, nullable=False),
    Column("case_id", String(36), index=True),
    Column("case_number", String, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    *_place(),
    Column("starts_at", String, nullable=False, index=True),
    Column("ends_at", String),
    _person("commander_id", needed=True),
    Column("plan", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    _person("maker_id", needed=True),
    Column("made_at", String, nullable=False),
    CheckConstraint("length(trim(name)) > 0", name="name"),
    CheckConstraint("ends_at is null or ends_at >= starts_at", name="times"),
)
operation.info["scope_by"] = "team_id"

operation_act = synced(
    "operation_act",
    68,
    "fact",
    Column("operation_id", String(36), ForeignKey("operation.id"), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("test_id", String(36)),  # the self-test that a start rests on, or an override sets aside
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(f"act in ({_any(OPERATION_ACTS)})", name="act"),
    CheckConstraint(
        "act not in ('return', 'override', 'cancel') or length(trim(body)) > 0", name="reason"
    ),
)
operation_act.info["scope_by"] = "team_id"
_THE_OPERATION: Final = "select 1 from operation o where o.id = new.operation_id"
_SINCE_RETURN: Final = (
    " and not exists (select 1 from operation_act r where r.operation_id = a.operation_id"
    " and r.act = 'return' and (r.at > a.at or (r.at = a.at and r.id > a.id)))"
)
_OF_ITS_COURT: Final = (
    "exists (select 1 from operation o join team t on t.id = o.team_id join person p"
    " on p.court_id = t.court_id where o.id = new.operation_id and p.id = new.person_id"
    " and p.post in ({posts}))"
)
_ITS_CHIEF: Final = _OF_ITS_COURT.format(posts=_any(PLAN_APPROVERS))
_ON_DAY: Final = "substr(new.at, 1, 10)"
# Whoever stands in for one of them on the day, by a delegation that is not for some documents only.
_POWER: Final = (
    "exists (select 1 from operation o join team t on t.id = o.team_id"
    " join delegation g on g.to_id = new.person_id"
    " join person f on f.id = g.from_id and f.court_id = t.court_id"
    " join person p on p.id = g.to_id and p.court_id = t.court_id"
    " where o.id = new.operation_id and g.agreed_by is not null and g.documents = ''"
    f" and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > {_ON_DAY}))"
    f" and f.post = g.post and g.post in ({_any(PLAN_APPROVERS)})"
    f" and (f.left_on is null or f.left_on > {_ON_DAY})"
    f" and g.from_on <= {_ON_DAY} and g.to_on >= {_ON_DAY}"
)
# He approves not where the giver himself drew the plan up or submitted it.
_STANDS_IN: Final = (
    f"{_POWER} and (new.act = 'return' or (g.from_id <> o.maker_id and not exists (select 1"
    " from operation_act s where s.operation_id = o.id and s.act = 'submit'"
    " and s.person_id = g.from_id))))"
)
operation_act.info["in_turn"] = ("operation_id", "operation")
operation_act.info["refusals"] = {
    "team": (
        ("insert",),
        f"not exists ({_THE_OPERATION} and o.team_id = new.team_id)",
        "该记录与行动不属同一团队。",
    ),
    "same_words": (
        ("insert",),
        "new.act in ('submit', 'approve', 'start') and not exists"
        f" ({_THE_OPERATION} and o.content_sha256 = new.content_sha256)",
        "行动方案已有改动，请按最新内容重新办理。",
    ),
    "own": (
        ("insert",),
        f"new.act in ('approve', 'override') and (exists ({_THE_OPERATION}"
        " and o.maker_id = new.person_id) or exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act = 'submit'"
        " and a.person_id = new.person_id))",
        "拟制人、送审人不得批准自己的行动方案。",
    ),
    "submitted": (
        ("insert",),
        "new.act = 'approve' and not exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act = 'submit' and a.at <= new.at"
        f" and a.content_sha256 = new.content_sha256{_SINCE_RETURN})",
        "行动方案尚未送审，不得批准。",
    ),
    "chief": (
        ("insert",),
        f"new.act in ('approve', 'return', 'override') and not {_ITS_CHIEF} and not {_STANDS_IN}",
        "行动方案须由本院执行局局长、院领导或者受其授权代行职务的人批准。",
    ),
    "approved": (
        ("insert",),
        "new.act = 'start' and not exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act = 'approve' and a.at <= new.at"
        f" and a.content_sha256 = new.content_sha256{_SINCE_RETURN})",
        "行动方案未经批准，不得开始行动。",
    ),
    "leader": (
        ("insert",),
        f"new.act in ('start', 'finish', 'cancel') and not exists ({_THE_OPERATION}"
        " and (o.commander_id = new.person_id"
        " or (new.act = 'cancel' and o.maker_id = new.person_id)))"
        f" and not {_OF_ITS_COURT.format(posts=_any(STARTERS))} and not {_POWER})",
        "行动由现场指挥、本院指挥中心值班员、执行局局长、院领导或者受其授权代行职务的人开始、结束、取消；"
        "拟制人可以取消。",
    ),
    # A start rests on a self-test of this operation that passed, or that a chief set aside.
    "tested": (
        ("insert",),
        "new.act = 'start' and not exists (select 1 from self_test s where s.id = new.test_id"
        " and s.operation_id = new.operation_id and (s.passed = 1 or exists (select 1"
        " from operation_act v where v.operation_id = new.operation_id and v.act = 'override'"
        " and v.test_id = s.id and v.at <= new.at)))",
        "设备自检未通过，须由局长签字同意后方可开始行动。",
    ),
    "set_aside": (
        ("insert",),
        "new.act = 'override' and not exists (select 1 from self_test s where s.id = new.test_id"
        " and s.operation_id = new.operation_id and s.passed = 0)",
        "只能就本次行动未通过的设备自检签字放行。",
    ),
    "course": (
        ("insert",),
        "(new.act = 'finish' and not exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act = 'start'))"
        " or (new.act = 'report' and not exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act = 'finish'))"
        " or (new.act not in ('finish', 'report') and exists (select 1 from operation_act a"
        " where a.operation_id = new.operation_id and a.act in ('start', 'cancel')))",
        "行动尚未开始、尚未结束，或者已经开始、取消。",
    ),
}
operation.info["refusals"] = {
    # An approval counts for a fingerprint; a wrong one would let it count for other words.
    "fingerprint": (
        ("insert", "update"),
        f"not new.content_sha256 = sha256_hex({plan_sql('new')})",
        "行动方案的校验值与内容不符。",
    ),
    "begun": (
        ("update",),
        "new.content_sha256 is not old.content_sha256 and exists (select 1 from operation_act a"
        " where a.operation_id = new.id and a.act in ('start', 'cancel'))",
        "行动已经开始或者取消，方案不得再改。",
    ),
    "whose": (
        ("update",),
        "new.team_id is not old.team_id or new.maker_id is not old.maker_id",
        "行动方案的团队和拟制人不得更改，请另拟一件。",
    ),
}

# One row for each group in the field, with its team: what it does and how often it must report.
operation_group = synced(
    "operation_group",
    69,
    "state",
    Column("operation_id", String(36), nullable=False, index=True),
    Column("operation_name", String, nullable=False),
    _team(),
    Column("name", String, nullable=False),
    _person("leader_id"),
    Column("unit_id", String(36)),
    Column("task", Text, nullable=False, server_default=""),
    Column("checkin_s", Integer, nullable=False, server_default="1800"),
    CheckConstraint("checkin_s between 60 and 86400", name="checkin"),
)
operation_group.info["scope_by"] = "team_id"
operation_group.info["refusals"] = {
    "interval": (
        ("update",),
        "(new.checkin_s is not old.checkin_s or new.team_id is not old.team_id"
        " or new.operation_id is not old.operation_id) and exists (select 1 from checkin c"
        " where c.group_id = new.id)",
        "小组已经出发，报平安间隔不得再改；请撤收后另编一组。",
    ),
}

# 报平安: a group is watched from `join` to `leave`. `acknowledge` ends an alarm of it, and nothing
# else does; `about` is the key of the alarm, which an `alarm` that a desk noticed bears, too.
checkin = synced(
    "checkin",
    70,
    "fact",
    Column("operation_id", String(36), nullable=False, index=True),
    Column("group_id", String(36), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    *_place(),
    Column("about", String, nullable=False, server_default=""),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(f"act in ({_any(CHECKIN_ACTS)})", name="act"),
    CheckConstraint("act <> 'acknowledge' or length(about) > 0", name="about"),
)
checkin.info["scope_by"] = "team_id"
_THE_GROUP: Final = "select 1 from operation_group g where g.id = new.group_id"
checkin.info["refusals"] = {
    "group": (
        ("insert",),
        f"not exists ({_THE_GROUP} and g.team_id = new.team_id"
        " and g.operation_id = new.operation_id)",
        "该记录与行动小组不属同一团队、同一行动。",
    ),
    "own": (
        ("insert",),
        f"new.act = 'acknowledge' and exists ({_THE_GROUP} and g.leader_id = new.person_id)",
        "组长不得确认本组的警报，应由指挥人员确认。",
    ),
    # The key of a silence bears its beginning: one that is not over yet raises no alarm to end.
    "early": (
        ("insert",),
        "new.act = 'acknowledge' and case when new.about like 'silent:%' then exists"
        f" ({_THE_GROUP} and cast(substr(new.about, 8) as bigint) + g.checkin_s * 1000"
        f" > {moment_ms('new.at')}) else 1 = 0 end",
        "该警报尚未发生，不能预先确认。",
    ),
}

# 行动记事: only ever added to. `about` with `about_id` names an order, a picture, a case.
run_log = synced(
    "run_log",
    71,
    "fact",
    Column("operation_id", String(36), nullable=False, index=True),
    _team(),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("about", String, nullable=False, server_default=""),
    Column("about_id", String(36)),
    Column("voids", String(36)),  # the line that this one corrects
    CheckConstraint("kind in ('message', 'event', 'decision', 'result', 'picture')", name="kind"),
    CheckConstraint("length(trim(body)) > 0", name="body"),
)
run_log.info["scope_by"] = "team_id"
Index("ix_run_log_at", run_log.c.at)
run_log.info["refusals"] = {
    "corrects": (
        ("insert",),
        "new.voids is not null and exists (select 1 from run_log n where n.id = new.voids"
        " and (n.person_id <> new.person_id or n.operation_id <> new.operation_id))",
        "只能更正本人在同一行动中所记的事项。",
    ),
}

# 调用警力: of whom the corps is asked; only the bureau chief sends it (洛中法〔2017〕57号).
police_request = synced(
    "police_request",
    72,
    "state",
    _team(),
    Column("operation_id", String(36), index=True),
    Column("case_id", String(36), index=True),
    Column("case_number", String, nullable=False, server_default=""),
    Column("reason", Text, nullable=False),
    Column("place", String, nullable=False),
    Column("needed_from", String, nullable=False),
    Column("needed_to", String, nullable=False),
    Column("officers", Integer, nullable=False),
    Column("arms", String, nullable=False, server_default=""),
    Column("vehicles", Integer, nullable=False, server_default="0"),
    _person("maker_id", needed=True),
    Column("made_at", String, nullable=False),
    CheckConstraint("officers > 0 and vehicles >= 0", name="numbers"),
    CheckConstraint("needed_to > needed_from", name="times"),
    CheckConstraint("length(trim(reason)) > 0", name="reason"),
)
police_request.info["scope_by"] = "team_id"
_ASKED: Final = (
    *("team_id", "operation_id", "case_id", "reason", "place", "needed_from", "needed_to"),
    *("officers", "arms", "vehicles", "maker_id", "made_at"),
)
police_request.info["refusals"] = {
    "sent_words": (
        ("update",),
        "exists (select 1 from police_act a where a.request_id = new.id and a.act = 'send')"
        " and (" + " or ".join(f"new.{name} is not old.{name}" for name in _ASKED) + ")",
        "用警申请已发往法警支队，内容不得再改。",
    ),
}

police_act = synced(
    "police_act",
    73,
    "fact",
    Column("request_id", String(36), ForeignKey("police_request.id"), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("officers", Integer),
    Column("arms", String, nullable=False, server_default=""),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(f"act in ({_any(POLICE_ACTS)})", name="act"),
    CheckConstraint("officers is null or officers >= 0", name="officers"),
    CheckConstraint(
        "act not in ('return', 'refuse', 'cancel') or length(trim(body)) > 0", name="reason"
    ),
)
police_act.info["scope_by"] = "team_id"
police_act.info["in_turn"] = ("request_id", "police_request")
police_act.info["refusals"] = {
    "team": (
        ("insert",),
        "not exists (select 1 from police_request r where r.id = new.request_id"
        " and r.team_id = new.team_id)",
        "该记录与用警申请不属同一团队。",
    ),
    "chief": (
        ("insert",),
        "new.act in ('send', 'return') and not exists (select 1 from police_request r"
        " join team t on t.id = r.team_id join person p on p.court_id = t.court_id"
        f" where r.id = new.request_id and p.id = new.person_id and p.post in ({_any(CHIEFS)}))",
        "调用外部警力只能由本院执行局局长协调法警支队（洛中法〔2017〕57号）。",
    ),
    "unsent": (
        ("insert",),
        "new.act in ('answer', 'arrive', 'leave', 'refuse') and not exists (select 1"
        " from police_act a where a.request_id = new.request_id and a.act = 'send')",
        "用警申请尚未发往法警支队。",
    ),
}
