"""Payments by ISO 20022: pain.001 out, pain.002 back, as far as a domestic transfer needs them.

Pure; any thread. Accounts and banks go by their own numbers and names (`Othr`, `Nm`), since Chinese
ones have no IBAN. Written with the standard library: of the libraries for it those at hand know
the European part only, or bring a server along.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from desktop.errors import UserError
from desktop.rules.money import yuan_text

if TYPE_CHECKING:
    from desktop.funds.outgoing import Payment

OUT: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_MEMO_MAX: Final = 140
_NAME_MAX: Final = 140


def initiation(name: str, day: date, ours: tuple[str, str], payments: Sequence["Payment"]) -> bytes:
    """CustomerCreditTransferInitiation of a batch; `ours`: name and account that pay."""
    ET.register_namespace("", OUT)
    root = ET.Element(f"{{{OUT}}}Document")
    whole = _child(root, "CstmrCdtTrfInitn")
    total = yuan_text(sum(payment.amount_fen for payment in payments))
    head = _child(whole, "GrpHdr")
    _child(head, "MsgId", name)
    _child(head, "CreDtTm", f"{day.isoformat()}T00:00:00+08:00")
    _child(head, "NbOfTxs", str(len(payments)))
    _child(head, "CtrlSum", total)
    _named(head, "InitgPty", ours[0])
    part = _child(whole, "PmtInf")
    _child(part, "PmtInfId", name)
    _child(part, "PmtMtd", "TRF")
    _child(part, "NbOfTxs", str(len(payments)))
    _child(part, "CtrlSum", total)
    _child(_child(part, "ReqdExctnDt"), "Dt", day.isoformat())
    _named(part, "Dbtr", ours[0])
    _account(part, "DbtrAcct", ours[1])
    _bank(part, "DbtrAgt", "")
    for payment in payments:
        _transfer(part, payment)
    ET.indent(root, space=" ")
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _transfer(part: ET.Element, payment: "Payment") -> None:
    line = _child(part, "CdtTrfTxInf")
    ids = _child(line, "PmtId")
    _child(ids, "InstrId", payment.number)
    _child(ids, "EndToEndId", payment.order_id.replace("-", ""))
    _child(_child(line, "Amt"), "InstdAmt", yuan_text(payment.amount_fen)).set("Ccy", "CNY")
    _bank(line, "CdtrAgt", payment.bank)
    _named(line, "Cdtr", payment.payee, payment.number)
    _account(line, "CdtrAcct", "".join(payment.account_no.replace("-", "").split()))
    _child(_child(line, "RmtInf"), "Ustrd", payment.memo[:_MEMO_MAX] or payment.number)


def _child(parent: ET.Element, tag: str, text: str = "") -> ET.Element:
    made = ET.SubElement(parent, f"{{{OUT}}}{tag}")
    if text:
        made.text = text
    return made


def _named(parent: ET.Element, tag: str, name: str, about: str = "") -> None:
    if len(name) > _NAME_MAX:
        raise UserError(f"{about or tag} 的户名超过 {_NAME_MAX} 字。")
    _child(_child(parent, tag), "Nm", name or "NOTPROVIDED")


def _account(parent: ET.Element, tag: str, number: str) -> None:
    _child(_child(_child(_child(parent, tag), "Id"), "Othr"), "Id", number)


def _bank(parent: ET.Element, tag: str, name: str) -> None:
    institution = _child(_child(parent, tag), "FinInstnId")
    _child(institution, "Nm", name or "NOTPROVIDED")


def statuses(content: bytes) -> Iterator[tuple[str, str, str, str, str]]:
    """Of each transfer of a pain.002: key, status code, amount, reason, the bank's own reference.

    Raises UserError for what is no such file.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UserError("回盘文件含有文档类型声明，拒绝读取。")
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise UserError(f"回盘文件不是完整的 XML：{error}。") from error
    found = [one for one in root.iter() if _tag(one) == "TxInfAndSts"]
    if not found:
        raise UserError("回盘文件中没有逐笔状态（TxInfAndSts）。")
    for one in found:
        told = {_tag(part): (part.text or "").strip() for part in one.iter()}
        reason = told.get("AddtlInf") or told.get("Cd") or told.get("Prtry") or ""
        yield (
            told.get("OrgnlEndToEndId", ""),
            told.get("TxSts", ""),
            told.get("InstdAmt", ""),
            reason,
            told.get("AcctSvcrRef", ""),
        )


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
