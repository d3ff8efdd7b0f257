"""From what is typed to a question, from the question to a result with every step. Pure.

The question has the form that `edesk calc` reads, so that a result can be recounted there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.calculation_words import distribution_sheet, fee_sheet, interest_sheet
from desktop.errors import UserError
from desktop.rules.calculation_checks import Fault, debt_faults, pool_faults
from desktop.rules.calculation_files import read_debt, read_pool
from desktop.rules.distribution import distribute
from desktop.rules.fee_cases import HalvedFee, SetFee, halve, load_fee_cases, set_fee
from desktop.rules.fees import Fee, fee
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.interest_parts import by_parts
from desktop.rules.money import InputError, fen_of

FEE: Final = "fee"
INTEREST: Final = "interest"
SHARE: Final = "distribute"
_DAY_LENGTH: Final = 10
Row = Mapping[str, str]

# How fields are called beneath the form.
_LISTS: Final = {
    "principal": "款项",
    "payments": "付款",
    "suspensions": "中止暂缓",
    "general": "一般利息",
    "costs": "费用",
    "claims": "债权",
}
_KEYS: Final = {
    "amount": "金额",
    "due": "届满日",
    "kind": "种类",
    "mid_rate": "中间价",
    "on": "日期",
    "from": "起",
    "to": "止",
    "rate": "利率",
    "per": "利率单位",
    "basis": "计息基数",
    "name": "名称",
    "id": "债权人",
    "seizure_rank": "查封顺位",
    "until": "计算截止日",
    "pool": "可供分配",
    "debtor": "被执行人",
    "costs_in_base": "诉讼费用",
    "currency": "币种",
    "decided": "决定的费用",
    "halved": "减半",
    "matter": "案件类别",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what the sheet says about who printed it when. `day`: whose law counts."""

    kind: str
    question: Mapping[str, Any]
    day: date
    now: datetime
    by: str
    case_id: str = ""
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result, or what is wrong. `parts`: of the amount, in fen, as an order lists them."""

    asked: Asked
    faults: tuple[Fault, ...] = ()
    sheet: CalculationSheet | None = None
    amount_fen: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)
    output: Mapping[str, Any] = field(default_factory=dict)

    def computation(self) -> str:
        """Input and output as JSON text, for an order or a plan."""
        told = {
            "kind": self.asked.kind,
            "on": self.asked.day.isoformat(),
            "input": self.asked.question,
            "output": self.output,
            "parts": dict(self.parts),
        }
        return json.dumps(told, ensure_ascii=False)


def answer(asked: Asked) -> Answer:
    """Counts; never raises for what a user typed. Any lane."""
    count = {FEE: _fee, INTEREST: _interest, SHARE: _share}[asked.kind]
    try:
        return count(asked)
    except InputError as refused:
        return Answer(asked, (Fault(refused.field, refused.reason),))
    except UserError as refused:
        return Answer(asked, (Fault("", str(refused).rstrip("。")),))


def _fee(asked: Asked) -> Answer:
    question, faults = asked.question, []
    kind = str(question["kind"])
    found: Fee | HalvedFee | SetFee | None = None
    key = "decided" if question.get("without_amount") else "amount"
    try:
        fen = fen_of(str(question.get(key) or ""), key)
        if key == "decided":
            found = set_fee(kind, str(question.get("matter") or ""), fen, key)
        else:
            found = fee(kind, fen, date.fromisoformat(str(question["on"])))
            if question.get("halved"):
                found = halve(found, str(question["halved"]), "halved")
    except InputError as refused:
        faults.append(Fault(refused.field.removeprefix("--"), refused.reason))
    except ValueError:
        faults.append(Fault("on", "不是日期，应写作 2017-03-31"))
    except UserError as refused:
        faults.append(Fault("on", str(refused).rstrip("。").removeprefix("--on：")))
    if key == "amount" and not _is_day(str(question.get("on") or "")):
        fault = Fault("on", "不是日期，应写作 2017-03-31")
        faults += [fault] if fault not in faults else []
    if found is None or faults:
        return Answer(asked, tuple(faults))
    sheet = fee_sheet(found, asked.now, asked.by)
    fen = found.fee_fen
    return Answer(asked, (), _titled(sheet, asked), fen, {"fee_fen": fen}, found.to_json())


def _interest(asked: Asked) -> Answer:
    law = load_interest_law()
    faults = debt_faults(asked.question, law)
    if faults:
        return Answer(asked, faults)
    found = interest(read_debt(asked.question, law), law)
    if by_parts(found.debt, law).totals != found.totals:
        raise AssertionError("running balance and parts disagree")
    totals = found.totals
    parts = {
        "principal_fen": totals.left_fen,
        "interest_fen": max(totals.general_fen - totals.paid_general_fen, 0),
        "doubled_fen": max(totals.doubled_fen - totals.paid_doubled_fen, 0),
    }
    sheet = _titled(interest_sheet(found, asked.now, asked.by), asked)
    return Answer(asked, (), sheet, totals.unpaid_fen, parts, found.to_json())


def _share(asked: Asked) -> Answer:
    faults = pool_faults(asked.question, asked.day)
    if faults:
        return Answer(asked, faults)
    pool, law = read_pool(asked.question, asked.day)
    found = distribute(pool, law)
    sheet = _titled(distribution_sheet(found, printed_at=asked.now, printed_by=asked.by), asked)
    return Answer(asked, (), sheet, pool.pool_fen - found.left_fen, {}, found.to_json())


def _titled(sheet: CalculationSheet, asked: Asked) -> CalculationSheet:
    """With the case it is for."""
    if not asked.case_number:
        return sheet
    facts = (("案号", asked.case_number), *sheet.facts)
    return CalculationSheet(
        title=sheet.title,
        facts=facts,
        conclusions=sheet.conclusions,
        warnings=sheet.warnings,
        tables=sheet.tables,
        basis=sheet.basis,
        printed_at=sheet.printed_at,
        printed_by=sheet.printed_by,
    )


# Questions


def filled(rows: Sequence[Row], keys: Sequence[str]) -> list[tuple[int, Row]]:
    """The rows in which somebody wrote one of `keys`, with their places."""
    return [(n, row) for n, row in enumerate(rows) if any(row.get(key) for key in keys)]


@dataclass(frozen=True, slots=True)
class Typed:
    """A question and where its rows stand in the form, by list."""

    question: dict[str, Any]
    places: Mapping[str, tuple[int, ...]]

    def cells(self, faults: Sequence[Fault]) -> dict[str, dict[tuple[int, str], str]]:
        """Faults by list and cell of the form."""
        found: dict[str, dict[tuple[int, str], str]] = {name: {} for name in self.places}
        for fault in faults:
            place = fault.place()
            if place is not None and place[0] in found and place[1] < len(self.places[place[0]]):
                row = self.places[place[0]][place[1]]
                found[place[0]].setdefault((row, place[2]), fault.reason)
        return found

    def named(self, fault: Fault) -> str:
        """款项第 2 行·金额：不是金额."""
        place = fault.place()
        if place is None:
            name = _LISTS.get(fault.field) or _KEYS.get(fault.field, fault.field)
            return f"{name}：{fault.reason}" if name else fault.reason
        rows = self.places.get(place[0], ())
        row = rows[place[1]] if place[1] < len(rows) else place[1]
        key = f"·{_KEYS.get(place[2], place[2])}" if place[2] else ""
        return f"{_LISTS[place[0]]}第 {row + 1} 行{key}：{fault.reason}"


def interest_question(typed: Mapping[str, Any]) -> Typed:
    """The question of the interest form: lists of rows, `until`, `currency`, `costs_in_base`."""
    principal = filled(typed["principal"], ("amount", "due"))
    payments = filled(typed["payments"], ("on", "amount"))
    stops = filled(typed["suspensions"], ("from", "to"))
    general = filled(typed["general"], ("rate", "from", "to"))
    question: dict[str, Any] = {
        "principal": [_principal(row) for _, row in principal],
        "payments": [{"on": row["on"], "amount": row["amount"]} for _, row in payments],
        "suspensions": [
            {"from": row["from"], "to": row["to"], "at_debtor_request": row["asked"] == "1"}
            for _, row in stops
        ],
        "general": [_general(row) for _, row in general],
        "until": typed["until"],
    }
    if typed.get("currency", "CNY") != "CNY":
        question["currency"] = typed["currency"]
    if typed.get("costs_in_base") in ("yes", "no"):
        question["costs_in_base"] = typed["costs_in_base"] == "yes"
    places = {
        "principal": tuple(n for n, _ in principal),
        "payments": tuple(n for n, _ in payments),
        "suspensions": tuple(n for n, _ in stops),
        "general": tuple(n for n, _ in general),
    }
    return Typed(question, places)


def _principal(row: Row) -> dict[str, str]:
    made = {"amount": row["amount"], "due": row["due"]}
    if row.get("kind", "debt") != "debt":
        made["kind"] = row["kind"]
    if row.get("mid_rate"):
        made["mid_rate"] = row["mid_rate"]
    return made


def _general(row: Row) -> dict[str, str]:
    made = {"rate": row["rate"], "per": row["per"], "from": row["from"]}
    if row.get("basis"):
        made["basis"] = row["basis"]
    if row.get("to"):
        made["to"] = row["to"]
    return made


def share_question(typed: Mapping[str, Any]) -> Typed:
    """The question of the quick distribution: `pool`, `debtor`, rows of costs and claims."""
    costs = filled(typed["costs"], ("name", "amount"))
    claims = filled(typed["claims"], ("id", "amount", "seizure_rank"))
    question: dict[str, Any] = {
        "pool": typed["pool"],
        "debtor": typed["debtor"],
        "costs": [{"name": row["name"], "amount": row["amount"]} for _, row in costs],
        "claims": [
            {
                "id": row["id"],
                "kind": row["kind"],
                "amount": row["amount"],
                "seizure_rank": _rank(row.get("seizure_rank", "")),
            }
            for _, row in claims
        ],
    }
    places = {"costs": tuple(n for n, _ in costs), "claims": tuple(n for n, _ in claims)}
    return Typed(question, places)


def _rank(text: str) -> int | str | None:
    """A number where it is one; else as it is, so that it is refused by its field."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DAY_LENGTH else text


def halvings() -> tuple[tuple[str, str], ...]:
    """Code and name of the reasons to halve an acceptance fee."""
    return tuple((one.code, one.name) for one in load_fee_cases().halvings)


def matters(kind: str) -> tuple[tuple[str, str], ...]:
    """Code and words of the cases without an amount."""
    ranges = load_fee_cases().ranges
    return tuple((one.code, f"{one.matter}，{one.words()}") for one in ranges if one.kind == kind)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == _DAY_LENGTH
