"""Whoever stands in for the chief: what the desk lets him do, the file lets him do, and no more."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert

from desktop.command.operations import acts
from desktop.command.operations.acts import Draft
from desktop.command.operations.reading import BoardArgs, board_for, operation
from desktop.errors import UserError
from desktop.rules.operations import State
from storage.ids import new_id
from storage.schema import table
from tests.command.operation_desk import desk, held, raw_act, state
from tests.command.operation_town import Town, args, at, heading, saved, self_test, whole_plan

__all__ = ["desk", "held"]


def power(connection: Connection, town: Town, **more: Any) -> str:
    """陶一鸣 stands in for the chief on the day of the tests."""
    key = new_id()
    values = {
        "from_id": town.people["局长"],
        "to_id": town.people["陶一鸣"],
        "post": "bureau_chief",
        "from_on": "2026-11-23",
        "to_on": "2026-11-23",
        "document_no": "授字1号",
        "agreed_by": town.people["院长"],
        "state": "agreed",
    }
    connection.execute(insert(table("delegation")).values(**({"id": key} | values | more)))
    return key


def test_whoever_stands_in_for_the_chief_approves_and_overrides(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    power(connection, town)
    key = saved(connection, town)
    acts.submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    acts.act(connection, args(connection, town, key, "approve", "陶一鸣", 2))
    failed = self_test(connection, town, key, 3, passed=False)
    acts.act(
        connection, args(connection, town, key, "override", "陶一鸣", 4, "备用电台可用", failed)
    )
    found = operation(connection, key)
    assert found is not None
    standing = found.standing()
    assert standing.approved is not None
    assert standing.approved.body == "受局长授权代行职务"
    assert [one.body for one in standing.overrides] == ["备用电台可用（受局长授权代行职务）"]
    acts.start(connection, args(connection, town, key, "start", "值班员", 10))
    shown = board_for(connection, BoardArgs(key, at(11), town.people["陶一鸣"]))
    assert shown is not None
    assert shown.stands_for == {town.people["局长"]}


POWERS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"state": "ended", "ended_by": "局长", "ended_on": "2026-11-24"}, True),  # ended later
    ({"state": "ended", "ended_by": "局长", "ended_on": "2026-11-23"}, False),
    ({"state": "proposed", "agreed_by": None}, False),
    ({"from_on": "2026-11-24", "to_on": "2026-11-25"}, False),
    ({"from_on": "2026-11-20", "to_on": "2026-11-22"}, False),
    ({"documents": "payment_order"}, False),
    ({"post": "president"}, False),  # which the giver does not hold
    ({"from_id": "纪明远", "post": "quota_judge"}, False),
    ({"from_id": "外院局长"}, False),
    ({"to_id": "白若溪"}, False),
]


@pytest.mark.parametrize(("more", "counts"), POWERS)
def test_rule_and_file_agree_on_a_delegation(
    desk: tuple[Connection, Town], more: dict[str, Any], counts: bool
) -> None:
    connection, town = desk
    named = {"from_id", "to_id", "ended_by"}
    power(connection, town, **{k: town.people[v] if k in named else v for k, v in more.items()})
    key = saved(connection, town)
    acts.submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    failed = self_test(connection, town, key, 1, passed=False)
    for kind, test in (("approve", None), ("override", failed), ("return", None)):
        if not counts:
            with pytest.raises(
                UserError, match="受其授权代行职务" if kind != "override" else "不能"
            ):
                acts.act(connection, args(connection, town, key, kind, "陶一鸣", 2, "理由", test))
            with pytest.raises(Exception, match="受其授权代行职务"):
                raw_act(connection, town, key, kind, "陶一鸣", test_id=test)
        else:
            raw_act(connection, town, key, kind, "陶一鸣", test_id=test)


def test_a_stand_in_does_not_approve_what_the_chief_or_he_himself_asked_for(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    power(connection, town)
    mine = acts.save(connection, Draft(None, heading(town), whole_plan(town), town.by("陶一鸣", 0)))
    chiefs = saved(connection, town)
    for key, who in ((mine, "苏文清"), (chiefs, "局长")):
        acts.submit(connection, args(connection, town, key, "submit", who, 1))
    with pytest.raises(UserError, match="不得批准自己的"):
        acts.act(connection, args(connection, town, mine, "approve", "陶一鸣", 2))
    with pytest.raises(Exception, match="不得批准自己的"):
        raw_act(connection, town, mine, "approve", "陶一鸣")
    with pytest.raises(UserError, match="代行其职务"):
        acts.act(connection, args(connection, town, chiefs, "approve", "陶一鸣", 2))
    with pytest.raises(Exception, match="受其授权代行职务"):
        raw_act(connection, town, chiefs, "approve", "陶一鸣")
    # With a power of the president's as well, he may.
    power(
        connection,
        town,
        from_id=town.people["院长"],
        post="president",
        agreed_by=town.people["局长"],
    )
    acts.act(connection, args(connection, town, chiefs, "approve", "陶一鸣", 3))
    assert state(connection, chiefs) is State.APPROVED
