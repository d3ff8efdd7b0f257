"""Official documents: their course from draft to receipt, what they rest on, and who may sign.

A document with a case belongs to the case's team. One without belongs to whoever made it until it
is shared: then every court reads it.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.base import moment_ms, synced

# Acts that take a person's freedom or money: the database itself asks for the president (民诉法).
COERCIVE: Final = ("fine_decision", "summons", "detention_decision")
_COERCIVE_SQL: Final = ", ".join(f"'{kind}'" for kind in COERCIVE)


# Decided by three judges, and then signed by whoever presides (洛中法〔2017〕57号); of those marked
# apart nobody may sit who carried the case out (异议复议规定第11条). desktop/documents/bench.py
BENCH: Final = (
    "programme_closure_ruling",
    "objection_ruling",
    "review_ruling",
    "petition_answer",
)
SEPARATE: Final = ("objection_ruling", "review_ruling")
_BENCH_SQL: Final = ", ".join(f"'{kind}'" for kind in BENCH)
_SEPARATE_SQL: Final = ", ".join(f"'{kind}'" for kind in SEPARATE)


def _of_document() -> "Column[str]":
    return Column("document_id", String(36), ForeignKey("document.id"), nullable=False, index=True)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


# `fields` is JSON: what the draft says now; `content_sha256` is its fingerprint, which every act
# repeats, so that an approval counts for the words it was given to and for no others.
# `render_sha256` is that of the pages before the signature, `signed_sha256` of the signed file.
document = synced(
    "document",
    40,
    "state",
    Column("kind", String, nullable=False),
    Column("template", String, nullable=False),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("title", String, nullable=False),
    Column("period_from", String),
    Column("period_to", String),
    Column("fields", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("state", String, nullable=False, server_default="draft"),
    Column("shared", Boolean, nullable=False, server_default="0"),
    Column("maker_id", String(36), ForeignKey("person.id")),
    Column("judge", Boolean, nullable=False, server_default="0"),
    Column("coercive", Boolean, nullable=False, server_default="0"),
    Column("series", String, nullable=False),
    # None until a number is granted: a draft stays unnumbered.
    Column("year", Integer),
    Column("serial", Integer),
    Column("numbered_on", String),
    Column("made_on", String),
    Column("anchor", Text),
    Column("render_sha256", String(64)),
    Column("signed_sha256", String(64)),
    Column("reply_by", String),
    Column("issued_at", String),
    Column("supersedes", String(36)),
    UniqueConstraint("series", "year", "serial"),
    CheckConstraint(
        "state in ('draft', 'replying', 'checking', 'signing', 'signed', 'issued', 'recalled')",
        name="state",
    ),
    CheckConstraint(f"kind not in ({_COERCIVE_SQL}) or coercive = 1", name="coercive"),
    CheckConstraint("(serial is null) = (year is null)", name="number"),
    CheckConstraint(
        "state not in ('signed', 'issued') or (serial is not null and signed_sha256 is not null)",
        name="signed",
    ),
)
Index("ix_document_state", document.c.state, document.c.kind)
document.info["refusals"] = {
    "numbered": (
        ("update",),
        "old.serial is not null and (new.serial is not old.serial or new.year is not old.year"
        " or new.series is not old.series)",
        "文号一经编定不得更改。",
    ),
    "what_it_is": (
        ("update",),
        "new.kind is not old.kind or new.coercive is not old.coercive"
        " or new.judge is not old.judge or new.maker_id is not old.maker_id",
        "文书的种类和拟稿人不得更改，请另拟一件。",
    ),
    "signed_words": (
        ("update",),
        "old.state in ('signed', 'issued', 'recalled') and (new.fields is not old.fields"
        " or new.content_sha256 is not old.content_sha256"
        " or new.render_sha256 is not old.render_sha256"
        " or new.signed_sha256 is not old.signed_sha256 or new.title is not old.title)",
        "文书已签发，内容不得再改；请另发更正或撤销。",
    ),
    "backwards": (
        ("update",),
        "(old.state = 'issued' and new.state not in ('issued', 'recalled'))"
        " or (old.state = 'recalled' and new.state <> 'recalled')",
        "文书已印发，只能撤销，不能退回。",
    ),
}

# Each saved draft, so that what was changed, when and by whom can be told.
document_version = synced(
    "document_version",
    41,
    "fact",
    _of_document(),
    Column("n", Integer, nullable=False),
    Column("title", String, nullable=False),
    Column("fields", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    _person("author_id"),
    Column("at", String, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

# What people did: `stage` is one of the signing matrix, or empty for acts outside of it.
document_act = synced(
    "document_act",
    42,
    "fact",
    _of_document(),
    Column("act", String, nullable=False),
    Column("stage", String, nullable=False, server_default=""),
    _person("person_id"),
    Column("for_post", String),  # whom a delegate stood in for
    Column("at", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(
        "act in ('pass', 'return', 'ask_replies', 'sign', 'issue', 'recall', 'print', 'remind')",
        name="act",
    ),
)
_THE_DOCUMENT: Final = "select 1 from document d where d.id = new.document_id"
# The last act that sends a document back makes everything before it void.
SINCE_RETURN: Final = (
    " and not exists (select 1 from document_act r where r.document_id = a.document_id"
    " and r.act = 'return' and (r.at > a.at or (r.at = a.at and r.id > a.id)))"
)
# Words that were changed and changed back have been other words meanwhile.
SINCE_CHANGE: Final = (
    " and not exists (select 1 from document_version v where v.document_id = a.document_id"
    " and v.content_sha256 <> a.content_sha256 and v.at > a.at)"
)
# An act with its person, and the court whose document it is: its case's, else its maker's.
OF_THE_COURT: Final = (
    "document_act a join person p on p.id = a.person_id join document w on w.id = a.document_id"
    ' left join "case" c on c.id = w.case_id left join person m on m.id = w.maker_id'
)
DELEGATED: Final = (
    "(a.for_post = 'president' and exists (select 1 from delegation g"
    " join person f on f.id = g.from_id where g.to_id = a.person_id and g.agreed_by is not null"
    # What was approved while the power lasted stays approved.
    " and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > substr(a.at, 1, 10)))"
    " and g.post = 'president' and f.post = 'president' and f.court_id = p.court_id"
    " and g.from_on <= substr(a.at, 1, 10) and g.to_on >= substr(a.at, 1, 10)))"
)
# An approval of what takes freedom or money counts with what its PIN signed: the note of the pages
# that were seen, and the signed copy in the file. What the signature is worth only a verifier says.
NOTED: Final = (
    " and exists (select 1 from measure_act n where n.document_id = a.document_id"
    " and n.act = 'approve' and n.person_id = a.person_id and n.at = a.at)"
    " and exists (select 1 from document_file f where f.document_id = a.document_id"
    " and f.kind = 'approved')"
)
WITHDRAW_MS: Final = 60_000

# Whether the bench stands among the words of a document d, and whether somebody is one of it.
_NAMED: Final = "replace(d.fields, '\"_panel\":\"', '') <> d.fields"
_SEATED: Final = "replace(d.fields, cast({who} as text), '') <> d.fields"
# The votes that count: of judges of the bench, on these very words, each one's last, and none from
# before the document was last sent on or sent back.
_VOTES: Final = (
    "(select count(distinct a.person_id) from document_act a join person p on p.id = a.person_id"
    " join document d on d.id = a.document_id where a.document_id = new.document_id"
    " and a.act = 'pass' and a.stage = 'panel' and a.content_sha256 = new.content_sha256"
    f" and p.quota = 1 and (not ({_NAMED}) or {_SEATED.format(who='a.person_id')})"
    " and not exists (select 1 from document_act l where l.document_id = a.document_id"
    " and l.act = 'pass' and (l.at > a.at or (l.at = a.at and l.id > a.id))"
    " and (l.stage = 'draft' or (l.stage = 'panel' and l.person_id = a.person_id)))"
    f"{SINCE_RETURN}{SINCE_CHANGE}"
)
_AGREED: Final = " and (a.body = '同意' or substr(a.body, 1, 3) = '同意：')"
# The case o that a document of a bench is about: its basis where it reviews one, else its own.
_EXECUTED: Final = (
    'select 1 from document d join "case" c on c.id = d.case_id join "case" o'
    " on o.number = c.basis_no or (o.id = c.id and c.type_word in ('执', '执恢', '执保'))"
    f" where d.id = new.document_id and d.kind in ({_SEPARATE_SQL})"
    " and (o.handler_id = new.person_id or exists (select 1 from hold h where h.case_id = o.id"
    " and h.kind = 'handler' and cast(h.holder_id as text) = cast(new.person_id as text)))"
)
document_act.info["refusals"] = {
    "own": (
        ("insert",),
        "new.act = 'pass' and new.stage in ('review', 'approve')"
        f" and exists ({_THE_DOCUMENT} and d.maker_id = new.person_id)",
        "拟稿人不得审核、审批自己所拟的文书。",
    ),
    "nobody": (
        ("insert",),
        "new.act in ('pass', 'sign', 'issue', 'recall') and new.person_id is null",
        "须以本人身份办理：本机尚未设定在座人员。",
    ),
    "judge": (
        ("insert",),
        f"new.act = 'sign' and exists ({_THE_DOCUMENT} and d.judge = 1)"
        " and not exists (select 1 from person p where p.id = new.person_id and p.quota = 1)",
        "审判文书须由员额法官签发，未入额人员不得签发。",
    ),
    "president": (
        ("insert",),
        f"new.act in ('sign', 'issue') and exists ({_THE_DOCUMENT} and d.coercive = 1)"
        f" and not exists (select 1 from {OF_THE_COURT}"
        " where a.document_id = new.document_id and a.act = 'pass' and a.stage = 'approve'"
        " and a.content_sha256 = new.content_sha256 and p.court_id = coalesce(c.court_id,"
        f" m.court_id) and (p.post = 'president' or {DELEGATED}){NOTED}{SINCE_RETURN}"
        f"{SINCE_CHANGE})",
        "罚款、拘传、拘留须先经院长批准（民事诉讼法第一百一十九条）、"
        "所批版面已签名附卷，且批准后内容未改。",
    ),
    # A return by whoever approved is a withdrawal by another name.
    "taken_back": (
        ("insert",),
        f"new.act = 'return' and exists ({_THE_DOCUMENT} and d.coercive = 1)"
        " and exists (select 1 from document_act a where a.document_id = new.document_id"
        " and a.act = 'pass' and a.stage = 'approve' and a.person_id = new.person_id"
        f" and {moment_ms('new.at')} - {moment_ms('a.at')} > {WITHDRAW_MS}{SINCE_RETURN}"
        f"{SINCE_CHANGE})",
        "批准已逾一分钟，不能撤回；不宜执行的，请通知承办团队停止执行并撤销文书。",
    ),
    "vote": (
        ("insert",),
        "new.act = 'pass' and new.stage = 'panel' and (not exists (select 1 from person p"
        " where p.id = new.person_id and p.quota = 1)"
        f" or exists ({_THE_DOCUMENT} and {_NAMED}"
        f" and not ({_SEATED.format(who='new.person_id')})))",
        "只有合议庭的员额法官可以表决。",
    ),
    "executed": (
        ("insert",),
        f"new.act = 'pass' and new.stage = 'panel' and exists ({_EXECUTED})",
        "曾办理本案执行实施的人员不得参加合议庭（异议复议规定第十一条）。",
    ),
    "bench": (
        ("insert",),
        f"new.act = 'sign' and exists ({_THE_DOCUMENT} and d.kind in ({_BENCH_SQL}))"
        f" and ({_VOTES}) <> 3 or {_VOTES}{_AGREED}) < 2)",
        "须经三名员额法官合议并有两票以上同意，方可签发（洛中法〔2017〕57号）。",
    ),
    "presiding": (
        ("insert",),
        f"new.act = 'sign' and exists ({_THE_DOCUMENT} and d.kind in ({_BENCH_SQL})"
        f' and {_NAMED} and replace(d.fields, \'"_panel":"\' || cast(new.person_id as text)'
        " || ',', '') = d.fields)",
        "合议的文书由审判长签发。",
    ),
    "same_words": (
        ("insert",),
        "new.act in ('pass', 'sign') and not exists"
        f" ({_THE_DOCUMENT} and d.content_sha256 = new.content_sha256)",
        "文书内容已有改动，请按最新内容重新办理。",
    ),
    "replies": (
        ("insert",),
        "new.act in ('sign', 'issue') and exists (select 1 from objection o"
        " where o.document_id = new.document_id and o.decision is null)",
        "尚有异议未处理，不得签发。",
    ),
    "unsigned": (
        ("insert",),
        "new.act = 'issue' and not exists (select 1 from document_act a"
        f" where a.document_id = new.document_id and a.act = 'sign'{SINCE_RETURN})",
        "文书尚未签发，不得印发。",
    ),
}

# Bodies as base64 text: pages, the snapshot that every figure was counted from, proof of an
# objection. They travel with the row, so that a circular can be shown wherever it is listed.
document_file = synced(
    "document_file",
    43,
    "fact",
    _of_document(),
    Column("kind", String, nullable=False),  # pages | signed | snapshot | proof
    Column("name", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", Text, nullable=False),
    CheckConstraint("length(body) <= 8000000", name="size"),
)

# One row for each court or person that gets it; green once opened.
document_recipient = synced(
    "document_recipient",
    44,
    "state",
    _of_document(),
    Column("court_id", String(36), ForeignKey("court.id")),
    _person("person_id"),
    Column("sent_at", String, nullable=False),
    Column("opened_at", String),
    _person("opened_by"),
    Column("acknowledged_at", String),
    _person("acknowledged_by"),
    Column("reminded_at", String),
    CheckConstraint("court_id is not null or person_id is not null", name="whom"),
)
document_recipient.info["refusals"] = {
    "opened": (
        ("update",),
        "old.opened_at is not null and new.opened_at is not old.opened_at",
        "回执已签，不能改动。",
    ),
    "acknowledged": (
        ("update",),
        "old.acknowledged_at is not null and new.acknowledged_at is not old.acknowledged_at",
        "回执已签，不能改动。",
    ),
}

# 异议: what a named court says against a row or a figure before the circular goes out (X12).
objection = synced(
    "objection",
    45,
    "state",
    _of_document(),
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False),
    Column("row_key", String, nullable=False, server_default=""),
    Column("field", String, nullable=False, server_default=""),
    Column("claimed", Text),
    Column("body", Text, nullable=False),
    Column("proof_id", String(36)),
    _person("by_id"),
    Column("at", String, nullable=False),
    Column("decision", String),  # accepted | rejected
    Column("reason", Text),
    _person("decided_by"),
    Column("decided_at", String),
    CheckConstraint("decision is null or decision in ('accepted', 'rejected')", name="decision"),
    CheckConstraint("(decision is null) = (decided_at is null)", name="decided"),
    CheckConstraint("decision is null or reason is not null", name="reason"),
    CheckConstraint("decided_by is null or by_id is null or decided_by <> by_id", name="own"),
)
objection.info["refusals"] = {
    "decided": (
        ("update",),
        "old.decision is not null and (new.decision is not old.decision"
        " or new.reason is not old.reason or new.body is not old.body)",
        "异议已作处理，不能改动。",
    ),
    "closed": (
        ("insert",),
        f"exists ({_THE_DOCUMENT} and d.state in ('signed', 'issued', 'recalled'))",
        "文书已签发，异议期已过。",
    ),
}

# An amendment of the signing matrix: all steps of one document from a day on, by two persons.
signing_rule = synced(
    "signing_rule",
    48,
    "state",
    Column("change_id", String(36), nullable=False, index=True),
    Column("document", String, nullable=False),
    Column("step", Integer, nullable=False),
    Column("stage", String, nullable=False),
    Column("signers", String, nullable=False),
    Column("valid_from", String, nullable=False),
    Column("valid_to", String),
    Column("basis", String, nullable=False),
    Column("confidence", String, nullable=False, server_default="unconfirmed"),
    _person("proposed_by", needed=True),
    Column("proposed_at", String, nullable=False),
    _person("agreed_by"),
    Column("agreed_at", String),
    Column("state", String, nullable=False, server_default="proposed"),
    UniqueConstraint("change_id", "step"),
    CheckConstraint("state in ('proposed', 'agreed', 'refused')", name="state"),
    CheckConstraint("agreed_by is null or agreed_by <> proposed_by", name="two_persons"),
    CheckConstraint("state = 'proposed' or agreed_by is not null", name="agreed"),
)
signing_rule.info["refusals"] = {
    "settled": (
        ("update",),
        "old.state <> 'proposed' or new.signers is not old.signers or new.stage is not old.stage"
        " or new.step is not old.step or new.document is not old.document"
        " or new.valid_from is not old.valid_from or new.proposed_by is not old.proposed_by",
        "签发权限的变更只能由另一人同意或否决，内容不得改动。",
    ),
}

# 授权: who stands in for the holder of a post, given by one person and agreed by another.
delegation = synced(
    "delegation",
    49,
    "state",
    _person("from_id", needed=True),
    _person("to_id", needed=True),
    Column("post", String, nullable=False),
    Column("documents", String, nullable=False, server_default=""),  # codes; empty: all
    Column("from_on", String, nullable=False),
    Column("to_on", String, nullable=False),
    Column("document_no", String, nullable=False),
    _person("agreed_by"),
    Column("state", String, nullable=False, server_default="proposed"),
    # No foreign key: a column that comes later cannot have a named one in SQLite.
    Column("ended_by", String(36)),
    Column("ended_on", String),
    CheckConstraint("to_on >= from_on", name="order"),
    CheckConstraint("from_id <> to_id", name="other"),
    CheckConstraint("agreed_by is null or agreed_by <> to_id", name="two_persons"),
    CheckConstraint("state in ('proposed', 'agreed', 'ended')", name="state"),
    CheckConstraint("state <> 'agreed' or agreed_by is not null", name="agreed"),
)
Index(
    "ix_delegation_in_force",
    *(delegation.c.post, delegation.c.to_id),
    sqlite_where=text("state = 'agreed'"),
)
delegation.info["refusals"] = {
    "third": (
        ("insert", "update"),
        "new.agreed_by is not null and (new.agreed_by = new.from_id or new.agreed_by = new.to_id)",
        "授权须由双方以外的人同意。",
    ),
    "words": (
        ("update",),
        "new.from_id is not old.from_id or new.to_id is not old.to_id"
        " or new.post is not old.post or new.documents is not old.documents"
        " or new.from_on is not old.from_on or new.to_on is not old.to_on"
        " or new.document_no is not old.document_no"
        " or (old.agreed_by is not null and new.agreed_by is not old.agreed_by)",
        "授权的内容不得改动，请终止后另立一件。",
    ),
    "who_ended": (
        ("update",),
        "new.state = 'ended' and old.state <> 'ended'"
        " and (new.ended_by is null or new.ended_on is null)",
        "终止授权须记明终止人和日期。",
    ),
    # A proposal may be refused by anybody but him whom it would empower.
    "concerned": (
        ("update",),
        "new.state = 'ended' and old.state <> 'ended' and (case when old.state = 'proposed'"
        " then new.ended_by = old.to_id"
        " else new.ended_by <> old.from_id and new.ended_by <> old.agreed_by"
        " and not exists (select 1 from person p join person f on f.court_id = p.court_id"
        " where p.id = new.ended_by and p.post = 'president' and f.id = old.from_id) end)",
        "授权只能由授权人、同意人或本院院长终止。",
    ),
    "ended": (
        ("update",),
        "old.state = 'ended' and (new.state <> 'ended' or new.ended_by is not old.ended_by"
        " or new.ended_on is not old.ended_on)",
        "授权已经终止，不得恢复或改动。",
    ),
}
