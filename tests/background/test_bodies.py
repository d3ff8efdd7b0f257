"""The door to bodies as panels use it: files are kept beside the writer and read again."""

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from desktop.contract.bodies import Body, BodyFile
from tests.background.conftest import Rig


def kept(qtbot: QtBot, rig: Rig, *paths: Path) -> tuple[Body, ...]:
    found: list[Any] = []
    files = tuple(BodyFile(path, "image/jpeg") for path in paths)
    rig.context.bodies.keep(rig.owner, files, found.append, found.append)
    qtbot.waitUntil(lambda: bool(found))
    made: tuple[Body, ...] = found[0]
    return made


def fetched(qtbot: QtBot, rig: Rig, body: Body) -> Any:
    found: list[Any] = []
    rig.context.bodies.fetch(rig.owner, body, found.append, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def test_a_file_is_kept_sealed_and_read_as_it_was(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(bytes(range(256)) * 2_000)
    (body,) = kept(qtbot, rig, path)
    assert fetched(qtbot, rig, body) == path.read_bytes()
    folder = rig.session.replica.folder / "blobs"
    assert all(path.read_bytes()[:64] not in one.read_bytes() for one in folder.iterdir())


def test_files_are_kept_while_the_writer_is_busy_with_something_else(
    rig: Rig, qtbot: QtBot, tmp_path: Path
) -> None:
    """What is typed and written goes on; sealing waits for nobody but the note of its row."""
    path = tmp_path / "a.jpg"
    path.write_bytes(b"photo")
    kept(qtbot, rig, path)
    done: list[str] = []
    rig.context.write(rig.owner, "记", lambda _c, _a: "written", None, done.append)
    again = tmp_path / "b.jpg"
    again.write_bytes(b"other")
    assert kept(qtbot, rig, again, path)[1].size == len(b"photo")
    qtbot.waitUntil(lambda: done == ["written"])


def test_one_that_cannot_be_read_is_told_by_name(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    found: list[Any] = []
    files = (BodyFile(tmp_path / "没有.jpg", "image/jpeg"),)
    rig.context.bodies.keep(rig.owner, files, found.append, found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert "没有.jpg" in found[0]
    assert not rig.crashes


def test_what_is_not_here_is_nothing(rig: Rig, qtbot: QtBot) -> None:
    assert fetched(qtbot, rig, Body("f" * 64, 5, "image/jpeg")) is None
