"""The frame's parts by themselves: layouts as text, matching, crash reports, settings."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.settings import SETTINGS, DeviceSettings, default
from desktop.shell.crash import CrashReporter, report_text
from desktop.shell.layout import BadLayoutError, SavedLayout, decode, encode
from desktop.shell.matching import NO_MATCH, initials, pinyin, rank


@given(
    st.dictionaries(
        st.sampled_from(["duty", "meeting", "print"]),
        st.builds(SavedLayout, st.binary(max_size=200), st.tuples(st.text(), st.text())),
    )
)
def test_a_layout_survives_as_text(layouts: dict[str, SavedLayout]) -> None:
    assert decode(encode(layouts)) == layouts


@given(st.text(), st.integers(0, 400), st.characters())
def test_no_text_breaks_the_decoder(text: str, place: int, char: str) -> None:
    whole = encode({"duty": SavedLayout(b"state", ("a",))})
    hurt = whole[:place] + char + whole[place + 1 :]
    for candidate in (text, hurt, whole[:place]):
        try:
            found = decode(candidate)
        except BadLayoutError:
            continue
        for saved in found.values():
            assert saved.state == b"state"


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("流程", "流程监控", 0),
        ("监控", "流程监控", 1),
        ("lcjk", "流程监控", 2),
        ("liucheng", "流程监控", 3),
        ("LiuCheng JianKong", "流程监控", 3),
        ("jk", "流程监控", 4),
        ("2026豫03执123", "（2026）豫03执123号", 0),
        ("(2026)豫03执123号", "（2026）豫03执123号", 0),
        ("２０２６豫", "（2026）豫03执123号", 0),
        ("流程监空", "流程监控", 5),
        ("流监控", "流程监控", 5),
        ("财产", "流程监控", NO_MATCH),
        ("xy", "流程监控", NO_MATCH),
        ("", "流程监控", 0),
    ],
)
def test_matching(query: str, text: str, expected: int) -> None:
    assert rank(query, text) == expected


def test_pinyin_keeps_what_is_not_chinese() -> None:
    assert pinyin("执行A1") == "zhixinga1"
    assert initials("执行A1") == "zxa1"


def test_a_crash_report_holds_no_personal_data(tmp_path: Path) -> None:
    def fail(name: str) -> None:
        raise ValueError(f"{name} 41030319700101")

    try:
        try:
            fail("柳明川")
        except ValueError as inner:
            raise RuntimeError("柳明川") from inner
    except RuntimeError as fault:
        caught = fault
    text = report_text(caught)
    assert "柳" not in text
    assert "4103" not in text
    assert str(Path.home()) not in text
    assert "builtins.RuntimeError" in text
    assert "builtins.ValueError" in text
    assert "in fail" in text
    path = CrashReporter(tmp_path / "reports").record(caught)
    assert path is not None
    assert "in fail" in path.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_raises_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert CrashReporter(blocked).record(ValueError()) is None


def test_reports_of_many_threads_do_not_overwrite_each_other(tmp_path: Path) -> None:
    reporter = CrashReporter(tmp_path)
    threads = [
        threading.Thread(target=lambda: [reporter.record(ValueError()) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.glob("report-*.txt"))) == 40


def test_every_setting_accepts_its_default() -> None:
    assert all(row.accepts(row.default) for row in SETTINGS)
    assert len({row.key for row in SETTINGS}) == len(SETTINGS)
    assert default("panel.own") == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"theme": 3}', '{"theme": "pink"}', "\x00"])
def test_a_broken_settings_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(text, encoding="utf-8")
    device = DeviceSettings(path)
    assert device.get("theme") == "dark"
    assert device.set("theme", "light")
    assert DeviceSettings(path).get("theme") == "light"


def test_a_setting_refuses_a_wrong_value(tmp_path: Path) -> None:
    device = DeviceSettings(tmp_path / "window.json")
    for key, value in (("theme", "pink"), ("text_size", "99"), ("layout_locked", "yes")):
        with pytest.raises(ValueError, match=key):
            device.set(key, value)
