"""Templates as data, and what is put into them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from desktop.circulars.official import Paragraph, Sheet
from desktop.documents.drafts import fingerprint
from desktop.documents.filling import check_fields, fill, paragraphs, yuan_words
from desktop.documents.kinds import kinds, load_kinds
from desktop.errors import UserError
from desktop.rules.rule_files import RuleFileError
from desktop.rules.signing_files import load_signing
from storage.schema.documents import COERCIVE

DAY = date(2026, 11, 23)
FACTS = {
    "organ": "某市中级人民法院",
    "centre": "某市中级人民法院执行指挥中心",
    "today": "2026年11月23日",
    "case_number": "（2026）豫99执1号",
    "court": "甲院",
    "handler": "乙某",
    "basis_no": "（2025）豫99民初8号民事判决书",
    "claim": "1,000.00元",
    "applicants": "丙公司",
    "debtors": "丁某",
    "bench": "审判长　戊\n审判员　己\n审判员　庚",
}
GOOD = {
    "line": "某事",
    "text": "一、某事。\n二、某事",
    "day": "2026-12-01",
    "number": "3",
    "money": "50000",
}


def good(code: str) -> dict[str, str]:
    return {field.key: GOOD[field.type] for field in kinds().kind(code).template_on(DAY).fields}


TEMPLATED = [code for code, kind in kinds().by_code.items() if kind.templates]


@pytest.mark.parametrize("code", TEMPLATED)
def test_every_shipped_template_can_be_filled(code: str) -> None:
    filled = fill(kinds().kind(code).template_on(DAY), good(code), FACTS)
    assert filled.title
    assert filled.body
    printed = str(filled)
    assert "{" not in printed.replace("{}", "")
    for value in good(code).values():
        shown = value.splitlines()[0]
        assert shown in printed or shown in ("2026-12-01", "50000"), value


def test_every_kind_is_in_the_signing_matrix_and_coercive_ones_alike() -> None:
    law = load_signing().on(DAY)
    assert set(kinds().by_code) <= set(law)
    assert {code for code, one in law.items() if one.coercive} == set(COERCIVE)


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"days": "0"}, ["“拘留日数”应在 1 与 15 之间，现为 0。"]),
        ({"days": "16"}, ["“拘留日数”应在 1 与 15 之间，现为 16。"]),
        ({"days": "十"}, ["“拘留日数”应为整数，现为“十”。"]),
        ({"days": "١٥"}, ["“拘留日数”应为整数，现为“١٥”。"]),
        ({"person": " ", "facts": ""}, ["“被拘留人”须填写。", "“查明的行为”须填写。"]),
        ({"person": "甲\n乙"}, ["“被拘留人”只能写一行。"]),
        ({"person": "甲" * 41}, ["“被拘留人”不得超过 40 字，现为 41 字。"]),
        ({"nobody": "甲"}, ["“nobody”不是这份模板的字段。"]),
    ],
)
def test_what_is_wrong_is_told_at_once(values: dict[str, str], sentences: list[str]) -> None:
    template = kinds().kind("detention_decision").template_on(DAY)
    given_ = good("detention_decision") | values
    assert check_fields(template, given_) == sentences
    with pytest.raises(UserError) as told:
        fill(template, given_, FACTS)
    assert str(told.value).splitlines() == sentences


def test_a_word_the_case_has_not_is_named() -> None:
    template = kinds().kind("announcement").template_on(DAY)
    less = {key: value for key, value in FACTS.items() if key != "debtors"}
    with pytest.raises(UserError, match="debtors"):
        fill(template, good("announcement"), less)


def test_braces_in_typed_words_are_words() -> None:
    template = kinds().kind("notice").template_on(DAY)
    filled = fill(template, good("notice") | {"body": "见{court}及{0}"}, FACTS)
    assert Paragraph("见{court}及{0}") in filled.body


def test_a_numbered_duty_is_body_and_no_head() -> None:
    text = (
        "一、向申请执行人支付100元；\n二、负担本案执行费。\n三、清理范围。截至今日的案款。\n"
        "（一）余额。逐案核对。\n（二）逐案核对余额并注明原因，\n四、要求"
    )
    assert [one.level for one in paragraphs(text)] == [0, 0, 1, 2, 0, 1]


def test_numbering_makes_levels() -> None:
    text = "一、甲\n（二）乙\n3. 丙\n（4）丁\n戊\n\n  \n十一、己"
    assert [one.level for one in paragraphs(text)] == [1, 2, 3, 4, 0, 1]


def test_the_form_of_property_is_a_table_with_numbers() -> None:
    template = kinds().kind("property_form").template_on(DAY)
    assert template.sheet is not None
    filled = fill(template, {}, FACTS)
    (sheet,) = [one for one in filled.body if isinstance(one, Sheet)]
    words = [(str(n), word) for n, word in enumerate(template.sheet.rows, start=1)]
    assert [row[:2] for row in sheet.rows] == words
    assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


@given(st.integers(0, 10**13))
def test_amounts_are_exact(fen: int) -> None:
    words = yuan_words(fen)
    assert int(words.removesuffix("元").replace(",", "").replace(".", "")) == fen


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_fingerprints_tell_words_apart(first: dict[str, str], second: dict[str, str]) -> None:
    same = fingerprint("k", "t@1", "题", first) == fingerprint("k", "t@1", "题", second)
    assert same == (first == second)
    backwards = dict(reversed(list(first.items())))
    assert fingerprint("k", "t@1", "题", backwards) == fingerprint("k", "t@1", "题", first)


def test_a_wrong_file_names_every_mistake(tmp_path: Path) -> None:
    text = resources.path("documents/templates.toml").read_text("utf-8")
    wrong = text.replace('type = "day"', 'type = "dya"', 1).replace(
        'form = "letter"', 'form = "x"', 1
    )
    path = tmp_path / "templates.toml"
    path.write_text(wrong + '\n[[kind]]\ncode = "x"\nbogus = 1\n', "utf-8")
    with pytest.raises(RuleFileError) as told:
        load_kinds(path)
    fields = {problem.field for problem in told.value.problems}
    assert {"type", "form", "name", "series", "bogus"} <= fields


def test_an_older_template_is_found_again_and_a_lost_one_is_told() -> None:
    assert kinds().template("notice@2026").version == "2026"
    with pytest.raises(UserError, match="notice@1999"):
        kinds().template("notice@1999")
    with pytest.raises(UserError, match="没有有效的模板"):
        kinds().kind("notice").template_on(date(1999, 1, 1))
