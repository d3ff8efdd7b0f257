"""What the workload plot says, as tables."""

import pytest

from desktop.panels.workload.rules import Load, closed_reading, load_reading
from desktop.rules.short_names import short_place


@pytest.mark.parametrize(
    ("loads", "sentence"),
    [
        ([], "没有在办案件。"),
        ([Load("第一执行团队", 0, 0)], "没有在办案件。"),
        (
            [
                Load("第一执行团队", 257, 39),
                Load("第二执行团队", 237, 52),
                Load("第三执行团队", 20, 3),
            ],
            "第二执行团队超期 52 件，居首；第一执行团队总负荷 257 件，为均值的 1.5 倍。",
        ),
        (
            [Load("第一执行团队", 100, 4), Load("第二执行团队", 98, 4)],
            "第一执行团队、第二执行团队超期各 4 件，并列居首；在办共 198 件，各家负荷大体均衡。",
        ),
        (
            [Load("第一执行团队", 1200, 0), Load("第二执行团队", 400, 0)],
            "均无超期案件；第一执行团队总负荷 1,200 件，为均值的 1.5 倍。",
        ),
        ([Load("云澹然", 30, 2)], "云澹然超期 2 件，居首；在办 30 件。"),
        (
            [Load(name, 10, 1) for name in "甲乙丙丁"],
            "甲、乙、丙等 4 个超期各 1 件，并列居首；在办共 40 件，各家负荷大体均衡。",
        ),
    ],
)
def test_load_reading(loads: list[Load], sentence: str) -> None:
    assert load_reading(loads) == sentence


def test_the_rest_leads_nothing() -> None:
    loads = [Load("云澹然", 30, 2), Load("陆子衿", 20, 5)]
    assert load_reading(loads, Load("其余", 200, 40)) == (
        "所示各家中，陆子衿超期 5 件，居首；云澹然负荷最重，30 件，其余合计 200 件。"
    )


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        ([], "所示各周没有结案。"),
        ([0, 0], "所示各周没有结案。"),
        ([12], "近 1 周结案 12 件，本周 12 件。"),
        ([10, 14], "近 2 周结案 24 件，本周 14 件，较上周多 4 件。"),
        ([1400, 10], "近 2 周结案 1,410 件，本周 10 件，较上周少 1,390 件。"),
        ([3, 3, 3], "近 3 周结案 9 件，本周 3 件，与上周持平。"),
    ],
)
def test_closed_reading(weeks: list[int], sentence: str) -> None:
    assert closed_reading(weeks) == sentence


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("第一执行团队", "一队"),
        ("第十二执行团队", "十二队"),
        ("执行裁决团队", "裁决"),
        ("网络查控组", "网络查控组"),
        ("云澹然", "云澹然"),
    ],
)
def test_short_place(name: str, short: str) -> None:
    assert short_place(name) == short
