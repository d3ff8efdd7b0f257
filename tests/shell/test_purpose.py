"""The question before a sealed case opens: in the window, kept only with a purpose."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.shell.purpose import LENGTH_MOST, PurposeBar


def asked(qtbot: QtBot) -> PurposeBar:
    bar = PurposeBar()
    qtbot.addWidget(bar)
    bar.ask("case-1", "（2026）豫0381执2962号")
    qtbot.waitUntil(bar.isVisible)
    assert "2962" in bar.words.text()
    return bar


def test_a_word_that_says_nothing_opens_nothing(qtbot: QtBot) -> None:
    bar = asked(qtbot)
    for typed in ("", "   ", "看看 ", "  看 看"):
        bar.purpose.setText(typed)
        qtbot.keyClick(bar.purpose, Qt.Key.Key_Return)
        assert bar.isVisible(), typed
        assert not bar.open_button.isEnabled(), typed


def test_a_purpose_opens_and_is_trimmed(qtbot: QtBot) -> None:
    bar = asked(qtbot)
    qtbot.keyClicks(bar.purpose, "check the seizure ")
    with qtbot.waitSignal(bar.answered) as told:
        qtbot.mouseClick(bar.open_button, Qt.MouseButton.LeftButton)
    assert told.args == ["case-1", "check the seizure"]
    assert not bar.isVisible()


def test_leaving_it_closed_tells_so(qtbot: QtBot) -> None:
    bar = asked(qtbot)
    qtbot.keyClicks(bar.purpose, "half a sentence")
    with qtbot.waitSignal(bar.answered) as told:
        qtbot.mouseClick(bar.leave_button, Qt.MouseButton.LeftButton)
    assert told.args == ["case-1", ""]


def test_words_stay_for_the_same_case_only(qtbot: QtBot) -> None:
    bar = asked(qtbot)
    qtbot.keyClicks(bar.purpose, "check the seizure")
    bar.ask("case-1", "（2026）豫0381执2962号")
    assert bar.purpose.text() == "check the seizure"
    bar.ask("case-2", "（2026）豫0381执2963号")
    assert bar.purpose.text() == ""
    bar.purpose.setText("长" * (LENGTH_MOST + 9))
    assert len(bar.purpose.text()) == LENGTH_MOST
