"""Every fault of a calculator's question at once, for a form. Pure; any thread.

desktop.rules.calculation_files refuses a question with one sentence, as scripts want it. Here the
parts are asked one by one, beside parts that are right, so that one wrong row hides no other.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from desktop.errors import UserError
from desktop.rules.calculation_files import read_debt, read_pool
from desktop.rules.interest_law import InterestLaw
from desktop.rules.money import InputError

Question = Mapping[str, object]
_FAR = "2199-12-31"
_PART = re.compile(r"(?P<list>[a-z_]+)\[(?P<place>[0-9]+)\](?:\.(?P<key>[a-z_]+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a field as sentences name it, and why."""

    field: str
    reason: str

    def place(self) -> tuple[str, int, str] | None:
        """principal[0].amount as (principal, 0, amount); None for a field outside the lists."""
        found = _PART.fullmatch(self.field)
        if found is None:
            return None
        return found["list"], int(found["place"]), found["key"] or ""


def debt_faults(question: Question, law: InterestLaw) -> tuple[Fault, ...]:
    """Everything that read_debt would refuse, in the order of the form; empty when it is right."""
    faults = _Faults()
    principal = _rows(question, "principal")
    more = {key: question[key] for key in ("currency", "costs_in_base") if key in question}
    for place, row in enumerate(principal):
        asked = {"principal": [row], "until": _FAR, **more}
        # Whether costs are in the base is asked of the whole, below.
        asked.setdefault("costs_in_base", False)
        faults.none(partial(read_debt, asked, law), "principal", place)
    known_days = [day for row in principal if (day := _day(row.get("due"))) is not None]
    first = max(min(known_days, default=law.first_day), law.first_day).isoformat()
    stub: dict[str, object] = {"principal": [{"amount": "1.00", "due": first}]}
    until = question.get("until")
    known = faults.none(lambda: read_debt({**stub, "until": until}, law), "", 0)
    stub["until"] = until if known else _FAR
    for name in ("payments", "suspensions", "general"):
        for place, row in enumerate(_rows(question, name)):
            asked = {**stub, name: [row]}
            faults.none(partial(read_debt, asked, law), name, place)
    if not faults.found:
        faults.none(lambda: read_debt(question, law), "", 0)
    return tuple(faults.found)


def pool_faults(question: Question, day: date) -> tuple[Fault, ...]:
    """Everything that read_pool would refuse, in the order of the form; empty when it is right."""
    faults = _Faults()
    debtor = question.get("debtor")
    stub: dict[str, object] = {"pool": "0.00", "debtor": "natural", "claims": []}
    faults.none(lambda: read_pool({**stub, "pool": question.get("pool")}, day), "", 0)
    if faults.none(lambda: read_pool({**stub, "debtor": debtor}, day), "", 0):
        stub["debtor"] = debtor
    names: dict[tuple[str, object], int] = {}
    for name, key in (("costs", "name"), ("claims", "id")):
        for place, row in enumerate(_rows(question, name)):
            asked = {**stub, name: [row]}
            right = faults.none(partial(read_pool, asked, day), name, place)
            if right and names.setdefault((name, row.get(key)), place) != place:
                faults.found.append(Fault(f"{name}[{place}].{key}", "与前面的重复"))
    if not faults.found:
        faults.none(lambda: read_pool(question, day), "", 0)
    return tuple(faults.found)


class _Faults:
    """Collects what questions about parts are refused for, with the place in the whole."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def none(self, ask: Callable[[], object], name: str, place: int) -> bool:
        """Whether the part is right; its fault is kept otherwise."""
        try:
            ask()
        except InputError as refused:
            field = refused.field
            if name and field.startswith(f"{name}[0]"):
                field = f"{name}[{place}]{field.removeprefix(f'{name}[0]')}"
            fault = Fault(field, refused.reason)
            if fault not in self.found:
                self.found.append(fault)
            return False
        except UserError as refused:
            words = str(refused).rstrip("。")
            self.found.append(Fault(*words.split("：", 1)) if "：" in words else Fault("", words))
            return False
        return True


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _rows(question: Question, name: str) -> Sequence[Mapping[str, object]]:
    found = question.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
