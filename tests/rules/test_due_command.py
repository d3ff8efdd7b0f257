"""`edesk due` as a user meets it."""

import argparse
import json

import pytest

from desktop.cli import due
from desktop.errors import UserError


def run(text: str) -> int:
    parser = argparse.ArgumentParser()
    due.configure(parser)
    return due.run(parser.parse_args(text.split()))


def as_json(capsys: pytest.CaptureFixture[str], text: str) -> dict[str, object]:
    assert run(f"{text} --format json") == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_make_up_saturday(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "--start 2017-03-31 --period 6m")
    assert (found["due"], found["certain"]) == ("2017-09-30", True)
    assert "国庆节调休上班" in str(found["steps"])


def test_the_national_holiday(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "--start 2017-09-28 --period 3d")
    assert found["due"] == "2017-10-09"
    for number in range(1, 9):
        assert f"2017-10-0{number}" in str(found["steps"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("--start 2017-09-28 --period 3d --no-roll", "2017-10-01"),
        ("--start 2017-03-01 --period 10d --exclude 2017-03-05..2017-03-07", "2017-03-14"),
        ("--start 2017-03-01 --period 10d --exclude 2017-03-05..2017-03-05", "2017-03-13"),
        ("--start 2016-02-29 --period 1y", "2017-02-28"),
        ("--start 2017-09-28 --period 10wd --calendar bank", "2017-10-18"),
        ("--start 2026-09-01T10:30 --period 48h", "2026-09-03T11:00"),
        ("--start 2026-09-01 --period 48h", "2026-09-03"),
    ],
)
def test_due(capsys: pytest.CaptureFixture[str], text: str, wanted: str) -> None:
    assert as_json(capsys, text)["due"] == wanted


def test_an_unpublished_year(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "--start 2026-12-28 --period 10wd")
    assert found["due"] is None
    assert (found["certain"], found["not_before"]) == (False, "2027-01-07")
    assert found["unpublished_years"] == [2027]
    assert run("--start 2026-12-28 --period 10wd") == 0
    assert "届满日：未知（不早于 2027-01-07）" in capsys.readouterr().out


def test_text_can_be_counted_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--start 2017-09-28 --period 3d") == 0
    out = capsys.readouterr().out
    assert "2017-10-04 中秋节" in out
    assert out.endswith("届满日：2017-10-09\n")


@pytest.mark.parametrize(
    "text",
    [
        "--start 2017-02-30 --period 6m",
        "--start 2017-03-31 --period 6x",
        "--start 2017-03-31 --period 0d",
        "--start 2017-03-31 --period 9999y",
        "--start 2017-03-31 --period 6m --exclude 2017-04-02..2017-04-01",
        "--start 2017-03-31 --period 6m --exclude 2017-04-02",
        "--start 2017-03-31T25:00 --period 48h",
        "--start 2017-03-31T10:00+08:00 --period 48h",
        "--start 9999-12-31 --period 6m",
        "--period 6m",
    ],
)
def test_wrong_usage_exits_with_2(text: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(text)
    assert caught.value.code == 2


def test_a_time_of_day_fits_hours_only() -> None:
    with pytest.raises(UserError, match="只写日期"):
        run("--start 2017-03-31T10:30 --period 6m")
    with pytest.raises(UserError, match="不能超过"):
        run("--start 2017-03-31 --period 6m --exclude 1900-01-01..2200-01-01")
