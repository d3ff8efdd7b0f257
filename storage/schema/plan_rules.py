"""What may happen to delays, distributions and their objections; triggers of both databases."""

from typing import Final

from storage.schema.payments import (
    APPROVERS,
    distribution,
    distribution_objection,
    payment_delay,
)

_APPROVERS: Final = ", ".join(f"'{post}'" for post in APPROVERS)
_DELAY_WORDS: Final = (
    *("case_id", "entry_id", "ground", "reason", "from_on", "until_on"),
    *("proposed_by", "proposed_at"),
)
payment_delay.info["refusals"] = {
    "proposed": (
        ("insert",),
        "new.state <> 'proposed' or new.approved_by is not null or new.ended_on is not null",
        "延缓发放须先提出，再由局长或者院领导批准。",
    ),
    "words": (
        ("update",),
        " or ".join(f"new.{name} is not old.{name}" for name in _DELAY_WORDS),
        "延缓发放的内容不得改动，请终止后另行提出。",
    ),
    "approver": (
        ("update",),
        "new.approved_by is not old.approved_by and not exists (select 1 from person p"
        ' join "case" c on c.court_id = p.court_id where p.id = new.approved_by'
        f" and c.id = new.case_id and p.post in ({_APPROVERS}))",
        "延缓发放须由案件所在法院的局长或者院领导批准（法发〔2017〕6号第十条）。",
    ),
    "course": (
        ("update",),
        "new.state is not old.state and case old.state"
        " when 'proposed' then new.state not in ('approved', 'refused', 'ended')"
        " when 'approved' then new.state <> 'ended' else 1 = 1 end"
        " or old.state <> 'proposed' and (new.approved_by is not old.approved_by"
        " or new.approved_at is not old.approved_at)"
        " or old.state = 'ended' and (new.ended_on is not old.ended_on"
        " or new.ended_by is not old.ended_by)",
        "延缓发放已经处理，不能改动。",
    ),
    "who_ended": (
        ("update",),
        "new.state = 'ended' and new.ended_by is null",
        "终止延缓须记明终止人。",
    ),
}

_OPEN: Final = (
    "exists (select 1 from distribution_objection x"
    " where x.distribution_id = new.id and x.decided_on is null)"
)
distribution.info["refusals"] = {
    "settled": (
        ("update",),
        "old.state = 'settled' and (new.state <> 'settled'"
        " or new.content_sha256 is not old.content_sha256 or new.content is not old.content"
        " or new.settled_by is not old.settled_by or new.settled_on is not old.settled_on"
        " or new.wait_until is not old.wait_until or new.served_on is not old.served_on)",
        "分配方案已经确定，不能改动。",
    ),
    "served": (
        ("update",),
        "old.state <> 'draft' and new.state <> 'draft'"
        " and (new.content_sha256 is not old.content_sha256 or new.content is not old.content"
        " or new.served_on is not old.served_on"
        # A calendar that was published meanwhile may put the end off, never bring it nearer.
        " or coalesce(new.wait_until, '') < coalesce(old.wait_until, ''))",
        "分配方案已经送达，改动须重新送达；异议期不得缩短。",
    ),
    "whose": (
        ("update",),
        "new.case_id is not old.case_id or new.maker_id is not old.maker_id",
        "分配方案的案件和制作人不得更改。",
    ),
    "wait": (
        ("update",),
        "new.state = 'settled' and old.state <> 'settled' and (new.wait_until is null"
        f" or new.settled_on <= new.wait_until or {_OPEN})",
        "异议期未满或者异议未处理，分配方案不能确定。",
    ),
}
distribution.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from distribution d where d.id = new.id)",
        "该分配方案已经存在。",
    ),
    "kept": (
        ("delete",),
        "old.state <> 'draft' or exists"
        " (select 1 from payment_order o where o.distribution_id = old.id)",
        "分配方案不能删除。",
    ),
}
distribution_objection.info["refusals"] = {
    "decided": (
        ("update",),
        "old.decision is not null and (new.decision is not old.decision"
        " or new.reason is not old.reason or new.decided_by is not old.decided_by"
        " or new.decided_on is not old.decided_on)"
        " or new.body is not old.body or new.by_name is not old.by_name"
        " or new.raised_on is not old.raised_on or new.claim_id is not old.claim_id"
        " or new.distribution_id is not old.distribution_id",
        "异议的内容不得改动，处理后也不能再改。",
    ),
}
distribution_objection.info["local_refusals"] = {
    "kept": (("delete",), "1", "异议不能删除。"),
}
