"""What is said against a thing that a plan takes along."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from desktop.rules.plan_means import Known

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
STARTS = NOW + timedelta(days=2)
CAMERA = Known("e", "记录仪01", calibrate_by=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"faults": ("镜头进水",)}, "故障待修（镜头进水）"),
        ({"calibrate_by": date(2026, 11, 24)}, "届时已过期"),
        ({"calibrate_by": date(2026, 11, 25)}, ""),  # good for the whole of its last day
        ({"uncalibrated": True}, "未见校准记录"),
        ({"holder_id": "x", "holder": "某甲"}, "未定归还时间"),
        ({"holder_id": "x", "holder": "某甲", "due_at": NOW - timedelta(hours=1)}, "逾期未还"),
        ({"holder_id": "x", "holder": "某甲", "due_at": STARTS + timedelta(hours=1)}, "届时已借给"),
        ({"holder_id": "x", "holder": "某甲", "due_at": STARTS}, ""),  # back by then
        ({"holder_id": "in", "due_at": STARTS + timedelta(hours=1)}, ""),  # who has it comes along
        ({"gone": True, "faults": ("坏",)}, "已报废或者停用"),
    ],
)
def test_warnings(changes: dict[str, Any], said: str) -> None:
    found = replace(CAMERA, **changes).warnings(STARTS, {"in"}, NOW)
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_without_a_time_now_counts() -> None:
    until_tomorrow = replace(CAMERA, calibrate_by=NOW.date(), faults=("坏", "再坏"))
    assert until_tomorrow.warnings(None, (), NOW) == ("故障待修（坏）", "故障待修（再坏）")
    late = replace(CAMERA, calibrate_by=NOW.date() - timedelta(days=1))
    assert late.warnings(STARTS - timedelta(days=9), (), NOW)
