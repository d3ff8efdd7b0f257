"""Desks of earlier schemas: what they send is understood, kept, or waits; nothing disappears."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from storage import engine, key, migrations
from storage.hub import converters, users, versions
from storage.hub.converters import Change
from storage.hub.setup import HubFault
from storage.ids import new_id
from storage.replica import DATABASE, Replica
from storage.session import Session
from storage.sync import engine as rounds
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Officer, Town
from tests.storage.saving import PASSPHRASE, SAVED

FILES = sorted(SAVED.glob("replica-*.db"))
LATER = "9990"  # a version that changes things; operations of all real ones are older


@pytest.fixture
def changed(town: Town) -> Iterator[Town]:
    """A hub whose newest version renamed, dropped, filled and re-worded columns."""
    converters.lay(
        town.admin,
        [
            Change("0005", 10, "rename", "cause", {"to": "never"}),  # older than what is sent
            Change(LATER, 10, "rename", "comment", {"to": "remarks"}),
            Change(LATER, 10, "drop", "weather"),
            Change(LATER, 10, "map", "type_word", {"执旧": "执"}),
            Change(LATER, 10, "fill", "cause", {"value": "未填"}),
            Change(LATER, 99, "table", args={"to": 16}),
            Change("9991", 10, "rename", "amount", {"to": "sum"}),
            Change("9992", 10, "rename", "sum", {"to": "claim_fen"}),
        ],
    )
    yield town
    converters.lay(town.admin)


@pytest.fixture
def bars(town: Town) -> Iterator[Town]:
    """A hub whose bars are lifted afterwards."""
    yield town
    versions.require(town.admin, "")
    versions.require(town.admin, "", requests=versions.MONEY)


def _row(town: Town, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = town.centre.one(
        'select to_jsonb(c) from desk."case" c where id = %s', case_id
    )
    return found


def _old_case(town: Town, serial: int) -> dict[str, Any]:
    row = town.case_row(1, serial, new_id())
    row["comment"] = row.pop("remarks")
    return {**row, "weather": "晴", "type_word": "执旧", "amount": 500}


def test_an_insert_of_an_earlier_schema_is_understood(changed: Town) -> None:
    row = _old_case(changed, 700)
    assert changed.first.verdict((10, row["id"], "I", row, None)) == "applied"
    here = _row(changed, row["id"])
    assert (here["remarks"], here["type_word"], here["cause"]) == ("原文", "执", "未填")
    assert here["claim_fen"] == 500, "through two versions"


def test_an_edit_is_compared_under_the_new_name_and_filled_nowhere(changed: Town) -> None:
    row = _old_case(changed, 701)
    case_id = row["id"]
    changed.first.verdict((10, case_id, "I", {**row, "cause": "借款"}, None))
    edit = (10, case_id, "U", {"comment": "改"}, {"comment": "原文"})
    assert changed.first.verdict(edit) == "applied"
    assert changed.first.verdict((10, case_id, "U", {"comment": "x"}, {"comment": "原文"})) == (
        "conflict"
    )
    assert changed.first.verdict((10, case_id, "U", {"weather": "雨"}, {"weather": "晴"})) == (
        "applied"
    )
    here = _row(changed, case_id)
    assert (here["remarks"], here["cause"]) == ("改", "借款")


def test_a_table_that_moved_and_what_was_sent_is_kept_as_it_came(changed: Town) -> None:
    case = _old_case(changed, 702)
    changed.first.verdict((10, case["id"], "I", case, None))
    log = {"id": new_id(), "case_id": case["id"], "at": "2026-01-06T09:00:00+08:00"}
    log |= {"kind": "x", "body": "旧表"}
    assert changed.first.verdict((99, log["id"], "I", log, None)) == "applied"
    assert changed.first.one("select body from desk.execution_log where id = %s", log["id"])
    stored = changed.admin.execute(
        "select tbl, new from sync.op where row_id in (%s, %s) order by tbl",
        (case["id"], log["id"]),
    ).fetchall()
    assert [tuple(one) for one in stored] == [(10, case), (99, log)]


@pytest.mark.parametrize("bad", [None, 5, "x", [], [{}], {"comment": {"a": 1}}])
def test_nonsense_of_an_earlier_schema_holds_up_nobody(changed: Town, bad: Any) -> None:
    good = _old_case(changed, int(new_id().replace("-", ""), 16) % 10**6 + 1000)
    broken = changed.first.bundle((10, new_id(), "I", bad, None))
    also = changed.first.bundle((10, changed.cases[1], "U", bad, bad))
    whole = changed.first.bundle((10, good["id"], "I", good, None))
    verdicts = [one["verdict"] for one in changed.first.push(broken, also, whole)]
    assert verdicts[2] == "applied"
    assert "applied" not in verdicts[:2]


def _hello(officer: Officer, version: str) -> None:
    officer.one(
        "select sync.hello(%s, %s)",
        officer.device,
        json.dumps({"clock_ms": 0, "schema_ver": version}),
    )


def test_a_desk_too_old_to_write_reads_and_loses_nothing(bars: Town) -> None:
    versions.require(bars.admin, "0006")
    _hello(bars.first, "0005")
    edit = (10, bars.cases[1], "U", {"court_case": "甲"}, {"court_case": None})
    bundle = bars.first.bundle(edit)
    answer = bars.first.push(bundle)[0]
    assert (answer["verdict"], answer["detail"]) == (
        "upgrade",
        {"code": "min_client", "needs": "0006"},
    )
    assert versions.waiting(bars.admin) == [("0005", 1)]
    assert bars.first.one('select count(*) from desk."case"') > 0
    # After its update the desk sends the same bundle, made in the old schema.
    _hello(bars.first, "0006")
    assert bars.first.push(bundle)[0]["verdict"] == "invalid", "judged at last"
    assert versions.waiting(bars.admin) == []


def test_money_is_barred_before_the_rest(bars: Town) -> None:
    versions.require(bars.admin, "0006", requests=versions.MONEY)
    _hello(bars.first, "0005")
    args = {"case_id": bars.cases[1], "amount_fen": 100, "payee": "某"}
    ask = {"id": new_id(), "kind": "disburse", "args": json.dumps(args)}
    asked = bars.first.bundle((30, ask["id"], "R", ask, None))
    edit = bars.first.bundle((10, bars.cases[1], "U", {"cause": "新"}, {"cause": None}))
    answers = bars.first.push(asked, edit)
    assert [one["verdict"] for one in answers] == ["upgrade", "applied"]
    assert answers[0]["detail"]["request"] is True
    _hello(bars.first, "0006")
    assert bars.first.push(asked)[0]["detail"]["code"] == "funds"


def test_a_bar_names_a_real_version(town: Town) -> None:
    with pytest.raises(HubFault):
        versions.require(town.admin, "0000")


# I11: operations as the triggers of each earlier version made them, sent by that version and by
# today's desk on the same file.

_WORK = (
    "insert into court(id, code, name, short_name) values (:court, :code, '丙院', '丙')",
    'insert into "case"(id, number, court_id, year, type_word, serial, filed_on, remarks)'
    " values (:case, :number, :court, 2025, '执', 9, '2025-03-01', '旧')",
    'insert into node_event(id, case_id, kind, "on", note)'
    " values (:event, :case, 'filed', '2025-03-01', '')",
    "update \"case\" set remarks = '改过' where id = :case",
    "update \"case\" set closed_on = '2025-09-01', close_mode = '终本' where id = :case",
)


def _old_work(path: Path, version: str) -> dict[str, Any]:
    """A desk of that version at work: each statement one bundle; the ids it used."""
    ids = {name: new_id() for name in ("court", "case", "event")}
    values = {**ids, "code": new_id(), "number": f"（2025）{new_id()}执9号"}
    made = engine.writer(path, key.derive(PASSPHRASE, key.salt_of(path) or b""))
    with made.begin() as connection:
        before = connection.execute(text("select max(seq) from _op")).scalar_one()
        for statement in _WORK:
            connection.execute(text(statement), values)
            before = _wrap(connection, version, before)
        connection.execute(text("update _bundle set actor = 'zhou'"))
        connection.execute(text("update _ctl set device_id = :id"), {"id": new_id()})
    made.dispose()
    return ids


def _wrap(connection: Connection, version: str, before: int) -> int:
    n = connection.execute(
        text(
            "insert into _bundle(id, actor, label, made_at, schema_ver, state) values"
            " (:id, 'zhou', '旧版', '2025-03-01T09:00:00+08:00', :version, 'pending') returning n"
        ),
        {"id": new_id(), "version": version},
    ).scalar_one()
    connection.execute(
        text("update _op set bundle_n = :n, k = seq - :before - 1 where seq > :before"),
        {"n": n, "before": before},
    )
    return int(connection.execute(text("select max(seq) from _op")).scalar_one())


def _sent_raw(path: Path, officer: Officer, version: str) -> list[str]:
    """The bundles of the file as a desk of that version sends them; their verdicts."""
    made = engine.writer(path, key.derive(PASSPHRASE, key.salt_of(path) or b""))
    with made.begin() as connection:
        bundles = []
        for n, bundle_id in connection.execute(text("select n, id from _bundle order by n")):
            ops = connection.execute(
                text("select k, tbl, row_id, kind, new, old from _op where bundle_n = :n"), {"n": n}
            )
            fields = ("k", "tbl", "row", "kind", "new", "old")
            bundles.append(
                {
                    "id": bundle_id,
                    "n": n,
                    "actor": officer.who,
                    "schema_ver": version,
                    "ops": [dict(zip(fields, _parsed(op), strict=True)) for op in ops],
                }
            )
    made.dispose()
    return [answer["verdict"] for answer in officer.push(*bundles)]


def _parsed(op: Any) -> list[Any]:
    return [*op[:4], *(None if one is None else json.loads(one) for one in op[4:])]


@pytest.fixture(scope="module")
def clerk(town: Town) -> Iterator[Officer]:
    """The officer whose name the saved files bear."""
    users.add(town.admin, "zhou", PASSWORD, ["operator"], [-1])
    officer = Officer("zhou", town.server.dsn("zhou", PASSWORD))
    yield officer
    officer.connection.close()


@pytest.mark.parametrize("saved", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("updated", [False, True], ids=["as it was", "updated"])
def test_what_an_earlier_version_made_never_disappears(
    town: Town, clerk: Officer, tmp_path: Path, saved: Path, updated: bool
) -> None:
    version = saved.stem.removeprefix("replica-")
    path = tmp_path / DATABASE
    shutil.copyfile(saved, path)
    _forget_name(path)
    ids = _old_work(path, version)
    before = town.admin.execute("select count(*) from sync.bundle").fetchone()
    if updated:
        with Replica.open(tmp_path, PASSPHRASE) as replica:
            session = Session(replica, actor="zhou")
            remote = PostgresRemote(town.server.dsn("zhou", PASSWORD))
            rounds.round_trip(session, remote)
            remote.close()
            with session.read() as connection:
                found = connection.execute(text("select state, verdict from _bundle order by n"))
                verdicts = [one.verdict for one in found if one.state == "decided"]
    else:
        _hello(clerk, version)
        verdicts = _sent_raw(path, clerk, version)
    # The first bundle of the file was made by hand and is no whole row: it is held, not lost.
    assert verdicts == ["invalid", *["applied"] * len(_WORK)]
    after = town.admin.execute("select count(*) from sync.bundle").fetchone()
    assert before is not None
    assert after == (before[0] + len(verdicts),)
    here = _row(town, ids["case"])
    assert (here["remarks"], here["closed_on"]) == ("改过", "2025-09-01")


def _forget_name(path: Path) -> None:
    """The bundle made by hand gets an id of its own in each copy."""
    made = engine.writer(path, key.derive(PASSPHRASE, key.salt_of(path) or b""))
    with made.begin() as connection:
        connection.execute(text("update _bundle set id = :id"), {"id": new_id()})
    made.dispose()


def test_every_version_is_known_here(town: Town) -> None:
    rows = town.admin.execute("select schema_ver from sync.schema_known order by 1").fetchall()
    assert [row[0] for row in rows] == sorted(migrations.VERSIONS)
