"""Fixtures shared by all tests: an open replica, a session, and no thread left behind."""

import functools
import gc
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A test never touches the keyring of the machine it runs on.
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

# Started in the background, a shell ignores interrupts, and all its children would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from pytestqt.qtbot import QtBot

from storage import key
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE
from tests.stores import empty_store

# Collecting 8,000 tests makes nothing that is thrown away: looking for it takes seconds.
gc.disable()

# A machine may be busy with something else: what is slow is told by the benchmarks.
hypothesis.settings.register_profile("edesk", deadline=None)
hypothesis.settings.load_profile("edesk")


# A wait ends with what it waits for. Its limit says how long nothing may happen at all, and on a
# machine that is busy with something else that is more than the seconds a test may name.
PATIENCE_MS: Final = 30_000


def _patient(wait: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(wait)
    def waited(*args: Any, timeout: int = 0, **more: Any) -> Any:
        __tracebackhide__ = True
        if more.get("raising") is False:  # a wait that may end with nothing, to see that none comes
            return wait(*args, timeout=timeout, **more)
        return wait(*args, timeout=max(timeout, PATIENCE_MS), **more)

    return waited


for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed):
    setattr(QtBot, _wait.__name__, _patient(_wait))


YOUNG_MAX: Final = 5_000  # objects that are looked through after a test

# Minutes long and one file each: begun last, they would keep one worker busy and the other idle.
# The first of them makes the city that others copy.
LONG = (
    "tests/demo/test_money.py",
    "tests/simulation/",
    "tests/hub/test_cut.py",
    "tests/sync/",
    "tests/gui/",
    "tests/desks/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first."""

    def place(item: pytest.Item) -> int:
        path = item.nodeid
        return next((n for n, head in enumerate(LONG) if path.startswith(head)), len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Garbage is looked for again, but not among what has been collected."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _keys_derived_once() -> Iterator[None]:
    """Copies of one store have one passphrase and one salt: their key need not cost its 0.1 s
    each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key, "derive", functools.cache(key.derive))
        yield


@pytest.fixture(autouse=True)
def _no_stray_threads() -> Iterator[None]:
    """A thread that outlives its test and would hold up the end of the program fails the test."""
    before = set(threading.enumerate())
    yield
    stray = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in stray:
        thread.join(timeout=15)
    alive = [thread.name for thread in stray if thread.is_alive()]
    assert not alive, f"threads left running: {alive}"


@pytest.fixture(autouse=True)
def _garbage_dies_here() -> Iterator[None]:
    """What is left of earlier windows is collected on the thread of the tests, as in the desk: a
    thread of a test that happened to do it would destroy their timers and end the process."""
    if QCoreApplication.instance() is None:
        yield
        return
    gc.disable()
    yield
    if gc.get_count()[0] > YOUNG_MAX:
        gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _garbage_of_a_file_dies_with_it() -> Iterator[None]:
    """Windows in cycles that have grown old. What is left then is not walked again."""
    yield
    if QCoreApplication.instance() is not None:
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def _no_language_left_behind() -> Iterator[None]:
    """A test that puts the interface into Chinese does so for itself alone."""
    yield
    app = QCoreApplication.instance()
    if app is not None:
        for translator in app.findChildren(QTranslator):
            app.removeTranslator(translator)
            translator.deleteLater()
    QLocale.setDefault(QLocale.system())


@pytest.fixture(scope="session")
def _empty_store() -> Path:
    return empty_store()


@pytest.fixture(scope="module")
def server_folder() -> Iterator[Path]:
    """A folder that the account of a database server can reach; pytest's own may be closed."""
    base = Path(tempfile.mkdtemp(prefix="edesk-"))
    base.chmod(0o755)
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def make_store(_empty_store: Path) -> Callable[[Path], Path]:
    """Lays a closed, empty store of the present schema into a folder; see PASSPHRASE."""

    def make(folder: Path) -> Path:
        shutil.copytree(_empty_store, folder)
        return folder

    return make


@pytest.fixture
def replica(tmp_path: Path, make_store: Callable[[Path], Path]) -> Iterator[Replica]:
    """An open, empty replica in a folder of its own."""
    with Replica.open(make_store(tmp_path / "store"), PASSPHRASE) as opened:
        yield opened


@pytest.fixture
def session(replica: Replica) -> Session:
    """A session of one invented clerk, without hooks."""
    return Session(replica, actor="周书言")
