"""What the hub refuses of positions, whatever a changed desk sends: raw operations and raw SQL."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from desktop.command.positions.points import stamp
from storage.hub import users
from storage.ids import new_id
from tests.command.positions.field_rows import Field, batch_row, walk
from tests.hub.conftest import PASSWORD, Officer, Town, built_town
from tests.rules.track_days import DAY

PERSON, UNIT, DUTY, BATCH, FENCE, NOTE = 2, 74, 75, 76, 77, 78


@pytest.fixture(scope="module")
def town(server_folder: Path) -> Iterator[Town]:
    with built_town(server_folder / "positions") as made:
        yield made


@pytest.fixture(scope="module")
def field(town: Town) -> Field:
    """An officer and a driver of the first team, who are the logins first and second; a unit of a
    person, and a vehicle."""
    people = []
    for who in ("first", "second"):
        row = {"id": new_id(), "court_id": town.court, "name": f"某{who}", "post": "quota_judge"}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        town.admin.execute(
            "update sync.account set person_id = %s where who = %s", (row["id"], who)
        )
        people.append(row["id"])
    units = {}
    for name, kind in (("officer", "person"), ("car", "vehicle")):
        row = {
            "id": new_id(),
            "team_id": town.teams[1],
            "kind": kind,
            "name": name,
            "device": name,
            "source": "gpsd",
            "person_id": people[0] if kind == "person" else None,
        }
        assert put(town.first, UNIT, row) == "applied"
        units[name] = row["id"]
    return Field((town.teams[1], town.teams[2]), people[0], people[1], units)


def put(officer: Officer, table: int, row: dict[str, Any]) -> str:
    sent = {key: value for key, value in row.items() if key != "scope"}
    return officer.verdict((table, row["id"], "I", sent, None))


def on(town: Town, field: Field, act: str, at: datetime, **more: Any) -> str:
    row = {
        "id": new_id(),
        "unit_id": field.units["officer"],
        "team_id": field.teams[0],
        "act": act,
        "person_id": field.officer,
        "at": stamp(at),
        **more,
    }
    return put(town.first, DUTY, row)


def batch(field: Field, unit: str, minute: int, count: int = 60) -> dict[str, Any]:
    return batch_row(field, unit, walk(DAY + timedelta(minutes=minute), count, unit))


def test_of_a_person_nothing_is_kept_off_duty(town: Town, field: Field) -> None:
    assert put(town.first, BATCH, batch(field, "officer", 0)) == "rejected"
    assert on(town, field, "on", DAY + timedelta(minutes=10)) == "applied"
    assert put(town.first, BATCH, batch(field, "officer", 9)) == "rejected", "before"
    assert put(town.first, BATCH, batch(field, "officer", 10)) == "applied"
    assert on(town, field, "off", DAY + timedelta(minutes=20)) == "applied"
    assert put(town.first, BATCH, batch(field, "officer", 19)) == "applied"
    assert put(town.first, BATCH, batch(field, "officer", 19, 90)) == "rejected", "over the end"
    assert put(town.first, BATCH, batch(field, "officer", 21)) == "rejected", "after"
    assert put(town.first, BATCH, batch(field, "car", 21)) == "applied", "a vehicle"


def test_nobody_is_put_on_duty_by_another(town: Town, field: Field) -> None:
    later = DAY + timedelta(hours=2)
    assert on(town, field, "on", later, person_id=field.driver) == "not_permitted"
    row = {"id": new_id(), "unit_id": field.units["officer"], "team_id": field.teams[0]}
    row |= {"act": "on", "person_id": field.driver, "at": stamp(later)}
    assert put(town.centre, DUTY, row) == "rejected"


def test_a_batch_is_final(town: Town, field: Field) -> None:
    row = batch(field, "car", 40)
    assert put(town.first, BATCH, row) == "applied"
    change = (BATCH, row["id"], "U", {"n": 1}, {"n": row["n"]})
    assert town.first.verdict(change) == "not_permitted"
    assert town.first.verdict((BATCH, row["id"], "D", None, None)) == "not_permitted"


def test_a_note_is_of_who_sends_it(town: Town, field: Field) -> None:
    row: dict[str, Any] = {"id": new_id(), "alarm": "leave|f|u|t", "team_id": field.teams[0]}
    row |= {"person_id": field.driver, "at": stamp(DAY)}
    assert put(town.first, NOTE, row) == "not_permitted"
    row |= {"id": new_id(), "person_id": field.officer}
    assert put(town.first, NOTE, row) == "applied"


def test_what_was_seen_of_an_alarm_says_what_it_was(town: Town, field: Field) -> None:
    row: dict[str, Any] = {"id": new_id(), "alarm": "leave|f|u|s", "team_id": field.teams[0]}
    row |= {"person_id": field.officer, "at": stamp(DAY), "act": "raise", "facts": ""}
    assert put(town.first, NOTE, row) == "rejected"
    row |= {"id": new_id(), "facts": "{}"}
    assert put(town.first, NOTE, row) == "applied"
    assert put(town.first, NOTE, {**row, "id": new_id()}) == "applied", "of a second desk of theirs"
    assert put(town.first, NOTE, {**row, "id": new_id(), "act": "end"}) == "rejected"
    change = (NOTE, row["id"], "U", {"facts": "[]"}, {"facts": "{}"})
    assert town.first.verdict(change) == "not_permitted"
    assert town.first.verdict((NOTE, row["id"], "D", None, None)) == "not_permitted"


TABLES: Final = ("unit", "duty_act", "position_batch", "fence", "alarm_note")


@pytest.mark.parametrize("name", TABLES)
def test_raw_sql_writes_none_of_it_and_reads_none_of_another_team(
    town: Town, field: Field, name: str
) -> None:
    for statement in (f"delete from desk.{name}", f"update desk.{name} set scope = 2"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            town.first.connection.execute(statement)
    assert town.second.one(f"select count(*) from desk.{name} where scope = 1") == 0


def test_an_auditor_moves_nobody(town: Town, field: Field) -> None:
    officer = Officer("audit", town.server.dsn("audit", PASSWORD))
    try:
        assert put(officer, BATCH, batch(field, "car", 60)) == "not_permitted"
        fence = {"id": new_id(), "team_id": field.teams[0], "name": "圈", "kind": "fence"}
        fence |= {"shape": "{}", "from_at": stamp(DAY), "maker_id": field.officer}
        assert put(officer, FENCE, fence) == "not_permitted"
    finally:
        officer.connection.close()


def test_even_the_owner_of_the_hub_keeps_nobody_off_duty(town: Town, field: Field) -> None:
    """Past the doors of the hub: the rule is one of the table's own."""
    row = batch(field, "officer", 300)
    columns = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    with pytest.raises(psycopg.Error, match="不在出勤期间"):
        town.admin.execute(
            f"insert into desk.position_batch ({columns}) values ({marks})", tuple(row.values())
        )


def test_who_may_do_it_has_a_role_for_it(town: Town, field: Field) -> None:
    users.add(town.admin, "money", PASSWORD, ["finance"], [1])
    officer = Officer("money", town.server.dsn("money", PASSWORD))
    try:
        assert put(officer, BATCH, batch(field, "car", 80)) == "not_permitted"
    finally:
        officer.connection.close()
