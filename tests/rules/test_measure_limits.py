"""Fines, detention and questioning within the law of the day, refused with its article (S5)."""

from datetime import date
from pathlib import Path

import pytest

from desktop.rules.measure_limits import check_measure, load_measure_limits
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path

NOW = date(2026, 11, 23)
OLD = date(2017, 6, 1)
YUAN = 100

CASES: list[tuple[str, str, date, dict[str, int], str | None]] = [
    ("detention_decision", "natural", NOW, {"days": 15}, None),
    ("detention_decision", "natural", NOW, {"days": 1}, None),
    ("detention_decision", "natural", NOW, {"days": 16}, "民诉法第118条"),
    ("detention_decision", "natural", NOW, {"days": 0}, "15日以下"),
    ("detention_decision", "natural", OLD, {"days": 16}, "民诉法（2017）第115条"),
    ("detention_decision", "natural", date(2022, 1, 1), {"days": 16}, "第118条〔未核实〕"),
    ("detention_decision", "enterprise", NOW, {"days": 5}, "对单位不能采取拘留"),
    ("fine_decision", "natural", NOW, {"amount_fen": 100_000 * YUAN}, None),
    ("fine_decision", "natural", NOW, {"amount_fen": 100_000 * YUAN + 1}, "100,000.01元"),
    ("fine_decision", "natural", NOW, {"amount_fen": 1}, None),
    ("fine_decision", "natural", NOW, {"amount_fen": 0}, "对个人罚款应为100,000元以下"),
    ("fine_decision", "natural", NOW, {"amount_fen": -1}, "对个人罚款"),
    ("fine_decision", "enterprise", NOW, {"amount_fen": 50_000 * YUAN}, None),
    ("fine_decision", "other", NOW, {"amount_fen": 50_000 * YUAN - 1}, "50,000元以上"),
    ("fine_decision", "enterprise", NOW, {"amount_fen": 1_000_000 * YUAN}, None),
    ("fine_decision", "enterprise", OLD, {"amount_fen": 1_000_000 * YUAN + 1}, "第115条"),
    ("fine_decision", "natural", NOW, {"days": 3}, "罚款须写明金额"),
    ("detention_decision", "natural", NOW, {}, "拘留须写明时长"),
    ("summons", "natural", NOW, {"hours": 8}, None),
    ("summons", "natural", NOW, {"hours": 9}, "民诉法解释第482条"),
    ("fine_decision", "natural", date(2012, 12, 31), {"amount_fen": 1}, "没有 2012-12-31 适用"),
    ("notice", "natural", NOW, {"days": 99}, None),
]


@pytest.mark.parametrize(
    ("document", "kind", "day", "figure", "words"), CASES, ids=[f"{n}" for n in range(len(CASES))]
)
def test_a_measure_beyond_the_law_is_refused_with_its_article(
    document: str, kind: str, day: date, figure: dict[str, int], words: str | None
) -> None:
    found = check_measure(document, kind, day, **figure)  # type: ignore[arg-type]
    if words is None:
        assert found is None
    else:
        assert found is not None
        assert words in found
        assert found.endswith("。")


def test_questioning_lasts_longer_where_detention_may_follow() -> None:
    assert check_measure("summons", "natural", NOW, hours=24, grave=True) is None
    assert "24小时" in str(check_measure("summons", "natural", NOW, hours=25, grave=True))


def test_every_limit_has_its_source() -> None:
    for limit in load_measure_limits():
        assert limit.article
        assert limit.source
        assert limit.least <= limit.most


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("valid_from = 2024-01-01", "valid_from = 2023-06-01", "效力期间重叠"),
        ("most = 15\n", "most = 0\n", "应在"),
        ('unit = "day"', 'unit = "week"', "不在允许的取值之内"),
        ("least = 1\n", "leest = 1\n", "不认识的字段"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = resource_path("law/measure_limits.toml").read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / "measure_limits.toml"
    place.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_measure_limits(place)
    assert words in str(caught.value)
