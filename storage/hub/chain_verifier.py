"""Checks the chain of decided bundles in a file that `edesk audit export` wrote.

Stands alone: copy this one file to any computer with Python 3.9 or later and run
`python chain_verifier.py FILE [--head CODE ...]`. It uses nothing but the standard library, so
that an auditor needs to trust neither the desk nor its database.

Each line of the file is JSON: a header, one line a link (seq, bundle, content, link, body), and a
last line with the number of links. `body` is all that is stored of a bundle, as text;
content = SHA-256(body), link = SHA-256(seq|previous link|bundle|actor|verdict|content).
A head printed on paper is the link at its number: it holds everything before it in place, even
against whoever can rewrite the whole file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FORMAT = "edesk-chain-1"
GENESIS = "0" * 64
HEX_PRINTED = 32  # 128 bits: fewer could be matched by two versions prepared before printing
_HEX_LEAST = 16
_CODE = re.compile(r"([0-9]+)[^0-9A-Fa-f]([0-9A-Fa-f][0-9A-Fa-f \-]*?)(?:[ \-]*/[ ]*([0-9]{2}))?")


class BadCodeError(ValueError):
    """A head that was copied wrongly; the sentence says what is wrong with it."""


class BadFileError(ValueError):
    """The file is not a whole export."""


@dataclass(frozen=True)
class Head:
    """Number of a link and the first hexadecimal digits of it."""

    seq: int
    prefix: str


@dataclass
class Report:
    """What a check found. `broken` is the first thing wrong in the chain, None when it holds;
    `heads` are sentences about heads that do not fit."""

    links: int = 0
    head: str = GENESIS
    broken: str | None = None
    broken_seq: int | None = None
    broken_bundle: str | None = None
    heads: list[str] = field(default_factory=list)
    heads_checked: int = 0
    histories: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether chain and heads hold."""
        return self.broken is None and not self.heads


def head_code(seq: int, link: str) -> str:
    """A head as it is printed: number, half the digits in groups, two check digits."""
    digits = link[:HEX_PRINTED].lower()
    groups = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return f"{seq}-{groups}/{_check_digits(seq, digits):02d}".upper()


def parse_head(text: str) -> Head:
    """A printed code, or SEQ:LINK with at least 16 digits of the link. Raises BadCodeError."""
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise BadCodeError(f"链首编码无法识别：{text}")
    seq, digits = int(found[1]), re.sub(r"[ \-]", "", found[2]).lower()
    if not _HEX_LEAST <= len(digits) <= len(GENESIS):
        raise BadCodeError(f"链首编码位数不对：{text}")
    if found[3] is not None and int(found[3]) != _check_digits(seq, digits):
        raise BadCodeError(f"链首编码抄录有误，校验位不符：{text}")
    return Head(seq, digits)


def verify(records: Iterable[dict[str, Any]], heads: Sequence[Head] = ()) -> Report:
    """Recomputes every content and every link in order; ends at the first that is wrong."""
    report = Report()
    wanted: dict[int, list[Head]] = {}
    for one in heads:
        wanted.setdefault(one.seq, []).append(one)
    seen: set[str] = set()
    for record in records:
        wrong = _wrong(record, report, seen)
        if wrong is not None:
            report.broken = wrong
            report.broken_seq = _whole(record.get("seq"))
            report.broken_bundle = str(record.get("bundle"))
            break
        for head in wanted.pop(report.links, []):
            report.heads_checked += 1
            if not report.head.startswith(head.prefix):
                report.heads.append(
                    f"纸面链首与第 {head.seq} 环不符：纸面 {head.prefix}，"
                    f"此处 {report.head[: len(head.prefix)]}。"
                    f"第 {head.seq} 环或更早的内容被改写过。"
                )
    for left in wanted.values():
        report.heads += [f"纸面链首第 {one.seq} 环在此处不存在或未能核到。" for one in left]
        report.heads_checked += len(left)
    return report


def _wrong(record: dict[str, Any], report: Report, seen: set[str]) -> str | None:
    """What is wrong with the next link; moves the report on when nothing is."""
    seq, bundle, body = record.get("seq"), record.get("bundle"), record.get("body")
    if seq != report.links + 1:
        return f"第 {report.links + 1} 环缺失，紧接着的是第 {seq} 环。"
    if not isinstance(body, str):
        return f"第 {seq} 环的操作包 {bundle} 已不存在。"
    content = hashlib.sha256(body.encode("utf-8")).hexdigest()
    if content != record.get("content"):
        return f"第 {seq} 环的操作包 {bundle} 内容被改动。"
    try:
        told = json.loads(body)
        who, verdict, history = told["actor"], told["verdict"], told["history"]
        named = told["id"]
    except (ValueError, KeyError, TypeError):
        return f"第 {seq} 环的操作包 {bundle} 无法读取。"
    if named != bundle or bundle in seen:
        return f"第 {seq} 环的操作包 {bundle} 编号不符或重复。"
    text = "|".join((str(seq), report.head, str(bundle), str(who), str(verdict), content))
    link = hashlib.sha256(text.encode("utf-8")).hexdigest()
    if link != record.get("link"):
        return f"第 {seq} 环（操作包 {bundle}）与前一环不相连。"
    seen.add(str(bundle))
    report.links, report.head = report.links + 1, link
    if not report.histories or report.histories[-1][1] != history:
        report.histories.append((report.links, str(history)))
    return None


def records_of(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The links of an exported file. Raises BadFileError for another or a cut file."""
    ended: int | None = None
    count = 0
    for number, line in enumerate(lines):
        if ended is not None:
            raise BadFileError("文件结尾之后还有内容。")
        try:
            record = json.loads(line)
        except ValueError as error:
            raise BadFileError(f"第 {number + 1} 行无法读取。") from error
        if not isinstance(record, dict):
            raise BadFileError(f"第 {number + 1} 行无法读取。")
        if number == 0:
            if record.get("format") != FORMAT:
                raise BadFileError("这不是审计链导出文件。")
        elif "end" in record:
            ended = _whole(record["end"])
            if ended != count:
                raise BadFileError(f"文件应有 {ended} 环，实有 {count} 环。")
        else:
            count += 1
            yield record
    if ended is None:
        raise BadFileError("文件不完整：没有结尾。")


def lines_of(report: Report) -> list[str]:
    """The report for people."""
    said = [f"已核对 {report.links} 环，链首 {head_code(report.links, report.head)}"]
    if report.broken is not None:
        said.append(f"断链：{report.broken}")
    said += report.heads
    if len(report.histories) > 1:
        said.append(
            "共享库的历史更替过（切换或恢复）："
            + "；".join(f"第 {seq} 环起 {history}" for seq, history in report.histories[1:])
            + "。更替前夕打印的链首可能属于丢失的末段。"
        )
    if report.sound:
        said.append(f"全部相符；核对了 {report.heads_checked} 个纸面链首。")
    return said


def main(words: Sequence[str]) -> int:
    """0 when everything holds, 1 when it does not, 2 for wrong arguments or another file."""
    codes: list[str] = []
    files: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--head":
            codes.append(next(left, ""))
        else:
            files.append(word)
    if len(files) != 1:
        print("用法：python chain_verifier.py 导出文件 [--head 链首编码 ...]", file=sys.stderr)
        return 2
    try:
        heads = [parse_head(code) for code in codes]
        with open(files[0], encoding="utf-8") as file:
            report = verify(records_of(file), heads)
    except (BadCodeError, BadFileError, OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines_of(report)))
    return 0 if report.sound else 1


def _check_digits(seq: int, digits: str) -> int:
    """The remainder by 97 finds every wrong digit and every two neighbours exchanged."""
    return int((seq << (4 * len(digits))) + int(digits, 16)) % 97


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
