"""银企直联: one order to the bank over HTTPS, and the question what became of it. No database.

An instruction is posted once, with the order's id as its key. Whatever does not end in the bank's
own complete word about that very key (a cut, a late or half answer, 5xx, 429, another key, a
redirection) is *unknown*: it may have been paid. From then on the bank is only asked by key.
Runs where waiting hurts nobody; never on the UI thread.
"""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

import requests

from desktop.errors import UserError
from desktop.funds.outgoing import Payment, plain_account
from desktop.rules.money import yuan_text

CONNECT_S: Final = 10.0
READ_S: Final = 20.0  # between two pieces of an answer
WHOLE_S: Final = 40.0  # for all of it, however slowly it trickles
ANSWER_BYTES_MAX: Final = 65_536

# accepted: the bank has it and will say more; absent: the bank knows no such key.
Kind = Literal["paid", "failed", "accepted", "absent", "unknown"]
_WORDS: Final[dict[str, Kind]] = {
    "paid": "paid",
    "accepted": "accepted",
    "processing": "accepted",
    "rejected": "failed",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class BankLine:
    """Where the bank listens. `ca`: the authority's certificate the court trusts for it, empty
    for the system's; `certificate`: the court's own with its key (PEM), empty for none."""

    address: str
    our_account: str
    ca: str = ""
    certificate: str = ""
    connect_s: float = CONNECT_S
    read_s: float = READ_S
    whole_s: float = WHOLE_S


@dataclass(frozen=True, slots=True)
class BankWord:
    """What is known after a call. `final` words settle an order; all others leave it as it is."""

    kind: Kind
    reason: str
    bank_ref: str = ""

    @property
    def final(self) -> bool:
        """Whether the bank has said that it paid, or that it will not."""
        return self.kind in ("paid", "failed")


def checked(line: BankLine) -> BankLine:
    """The line as it may be used. Raises UserError: no address, not HTTPS, a file that lacks."""
    try:
        parts = urlsplit(line.address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named, parts = False, urlsplit("")
    if not line.address:
        raise UserError("未设定银企直联的地址，请用付款文件。")
    if not named or parts.scheme != "https" or parts.username or parts.query or parts.fragment:
        raise UserError("银企直联的地址须为 https:// 开头的地址，不含口令和参数。")
    if not plain_account(line.our_account):
        raise UserError("未设定执行款专户的账号。")
    for words, name in (("证书机构", line.ca), ("本院证书", line.certificate)):
        if name and not Path(name).is_file():
            raise UserError(f"没有{words}文件“{name}”。")
    return line


def send(line: BankLine, payment: Payment) -> BankWord:
    """Posts the instruction, once: no retry, no redirection. Only who has claimed the order for
    this one time may call it (desktop.funds.sending)."""
    body = {
        "key": payment.order_id,
        "amount": yuan_text(payment.amount_fen),
        "currency": "CNY",
        "from_account": plain_account(line.our_account),
        "to_account": plain_account(payment.account_no),
        "to_name": payment.payee,
        "to_bank": payment.bank,
        "memo": payment.memo,
    }
    said = _call(checked(line), "POST", "payments", payment, json.dumps(body, ensure_ascii=False))
    if said.kind == "absent":  # an answer to a question, not to an instruction
        return BankWord("unknown", "银行的回答与指令不符")
    return said


def inquire(line: BankLine, payment: Payment) -> BankWord:
    """Asks what became of an order; moves nothing, however often it is asked."""
    return _call(checked(line), "GET", f"payments/{quote(payment.order_id)}", payment, None)


def _call(line: BankLine, method: str, where: str, payment: Payment, body: str | None) -> BankWord:
    url = f"{line.address.rstrip('/')}/{where}"
    headers = {"Idempotency-Key": payment.order_id, "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor other authorities from the environment
        until = time.monotonic() + line.whole_s
        try:
            answer = session.request(
                method,
                url,
                data=None if body is None else body.encode(),
                headers=headers,
                timeout=(line.connect_s, line.read_s),
                verify=line.ca or True,
                cert=line.certificate or None,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                content = _whole(answer, until)
                status = answer.status_code
        except requests.exceptions.SSLError:
            return BankWord("unknown", "与银行的加密连接未能建立或中断（证书不符也会如此）")
        except requests.exceptions.ConnectTimeout:
            return BankWord("unknown", "连接银行超时")
        except requests.exceptions.Timeout:
            return BankWord("unknown", "银行逾时没有回答")
        except (requests.exceptions.RequestException, OSError):
            return BankWord("unknown", "与银行的连接中断，没有收到完整的回答")
    if content is None:
        return BankWord("unknown", "银行的回答不完整或过长")
    return _understood(method, status, content, payment)


def _whole(answer: requests.Response, until: float) -> bytes | None:
    """The body, or None when it does not end in time or is too long."""
    found = bytearray()
    # Byte by byte: a larger piece would be waited for, however slowly it trickles.
    for piece in answer.iter_content(1):
        found += piece
        if time.monotonic() > until or len(found) > ANSWER_BYTES_MAX:
            return None
    return bytes(found)


def _understood(method: str, status: int, content: bytes, payment: Payment) -> BankWord:
    """Only a complete word about this key and this amount counts."""
    if status == 429 or status >= 500:
        return BankWord("unknown", f"银行系统忙或出错（{status}）")
    try:
        told: Any = json.loads(content)
    except ValueError:
        return BankWord("unknown", f"银行的回答无法理解（{status}）")
    if not isinstance(told, dict) or told.get("key") != payment.order_id:
        return BankWord("unknown", f"银行的回答不是关于这笔付款的（{status}）")
    state, reason = str(told.get("state", "")), _line(told.get("reason"))
    if status == 404 and method == "GET" and state == "absent":
        return BankWord("absent", "银行查无此笔指令")
    kind = _WORDS.get(state, "unknown")
    expected = 200 <= status < 300 or (kind == "failed" and status in (400, 409, 422))
    if not expected:
        return BankWord("unknown", f"银行没有给出结果（{status}）")
    if kind == "paid" and told.get("amount") != yuan_text(payment.amount_fen):
        return BankWord("unknown", "银行所称金额与付款单不符，请人工核对")
    default = {"paid": "银行已付", "failed": "银行拒绝，未说明原因", "accepted": "银行已受理"}
    return BankWord(
        kind, reason or default.get(kind, "银行没有给出结果"), _line(told.get("bank_ref"))
    )


def _line(value: object) -> str:
    """What a stranger wrote, fit for one line."""
    return re.sub(r"\s+", " ", value)[:200].strip() if isinstance(value, str) else ""
