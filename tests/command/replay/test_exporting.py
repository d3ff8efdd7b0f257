"""The signed export: everything is in it, and one changed byte anywhere is found."""

import argparse
import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from desktop.circulars.trust import Authorities
from desktop.cli import verify as command
from desktop.command.positions.points import stamp
from desktop.command.replay.exporting import (
    MANIFEST,
    SHEET,
    Bundle,
    ExportAsk,
    gather,
    mark_of,
    packed,
    prove,
    sealed,
    sheet,
)
from desktop.command.replay.loading import Ask
from desktop.contract.law import load_law
from desktop.paper.pen import Pen, SignPages, sign_pages
from storage.schema import table
from tests.circulars.certificates import COURT, SEEN, SIGNED, WORD, TestAuthority
from tests.command.replay.day import START, drawn, put
from tests.panels.fake_context import memory_engine

FLIPS = int(os.environ.get("EDESK_REPLAY_FLIPS", "60"))
NOW = datetime.now(UTC)
EXPORTED = NOW + timedelta(hours=3)  # the film was read in the morning


@pytest.fixture(scope="module")
def bundle() -> Iterator[Bundle]:
    engine = memory_engine()
    with engine.begin() as connection:
        yield written(connection)
    engine.dispose()


def written(connection: Connection) -> Bundle:
    day = drawn(connection, 3, 2)
    for write in day.facts(None, day.end):
        write(connection)
    for row in day.positions(None, day.end):
        connection.execute(insert(table("position_batch")).values(row))
    for unit in ("car", "officer"):
        key = f"leave|yard|{day.field.units[unit]}|{stamp(START)}"
        told = {"alarm": key, "team_id": day.field.teams[0], "person_id": day.field.officer}
        put(connection, "alarm_note", act="raise", facts='{"first": {}}', at=stamp(START), **told)
    ask = Ask(load_law(), NOW, None, since=START, until=day.end)
    return gather(connection, ExportAsk(ask, "林知远", EXPORTED))


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority()


@pytest.fixture(scope="module")
def export(
    bundle: Bundle, authority: TestAuthority, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    p12 = authority.issue().bundle(tmp_path_factory.mktemp("pen") / "a.p12", authority.root)
    work = SignPages(
        pages=sheet(bundle, COURT),
        pen=Pen(certificate=str(p12)),
        pin=WORD,
        court=COURT,
        reason=mark_of(bundle),
        at=SIGNED,
        seal=False,
    )
    return sealed(bundle, sign_pages(work))


def trusted(authority: TestAuthority) -> Authorities:
    return Authorities(roots=(authority.root,))


def test_it_holds_the_facts_and_says_so(
    bundle: Bundle, export: bytes, authority: TestAuthority
) -> None:
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        said = json.loads(archive.read(MANIFEST))
        lines = gzip.decompress(archive.read("facts/field_order_act.jsonl.gz")).splitlines()
        told = gzip.decompress(archive.read("events.jsonl.gz")).splitlines()
        shots = [name for name in archive.namelist() if name.startswith("pictures/")]
    rows = {one["name"]: one["rows"] for one in said["files"]}
    assert rows["facts/field_order_act.jsonl.gz"] == len(lines) > 5
    assert rows["events.jsonl.gz"] == len(told) > 20
    assert rows["facts/position_batch.jsonl.gz"] > 3
    assert len(shots) == rows["facts/snapshot.jsonl.gz"] == 8
    assert rows["facts/person.jsonl.gz"] == 2
    assert said["made_at"] == EXPORTED.isoformat()
    assert said["withheld"] == ["林知远"]  # nobody said why his way should be looked at
    proof = prove(export, trusted(authority), SEEN)
    assert (proof.code, proof.words[0][:2]) == (0, "相符"), proof.words
    assert f"{len(said['files'])} 个文件" in proof.words[0]


def test_of_an_alarm_about_a_way_that_is_withheld_no_place_is_told(export: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        lines = gzip.decompress(archive.read("facts/alarm_note.jsonl.gz")).splitlines()
    assert sorted(json.loads(line)["facts"] for line in lines) == ["", '{"first": {}}']


def test_who_is_not_trusted_is_told(export: bytes) -> None:
    proof = prove(export, Authorities(), SEEN)
    assert proof.code == 2


def test_one_changed_byte_anywhere_is_found(export: bytes, authority: TestAuthority) -> None:
    rng = random.Random(7)
    ends = range(len(export) - 1200, len(export))  # the directory of the archive
    places = {*rng.sample(range(len(export)), FLIPS), *rng.sample(ends, FLIPS), *range(60)}
    known = trusted(authority)
    for place in sorted(places):
        changed = bytearray(export)
        changed[place] ^= 1 << rng.randrange(8)
        assert prove(bytes(changed), known, SEEN).code == 1, place
    for cut in (export[:-1], export[1:], export + b"\0", b"", export[: len(export) // 2]):
        assert prove(cut, known, SEEN).code == 1


def entries_of(export: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def test_a_file_exchanged_with_its_manifest_is_found(
    bundle: Bundle, export: bytes, authority: TestAuthority
) -> None:
    """Whoever makes a manifest anew that fits has no signature for it."""
    first = replace(bundle.entries[0], body=gzip.compress(b"{}\n", mtime=0))
    other = replace(bundle, entries=(first, *bundle.entries[1:]))
    signed = dict(entries_of(export))[SHEET]
    proof = prove(sealed(other, signed), trusted(authority), SEEN)
    assert (proof.code, proof.words[0]) == (1, "不符！签名所指的不是这份清单。")
    swapped = entries_of(export)
    swapped[2], swapped[3] = swapped[3], swapped[2]
    assert prove(packed(swapped), trusted(authority), SEEN).code == 1
    unsigned = prove(sealed(bundle, sheet(bundle, COURT)), trusted(authority), SEEN)
    assert unsigned.code == 2


def test_the_command_line_tells_the_same(
    export: bytes, authority: TestAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    (roots / "root.pem").write_bytes(authority.pem())
    path = tmp_path / "a.edreplay.zip"
    codes = []
    for body in (export, export[:300] + b"x" + export[301:]):
        path.write_bytes(body)
        parser = argparse.ArgumentParser()
        command.configure(parser)
        args = parser.parse_args([str(path), "--replay", "--roots", str(roots)])
        codes.append(command.run(args))
    assert codes == [0, 1]
    said = capsys.readouterr().out
    assert "相符" in said
    assert "不符" in said
