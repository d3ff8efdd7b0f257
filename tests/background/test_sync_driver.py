"""The driver over a real hub and over scripted faults: phases, sentences, retries, and a close
that waits for nobody."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from desktop.background import read_log
from desktop.background.read_log import Look
from desktop.background.seating import Seating
from desktop.background.sync_driver import SyncDriver
from desktop.background.sync_exchange import HELLO_S, Exchange, Link
from desktop.background.sync_wiring import Wiring
from desktop.contract.court_zone import COURT_ZONE
from storage.hub import users
from storage.ids import new_id
from storage.session import Session
from storage.sync.blobs import CHUNK, BlobStore
from storage.sync.port import Answer, DeviceRevoked, Hello, LoginRefused, Unreachable
from storage.sync.postgres import PostgresRemote
from tests.background.conftest import Rig
from tests.hub.conftest import PASSWORD, Town, town

__all__ = ["town"]
WAIT_MS = 15_000


@dataclass
class Driven:
    """A driver, its states in order, and the desk behind it."""

    driver: SyncDriver
    rig: Rig
    phases: list[str]

    def edit(self, sql: str, *values: object) -> None:
        """A user's write."""
        self.rig.context.write(
            self.rig.owner,
            "修改",
            lambda connection, _n: connection.exec_driver_sql(sql, values),
            0,
            lambda _done: None,
        )


Start = Callable[..., Driven]


@pytest.fixture
def start(rig: Rig) -> Iterator[Start]:
    """Starts drivers over the rig's replica; closed before the rig is."""
    made: list[SyncDriver] = []

    def begin(given: str = "", reach: Any = None) -> Driven:
        wiring = Wiring(
            rig.hub,
            rig.lanes.network,
            rig.session,
            rig.crashes.append,
            given=given,
            chance=random.Random(7),
        )
        if reach is not None:
            wiring.reach = lambda *_: reach
        driver = SyncDriver(rig.context, wiring)
        phases: list[str] = []
        driver.changed.connect(lambda state: phases.append(state.phase))
        rig.context.sync = driver
        made.append(driver)
        driver.start()
        return Driven(driver, rig, phases)

    yield begin
    for driver in made:
        driver.close()
    assert rig.lanes.close()
    rig.hub.close()
    for driver in made:
        # Now and here: left to the collector it could go on a lane's thread.
        shiboken6.delete(driver)


class Scripted:
    """A hub of the imagination: each call runs the next of `script`, or all is well."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.sent = 0
        self.stopped = threading.Event()
        self.connected = True
        self.hello_of: Hello = Hello(
            "h:1:1", 1, "first", ("handler",), (1,), False, 0, "00", "2026-01-01T00:00:00+08:00"
        )

    def _next(self) -> None:
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if callable(step):
            step()

    def hello(self, _device: str, _facts: Any) -> Hello:
        self._next()
        return self.hello_of

    def push(self, _device: str, bundles: str) -> list[Answer]:
        self.sent += bundles.count('"ops"')
        self._next()
        return []

    def replay(self, _device: str, _bundles: str) -> list[Answer]:
        return []

    @contextmanager
    def pull(self, cursor: Any) -> Iterator[Any]:
        yield Empty(self.hello_of, cursor)

    def call(self, _function: str, *_values: Any) -> Any:
        return None

    def fileno(self) -> int | None:
        return None

    def rang(self) -> bool:
        return False

    def close(self) -> None:
        self.connected = False

    def stop(self) -> None:
        self.stopped.set()


class Empty:
    """A pull without anything in it."""

    def __init__(self, told: Hello, _cursor: Any) -> None:
        from storage.sync.port import Cursor  # noqa: PLC0415

        self.state = "ok"
        self.cursor = Cursor(told.history, told.epoch, "1:1:", told.scopes)
        self.tables: dict[int, int] = {}

    def changed(self, _number: int) -> Iterator[Any]:
        return iter(())

    def whole(self, _number: int, _scopes: Any = None) -> Iterator[Any]:
        return iter(())

    def census(self) -> dict[int, Any]:
        return {}


def at(driven: Driven, phase: str) -> Callable[[], bool]:
    return lambda: driven.driver.state().phase == phase


def new_case(town: Town, serial: int) -> str:
    case_id = new_id()
    row = town.case_row(1, serial, case_id)
    assert town.centre.verdict((10, case_id, "I", row, None)) == "applied"
    return case_id


def test_a_desk_without_a_hub_says_that_it_works_alone(qtbot: QtBot, start: Start) -> None:
    driven = start()
    state = driven.driver.state()
    assert (state.phase, state.pending, state.held) == ("off", 0, 0)
    assert state.sentence
    driven.edit("insert into court (id, code, name, short_name) values ('c', '豫1', '甲', '甲')")
    qtbot.waitUntil(lambda: driven.driver.state().pending == 1)


def test_it_fetches_what_is_there_and_sends_what_is_done(
    qtbot: QtBot, start: Start, town: Town
) -> None:
    case_id = new_case(town, 900)
    driven = start(town.server.dsn("first", PASSWORD))
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    assert driven.driver.state().who == "first"
    assert driven.driver.state().scopes == (0, 1)
    seen: list[Any] = []
    driven.rig.context.changed.connect(seen.append)
    driven.edit('update "case" set remarks = ? where id = ?', "到庭", case_id)

    def arrived() -> bool:
        return bool(
            town.centre.one('select remarks from desk."case" where id=%s', case_id) == "到庭"
        )

    qtbot.waitUntil(arrived, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: driven.driver.state().pending == 0, timeout=WAIT_MS)
    assert "sending" in driven.phases
    # What somebody else does comes in by itself and is announced to the panels.
    seen.clear()
    edit = town.centre.bundle((10, case_id, "U", {"cause": "借款"}, {"cause": None}))
    assert town.centre.push(edit)[0]["verdict"] == "applied"
    qtbot.waitUntil(
        lambda: any(case_id in (one.rows.get("case") or ()) for one in seen), timeout=WAIT_MS
    )
    assert not driven.rig.crashes


def test_an_outage_is_said_tried_again_and_over(qtbot: QtBot, start: Start) -> None:
    hub = Scripted(Unreachable("x"), Unreachable("x"))
    driven = start("host=nowhere user=first", hub)
    qtbot.waitUntil(at(driven, "offline"), timeout=WAIT_MS)
    state = driven.driver.state()
    assert state.next_try is not None
    driven.driver.sync_now()
    qtbot.waitUntil(lambda: driven.phases.count("offline") >= 2 or "current" in driven.phases)
    driven.driver.sync_now()
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)


def test_a_field_device_hangs_up_when_quiet_unless_it_is_to_stay(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.background.sync_driver.FIELD_IDLE_S", 0.0)
    remote = Scripted()
    remote.hello_of = replace(remote.hello_of, roles=("field",))
    staying = start("postgresql://field@h/hub", reach=remote)
    staying.driver.stay(True)
    rounds: list[object] = []
    staying.driver.rounded.connect(rounds.append)
    qtbot.waitUntil(lambda: len(rounds) == 1, timeout=WAIT_MS)
    staying.driver.sync_now()
    qtbot.waitUntil(lambda: len(rounds) == 2, timeout=WAIT_MS)
    assert remote.connected
    staying.driver.stay(False)
    staying.driver.sync_now()
    qtbot.waitUntil(lambda: not remote.connected, timeout=WAIT_MS)


def test_a_refused_password_waits_for_a_person(qtbot: QtBot, start: Start) -> None:
    hub = Scripted(LoginRefused("口令不对。", "password"))
    driven = start("host=nowhere user=first", hub)
    qtbot.waitUntil(at(driven, "refused"), timeout=WAIT_MS)
    state = driven.driver.state()
    assert (state.sentence, state.next_try) == ("口令不对。", None)


def test_a_revoked_device_is_told_once(qtbot: QtBot, start: Start) -> None:
    hub = Scripted(DeviceRevoked("已注销。"))
    driven = start("host=nowhere user=first", hub)
    with qtbot.waitSignal(driven.driver.revoked, timeout=WAIT_MS) as signal:
        pass
    assert signal.args == ["已注销。"]
    assert driven.driver.state().phase == "revoked"


def test_an_old_desk_reads_and_does_not_write(qtbot: QtBot, start: Start) -> None:
    hub = Scripted()
    hub.hello_of = replace(hub.hello_of, min_client="9999")
    driven = start("host=nowhere user=周书言", hub)
    driven.edit("insert into court (id, code, name, short_name) values ('c', '豫1', '甲', '甲')")
    qtbot.waitUntil(at(driven, "upgrade"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: driven.driver.state().pending == 1, timeout=WAIT_MS)
    assert hub.sent == 0


def test_work_of_another_name_is_sent_only_when_a_person_says_so(
    qtbot: QtBot, start: Start
) -> None:
    hub = Scripted()
    with_session = start("", hub)
    with_session.edit(
        "insert into court (id, code, name, short_name) values ('c', '豫1', '甲', '甲')"
    )
    qtbot.waitUntil(lambda: with_session.driver.state().pending == 1, timeout=WAIT_MS)
    with_session.driver.connect_to("host=nowhere user=first", "x", remember=False)
    qtbot.waitUntil(lambda: with_session.driver.state().to_claim == 1, timeout=WAIT_MS)
    qtbot.waitUntil(at(with_session, "current"), timeout=WAIT_MS)
    assert hub.sent == 0
    assert "周书言" in with_session.driver.state().claim_sentence
    with_session.driver.claim()
    qtbot.waitUntil(lambda: hub.sent >= 1, timeout=WAIT_MS)


def test_a_pause_is_kept_and_ends_when_asked(qtbot: QtBot, start: Start) -> None:
    hub = Scripted()
    driven = start("host=nowhere user=first", hub)
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    driven.driver.pause(True)
    assert driven.driver.state().phase == "paused"
    assert driven.rig.context.setting("hub_paused") == "1"
    driven.driver.pause(False)
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)


def test_a_question_gets_its_answer_or_a_sentence(qtbot: QtBot, start: Start, town: Town) -> None:
    alone = start()
    said: list[str] = []
    alone.driver.ask(alone.rig.owner, lambda call, _a: call("about"), 0, said.append, said.append)
    assert len(said) == 1
    driven = start(town.server.dsn("first", PASSWORD))
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    answers: list[Any] = []
    ask = driven.driver.ask
    ask(driven.rig.owner, lambda call, _a: call("chain_head"), 0, answers.append, said.append)
    qtbot.waitUntil(lambda: len(answers) + len(said) >= 2, timeout=WAIT_MS)


def test_closing_waits_for_no_answer(qtbot: QtBot, start: Start, rig: Rig) -> None:
    entered = threading.Event()
    hub = Scripted()
    hub.script = [lambda: (entered.set(), hub.stopped.wait(20))]
    driven = start("host=nowhere user=first", hub)
    qtbot.waitUntil(entered.is_set, timeout=WAIT_MS)
    driven.driver.close()
    assert rig.lanes.close()


def test_a_dead_address_holds_up_no_close(qtbot: QtBot, start: Start, rig: Rig) -> None:
    """A real connection that is never answered: the address is a black hole."""
    remote: Link = PostgresRemote("host=10.255.255.1 user=first dbname=x connect_timeout=30")
    driven = start("host=10.255.255.1 user=first", remote)
    qtbot.waitUntil(at(driven, "connecting"), timeout=WAIT_MS)
    driven.driver.close()
    assert rig.lanes.close()


def test_locking_an_account_shows_and_unlocking_heals(
    qtbot: QtBot, start: Start, town: Town
) -> None:
    users.add(town.admin, "lockable", PASSWORD, ["handler"], [1])
    driven = start(town.server.dsn("lockable", PASSWORD))
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    users.lock(town.admin, "lockable")
    driven.driver.sync_now()
    qtbot.waitUntil(at(driven, "refused"), timeout=WAIT_MS)
    users.lock(town.admin, "lockable", locked=False)
    driven.driver.sync_now()
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)


def test_an_unreadable_string_is_refused_before_anything_is_kept(start: Start) -> None:
    driven = start()
    with pytest.raises(ValueError, match="连接串"):
        driven.driver.connect_to("host = = x", "", remember=False)
    assert driven.rig.context.setting("hub_dsn") == ""
    assert driven.driver.state().phase == "off"


def test_the_password_is_never_kept_in_the_settings(
    qtbot: QtBot, start: Start, tmp_path: Path
) -> None:
    driven = start("", Scripted())
    driven.driver.connect_to("host=nowhere user=first password=geheim", "", remember=False)
    assert "geheim" not in driven.rig.context.setting("hub_dsn")
    assert "geheim" not in driven.driver.state().dsn
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)


def test_a_look_at_a_file_begins_no_sending_of_its_own(session: Session) -> None:
    clock = [0.0]
    hub = Scripted()
    session.actor = hub.hello_of.who
    exchange = Exchange(session, lambda: hub, lambda *_: None, clock=lambda: clock[0])
    exchange.round()
    with session.write(read_log.LABEL) as write:
        read_log.keep(write.connection, (Look("open", "案卷", datetime.now(COURT_ZONE)), None))
    exchange.round()
    assert hub.sent == 0
    clock[0] += HELLO_S + 1
    exchange.round()
    assert hub.sent == 1


def attach(driven: Driven, case_id: str, photo: Path, *, damaged: bool = False) -> str:
    """A photograph with its row, as a panel of the desk leaves them."""
    store = BlobStore(driven.rig.session)
    blob = store.add(photo, "image/jpeg")
    if damaged:
        body = bytearray(store.path(blob.sha256).read_bytes())
        body[-5] ^= 1
        store.path(blob.sha256).write_bytes(body)
    driven.edit(
        "insert into attachment (id, case_id, sha256, size, mime, name)"
        " values (?, ?, ?, ?, ?, '现场')",
        *(new_id(), case_id, blob.sha256, blob.size, blob.mime),
    )
    return blob.sha256


def test_bodies_of_attachments_follow_their_rows(
    qtbot: QtBot, start: Start, town: Town, tmp_path: Path
) -> None:
    case_id = new_case(town, 910)
    photo, spoilt = tmp_path / "photo.jpg", tmp_path / "spoilt.jpg"
    photo.write_bytes(random.Random(3).randbytes(3 * CHUNK + 5))
    spoilt.write_bytes(random.Random(4).randbytes(CHUNK))
    driven = start(town.server.dsn("first", PASSWORD))
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    notices: list[str] = []
    driven.rig.context.noticed.connect(lambda text, _level: notices.append(text))
    # A body that cannot be sent is told once and holds up no other.
    attach(driven, case_id, spoilt, damaged=True)
    sha = attach(driven, case_id, photo)

    def there() -> bool:
        query = "select count(*) from sync.blob where sha = %s"
        found = town.admin.execute(query, (sha,)).fetchone()
        return found is not None and found[0] == 1

    qtbot.waitUntil(there, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(notices), timeout=WAIT_MS)
    rounds: list[object] = []
    driven.driver.rounded.connect(rounds.append)
    driven.driver.sync_now()
    qtbot.waitUntil(lambda: bool(rounds), timeout=WAIT_MS)
    assert len(notices) == 1
    assert driven.driver.state().phase == "current"
    assert not driven.rig.crashes


def test_the_desk_learns_whose_login_it_has(qtbot: QtBot, start: Start) -> None:
    remote = Scripted()
    person = new_id()
    remote.hello_of = replace(remote.hello_of, person=person)
    driven = start("postgresql://first@h/hub", reach=remote)
    seating = Seating(driven.rig.context, driven.driver)
    said: list[str] = []
    driven.rig.context.noticed.connect(lambda text, _level: said.append(text))
    qtbot.waitUntil(at(driven, "current"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(said) == 1, timeout=WAIT_MS)
    assert driven.rig.context.setting("person_id") == person
    driven.driver.sync_now()
    with qtbot.waitSignal(driven.driver.rounded, timeout=WAIT_MS):
        pass
    assert len(said) == 1
    assert seating.parent() is None
