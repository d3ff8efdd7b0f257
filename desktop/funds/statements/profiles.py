"""Layouts of banks' statements, one TOML file each in resources/profiles/bank. Any thread.

A layout names the heads under which a field stands. The layouts that ship were written from what
these banks' exports commonly look like, without an official specimen: `confirmed` says so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from desktop.errors import UserError
from resources import path as resource_path

Format = Literal["table", "camt053", "mt940"]
FOLDER: Final = "profiles/bank"
FIELDS: Final[Mapping[str, str]] = {  # field -> what a person calls it
    "booked_on": "交易日期",
    "value_on": "起息日",
    "amount": "金额",
    "debit": "借方金额",
    "credit": "贷方金额",
    "direction": "借贷标志",
    "balance": "余额",
    "party_name": "对方户名",
    "party_account": "对方账号",
    "text": "摘要",
    "postscript": "附言",
    "reference": "虚拟账号",
    "bank_ref": "流水号",
    "currency": "币种",
    "own_account": "本方账号",
}
_SIDES: Final = {"debit_credit": ("debit", "credit"), "signed": ("amount",)}
_SIDES_KNOWN: Final = ("debit_credit", "signed", "direction")


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout. `heads`: field → heads that mean it. `sides`: how in and out are told apart:
    two columns, a sign, or a column of words (`incoming`, `outgoing`).

    `account`: the only account whose statements are taken, empty for the store's. `before`: labels
    above the table with the account, the opening and the closing balance to their right or behind a
    colon. `ends`: words that begin a row of sums, after which nothing is a movement.
    """

    name: str
    title: str
    format: Format
    confirmed: bool = False
    sides: str = "debit_credit"
    account: str = ""
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    incoming: frozenset[str] = frozenset()
    outgoing: frozenset[str] = frozenset()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The title as lists show it."""
        return self.title if self.confirmed else f"{self.title}〔未核实〕"


@lru_cache(maxsize=1)
def profiles() -> tuple[Profile, ...]:
    """The layouts that ship, by name."""
    files = sorted(resource_path(FOLDER).glob("*.toml"))
    return tuple(load(file) for file in files)


def profile(name: str) -> Profile:
    """A layout by its name, or from a file of one's own. UserError when there is none."""
    for one in profiles():
        if one.name == name:
            return one
    file = Path(name)
    if file.suffix == ".toml" and file.is_file():
        return load(file)
    known = "、".join(one.name for one in profiles())
    raise UserError(f"没有银行对账单方案“{name}”；现有：{known}。")


def load(file: Path) -> Profile:
    """Reads a layout; UserError names what is wrong in it."""
    try:
        raw: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise UserError(f"对账单方案“{file.name}”无法读取：{fault}。") from None
    made = _made(raw, file.name)
    if made.format == "table":
        _check(made, file.name)
    return made


def _made(raw: Mapping[str, Any], where: str) -> Profile:
    try:
        return Profile(
            name=str(raw["name"]),
            title=str(raw["title"]),
            format=raw.get("format", "table"),
            confirmed=bool(raw.get("confirmed", False)),
            sides=str(raw.get("sides", "debit_credit")),
            account=str(raw.get("account", "")),
            heads={key: tuple(heads) for key, heads in raw.get("heads", {}).items()},
            incoming=frozenset(raw.get("incoming", ())),
            outgoing=frozenset(raw.get("outgoing", ())),
            before={key: tuple(words) for key, words in raw.get("before", {}).items()},
            ends=tuple(raw.get("ends", ())),
            currencies=frozenset(raw.get("currencies", ())),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise UserError(f"对账单方案“{where}”不完整：{fault}。") from None


def _check(made: Profile, where: str) -> None:
    if made.sides not in _SIDES_KNOWN:
        raise UserError(f"对账单方案“{where}”的 sides 应为 {'、'.join(_SIDES_KNOWN)} 之一。")
    needed = ("booked_on", *_SIDES.get(made.sides, ("amount", "direction")))
    for key in needed:
        if not made.heads.get(key):
            raise UserError(f"对账单方案“{where}”没有写明“{FIELDS[key]}”（heads.{key}）。")
    for key in made.heads:
        if key not in FIELDS:
            raise UserError(f"对账单方案“{where}”的 heads.{key} 不是已知的栏目。")
