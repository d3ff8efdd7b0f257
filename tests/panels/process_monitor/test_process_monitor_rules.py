"""Chips, saved filters: pure."""

from datetime import date

import pytest

from desktop.contract.filters import NodeFilter
from desktop.panels.process_monitor.columns import dressed
from desktop.panels.process_monitor.rules import (
    DEFAULT_FILTER,
    SAVED_MAX,
    chips,
    read_saved,
    with_saved,
    without,
    write_saved,
)

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        (NodeFilter(), []),
        (NodeFilter(states=("超期",)), []),
        (NodeFilter(due_from=DAY, due_to=DAY), ["应止 2026-11-23"]),
        (
            NodeFilter(due_from=DAY, due_to=date(2026, 11, 30)),
            ["应止 2026-11-23 至 2026-11-30"],
        ),
        (NodeFilter(due_from=DAY), ["应止 2026-11-23 起"]),
        (NodeFilter(due_to=DAY), ["应止 至 2026-11-23"]),
        (NodeFilter(overdue_on=DAY, text="执1"), ["2026-11-23 当日超期", "案号含“执1”"]),
        (NodeFilter(case_id="x"), ["案件 已选"]),
    ],
)
def test_chips_say_what_no_box_shows(wanted: NodeFilter, texts: list[str]) -> None:
    made = chips(wanted)
    assert [chip.text for chip in made] == texts
    for chip in made:
        wanted = without(wanted, chip.key)
    assert chips(wanted) == []


def test_saved_filters_come_back_in_order() -> None:
    saved = with_saved({}, "我的超期", DEFAULT_FILTER)
    saved = with_saved(saved, "七日内", NodeFilter(due_from=DAY, due_to=date(2026, 11, 29)))
    assert read_saved(write_saved(saved)) == saved
    assert list(saved) == ["我的超期", "七日内"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"due_from": "nie"}}'])
def test_damaged_text_gives_no_filter_and_no_error(text: str) -> None:
    assert read_saved(text) == {}


def test_the_oldest_saved_filter_goes() -> None:
    saved: dict[str, NodeFilter] = {}
    for number in range(SAVED_MAX + 3):
        saved = with_saved(saved, f"第{number}个", DEFAULT_FILTER)
    assert len(saved) == SAVED_MAX
    assert "第0个" not in saved


def test_what_ends_by_the_hour_shows_its_hour_and_whose_it_is() -> None:
    row = {"days": 0, "node": "拘留期满解除", "subject": "某甲（拘留）", "due_on": "2026-12-03"}
    hour = dressed({1: {**row, "due_at": "2026-12-03T14:20:00"}})[1]
    assert (hour["node"].text, hour["due_on"].text) == ("拘留期满解除 某甲（拘留）", "12-03 14:20")
    day = dressed({1: {**row, "due_at": None}})[1]
    assert (day["node"], day["due_on"]) == ("拘留期满解除", "2026-12-03")
