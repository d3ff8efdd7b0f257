"""`edesk case-number TEXT`: reads a case number and shows its parts. No Qt, no store."""

import argparse
import json
from typing import Final

from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, load_type_words, parse

NAME: Final = "case-number"
HELP: Final = "识别一个案号：任何括号、全角半角数字均可，输出规范写法和各组成部分"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("text", metavar="TEXT", help="案号，如 (2017)豫0302执恢12号之一")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Prints the number. Raises UserError with the reason and the place of the fault."""
    try:
        number = parse(args.text)
    except CaseNumberError as error:
        raise UserError(f"案号有误：{error}") from error
    entry = load_type_words().meaning(number.type_word)
    parts: dict[str, object] = {
        "number": number.format(),
        "case": number.case(),
        "year": number.year,
        "court": number.court,
        "special": number.special,
        "type_word": number.type_word,
        "meaning": entry.meaning if entry else "",
        "class": entry.word_class if entry else "",
        "confirmed": bool(entry and entry.confirmed),
        "serial": number.serial,
        "follow_up": number.follow_up,
        "legacy": number.legacy is not None,
    }
    if args.format == "json":
        print(json.dumps(parts, ensure_ascii=False))
        return 0
    print(parts["number"])
    for label, key in (
        ("年度", "year"),
        ("法院代字", "court"),
        ("专门审判代字", "special"),
        ("类型代字", "type_word"),
        ("含义", "meaning"),
        ("编号", "serial"),
        ("后续文书", "follow_up"),
    ):
        if parts[key] not in (None, ""):
            print(f"  {label}  {parts[key]}")
    if parts["legacy"]:
        print("  2016 年以前的旧式案号，原样保留")
    return 0
