"""Case numbers as they are typed at the window, and the office's own words."""

from datetime import date
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.petitions.case_finding import Typed, find_cases, typed_number
from desktop.petitions.phrases import STEPS, phrases, read_phrases
from tests.panels.real_city import RealCity, real_city


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("（2026）豫0381执2962号", Typed(whole="（2026）豫0381执2962号")),
        ("(2026)豫0381执2962号", Typed(whole="（2026）豫0381执2962号")),
        ("2962", Typed(serial=2962)),
        ("２９６２号", Typed(serial=2962)),
        ("执2962", Typed(middle="执", serial=2962)),
        ("2026-2962", Typed(year=2026, serial=2962)),
        ("2026执2962", Typed(year=2026, middle="执", serial=2962)),
        ("2026豫0381执2962号", Typed(year=2026, middle="豫0381执", serial=2962)),
        ("20262962", Typed(serial=20262962)),
        ("云杉商贸", Typed(middle="云杉商贸")),
        ("", Typed()),
    ],
)
def test_what_is_typed_is_read(text: str, typed: Typed) -> None:
    assert typed_number(text) == typed


@pytest.mark.parametrize(
    "text",
    [*("（2026）豫0381执2962号", "2962", "执2962", "2026-2962", "豫0381执2962", "云杉")],
)
def test_every_form_finds_the_case(text: str, tmp_path: Path) -> None:
    city = real_city(tmp_path)
    with city.context.engine.connect() as connection:
        (found,) = find_cases(connection, text, city.court)
        assert found.case_id == city.late_case
        assert found.parties == "云杉商贸有限公司"
        assert found.handler == "顾长风"
        assert find_cases(connection, text + "9") == []
        assert find_cases(connection, "%") == find_cases(connection, "") == []


def test_the_own_court_stands_first(tmp_path: Path) -> None:
    city: RealCity = real_city(tmp_path)
    twin = city.put(
        "case",
        number="（2026）豫0382执2962号",
        court_id=city.other_court,
        year=2026,
        type_word="执",
        serial=2962,
        filed_on="2026-09-01",
    )
    with city.context.engine.connect() as connection:
        for court, first in ((city.court, city.late_case), (city.other_court, twin)):
            hits = find_cases(connection, "2962", court)
            assert hits[0].case_id == first
            assert len(hits) == 2


def test_the_shipped_words_cover_every_step() -> None:
    today = date(2026, 11, 29)
    kept = phrases()
    assert kept.receipt.telephone
    assert kept.checklist_for("reception", today)
    assert all("{day}" in text for text in kept.answers_for("promise", today))
    assert {row.step for row in kept.answers} <= STEPS
    assert kept.answers_for("promise", date(2020, 1, 1)) == ()


RECEIPT = '[receipt]\nissuer="a"\ntitle="b"\ntelephone="1"\nhours="c"\nnotice=["d"]\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[receipt", "TOML"),
        ('[receipt]\nissuer="a"\n', "title"),
        (RECEIPT + '[[phrase]]\nstep="tea"\nvalid_from=2026-01-01\ntexts=[]\n', "tea"),
        (RECEIPT + '[[phrase]]\nstep="tell"\nvalid_from="now"\ntexts=[]\n', "日期"),
    ],
)
def test_a_wrong_file_is_explained(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "phrases.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=why):
        read_phrases(path)
    path.write_text(RECEIPT, encoding="utf-8")
    assert read_phrases(path).receipt.issuer == "a"
