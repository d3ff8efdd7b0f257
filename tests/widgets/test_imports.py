"""What is imported after the first part of a window leaves no text of its source in memory."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import linecache, sys
import PySide6.QtCore
{before}
import wave
texts = [name for name in linecache.cache if name.endswith("wave.py")]
print(len(texts))
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
print(QLabel("desk").text())
"""


def _said(before: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(before=before)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
        timeout=120,
    )
    return done.stdout.split()


@pytest.mark.parametrize(("before", "texts"), [("", "1"), ("import widgets", "0")])
def test_no_source_is_kept_once_there_are_widgets(before: str, texts: str) -> None:
    """The first row shows what the second spares; it fails when PySide6 has stopped doing it."""
    assert _said(before) == [texts, "desk"]
