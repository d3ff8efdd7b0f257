"""A calculation that was attached to an order, as lines a checker can follow. Pure; any thread.

The text is JSON of `edesk calc`: its answer, or {"kind", "input", "output"}. What is not understood
is told as it stands rather than left out.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from desktop.errors import UserError

TEXT_MAX: Final = 2_000_000
Step = Mapping[str, Any]
_NAMES: Final = {"general": "一般利息", "doubled": "加倍部分", "excluded": "不计期间"}


def checked(text: str) -> str:
    """The text as it is kept, without blanks that mean nothing. Raises UserError for what is no
    calculation."""
    if len(text) > TEXT_MAX:
        raise UserError("计算书过长，不能附入。")
    try:
        told = json.loads(text)
    except ValueError:
        raise UserError("这不是计算器给出的计算书（JSON）。") from None
    if not isinstance(told, dict) or not isinstance(_output(told).get("steps"), list):
        raise UserError("计算书中没有计算步骤（steps）。")
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def computation_lines(text: str | None) -> tuple[str, ...]:
    """The steps in words; nothing where none is attached."""
    if not text:
        return ()
    try:
        told = json.loads(text)
        output = _output(told)
        lines = [_STEPS.get(str(step.get("kind")), _other)(step) for step in output["steps"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return (f"计算书无法解读：{text[:200]}",)
    sums = [
        f"{words} {output[key]} 元"
        for key, words in (
            ("general", "一般债务利息"),
            ("doubled", "加倍部分债务利息"),
            ("total", "合计"),
            ("fee", str(output.get("name", "费用"))),
        )
        if isinstance(output.get(key), str)
    ]
    shares = [f"{name}：{amount} 元" for name, amount in output.get("allocations", {}).items()]
    return (*(line for line in lines if line), *(("；".join(sums),) if sums else ()), *shares)


def part_sums(text: str) -> Mapping[str, int]:
    """Parts of an order's amount that the calculation gives, in fen: what it says itself, else the
    sums it has."""
    told = json.loads(text)
    if isinstance(told.get("parts"), dict):
        return {name: fen for name, fen in told["parts"].items() if isinstance(fen, int)}
    output = _output(told)
    found = {}
    for key, part in (
        ("general", "interest_fen"),
        ("doubled", "doubled_fen"),
        ("fee", "fee_fen"),
    ):
        value = output.get(key)
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            yuan, _, fen = value.partition(".")
            found[part] = int(yuan) * 100 + int(fen.ljust(2, "0")[:2] or 0)
    return found


def _output(told: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = told.get("output")
    return inner if isinstance(inner, dict) else told


def _rule(step: Step) -> str:
    return f"依据：{step.get('article', '')}　{step.get('note', '')}".rstrip()


def _stretch(step: Step) -> str:
    name = _NAMES[step["kind"]]
    if step["kind"] == "excluded":
        return f"{name}　{step['from']} 至 {step['to']}，{step['days']} 天：{step['why']}"
    return (
        f"{name}　{step['from']} 至 {step['to']}，{step['days']} 天："
        f"{step['principal']}×{step['formula']}＝{step['amount']} 元"
    )


def _payment(step: Step) -> str:
    return (
        f"{step['on']} 清偿 {step['amount']} 元：利息 {step['to_general']}，"
        f"本金 {step['to_principal']}，加倍部分 {step['to_doubled']}，"
        f"尚欠本金 {step['left_principal']}"
    )


def _bracket(step: Step) -> str:
    rate = step.get("rate")
    by = f"{step['part']}×{rate}＝" if rate else ""
    return f"{step['why']}：{by}{step['amount']} 元"


def _rank(step: Step) -> str:
    head = (
        f"{step['name']}：可分 {step['available']}，请求 {step['claimed']}，分得 {step['paid']} 元"
    )
    shares = "；".join(f"{one['id']} {one['got']}" for one in step.get("shares", ()))
    return f"{head}（{step['why']}）" + (f"：{shares}" if shares else "")


def _why(step: Step) -> str:
    """A step that explains itself, with its amount where it has one."""
    amount = f"：{step['amount']} 元" if step["kind"] in ("halving", "ceiling", "range") else ""
    return f"{step['why']}{amount}"


def _suspension(step: Step) -> str:
    return f"{step['from']} 至 {step['to']} 中止或者暂缓 {step['days']} 天：{step['why']}"


def _wait(step: Step) -> str:
    until = f"，至 {step['last_on']}" if step.get("last_on") else ""
    return f"{step['name']}：{step['period']}{until}（{step['article']}）"


def _other(step: Step) -> str:
    if step.get("kind") == "sum":
        return ""
    told = [f"{key} {value}" for key, value in step.items() if key != "kind" and value is not None]
    return "，".join(told)


_STEPS: Final[Mapping[str, Callable[[Step], str]]] = {
    "rule": _rule,
    "general": _stretch,
    "doubled": _stretch,
    "excluded": _stretch,
    "suspension": _suspension,
    "conversion": _why,
    "halving": _why,
    "ceiling": _why,
    "range": _why,
    "wait": _wait,
    "payment": _payment,
    "bracket": _bracket,
    "rank": _rank,
}
