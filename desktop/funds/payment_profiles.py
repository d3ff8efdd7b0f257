"""How a bank wants its payment files and writes its status files: TOML, read and checked. No Qt.

Profiles in `resources/profiles/payments` ship with the desk; another one is given by its path. A
bank's own layout is a copy of one of them with other heads and words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from desktop.errors import UserError
from resources import path as resource_path

Format = Literal["csv", "xlsx", "xml"]
Outcome = Literal["paid", "failed", "unknown"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
# What a column of a payment file may hold.
VALUES: Final = frozenset(
    (
        *("sequence", "reference", "batch", "day", "amount", "currency", "purpose", "memo"),
        *("payee", "bank", "account_no", "case_number", "number", "our_name", "our_account"),
    )
)
_HEADS: Final = ("reference", "outcome", "amount", "reason", "bank_ref")
_NEEDED: Final = ("reference", "outcome")


@dataclass(frozen=True, slots=True)
class OutColumn:
    """`most`: bytes in the file's encoding, 0 for any length; only what may be `cut` is cut, all
    else that is too long is refused."""

    head: str
    value: str
    most: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class OutLayout:
    """A file to the bank. `reference`: the order's id as it is, or its 32 hexadecimal digits.
    Without `quoted` no field may hold the delimiter."""

    format: Format
    encoding: str
    delimiter: str
    quoted: bool
    reference: Literal["id", "hex"]
    columns: tuple[OutColumn, ...]


@dataclass(frozen=True, slots=True)
class StatusLayout:
    """A file from the bank: heads by what they mean, and the bank's words by what they mean."""

    format: Format
    heads: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class PaymentProfile:
    """One bank's way out and back."""

    name: str
    title: str
    description: str
    out: OutLayout
    status: StatusLayout


@cache
def shipped_profiles() -> Mapping[str, PaymentProfile]:
    """Name -> profile of what comes with the desk, in the order of their names."""
    files = sorted(resource_path("profiles/payments").glob("*.toml"))
    return MappingProxyType({file.stem: load_profile(file) for file in files})


def load_profile(path: Path) -> PaymentProfile:
    """Reads a profile. Raises UserError that names what is wrong with it."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"付款方案“{path.name}”无法读取：{error}。") from error
    try:
        return PaymentProfile(
            name=path.stem,
            title=str(told["title"]),
            description=str(told.get("description", "")),
            out=_out(told["out"]),
            status=_status(told["status"]),
        )
    except KeyError as missing:
        raise UserError(f"付款方案“{path.name}”缺少 {missing}。") from missing
    except ValueError as wrong:
        raise UserError(f"付款方案“{path.name}”有误：{wrong}。") from wrong


def _format(told: Mapping[str, Any]) -> Format:
    if told["format"] not in get_args(Format):
        raise ValueError(f"format 应为 {'、'.join(get_args(Format))} 之一")
    return cast(Format, told["format"])


def _out(told: Mapping[str, Any]) -> OutLayout:
    reference = told.get("reference", "hex")
    if reference not in ("id", "hex"):
        raise ValueError("reference 应为 id 或 hex")
    columns = tuple(
        OutColumn(
            str(one["head"]), str(one["value"]), int(one.get("most", 0)), bool(one.get("cut"))
        )
        for one in told.get("column", ())
    )
    kind = _format(told)
    values = [column.value for column in columns]
    if unknown := sorted(set(values) - VALUES):
        raise ValueError(f"没有“{unknown[0]}”这一项")
    if kind != "xml" and not {"reference", "amount", "payee", "account_no"} <= set(values):
        raise ValueError("付款文件须有流水号、金额、户名和账号")
    encoding = str(told.get("encoding", "utf-8-sig"))
    try:
        "".encode(encoding)
    except LookupError:
        raise ValueError(f"没有“{encoding}”这种编码") from None
    delimiter = str(told.get("delimiter", ","))
    quoted = bool(told.get("quoted", True))
    return OutLayout(kind, encoding, delimiter, quoted, reference, columns)


def _status(told: Mapping[str, Any]) -> StatusLayout:
    words: dict[str, Outcome] = {}
    for outcome in OUTCOMES:
        for word in told["words"].get(outcome, ()):
            if word in words:
                raise ValueError(f"“{word}”有两种含义")
            words[str(word)] = outcome
    heads = {key: tuple(told.get(key, ())) for key in _HEADS}
    kind = _format(told)
    if kind != "xml" and (lacking := [key for key in _NEEDED if not heads[key]]):
        raise ValueError(f"回盘文件缺少 {lacking[0]}")
    return StatusLayout(kind, MappingProxyType(heads), MappingProxyType(words))
