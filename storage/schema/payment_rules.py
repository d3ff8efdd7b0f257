"""What may happen to a payment order, once for both databases; each rule is a trigger.

name -> (events, condition, sentence): a condition refuses where it is true, so each one that looks
something up is a `not exists`.
"""

from typing import Final

from storage.schema.funds import fund_entry, ledger_period
from storage.schema.payments import (
    APPROVERS,
    CONTENT,
    SENDERS,
    SHIPPED_TIERS,
    STAGE_POSTS,
    approval_tier,
    bank_match,
    payment_act,
    payment_order,
)

# Who books the release of an order that its maker withdrew or that nobody moved; nobody's login.
SYSTEM: Final = "系统"
_KEPT: Final = "支付单及其办理记录只增不改，不能删除。"
_LATER_TIER: Final = (
    "(l.valid_from > t.valid_from or (l.valid_from = t.valid_from and l.id > t.id))"
)


def content_sql(side: str) -> str:
    """SQL of the text an order's fingerprint is made of: each value with its length before it."""
    parts = []
    for name in CONTENT:
        value = f'cast({side}."{name}" as text)'
        parts.append(f"coalesce(length({value}) || ':' || {value}, '-')")
    return " || ',' || ".join(parts)


def in_force(side: str, purpose: str, amount: str, day: str) -> str:
    """SQL: the tier fits an order of that purpose and amount, submitted on that day."""
    return (
        f"{side}.state = 'agreed' and {side}.purpose = {purpose}"
        f" and {side}.from_fen <= {amount}"
        f" and ({side}.upto_fen is null or {side}.upto_fen > {amount})"
        f" and {side}.valid_from <= {day}"
        f" and ({side}.valid_to is null or {side}.valid_to >= {day})"
    )


def tier_sql(purpose: str, amount: str, day: str) -> str:
    """SQL: exactly one tier t, the one that counts; of several the latest."""
    return (
        f"{in_force('t', purpose, amount, day)} and not exists (select 1 from approval_tier l"
        f" where {in_force('l', purpose, amount, day)} and {_LATER_TIER})"
    )


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def posts_sql(side: str) -> str:
    """SQL: the person's post is one of the act's stage; sending is finance's."""
    stages = " or ".join(
        f"(new.act <> 'send' and new.stage = '{stage}' and {side}.post in ({_list(posts)}))"
        for stage, posts in STAGE_POSTS.items()
    )
    return (
        f"(((new.act = 'send' or new.stage = '') and {side}.post in ({_list(SENDERS)}))"
        f" or {stages})"
    )


_DAY: Final = "substr(new.at, 1, 10)"
_ORDER: Final = "select 1 from payment_order o where o.id = new.order_id"
# The person p of an act, of the court whose case it is, else of the maker's.
_OF_THE_COURT: Final = (
    'select 1 from payment_order o left join "case" c on c.id = o.case_id'
    " left join person m on m.id = o.maker_id"
    " join person p on p.court_id = coalesce(c.court_id, m.court_id)"
    " where o.id = new.order_id and p.id = new.person_id"
    f" and (p.left_on is null or p.left_on >= {_DAY})"
)
_DELEGATED: Final = (
    "exists (select 1 from delegation g join person f on f.id = g.from_id"
    f" where g.to_id = p.id and {posts_sql('f')} and g.post = f.post and f.court_id = p.court_id"
    " and g.agreed_by is not null"
    " and (g.documents = '' or ',' || g.documents || ',' like '%,payment_order,%')"
    f" and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > {_DAY}))"
    f" and g.from_on <= {_DAY} and g.to_on >= {_DAY})"
)
# What an act makes of its order.
BECOMES: Final = (
    "case new.act when 'submit' then 'approving' when 'pass'"
    " then case when new.next_stage = '' then 'approved' else 'approving' end"
    " when 'return' then 'returned' when 'send' then 'sent' when 'unknown' then 'unknown'"
    " when 'paid' then 'paid' when 'failed' then 'failed' when 'withdraw' then 'withdrawn'"
    " when 'expire' then 'expired' when 'move' then 'moved' end"
)
_COURSE: Final = (
    "case new.act when 'submit' then o.state = 'approving' and o.last_n = 0"
    " when 'pass' then o.state = 'approving' and o.last_n > 0"
    " when 'return' then o.state in ('approving', 'approved') and o.last_n > 0"
    " when 'withdraw' then o.state in ('approving', 'approved') and o.last_n > 0"
    " when 'expire' then o.state in ('approving', 'approved') and o.last_n > 0"
    " when 'send' then o.state = 'approved'"
    " when 'move' then o.state = 'sent' and o.target is not null"
    " and exists (select 1 from fund_entry e where e.order_id = o.id and e.kind = 'transfer')"
    " when 'paid' then o.state in ('sent', 'unknown') and o.target is null"
    " and exists (select 1 from fund_entry e where e.hold_id = o.id and e.kind = 'payment')"
    " else o.state in ('sent', 'unknown') and o.target is null end"
)
payment_act.info["refusals"] = {
    "place": (
        ("insert",),
        f"not exists ({_ORDER} and new.n = o.last_n + 1)",
        "该支付单已有新的办理，请按最新情况重新办理。",
    ),
    "after": (
        ("insert",),
        "exists (select 1 from payment_act a where a.order_id = new.order_id and a.at > new.at)",
        "办理时间不能早于上一步。",
    ),
    "course": (
        ("insert",),
        f"not exists ({_ORDER} and {_COURSE})",
        "该支付单现在的状态不能这样办理。",
    ),
    "stage": (
        ("insert",),
        f"not exists ({_ORDER} and case new.act"
        " when 'submit' then new.stage = '' and new.next_stage <> ''"
        " and o.stages || ',' like new.next_stage || ',%'"
        " when 'pass' then new.stage = o.stage and new.stage <> ''"
        " and ',' || o.stages || ',' like '%,' || new.stage || ',' ||"
        " case when new.next_stage = '' then '' else new.next_stage || ',%' end"
        " when 'return' then new.stage = o.stage and new.next_stage = ''"
        " else new.next_stage = '' end)",
        "不是该支付单现在应办的环节。",
    ),
    "same_content": (
        ("insert",),
        f"not exists ({_ORDER} and o.content_sha256 = new.content_sha256)",
        "所办的内容与支付单不符，请按最新内容重新办理。",
    ),
    "nobody": (
        ("insert",),
        "new.act in ('pass', 'return', 'send') and new.person_id is null",
        "须以本人身份办理：该账号没有对应的人员。",
    ),
    # Who is nobody might be anybody, also whoever approves.
    "unknown_maker": (
        ("insert",),
        f"new.act in ('pass', 'send') and exists ({_ORDER} and o.maker_id is null)",
        "提出支付的账号没有对应的人员，不能审批；请退回后由本人提出。",
    ),
    "own": (
        ("insert",),
        f"new.act in ('pass', 'return', 'send') and exists ({_ORDER}"
        " and (o.maker = new.actor or o.maker_id = new.person_id))",
        "提出支付的人不得审批、退回或者送出自己的支付单。",
    ),
    "twice": (
        ("insert",),
        "new.act in ('pass', 'send') and exists (select 1 from payment_act a"
        " where a.order_id = new.order_id and a.act = 'pass'"
        " and (a.actor = new.actor or a.person_id = new.person_id))",
        "同一人不得办理两个环节；审批过的人不得送出。",
    ),
    "post": (
        ("insert",),
        "new.act in ('pass', 'return', 'send')"
        f" and not exists ({_OF_THE_COURT} and ({posts_sql('p')} or {_DELEGATED}))",
        "该环节须由案件所在法院担任相应职务的人员办理。",
    ),
    "withdrawn_by": (
        ("insert",),
        f"new.act = 'withdraw' and not exists ({_ORDER}"
        " and (o.maker = new.actor or o.maker_id = new.person_id))"
        f" and not exists ({_OF_THE_COURT} and p.post in ({_list(APPROVERS)}))",
        "支付单只能由提出人或者本院局长、院领导撤回。",
    ),
    "confirmed": (
        ("insert",),
        f"new.act in ('pass', 'send') and exists ({_ORDER} and o.target is null"
        " and (coalesce(o.account_no, '') = '' or coalesce(o.confirmed_on, '') = ''))",
        "领款人的账号尚未经本人确认，不能办理。",
    ),
    "call_back": (
        ("insert",),
        f"new.act in ('pass', 'send') and exists ({_ORDER} and o.differs = 1"
        " and (coalesce(o.call_back_on, '') = '' or coalesce(o.call_back_result, '') = ''))",
        "收款账号与上次支付不同，须先回拨核实并记明结果。",
    ),
    "wait": (
        ("insert",),
        f"new.act = 'send' and exists ({_ORDER} and o.distribution_id is not null"
        " and not exists (select 1 from distribution d where d.id = o.distribution_id"
        f" and d.state <> 'draft' and d.wait_until is not null and d.wait_until < {_DAY}"
        " and not exists (select 1 from distribution_objection x"
        " where x.distribution_id = d.id and x.decided_on is null)))",
        "分配方案的异议期未满或者异议未处理，不能送出。",
    ),
    # What is deposited or charged stays in the court, and a delay of one receipt leaves the others.
    "delayed": (
        ("insert",),
        f"new.act = 'send' and exists ({_ORDER} and o.target is null and o.source = 'case'"
        " and exists (select 1 from payment_delay y where y.case_id = o.case_id"
        f" and y.entry_id is null and y.state = 'approved' and y.from_on <= {_DAY}))",
        "该案全部案款已批准延缓发放，须先终止延缓。",
    ),
}
payment_act.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from payment_act a where a.id = new.id"
        " or (a.order_id = new.order_id and a.n = new.n))",
        _KEPT,
    ),
    "kept": (("update", "delete"), "1", _KEPT),
}
payment_act.info["effects"] = {
    "moves": (
        f"update payment_order set state = {BECOMES}, stage = new.next_stage, last_n = new.n"
        " where id = new.order_id",
    )
}

# The last payment that went to a payee p in a case, before a new order.
_LAST_PAID: Final = (
    "p.case_id = new.case_id and p.payee = new.payee and p.state = 'paid'"
    " and p.account_no is distinct from new.account_no and not exists"
    " (select 1 from payment_order l join fund_entry le"
    " on le.hold_id = l.id and le.kind = 'payment'"
    " where l.case_id = p.case_id and l.payee = p.payee and l.state = 'paid' and le.seq > pe.seq)"
)
_CHANGED: Final = " or ".join(
    f'new."{name}" is not old."{name}"' for name in (*CONTENT, "content_sha256")
).replace('"', "")
payment_order.info["refusals"] = {
    "made": (
        ("insert",),
        "new.state <> 'approving' or new.stage <> '' or new.last_n <> 0",
        "新的支付单须从提出开始。",
    ),
    "its_hold": (
        ("insert",),
        "not exists (select 1 from fund_entry h join fund f on f.id = h.debit_id"
        " where h.id = new.id and h.kind = 'hold' and h.number = new.number"
        " and h.amount_fen = new.amount_fen and h.maker = new.maker and f.kind = new.source"
        " and h.case_id is not distinct from new.case_id)",
        "支付单须与所占用的款项一致。",
    ),
    "tier": (
        ("insert",),
        "not exists (select 1 from approval_tier t where t.id = new.tier_id"
        " and t.stages = new.stages and "
        f"{tier_sql('new.purpose', 'new.amount_fen', 'substr(new.made_at, 1, 10)')})",
        "没有适用于该支付单的审批层级。",
    ),
    "differs": (
        ("insert",),
        "new.differs = 0 and new.target is null and exists (select 1 from payment_order p"
        " join fund_entry pe on pe.hold_id = p.id and pe.kind = 'payment'"
        f" where {_LAST_PAID})",
        "收款账号与上次支付不同，须如实注明。",
    ),
    "replaces": (
        ("insert",),
        "new.replaces is not null and not exists (select 1 from payment_order r"
        " where r.id = new.replaces and r.state in ('returned', 'withdrawn', 'failed', 'expired')"
        " and r.case_id is not distinct from new.case_id)",
        "只能重新提出已退回、撤回、失败或者逾期的支付单。",
    ),
    "its_plan": (
        ("insert",),
        "new.distribution_id is not null and not exists (select 1 from distribution d"
        " where d.id = new.distribution_id and d.case_id = new.case_id)",
        "分配方案不是该案的。",
    ),
    "content": (("update",), _CHANGED, "支付单的内容不能更改，请退回后另行提出。"),
    "moved": (
        ("update",),
        "(new.state is not old.state or new.stage is not old.stage"
        " or new.last_n is not old.last_n) and not exists (select 1 from payment_act a"
        " where a.order_id = new.id and a.n = new.last_n and new.last_n = old.last_n + 1"
        f" and a.next_stage = new.stage and new.state = {BECOMES.replace('new.', 'a.')})",
        "支付单只随办理记录变动，不能直接改动。",
    ),
}
payment_order.info["local_refusals"] = {
    "fingerprint": (
        ("insert",),
        f"new.content_sha256 is not sha256_hex({content_sql('new')})",
        "支付单的校验值与内容不符。",
    ),
    "replaced": (
        ("insert",),
        "exists (select 1 from payment_order o where o.id = new.id or o.number = new.number"
        " or o.replaces = new.replaces)",
        "该支付单已经存在。",
    ),
    "kept": (("delete",), "1", _KEPT),
}

# A payment, a transfer to another purpose and the end of a hold belong to an order. What was
# lost in a failover has been through its chain already; the money has left.
fund_entry.info["refusals"]["by_order"] = (
    ("insert",),
    "new.lost = 0 and (new.kind = 'payment' and not exists (select 1 from payment_order o"
    " where o.id = new.hold_id and o.state in ('sent', 'unknown') and o.target is null"
    " and o.amount_fen = new.amount_fen)"
    " or new.kind = 'release' and exists (select 1 from payment_order o where o.id = new.hold_id"
    " and not (o.state in ('returned', 'withdrawn', 'failed', 'expired')"
    " or (o.state = 'sent' and o.target is not null)))"
    " or new.kind = 'transfer' and exists (select 1 from fund c where c.id = new.credit_id"
    " and c.kind in ('fee', 'refund', 'escrow')) and not exists (select 1 from payment_order o"
    " join fund d on d.id = new.debit_id join fund c on c.id = new.credit_id"
    " where o.id = new.order_id and o.state = 'sent' and o.target = c.kind and o.source = d.kind"
    " and o.amount_fen = new.amount_fen and o.case_id is not distinct from new.case_id"
    " and not exists (select 1 from fund_entry t where t.order_id = o.id"
    " and t.kind = 'transfer')))",
    "付款、划转和退回须凭办完审批并已送出的支付单。",
)
fund_entry.info["refusals"]["by_system"] = (
    ("insert",),
    f"new.maker = '{SYSTEM}' and not (new.kind = 'release' and exists"
    " (select 1 from payment_order o where o.id = new.hold_id"
    " and o.state in ('withdrawn', 'expired')))",
    "系统只能退回已撤回或者逾期的支付单所占用的款项。",
)
fund_entry.info["refusals"]["matched_line"] = (
    ("insert",),
    "new.line_id is not null and exists (select 1 from bank_match m where m.line_id = new.line_id)",
    "该笔银行流水已经与另一笔付款核对。",
)
ledger_period.info["refusals"]["sheet"] = (
    ("update",),
    "new.signed_by is not null and new.sheet_sha256 is not old.sheet_sha256",
    "签结的对账台账须是报结时的那一份。",
)

_STAGES_LEFT: Final = "',' || new.stages || ','"
_UNKNOWN_STAGE: Final = _STAGES_LEFT
for _code in STAGE_POSTS:
    _UNKNOWN_STAGE = f"replace({_UNKNOWN_STAGE}, ',{_code},', ',')"  # type: ignore[misc]
_TIER_WORDS: Final = (
    *("purpose", "from_fen", "upto_fen", "stages", "valid_from", "valid_to", "basis"),
    *("confidence", "proposed_by", "proposed_at"),
)
approval_tier.info["refusals"] = {
    "codes": (
        ("insert", "update"),
        f"{_UNKNOWN_STAGE} <> ','",
        "审批环节不明或者重复。",
    ),
    "leader": (
        ("insert", "update"),
        "',' || new.stages || ',' not like '%,bureau_chief,%'"
        " and ',' || new.stages || ',' not like '%,vice_president,%'"
        " and ',' || new.stages || ',' not like '%,president,%'",
        "发放案款须经执行局局长或者院领导批准（法发〔2017〕6号第十二条）。",
    ),
    "proposed": (
        ("insert",),
        "(new.state <> 'proposed' or new.agreed_by is not null or new.proposed_by is null)"
        f" and new.id not in ({_list(tuple(row[0] for row in SHIPPED_TIERS))})",
        "审批层级的变更须由一人提出、另一人同意。",
    ),
    "settled": (
        ("update",),
        "old.state <> 'proposed' and (new.state is not old.state"
        " or new.agreed_by is not old.agreed_by or new.agreed_at is not old.agreed_at)"
        " or new.state <> 'proposed' and old.state = 'proposed' and new.agreed_by is null or "
        + " or ".join(f"new.{name} is not old.{name}" for name in _TIER_WORDS),
        "审批层级的变更只能由另一人同意或否决，内容不得改动。",
    ),
}
approval_tier.info["refusals"]["by_leader"] = (
    ("update",),
    "new.state = 'agreed' and old.state <> 'agreed' and not exists (select 1 from person p"
    f" where p.id = new.agreed_by and p.left_on is null and p.post in ({_list(APPROVERS)}))",
    "审批层级的变更须由执行局局长或者院领导同意。",
)
approval_tier.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from approval_tier t where t.id = new.id)",
        "审批层级的内容不得改动。",
    ),
    "kept": (("delete",), "1", "审批层级不能删除；请另行提出变更。"),
}

bank_match.info["refusals"] = {
    "its_line": (
        ("insert",),
        "not exists (select 1 from fund_entry e join bank_line b on b.id = new.line_id"
        " where e.id = new.entry_id and b.amount_fen = e.amount_fen"
        " and (e.kind = 'payment' and e.line_id is null and b.direction = 'out'"
        # What the bank gave back of a payment that was booked back.
        " or e.kind = 'reversal' and b.direction = 'in' and exists (select 1 from fund_entry o"
        " where o.id = e.reverses and o.kind = 'payment')))"
        " or exists (select 1 from fund_entry u where u.line_id = new.line_id and not exists"
        " (select 1 from fund_entry r where r.reverses = u.id))",
        "银行流水与付款不符或者已经入账。",
    ),
}
bank_match.info["local_refusals"] = {
    "replaced": (
        ("insert",),
        "exists (select 1 from bank_match m where m.id = new.id or m.line_id = new.line_id"
        " or m.entry_id = new.entry_id)",
        "该笔流水或付款已经核对。",
    ),
    "kept": (("update", "delete"), "1", "核对记录不能改动或删除。"),
}
