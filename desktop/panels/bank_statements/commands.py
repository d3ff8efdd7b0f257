"""What the panel of the bank's lines asks for. Writer lane; files on the layout lane."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.funds.asked_words import refused_words
from desktop.funds.booking import Booked, accept, book_sure, give, to_unknown
from desktop.funds.importing import Imported, Preview, import_statement, preview
from desktop.funds.matching import Proposal, propose
from desktop.funds.remembered import remembered
from desktop.funds.statements import (
    Fault,
    Statement,
    StatementError,
    guess,
    own_account,
    read,
)
from desktop.funds.statements.cells import account as plain
from desktop.funds.statements.reading import same_account
from desktop.funds.statements.rows import read_bytes, table_rows
from desktop.rules.case_number import CaseNumberError, parse
from storage.ledger.asking import Asked, ask

CODE_LENGTH: Final = (6, 40)
_HEADS: Final = {"case": ("案号", "案件编号"), "code": ("虚拟账号", "账号", "子账号", "一案一账号")}


@dataclass(frozen=True, slots=True)
class ReadArgs:
    """A file, its layout (empty: to be found), and the account that is known or was typed."""

    path: Path
    profile: str
    account: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that cannot be taken, with all its faults."""

    faults: tuple[Fault, ...]


def try_file(args: ReadArgs) -> Statement | Broken:
    """Layout lane: the file as a checked statement, or what is wrong with it."""
    try:
        layout = args.profile or guess(args.path)
        return read(args.path, layout, account=args.account)
    except StatementError as error:
        return Broken(error.faults)


def account_known(connection: Connection, _args: None) -> str:
    """Reader lane: the 执行款专户 of this store."""
    return own_account(connection)


def look_at(connection: Connection, statement: Statement) -> Preview:
    """Reader lane: which of its lines are new."""
    known = own_account(connection)
    if known and not same_account(plain(known), statement.account):
        raise UserError(f"本库的执行款专户是 {known}，不能导入 {statement.account} 的对账单。")
    return preview(connection, statement)


@dataclass(frozen=True, slots=True)
class ImportArgs:
    """A checked statement and who imports it."""

    statement: Statement
    by: str | None


def import_lines(
    connection: Connection, args: ImportArgs, progress: Callable[[int, int], bool]
) -> Imported:
    """Writer lane: keeps the lines, books what is sure."""
    total = len(args.statement.lines)
    look_at(connection, args.statement)
    progress(0, total)
    done = import_statement(connection, args.statement, args.by, progress)
    progress(total, total)
    return done


def refusals(done: Imported) -> str:
    """What the ledger did not take of an import, by reason; empty for nothing."""
    return _refusals(done.booked)


def _refusals(booked: Booked) -> str:
    counts = Counter(code for _, code in booked.refused)
    return "；".join(
        f"{count} 行未入账：{refused_words(code, {})}" for code, count in counts.items()
    )


@dataclass(frozen=True, slots=True)
class LineWish:
    """A line and who acts. `parts`: (case, fen) chosen by hand; `why` in words."""

    line_id: str
    by: str | None
    parts: tuple[tuple[str, int], ...] = ()
    why: str = ""
    expected: tuple[object, ...] = ()


def seen(proposal: Proposal) -> tuple[object, ...]:
    """What of a proposal is accepted: another one by now is no longer what was looked at."""
    return (proposal.parts, proposal.order_id, proposal.entry_id)


def accept_proposal(connection: Connection, wish: LineWish) -> bool:
    """Takes the proposal that was on show; True when the shared database has still to decide."""
    found = propose(connection, [wish.line_id], remembered(connection))
    if not found or seen(found[0]) != wish.expected:
        raise UserError("建议已经变化，请再看一遍。")
    return _told(accept(connection, found[0], wish.by))


def assign_by_hand(connection: Connection, wish: LineWish) -> bool:
    """Gives the line, or a part of it, to the cases that somebody chose."""
    return _told(give(connection, wish.line_id, wish.parts, wish.why or "人工认领", wish.by))


def refuse_proposal(connection: Connection, wish: LineWish) -> bool:
    """Nobody knows better for now: the line becomes 不明款."""
    return _told([to_unknown(connection, wish.line_id, wish.by)])


def _told(asked: list[Asked]) -> bool:
    for one in asked:
        if one.answer is not None and not one.answer.accepted:
            # Raised, so that the parts before it are not left half done.
            raise UserError(refused_words(one.answer.code, one.answer.facts))
    return any(one.answer is None for one in asked)


def book_all_sure(connection: Connection, by: str | None) -> tuple[int, str]:
    """Books every waiting line that is sure by now; how many, and what was not taken and why."""
    booked = book_sure(connection, by)
    return booked.cases, _refusals(booked)


@dataclass(frozen=True, slots=True)
class CodeArgs:
    """Virtual accounts by case number, and who opens them."""

    pairs: tuple[tuple[str, str], ...]
    by: str | None


def read_codes(path: Path) -> tuple[tuple[str, str], ...]:
    """Layout lane: a list of 案号 and 虚拟账号, CSV or XLSX. All faults in one sentence."""
    rows = table_rows(read_bytes(path), path.name)
    heads: dict[str, int] = {}
    found: list[tuple[str, str]] = []
    for _, cells in rows:
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if len(heads) < 2:
            heads = {
                key: texts.index(word)
                for key, words in _HEADS.items()
                for word in words
                if word in texts
            }
            continue
        pair = tuple(
            texts[heads[key]] if heads[key] < len(texts) else "" for key in ("case", "code")
        )
        if any(pair):
            found.append((pair[0], pair[1]))
    if len(heads) < 2:
        raise UserError(f"“{path.name}”里没有“案号”和“虚拟账号”两栏。")
    return tuple(found)


def open_codes(connection: Connection, args: CodeArgs) -> tuple[int, int]:
    """Asks for the accounts; gives how many were asked for, and how many were open already.

    One fault (no such case, a number that another case has) and none is opened.
    """
    faults, wanted, known = [], [], 0
    for number, code in args.pairs:
        fault, case_id = _code_fault(connection, number, code)
        if fault:
            faults.append(f"“{number} {code}”{fault}")
        elif case_id is None:
            known += 1
        else:
            wanted.append((case_id, code))
    if faults:
        more = f"；另有 {len(faults) - 10} 处" if len(faults) > 10 else ""
        raise UserError("；".join(faults[:10]) + more + "。")
    _told(
        [
            ask(connection, "open_account", {"case_id": case_id, "code": code}, by=args.by)
            for case_id, code in wanted
        ]
    )
    return len(wanted), known


def _code_fault(connection: Connection, number: str, code: str) -> tuple[str, str | None]:
    """Why an account cannot be opened, else the case; no case where it is open already."""
    if not (code.isalnum() and code.isascii() and CODE_LENGTH[0] <= len(code) <= CODE_LENGTH[1]):
        return f"账号应为 {CODE_LENGTH[0]} 至 {CODE_LENGTH[1]} 位数字或字母", None
    try:
        written = parse(number).case()
    except CaseNumberError as fault:
        return str(fault), None
    row = connection.exec_driver_sql(
        'select c.id, f.code from "case" c left join fund f on f.case_id = c.id'
        " and f.kind = 'case' where c.number = ?",
        (written,),
    ).first()
    if row is None:
        return "本机没有这件案件", None
    if row.code is not None:
        return ("", None) if row.code == code else (f"该案已有账号 {row.code}", None)
    other = connection.exec_driver_sql(
        'select c.number from fund f join "case" c on c.id = f.case_id where f.code = ?', (code,)
    ).first()
    return ("", row.id) if other is None else (f"账号已属 {other.number}", None)
