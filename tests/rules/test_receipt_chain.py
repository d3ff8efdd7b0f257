"""The chain of a device's receipts: altered or re-ordered entries are found and named, also after
the clock was set back; the code on paper is checked digit by digit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.rules.receipt_chain import (
    ALPHABET,
    Entry,
    Known,
    Link,
    ReceiptCodeError,
    bounds,
    clock_notes,
    code_of,
    examine,
    following,
    known_of,
    parse_code,
)

NOON = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
ROOT = "5c" * 32
FIELDS = ("kind", "about", "about_id", "content_sha256", "at", "head", "person_id")


def entry(n: int, at: datetime = NOON, head: str = "") -> Entry:
    return Entry("sign", "seizure", f"id-{n}", f"{n:064x}", at.isoformat(), head, "officer")


def chain(entries: list[Entry], device: str = "dev") -> list[Link]:
    made: list[Link] = []
    for n, one in enumerate(entries, start=1):
        made.append(following(device, n, made[-1].link_sha256 if made else ROOT, one))
    return made


def plain(length: int) -> list[Link]:
    return chain([entry(n, NOON + timedelta(minutes=n)) for n in range(1, length + 1)])


lengths = st.integers(2, 8)


def test_an_untouched_chain_has_no_findings() -> None:
    links = plain(6)
    assert examine(links, {}) == ()
    assert examine(reversed(links), {one.n: one.entry.content_sha256 for one in links}) == ()


@given(length=lengths, data=st.data())
def test_whatever_is_altered_is_found_and_named(length: int, data: st.DataObject) -> None:
    links = plain(length)
    at = data.draw(st.integers(0, length - 1))
    field = data.draw(st.sampled_from(FIELDS))
    value = data.draw(st.text("0123456789abcdefT:+-|", min_size=1, max_size=30))
    assume(value != getattr(links[at].entry, field))
    links[at] = replace(links[at], entry=replace(links[at].entry, **{field: value}))
    assert at + 1 in {one.n for one in examine(links, {}) if one.fault == "altered"}


@given(length=lengths, data=st.data())
def test_a_link_rewritten_with_its_hash_and_code_no_longer_holds_the_next(
    length: int, data: st.DataObject
) -> None:
    links = plain(length)
    at = data.draw(st.integers(0, length - 2))
    forged = following("dev", at + 1, links[at].previous, entry(99))
    links[at] = forged
    assert [(one.n, one.fault) for one in examine(links, {})] == [(at + 2, "apart")]


@given(length=lengths, data=st.data())
def test_two_links_that_change_places_are_named(length: int, data: st.DataObject) -> None:
    links = plain(length)
    a, b = data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True))
    links[a], links[b] = replace(links[b], n=a + 1), replace(links[a], n=b + 1)
    named = {one.n for one in examine(links, {}) if one.fault == "altered"}
    assert named == {a + 1, b + 1}


@given(length=st.integers(3, 8), data=st.data())
def test_a_link_that_was_taken_out_is_missed(length: int, data: st.DataObject) -> None:
    links = plain(length)
    at = data.draw(st.integers(0, length - 2))
    del links[at]
    assert [(one.n, one.fault) for one in examine(links, {})] == [(at + 1, "missing")]


def test_taken_out_and_numbered_anew_is_found() -> None:
    links = plain(4)
    later = [replace(one, n=one.n - 1) for one in links[2:]]
    assert {one.n for one in examine([links[0], *later], {})} == {2, 3}


def test_a_number_given_twice_is_named() -> None:
    links = plain(3)
    twin = following("dev", 2, links[0].link_sha256, entry(50))
    assert 2 in {one.n for one in examine([*links, twin], {}) if one.fault == "apart"}


def test_what_it_stands_for_may_not_change_afterwards() -> None:
    links = plain(3)
    contents = {1: links[0].entry.content_sha256, 2: "ab" * 32, 3: None}
    assert [(one.n, one.fault) for one in examine(links, contents)] == [(2, "content")]


def test_a_code_of_another_link_is_named() -> None:
    links = plain(3)
    links[1] = replace(links[1], code=links[2].code)
    assert [(one.n, one.fault) for one in examine(links, {})] == [(2, "code")]


# Time


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 7_200), st.integers(-90_000, 90_000), st.booleans()),
        min_size=2,
        max_size=8,
    ),
    data=st.data(),
)
def test_the_true_time_lies_within_the_bounds_wherever_the_clock_stood(
    steps: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    """Seconds passed, what the clock was wrong by, whether a head was learnt just before."""
    true: list[datetime] = []
    entries: list[Entry] = []
    now, head = NOON, ""
    for n, (passed, wrong, learnt) in enumerate(steps, start=1):
        now += timedelta(seconds=passed)
        if learnt:
            head = Known(100 + n, "ab" * 32, now - timedelta(seconds=1)).text()
        true.append(now)
        entries.append(entry(n, now + timedelta(seconds=wrong), head))
    links = chain(entries)
    arrivals = {
        n: true[n - 1] + timedelta(seconds=data.draw(st.integers(0, 200_000)))
        for n in range(1, len(links) + 1)
        if data.draw(st.booleans())
    }
    assert examine(links, {}) == ()
    between = bounds(links, arrivals)
    for n, moment in enumerate(true, start=1):
        limits = between[n]
        assert limits.after is None or limits.after <= moment
        assert limits.before is None or moment <= limits.before
    for before, after in pairwise(between[n] for n in sorted(between)):
        assert before.after is None or after.after is None or before.after <= after.after
        assert before.before is None or after.before is None or before.before <= after.before


def test_a_clock_set_back_changes_no_order_and_is_told() -> None:
    head = Known(41, "cd" * 32, NOON).text()
    entries = [
        entry(1, NOON + timedelta(minutes=5), head),
        entry(2, NOON - timedelta(days=2), head),  # set back two days
        entry(3, NOON + timedelta(minutes=30), head),
    ]
    links = chain(entries)
    between = bounds(links, {3: NOON + timedelta(hours=1)})
    assert examine(links, {}) == ()
    assert between[2].after == NOON
    assert between[2].before == NOON + timedelta(hours=1)
    told = clock_notes(links, between)
    assert set(told) == {2}
    assert "拨回" in told[2]


def test_a_clock_ahead_of_the_arrival_is_told() -> None:
    links = chain([entry(1, NOON + timedelta(days=1))])
    told = clock_notes(links, bounds(links, {1: NOON}))
    assert "偏快" in told[1]


@pytest.mark.parametrize(
    ("text", "seq"),
    [
        ("", None),
        ("alone", None),
        ("x|ab|2026-11-30T00:00:00+00:00", None),
        ("7|ab|2026-11-30T00:00:00", None),  # without a zone it bounds nothing
        ("7|ab|2026-11-30T00:00:00+00:00", 7),
    ],
)
def test_words_that_are_no_head_bound_nothing(text: str, seq: int | None) -> None:
    known = known_of(text)
    assert (known.seq if known else None) == seq


# The code on paper

codes = st.binary(min_size=32, max_size=32).map(lambda raw: code_of(ROOT, raw.hex()))


@given(code=codes)
def test_a_code_reads_as_it_is_printed_however_it_is_typed(code: str) -> None:
    assert len(code) == 19
    assert parse_code(code) == code
    sloppy = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert parse_code(sloppy) == code


@given(code=codes, place=st.integers(0, 15), letter=st.sampled_from(ALPHABET))
def test_one_wrong_digit_never_passes(code: str, place: int, letter: str) -> None:
    digits = code.replace("-", "")
    assume(digits[place] != letter)
    with pytest.raises(ReceiptCodeError):
        parse_code(digits[:place] + letter + digits[place + 1 :])


@given(code=codes, place=st.integers(0, 14))
def test_two_digits_in_the_wrong_order_never_pass(code: str, place: int) -> None:
    digits = code.replace("-", "")
    assume(digits[place] != digits[place + 1])
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    with pytest.raises(ReceiptCodeError):
        parse_code(swapped)


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKMN-PQRU", "ABCD-EFGH-JKMN-PQRS-T"])
def test_what_is_no_code_is_told_in_words(typed: str) -> None:
    with pytest.raises(ReceiptCodeError, match="回执码"):
        parse_code(typed)


def test_the_code_hangs_on_the_chain_before_it() -> None:
    """The same words signed on two devices, or at two places of a chain, have nothing in common:
    a code cannot be worked out from the paper it stands on."""
    same = entry(1)
    first = following("dev", 1, ROOT, same)
    other = following("dev", 1, "5d" * 32, same)
    second = following("dev", 2, first.link_sha256, same)
    assert len({first.code, other.code, second.code}) == 3
