"""`edesk nodes`, `explain` and `demo`, as a script calls them."""

import argparse
import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from desktop.cli import demo, explain, nodes
from desktop.cli.opening import open_session
from desktop.contract.filters import NodeFilter
from desktop.errors import UserError
from desktop.projection.select import count_nodes

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDESK_PASSPHRASE", "口令")
        _run(demo, "--store", str(folder), "--cases", "200", "--seed", "4", "--today", "2026-11-23")
    return folder


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")


def _run(command: object, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)  # type: ignore[attr-defined]
    return int(command.run(parser.parse_args(words)))  # type: ignore[attr-defined]


def _list(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert _run(nodes, *words) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_demo_prints_counts_and_refuses_a_second_city(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cases", "20", "--seed", "1", "--today", "2026-11-23")
    _run(demo, "--store", str(tmp_path / "new"), *words)
    counts = json.loads(capsys.readouterr().out)
    assert counts["case"] == 20
    assert counts["node_clock"] > 100
    with pytest.raises(UserError, match="已有演示数据"):
        _run(demo, "--store", str(store), *words)
    with pytest.raises(SystemExit):
        _run(demo, "--store", str(store), "--cases", "0")


def test_nodes_of_the_day_are_the_projections(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _list(capsys, "--store", str(store), "--as-of", "2026-11-23", "--state", "超期")
    with open_session(store) as opened, opened.session.read() as connection:
        wanted = count_nodes(connection, NodeFilter(states=("超期",)), TODAY)
    assert len(rows) == wanted > 0
    assert all(row["state"] == "超期" and int(str(row["days"])) > 0 for row in rows)


def test_nodes_of_another_day_are_derived(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--store", str(store), "--as-of", "2025-08-01", "--court", "豫03", "--node", "N11")
    rows = _list(capsys, *words)
    assert rows
    assert all(str(row["started_on"]) <= "2025-08-01" for row in rows)
    assert {row["court"] for row in rows} == {"洛阳中院"}
    assert {row["node_code"] for row in rows} == {"N11"}
    assert set(rows[0]) == set(nodes.COLUMNS)


def test_an_uncertain_day_is_no_due_day(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path(shutil.copytree(store, tmp_path / "own"))
    with open_session(store) as opened, opened.session.write("撤回安排") as write:
        write.connection.exec_driver_sql("delete from calendar_day")
    rows = _list(capsys, "--store", str(store), "--as-of", "2026-11-23", "--state", "未知")
    later = _list(capsys, "--store", str(store), "--as-of", "2026-11-22", "--state", "未知")
    for row in (*rows, *later):
        assert row["due_on"] is None
        assert str(row["not_before"]) >= "2026-12-01"
        assert row["certain"] is False
    assert rows
    assert later


def test_an_empty_list_is_an_empty_array(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _list(capsys, "--store", str(store), "--as-of", "2020-01-01") == []


def test_nodes_as_csv(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(nodes, "--store", str(store), "--as-of", "2026-11-23", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert set(rows[0]) == set(nodes.COLUMNS)
    assert len(rows) > 1_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--state", "晚了"), "没有状态"),
        (("--node", "X99"), "没有节点代码"),
        (("--court", "京01"), "没有法院"),
    ],
)
def test_what_is_not_there_is_said(store: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=said):
        _run(nodes, "--store", str(store), *words)


def test_explain_in_both_forms(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _list(capsys, "--store", str(store), "--as-of", "2026-11-23", "--state", "超期")
    row = rows[0]
    name = f"{row['case_number']}:{row['node_code']}:{row['subject']}"
    words = ("--store", str(store), "--as-of", "2026-11-23", name)
    assert _run(explain, *words, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["due"] == row["due_on"]
    assert _run(explain, *words) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 3
    with pytest.raises(UserError, match="没有找到节点"):
        _run(explain, "--store", str(store), "（2026）豫03执99999号:N11")
    with pytest.raises(UserError, match="没有节点"):
        _run(explain, "--store", str(store), f"{row['case_number']}:TF1")


def test_a_store_does_not_open_without_its_passphrase(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "别的")
    with pytest.raises(UserError), open_session(store):
        pass
    monkeypatch.delenv("EDESK_PASSPHRASE")
    with pytest.raises(UserError, match="EDESK_PASSPHRASE"), open_session(store):
        pass
