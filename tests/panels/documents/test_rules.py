"""Tracked changes and other words of the panel, without Qt and without a store."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.panels.documents.canned import canned, load_canned
from desktop.panels.documents.rules import Span, attempts_lack, names_words, tracked
from desktop.rules.rule_files import RuleFileError

WORDS = st.text(alphabet="案款清理一二12。，\nab", max_size=60)


@given(WORDS, WORDS)
def test_tracked_changes_give_both_texts_back(before: str, after: str) -> None:
    spans = tracked(before, after)
    assert "".join(one.text for one in spans if one.mark != "added") == before
    assert "".join(one.text for one in spans if one.mark != "removed") == after
    assert all(one.text for one in spans)
    assert all(a.mark != b.mark for a, b in pairwise(spans))


@given(st.lists(st.text(alphabet="案款清理12", max_size=300), max_size=40), st.data())
def test_long_texts_are_told_by_lines(lines: list[str], data: st.DataObject) -> None:
    before = "\n".join(["开头" * 600, *lines])
    kept = data.draw(st.lists(st.sampled_from(["x", *lines]), max_size=40))
    after = "\n".join(["开头" * 600, *kept])
    spans = tracked(before, after)
    assert "".join(one.text for one in spans if one.mark != "added") == before
    assert "".join(one.text for one in spans if one.mark != "removed") == after


def test_a_number_changes_as_a_whole() -> None:
    assert tracked("超过30日的", "超过20日的") == (
        Span("same", "超过"),
        Span("removed", "30"),
        Span("added", "20"),
        Span("same", "日的"),
    )
    assert tracked("同", "同") == (Span("same", "同"),)


def test_what_an_announcement_lacks_is_named() -> None:
    assert attempts_lack(("direct", "mail"), frozenset(("direct", "mail"))) == ""
    said = attempts_lack(("direct", "mail"), frozenset(("direct",)))
    assert "邮寄送达" in said
    assert "直接送达" not in said


def test_many_names_are_counted() -> None:
    assert names_words(["甲", "乙", "丙"]) == "甲、乙、丙"
    assert names_words(["甲", "乙", "丙", "丁"]) == "甲、乙、丙等4人"


def test_shipped_words_fit_their_templates(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert canned().notes["return"]
    assert canned().proposals["execution_notice"]["days"] == "10"
    path = tmp_path / "canned.toml"
    path.write_text('[[proposal]]\nkind = "notice"\nfields = { nothing = "1" }\n', "utf-8")
    with pytest.raises(RuleFileError, match="nothing"):
        load_canned(path)
