"""Every test of the parts starts from the dark look at 100 per cent, in English."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from widgets.theme import apply_theme, load_theme

OFFSCREEN_NOISE = r"This plugin does not support .*"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says that it has no window manager; that is no fault of ours."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_NOISE))


@pytest.fixture(autouse=True)
def _dark_look(qapp: QApplication) -> None:
    # Tests of the whole window leave their language behind in the one application object.
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
    apply_theme(qapp, load_theme("dark"))
