"""Bodies of attachments: encrypted here, proven there, resumed at any piece, in nobody's way."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from storage.session import Session
from storage.sync import engine
from storage.sync.blob_lane import BlobLane, Step
from storage.sync.blobs import CHUNK, Blob, BlobFault, BlobStore
from storage.sync.port import Unreachable
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, town
from tests.stores import new_store

__all__ = ["town"]
_serials = itertools.count(500)


class Desk:
    """One officer's desk with a lane whose calls are counted and may be cut."""

    def __init__(self, town: Town, who: str, folder: Path) -> None:
        self.town = town
        self.replica = new_store(folder)
        self.session = Session(self.replica, actor=who)
        self.remote = PostgresRemote(town.server.dsn(who, PASSWORD))
        self.store = BlobStore(self.session)
        self.calls: list[str] = []
        self.cut_at: tuple[int, bool] | None = None
        self.sync()

    def call(self, function: str, *values: Any) -> Any:
        """Reaches the hub, or is cut before or after it."""
        self.calls.append(function)
        cut = self.cut_at if self.cut_at and len(self.calls) == self.cut_at[0] else None
        if cut and not cut[1]:
            raise Unreachable("")
        found = self.remote.call(function, *values)
        if cut:
            raise Unreachable("")
        return found

    def lane(self, **more: Any) -> BlobLane:
        """A lane as after a start of the desk."""
        return BlobLane(self.session, self.store, self.call, **more)

    def sync(self) -> None:
        """One round of operations."""
        engine.round_trip(self.session, self.remote)

    def attach(self, case_id: str, blob: Blob) -> str:
        """The row of an attachment."""
        row_id = new_id()
        with self.session.write("附件") as write:
            write.connection.exec_driver_sql(
                "insert into attachment (id, case_id, sha256, size, mime, name)"
                " values (?, ?, ?, ?, ?, '照片')",
                (row_id, case_id, blob.sha256, blob.size, blob.mime),
            )
        return row_id

    def close(self) -> None:
        """Ends connection and replica."""
        self.remote.close()
        self.replica.close()


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Makes desks."""
    users.set_scopes(town.admin, "first", [1])
    made: list[Desk] = []

    def make(who: str) -> Desk:
        made.append(Desk(town, who, tmp_path / f"{who}{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def _case(town: Town, team: int = 1) -> str:
    case_id = new_id()
    row = town.case_row(team, next(_serials), case_id)
    assert town.centre.verdict((10, case_id, "I", row, None)) == "applied"
    return case_id


def _photo(folder: Path, pieces: float = 2.5) -> Path:
    path = folder / f"{new_id()}.jpg"
    seed = path.name.encode()
    path.write_bytes((hashlib.sha512(seed).digest() * (CHUNK // 64 + 1) * 4)[: int(pieces * CHUNK)])
    with path.open("r+b") as file:  # Every piece is another one.
        for number in range(int(pieces) + 1):
            if number * CHUNK < int(pieces * CHUNK):
                file.seek(number * CHUNK)
                file.write(number.to_bytes(4, "big"))
    return path


def _run(lane: BlobLane) -> list[Step]:
    steps = []
    for _ in range(200):
        steps.append(lane.step())
        if not steps[-1].more:
            return steps
    raise AssertionError("the lane never comes to rest")


def _kinds(steps: list[Step]) -> list[str]:
    return [step.kind for step in steps]


def _body(desk: Desk, blob: Blob) -> bytes:
    return b"".join(desk.store.read(blob))


def test_a_body_travels_and_is_never_sent_twice(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, photo = desk("first"), _photo(tmp_path)
    case_id = _case(town)
    first.sync()
    blob = first.store.add(photo, "image/jpeg")
    row_id = first.attach(case_id, blob)
    assert _kinds(_run(first.lane())) == ["idle"], "the row is not decided yet"
    first.sync()
    assert _kinds(_run(first.lane())) == ["sent", "sent", "sent", "done", "idle"]
    assert first.store.state(blob.sha256) == "sent"
    first.calls.clear()
    first.store.add(photo, "image/jpeg")
    assert _kinds(_run(first.lane())) == ["done", "idle"]
    assert first.calls == ["blob_begin"]
    centre = desk("centre")
    lane = centre.lane()
    assert _kinds(_run(lane)) == ["idle"], "nobody asked for it"
    lane.want(row_id)
    assert _kinds(_run(lane)) == ["received"] * 3 + ["done", "idle"]
    assert _body(centre, blob) == photo.read_bytes()
    assert centre.store.state(blob.sha256) == "cached"


@pytest.mark.parametrize("upload", [True, False], ids=["up", "down"])
def test_a_line_cut_at_any_call_goes_on_where_it_was(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path, upload: bool
) -> None:
    first, centre = desk("first"), desk("centre")
    for at, after in itertools.product(range(1, 6), (False, True)):
        photo, case_id = _photo(tmp_path), _case(town)
        first.sync()
        blob = first.store.add(photo, "image/jpeg")
        row_id = first.attach(case_id, blob)
        first.sync()
        if not upload:
            assert _run(first.lane())[-2].kind == "done"
            centre.sync()
        mine = first if upload else centre
        mine.calls.clear()
        mine.cut_at = (at, after)
        lane = mine.lane()
        if not upload:
            lane.want(row_id)
        with suppress(Unreachable):
            _run(lane)
        mine.cut_at = None
        lane = mine.lane()
        if not upload:
            lane.want(row_id)
        steps = _run(lane)
        moved = [name for name in mine.calls if name in ("blob_put", "blob_get")]
        assert len(moved) <= blob.chunks + 1, (at, after, mine.calls)
        if upload:
            assert first.store.state(blob.sha256) == "sent"
        else:
            assert _body(centre, blob) == photo.read_bytes(), _kinds(steps)


def test_another_team_gets_nothing_by_knowing_names(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, second, photo = desk("first"), desk("second"), _photo(tmp_path)
    case_id, theirs = _case(town), _case(town, team=2)
    first.sync()
    second.sync()
    blob = first.store.add(photo, "image/jpeg")
    row_id = first.attach(case_id, blob)
    first.sync()
    _run(first.lane())
    device = second.replica.device_id
    assert second.call("blob_get", device, row_id, 0) is None
    assert second.call("blob_begin", device, row_id) == {"state": "gone"}
    # A row of one's own about the same fingerprint opens nothing without the body.
    own = second.attach(theirs, blob)
    second.sync()
    asked = second.call("blob_begin", device, own)
    assert asked["state"] == "prove"
    for guess in ("", "0" * 64, hashlib.sha256(asked["nonce"].encode()).hexdigest()):
        assert second.call("blob_prove", device, own, guess) == {"state": "wrong"}
    assert second.call("blob_get", device, own, 0) is None
    # Whoever has the same body proves it and sends nothing.
    second.calls.clear()
    second.store.add(photo, "image/jpeg")
    assert _kinds(_run(second.lane())) == ["done", "idle"]
    assert second.calls == ["blob_begin", "blob_prove"]
    assert second.call("blob_get", device, own, 0) == photo.read_bytes()[:CHUNK]


def test_nobody_spoils_a_body_on_its_way(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, centre, photo = desk("first"), desk("centre"), _photo(tmp_path)
    case_id = _case(town)
    first.sync()
    blob = first.store.add(photo, "image/jpeg")
    row_id = first.attach(case_id, blob)
    first.sync()
    device = centre.replica.device_id
    for number, length in enumerate((CHUNK, CHUNK, CHUNK // 2)):
        centre.call("blob_put", device, row_id, number, b"x" * length)
    assert centre.call("blob_finish", device, row_id) == {"state": "wrong"}
    centre.call("blob_put", device, row_id, 0, b"x" * CHUNK)
    assert _run(first.lane())[-2].kind == "done"
    left = town.admin.execute(
        "select count(*) from sync.blob_chunk where sha = %s and owner = 'centre'", (blob.sha256,)
    ).fetchone()
    assert left == (0,)
    for number, body in ((0, b"x"), (3, b"x" * CHUNK), (-1, b"x" * CHUNK)):
        with pytest.raises(Exception, match="chunk does not fit"):
            centre.call("blob_put", device, row_id, number, body)


def test_a_body_follows_its_case_to_another_team(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, second, photo = desk("first"), desk("second"), _photo(tmp_path)
    case_id = _case(town)
    first.sync()
    blob = first.store.add(photo, "image/jpeg")
    row_id = first.attach(case_id, blob)
    first.sync()
    _run(first.lane())
    group = {"team_id": town.teams[1], "handler_id": None, "leader_id": None}
    change = (10, case_id, "U", {**group, "team_id": town.teams[2]}, group)
    assert town.centre.verdict(change) == "applied"
    assert first.call("blob_get", first.replica.device_id, row_id, 0) is None
    first.sync()
    _run(first.lane())
    assert not first.store.path(blob.sha256).exists(), "no body without its row"
    second.sync()
    lane = second.lane()
    lane.want(row_id)
    assert _run(lane)[-2].kind == "done"
    assert _body(second, blob) == photo.read_bytes()


def test_a_locked_account_and_an_ended_device_have_nothing(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    centre = desk("centre")
    case_id = _case(town)
    centre.sync()
    row_id = centre.attach(case_id, centre.store.add(_photo(tmp_path), "image/jpeg"))
    centre.sync()
    _run(centre.lane())
    users.revoke_device(town.admin, centre.replica.device_id)
    with pytest.raises(Exception, match="注销"):
        centre.call("blob_get", centre.replica.device_id, row_id, 0)
    for table in ("blob", "blob_chunk", "blob_link"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            town.first.connection.execute(f"select * from sync.{table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.first.connection.execute("select sync.blob_body('a', 'first')")


def test_operations_go_first_and_who_waits_goes_before_who_does_not(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, centre = desk("first"), desk("centre")
    case_id = _case(town)
    first.sync()
    shown = first.store.add(_photo(tmp_path), "image/jpeg")
    row_id = first.attach(case_id, shown)
    first.sync()
    _run(first.lane())
    centre.sync()
    centre.attach(case_id, centre.store.add(_photo(tmp_path, 3.0), "image/jpeg"))
    centre.sync()
    busy = [True]
    lane = centre.lane(busy=lambda: busy[0])
    centre.calls.clear()
    assert lane.step() == Step("waiting")
    assert centre.calls == []
    busy[0] = False
    assert lane.step().kind == "sent"
    lane.want(row_id)
    kinds = _kinds(_run(lane))
    assert kinds == ["received"] * 3 + ["done", "sent", "sent", "done", "idle"]


def test_a_refused_body_holds_up_no_other(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, now = desk("first"), [0.0]
    case_id = _case(town)
    first.sync()
    bad = first.store.add(_photo(tmp_path), "image/jpeg")
    first.attach(case_id, bad)
    good = first.store.add(_photo(tmp_path), "image/jpeg")
    first.attach(case_id, good)
    first.sync()
    _flip(first.store.path(bad.sha256), 100)
    lane = first.lane(clock=lambda: now[0])
    assert _kinds(_run(lane)) == ["refused", "sent", "sent", "sent", "done", "idle"]
    assert first.store.state(bad.sha256) == "local"
    now[0] = 301.0
    assert _kinds(_run(lane)) == ["refused", "idle"]


def test_what_is_not_there_yet_is_asked_for_again_later(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, centre = desk("first"), desk("centre")
    case_id = _case(town)
    first.sync()
    row_id = first.attach(case_id, first.store.add(_photo(tmp_path, 0.5), "image/jpeg"))
    first.sync()
    centre.sync()
    lane = centre.lane()
    lane.want(row_id)
    assert _kinds(_run(lane)) == ["missing", "idle"]
    _run(first.lane())
    lane.want(row_id)
    assert _kinds(_run(lane)) == ["received", "done", "idle"]


def test_own_cases_are_fetched_and_kept_and_the_rest_makes_room(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    centre, person = desk("centre"), new_id()
    named = {"id": person, "court_id": town.court, "name": "江", "post": "handler"}
    assert town.centre.verdict((2, person, "I", named, None)) == "applied"
    mine, other = _case(town), _case(town)
    group = {"team_id": town.teams[1], "handler_id": None, "leader_id": None}
    change = (10, mine, "U", {**group, "handler_id": person}, group)
    assert town.centre.verdict(change) == "applied"
    first = desk("first")
    kept = first.store.add(_photo(tmp_path, 1.0), "image/jpeg")
    first.attach(mine, kept)
    others = [first.store.add(_photo(tmp_path, 1.0), "image/jpeg") for _ in range(3)]
    rows = [first.attach(other, blob) for blob in others]
    first.sync()
    _run(first.lane())
    centre.sync()
    lane = centre.lane(person_id=person, quota=int(2.5 * CHUNK))
    assert _kinds(_run(lane)) == ["received", "done", "idle"], "its own, unasked"
    for row_id in rows:
        lane.want(row_id)
        assert _run(lane)[-2].kind == "done"
    assert centre.store.used() <= 2.5 * CHUNK
    states = [centre.store.state(blob.sha256) for blob in (kept, *others)]
    assert states == ["cached", None, None, "cached"]
    # What only this device has is never dropped.
    unsent = centre.store.add(_photo(tmp_path, 3.0), "image/jpeg")
    centre.store.make_room(0)
    assert centre.store.state(unsent.sha256) == "local"


def _flip(path: Path, at: int) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)


def test_a_body_at_rest_is_unreadable_and_every_change_shows(
    session: Session, tmp_path: Path
) -> None:
    store, photo = BlobStore(session), _photo(tmp_path, 3.0)
    blob = store.add(photo, "image/jpeg")
    path = store.path(blob.sha256)
    assert blob == Blob(hashlib.sha256(photo.read_bytes()).hexdigest(), 3 * CHUNK, "image/jpeg")
    sealed = path.read_bytes()
    for at in range(0, 3 * CHUNK - 16, CHUNK // 3):
        assert photo.read_bytes()[at : at + 16] not in sealed
    assert blob.sha256 not in path.name
    assert store.sound(blob)
    record = CHUNK + 28
    middle = len(sealed) // 2
    damaged = {
        "a bit": sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :],
        "the salt": sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:],
        "cut": sealed[: -record // 2],
        "a record gone": sealed[: 20 + record] + sealed[20 + 2 * record :],
        "exchanged": sealed[:20]
        + sealed[20 + record : 20 + 2 * record]
        + sealed[20 : 20 + record]
        + sealed[20 + 2 * record :],
    }
    for name, body in damaged.items():
        path.write_bytes(body)
        assert not store.sound(blob), name
        with pytest.raises(BlobFault):
            list(store.read(blob))
    path.write_bytes(sealed)
    again = BlobStore(session)
    assert b"".join(again.read(blob)) == photo.read_bytes()
    other = store.add(_photo(tmp_path, 3.0), "image/jpeg")
    store.path(other.sha256).replace(path)
    with pytest.raises(BlobFault):
        store.chunk(blob, 0)


def test_an_empty_file_is_a_body_too(
    town: Town, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    first, centre = desk("first"), desk("centre")
    case_id, empty = _case(town), tmp_path / "empty"
    empty.touch()
    first.sync()
    blob = first.store.add(empty, "text/plain")
    row_id = first.attach(case_id, blob)
    first.sync()
    assert _kinds(_run(first.lane())) == ["done", "idle"]
    centre.sync()
    lane = centre.lane()
    lane.want(row_id)
    assert _kinds(_run(lane)) == ["done", "idle"]
    assert _body(centre, blob) == b""
