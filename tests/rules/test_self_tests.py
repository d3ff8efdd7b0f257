"""What passes a self-test, what does not, and what cannot be measured."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.rules.rule_files import RuleFileError
from desktop.rules.self_tests import (
    Audio,
    Device,
    Line,
    Link,
    Measured,
    SelfTestSheet,
    Storage,
    Verdict,
    conclusion,
    judge,
    load_self_test_law,
    read_sheet,
)

DAY = date(2026, 11, 29)
LIMITS = load_self_test_law().on(DAY)
GOOD = Measured(
    Link((20.0, 30.0, 40.0), 0, -150.0),
    Audio(("麦克风",), ("扬声器",)),
    Storage(50_000_000_000, 90e6),
    (Device("k1", "记录仪", "ZB-1", calibrate_by=DAY, has_feed=True, answer_ms=120.0, battery=80),),
)


def lines(measured: Measured) -> dict[str, Line]:
    return {one.key: one for one in judge(measured, LIMITS, DAY)}


def sheet(measured: Measured) -> SelfTestSheet:
    told = judge(measured, LIMITS, DAY)
    return SelfTestSheet("2026-11-29T08:30:00+08:00", "p", "周", "机", None, "", told)


def test_all_good_passes() -> None:
    assert sheet(GOOD).passed
    assert {one.verdict for one in judge(GOOD, LIMITS, DAY)} == {Verdict.PASS}
    assert lines(GOOD)["clock"].measured == "本机快 0.15 秒"


def device(**values: object) -> Measured:
    return replace(GOOD, devices=(replace(GOOD.devices[0], **values),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "key", "cause"),
    [
        (replace(GOOD, link=Link((20.0,), 1, 0.0)), "link", "2 次测试有 1 次无应答"),
        (replace(GOOD, link=Link((401.0,) * 3, 0, 0.0)), "delay", "往返时延 401 毫秒"),
        (replace(GOOD, link=Link((9.0, 9.0, 1501.0), 0, 0.0)), "delay", "最慢一次 1501 毫秒"),
        (replace(GOOD, link=Link((9.0,), 0, 2001.0)), "clock", "本机慢 2.00 秒"),
        (replace(GOOD, link=Link((9.0,), 0, -2001.0)), "clock", "本机快 2.00 秒"),
        (replace(GOOD, audio=Audio((), ("扬声器",))), "audio", "没有找到麦克风"),
        (replace(GOOD, audio=Audio()), "audio", "麦克风和扬声器"),
        (replace(GOOD, storage=Storage(2_047_999_999, 90e6)), "storage", "只有 2,047 MB"),
        (replace(GOOD, storage=Storage(9_000_000_000, 4.9e6)), "storage", "只有 4.9 MB/s"),
        (device(fault="镜头进水"), "device:k1", "镜头进水"),
        (device(retired=True), "device:k1", "已经报废"),
        (device(calibrate_by=date(2026, 11, 28)), "device:k1", "2026-11-28 到期"),
        (device(uncalibrated=True), "device:k1", "从未校准"),
        (device(answer_ms=None, silent="拒绝连接"), "device:k1", "没有应答（拒绝连接）"),
        (device(answer_ms=3001.0), "device:k1", "图像应答用了 3001 毫秒"),
        (device(battery=59), "device:k1", "电量只有 59%"),
    ],
)
def test_one_thing_wrong_fails_its_line_alone(measured: Measured, key: str, cause: str) -> None:
    found = lines(measured)
    assert found[key].verdict is Verdict.FAIL
    assert cause in found[key].cause
    assert [one.key for one in found.values() if one.verdict is not Verdict.PASS] == [key]
    assert not sheet(measured).passed
    assert conclusion(list(found.values())) == "未通过：1 项不通过"


@pytest.mark.parametrize(
    ("measured", "keys"),
    [
        (replace(GOOD, link=Link(why="未连接共享库")), ["link", "delay", "clock"]),
        (replace(GOOD, link=Link()), ["link", "delay", "clock"]),
        (replace(GOOD, audio=Audio(why="本机没有音频服务")), ["audio"]),
        (replace(GOOD, storage=Storage(why="文件夹不可写")), ["storage"]),
    ],
)
def test_what_cannot_be_measured_is_never_a_pass(measured: Measured, keys: list[str]) -> None:
    found = lines(measured)
    unmeasured = [one.key for one in found.values() if one.verdict is Verdict.UNMEASURED]
    assert unmeasured == keys
    assert all("无法测量" in found[key].cause for key in keys)
    assert not sheet(measured).passed


def test_every_answer_lost_is_a_failure_and_leaves_the_delay_open() -> None:
    found = lines(replace(GOOD, link=Link((), 8)))
    assert found["link"].verdict is Verdict.FAIL
    assert found["delay"].verdict is Verdict.UNMEASURED


def test_a_thing_of_which_little_is_known_says_so_and_passes() -> None:
    bare = replace(GOOD, devices=(Device("k2", "对讲机", "ZB-2"),))
    line = lines(bare)["device:k2"]
    assert line.verdict is Verdict.PASS
    assert line.measured == "无未修复的故障，未登记图像来源，电量未报"


def test_a_sheet_without_lines_does_not_pass() -> None:
    assert not SelfTestSheet("", "", "", "", None, "", ()).passed
    assert conclusion(()) == "未通过：没有测试"


def test_a_sheet_is_read_as_it_was_written() -> None:
    made = sheet(device(fault="镜头进水"))
    assert read_sheet(made.text()) == made
    assert read_sheet(made.text()).sha256() == made.sha256()
    for broken in ("", "[]", "{}", made.text().replace('"v":1', '"v":9')):
        with pytest.raises(UserError, match="无法读取"):
            read_sheet(broken)


def test_mistakes_of_the_file_are_named_together(tmp_path: Path) -> None:
    path = tmp_path / "self_test.toml"
    shipped = (Path("resources/law") / "self_test.toml").read_text("utf-8")
    doubled = (
        shipped + '\n[[limit]]\ncode = "battery"\nname = "二"\namount = -1\nunit = "percent"\n'
    )
    doubled += 'valid_from = 2020-01-01\nbasis = "甲"\nconfidence = "unconfirmed"\n'
    path.write_text(doubled.replace('code = "tries"', 'code = "trys"'), "utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_self_test_law(path)
    told = str(caught.value)
    for part in ("trys", "tries", "-1", "重叠"):
        assert part in told, part
    with pytest.raises(UserError, match="没有设备自检的这些限值"):
        load_self_test_law().on(date(2016, 12, 31))
