"""Case numbers: every type word, every bracket, every fault with its place."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.rules.case_number import (
    CaseNumber,
    CaseNumberError,
    chinese_numeral,
    load_type_words,
    parse,
    validate,
)
from storage.ids import CourtId
from storage.records.people import Court

WORDS = load_type_words()
COURT_CODES = st.one_of(
    st.just(WORDS.supreme),
    st.sampled_from(WORDS.provinces),
    st.builds(lambda p, n: f"{p}{n:02d}", st.sampled_from(WORDS.provinces), st.integers(0, 99)),
    st.builds(lambda p, n: f"{p}{n:04d}", st.sampled_from(WORDS.provinces), st.integers(0, 9999)),
)
NUMBERS = st.builds(
    CaseNumber,
    year=st.integers(2016, 2099),
    court=COURT_CODES,
    special=st.sampled_from([None, *WORDS.specials]),
    type_word=st.sampled_from(sorted(WORDS.words)),
    serial=st.integers(1, 999_999_999),
    follow_up=st.one_of(st.none(), st.integers(1, 20)),
)
BRACKETS = ["（）", "()", "〔〕", "[]", "【】", "［］"]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _round_trips(number: CaseNumber, bracket: str, wide: bool) -> None:
    text = number.format()
    assert parse(text) == number
    typed = text.replace("（", bracket[0]).replace("）", bracket[1])
    if wide:
        typed = typed.translate(FULL_WIDTH)
    assert parse(f" {typed}\u3000").format() == text


@settings(max_examples=500, deadline=None, database=None)
@given(NUMBERS, st.sampled_from(BRACKETS), st.booleans())
def test_numbers_round_trip(number: CaseNumber, bracket: str, wide: bool) -> None:
    _round_trips(number, bracket, wide)


def _any_court(chance: random.Random) -> str:
    province = chance.choice(WORDS.provinces)
    wide = f"{province}{chance.randint(0, 9999):04d}"
    return chance.choice([WORDS.supreme, province, f"{province}{chance.randint(0, 99):02d}", wide])


def test_ten_thousand_numbers_round_trip() -> None:
    """Plainly drawn: hypothesis takes longer to choose a number than all of this to read it."""
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    words, specials, seen = sorted(WORDS.words), [None, *WORDS.specials], set()
    while len(seen) < 10_000:
        number = CaseNumber(
            year=chance.randint(2016, 2099),
            court=_any_court(chance),
            special=chance.choice(specials),
            type_word=chance.choice(words),
            serial=chance.randint(1, 10 ** chance.randint(1, 9) - 1),
            follow_up=chance.choice([None, None, chance.randint(1, 20)]),
        )
        _round_trips(number, chance.choice(BRACKETS), chance.random() < 0.5)
        seen.add(number)


PIECES = [
    *"（）()〔〕0123456789豫知执恢字第号之一十-－ \u3000",
    "2017",
    "执",
    "字第",
    "最高法",
    "０",
]


def _is_a_number_or_an_error(text: str) -> None:
    fault: CaseNumberError | None = None
    try:
        number = parse(text)
    except CaseNumberError as error:
        fault = error
    if fault is None:
        assert parse(number.format()) == number
    else:
        assert fault.reason
        assert 0 <= fault.position <= len(text)


@settings(max_examples=1_000, deadline=None, database=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
)
def test_any_text_is_a_number_or_a_case_number_error(text: str) -> None:
    _is_a_number_or_an_error(text)


def test_twenty_thousand_scraps_are_a_number_or_a_case_number_error() -> None:
    """Plainly drawn as above; one in three is a good number with a piece put in or left out."""
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(20_000):
        text = "".join(chance.choices(PIECES, k=chance.randint(0, 30)))
        if chance.random() < 0.33:
            at, end = sorted(chance.choices(range(19), k=2))
            good = "（2017）豫0302执恢123号之一"
            text = good[:at] + chance.choice((*PIECES, "")) + good[max(at, end - 2) :]
        _is_a_number_or_an_error(text)


def test_every_type_word_of_the_enforcement_side_is_known() -> None:
    wanted = "执 执恢 执保 执异 执复 执监 执请 执协 执他 司惩 司惩复 财保"
    bankruptcy = "破申 破 破终 破监 清申 强清 行审"
    for word in [*wanted.split(), *bankruptcy.split()]:
        assert parse(f"（2017）豫0302{word}1号").type_word == word


@pytest.mark.parametrize(
    ("text", "court", "word", "serial", "follow_up"),
    [
        ("（2013）彬执字第00492-3号", "彬", "执", 492, None),
        ("（2014）彬执异字第00004号", "彬", "执异", 4, None),
        ("（2015）执复字第54号", "", "执复", 54, None),
        ("〔2012〕洛恢执字第7号", "洛", "恢执", 7, None),
        ("(2011)洛执督字第３号", "洛", "执督", 3, None),
        ("（2010）洛执制复字第3号", "洛", "执制复", 3, None),
        ("（2013）洛非诉行执字第12号之一", "洛", "非诉行执", 12, 1),
    ],
)
def test_old_style_is_read_and_kept_as_written(
    text: str, court: str, word: str, serial: int, follow_up: int | None
) -> None:
    number = parse(text)
    assert (number.court, number.type_word, number.serial) == (court, word, serial)
    assert number.follow_up == follow_up
    assert number.legacy is not None
    assert number.format().startswith("（20")
    assert parse(number.format()) == number


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("", "空", 0),
        ("2017豫0302执1号", "括号内的年度", 0),
        ("（17）豫0302执1号", "四位公历年份", 1),
        ("（2017豫0302执1号", "右括号", 5),
        ("（2017）洛0302执1号", "省级简称", 6),
        ("（2017）豫030执1号", "两位或四位", 6),
        ("（2017）豫03021号", "两位或四位", 6),
        ("（2017）豫0302号", "类型代字", 11),
        ("（2017）豫0302执恢恢1号", "不认识类型代字“执恢恢”", 11),
        ("（2017）豫0302知1号", "之后缺少类型代字", 12),
        ("（2017）豫0302恢执1号", "旧式", 11),
        ("（2017）豫0302执012号", "不用 0 补位", 12),
        ("（2017）豫0302执号", "缺少案件编号", 12),
        ("（2017）豫0302执12", "缺少“号”", 14),
        ("（2017）豫0302执1234567890号", "超过 9 位", 12),
        ("（2017）豫0302执12号之", "中文数字", 16),
        ("（2017）豫0302执12号之一百", "多出“百”", 17),
        ("（2017）豫0302执12号附件", "多出“附件”", 15),
        ("（2013）彬字第1号", "旧式案号的代字“彬”", 6),
        (" （2017） 豫0302执012号", "不用 0 补位", 14),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, reason: str, position: int) -> None:
    with pytest.raises(CaseNumberError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert caught.value.position == position


def test_the_case_of_a_follow_up_document() -> None:
    assert parse("（2017）鲁06执恢39号之十二").case() == "（2017）鲁06执恢39号"
    assert parse("（2013）洛执字第12号之一").case() == "（2013）洛执字第12号"


def test_numerals() -> None:
    assert [chinese_numeral(n) for n in (1, 10, 11, 20, 21, 99)] == [
        "一", "十", "十一", "二十", "二十一", "九十九"
    ]  # fmt: skip
    with pytest.raises(ValueError, match="out of range"):
        chinese_numeral(100)


def court(code: str, start: date | None, end: date | None, *, sure: bool = True) -> Court:
    return Court(CourtId(code), code, code, code, None, start, end, sure)


TABLE = [
    court("豫0306", None, date(2021, 6, 30)),
    court("豫0308", date(2021, 7, 1), None, sure=False),
    court("豫0302", None, None),
]


@pytest.mark.parametrize(
    ("text", "level", "reason"),
    [
        ("（2017）豫0302执1号", None, ""),
        ("（2021）豫0306执1号", None, ""),
        ("（2022）豫0306执1号", "error", "2022 年无效"),
        ("（2020）豫0308执1号", "error", "2020 年无效"),
        ("（2022）豫0308执1号", "warning", "豫0308”待核"),
        ("（2017）豫0399执1号", "error", "不在法院表中"),
        ("（2015）豫0302执1号", "error", "自 2016 年起"),
        ("（2017）豫0302破申1号", "warning", "破申”待核"),
        ("（2017）豫0302知民初1号", "error", "没有专门审判代字"),
        ("（2017）洛执字第1号", "error", "不再使用"),
        ("（2013）洛执字第1号", None, ""),
    ],
)
def test_validation_against_the_dated_court_table(
    text: str, level: str | None, reason: str
) -> None:
    problems = validate(parse(text), TABLE)
    if level is None:
        assert problems == []
    else:
        assert [(p.level, reason in p.reason) for p in problems] == [(level, True)]
