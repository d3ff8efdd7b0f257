"""A DeskContext over a real, empty replica, with its lanes; closed after each test."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from desktop.background.context import DeskContext, Parts
from desktop.background.hub import Hub
from desktop.background.lanes import Lanes
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.settings import DeviceSettings
from storage.drafts import Drafts
from storage.replica import Replica
from storage.session import Session
from tests.fake_positions import FakePositions
from tests.fake_sync import FakeSync


@dataclass
class Rig:
    """What a test needs of the desk's inside."""

    context: DeskContext
    hub: Hub
    lanes: Lanes
    session: Session
    crashes: list[BaseException] = field(default_factory=list)
    owner: QObject = field(default_factory=QObject)


@pytest.fixture
def rig(qtbot: object, replica: Replica, session: Session, tmp_path: Path) -> Iterator[Rig]:
    # As in the desk: what is left of earlier windows is never collected on a lane's thread.
    gc.collect()
    gc.disable()
    crashes: list[BaseException] = []
    hub = Hub(crashes.append)
    lanes = Lanes()
    drafts = Drafts.open(replica)
    parts = Parts(
        hub=hub,
        lanes=lanes,
        session=session,
        drafts=drafts,
        law=load_law(),
        who=Who(None, "周书言", "值班员"),
        device=DeviceSettings(tmp_path / "window.json"),
        settings={},
        documents=tmp_path / "documents",
        on_crash=crashes.append,
    )
    context = DeskContext(parts)
    context.sync = FakeSync()
    context.positions = FakePositions()
    yield Rig(context, hub, lanes, session, crashes)
    context.close()
    assert lanes.close()
    hub.close()
    drafts.close()
    gc.enable()
