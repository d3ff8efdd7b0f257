"""Circulars on overdue nodes and passive enforcement: what is listed, named once, and withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from desktop.circulars.official import Official
from desktop.contract.filters import NodeFilter
from desktop.documents.course import row_of
from desktop.documents.figures_draft import (
    NewOverdue,
    corrections_of,
    make_overdue,
    overdue_snapshot,
    retake,
    weekly_snapshot,
)
from desktop.documents.figures_issued import named_before, withdrawn, withdrawn_before
from desktop.documents.pages import official
from desktop.documents.replies import Answer, AskReplies, Objection, answer, ask_replies, object_to
from desktop.errors import UserError
from desktop.evidence.overdue import overdue
from desktop.evidence.overdue_snapshot import (
    OverdueRow,
    OverdueSnapshot,
    quiet_rule,
    unpacked_overdue,
)
from desktop.evidence.overdue_taking import TakeOverdue, node_key, take_overdue
from desktop.evidence.printing import Printed
from desktop.evidence.truth import no_longer_true
from desktop.projection.activity import passive_cases
from desktop.projection.facts import VOID_KIND
from desktop.projection.select import count_nodes
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import NODE, TODAY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path)
    yield made
    made.engine.dispose()


def frozen(desk: Office) -> OverdueSnapshot:
    with desk.engine.connect() as connection:
        named = named_before(connection, TODAY)
        wanted = TakeOverdue(TODAY, desk.clock, named)
        return take_overdue(connection, desk.city.law, wanted)


def drafted(desk: Office) -> str:
    made = NewOverdue(frozen(desk), desk.people["clerk"], desk.clock)
    with desk.engine.begin() as connection:
        return make_overdue(connection, made)


def words(document: Official) -> str:
    return "\n".join(document.fields().values())


def late(desk: Office, snapshot: OverdueSnapshot) -> OverdueRow:
    return snapshot.by_id[node_key(desk.city.late_case, NODE, "")]


def issued(desk: Office, document_id: str, at: datetime, serial: int = 3) -> None:
    """As an issued document stands; its course is proved elsewhere."""
    document = table("document")
    with desk.engine.begin() as connection:
        connection.execute(
            update(document)
            .where(document.c.id == document_id)
            .values(
                state="issued",
                year=2026,
                serial=serial,
                made_on=at.date().isoformat(),
                signed_sha256="0" * 64,
                issued_at=at.isoformat(timespec="milliseconds"),
            )
        )


def test_the_rows_are_those_of_the_two_lists(desk: Office) -> None:
    made = frozen(desk)
    with desk.engine.connect() as connection:
        nodes = count_nodes(connection, NodeFilter(states=("超期",)), TODAY)
        passive = passive_cases(connection, desk.city.law, TODAY)
    assert sum(row.kind == "node" for row in made.rows) == nodes > 0
    assert {row.case_id for row in made.rows if row.kind == "passive"} == {
        one.activity.case.id for one in passive
    }
    row = late(desk, made)
    assert row.days > 0
    assert row.since in row.reason
    assert row.basis
    assert row.holder
    again = unpacked_overdue(made.packed())
    assert (again, again.sha256) == (made, made.sha256)
    with pytest.raises(UserError, match="快照"):
        unpacked_overdue(b"PK")


def test_an_accepted_objection_strikes_the_row(desk: Office) -> None:
    made = drafted(desk)
    with desk.engine.begin() as connection:
        snapshot = overdue_snapshot(connection, made)
        row = late(desk, snapshot)
        before = words(official(connection, made))
        act = desk.act(connection, made, "clerk")
        ask_replies(connection, AskReplies(act, (desk.city.court,), TODAY))

        def said(field: str) -> Objection:
            return Objection(
                *(made, desk.city.court, "该件已依法中止。", desk.people["outsider"], desk.clock),
                row_key=row.key,
                field=field,
            )

        with pytest.raises(UserError, match="只能主张"):
            object_to(connection, said("closed_on"))
        one = object_to(connection, said("struck"))
        given = Answer(one, True, "有中止裁定", desk.people["clerk"], desk.clock)
        answer(connection, given)
        after = words(official(connection, made))
        (correction,) = corrections_of(connection, made)
        assert (correction.row_id, correction.was, correction.now) == (row.key, None, "struck")
        nodes = sum(one.kind == "node" for one in snapshot.rows)
        assert f"超期节点{nodes}个" in before
        assert f"超期节点{nodes - 1}个" in after
        assert "有中止裁定" in after
        with pytest.raises(UserError, match="不是执行信访周通报"):
            weekly_snapshot(connection, made)


def test_what_was_named_is_counted_and_not_named_again_within_the_quiet_days(
    desk: Office,
) -> None:
    first = drafted(desk)
    row = late(desk, frozen(desk))
    assert row.named_in == ""
    quiet = quiet_rule().quiet_days
    issued(desk, first, desk.clock - timedelta(days=quiet - 1))
    again = frozen(desk)
    assert late(desk, again).named_in == "洛中法执通〔2026〕3号"
    second = NewOverdue(again, desk.people["clerk"], desk.clock)
    with desk.engine.begin() as connection:
        made = official(connection, make_overdue(connection, second))
    assert f"{len(again.rows)}项已在{quiet}日内的通报中点名" in words(made)
    assert [annex.title for annex in made.annexes] == ["已通报事项清单"]
    assert "本期没有需要点名的事项" in words(made)
    with desk.engine.begin() as connection:
        document = table("document")
        connection.execute(
            update(document)
            .where(document.c.id == first)
            .values(issued_at=(desk.clock - timedelta(days=quiet + 1)).isoformat())
        )
    assert late(desk, frozen(desk)).named_in == ""


def test_a_recalled_circular_has_named_nothing(desk: Office) -> None:
    made = drafted(desk)
    issued(desk, made, desk.clock)
    assert late(desk, frozen(desk)).named_in
    with desk.engine.begin() as connection:
        connection.execute(table("document").update().values(state="recalled"))
    assert late(desk, frozen(desk)).named_in == ""


def gone(desk: Office, snapshot: OverdueSnapshot) -> dict[str, str]:
    with desk.engine.connect() as connection:
        found = no_longer_true(connection, desk.city.law, snapshot)
    return {one.row.key: one.why for one in found}


def test_a_fact_entered_late_withdraws_the_row_and_a_later_act_does_not(desk: Office) -> None:
    snapshot = frozen(desk)
    row = late(desk, snapshot)
    assert gone(desk, snapshot) == {}
    day_after = (TODAY + timedelta(days=1)).isoformat()
    desk.city.put("node_event", case_id=row.case_id, kind="query_fed_back", on=day_after)
    assert gone(desk, snapshot) == {}
    desk.city.put("node_event", case_id=row.case_id, kind="query_fed_back", on=row.since)
    told = gone(desk, snapshot)
    assert told[row.key] == f"补录的事实表明已于{row.since}完成"
    assert all(key.startswith(row.case_id) for key in told)


def test_a_start_that_was_voided_withdraws_the_row(desk: Office) -> None:
    snapshot = frozen(desk)
    row = late(desk, snapshot)
    with desk.engine.connect() as connection:
        events = connection.exec_driver_sql(
            'select id, "on" from node_event where case_id = ?', (row.case_id,)
        ).fetchall()
    for event in events:
        desk.city.put(
            "node_event", case_id=row.case_id, kind=VOID_KIND, on=event.on, voids=event.id
        )
    assert row.key in gone(desk, snapshot)


_OLD = TODAY - timedelta(days=90)
_SINCE = TODAY - timedelta(days=20)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("P03", {"into": "execution_log", "at": f"{_SINCE}T09:00:00+08:00", "kind": "note"}),
        ("P04", {"into": "property_clue", "verified_on": _SINCE.isoformat()}),
    ],
)
def test_a_finding_is_withdrawn_by_what_was_done_by_then(
    desk: Office, rule: str, told: dict[str, str]
) -> None:
    city = desk.city
    case_id = city.put(
        "case",
        number="（2026）豫0381执9001号",
        court_id=city.court,
        year=2026,
        type_word="执",
        serial=9001,
        filed_on=_OLD.isoformat(),
        team_id=city.team,
    )
    clue = {"case_id": case_id, "received_on": _OLD.isoformat(), "body": "名下有车"}
    clue_id = city.put("property_clue", **clue)
    city.project()
    snapshot = frozen(desk)
    key = f"{case_id}|{rule}"
    assert snapshot.by_id[key].kind == "passive"
    assert gone(desk, snapshot) == {}

    def done(day: str) -> None:
        values = {name: value.replace(_SINCE.isoformat(), day) for name, value in told.items()}
        into = values.pop("into")
        if into == "execution_log":
            city.put(into, case_id=case_id, body="约谈被执行人", **values)
            return
        with desk.engine.begin() as connection:
            clues = table(into)
            connection.execute(update(clues).where(clues.c.id == clue_id).values(**values))

    done((TODAY + timedelta(days=1)).isoformat())
    assert gone(desk, snapshot) == {}
    done(_SINCE.isoformat())
    assert gone(desk, snapshot) == {key: "按更正后的事实，当日不构成该情形"}


def test_the_next_circular_takes_back_what_is_untrue_once(desk: Office) -> None:
    first = drafted(desk)
    row = late(desk, frozen(desk))
    issued(desk, first, desk.clock)
    desk.city.put("node_event", case_id=row.case_id, kind="query_fed_back", on=row.since)
    desk.city.project()

    def next_one() -> OverdueSnapshot:
        with desk.engine.connect() as connection:
            back = withdrawn_before(connection, desk.city.law, TODAY)
            return take_overdue(
                connection, desk.city.law, TakeOverdue(TODAY, desk.clock, {}, None, back)
            )

    snapshot = next_one()
    told = {one.key: one for one in snapshot.withdrawn}
    assert (told[row.key].number, told[row.key].case_number) == (
        "洛中法执通〔2026〕3号",
        row.case_number,
    )
    assert unpacked_overdue(snapshot.packed()) == snapshot
    printed = Printed("文件", "法院", "中心", replaces="洛中法执通〔2026〕2号")
    text = words(overdue(snapshot, (), (), printed))
    assert f"下列{len(told)}项此前已通报" in text
    assert f"补录的事实表明已于{row.since}完成" in text
    assert "洛中法执通〔2026〕2号通报同时撤销" in text
    with desk.engine.begin() as connection:
        more = replace(snapshot, rows=frozen(desk).rows or (row,))
        second = make_overdue(connection, NewOverdue(more, desk.people["clerk"], desk.clock))
    issued(desk, second, desk.clock + timedelta(hours=1), serial=4)
    assert [one for one in next_one().withdrawn if one.number.endswith("3号")] == []


def test_only_an_issued_circular_is_withdrawn_from(desk: Office) -> None:
    made = drafted(desk)
    with desk.engine.connect() as connection, pytest.raises(UserError, match="尚未印发"):
        withdrawn(connection, desk.city.law, made)
    issued(desk, made, desk.clock)
    with desk.engine.connect() as connection:
        assert withdrawn(connection, desk.city.law, made) == ()


def test_nothing_overdue_makes_no_circular_and_a_draft_is_taken_anew(desk: Office) -> None:
    snapshot = frozen(desk)
    empty = NewOverdue(replace(snapshot, rows=()), desk.people["clerk"], desk.clock)
    with desk.engine.begin() as connection:
        with pytest.raises(UserError, match="无须通报"):
            make_overdue(connection, empty)
        made = make_overdue(connection, replace(empty, snapshot=snapshot))
        less = replace(snapshot, rows=snapshot.rows[:1])
        retake(connection, made, replace(empty, snapshot=less))
        assert overdue_snapshot(connection, made) == less
        other = replace(less, day=TODAY - timedelta(days=1))
        with pytest.raises(UserError, match="不是同一期"):
            retake(connection, made, replace(empty, snapshot=other))
        assert row_of(connection, made).title == "关于2026年11月23日超期节点和消极执行情况的通报"


def test_a_circular_that_is_replaced_has_named_nothing_and_is_not_taken_back_row_by_row(
    desk: Office,
) -> None:
    first = drafted(desk)
    row = late(desk, frozen(desk))
    issued(desk, first, desk.clock)
    with desk.engine.connect() as connection:
        assert row.key in named_before(connection, TODAY)
        assert named_before(connection, TODAY, replaced=first) == {}
    desk.city.put("node_event", case_id=row.case_id, kind="query_fed_back", on=row.since)
    desk.city.project()
    law = desk.city.law
    with desk.engine.connect() as connection:
        assert row.key in {one.key for one in withdrawn_before(connection, law, TODAY)}
        assert withdrawn_before(connection, law, TODAY, replaced=first) == ()
