"""A hub with two teams, three officers and a case each, on a PostgreSQL of its own."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import embedded, users
from storage.ids import new_id
from tests.hub.template import start_hub

PASSWORD = "test-password"
# Every test of the hub holds on the portable engine, too: EDESK_PORTABLE=1 runs them there.
PORTABLE = os.environ.get("EDESK_PORTABLE") == "1"


class Officer:
    """A login with psql in hand: raw SQL, and the doors of the hub."""

    def __init__(self, who: str, dsn: str) -> None:
        self.who = who
        self.device = new_id()
        self.connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
        self._n = 0
        self.one("select sync.hello(%s, %s)", self.device, json.dumps({"clock_ms": _now_ms()}))

    def one(self, query: str, *values: object) -> Any:
        """The first value of the first row."""
        row = self.connection.execute(query, values).fetchone()
        return None if row is None else row[0]

    def bundle(self, *ops: tuple[int, str, str, Any, Any], **more: Any) -> dict[str, Any]:
        """(table number, row id, kind, new, old) … as one bundle."""
        self._n += 1
        made = [
            {"k": k, "tbl": tbl, "row": row, "kind": kind, "new": new, "old": old}
            for k, (tbl, row, kind, new, old) in enumerate(ops)
        ]
        return {
            "id": new_id(),
            "n": self._n,
            "actor": self.who,
            "label": "测试",
            "made_at": "2026-01-05T09:00:00+08:00",
            "schema_ver": "0005",
            "ops": made,
            **more,
        }

    def push(self, *bundles: dict[str, Any]) -> list[dict[str, Any]]:
        """Answers of the hub."""
        answers: list[dict[str, Any]] = self.one(
            "select sync.push(%s, %s)", self.device, json.dumps(bundles)
        )
        return answers

    def verdict(self, *ops: tuple[int, str, str, Any, Any]) -> str:
        """Sends one bundle; its verdict."""
        return str(self.push(self.bundle(*ops))[0]["verdict"])


@dataclass
class Town:
    """A hub and who works on it."""

    server: embedded.Server
    admin: "psycopg.Connection[Any]"
    centre: Officer
    first: Officer
    second: Officer
    court: str
    teams: dict[int, str]
    cases: dict[int, str]

    def case_row(self, team: int, serial: int, case_id: str) -> dict[str, Any]:
        """What a client would send of a new case."""
        return {
            "id": case_id,
            "number": f"（2026）豫99执{serial}号",
            "court_id": self.court,
            "year": 2026,
            "type_word": "执",
            "serial": serial,
            "filed_on": "2026-01-05",
            "team_id": self.teams[team],
            "remarks": "原文",
        }


def _now_ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def town(server_folder: Path) -> Iterator[Town]:
    """Made once a module."""
    with built_town(server_folder / "town") as made:
        yield made


@contextmanager
def built_town(folder: Path, *, tls: bool = False) -> Iterator[Town]:
    """A hub with its people and their first rows."""
    server = start_hub(folder, tls=tls, portable=PORTABLE)
    admin = psycopg.connect(server.admin_dsn, autocommit=True)
    users.add(admin, "centre", PASSWORD, ["operator", "supervisor", "administrator"], [-1])
    users.add(admin, "first", PASSWORD, ["handler"], [1])
    users.add(admin, "second", PASSWORD, ["handler", "field"], [2])
    users.add(admin, "audit", PASSWORD, ["auditor"], [-1])
    officers = {
        who: Officer(who, server.dsn(who, PASSWORD)) for who in ("centre", "first", "second")
    }
    court, teams, cases = new_id(), {1: new_id(), 2: new_id()}, {1: new_id(), 2: new_id()}
    made = Town(server, admin, **officers, court=court, teams=teams, cases=cases)
    centre = made.centre
    named = {"id": court, "code": "豫99", "name": "甲院", "short_name": "甲", "confirmed": 1}
    rows = [
        (
            4,
            team,
            "I",
            {"id": team, "court_id": court, "name": "队", "kind": "implementation", "number": n},
            None,
        )
        for n, team in teams.items()
    ]
    assert centre.verdict((1, court, "I", named, None)) == "applied"
    assert centre.verdict(*rows) == "applied"
    for n, case_id in cases.items():
        assert centre.verdict((10, case_id, "I", made.case_row(n, n, case_id), None)) == "applied"
    yield made
    for officer in officers.values():
        officer.connection.close()
    admin.close()
    embedded.stop(server.folder, immediate=True)
