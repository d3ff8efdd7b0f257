"""What can be done with a plan as it stands, and why not. Pure apart from the types it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.funds.distributions import AMENDED, Plan


@dataclass(frozen=True, slots=True)
class Allowed:
    """`hidden`: no act of this state. `why_not`: shown and greyed, with the reason."""

    hidden: bool = False
    why_not: str = ""


_YES = Allowed()
_NEVER = Allowed(hidden=True)


def may(plan: Plan, today: date) -> Mapping[str, Allowed]:
    """By the key of the button."""
    draft, settled = plan.state == "draft", plan.state == "settled"
    running = not draft and not settled
    still = plan.open_objections
    undecided = "尚有异议未处理" if still else ""
    over = bool(plan.wait_until) and plan.wait_until < today.isoformat()
    waits = "" if over else f"异议期至 {plan.wait_until} 届满，次日起方可确定"
    live = any(one.live for one in plan.orders)
    amend = any(
        one.decision == AMENDED and one.raised_on >= plan.served_on for one in plan.objections
    )
    to_amend = "有异议应按其意见修正方案，须撤回为草稿" if amend else ""
    return {
        "change": _YES if draft else _NEVER,
        "serve": _YES if draft else _NEVER,
        "object": _NEVER if not running else Allowed(why_not="异议期已届满" if over else ""),
        "decide": _YES if running and still else _NEVER,
        "reopen": _NEVER
        if not running
        else Allowed(why_not=undecided or ("已有支付单" if live else "")),
        "settle": Allowed(why_not=undecided or to_amend or waits) if running else _NEVER,
        "orders": _NEVER if draft else Allowed(why_not=undecided or (to_amend if running else "")),
        "print": _YES,
        "case": _YES,
    }
