"""How soon teams answer and arrive: the figures by hand, and the plot by real orders and clicks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from desktop.panels.response import queries
from desktop.panels.response.queries import Args
from desktop.panels.response.rules import InHand, Soon, load_reading, minutes, reading, soon
from desktop.panels.response.view import ResponseView
from desktop.rules.field_orders import OrderState
from tests.panels.clicks import click, painted, shown
from tests.panels.remote_command.post import Post


@pytest.mark.parametrize(
    ("seconds", "median", "nine"),
    [
        ([60], 1, 1),
        ([60, 180], 2, 3),
        ([300, 60, 120], 2, 5),
        (list(range(60, 660, 60)), 5.5, 9),  # nine of ten were within nine minutes
        ([0, 0, 0], 0, 0),
    ],
)
def test_median_and_nine_of_ten(seconds: list[int], median: float, nine: float) -> None:
    found = soon("一队", "t", seconds)
    assert found is not None
    assert (found.median, found.nine, found.count) == (median, nine, len(seconds))
    assert soon("一队", "t", []) is None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_nine_of_ten_is_met_by_nine_tenths_and_not_earlier(seconds: list[int]) -> None:
    found = soon("一队", "t", seconds)
    assert found is not None
    limit = round(found.nine * 60)
    assert sum(one <= limit for one in seconds) >= 0.9 * len(seconds)
    assert sum(one < limit for one in seconds) < 0.9 * len(seconds)
    assert min(seconds) <= round(found.median * 60, 6) <= max(seconds)


def test_the_sentences() -> None:
    teams = [Soon("一队", "a", 4, 2.5, 4), Soon("二队", "b", 2, 6, 80)]
    words = reading(teams, "响应用时", 30)
    assert words == (
        "近 30 日 6 件，一队响应用时最短，中位数 2.5 分钟；二队最长，6 分钟，"
        "九成在 1 小时 20 分钟以内。"
    )
    assert reading(teams[:1], "响应用时", 30) == "近 30 日 4 件，响应用时中位数 2.5 分钟。"
    assert reading([], "响应用时", 30) == "近 30 日没有可计算响应用时的指令。"
    assert minutes(120) == "2 小时"
    held = [InHand("一队", "a", (1, 0, 2)), InHand("二队", "b", (0, 0, 1))]
    assert load_reading(held, 1) == "在办指令 4 件，一队最多，3 件；待确认 1 件。"
    assert load_reading([InHand("一队", "a", (0,))], 0) == "没有正在办理的指令。"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = Post(tmp_path)
    for wait in (2, 4):
        order = made.send()
        made.pass_time(minutes=wait)
        made.report(order, "acknowledge")
        made.pass_time(minutes=10)
        made.report(order, "arrive")
    made.report(order, "finish")
    made.send()
    return made


def test_the_figures_are_those_of_the_orders(post: Post) -> None:
    with post.context.engine.connect() as connection:
        found = queries.times(connection, Args(post.now, 30))
        later = queries.times(connection, Args(post.now.replace(year=2027), 30))
    (answers,), (arrivals,), (load,) = found.answers, found.arrivals, found.load
    assert (answers.count, answers.median, answers.nine) == (2, 3, 4)
    assert (arrivals.median, arrivals.nine) == (13, 14)
    states = dict(zip(queries.SHOWN, load.counts, strict=True))
    assert states[OrderState.ON_SCENE] == 1
    assert states[OrderState.SENT] == 1
    assert load.total == 2
    assert found.unanswered == 1
    assert later.answers == ()
    assert later.load == found.load, "what is under way stays, however old it is"


def test_the_plot_and_its_clicks(qtbot: QtBot, post: Post) -> None:
    view = ResponseView(post.context)
    shown(qtbot, view)
    painted(qtbot, view.soon, "响应用时")
    click(qtbot, view.soon, -0.15, 1)
    assert post.context.opened[-1][0] == "remote_command"
    assert post.context.opened[-1][1] == {"team_id": post.city.team}
    view.switch.setCurrentIndex(2)
    painted(qtbot, view.load, "在办指令")
    post.send()
    painted(qtbot, view.load, "3 件")
