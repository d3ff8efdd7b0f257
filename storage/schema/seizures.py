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

from storage.schema.base import synced
from storage.schema.documents import DELEGATED, OF_THE_COURT, SINCE_CHANGE, SINCE_RETURN

MEASURE_ACTS: Final = (
    *("execute", "notify_family", "hand_over", "release", "finish", "pay"),
    *("serve", "ask_review", "decide_review", "withdraw"),
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
    *("case_id", "kind", "place", "lat_e7", "lon_e7", "began_at", "ended_at", "officer_id"),
    *("second_id", "subject", "present", "keeper", "document_no", "transcript", "signed_at"),
    *("content_sha256", "code"),
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
        " from seizure_item i where i.seizure_id = new.id) or (select count(*)"
        " from seizure_photo p where p.seizure_id = new.id) < new.photos_needed)",
        "清单须至少有一项财产，照片须齐，方可签名。",
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
    Column("status", String, nullable=False, server_default="claimed"),
    _person("verified_by"),
    Column("verified_at", String),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("seizure_id", "n"),
    CheckConstraint("status in ('claimed', 'verified', 'denied')", name="status"),
    CheckConstraint("(status = 'claimed') = (verified_by is null)", name="verified"),
    CheckConstraint("length(trim(name)) > 0", name="name"),
)
_ITEM: Final = ("seizure_id", "n", "name", "kind", "quantity", "mark", "condition", "owner")
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

# What was done on a decision, and what the law asks for afterwards. `violation`: done although no
# approval was older; the truth is kept, and shown to whoever supervises.
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
    CheckConstraint(f"act in ({_any(MEASURE_ACTS)})", name="act"),
    CheckConstraint(
        "(violation = 0 and act not in ('release', 'withdraw')) or length(trim(body)) > 0",
        name="reason",
    ),
)
_APPROVED: Final = (
    f"exists (select 1 from {OF_THE_COURT} where a.document_id = new.document_id"
    " and a.act = 'pass' and a.stage = 'approve' and a.at <= new.at"
    " and a.content_sha256 = w.content_sha256 and p.court_id = coalesce(c.court_id, m.court_id)"
    f" and (p.post = 'president' or {DELEGATED}){SINCE_RETURN}{SINCE_CHANGE})"
)
measure_act.info["refusals"] = {
    "kind": (
        ("insert",),
        "not exists (select 1 from document d where d.id = new.document_id and d.coercive = 1)",
        "只有罚款、拘传、拘留文书才有执行记录。",
    ),
    "approved": (
        ("insert",),
        f"new.act = 'execute' and new.violation = 0 and not {_APPROVED}",
        "未经院长批准，或者批准晚于执行，不得执行（民事诉讼法第一百一十九条）。",
    ),
    "executed": (
        ("insert",),
        "new.act in ('notify_family', 'hand_over', 'release', 'finish') and not exists (select 1"
        " from measure_act e where e.document_id = new.document_id and e.act = 'execute')",
        "该措施尚未执行。",
    ),
    "once": (
        ("insert",),
        "new.act in ('execute', 'withdraw') and exists (select 1 from measure_act e"
        " where e.document_id = new.document_id and e.act in ('execute', 'withdraw'))",
        "该措施已经执行或者撤回。",
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
