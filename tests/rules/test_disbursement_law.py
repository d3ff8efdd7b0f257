"""The shipped law of disbursements: readable, and what the database holds is what it says."""

from pathlib import Path

import pytest

from desktop.rules.disbursement_law import load_disbursement_law
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path
from storage.schema.payments import (
    SHIPPED_BASIS,
    SHIPPED_FROM,
    SHIPPED_TIERS,
    STAGE_POSTS,
)


def test_the_database_holds_the_stages_and_tiers_of_the_law() -> None:
    law = load_disbursement_law()
    assert {stage.code: stage.posts for stage in law.stages} == STAGE_POSTS
    told = [
        (purpose, tier.from_fen, tier.upto_fen, ",".join(tier.stages))
        for tier in law.tiers
        for purpose in tier.purposes
    ]
    assert sorted(told, key=str) == sorted((row[1:] for row in SHIPPED_TIERS), key=str)
    assert {tier.basis for tier in law.tiers} == {SHIPPED_BASIS}
    assert {tier.valid_from.isoformat() for tier in law.tiers} == {SHIPPED_FROM}
    assert len(law.delays) == len(law.escrows) == 5
    assert all(one.article for one in (*law.delays, *law.escrows))
    assert law.stage_name("bureau_chief") == "执行局局长审批"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"fund_keeper", "bureau_chief"]', '"fund_keeper", "janitor"]', "janitor"),
        ('upto = "100000.00"', 'upto = "-1"', "upto"),
        ("expires = 30", "expires = 0", "expires"),
        ('code = "frozen"', 'cod = "frozen"', "cod"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = resource_path("law/disbursement.toml").read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / "disbursement.toml"
    place.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match=told):
        load_disbursement_law(place)
