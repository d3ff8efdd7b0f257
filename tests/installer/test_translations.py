"""The catalogue of words is replaced in one step: a desk that runs has the old file mapped."""

from pathlib import Path

from PySide6.QtCore import QTranslator
from pytestqt.qtbot import QtBot

from installer.translations import build


def test_a_catalogue_in_use_keeps_its_words_while_a_new_one_is_built(
    qtbot: QtBot, tmp_path: Path
) -> None:
    assert qtbot
    target = tmp_path / "zh_CN.qm"
    build(target)
    before = target.stat().st_ino
    used = QTranslator()
    assert used.load(str(target))
    assert used.translate("Panel", "Approvals") == "审批"
    build(target)
    assert target.stat().st_ino != before
    assert used.translate("Panel", "Approvals") == "审批"
    assert [path.name for path in tmp_path.iterdir()] == ["zh_CN.qm"]
