"""MT940 through mt-940 (import name mt940). Any thread.

The library reads tags, signs, dates and balances. Of field 86 it gives the text; how a bank codes
it is read here: /NAME/…/ACCT/…/REMI/…, or ?20… ?32…, else it is all text.
"""

import re
from typing import Any, Final

import mt940

from desktop.errors import UserError
from desktop.funds.statements import cells as cell
from desktop.funds.statements.cells import CellError
from desktop.funds.statements.model import Direction, Fault, Line
from desktop.funds.statements.profiles import FIELDS, Profile
from desktop.funds.statements.several import Part

_MOVEMENT: Final = re.compile(r"^:61:(.*(?:\n(?!:|-).*)*)", re.MULTILINE)
_ENTRY: Final = re.compile(
    r"\d{6}(?:\d{4})?(?P<mark>R?[CD])[A-Z]?(?P<amount>\d{1,15},\d{0,2})[A-Z][A-Z0-9]{3}"
)
_BALANCES: Final = re.compile(r"^:(60[FM]|62[FM]):(.*)$", re.MULTILINE)
_BALANCE: Final = re.compile(r"[CD]\d{6}[A-Z]{3}\d{1,15},\d{0,2}\s*")
_SLASHED: Final = re.compile(r"/(NAME|ACCT|REMI|VACC|EREF)/")
_NUMBERED: Final = re.compile(r"\?(\d\d)")
_NOTHING: Final = frozenset({"", "NONREF", "NOTPROVIDED"})
# The library would join name and account of the other party; field 86 is read here instead.
_DETAILS: Final = "post_transaction_details"


def read_mt940(text: str, name: str, profile: Profile) -> tuple[list[Part], list[Fault]]:
    """Every statement of the file. UserError when it is no MT940."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    if not re.search(r"^:20:", text, re.MULTILINE) or ":25:" not in text:
        raise UserError(f"“{name}”不是 MT940（没有 :20: 和 :25:）。")
    faults = _malformed(text)
    if faults:  # The library stops at the first; all of them are told.
        return [], faults
    try:
        collections = mt940.parse_statements(text, processors={_DETAILS: []})
    except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError):
        raise UserError(f"“{name}”不是完整的 MT940。") from None
    parts: list[Part] = []
    row = 0
    for statement in collections:
        lines = []
        for movement in statement.transactions:
            if "amount" not in movement.data:
                continue
            row += 1
            line = _line(row, movement.data, profile, faults)
            if line is not None:
                lines.append(line)
        parts.append(_part(statement.data, lines, faults))
    return parts, faults


def _malformed(text: str) -> list[Fault]:
    faults = []
    for n, found in enumerate(_MOVEMENT.finditer(text), 1):
        value = found.group(1)
        if not _ENTRY.match(value):
            faults.append(Fault(n, FIELDS["amount"], f"“{value[:40]}”不是 :61: 的写法"))
        elif "," in value and re.fullmatch(r"0+,0*", _ENTRY.match(value)["amount"]):  # type: ignore[index]
            faults.append(Fault(n, FIELDS["amount"], "金额为零"))
    for found in _BALANCES.finditer(text):
        if not _BALANCE.fullmatch(found.group(2)):
            field = "期初余额" if found.group(1).startswith("60") else "期末余额"
            faults.append(Fault(0, field, f"“{found.group(2)[:40]}”不是余额的写法"))
    return faults


def _part(data: dict[str, Any], lines: list[Line], faults: list[Fault]) -> Part:
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    identified = str(data.get("account_identification") or "")
    # BIC/account or bank code/account: what stands behind the stroke is the account.
    own = cell.account(identified.rpartition("/")[2])
    return Part(
        own,
        tuple(lines),
        None if opening is None else _fen(opening.amount, 0, "期初余额", faults),
        None if closing is None else _fen(closing.amount, 0, "期末余额", faults),
        "" if closing is None else closing.date.isoformat(),
    )


def _fen(amount: Any, row: int, field: str, faults: list[Fault]) -> int | None:
    try:
        return cell.fen(str(amount.amount))
    except CellError as fault:
        faults.append(Fault(row, field, str(fault)))
        return None


def _line(row: int, data: dict[str, Any], profile: Profile, faults: list[Fault]) -> Line | None:
    amount = _fen(data["amount"], row, FIELDS["amount"], faults)
    currency = str(data.get("currency") or data["amount"].currency or "")
    if currency not in profile.currencies:
        faults.append(Fault(row, FIELDS["currency"], f"“{currency}”不是人民币"))
        return None
    if amount is None:
        return None
    # The library gives a debit a minus, and a reversed credit (RC) none, though it went out, too.
    way: Direction = "in" if data.get("status") in ("C", "RD") else "out"
    said = _details(str(data.get("transaction_details") or ""))
    key = str(data.get("customer_reference") or "").strip()
    reference = said.get("VACC") if way == "in" else said.get("EREF")
    if not reference and key.upper() not in _NOTHING:
        reference = key
    booked = data.get("entry_date") or data["date"]
    bank_ref = str(data.get("bank_reference") or "").strip()
    return Line(
        row=row,
        booked_on=booked.isoformat(),
        direction=way,
        amount_fen=abs(amount),
        value_on=data["date"].isoformat(),
        party_name=said.get("NAME") or None,
        party_account=cell.account(said.get("ACCT", "")) or None,
        text=said.get("REMI", ""),
        reference=cell.reference(reference or ""),
        bank_ref=bank_ref or None,
    )


def _details(text: str) -> dict[str, str]:
    """What field 86 says, by the code of the slashed way."""
    joined = text.replace("\n", "")
    if _SLASHED.search(joined):
        parts = _SLASHED.split(joined)
        return {
            code: value.strip(" /") for code, value in zip(parts[1::2], parts[2::2], strict=True)
        }
    if _NUMBERED.search(joined):
        pieces = _NUMBERED.split(joined)
        coded: dict[str, str] = {}
        for code, value in zip(pieces[1::2], pieces[2::2], strict=True):
            number = int(code)
            name = (
                "REMI"
                if 20 <= number <= 29 or 60 <= number <= 63
                else {31: "ACCT", 32: "NAME", 33: "NAME"}.get(number, "")
            )
            coded[name] = coded.get(name, "") + value.strip()
        return coded
    return {"REMI": cell.text_of(joined)}
