"""Every test of the parts starts from the dark look at 100 per cent."""

import pytest
from PySide6.QtWidgets import QApplication

from widgets.theme import apply_theme, load_theme


@pytest.fixture(autouse=True)
def _dark_look(qapp: QApplication) -> None:
    apply_theme(qapp, load_theme("dark"))
