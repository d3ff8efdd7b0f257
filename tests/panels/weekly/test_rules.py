"""Which step is next, and who sees which."""

import pytest

from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.panels.weekly.freezing import head_from
from desktop.panels.weekly.rules import (
    KINDS,
    Standing,
    Step,
    done,
    may_submit,
    next_step,
    receipt_style,
    receipt_words,
    steps_of,
)

COURSE = (
    (Standing("draft"), Step.FIGURES),
    (Standing("replying", waiting=2), Step.REPLIES),
    (Standing("replying"), Step.REPLIES),
    (Standing("checking"), Step.PAGES),
    (Standing("signing"), Step.PAGES),
    (Standing("signing", numbered=True), Step.SIGN),
    (Standing("signed", numbered=True), Step.PRINT),
    (Standing("signed", numbered=True, printed=18), Step.ISSUE),
    (Standing("issued", numbered=True, printed=18, unopened=2), Step.ISSUE),
    (Standing("issued", numbered=True, printed=18), Step.PROOF),
    (Standing("recalled", numbered=True, printed=18), Step.PROOF),
)


@pytest.mark.parametrize(("standing", "step"), COURSE)
def test_a_circular_opens_where_work_waits(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step
    behind = list(Step)[: list(Step).index(step)]
    assert all(done(one, standing) for one in behind)


@pytest.mark.parametrize("state", sorted(STATE_WORDS))
def test_another_court_never_sees_signing_printing_or_issue(state: str) -> None:
    shown = steps_of(Standing(state, own=False))
    assert not {Step.SIGN, Step.PRINT, Step.ISSUE} & set(shown)
    assert (Step.PROOF in shown) == (state in ("signed", "issued", "recalled"))
    signed = state in ("signed", "issued", "recalled")
    assert next_step(Standing(state, own=False)) is (Step.PAGES if signed else Step.REPLIES)
    assert state in STATE_STYLES
    assert len(KINDS) == 2


def test_nothing_is_sent_while_an_objection_waits() -> None:
    assert may_submit(Standing("replying")) == ""
    assert "2 件异议" in may_submit(Standing("replying", waiting=2))
    assert may_submit(Standing("checking"))


def test_receipts_are_green_only_when_all_are() -> None:
    assert (receipt_words(16, 18), receipt_style(16, 18)) == ("16/18", "due_soon")
    assert (receipt_words(18, 18), receipt_style(18, 18)) == ("18/18", "normal")
    assert (receipt_words(0, 0), receipt_style(0, 0)) == ("", "")


@pytest.mark.parametrize(
    ("answer", "seq"),
    [
        (None, None),
        ("", None),
        ((7, "ab" * 32), 7),
        ([7, "ab" * 32], 7),
        (f"(7,{'ab' * 32})", 7),
        (f'(7,"{"ab" * 32}")', 7),
        ("(7,short)", None),
    ],
)
def test_the_head_of_the_chain_is_read_as_the_hub_gives_it(answer: object, seq: int | None) -> None:
    found = head_from(answer)
    assert (None if found is None else found.seq) == seq
    if found is not None:
        assert found.link == "ab" * 32
