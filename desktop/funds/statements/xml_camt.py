"""CAMT.053 through pycamt, with what accounts of this country need. Any thread.

pycamt finds statements, entries and their details in every version of the message. It knows IBANs
only; accounts here stand under `Othr`, and newer versions write a name one level lower (`Pty`).
"""

from decimal import Decimal
from typing import Any, Final

from lxml.etree import XMLSyntaxError
from pycamt.parser import Camt053ParseError, Camt053Parser

from desktop.errors import UserError
from desktop.funds.statements import cells as cell
from desktop.funds.statements.cells import CellError
from desktop.funds.statements.model import Direction, Fault, Line
from desktop.funds.statements.profiles import FIELDS, Profile
from desktop.funds.statements.rows import refuse_document_type
from desktop.funds.statements.several import Part

_ACCOUNTS: Final = ("Acct/Id/Othr/Id", "Acct/Id/IBAN")
_OPENING: Final = ("OPBD", "PRCD")
_NOTHING: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


class _Parser(Camt053Parser):  # type: ignore[misc]  # The library has no types.
    """Adds accounts that are no IBAN, names of newer versions, and exact amounts."""

    def _extract_transaction(self, entry: Any, statement: Any) -> list[dict[str, Any]]:
        """The details of an entry where they come to its amount, else the entry as one line.

        The library takes the first direction it meets below a detail, which may be that of a
        charge, and gives a detail without an amount that of the whole entry.
        """
        whole = self._extract_common_entry_data(entry, statement)
        whole["CreditDebitIndicator"] = self._first(entry, ["CdtDbtInd"])
        details = entry.findall("NtryDtls/TxDtls", self.namespaces)
        rows = []
        for detail in details:
            row = self._extract_transaction_details(detail)
            mark = self._first(detail, ["CdtDbtInd"]) or whole["CreditDebitIndicator"]
            rows.append({**whole, **row, "CreditDebitIndicator": mark, "Own": "Amount" in row})
        if len(rows) < 2:
            return [{**rows[0], "Amount": whole["Amount"]}] if rows else [whole]
        if all(row["Own"] for row in rows) and _add_up(rows, whole):
            return rows
        written = [words for row in rows for words in row.get("Written", ())]
        return [{**whole, "Written": written}]

    def _extract_common_entry_data(self, entry: Any, statement: Any) -> dict[str, Any]:
        found: dict[str, Any] = super()._extract_common_entry_data(entry, statement)
        # The library looks for the first amount anywhere below; the entry's own is meant.
        amount = entry.find("Amt", self.namespaces)
        found["Amount"] = None if amount is None else amount.text
        found["Currency"] = None if amount is None else amount.get("Ccy")
        return found

    def _extract_transaction_details(self, tx_detail: Any) -> dict[str, Any]:
        found: dict[str, Any] = super()._extract_transaction_details(tx_detail)
        for path in ("Amt", "AmtDtls/TxAmt/Amt"):
            amount = tx_detail.find(path, self.namespaces)
            if amount is not None:
                found["Amount"], found["Currency"] = amount.text, amount.get("Ccy")
                break
        else:
            found.pop("Amount", None)
        for side in ("Dbtr", "Cdtr"):
            for key, paths in (
                (f"{side}Name", (f"{side}/Pty/Nm", f"{side}/Nm")),
                (f"{side}Account", (f"{side}Acct/Id/Othr/Id", f"{side}Acct/Id/IBAN")),
            ):
                found[key] = self._first(tx_detail, [f"RltdPties/{path}" for path in paths])
        found["Reference"] = self._first(tx_detail, ["RmtInf/Strd/CdtrRefInf/Ref"])
        found["Written"] = [
            part.text.strip()
            for part in tx_detail.findall("RmtInf/Ustrd", self.namespaces)
            if part.text and part.text.strip()
        ]
        found["BankRef"] = self._first(tx_detail, ["Refs/AcctSvcrRef", "Refs/TxId"])
        return found

    def _first(self, element: Any, paths: list[str]) -> str | None:
        for path in paths:
            found = element.find(path, self.namespaces)
            if found is not None and found.text:
                return str(found.text).strip()
        return None

    def parts(self) -> list[tuple[str, dict[str, tuple[str, Decimal]], list[dict[str, Any]]]]:
        """Account, balances by code, and transactions of each statement of the file."""
        made = []
        for statement in self._find_statements_or_reports():
            balances: dict[str, tuple[str, Decimal]] = {}
            for balance in statement.findall("Bal", self.namespaces):
                code = self._first(balance, ["Tp/CdOrPrtry/Cd"])
                amount = self._first(balance, ["Amt"])
                on = self._first(balance, ["Dt/Dt", "Dt/DtTm"]) or ""
                if code is None or amount is None:
                    continue
                sign = -1 if self._first(balance, ["CdtDbtInd"]) == "DBIT" else 1
                balances[code] = (on[:10], sign * Decimal(amount))
            entries = statement.findall("Ntry", self.namespaces)
            found = [row for n in entries for row in self._extract_transaction(n, statement)]
            made.append((self._first(statement, list(_ACCOUNTS)) or "", balances, found))
        return made


def _add_up(rows: list[dict[str, Any]], whole: dict[str, Any]) -> bool:
    """Whether details come to their entry; one that goes the other way is taken off."""
    try:
        total = sum(
            Decimal(row["Amount"])
            * (1 if row["CreditDebitIndicator"] == whole["CreditDebitIndicator"] else -1)
            for row in rows
        )
        return total == Decimal(whole["Amount"] or "")
    except ArithmeticError:
        return False


def read_camt(data: bytes, name: str, profile: Profile) -> tuple[list[Part], list[Fault]]:
    """Every statement of the file. UserError when it is no CAMT.053."""
    refuse_document_type(data, name)
    try:
        found = _Parser(data).parts()
    except (XMLSyntaxError, Camt053ParseError, ArithmeticError, ValueError):
        raise UserError(f"“{name}”不是完整的 CAMT.053（没有可读的 Stmt）。") from None
    parts: list[Part] = []
    faults: list[Fault] = []
    row = 0
    for account, balances, transactions in found:
        lines = []
        for raw in transactions:
            row += 1
            line = _line(row, raw, profile, faults)
            if line is not None:
                lines.append(line)
        opening = next((balances[code] for code in _OPENING if code in balances), None)
        closing = balances.get("CLBD")
        parts.append(
            Part(
                cell.account(account),
                tuple(lines),
                None if opening is None else _exact(opening[1], faults, "opening"),
                None if closing is None else _exact(closing[1], faults, "closing"),
                "" if closing is None else closing[0],
            )
        )
    return parts, faults


def _exact(amount: Decimal, faults: list[Fault], which: str) -> int | None:
    try:
        return cell.fen(str(amount))
    except CellError as fault:
        field = "期初余额" if which == "opening" else "期末余额"
        faults.append(Fault(0, field, str(fault)))
        return None


def _line(row: int, raw: dict[str, Any], profile: Profile, faults: list[Fault]) -> Line | None:
    before = len(faults)
    amount, booked = _amount(row, raw, faults), _day(row, raw, "BookingDate", faults)
    if raw.get("Status") not in (None, "BOOK"):  # pending: no money yet
        del faults[before:]
        return None
    currency = raw.get("Currency") or ""
    if currency not in profile.currencies:
        faults.append(Fault(row, FIELDS["currency"], f"“{currency}”不是人民币"))
    if booked is None and not raw.get("BookingDate"):
        faults.append(Fault(row, FIELDS["booked_on"], "没有填写"))
    mark = raw.get("CreditDebitIndicator")
    if mark not in ("CRDT", "DBIT"):
        faults.append(Fault(row, FIELDS["direction"], f"“{mark or ''}”应为 CRDT 或 DBIT"))
    if len(faults) > before or amount is None or booked is None:
        return None
    # The indicator of a reversal already says which way the money went.
    way: Direction = "in" if mark == "CRDT" else "out"
    other, own = ("Dbtr", "Cdtr") if way == "in" else ("Cdtr", "Dbtr")
    written = raw.get("Written") or [raw.get("AdditionalEntryInformation") or ""]
    key = raw.get("EndToEndId") or ""
    reference = raw.get("Reference") or (raw.get(f"{own}Account") if way == "in" else None)
    if way == "out" and key not in _NOTHING:
        reference = key
    return Line(
        row=row,
        booked_on=booked,
        direction=way,
        amount_fen=amount,
        value_on=_day(row, raw, "ValueDate", faults),
        party_name=raw.get(f"{other}Name") or None,
        party_account=cell.account(raw.get(f"{other}Account") or "") or None,
        text=cell.text_of("；".join(written)),
        reference=cell.reference(reference or ""),
        bank_ref=raw.get("BankRef") or raw.get("TransactionID") or None,
    )


def _amount(row: int, raw: dict[str, Any], faults: list[Fault]) -> int | None:
    try:
        found = cell.fen(raw.get("Amount") or "")
    except CellError as fault:
        faults.append(Fault(row, FIELDS["amount"], str(fault)))
        return None
    if found <= 0:
        faults.append(Fault(row, FIELDS["amount"], "金额应大于零"))
        return None
    return found


def _day(row: int, raw: dict[str, Any], key: str, faults: list[Fault]) -> str | None:
    if not raw.get(key):
        return None
    try:
        return cell.day(str(raw[key])[:10])
    except CellError as fault:
        faults.append(Fault(row, FIELDS["booked_on"], str(fault)))
        return None
