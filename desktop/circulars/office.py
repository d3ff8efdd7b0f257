"""The office's own conventions for letters, read from resources once. Pure reading; any thread."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import resources
from desktop.errors import UserError

LEVELS = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Office:
    """`organ`: the word of the number; `reply_workdays`: by level green, yellow, red."""

    organ: str
    issuer: str
    reply_workdays: Mapping[str, int]


@cache
def office() -> Office:
    """The conventions of resources/circulars/letters.toml; UserError when they make no sense."""
    with resources.path("circulars/letters.toml").open("rb") as file:
        read = tomllib.load(file)
    days = {str(level): int(count) for level, count in read["reply_workdays"].items()}
    if set(days) != set(LEVELS) or min(days.values()) < 1:
        raise UserError("督办单参数有误：reply_workdays 须为三个等级各定一个正整数。")
    return Office(str(read["organ"]), str(read["issuer"]), days)


def letter_number(year: int, serial: int | None) -> str:
    """The number as printed: no 第, no padding, the year in hexagonal brackets."""
    return f"{office().organ}〔{year}〕{serial}号" if serial is not None else "未编号"
