"""Profiles: the shipped ones are sound, a faulty one names all its faults at once."""

from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.headers import bind
from desktop.importing.profile import ProfileError, header_unit, normalise_header
from desktop.importing.profile_files import load_profile, shipped_profiles, shipped_titles


def test_shipped_profiles_are_sound() -> None:
    assert set(shipped_profiles()) == {"branch_cases", "branch_events", "traffic_fines"}
    for name in shipped_profiles():
        profile = load_profile(name)
        assert profile.name == name
        assert shipped_titles()[name] == profile.title
        names = [alias for column in profile.columns for alias in column.names()]
        assert len(names) == len(set(names)), "one header would feed two fields"


def test_every_fault_is_named_with_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        """
target = "case"
colour = "red"
key = ["nothing"]
people = "maybe"
[[column]]
header = "案号"
field = "number"
type = "case-number"
[[column]]
header = "甲"
[[column]]
header = "乙"
event = "no_such_event"
sort = 1
[[column]]
header = "方式"
field = "close_mode"
type = "choice"
not_before = "filed_on"
[[column]]
header = "又一个案号"
field = "number"
""",
        encoding="utf-8",
    )
    with pytest.raises(ProfileError) as caught:
        load_profile(str(path))
    places = {problem.place for problem in caught.value.problems}
    assert {problem.file for problem in caught.value.problems} == {"bad.toml"}
    assert places >= {
        "colour",
        "target",
        "people",
        "key",
        "column[1].type",
        "column[2]",
        "column[3].event",
        "column[3].sort",
        "column[4].choices",
        "column“方式”.not_before",
        "column“又一个案号”",
        "column",
    }


def test_unknown_profile_and_broken_toml(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="branch_cases"):
        load_profile("nobody")
    path = tmp_path / "broken.toml"
    path.write_text("name = ", encoding="utf-8")
    with pytest.raises(ProfileError, match="语法错误"):
        load_profile(str(path))


def test_headers_are_compared_without_width_marks_and_units() -> None:
    assert normalise_header(" 申请标的额（元）* ") == "申请标的额"
    assert normalise_header("申请标的额(含利息)") == "申请标的额(含利息)"
    assert header_unit("申请标的额（单位：万元）") == 1_000_000
    assert header_unit("申请标的额") is None


def test_a_mapping_by_hand() -> None:
    profile = load_profile("branch_cases")
    mapped = profile.remapped({"编号": "number", "结案日期": "", "某日": "event:served"})
    binding = bind(mapped, ["编号", "立案日期", "结案日期", "某日"])
    targets = {item.header: item.column.target for item in binding.bound}
    assert targets == {"编号": "number", "立案日期": "filed_on", "某日": "event:served"}
    assert binding.missing == ()
    assert bind(profile.remapped({"案号": ""}), ["案号", "立案日期"]).missing[0].target == "number"
