"""What every command says about its arguments, in Chinese: parser, days, numbers, secrets. No Qt.

A wrong argument ends with 2 and one sentence on standard error; the whole list of options is
shown by --help only.
"""

import argparse
import getpass
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, NoReturn

from desktop.errors import UserError

# Years a court's file can name; days outside are slips of the hand.
YEARS: Final = (1900, 2200)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What argparse says in English, and the same in Chinese.
_SENTENCES: Final = (
    (r"the following arguments are required: (.+)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1 后面缺少取值"),
    (
        r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)",
        r"\1 不能取 \2，可取：\3",
    ),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1 不带取值，多出了 \2"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 不明确，可能是 \2"),
    (r"argument (.+?): (.+)", r"\1：\2"),
)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese. Options must be written out in full."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, add_help=False, allow_abbrev=False)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def format_help(self) -> str:
        """The usual help page under a Chinese heading."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """One sentence, exit code 2."""
        self.exit(2, f"{in_chinese(message)}。用法见 {self.prog} --help\n")


def in_chinese(message: str) -> str:
    """A sentence of argparse in Chinese; sentences of our own pass through."""
    for pattern, chinese in _SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return found.expand(chinese)
    return message


def day(text: str) -> date:
    """A day written 2017-03-31; anything else is refused with a sentence."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写作 2017-03-31") from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise argparse.ArgumentTypeError(f"年份应在 {YEARS[0]} 与 {YEARS[1]} 之间：{text}")
    return found


def whole(least: int, most: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number from `least` to `most`."""

    def number(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"“{text}”应为 {least} 至 {most} 的整数")
        return int(text)

    return number


def picture(text: str) -> Path:
    """The path of a picture or folder to write; a file must end in .png."""
    path = Path(text)
    if path.suffix and path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"图片只存为 .png：{text}")
    return path


def asked_secret(variable: str, question: str) -> str:
    """A secret out of the environment, else typed at the terminal. Raises UserError for none."""
    given = os.environ.get(variable)
    if given:
        return given
    try:
        return getpass.getpass(question)
    except EOFError:
        raise UserError(f"没有输入口令；没有终端时请用环境变量 {variable} 给出。") from None
