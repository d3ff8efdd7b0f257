"""What the trend and the heat map say, as tables; the map's sum under any cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.panels.overdue.rules import REST, heat_reading, heat_table, trend_reading
from desktop.panels.overdue.words import short_nodes
from desktop.rules.short_names import narrow_names, short_court, short_place


@pytest.mark.parametrize(
    ("weeks", "rise", "sentence"),
    [
        ([], None, "所示各周没有超期节点。"),
        ([0, 0, 0], None, "所示各周没有超期节点。"),
        ([7], None, "今日超期节点 7 个。"),
        ([5, 5], None, "本周超期节点 5 个，与上周持平。"),
        (
            [1300, 1290, 1270, 1257, 1284],
            ("启动参考价", 12),
            "连续三周下降后本周回升 2.1 %，主要来自“启动参考价”节点。",
        ),
        ([10, 20, 30, 15], ("约谈", 3), "连续两周上升后本周回落 50.0 %。"),
        ([10, 20, 30], None, "连续两周上升，本周上升 50.0 %，现为 30 个。"),
        ([30, 20, 10], None, "连续两周下降，本周下降 50.0 %，现为 10 个。"),
        ([9, 9, 12], ("约谈", 3), "本周较上周上升 33.3 %，现为 12 个，主要来自“约谈”节点。"),
        ([0, 4], None, "本周较上周上升 4 个，现为 4 个。"),
        ([8, 9, 6], None, "本周较上周下降 33.3 %，现为 6 个。"),
        (
            list(range(100, 112)),
            None,
            "连续11周上升，本周上升 0.9 %，现为 111 个。",
        ),
    ],
)
def test_trend_reading(weeks: list[int], rise: tuple[str, int] | None, sentence: str) -> None:
    assert trend_reading(weeks, rise) == sentence


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_any_trend_has_one_sentence(weeks: list[int]) -> None:
    text = trend_reading(weeks, ("约谈", 1))
    assert text.endswith("。")
    assert text.count("。") == 1


COLUMNS = [("t1", "第一执行团队"), ("t2", "第二执行团队")]
COUNTS = {("A", "t1"): 3, ("A", "t2"): 61, ("B", "t1"): 7, ("C", "t2"): 1}
NAMES = {"A": "启动参考价", "B": "约谈", "C": "公告"}


def test_heat_table_keeps_the_worst_and_sums_the_rest() -> None:
    table = heat_table(COUNTS, NAMES, COLUMNS, rows_shown=2)
    assert table.row_labels == ("启动参考价", "约谈", REST)
    assert table.row_codes == (("A",), ("B",), ("C",))
    assert table.values == ((3, 61), (7, 0), (0, 1))
    assert table.total == 72


def test_heat_reading() -> None:
    table = heat_table(COUNTS, NAMES, COLUMNS)
    assert heat_reading(table) == (
        "第二执行团队的“启动参考价”节点超期 61 个，最多；第二执行团队合计 62 个，占 72 个的 86 %。"
    )
    assert heat_reading(heat_table({}, {}, COLUMNS)) == "没有超期节点。"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABCDEFGHIJKLM"), st.sampled_from(["t1", "t2"])),
        st.integers(1, 900),
    ),
    st.integers(1, 12),
)
def test_no_cut_loses_a_node(counts: dict[tuple[str, str], int], rows_shown: int) -> None:
    table = heat_table(counts, {}, COLUMNS, rows_shown=rows_shown)
    assert table.total == sum(counts.values())
    assert len(table.row_labels) <= rows_shown + 1
    assert heat_reading(table).endswith("。")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("启动参考价", "启动参考价"),
        ("结案（终本约谈、合议、裁定）与归档", "结案与归档"),
        ("向申请执行人发出执行进展告知", "向申请执行人…"),
    ],
)
def test_short_node(name: str, short: str) -> None:
    assert short_nodes([name]) == [short]


def test_nodes_that_would_look_alike_keep_their_remark() -> None:
    names = ["发出执行通知书", "发出执行通知书（外部期限）", "约谈"]
    assert short_nodes(names) == ["发出执行通知书", "发出执行通·外部", "约谈"]


def test_short_place() -> None:
    assert short_place("第三执行团队") == "三队"
    assert short_place("执行裁决团队") == "裁决"
    assert short_place("东城") == "东城"
    assert short_court("洛阳中院") == "中院"


def test_narrow_names_stay_apart() -> None:
    assert narrow_names(["一队", "二队", "裁决"]) == ["一", "二", "裁"]
    assert narrow_names(["裴言蹊"]) == ["裴\n言\n蹊"]
    assert narrow_names(["洛龙", "洛宁"]) == ["洛\n龙", "洛\n宁"]
