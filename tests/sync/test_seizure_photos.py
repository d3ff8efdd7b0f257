"""Photographs of a seizure on their way (U29): the small picture first, then the original, taken up
where the line broke off, and the receipt proven on another desk."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktop.command.receipts import prove
from desktop.command.seizures.commands import AddPhotos, Filled, add_photos, sign
from desktop.command.seizures.pictures import read_pictures
from desktop.command.seizures.queries import seizure_of
from desktop.contract.court_zone import COURT_ZONE
from storage.hub import users
from storage.ids import new_id
from storage.sync import heads
from storage.sync.blobs import Blob
from storage.sync.port import Unreachable
from tests.command.seizure_office import WHOLE
from tests.hub.conftest import Town, town
from tests.sync.test_blobs import Desk, _case, _run

__all__ = ["town"]
PERSON, PARTY = 2, 11


@pytest.fixture
def people(town: Town) -> dict[str, str]:
    """Two officers of the first team; the login `first` is one of them."""
    made: dict[str, str] = {}
    for name, post in (("first", "judge_assistant"), ("mate", "police")):
        row = {"id": new_id(), "court_id": town.court, "name": f"某{name}", "post": post}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[name] = row["id"]
    town.admin.execute(
        "update sync.account set person_id = %s where who = 'first'", (made["first"],)
    )
    users.set_scopes(town.admin, "first", [1])
    return made


@pytest.fixture
def desk(town: Town, people: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    made: list[Desk] = []

    def make(who: str) -> Desk:
        made.append(Desk(town, who, tmp_path / f"{who}{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def filled(town: Town, people: dict[str, str]) -> Filled:
    """A whole form on a case of the first team."""
    case_id = _case(town)
    debtor = {"id": new_id(), "case_id": case_id, "role": "debtor", "name": WHOLE.subject}
    assert town.centre.verdict((PARTY, debtor["id"], "I", debtor, None)) == "applied"
    now = datetime.now(COURT_ZONE)
    car = replace(WHOLE.items[0], basis="登记在被执行人名下")
    form = replace(
        WHOLE,
        case_id=case_id,
        officer_id=people["first"],
        second_id=people["mate"],
        began=now - timedelta(minutes=30),
        ended=now - timedelta(minutes=2),
        items=(car,),
    )
    return Filled(new_id(), form, people["first"], now)


def test_small_pictures_first_and_originals_resume_after_a_break(
    town: Town, people: dict[str, str], desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    given = filled(town, people)
    first = desk("first")
    paths = []
    for n in range(6):
        path = tmp_path / f"IMG_{n}.jpg"
        Image.effect_noise((900, 640), 60 + n).convert("RGB").save(path, quality=92)
        paths.append(path)
    photos = read_pictures(tuple(paths))
    originals = {first.store.add(path, "image/jpeg").sha256 for path in paths}
    assert originals == {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    with first.session.write("拍照") as write:
        assert add_photos(write.connection, AddPhotos(given, photos)) == 6
    with first.session.write("签名") as write:
        code = sign(write.connection, given).code
    first.sync()
    # The list with its small pictures is at the hub before a byte of an original is.
    other = desk("centre")
    with other.session.read() as connection:
        seen = seizure_of(connection, given.seizure_id)
        assert prove(connection, code).sound
    assert seen is not None
    assert all(one.thumbnail and not one.body for one in seen.pictures)
    _cut_and_resume(first)
    done = [
        town.admin.execute(
            "select count(*) from desk.attachment where sha256 = %s", (sha,)
        ).fetchone()
        for sha in originals
    ]
    assert done == [(1,)] * 6
    for sha in originals:
        assert first.store.state(sha) == "sent"
    got = desk("centre")
    picture = seen.pictures[0]
    lane = got.lane()
    lane.want(picture.attachment_id)
    _run(lane)

    body = b"".join(got.store.read(Blob(picture.sha256, picture.size, picture.mime)))
    assert hashlib.sha256(body).hexdigest() == picture.sha256


def _cut_and_resume(first: Desk) -> None:
    """The line breaks off five times on the way; each time it goes on where it was."""
    pieces: list[tuple[str, int]] = []
    for cut in (3, 4, 5, 6, 7):
        first.calls.clear()
        first.cut_at = (cut, cut % 2 == 0)
        with pytest.raises(Unreachable):
            _sent(first, pieces)
    first.cut_at = None
    _sent(first, pieces)
    assert len(pieces) == len(set(pieces)), "no piece was sent twice by a lane that knew of it"


def _sent(first: Desk, pieces: list[tuple[str, int]]) -> None:
    lane = first.lane()
    step: Any = None
    while step is None or step.more:
        step = lane.step()
        if step.kind == "sent":
            pieces.append((step.row_id, step.at))


def test_the_bounds_of_a_receipt_come_from_the_hub(
    town: Town, people: dict[str, str], desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    """Head below, arrival above, although the device's clock was two days slow."""
    given = filled(town, people)
    first = desk("first")
    assert first.remote.chain_head() is not None
    told = first.remote.hello(first.session.replica.device_id, {"clock_ms": 0})
    heads.note(first.session, first.remote.call, told.at)
    back = timedelta(days=2)
    form = given.form
    assert form.began is not None
    assert form.ended is not None
    slow = replace(
        given,
        form=replace(form, began=form.began - back, ended=form.ended - back),
        at=given.at - back,
    )
    paths = []
    for n in range(6):
        path = tmp_path / f"{n}.jpg"
        Image.new("RGB", (64 + 8 * n, 48), "grey").save(path)
        paths.append(path)
    with first.session.write("拍照") as write:
        add_photos(write.connection, AddPhotos(slow, read_pictures(tuple(paths))))
    with first.session.write("签名") as write:
        code = sign(write.connection, slow).code
    first.sync()
    with first.session.read() as connection:
        proof = prove(connection, code)
    assert proof.sound
    assert proof.between is not None
    assert proof.between.after is not None
    assert proof.between.before is not None
    now = datetime.now(COURT_ZONE)
    assert proof.between.after <= proof.between.before <= now + timedelta(minutes=1)
    assert now - proof.between.after < timedelta(minutes=5), "not two days ago"
    assert "时钟偏慢" in "".join(proof.words)
