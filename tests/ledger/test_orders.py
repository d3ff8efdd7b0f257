"""What may become of a payment order: the same wishes alone and at a hub get the same answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.ids import new_id
from tests.ledger.offices import LARGE, PAYEE, Office, Steps, alone, at_hub


@pytest.fixture(scope="module", params=["alone", "hub"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    server_folder: Path,
) -> Iterator[Office]:
    if request.param == "alone":
        with alone(tmp_path_factory.mktemp("office") / "store") as made:
            yield made
            assert made.findings() == []
    else:
        with at_hub(server_folder / "office") as hub:
            yield hub
            assert hub.rows("select * from sync.fund_differences()") == []


@pytest.fixture
def steps(office: Office) -> Steps:
    told = office.ask("keeper", "receive", case_id=office.case, amount_fen=LARGE * 3)
    assert told.accepted, told
    return Steps(office)


def test_a_small_order_goes_its_whole_way(office: Office, steps: Steps) -> None:
    balance, held = steps.account()
    made = steps.order(memo="第一笔", computation='{"total": "5.00"}', principal_fen=500)
    assert (made.code, made.facts["stage"]) == ("held", "fund_keeper")
    assert made.facts["stages"] == "fund_keeper,bureau_chief"
    assert steps.account() == (balance, held + 500)
    first = steps.passed(made.id, "keeper", "fund_keeper", note="账号相符")
    assert (first.code, first.facts["stage"]) == ("passed", "bureau_chief")
    assert steps.passed(made.id, "chief", "bureau_chief").facts["order_state"] == "approved"
    assert office.ask("teller", "send_order", order_id=made.id, batch="B1").code == "sent"
    assert office.ask("teller", "answer_order", order_id=made.id, outcome="unknown").accepted
    assert (steps.state(made.id), steps.account()) == ("unknown", (balance, held + 500))
    paid = office.ask("keeper", "answer_order", order_id=made.id, outcome="paid", bank_ref="R1")
    assert (paid.code, steps.state(made.id)) == ("paid", "paid")
    assert steps.account() == (balance - 500, held)
    acts = office.rows(
        f"select act, stage, n from payment_act where order_id = '{made.id}' order by n"
    )
    assert acts == [
        ("submit", "", 1),
        ("pass", "fund_keeper", 2),
        ("pass", "bureau_chief", 3),
        ("send", "", 4),
        ("unknown", "", 5),
        ("paid", "", 6),
    ]
    again = office.ask("teller", "answer_order", order_id=made.id, outcome="paid")
    assert (again.code, again.facts["act"]) == ("already", "paid")
    assert again.facts["person_id"] == office.people["keeper"]


def test_a_large_one_needs_the_leader_too(office: Office, steps: Steps) -> None:
    made = steps.order(LARGE)
    assert made.facts["stages"] == "fund_keeper,bureau_chief,vice_president"
    assert steps.order(LARGE - 1).facts["stages"] == "fund_keeper,bureau_chief"
    steps.passed(made.id, "keeper", "fund_keeper")
    steps.passed(made.id, "chief", "bureau_chief")
    told = office.ask("teller", "send_order", order_id=made.id)
    assert (told.code, told.facts["stage"]) == ("chain", "vice_president")
    assert steps.passed(made.id, "leader", "vice_president").facts["order_state"] == "approved"
    assert office.ask("teller", "send_order", order_id=made.id).code == "sent"


# how far, who, kind, args, code
WRONG: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("order", "officer", "pass_order", {"stage": "fund_keeper"}, "own"),
    ("order", "chief", "pass_order", {"stage": "bureau_chief"}, "stage"),
    ("order", "chief", "pass_order", {"stage": "fund_keeper"}, "post"),
    ("order", "alien", "pass_order", {"stage": "fund_keeper"}, "post"),
    ("order", "keeper", "pass_order", {"stage": "fund_keeper", "content_sha256": "0"}, "content"),
    ("order", "keeper", "pass_order", {"stage": ""}, "stage"),
    ("order", "keeper", "send_order", {}, "chain"),
    ("order", "keeper", "return_order", {"stage": "fund_keeper", "reason": ""}, "reason"),
    ("order", "chief", "return_order", {"stage": "fund_keeper", "reason": "不"}, "post"),
    ("order", "other", "withdraw_order", {"reason": "不"}, "post"),
    ("order", "stranger", "withdraw_order", {"reason": "不"}, "post"),
    ("order", "officer", "withdraw_order", {"reason": ""}, "reason"),
    ("order", "keeper", "answer_order", {"outcome": "paid"}, "state"),
    ("kept", "keeper", "pass_order", {"stage": "fund_keeper"}, "already"),
    ("kept", "teller", "pass_order", {"stage": "fund_keeper"}, "already"),
    ("kept", "keeper", "pass_order", {"stage": "bureau_chief"}, "twice"),
    ("kept", "stranger", "pass_order", {"stage": "bureau_chief"}, "post"),
    ("kept", "deputy", "pass_order", {"stage": "bureau_chief"}, "post"),
    ("approved", "keeper", "send_order", {}, "twice"),
    ("approved", "alien", "send_order", {}, "post"),
    ("approved", "chief", "pass_order", {"stage": "bureau_chief"}, "already"),
    ("approved", "teller", "return_order", {"stage": "bureau_chief", "reason": "不"}, "stage"),
    ("sent", "third", "send_order", {}, "already"),
    ("sent", "officer", "withdraw_order", {"reason": "不"}, "state"),
    ("sent", "teller", "return_order", {"stage": "", "reason": "不"}, "state"),
    ("sent", "teller", "answer_order", {"outcome": "failed"}, "reason"),
    ("sent", "teller", "answer_order", {"outcome": "perhaps"}, "outcome"),
]


@pytest.mark.parametrize(("far", "who", "kind", "args", "code"), WRONG)
def test_what_may_not_be_is_told_and_changes_nothing(
    office: Office,
    steps: Steps,
    far: str,
    who: str,
    kind: str,
    args: dict[str, Any],
    code: str,
) -> None:
    if far == "approved":
        order = steps.approved()
    elif far == "sent":
        order = steps.sent()
    else:
        order = steps.order().id
        if far == "kept":
            assert steps.passed(order, "keeper", "fund_keeper").accepted
    before = (steps.state(order), steps.account(), office.rows("select max(seq) from fund_entry"))
    sha = {"content_sha256": steps.sha(order)} if kind == "pass_order" else {}
    told = office.ask(who, kind, **({"order_id": order} | sha | args))
    assert (told.accepted, told.code) == (False, code), told
    assert before == (
        steps.state(order),
        steps.account(),
        office.rows("select max(seq) from fund_entry"),
    )


@pytest.mark.parametrize("kind", ["pass_order", "return_order", "send_order", "answer_order"])
def test_an_order_that_is_not_there(office: Office, kind: str) -> None:
    told = office.ask("keeper", kind, order_id=new_id(), stage="fund_keeper", outcome="paid")
    assert told.code == "gone"


def test_two_who_send_at_once_one_wins_and_the_other_hears_by_whom(
    office: Office, steps: Steps
) -> None:
    order = steps.approved()
    assert office.ask("teller", "send_order", order_id=order).accepted
    late = office.ask("third", "send_order", order_id=order)
    assert (late.code, late.facts["act"]) == ("already", "send")
    assert late.facts["person_id"] == office.people["teller"]
    assert late.facts["at"]


def test_what_is_delayed_as_a_whole_stays_in_the_court(office: Office, steps: Steps) -> None:
    delay = office.add(
        "payment_delay",
        case_id=office.case,
        ground="frozen",
        reason="另案保全",
        from_on="2026-01-01",
        proposed_by=office.people["officer"],
        proposed_at="2026-01-01T09:00:00+08:00",
    )
    assert steps.state(steps.sent()) == "sent"  # proposed is not approved
    chief = {"approved_by": office.people["chief"], "approved_at": "2026-01-02T09:00:00+08:00"}
    office.edit("payment_delay", delay, state="approved", **chief)
    order = steps.approved()
    told = office.ask("teller", "send_order", order_id=order, batch="B2")
    assert not told.accepted
    assert steps.state(order) == "approved"
    inside = steps.approved(purpose="escrow", target="escrow", ground="refuses")
    assert office.ask("teller", "send_order", order_id=inside).code == "moved"
    ended = {"ended_on": "2026-01-03", "ended_by": office.people["chief"]}
    office.edit("payment_delay", delay, state="ended", **ended)
    assert office.ask("teller", "send_order", order_id=order, batch="B2").code == "sent"


def test_what_is_returned_stays_and_is_asked_for_anew(office: Office, steps: Steps) -> None:
    balance, held = steps.account()
    order = steps.order().id
    assert steps.passed(order, "keeper", "fund_keeper").accepted
    told = office.ask(
        "chief", "return_order", order_id=order, stage="bureau_chief", reason="金额有误"
    )
    assert (told.code, steps.state(order), steps.account()) == (
        "returned",
        "returned",
        (balance, held),
    )
    anew = steps.order(400, replaces=order)
    assert anew.accepted
    twice = steps.order(400, replaces=order)
    assert (twice.code, twice.facts["number"]) == ("replaces", anew.facts["number"])
    assert steps.order(400, replaces=anew.id).code == "replaces"
    assert steps.order(400, replaces=new_id()).code == "replaces"
    assert steps.passed(order, "chief", "bureau_chief").code == "state"


def test_the_sender_may_return_what_was_approved(office: Office, steps: Steps) -> None:
    order = steps.approved()
    told = office.ask("teller", "return_order", order_id=order, stage="", reason="户名不符")
    assert (told.code, steps.state(order)) == ("returned", "returned")


@pytest.mark.parametrize("who", ["officer", "chief", "leader"])
def test_it_is_withdrawn_by_its_maker_or_a_leader(office: Office, steps: Steps, who: str) -> None:
    balance, held = steps.account()
    order = steps.approved()
    told = office.ask(who, "withdraw_order", order_id=order, reason="当事人和解")
    assert (told.code, steps.state(order)) == ("withdrawn", "withdrawn")
    assert steps.account() == (balance, held)
    maker = office.rows(f"select maker from fund_entry where hold_id = '{order}'")
    assert maker == [("系统",)]


def test_what_the_bank_refused_is_free_again(office: Office, steps: Steps) -> None:
    balance, held = steps.account()
    order = steps.sent()
    told = office.ask(
        "teller", "answer_order", order_id=order, outcome="failed", reason="账号不存在"
    )
    assert (told.code, steps.account()) == ("failed", (balance, held))
    assert steps.order(400, replaces=order).accepted


def test_an_account_that_differs_needs_a_call_back(office: Office, steps: Steps) -> None:
    payee = {"payee": f"领款人{new_id()}"}
    first = steps.sent(300, **payee)
    assert office.ask("teller", "answer_order", order_id=first, outcome="paid").accepted
    same = steps.order(200, **payee)
    assert same.facts["differs"] == 0
    other = steps.order(200, **payee, account_no="6222-9")
    assert other.facts["differs"] == 1
    assert steps.passed(other.id, "keeper", "fund_keeper").code == "call_back"
    called = {"call_back_on": "2026-11-28", "call_back_by": "甲", "call_back_result": "本人确认"}
    sure = steps.order(200, **payee, account_no="6222-9", **called)
    assert steps.passed(sure.id, "keeper", "fund_keeper").accepted


@pytest.mark.parametrize("missing", ["account_no", "confirmed_on"])
def test_nothing_leaves_to_an_unconfirmed_account(
    office: Office, steps: Steps, missing: str
) -> None:
    order = steps.order(**{missing: None}, payee=f"领款人{new_id()}")
    assert order.accepted
    assert steps.passed(order.id, "keeper", "fund_keeper").code == "confirmed"


@pytest.mark.parametrize("target", ["fee", "refund", "escrow"])
def test_inside_the_court_it_moves_at_once(office: Office, steps: Steps, target: str) -> None:
    balance, held = steps.account()
    order = steps.order(600, purpose=target, target=target, account_no=None, confirmed_on=None)
    assert order.accepted, order
    assert steps.passed(order.id, "keeper", "fund_keeper").accepted
    assert steps.passed(order.id, "chief", "bureau_chief").accepted
    told = office.ask("teller", "send_order", order_id=order.id)
    assert (told.code, steps.state(order.id)) == ("moved", "moved")
    assert steps.account() == (balance - 600, held)
    told = office.ask("third", "send_order", order_id=order.id)
    assert told.code == "already"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"purpose": "fee"}, "account"),
        ({"purpose": "payment", "target": "fee"}, "account"),
        ({"purpose": "gift"}, "account"),
        ({"amount_fen": 0}, "amount"),
        ({"amount_fen": -5}, "amount"),
        ({"payee": ""}, "payee"),
        ({"amount_fen": LARGE * 1_000}, "funds"),
        ({"distribution_id": "00000000-0000-7000-8000-000000000009"}, "distribution"),
        ({"case_id": "00000000-0000-7000-8000-000000000009"}, "gone"),
    ],
)
def test_an_order_that_cannot_be(
    office: Office, steps: Steps, args: dict[str, Any], code: str
) -> None:
    assert steps.order(**args).code == code


def test_a_remittance_passes_three_of_finance(office: Office, steps: Steps) -> None:
    assert office.ask("keeper", "receive", case_id=None, amount_fen=900).accepted
    made = office.ask("third", "remit", **PAYEE, **{"from": "unknown"}, amount_fen=900)
    assert (made.code, made.facts["stage"]) == ("held", "fund_keeper")
    assert steps.passed(made.id, "third", "fund_keeper").code == "own"
    assert steps.passed(made.id, "alien", "fund_keeper").code == "post"
    assert steps.passed(made.id, "keeper", "fund_keeper").accepted
    assert steps.passed(made.id, "chief", "bureau_chief").accepted
    assert office.ask("third", "send_order", order_id=made.id).code == "own"
    assert office.ask("teller", "send_order", order_id=made.id).code == "sent"
    assert office.ask("third", "answer_order", order_id=made.id, outcome="paid").code == "own"
    assert office.ask("teller", "answer_order", order_id=made.id, outcome="paid").code == "paid"
    wrong = office.ask("third", "remit", **PAYEE, **{"from": "case"}, amount_fen=1)
    assert wrong.code == "account"


def test_money_goes_to_fees_by_order_alone(office: Office, steps: Steps) -> None:
    told = office.ask(
        "keeper", "transfer", case_id=office.case, amount_fen=5, **{"from": "case", "to": "fee"}
    )
    assert (told.accepted, told.code) == (False, "rule")
    order = steps.order().id
    for kind in ("pay", "release"):
        told = office.ask("keeper", kind, hold_id=order)
        assert not told.accepted
    assert steps.state(order) == "approving"


def test_a_deputy_stands_in_by_an_agreed_delegation(office: Office, steps: Steps) -> None:
    order = steps.order().id
    assert steps.passed(order, "keeper", "fund_keeper").accepted
    made = office.add(
        "delegation",
        from_id=office.people["chief"],
        to_id=office.people["deputy"],
        post="bureau_chief",
        from_on="2026-01-01",
        to_on="2099-01-01",
        document_no="授权1号",
    )
    assert steps.passed(order, "deputy", "bureau_chief").code == "post"
    office.edit("delegation", made, state="agreed", agreed_by=office.people["leader"])
    assert steps.passed(order, "deputy", "bureau_chief").accepted
    stood = office.rows(
        f"select for_post from payment_act where order_id = '{order}' and stage = 'bureau_chief'"
    )
    assert stood == [("bureau_chief",)]
    office.edit(
        "delegation",
        made,
        state="ended",
        ended_by=office.people["chief"],
        ended_on="2026-11-01",
    )
    later = steps.order().id
    assert steps.passed(later, "keeper", "fund_keeper").accepted
    assert steps.passed(later, "deputy", "bureau_chief").code == "post"


def test_a_plan_is_paid_after_its_objections(office: Office, steps: Steps) -> None:
    def plan(state: str, until: str | None) -> str:
        row: dict[str, Any] = {"case_id": office.case, "title": "方案", "content": "{}"}
        row |= {"content_sha256": "0" * 64, "state": state, "wait_until": until}
        return office.add("distribution", **row, served_on=until and "2026-01-01")

    for state, until in (("served", "2099-01-01"), ("draft", "2026-01-20"), ("draft", None)):
        order = steps.approved(distribution_id=plan(state, until))
        told = office.ask("teller", "send_order", order_id=order)
        assert (told.code, told.facts["until"], told.facts["objections"]) == ("wait", until, 0)
    over = plan("served", "2026-01-20")
    order = steps.approved(distribution_id=over)
    objection = office.add(
        "distribution_objection",
        distribution_id=over,
        body="不服",
        by_name="丁",
        raised_on="2026-01-10",
    )
    told = office.ask("teller", "send_order", order_id=order)
    assert (told.code, told.facts["objections"]) == ("wait", 1)
    office.edit(
        "distribution_objection",
        objection,
        decision="rejected",
        reason="无理由",
        decided_on="2026-01-15",
    )
    assert office.ask("teller", "send_order", order_id=order).code == "sent"


def test_what_was_seen_and_is_otherwise_now_is_named(office: Office, steps: Steps) -> None:
    free = steps.account()[0] - steps.account()[1]
    seen = {
        "available_fen": free,
        "handler_id": office.people["officer"],
        "closed_on": None,
        "account_no": None,
    }
    payee = {"payee": f"领款人{new_id()}"}
    assert "changed" not in steps.order(5, seen=seen, **payee).facts
    told = steps.order(5, seen=seen, **payee)
    assert told.accepted
    assert told.facts["changed"] == {"available_fen": {"seen": free, "now": free - 5}}
    told = steps.order(5, seen=seen | {"handler_id": office.people["other"]}, **payee)
    assert (told.code, told.facts["fact"]) == ("changed", "handler_id")
    assert told.facts["now"] == office.people["officer"]
    paid = steps.sent(10, **payee)
    assert office.ask("keeper", "answer_order", order_id=paid, outcome="paid").accepted
    told = steps.order(5, seen=seen, **payee)
    assert (told.code, told.facts["fact"], told.facts["now"]) == ("changed", "account_no", "6222-1")
    assert told.facts["by"]
    assert told.facts["at"]


def test_idle_orders_go_back_by_their_day_alone(office: Office, steps: Steps) -> None:
    order = steps.order().id
    told = office.ask("keeper", "expire_orders", before="2099-01-01")
    assert told.code == "early"
    told = office.ask("keeper", "expire_orders", before=told.facts["latest"])
    assert (told.code, steps.state(order)) == ("expired", "approving")


def test_a_payment_finds_its_line_once(office: Office, steps: Steps) -> None:
    line = {
        "account": "1",
        "booked_on": "2026-11-20",
        "amount_fen": 500,
        "direction": "out",
        "text": "",
        "file_sha256": "0" * 64,
    }
    first = office.add("bank_line", fingerprint=new_id(), **line)
    second = office.add("bank_line", fingerprint=new_id(), **line)
    other = office.add("bank_line", fingerprint=new_id(), **(line | {"amount_fen": 7}))
    order = steps.sent()
    paid = office.ask("keeper", "answer_order", order_id=order, outcome="paid")
    told = office.ask("keeper", "match_line", line_id=other, entry_id=paid.id)
    assert told.code == "line"
    assert office.ask("keeper", "match_line", line_id=first, entry_id=order).code == "gone"
    assert office.ask("keeper", "match_line", line_id=first, entry_id=paid.id).code == "matched"
    assert office.ask("teller", "match_line", line_id=second, entry_id=paid.id).code == "already"
    later = steps.sent()
    told = office.ask("keeper", "answer_order", order_id=later, outcome="paid", line_id=first)
    assert told.code == "already"
    told = office.ask("keeper", "answer_order", order_id=later, outcome="paid", line_id=second)
    assert told.code == "paid"
    # Money that came back belongs to the reversal, and to nothing else.
    back = office.add("bank_line", fingerprint=new_id(), **(line | {"direction": "in"}))
    assert office.ask("keeper", "match_line", line_id=back, entry_id=told.id).code == "line"
    undone = office.ask("teller", "reverse", entry_id=told.id, reason="退汇")
    assert office.ask("keeper", "match_line", line_id=first, entry_id=undone.id).code == "already"
    assert office.ask("keeper", "match_line", line_id=back, entry_id=undone.id).code == "matched"
    told = office.ask(
        "keeper", "receive", case_id=office.case, amount_fen=500, line_id=back, payer="丙"
    )
    assert not told.accepted


def test_a_case_has_one_account(office: Office) -> None:
    code = f"9{new_id()}"
    assert office.ask("keeper", "open_account", case_id=office.case, code=" ").code == "code"
    assert office.ask("keeper", "open_account", case_id=office.case, code=code).code == "opened"
    told = office.ask("keeper", "open_account", case_id=office.case, code="other")
    assert (told.code, told.facts) == ("already", told.facts | {"account": code})
