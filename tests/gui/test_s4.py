"""Scenario S4: a finance clerk disbursing, from the morning's statement to a balance of March.

One desk over a real replica; whoever acts sits down at it. Money is moved by the ledger's own
rules, statements are files of a bank. The numbers in the comments are the lines of the scenario.
EDESK_PICTURES names a folder for pictures.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.shell.registry import discover
from storage.ledger import moments
from tests.gui.circular_town import Clock
from tests.gui.conftest import Rig
from tests.gui.money_end import (
    answer_lost,
    balance_of_march,
    line_cut,
    month_end,
    next_statement,
    wrong_payee,
)
from tests.gui.money_play import Play
from tests.gui.money_steps import (
    board_is_even,
    morning_statement,
    order_with_call_back,
    own_request,
    queue_by_clock,
    two_clerks,
)
from tests.gui.money_town import TODAY, settle_town

Open = Callable[..., Rig]
pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("This plugin does not support")]


def clock_of(clock: Clock) -> type[datetime]:
    """The ledger's clock for every thread."""

    class Held(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return clock().astimezone(tz)

    return Held


@pytest.fixture
def play(qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    theme = os.environ.get("EDESK_PICTURE_THEME", "dark")
    (tmp_path / "window.json").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    rig = open_window(discover())
    town = settle_town(rig.session, tmp_path)
    clock = Clock(datetime(TODAY.year, TODAY.month, TODAY.day, 8, 30, tzinfo=moments.ZONE))
    monkeypatch.setattr(moments, "datetime", clock_of(clock))
    monkeypatch.setattr(rig.context, "now", clock, raising=False)
    rig.context._time.hold(TODAY)
    width, height = os.environ.get("EDESK_PICTURE_SIZE", "1920x1080").split("x")
    rig.window.resize(int(width), int(height))
    town.sit(rig, "clerk")
    return Play(qtbot, rig, town, clock)


def test_s4_a_clerk_disburses(play: Play, tmp_path: Path) -> None:
    morning_statement(play, tmp_path)
    board_is_even(play)
    queue_by_clock(play)
    order_with_call_back(play)
    own_request(play)
    two_clerks(play)
    answer_lost(play, tmp_path)
    line_cut(play, tmp_path)
    next_statement(play, tmp_path)
    wrong_payee(play)
    month_end(play)
    balance_of_march(play)
