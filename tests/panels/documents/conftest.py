"""One specimen certificate for all tests of the panel, and a desk for each."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.panels.documents.desk import Desk, certificate, open_desk


@pytest.fixture(scope="session")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, specimen: Path) -> Desk:
    return open_desk(qtbot, tmp_path, specimen)
