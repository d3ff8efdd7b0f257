"""Taken down on the spot: seizures with two officers, receipts of a device, what was done on a
decision that takes money or freedom, and kin cases."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from storage.schema.base import moment_ms, synced
from storage.schema.documents import DELEGATED, NOTED, OF_THE_COURT, WITHDRAW_MS

MEASURE_ACTS: Final = (
    *("approve", "execute", "notify_family", "hand_over", "release", "finish", "pay"),
    *("serve", "ask_review", "decide_review", "lapse", "withdraw"),
)


def _any(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


def _case() -> "Column[str]":
    return Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True)


# 查封、扣押 on the spot. Until `signed_at` it is a draft; then its words, and those of its items,
# stand. `code` is the receipt of the device's chain that is printed on the paper.
seizure = synced(
    "seizure",
    84,
    "state",
    _case(),
    Column("kind", String, nullable=False),  # seal | seize
    Column("place", String, nullable=False, server_default=""),
    Column("lat_e7", Integer),
    Column("lon_e7", Integer),
    Column("accuracy_dm", Integer),
    Column("no_fix", String, nullable=False, server_default=""),  # why there is no position
    Column("began_at", String, nullable=False),
    Column("ended_at", String),
    _person("officer_id", needed=True),
    _person("second_id"),
    Column("subject", String, nullable=False, server_default=""),  # 被执行人
    Column("present", String, nullable=False, server_default=""),  # who was there, witnesses
    Column("keeper", String, nullable=False, server_default=""),
    Column("document_no", String, nullable=False, server_default=""),
    Column("transcript", Text, nullable=False, server_default=""),  # 笔录
    Column("photos_needed", Integer, nullable=False, server_default="1"),
    Column("signed_at", String),
    Column("content_sha256", String(64)),
    Column("code", String, nullable=False, server_default=""),
    CheckConstraint("kind in ('seal', 'seize')", name="kind"),
    CheckConstraint("second_id is null or second_id <> officer_id", name="two_officers"),
    CheckConstraint("(signed_at is null) = (content_sha256 is null)", name="signed"),
    CheckConstraint("ended_at is null or ended_at >= began_at", name="times"),
)
_FORM: Final = (
    *("case_id", "kind", "place", "lat_e7", "lon_e7", "accuracy_dm", "no_fix", "began_at"),
    *("ended_at", "officer_id", "second_id", "subject", "present", "keeper", "document_no"),
    *("transcript", "photos_needed", "signed_at", "content_sha256", "code"),
)
seizure.info["refusals"] = {
    "two_officers": (
        ("insert", "update"),
        "new.signed_at is not null and (new.second_id is null or new.place = ''"
        " or new.ended_at is null or new.code = '')",
        "查封、扣押须有两名执行人员在场，并记明地点和时间，方可签名。",
    ),
    "items": (
        ("update",),
        "new.signed_at is not null and old.signed_at is null and (not exists (select 1"
        " from seizure_item i where i.seizure_id = new.id and i.dropped = 0) or (select count(*)"
        " from seizure_photo p where p.seizure_id = new.id) < new.photos_needed)",
        "清单须至少有一项财产，照片须齐，方可签名。",
    ),
    "receipt": (
        ("update",),
        "new.signed_at is not null and old.signed_at is null and not exists (select 1"
        " from receipt_link r where r.about = 'seizure' and r.about_id = new.id"
        " and r.code = new.code and r.content_sha256 = new.content_sha256)",
        "签名须同时写入本机的回执链，回执码和内容校验值须与该环一致。",
    ),
    "born_signed": (
        ("insert",),
        "new.signed_at is not null",
        "清单须先填写，后签名。",
    ),
    "signed": (
        ("update",),
        "old.signed_at is not null and ("
        + " or ".join(f"new.{name} is not old.{name}" for name in _FORM)
        + ")",
        "清单已经签名，内容不得再改；请另作更正。",
    ),
}
_SIGNED: Final = (
    "exists (select 1 from seizure s where s.id = new.seizure_id and s.signed_at is not null)"
)

# A thing on the list: claimed by whoever took it down, verified by somebody else.
seizure_item = synced(
    "seizure_item",
    85,
    "state",
    Column("seizure_id", String(36), ForeignKey("seizure.id"), nullable=False, index=True),
    Column("n", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),  # movable | vehicle | realty | cash | other
    Column("quantity", String, nullable=False, server_default="1"),
    Column("mark", String, nullable=False, server_default=""),  # plate, number, title
    Column("condition", Text, nullable=False, server_default=""),
    Column("value_fen", BigInteger),
    Column("owner", String, nullable=False, server_default=""),
    # Why it is the debtor's although the case knows nothing of it.
    Column("basis", Text, nullable=False, server_default=""),
    Column("dropped", Boolean, nullable=False, server_default="0"),  # taken off before signing
    Column("measure_id", String(36)),  # the control measure of the case that it became
    Column("status", String, nullable=False, server_default="claimed"),
    _person("verified_by"),
    Column("verified_at", String),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("seizure_id", "n"),
    CheckConstraint("status in ('claimed', 'verified', 'denied')", name="status"),
    CheckConstraint("(status = 'claimed') = (verified_by is null)", name="verified"),
    CheckConstraint("status <> 'denied' or length(trim(note)) > 0", name="denied"),
    CheckConstraint("length(trim(name)) > 0", name="name"),
)
_ITEM: Final = (
    *("seizure_id", "n", "name", "kind", "quantity", "mark", "condition", "value_fen", "owner"),
    *("basis", "dropped"),
)
seizure_item.info["refusals"] = {
    "signed": (
        ("update",),
        f"{_SIGNED} and (" + " or ".join(f"new.{name} is not old.{name}" for name in _ITEM) + ")",
        "清单已经签名，内容不得再改；请另作更正。",
    ),
    "late": (("insert",), _SIGNED, "清单已经签名，不得再加项目；请另作一份。"),
    "own": (
        ("insert", "update"),
        "new.verified_by is not null and exists (select 1 from seizure s"
        " where s.id = new.seizure_id and new.verified_by in (s.officer_id, s.second_id))",
        "查封人员不得核实自己所登记的财产。",
    ),
    "early": (
        ("insert", "update"),
        f"new.verified_by is not null and not {_SIGNED}",
        "清单尚未签名，不得核实。",
    ),
    "final": (
        ("update",),
        "old.verified_by is not null and (new.status is not old.status"
        " or new.verified_by is not old.verified_by)",
        "该项财产已经核实；情况有变的，请另作记录。",
    ),
}

seizure_photo = synced(
    "seizure_photo",
    86,
    "fact",
    Column("seizure_id", String(36), ForeignKey("seizure.id"), nullable=False, index=True),
    Column("attachment_id", String(36), nullable=False),
    Column("item_n", Integer),
    Column("taken_at", String, nullable=False),
    Column("lat_e7", Integer),
    Column("lon_e7", Integer),
    Column("sha256", String(64), nullable=False),
    _person("person_id", needed=True),
)
seizure_photo.info["refusals"] = {
    "late": (("insert",), _SIGNED, "清单已经签名，照片请另附。"),
    "kept": (
        ("insert",),
        "not exists (select 1 from attachment a where a.id = new.attachment_id"
        " and a.sha256 = new.sha256)",
        "照片须先存为案件附件，校验值须一致。",
    ),
}

# X09: one link of a device's chain. `head`: the last head of the shared database that the device
# knew, which bounds the link from below where the device's clock was set back.
receipt_link = synced(
    "receipt_link",
    87,
    "fact",
    Column("device", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False),
    Column("about_id", String(36), nullable=False, index=True),
    Column("content_sha256", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("link_sha256", String(64), nullable=False, unique=True),
    Column("at", String, nullable=False),
    Column("head", String, nullable=False, server_default=""),
    Column("code", String, nullable=False, index=True),
    _person("person_id", needed=True),
    UniqueConstraint("device", "n"),
    CheckConstraint("n > 0", name="n"),
)
receipt_link.info["scope_by"] = "sender"
receipt_link.info["refusals"] = {
    "chain": (
        ("insert",),
        "exists (select 1 from receipt_link b where b.device = new.device"
        " and b.n = new.n - 1 and b.link_sha256 <> new.previous)"
        " or exists (select 1 from receipt_link a where a.device = new.device"
        " and a.n = new.n + 1 and a.previous <> new.link_sha256)",
        "回执与前后各环不相衔接，不得写入。",
    ),
}

# What was done on a decision, and what the law asks for afterwards. `violation`: done although no
# approval was older; the truth is kept, and shown to whoever supervises. `pages_sha256`: the very
# pages that whoever approved had before his eyes.
measure_act = synced(
    "measure_act",
    88,
    "fact",
    Column("document_id", String(36), ForeignKey("document.id"), nullable=False, index=True),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("device", String, nullable=False, server_default=""),
    Column("violation", Boolean, nullable=False, server_default="0"),
    Column("body", Text, nullable=False, server_default=""),
    Column("pages_sha256", String(64)),
    CheckConstraint(f"act in ({_any(MEASURE_ACTS)})", name="act"),
    CheckConstraint(
        "(violation = 0 and act not in ('release', 'withdraw')) or length(trim(body)) > 0",
        name="reason",
    ),
    CheckConstraint("(act = 'approve') = (pages_sha256 is not null)", name="pages"),
)
# As it stood when the act was done: what was sent back or changed later was approved until then.
_PASSED: Final = (
    f"exists (select 1 from {OF_THE_COURT} where a.document_id = new.document_id"
    " and a.act = 'pass' and a.stage = 'approve' and a.at <= new.at"
    " and p.court_id = coalesce(c.court_id, m.court_id)"
    f" and (p.post = 'president' or {DELEGATED})"
    " and not exists (select 1 from document_act r where r.document_id = a.document_id"
    " and r.act = 'return' and (r.at > a.at or (r.at = a.at and r.id > a.id)) and r.at <= new.at)"
    " and not exists (select 1 from document_version v where v.document_id = a.document_id"
    " and v.content_sha256 <> a.content_sha256 and v.at > a.at and v.at <= new.at)"
)
_APPROVED: Final = f"{_PASSED}{NOTED}"
_HIS: Final = f"{_PASSED} and a.person_id = new.person_id"
_DAY: Final = "substr(new.at, 1, 10)"
# The president of the case's court, or whoever has his power on the day.
_HEAD: Final = (
    "exists (select 1 from document w join person p on p.id = new.person_id"
    ' left join "case" c on c.id = w.case_id left join person m on m.id = w.maker_id'
    " where w.id = new.document_id and p.court_id = coalesce(c.court_id, m.court_id)"
    " and (p.post = 'president' or exists (select 1 from delegation g"
    " join person f on f.id = g.from_id where g.to_id = p.id and g.agreed_by is not null"
    f" and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > {_DAY}))"
    " and g.post = 'president' and f.post = 'president' and f.court_id = p.court_id"
    f" and g.from_on <= {_DAY} and g.to_on >= {_DAY})))"
)
# Whoever carries the case out: its handler, or one of its team on the day.
_CARRIES: Final = (
    'exists (select 1 from document w join "case" c on c.id = w.case_id'
    " join person p on p.id = new.person_id where w.id = new.document_id"
    " and p.court_id = c.court_id and (c.handler_id = p.id or exists (select 1 from membership b"
    f" where b.person_id = p.id and b.team_id = c.team_id and b.from_on <= {_DAY}"
    f" and (b.to_on is null or b.to_on >= {_DAY}))))"
)
_EXECUTED: Final = (
    "exists (select 1 from measure_act e where e.document_id = new.document_id"
    " and e.act = 'execute')"
)
measure_act.info["in_turn"] = ("document_id", "document")
measure_act.info["refusals"] = {
    "kind": (
        ("insert",),
        "not exists (select 1 from document d where d.id = new.document_id and d.coercive = 1)",
        "只有罚款、拘传、拘留文书才有执行记录。",
    ),
    "approved": (
        ("insert",),
        f"new.act = 'execute' and new.violation = 0 and not {_APPROVED})",
        "未经院长批准，或者批准晚于执行、所批版面未签名附卷，不得执行（民事诉讼法第一百一十九条）。",
    ),
    "approver": (
        ("insert",),
        f"new.act in ('approve', 'withdraw') and not {_HIS})",
        "只有已经批准本件的人，才能记入或者撤回其批准。",
    ),
    "released_by": (
        ("insert",),
        f"new.act = 'release' and not {_HEAD}",
        "提前解除由院长决定（民诉法解释第一百八十二条）。",
    ),
    "carrier": (
        ("insert",),
        "new.act not in ('approve', 'withdraw', 'release') and not " + _CARRIES,
        "只有本案承办人和所在团队成员才能登记执行情况。",
    ),
    "executed": (
        ("insert",),
        "new.act in ('notify_family', 'hand_over', 'release', 'finish', 'pay')"
        f" and not {_EXECUTED}",
        "该措施尚未执行。",
    ),
    "once": (
        ("insert",),
        f"new.act = 'execute' and {_EXECUTED}",
        "该措施已经执行。",
    ),
    "too_late": (
        ("insert",),
        f"new.act = 'withdraw' and {_EXECUTED}",
        "该措施已经执行，不得撤回；可以决定提前解除。",
    ),
    "in_time": (
        ("insert",),
        f"new.act = 'withdraw' and not {_EXECUTED} and {_HIS})"
        f" and not {_HIS} and {moment_ms('new.at')} - {moment_ms('a.at')} <= {WITHDRAW_MS})",
        "批准已逾一分钟，不能撤回；不宜执行的，请通知承办团队停止执行并撤销文书。",
    ),
    "ended": (
        ("insert",),
        "new.act in ('release', 'finish') and exists (select 1 from measure_act e"
        " where e.document_id = new.document_id and e.act in ('release', 'finish'))",
        "该措施已经结束。",
    ),
    "served": (
        ("insert",),
        "new.act in ('ask_review', 'lapse') and not exists (select 1 from measure_act e"
        " where e.document_id = new.document_id and e.act = 'serve')"
        " or new.act = 'decide_review' and not exists (select 1 from measure_act e"
        " where e.document_id = new.document_id and e.act = 'ask_review')",
        "决定书尚未送达，或者没有申请复议。",
    ),
}

# 关联案件: cases that belong together, so that whoever carried out one does not judge the other.
case_kin = synced(
    "case_kin",
    89,
    "fact",
    _case(),
    Column("other_id", String(36), nullable=False, index=True),
    Column("other_number", String, nullable=False),
    Column("kind", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("voids", String(36)),
    CheckConstraint("kind in ('kin', 'transfer', 'merged', 'basis', 'consigned')", name="kind"),
    CheckConstraint("other_id <> case_id", name="other"),
)
