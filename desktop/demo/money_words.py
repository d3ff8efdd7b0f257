"""What the demo's bank says: accounts that no bank gives out, payers and their words. Pure."""

import hashlib
from random import Random
from typing import Final

from desktop.demo.matters import BANKS
from desktop.demo.names import PARTY_GIVEN, PARTY_SURNAMES, company, natural_person
from desktop.demo.story import Told

# Accounts begin with 0379, as no card does.
COURT_ACCOUNT: Final = "03790000202600"
COURT_NAME: Final = "洛阳市中级人民法院执行款专户"
_DIGITS: Final = 10**11
_PLAIN: Final = ("执行款", "案款", "履行款", "还款", "执行款（分期）")


def virtual_account(n: int) -> str:
    """一案一账号: the court's account with six digits of the case behind it."""
    return f"{COURT_ACCOUNT}{n:06d}"


def account_of(name: str, salt: int = 0) -> str:
    """The account of a person or company; another `salt`, another account."""
    seal = hashlib.sha256(f"{name}|{salt}".encode()).digest()
    return f"037962{int.from_bytes(seal[:8]) % _DIGITS:011d}"


def bank_of(name: str, salt: int = 0) -> str:
    """Where that account is kept."""
    return BANKS[hashlib.sha256(f"{salt}|{name}".encode()).digest()[0] % len(BANKS)]


def payer(rng: Random, case: Told) -> tuple[str, str]:
    """(name, text) of a payment on a case: mostly the debtor, else who pays for him."""
    roll = rng.random()
    if roll < 0.7:
        return case.debtor, rng.choice((f"{case.number}{rng.choice(_PLAIN)}", *_PLAIN[:3]))
    if roll < 0.8:
        return rng.choice(BANKS), f"{case.number}司法扣划"
    if roll < 0.9:
        relative = case.debtor[0] + rng.choice(PARTY_GIVEN)
        return relative, f"代{case.debtor}还款"
    if "公司" in case.debtor:
        return natural_person(rng), f"代{case.debtor}付{case.number}案款"
    return company(rng), f"{case.debtor}工资扣款 {case.number}"


def stranger(rng: Random) -> tuple[str, str]:
    """(name, text) of money that nobody can place."""
    name = rng.choice(
        (natural_person(rng), rng.choice(PARTY_SURNAMES) + rng.choice(PARTY_GIVEN), company(rng))
    )
    return name, rng.choice(("", "", "转账", "货款", "往来款", "法院", "还款", "代付"))
