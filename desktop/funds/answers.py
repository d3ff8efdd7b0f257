"""What the bank says became of a batch: a status file, line by line, each by its order's key.

Reading knows no database; `weigh` says of each line what it would change, and writes nothing. A
line of which anything is doubtful changes nothing and is told with its row and the reason.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from sqlalchemy import Connection, Row, select

from desktop.errors import OutsideError, UserError
from desktop.funds.asked_words import refused_words
from desktop.funds.outgoing import order_of
from desktop.funds.payment_profiles import Outcome, PaymentProfile, StatusLayout
from desktop.funds.payment_xml import statuses
from desktop.rules.money import InputError, fen_of, grouped, quoted
from storage.ledger.asking import ask
from storage.schema import table

FILE_BYTES_MAX: Final = 32_000_000
ROWS_MAX: Final = 100_000
_HEAD_ROWS: Final = 20
_PART: Final = 500


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One line. `order_id` None: its key is none of ours; `outcome` None: a word nobody explained;
    `amount_fen` None: the file does not say."""

    row: int
    key: str
    order_id: str | None
    word: str
    outcome: Outcome | None
    amount_fen: int | None = None
    reason: str = ""
    bank_ref: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class StatusFile:
    """A status file as read."""

    name: str
    sha256: str
    lines: tuple[StatusLine, ...]


class Verdict(StrEnum):
    """What a line does."""

    NEW = "new"  # the order's course changes
    DONE = "done"  # it says what is known already
    REFUSED = "refused"  # it changes nothing, and somebody has to look


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line and what it does; `words`: the reason, or what was known."""

    line: StatusLine
    verdict: Verdict
    words: str
    number: str = ""


def read(path: Path, profile: PaymentProfile) -> StatusFile:
    """Reads a status file. Raises UserError for a file without the columns of the profile."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UserError(f"回盘文件过大（至多 {FILE_BYTES_MAX // 10**6} MB）。")
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"没有文件“{path.name}”。") from None
    except OSError as error:
        raise OutsideError(f"读取“{path.name}”失败：{error.strerror or error}。") from error
    layout = profile.status
    if layout.format == "xml":
        lines = [
            _line(n, dict(zip(_KEYS, told, strict=True)), layout)
            for n, told in enumerate(statuses(content), start=1)
        ]
    else:
        rows = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
        try:
            lines = list(_lines(rows, layout))
        except csv.Error as error:
            raise UserError(f"回盘文件不是完整的表格文本：{error}。") from error
    return StatusFile(path.name, hashlib.sha256(content).hexdigest(), tuple(lines))


_KEYS: Final = ("reference", "outcome", "amount", "reason", "bank_ref")


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.split("\n", 1)[0]
        delimiter = max(",|\t;", key=first.count)
        lines = io.StringIO(text, newline="")
        if delimiter == "|":
            yield from enumerate(csv.reader(lines, delimiter="|", quoting=csv.QUOTE_NONE), 1)
        else:
            yield from enumerate(csv.reader(lines, delimiter=delimiter), 1)
        return
    raise UserError("回盘文件既不是 UTF-8 也不是 GB18030 文本。")


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    # Imported here: the library is slow to load and most sessions read no workbook.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        for n, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield n, ["" if cell is None else _cell(cell) for cell in cells]
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
        raise UserError(f"回盘工作簿无法读取：{error}。") from error


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)


def _lines(rows: Iterator[tuple[int, list[str]]], layout: StatusLayout) -> Iterator[StatusLine]:
    places: dict[str, int] = {}
    for n, cells in rows:
        if n > ROWS_MAX:
            raise UserError(f"回盘文件超过 {ROWS_MAX:,} 行。")
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if not places:
            places = _heads(texts, layout)
            if not places and n >= _HEAD_ROWS:
                break
            continue
        yield _line(n, {key: _at(texts, place) for key, place in places.items()}, layout)
    if not places:
        lacking = "、".join(f"“{layout.heads[key][0]}”" for key in ("reference", "outcome"))
        raise UserError(f"回盘文件缺少列 {lacking}，请核对付款方案。")


def _heads(texts: Sequence[str], layout: StatusLayout) -> dict[str, int]:
    """Where each column stands; nothing unless both that are needed are there."""
    found: dict[str, int] = {}
    for key, heads in layout.heads.items():
        place = next((texts.index(head) for head in heads if head in texts), None)
        if place is not None:
            found[key] = place
    return found if {"reference", "outcome"} <= set(found) else {}


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _line(row: int, told: dict[str, str], layout: StatusLayout) -> StatusLine:
    key, word = told["reference"].strip(), told["outcome"].strip()
    outcome = layout.words.get(word)
    order_id = order_of(key)
    amount, fault = None, ""
    written = told.get("amount", "").replace(",", "").replace("，", "")
    if written:
        try:
            amount = fen_of(written, "金额")
        except InputError as error:
            fault = str(error)
    if order_id is None:
        fault = f"流水号“{quoted(key)}”不是本院付款的流水号"
    elif outcome is None:
        fault = f"状态“{quoted(word)}”在付款方案中没有说明"
    return StatusLine(
        row=row,
        key=key,
        order_id=order_id,
        word=word,
        outcome=outcome,
        amount_fen=amount,
        reason=told.get("reason", ""),
        bank_ref=told.get("bank_ref", ""),
        fault=fault,
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What taking a file over did; `asked`: of the new ones, those that the shared database has
    yet to decide."""

    lines: tuple[Weighed, ...]
    asked: int = 0

    def of(self, verdict: Verdict) -> tuple[Weighed, ...]:
        """The lines with that verdict, in the order of the file."""
        return tuple(one for one in self.lines if one.verdict is verdict)


@dataclass(frozen=True, slots=True)
class TakeArgs:
    """A file that was read, and who takes it over."""

    file: StatusFile
    by: str | None


def weigh(connection: Connection, file: StatusFile) -> Report:
    """What each line would change; writes nothing. Any lane."""
    orders = _orders(connection, [line.order_id for line in file.lines if line.order_id])
    waiting = _waiting(connection)
    seen: dict[str, StatusLine] = {}
    odd = _contradicted(file.lines)
    found = []
    for line in file.lines:
        order = orders.get(line.order_id or "")
        number = order.number if order is not None else ""
        if line.fault:
            told = (Verdict.REFUSED, line.fault)
        elif order is None or line.order_id is None or line.outcome is None:
            told = (Verdict.REFUSED, "本机没有这笔付款")
        elif line.order_id in odd:
            told = (Verdict.REFUSED, "同一笔付款在本文件中有不同的结果")
        elif line.order_id in seen:
            told = (Verdict.DONE, f"与第 {seen[line.order_id].row} 行相同")
        elif waiting.get(line.order_id) == line.outcome:
            told = (Verdict.DONE, "已登记，待共享库裁定")
        else:
            told = _against(order, line)
        if line.order_id is not None:
            seen.setdefault(line.order_id, line)
        found.append(Weighed(line, *told, number))
    return Report(tuple(found))


def take(connection: Connection, args: TakeArgs) -> Report:
    """Asks for the outcome of every line that is new; the same file again asks for nothing.
    Writer lane."""
    found, asked = [], 0
    for one in weigh(connection, args.file).lines:
        line = one.line
        if one.verdict is not Verdict.NEW:
            found.append(one)
            continue
        wish = {
            "order_id": line.order_id,
            "outcome": line.outcome,
            "reason": line.reason or f"银行回盘：{line.word}",
            "bank_ref": line.bank_ref,
        }
        answer = ask(connection, "answer_order", wish, by=args.by).answer
        if answer is None:
            asked += 1
        elif not answer.accepted:
            words = refused_words(answer.code, answer.facts)
            one = Weighed(line, Verdict.REFUSED, words, one.number)  # noqa: PLW2901
        found.append(one)
    return Report(tuple(found), asked)


def _orders(connection: Connection, ids: Sequence[str]) -> Mapping[str, Row[Any]]:
    order = table("payment_order").c
    found: dict[str, Any] = {}
    for at in range(0, len(ids), _PART):
        query = select(order.id, order.number, order.state, order.amount_fen, order.target)
        for row in connection.execute(query.where(order.id.in_(ids[at : at + _PART]))):
            found[row.id] = row
    return found


def _waiting(connection: Connection) -> Mapping[str, str]:
    """Order -> outcome that was asked for here and is not decided."""
    request = table("request").c
    query = select(request.args).where(request.kind == "answer_order", request.state == "asked")
    told = [json.loads(args) for args in connection.execute(query).scalars()]
    return {one["order_id"]: one["outcome"] for one in told}


def _contradicted(lines: Sequence[StatusLine]) -> set[str]:
    """Orders of which one file says two things."""
    said: dict[str, set[str | None]] = {}
    for line in lines:
        if line.order_id is not None and not line.fault:
            said.setdefault(line.order_id, set()).add(line.outcome)
    return {order_id for order_id, outcomes in said.items() if len(outcomes) > 1}


def _against(order: Row[Any], line: StatusLine) -> tuple[Verdict, str]:
    """A line held against its order as it stands."""
    if line.amount_fen is not None and line.amount_fen != order.amount_fen:
        return (
            Verdict.REFUSED,
            f"金额不符：银行 {grouped(line.amount_fen)}，支付单 {grouped(order.amount_fen)}",
        )
    if order.state == line.outcome:
        return Verdict.DONE, "与已登记的结果相同"
    if order.state in ("sent", "unknown"):
        if line.outcome == "unknown":
            return Verdict.NEW, f"结果未知（{line.word}）"
        return (
            Verdict.NEW,
            "已付" if line.outcome == "paid" else f"未付成：{line.reason or line.word}",
        )
    if order.state == "paid":
        return Verdict.REFUSED, "本机已记支付，银行称未付成：请核对后办理冲正"
    if order.state == "failed":
        return Verdict.REFUSED, "本机已记未付成，银行称已付：请立即核对"
    return Verdict.REFUSED, "这笔付款没有送出，银行却有结果：请立即核对"
