"""The code on paper: read from the page, held against a hub whose owner rewrites its chain."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pdfplumber
import psycopg
import pytest
import zxingcpp

from desktop.__main__ import main
from desktop.circulars.pages import write_official
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.evidence.anchor import (
    Payload,
    anchor_of,
    head_of_hub,
    head_to_check,
    parse_payload,
)
from desktop.evidence.definitions import definitions_on
from desktop.evidence.printing import Printed
from desktop.evidence.snapshot import ChainHead, Court, Snapshot
from desktop.evidence.week import Week
from desktop.evidence.weekly import weekly, weekly_payload
from storage.hub.chain_verifier import Head, parse_head
from storage.ids import new_id
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.hub.test_chain import _rewrite

WEEK = Week(date(2026, 10, 26))
SHEET = Snapshot(
    WEEK,
    datetime(2026, 11, 2, 8, 30, tzinfo=COURT_ZONE),
    (Court("court", "豫99", "甲院", "甲"),),
    (),
    (),
    definitions_on(WEEK.last),
)
PRINTED = Printed("示范市中级人民法院文件", "示范市中级人民法院", "执行指挥中心")


@pytest.fixture
def hub(server_folder: Path) -> Iterator[Town]:
    """A hub of its own, since its chain is rewritten for good."""
    with built_town(server_folder / "anchored") as made:
        for serial in range(200, 206):
            case_id = new_id()
            made.first.verdict((10, case_id, "I", made.case_row(1, serial, case_id), None))
        yield made


def code_on(sheet: Snapshot, folder: Path) -> str:
    """What a telephone reads from the last page."""
    path = write_official(weekly(sheet, (), (), PRINTED), folder / "sheet.pdf")
    with pdfplumber.open(path) as opened:
        picture = opened.pages[-1].to_image(resolution=200).original
        words = opened.pages[-1].extract_text()
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    assert ("审计链链头" in words) or ("没有审计链" in words)
    return str(found[0].text)


def test_one_old_sheet_convicts_a_rewritten_chain(
    hub: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = PostgresRemote(hub.server.dsn("first", PASSWORD))
    try:
        head = head_of_hub(remote)
    finally:
        remote.close()
    assert head is not None
    assert hub.admin.execute("select seq, link from sync.chain_head()").fetchone() == (
        head.seq,
        head.link,
    )
    code = code_on(replace(SHEET, chain=head), tmp_path)
    dsn = hub.server.dsn("audit", PASSWORD)
    exported = tmp_path / "chain.jsonl"
    more = new_id()
    hub.first.verdict((10, more, "I", hub.case_row(1, 300, more), None))
    hub.first.one("select sync.seal()")
    assert main(["audit", "export", "--hub", dsn, "--out", str(exported)]) == 0
    capsys.readouterr()
    for against in (["--hub", dsn], ["--chain", str(exported)]):
        assert main(["verify", "--anchor", code, *against]) == 0
        assert "相符：执行信访周通报（2026-W44）" in capsys.readouterr().out

    with psycopg.connect(hub.server.admin_dsn) as owner:
        owner.execute("set session_replication_role = replica")
        _rewrite(owner)
    assert main(["audit", "verify", "--hub", dsn]) == 0  # the chain itself holds, being new
    capsys.readouterr()
    assert main(["verify", "--anchor", code, "--hub", dsn]) == 1
    assert "被改写过" in capsys.readouterr().out
    assert main(["verify", "--anchor", code, "--chain", str(exported)]) == 0
    assert main(["audit", "export", "--hub", dsn, "--out", str(exported)]) == 0
    assert main(["verify", "--anchor", code.lower(), "--chain", str(exported)]) == 1


def test_a_sheet_without_a_hub_says_so_and_names_its_snapshot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = code_on(SHEET, tmp_path)
    found = parse_payload(code)
    assert (found.kind, found.label, found.sha256, found.head) == (
        "W",
        "2026-W44",
        SHEET.sha256,
        None,
    )
    assert "未接入共享库" in anchor_of(found).lines[0]
    assert main(["verify", "--anchor", code, "--chain", str(tmp_path / "none")]) == 1
    assert "只能核对数据快照指纹" in capsys.readouterr().err


def test_the_printed_words_and_the_code_name_the_same_link() -> None:
    head = ChainHead(18_204, "0123456789abcdef" * 4)
    payload = weekly_payload(replace(SHEET, chain=head))
    printed = anchor_of(payload)
    assert parse_payload(printed.payload) == payload
    assert head_to_check(payload) == Head(18_204, head.link)
    typed = parse_head(printed.lines[1])
    assert (typed.seq, typed.prefix) == (18_204, head.link[:32])
    spaced = f" {printed.payload[:40].lower()}\n{printed.payload[40:]} "
    assert parse_payload(spaced) == payload


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EDESK1:W:2026-W44:S:00",
        f"EDESK1:X:2026-W44:S:{'0' * 64}",
        f"EDESK1:W:2026-W44:S:{'0' * 64}:C:0:{'0' * 64}",
        f"EDESK1:W:2026-W44:S:{'0' * 64}:C:5:{'0' * 63}",
        f"EDESK2:W:2026-W44:S:{'0' * 64}",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_payload(text)


def test_the_command_tells_what_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    code = Payload("W", "2026-W44", "0" * 64, None).text()
    for words, said in (
        (["--anchor", code], "与什么核对"),
        (["a.pdf", "--anchor", code, "--chain", "x"], "不能同时给出文件"),
        (["--chain", "x"], "一并使用"),
        ([], "须给出文件，或用 --anchor"),
    ):
        assert main(["verify", *words]) != 0
        assert said in capsys.readouterr().err
