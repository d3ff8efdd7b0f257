"""What the replica's own triggers keep of matters, whoever writes past the desk's commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from storage.faults import RefusedByRule
from storage.schema import table
from storage.session import Session
from tests.stores import new_store


def key(n: int) -> str:
    return f"00000000-0000-7000-8000-{n:012d}"


COURT, CLERK, PRESIDENT, BRIEF, ITEM = map(key, range(1, 6))
DECIDED = {"answer": "同意", "answered_by": PRESIDENT, "answered_on": "2026-11-24"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A brief that was submitted, and an opinion item."""
    with new_store(tmp_path / "store") as replica:
        made = Session(replica, actor="周")
        with made.write("备") as write:
            put = write.connection.execute
            court = {"code": "豫03", "name": "甲院", "short_name": "甲"}
            put(insert(table("court")).values(id=COURT, **court))
            for person, post in ((CLERK, "clerk"), (PRESIDENT, "president")):
                values = {"court_id": COURT, "name": post, "post": post}
                put(insert(table("person")).values(id=person, **values))
            shared = {"title": "甲", "body": "乙", "maker_id": CLERK, "raised_on": "2026-11-23"}
            brief = {"kind": "brief", "asked_of": "president", "submitted_on": "2026-11-23"}
            put(insert(table("matter")).values(id=BRIEF, **shared, **brief))
            put(insert(table("matter")).values(id=ITEM, **shared, kind="opinion", source="微博"))
        yield made


def change(session: Session, matter: str, **values: Any) -> None:
    with session.write("改") as write:
        rows = table("matter")
        write.connection.execute(update(rows).where(rows.c.id == matter).values(**values))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"body": "别的"}, "请先撤回"),
        ({"asked_of": "vice_president"}, "请先撤回"),
        ({"maker_id": PRESIDENT}, "不得更改"),
        ({"kind": "opinion", "source": "微博"}, "不得更改"),
        ({**DECIDED, "submitted_on": None}, "尚未提交"),
    ],
)
def test_a_brief_is_decided_by_a_leader_who_did_not_make_it(
    session: Session, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedByRule, match=sentence):
        change(session, BRIEF, **values)
    change(session, BRIEF, **DECIDED)
    for again in ({"answer": "不同意"}, {"body": "别的"}, {"submitted_on": None}):
        with pytest.raises(RefusedByRule, match="不得再改"):
            change(session, BRIEF, **again)


def test_not_even_the_president_decides_what_he_reported_himself(session: Session) -> None:
    own = {"title": "甲", "body": "乙", "maker_id": PRESIDENT, "raised_on": "2026-11-23"}
    brief = {"kind": "brief", "asked_of": "president", "submitted_on": "2026-11-23"}
    with session.write("备") as write:
        write.connection.execute(insert(table("matter")).values(id=key(7), **own, **brief))
    with pytest.raises(RefusedByRule, match="自己所作的汇报"):
        change(session, key(7), **DECIDED)


def test_whoever_is_no_leader_decides_nothing(session: Session) -> None:
    with session.write("备") as write:
        values = {"court_id": COURT, "name": "丙", "post": "bureau_chief"}
        write.connection.execute(insert(table("person")).values(id=key(6), **values))
    with pytest.raises(RefusedByRule, match="院领导"):
        change(session, BRIEF, **DECIDED | {"answered_by": key(6)})


def test_a_closed_item_keeps_its_words(session: Session) -> None:
    change(session, ITEM, link="https://example.org/1", heat=4)
    change(session, ITEM, result="无需回应", closed_on="2026-11-25", closed_by=CLERK)
    for values in ({"title": "丙"}, {"heat": 1}, {"closed_on": None, "closed_by": None}):
        with pytest.raises(RefusedByRule, match="已办结"):
            change(session, ITEM, **values)
    change(session, ITEM, owner_id=CLERK)
