"""Who sits at the desk of a demo."""

import json
from datetime import date
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.background.opening import Wish, open_store
from desktop.contract.law import load_law
from desktop.demo.city import generate
from desktop.demo.seat import take_seat
from desktop.errors import UserError
from storage.session import Session


def test_a_post_or_a_name_takes_the_seat_from_the_next_start_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")
    store = tmp_path / "s"
    assert main(["demo", "--store", str(store), "--cases", "40", "--today", "2026-11-23"]) == 0
    capsys.readouterr()
    assert main(["demo", "--store", str(store), "--person", "执行局局长"]) == 0
    told = json.loads(capsys.readouterr().out)
    opened = open_store(Wish(store, "口令", demo=True), lambda _done, _of: True)
    assert (opened.who.name, opened.who.post) == (told["person"], told["post"])
    assert opened.session.actor == opened.who.person_id
    with opened.session.read() as connection:
        president = connection.exec_driver_sql(
            "select name from person where post = 'president'"
        ).scalar_one()
    opened.close()
    assert main(["demo", "--store", str(store), "--person", president]) == 0
    assert json.loads(capsys.readouterr().out) == {"person": president, "post": "院长"}


def test_nobody_is_seated_in_a_real_store_or_by_a_wrong_name(session: Session) -> None:
    with session.apply() as write, pytest.raises(UserError, match="演示数据"):
        take_seat(write.connection, "院长")
    generate(session, load_law(), cases=10, seed=1, today=date(2026, 11, 23))
    with session.apply() as write, pytest.raises(UserError, match="执行局局长"):
        take_seat(write.connection, "无名氏")
    with session.read() as connection:
        seats = connection.exec_driver_sql("select 1 from setting where key = 'person_id'")
        assert seats.first() is None
