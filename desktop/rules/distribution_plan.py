"""A plan of distribution as it is typed, kept and counted. Pure; any thread.

What is shared is the question that `edesk calc distribute` reads; beside it stand creditors' cases,
what a claim consists of, seizures by day, accounts. The doubled part of interest is no claim of the
plan: it is paid from what all claims left over, pro rata (法释〔2014〕8号第4条; among several
creditors ours 〔未核实〕). Amounts in fen.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from desktop.rules.calculation_checks import Fault, pool_faults
from desktop.rules.calculation_files import read_pool
from desktop.rules.distribution import Distribution, Share, distribute, share_out
from desktop.rules.distribution_law import SEIZURE, plan_law_on
from desktop.rules.money import InputError, fen_of, yuan_text

Row = Mapping[str, str]
CLAIM_KEYS: Final = (
    *("creditor", "case_number", "kind", "amount", "principal", "interest", "doubled"),
    *("seized_on", "seizure_rank", "applied_on", "bank", "account_no"),
)
COST_KEYS: Final = ("name", "amount", "to")
TO_FEE: Final = "fee"  # to the court's account of fees
TO_PAYEE: Final = "out"
COST_ENDS: Final = {TO_FEE: "转执行费账户", TO_PAYEE: "付给收款人"}
HEAD_KEYS: Final = ("debtor_name", "property", "ends_on", "on")
DOUBLED_ARTICLE: Final = "法释〔2014〕8号第4条〔未核实〕"
_RANK_DIGITS: Final = 7


@dataclass(frozen=True, slots=True)
class Content:
    """A plan as it is kept: the question, and beside it the head, costs by name, claims by id."""

    question: Mapping[str, Any]
    head: Mapping[str, str]
    costs: Mapping[str, Row]
    claims: Mapping[str, Row]

    @property
    def day(self) -> date:
        """The day of the plan, whose law counts."""
        return date.fromisoformat(self.head["on"])

    def text(self) -> str:
        """The kept text; equal plans give equal texts."""
        beside = {"head": self.head, "costs": self.costs, "claims": self.claims}
        told = {"question": self.question, "beside": beside}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    def sha256(self) -> str:
        """The fingerprint of the text."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def typed(self) -> dict[str, Any]:
        """As the form holds it."""
        return {
            "pool": self.question["pool"],
            "debtor": self.question["debtor"],
            **self.head,
            "costs": [dict(self.costs[one["name"]]) for one in self.question["costs"]],
            "claims": [dict(self.claims[one["id"]]) for one in self.question["claims"]],
        }


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """What a form holds as a plan, where its rows stand in the form, and all that is wrong."""

    content: Content
    places: Mapping[str, tuple[int, ...]]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """Who gets what; `doubled`: shares of the doubled part in what was left; `left_fen` after it.

    `warnings`: what a reader must not overlook, in Chinese.
    """

    content: Content
    distribution: Distribution
    doubled: tuple[Share, ...]
    left_fen: int
    warnings: tuple[str, ...]

    def got(self) -> dict[str, int]:
        """What each claim gets, its doubled part aside."""
        return self.distribution.allocations()

    def got_doubled(self) -> dict[str, int]:
        """What each claim gets of its doubled part."""
        return {share.id: share.got_fen for share in self.doubled}

    def whole(self, claim_id: str) -> int:
        """Everything that a creditor gets for a claim."""
        return self.got().get(claim_id, 0) + self.got_doubled().get(claim_id, 0)

    def parts(self, claim_id: str) -> dict[str, int]:
        """Of what a claim gets, in fen: interest first, then principal (民法典第561条)."""
        row, got = self.content.claims[claim_id], self.got().get(claim_id, 0)
        interest = min(_fen(row.get("interest", "")), got)
        return {
            "principal_fen": got - interest,
            "interest_fen": interest,
            "doubled_fen": self.got_doubled().get(claim_id, 0),
        }

    def remainders(self) -> dict[str, str]:
        """The exact share of each claim and cost that was cut, in yuan with eight decimals."""
        return {
            share.id: rank.quota_text(share)
            for rank in self.distribution.ranks
            for share in rank.shares
            if share.remainder
        }

    def extras(self) -> frozenset[str]:
        """Those who got one of the fen that the cut left."""
        ranks = self.distribution.ranks
        return frozenset(one.id for rank in ranks for one in rank.shares if one.extra)

    def output(self) -> dict[str, Any]:
        """As the command line prints it, with the doubled part beside it where there is one."""
        told = self.distribution.to_json()
        if self.doubled:
            told["doubled"] = {one.id: yuan_text(one.got_fen) for one in self.doubled}
            told["left"] = yuan_text(self.left_fen)
        return told


@dataclass(frozen=True, slots=True)
class Struck:
    """What becomes of a claim when others are struck; `after_fen` None for the struck one."""

    id: str
    before_fen: int
    after_fen: int | None

    @property
    def gain_fen(self) -> int:
        """How much more it gets, negative for less."""
        return (self.after_fen or 0) - self.before_fen


def make_content(typed: Mapping[str, Any]) -> TypedPlan:
    """The plan of what is typed: `pool`, `debtor`, HEAD_KEYS, rows of `costs` and `claims`.

    Never raises; all that is wrong is in `faults`. Blank rows are left out.
    """
    costs = _filled(typed.get("costs", ()), ("name", "amount"))
    claims = _filled(typed.get("claims", ()), ("creditor", "amount", "principal", "interest"))
    ids = _ids([row for _, row in claims])
    ranks = _ranks([row for _, row in claims])
    question: dict[str, Any] = {
        "pool": str(typed.get("pool") or ""),
        "debtor": typed.get("debtor") or "natural",
        "costs": [{"name": row["name"], "amount": row["amount"]} for _, row in costs],
        "claims": [
            {"id": ids[n], "kind": row["kind"], "amount": _amount(row), "seizure_rank": ranks[n]}
            for n, (_, row) in enumerate(claims)
        ],
    }
    content = Content(
        question,
        {key: str(typed.get(key) or "") for key in HEAD_KEYS},
        {row["name"]: row for _, row in costs},
        {ids[n]: row for n, (_, row) in enumerate(claims)},
    )
    places = {"costs": tuple(n for n, _ in costs), "claims": tuple(n for n, _ in claims)}
    return TypedPlan(content, places, tuple(_faults(content, [row for _, row in claims])))


def read_content(text: str) -> Content:
    """The plan of a kept text."""
    told = json.loads(text)
    beside = told["beside"]
    return Content(told["question"], beside["head"], beside["costs"], beside["claims"])


def count_plan(content: Content, struck: Sequence[str] = ()) -> PlanResult:
    """Shares the pool; claims that are `struck` are not there. Raises UserError for a plan with
    faults."""
    pool, law = read_pool(dict(content.question), content.day)
    kept = tuple(claim for claim in pool.claims if claim.id not in struck)
    found = distribute(replace(pool, claims=kept), law)
    asked = [(one.id, _fen(content.claims[one.id].get("doubled", ""))) for one in kept]
    doubled = share_out(found.left_fen, [one for one in asked if one[1]])
    left = found.left_fen - sum(one.got_fen for one in doubled)
    return PlanResult(content, found, doubled, left, _warnings(content))


def strike_from(whole: PlanResult, struck: Sequence[str]) -> tuple[Struck, ...]:
    """Who gets how much more or less without some claims; who is not concerned is left out."""
    without = count_plan(whole.content, struck)
    found = []
    for one in whole.content.question["claims"]:
        name = str(one["id"])
        after = None if name in struck else without.whole(name)
        change = Struck(name, whole.whole(name), after)
        if change.gain_fen or after is None:
            found.append(change)
    return tuple(sorted(found, key=lambda one: (-one.gain_fen, one.id)))


# Inside


def _filled(rows: Sequence[Row], keys: Sequence[str]) -> list[tuple[int, Row]]:
    return [(n, row) for n, row in enumerate(rows) if any(row.get(key) for key in keys)]


def _ids(rows: Sequence[Row]) -> list[str]:
    """The creditor; with the case number where one has several claims."""
    names = [str(row.get("creditor") or "") for row in rows]
    found = []
    for name, row in zip(names, rows, strict=True):
        number = str(row.get("case_number") or "")
        found.append(f"{name} {number}" if number and names.count(name) > 1 else name)
    return found


def _ranks(rows: Sequence[Row]) -> list[int | str | None]:
    """As typed, where anybody typed one; else by the day of the seizure."""
    typed = [str(row.get("seizure_rank") or "") for row in rows]
    if any(typed):
        return [_number(text) if text else None for text in typed]
    days = sorted({day for row in rows if (day := _day(row.get("seized_on", ""))) is not None})
    places = {day: n for n, day in enumerate(days, start=1)}
    return [places.get(_day(row.get("seized_on", "")) or date.min) for row in rows]


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _RANK_DIGITS else text


def _amount(row: Row) -> str:
    """As typed; else principal and interest together."""
    if row.get("amount"):
        return row["amount"]
    try:
        parts = [fen_of(row[key], key) for key in ("principal", "interest") if row.get(key)]
    except InputError:
        return ""
    return yuan_text(sum(parts)) if parts else ""


def _faults(content: Content, claims: Sequence[Row]) -> list[Fault]:
    found: list[Fault] = []
    if _day(content.head["on"]) is None:
        found.append(Fault("on", "不是日期，应写作 2017-03-31"))
        return found
    if content.head["ends_on"] and _day(content.head["ends_on"]) is None:
        found.append(Fault("ends_on", "不是日期，应写作 2017-03-31"))
    found += pool_faults(content.question, content.day)
    if not content.question["claims"]:
        found.append(Fault("claims", "至少须有一笔债权"))
    for n, row in enumerate(claims):
        found += _claim_faults(n, row)
    return found


def _claim_faults(n: int, row: Row) -> list[Fault]:
    """What only the columns beside the question can have wrong."""
    found: list[Fault] = []
    parts: dict[str, int] = {}
    for key in ("principal", "interest", "doubled"):
        if row.get(key):
            try:
                parts[key] = fen_of(row[key], key)
            except InputError as refused:
                found.append(Fault(f"claims[{n}].{key}", refused.reason))
    for key in ("seized_on", "applied_on"):
        if row.get(key) and _day(row[key]) is None:
            found.append(Fault(f"claims[{n}].{key}", "不是日期，应写作 2017-03-31"))
    told = [parts[key] for key in ("principal", "interest") if key in parts]
    if told and row.get("amount") and not found:
        try:
            amount = fen_of(row["amount"], "amount")
        except InputError:
            return found  # said by the question already
        if sum(told) != amount and ("principal" in parts or sum(told) > amount):
            reason = f"数额 {yuan_text(amount)} 元与本金、利息之和 {yuan_text(sum(told))} 元不符"
            found.append(Fault(f"claims[{n}].amount", reason))
    return found


def _warnings(content: Content) -> tuple[str, ...]:
    found = []
    ends = _day(content.head.get("ends_on", ""))
    late = [
        name
        for name, row in content.claims.items()
        if ends is not None and (_day(row.get("applied_on", "")) or date.min) > ends
    ]
    if late:
        words = "、".join(late)
        found.append(
            f"{words}在财产执行终结（{ends}）之后才申请，不得参与本次分配（民诉法解释第507条第2款）"
        )
    law = plan_law_on(str(content.question["debtor"]), content.day)
    if any(stage.how == SEIZURE for stage in law.stages):
        none = [
            str(one["id"])
            for one in content.question["claims"]
            if one["kind"] == "ordinary" and one["seizure_rank"] is None
        ]
        if none:
            found.append(f"{'、'.join(none)}没有查封，列在各查封顺位之后")
    return tuple(found)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _fen(text: str) -> int:
    """An amount that was checked before; nothing is nothing."""
    return fen_of(text, "") if text else 0
