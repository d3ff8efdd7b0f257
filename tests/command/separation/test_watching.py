"""Conflicts found in rows, with the one write that completes them; bonds entered and taken back."""

import json
import random
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update

from desktop.command.separation.kin import (
    KinVoid,
    KinWish,
    MayArgs,
    all_kin,
    bind,
    kin_of,
    unbind,
    who_may,
)
from desktop.command.separation.watching import Look, look, recount, settle
from desktop.command.separation.words import told
from desktop.documents.bench import panel_words
from desktop.errors import UserError
from desktop.rules.separation import ConflictBook, News
from desktop.rules.separation_facts import BondKind
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.panels.fake_context import CHINA, memory_engine

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=CHINA)
PEOPLE = ("李问渠", "吴望舒", "郑采薇", "何听澜")
JUDGMENT = "（2025）豫9101民初8号"


class Store:
    """A store in memory that is watched write by write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.book = ConflictBook()

    def put(self, name: str, /, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(table(name)).values(**values))

    def seen(self, changes: ChangeSet | None) -> News:
        with self.engine.connect() as connection:
            known = tuple(self.book.conflicts.values())
            return settle(self.book, look(connection, Look(known, changes)))

    def add(self, name: str, key: str, /, **values: object) -> News:
        """One row, and what the desk makes of the change."""
        self.put(name, id=key, **values)
        return self.seen(ChangeSet({name: frozenset((key,))}))

    def recounted(self) -> set[tuple[str, str, str]]:
        with self.engine.connect() as connection:
            return {one.key for one in recount(connection)}


@pytest.fixture
def store() -> Iterator[Store]:
    engine = memory_engine()
    made = Store(engine)
    made.put("court", id="court", code="豫9101", name="示范市法院", short_name="示范")
    for n, kind in enumerate(("implementation", "adjudication")):
        name = ("第一实施团队", "第一裁决团队")[n]
        made.put("team", id=f"team{n}", court_id="court", name=name, kind=kind, number=n + 1)
    for name in PEOPLE:
        made.put("person", id=name, court_id="court", name=name, post="quota_judge", quota=True)
    yield made
    engine.dispose()


def case(serial: int, word: str = "执", **more: object) -> tuple[str, str, dict[str, object]]:
    values: dict[str, object] = {
        "number": f"（2026）豫9101{word}{serial}号",
        "court_id": "court",
        "year": 2026,
        "type_word": word,
        "serial": serial,
        "filed_on": "2026-03-02",
    }
    return "case", f"c{serial}", values | more


def bench(
    case_id: str, *seats: str, issued: str | None = None
) -> tuple[str, str, dict[str, object]]:
    values = {
        "kind": "objection_ruling",
        "template": "t",
        "case_id": case_id,
        "title": "执行裁定书",
        "fields": json.dumps({"_panel": panel_words(seats)}, ensure_ascii=False),
        "content_sha256": "0" * 64,
        "series": "none",
        "made_on": "2026-05-06",
        "issued_at": issued,
        "maker_id": "何听澜",
    }
    return "document", f"d{case_id}", values


def hold(
    case_id: str, who: str, on: str = "2026-03-02", kind: str = "handler"
) -> tuple[str, str, dict[str, object]]:
    values = {"case_id": case_id, "from_on": on, "kind": kind, "holder_id": who, "holder_name": who}
    return "hold", f"h{case_id}{who}", values


def kin(one: str, other: str, kind: str) -> tuple[str, str, dict[str, object]]:
    values = {
        "case_id": one,
        "other_id": other,
        "other_number": f"（2026）豫9101执{other[1:]}号",
        "kind": kind,
        "person_id": "何听澜",
        "at": NOW.isoformat(),
    }
    return "case_kin", f"k{one}{other}", values


def party(case_id: str, role: str, identity: str) -> tuple[str, str, dict[str, object]]:
    values = {
        "case_id": case_id,
        "role": role,
        "name": f"当事人{identity}",
        "identity_no": identity,
    }
    return "party", f"p{case_id}{role}", values


SIT = ("李问渠", "吴望舒", "郑采薇")
OBJECTION = case(2, "执异", basis_no="（2026）豫9101执1号")
# What comes first, and then facts of which any may come last: (planted, path, deed).
PLANTED = {
    "person": ([case(1)], [hold("c1", "李问渠"), bench("c1", *SIT)], "本案", "承办执行实施"),
    "case": (
        [case(1), OBJECTION],
        [hold("c1", "李问渠"), bench("c2", *SIT)],
        "所审查的案件",
        "承办执行实施",
    ),
    "kin": (
        [case(1), OBJECTION, case(4)],
        [hold("c4", "李问渠"), kin("c1", "c4", "kin"), bench("c2", *SIT)],
        "所审查的案件 → 关联案件",
        "承办执行实施",
    ),
    "transfer": (
        [case(1), OBJECTION, case(5)],
        [hold("c5", "李问渠"), kin("c5", "c1", "transfer"), bench("c2", *SIT)],
        "所审查的案件 → 移送（变更）执行",
        "承办执行实施",
    ),
    "resumed": (
        [case(1, basis_no=JUDGMENT), OBJECTION, case(6, "执恢", basis_no=JUDGMENT)],
        [hold("c6", "李问渠"), bench("c2", *SIT)],
        "所审查的案件 → 同一执行依据",
        "承办执行实施",
    ),
    "same sides": (
        [case(1), OBJECTION, case(7), party("c1", "applicant", "A"), party("c1", "debtor", "B")],
        [
            *(party("c7", "applicant", "A"), party("c7", "debtor", "B")),
            *(hold("c7", "李问渠"), bench("c2", *SIT)),
        ],
        "所审查的案件 → 双方当事人相同",
        "承办执行实施",
    ),
    "team": (
        [case(1, team_id="team0"), OBJECTION],
        [
            (
                "membership",
                "m1",
                {
                    "person_id": "李问渠",
                    "team_id": "team0",
                    "role": "judge",
                    "from_on": "2025-01-01",
                },
            ),
            bench("c2", *SIT),
        ],
        "所审查的案件",
        "执行期间在实施团队任法官或者负责人",
    ),
    "act": (
        [case(1), OBJECTION],
        [
            (
                "execution_log",
                "e1",
                {
                    "case_id": "c1",
                    "at": "2026-04-02T10:00:00+08:00",
                    "author_id": "李问渠",
                    "kind": "现场",
                    "body": "现场查封",
                },
            ),
            bench("c2", *SIT),
        ],
        "所审查的案件",
        "实施执行行为",
    ),
}


@pytest.mark.parametrize("last", range(2))
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_conflict_is_found_with_the_write_that_completes_it(
    store: Store, name: str, last: int
) -> None:
    before, facts, path, carried_out = PLANTED[name]
    for row in before:
        assert not store.add(row[0], row[1], **row[2])
    order = facts if last else list(reversed(facts))
    for row in order[:-1]:
        assert not store.add(row[0], row[1], **row[2]).come
    news = store.add(order[-1][0], order[-1][1], **order[-1][2])
    with store.engine.connect() as connection:
        (found,) = told(connection, news.come)
    assert (found.person, found.path, found.carried_out) == ("李问渠", path, carried_out)
    assert found.number == ("（2026）豫9101执1号" if name == "person" else "（2026）豫9101执异2号")
    assert "李问渠" in found.sentence
    assert path in found.sentence or path == "本案"
    assert set(store.book.conflicts) == store.recounted()


def test_who_only_sat_in_the_team_at_another_time_may_judge(store: Store) -> None:
    seat = {"person_id": "李问渠", "team_id": "team0", "role": "judge", "from_on": "2025-01-01"}
    for row in (case(1, team_id="team0"), OBJECTION, bench("c2", *SIT)):
        store.add(row[0], row[1], **row[2])
    assert not store.add("membership", "m1", **seat, to_on="2026-03-01")
    with store.engine.begin() as connection:
        connection.execute(update(table("membership")).values(to_on="2026-03-02"))
    assert store.seen(ChangeSet({"membership": frozenset(("m1",))})).come


def test_a_ruling_that_was_out_before_he_took_the_case_over_is_none(store: Store) -> None:
    for row in (case(1), OBJECTION, bench("c2", *SIT, issued="2026-05-20T10:00:00+08:00")):
        store.add(row[0], row[1], **row[2])
    assert not store.add(
        *hold("c1", "李问渠", "2026-05-21")[:2], **hold("c1", "李问渠", "2026-05-21")[2]
    )
    assert not store.recounted()


def test_in_any_order_each_write_brings_what_a_recount_finds(store: Store) -> None:
    pool = [
        *(
            case(1, team_id="team0", basis_no=JUDGMENT),
            OBJECTION,
            case(4),
            case(5, handler_id="郑采薇"),
        ),
        *(
            case(6, "执恢", basis_no=JUDGMENT),
            case(7),
            case(8, "执复", basis_no=OBJECTION[2]["number"]),
        ),
        *(hold("c4", "李问渠"), hold("c6", "吴望舒"), hold("c7", "李问渠"), hold("c8", "郑采薇")),
        *(kin("c1", "c4", "kin"), kin("c5", "c1", "transfer"), bench("c2", *SIT)),
        *(party("c1", "applicant", "A"), party("c1", "debtor", "B")),
        *(party("c7", "applicant", "A"), party("c7", "debtor", "B"), bench("c5", "李问渠")),
    ]
    for seed in range(6):
        rng = random.Random(seed)
        rows = sorted(pool, key=lambda row: (row[0] != "case", rng.random()))
        found = 0
        for name, key, values in rows:
            found += len(store.add(name, key, **values).come)
            assert set(store.book.conflicts) == store.recounted(), (seed, key)
        assert found >= 5
        # And back again, row by row, as an exchange takes rows away.
        for name, key, _values in reversed(rows):
            with store.engine.begin() as connection:
                connection.execute(delete(table(name)).where(table(name).c.id == key))
            store.seen(ChangeSet({name: frozenset((key,))}))
            assert set(store.book.conflicts) == store.recounted(), (seed, key)
        assert not store.book.conflicts


def test_a_change_too_big_to_follow_is_counted_anew(store: Store) -> None:
    for row in (case(1), OBJECTION, hold("c1", "李问渠"), bench("c2", *SIT)):
        store.put(row[0], id=row[1], **row[2])
    assert len(store.seen(ChangeSet({"hold": ALL})).come) == 1


def entered(connection: Connection, one: str, other: str, **more: object) -> str:
    values = {"kind": BondKind.KIN, "words": "同一工程", "person_id": "何听澜", "at": NOW} | more
    return bind(connection, KinWish(one, other, **values))  # type: ignore[arg-type]


def test_cases_are_bound_by_their_numbers_and_a_wrong_bond_is_taken_back(store: Store) -> None:
    for row in (case(1), OBJECTION, case(4), hold("c4", "李问渠"), bench("c2", *SIT)):
        store.add(row[0], row[1], **row[2])
    one, other = "(2026)豫9101执1号", "（2026）豫9101执4号"
    with store.engine.begin() as connection:
        key = entered(connection, one, other)
        for twice in ((one, other), (other, one), (one, one), (one, "（2026）豫9101执99号")):
            with pytest.raises(UserError):
                entered(connection, *twice)
        with pytest.raises(UserError, match="本人身份"):
            entered(connection, one, other, person_id=None, kind=BondKind.MERGED)
        (row,) = kin_of(connection, "c4")
    assert (row.number, row.other_number, row.person) == (
        *("（2026）豫9101执1号", "（2026）豫9101执4号", "何听澜"),
    )
    assert len(store.seen(ChangeSet({"case_kin": frozenset((key,))})).come) == 1
    with store.engine.begin() as connection:
        with pytest.raises(UserError, match="为何"):
            unbind(connection, KinVoid(key, " ", "何听澜", NOW))
        unbind(connection, KinVoid(key, "登记有误", "何听澜", NOW))
        with pytest.raises(UserError, match="已经作废"):
            unbind(connection, KinVoid(key, "登记有误", "何听澜", NOW))
        assert all_kin(connection) == []
        wrong = connection.exec_driver_sql("select id from case_kin where voids is not null")
        changed = ChangeSet({"case_kin": frozenset(wrong.scalars())})
    assert len(store.seen(changed).gone) == 1


def test_who_may_judge_is_told_before_anybody_is_named(store: Store) -> None:
    for row in (case(1), OBJECTION, hold("c1", "李问渠")):
        store.add(row[0], row[1], **row[2])
    with store.engine.connect() as connection:
        listed = who_may(connection, MayArgs("c2", date(2026, 6, 1)))
    why = {one.name: one.why for one in listed}
    assert [name for name in why if why[name] is not None] == ["李问渠"]
    assert why["李问渠"] is not None
    assert why["李问渠"].carried == "（2026）豫9101执1号"
    assert not store.recounted()
