"""What became of a wish about money, as a sentence: who was first, what has changed, what is left.

Any lane. `names`: a person's id or a login -> the name people know.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from desktop.contract.court_zone import court_time
from desktop.contract.fixed_words import ROLE_WORDS
from desktop.rules.money import grouped
from storage.schema import table

Names = Mapping[str, str]

OWN: Final = "经办人不得复核"
ACT_WORDS: Final[Mapping[str, str]] = {
    "submit": "提出",
    "pass": "审批通过",
    "return": "退回",
    "send": "送出",
    "unknown": "记为结果未知",
    "paid": "记为已付",
    "failed": "记为未付",
    "withdraw": "撤回",
    "expire": "逾期退回",
    "move": "划转",
    "payment": "支付",
    "release": "退回款项",
    "reversal": "冲正",
    "receipt": "入账",
    "transfer": "划转",
}
FACT_WORDS: Final[Mapping[str, str]] = {
    "available_fen": "可用余额",
    "handler_id": "承办人",
    "team_id": "办案团队",
    "closed_on": "结案日期",
    "account_no": "该领款人上次收款的账号",
}
_ROLES: Final[Mapping[str, str]] = {**ROLE_WORDS, "vice_president": "分管院领导"}
SENTENCES: Final[Mapping[str, str]] = {
    "own": f"{OWN}：这笔款是您本人提出的。",
    "twice": "同一人不得办理两个环节；审批过的人不得送出。",
    "post": "该环节须由案件所在法院担任相应职务的人员（或其书面授权的人）办理。",
    "nobody": "须以本人身份办理：该账号没有对应的人员。",
    "chain": "审批尚未办完，不能送出。",
    "stage": "不是该支付单现在应办的环节，请按最新情况办理。",
    "state": "该支付单现在的状态不能这样办理。",
    "content": "所见内容与支付单不符，请按最新内容重新办理。",
    "confirmed": "领款人的账号尚未经本人确认，不能办理。",
    "call_back": "收款账号与上次支付不同，须先回拨核实并记明结果。",
    "wait": "分配方案的异议期未满或者异议未处理，不能送出。",
    "distribution": "分配方案不是该案的。",
    "tier": "没有适用于该金额的审批层级。",
    "gone": "这笔款或案件已不在您的范围内。",
    "reason": "没有写明理由。",
    "payee": "没有写明领款人。",
    "amount": "金额须大于零。",
    "future": "记账日不能晚于今天。",
    "account": "这两个账户之间不能划转。",
    "line": "与银行流水的金额或方向不符。",
    "kind": "该笔不能冲正：批准可以退回，冲正不能再冲正。",
    "replaces": "只能重新提出已退回、撤回、失败或者逾期的支付单。",
}


def names(connection: Connection) -> Names:
    """Everybody's name by id."""
    person = table("person").c
    return {row.id: row.name for row in connection.execute(select(person.id, person.name))}


def instant_words(text: object) -> str:
    """2026-11-26 15:20, by the court's clock; empty for none."""
    return f"{court_time(str(text)):%Y-%m-%d %H:%M}" if text else ""


def refused_words(code: str, facts: Mapping[str, Any], names: Names | None = None) -> str:
    """Why a wish was not granted, in one or two sentences."""
    known = names or {}
    match code:
        case "already":
            return _already(facts, known)
        case "state" | "chain" if facts.get("act"):
            return _already(facts, known)
        case "twice" if facts.get("at"):
            return f"{SENTENCES[code]}（您已于 {instant_words(facts['at'])} 办理过一个环节。）"
        case "changed":
            return changed_words(facts, known)
        case "funds":
            return _funds(facts)
        case "month_closed":
            closed = facts.get("closed_up_to", "")
            return f"{closed} 及以前的月份已经结账，请记入下一个月。"
        case "role":
            return _role(facts)
        case "rule":
            return str(facts.get("message") or "违反账目规则。")
        case _:
            return SENTENCES.get(code) or str(facts.get("message") or f"未受理（{code}）。")


def changed_words(facts: Mapping[str, Any], names: Names) -> str:
    """已变化：承办人 由 甲 变为 乙（丙，2026-11-26 15:20）。"""
    name = str(facts.get("fact", ""))
    seen, now = (_value(name, facts.get(key), names) for key in ("seen", "now"))
    told = f"已变化：{FACT_WORDS.get(name, name)}由“{seen}”变为“{now}”"
    who = " ".join(
        part
        for part in (
            names.get(str(facts.get("by")), str(facts.get("by") or "")),
            instant_words(facts.get("at")),
        )
        if part
    )
    return told + (f"（{who}）" if who else "") + "。请核对后重新提出。"


def _role(facts: Mapping[str, Any]) -> str:
    roles = [str(one).removeprefix("edesk_") for one in facts.get("roles") or ()]
    posts = [*roles, *(str(one) for one in facts.get("posts") or ())]
    if not posts:
        return "您的职务不能办理这一项。"
    return f"您的角色不能办理，需要：{'、'.join(_ROLES.get(one, one) for one in posts)}。"


def _value(name: str, value: object, names: Names) -> str:
    if value in (None, ""):
        return "无"
    if name.endswith("_fen") and isinstance(value, int):
        return f"¥{grouped(value)}"
    return names.get(str(value), str(value))


def _already(facts: Mapping[str, Any], names: Names) -> str:
    by = str(facts.get("by") or "")
    who = names.get(str(facts.get("person_id")), names.get(by, by)) or "他人"
    act = str(facts.get("act") or facts.get("kind") or "")
    done = ACT_WORDS.get(act, "办理")
    at, about = instant_words(facts.get("at")), facts.get("batch") or facts.get("number") or ""
    when = f"于 {at} " if at else ""
    return f"已由 {who} {when}{done}{f'（{about}）' if about else ''}，没有重复办理。"


def _funds(facts: Mapping[str, Any]) -> str:
    said = f"未受理：可用余额 ¥{grouped(int(facts.get('available_fen') or 0))}"
    last = facts.get("last")
    if last:
        said += (
            f"，{instant_words(last.get('at'))} 已付 ¥{grouped(int(last['amount_fen']))}"
            f"（{last.get('number', '')}）"
        )
    return said + "。"
