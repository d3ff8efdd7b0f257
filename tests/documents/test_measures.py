"""A fine or detention beyond the law of the day comes neither to the president nor past him."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, update

from desktop.documents.course import pass_stage, row_of, submit
from desktop.documents.measures import limit_of
from desktop.errors import UserError
from desktop.rules.measured import measured
from desktop.rules.repeats import Decided, repeated
from desktop.rules.signing_matrix import Stage
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import TODAY, new

DETAIN = {"person": "某甲", "facts": "拒不报告财产。"}
FACTS = {"case_number": "（2026）豫0381执2962号"}


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


@pytest.mark.parametrize(
    ("kind", "values", "party", "shown", "fault"),
    [
        ("detention_decision", {"days": "15"}, "natural", "15日／15日以下", ""),
        ("detention_decision", {"days": "16"}, "natural", "16日／15日以下", "16日"),
        ("detention_decision", {"days": "5"}, "enterprise", "5日／15日以下", "对单位不能采取拘留"),
        ("fine_decision", {"amount": "10000000"}, "natural", "100,000元／100,000元以下", ""),
        ("fine_decision", {"amount": "10000001"}, "natural", "／100,000元以下", "民诉法第118条"),
        ("fine_decision", {"amount": "4999999"}, "enterprise", "50,000元以上", "50,000元以上"),
        ("fine_decision", {}, "natural", "100,000元以下", "没有写明"),
        ("summons", {}, "enterprise", "8小时以下", "对单位不能采取拘传"),
        ("notice", {"days": "99"}, "", "", ""),
    ],
)
def test_figures_are_held_to_the_limits_of_the_party(
    kind: str, values: dict[str, str], party: str, shown: str, fault: str
) -> None:
    found = measured(kind, values, party, date(2026, 11, 23))
    assert shown in found.words
    assert fault in found.fault
    assert bool(found.fault) is bool(fault)


def test_an_old_decision_is_held_to_the_law_of_its_day() -> None:
    values = {"days": "10", "person": "某甲"}
    lines = measured("detention_decision", values, "natural", date(2020, 5, 1)).lines
    assert "民诉法（2017）第115条" in lines[0]
    assert "本案当事人中没有" in measured("detention_decision", values, "", TODAY).lines[1]


def test_beyond_the_law_nothing_is_sent_and_nothing_approved(desk: Office) -> None:
    with desk.engine.begin() as connection:
        more = {"case_id": desk.city.late_case, "author": "judge", "facts": FACTS}
        held = desk.draft(connection, "detention_decision", values={**DETAIN, "days": "16"}, **more)
        with pytest.raises(UserError, match="16日"):
            submit(connection, desk.act(connection, held, "judge"))
        fit = desk.draft(connection, "detention_decision", values={**DETAIN, "days": "15"}, **more)
        submit(connection, desk.act(connection, fit, "judge"))
        assert not limit_of(connection, row_of(connection, fit), TODAY).fault
        # A program that went round the desk and wrote other figures under the same fingerprint.
        fields = row_of(connection, held).fields
        document = table("document")
        connection.execute(update(document).where(document.c.id == fit).values(fields=fields))
        with pytest.raises(UserError, match="16日"):
            pass_stage(connection, desk.act(connection, fit, "president"), Stage.APPROVE)


BEFORE = Decided("detention_decision", "某甲", "拒不报告财产。", "司惩〔2026〕3号", "2026-10-09")

BEFORE_WORDS = (BEFORE.kind, BEFORE.person, BEFORE.facts)


@pytest.mark.parametrize(
    ("kind", "person", "facts", "again", "told"),
    [
        ("detention_decision", "某甲", "拒不报告财产。", True, 0),
        ("detention_decision", " 某甲 ", "拒不 报告，财产", True, 0),
        ("detention_decision", "某甲", "十一月又转移存款。", False, 1),
        ("detention_decision", "某乙", "拒不报告财产。", False, 0),
        ("fine_decision", "某甲", "拒不报告财产。", False, 0),  # both may be imposed together
        ("summons", "某甲", "拒不报告财产。", False, 0),
    ],
)
def test_one_act_is_not_punished_twice_the_same_way(
    kind: str, person: str, facts: str, again: bool, told: int
) -> None:
    fault, lines = repeated(kind, person, facts, [BEFORE])
    assert bool(fault) is again
    assert ("第184条" in fault and "司惩〔2026〕3号" in fault) is again
    assert len(lines) == told


def test_the_same_act_in_another_case_is_shown_and_left_to_people() -> None:
    fault, lines = repeated(*BEFORE_WORDS, [replace(BEFORE, here=False)])
    assert fault == ""
    (line,) = lines
    assert line.startswith("2026-10-09在另案中以司惩〔2026〕3号已决定拘留，所写行为相同")
    other = replace(BEFORE, here=False, facts="十一月又转移存款。")
    assert repeated(*BEFORE_WORDS, [other]) == ("", ())


def test_a_second_detention_for_one_act_is_not_even_sent_on(desk: Office) -> None:
    more = {"case_id": desk.city.late_case, "author": "judge", "facts": FACTS}
    values = {**DETAIN, "days": "15"}
    with desk.engine.begin() as connection:
        first = desk.draft(connection, "detention_decision", values=values, **more)
        second = desk.draft(
            connection, "detention_decision", values={**values, "days": "10"}, **more
        )
        assert not limit_of(connection, row_of(connection, first), TODAY).fault, (
            "drafts bind nobody"
        )
        submit(connection, desk.act(connection, first, "judge"))
        with pytest.raises(UserError, match="不得再次拘留"):
            submit(connection, desk.act(connection, second, "judge"))
        other = desk.draft(
            connection,
            "detention_decision",
            values={**values, "facts": "十一月又转移存款。"},
            **more,
        )
        submit(connection, desk.act(connection, other, "judge"))
        assert any("新的妨害行为" in line for line in _lines(connection, other))
        document = table("document")
        recalled = update(document).where(document.c.id == first).values(state="recalled")
        connection.execute(recalled)
        assert not limit_of(connection, row_of(connection, second), TODAY).fault
        # Recalled, but he was held: the act was punished.
        when = desk.clock.isoformat(timespec="milliseconds")
        act = {"act": "execute", "person_id": desk.people["judge"], "at": when}
        more = {"violation": True, "body": "紧急", "scope": -1}
        made = {"id": new("act"), "document_id": first, **act, **more}
        connection.execute(insert(table("measure_act")).values(made))
        with pytest.raises(UserError, match="不得再次拘留"):
            submit(connection, desk.act(connection, second, "judge"))


def _lines(connection: Connection, document_id: str) -> tuple[str, ...]:
    return limit_of(connection, row_of(connection, document_id), TODAY).lines
