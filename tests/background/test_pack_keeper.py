"""The door to field packs as panels use it: the file is read aside, what is wrong is a sentence."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.contract.packs import PackOpened, PacksReturned
from storage.sync import packs
from tests.background.conftest import Rig


def test_a_file_that_is_no_pack_is_a_sentence(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    found: list[Any] = []
    (tmp_path / "空.edp").touch()
    for name in ("没有.edp", "空.edp"):
        rig.context.packs.open(rig.owner, tmp_path / name, found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert "没有.edp" in found[0]
    assert isinstance(found[1], str)
    assert not rig.crashes


def test_opened_and_given_back_the_panels_look_again(
    rig: Rig, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trip.edp"
    path.write_bytes(b"pack")
    ends = rig.context.now()
    monkeypatch.setattr(
        packs,
        "unpack",
        lambda _session, _data, *, file: packs.Unpacked(file.name, 2, 9, 7, 0, ends),
    )
    monkeypatch.setattr(packs, "open_packs", lambda _session: {"a": ends, "b": ends})
    monkeypatch.setattr(packs, "shred", lambda _session, pack, why: {"rows": 3, "why": why})
    found: list[Any] = []
    with qtbot.waitSignal(rig.context.changed) as heard:
        rig.context.packs.open(rig.owner, path, found.append, found.append)
    assert heard.args[0].touches("case")
    with qtbot.waitSignal(rig.context.changed):
        rig.context.packs.give_back(rig.owner, found.append, found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found == [PackOpened(2, 7, ends), PacksReturned(2, 6)]
