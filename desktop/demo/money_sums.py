"""How the amount of a demo order comes about: what of it is debt and what is interest. Pure."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desktop.rules.calculation_files import read_debt
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.money import yuan_text

_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Sums:
    """Parts of an amount in fen, and the calculation as JSON text; empty where there is none."""

    principal_fen: int
    doubled_fen: int
    computation: str = ""


def sums(fen: int, due: date, until: date) -> Sums:
    """The debt that together with its doubled interest makes `fen` on `until`. Where no debt does
    to the fen, or it is not late, all of it is debt."""
    law = load_interest_law()
    days = (until - due).days
    if days < 1:
        return Sums(fen, 0)
    principal = fen * 10_000_000 // (10_000_000 + 1_750 * days)
    for _ in range(_TRIES):
        problem = {
            "principal": [{"amount": yuan_text(principal), "due": due.isoformat()}],
            "payments": [],
            "suspensions": [],
            "general": [],
            "until": until.isoformat(),
        }
        found = interest(read_debt(problem, law), law)
        told = found.to_json()
        doubled = int(str(told["doubled"]).replace(".", "").replace(",", ""))
        if principal + doubled == fen:
            text = {"kind": "interest", "input": problem, "output": told}
            return Sums(principal, doubled, json.dumps(text, ensure_ascii=False))
        principal = fen - doubled
    return Sums(fen, 0)


def due_of(filed: date) -> date:
    """When what a case enforces was to be paid: invented as five weeks before it was filed."""
    return filed - timedelta(days=35)
