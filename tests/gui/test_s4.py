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

from desktop.funds.asked_words import refused_words
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
from tests.ledger.offices import Steps, at_hub
from tests.ledger.test_orders_at_once import together

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
    made = Play(qtbot, rig, town, clock)
    made.sit("clerk")
    return made


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


def test_two_clerks_press_pay_at_once(server_folder: Path) -> None:
    """6, on two lines to one shared database: one wins, the other sees by whom and when."""
    with at_hub(server_folder / "two-clerks") as office:
        assert office.ask("keeper", "receive", case_id=office.case, amount_fen=500_000).accepted
        order = Steps(office).approved()
        told = together(
            office,
            ("teller", "send_order", {"order_id": order, "batch": "付-1"}),
            ("third", "send_order", {"order_id": order, "batch": "付-2"}),
        )
        (winner,) = [n for n, one in enumerate(told) if one.accepted]
        loser, first = told[1 - winner], ("teller", "third")[winner]
        names = {id_: who for who, id_ in office.people.items()}
        sentence = refused_words(loser.code, loser.facts, names)
        (at,) = office.rows(
            f"select at from payment_act where order_id = '{order}' and act = 'send'"
        )
        assert first in sentence
        assert str(at[0])[11:16] in sentence
