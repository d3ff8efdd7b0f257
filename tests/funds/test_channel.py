"""The direct line against a real TLS server: what is not the bank's own whole word is unknown."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.funds.channel import BankLine, BankWord, checked, inquire, send
from tests.funds.bank_server import Bank, bank_server
from tests.funds.test_outgoing import payment

ORDER = payment(7)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    with bank_server(tmp_path) as made:
        yield made


def line(bank: Bank, **changes: object) -> BankLine:
    made = BankLine(bank.address, "1001 2345 6789", bank.ca, read_s=0.4, whole_s=0.6)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_instruction_bears_its_key_and_is_settled_by_the_banks_word(bank: Bank) -> None:
    assert send(line(bank), ORDER) == BankWord("paid", "银行已付", "YH2026001")
    assert bank.posted == [
        {
            "key": ORDER.order_id,
            "amount": "100.07",
            "currency": "CNY",
            "from_account": "100123456789",
            "to_account": "6222000000000007",
            "to_name": "申请人7",
            "to_bank": "示范银行东城支行",
            "memo": "（2026）豫0381执7号案款",
        }
    ]
    assert bank.headers[0]["Idempotency-Key"] == ORDER.order_id
    assert inquire(line(bank), ORDER).kind == "paid"


@pytest.mark.parametrize(
    "manner",
    [
        *("cut", "late", "half", "long", "trickle", "500", "502", "503", "500 before", "429"),
        *("moved", "other key", "other amount", "no json", "absent", "408", "404", "409"),
    ],
)
def test_anything_less_is_unknown_and_posted_once(bank: Bank, manner: str) -> None:
    bank.manner = manner
    begun = time.monotonic()
    said = send(line(bank), ORDER)
    assert time.monotonic() - begun < 10  # however slowly the answer trickles
    assert (said.kind, said.final) == ("unknown", False)
    assert ("忙或出错" in said.reason) == (manner[:1] == "5" or manner == "429")
    assert len(bank.posted) == 1
    bank.manner = "pay"
    later = inquire(line(bank), ORDER)
    assert later.kind == ("absent" if manner == "500 before" else "paid")
    assert len(bank.posted) == 1


@pytest.mark.parametrize("manner", ["cut", "late", "half", "500", "429", "other key", "moved"])
def test_a_question_that_is_not_answered_leaves_things_unknown(bank: Bank, manner: str) -> None:
    send(line(bank), ORDER)
    bank.manner = manner
    assert inquire(line(bank), ORDER).kind == "unknown"
    assert len(bank.posted) == 1


def test_a_refusal_is_final_and_told_on_one_line(bank: Bank) -> None:
    bank.manner = "refuse"
    assert send(line(bank), ORDER) == BankWord("failed", "户名 不符")
    assert not bank.paid


def test_accepted_is_not_paid(bank: Bank) -> None:
    bank.manner = "accept"
    said = send(line(bank), ORDER)
    assert (said.kind, said.final) == ("accepted", False)


def test_a_key_that_the_bank_never_saw_is_absent_and_not_failed(bank: Bank) -> None:
    said = inquire(line(bank), ORDER)
    assert (said.kind, said.final) == ("absent", False)
    assert not bank.posted


def test_a_bank_whose_certificate_nobody_trusts_gets_nothing(bank: Bank) -> None:
    for untrusted in (
        line(bank, ca=""),
        line(bank, address=bank.address.replace("127.0.0.1", "0")),
    ):
        said = send(untrusted, ORDER)
        assert (said.kind, "证书" in said.reason) == ("unknown", True)
    assert not bank.posted


def test_a_bank_that_does_not_listen_is_unknown(bank: Bank) -> None:
    assert send(line(bank, address="https://127.0.0.1:9/"), ORDER).kind == "unknown"


def test_the_environment_changes_neither_the_way_nor_the_trust(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert send(line(bank), ORDER).kind == "paid"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": ""}, "未设定"),
        ({"address": "http://bank.example"}, "https"),
        ({"address": "https://user:word@bank.example"}, "不含口令"),
        ({"address": "https://bank.example/?a=1"}, "参数"),
        ({"address": "https://[bad"}, "https"),
        ({"our_account": " "}, "专户"),
        ({"ca": "/nowhere.pem"}, "证书机构"),
        ({"certificate": "/nowhere.pem"}, "本院证书"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(changes: dict[str, str], words: str) -> None:
    sound = BankLine("https://bank.example/gateway", "100123456789")
    assert checked(sound) is sound
    with pytest.raises(UserError, match=words):
        checked(replace(sound, **changes))
