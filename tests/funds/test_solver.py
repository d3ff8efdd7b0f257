"""Whose money it is: right nearly always when it speaks, silent where two cases fit alike."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection

from desktop.funds.case_words import Mention, known, mentions, slips
from desktop.funds.evidence import LineFacts
from desktop.funds.known import Index, load
from desktop.funds.names import one_apart, plain, short_forms
from desktop.funds.solver import Solution, solve
from storage.ids import new_id
from tests.funds.strangers import City, build, payments
from tests.panels.fake_context import memory_engine

CASES, LINES = 3_000, 3_000


@pytest.mark.parametrize("seed", [3, 4])
def test_of_thousands_of_lines_with_traps_what_is_proposed_is_right(seed: int) -> None:
    rng = random.Random(seed)
    engine = memory_engine()
    with engine.begin() as connection:
        city = build(connection, rng, CASES)
        payments(rng, city, LINES)
        solutions = solve(load(connection), city.lines)
    engine.dispose()
    spoken = [one for one in solutions if not one.abstains]
    right = [one for one in spoken if dict(one.parts) == city.truth[one.line_id]]
    precision, silent = len(right) / len(spoken), 1 - len(spoken) / len(solutions)
    print(
        f"seed {seed}: precision {precision:.4f}, abstains {silent:.4f}", _by_kind(city, solutions)
    )
    assert precision >= 0.95
    assert silent <= 0.35  # a solver that never speaks is always right
    nobodys = [one for one in solutions if city.kind[one.line_id] == "nobody"]
    assert (
        sum(one.abstains for one in nobodys) / len(nobodys) >= 0.9
    )  # a third have a debtor's name
    # What it says of its own certainty holds: of what it calls 98 % and more, so much is right.
    certain = [one for one in spoken if one.chance >= 0.98]
    assert sum(dict(one.parts) == city.truth[one.line_id] for one in certain) >= 0.98 * len(certain)


def _by_kind(city: City, solutions: list[Solution]) -> dict[str, tuple[int, int, int]]:
    """Kind → right, wrong, silent."""
    counts: dict[str, Counter[str]] = {}
    for one in solutions:
        right = dict(one.parts) == city.truth[one.line_id]
        word = "silent" if one.abstains else "right" if right else "wrong"
        counts.setdefault(city.kind[one.line_id], Counter())[word] += 1
    return {kind: (c["right"], c["wrong"], c["silent"]) for kind, c in sorted(counts.items())}


@dataclass
class Town:
    """A few cases by hand, and many others around them."""

    connection: Connection
    court: str
    ids: dict[str, str] = field(default_factory=dict)

    def case(self, serial: int, claim: int, debtor: str, **more: Any) -> str:
        row = {"id": new_id(), "closed_on": None, "basis_no": None, "executed_fen": 0, **more}
        self.connection.exec_driver_sql(
            'insert into "case" (id, number, court_id, year, type_word, serial, filed_on,'
            " claim_fen, closed_on, basis_no, executed_fen)"
            " values (?, ?, ?, 2026, '执', ?, '2026-01-05', ?, ?, ?, ?)",
            (
                *(row["id"], f"（2026）豫0302执{serial}号", self.court, serial, claim),
                *(row["closed_on"], row["basis_no"], row["executed_fen"]),
            ),
        )
        self.connection.exec_driver_sql(
            "insert into party (id, case_id, role, name) values (?, ?, 'debtor', ?)",
            (new_id(), row["id"], debtor),
        )
        return str(row["id"])


@pytest.fixture
def town() -> Any:
    engine = memory_engine()
    with engine.begin() as connection:
        court = new_id()
        connection.exec_driver_sql(
            "insert into court (id, code, name, short_name) values (?, '豫0302', '院', '院')",
            (court,),
        )
        made = Town(connection, court)
        for n in range(400):
            made.case(5_000 + n, 7_654_321 + n * 1_111, f"某甲{n}")
        yield made
    engine.dispose()


def line(fen: int, name: str = "", text: str = "", **more: Any) -> LineFacts:
    return LineFacts(new_id(), "2026-11-20", fen, name, text=text, **more)


def answer(town: Town, *lines: LineFacts) -> list[Solution]:
    return solve(load(town.connection), lines)


def test_a_number_with_its_debtor_is_proposed_with_reasons_and_weights(town: Town) -> None:
    case = town.case(12, 500_000, "丁满仓")
    (found,) = answer(town, line(12_345, "丁满仓", "（2026）豫0302执12号 案款"))
    assert found.parts == ((case, 12_345),)
    kinds = {one.kind: one.points for one in found.reasons}
    assert kinds["number"] > 0 < kinds["debtor"]
    assert kinds["no_sum"] < 0  # what speaks against it is told, too
    assert [one.weight for one in found.reasons] == sorted(
        (one.weight for one in found.reasons), reverse=True
    )


def test_two_namesakes_are_no_proposal_and_their_amount_tells_them_apart(town: Town) -> None:
    one = town.case(12, 500_000, "丁满仓")
    other = town.case(13, 812_345, "丁满仓")
    silent, told = answer(town, line(1_000, "丁满仓", "案款"), line(812_345, "丁满仓", "案款"))
    assert silent.abstains
    assert {candidate.case_id for candidate in silent.others} == {one, other}
    assert told.parts == ((other, 812_345),)


def test_a_number_with_two_digits_changed_places_does_not_pay_a_strangers_case(
    town: Town,
) -> None:
    right = town.case(187, 912_300, "丁满仓")
    town.case(178, 300_000, "吴素珍")
    wrong_number = "（2026）豫0302执178号"
    fits, alone = answer(
        town, line(912_300, "丁满仓", wrong_number), line(4_000, "丁满仓", wrong_number)
    )
    assert fits.parts == ((right, 912_300),)
    assert any(one.kind == "slip" for one in fits.reasons)
    # Without the sum it is still the debtor's own case, or nobody's, but never the stranger's.
    assert alone.abstains or alone.parts[0][0] == right


def test_nearly_equal_amounts_are_not_equal(town: Town) -> None:
    case = town.case(12, 8_123_457, "丁满仓")
    near, same = answer(town, line(8_123_458, "某某某"), line(8_123_457, "路人乙"))
    assert near.abstains
    assert same.parts == ((case, 8_123_457),)


def test_short_names_agents_and_one_wrong_sign(town: Town) -> None:
    case = town.case(12, 8_123_457, "洛阳市鼎新永商贸有限公司")
    lines = (
        line(8_123_457, "鼎新永商贸"),
        line(8_123_457, "洛阳市鼎信永商贸有限公司"),
        line(2_500, "赵来福", "代洛阳市鼎新永商贸有限公司还款"),
    )
    found = answer(town, *lines)
    assert [one.parts for one in found] == [((case, x.amount_fen),) for x in lines]
    kinds = [{reason.kind for reason in one.reasons} for one in found]
    assert "short" in kinds[0]
    assert "fuzzy" in kinds[1]
    assert {"named", "stranger"} <= kinds[2]


def test_one_transfer_for_two_cases_is_split_when_there_is_one_way(town: Town) -> None:
    one = town.case(12, 123_456, "丁满仓")
    two = town.case(13, 654_321, "丁满仓")
    town.case(14, 900_000, "丁满仓")
    (found,) = answer(town, line(777_777, "丁满仓", "案款"))
    assert dict(found.parts) == {one: 123_456, two: 654_321}
    town.case(15, 123_456, "丁满仓")  # now there are two ways
    assert answer(town, line(777_777, "丁满仓", "案款"))[0].abstains


def test_several_transfers_come_to_one_sum(town: Town) -> None:
    town.case(13, 654_321, "丁满仓")
    case = town.case(12, 8_123_457, "丁满仓")
    parts = [line(8_000_000, "丁满仓"), line(123_457, "丁满仓")]
    assert [one.parts for one in answer(town, *parts)] == [
        ((case, part.amount_fen),) for part in parts
    ]
    assert answer(town, parts[0])[0].abstains  # alone it could be either


def test_who_paid_before_pays_again(town: Town) -> None:
    case = town.case(12, 8_123_457, "丁满仓")
    town.case(13, 8_123_457, "丁满仓")
    bank_line, entry = new_id(), new_id()
    town.connection.exec_driver_sql(
        "insert into bank_line (id, account, booked_on, direction, amount_fen, party_name,"
        " party_account, fingerprint, file_sha256) values (?, '1', '2026-10-20', 'in', 50000,"
        " '赵来福', '62220001', 'f', 's')",
        (bank_line,),
    )
    town.connection.exec_driver_sql(
        "insert into fund_entry (id, case_id, kind, amount_fen, number, at, maker, line_id)"
        " values (?, ?, 'receipt', 50000, '收1', '2026-10-20T10:00:00+08:00', '甲', ?)",
        (entry, case, bank_line),
    )
    by_name, by_account = answer(
        town, line(50_000, "赵来福", "还款"), line(777, "改名了", party_account="62220001")
    )
    assert by_name.parts == ((case, 50_000),)
    assert {"alias", "rhythm", "amount"} <= {one.kind for one in by_name.reasons}
    assert by_account.parts == ((case, 777),)


def test_judgment_numbers_mean_their_case(town: Town) -> None:
    case = town.case(12, 500_000, "丁满仓", basis_no="（2025）豫0302民初616号")
    (found,) = answer(town, line(1_234, "丁满仓", "（2025）豫0302民初616号判决款"))
    assert found.parts == ((case, 1_234),)


def test_a_stranger_with_a_round_sum_is_nobodys(town: Town) -> None:
    town.case(12, 100_000, "丁满仓")
    for one in answer(town, line(100_000, "路人乙", "货款"), line(100_000), line(3, "", "利息")):
        assert one.abstains


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("（2026）豫0302执12号案款", ("执", 12, 2026, "豫0302")),
        ("２０２６豫０３０２执１２号", ("执", 12, 2026, "豫0302")),
        ("(2026)豫0302执字第12号", ("执", 12, 2026, "豫0302")),
        ("〔2026〕 豫 0302 执恢 3 号 还款", ("执恢", 3, 2026, "豫0302")),
        ("2026执123", ("执", 123, 2026, None)),
        ("豫0302执45 3000元", ("执", 45, None, "豫0302")),
        ("0302执45号", ("执", 45, None, "0302")),
        ("执45号", ("执", 45, None, None)),
        ("2026年豫0302执9号", ("执", 9, 2026, "豫0302")),
        ("付（2025）豫03知民初616号", ("民初", 616, 2025, "豫03")),
    ],
)
def test_numbers_as_payers_write_them(
    text: str, wanted: tuple[str, int, int | None, str | None]
) -> None:
    (found,) = mentions(text)
    assert (found.word, found.serial, found.year, found.court) == wanted


@pytest.mark.parametrize(
    "text", ["", "执行款500元", "执123", "20261129", "案款 3000", "（2026）号"]
)
def test_what_is_no_number(text: str) -> None:
    assert list(mentions(text)) == []


def test_what_was_left_out_contradicts_nothing() -> None:
    parts = known("（2026）豫0302执12号")
    assert parts is not None
    for year, court, fits in ((2026, "豫0302", True), (None, None, True), (None, "0302", True)):
        assert Mention("执", 12, year, court, "").fits(parts) is fits
    for year, court in ((2025, None), (None, "豫0303"), (None, "0303")):
        assert not Mention("执", 12, year, court, "").fits(parts)


def test_slips_are_one_step_away_and_never_the_number_itself() -> None:
    found = dict(slips(187))
    assert {178, 817, 188, 87, 1_877} <= found.keys()
    assert 187 not in found
    assert 871 not in found
    assert sum(found.values()) < 0.03


def test_names_written_otherwise() -> None:
    assert plain(" 洛阳（鼎新）商贸 有限公司") == "洛阳鼎新商贸有限公司"
    assert "鼎新商贸" in short_forms("洛阳鼎新商贸有限公司")
    for one, other, apart in (
        ("鼎新商贸", "鼎信商贸", True),
        ("鼎新商贸", "新鼎商贸", True),
        ("鼎新商贸", "鼎新商", True),
        ("鼎新商贸", "鼎新商贸", False),
        ("鼎新商贸", "鼎信商茂", False),
    ):
        assert one_apart(one, other) is apart


def test_an_empty_store_has_no_opinion() -> None:
    engine = memory_engine()
    with engine.connect() as connection:
        index: Index = load(connection)
        (found,) = solve(index, [line(100, "丁满仓", "（2026）豫0302执12号")])
    engine.dispose()
    assert found.abstains
