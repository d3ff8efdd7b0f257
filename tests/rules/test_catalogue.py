"""The shipped catalogue, and the validator of rule files."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from desktop.rules.catalogue import (
    Catalogue,
    Unit,
    catalogue_for,
    load_catalogue,
    load_catalogues,
)
from desktop.rules.rule_files import RuleFileError


def test_the_shipped_law_is_complete(court: Catalogue) -> None:
    numbered = {code[:3] for code in court.nodes if code.startswith("N")}
    assert numbered == {f"N{number:02d}" for number in range(1, 38)}
    assert sum(1 for rule in court.nodes.values() if rule.limits) >= 60
    for rule in court.nodes.values():
        assert rule.basis
        for limit in rule.limits:
            assert limit.article
            assert limit.source
            assert (limit.unit is Unit.HOUR) <= (not limit.roll)


def test_every_warning_comes_inside_its_limit(court: Catalogue) -> None:
    days = {Unit.HOUR: 0, Unit.DAY: 1, Unit.WORKDAY: 1, Unit.MONTH: 28, Unit.YEAR: 365}
    for rule in court.nodes.values():
        for limit in rule.limits:
            assert rule.warn_days <= max(limit.amount * days[limit.unit] - 1, 0), rule.code


@pytest.mark.parametrize(
    ("code", "day", "amount", "unit", "article", "confidence"),
    [
        ("N06", "2017-03-01", 3, Unit.DAY, "法发〔2006〕35号第4条", "confirmed"),
        ("N06X", "2017-03-01", 10, Unit.DAY, "民诉法解释第480条", "confirmed"),
        ("N11", "2017-06-01", 10, Unit.DAY, "洛中法〔2017〕57号第四部分", "confirmed"),
        ("N09", "2021-12-31", 60, Unit.DAY, "民诉法（2017）第92条", "unconfirmed"),
        ("N09", "2022-01-01", 30, Unit.DAY, "民诉法第95条", "confirmed"),
        ("N30", "2018-01-01", 60, Unit.DAY, "法明传〔2017〕455号", "unconfirmed"),
        ("N37", "2017-03-01", 6, Unit.MONTH, "法发〔2006〕35号第1条", "confirmed"),
        ("D203", "2017-03-01", 15, Unit.DAY, "民诉法（2017）第225条", "confirmed"),
        ("D203", "2024-01-01", 15, Unit.DAY, "民诉法第236条", "confirmed"),
        ("D302", "2020-01-01", 48, Unit.HOUR, "保全规定第4条、民诉法第103条", "confirmed"),
        ("D801", "2022-01-01", 5, Unit.WORKDAY, "法〔2021〕227号", "confirmed"),
    ],
)
def test_limits_in_force(
    court: Catalogue, code: str, day: str, amount: int, unit: Unit, article: str, confidence: str
) -> None:
    limit = court.limit_on(code, date.fromisoformat(day))
    assert limit is not None
    found = (limit.amount, limit.unit, limit.article, limit.confidence)
    assert found == (amount, unit, article, confidence)


def test_no_limit_before_the_rule(court: Catalogue) -> None:
    assert court.limit_on("N06", date(2006, 12, 31)) is None


def test_a_type_word_picks_its_catalogue(catalogues: Mapping[str, Catalogue]) -> None:
    assert catalogue_for(catalogues, "罚").name == "traffic"
    assert catalogue_for(catalogues, "执").name == "court"
    assert next(iter(catalogues)) == "court"


def test_conditions(court: Catalogue) -> None:
    def codes(has_property: bool | None, non_litigation: bool) -> set[str]:
        rules = court.nodes_for("执", has_property=has_property, non_litigation=non_litigation)
        return {rule.code for rule in rules} & {"N37", "N37F"}

    assert codes(None, False) == {"N37"}
    assert codes(True, False) == {"N37"}
    assert codes(False, False) == set()
    assert codes(None, True) == {"N37F"}


HEAD = (
    '[catalogue]\nname = "court"\n[[event]]\ncode = "a"\nname = "甲"\n'
    '[[event]]\ncode = "b"\nname = "乙"\n'
)
GROUND = (
    '[[ground]]\ncode="g"\nname="由"\narticle="x"\nsource="x"\n'
    'confidence="confirmed"\nnodes=["X9"]\n'
)
NODE = '[[node]]\ncode = "X1"\nname = "节点"\nstart = ["a"]\ndone = ["b"]\nbasis = "某条"\n'
LIMIT = (
    '[[node.limit]]\nversion = "1"\nvalid_from = 2017-01-01\nunit = "day"\namount = 3\n'
    'article = "某条"\nsource = "某法"\nconfidence = "confirmed"\n'
)
LATER = LIMIT.replace('"1"', '"2"').replace("2017-01-01", "2018-01-01")


@pytest.mark.parametrize(
    ("text", "rule", "field", "reason"),
    [
        (HEAD + NODE.replace('["a"]', '["c"]') + LIMIT, "node[X1]", "start", "未在"),
        (HEAD + NODE.replace('["b"]', "[]") + LIMIT, "node[X1]", "done", "至少"),
        (HEAD + NODE + LIMIT.replace("3", '"三"'), "node[X1] limit[1]", "amount", "整数"),
        (
            HEAD + NODE + LIMIT.replace("amount = 3", "amount = 0"),
            "node[X1] limit[1]",
            "amount",
            "之间",
        ),
        (HEAD + NODE + LIMIT.replace('"day"', '"week"'), "node[X1] limit[1]", "unit", "week"),
        (
            HEAD + NODE + LIMIT.replace("2017-01-01", '"2017-2-30"'),
            "node[X1] limit[1]",
            "valid_from",
            "日期",
        ),
        (
            HEAD + NODE + LIMIT.replace('"confirmed"', '"sure"'),
            "node[X1] limit[1]",
            "confidence",
            "sure",
        ),
        (HEAD + NODE + LIMIT + "rol = true\n", "node[X1] limit[1]", "rol", "不认识"),
        (HEAD + NODE + LIMIT + LATER, "node[X1]", "limit", "重叠"),
        (HEAD + NODE + LIMIT + LIMIT, "node[X1]", "limit", "重复"),
        (HEAD + NODE + LIMIT + NODE + LIMIT, "node[X1]", "code", "重复"),
        (HEAD + NODE + 'condition = ["rich"]\n' + LIMIT, "node[X1]", "condition", "rich"),
        (HEAD + NODE.replace("start", "# start") + LIMIT, "node[X1]", "start", "起点"),
        (HEAD + NODE + LIMIT + "valid_to = 2016-01-01\n", "node[X1] limit[1]", "valid_to", "早于"),
        (
            HEAD + NODE + LIMIT.replace('"day"', '"hour"') + "roll = true\n",
            "node[X1] limit[1]",
            "roll",
            "不顺延",
        ),
        (
            HEAD + NODE + LIMIT + GROUND,
            "ground[g]",
            "nodes",
            "X9",
        ),
        ('[[event]]\ncode = "a"\nname = "甲"\n', "", "catalogue", "须有"),
        ("[catalogue\n", "文件", "格式", "TOML"),
    ],
)
def test_validator_errors(tmp_path: Path, text: str, rule: str, field: str, reason: str) -> None:
    path = tmp_path / "local.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_catalogue(path)
    found = [p for p in caught.value.problems if (p.rule, p.field) == (rule, field)]
    assert found, caught.value.problems
    assert any(reason in problem.reason for problem in found), found
    assert "local.toml" in str(caught.value)


def test_all_mistakes_come_in_one_pass(tmp_path: Path) -> None:
    text = HEAD + NODE.replace('["a"]', '["c"]') + LIMIT.replace('"day"', '"week"') + "x = 1\n"
    (tmp_path / "one.toml").write_text(text, encoding="utf-8")
    (tmp_path / "two.toml").write_text("[catalogue\n", encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_catalogues(tmp_path, tmp_path / "two.toml")
    assert len(caught.value.problems) >= 4
    assert {problem.file for problem in caught.value.problems} == {"one.toml", "two.toml"}


def test_a_local_rule_is_one_more_dated_version(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    path.write_text(
        '[catalogue]\nname = "court"\n[[limit]]\nnode = "N11"\nversion = "2017"\n'
        'valid_from = 2017-01-01\nvalid_to = 2018-12-31\nunit = "day"\namount = 10\n'
        'article = "原规定"\nsource = "本院"\nconfidence = "confirmed"\n'
        '[[limit]]\nnode = "N11"\nversion = "2019"\nvalid_from = 2019-01-01\n'
        'unit = "workday"\namount = 10\narticle = "新规定"\nsource = "本院"\n'
        'confidence = "confirmed"\n',
        encoding="utf-8",
    )
    rule = load_catalogues(None, path)["court"].nodes["N11"]
    old, new = rule.limit_on(date(2018, 6, 1)), rule.limit_on(date(2019, 6, 1))
    assert old is not None
    assert new is not None
    assert (old.unit, new.unit) == (Unit.DAY, Unit.WORKDAY)
