"""The real event log against the engine, recounted from the raw file; and a small one like it."""

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from desktop.__main__ import main
from storage.session import Session
from tests.importing.conftest import Importer

HEAD = "case_id,activity,lifecycle,resource,timestamp,amount,article,activity_instance_id"
SAMPLE = """\
B1,Create Fine,complete,7,2007-01-02,350.0,157,1
B1,Send Fine,complete,,2007-04-02,,,2
B1,Insert Fine Notification,complete,,2007-04-10,,,3
B1,Add penalty,complete,,2007-06-09,715.0,,4
B2,Create Fine,complete,7,2007-01-02,1200.5,7,5
B2,Send Fine,complete,,2007-04-03,,,6
B3,Payment,complete,,2007-01-05,,,7
B3,Create Fine,complete,NA,2007-01-03,10,NA,8
"""
Rows = list[dict[str, str]]


def nodes(capsys: pytest.CaptureFixture[str], store: Path, node: str) -> Rows:
    arguments = ["nodes", "--store", str(store), "--as-of", "2013-12-31", "--node", node]
    assert main([*arguments, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows: Rows = found if isinstance(found, list) else found["nodes"]
    return rows


def days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDESK_PASSPHRASE", "看见河流")
    return tmp_path / "store"


def imported(
    capsys: pytest.CaptureFixture[str], store: Path, log: Path, *more: str
) -> dict[str, int]:
    arguments = ["import", "--store", str(store), "--profile", "traffic_fines", *more, str(log)]
    assert main(arguments) == 0
    counts: dict[str, int] = json.loads(capsys.readouterr().out)
    return counts


def test_a_small_log_of_the_same_shape(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(f"{HEAD}\n{SAMPLE}", encoding="utf-8")
    assert imported(capsys, store, log, "--dry-run")["added"] == 7
    assert not store.exists()
    out = tmp_path / "rejects.csv"
    counts = imported(capsys, store, log, "--rejects", str(out))
    assert (counts["read"], counts["added"], counts["rejected"]) == (8, 7, 1)
    assert "尚未建立" in out.read_text(encoding="utf-8-sig")
    (penalty,) = (row for row in nodes(capsys, store, "TF2") if row["done_on"])
    assert (penalty["started_on"], penalty["due_on"]) == ("2007-04-10", "2007-06-09")
    assert penalty["done_on"] == penalty["due_on"]
    sent = {row["case_number"]: row["state"] for row in nodes(capsys, store, "TF1")}
    assert (sent["罚B1"], sent["罚B2"]) == ("按期完成", "逾期完成")
    assert imported(capsys, store, log)["unchanged"] == 7


@pytest.mark.slow
@pytest.mark.needs_shared
def test_the_real_log_through_the_command_line(
    traffic_log: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with gzip.open(traffic_log, "rt", encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    first: dict[tuple[str, str], str] = {}
    for row in raw:
        first.setdefault((row["case_id"], row["activity"]), row["timestamp"][:10])
    cases = {row["case_id"] for row in raw}
    late = {
        case
        for case in cases
        if (case, "Send Fine") in first
        and days(first[(case, "Create Fine")], first[(case, "Send Fine")]) > 90
    }
    penalties = {case for case in cases if (case, "Add penalty") in first}
    assert (len(raw), len(cases), len(penalties)) == (34_724, 10_000, 4_635)

    counts = imported(capsys, store, traffic_log)
    assert (counts["read"], counts["added"], counts["rejected"]) == (34_724, 34_724, 0)
    assert imported(capsys, store, traffic_log)["unchanged"] == 34_724

    added = [row for row in nodes(capsys, store, "TF2") if row["case_number"][1:] in penalties]
    assert len(added) == 4_635
    assert all(days(row["started_on"], row["done_on"]) == 60 for row in added)
    assert all(row["due_on"] == row["done_on"] for row in added)
    sent = [row for row in nodes(capsys, store, "TF1") if row["state"] == "逾期完成"]
    assert {row["case_number"][1:] for row in sent} == late


@pytest.mark.slow
@pytest.mark.needs_shared
def test_money_and_dates_of_the_real_log_are_kept(
    traffic_log: Path, importing: tuple[Session, Importer]
) -> None:
    session, run = importing
    run(traffic_log, "traffic_fines")
    with gzip.open(traffic_log, "rt", encoding="utf-8", newline="") as file:
        fines = {
            row["case_id"]: (row["timestamp"][:10], round(float(row["amount"]) * 100))
            for row in csv.DictReader(file)
            if row["activity"] == "Create Fine"
        }
    with session.read() as connection:
        held = connection.execute(text('select source_key, filed_on, claim_fen from "case"'))
        assert {row[0]: (row[1], row[2]) for row in held} == fines
