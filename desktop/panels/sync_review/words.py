"""Values, fields and broken rules as people say them. Pure; any thread."""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import resources
from desktop.contract.court_zone import court_time
from desktop.contract.fixed_words import ROLE_WORDS
from desktop.funds.asked_words import SENTENCES, refused_words
from storage.sync.merged import MergedRow

STATE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"waiting": "待发送", "held": "待裁", "settled": "已处理", "applied": "已采纳"}
)
STATE_STYLES: Final[Mapping[str, str]] = MappingProxyType(
    {"waiting": "due_soon", "held": "overdue", "settled": "paused", "applied": "done"}
)
REQUEST_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "disburse": "案款发放",
        "remit": "其他账户付款",
        "pay": "案款支付",
        "release": "退回受理",
        "receive": "案款收入",
        "assign": "不明款认领",
        "transfer": "案款划转",
        "reverse": "冲正",
        "close_month": "月度报结",
        "sign_month": "月度签结",
        "pass_order": "支付单审批",
        "return_order": "支付单退回",
        "withdraw_order": "支付单撤回",
        "send_order": "支付单送出",
        "answer_order": "支付结果登记",
        "expire_orders": "逾期支付单退回",
        "match_line": "银行流水核对",
        "open_account": "案款账号开立",
        "move_case": "案件移交",
        "number_letter": "督办单编号",
        "number_document": "公文编号",
    }
)
_REQUEST_STATES: Final[Mapping[str, str]] = {
    "asked": "已提出",
    "accepted": "已受理",
}
_VERDICTS: Final[Mapping[str, str]] = {
    "applied": "已采纳",
    "conflict": "同一内容已被他人改动",
    "rejected": "未受理",
    "not_permitted": "没有权限",
    "gone": "记录已不在您的范围",
    "needs_parent": "所依附的记录未被采纳",
    "invalid": "内容不合格式",
    "upgrade": "等待共享库升级",
    "wrong_user": "须由本人登录发送",
    "waiting": "等待",
}
_RULES: Final[Mapping[str, str]] = {
    "role": "您的角色不能作此操作，需要：{roles}。",
    "scope": "该记录不属于您的团队。",
    "author": "记录人只能是您本人。",
    "duplicate": "与共享库已有记录重复。",
    "check": "违反共享库的数据规则。",
    "missing": "缺少必填内容。",
    "needs_parent": "它所依附的记录（案件或督办单）未被采纳，或已不在您的范围。",
    "gone": "该记录已移交其他团队或被删除。",
    "own": "经办人不得复核：这笔款是您本人提出的。",
    "month_closed": "{closed_up_to} 及以前的月份已经结账，请记入下一个月。",
    "future": "记账日（{booked_on}）不能晚于今天。",
    "booked_on": "记账日“{booked_on}”不是日期。",
    "account": "这两个账户之间不能划转。",
    "line": "与银行流水的金额或方向不符。",
    "kind": "该笔（{number}）不能冲正：批准可以退回，冲正不能再冲正。",
    "month": "“{month}”不是月份。",
    "running": "{month} 尚未结束，不能结账。",
    "earlier": "{open} 尚未结账，不能先结 {month}。",
    "trial": "试算不平，不能结账。",
    "changed": "{month} 报结后又有新账，请重新报结。",
    "closed": "案件已结案（{closed_on}），不能移交。",
    "same_team": "案件已在该团队。",
    "team": "没有这个团队。",
    "reason": "没有写明理由。",
    "payee": "没有写明领款人。",
    "amount": "金额须大于零。",
    "reply_by": "回复期限（{reply_by}）已过，请改期后重新签发。",
    "numbered": "文书已经编号或不再是草稿。",
    "not_ready": "签发前的各环节尚未办完，不能编号。",
    "columns": "含有共享库不认识的字段。",
    "table": "含有共享库不认识的表。",
    "schema": "共享库尚不认识本机的数据版本，升级后自动处理。",
    "not_yours": "同一编号的内容由他人提交过。",
    "unknown_request": "共享库不受理这类请求。",
}
_DONE: Final[Mapping[str, str]] = {
    "payment": "支付",
    "release": "退回",
    "receipt": "入账",
    "reversal": "冲正",
}
MONEY: Final = frozenset({"claim_fen", "executed_fen", "amount_fen", "balance_fen", "held_fen"})
Names = Callable[[str, str], str]  # (column, id) -> name of a court, team, person or case


@cache
def _fields() -> Mapping[str, Mapping[str, str]]:
    with resources.path("fields.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def table_words(table: str) -> str:
    """The Chinese name of a table."""
    return _fields().get(table, {}).get("_", table)


def field_words(table: str, column: str) -> str:
    """The Chinese name of a column."""
    return _fields().get(table, {}).get(column, column)


def verdict_words(verdict: str | None) -> str:
    """A verdict in two to ten characters; empty before there is one."""
    return _VERDICTS.get(verdict or "", verdict or "")


def merged_words(rows: Iterable[MergedRow]) -> str:
    """What was taken beside the edits of others; empty where nobody else had changed the row."""
    parts = []
    for row in rows:
        mine, theirs = (
            "、".join(field_words(row.table, column) for column in columns)
            for columns in (row.mine, row.theirs)
        )
        parts.append(f"{table_words(row.table)}：您的{mine}，对方的{theirs}")
    return "已合并（" + "；".join(parts) + "）" if parts else ""


def yuan(fen: int) -> str:
    """Fen as ¥ with groups of thousands; exact, no floating point."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}¥{whole // 100:,}.{whole % 100:02d}"


def value_words(column: str, value: Any, names: Names, table: str = "") -> str:
    """A value as a person reads it: ¥ for fen, a name for an id, — for nothing."""
    if value is None or value == "":
        return "—"
    if table == "request" and column in ("kind", "state"):
        words = REQUEST_WORDS if column == "kind" else _REQUEST_STATES
        return words.get(str(value), str(value))
    if column in MONEY and isinstance(value, int):
        return yuan(value)
    if column == "args":
        return _args_words(value)
    if column.endswith("_id") and isinstance(value, str):
        return names(column, value)
    if column in ("urgent", "confirmed", "quota", "has_property", "non_litigation"):
        return "是" if value else "否"
    return str(value)


def _args_words(value: Any) -> str:
    args = json.loads(value) if isinstance(value, str) else dict(value)
    parts = []
    if "amount_fen" in args:
        parts.append(yuan(int(args["amount_fen"])))
    parts += [str(args[key]) for key in ("payee", "reason") if args.get(key)]
    return " · ".join(parts) or "—"


def moment(text: str) -> str:
    """2026-11-26T07:20:33+00:00 as 2026-11-26 15:20, by the court's clock; empty for none."""
    return f"{court_time(text):%Y-%m-%d %H:%M}" if text else ""


def rule_words(verdict: str, detail: Mapping[str, Any], label: str = "") -> str:
    """Why the hub did not take it, in one or two sentences."""
    code = str(detail.get("code") or verdict)
    if code == "conflict":
        by, at = str(detail.get("by") or ""), moment(str(detail.get("at") or ""))
        gap = " " if by[-1:].isascii() else ""
        who = f"{by}{gap}已于 {at} " if by and at else "他人已"
        return f"{who}改动了同一内容，须由您决定采用哪一个。"
    if code == "funds":
        return _funds(detail)
    if "act" in detail or "fact" in detail:  # of a payment order: who did what, what has changed
        return refused_words(code, detail)
    if code == "already":
        word = _DONE.get(str(detail.get("kind")), "签结")
        at = moment(str(detail.get("at") or ""))
        return (
            f"已由{detail.get('by')}于 {at} {word}（{detail.get('number', detail.get('month'))}）。"
        )
    if code == "rule":
        return str(detail.get("message") or "违反共享库的业务规则。")
    facts = {**detail, "roles": _roles(detail)}
    words = _RULES.get(code, "")
    try:
        said = words.format(**facts)
    except KeyError:
        said = words
    if not said and code in SENTENCES:
        said = refused_words(code, detail)
    if not said:
        said = f"{verdict_words(verdict)}（{code}）。"
    if code in ("duplicate", "check", "missing") and detail.get("detail"):
        said += f"（{detail['detail']}）"
    return said


def _roles(detail: Mapping[str, Any]) -> str:
    roles = [str(one).removeprefix("edesk_") for one in detail.get("roles") or ()]
    return "、".join(ROLE_WORDS.get(one, one) for one in roles)


def _funds(detail: Mapping[str, Any]) -> str:
    words = f"未受理：可用余额 {yuan(int(detail.get('available_fen') or 0))}"
    last = detail.get("last")
    if last:
        words += (
            f"，{moment(str(last['at']))} 已付 {yuan(int(last['amount_fen']))}（{last['number']}）"
        )
    return words + "。"


def possible_fen(detail: Mapping[str, Any]) -> int | None:
    """The amount that could be granted instead, where the hub named one above zero."""
    if detail.get("code") != "funds":
        return None
    fen = int(detail.get("available_fen") or 0)
    return fen if fen > 0 else None
