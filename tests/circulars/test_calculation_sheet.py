"""Sheets of the calculators: what stands on paper recounts to the result, page by page."""

import re
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pdfplumber
import pypdf
import pytest

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.calculation_sheet import write_calculation_sheet
from desktop.circulars.calculation_words import distribution_sheet, fee_sheet, interest_sheet
from desktop.errors import UserError
from desktop.rules.calendar import load_calendars
from desktop.rules.catalogue import load_catalogues
from desktop.rules.debt import Debt, GeneralRate, Instalment, Payment, Suspension
from desktop.rules.distribution import Claim, Cost, Pool, distribute, strike
from desktop.rules.distribution_law import plan_law_on
from desktop.rules.distribution_wait import waits
from desktop.rules.fees import fee
from desktop.rules.interest import interest
from desktop.rules.money import half_up
from tests.circulars.test_typefaces import NOWHERE

NOW = date(2026, 11, 29)
AT = datetime.fromisoformat("2026-11-29T09:30")


def day(text: str) -> date:
    return date.fromisoformat(text)


DEBT = Debt(
    (Instalment(10_000_000, day("2013-01-01")), Instalment(5_000_000, day("2014-06-01"))),
    (Payment(day("2013-05-01"), 3_000_000), Payment(day("2014-12-10"), 5_000_000)),
    (
        Suspension(day("2014-07-01"), day("2014-09-10"), False),
        Suspension(day("2015-01-01"), day("2015-03-10"), True),
    ),
    (GeneralRate(Fraction("0.06"), "year", "actual", day("2012-11-01"), day("2016-05-01")),),
    day("2016-07-10"),
)


def lines(path: Path) -> list[str]:
    """All lines of all pages, as pdfplumber reads them."""
    with pdfplumber.open(path) as pdf:
        return [line for page in pdf.pages for line in (page.extract_text() or "").splitlines()]


def value(formula: str) -> Fraction:
    """What a clerk gets for 0.06×(61÷366＋120÷365)."""
    if "(" in formula:
        factor, inside = formula.removesuffix(")").split("×(")
        return Fraction(factor) * sum((value(part) for part in inside.split("＋")), Fraction(0))
    found = Fraction(1)
    for sign, number in re.findall(r"([×÷]?)([0-9.]+)", formula):
        found = found / Fraction(number) if sign == "÷" else found * Fraction(number)
    return found


def fen(text: str) -> Fraction:
    return Fraction(text.replace(",", "")) * 100


def balance_rows(path: Path) -> list[tuple[str, date, date, int, Fraction, str, Fraction]]:
    """The lines of the running balance: item, from, to, days, balance, formula, product in fen."""
    found = []
    read = lines(path)
    shape = (
        r"\d+ (一般利息|加倍部分) (\d{4}-\d\d-\d\d) (\d{4}-\d\d-\d\d) (\d+) ([\d,]+\.\d\d) "
        r"([0-9.×÷＋()]+) (\d+\.\d+)"
    )
    for place, line in enumerate(read):
        match = re.fullmatch(shape, line)
        if match is None:
            continue
        item, first, last, days, balance, formula, product = match.groups()
        following = iter(read[place + 1 :])
        while formula.count("(") > formula.count(")"):
            formula += next(following)
        row = (item, day(first), day(last), int(days), fen(balance), formula, fen(product))
        found.append(row)
    return found


def test_an_interest_can_be_recounted_from_its_paper_alone(tmp_path: Path) -> None:
    found = interest(DEBT)
    path = write_calculation_sheet(interest_sheet(found, AT), tmp_path / "i.pdf")
    rows = balance_rows(path)
    assert len(rows) == 8
    for item, first, last, days, balance, formula, product in rows:
        assert (last - first).days == days
        # To the eighth decimal; to the fen where a payment cleared debt and interest together.
        near = 1 if (item, last) == ("加倍部分", day("2013-05-01")) else Fraction(1, 10**6)
        assert abs(balance * value(formula) - product) <= near, formula
    for item, total in (
        ("一般利息", found.totals.general_fen),
        ("加倍部分", found.totals.doubled_fen),
    ):
        assert half_up(sum((row[-1] for row in rows if row[0] == item), Fraction(0))) == total
    text = "".join(lines(path))
    for words in ("27,533.92", "23,879.48", "51,413.40", "87,496.86", "〔未核实〕", "复核人"):
        assert words in text
    assert "不计期间 2014-07-31 2014-09-10 41" in text
    # The recount by parts ends with the same two sums.
    assert text.count("23879.47609027") == text.count("27533.92129933") == 2


def test_a_distribution_can_be_recounted_from_its_paper_alone(tmp_path: Path) -> None:
    pool = Pool(
        10_000_000,
        "natural",
        (Cost("申请执行费", 140_000),),
        (
            Claim("银行", "secured", 3_000_000),
            *(Claim(f"债权{place:02d}", "ordinary", 100_000 + 777 * place) for place in range(99)),
        ),
    )
    law = plan_law_on("natural", NOW)
    found = distribute(pool, law)
    after = waits(
        *(law, NOW, next(iter(load_catalogues().values())), [date(2026, 9, 28)]),
        load_calendars().of("court"),
    )
    changes = strike(pool, ["债权03"], law)
    path = write_calculation_sheet(
        distribution_sheet(found, after, changes, AT), tmp_path / "d.pdf"
    )
    shape = r"\d+ (债权\d\d) ([\d,]+\.\d\d) (\d+\.\d+) (?:(0\.01) )?([\d,]+\.\d\d) ([\d,]+\.\d\d)"
    rows = [match.groups() for line in lines(path) if (match := re.fullmatch(shape, line))]
    assert len(rows) == 99  # over several pages
    claimed, available = sum(fen(row[1]) for row in rows), 10_000_000 - 140_000 - 3_000_000
    for name, claim, quota, extra, got, short in rows:
        exact = available * fen(claim) / claimed
        assert 0 <= exact - fen(quota) < Fraction(1, 10**5)
        assert fen(got) == int(exact) + (1 if extra else 0)
        assert fen(got) + fen(short) == fen(claim)
        assert fen(got) == found.allocations()[name]
    assert sum(fen(row[4]) for row in rows) == available
    rest = sorted((available * fen(row[1]) / claimed % 1 for row in rows), reverse=True)
    lucky = [available * fen(row[1]) / claimed % 1 for row in rows if row[3]]
    assert sorted(lucky, reverse=True) == rest[: len(lucky)]
    text = "".join("".join(lines(path)).split())
    assert "参与分配方案异议15日2026-10-13民诉法解释第509条" in text
    gone = f"{found.allocations()['债权03'] / 100:.2f}"
    assert f"债权03{gone}已剔除-{gone}" in text
    assert "＝100,000.00元" in text


def test_a_fee_sheet_shows_every_bracket(tmp_path: Path) -> None:
    sheet = fee_sheet(fee("execution", 234_567_890, NOW), AT)
    text = "".join("".join(lines(write_calculation_sheet(sheet, tmp_path / "f.pdf"))).split())
    for words in ("申请执行费：25,856.79元", "490,000.00", "1.5%", "7350.00", "18456.789"):
        assert words in text
    capped = fee_sheet(fee("preservation", 10**10, NOW), AT)
    assert "最高限额" in "".join(lines(write_calculation_sheet(capped, tmp_path / "p.pdf")))


def test_equal_content_gives_equal_bytes_in_embedded_fonts(tmp_path: Path) -> None:
    sheets = [interest_sheet(interest(DEBT), AT), interest_sheet(interest(DEBT), AT)]
    one, two = (
        write_calculation_sheet(sheet, tmp_path / f"{place}.pdf").read_bytes()
        for place, sheet in enumerate(sheets)
    )
    assert one == two
    for page in pypdf.PdfReader(tmp_path / "0.pdf").pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"].get_object()


def test_a_character_without_a_font_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    pool = Pool(1, "natural", (), (Claim(f"甲{NOWHERE}", "ordinary", 1),))
    sheet = distribution_sheet(distribute(pool, plan_law_on("natural", NOW)), printed_at=AT)
    with pytest.raises(UserError, match=r"U\+10FFFD"):
        write_calculation_sheet(sheet, tmp_path / "n.pdf")
    assert not list(tmp_path.iterdir())


def test_an_empty_plan_and_a_long_name_still_make_a_sheet(tmp_path: Path) -> None:
    empty = Pool(100, "enterprise", (), (Claim("长" * 200, "ordinary", 0, 1),))
    sheet = distribution_sheet(distribute(empty, plan_law_on("enterprise", NOW)), printed_at=AT)
    assert isinstance(sheet, CalculationSheet)
    text = "".join(lines(write_calculation_sheet(sheet, tmp_path / "e.pdf")))
    assert "剩余 1.00 元" in text
    assert text.count("长") == 200
